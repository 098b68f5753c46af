"""One event of each type of members, with fixed values: what the golden files are made from."""

from datetime import UTC, date, datetime
from uuid import UUID

from services.members.domain.accreditation import (
    AccreditationEnded,
    ProxyGranted,
    ProxyRevoked,
    RepresentativeAccredited,
    RepresentativeReplaced,
)
from services.members.domain.body import (
    BodyConstituted,
    BodyDissolved,
    BodyMandateChanged,
    RoleReleased,
    RoleTaken,
    SeatFilled,
    SeatReserved,
    SeatVacated,
)
from services.members.domain.bottomline import (
    BottomLineDeclared,
    CompromiseAgreed,
    CompromiseId,
    Range,
)
from services.members.domain.capacity import CapacityPledged, CapacityReviewed, StrengthDeclared
from services.members.domain.circle import CircleClosed, CircleOpened
from services.members.domain.coalition import (
    BoundaryAgreed,
    CoalitionAdjourned,
    CoalitionFormed,
    CoalitionListed,
    ContextShiftNoted,
    DecisionStructurePublished,
    GroundRulesAdopted,
    NorthStarAdopted,
    OperatingModeSet,
    ReviewClosed,
    ReviewOpened,
    ScenarioAgreed,
    ScopeSet,
    StageEntered,
    TermDefined,
    Weekly,
)
from services.members.domain.conflict import ConflictAreaNamed, TurfConcernRaised, TurfSettled
from services.members.domain.constituency import (
    ConstituencyIdentified,
    ConstituencyRepresented,
    ListeningSessionHeld,
    OutreachMade,
    RepresentationReviewed,
)
from services.members.domain.exchange import (
    MatchId,
    ResourceDelivered,
    ResourceMatched,
    ResourceOffered,
    ResourceRequested,
)
from services.members.domain.ids import (
    AccId,
    BodyId,
    BreachId,
    ConsentId,
    ConstituencyId,
    GoalId,
    IssueId,
    OrgId,
    PersonId,
    ProxyId,
    ReviewId,
    ScenarioId,
    SeatId,
    TermId,
)
from services.members.domain.issue import (
    AgreedToDisagree,
    DisagreementReopened,
    IssueRaised,
    IssueScoped,
    LeadAssigned,
    LeadYielded,
    MessengerChosen,
    PositionChanged,
    PositionTaken,
)
from services.members.domain.membership import (
    AlignmentStated,
    CommitmentLevelSet,
    DecisionStructureAcknowledged,
    GroundRulesAccepted,
    InterestStated,
    InternalBriefingHeld,
    InvolvementLevelSet,
    MemberInvited,
    MemberJoined,
    MemberLeft,
    MemberReinstated,
    MembershipApplied,
    MembershipDeclined,
    MemberSuspended,
    NeedStated,
    PointPersonNamed,
    RelatedOrganizationDeclared,
)
from services.members.domain.mentorship import (
    Mentee,
    MentorshipEnded,
    MentorshipSessionLogged,
    MentorshipStarted,
)
from services.members.domain.person import (
    ConsentGiven,
    ConsentWithdrawn,
    ErasureReceiptIssued,
    ErasureRequested,
    GrowthGoalReached,
    GrowthGoalSet,
    PersonErased,
    PersonRegistered,
    WellbeingPulseSubmitted,
)
from services.members.domain.relationship import (
    AmendsAccepted,
    AmendsOffered,
    BoundaryBreachReported,
    HistoricTensionRecorded,
    TouchpointLogged,
    TrustPulseSubmitted,
    key_of,
)
from services.members.domain.threat import ThreatIdentified, ThreatRetired, ThreatShared
from shared.event import Event, Sealed, Text

