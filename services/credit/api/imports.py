"""What an import may bring: every command of this service but two."""

from services.credit import views
from services.credit.domain import (
    answer,
    attribution,
    claim,
    contribution,
    credit,
    dispute,
    evaluation,
    lesson,
    metric,
    shares,
    story,
    win,
)
from shared.importing import ImportedCommand

# `AnnounceWin` and `ReviewClaim` are not here: what they find is of the moment, and no import knows
# that of the past.
IMPORTS = {
    "RecordContribution": ImportedCommand(
        contribution.decider, contribution.RecordContribution, (views.roll,)
    ),
    "ConfirmContribution": ImportedCommand(contribution.decider, contribution.ConfirmContribution),
    "DeclineContribution": ImportedCommand(contribution.decider, contribution.DeclineContribution),
    "DeclareWin": ImportedCommand(win.decider, win.DeclareWin, (views.roll, views.references)),
    "AcknowledgeLoss": ImportedCommand(
        win.decider, win.AcknowledgeLoss, (views.roll, views.references)
    ),
    "AssignCredit": ImportedCommand(win.decider, credit.AssignCredit, (views.roll, views.cited)),
    "AcceptCredit": ImportedCommand(win.decider, credit.AcceptCredit),
    "WaiveCredit": ImportedCommand(win.decider, credit.WaiveCredit),
    "CorrectCredit": ImportedCommand(
        win.decider, credit.CorrectCredit, (views.roll, views.office, views.contested)
    ),
    "WelcomeLatecomer": ImportedCommand(
        win.decider, win.WelcomeLatecomer, (views.roll, views.references)
    ),
    "CelebrateWin": ImportedCommand(win.decider, win.CelebrateWin, (views.roll,)),
    "RecordLesson": ImportedCommand(evaluation.decider, lesson.RecordLesson, (views.roll,)),
    "ClaimCredit": ImportedCommand(claim.decider, claim.ClaimCredit, (views.roll, views.ground)),
    "DraftAttribution": ImportedCommand(
        attribution.decider, attribution.DraftAttribution, (views.roll, views.ground)
    ),
    "ApproveAttribution": ImportedCommand(attribution.decider, attribution.ApproveAttribution),
    "ReleaseAttribution": ImportedCommand(
        attribution.decider, attribution.ReleaseAttribution, (views.ground,)
    ),
    "DisputeCredit": ImportedCommand(
        dispute.decider, dispute.DisputeCredit, (views.roll, views.disputable)
    ),
    "MediateDispute": ImportedCommand(
        dispute.decider, dispute.MediateDispute, (views.roll, views.office)
    ),
    "ResolveDispute": ImportedCommand(
        dispute.decider, dispute.ResolveDispute, (views.roll, views.office)
    ),
    "PlanShares": ImportedCommand(shares.decider, shares.PlanShares, (views.roll, views.made)),
    "DefineMetric": ImportedCommand(metric.decider, metric.DefineMetric, (views.roll,)),
    "RecordMetric": ImportedCommand(metric.decider, metric.RecordMetric, (views.corrected,)),
    "AssessObjective": ImportedCommand(
        evaluation.decider, answer.AssessObjective, (views.roll, views.references)
    ),
    "AnswerEvaluation": ImportedCommand(evaluation.decider, answer.AnswerEvaluation, (views.roll,)),
    "HoldRetrospective": ImportedCommand(
        evaluation.decider, answer.HoldRetrospective, (views.roll,)
    ),
    "ArticulateBenefit": ImportedCommand(
        evaluation.decider, answer.ArticulateBenefit, (views.roll,)
    ),
    "RecordStory": ImportedCommand(story.decider, story.RecordStory, (views.consenting,)),
    "ShareLesson": ImportedCommand(evaluation.decider, lesson.ShareLesson),
}
