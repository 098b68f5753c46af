"""The demo's accounts: offered as buttons, to browsers on this machine and nobody else."""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

from fastapi import Request
from pydantic import TypeAdapter

from services.web.answers import Answer

THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})


class Account(Answer):
    """Somebody the demo made up."""

    subject: str
    name: str
    role: str = ""


ACCOUNTS = TypeAdapter(tuple[Account, ...])


@dataclass(frozen=True)
class DemoAccounts:
    """The accounts of `accord up --demo`, in a file that the demo writes; none anywhere else."""

    file: Path | None = None

    def offered_to(self, request: Request) -> Sequence[Account]:
        """Return the accounts this browser may use.

        The host's name is asked for too: a foreign page that lets its own name point here would
        otherwise reach them.
        """
        here = request.client is not None and _loopback(request.client.host)
        if self.file is None or not here or request.url.hostname not in THIS_MACHINE:
            return ()
        return ACCOUNTS.validate_json(self.file.read_bytes()) if self.file.exists() else ()


def _loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