COALITION = UUID("0195a3c2-6f10-7c44-9b1e-5d2a8c7f3e01")
CLINIC = OrgId(UUID("0195a3c2-7d90-7e11-8f02-3b4c5d6e7f80"))
SCHOOL = OrgId(UUID("0195a3c2-7d91-7e12-8f03-3b4c5d6e7f81"))
ANA = PersonId(UUID("0195a3c2-a043-7d54-9c35-6e7f80911223"))
BO = PersonId(UUID("0195a3c2-a044-7d55-9c36-6e7f80911224"))
PLENARY = BodyId(UUID("0195a3c2-b100-7a01-8b02-0c0d0e0f1011"))
GROUP = BodyId(UUID("0195a3c2-b101-7a02-8b03-0c0d0e0f1012"))
FIRST = AccId(UUID("0195a3c4-22cc-7f33-8e44-be0d9c8b7a61"))
SECOND = AccId(UUID("0195a3c4-22cd-7f34-8e45-be0d9c8b7a62"))
MEALS = IssueId(UUID("0195a3d0-44ee-7b55-a066-d02fbeadc083"))
PARENTS = ConstituencyId(UUID("0195a3d0-55ff-7c66-a177-e13fcfbed194"))
SEAT = SeatId(UUID("0195a3d0-6600-7d77-a288-f240d0cfe2a5"))
PROXY = ProxyId(UUID("0195a3d0-7711-7e88-b399-0351e1d0f3b6"))
BREACH = BreachId(UUID("0195a3d0-7711-7e88-a399-0351e1d0f3b6"))
CONSENT = ConsentId(UUID("0195a3d0-7711-7e88-a399-0351e1d0f3b6"))
SCENARIO = ScenarioId(UUID("0195a3d0-7712-7e89-a39a-0351e1d0f3b7"))
REVIEW = ReviewId(UUID("0195a3d0-7713-7e8a-a39b-0351e1d0f3b8"))
GOAL = GoalId(UUID("0195a3d0-8822-7f99-a4aa-1462f2e104c7"))
ON = date(2026, 3, 12)
NAME = Text(lang="en", text="Clinic on Hill Street")
WHY = Text(lang="en", text="Children miss school when they are ill.")

CHARTER, PERSON = f"coalition-{COALITION}", f"person-{ANA}"
MEMBERSHIP, ACCREDITATIONS = f"membership-{CLINIC}", f"accreditation-{CLINIC}"
BODY, ISSUE = f"body-{GROUP}", f"issue-{MEALS}"
THREAT = "threat-0195a3d0-8822-7f99-a4aa-1462f2e104c7"
CONFLICT = "conflict-0195a3d0-9933-7faa-a5bb-257303f215d8"
RELATIONSHIP, FOR_TWO = f"relationship-{key_of(CLINIC, SCHOOL)}", (str(CLINIC), str(SCHOOL))

SCHOOL = OrgId(UUID("0195a3c2-7d91-7e12-8f03-3b4c5d6e7f81"))
MATCH = MatchId(UUID("0195a3d0-7711-7e88-a399-0351e1d0f3b6"))
RENT, STREETS = (
    TermId(UUID("0195a3d0-8822-7f99-a4aa-1462f2e1a4c7")),
    TermId(UUID("0195a3d0-8823-7f9a-a4ab-1462f2e1a4c8")),
)
COMPROMISE = CompromiseId(UUID("0195a3d0-9933-70aa-a5bb-2573a3f2b5d8"))
CAPACITY, LINES = f"capacity-{CLINIC}", f"bottomline-{CLINIC}"
EXCHANGE = f"exchange-{UUID('0195a3d0-aa44-71bb-a6cc-3684b403c6e9')}"
CONSTITUENCY = f"constituency-{PARENTS}"
CIRCLE = "circle-0195a3d0-7701-7e88-8399-0351e1d0f3b6"
MENTORSHIP = "mentorship-0195a3d0-8802-7f99-84aa-1462f2e1a4c7"

