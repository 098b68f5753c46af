"""HTTP in: meetings, rules, proposals and next steps."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query

from services.meetings.domain import (
    attendance,
    meeting,
    minutes,
    next_step,
    objection,
    proposal,
    rule,
    voting,
)
from services.meetings.views import NEEDS, appealed_to, queries, rows
from shared.ask import Written
from shared.event import Command
from shared.hot import AnyDecider, Reading
from shared.http import Caller, Limit, Page, Reader, Receipt, Router, requires
from shared.importing import ImportedCommand
from shared.problems import Problem, not_found

router = Router()
Endpoint = Callable[..., Any]
Cursor = Annotated[str | None, Query(max_length=120)]
Organisation = Annotated[UUID | None, Query()]
StepState = Annotated[str | None, Query(pattern="^[a-z]{1,20}$")]


def _adds(path: str, action: str) -> Callable[[Endpoint], Endpoint]:
    """Declare a command: what it is added to, and the action it needs."""
    return router.post(
        path, status_code=201, response_model=Receipt, dependencies=[requires(f"meetings:{action}")]
    )


async def _write(
    caller: Caller, decider: AnyDecider, key: UUID, command: Command, *, needs_match: bool = False
) -> Written:
    facts = NEEDS.get(type(command), ())
    return await caller.handle(decider, key, command, facts=facts, needs_match=needs_match)


# Meetings


@_adds("/meetings", "meeting:schedule")
async def schedule_meeting(command: meeting.ScheduleMeeting, caller: Caller) -> Written:
    """Schedule a meeting of a body."""
    return await _write(caller, meeting.decider, caller.new_id(), command)


@_adds("/meetings/{meeting_id}/reschedulings", "meeting:reschedule")
async def reschedule_meeting(
    meeting_id: UUID, command: meeting.RescheduleMeeting, caller: Caller
) -> Written:
    """Move a meeting to another time or place."""
    return await _write(caller, meeting.decider, meeting_id, command)


@_adds("/meetings/{meeting_id}/cancellations", "meeting:cancel")
async def cancel_meeting(
    meeting_id: UUID, command: meeting.CancelMeeting, caller: Caller
) -> Written:
    """Cancel a meeting that has not opened."""
    return await _write(caller, meeting.decider, meeting_id, command)


@_adds("/meetings/{meeting_id}/items", "agenda:propose")
async def propose_agenda_item(
    meeting_id: UUID, command: meeting.ProposeAgendaItem, caller: Caller
) -> Written:
    """Propose an item for the agenda."""
    return await _write(caller, meeting.decider, meeting_id, command)


@_adds("/meetings/{meeting_id}/agendas", "agenda:publish")
async def publish_agenda(
    meeting_id: UUID, command: meeting.PublishAgenda, caller: Caller
) -> Written:
    """Publish the agenda; a late one is stamped so, and not refused."""
    return await _write(caller, meeting.decider, meeting_id, command)


@_adds("/meetings/{meeting_id}/facilitators", "facilitator:appoint")
async def appoint_facilitator(
    meeting_id: UUID, command: meeting.AppointFacilitator, caller: Caller
) -> Written:
    """Appoint who facilitates."""
    return await _write(caller, meeting.decider, meeting_id, command)


@_adds("/meetings/{meeting_id}/openings", "meeting:open")
async def open_meeting(meeting_id: UUID, command: meeting.OpenMeeting, caller: Caller) -> Written:
    """Open the meeting."""
    return await _write(caller, meeting.decider, meeting_id, command)


@_adds("/meetings/{meeting_id}/attendances", "attendance:record")
async def record_attendance(
    meeting_id: UUID, command: attendance.RecordAttendance, caller: Caller
) -> Written:
    """Record who is here, and for which organisation."""
    return await _write(caller, meeting.decider, meeting_id, command)


@_adds("/meetings/{meeting_id}/departures", "attendance:record")
async def record_departure(
    meeting_id: UUID, command: attendance.RecordDeparture, caller: Caller
) -> Written:
    """Record that somebody left."""
    return await _write(caller, meeting.decider, meeting_id, command)


@_adds("/meetings/{meeting_id}/minutes", "minutes:draft")
async def draft_minutes(meeting_id: UUID, command: minutes.DraftMinutes, caller: Caller) -> Written:
    """Draft the minutes; they cite the meeting's decisions."""
    return await _write(caller, meeting.decider, meeting_id, command)


