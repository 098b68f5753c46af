"""HTTP in: shared policies, questions of practice, ideas and their pilots."""

from uuid import UUID

from services.meetings.api.adding import adds, write
from services.meetings.domain import pilot, policy, practice
from services.meetings.views import policies, practices, queries
from services.meetings.views.said import entries
from shared.ask import Written
from shared.http import Caller, Page, Reader, ReaderOf, Router, requires
from shared.problems import not_found

router = Router()


@adds(router, "/policies", "policy:draft")
async def draft_policy(command: policy.DraftPolicy, caller: Caller) -> Written:
    """Draft a policy for units to share."""
    return await write(caller, policy.decider, caller.new_id(), command)


@adds(router, "/policies/{policy_id}/versions", "policy:agree")
async def agree_policy(policy_id: UUID, command: policy.AgreePolicy, caller: Caller) -> Written:
    """Agree on a policy, and say which units are asked; again, ask others too."""
    return await write(caller, policy.decider, policy_id, command)


@adds(router, "/policies/{policy_id}/adoptions", "policy:adopt")
async def adopt_policy(policy_id: UUID, command: policy.AdoptPolicy, caller: Caller) -> Written:
    """Adopt a policy for your unit."""
    return await write(caller, policy.decider, policy_id, command)


@adds(router, "/policies/{policy_id}/declinations", "policy:decline")
async def decline_policy(policy_id: UUID, command: policy.DeclinePolicy, caller: Caller) -> Written:
    """Decline a policy for your unit: that is no breach."""
    return await write(caller, policy.decider, policy_id, command)


@adds(router, "/policies/{policy_id}/adaptations", "policy:adapt")
async def report_adaptation(
    policy_id: UUID, command: policy.ReportAdaptation, caller: Caller
) -> Written:
    """Say what your unit does otherwise than the policy it adopted."""
    return await write(caller, policy.decider, policy_id, command)


@adds(router, "/policies/{policy_id}/retirements", "policy:retire")
async def retire_policy(policy_id: UUID, command: policy.RetirePolicy, caller: Caller) -> Written:
    """Drop a policy for your unit; as the chair, without a unit, retire it for all."""
    return await write(caller, policy.decider, policy_id, command)


@adds(router, "/practices", "practice:ask")
async def ask_practice(command: practice.AskPractice, caller: Caller) -> Written:
    """Ask the others how they do something."""
    return await write(caller, practice.decider, caller.new_id(), command)


@adds(router, "/practices/{practice_id}/answers", "practice:share")
async def share_practice(
    practice_id: UUID, command: practice.SharePractice, caller: Caller
) -> Written:
    """Say how your organisation does it, and whether that works."""
    return await write(caller, practice.decider, practice_id, command)


@adds(router, "/ideas", "idea:pitch")
async def pitch_idea(command: pilot.PitchIdea, caller: Caller) -> Written:
    """Pitch an idea for others to review, and for somebody to try out."""
    return await write(caller, pilot.decider, caller.new_id(), command)


@adds(router, "/ideas/{idea_id}/reviews", "idea:review")
async def review_idea(idea_id: UUID, command: pilot.ReviewIdea, caller: Caller) -> Written:
    """Say what your organisation thinks of another's idea."""
    return await write(caller, pilot.decider, idea_id, command)


@adds(router, "/ideas/{idea_id}/pilots", "pilot:start")
async def start_pilot(idea_id: UUID, command: pilot.StartPilot, caller: Caller) -> Written:
    """Try an idea out, until a day."""
    return await write(caller, pilot.decider, idea_id, command)


@adds(router, "/ideas/{idea_id}/reports", "pilot:report")
async def report_pilot(idea_id: UUID, command: pilot.ReportPilot, caller: Caller) -> Written:
    """Say what came of the pilot of your organisation."""
    return await write(caller, pilot.decider, idea_id, command)


async def _policies(reader: ReaderOf, key: UUID | None = None) -> list[policies.PolicyRow]:
    seen = reader.coalition, reader.audiences
    async with reader.rows() as db:
        said = await entries(db, *seen, "policy", key=key)
        named = await queries.names(db, *seen)
    return policies.policies(said, named)


@router.get("/policies", dependencies=[requires("meetings:policy:read")])
async def list_policies(reader: Reader) -> Page[policies.PolicyRow]:
    """List the policies with what each unit answered: those that hold first."""
    return Page(items=await _policies(reader))


@router.get("/policy-matrix", dependencies=[requires("meetings:policy:read")])
async def show_policy_matrix(reader: Reader) -> policies.Matrix:
    """Show which unit follows which policy, and how consistently that is."""
    return policies.matrix(await _policies(reader))


@router.get("/policies/{policy_id}", dependencies=[requires("meetings:policy:read")])
async def show_policy(policy_id: UUID, reader: Reader) -> policies.PolicyRow:
    """Show a policy, with all that each unit answered."""
    found = await _policies(reader, policy_id)
    if not found:
        raise not_found()
    return found[0]


@router.get("/practices", dependencies=[requires("meetings:practice:read")])
async def list_practices(reader: Reader) -> Page[practices.PracticeRow]:
    """List the questions of practice with their answers, the newest first."""
    seen = reader.coalition, reader.audiences
    async with reader.rows() as db:
        said = await entries(db, *seen, "practice")
        named = await queries.names(db, *seen)
    return Page(items=practices.practices(said, named))


async def _ideas(reader: ReaderOf, key: UUID | None = None) -> list[practices.IdeaRow]:
    seen = reader.coalition, reader.audiences
    async with reader.rows() as db:
        said = await entries(db, *seen, "pilot", key=key)
        named = await queries.names(db, *seen)
    return practices.ideas(said, named)


@router.get("/ideas", dependencies=[requires("meetings:idea:read")])
async def list_ideas(reader: Reader) -> Page[practices.IdeaRow]:
    """List the ideas with their reviews and pilots, the newest first."""
    return Page(items=await _ideas(reader))


@router.get("/ideas/{idea_id}", dependencies=[requires("meetings:idea:read")])
async def show_idea(idea_id: UUID, reader: Reader) -> practices.IdeaRow:
    """Show an idea, its reviews, its pilots and what came of them."""
    found = await _ideas(reader, idea_id)
    if not found:
        raise not_found()
    return found[0]
