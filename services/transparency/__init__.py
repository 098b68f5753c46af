"""transparency: what was recorded, as reports whose every figure leads back to its events.

Owns: which reports left with their proof, and what they disclosed (schema `release`). All its other
    rows are folded from the journals and can be dropped and rebuilt at will.
Publishes: nothing; it has no journal and no commands.
Hears: every event of members, meetings and credit.
Keeps true (T1 to T3): the same positions and audience give the same bytes; each figure names its
    events, or their count and root; what is left out is counted by reason.
"""
