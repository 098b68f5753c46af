"""What the services are told: addresses with `{service}` in them, and files of secrets."""

import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import accord
from shared.settings import PLACEHOLDER, Settings

IN_ADDRESS = {"user", "password", "passfile", "dbname", "database"}
LONGEST_SOCKET = 100  # bytes; systems end between 103 and 107
CHECKOUT = Path(accord.__file__).parent.parent


@dataclass(frozen=True)
class Database:
    """A PostgreSQL server as its superuser reaches it."""

    dsn: str
    password_file: Path | None

    def dsn_for(self, role: str, database: str) -> str:
        """Address another role and database of the same server, without a password."""
        parts = urlsplit(self.dsn)
        host = parts.netloc.rpartition("@")[2]
        query = [pair for pair in parse_qsl(parts.query) if pair[0] not in IN_ADDRESS]
        return urlunsplit((parts.scheme, f"{role}@{host}", f"/{database}", urlencode(query), ""))


def of_services(
    settings: Settings, data: Path, database: Database, nats_url: str, *, demo: bool
) -> dict[str, str]:
    """Return the environment of `python -m services`."""
    secrets, port = data / "secrets", settings.http.port
    role = f"accord_{PLACEHOLDER}"
    told: dict[str, object] = {
        "DATA": data,
        "DEMO": "true" if demo else "false",
        "PUBLIC_URL": settings.public_url or f"http://127.0.0.1:{port}",
        "HTTP__PORT": port,
        "DATABASE__DSN": database.dsn_for(f"{role}_app", role),
        "DATABASE__PASSWORD_FILE": secrets / f"{role}_app",
        "RELAY__DSN": settings.relay.dsn or database.dsn_for(f"{role}_relay", role),
        "RELAY__PASSWORD_FILE": settings.relay.password_file or secrets / f"{role}_relay",
        "RELAY__KEY_FILE": settings.relay.key_file or secrets / f"relay_{PLACEHOLDER}",
        "KEYS__DSN": settings.keys.dsn or database.dsn_for(f"{role}_keys", f"{role}_keys"),
        "KEYS__PASSWORD_FILE": settings.keys.password_file or secrets / f"{role}_keys",
        "SIGNER__SOCKET": signer_socket(settings, data),
        "KEYS__KEK_FILE": settings.keys.kek_file or secrets / "kek",
        "NATS__URL": nats_url,
        "NATS__NKEY_SEED_FILE": seed_file(settings, data),
        "SERVICE__KEY_FILE": settings.service.key_file or secrets / f"service_{PLACEHOLDER}",
        "AUTH__KEY_FILE": settings.auth.key_file or secrets / "issuer",
        "AUTH__PEPPER_FILE": settings.auth.pepper_file or secrets / "pepper",
    }
    return {f"ACCORD_{name}": str(value) for name, value in told.items()}


def apart(told: dict[str, str], ports: Mapping[str, int]) -> dict[str, dict[str, str]]:
    """Return the environment of each part of the suite that is a process of its own.

    Args:
        told: What a process with all services would be told.
        ports: Where each part listens, by the services in it, such as `members meetings`.
    """
    peers = {
        f"ACCORD_PEERS__{name.upper()}": f"http://127.0.0.1:{port}/{name}"
        for names, port in ports.items()
        for name in names.split()
    }
    return {names: told | peers | {"ACCORD_HTTP__PORT": str(port)} for names, port in ports.items()}


def of_ours() -> dict[str, str]:
    """Return our own environment as a child of ours gets it."""
    ours = {name: value for name, value in os.environ.items() if not _of_the_admin(name)}
    path = os.pathsep.join(filter(None, [str(CHECKOUT), ours.get("PYTHONPATH")]))
    return {**ours, "PYTHONPATH": path, "PYTHONUNBUFFERED": "1"}


def of_migrations(services: dict[str, str], database: Database) -> dict[str, str]:
    """Add what only migrations may know: the way in as superuser."""
    admin = {"ACCORD_ADMIN__DSN": database.dsn}
    if database.password_file is not None:
        admin["ACCORD_ADMIN__PASSWORD_FILE"] = str(database.password_file)
    return {**services, **admin}


def of_signer(settings: Settings, data: Path) -> dict[str, str]:
    """Return the environment of `python -m services.audit.signer`: it knows of nothing else."""
    told = {
        "SOCKET": signer_socket(settings, data),
        "FOLDER": settings.signer.folder or data / "signer",
        "KEY_FILE": settings.signer.key_file or data / "secrets" / "signer",
    }
    return of_ours() | {f"ACCORD_SIGNER__{name}": str(value) for name, value in told.items()}


def signer_socket(settings: Settings, data: Path) -> Path:
    """Say where the signer listens; a path too long for a socket gets a short one elsewhere."""
    socket = settings.signer.socket or data / "run" / "signer" / "socket"
    if len(os.fsencode(socket)) <= LONGEST_SOCKET:
        return socket
    short = sha256(os.fsencode(data)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"accord-signer-{short}" / "socket"


def seed_file(settings: Settings, data: Path) -> Path:
    """Say where the seeds of the bus's users lie; `{service}` stands for the user."""
    return settings.nats.nkey_seed_file or data / "secrets" / f"nkey_{PLACEHOLDER}"


def _of_the_admin(name: str) -> bool:
    return name.upper().startswith(("ACCORD_ADMIN__", "ACCORD_DATABASE__DSN"))
