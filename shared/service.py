"""A service assembled: pools, journal, relay, readers and routes, from one description."""

import asyncio
import gc
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

import asyncpg
import yaml
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import APIRouter, FastAPI, Request
from joserfc.jwk import KeySet
from pydantic import TypeAdapter
from starlette.responses import JSONResponse, Response, StreamingResponse

from shared import (
    failpoint,
    feed,
    importing,
    openapi,
    problems,
    rebuilding,
    redacting,
    streaming,
    upkeep,
)
from shared.admission import Gate
from shared.bus import Bus
from shared.database import DB_TRANSIENT, Script, close, create, enter, migrate, pool, ready
from shared.erasure import applied_again
from shared.event import base64url
from shared.following import Announced, Following
from shared.host import Host, Policy, Whois
from shared.hot import REDACTIONS, AnyDecider, Connection, Fold, Reading, Rules
from shared.http import Route, Router, bearer, host_of, requires
from shared.identity import (
    EmbeddedIssuer,
    Mandates,
    ServiceKey,
    Tokens,
    TrustedIssuer,
    Who,
    ed25519_key,
)
from shared.importing import ImportedCommand
from shared.inbox import Inbox
from shared.journal import Erasures, Journal, forget_repeats
from shared.peers import Known, Peers
from shared.projection import Projection
from shared.receipts import Confirm, Receipts
from shared.relay import Relay
from shared.sealing import Keys
from shared.serving import serve
from shared.settings import Settings, needed, secret
from shared.signpost import Answers, Signpost
from shared.source import Sources
from shared.telemetry import beside, start
from shared.timers import Agenda, Timer, Timers
from shared.waking import Moved, Told, wake

Find = Callable[[Connection, str], Awaitable[Sequence[tuple[UUID, UUID]]]]
"""(connection that sees all coalitions, subject) → (coalition, person)."""
_POLICY: TypeAdapter[dict[str, tuple[Who, ...]]] = TypeAdapter(dict[str, tuple[Who, ...]])
EVERYWHERE, IN_COALITION = "/api/v1", "/api/v1/coalitions/{coalition}"
FORGETS, WAKES = "forgets repeats", "wakes followers"
FORGET_EVERY = 3_600.0
OPEN_NOTHING = frozenset({"audit", "followers", "web"})
CORE = (
    Script("shared", "inbox.sql"),
    Script("shared", "model.sql"),
    Script("shared", "journal.sql"),
    Script("shared", "erasure.sql"),
    Script("shared", "redaction.sql"),
)
TIMERS = Script("shared", "timers.sql")


def policy(package: str) -> Policy:
    """Return the `policy.yaml` of a service: action → who may."""
    written = yaml.safe_load((files(package) / "policy.yaml").read_text("utf-8"))
    return _POLICY.validate_python(
        {action: [who] if isinstance(who, str) else who for action, who in written.items()}
    )


class Worker(Protocol):
    """Work of a service's own, for as long as it runs."""

    async def run(self) -> None:
        """Work until `stop`."""

    def stop(self) -> None: ...


class Together:
    """Several kinds of work, side by side."""

    def __init__(self, *workers: Worker) -> None:
        self._workers = workers

    async def run(self) -> None:
        """Work until `stop`."""
        await asyncio.gather(*(worker.run() for worker in self._workers))

    def stop(self) -> None:
        for worker in self._workers:
            worker.stop()


@dataclass(frozen=True)
class Tools:
    """What a service has at hand for work of its own.

    Args:
        app: Connections of the application's role.
        watch: Connections of the role that sees every coalition.
        sources: Every journal that it may read.
    """

    settings: Settings
    app: asyncpg.Pool
    watch: asyncpg.Pool
    sources: Sources


