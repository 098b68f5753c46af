"""Databases and roles of all services, made while the services still start.

The services make what is missing themselves; this only saves their first start two seconds.
"""

import asyncio
from pathlib import Path

from accord.environment import Database
from accord.keyring import SERVICES
from shared.database import create


async def create_all(database: Database, secrets: Path) -> None:
    """Make every service's database and key store, with their roles."""
    password = database.password_file.read_text().strip() if database.password_file else None

    def secret(role: str) -> str:
        return (secrets / role).read_text().strip()

    made = []
    for service in SERVICES:
        base = f"accord_{service}"
        app, relay, keys = f"{base}_app", f"{base}_relay", f"{base}_keys"
        roles = {app: secret(app), relay: secret(relay)}
        made.append(create(database.dsn, base, roles, password=password))
        made.append(create(database.dsn, keys, {keys: secret(keys)}, password=password))
    await asyncio.gather(*made)
