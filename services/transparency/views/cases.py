"""Cases: what a page of outcomes, or one proposal, is read from, in a handful of queries."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from functools import partial
from itertools import repeat
from operator import itemgetter
from typing import Any
from uuid import UUID

import asyncpg
import orjson

from services.transparency.domain.case import (
    PLAIN,
    Case,
    Detail,
    Opened,
    Outcome,
    Proposal,
    Spoken,
)
from services.transparency.domain.moment import Moment
from services.transparency.domain.said import withheld
from services.transparency.domain.tally import Electorate, VoteClass
from services.transparency.views import events
from services.transparency.views.events import Lens
from shared.hot import Connection

OUTCOME = (
    "position, decision, proposal, type, at, outcome, counts, voters, entitled, text_digest,"
    " dissent, stood_aside, accountable, objections, meeting, source_id, imported, needed, reached"
)


async def cases(db: Connection, lens: Lens, outcomes: Sequence[asyncpg.Record]) -> list[Case]:
    """Return the case of each outcome, in their order."""
    wanted = {row["proposal"] for row in outcomes}
    found = await _of_proposals(db, lens, wanted)
    return [found.case(row["proposal"], outcome(row)) for row in outcomes]


async def open_case(db: Connection, lens: Lens, proposal: UUID) -> Case | None:
    """Return the case of a proposal as it stands, without an outcome."""
    found = await _of_proposals(db, lens, {proposal})
    return found.case(proposal, None) if proposal in found.proposals else None


async def rounds_of(
    db: Connection, lens: Lens, proposal: UUID
) -> tuple[list[Opened], list[Spoken]]:
    """Return all rounds of voting on a proposal, and all stances taken in them."""
    found = await _of_proposals(db, lens, {proposal})
    return found.votings[proposal], found.spoken[proposal]


async def outcomes_of(db: Connection, lens: Lens, proposal: UUID) -> list[asyncpg.Record]:
    """Return how voting on a proposal ended each time, in order."""
    return await db.fetch(
        f"select {OUTCOME} from decision where coalition_id = $1 and proposal = $2"  # noqa: S608 - columns
        " and position <= $3 and audience && $4 order by position",
        lens.coalition,
        proposal,
        lens.meetings,
        lens.audiences,
    )


async def proposal_of(db: Connection, lens: Lens, key: UUID) -> UUID | None:
    """Return the proposal that this is, or that this decision was made on."""
    found: UUID | None = await db.fetchval(
        "select proposal from proposal where coalition_id = $1 and proposal = $2"
        " and position <= $3 and audience && $4 union all"
        " select proposal from decision where coalition_id = $1 and decision = $2"
        " and position <= $3 and audience && $4 and type <> 'FrontLineDecisionMade' limit 1",
        lens.coalition,
        key,
        lens.meetings,
        lens.audiences,
    )
    return found


def outcome(row: asyncpg.Record) -> Outcome:
    return Outcome(
        position=row["position"],
        type=row["type"],
        decision=row["decision"],
        at=row["at"],
        outcome=row["outcome"],
        counts=_json(row["counts"]),
        voters=row["voters"],
        entitled=row["entitled"],
        dissent=tuple(row["dissent"]),
        stood_aside=tuple(row["stood_aside"]),
        accountable=tuple(row["accountable"]),
        objections=_json(row["objections"]) or {},
        meeting=row["meeting"],
        source_id=row["source_id"],
        imported=row["imported"],
        text=row["text_digest"],
        needed=row["needed"],
        reached=row["reached"],
    )


class Found:
    """All that is known of some proposals."""

    def __init__(self) -> None:
        self.proposals: dict[UUID, Proposal] = {}
        self.votings: defaultdict[UUID, list[Opened]] = defaultdict(list)
        self.spoken: defaultdict[UUID, list[Spoken]] = defaultdict(list)
        self.moments: defaultdict[UUID, list[Moment]] = defaultdict(list)
        self.events: dict[UUID, list[tuple[int, bytes]]] = {}
        self.hidden: set[UUID] = set()
        self.electorates: dict[tuple[UUID, ...], Electorate] = {}

    def case(self, proposal: UUID, ended: Outcome | None) -> Case:
        """Return the case up to `ended`, or up to now."""
        end = ended.position if ended else None
        voting = self.voting(proposal, end)
        return Case(
            proposal=self.proposals[proposal],
            voting=voting,
            spoken=_between(self.spoken[proposal], voting.position if voting else None, end),
            moments=self.moments[proposal],
            outcome=ended,
            said=self.spoken[proposal],
            rare=self.events.get(proposal, []),
            complete=proposal not in self.hidden,
        )

    def voting(self, proposal: UUID, end: int | None) -> Opened | None:
        """Return the newest round that was opened before `end`."""
        opened = self.votings[proposal]
        return next((each for each in reversed(opened) if end is None or each.position < end), None)


def _between(spoken: list[Spoken], begin: int | None, end: int | None) -> list[Spoken]:
    """Return the stances of one round."""
    if begin is None or not spoken:
        return []
    if spoken[0].position > begin and (end is None or spoken[-1].position < end):
        return spoken
    return [
        said for said in spoken if said.position > begin and (end is None or said.position < end)
    ]


async def _of_proposals(db: Connection, lens: Lens, wanted: Collection[UUID]) -> Found:
    found, keys = Found(), list(wanted)
    await add_rare(db, lens, found, keys)
    await _add_stances(db, lens, found, keys)
    found.events = await events.of_aggregates(db, lens, "meetings", keys)
    return found


async def add_rare(db: Connection, lens: Lens, found: Found, keys: Sequence[UUID]) -> None:
    """Add everything but the stances."""
    for row in await _rows(db, lens, "proposal", keys):
        found.proposals[row["proposal"]] = _proposal(lens, row)
    for row in await _rows(db, lens, "voting", keys):
        if lens.sees(row["audience"]):
            found.votings[row["proposal"]].append(_voting(lens, row, found.electorates))
    for row in await _rows(db, lens, "moment", keys):
        if lens.sees(row["audience"]):
            found.moments[row["proposal"]].append(moment(lens, row))


async def _add_stances(db: Connection, lens: Lens, found: Found, keys: Sequence[UUID]) -> None:
    """Add the stances: a column at a time, as there are many, and what is special about some."""
    args = lens.coalition, keys, lens.meetings
    details: dict[int, Detail] = {}
    secret: set[int] = set()
    for row in await db.fetch(_DETAILED, *args):
        details[row["position"]] = _detail(lens, row)
        if (
            row["sealed"]
            and _json(row["sealed"]).get("option", lens.audiences)[0] not in lens.audiences
        ):
            secret.add(row["position"])
    for row in await db.fetch(_STANCES, *args, lens.audiences):
        if not row["seen"]:
            found.hidden.add(row["proposal"])
            continue
        columns = (row[name] for name in _COLUMNS)
        spoken = sorted(map(_spoken, zip(*columns, repeat(PLAIN))), key=_POSITION)
        if details:
            spoken = [
                said._replace(detail=details[said.position]) if said.position in details else said
                for said in spoken
            ]
        if secret:
            spoken = [
                said._replace(option=None) if said.position in secret else said for said in spoken
            ]
        found.spoken[row["proposal"]] = spoken


_spoken = partial(tuple.__new__, Spoken)
_POSITION = itemgetter(0)
_OF = " from stance where coalition_id = $1 and proposal = any($2) and position <= $3"
_COLUMNS = ("position", "org", "option", "leaf", "at", "authority")
_STANCES = (
    "select proposal, bool_and(audience && $4) as seen, "
    + ", ".join(f"array_agg({name}) as {name}" for name in _COLUMNS)
    + f"{_OF} group by proposal"
)
_DETAILED = (
    "select position, type, before, reason, proxy, sealed"
    f"{_OF} and (type <> 'StanceTaken' or reason is not null or sealed is not null or proxy)"
)


def _detail(lens: Lens, row: asyncpg.Record) -> Detail:
    return Detail(row["type"], row["before"], lens.said(row, "reason"), row["proxy"])


async def _rows(
    db: Connection, lens: Lens, table: str, keys: Sequence[UUID]
) -> list[asyncpg.Record]:
    return await db.fetch(
        f"select * from {table} where coalition_id = $1 and proposal = any($2)"  # noqa: S608 - a table of ours
        " and position <= $3 order by proposal, position",
        lens.coalition,
        keys,
        lens.meetings,
    )


def _proposal(lens: Lens, row: asyncpg.Record) -> Proposal:
    seen = lens.sees(row["audience"])
    return Proposal(
        id=row["proposal"],
        position=row["position"],
        at=row["at"],
        by=row["by_org"] if seen else None,
        body=row["body"],
        issue=row["issue"],
        objective=row["objective"],
        title=lens.said(row, "title") if seen else withheld("audience"),
        text=lens.said(row, "text") if seen else withheld("audience"),
        supersedes=_json(row["supersedes"]),
        audience=tuple(row["audience"]),
    )


def _voting(
    lens: Lens, row: asyncpg.Record, electorates: dict[tuple[UUID, ...], Electorate]
) -> Opened:
    return Opened(
        position=row["position"],
        at=row["at"],
        by=row["by_org"],
        round=row["round"],
        rule=row["rule"],
        rule_version=row["rule_version"],
        terms=_json(row["terms"]),
        text=row["text_digest"],
        electorate=_electorate(row, electorates),
        closes_at=row["closes_at"],
        gate=row["gate"],
        override=lens.said(row, "override"),
        lead=row["lead"],
        meeting=row["meeting"],
    )


def _electorate(
    row: asyncpg.Record, known: dict[tuple[UUID, ...], Electorate]
) -> Electorate | None:
    """Return who was entitled; votings with the same plain list share one."""
    if row["electorate"] is None:
        return None
    if row["classes"] is not None:
        return Electorate(row["electorate"], tuple(map(_vote_class, _json(row["classes"]))))
    orgs = tuple(row["electorate"])
    return known.get(orgs) or known.setdefault(orgs, Electorate(orgs))


def _vote_class(written: Any) -> VoteClass:
    return VoteClass(
        tuple(map(UUID, written["class"])),
        written.get("weight", 1),
        tuple(map(UUID, written.get("constituencies", ()))),
    )


def moment(lens: Lens, row: asyncpg.Record) -> Moment:
    data = _json(row["data"])
    for field, seal in (_json(row["sealed"]) or {}).items():
        if field == "actor" or "/" in field:
            continue
        if seal[0] not in lens.audiences:
            data[field] = withheld("audience")
        elif data.get(field) is None:
            data[field] = withheld("erased")
    return Moment(row["position"], row["type"], row["at"], row["by_org"], data)


def _json(value: str | None) -> Any:
    return None if value is None else orjson.loads(value)
