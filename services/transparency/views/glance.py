"""A coalition at a glance: what is open, what was decided last, how much there is."""

from typing import Any
from uuid import UUID

from services.transparency.domain import decision, decision_register, open_next_steps
from services.transparency.domain.case import Case
from services.transparency.domain.chain import chain
from services.transparency.views import chains, events, names, register, steps
from services.transparency.views import stated as statements
from services.transparency.views.cases import cases, open_case, outcomes_of, proposal_of, rounds_of
from services.transparency.views.entries import entries
from services.transparency.views.events import Lens
from services.transparency.views.register import Search
from shared.event import timestamp
from shared.hot import Connection

LATEST = 5


async def of_coalition(db: Connection, lens: Lens) -> dict[str, Any]:
    """Return what a coalition is called, how it decides, and how much it did."""
    known, charter = await names.names(db, lens), await names.charter(db, lens)
    members = await names.members(db, lens)
    folded = open_next_steps.fold(await steps.step_events(db, lens))
    row = await db.fetchrow(
        "select (select count(*) from decision where coalition_id = $1 and position <= $2"
        " and audience && $3 and type = 'DecisionMade') as decisions,"
        " (select count(distinct key) from name where coalition_id = $1"
        " and service = 'meetings' and position <= $2 and audience && $3 and kind = 'meeting')"
        " as meetings",
        lens.coalition,
        lens.meetings,
        lens.audiences,
    )
    assert row is not None
    return {
        "coalition": str(lens.coalition),
        "slug": charter.slug,
        "name": known.known.get(lens.coalition),
        "mode": charter.mode,
        "members": sum(member.active for member in members.values()),
        "decisions": row["decisions"],
        "meetings": row["meetings"],
        "open_steps": sum(step.open for step in folded.values()),
        "open_votings": len(await still_open(db, lens)),
        **await stated(db, lens),
    }


async def stated(db: Connection, lens: Lens) -> dict[str, Any]:
    """Return the positions an answer stands at, and the newest moment in it."""
    newest = await events.newest(db, lens)
    as_of_time = timestamp(newest) if newest else None
    return {"as_of": dict(lens.as_of), "as_of_time": as_of_time}


async def organisations(db: Connection, lens: Lens) -> list[dict[str, Any]]:
    """Return every organisation by name, those that left too."""
    known, members = await names.names(db, lens), await names.members(db, lens)
    return [
        {
            "id": str(org),
            "name": known.known.get(org),
            "kind": member.kind,
            "state": member.state,
            "commitment": member.commitment,
            "voting_right": member.voting_right,
            "joined_at": timestamp(member.joined_at) if member.joined_at else None,
            "ref": member.ref,
        }
        for org in known.ordered(members)
        for member in (members[org],)
    ]


async def home(db: Connection, lens: Lens) -> dict[str, Any]:
    """Return the latest decisions and the open votings; nothing personal."""
    known = await names.names(db, lens)
    latest = await register.page(db, lens, Search(), None, LATEST)
    waiting = [await open_case(db, lens, proposal) for proposal in await still_open(db, lens)]
    return {
        "decisions": [
            decision_register.row(entry, known) for entry in await entries(db, lens, latest)
        ],
        "open": [decision.line(case, known) for case in waiting if case is not None],
        **await stated(db, lens),
    }


async def still_open(db: Connection, lens: Lens) -> list[UUID]:
    """Return the proposals with a voting that has not ended, what closes first first."""
    rows = await db.fetch(
        "select proposal from voting v where coalition_id = $1 and position <= $2"
        " and audience && $3 and not exists (select from moment m"
        " where m.coalition_id = $1 and m.proposal = v.proposal and m.type = 'VotingClosed'"
        " and m.position > v.position and m.position <= $2) order by closes_at, proposal",
        lens.coalition,
        lens.meetings,
        lens.audiences,
    )
    return [row["proposal"] for row in rows]


async def of_decision(db: Connection, lens: Lens, key: UUID) -> dict[str, Any] | None:
    """Return a decision, or a proposal as it stands; `None` where the reader may see neither."""
    proposal = await proposal_of(db, lens, key)
    if proposal is None:
        return None
    outcomes = await outcomes_of(db, lens, proposal)
    history, spoken = await rounds_of(db, lens, proposal)
    case = await _case(db, lens, key, proposal, outcomes)
    if case is None:
        return None
    known = await names.names(db, lens)
    made = [row["position"] for row in outcomes if row["type"] == "DecisionMade"]
    cited = await events.at_positions(db, lens, "meetings", made)
    written = decision.page(
        case,
        history,
        spoken,
        [cited[position] for position in made],
        await _steps(db, lens, case),
        known,
        await statements.in_advance(db, lens, case.proposal.issue),
        chain(proposal, await chains.links(db, lens, {proposal})),
    )
    return written | await stated(db, lens)


async def _case(
    db: Connection, lens: Lens, key: UUID, proposal: UUID, outcomes: list[Any]
) -> Case | None:
    """Return the case up to the decision asked for, or as the proposal stands now."""
    asked = [row for row in outcomes if row["decision"] == key and key != proposal]
    if asked:
        return (await cases(db, lens, asked[-1:]))[0]
    now = await open_case(db, lens, proposal)
    if now is None or not outcomes:
        return now
    last = outcomes[-1]["position"]
    goes_on = any(
        moment.position > last and moment.type == "DecisionReopened" for moment in now.moments
    ) or (now.voting is not None and now.voting.position > last)
    return now if goes_on else (await cases(db, lens, outcomes[-1:]))[0]


async def _steps(db: Connection, lens: Lens, case: Case) -> list[open_next_steps.Step]:
    if case.outcome is None or not case.outcome.made:
        return []
    happened = await steps.step_events(db, lens, decision=case.outcome.decision)
    return list(open_next_steps.fold(happened).values())
