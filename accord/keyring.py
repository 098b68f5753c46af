"""The secrets of one data folder: generated once, one file each, never in an argument."""

import os
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from accord.failed import Failed
from accord.provision import USERS
from shared.nkeys import NKey

SERVICES = ("members", "meetings", "credit", "transparency", "audit", "web")
ADMIN = "accord_admin"


def fill(folder: Path) -> None:
    """Write every secret that is not there yet.

    Raises:
        Failed: the folder belongs to another user.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name, drawn in _secrets():
            if not (folder / name).exists():
                _write(folder / name, drawn())
    except PermissionError as error:
        raise Failed(f"{folder} belongs to another user. Run as that user.") from error


def _secrets() -> Iterator[tuple[str, Callable[[], str]]]:
    """Yield each file's name, and what draws its content."""
    yield ADMIN, _password
    yield "kek", lambda: secrets.token_hex(32)
    yield "pepper", lambda: secrets.token_hex(32)
    yield "signer", lambda: secrets.token_hex(32)
    yield "issuer", _es256
    for user in USERS:
        yield f"nkey_{user}", lambda: NKey.generate().seed
    for service in SERVICES:
        for role in ("app", "relay", "keys"):
            yield f"accord_{service}_{role}", _password
        yield f"relay_{service}", _ed25519
        yield f"service_{service}", _ed25519


def _password() -> str:
    return secrets.token_urlsafe(24)


def _ed25519() -> str:
    key = Ed25519PrivateKey.generate()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def _es256() -> str:
    key = generate_private_key(SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def _write(path: Path, text: str) -> None:
    """Put a whole file there or none, whatever happens in between."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text.rstrip("\n") + "\n")
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
