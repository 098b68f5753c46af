"""What meetings hears from members, and what it keeps of it (`inbox.sql`)."""

from services.meetings.inbox.bodies import BODIES
from services.meetings.inbox.issues import ISSUES
from services.meetings.inbox.organisations import ORGANISATIONS
from services.meetings.inbox.people import PEOPLE
from shared.inbox import Subscription

from_members = Subscription(
    "members",
    reader="meetings-keeps-the-roll",
    hears=(*ORGANISATIONS, *PEOPLE, *BODIES, *ISSUES),
    ignores=frozenset(
        {
            "AmendsAccepted",
            "AmendsOffered",
            "BottomLineDeclared",
            "BoundaryBreachReported",
            "CapacityPledged",
            "CapacityReviewed",
            "CircleClosed",
            "CircleOpened",
            "CompromiseAgreed",
            "ConflictAreaNamed",
            "ConsentGiven",
            "ConsentWithdrawn",
            "ConstituencyIdentified",
            "ConstituencyRepresented",
            "GrowthGoalReached",
            "GrowthGoalSet",
            "HistoricTensionRecorded",
            "LeadAssigned",
            "LeadYielded",
            "ListeningSessionHeld",
            "MembershipApplied",
            "MembershipDeclined",
            "MentorshipEnded",
            "MentorshipSessionLogged",
            "MentorshipStarted",
            "MessengerChosen",
            "OutreachMade",
            "PositionChanged",
            "PositionTaken",
            "ProxyGranted",
            "ProxyRevoked",
            "RepresentationReviewed",
            "ResourceDelivered",
            "ResourceMatched",
            "ResourceOffered",
            "ResourceRequested",
            "SeatReserved",
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
