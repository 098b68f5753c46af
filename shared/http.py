"""Callers, commands and answers over HTTP.

A route is a sentence: its function takes path parameters, one command (the body) and the caller,
and names the action it needs. Bodies are read strictly: UTF-8 JSON of at most 64 KiB, no
duplicate keys, no unknown fields.
"""

import inspect
import json
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar, get_type_hints
from uuid import NAMESPACE_OID, UUID, uuid5

from fastapi import APIRouter, Depends, Query, Request
from fastapi.routing import APIRoute
from pydantic import BaseModel, TypeAdapter, ValidationError
from starlette.responses import Response

from shared.admission import BODY_BYTES
from shared.ask import Ask, Beside, Fact, Repeat, Step, Written
from shared.batch import in_milliseconds
from shared.database import Pin
from shared.decider import altered
from shared.event import Command, Context, Moment, base64url
from shared.host import Host, Rows
from shared.hot import AnyDecider, Reading
from shared.identity import Mandates, Signed, Unauthenticated, Who
from shared.problems import Problem, forbidden, invalid, not_found
from shared.sealing import Erased
from shared.settings import Settings
from shared.telemetry import span, trace_id, traced, traceparent

KEY_LENGTH = 128
COMMANDS = 10.0, 40.0  # a second, and at once
READS = 50.0, 200.0
T = TypeVar("T")
_MOMENT: TypeAdapter[datetime] = TypeAdapter(Moment)

Body = Callable[[Any, Any], UUID | None]
"""(state, command) → the body whose chair is meant."""


@dataclass(frozen=True)
class Requires:
    """The action a route needs; `policy.yaml` says who may."""

    action: str

    def __call__(self) -> None:
        """Be a dependency that adds nothing: the check runs under the lock."""


def requires(action: str) -> Any:
    """Declare the action of a route."""
    return Depends(Requires(action))


class Receipt(BaseModel):
    """What a command did: its events with their leaf hashes, and where its stream stands."""

    stream: str
    version: int
    position: int
    events: list[dict[str, Any]] = []


class Page(BaseModel, Generic[T]):
    """Some rows, and the cursor of the next ones."""

    items: list[T]
    next_cursor: str | None = None


Limit = Annotated[int, Query(ge=1, le=200)]