@dataclass(frozen=True)
class Service:
    """What a service is made of.

    Args:
        router: Its routes below `/api/v1/coalitions/{coalition}`.
        everywhere: Its routes below `/api/v1` that name no coalition.
        sql: Its own tables, in the order to apply.
        tables: Those of its read model, without a schema: each read model is a schema of them.
        find: Where a token's subject is a person; only in the service that keeps people.
        addresses: Event types whose `slug` becomes a coalition's address.
        timers: What it does by itself when a day or a moment has come.
        erased: Who was erased, as far as this service knows.
        confirm: What records that every service has erased somebody; only where it was said.
        works: What else it does while it runs, on what it has at hand.
        open: Its routes at the root, for everybody: no action, and no token unless they ask.
        grants: What its roles may do to its own tables, with `{app}` and `{relay}` in them.
        troubles: What somebody must look at although it is ready; `/readyz` says so.
    """

    name: str
    router: APIRouter
    policy: Policy
    everywhere: APIRouter | None = None
    deciders: tuple[AnyDecider, ...] = ()
    folds: tuple[Fold[Any], ...] = ()
    imports: Mapping[str, ImportedCommand] = field(default_factory=dict)
    subscriptions: tuple[Inbox, ...] = ()
    projection: Projection | None = None
    mandates: Callable[[Reading], Awaitable[Mandates]] | None = None
    find: Find | None = None
    addresses: frozenset[str] = frozenset()
    timers: tuple[Timer, ...] = ()
    erased: Erasures | None = None
    confirm: Confirm | None = None
    works: Callable[["Tools"], "Worker"] | None = None
    open: APIRouter | None = None
    grants: tuple[str, ...] = ()
    troubles: Callable[[asyncpg.Pool], Awaitable[Mapping[str, Any]]] | None = None
    sql: tuple[Script, ...] = ()
    tables: Script | None = None

    @property
    def writes(self) -> bool:
        return bool(self.deciders)

    @property
    def database(self) -> str:
        return f"accord_{self.name}"

    @property
    def agenda(self) -> Agenda | None:
        """What keeps the rows of the timers, where there are any."""
        if not self.timers:
            return None
        types = {kind for decider in self.deciders for kind in decider.types}
        return Agenda(self.name, self.timers, frozenset({*types, redacting.TYPE}))

    @cached_property
    def everything(self) -> Router:
        """Its own routes within a coalition, and those that every service with a journal has."""
        made: list[APIRouter] = [self.router]
        if self.writes:
            made += [redacting.router(self.name), streaming.router(self.name)]
        return Router(routes=[route for each in made for route in each.routes])

    async def prepare(self, settings: Settings) -> None:
        """Make databases, roles and tables; repeated at every start."""
        admin = needed(settings.admin.dsn, "ACCORD_ADMIN__DSN")
        password = settings.admin.password()
        base, sealing = self.database, f"{self.database}_keys"
        own = settings.for_service(self.name)
        app, relay, keys = f"{base}_app", f"{base}_relay", f"{base}_keys"
        roles = {app: own.database.password() or "", relay: own.relay.password() or ""}
        await create(admin, base, roles, password=password)
        await create(admin, sealing, {keys: own.keys.password() or ""}, password=password)
        grants = [
            f"grant usage on schema journal, inbox, tenancy to {app}, {relay}",
            f"grant select, insert on all tables in schema journal to {app}",
            f"grant update (position, chain, recorded_at) on journal.head to {app}",
            f"grant delete on journal.disclosure, journal.idempotency to {app}",
            f"grant select on all tables in schema journal to {relay}",
            f"grant update on journal.relay to {relay}",
            f"grant delete on journal.idempotency to {relay}",
            f"grant select, insert, update, delete on all tables in schema inbox to {app}",
            f"grant select on all tables in schema inbox, tenancy to {relay}",
            f"grant select, insert on all tables in schema tenancy to {app}",
        ]
        grants += [
            "create schema if not exists heard",
            f"grant usage on schema heard to {app}, {relay}",
            f"grant select, insert, update, delete on all tables in schema heard to {app}",
            f"grant select on all tables in schema heard to {relay}",
            "revoke execute on all functions in schema inbox from public",
            f"grant execute on function inbox.make_model, inbox.switch_model to {app}",
            f"grant execute on function inbox.drop_model, inbox.forget to {app}",
            f"grant execute on function inbox.clear, inbox.cleared to {app}",
        ]
        grants += [each.format(app=app, relay=relay) for each in self.grants]
        scripts = (*CORE, *self.sql)
        if self.timers:
            scripts = (*CORE, TIMERS, *self.sql)
            grants += [
                f"grant usage on schema timing to {app}, {relay}",
                f"grant select, insert, update, delete on timing.timer to {app}",
                f"grant select, update, delete on timing.timer to {relay}",
            ]
        folds = (*self.folds, REDACTIONS) if self.writes else self.folds
        if types := sorted({kind.__name__ for fold in folds for kind in fold.types}):
            listed = ", ".join(f"'{name}'" for name in types)
            grants.append("drop index if exists journal.event_folded")
            grants.append(
                "create index event_folded on journal.event (coalition_id, type, position)"
                f" where type in ({listed})"
            )
        model = (self.projection.reader, self.tables) if self.projection and self.tables else None
        await migrate(admin, base, scripts, grants, password=password, model=model)
        await migrate(
            admin, sealing, (Script("shared", "sealing.sql"),),
            [
                f"grant usage on schema sealing to {keys}",
                f"grant select, insert, update on all tables in schema sealing to {keys}",
            ],
            password=password, row_security=False,
        )  # fmt: skip

    def app(self, runtime: "Runtime") -> FastAPI:
        """Return the HTTP application; `runtime` is what it runs on."""
        app = FastAPI(
            title=f"Accord {self.name}", version="1", openapi_url="/openapi.json",
            docs_url=None, redoc_url=None, lifespan=runtime.lifespan,
        )  # fmt: skip
        runtime.apps.append(app)
        app.state.settings = runtime.settings
        router = APIRouter(prefix=IN_COALITION)
        router.include_router(self.everything)
        if self.writes:
            imports = self.imports

            @router.post(
                "/import", dependencies=[requires(f"{self.name}:import:run")],
                operation_id="run_import", responses=importing.ANSWERS,
                response_class=StreamingResponse, openapi_extra=importing.BODY,
            )  # fmt: skip
            async def run_import(request: Request) -> Response:
                """Carry out commands of the past, one a line; what is refused stops no other."""
                return await importing.run(request, imports)

            @router.get(
                "/import", dependencies=[requires(f"{self.name}:import:run")],
                operation_id="show_import",
            )  # fmt: skip
            async def show_import(request: Request) -> importing.Stands:
                """Show where the journal stands, and at which version each of its streams."""
                return await importing.stands(request)

        app.include_router(router)
        app.add_middleware(Signpost, ways=self.ways())
        if self.everywhere is not None:
            app.include_router(self.everywhere, prefix=EVERYWHERE)
        if self.open is not None:
            app.include_router(self.open)
        app.include_router(feed.router)
        if self.tables is not None:
            app.include_router(upkeep.router(self.tables.package, runtime.addresses))
        app.include_router(_health(self, runtime))
        problems.install(app)
        openapi.describe(app)
        self._check_actions()
        return app

    def ways(self) -> list[tuple[str, Answers]]:
        """Return the paths of all commands, and what answers there."""
        prefixed = [(IN_COALITION, route) for route in self.everything.routes]
        if self.everywhere is not None:
            prefixed += [(EVERYWHERE, route) for route in self.everywhere.routes]
        return [
            (prefix + route.path, route.get_route_handler())
            for prefix, route in prefixed
            if isinstance(route, Route) and route.command and route.methods == {"POST"}
        ]

    def _check_actions(self) -> None:
        """Refuse to start with a route that declares no action, or an action that no route uses."""
        routes = [*self.everything.routes]
        if self.everywhere is not None:
            routes += self.everywhere.routes
        used = {f"{self.name}:import:run"} if self.writes else set()
        for route in routes:
            if not isinstance(route, Route) or route.action is None:
                raise RuntimeError(f"{getattr(route, 'path', route)} declares no action")
            used.add(route.action)
        if unknown := used - self.policy.keys():
            raise RuntimeError(f"policy.yaml of {self.name} does not name {sorted(unknown)}")
        if unused := self.policy.keys() - used:
            raise RuntimeError(f"no route of {self.name} uses {sorted(unused)}")


