"""How the story is told: over HTTP, as its people, each thing at its time."""

import time
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2

from accord.demo.cast import MAREN, Person
from accord.failed import Failed
from accord.token import demo_token

SLUG = "harbour-schools"
LISTENS = {"members": (), "meetings": ("members",), "credit": ("members", "meetings")}
A_MOMENT = timedelta(minutes=3)
AT_ONCE = 8
PATIENCE_S = 30.0
PAUSE_S = 0.25
BUSY = frozenset({502, 503, 504})


@dataclass(frozen=True)
class Receipt:
    """What a service wrote down: the thing's id, its version, and the place of the event."""

    service: str
    key: str
    version: int
    position: int

    @property
    def ref(self) -> str:
        return f"{self.service}/{self.position}"


@dataclass(frozen=True)
class Said:
    """A command; its `path` begins with the name of the service.

    Args:
        match: The version that was read by whoever changes a text.
    """

    who: Person
    path: str
    body: Mapping[str, Any] = field(default_factory=dict)
    match: int = 0


@dataclass
class Voice:
    """Says one thing after another; each waits for what it rests on in other services.

    Args:
        orgs: The ids of the organisations that people speak for, by name.
    """

    http: httpx2.Client
    data: Path
    orgs: dict[str, str] = field(default_factory=dict)
    _clock: datetime = datetime.min  # noqa: DTZ901 - `at` sets it before anything is said
    _said: int = 0
    _spoke: AbstractSet[Person] = frozenset()
    _tokens: dict[Person, str] = field(default_factory=dict)
    _written: dict[str, int] = field(default_factory=dict)
    _heard: dict[tuple[str, str], int] = field(default_factory=dict)
    _pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(AT_ONCE))

    def at(self, moment: str | datetime) -> None:
        """Let what follows have happened from this moment on, in UTC."""
        if isinstance(moment, str):
            moment = datetime.fromisoformat(moment).replace(tzinfo=UTC)
        self._clock = moment

    def say(
        self, who: Person, path: str, body: Mapping[str, Any] | None = None, match: int = 0
    ) -> Receipt:
        """Send a command as `who`; see `Said`."""
        [receipt] = self.together(Said(who, path, body or {}, match))
        return receipt

    def together(self, *said: Said) -> list[Receipt]:
        """Send to one service what people say in the same moment, in whatever order it arrives."""
        service = said[0].path.partition("/")[0]
        speakers = {each.who for each in said}
        if service != "members" or speakers != self._spoke:
            self._let_members_be_known()
        self._spoke = speakers
        awaited = self._behind(service, LISTENS[service])
        self._clock += A_MOMENT
        requests = [self._command(each, awaited) for each in said]
        receipts = [_receipt(service, answer) for answer in self._pool.map(self._send, requests)]
        self._written[service] = max(receipt.position for receipt in receipts)
        self._heard |= {(service, source): place for source, place in awaited.items()}
        return receipts

    def look(self, who: Person, path: str) -> Any:
        """Read as `who` what a service shows once everything said to it is in."""
        service = path.partition("/")[0]
        awaited = self._behind(service, (service,))
        answer = self._send(self._request("GET", who, path, awaited))
        self._heard |= {(service, source): place for source, place in awaited.items()}
        return answer.json()

    def _let_members_be_known(self) -> None:
        if self._behind("members", ("members",)):
            self.look(MAREN, "members/me")

    def _behind(self, service: str, sources: Iterable[str]) -> dict[str, int]:
        """Return what was written at these sources since the service was last asked for it."""
        return {
            source: written
            for source in sources
            if (written := self._written.get(source, 0)) > self._heard.get((service, source), 0)
        }

    def _command(self, said: Said, awaited: Mapping[str, int]) -> httpx2.Request:
        self._said += 1
        request = self._request("POST", said.who, said.path, awaited, json=said.body)
        request.headers["Accord-Occurred-At"] = self._clock.isoformat(timespec="milliseconds")
        request.headers["Idempotency-Key"] = f"demo-{self._said:04}"
        if said.match:
            request.headers["If-Match"] = f'"{said.match}"'
        return request

    def _request(
        self, method: str, who: Person, path: str, awaited: Mapping[str, int], **more: Any
    ) -> httpx2.Request:
        if who not in self._tokens:
            self._tokens[who] = demo_token(self.data, who.address)
        headers = {"Authorization": f"Bearer {self._tokens[who]}"}
        if org := self.orgs.get(who.of.name):
            headers["Accord-On-Behalf-Of"] = org
        if awaited:
            more["params"] = {"at_least": ",".join(f"{s}/{n}" for s, n in awaited.items())}
        service, _, rest = path.partition("/")
        url = f"/{service}/api/v1/coalitions" + (f"/{SLUG}/{rest}" if rest else "")
        return self.http.build_request(method, url, headers=headers, **more)

    def _send(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request, again where the service is behind, starting or busy."""
        end = time.monotonic() + PATIENCE_S
        while True:
            try:
                answer = self.http.send(request)
            except httpx2.TransportError as broken:
                if time.monotonic() > end:
                    raise Failed(f"{request.url} does not answer: {broken}") from broken
                time.sleep(PAUSE_S)
                continue
            if answer.is_success:
                return answer
            if answer.status_code not in BUSY or time.monotonic() > end:
                raise Failed(f"The demo stops at {request.method} {request.url}: {answer.text}")
            asked = answer.headers.get("Retry-After", "")
            time.sleep(float(asked) if asked.isdecimal() else PAUSE_S)


def _receipt(service: str, answer: httpx2.Response) -> Receipt:
    said = answer.json()
    return Receipt(service, said["stream"].partition("-")[2], said["version"], said["position"])
