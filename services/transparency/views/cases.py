"""Cases: what a page of outcomes, or one proposal, is read from, in a handful of queries."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

import asyncpg
import orjson

from services.transparency.domain.case import Case, Moment, Opened, Outcome, Proposal, Spoken
from services.transparency.domain.said import withheld
from services.transparency.domain.tally import VoteClass
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


async def outcomes_of(db: Connection, lens: Lens, proposal: UUID) -> list[asyncpg.Record]:
    """Return how voting on a proposal ended each time, in order."""
    return await db.fetch(
        f"select {OUTCOME} from views.decision where coalition_id = $1 and proposal = $2"  # noqa: S608 - columns
        " and position <= $3 and audience && $4 order by position",
        lens.coalition,
        proposal,
        lens.meetings,
        lens.audiences,
    )


async def proposal_of(db: Connection, lens: Lens, key: UUID) -> UUID | None:
    """Return the proposal that this is, or that this decision was made on."""
    found: UUID | None = await db.fetchval(
        "select proposal from views.proposal where coalition_id = $1 and proposal = $2"
        " and position <= $3 and audience && $4 union all"
        " select proposal from views.decision where coalition_id = $1 and decision = $2"
        " and position <= $3 and audience && $4 limit 1",
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


class _Found:
    """All that is known of some proposals."""

    def __init__(self) -> None:
        self.proposals: dict[UUID, Proposal] = {}
        self.votings: defaultdict[UUID, list[Opened]] = defaultdict(list)
        self.spoken: defaultdict[UUID, list[Spoken]] = defaultdict(list)
        self.moments: defaultdict[UUID, list[Moment]] = defaultdict(list)
        self.events: dict[UUID, Any] = {}

    def case(self, proposal: UUID, ended: Outcome | None) -> Case:
        """Return the case up to `ended`, or up to now."""
        end = ended.position if ended else None
        opened = [
            voting for voting in self.votings[proposal] if end is None or voting.position < end
        ]
        voting = opened[-1] if opened else None
        return Case(
            proposal=self.proposals[proposal],
            voting=voting,
            spoken=[
                spoken
                for spoken in self.spoken[proposal]
                if voting is not None
                and spoken.position > voting.position
                and (end is None or spoken.position < end)
            ],
            moments=self.moments[proposal],
            outcome=ended,
            events=self.events.get(proposal, []),
        )


async def _of_proposals(db: Connection, lens: Lens, wanted: Collection[UUID]) -> _Found:
    found = _Found()
    keys = list(wanted)
    for row in await _rows(db, lens, "proposal", keys):
        found.proposals[row["proposal"]] = _proposal(lens, row)
    for row in await _rows(db, lens, "voting", keys):
        if lens.sees(row["audience"]):
            found.votings[row["proposal"]].append(_voting(lens, row))
    for row in await _rows(db, lens, "moment", keys):
        if lens.sees(row["audience"]):
            found.moments[row["proposal"]].append(_moment(lens, row))
    stances = await db.fetch(
        "select proposal, position, org, type, option, before, reason, at, authority, proxy,"
        " sealed from views.stance where coalition_id = $1 and proposal = any($2)"
        " and position <= $3 and audience && $4 order by proposal, position",
        lens.coalition,
        keys,
        lens.meetings,
        lens.audiences,
    )
    for row in stances:
        found.spoken[row["proposal"]].append(_spoken(lens, row))
    found.events = dict(await events.of_aggregates(db, lens, "meetings", keys))
    return found


async def _rows(
    db: Connection, lens: Lens, table: str, keys: Sequence[UUID]
) -> list[asyncpg.Record]:
    return await db.fetch(
        f"select * from views.{table} where coalition_id = $1 and proposal = any($2)"  # noqa: S608 - a table of ours
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
    )


def _voting(lens: Lens, row: asyncpg.Record) -> Opened:
    electorate = _json(row["electorate"])
    return Opened(
        position=row["position"],
        at=row["at"],
        by=row["by_org"],
        round=row["round"],
        rule=row["rule"],
        rule_version=row["rule_version"],
        terms=_json(row["terms"]),
        text=row["text_digest"],
        electorate=None if electorate is None else tuple(map(_vote_class, electorate)),
        closes_at=row["closes_at"],
        gate=row["gate"],
        override=lens.said(row, "override"),
        lead=row["lead"],
        meeting=row["meeting"],
    )


def _vote_class(written: Any) -> VoteClass:
    if isinstance(written, str):
        return VoteClass((UUID(written),))
    return VoteClass(
        tuple(map(UUID, written["class"])),
        written.get("weight", 1),
        tuple(map(UUID, written.get("constituencies", ()))),
    )


def _moment(lens: Lens, row: asyncpg.Record) -> Moment:
    data = _json(row["data"])
    for field, seal in (_json(row["sealed"]) or {}).items():
        if seal[0] not in lens.audiences:
            data[field] = withheld("audience")
        elif data.get(field) is None:
            data[field] = withheld("erased")
    return Moment(row["position"], row["type"], row["at"], row["by_org"], data)


def _spoken(lens: Lens, row: asyncpg.Record) -> Spoken:
    option, reason = row["option"], None
    if row["reason"] is not None or row["sealed"] is not None:
        reason = lens.said(row, "reason")
        sealed = _json(row["sealed"]) or {}
        if "option" in sealed and sealed["option"][0] not in lens.audiences:
            option = None
    return Spoken(
        row["position"], row["org"], row["type"], option, row["before"], reason, row["at"],
        row["authority"], row["proxy"],
    )  # fmt: skip


def _json(value: str | None) -> Any:
    return None if value is None else orjson.loads(value)
