"""credit: who contributed, who says so, and who is thanked for what came of it.

Owns: contributions, wins and losses, credit (which is not rival: K4), claims and statements of it,
    disputes, shares of money, lessons.
Publishes: ContributionRecorded, ContributionConfirmed, ContributionDeclined, WinDeclared,
    LossAcknowledged, CreditAssigned, CreditAccepted, CreditWaived, CreditCorrected,
    LatecomerWelcomed, WinAnnounced, WinCelebrated, LessonRecorded, LessonShared, CreditClaimed,
    ClaimReviewed, AttributionStatementDrafted, AttributionStatementApproved,
    AttributionStatementReleased, CreditDisputed, CreditDisputeMediated, CreditDisputeResolved,
    SharesAllocated.
Hears: from members who is here and may act, and what the coalition is found under; from meetings
    what was decided and done.
Never: a sum, a balance or a rank of credit (K6).
"""
