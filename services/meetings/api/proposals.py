"""HTTP in: proposals, from the draft to the decision."""

from uuid import UUID

from services.meetings.api.adding import adds, write
from services.meetings.domain import (
    communication,
    consultation,
    electorate,
    implementation,
    objection,
    proposal,
    ratification,
    signing,
    voting,
)
from services.meetings.domain.ids import ProposalId
from services.meetings.views import NEEDS, appealed_to, box, queries, rows, superseding
from shared.ask import Step, Written
from shared.hot import Reading
from shared.http import Caller, Reader, Router, requires
from shared.problems import not_found

router = Router()


@adds(router, "/proposals", "proposal:draft")
async def draft_proposal(command: proposal.DraftProposal, caller: Caller) -> Written:
    """Draft a proposal."""
    return await write(caller, proposal.decider, caller.new_id(), command)


@adds(router, "/proposals/{proposal_id}/publications", "proposal:publish")
async def publish_proposal(
    proposal_id: UUID, command: proposal.PublishProposal, caller: Caller
) -> Written:
    """Publish your organisation's proposal, so that it can be read before the vote."""
    return await write(caller, proposal.decider, proposal_id, command)


@adds(router, "/proposals/{proposal_id}/amendments", "proposal:amend")
async def amend_proposal(
    proposal_id: UUID, command: proposal.AmendProposal, caller: Caller
) -> Written:
    """Amend your organisation's proposal; a voting under way closes, and is opened anew."""
    emptied = box.empty_ballots(proposal_id)
    return await write(
        caller, proposal.decider, proposal_id, command, needs_match=True, beside=emptied
    )


@adds(router, "/proposals/{proposal_id}/withdrawals", "proposal:withdraw")
async def withdraw_proposal(
    proposal_id: UUID, command: proposal.WithdrawProposal, caller: Caller
) -> Written:
    """Withdraw your organisation's proposal."""
    return await write(caller, proposal.decider, proposal_id, command)


@adds(router, "/proposals/{proposal_id}/consultations", "consultation:record")
async def record_consultation(
    proposal_id: UUID, command: consultation.RecordConsultation, caller: Caller
) -> Written:
    """Record that a constituency was asked about the proposal, and what it said."""
    return await write(caller, proposal.decider, proposal_id, command)


@adds(router, "/proposals/{proposal_id}/votings", "voting:open")
async def open_voting(proposal_id: UUID, command: voting.OpenVoting, caller: Caller) -> Written:
    """Open voting. The rule and the electorate are those of this moment, for good."""
    return await write(caller, proposal.decider, proposal_id, command)


@adds(router, "/proposals/{proposal_id}/votings/closings", "voting:close")
async def close_voting(proposal_id: UUID, command: voting.CloseVoting, caller: Caller) -> Written:
    """Close the voting and count it."""
    emptied = box.empty_ballots(proposal_id)
    return await write(caller, proposal.decider, proposal_id, command, beside=emptied)


@adds(router, "/proposals/{proposal_id}/stances", "stance:take")
async def take_stance(proposal_id: UUID, command: voting.TakeStance, caller: Caller) -> Written:
    """Take your organisation's stance, or with `proxy` that of one that gave its vote to yours.

    Repeating it is fine, and changes nothing.
    """
    return await write(caller, proposal.decider, proposal_id, command)


@adds(router, "/proposals/{proposal_id}/stances/changes", "stance:change")
async def change_stance(proposal_id: UUID, command: voting.ChangeStance, caller: Caller) -> Written:
    """Change your organisation's stance, or one by `proxy`, and say why."""
    return await write(caller, proposal.decider, proposal_id, command)


@adds(router, "/proposals/{proposal_id}/stances/withdrawals", "stance:withdraw")
async def withdraw_stance(
    proposal_id: UUID, command: voting.WithdrawStance, caller: Caller
) -> Written:
    """Withdraw your organisation's stance, and say why."""
    return await write(caller, proposal.decider, proposal_id, command)