class Runtime:
    """What a service runs on: made at start, ended in reverse.

    Args:
        answers: Requests come here; commands are decided.
        follows: Events are sent on and applied here: the relay, the inboxes, the read models. A
            service has both, in one process or in two.
        clock: Turns the database's time into that of decisions; the identity, but in tests.
    """

    def __init__(
        self,
        service: Service,
        settings: Settings,
        addresses: Mapping[str, str],
        gate: Gate | None = None,
        *,
        answers: bool = True,
        follows: bool = True,
        clock: Callable[[datetime], datetime] = lambda at: at,
    ) -> None:
        self.service = service
        self.settings = settings.for_service(service.name)
        self.addresses = dict(addresses)
        self.gate = gate or Gate()
        self.answers = answers
        self.follows = follows
        self.clock = clock
        self.apps: list[FastAPI] = []
        self.bus: Bus | None = None
        self.host: Host | None = None
        self.relay_public: bytes | None = None
        self._tasks: list[asyncio.Task[None]] = []

    @asynccontextmanager
    async def lifespan(self, _app: FastAPI) -> AsyncIterator[None]:
        async with self.running():
            yield

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:  # noqa: PLR0915 - one list of parts, in order
        """Run until the block ends."""
        settings, service, name = self.settings, self.service, self.service.name
        failpoint.arm_from(settings.failpoints)
        async with AsyncExitStack() as stack:
            size = settings.database.pool_max
            app = await self._open_pool(name, size)
            stack.push_async_callback(close, app)
            relay_dsn = needed(settings.relay.dsn, "ACCORD_RELAY__DSN")
            watch = await pool(
                relay_dsn, f"{name}-relay", password=settings.relay.password(), size=size
            )
            stack.push_async_callback(close, watch)
            keys_dsn = needed(settings.keys.dsn, "ACCORD_KEYS__DSN")
            sealing = await pool(
                keys_dsn, f"{name}-keys", password=settings.keys.password(), size=4,
                first=applied_again(watch),
            )  # fmt: skip
            stack.push_async_callback(close, sealing)
            keys = Keys(sealing, settings.keys.kek(), name)
            own_key = ServiceKey(
                name, secret(needed(settings.service.key_file, "ACCORD_SERVICE__KEY_FILE"))
            )
            peers = Peers(self.addresses, own_key)
            stack.push_async_callback(peers.close)
            stopping: list[Callable[[], None]] = []
            if settings.nats.url:
                seed = needed(settings.nats.nkey_seed_file, "ACCORD_NATS__NKEY_SEED_FILE")
                self.bus = Bus(settings.nats.url, name, seed)
                self.bus.connect_soon()
                stack.push_async_callback(self.bus.close)
            announced: Announced | None = None
            if self.answers:
                announced = journal = self._answering(app, watch, keys, peers, own_key)
                if journal is not None:
                    self._tasks.append(beside(journal.run()))
                    self._tasks.append(beside(_forgetting(watch), FORGETS))
                    if service.confirm is not None:
                        others = self.addresses.keys() - {name, *OPEN_NOTHING}
                        receipts = Receipts(
                            name, app, watch, journal, peers, others, service.confirm
                        )
                        self._tasks.append(beside(receipts.run()))
                        stopping.append(receipts.stop)
                    stopping.append(journal.stop)
                    assert self.host is not None
                    told = Told(name, self.bus)
                    self.host.moved = moved = Moved((journal.listen(), told.listen()))
                    self._tasks += [beside(told.run()), beside(moved.run())]
                    stopping += [told.stop, moved.stop]
                    if service.timers:
                        timers = Timers(service.timers, watch, journal, self.clock)
                        self._tasks.append(beside(timers.run()))
                        stopping.append(timers.stop)
                    if self.bus is not None and not self.follows:
                        self._tasks.append(beside(wake(self.bus, name, journal.listen()), WAKES))
            elif service.writes:
                announced = told = Told(name, self.bus)
                self._tasks.append(beside(told.run()))
                stopping.append(told.stop)
            if self.follows:
                if announced is not None and self.bus is not None:
                    relay = Relay(name, watch, self.bus, self._relay_key(), announced.listen())
                    self._tasks.append(beside(relay.run()))
                    stopping.append(relay.stop)
                following = Following(
                    name, service.projection, service.subscriptions, app=app, watch=watch,
                    keys=keys, sources=Sources(name, watch, peers), bus=self.bus, own=announced,
                    open_pool=self._open_pool, agenda=service.agenda,
                )  # fmt: skip
                self._tasks.append(beside(following.run()))
                stopping.append(following.stop)
            if service.works is not None:
                worker = service.works(Tools(settings, app, watch, Sources(name, watch, peers)))
                self._tasks.append(beside(worker.run()))
                stopping.append(worker.stop)
            spare_the_collector()
            grace = settings.shutdown.grace_s
            try:
                yield
            except BaseException:
                grace = 0.0  # another service could not start: nothing was begun that must end
                raise
            finally:
                for stop in reversed(stopping):
                    stop()
                with suppress(TimeoutError):
                    async with asyncio.timeout(grace):
                        await asyncio.gather(*self._working(), return_exceptions=True)
                for task in self._tasks:
                    task.cancel()
                await asyncio.gather(*self._tasks, return_exceptions=True)

    def _answering(
        self, app: asyncpg.Pool, watch: asyncpg.Pool, keys: Keys, peers: Peers, own_key: ServiceKey
    ) -> Journal | None:
        """Let the applications answer; return the journal, where this service has one."""
        service, settings = self.service, self.settings
        journal = None
        if service.writes:
            rules = Rules(service.name, service.deciders, service.folds)
            journal = Journal(
                app, rules, keys, clock=self.clock, addresses=service.addresses,
                answered=self.gate.answered, erased=service.erased,
            )  # fmt: skip
            if self.bus is not None:
                self.relay_public = self._relay_key().public_key().public_bytes_raw()
        self.host = Host(
            service.name, pool=app, relay_pool=watch, tokens=_tokens(settings), peers=peers,
            policy=service.policy, whois=self._whois(watch, journal, peers),
            serves=_serves, keys=keys, own_key=own_key, journal=journal,
            mandates=service.mandates, names=self.gate.names,
        )  # fmt: skip
        for application in self.apps:
            application.state.host = self.host
            application.state.settings = settings
        return journal

    def _relay_key(self) -> Ed25519PrivateKey:
        return ed25519_key(secret(needed(self.settings.relay.key_file, "ACCORD_RELAY__KEY_FILE")))

    def _working(self) -> list[asyncio.Task[None]]:
        """Return the tasks that end by themselves once they are told to stop."""
        return [task for task in self._tasks if task.get_name() not in {FORGETS, WAKES}]

    async def _open_pool(self, purpose: str, size: int) -> asyncpg.Pool:
        """Return connections of the application's role."""
        login = self.settings.database
        dsn = needed(login.dsn, "ACCORD_DATABASE__DSN")
        return await pool(dsn, purpose, password=login.password(), size=size)

    def _whois(self, watch: asyncpg.Pool, journal: Journal | None, peers: Peers) -> Whois:
        find, mandates_of = self.service.find, self.service.mandates
        if find is None:

            async def ask(subject: str) -> Mapping[UUID, Known]:
                answer = await peers.get("members", "/internal/whois", subject=subject)
                return {
                    UUID(one["coalition"]): Known(UUID(one["person"]), tuple(one["audiences"]))
                    for one in answer.json()
                }

            return ask

        assert journal is not None
        assert mandates_of is not None

        async def look(subject: str) -> Mapping[UUID, Known]:
            async with watch.acquire(timeout=2) as db, db.transaction():
                await enter(db, ())
                rows = await find(db, subject)
            found = {}
            for coalition, person in rows:
                mandates = await journal.look(coalition, mandates_of)
                found[coalition] = Known(person, _audiences(mandates, person))
            return found

        return look


