"""Minutes told again: each a meeting, from its scheduling to its closing.

Members hear first of everybody the minutes name: organisations that somebody came from join as
observers, and people are registered for each meeting anew, because two lists that name the same
name do not say that they mean the same person. Ids of people follow from their place in a list,
never from their names, which stand nowhere in clear.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from accord.sources.lines import (
    Coalition,
    ImportLine,
    Service,
    member,
    midnight,
    shortened,
    text,
)
from accord.sources.minutes import Minutes
from accord.sources.refusals import Refusal

CLOSED_WITH_OPEN_STEPS = "imported"
UNPLANNED = 0
"""Minutes for an agenda item: what was planned is not in the minutes."""


def size(files: Sequence[Minutes]) -> int:
    """Return about how many lines `commands` gives."""
    return sum(4 + 2 * len(each.people) + len(each.items) + len(each.steps) for each in files)


def remarks(minutes: Minutes) -> Iterator[Refusal]:
    """Yield what of the minutes was not taken as it stands."""
    yield from minutes.unclear
    if shortened(minutes.notes) != minutes.notes:
        length = len(minutes.notes.encode())
        yield Refusal(minutes.file, 1, "cut", f"The minutes were cut; they have {length:,} bytes.")


def commands(files: Sequence[Minutes], coalition: Coalition) -> Iterator[ImportLine]:
    """Yield the commands that tell the meetings again, by day."""
    in_order = sorted(files, key=lambda each: (each.on, each.name))
    tellings = [_Telling(minutes, coalition) for minutes in in_order]
    if tellings:
        yield coalition.opening(in_order[0].file, in_order[0].on, public=False)
    for telling in tellings:
        yield from telling.people()
    for telling in tellings:
        yield from telling.meeting()


@dataclass(frozen=True)
class _Telling:
    minutes: Minutes
    coalition: Coalition

    def people(self) -> Iterator[ImportLine]:
        """Yield the organisations that people came from, and the people."""
        for place, person in enumerate(self.minutes.people, start=1):
            if person.affiliation:
                body = member(person.affiliation, "not_stated", votes=False)
                org = self._organization(person.affiliation)
                yield self._line("members", "AdmitMember", org, 1, body, person.line)
            body = {"name": text(person.name or f"@{person.handle}"), "locale": "en"}
            yield self._line(
                "members", "RegisterPerson", self._id("person", place), 1, body, person.line
            )

    def meeting(self) -> Iterator[ImportLine]:
        """Yield the meeting, its agenda, who came, its steps, its minutes and its end."""
        key = self.coalition.derive(f"meeting/{self.minutes.name}")
        steps = [self._id("step", place) for place, _ in enumerate(self.minutes.steps, start=1)]
        course = enumerate(self._course(steps), start=1)
        for version, (command, body, line) in course:
            if command == self._first_to_name_steps:
                yield from self._steps(key, steps)
            yield self._line("meetings", command, key, version, body, line)

    @property
    def _first_to_name_steps(self) -> str:
        return "DraftMinutes" if self.minutes.notes else "CloseMeeting"

    def _course(self, steps: list[str]) -> Iterator[tuple[str, dict[str, Any], int]]:
        minutes = self.minutes
        scheduled = {"title": text(minutes.title), "body": self.coalition.plenary}
        yield "ScheduleMeeting", {**scheduled, "starts_at": midnight(minutes.on)}, 1
        for place, item in enumerate(minutes.items, start=1):
            proposed: dict[str, Any] = {"item": self._id("item", place), "kind": "discussion"}
            proposed |= {"title": text(item.title), "minutes": UNPLANNED}
            yield "ProposeAgendaItem", proposed, item.line
        yield "OpenMeeting", {}, 1
        for place, person in enumerate(minutes.people, start=1):
            came: dict[str, Any] = {"attendance": self._id("attendance", place)}
            if person.affiliation:
                came["org"] = self._organization(person.affiliation)
            came |= {"person": self._id("person", place), "mode": "remote"}
            yield "RecordAttendance", came, person.line
        if minutes.notes:
            drafted = {"decisions": [], "steps": steps, "text": text(minutes.notes)}
            yield "DraftMinutes", drafted, 1
        reason = text(CLOSED_WITH_OPEN_STEPS)
        override = {"override": {"steps": steps, "reason": reason}} if steps else {}
        yield "CloseMeeting", override, 1

    def _steps(self, meeting: str, steps: list[str]) -> Iterator[ImportLine]:
        for key, step in zip(steps, self.minutes.steps, strict=True):
            body = {"what": text(step.what), "meeting": meeting}
            yield self._line("meetings", "ProposeStep", key, 1, body, step.line)

    def _line(
        self,
        service: Service,
        command: str,
        key: str,
        version: int,
        body: dict[str, Any],
        line: int,
    ) -> ImportLine:
        return ImportLine(
            service,
            command,
            key,
            midnight(self.minutes.on),
            version,
            body,
            self.minutes.file,
            line,
            self.coalition.secretariat,
            waits=command == "ScheduleMeeting",
        )

    def _id(self, kind: str, place: int) -> str:
        return self.coalition.derive(f"{kind}/{self.minutes.name}/{place}")

    def _organization(self, name: str) -> str:
        return self.coalition.derive(f"organization/{name.casefold()}")
