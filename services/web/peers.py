"""Asks the other services over HTTP, with the person's own rights.

Nothing here decides who may see what: the answering service judges the token it is given.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import quote
from uuid import UUID

import httpx2

from services.web.answers import Answer
from shared.telemetry import outgoing

Query = str | Sequence[str] | None
"""What a question says; a list says each of its values."""
Service = Literal["members", "meetings", "credit", "transparency", "audit"]
REDACTED = b'"withheld":"redacted"'
ANSWER_WITHIN = 10  # seconds; a download has that much for each piece
KEPT = 2  # seconds; less than a service keeps a quiet connection, so none breaks on reuse
WAIT = 2  # seconds a read may wait for the position it must include


class Fault(Answer):
    """One thing wrong with a command, and where."""

    pointer: str = ""
    reason: str = ""
    detail: str = ""


class Problem(Answer):
    """Why a service refused, as it says so itself (RFC 9457)."""

    status: int
    title: str = ""
    detail: str = ""
    reason: str = ""
    errors: tuple[Fault, ...] = ()
    trace_id: str = ""


class PeerRefused(Exception):
    """A service answered, and the answer is no."""

    def __init__(self, service: Service, problem: Problem) -> None:
        super().__init__(f"{service}: {problem.status} {problem.reason}")
        self.service = service
        self.problem = problem


class PeerSilent(Exception):
    """A service did not answer. A command may have been recorded: ask again with the same key."""

    def __init__(self, service: Service) -> None:
        super().__init__(f"{service} does not answer")
        self.service = service


@dataclass(frozen=True)
class Recorded:
    """Where a command was recorded, for reading back at least that; `key`: of what it is about."""

    service: Service
    position: int
    key: str = ""

    def __str__(self) -> str:
        return f"{self.service}/{self.position}"


@dataclass(frozen=True)
class Peers:
    """The other services' addresses, and the connections to them.

    `addresses` are those of `ACCORD_PEERS__<SERVICE>`: what stands before `/api/v1/`.
    """

    addresses: Mapping[str, str]
    client: httpx2.AsyncClient

    def address(self, service: Service, path: str) -> str:
        """Return the whole address of a path below `/api/v1/`."""
        return f"{self.addresses[service].rstrip('/')}/api/v1/{path}".rstrip("/")


@dataclass(frozen=True)
class Asker:
    """Asks the peers for one person, or for nobody: then only what is public is answered."""

    peers: Peers
    token: str | None

    async def get(
        self, service: Service, path: str, at_least: str | None = None, **query: Query
    ) -> Any:
        """Return what `service` answers.

        Args:
            at_least: Positions that the answer must include, so people see their own change.

        Raises:
            PeerRefused: the answer is a problem.
            PeerSilent: there is no answer.
        """
        headers = self._headers()
        params: dict[str, str | Sequence[str]] = {
            name: value for name, value in query.items() if value
        }
        if at_least:
            params["at_least"] = at_least
            headers["Prefer"] = f"wait={WAIT}"
        address = self.peers.address(service, path)
        try:
            answer = await self.peers.client.get(address, params=params, headers=headers)
        except httpx2.TransportError as broken:
            raise PeerSilent(service) from broken
        read = _read(service, answer)
        if REDACTED not in read.content:
            return read.json()
        return signed(read.json(), await self._names(path))

    async def _names(self, path: str) -> Mapping[str, str]:
        """Return what the organisations of a coalition are called, as far as this reader may know.

        Args:
            path: Of something in it.
        """
        kind, _, within = path.partition("/")
        if kind != "coalitions" or not within:
            return {}
        address = self.peers.address("members", f"{kind}/{within.partition('/')[0]}/names")
        try:
            answer = await self.peers.client.get(address, headers=self._headers())
        except httpx2.TransportError as broken:
            raise PeerSilent("members") from broken
        if answer.status_code != httpx2.codes.OK:
            return {}
        rows = answer.json()["items"]
        return {row["id"]: row["name"]["text"] for row in rows if (row["name"] or {}).get("text")}

    async def get_with(
        self, at_least: str | None, service: Service, path: str, **query: Query
    ) -> tuple[Any, bool]:
        """Return what `service` answers, and whether that includes `at_least`.

        A view that has not caught up in time is shown as it stands, and the page says so.
        """
        if at_least:
            try:
                return await self.get(service, path, at_least=at_least, **query), True
            except PeerRefused as refused:
                if refused.problem.reason != "view_behind":
                    raise
        return await self.get(service, path, at_least=None, **query), not at_least

    async def command(
        self,
        service: Service,
        path: str,
        body: Mapping[str, Any],
        *,
        key: str,
        organisation: UUID | None,
        version: str = "",
    ) -> Recorded:
        """Send a command on behalf of `organisation`, if any; twice with one key counts once.

        Args:
            organisation: None, where people speak for themselves alone.
            version: That of what it is about, where somebody must have read the newest.

        Raises:
            PeerRefused: a rule forbids it, or something in it is wrong. Nothing was recorded.
            PeerSilent: there is no answer; it may have been recorded.
        """
        headers = self._headers() | {"Idempotency-Key": key}
        if organisation is not None:
            headers["Accord-On-Behalf-Of"] = str(organisation)
        if version:
            headers["If-Match"] = f'"{version}"'
        address = self.peers.address(service, path)
        try:
            answer = await self.peers.client.post(address, json=body, headers=headers)
        except httpx2.TransportError as broken:
            raise PeerSilent(service) from broken
        receipt = _read(service, answer)
        stream = str(receipt.json().get("stream", ""))
        position = int(receipt.headers.get("Accord-Position", "0"))
        return Recorded(service, position, stream.partition("-")[2])

    @asynccontextmanager
    async def stream(
        self,
        service: Service,
        path: str,
        query: Mapping[str, str],
        *,
        quiet_s: float = ANSWER_WITHIN,
    ) -> AsyncIterator[httpx2.Response]:
        """Open an answer that is passed on piece by piece: a download, or what happens from now on.

        Args:
            quiet_s: Seconds that may be between two pieces.

        Raises:
            PeerRefused: the answer is a problem.
            PeerSilent: there is no answer.
        """
        address = self.peers.address(service, path)
        opened = self.peers.client.stream(
            "GET", address, params=dict(query), headers=self._headers(),
            timeout=httpx2.Timeout(ANSWER_WITHIN, read=quiet_s),
        )  # fmt: skip
        try:
            async with opened as answer:
                if answer.is_error:
                    await answer.aread()
                yield _read(service, answer)
        except httpx2.TransportError as broken:
            raise PeerSilent(service) from broken

    def _headers(self) -> dict[str, str]:
        signed = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return outgoing() | signed


@asynccontextmanager
async def connected(addresses: Mapping[str, str]) -> AsyncIterator[Peers]:
    """Keep connections to the other services until the block ends."""
    limits = httpx2.Limits(max_connections=200, max_keepalive_connections=50, keepalive_expiry=KEPT)
    async with httpx2.AsyncClient(
        timeout=ANSWER_WITHIN, limits=limits, follow_redirects=False, trust_env=False
    ) as client:
        yield Peers(addresses, client)


def of(coalition: str, *path: object) -> str:
    """Return the path of something in a coalition, each part made safe for an address."""
    return "/".join(["coalitions", *(quote(str(part), safe="") for part in (coalition, *path))])


def signed(answer: Any, names: Mapping[str, str]) -> Any:
    """Return an answer in which organisations that redacted words are called by their names."""
    if isinstance(answer, list):
        return [signed(one, names) for one in answer]
    if not isinstance(answer, dict):
        return answer
    if answer.get("withheld") == "redacted" and "by" in answer:
        return answer | {"by": names.get(answer["by"], f"Name not shown ({answer['by'][:8]})")}
    return {name: signed(one, names) for name, one in answer.items()}


def _read(service: Service, answer: httpx2.Response) -> httpx2.Response:
    if not answer.is_error:
        return answer
    try:
        problem = Problem.model_validate({"status": answer.status_code, **answer.json()})
    except ValueError:  # not JSON, or not a problem: the status still says what to do
        problem = Problem(status=answer.status_code)
    if problem.status == httpx2.codes.SERVICE_UNAVAILABLE and not problem.reason:
        raise PeerSilent(service)
    raise PeerRefused(service, problem)