def _audiences(mandates: Mandates, person: UUID) -> tuple[str, ...]:
    return tuple(sorted(mandates.audiences(person)))


def _serves(peer: str, audience: str) -> bool:
    """Say whether a peer may open values of an audience; log, pages and followers may open none.

    What a service keeps for itself, `own:…`, no other may open.
    """
    kept = audience == "affinity" or audience.startswith("own:")
    return peer not in OPEN_NOTHING and not kept


def _tokens(settings: Settings) -> Tokens:
    issuers = []
    for configured in settings.auth.issuers:
        jwks = KeySet.import_key_set(_read_json(configured.jwks))
        issuers.append(
            TrustedIssuer(
                configured.iss, tuple(jwks.keys), configured.algorithms, configured.typ,
                configured.minutes * 60, embedded=configured.iss == "accord",
            )
        )  # fmt: skip
    if not issuers:
        own = EmbeddedIssuer.read(needed(settings.auth.key_file, "ACCORD_AUTH__KEY_FILE"))
        issuers.append(TrustedIssuer(own.issuer, (own.key,), embedded=True))
    return Tokens(issuers, demo=settings.demo)


def _read_json(path: str) -> Any:
    return json.loads(Path(path).read_text("utf-8"))


async def _forgetting(watch: asyncpg.Pool) -> None:
    """Delete old idempotency rows every hour, for as long as the service runs."""
    while True:
        with suppress(*DB_TRANSIENT):
            await forget_repeats(watch)
        await asyncio.sleep(FORGET_EVERY)


