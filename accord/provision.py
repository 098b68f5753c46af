"""Who hears whom over the bus: the streams, their durable readers, and what each user may do.

Only the operations user makes streams and durables. It looks again every few seconds, so
that a store that was wiped heals without a restart.
"""

import asyncio
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nats.errors import Error as NatsError
from nats.js import JetStreamContext
from nats.js.api import (
    AckPolicy,
    ConsumerConfig,
    DiscardPolicy,
    RetentionPolicy,
    StorageType,
    StoreCompression,
    StreamConfig,
)
from nats.js.errors import NotFoundError, ServerError

from accord.failed import Failed
from shared.bus import Bus
from shared.settings import BadSettings, Settings, needed

OPERATIONS, SYSTEM = "ops", "sys"
SPEAKERS = ("members", "meetings", "credit")
WAKE = "accord.wake.*"
LARGEST_MESSAGE = 256 << 10
LARGEST_STREAM = 2 << 30
LOOK_EVERY = 3.0
MISSES = 5
CONNECTS_WITHIN = 10.0


@dataclass(frozen=True)
class Durable:
    """A reader of a stream that keeps its place there."""

    speaker: str
    name: str

    @property
    def listener(self) -> str:
        return self.name.partition("-")[0]

    @property
    def stream(self) -> str:
        return self.speaker.upper()


DURABLES = (
    Durable("members", "meetings-keeps-the-roll"),
    Durable("members", "credit-keeps-the-roll"),
    Durable("meetings", "credit-hears-meetings"),
    Durable("meetings", "members-hears-decisions"),
    Durable("credit", "members-hears-evaluations"),
    Durable("members", "transparency-reports-v1"),
    Durable("meetings", "transparency-reports-v1"),
    Durable("credit", "transparency-reports-v1"),
    Durable("members", "audit-keeps-the-log"),
    Durable("meetings", "audit-keeps-the-log"),
    Durable("credit", "audit-keeps-the-log"),
)
SERVICES = (*SPEAKERS, "transparency", "audit")
USERS = (*SERVICES, OPERATIONS, SYSTEM)


@dataclass(frozen=True)
class Permissions:
    publish: tuple[str, ...]
    subscribe: tuple[str, ...]


def subjects(speaker: str) -> str:
    return f"accord.evt.*.*.{speaker}.*"


def permissions(user: str) -> Permissions:
    """Say what a user of the bus may do; everything else is refused."""
    inbox = f"_INBOX_{user}.>"
    if user == OPERATIONS:
        api = (
            *("INFO", "STREAM.CREATE.*", "STREAM.UPDATE.*", "STREAM.INFO.*"),
            *("CONSUMER.CREATE.>", "CONSUMER.DURABLE.CREATE.*.*"),
            *("CONSUMER.INFO.*.*", "CONSUMER.DELETE.*.*"),
        )
        return Permissions(tuple(f"$JS.API.{call}" for call in api), (inbox,))
    speaks = (subjects(user),) if user in SPEAKERS else ()
    reads = (
        subject
        for durable in DURABLES
        if durable.listener == user
        for subject in (
            f"$JS.API.CONSUMER.INFO.{durable.stream}.{durable.name}",
            f"$JS.API.CONSUMER.MSG.NEXT.{durable.stream}.{durable.name}",
            f"$JS.ACK.{durable.stream}.{durable.name}.>",
        )
    )
    return Permissions((*speaks, *reads, WAKE), (inbox, WAKE))


async def connect(url: str, seed: Path) -> Bus:
    """Connect as the operations user.

    Raises:
        Failed: nobody answers there, or this key is not known there.
    """
    bus = Bus(url, OPERATIONS, seed)
    try:
        async with asyncio.timeout(CONNECTS_WITHIN):
            await bus.connect()
    except (NatsError, OSError, TimeoutError) as error:
        await bus.close()
        raise Failed(
            f"NATS at {url} does not let the provisioner in. Is it running, and does it know "
            f"the user whose seed lies in {seed}?"
        ) from error
    return bus