@_adds("/meetings/{meeting_id}/minutes/approvals", "minutes:approve")
async def approve_minutes(
    meeting_id: UUID, command: minutes.ApproveMinutes, caller: Caller
) -> Written:
    """Approve the newest version for your organisation."""
    return await _write(caller, meeting.decider, meeting_id, command)


@_adds("/meetings/{meeting_id}/minutes/corrections", "minutes:correct")
async def correct_minutes(
    meeting_id: UUID, command: minutes.CorrectMinutes, caller: Caller
) -> Written:
    """Correct the minutes: a new version, to be approved again."""
    return await _write(caller, meeting.decider, meeting_id, command, needs_match=True)


@_adds("/meetings/{meeting_id}/closings", "meeting:close")
async def close_meeting(meeting_id: UUID, command: meeting.CloseMeeting, caller: Caller) -> Written:
    """Close the meeting, once every step has an owner or is named in an override."""
    return await _write(caller, meeting.decider, meeting_id, command)


@router.get("/meetings", dependencies=[requires("meetings:meeting:read")])
async def list_meetings(
    reader: Reader, limit: Limit = 50, cursor: Cursor = None
) -> Page[rows.MeetingRow]:
    """List meetings, the latest first."""
    async with reader.rows() as db:
        found = await queries.meetings(
            db, reader.coalition, reader.audiences, before=_before(cursor), limit=limit + 1
        )
    following = None
    if len(found) > limit:
        last = found[limit - 1]
        place = f"{last.starts_at.isoformat()}|{last.meeting}"
        following = urlsafe_b64encode(place.encode()).decode()
    return Page(items=found[:limit], next_cursor=following)


def _before(cursor: str | None) -> tuple[datetime, UUID] | None:
    if cursor is None:
        return None
    try:
        at, _, last = urlsafe_b64decode(cursor).decode().partition("|")
        return datetime.fromisoformat(at), UUID(last)
    except ValueError:
        raise Problem(400, "unreadable", "That cursor was not given by this list.") from None


@router.get("/meetings/{meeting_id}", dependencies=[requires("meetings:meeting:read")])
async def show_meeting(meeting_id: UUID, reader: Reader) -> rows.MeetingDetail:
    """Show a meeting: its agenda, who was there, its minutes and next steps."""
    async with reader.rows() as db:
        found = await queries.meeting(db, reader.coalition, reader.audiences, meeting_id)
    if found is None:
        raise not_found()
    return found


# Rules


@_adds("/rules", "rule:adopt")
async def adopt_rule(command: rule.AdoptRule, caller: Caller) -> Written:
    """Adopt a decision rule for a body."""
    return await _write(caller, rule.decider, caller.new_id(), command)


@_adds("/rules/{rule_id}/versions", "rule:adopt")
async def revise_rule(rule_id: UUID, command: rule.AdoptRule, caller: Caller) -> Written:
    """Revise a rule: a new version, for votings opened from now on."""
    return await _write(caller, rule.decider, rule_id, command, needs_match=True)


@_adds("/rules/{rule_id}/retirements", "rule:retire")
async def retire_rule(rule_id: UUID, command: rule.RetireRule, caller: Caller) -> Written:
    """Retire a rule: no voting names it any more."""
    return await _write(caller, rule.decider, rule_id, command)


@router.get("/rules", dependencies=[requires("meetings:rule:read")])
async def list_rules(reader: Reader) -> Page[rows.RuleRow]:
    """List the newest version of each rule."""
    async with reader.rows() as db:
        return Page(items=await queries.rules(db, reader.coalition, reader.audiences))


