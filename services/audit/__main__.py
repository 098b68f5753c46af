"""Assemble audit, and run it: `python -m services.audit`."""

from urllib.parse import urlsplit

from services.audit.api import files, logs
from services.audit.inbox import SOURCES, Intake
from services.audit.sealer import Sealer
from services.audit.signing import SignerClient
from shared.database import Script
from shared.service import Service, Tools, policy, run
from shared.settings import needed

PACKAGE = "services.audit"


def sealer(tools: Tools) -> Sealer:
    """Return what seals the logs, with the signer that the settings name."""
    settings = tools.settings
    socket = needed(settings.signer.socket, "ACCORD_SIGNER__SOCKET")
    public = urlsplit(needed(settings.public_url, "ACCORD_PUBLIC_URL"))
    host = f"{public.netloc}{public.path.rstrip('/')}/audit"
    return Sealer(tools.app, tools.watch, SignerClient(socket), host, settings.audit.seal_every_s)


service = Service(
    "audit",
    router=logs.router,
    policy=policy(PACKAGE),
    open=files.router,
    subscriptions=tuple(Intake(source) for source in SOURCES),
    works=sealer,
    sql=(Script(PACKAGE, "log.sql"),),
    grants=(
        "grant usage on schema log to {app}, {relay}",
        "grant select, insert on all tables in schema log to {app}",
        "grant update on log.log, log.checkpoint to {app}",
        "grant select on all tables in schema log to {relay}",
    ),
)

if __name__ == "__main__":
    run(service)
