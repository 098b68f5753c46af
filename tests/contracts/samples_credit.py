"""One event of each type of credit, with fixed values: what the golden files are made from."""

from datetime import date
from uuid import UUID

from services.credit.domain.contribution import (
    ContributionConfirmed,
    ContributionDeclined,
    ContributionRecorded,
)
from services.credit.domain.credit import (
    CreditAccepted,
    CreditAssigned,
    CreditCorrected,
    CreditWaived,
)
from services.credit.domain.ids import (
    ContributionId,
    CreditId,
    DecisionId,
    DisputeId,
    LessonId,
    ObjectiveId,
    OrgId,
    TargetId,
)
from services.credit.domain.lesson import LessonRecorded, LessonShared
from services.credit.domain.roles import Degree, Role
from services.credit.domain.win import (
    LatecomerWelcomed,
    LossAcknowledged,
    WinAnnounced,
    WinCelebrated,
    WinDeclared,
)
from shared.event import Event, Sealed, Text

CLINIC = OrgId(UUID("0195a3c2-7d90-7e11-8f02-3b4c5d6e7f80"))
UNION = OrgId(UUID("0195a3c2-7d91-7e12-8f03-3b4c5d6e7f81"))
SCHOOL = OrgId(UUID("0195a3c2-7d92-7e13-8f04-3b4c5d6e7f82"))
DEED = ContributionId(UUID("0195c5e0-1a20-7b31-8c42-5d6e7f809102"))
THANKS = CreditId(UUID("0195c5e0-1a21-7b32-8c43-5d6e7f809103"))
OUTSIDE = CreditId(UUID("0195c5e0-1a22-7b33-8c44-5d6e7f809104"))
DECISION = DecisionId(UUID("0195c4d1-3a51-7a19-9c08-5b6c7d8e9fa0"))
OBJECTIVE = ObjectiveId(UUID("0195c5e0-1a23-7b34-8c45-5d6e7f809105"))
TARGET = TargetId(UUID("0195c5e0-1a24-7b35-8c46-5d6e7f809106"))
LESSON = LessonId(UUID("0195c5e0-1a2a-7b3b-8c4c-5d6e7f80910c"))
DISPUTE = DisputeId(UUID("0195c5e0-1a25-7b36-8c47-5d6e7f809107"))
MEALS = Text(lang="en", text="School meals are free for all.")
WORDS = Text(lang="en", text="Wrote the brief and found the witnesses.")

CONTRIBUTION = f"contribution-{DEED}"
WIN = f"win-{UUID('0195c5e0-1a26-7b37-8c48-5d6e7f809108')}"
LOSS = f"win-{UUID('0195c5e0-1a27-7b38-8c49-5d6e7f809109')}"

EVALUATION = f"evaluation-{UUID('0195c5e0-1a2b-7b3c-8c4d-5d6e7f80910d')}"

SAMPLES: tuple[tuple[str, Event], ...] = (
    (
        EVALUATION,
        LessonRecorded(
            by=CLINIC, lesson=LESSON, kind="wrong", what=Sealed(MEALS), why=Sealed(WORDS)
        ),
    ),
    (EVALUATION, LessonShared(by=CLINIC, lesson=LESSON, to="public")),
    (
        CONTRIBUTION,
        ContributionRecorded(
            by=CLINIC,
            of=CLINIC,
            role=Role.DRAFTING,
            degree=Degree.LEAD,
            about=("meetings/98123",),
            what=Sealed(WORDS),
        ),
    ),
    (CONTRIBUTION, ContributionConfirmed(by=UNION)),
    (CONTRIBUTION, ContributionDeclined(by=CLINIC)),
    (
        WIN,
        WinDeclared(
            title=Sealed(MEALS), size="major", decisions=(DECISION,), objectives=(OBJECTIVE,)
        ),
    ),
    (
        WIN,
        CreditAssigned(
            by=UNION,
            credit=THANKS,
            to=CLINIC,
            role=Role.DRAFTING,
            degree=Degree.LEAD,
            basis="evidence",
            contributions=(DEED,),
        ),
    ),
    (WIN, CreditAccepted(credit=THANKS)),
    (WIN, CreditWaived(credit=THANKS)),
    (
        WIN,
        CreditCorrected(
            credit=THANKS,
            role=Role.RESEARCH,
            degree=Degree.EQUAL,
            reason=Sealed(Text(lang="en", text="The union wrote it together with us.")),
            dispute=DISPUTE,
        ),
    ),
    (
        WIN,
        LatecomerWelcomed(
            external=Sealed(Text(lang="en", text="The catering company")),
            from_=Sealed(Text(lang="en", text="Too expensive.")),
            now=Sealed(Text(lang="en", text="Good for everybody.")),
            target=TARGET,
        ),
    ),
    (WIN, WinAnnounced(uncredited=(UNION, SCHOOL), audience_="public")),
    (WIN, WinCelebrated(on=date(2026, 5, 1), orgs=(CLINIC, UNION))),
    (LOSS, LossAcknowledged(title=Sealed(MEALS), decisions=(DECISION,), objectives=())),
)
