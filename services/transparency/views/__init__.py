"""The three journals as append-only rows, and the questions that reports ask of them."""

from services.transparency.views import credit, events, names, proposals, recounts, steps

LETS_PASS = frozenset(
    {
        # members
        "AccreditationEnded",
        "AgreedToDisagree",
        "BodyDissolved",
        "BodyMandateChanged",
        "DisagreementReopened",
        "IssueScoped",
        "LeadAssigned",
        "LeadYielded",
        "MessengerChosen",
        "PersonRegistered",
        "PositionChanged",
        "PositionTaken",
        "ProxyGranted",
        "ProxyRevoked",
        "RepresentativeAccredited",
        "RepresentativeReplaced",
        "RoleReleased",
        "RoleTaken",
        "SeatFilled",
        "SeatReserved",
        "SeatVacated",
        # meetings
        "AgendaItemProposed",
        "AgendaPublished",
        "AttendanceRecorded",
        "DecisionRuleAdopted",
        "DecisionRuleRetired",
        "DepartureRecorded",
        "FacilitatorAppointed",
        "MeetingCancelled",
        "MeetingOpened",
        "MeetingRescheduled",
        "MinutesApproved",
        "MinutesCorrected",
        "MinutesDrafted",
        "QuorumEstablished",
        "QuorumLost",
        # credit
        "LatecomerWelcomed",
        "WinAnnounced",
        "WinCelebrated",
    }
)

projection = recounts.Counting(
    "transparency-reports-v1",
    sources=events.SERVICES,
    tables=(
        events.EVENT,
        names.NAME,
        names.CHARTER,
        names.MEMBERSHIP,
        proposals.PROPOSAL,
        proposals.VOTING,
        proposals.STANCE,
        proposals.MOMENT,
        proposals.DECISION,
        recounts.RECOUNT,
        steps.STEP,
        steps.CLOSING,
        credit.CONTRIBUTION,
        credit.CREDIT,
    ),
    rows=names.ROWS | proposals.ROWS | steps.ROWS | credit.ROWS,
    lets_pass=LETS_PASS,
    each=events.every,
)
