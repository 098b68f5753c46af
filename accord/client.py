"""The services over HTTP: what the command line asks of them.

Sending is patient: a service that is starting, busy or briefly gone is asked again, and the same
lines twice change nothing, so an answer that was cut off is asked for again as a whole.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar
from uuid import UUID

import httpx2
import orjson

from accord.failed import Failed
from accord.token import operator_token
from shared.settings import Settings

PATIENCE_S = 60.0
FIRST_PAUSE_S = 0.25
LONGEST_PAUSE_S = 8.0
TIMEOUT = httpx2.Timeout(10.0, read=120.0)
LONG = httpx2.Timeout(10.0, read=3_600.0)
BUSY = frozenset({429, 502, 503, 504})
NOT_YET = frozenset({"busy", "view_behind"})
"""Reasons that refuse a command for now only: the same lines are sent again."""
ABSENT = 404
JSON, LINES, BYTES = "application/json", "application/x-ndjson", "application/octet-stream"

T = TypeVar("T")


class Unanswered(Failed):
    """A service said no, or nothing for too long. The words are for the person at the terminal."""


@dataclass(frozen=True)
class Refused:
    """A command that a rule forbids; `index` is its place among those sent."""

    index: int
    reason: str
    detail: str


@dataclass(frozen=True)
class Answer:
    """What became of the commands sent, and where the service's journal stands now."""

    recorded: int
    skipped: int
    position: int
    refused: Sequence[Refused]


@dataclass(frozen=True)
class Found:
    """A coalition that exists."""

    id: UUID
    plenary: str | None
    mode: str | None = None


@dataclass(frozen=True)
class Stands:
    """Where a service's journal of a coalition stands, and at which version its streams."""

    position: int
    versions: Mapping[str, int]


@dataclass(frozen=True)
class Sheet:
    """A sheet as it was exported, and the position that it shows."""

    content: bytes
    position: int


class _Again(Exception):
    """Not now. `after` is what the service asks for, in seconds."""

    def __init__(self, why: str, after: float = 0.0) -> None:
        super().__init__(why)
        self.after = after


