"""What goes wrong, drawn from a seed: servers and replicas killed, frozen, cut off, robbed."""

import asyncio
import os
import random
import shutil
import signal
import time
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

from accord.supervisor import Say
from shared.failpoint import POINTS, arm, disarm
from tests.chaos.link import HURTS
from tests.chaos.world import Replica, World, children

BETWEEN = 1.5, 3.5
FROZEN = 4.0, 10.0
CUT_OFF = 2.0, 12.0
REACHED_WITHIN = 8.0
INTO_THE_BATCH = ("kill", "raise", "pause 4")
WIPES = ("wiped", "rolled back", "flipped", "cut")

Act = Callable[[], Awaitable[None]]


class Faults:
    """Two hands that hurt a world at once: one hits, one holds."""

    def __init__(self, world: World, rng: random.Random, say: Say) -> None:
        self.world = world
        self.counts = Counter[str]()
        self.unreached = 0
        self._rng = rng
        self._say = say
        self._busy = defaultdict[str, asyncio.Lock](asyncio.Lock)
        self.hits: list[tuple[Act, int]] = [
            (self.kill_replica, 6),
            (self.reach_failpoint, 10),
            (self.kill_postgres, 3),
            (self.kill_nats, 2),
            (self.rob_nats, 4),
        ]
        self.holds: list[tuple[Act, int]] = [(self.freeze, 3), (self.cut_off, 6)]

    async def run(self, seconds: float) -> None:
        """Hurt until the time is over, then let everything be whole."""
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds), asyncio.TaskGroup() as hands:
                    hands.create_task(self._go_on(self.hits))
                    hands.create_task(self._go_on(self.holds))
        finally:
            self.make_whole()

    def make_whole(self) -> None:
        """Disarm, heal and thaw everything."""
        for replica in self.world.replicas:
            for link in replica.links:
                link.heal()
            for point in POINTS:
                disarm(replica.failpoints, point)
        for name in self._names():
            self._signal(name, signal.SIGCONT)

    async def _go_on(self, acts: list[tuple[Act, int]]) -> None:
        does, weights = zip(*acts, strict=True)
        while True:
            await asyncio.sleep(self._rng.uniform(*BETWEEN))
            [act] = self._rng.choices(does, weights)
            await act()

    def _count(self, fault: str, how: str) -> None:
        self.counts[fault] += 1
        self._say(f"{fault}: {how}")

    def _names(self) -> list[str]:
        """Return what runs: the servers, and the processes of all replicas."""
        return ["nats", "postgres", *(n for one in self.world.replicas for n in one.names)]

    def _replica(self) -> Replica:
        return self._rng.choice(self.world.replicas)

    def _signal(self, name: str, by: signal.Signals) -> list[int]:
        """Send a signal to a process, and to all that PostgreSQL has started; return them."""
        pid = self.world.pid(name)
        if pid is None:
            return []
        pids = [pid, *(children(pid) if name == "postgres" else ())]
        for each in pids:
            with suppress(ProcessLookupError):
                os.kill(each, by)
        return pids

    async def kill_replica(self) -> None:
        """X1: a replica is killed in the middle of what it does."""
        replica = self._replica()
        name = self._rng.choice(replica.names)
        replica.trouble()
        if self.world.kill(name):
            self._count("X1", f"{name} killed")

    async def reach_failpoint(self) -> None:
        """X2: a process ends, fails or stops between two steps."""
        point = self._rng.choice(sorted(POINTS))
        ways = INTO_THE_BATCH if point.startswith("journal") else (*INTO_THE_BATCH, "bug")
        await self.strike(self._replica(), point, self._rng.choice(ways))

    async def strike(self, replica: Replica, point: str, told: str) -> None:
        """Arm a point, and wait until the replica has come there."""
        if told == "kill":
            replica.trouble()
        armed = arm(replica.failpoints, point, told)
        end = time.monotonic() + REACHED_WITHIN
        while armed.exists() and time.monotonic() < end:  # noqa: ASYNC110 - another process takes it
            await asyncio.sleep(0.05)
        if disarm(replica.failpoints, point):
            self.unreached += 1
            self._say(f"X2: {point} of {replica.name} was not reached")
        else:
            self._count("X2", f"{told} at {point} of {replica.name}")

    async def kill_postgres(self) -> None:
        """X3: all of PostgreSQL is killed, or its first process, or one that serves us."""
        async with self._busy["postgres"]:
            pid = self.world.pid("postgres")
            if pid is None:
                return
            how = self._rng.choice(("all", "first", "one"))
            if how == "all":
                self._signal("postgres", signal.SIGKILL)
            elif how == "first":
                self.world.kill("postgres")
            elif serving := children(pid):
                with suppress(ProcessLookupError):
                    os.kill(self._rng.choice(serving), signal.SIGKILL)
            self._count("X3", f"postgres killed ({how})")
            await self._again("postgres", pid if how != "one" else None)

    async def kill_nats(self) -> None:
        """X4: NATS is killed; commands do not notice."""
        async with self._busy["nats"]:
            pid = self.world.pid("nats")
            if self.world.kill("nats"):
                self._count("X4", "nats killed")
                await self._again("nats", pid)

    async def rob_nats(self) -> None:
        """X5: the store of NATS is gone, of yesterday, or damaged."""
        how = self._rng.choice(WIPES)
        async with self._busy["nats"]:
            if self.world.pid("nats") is None:
                return
            if how == "rolled back":
                await self._roll_back()
            else:
                self._change_store(lambda store: _damage(store, how, self._rng))
            self._count("X5", f"nats store {how}")
            await self._again("nats", None)

    def wipe_nats(self) -> None:
        """Take everything that NATS holds."""
        self._change_store(lambda store: _damage(store, "wiped", self._rng))

    async def freeze(self) -> None:
        """X6: a process stops for a while, and then goes on as if nothing had been."""
        name = self._rng.choice(self._names())
        async with self._busy[name]:
            seconds = self._rng.uniform(*FROZEN)
            frozen = self._signal(name, signal.SIGSTOP)
            if not frozen:
                return
            self._count("X6", f"{name} frozen for {seconds:.1f} s")
            hurt = [replica for replica in self.world.replicas if name in replica.names]
            try:
                for replica in hurt:
                    replica.trouble()
                await asyncio.sleep(seconds)
            finally:
                for replica in hurt:
                    replica.trouble()
                if self.world.pid(name) == frozen[0]:
                    for pid in frozen:
                        with suppress(ProcessLookupError):
                            os.kill(pid, signal.SIGCONT)

    async def cut_off(self) -> None:
        """X7: a wire is cut, slow or bad for a while. Only the bus checks what it is told."""
        replica = self._replica()
        link = self._rng.choice(replica.links)
        hurts = [*HURTS, "corrupt" if "nats" in link.name else "delay"]
        how = self._rng.choice(hurts)
        seconds = self._rng.uniform(*CUT_OFF)
        self._count("X7", f"{link.name}: {how} for {seconds:.1f} s")
        link.hurt(how)  # type: ignore[arg-type]  # of HURTS, or one of the two named here
        try:
            if link.name.startswith("client"):
                replica.trouble()
            await asyncio.sleep(seconds)
        finally:
            link.heal()
            if link.name.startswith("client"):
                replica.trouble()

    def _change_store(self, change: Callable[[Path], None]) -> None:
        """Change the files of a NATS that cannot notice, and kill it."""
        self.world.kill("nats", signal.SIGSTOP)
        change(self.world.store)
        self.world.kill("nats")

    async def _roll_back(self) -> None:
        kept = self.world.data / "old-store"
        shutil.rmtree(kept, ignore_errors=True)
        self.world.kill("nats", signal.SIGSTOP)
        shutil.copytree(self.world.store, kept)
        self.world.kill("nats", signal.SIGCONT)
        await asyncio.sleep(self._rng.uniform(1, 3))

        def bring_back(store: Path) -> None:
            shutil.rmtree(store)
            shutil.copytree(kept, store)

        self._change_store(bring_back)

    async def _again(self, name: str, killed: int | None) -> None:
        """Wait until the supervisor has started a server again, and it answers."""
        server = self.world.postgres if name == "postgres" else self.world.nats
        for _ in range(200):
            pid = self.world.pid(name)
            if pid is not None and pid != killed and await server.ready():
                return
            await asyncio.sleep(0.05)
        self._say(f"{name} is not back after ten seconds")


def _damage(store: Path, how: str, rng: random.Random) -> None:
    """Remove a store, or flip a bit in, or cut the end off, one of its files."""
    if how == "wiped":
        shutil.rmtree(store)
        return
    files = sorted(
        file for kind in ("*.blk", "o.dat") for file in store.rglob(kind) if file.stat().st_size
    )
    if not files:
        return
    file = rng.choice(files)
    held = bytearray(file.read_bytes())
    place = rng.randrange(len(held))
    if how == "cut":
        del held[place:]
    else:
        held[place] ^= 1 << rng.randrange(8)
    file.write_bytes(held)
