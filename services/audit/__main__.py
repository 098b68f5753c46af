"""Assemble audit, and run it: `python -m services.audit`."""

from collections.abc import Mapping
from typing import Any

import asyncpg
from fastapi import APIRouter

from services.audit.api import files, logs, operating
from services.audit.domain.entry import SOURCES
from services.audit.examining import Examiner
from services.audit.inbox import Intake
from services.audit.sealer import Sealer
from services.audit.signing import SignerClient
from services.audit.trusted import expected, host_of_logs, policy_file
from services.audit.witnesses import Witnesses
from shared.database import Script
from shared.service import Service, Together, Tools, policy, run
from shared.settings import needed
from shared.tlog.policy import Policy

PACKAGE = "services.audit"


def working(tools: Tools) -> Together:
    """Return what seals the logs, asks their witnesses and examines them, as the settings say."""
    policy = Policy.parse(policy_file(tools.settings))
    sources = {name: tools.sources.of(name) for name in SOURCES}
    return Together(
        sealer(tools),
        Witnesses(tools.app, tools.watch, policy),
        Examiner(tools.app, tools.watch, sources),
    )


async def frozen(watch: asyncpg.Pool) -> Mapping[str, Any]:
    """Return which logs take nothing any more; the others go on, so the service is ready."""
    async with watch.acquire(timeout=2) as db:
        rows = await db.fetch(
            "select coalesce(origin, log_id) from log.log where state = 'frozen' order by 1"
        )
    return {"frozen": [row[0] for row in rows]} if rows else {}


def sealer(tools: Tools) -> Sealer:
    """Return what seals the logs, with the signer that the settings name."""
    settings = tools.settings
    socket = needed(settings.signer.socket, "ACCORD_SIGNER__SOCKET")
    return Sealer(
        tools.app, tools.watch, SignerClient(socket), host_of_logs(settings),
        settings.audit.seal_every_s, expected(settings),
    )  # fmt: skip


service = Service(
    "audit",
    router=logs.router,
    policy=policy(PACKAGE),
    open=APIRouter(routes=[*files.router.routes, *operating.router.routes]),
    troubles=frozen,
    subscriptions=tuple(Intake(source) for source in SOURCES),
    works=working,
    sql=(Script(PACKAGE, "log.sql"),),
    grants=(
        "grant usage on schema log to {app}, {relay}",
        "grant select, insert on all tables in schema log to {app}",
        "grant update on log.log, log.checkpoint, log.cosignature to {app}",
        "grant select on all tables in schema log to {relay}",
        "grant delete on log.entry to {app}",
    ),
)

if __name__ == "__main__":
    run(service)
