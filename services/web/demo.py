"""The demo's accounts: offered as buttons, to browsers on this machine and nobody else."""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address

from fastapi import Request

from services.web.answers import Answer

THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})


class Account(Answer):
    """Somebody the demo made up."""

    subject: str
    name: str
    role: str = ""


@dataclass(frozen=True)
class DemoAccounts:
    """The accounts of `accord up --demo`; empty everywhere else."""

    accounts: Sequence[Account] = ()

    def offered_to(self, request: Request) -> Sequence[Account]:
        """Return the accounts this browser may use.

        The host's name is asked for too: a foreign page that lets its own name point here would
        otherwise reach them.
        """
        here = request.client is not None and _loopback(request.client.host)
        return self.accounts if here and request.url.hostname in THIS_MACHINE else ()


def _loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
