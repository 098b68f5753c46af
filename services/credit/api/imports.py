"""What an import may bring: every command of this service but one."""

from services.credit import views
from services.credit.domain import contribution, credit, evaluation, lesson, win
from shared.importing import ImportedCommand

# `AnnounceWin` is not here: its list is of the moment, and no import knows that of the past.
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
    "CorrectCredit": ImportedCommand(win.decider, credit.CorrectCredit, (views.roll, views.office)),
    "WelcomeLatecomer": ImportedCommand(
        win.decider, win.WelcomeLatecomer, (views.roll, views.references)
    ),
    "CelebrateWin": ImportedCommand(win.decider, win.CelebrateWin, (views.roll,)),
    "RecordLesson": ImportedCommand(evaluation.decider, lesson.RecordLesson, (views.roll,)),
    "ShareLesson": ImportedCommand(evaluation.decider, lesson.ShareLesson),
}