# Proposals


@_adds("/proposals", "proposal:draft")
async def draft_proposal(command: proposal.DraftProposal, caller: Caller) -> Written:
    """Draft a proposal."""
    return await _write(caller, proposal.decider, caller.new_id(), command)


@_adds("/proposals/{proposal_id}/publications", "proposal:publish")
async def publish_proposal(
    proposal_id: UUID, command: proposal.PublishProposal, caller: Caller
) -> Written:
    """Publish your organisation's proposal, so that it can be read before the vote."""
    return await _write(caller, proposal.decider, proposal_id, command)


@_adds("/proposals/{proposal_id}/amendments", "proposal:amend")
async def amend_proposal(
    proposal_id: UUID, command: proposal.AmendProposal, caller: Caller
) -> Written:
    """Amend your organisation's proposal; a voting under way closes, and is opened anew."""
    return await _write(caller, proposal.decider, proposal_id, command, needs_match=True)


@_adds("/proposals/{proposal_id}/withdrawals", "proposal:withdraw")
async def withdraw_proposal(
    proposal_id: UUID, command: proposal.WithdrawProposal, caller: Caller
) -> Written:
    """Withdraw your organisation's proposal."""
    return await _write(caller, proposal.decider, proposal_id, command)


@_adds("/proposals/{proposal_id}/votings", "voting:open")
async def open_voting(proposal_id: UUID, command: voting.OpenVoting, caller: Caller) -> Written:
    """Open voting. The rule and the electorate are those of this moment, for good."""
    return await _write(caller, proposal.decider, proposal_id, command)


@_adds("/proposals/{proposal_id}/votings/closings", "voting:close")
async def close_voting(proposal_id: UUID, command: voting.CloseVoting, caller: Caller) -> Written:
    """Close the voting and count it."""
    return await _write(caller, proposal.decider, proposal_id, command)


@_adds("/proposals/{proposal_id}/stances", "stance:take")
async def take_stance(proposal_id: UUID, command: voting.TakeStance, caller: Caller) -> Written:
    """Take your organisation's stance. Repeating it is fine, and changes nothing."""
    return await _write(caller, proposal.decider, proposal_id, command)


@_adds("/proposals/{proposal_id}/stances/changes", "stance:change")
async def change_stance(proposal_id: UUID, command: voting.ChangeStance, caller: Caller) -> Written:
    """Change your organisation's stance, and say why."""
    return await _write(caller, proposal.decider, proposal_id, command)


@_adds("/proposals/{proposal_id}/stances/withdrawals", "stance:withdraw")
async def withdraw_stance(
    proposal_id: UUID, command: voting.WithdrawStance, caller: Caller
) -> Written:
    """Withdraw your organisation's stance, and say why."""
    return await _write(caller, proposal.decider, proposal_id, command)


@_adds("/proposals/{proposal_id}/objections", "objection:raise")
async def raise_objection(
    proposal_id: UUID, command: objection.RaiseObjection, caller: Caller
) -> Written:
    """Object, and say what would remove the objection."""
    return await _write(caller, proposal.decider, proposal_id, command)


@_adds("/proposals/{proposal_id}/objections/accommodations", "objection:accommodate")
async def accommodate_objection(
    proposal_id: UUID, command: objection.AccommodateObjection, caller: Caller
) -> Written:
    """Say which amendment answers an objection to your proposal."""
    return await _write(caller, proposal.decider, proposal_id, command)


@_adds("/proposals/{proposal_id}/objections/retractions", "objection:retract")
async def retract_objection(
    proposal_id: UUID, command: objection.RetractObjection, caller: Caller
) -> Written:
    """Retract your organisation's objection."""
    return await _write(caller, proposal.decider, proposal_id, command)


