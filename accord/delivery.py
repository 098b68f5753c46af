"""An import on its way: lines go out in order, in requests of bounded size, one at a time.

When the next line is for another service, what waits for the first is sent before it. So a
service is told what it rests on only once that was answered, and knows the position to wait for.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from uuid import UUID

from accord.client import Services
from accord.sources.lines import ImportLine, Service
from accord.sources.refusals import Refusal, Refuse

REQUEST_LINES = 2_000


@dataclass
class Delivery:
    """What was sent so far, and what came of it.

    Args:
        refuse: Told of each command that a rule forbids, at the place it comes from.
        heard: Told how many lines are done in all.
    """

    services: Services
    coalition: UUID
    refuse: Refuse
    heard: Callable[[int], None]
    recorded: int = 0
    skipped: int = 0
    refused: int = 0
    members: int = 0
    _heard_of: dict[Service, int] = field(default_factory=dict)
    _done: int = 0
    _waiting: list[ImportLine] = field(default_factory=list)

    def deliver(self, lines: Iterable[ImportLine]) -> None:
        """Send all of `lines`, strictly in order.

        Raises:
            Unanswered: a service stays away, or refuses a whole request.
        """
        for line in lines:
            full = len(self._waiting) >= REQUEST_LINES
            if self._waiting and (full or self._waiting[0].service != line.service):
                self._send()
            self._waiting.append(line)
        if self._waiting:
            self._send()

    def _send(self) -> None:
        sent, self._waiting = self._waiting, []
        service = sent[0].service
        answer = self.services.send(
            service,
            self.coalition,
            self._encoded(sent),
            lambda done: self.heard(self._done + done),
        )
        self._done += len(sent)
        self.heard(self._done)
        self.recorded += answer.recorded
        self.skipped += answer.skipped
        self.refused += len(answer.refused)
        if service == "members":
            self.members = max(self.members, answer.position)
        for refused in answer.refused:
            line = sent[refused.index]
            said = f"{line.command}: {refused.detail or refused.reason}"
            self.refuse(Refusal(line.file, line.line, refused.reason, said))

    def _encoded(self, lines: list[ImportLine]) -> list[bytes]:
        """Return the lines as sent; the first that has to wait says for what, and once."""
        encoded = []
        for line in lines:
            told = self._heard_of.get(line.service, 0)
            members = self.members if line.waits and told < self.members else None
            if members is not None:
                self._heard_of[line.service] = members
            encoded.append(line.encode(members))
        return encoded