def spare_the_collector() -> None:
    """Keep what lives as long as the process out of the garbage collector's walks."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def _health(service: Service, runtime: Runtime) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/livez")
    async def livez() -> dict[str, str]:
        return {"status": "ok", "service": service.name}

    @router.get("/readyz")
    async def readyz() -> Response:
        host = runtime.host
        database = host is not None and await ready(host.pool)
        bus = runtime.bus is None or runtime.bus.client.is_connected
        state = {"database": database, "bus": bus}
        found: Mapping[str, Any] = {}
        if service.troubles is not None and host is not None and database:
            with suppress(*DB_TRANSIENT):
                found = await service.troubles(host.relay_pool)
        return JSONResponse({**state, **found}, 200 if all(state.values()) else 503)

    @router.get("/version")
    async def version() -> dict[str, str]:
        return {"service": service.name, "api": "1"}

    @router.get("/.well-known/accord-keys")
    async def public_keys() -> Response:
        assert runtime.host is not None
        relay = runtime.relay_public
        return JSONResponse(
            {
                "token": base64url(runtime.host.own_key.public),
                "relay": base64url(relay) if relay else None,
            }
        )

    if service.find is not None:

        @router.get("/internal/whois")
        async def whois(subject: str, request: Request) -> Response:
            host = host_of(request)
            await host.peer(bearer(request))
            found = await host.whois(subject)
            return JSONResponse(
                [
                    {
                        "coalition": str(coalition),
                        "person": str(known.person),
                        "audiences": list(known.audiences),
                    }
                    for coalition, known in found.items()
                ],
                headers={"Cache-Control": "no-store"},
            )

    return router


def run(service: Service) -> None:
    """Run one service as its own process: `python -m services.<name> [migrate | models]`."""
    settings = Settings.load()
    start(service.name, level=settings.log.level, form=settings.log.format)
    if sys.argv[1:] == ["models"]:
        assert service.tables is not None
        assert service.projection is not None
        spare_the_collector()
        rebuilding.main(service.name, service.tables.package, service.projection, settings)
        return
    if sys.argv[1:] == ["migrate"]:
        asyncio.run(service.prepare(settings))
        return
    gate = Gate()
    runtime = Runtime(service, settings, settings.peers, gate)
    serve(service.app(runtime), gate, port=settings.http.port, host="0.0.0.0")  # noqa: S104 - a container's own network