@_adds("/proposals/{proposal_id}/objections/settings-aside", "objection:set-aside")
async def set_aside_objection(
    proposal_id: UUID, command: objection.SetAsideObjection, caller: Caller
) -> Written:
    """Set aside an objection that does not bear on the merits, and say why."""
    return await _write(caller, proposal.decider, proposal_id, command)


@_adds("/proposals/{proposal_id}/objections/outweighings", "objection:outweigh")
async def outweigh_objection(
    proposal_id: UUID, command: objection.OutweighObjection, caller: Caller
) -> Written:
    """Outweigh an objection, with the alternatives that were weighed."""
    return await _write(caller, proposal.decider, proposal_id, command)


@_adds("/proposals/{proposal_id}/objections/registrations", "objection:register")
async def register_formal_objection(
    proposal_id: UUID, command: objection.RegisterFormalObjection, caller: Caller
) -> Written:
    """Take your objection to another body."""
    return await _write(caller, proposal.decider, proposal_id, command)


@_adds("/proposals/{proposal_id}/objections/resolutions", "objection:resolve")
async def resolve_formal_objection(
    proposal_id: UUID, command: objection.ResolveFormalObjection, caller: Caller
) -> Written:
    """Resolve a formal objection, as chair of the body that it went to."""
    return await caller.handle(proposal.decider, proposal_id, command, body=appealed_to)


@_adds("/proposals/{proposal_id}/decisions", "decision:make")
async def make_decision(
    proposal_id: UUID, command: proposal.MakeDecision, caller: Caller
) -> Written:
    """Make the decision that the count gives, and say who answers for it."""
    return await _write(caller, proposal.decider, proposal_id, command)


@_adds("/proposals/{proposal_id}/deferrals", "decision:defer")
async def defer_decision(
    proposal_id: UUID, command: proposal.DeferDecision, caller: Caller
) -> Written:
    """Defer the decision to a later day."""
    return await _write(caller, proposal.decider, proposal_id, command)


@_adds("/proposals/{proposal_id}/reopenings", "decision:reopen")
async def reopen_decision(
    proposal_id: UUID, command: proposal.ReopenDecision, caller: Caller
) -> Written:
    """Reopen a decision because of new information; the first one stays readable."""
    return await _write(caller, proposal.decider, proposal_id, command)


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


# Next steps


@_adds("/steps", "step:propose")
async def propose_step(command: next_step.ProposeStep, caller: Caller) -> Written:
    """Propose a next step."""
    return await _write(caller, next_step.decider, caller.new_id(), command)


@_adds("/steps/{step_id}/volunteers", "step:volunteer")
async def volunteer_for_step(
    step_id: UUID, command: next_step.VolunteerForStep, caller: Caller
) -> Written:
    """Take a step on for your organisation."""
    return await _write(caller, next_step.decider, step_id, command)


@_adds("/steps/{step_id}/assignments", "step:assign")
async def assign_step(step_id: UUID, command: next_step.AssignStep, caller: Caller) -> Written:
    """Ask an organisation to take a step on."""
    return await _write(caller, next_step.decider, step_id, command)


@_adds("/steps/{step_id}/reassignments", "step:assign")
async def reassign_step(step_id: UUID, command: next_step.ReassignStep, caller: Caller) -> Written:
    """Ask another organisation to take a step on."""
    return await _write(caller, next_step.decider, step_id, command)


@_adds("/steps/{step_id}/acceptances", "step:accept")
async def accept_step(step_id: UUID, command: next_step.AcceptStep, caller: Caller) -> Written:
    """Accept the step that your organisation was asked to take on."""
    return await _write(caller, next_step.decider, step_id, command)


@_adds("/steps/{step_id}/starts", "step:start")
async def start_step(step_id: UUID, command: next_step.StartStep, caller: Caller) -> Written:
    """Start on a step, or go on after it was blocked."""
    return await _write(caller, next_step.decider, step_id, command)


