"""HTTP in: what is answered in secret. Nothing that is kept of a request says who answered what."""

from uuid import UUID

from services.meetings.api.adding import adds, write
from services.meetings.domain import proposal, sense_check
from services.meetings.views import NEEDS, box
from shared.ask import Step, Written
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
    facts = *NEEDS[sense_check.AnswerSenseCheck], answered
    put = box.put_answer(command)
    step = Step(proposal.decider, proposal_id, command, facts, beside=put, veiled=True)
    return await caller.handle_all((step,))


@adds(router, "/proposals/{proposal_id}/sense-checks/takings", "sense-check:take")
async def take_sense_check(
    proposal_id: UUID, command: sense_check.TakeSenseCheck, caller: Caller
) -> Written:
    """Say how many answered what, if enough did, and destroy the answers."""
    facts, emptied = NEEDS[sense_check.TakeSenseCheck], box.empty(command.check)
    step = Step(proposal.decider, proposal_id, command, facts, beside=emptied)
    return await caller.handle_all((step,))
