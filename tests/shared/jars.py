"""A domain of its own for the core's tests: jars that coins are put into, with a note."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg

from shared.ask import Ask, Fact, Repeat, Step
from shared.database import Script, create, migrate, pool
from shared.decider import Decider, Refused
from shared.event import Command, Context, Event, Personal, Restricted, Sealed, Text, Whole
from shared.hot import Fold, Reading, Rules
from shared.journal import Journal
from shared.sealing import Keys
from shared.service import CORE

KEK = bytes(range(32))


class Put(Command):
    coins: Whole
    note: Text | None = None


class Smash(Command):
    pass


class Label(Command):
    slug: str


class CoinsPut(Event):
    coins: Restricted[Whole]
    note: Sealed[Text] = Sealed()
    giver: Personal[UUID] = Sealed()


class JarSmashed(Event):
    coins: Whole


class JarLabelled(Event):
    slug: str


JarEvent = CoinsPut | JarSmashed | JarLabelled


@dataclass(frozen=True)
class Jar:
    coins: int = 0
    smashed: bool = False


def decide(command: Put | Smash | Label, jar: Jar, context: Context) -> list[JarEvent]:
    if isinstance(command, Put):
        if jar.smashed:
            raise Refused("smashed", "The jar is smashed.")
        if command.coins == 0:
            return []
        giver = Sealed(context.actor, about=context.actor)
        return [CoinsPut(coins=command.coins, note=Sealed(command.note), giver=giver)]
    if isinstance(command, Label):
        return [JarLabelled(slug=command.slug)]
    return [] if jar.smashed else [JarSmashed(coins=jar.coins)]


def evolve(jar: Jar, event: JarEvent) -> Jar:
    if isinstance(event, CoinsPut):
        return Jar(jar.coins + event.coins, jar.smashed)
    return jar if isinstance(event, JarLabelled) else Jar(jar.coins, smashed=True)


decider: Decider[Put | Smash | Label, Jar, JarEvent] = Decider(
    "jar", JarEvent, Jar(), decide, evolve
)
smashed = Fold("smashed", (JarSmashed,), 0, lambda count, _key, _event: count + 1)


async def acts(actor: UUID | None, read: Reading) -> Context:
    context = read.context
    return Context(
        context.coalition, actor, None, context.at, credential="app_user", authority="full"
    )


def ask(
    coalition: UUID, jar: UUID, command: Put | Smash | Label, *, key: str | None = None,
    actor: UUID | None = None, facts: tuple[Fact, ...] = (), **more: Any,
) -> Ask:  # fmt: skip
    async def resolve(read: Reading, _state: Any, _command: Any) -> Context:
        return await acts(actor, read)

    body = command.model_dump_json().encode()
    repeat = Repeat("somebody", f"jars/{jar}", key, body) if key else None
    return Ask(coalition, (Step(decider, jar, command, facts),), resolve, repeat, **more)


@dataclass(frozen=True)
class Shop:
    """A journal on its own database, and what tests look at behind it."""

    journal: Journal
    admin: asyncpg.Pool
    app: asyncpg.Pool
    relay: asyncpg.Pool
    keys: Keys
    key_pool: asyncpg.Pool

    def again(self) -> Journal:
        """Return another replica, cold."""
        return Journal(self.app, self.journal.rules, self.keys, at_once=self.journal.at_once)


@asynccontextmanager
async def writing(journal: Journal) -> AsyncIterator[Journal]:
    """Let a replica write until the block ends."""
    task = asyncio.create_task(journal.run())
    try:
        yield journal
    finally:
        journal.stop()
        await task


@asynccontextmanager
async def shop(
    admin: str, name: str, rules: Rules | None = None, *, service: str | None = None, **journal: Any
) -> AsyncIterator[Shop]:
    """Run a journal for a test; everything of it is in databases of that name.

    Args:
        service: As which it speaks; the name, unless a bus has to know it.
        journal: What else the journal is told.
    """
    service = service or name
    base, sealing = f"accord_{name}", f"accord_{name}_keys"
    roles = {f"{base}_app": "a", f"{base}_relay": "r"}
    await create(admin, base, roles)
    await create(admin, sealing, {f"{base}_keys": "k"})
    await migrate(
        admin, base, CORE,
        [
            f"grant usage on schema journal, inbox, tenancy to {base}_app, {base}_relay",
            f"grant select, insert on all tables in schema journal to {base}_app",
            f"grant update (position, chain, recorded_at) on journal.head to {base}_app",
            f"grant select on all tables in schema journal, inbox, tenancy to {base}_relay",
            f"grant update on journal.relay to {base}_relay",
            f"grant delete on journal.disclosure to {base}_app",
            f"grant delete on journal.idempotency to {base}_relay",
            f"grant select, insert, update, delete on all tables in schema inbox to {base}_app",
            f"grant select, insert on all tables in schema tenancy to {base}_app",
        ],
    )  # fmt: skip
    await migrate(
        admin, sealing, (Script("shared", "sealing.sql"),),
        [f"grant usage on schema sealing to {base}_keys",
         f"grant select, insert, update on all tables in schema sealing to {base}_keys"],
        row_security=False,
    )  # fmt: skip
    async with opened(admin, name, service, rules, **journal) as made:
        yield made


@asynccontextmanager
async def opened(
    admin: str, name: str, service: str, rules: Rules | None = None, **journal: Any
) -> AsyncIterator[Shop]:
    """Open a journal whose databases are there."""
    base, sealing = f"accord_{name}", f"accord_{name}_keys"
    pools = [
        await pool(address(admin, user, secret, database), user, size=4)
        for user, secret, database in (
            (f"{base}_app", "a", base),
            (f"{base}_relay", "r", base),
            (f"{base}_keys", "k", sealing),
        )
    ]
    own = await asyncpg.create_pool(admin, database=base, min_size=1, max_size=2)
    keys = Keys(pools[2], KEK, service)
    rules = rules or Rules(service, (decider,), (smashed,))
    app, relay, sealed = pools
    yield Shop(Journal(app, rules, keys, **journal), own, app, relay, keys, sealed)
    for made in (*pools, own):
        await made.close()


def address(admin: str, user: str, secret: str, database: str) -> str:
    """Return where a role signs in."""
    head, _, tail = admin.partition("://")
    place, _, query = tail.partition("?")
    host = place.rpartition("@")[2].partition("/")[0]
    kept = "&".join(
        part for part in query.split("&") if part and part.split("=")[0] in {"host", "port"}
    )
    return f"{head}://{user}:{secret}@{host}/{database}" + (f"?{kept}" if kept else "")
