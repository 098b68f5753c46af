"""Assemble meetings, and run it: `python -m services.meetings`."""

from services.meetings import api, views
from services.meetings.domain import (
    campaign,
    concern,
    demand,
    disclosure,
    flag,
    frontline,
    meeting,
    message,
    next_step,
    pilot,
    policy,
    practice,
    proposal,
    report,
    rule,
    series,
    workstream,
)
from services.meetings.inbox import from_members
from services.meetings.timers import TIMERS
from shared.database import Script
from shared.service import Service, run
from shared.service import policy as allowed

PACKAGE = "services.meetings"

service = Service(
    "meetings",
    router=api.router,
    policy=allowed(PACKAGE),
    deciders=(
        disclosure.decider,
        campaign.decider,
        concern.decider,
        demand.decider,
        flag.decider,
        frontline.decider,
        meeting.decider,
        message.decider,
        report.decider,
        rule.decider,
        proposal.decider,
        next_step.decider,
        series.decider,
        pilot.decider,
        policy.decider,
        practice.decider,
        workstream.decider,
    ),
    folds=views.FOLDS,
    imports=api.IMPORTS,
    subscriptions=(from_members,),
    projection=views.projection,
    mandates=views.mandates,
    timers=TIMERS,
    erased=views.erased,
    sql=(Script(PACKAGE, "inbox.sql"), Script(PACKAGE, "box.sql")),
    tables=Script(PACKAGE, "views.sql"),
)

if __name__ == "__main__":
    run(service)
