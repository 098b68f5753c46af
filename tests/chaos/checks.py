"""The oracle: what must hold when the dust has settled, whatever was hurt."""

import asyncio
import json
import os
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any
from uuid import UUID

import asyncpg
import nats
import orjson

from accord.environment import CHECKOUT
from accord.loopback import answers
from accord.provision import DURABLES
from shared.canonical import chain_next, chain_start, leaf_hash
from shared.event import base64url
from tests.chaos.fold import digests
from tests.chaos.ledger import Ledger
from tests.chaos.world import LISTENERS, World

WRITERS = ("members", "meetings", "credit")
SERVICES = (*WRITERS, "transparency")
CONVERGES_WITHIN = 40.0
WHOLE_WITHIN = 25.0
LOOK_EVERY = 0.1
HASH_SEED = "20011"
UNIQUE = re.compile(r'ERROR:  duplicate key value violates unique constraint "(\w+)"')
LOUD = ("task_ended", "history_changed", "command_failed")
SHOWN = 12


@dataclass
class Findings:
    """What does not hold, by kind; an empty one is a pass."""

    lost: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    late: int = 0
    conflicts: Counter[str] = field(default_factory=Counter)
    others: list[str] = field(default_factory=list)
    events: int = 0

    @property
    def passed(self) -> bool:
        return not (self.lost or self.twice or self.conflicts or self.others)


async def converged(world: World, within: float = CONVERGES_WITHIN) -> float | str:
    """Wait until nothing lags and nothing is parked; return how long that took, or what lags."""
    began = time.monotonic()
    while True:
        try:
            behind = [line async for line in _lags(world)]
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            behind = [f"PostgreSQL does not answer: {error}"]
        if not behind:
            return time.monotonic() - began
        if time.monotonic() - began > within:
            return "; ".join(behind[:SHOWN])
        await asyncio.sleep(LOOK_EVERY)


async def without_durables(world: World, within: float = WHOLE_WITHIN) -> list[str]:
    """Wait until NATS has every durable, as its readers need; return those it has not."""
    end = time.monotonic() + within
    while True:
        missing = []
        streams = world.operations.client.jetstream(timeout=2)
        for durable in DURABLES:
            try:
                await streams.consumer_info(durable.stream, durable.name)
            except (nats.errors.Error, OSError, TimeoutError) as error:
                missing.append(f"NATS has no {durable.stream}/{durable.name}: {error!r}")
        if not missing or time.monotonic() > end:
            return missing
        await asyncio.sleep(LOOK_EVERY)


async def _lags(world: World) -> Any:
    heads: dict[str, dict[UUID, tuple[int, bytes]]] = {}
    for writer in WRITERS:
        db = await world.open(writer)
        try:
            for row in await db.fetch(
                "select h.coalition_id, h.position, h.chain, r.position as relayed"
                " from journal.head h join journal.relay r using (coalition_id)"
            ):
                heads.setdefault(writer, {})[row["coalition_id"]] = row["position"], row["chain"]
                if row["relayed"] != row["position"]:
                    yield f"the relay of {writer} is at {row['relayed']} of {row['position']}"
        finally:
            await db.close()
    for service in SERVICES:
        db = await world.open(service)
        try:
            cursors = {
                (row["source"], row["reader"], row["coalition_id"]): (row["position"], row["chain"])
                for row in await db.fetch("select * from inbox.cursor")
            }
            for row in await db.fetch("select * from inbox.parked"):
                yield f"{row['reader']} of {service} is parked: {row['reason']} {row['error']}"
        finally:
            await db.close()
        for listening, source, listener in LISTENERS:
            if listening.name != service:
                continue
            for coalition, head in heads.get(source, {}).items():
                if head[0] and cursors.get((source, listener.reader, coalition)) != head:
                    at = cursors.get((source, listener.reader, coalition), (0, b""))[0]
                    yield f"{listener.reader} of {service} is at {at} of {source}/{head[0]}"


async def check(world: World, ledger: Ledger) -> Findings:
    """Check the invariants I1 to I7 on everything that was written."""
    found = Findings()
    found.others += ledger.complaints[:SHOWN]
    found.others += [f"never answered: {e.key} {e.path}" for e in ledger.unanswered()[:SHOWN]]
    for writer in WRITERS:
        db = await world.open(writer)
        try:
            await _journal(db, writer, ledger, found)
        finally:
            await db.close()
    await _read_models(world, found)
    for service in SERVICES:
        found.others += [line async for line in _foreign_rows(world, service)]
        found.others += [
            f"{service} of {replica.name} is not ready"
            for replica in world.replicas
            if not await answers(
                replica.processes[service].port, f"{replica.processes[service].below}/readyz"
            )
        ]
    found.conflicts.update(UNIQUE.findall(world.log("postgres")))
    for name in (name for replica in world.replicas for name in replica.names):
        for line in world.log(name).splitlines():
            if any(word in line for word in LOUD):
                found.others.append(f"{name} said: {line[:400]}")
    return found


