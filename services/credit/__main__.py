"""Assemble credit, and run it: `python -m services.credit`."""

from services.credit import api, views
from services.credit.domain import (
    attribution,
    claim,
    contribution,
    dispute,
    evaluation,
    metric,
    shares,
    story,
    win,
)
from services.credit.inbox import from_meetings, from_members
from shared.database import Script
from shared.service import Service, policy, run

PACKAGE = "services.credit"

service = Service(
    "credit",
    router=api.router,
    everywhere=api.everywhere,
    policy=policy(PACKAGE),
    deciders=(
        contribution.decider,
        win.decider,
        evaluation.decider,
        claim.decider,
        attribution.decider,
        dispute.decider,
        shares.decider,
        metric.decider,
        story.decider,
    ),
    folds=(views.CONTRIBUTIONS, *views.FOLDS),
    imports=api.IMPORTS,
    subscriptions=(from_members, from_meetings),
    projection=views.projection,
    mandates=views.mandates,
    erased=views.erased,
    sql=(Script(PACKAGE, "inbox.sql"),),
    tables=Script(PACKAGE, "views.sql"),
)

if __name__ == "__main__":
    run(service)
