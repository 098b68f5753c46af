"""What an import may bring: every command, as history is told by the same rules."""

from services.meetings.domain import (
    attendance,
    campaign,
    demand,
    meeting,
    message,
    minutes,
    next_step,
    objection,
    pilot,
    policy,
    practice,
    proposal,
    rule,
    series,
    voting,
    workstream,
)
from services.meetings.views import NEEDS
from shared.event import Command
from shared.hot import AnyDecider
from shared.importing import ImportedCommand

_IMPORTED: dict[AnyDecider, tuple[type[Command], ...]] = {
    meeting.decider: (
        meeting.ScheduleMeeting,
        meeting.RescheduleMeeting,
        meeting.CancelMeeting,
        meeting.ProposeAgendaItem,
        meeting.PublishAgenda,
        meeting.AppointFacilitator,
        meeting.InviteBack,
        meeting.OpenMeeting,
        attendance.RecordAttendance,
        attendance.RecordDeparture,
        minutes.DraftMinutes,
        minutes.ApproveMinutes,
        minutes.CorrectMinutes,
        meeting.CloseMeeting,
    ),
    series.decider: (series.EstablishSeries,),
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
    campaign.decider: (
        campaign.LaunchCampaign,
        campaign.SetObjective,
        campaign.HoldAction,
        campaign.RecordTarget,
    ),
    workstream.decider: (
        workstream.StartWorkstream,
        workstream.ReportProgress,
        workstream.CloseWorkstream,
    ),
    policy.decider: (
        policy.DraftPolicy,
        policy.AgreePolicy,
        policy.AdoptPolicy,
        policy.DeclinePolicy,
        policy.ReportAdaptation,
        policy.RetirePolicy,
    ),
    practice.decider: (practice.AskPractice, practice.SharePractice),
    pilot.decider: (pilot.PitchIdea, pilot.ReviewIdea, pilot.StartPilot, pilot.ReportPilot),
    demand.decider: (demand.PresentDemand, demand.AnswerDemand, demand.EscalateDemand),
    message.decider: (message.DraftMessage, message.ApproveMessage, message.ApproveVariant),
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