@_adds("/steps/{step_id}/declinations", "step:decline")
async def decline_step(step_id: UUID, command: next_step.DeclineStep, caller: Caller) -> Written:
    """Decline the step that your organisation was asked to take on."""
    return await _write(caller, next_step.decider, step_id, command)


@_adds("/steps/{step_id}/blocks", "step:block")
async def block_step(step_id: UUID, command: next_step.BlockStep, caller: Caller) -> Written:
    """Say what keeps your organisation from going on."""
    return await _write(caller, next_step.decider, step_id, command)


@_adds("/steps/{step_id}/drops", "step:drop")
async def drop_step(step_id: UUID, command: next_step.DropStep, caller: Caller) -> Written:
    """Drop a step, as its owner or as who proposed it."""
    return await _write(caller, next_step.decider, step_id, command)


@_adds("/steps/{step_id}/due-dates", "step:move")
async def move_due_date(step_id: UUID, command: next_step.MoveDueDate, caller: Caller) -> Written:
    """Move the due date, and say why."""
    return await _write(caller, next_step.decider, step_id, command)


@_adds("/steps/{step_id}/completions", "step:complete")
async def complete_step(step_id: UUID, command: next_step.CompleteStep, caller: Caller) -> Written:
    """Complete a step."""
    return await _write(caller, next_step.decider, step_id, command)


@router.get("/steps", dependencies=[requires("meetings:step:read")])
async def list_steps(
    reader: Reader,
    organisation: Organisation = None,
    state: StepState = None,
    limit: Limit = 50,
    cursor: Annotated[str | None, Query(pattern="^[1-9][0-9]{0,15}$")] = None,
) -> Page[rows.StepRow]:
    """List next steps, the newest first; `state=open` leaves out what is over."""
    async with reader.rows() as db:
        found = await queries.steps(
            db,
            reader.coalition,
            reader.audiences,
            organisation=organisation,
            state=state,
            before=int(cursor) if cursor else None,
            limit=limit + 1,
        )
    more = len(found) > limit
    following = found[limit - 1].ref.partition("/")[2] if more else None
    return Page(items=found[:limit], next_cursor=following)


_IMPORTED: dict[AnyDecider, tuple[type[Command], ...]] = {
    meeting.decider: (
        meeting.ScheduleMeeting,
        meeting.RescheduleMeeting,
        meeting.CancelMeeting,
        meeting.ProposeAgendaItem,
        meeting.PublishAgenda,
        meeting.AppointFacilitator,
        meeting.OpenMeeting,
        attendance.RecordAttendance,
        attendance.RecordDeparture,
        minutes.DraftMinutes,
        minutes.ApproveMinutes,
        minutes.CorrectMinutes,
        meeting.CloseMeeting,
    ),
    rule.decider: (rule.AdoptRule, rule.RetireRule),
    proposal.decider: (
        proposal.DraftProposal,
        proposal.PublishProposal,
        proposal.AmendProposal,
        proposal.WithdrawProposal,
        voting.OpenVoting,
        voting.TakeStance,
        voting.ChangeStance,
        voting.WithdrawStance,
        voting.CloseVoting,
        objection.RaiseObjection,
        objection.AccommodateObjection,
        objection.RetractObjection,
        objection.SetAsideObjection,
        objection.OutweighObjection,
        objection.RegisterFormalObjection,
        objection.ResolveFormalObjection,
        proposal.MakeDecision,
        proposal.DeferDecision,
        proposal.ReopenDecision,
    ),
    next_step.decider: (
        next_step.ProposeStep,
        next_step.VolunteerForStep,
        next_step.AssignStep,
        next_step.ReassignStep,
        next_step.AcceptStep,
        next_step.StartStep,
        next_step.DeclineStep,
        next_step.BlockStep,
        next_step.DropStep,
        next_step.MoveDueDate,
        next_step.CompleteStep,
    ),
}
IMPORTS = {
    command.__name__: ImportedCommand(decider, command, NEEDS.get(command, ()))
    for decider, commands in _IMPORTED.items()
    for command in commands
}
