"""credit: who contributed, who says so, and who is thanked for what came of it.

Owns: contributions, wins and losses, credit (which is not rival: K4).
Publishes: ContributionRecorded, ContributionConfirmed, ContributionDeclined, WinDeclared,
    LossAcknowledged, CreditAssigned, CreditAccepted, CreditWaived, CreditCorrected,
    LatecomerWelcomed, WinAnnounced, WinCelebrated.
Hears: from members who is here and may act; from meetings what was decided and done.
Never: a sum, a balance or a rank of credit (K6).
"""
