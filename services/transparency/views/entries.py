"""Entries of the register: outcomes with what was counted again, without reading every stance."""

from collections.abc import Sequence
from uuid import UUID

import asyncpg

from services.transparency.domain.case import Proposal
from services.transparency.domain.chain import chain
from services.transparency.domain.decision_register import Entry
from services.transparency.domain.mandate import Front
from services.transparency.domain.said import Said
from services.transparency.views import chains, events, mandates
from services.transparency.views.cases import Found, add_rare, outcome
from services.transparency.views.events import Lens
from services.transparency.views.recounts import recounts
from shared.hot import Connection

SETTLED = "FrontLineDecisionMade"


async def entries(db: Connection, lens: Lens, outcomes: Sequence[asyncpg.Record]) -> list[Entry]:
    """Return the register's entry of each outcome, in their order."""
    voted = [row for row in outcomes if row["type"] != SETTLED]
    keys = list({row["proposal"] for row in voted})
    fronts = {row["proposal"] for row in outcomes if row["type"] == SETTLED}
    settled = await mandates.settled(db, lens, fronts)
    found = Found()
    await add_rare(db, lens, found, keys)
    again = await recounts(db, lens, [row["position"] for row in voted])
    stances = [each.position for one in again.values() for each in one.against]
    reasons = await _reasons(db, lens, keys, stances)
    found.events = await events.of_aggregates(db, lens, "meetings", keys)
    tied = [key for key in keys if _goes_on(found, key)]
    links = await chains.links(db, lens, tied) if tied else []
    return [
        _settled(row, settled[row["proposal"]])
        if row["type"] == SETTLED
        else Entry(
            outcome=ended,
            proposal=found.proposals[row["proposal"]],
            voting=found.voting(row["proposal"], ended.position),
            moments=found.moments[row["proposal"]],
            again=again.get(ended.position),
            reasons=reasons,
            later=[each for each in found.events[row["proposal"]] if each[0] > ended.position],
            chain=chain(row["proposal"], links),
        )
        for row in outcomes
        for ended in (outcome(row),)
    ]


def _settled(row: asyncpg.Record, front: Front) -> Entry:
    """Return the entry of what was decided at the front line: nothing was proposed or voted on."""
    made = front.made
    nothing = Proposal(
        row["proposal"], row["position"], row["at"], made and made.by, None, None, None, None, None
    )
    return Entry(outcome(row), nothing, None, (), None, {}, (), front=front)


def _goes_on(found: Found, proposal: UUID) -> bool:
    """Return whether one decision led to another here, or may yet."""
    happened = any(moment.type in chains.KINDS for moment in found.moments[proposal])
    return happened or found.proposals[proposal].supersedes is not None


async def _reasons(
    db: Connection, lens: Lens, keys: Sequence[UUID], positions: Sequence[int]
) -> dict[int, Said]:
    rows = await db.fetch(
        "select position, reason, sealed from stance where coalition_id = $1"
        " and proposal = any($2) and (reason is not null or sealed ? 'reason')"
        " and position = any($3) and audience && $4",
        lens.coalition,
        keys,
        positions,
        lens.audiences,
    )
    return {row["position"]: lens.said(row, "reason") for row in rows}