class Route(APIRoute):
    """Commands past FastAPI's own parsing, which echoes input and reads bodies leniently."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **more: Any) -> None:
        more["operation_id"] = more.get("operation_id") or endpoint.__name__
        hints = get_type_hints(endpoint, include_extras=True)
        self.action = next(
            (d.dependency.action for d in more.get("dependencies") or ()
             if isinstance(d.dependency, Requires)), None,
        )  # fmt: skip
        self.command = next(
            (
                (name, hint)
                for name, hint in hints.items()
                if isinstance(hint, type) and issubclass(hint, Command)
            ),
            None,
        )
        self.parts = {
            name: TypeAdapter(hints[name])
            for name in inspect.signature(endpoint).parameters
            if f"{{{name}}}" in path
        }
        super().__init__(path, endpoint, **more)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        if self.command is None:
            return super().get_route_handler()
        name, kind = self.command

        async def handle(request: Request) -> Response:
            given: dict[str, Any] = {}
            for part, adapter in self.parts.items():
                try:
                    given[part] = adapter.validate_python(request.path_params[part], strict=False)
                except ValidationError:
                    raise not_found() from None
                if not _spelled(given[part], request.path_params[part]):
                    raise not_found()
            caller = await caller_of(request, self.action)
            body = await read_body(request)
            try:
                given[name] = kind.model_validate_json(body)
            except ValidationError as error:
                raise invalid(error) from None
            caller.fingerprint(body)
            if not traced(request.headers):
                return caller.answer(await self.endpoint(**given, caller=caller))
            with span(kind.__name__, parent=None if trace_id() else request.headers):
                caller.trace = traceparent()
                written = await self.endpoint(**given, caller=caller)
            return caller.answer(written)

        return handle


class Router(APIRouter):
    """A router whose commands are read strictly."""

    def __init__(self, **more: Any) -> None:
        super().__init__(route_class=Route, **more)


async def whole_body(request: Request) -> bytes:
    """Return a body that is no longer than a command may be.

    Raises:
        Problem: 413.
    """
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_BYTES:
            raise Problem(
                413, "too_large", f"A command has at most {BODY_BYTES} bytes.",
                headers={"Connection": "close"},
            )  # fmt: skip
    return bytes(body)


async def read_body(request: Request) -> bytes:
    """Return the body of a command.

    Raises:
        Problem: 400, 413 or 415 where it cannot be one.
    """
    kind = request.headers.get("content-type", "").partition(";")
    charset = kind[2].strip().lower()
    if kind[0].strip().lower() != "application/json" or charset not in {"", "charset=utf-8"}:
        raise Problem(415, "unsupported_media_type", "Send the command as application/json.")
    if request.headers.get("content-encoding", "identity") != "identity":
        raise Problem(415, "unsupported_media_type", "Send the command uncompressed.")
    body = await whole_body(request)
    try:
        _STRICTLY.decode(body.decode("utf-8"))
    except (ValueError, RecursionError):
        raise Problem(400, "unreadable", "The body is not valid JSON in UTF-8.") from None
    return body


def _unique(pairs: list[tuple[str, Any]]) -> None:
    if len({key for key, _ in pairs}) != len(pairs):
        raise ValueError("a key stands twice")


_STRICTLY = json.JSONDecoder(object_pairs_hook=_unique)


@dataclass
class CallerOf:
    """The person behind a command, and what the request says around its body."""

    host: Host
    coalition: UUID
    signed: Signed
    person: UUID | None
    by: UUID | None
    action: str
    who: tuple[Who, ...]
    path: str
    base: str
    key: str
    if_match: int | None
    claimed: datetime | None
    trace: str | None
    _print: bytes = b""
    _new: UUID | None = None
    _drawn: UUID | None = None

    def new_id(self) -> UUID:
        """Return the id of what this command begins: drawn from chance, once a request."""
        if self._new is None:
            self._new = self._drawn = self.host.new_id()
        return self._new

    def fingerprint(self, body: bytes) -> None:
        """Keep what tells this body from another; it lets nobody guess what was sealed of it."""
        self._print = self.host.own_key.veil(self.key, body)

    async def handle(
        self,
        decider: AnyDecider,
        key: UUID | str,
        command: Command,
        *,
        facts: Sequence[Fact] = (),
        body: Body | None = None,
        needs_match: bool = False,
        beside: Beside | None = None,
        veiled: bool = False,
    ) -> Written:
        """Decide `command` on the stream of `key`, and write down what follows.

        Args:
            facts: What else the rules need; each is read under the lock of the decision.
            needs_match: The command changes text that its author has read.
            beside: What is to be written beside the events.
            veiled: Nothing kept for repeats may lead to who asked, or say what.
        """
        begins = key is self._drawn
        step = Step(
            decider, key, command, tuple(facts), begins=begins, beside=beside, veiled=veiled
        )
        steps = (step,)
        return await self._write(steps, body, needs_match=needs_match)

    async def handle_all(
        self,
        steps: Sequence[tuple[Any, ...] | Step],
        *,
        body: Body | None = None,
        actor: UUID | None = None,
    ) -> Written:
        """Decide several commands, each on its stream, and write all or nothing.

        Args:
            steps: Steps, or (decider, key, command) or (decider, key, command, facts).
            actor: The person, where this very command makes them known.
        """
        made = tuple(s if isinstance(s, Step) else Step(*s) for s in steps)
        if actor is not None:
            self.person = actor
        return await self._write(made, body, needs_match=False)

    async def _write(
        self, steps: tuple[Step, ...], body: Body | None, *, needs_match: bool
    ) -> Written:
        if needs_match and self.if_match is None:
            raise Problem(
                428, "precondition_required", "Send If-Match with the version that you have read."
            )
        journal, keys = self.host.journal, self.host.keys
        assert journal is not None
        assert keys is not None
        veiled = any(step.veiled for step in steps)
        unsigned = veiled or all(step.decider.unsigned for step in steps)
        for person in {None} if unsigned else {None, self.person}:
            with suppress(Erased):  # refused under the lock, where it is known why
                await keys.ensure(self.coalition, person, "members")
        ask = Ask(
            self.coalition,
            steps,
            self._resolve(body),
            self._nameless(veiled=veiled) if unsigned else self._named(),
            self.if_match,
            traceparent=None if unsigned else self.trace,
        )
        return await journal.write(ask)

    def _named(self) -> Repeat:
        return Repeat(self.signed.principal, self.path, self.key, self._print)

    def _nameless(self, *, veiled: bool) -> Repeat:
        """Return how a repeat is known of what nobody signs: nothing in it leads to who sent it.

        Of what is veiled nothing depends on the body, either: whoever has the service's key could
        try the few that there can be. Asked again with another body, the first answer is given.
        """
        veil = self.host.own_key.veil
        key = veil(self.signed.principal, self.path, self.key)
        return Repeat("", self.path, base64url(key), key if veiled else self._print)

    def _resolve(self, body: Body | None) -> Callable[[Reading, Any, Any], Awaitable[Context]]:
        async def resolve(read: Reading, state: Any, command: Any) -> Context:
            assert self.host.mandates is not None
            mandates = await self.host.mandates(read)
            concerned = body(state, command) if body else body_of(state, command)
            context = altered(read.context, actor=self.person)
            if self.claimed is not None:
                context = altered(context, at=self.claimed)
            return self._permit(mandates, concerned, state, context)

        return resolve

    def _permit(
        self, mandates: Mandates, body: UUID | None, state: Any, context: Context
    ) -> Context:
        """Return the context with the mandate that lets the caller do this, or refuse."""
        mandate = (
            mandates.choose(self.person, self.by, body, context.at.date()) if self.person else None
        )
        if mandate is not None:
            context = altered(
                context,
                by=mandate.by,
                accreditation=mandate.accreditation,
                authority=mandate.authority,
                author=mandate.person if mandate.alone and "rep" in self.who else None,
            )
            fits = {
                "rep": True,
                "chair": mandates.chairs(mandate, body),
                "fac": mandate.accreditation in getattr(state, "facilitators", ()),
            }
            if any(fits.get(who) for who in self.who):
                return context
        elif self.by is not None and "any" not in self.who and self.person in mandates.by_person:
            raise forbidden("You hold no accreditation that lets you act for that organisation.")
        own = self.person is not None and self.person == getattr(state, "person", None)
        if "any" in self.who or ("self" in self.who and (own or state is None)):
            return context
        if self.person is None or self.person not in mandates.by_person:
            raise not_found()
        if mandate is None:
            raise forbidden("Say on whose behalf you act: Accord-On-Behalf-Of.")
        raise forbidden(f"This is for: {' or '.join(self.who)}.")

    def answer(self, written: Written) -> Response:
        """Return 201, or 200 where nothing needed to happen."""
        headers = {
            "ETag": f'"{written.version}"',
            "Accord-Position": str(written.position),
            "Cache-Control": "no-store",
        }
        if written.replayed:
            headers["Idempotency-Replayed"] = "true"
        if self._new is not None:
            headers["Location"] = f"{self.base}/{self._new}"
        status = 201 if written.events else 200
        return Response(written.json(), status, headers, media_type="application/json")


def body_of(state: Any, command: Any) -> UUID | None:
    found = getattr(state, "body", None) or getattr(command, "body", None)
    return found if isinstance(found, UUID) else None


def bearer(request: Request) -> str:
    """Return the token of a request.

    Raises:
        Unauthenticated: there is none.
    """
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated("no token came with the request")
    return token


def host_of(request: Request) -> Host:
    host: Host = request.app.state.host
    return host


def settings_of(request: Request) -> Settings:
    """Return what the service was told."""
    settings: Settings = request.app.state.settings
    return settings


async def caller_of(request: Request, action: str | None) -> CallerOf:
    """Return the caller of a command: token, coalition, keys; rights come under the lock."""
    host = host_of(request)
    signed = host.tokens.verify(bearer(request))
    if action is None:
        raise RuntimeError("a route without an action")
    slug = request.path_params.get("coalition")
    key = request.headers.get("idempotency-key", "").strip('"')
    if not 0 < len(key) <= KEY_LENGTH or not key.isascii():
        raise Problem(
            400, "idempotency_key_missing",
            "Send an Idempotency-Key header, at most 128 characters, new for each command.",
        )  # fmt: skip
    if not signed.demo:
        host.limit("commands", signed.principal, *COMMANDS)
    at_least = request.query_params.get("at_least")
    coalition = await host.coalition(slug, at_least) if slug else _begun_with(signed, key)
    await host.wait_for(at_least, coalition)
    if signed.operator:
        raise forbidden("An operator acts for nobody.")
    person = await host.person(signed, coalition, at_least) if slug else None
    return CallerOf(
        host=host,
        coalition=coalition,
        signed=signed,
        person=person,
        by=_uuid_header(request, "accord-on-behalf-of"),
        action=action,
        who=host.who(action),
        path=f"{request.method} {request.scope['path']}",
        base=request.scope["path"],
        key=key,
        if_match=_if_match(request),
        claimed=_claimed(request, signed),
        trace=traceparent(),
        _new=None if slug else coalition,
    )


def _begun_with(signed: Signed, key: str) -> UUID:
    """Return the id of what is begun outside any coalition.

    It follows from the caller and the key: whoever asks again after a lost answer comes to where
    that answer is kept.
    """
    return uuid5(NAMESPACE_OID, f"{signed.principal}/{key}")


def _uuid_header(request: Request, name: str) -> UUID | None:
    given = request.headers.get(name)
    if given is None:
        return None
    try:
        found = UUID(given)
    except ValueError:
        found = None
    if found is None or not _spelled(found, given):
        raise Problem(400, "unreadable", f"The header {name} is not a UUID.")
    return found


def _spelled(value: object, given: str) -> bool:
    """Whether an id came in its one spelling, not in braces or without hyphens."""
    return not isinstance(value, UUID) or str(value) == given.lower()


def _if_match(request: Request) -> int | None:
    given = request.headers.get("if-match")
    if given is None:
        return None
    tag = given.strip()
    if 2 < len(tag) <= 18 and tag[0] == tag[-1] == '"' and tag.isascii() and tag[1:-1].isdecimal():  # noqa: PLR2004 - quotes, and digits below 2**53
        return int(tag[1:-1])
    raise Problem(400, "unreadable", 'If-Match names one version: "7".')


def _claimed(request: Request, signed: Signed) -> datetime | None:
    given = request.headers.get("accord-occurred-at")
    if given is None or not signed.demo:
        return None
    try:
        return in_milliseconds(_MOMENT.validate_python(given))
    except ValidationError:
        raise Problem(400, "unreadable", "Accord-Occurred-At is not a time.") from None


Caller = Annotated[CallerOf, Depends(lambda: None)]
"""Filled by `Route`; the annotation keeps the parameter out of the described body."""


@dataclass(frozen=True)
class ReaderOf:
    """Somebody who reads, and the audiences they belong to."""

    host: Host
    coalition: UUID
    person: UUID | None
    by: UUID | None
    audiences: tuple[str, ...]
    operator: bool = False
    signed: Signed | None = None
    _pin: Pin = field(default_factory=Pin)

    async def still(self) -> tuple[str, ...]:
        """Return to which audiences they belong now; to none once they lost all they had."""
        if self.operator or self.signed is None:
            return self.audiences
        known = await self.host.known(self.signed, self.coalition)
        return known.audiences if known else ()

    @property
    def model(self) -> str | None:
        """The read model that this request reads, once it has read anything."""
        return self._pin.schema

    def rows(self) -> Rows:
        """Open a connection that sees this coalition's rows: of one read model, from first to last.

        Rows of two could not be put together.
        """
        return self.host.rows(self.coalition, self.audiences, self._pin)


async def reader_of(request: Request) -> ReaderOf:
    """Return the reader of a request, waiting for `at_least` where it asks for that.

    Raises:
        Problem: 404 for a coalition that does not exist or is not theirs; 503 `view_behind`.
    """
    host = host_of(request)
    signed = host.tokens.verify(bearer(request))
    if not (signed.demo or signed.operator):
        host.limit("reads", signed.principal, *READS)
    at_least = request.query_params.get("at_least")
    coalition = await host.coalition(request.path_params["coalition"], at_least)
    await host.wait_for(at_least, coalition)
    by = _uuid_header(request, "accord-on-behalf-of")
    if signed.operator:
        return ReaderOf(host, coalition, None, None, ("members", "public"), operator=True)
    known = await host.known_soon(signed, coalition, at_least)
    if known is None or not known.audiences:
        raise not_found()
    return ReaderOf(host, coalition, known.person, by, known.audiences, signed=signed)


Reader = Annotated[ReaderOf, Depends(reader_of)]
