"""Members: who is at the table, for whom, with what mandate.

It owns the coalition's charter, memberships, accreditations, bodies with their seats and roles,
issues, and people. It publishes every change of them; the other services keep from that who may
act, who may decide, and on what.

It listens to meetings, for decisions that formal mode asks to be cited (M1). It answers the other
services who a signed-in person is.
"""