async def _journal(db: asyncpg.Connection, service: str, ledger: Ledger, found: Findings) -> None:
    rows = await db.fetch("select * from journal.event order by coalition_id, position")
    heads = {
        row["coalition_id"]: (row["position"], row["chain"])
        for row in await db.fetch("select * from journal.head")
    }
    for coalition, of_it in groupby(rows, lambda row: row["coalition_id"]):
        found.others += _broken(service, coalition, list(of_it), heads.get(coalition))
    found.events += len(rows)
    events = {str(row["event_id"]): row for row in rows}
    kept: dict[str, list[dict[str, Any]]] = {}
    for row in await db.fetch("select key, answer from journal.idempotency"):
        kept.setdefault(row["key"], []).append(orjson.loads(row["answer"]))
    claims = Counter(
        event["id"] for answers in kept.values() for answer in answers for event in answer["events"]
    )
    found.twice += [f"{service}: {key} has {len(a)} answers" for key, a in kept.items() if a[1:]]
    found.twice += [
        f"{service}: {claims[event]} commands claim {row['type']} {event}"
        for event, row in events.items()
        if claims[event] != 1
    ]
    found.lost += [f"{service}: {event} is gone" for event in claims if event not in events]
    for entry in ledger.entries.values():
        if entry.service != service:
            continue
        if not entry.accepted:
            found.late += entry.key in kept
            continue
        if kept.get(entry.key) != [entry.answer]:
            found.lost.append(f"{entry.key} {entry.path}: answered {entry.answer}, kept"
                              f" {kept.get(entry.key)}")  # fmt: skip
        for event in entry.events:
            stands = events.get(event["id"])
            if stands is None or (stands["position"], base64url(leaf_hash(stands["bytes"]))) != (
                event["position"], event["leaf"],
            ):  # fmt: skip
                found.lost.append(f"{entry.key}: {event} is not where it was acknowledged")


def _broken(
    service: str, coalition: UUID, rows: list[asyncpg.Record], head: tuple[int, bytes] | None
) -> Iterator[str]:
    """Say where positions or versions have gaps, or the chain does not hold."""
    where = f"{service} {coalition}"
    chain, versions = chain_start(service, coalition), Counter[str]()
    for position, row in enumerate(rows, 1):
        chain = chain_next(chain, leaf_hash(row["bytes"]))
        versions[row["stream"]] += 1
        said = orjson.loads(row["bytes"])
        if row["position"] != position or int(said["sequence"]) != position:
            yield f"{where}: {row['position']} stands where {position} belongs"
            return
        if row["version"] != versions[row["stream"]] or said["subject"] != row["stream"]:
            yield f"{where}/{position}: version {row['version']} of {row['stream']} is out of turn"
        if row["chain"] != chain:
            yield f"{where}/{position}: the chain breaks"
            return
    if head != (len(rows), chain):
        yield f"{where}: the head is at {head and head[0]}, the last event at {len(rows)}"


async def _read_models(world: World, found: Findings) -> None:
    """Compare every read model with one folded from nothing under another hash seed."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.chaos.fold", str(world.data),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE, cwd=CHECKOUT,
        env=os.environ | {"PYTHONHASHSEED": HASH_SEED},
    )  # fmt: skip
    said, error = await process.communicate(f"{world.dsn}\n".encode())
    if process.returncode:
        found.others.append(f"the fold failed: {error.decode()[-2000:]}")
        return
    for service, folded in json.loads(said).items():
        db = await world.open(service)
        try:
            live = await digests(db)
        finally:
            await db.close()
        found.others += [
            f"{service}: {table} is {live.get(table)}, folded {folded.get(table)}"
            for table in sorted(live.keys() | folded.keys())
            if live.get(table) != folded.get(table)
        ]


async def _foreign_rows(world: World, service: str) -> Any:
    """Yield each table that shows a coalition rows of another."""
    role = f"accord_{service}_app"
    password = (world.data / "secrets" / role).read_text().strip()
    owner = await world.open(service)
    try:
        tables = await owner.fetch(
            "select n.nspname || '.' || c.relname as name from pg_class c"
            " join pg_namespace n on n.oid = c.relnamespace"
            " join pg_attribute a on a.attrelid = c.oid and a.attname = 'coalition_id'"
            " where c.relkind = 'r' and n.nspname in ('journal', 'inbox', 'views', 'heard')"
        )
        coalitions = await owner.fetch("select coalition_id from tenancy.coalition")
    finally:
        await owner.close()
    db = await asyncpg.connect(
        world.postgres.dsn(), user=role, password=password, database=f"accord_{service}"
    )
    try:
        for coalition in coalitions:
            await db.execute("select set_config('accord.coalitions', $1, false)", str(coalition[0]))
            for table in tables:
                foreign = await db.fetchval(
                    f"select count(*) from {table['name']} where coalition_id <> $1",  # noqa: S608 - the database's own names
                    coalition[0],
                )
                if foreign:
                    yield f"{service}: {table['name']} shows {foreign} rows of another coalition"
    finally:
        await db.close()
