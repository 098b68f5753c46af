"""The compose file as Compose reads it: anchors merged, every variable at its default."""

import re
from pathlib import Path
from typing import Any

import yaml

CHECKOUT = Path(__file__).parents[2]
FILE = CHECKOUT / "deploy" / "docker-compose.yml"
_VARIABLE = re.compile(r"\$\{[A-Z_]+:-([^${}]*)\}")


def read() -> dict[str, Any]:
    text = FILE.read_text("utf-8")
    while _VARIABLE.search(text):
        text = _VARIABLE.sub(r"\1", text)
    suite: dict[str, Any] = yaml.safe_load(text)
    return suite


SUITE = read()
CONTAINERS: dict[str, dict[str, Any]] = SUITE["services"]
SERVICES = ("members", "meetings", "credit", "transparency", "audit", "web")
ONE_SHOTS = frozenset({"secrets", "migrate", "tools"})


def environment(container: str) -> dict[str, str]:
    given = CONTAINERS[container].get("environment", {})
    return {name: str(value or "") for name, value in given.items()}


def mounts(container: str) -> dict[str, tuple[str, str]]:
    """Return what is mounted where, and how: target → (source, mode)."""
    found = {}
    for mount in CONTAINERS[container].get("volumes", []):
        source, target, *mode = mount.split(":")
        found[target] = source, mode[0] if mode else "rw"
    return found
