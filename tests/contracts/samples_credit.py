"""One event of each type of credit, with fixed values: what the golden files are made from."""

from datetime import date
from uuid import UUID

from services.credit.domain.answer import (
    BenefitArticulated,
    EvaluationAnswered,
    ObjectiveAssessed,
    RetrospectiveHeld,
)
from services.credit.domain.attribution import (
    AttributionStatementApproved,
    AttributionStatementDrafted,
    AttributionStatementReleased,
)
from services.credit.domain.claim import ClaimReviewed, CreditClaimed
from services.credit.domain.conflict import Conflict
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
from services.credit.domain.dispute import (
    CreditDisputed,
    CreditDisputeMediated,
    CreditDisputeResolved,
)
from services.credit.domain.fact import Stated
from services.credit.domain.ids import (
    ConsentId,
    ContributionId,
    CreditId,
    DecisionId,
    DisputeId,
    LessonId,
    MetricId,
    ObjectiveId,
    OrgId,
    PersonId,
    TargetId,
    WinId,
)
from services.credit.domain.lesson import LessonRecorded, LessonShared
from services.credit.domain.metric import ImpactMetricDefined, ImpactMetricRecorded
from services.credit.domain.roles import Degree, Role
from services.credit.domain.shares import Share, SharesAllocated
from services.credit.domain.story import StoryRecorded
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

CLAIM = f"claim-{UUID('0195c5e0-1a30-7b40-8c50-5d6e7f809110')}"
STATEMENT = f"attribution-{UUID('0195c5e0-1a31-7b41-8c51-5d6e7f809111')}"
RAISED = f"dispute-{DISPUTE}"
METRIC = f"metric-{UUID('0195c5e0-1a33-7b43-8c53-5d6e7f809113')}"
STORY = f"story-{UUID('0195c5e0-1a34-7b44-8c54-5d6e7f809114')}"
COUNTED = MetricId(UUID("0195c5e0-1a33-7b43-8c53-5d6e7f809113"))
TOLD = PersonId(UUID("0195c5e0-1a35-7b45-8c55-5d6e7f809115"))
AGREED = ConsentId(UUID("0195c5e0-1a36-7b46-8c56-5d6e7f809116"))
SHARES = f"shares-{UUID('0195c5e0-1a32-7b42-8c52-5d6e7f809112')}"
LED = Stated(kind="contribution", id=DEED, role=Role.DRAFTING, degree=Degree.LEAD, disputed=False)

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
    (
        CLAIM,
        CreditClaimed(
            by=CLINIC,
            audience_="funders",
            text=Sealed(WORDS),
            facts=(
                LED,
                Stated(
                    kind="decision",
                    id=DECISION,
                    role=Role.LOBBYING,
                    degree=Degree.LEAD,
                    disputed=True,
                ),
            ),
        ),
    ),
    (
        CLAIM,
        ClaimReviewed(matches=(0,), conflicts=(Conflict(fact=1, with_="credit/98130"),)),
    ),
    (
        STATEMENT,
        AttributionStatementDrafted(
            by=CLINIC,
            version=1,
            win=WinId(UUID("0195c5e0-1a26-7b37-8c48-5d6e7f809108")),
            audience_="funders",
            text=Sealed(WORDS),
            facts=(LED,),
        ),
    ),
    (STATEMENT, AttributionStatementApproved(by=UNION, version=1)),
    (
        STATEMENT,
        AttributionStatementReleased(version=1, text=WORDS.digest(), unilateral=False),
    ),
    (
        RAISED,
        CreditDisputed(
            by=UNION,
            about="credit/98127",
            grounds=Sealed(Text(lang="en", text="We wrote it together.")),
            requested=Sealed(Text(lang="en", text="Say that both of us wrote it.")),
            due=date(2026, 6, 1),
            parties=(CLINIC, UNION),
            facts=(LED.plain,),
            credit=THANKS,
        ),
    ),
    (RAISED, CreditDisputeMediated(mediator=SCHOOL)),
    (
        RAISED,
        CreditDisputeResolved(
            result="agreed_wording",
            wording=Sealed(Text(lang="en", text="The clinic and the union wrote it.")),
        ),
    ),
    (
        SHARES,
        SharesAllocated(
            pot=Sealed(Text(lang="en", text="The grant for the second year.")),
            shares=(
                Share(org=CLINIC, basis_points=6_000),
                Share(org=UNION, basis_points=4_000),
            ),
            decision="meetings/98123",
        ),
    ),
    (
        EVALUATION,
        ObjectiveAssessed(
            by=CLINIC,
            objective=OBJECTIVE,
            met="partly",
            as_intended=True,
            why=Sealed(Text(lang="en", text="Two of three schools take part.")),
        ),
    ),
    (
        EVALUATION,
        EvaluationAnswered(
            by=UNION,
            done=Sealed(Text(lang="en", text="We counted every bus for a week.")),
            met_as_intended=Sealed(Text(lang="en", text="Yes, but a year later.")),
            changed=Sealed(Text(lang="en", text="The council asks us now before it decides.")),
        ),
    ),
    (EVALUATION, RetrospectiveHeld(by=UNION, on=date(2026, 5, 4), orgs=(CLINIC, UNION))),
    (
        EVALUATION,
        BenefitArticulated(
            by=SCHOOL,
            benefit=Sealed(Text(lang="en", text="A van that we could never have paid for.")),
            relationships=Sealed(Text(lang="en", text="We know whom to call at the clinic.")),
        ),
    ),
    (
        METRIC,
        ImpactMetricDefined(
            by=CLINIC,
            name=Sealed(Text(lang="en", text="Meals served")),
            unit="meals",
            kind="counter",
            source=Sealed(Text(lang="en", text="The kitchen's list, every Friday.")),
        ),
    ),
    (METRIC, ImpactMetricRecorded(by=CLINIC, value=412, on=date(2026, 5, 8), corrects=None)),
    (
        STORY,
        StoryRecorded(
            by=CLINIC,
            text=Sealed(Text(lang="en", text="I had not eaten at noon for years."), about=TOLD),
            consent=AGREED,
            metrics=(COUNTED,),
        ),
    ),
)