@adds(router, "/proposals/{proposal_id}/electorate/extensions", "electorate:extend")
async def extend_electorate(
    proposal_id: UUID, command: electorate.ExtendElectorate, caller: Caller
) -> Written:
    """Let more organisations decide in a voting that is open, and say why. Nobody is taken out."""
    return await write(caller, proposal.decider, proposal_id, command)


@adds(router, "/proposals/{proposal_id}/ratifications", "stance:ratify")
async def ratify_stance(
    proposal_id: UUID, command: ratification.RatifyStance, caller: Caller
) -> Written:
    """Stand by the stance that was taken for your organisation ad referendum: now it counts."""
    return await write(caller, proposal.decider, proposal_id, command)


@adds(router, "/proposals/{proposal_id}/ratifications/refusals", "stance:ratify")
async def decline_ratification(
    proposal_id: UUID, command: ratification.DeclineRatification, caller: Caller
) -> Written:
    """Do not stand by the stance that was taken for your organisation: it will not count."""
    return await write(caller, proposal.decider, proposal_id, command)


@adds(router, "/proposals/{proposal_id}/objections", "objection:raise")
async def raise_objection(
    proposal_id: UUID, command: objection.RaiseObjection, caller: Caller
) -> Written:
    """Object, and say what would remove the objection."""
    return await write(caller, proposal.decider, proposal_id, command)


@adds(router, "/proposals/{proposal_id}/objections/accommodations", "objection:accommodate")
async def accommodate_objection(
    proposal_id: UUID, command: objection.AccommodateObjection, caller: Caller
) -> Written:
    """Say which amendment answers an objection to your proposal."""
    return await write(caller, proposal.decider, proposal_id, command)


@adds(router, "/proposals/{proposal_id}/objections/retractions", "objection:retract")
async def retract_objection(
    proposal_id: UUID, command: objection.RetractObjection, caller: Caller
) -> Written:
    """Retract your organisation's objection."""
    return await write(caller, proposal.decider, proposal_id, command)


@adds(router, "/proposals/{proposal_id}/objections/settings-aside", "objection:set-aside")
async def set_aside_objection(
    proposal_id: UUID, command: objection.SetAsideObjection, caller: Caller
) -> Written:
    """Set aside an objection that does not bear on the merits, and say why."""
    return await write(caller, proposal.decider, proposal_id, command)


@adds(router, "/proposals/{proposal_id}/objections/outweighings", "objection:outweigh")
async def outweigh_objection(
    proposal_id: UUID, command: objection.OutweighObjection, caller: Caller
) -> Written:
    """Outweigh an objection, with the alternatives that were weighed."""
    return await write(caller, proposal.decider, proposal_id, command)


@adds(router, "/proposals/{proposal_id}/objections/registrations", "objection:register")
async def register_formal_objection(
    proposal_id: UUID, command: objection.RegisterFormalObjection, caller: Caller
) -> Written:
    """Take your objection to another body."""
    return await write(caller, proposal.decider, proposal_id, command)


@adds(router, "/proposals/{proposal_id}/objections/resolutions", "objection:resolve")
async def resolve_formal_objection(
    proposal_id: UUID, command: objection.ResolveFormalObjection, caller: Caller
) -> Written:
    """Resolve a formal objection, as chair of the body that it went to."""
    return await caller.handle(proposal.decider, proposal_id, command, body=appealed_to)


@adds(router, "/proposals/{proposal_id}/decisions", "decision:make")
async def make_decision(
    proposal_id: UUID, command: proposal.MakeDecision, caller: Caller
) -> Written:
    """Make the decision that the count gives, and say who answers for it.

    What it was proposed in place of is superseded with it, once it is adopted.
    """

    async def replaced(read: Reading) -> Step | None:
        return await superseding(read, ProposalId(proposal_id))

    assert caller.host.journal is not None
    making = Step(proposal.decider, proposal_id, command, NEEDS[proposal.MakeDecision])
    step = await caller.host.journal.look(caller.coalition, replaced)
    return await caller.handle_all([making] if step is None else [making, step])