async def provision(bus: Bus, replicas: int = 1) -> list[str]:
    """Make what is missing and mend what differs; return the names of those."""
    streams = bus.client.jetstream(timeout=5)
    touched = [
        name
        for speaker in SPEAKERS
        for name in await _ensure_stream(streams, _stream(speaker, replicas))
    ]
    for durable in DURABLES:
        touched += await _ensure_durable(streams, durable)
    return touched


async def keep_provisioned(
    bus: Bus, replicas: int, say: Callable[[str], None], damaged: Callable[[], None] | None = None
) -> None:
    """Provision again and again, until cancelled; a server that is away is waited for.

    Args:
        damaged: What helps where the server answers and fails every time, as it does when files
            of its store are damaged. All that it holds is in the journals too.
    """
    misses = failures = 0
    while True:
        await asyncio.sleep(LOOK_EVERY)
        try:
            touched = await provision(bus, replicas)
        except (NatsError, OSError, TimeoutError) as error:
            misses += 1
            failures = failures + 1 if isinstance(error, ServerError) else 0
            if misses == MISSES:
                say(f"NATS does not let streams be looked after: {error or 'no answer'}.")
            if damaged is not None and failures == MISSES:
                say("Its store is damaged: it starts again without.")
                damaged()
                misses = failures = 0
        else:
            misses = failures = 0
            if touched:
                say(f"NATS had lost {', '.join(touched)}; made again.")


async def look_after(settings: Settings, say: Callable[[str], None]) -> None:
    """Be the provisioner of a server that others run: the container in the suite."""
    own = settings.for_service(OPERATIONS).nats
    seed = needed(own.nkey_seed_file, "ACCORD_NATS__NKEY_SEED_FILE")
    bus = await connect(needed(own.url, "ACCORD_NATS__URL"), seed)
    say(f"Provisioned: {', '.join(await provision(bus, own.replicas)) or 'nothing was missing'}.")
    await keep_provisioned(bus, own.replicas, say)


def _stream(speaker: str, replicas: int) -> StreamConfig:
    return StreamConfig(
        name=speaker.upper(),
        subjects=[subjects(speaker)],
        retention=RetentionPolicy.LIMITS,
        storage=StorageType.FILE,
        max_bytes=LARGEST_STREAM,
        max_age=14 * 86400,
        max_msg_size=LARGEST_MESSAGE,
        discard=DiscardPolicy.NEW,
        duplicate_window=600,
        deny_delete=True,
        deny_purge=True,
        allow_direct=True,
        compression=StoreCompression.S2,
        num_replicas=replicas,
        metadata={"owner": speaker},
    )


def _consumer(durable: Durable) -> ConsumerConfig:
    return ConsumerConfig(
        durable_name=durable.name,
        ack_policy=AckPolicy.EXPLICIT,
        ack_wait=10,
        max_ack_pending=256,
        max_deliver=-1,
        metadata={"owner": durable.listener},
    )


async def _ensure_stream(streams: JetStreamContext, wanted: StreamConfig) -> list[str]:
    assert wanted.name is not None
    try:
        found = await streams.stream_info(wanted.name)
    except NotFoundError:
        await streams.add_stream(wanted)
        return [wanted.name]
    if _agree(wanted.as_dict(), found.config.as_dict()):
        return []
    await streams.update_stream(wanted)
    return [wanted.name]


async def _ensure_durable(streams: JetStreamContext, durable: Durable) -> list[str]:
    wanted = _consumer(durable)
    try:
        found = await streams.consumer_info(durable.stream, durable.name)
    except NotFoundError:
        pass
    else:
        if _agree(wanted.as_dict(), found.config.as_dict()):
            return []
    await streams.add_consumer(durable.stream, wanted)
    return [f"{durable.stream}/{durable.name}"]


def _agree(wanted: dict[str, Any], found: dict[str, Any]) -> bool:
    """Compare what we set; the server adds fields and metadata of its own."""
    return all(
        _agree(value, found.get(name) or {}) if name == "metadata" else found.get(name) == value
        for name, value in wanted.items()
    )


if __name__ == "__main__":
    try:
        asyncio.run(look_after(Settings.load(), print))
    except (Failed, BadSettings) as error:
        sys.exit(f"accord: {error}")
