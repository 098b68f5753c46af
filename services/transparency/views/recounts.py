"""Each voting counted again where it ends, as its events are projected: a page then reads a row.

The same events give the same rows: what is counted lies at or before the outcome's position.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

import asyncpg
import orjson

from services.transparency.domain.recount import Against, Recount, recount
from services.transparency.domain.refs import Range
from services.transparency.domain.tally import Quorum, Result, Threshold
from services.transparency.views.cases import OUTCOME, cases
from services.transparency.views.events import Lens, jsonb
from shared.event import Recorded
from shared.hot import Connection
from shared.projection import Projection, Table

ENDS = frozenset({"DecisionMade", "QuorumNotMet", "DecisionDeferred"})
HASH = 32
RECOUNT = Table(
    "recount",
    ("coalition_id", "uuid"),
    ("position", "bigint"),
    ("result", "jsonb"),
    ("untold", "text"),
    ("orgs", "uuid[]"),
    ("options", "text[]"),
    ("stances", "bigint[]"),
    ("size", "bigint"),
    ("peaks", "bytea"),
    ("refs", "bigint[]"),
    ("audience", "text[]"),
)


@dataclass(frozen=True)
class Counting(Projection):
    """A projection that counts each voting again where it ends."""

    async def apply(self, db: Connection, events: Sequence[Recorded]) -> None:
        """Insert what the events give, then what was counted."""
        await super().apply(db, events)
        ended: defaultdict[UUID, list[int]] = defaultdict(list)
        for event in events:
            if event.type in ENDS and event.service == "meetings":
                ended[event.coalition].append(event.position)
        for coalition, positions in ended.items():
            await _count(db, coalition, positions)


async def _count(db: Connection, coalition: UUID, positions: Sequence[int]) -> None:
    outcomes = await db.fetch(
        f"select {OUTCOME} from decision where coalition_id = $1 and position = any($2)",  # noqa: S608 - columns
        coalition,
        positions,
    )
    readers = await _readers(db, coalition, [row["proposal"] for row in outcomes])
    everybody = tuple({token for tokens in readers.values() for each in tokens for token in each})
    as_of = {"members": 0, "meetings": max(positions), "credit": 0}
    found = await cases(db, Lens(coalition, everybody, as_of), outcomes)
    rows = [
        (
            coalition,
            case.outcome.position,
            *_row(recount(case)),
            _meet(readers[case.proposal.id]),
        )
        for case in found
        if case.outcome is not None
    ]
    await RECOUNT.add(db, rows)


async def _readers(
    db: Connection, coalition: UUID, proposals: Collection[UUID]
) -> Mapping[UUID, list[list[str]]]:
    """Return who may see what recounts of these proposals look at."""
    rows = await db.fetch(
        "select distinct proposal, audience from stance"
        " where coalition_id = $1 and proposal = any($2) union"
        " select proposal, audience from voting"
        " where coalition_id = $1 and proposal = any($2) union"
        " select proposal, audience from moment"
        " where coalition_id = $1 and proposal = any($2)",
        coalition,
        list(proposals),
    )
    found: defaultdict[UUID, list[list[str]]] = defaultdict(list)
    for row in rows:
        found[row["proposal"]].append(row["audience"])
    return found


def _meet(readers: Iterable[Collection[str]]) -> list[str]:
    """Return who may see all of it; what everybody may see narrows nothing."""
    narrower = [set(tokens) for tokens in readers if "public" not in tokens]
    return sorted(set.intersection(*narrower)) if narrower else ["public"]


def _row(again: Recount) -> tuple[Any, ...]:
    return (
        jsonb(asdict(again.result)) if again.result else None,
        again.untold,
        [each.org for each in again.against],
        [each.option for each in again.against],
        [each.position for each in again.against],
        again.events.size,
        b"".join(again.events.peaks),
        again.positions,
    )


async def recounts(db: Connection, lens: Lens, positions: Collection[int]) -> dict[int, Recount]:
    """Return what was counted again at these outcomes, where the reader sees every stance."""
    rows = await db.fetch(
        "select position, result, untold, orgs, options, stances, size, peaks, refs"
        " from recount where coalition_id = $1 and position = any($2) and audience && $3",
        lens.coalition,
        list(positions),
        lens.audiences,
    )
    return {row["position"]: _recount(row) for row in rows}


def _recount(row: asyncpg.Record) -> Recount:
    peaks = row["peaks"]
    against = zip(row["orgs"], row["options"], row["stances"], strict=True)
    return Recount(
        result=_result(orjson.loads(row["result"])) if row["result"] else None,
        untold=row["untold"],
        against=tuple(Against(*each) for each in against),
        events=Range(row["size"], tuple(peaks[n : n + HASH] for n in range(0, len(peaks), HASH))),
        positions=tuple(row["refs"]),
    )


def _result(written: Mapping[str, Any]) -> Result:
    thresholds = (each | {"ratio": tuple(each["ratio"])} for each in written["thresholds"])
    return Result(
        outcome=written["outcome"],
        counts=written["counts"],
        voters=written["voters"],
        entitled=written["entitled"],
        quorum=Quorum(**written["quorum"]),
        thresholds=tuple(Threshold(**each) for each in thresholds),
    )
