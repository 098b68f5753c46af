"""Deal out secrets: `python -m deploy.secrets`, once at every start, before anything else.

The vault keeps all of them. Every container gets a folder of its own with only what it names
in its settings, so that whoever breaks into one holds the secrets of that one.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path

from accord import keyring, nats
from accord.keyring import ADMIN
from accord.provision import OPERATIONS, SERVICES, SPEAKERS, SYSTEM, USERS
from shared.identity import EmbeddedIssuer
from shared.nkeys import NKey

VAULT, DEALT = Path("/vault"), Path("/dealt")
STORE, PORT, MONITOR = Path("/var/lib/nats"), 4222, 8222
CONFIGURATION, ISSUER_KEYS = "nats.conf", "issuer.jwks"


def hands() -> dict[str, frozenset[str]]:
    """Say which files each container gets."""
    dealt = {
        "postgres": {ADMIN},
        "nats": {CONFIGURATION},
        "provision": {f"nkey_{OPERATIONS}", f"nkey_{SYSTEM}"},
        "web": {"accord_web_app", "issuer"},
        "tools": {"issuer"},
        "signer": {"signer"},
    }
    dealt["migrate"] = {ADMIN, "accord_web_app"}
    for service in SERVICES:
        roles = {f"accord_{service}_{role}" for role in ("app", "relay", "keys")}
        dealt["migrate"] |= roles
        dealt[service] = {*roles, f"nkey_{service}", f"service_{service}", "kek", ISSUER_KEYS}
    for speaker in SPEAKERS:
        dealt[speaker].add(f"relay_{speaker}")
    return {container: frozenset(names) for container, names in dealt.items()}


def deal(vault: Path, dealt: Path) -> None:
    """Draw what is missing in the vault, and give every container its files."""
    keyring.fill(vault)
    made = {CONFIGURATION: _configuration(vault), ISSUER_KEYS: _issuer_keys(vault)}
    for container, names in hands().items():
        for name in names:
            _put(dealt / container / name, made.get(name) or (vault / name).read_text("utf-8"))


def _configuration(vault: Path) -> str:
    """The server listens to the suite's network; its monitor only to itself."""
    keys = {user: NKey.from_file(vault / f"nkey_{user}").public for user in USERS}
    return nats.configuration(STORE, PORT, MONITOR, keys, host="0.0.0.0")  # noqa: S104 - a container's own network


def _issuer_keys(vault: Path) -> str:
    """Return the issuer's public key, so that services verify tokens and cannot make them."""
    public: Mapping[str, str] = EmbeddedIssuer.read(vault / "issuer").public
    return json.dumps({"keys": [public]})


def _put(path: Path, text: str) -> None:
    draft = path.with_name(f".{path.name}.draft")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    draft.replace(path)


if __name__ == "__main__":
    deal(VAULT, DEALT)
