"""meetings: how the coalition speaks, decides and follows through.

Owns: meetings with agenda, attendance and minutes; decision rules; proposals with their votings,
    stances, ballots, sense checks, objections and decisions; next steps; campaigns with their
    objectives and workstreams, and demands to offices; shared policies, questions of practice,
    ideas and pilots; concerns, and beside the journal who raised one anonymously; reports that were
    issued, and answers to flags; what is settled at the front line, and by which mandate.
Publishes: MeetingScheduled … MeetingClosed, DecisionRuleAdopted, ProposalDrafted … DecisionMade,
    NextStepProposed … NextStepCompleted; all of them are in `docs/events.md`.
Hears: from members who is at the table, who may act for whom, and which issues a body decides.
Never: a vote of somebody who was not entitled when voting opened, or a result that its stream
    does not give again.
"""
