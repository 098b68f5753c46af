"""The policy: which witnesses are asked, and how many of them are enough."""

from urllib.parse import urlsplit

from services.audit.views.served import Log
from shared.settings import BadSettings, Settings, needed
from shared.tlog.about import About
from shared.tlog.encoding import Unreadable
from shared.tlog.policy import Policy

NOBODY = b"quorum none\n"


def policy_file(settings: Settings) -> bytes:
    """Return the policy that names the witnesses; without a file there are none.

    Raises:
        BadSettings: it cannot be read.
    """
    path = settings.audit.policy_file
    try:
        raw = path.read_bytes() if path else NOBODY
        Policy.parse(raw)
    except (OSError, Unreadable) as error:
        raise BadSettings(f"The policy in {path} cannot be used: {error}") from error
    return raw


def host_of_logs(settings: Settings) -> str:
    """Return what the origins of logs here begin with.

    Raises:
        BadSettings: it is not known where people reach this.
    """
    public = urlsplit(needed(settings.public_url, "ACCORD_PUBLIC_URL"))
    return f"{public.netloc}{public.path.rstrip('/')}/audit"


def expected(settings: Settings) -> frozenset[str]:
    """Return the logs of this host that the policy names: they cannot be missing unnoticed."""
    logs = Policy.parse(policy_file(settings)).logs
    here = f"{host_of_logs(settings)}/c/"
    return frozenset(each.key.name for each in logs if each.key.name.startswith(here))


def policy_of(log: Log, url: str, raw: bytes) -> bytes:
    """Return a policy with the lines of a log before it, where it does not name that itself.

    Args:
        url: Where the log shows itself.
    """
    named = {each.key.name for each in Policy.parse(raw).logs}
    if log.about is None or log.origin in named:
        return raw
    return About.parse(log.about.text).in_policy(url).encode() + raw
