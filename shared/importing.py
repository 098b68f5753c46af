"""History from elsewhere, through the same commands, rules and journal as live traffic.

NDJSON in, one command a line; NDJSON out: a line for each refused command, progress, and a
summary. A line names the stream version that it brings about, so that what was carried out
before is passed over, however late it comes again. Commands that a line brings along are written
together with its own, or none is. Who imports into streams that others have written to asks first
where these stand.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any
from uuid import UUID, uuid5

import orjson
from fastapi import Request
from pydantic import BaseModel, Field, TypeAdapter, ValidationError
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from shared.ask import Ask, Fact, Step, Written
from shared.batch import in_milliseconds
from shared.database import tenant
from shared.event import Command, Context, Moment, Value, Visibility
from shared.host import Host
from shared.hot import AnyDecider, Reading
from shared.http import bearer, host_of
from shared.identity import Signed
from shared.problems import Problem, forbidden, invalid, not_found, translated
from shared.sealing import keyed_for

LINES = "application/x-ndjson"
_LINES = {"description": "Commands, one a line; each that cannot be read is refused alone."}
BODY = {"requestBody": {"required": True, "content": {LINES: {"schema": _LINES}}}}
ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "A line for each refused command, progress, and a summary.",
        "content": {LINES: {"schema": {"type": "string"}}},
    }
}
LINE_BYTES = 64 * 1024
AT_ONCE = 512
WAIT_SECONDS = 30.0
AHEAD_SECONDS = 60
TOGETHER = 64


@dataclass(frozen=True)
class ImportedCommand:
    """A command that an import may bring."""

    decider: AnyDecider
    command: type[Command]
    facts: tuple[Fact, ...] = ()
    steps: Callable[[UUID, Any], Sequence[Step]] | None = None
    """(coalition, command) → the command and what it sets off on other streams, in order."""
    about: Callable[[UUID, Any], UUID | None] | None = None
    """(key of the stream, command) → the person under whose key it says something, if any."""


class _Answering(StreamingResponse):
    """An answer that is given while the request is still read.

    Starlette's own would read the request beside us, to see whether the client has gone, and what
    it reads is lost. A client that has gone is seen when the next line is sent.
    """

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        await self.stream_response(send)


class Part(Value):
    """One command on one stream, and when it was."""

    command: Annotated[str, Field(max_length=63)]
    id: Annotated[str, Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
    at: Moment
    body: dict[str, Any]
    by: UUID | None = None


class Line(Part):
    """One command of an import; `then` are written together with it, or none of them is."""

    version: Annotated[int, Field(ge=1)]
    visibility: Visibility | None = None
    after: dict[str, int] = Field(default_factory=dict)
    then: Annotated[tuple[Part, ...], Field(max_length=TOGETHER)] = ()


class Stands(BaseModel):
    """Where a journal stands, and at which version each of its streams."""

    position: int
    versions: dict[str, int]


_LINE = TypeAdapter(Line)


async def run(request: Request, imports: Mapping[str, ImportedCommand]) -> StreamingResponse:
    """Carry out the commands of a body, in order."""
    host = host_of(request)
    signed = host.tokens.verify(bearer(request))
    coalition = await _coalition(host, request)
    await _allowed(host, signed, coalition)
    if request.headers.get("content-type", "").partition(";")[0].strip() != LINES:
        raise Problem(415, "unsupported_media_type", "Send commands as application/x-ndjson.")
    return _Answering(_carry_out(request, host, coalition, imports), media_type=LINES)


async def stands(request: Request) -> Stands:
    """Return what an import has to know of a coalition that others write to as well."""
    host = host_of(request)
    signed = host.tokens.verify(bearer(request))
    coalition = await host.coalition(request.path_params["coalition"])
    await _allowed(host, signed, coalition)
    async with tenant(host.pool, [coalition]) as db:
        rows = await db.fetch(
            "select stream, max(version) as version, max(position) as position"
            " from journal.event where coalition_id = $1 group by stream",
            coalition,
        )
    return Stands(
        position=max((row["position"] for row in rows), default=0),
        versions={row["stream"]: row["version"] for row in rows},
    )


async def _coalition(host: Host, request: Request) -> UUID:
    """Return the coalition; an id that nobody has yet may be formed by the first command."""
    name = request.path_params["coalition"]
    try:
        return await host.coalition(name)
    except Problem:
        try:
            return UUID(name)
        except ValueError:
            raise not_found() from None


async def _allowed(host: Host, signed: Signed, coalition: UUID) -> None:
    if signed.operator:
        return
    person = await host.person(signed, coalition)
    journal, mandates_of = host.journal, host.mandates
    assert journal is not None
    assert mandates_of is not None
    mandates = await journal.look(coalition, mandates_of)
    held = mandates.by_person.get(person, ()) if person else ()
    if not held:
        raise not_found()
    if not any(mandates.chairs(mandate, None) for mandate in held):
        raise forbidden("An import is for the operator and the coalition's chair.")


async def _carry_out(
    request: Request, host: Host, coalition: UUID, imports: Mapping[str, ImportedCommand]
) -> AsyncIterator[bytes]:
    totals = {"recorded": 0, "skipped": 0, "refused": 0, "position": 0}
    index = 0
    batch: list[tuple[int, Ask]] = []
    about: dict[str, set[UUID]] = {}
    async for raw in _lines(request):
        try:
            line, ask, persons = _ask(raw, coalition, imports)
            if line.after:
                await _heard(host, coalition, line.after)
            batch.append((index, ask))
            if persons:
                about.setdefault(keyed_for(line.visibility or "members", ()), set()).update(persons)
        except Problem as problem:
            totals["refused"] += 1
            yield _line(index, problem)
        index += 1
        if len(batch) >= AT_ONCE:
            await _have_keys(host, coalition, about)
            async for answer in _write(host, batch, totals):
                yield answer
            batch = []
            yield orjson.dumps({"done": index}) + b"\n"
    await _have_keys(host, coalition, about)
    async for answer in _write(host, batch, totals):
        yield answer
    yield orjson.dumps(totals) + b"\n"


async def _have_keys(host: Host, coalition: UUID, about: dict[str, set[UUID]]) -> None:
    """Have the keys that a batch closes with: it would stop, and begin anew, for each."""
    assert host.keys is not None
    for audience, persons in about.items():
        await host.keys.ensure_all(coalition, persons, audience)
    about.clear()


def _line(index: int, problem: Problem) -> bytes:
    return orjson.dumps(
        {
            "index": index,
            "reason": problem.reason,
            "detail": problem.detail,
            "errors": list(problem.errors),
        }
    ) + b"\n"  # fmt: skip


async def _write(
    host: Host, batch: list[tuple[int, Ask]], totals: dict[str, int]
) -> AsyncIterator[bytes]:
    assert host.journal is not None
    outcomes = await host.journal.write_all([ask for _, ask in batch])
    for (index, _), outcome in zip(batch, outcomes, strict=True):
        if isinstance(outcome, Written):
            totals["recorded"] += len(outcome.events)
            totals["skipped"] += outcome.skipped
            totals["position"] = max(totals["position"], outcome.position)
            continue
        problem = translated(outcome)
        if problem is None:
            raise outcome
        totals["refused"] += 1
        yield _line(index, problem)


def _ask(
    raw: bytes, coalition: UUID, imports: Mapping[str, ImportedCommand]
) -> tuple[Line, Ask, set[UUID]]:
    """Return a line, what it asks of the journal, and the persons it says something about."""
    if len(raw) > LINE_BYTES:
        raise Problem(413, "too_large", f"A command has at most {LINE_BYTES} bytes.")
    contexts: dict[int, Context] = {}
    steps: list[Step] = []
    persons: set[UUID] = set()
    try:
        line = _LINE.validate_json(raw)
        for part in (line, *line.then):
            imported = imports.get(part.command)
            if imported is None:
                raise Problem(422, "unknown_command", "No such command can be imported here.")
            command = imported.command.model_validate_json(orjson.dumps(part.body))
            made = [Step(imported.decider, part.id, command, imported.facts)]
            if imported.steps is not None:
                made = [*imported.steps(coalition, command)]
            context = Context(
                coalition, None, part.by, in_milliseconds(part.at), authority="imported",
                credential="service_account", visibility=line.visibility,
            )  # fmt: skip
            contexts |= {id(step.command): context for step in made}
            steps += made
            person = imported.about(UUID(part.id), command) if imported.about else None
            if person is not None:
                persons.add(person)
    except ValidationError as error:
        raise invalid(error) from None

    async def resolve(read: Reading, _state: Any, command: Any) -> Context:
        context = contexts[id(command)]
        if context.at > read.context.at:
            raise Problem(422, "in_the_future", "An import is about the past.")
        return context

    ask = Ask(
        coalition, tuple(steps), resolve, brings_to=line.version, correlation=_flow(coalition)
    )
    return line, ask, persons


@lru_cache(maxsize=1_024)
def _flow(coalition: UUID) -> UUID:
    """Return the correlation id of all that is imported into a coalition."""
    return uuid5(coalition, "import")


async def _heard(host: Host, coalition: UUID, after: Mapping[str, int]) -> None:
    """Wait until this service has heard what a command rests on.

    Raises:
        Problem: 503, it has not after half a minute.
    """
    if not after:
        return None
    wanted = ",".join(f"{service}/{position}" for service, position in after.items())
    end = asyncio.get_running_loop().time() + WAIT_SECONDS
    while True:
        try:
            return await host.wait_for(wanted, coalition)
        except Problem as problem:
            if problem.status != 503 or asyncio.get_running_loop().time() > end:  # noqa: PLR2004 - view_behind
                raise


async def _lines(request: Request) -> AsyncIterator[bytes]:
    """Split the body into lines without ever holding more than one of them."""
    left = b""
    async for chunk in request.stream():
        parts = (left + chunk).split(b"\n")
        left = parts.pop()
        for part in parts:
            if part.strip():
                yield part
        if len(left) > LINE_BYTES * 4:
            raise Problem(413, "too_large", f"A line has at most {LINE_BYTES} bytes.")
    if left.strip():
        yield left