SAMPLES: tuple[tuple[str, Event], ...] = (
    (
        CHARTER,
        CoalitionFormed(
            slug="school-health",
            template="alliance",
            name=Sealed(Text(lang="en", text="School Health Alliance")),
        ),
    ),
    (CHARTER, OperatingModeSet(mode="formal")),
    (CHARTER, CoalitionListed(topics=("health", "school"), contact=Sealed(NAME))),
    (CHARTER, NorthStarAdopted(version=1, text=Sealed(WHY), decision="meetings/7")),
    (CHARTER, ScopeSet(max_members=30, regions=("north",), interest_required=True)),
    (
        CHARTER,
        ScenarioAgreed(
            by=CLINIC, scenario=SCENARIO, kind="worst", parties=(CLINIC, SCHOOL), text=Sealed(WHY)
        ),
    ),
    (CHARTER, GroundRulesAdopted(version=2, text=Sealed(WHY))),
    (
        CHARTER,
        BoundaryAgreed(
            version=1,
            defaults={"concern": "body", "tension": "dyad"},
            min_group=5,
            text=Sealed(WHY),
            decision="meetings/8",
        ),
    ),
    (
        CHARTER,
        DecisionStructurePublished(version=1, bodies=(PLENARY, GROUP), text=Sealed(WHY)),
    ),
    (
        CHARTER,
        TermDefined(
            term=TermId(UUID("0195a3d0-8822-7f99-a4aa-1462f2e1a4c7")),
            name=Sealed(Text(lang="en", text="Rent a month")),
            min=100,
            max=900,
            unit="euro",
        ),
    ),
    (CHARTER, StageEntered(stage="norming", reason=Sealed(WHY))),
    (CHARTER, ContextShiftNoted(what=Sealed(WHY), issues=(MEALS,))),
    (
        CHARTER,
        ReviewOpened(
            review=REVIEW,
            kind="positions",
            trigger="context_shift",
            orgs=(CLINIC, SCHOOL),
            due=date(2026, 4, 11),
        ),
    ),
    (CHARTER, ReviewClosed(review=REVIEW, result="changed", note=Sealed(WHY))),
    (CHARTER, CoalitionAdjourned(reason=Sealed(WHY))),
    (MEMBERSHIP, MemberInvited(name=Sealed(NAME), why=Sealed(WHY))),
    (
        PERSON,
        PersonRegistered(
            name=Sealed(Text(lang="en", text="Ana"), ANA),
            contact=Sealed(Text(lang="en", text="ana@clinic.example"), ANA),
            locale="en",
        ),
    ),
    (PERSON, ConsentGiven(consent=CONSENT, purpose="story", until=date(2027, 3, 11))),
    (PERSON, ConsentWithdrawn(consent=CONSENT)),
    (
        PERSON,
        GrowthGoalSet(
            goal=GOAL,
            text=Sealed(Text(lang="en", text="Chair a meeting."), ANA),
            due=date(2026, 9, 30),
        ).seen_by(f"person:{ANA}"),
    ),
    (PERSON, GrowthGoalReached(goal=GOAL).seen_by(f"person:{ANA}")),
    (
        PERSON,
        WellbeingPulseSubmitted(period="2026-03", score=Sealed(4, ANA)).seen_by(f"person:{ANA}"),
    ),
    (PERSON, ErasureRequested(by=CLINIC, ground="left")),
    (PERSON, PersonErased(ground="left", approved_by=(CLINIC, SCHOOL))),
    (
        PERSON,
        ErasureReceiptIssued(services={"credit": 412, "meetings": 413, "transparency": 412}),
    ),
    (
        MEMBERSHIP,
        MembershipApplied(name=Sealed(NAME), kind="organization", sector="health", why=Sealed(WHY)),
    ),
    (MEMBERSHIP, MembershipDeclined(reason=Sealed(WHY))),
    (
        MEMBERSHIP,
        MemberJoined(
            name=Sealed(NAME),
            kind="organization",
            sector="health",
            constituencies=(PARENTS,),
            commitment="homework",
            voting_right=True,
            ground_rules=0,
        ),
    ),
    (
        MEMBERSHIP,
        AlignmentStated(brings=Sealed(NAME), problem=Sealed(WHY), goals=Sealed(WHY)),
    ),
    (MEMBERSHIP, InterestStated(mutual_benefit=Sealed(WHY), answers_to=Sealed((NAME,)))),
    (MEMBERSHIP, NeedStated(need=Sealed(WHY), stakeholders=Sealed(NAME))),
    (MEMBERSHIP, InvolvementLevelSet(phase="design", level="consult")),
    (MEMBERSHIP, GroundRulesAccepted(version=2)),
    (MEMBERSHIP, DecisionStructureAcknowledged(version=1)),
    (MEMBERSHIP, RelatedOrganizationDeclared(related=(SCHOOL,))),
    (MEMBERSHIP, PointPersonNamed(person=Sealed(ANA, ANA))),
    (MEMBERSHIP, InternalBriefingHeld(on=ON, attended=6)),
    (MEMBERSHIP, CommitmentLevelSet(level="voice_only", reason=Sealed(WHY))),
    (MEMBERSHIP, MemberSuspended(reason=Sealed(WHY), decision="meetings/41")),
    (MEMBERSHIP, MemberReinstated(reason=Sealed(WHY), decision="meetings/42")),
    (MEMBERSHIP, MemberLeft(reason_code="capacity", note=Sealed(WHY))),
    (
        ACCREDITATIONS,
        RepresentativeAccredited(
            accreditation=FIRST,
            body=PLENARY,
            person=Sealed(ANA, ANA),
            authority_="full",
            voting=True,
            executive=False,
            from_=ON,
            until=date(2027, 3, 11),
        ),
    ),
    (
        ACCREDITATIONS,
        RepresentativeReplaced(
            ended=FIRST,
            accreditation=SECOND,
            body=PLENARY,
            person=Sealed(BO, BO),
            authority_="ad_referendum",
            voting=True,
            executive=True,
            from_=ON,
        ),
    ),
    (ACCREDITATIONS, AccreditationEnded(accreditation=SECOND, reason="left_the_organisation")),
    (
        ACCREDITATIONS,
        ProxyGranted(proxy=PROXY, to=SCHOOL, body=PLENARY, from_=ON, until=date(2026, 4, 11)),
    ),
    (ACCREDITATIONS, ProxyRevoked(proxy=PROXY)),
    (
        BODY,
        BodyConstituted(
            name=Sealed(Text(lang="en", text="Meals")), kind="working_group", scope=(MEALS,)
        ),
    ),
    (BODY, BodyMandateChanged(scope="all", decision="meetings/43")),
    (BODY, SeatReserved(seat=SEAT, constituency=PARENTS)),
    (BODY, SeatFilled(seat=SEAT, org=CLINIC)),
    (BODY, SeatVacated(seat=SEAT, reason="resigned")),
    (BODY, RoleTaken(role="chair", accreditation=FIRST, until=date(2026, 12, 31))),
    (BODY, RoleReleased(role="chair", accreditation=FIRST)),
    (BODY, BodyDissolved(reason=Sealed(WHY), decision="meetings/44")),
    (
        ISSUE,
        IssueRaised(name=Sealed(Text(lang="en", text="School meals")), summary=Sealed(WHY)),
    ),
    (ISSUE, IssueScoped(scope="out", reason=Sealed(WHY))),
    (ISSUE, PositionTaken(by=CLINIC, position="can_live_with", reason=Sealed(WHY))),
    (
        ISSUE,
        PositionChanged(by=CLINIC, from_="can_live_with", to="oppose", reason=Sealed(WHY)),
    ),
    (ISSUE, AgreedToDisagree(by=CLINIC, parties=(CLINIC, SCHOOL), terms=Sealed(WHY))),
    (ISSUE, DisagreementReopened(reason=Sealed(WHY))),
    (ISSUE, LeadAssigned(lead=CLINIC)),
    (ISSUE, LeadYielded(reason=Sealed(WHY), successor=SCHOOL)),
    (ISSUE, MessengerChosen(org=CLINIC, audience_="public", person=Sealed(ANA, ANA))),
    (THREAT, ThreatIdentified(by=CLINIC, name=Sealed(WHY), issues=(MEALS,))),
    (THREAT, ThreatShared(by=SCHOOL)),
    (THREAT, ThreatRetired(reason=Sealed(WHY))),
    (CONFLICT, ConflictAreaNamed(name=Sealed(WHY), issue=MEALS, orgs=(CLINIC, SCHOOL))),
    (CONFLICT, TurfConcernRaised(by=CLINIC, domain=Sealed(WHY), with_=(SCHOOL,))),
    (CONFLICT, TurfSettled(by=CLINIC, parties=(CLINIC, SCHOOL), terms=Sealed(WHY))),
    (RELATIONSHIP, TouchpointLogged(kind="social", on=ON)),
    (
        RELATIONSHIP,
        HistoricTensionRecorded(since=date(2019, 9, 1), cause=Sealed(WHY)).seen_by(*FOR_TWO),
    ),
    (
        RELATIONSHIP,
        TrustPulseSubmitted(
            by=CLINIC,
            about=SCHOOL,
            period="2026-Q1",
            reliability=4,
            mission=3,
            openness=2,
            power=1,
            involvement=2,
            resources=3,
        ).seen_by(*FOR_TWO),
    ),
    (
        RELATIONSHIP,
        BoundaryBreachReported(
            breach=BREACH, offender=SCHOOL, kind="back_channel", what=Sealed(WHY)
        ).seen_by(*FOR_TWO),
    ),
    (RELATIONSHIP, AmendsOffered(breach=BREACH, offer=Sealed(WHY)).seen_by(*FOR_TWO)),
    (RELATIONSHIP, AmendsAccepted(breach=BREACH).seen_by(*FOR_TWO)),
    (CAPACITY, StrengthDeclared(strength="translation", note=Sealed(WHY))),
    (CAPACITY, CapacityPledged(hours_per_month=12, from_=ON, until=date(2026, 12, 31))),
    (
        CAPACITY,
        CapacityReviewed(at=datetime(2026, 3, 12, 15, 4, 5, 131_000, tzinfo=UTC), result="kept"),
    ),
    (
        EXCHANGE,
        ResourceOffered(
            by=CLINIC,
            kind="goods",
            what=Sealed(WHY),
            quantity=40,
            unit="chairs",
            until=date(2026, 12, 31),
        ),
    ),
    (
        EXCHANGE,
        ResourceRequested(
            by=SCHOOL, kind="goods", what=Sealed(WHY), quantity=30, unit="chairs", until=ON
        ),
    ),
    (
        EXCHANGE,
        ResourceMatched(by=CLINIC, match=MATCH, parties=(CLINIC, SCHOOL), quantity=30),
    ),
    (EXCHANGE, ResourceDelivered(match=MATCH, quantity=20)),
    (
        LINES,
        BottomLineDeclared(
            term=RENT,
            acceptable=Range(min=300, max=650),
            sealed=True,
            valid_until=date(2026, 12, 31),
        ).seen_by(f"org:{CLINIC}", within="dyad"),
    ),
    (
        LINES,
        CompromiseAgreed(
            compromise=COMPROMISE,
            parties=(CLINIC, SCHOOL),
            terms={RENT: Range(min=400, max=500), STREETS: ("hill_street", "main_street")},
            valid_until=date(2026, 12, 31),
        ),
    ),
    (
        CONSTITUENCY,
        ConstituencyIdentified(
            name=Sealed(Text(lang="en", text="Parents on night shifts")),
            kind="families",
            least_well_served=True,
            implementer=False,
            historically_excluded=True,
            seats_wanted=2,
        ),
    ),
    (
        CONSTITUENCY,
        ConstituencyRepresented(by=CLINIC, since=ON, until=date(2027, 3, 11)),
    ),
    (
        CONSTITUENCY,
        OutreachMade(to=Sealed(NAME), why_now=Sealed(WHY), different_now=Sealed(WHY)),
    ),
    (
        CONSTITUENCY,
        ListeningSessionHeld(on=ON, participants=12, consent=True, needs=Sealed((WHY,))),
    ),
    (
        CONSTITUENCY,
        RepresentationReviewed(
            occasion="meetings/41", required=2, present=1, consulted=True, note=Sealed(WHY)
        ),
    ),
    (CIRCLE, CircleOpened()),
    (CIRCLE, CircleClosed()),
    (
        MENTORSHIP,
        MentorshipStarted(mentor=Sealed(ANA, ANA), mentees=(Mentee(person=Sealed(BO, BO)),)),
    ),
    (MENTORSHIP, MentorshipSessionLogged(on=ON)),
    (MENTORSHIP, MentorshipEnded(reason="goal_reached")),
)
"""(stream, event), one of each type."""

GROWN: tuple[tuple[int, str, Event], ...] = (
    (
        2,
        CHARTER,
        CoalitionFormed(
            slug="hill-teachers",
            template="alliance",
            name=Sealed(WHY),
            weekly=Weekly(day="TU", at="15:30"),
        ),
    ),
    (
        2,
        CHARTER,
        NorthStarAdopted(version=2, text=Sealed(WHY), next_review=date(2027, 3, 12)),
    ),
    (
        2,
        CHARTER,
        DecisionStructurePublished(
            version=2, bodies=(PLENARY,), text=Sealed(WHY), next_review=date(2027, 3, 12)
        ),
    ),
    (
        2,
        CHARTER,
        ReviewOpened(
            review=REVIEW, kind="vision", trigger="schedule", orgs=(), due=date(2027, 4, 11)
        ),
    ),
    (
        2,
        CHARTER,
        ReviewClosed(review=REVIEW, kind="vision", result="kept", next_review=date(2028, 3, 12)),
    ),
)
"""Shapes that types have grown into since they were first shipped, with their numbers."""
