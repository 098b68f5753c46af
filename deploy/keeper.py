"""Keep the bus's streams and durables there: `python -m deploy.keeper`.

Its health is the bus's full health, asked over the bus itself as the system user: the server's
image has no program that could ask, and its monitor listens to nobody else.
"""

import asyncio
import json
import sys
from pathlib import Path

from nats.errors import Error as NatsError

from accord.failed import Failed
from accord.provision import OPERATIONS, SYSTEM, connect, keep_provisioned, provision
from shared.bus import Bus
from shared.nkeys import NotASeed
from shared.settings import BadSettings, Settings, needed

HEALTH = "$SYS.REQ.SERVER.PING.HEALTHZ"
HEALTHY = Path("/tmp/healthy")  # noqa: S108 - the container's own; its age says since when not
ASK_EVERY = 3.0
PATIENCE_S = 60.0
ABSENT = (NatsError, OSError, TimeoutError)


async def healthy(system: Bus) -> bool:
    """Say whether the server finds itself healthy, stores included."""
    try:
        answer = await system.client.request(HEALTH, b"{}", timeout=2)
    except ABSENT:
        return False
    return bool(json.loads(answer.data).get("data", {}).get("status") == "ok")


async def keep(settings: Settings) -> None:
    """Provision, watch and mend, until cancelled.

    Raises:
        Failed: the bus does not let us in.
    """
    url = needed(settings.nats.url, "ACCORD_NATS__URL")
    operations = await _patiently(url, _seed(settings, OPERATIONS))
    system = Bus(url, SYSTEM, _seed(settings, SYSTEM))
    try:
        await system.connect()
        touched = await provision(operations, settings.nats.replicas)
        _say(f"Made {', '.join(touched)}." if touched else "All streams are there.")
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(keep_provisioned(operations, settings.nats.replicas, _say))
            tasks.create_task(_watch(system))
    finally:
        await operations.close()
        await system.close()


def _seed(settings: Settings, user: str) -> Path:
    seed: Path = needed(
        settings.for_service(user).nats.nkey_seed_file, "ACCORD_NATS__NKEY_SEED_FILE"
    )
    return seed


async def _patiently(url: str, seed: Path) -> Bus:
    """Connect, and try again while the server starts.

    Raises:
        Failed: it did not within a minute.
    """
    loop = asyncio.get_running_loop()
    end = loop.time() + PATIENCE_S
    while True:
        try:
            return await connect(url, seed)
        except Failed:
            if loop.time() > end:
                raise
            await asyncio.sleep(0.5)


async def _watch(system: Bus) -> None:
    while True:
        if await healthy(system):
            _sign_of_life()
        await asyncio.sleep(ASK_EVERY)


def _sign_of_life() -> None:
    HEALTHY.touch()


def _say(line: str) -> None:
    print(line, file=sys.stderr)  # noqa: T201 - the container's log


def main() -> None:
    try:
        asyncio.run(keep(Settings.load()))
    except (Failed, BadSettings, NotASeed) as error:
        sys.exit(f"keeper: {error}")


if __name__ == "__main__":
    main()
