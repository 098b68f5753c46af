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
)

if __name__ == "__main__":
    run(service)
