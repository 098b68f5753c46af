"""Members, assembled. `python -m services.members` runs it; `… migrate` makes its tables."""

from services.members import api, inbox
from services.members.domain import (
    accreditation,
    body,
    bottomline,
    capacity,
    circle,
    coalition,
    conflict,
    constituency,
    exchange,
    issue,
    membership,
    mentorship,
    person,
    relationship,
    threat,
)
from services.members.timers import TIMERS
from services.members.views import facts, queries, tables
from shared.database import Script
from shared.service import Service, policy, run

service = Service(
    "members",
    router=api.router,
    everywhere=api.everywhere,
    policy=policy("services.members"),
    deciders=(
        coalition.decider,
        membership.decider,
        accreditation.decider,
        body.decider,
        issue.decider,
        person.decider,
        threat.decider,
        conflict.decider,
        relationship.decider,
        capacity.decider,
        exchange.decider,
        bottomline.decider,
        constituency.decider,
        circle.decider,
        mentorship.decider,
    ),
    folds=(facts.ROLL, facts.COMPROMISES),
    imports=api.IMPORTS,
    subscriptions=(inbox.from_meetings, inbox.from_credit),
    projection=tables.projection,
    mandates=facts.mandates,
    find=queries.find,
    addresses=frozenset({"CoalitionFormed"}),
    timers=TIMERS,
    erased=facts.erased,
    confirm=api.confirm_erasure,
    sql=(Script("services.members", "inbox.sql"),),
    tables=Script("services.members", "views.sql"),
)

if __name__ == "__main__":
    run(service)