class Services:
    """The services behind one address, for one caller.

    Args:
        url: Where the services answer, as `/members`, `/meetings` and so on.
        token: The bearer token.
        pause: Waits for so many seconds.
        apart: The addresses of services that answer elsewhere, by name.
    """

    def __init__(
        self,
        url: str,
        token: str,
        pause: Callable[[float], None] = time.sleep,
        apart: Mapping[str, str] | None = None,
    ) -> None:
        self._url = url.rstrip("/")
        self._apart = {name: address.rstrip("/") for name, address in (apart or {}).items()}
        self._pause = pause
        self._http = httpx2.Client(
            headers={"Authorization": f"Bearer {token}"}, timeout=TIMEOUT, trust_env=False
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._http.close()

    def coalition(self, slug: str) -> Found | None:
        """Return the coalition that is called so, if there is one."""

        def ask() -> Found | None:
            with self._asked("GET", f"/members/api/v1/coalitions/{slug}") as response:
                if response.status_code == ABSENT:
                    return None
                _expect_ok(response)
                found = orjson.loads(response.read())
                return Found(UUID(found["coalition"]), found.get("plenary"), found.get("mode"))

        return self._patiently(ask)

    def stands(self, service: str, coalition: UUID) -> Stands:
        """Return where a service's journal stands.

        Raises:
            Unanswered: the caller may not import, or the service stays away.
        """

        def ask() -> Stands:
            with self._asked("GET", f"/{service}/api/v1/coalitions/{coalition}/import") as response:
                _expect_ok(response)
                said = orjson.loads(response.read())
                return Stands(said["position"], said["versions"])

        return self._patiently(ask)

    def ground_rules(self, coalition: UUID, at_least: int) -> int:
        """Return the version of the ground rules that hold; 0 where there are none."""

        def ask() -> int:
            path = f"/members/api/v1/coalitions/{coalition}/charter?at_least=members/{at_least}"
            with self._asked("GET", path) as response:
                _expect_ok(response)
                versions = orjson.loads(response.read())["ground_rules"]
                return int(versions[0]["version"]) if versions else 0

        return self._patiently(ask)

    def sheet(
        self,
        coalition: UUID | str,
        kind: str,
        *,
        service: str = "members",
        at_least: int = 0,
        bom: bool = False,
    ) -> Sheet | None:
        """Return a sheet of a coalition; `None` where there is no such coalition to be seen.

        Args:
            at_least: The position that it shows.
        """
        query = [f"at_least={service}/{at_least}"] if at_least else []
        query += ["bom=true"] if bom else []
        path = f"/{service}/api/v1/coalitions/{coalition}/{kind}.csv?{'&'.join(query)}"

        def ask() -> Sheet | None:
            with self._asked("GET", path) as response:
                if response.status_code == ABSENT:
                    return None
                _expect_ok(response)
                return Sheet(response.read(), int(response.headers["Accord-Position"]))

        return self._patiently(ask)

    def decided(self, coalition: UUID) -> set[str]:
        """Return the `source_id` of each decision that came from an import."""

        def ask() -> set[str]:
            path = f"/meetings/api/v1/coalitions/{coalition}/sources"
            with self._asked("GET", path) as response:
                if response.status_code == ABSENT:
                    return set()
                _expect_ok(response)
                values = [orjson.loads(line) for line in response.iter_lines() if line.strip()]
                flat = values[0] if values and isinstance(values[0], list) else values
                return {str(value) for value in flat}

        return self._patiently(ask)

    def send(
        self,
        service: str,
        coalition: UUID,
        lines: Sequence[bytes],
        heard: Callable[[int], None],
    ) -> Answer:
        """Send commands, and return what became of them.

        Args:
            lines: Each with its end of line.
            heard: Told how many of them are done, now and then.

        Raises:
            Unanswered: the service refuses them as a whole, or stays away.
        """
        path = f"/{service}/api/v1/coalitions/{coalition}/import"

        def ask() -> Answer:
            with self._asked("POST", path, b"".join(lines)) as response:
                _expect_ok(response)
                return _answer(response.iter_lines(), heard)

        return self._patiently(ask)

    def operate(self, service: str, what: str) -> Mapping[str, Any]:
        """Let a service do something to its read models, and return what it says.

        Raises:
            Unanswered: it refuses, or stays away.
        """

        def ask() -> Mapping[str, Any]:
            with self._asked("POST", f"/{service}/internal/models/{what}") as response:
                _expect_ok(response)
                said: Mapping[str, Any] = orjson.loads(response.read())
                return said

        return self._patiently(ask)

    def say(self, service: str, path: str, what: Mapping[str, Any]) -> Mapping[str, Any]:
        """Let a service do something that may take long, and return what it says then.

        Raises:
            Unanswered: it refuses, or stays away.
        """

        def ask() -> Mapping[str, Any]:
            content = orjson.dumps(what)
            with self._asked("POST", f"/{service}/{path}", content, JSON, LONG) as response:
                _expect_ok(response)
                said: Mapping[str, Any] = orjson.loads(response.read())
                return said

        return self._patiently(ask)

    def send_copy(
        self, service: str, path: str, coalition: UUID, pieces: Iterator[bytes]
    ) -> Mapping[str, Any]:
        """Send what is too long to hold, piece by piece, and return what is said of it.

        Raises:
            Unanswered: it is refused, or nobody answers.
        """
        where = f"/{service}/{path}?coalition={coalition}"
        try:
            with self._asked("POST", where, pieces, BYTES, LONG) as response:
                _expect_ok(response)
                said: Mapping[str, Any] = orjson.loads(response.read())
                return said
        except _Again as again:
            raise Unanswered(f"{again} Run the same again.") from again

    def work(
        self, service: str, what: str, how: Mapping[str, Any] | None = None,
        *, room: str = "internal/models",
    ) -> Iterator[Mapping[str, Any]]:  # fmt: skip
        """Let a service work on its read models, and yield what it says meanwhile.

        Args:
            room: Where it is asked, if not about read models.

        Raises:
            Unanswered: it refuses, or falls silent.
        """
        path = f"/{service}/{room}/{what}"
        try:
            with self._asked("POST", path, orjson.dumps(how or {}), JSON) as response:
                _expect_ok(response)
                for line in response.iter_lines():
                    if line:
                        yield orjson.loads(line)
        except _Again as again:
            raise Unanswered(f"{again} Run the same again: it goes on where it was.") from again

    @contextmanager
    def _asked(
        self, method: str, path: str, content: bytes | Iterator[bytes] | None = None,
        kind: str = LINES, timeout: httpx2.Timeout = TIMEOUT,
    ) -> Iterator[httpx2.Response]:  # fmt: skip
        headers = {"Content-Type": kind} if content is not None else {}
        service, _, rest = path.removeprefix("/").partition("/")
        address = self._apart.get(service, f"{self._url}/{service}")
        try:
            with self._http.stream(
                method, f"{address}/{rest}", content=content, headers=headers, timeout=timeout
            ) as response:
                if response.status_code in BUSY:
                    raise _Again(_problem(response), _retry_after(response))
                yield response
        except httpx2.TransportError as broken:
            raise _Again(f"{address} does not answer: {broken}") from broken
        except (orjson.JSONDecodeError, KeyError, TypeError, ValueError) as strange:
            raise Unanswered(f"{address}/{rest} answers with something else.") from strange

    def _patiently(self, ask: Callable[[], T]) -> T:
        waited, pause = 0.0, FIRST_PAUSE_S
        while True:
            try:
                return ask()
            except _Again as again:
                wait = max(again.after, pause)
                waited += wait
                if waited > PATIENCE_S:
                    raise Unanswered(f"{again} Is `accord up` running?") from again
                self._pause(wait)
                pause = min(2 * pause, LONGEST_PAUSE_S)


def connect(url: str | None, token_file: Path | None, data: Path | None) -> Services:
    """Return the services, spoken to with the token of the file, or the operator's.

    Without an address they are where the settings say, each apart or all on one port.
    """
    settings = Settings.load()
    if token_file is not None:
        token = token_file.read_text(encoding="utf-8").strip()
    else:
        token = operator_token(data or settings.data)
    if url is not None:
        return Services(url, token)
    here = f"http://127.0.0.1:{settings.http.port}"
    return Services(here, token, apart=settings.peers)


def _answer(lines: Iterator[str], heard: Callable[[int], None]) -> Answer:
    refused: list[Refused] = []
    for line in lines:
        said = orjson.loads(line) if line.strip() else {}
        if said.get("reason") in NOT_YET:
            raise _Again(said.get("detail", ""))
        if "reason" in said:
            refused.append(Refused(int(said["index"]), said["reason"], said.get("detail", "")))
        elif "done" in said:
            heard(int(said["done"]))
        elif "recorded" in said:
            return Answer(said["recorded"], said["skipped"], said["position"], refused)
    raise _Again("The service broke off in the middle of its answer.")


def _expect_ok(response: httpx2.Response) -> None:
    if not response.is_success:
        raise Unanswered(_problem(response))


def _problem(response: httpx2.Response) -> str:
    """Return a problem's own words, or what can be said without them."""
    said: dict[str, Any] = {}
    if "json" in response.headers.get("Content-Type", ""):
        body = orjson.loads(response.read())
        said = body if isinstance(body, dict) else {}
    words = said.get("detail") or said.get("title") or response.reason_phrase
    reason = said.get("reason")
    return f"{words} ({reason})" if reason else f"{words} (HTTP {response.status_code})"


def _retry_after(response: httpx2.Response) -> float:
    asked = response.headers.get("Retry-After", "")
    return float(asked) if asked.isdigit() else 0.0