@adds(router, "/proposals/{proposal_id}/deferrals", "decision:defer")
async def defer_decision(
    proposal_id: UUID, command: proposal.DeferDecision, caller: Caller
) -> Written:
    """Defer the decision to a later day."""
    return await write(caller, proposal.decider, proposal_id, command)


@adds(router, "/proposals/{proposal_id}/standings-aside", "decision:stand-aside")
async def stand_aside(proposal_id: UUID, command: signing.StandAside, caller: Caller) -> Written:
    """Stand aside, so that no list of those who sign on ever shows your organisation."""
    return await write(caller, proposal.decider, proposal_id, command)


@adds(router, "/proposals/{proposal_id}/sign-ons", "decision:sign")
async def sign_on(proposal_id: UUID, command: signing.SignOn, caller: Caller) -> Written:
    """Put your organisation's name to the decision."""
    return await write(caller, proposal.decider, proposal_id, command)


@adds(router, "/proposals/{proposal_id}/minority-statements", "decision:file-minority")
async def file_minority(
    proposal_id: UUID, command: signing.FileMinority, caller: Caller
) -> Written:
    """Say why the decision is wrong, wherever the decision itself is shown."""
    return await write(caller, proposal.decider, proposal_id, command)


@adds(router, "/proposals/{proposal_id}/communications", "decision:communicate")
async def communicate_decision(
    proposal_id: UUID, command: communication.CommunicateDecision, caller: Caller
) -> Written:
    """Say whom your organisation told of the decision, and by which channel."""
    return await write(caller, proposal.decider, proposal_id, command)


@adds(router, "/proposals/{proposal_id}/acknowledgements", "decision:acknowledge")
async def acknowledge_decision(
    proposal_id: UUID, command: communication.AcknowledgeDecision, caller: Caller
) -> Written:
    """Say that your organisation knows of the decision."""
    return await write(caller, proposal.decider, proposal_id, command)


@adds(router, "/proposals/{proposal_id}/reviews", "decision:schedule-review")
async def schedule_review(
    proposal_id: UUID, command: implementation.ScheduleReview, caller: Caller
) -> Written:
    """Say on which day the decision is looked at again."""
    return await write(caller, proposal.decider, proposal_id, command)


@adds(router, "/proposals/{proposal_id}/implementation-issues", "decision:report-issue")
async def report_implementation_issue(
    proposal_id: UUID, command: implementation.ReportImplementationIssue, caller: Caller
) -> Written:
    """Report what goes wrong in putting the decision into practice, and for whom."""
    return await write(caller, proposal.decider, proposal_id, command)


@adds(router, "/proposals/{proposal_id}/reopenings", "decision:reopen")
async def reopen_decision(
    proposal_id: UUID, command: proposal.ReopenDecision, caller: Caller
) -> Written:
    """Reopen a decision because of new information; the first one stays readable."""
    return await write(caller, proposal.decider, proposal_id, command)


@router.get("/proposals/{proposal_id}", dependencies=[requires("meetings:proposal:read")])
async def show_proposal(proposal_id: UUID, reader: Reader) -> rows.ProposalDetail:
    """Show a proposal as it stands, with the stance of the organisation you act for."""

    async def stands(read: Reading) -> proposal.Proposal | None:
        return await read.stream(proposal.decider, proposal_id)

    assert reader.host.journal is not None
    state = await reader.host.journal.look(reader.coalition, stands)
    if state is None:
        raise not_found()
    async with reader.rows() as db:
        found = await queries.proposal(
            db, reader.coalition, reader.audiences, proposal_id, state, reader.by
        )
    if found is None:
        raise not_found()
    return found


@router.get("/sources", dependencies=[requires("meetings:decision:read")])
async def list_sources(reader: Reader) -> list[str]:
    """List the numbers, in their source, of all imported decisions."""
    async with reader.rows() as db:
        return await queries.sources(db, reader.coalition, reader.audiences)
