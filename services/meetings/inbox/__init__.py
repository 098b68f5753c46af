"""What meetings hears from members, and what it keeps of it (`inbox.sql`)."""

from services.meetings.inbox.bodies import BODIES
from services.meetings.inbox.constituencies import CONSTITUENCIES
from services.meetings.inbox.issues import ISSUES
from services.meetings.inbox.lines import LINES
from services.meetings.inbox.organisations import ORGANISATIONS
from services.meetings.inbox.people import PEOPLE
from shared.inbox import Subscription

from_members = Subscription(
    "members",
    reader="meetings-keeps-the-roll",
    hears=(*ORGANISATIONS, *CONSTITUENCIES, *PEOPLE, *BODIES, *ISSUES, *LINES),
    ignores=frozenset(
        {
            "AlignmentStated",
            "AmendsAccepted",
            "AmendsOffered",
            "BoundaryBreachReported",
            "CapacityReviewed",
            "CircleClosed",
            "CircleOpened",
            "CoalitionAdjourned",
            "CoalitionListed",
            "ConflictAreaNamed",
            "ConsentGiven",
            "ConsentWithdrawn",
            "ContextShiftNoted",
            "DecisionStructureAcknowledged",
            "ErasureReceiptIssued",
            "ErasureRequested",
            "FieldRedacted",
            "GroundRulesAccepted",
            "GroundRulesAdopted",
            "GrowthGoalReached",
            "GrowthGoalSet",
            "HistoricTensionRecorded",
            "InterestStated",
            "InternalBriefingHeld",
            "ListeningSessionHeld",
            "MemberInvited",
            "MembershipApplied",
            "MembershipDeclined",
            "MentorshipEnded",
            "MentorshipSessionLogged",
            "MentorshipStarted",
            "MessengerChosen",
            "NeedStated",
            "NorthStarAdopted",
            "OutreachMade",
            "PointPersonNamed",
            "PositionChanged",
            "PositionTaken",
            "RepresentationReviewed",
            "ResourceDelivered",
            "ResourceMatched",
            "ResourceOffered",
            "ResourceRequested",
            "ReviewClosed",
            "ReviewOpened",
            "ScenarioAgreed",
            "ScopeSet",
            "SeatReserved",
            "StageEntered",
            "StrengthDeclared",
            "ThreatIdentified",
            "ThreatRetired",
            "ThreatShared",
            "TouchpointLogged",
            "TrustPulseSubmitted",
            "TurfConcernRaised",
            "TurfSettled",
            "WellbeingPulseSubmitted",
        }
    ),
)

__all__ = ["from_members"]
