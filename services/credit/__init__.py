"""credit: who contributed, who says so, and who is thanked for what came of it.

Owns: contributions, wins and losses, credit (which is not rival: K4), claims and statements of it,
    disputes, shares of money, lessons, metrics, evaluations, stories.
Publishes: ContributionRecorded, ContributionConfirmed, ContributionDeclined, WinDeclared,
    LossAcknowledged, CreditAssigned, CreditAccepted, CreditWaived, CreditCorrected,
    LatecomerWelcomed, WinAnnounced, WinCelebrated, LessonRecorded, LessonShared, CreditClaimed,
    ClaimReviewed, AttributionStatementDrafted, AttributionStatementApproved,
    AttributionStatementReleased, CreditDisputed, CreditDisputeMediated, CreditDisputeResolved,
    SharesAllocated, ImpactMetricDefined, ImpactMetricRecorded, ObjectiveAssessed,
    EvaluationAnswered, RetrospectiveHeld, BenefitArticulated, StoryRecorded.
Hears: from members who is here and may act, who consents to what, in which stage of its life the
    coalition is, and what it is found under; from meetings what was decided and done.
Never: a sum, a balance or a rank of credit (K6).
"""
