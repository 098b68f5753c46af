"""Assemble audit, and run it: `python -m services.audit`."""

from urllib.parse import urlsplit

from services.audit.api import files, logs
from services.audit.inbox import SOURCES, Intake
from services.audit.sealer import Sealer
from services.audit.signing import SignerClient
from services.audit.witnesses import Witnesses
from shared.database import Script
from shared.service import Service, Together, Tools, policy, run
from shared.settings import BadSettings, Settings, needed
from shared.tlog.encoding import Unreadable
from shared.tlog.policy import Policy

PACKAGE = "services.audit"


def working(tools: Tools) -> Together:
    """Return what seals the logs and asks their witnesses, as the settings say."""
    return Together(sealer(tools), Witnesses(tools.app, tools.watch, policy_in(tools.settings)))


def policy_in(settings: Settings) -> Policy:
    """Return the policy that names the witnesses; without a file there are none.

    Raises:
        BadSettings: it cannot be read.
    """
    path = settings.audit.policy_file
    try:
        return Policy.parse(path.read_bytes() if path else b"quorum none\n")
    except (OSError, Unreadable) as error:
        raise BadSettings(f"The policy in {path} cannot be used: {error}") from error


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
    works=working,
    sql=(Script(PACKAGE, "log.sql"),),
    grants=(
        "grant usage on schema log to {app}, {relay}",
        "grant select, insert on all tables in schema log to {app}",
        "grant update on log.log, log.checkpoint, log.cosignature to {app}",
        "grant select on all tables in schema log to {relay}",
    ),
)

if __name__ == "__main__":
    run(service)
