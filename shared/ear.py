"""Messages from the bus, told to every reader of their source.

One durable consumer serves a read model and those beside it: a message is acknowledged when all
of them are done with it.
"""

import asyncio
import random
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from uuid import UUID

import nats
import structlog
from nats.aio.msg import Msg

from shared.bus import Bus, Damaged, Pull, Run, unpack
from shared.failpoint import reach
from shared.inbox import Reader, pause_after
from shared.telemetry import Count

log = structlog.get_logger()

AGAIN_SECONDS = 0.5, 1.5
NOT_YET_SECONDS = 0.2
FEW = 16  # messages: half of what is asked for at a time


class Ear:
    """One durable consumer of a service's stream.

    Args:
        readers: Those to tell, in this order; they may change, and without any a message waits.
        patience: Seconds that more is waited for after few messages, where nobody is in a hurry.
    """

    def __init__(
        self, service: str, durable: str, bus: Bus | None, readers: Callable[[], Sequence[Reader]],
        *, patience: float = 0.0,
    ) -> None:  # fmt: skip
        self.service = service
        self.durable = durable
        self._bus = bus
        self._readers = readers
        self._patience = patience
        self._stopping = False
        self._pull: Pull | None = None
        self._dropped = Count("accord.reader.dropped", reader=f"{durable}<{service}")

    @property
    def dropped(self) -> int:
        """How many messages could not be read, or were another's."""
        return self._dropped.value

    def stop(self) -> None:
        self._stopping = True
        if self._pull is not None:
            self._pull.wake()

    async def run(self) -> None:
        """Listen until `stop`."""
        if self._bus is None:
            return
        while not self._stopping:
            if not self._bus.client.is_connected:
                await asyncio.sleep(NOT_YET_SECONDS)
                continue
            try:
                async with self._bus.pull(self.service.upper(), self.durable) as pull:
                    self._pull = pull
                    while not self._stopping:
                        came = await pull.some()
                        told = await self.tell(came)
                        await asyncio.sleep(self.pause(len(came), told))
            except (nats.errors.Error, OSError, TimeoutError) as error:
                log.warning("listen_again", durable=self.durable, error=type(error).__name__)
                await asyncio.sleep(random.uniform(*AGAIN_SECONDS))  # noqa: S311 - jitter
            except Exception:
                log.exception("listen_failed", durable=self.durable)
                await asyncio.sleep(random.uniform(*AGAIN_SECONDS))  # noqa: S311 - jitter

    def pause(self, messages: int, events: int) -> float:
        """Return for how many seconds more is gathered; never for longer where much is waiting."""
        pause = pause_after(events)
        return max(pause, self._patience) if 0 < messages < FEW else pause

    async def tell(self, messages: Iterable[Msg]) -> int:
        """Tell all readers, acknowledge what they are done with, and return how many events."""
        runs: dict[UUID, list[Run]] = {}
        good: list[Msg] = []
        for message in messages:
            try:
                run = unpack(message)
                if run.service != self.service:
                    raise Damaged("another source's")  # noqa: TRY301 - as any other damage
                runs.setdefault(run.coalition, []).append(run)
            except Damaged as error:
                self._dropped.add()
                log.warning("message_dropped", durable=self.durable, why=str(error))
            good.append(message)
        late, told = set[UUID](), 0
        for coalition, of_it in runs.items():
            of_it.sort(key=lambda run: run.first)
            told += sum(run.last + 1 - run.first for run in of_it)
            readers = self._readers()
            done = [await reader.hear(coalition, of_it) for reader in readers]
            if not done or not all(done):
                late.add(coalition)
        await reach("reader.before_ack")
        for message in good:
            with suppress(nats.errors.Error):
                if any(str(coalition) in message.subject for coalition in late):
                    await message.nak(delay=1)
                else:
                    await message.ack()
        return told
