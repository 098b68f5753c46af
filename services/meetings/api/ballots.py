"""HTTP in: what is answered in secret. Nothing that is kept of a request says who answered what."""

from uuid import UUID

from services.meetings.api.adding import adds, write
from services.meetings.domain import ballot, proposal, sense_check
from services.meetings.views import NEEDS, box
from shared.ask import Written
from shared.http import Caller, Router

router = Router()


@adds(router, "/proposals/{proposal_id}/sense-checks", "sense-check:open")
async def open_sense_check(
    proposal_id: UUID, command: sense_check.OpenSenseCheck, caller: Caller
) -> Written:
    """Ask, anonymously, how comfortable organisations are with a proposal. It never binds."""
    return await write(caller, proposal.decider, proposal_id, command)


@adds(router, "/proposals/{proposal_id}/sense-checks/answers", "sense-check:answer")
async def answer_sense_check(
    proposal_id: UUID, command: sense_check.AnswerSenseCheck, caller: Caller
) -> Written:
    """Answer a sense check, once. Your answer leads back to nobody, and cannot be changed."""
    answered = box.answered(caller.host.own_key.veil)
    return await caller.handle(
        proposal.decider,
        proposal_id,
        command,
        facts=(*NEEDS[sense_check.AnswerSenseCheck], answered),
        beside=box.put_answer(command),
        veiled=True,
    )


@adds(router, "/proposals/{proposal_id}/sense-checks/takings", "sense-check:take")
async def take_sense_check(
    proposal_id: UUID, command: sense_check.TakeSenseCheck, caller: Caller
) -> Written:
    """Say how many answered what, if enough did, and destroy the answers."""
    emptied = box.empty(command.check)
    return await write(caller, proposal.decider, proposal_id, command, beside=emptied)


@adds(router, "/proposals/{proposal_id}/ballots", "ballot:cast")
async def cast_ballot(proposal_id: UUID, command: ballot.CastBallot, caller: Caller) -> Written:
    """Cast a ballot, once. It leads back to nobody, and cannot be changed or given a reason."""
    return await caller.handle(
        proposal.decider,
        proposal_id,
        command,
        facts=NEEDS[ballot.CastBallot],
        beside=box.put_ballot(proposal_id, command),
        veiled=True,
    )
