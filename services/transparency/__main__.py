"""Assemble transparency, and run it: `python -m services.transparency`."""

from services.transparency import api, views
from shared.database import Script
from shared.service import Service, policy, run

PACKAGE = "services.transparency"

service = Service(
    "transparency",
    router=api.router,
    policy=policy(PACKAGE),
    projection=views.projection,
    tables=Script(PACKAGE, "views.sql"),
    sql=(Script(PACKAGE, "released.sql"),),
    grants=(
        "grant usage on schema release to {app}, {relay}",
        "grant insert on all tables in schema release to {app}",
        "grant select on all tables in schema release to {relay}",
    ),
)

if __name__ == "__main__":
    run(service)
