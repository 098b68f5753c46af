"""What ten times too much does: `python -m tests.chaos.overload`, `make overload`.

X18, everybody at once: refusals are quick, who is let in is served well, health always answers,
memory stays, and all is as before within five seconds. X19, one coalition sends nine tenths: the
others are neither refused nor slowed down. X22, one database connection and 200 clients: nobody
hangs. One line of JSON each; exit 1 when a verdict is "missed".

Rates follow what this machine was just seen to do: capacity is the best of several numbers of
clients that ask again as soon as they are answered, each command counted when it is durable. What
the others ask for is measured at the same total, spread evenly, as well as alone. All of it is done
in several rounds, as machines become faster and slower: within a round both sides are compared,
the median of the rounds decides, and all of them are told. What is compared begins when those who
follow have caught up, and a p99 that is divided by another is, like that one, the median of those
of short stretches: one hiccup in ten calm seconds would decide a p99 of all of them.
"""

import asyncio
import json
import os
import sys
import tempfile
from array import array
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from tests.end_to_end.coalition import Coalition, form, mail, text
from tests.suite import Suite, suite

SECONDS = float(os.environ.get("SECONDS", "60"))
ROUNDS = int(os.environ.get("ROUNDS", "3"))
CALM, WARM = 10.0, 1.0
CLIENTS = (16, 32, 64)
CATCHES_UP = 3.0  # seconds, for what follows from commands before
SETTLES_WITHIN = 60.0
STRETCH = 2.0  # seconds
TIMES = 10
LIGHT = 0.2  # of capacity: what "unloaded" is measured at, so that a p99 has its samples
FEW, SOME = 25, 100  # connections of each coalition, where several ask
MANY = 440  # connections, open beforehand: no answer is waited for before the next is asked
OK, BUSY, HTTP_OK = 201, 503, 200
BODY = json.dumps({"name": text("Two languages"), "summary": text("From first grade on.")})


class Sample(NamedTuple):
    """When a request was planned, how long its answer took, and what it was; 0: none."""

    at: float
    took: float
    status: int


@dataclass(frozen=True)
class Flow:
    """A flow of `tests.chaos.load`, without what all flows have in common."""

    name: str
    coalition: Coalition | None
    seconds: float
    rate: float | None = None
    connections: int = 300
    opened: int = 0
    starts: float = 0.0
    method: str = "POST"
    path: str = "/members/api/v1/coalitions/{slug}/issues"

    def planned(self, suite: Suite) -> dict[str, Any]:
        who = self.coalition
        headers = suite.headers(mail(who.chair), who.orgs[who.chair]) if who else {}
        return {
            "name": self.name, "method": self.method, "headers": headers, "rate": self.rate,
            "path": self.path.format(slug=who.slug) if who else self.path, "starts": self.starts,
            "body": BODY if self.method == "POST" else "", "seconds": self.seconds,
            "connections": self.connections, "opened": self.opened,
        }  # fmt: skip


@dataclass
class Rig:
    """A running suite, and what is asked of it."""

    suite: Suite
    failed: bool = False
    load_before: float = field(default_factory=lambda: os.getloadavg()[0])

    async def send(self, *flows: Flow) -> list[list[Sample]]:
        """Send from a process of its own; return each flow's samples."""
        with tempfile.TemporaryDirectory() as folder:
            plan, out = Path(folder) / "plan.json", Path(folder) / "samples"
            said = {
                "host": "127.0.0.1",
                "port": self.suite.port,
                "flows": [flow.planned(self.suite) for flow in flows],
            }
            plan.write_text(json.dumps(said))
            load = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "tests.chaos.load", str(plan), str(out)
            )
            if await load.wait() != 0:
                raise RuntimeError("the load did not run")
            return list(_read(out.read_bytes()))

    async def capacity(self, coalition: Coalition) -> float:
        """Return how many commands a second are durable at the best number of clients."""
        best = 0.0
        for clients in CLIENTS:
            flow = Flow("capacity", coalition, 4.0 + WARM, connections=clients)
            [found] = await self.send(flow)
            best = max(best, len(_only(found, OK, WARM, 4.0 + WARM)) / 4.0)
            await asyncio.sleep(1)
        return best

    async def settle(self, coalition: Coalition) -> None:
        """Wait until all that was recorded has been followed: in the reports, and in the log."""
        named = {"name": text("The last of them"), "summary": text("Until here.")}
        last = (await coalition.post("members", "issues", named, coalition.chair))["position"]
        async with asyncio.timeout(SETTLES_WITHIN):
            await coalition.settled(f"members/{last}")
            while True:
                log = await coalition.get("audit", "log", coalition.chair)
                if log.status_code == HTTP_OK and log.json()["kept"] >= last:
                    break
                await asyncio.sleep(0.25)

    def memory(self) -> int:
        """Return how many bytes the processes of the services hold."""
        held = 0
        for process in self._services():
            status = (process / "status").read_text("utf-8")
            line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
            held += int(line.split()[1]) * 1024
        return held

    def _services(self) -> list[Path]:
        data, found = str(self.suite.data).encode(), []
        for process in Path("/proc").iterdir():
            if process.name.isdigit():
                with suppress(OSError):
                    command = (process / "cmdline").read_bytes()
                    if b"told-by" in command and data in command:
                        found.append(process)
        if not found:
            raise RuntimeError("the services do not run")
        return found

    def say(self, scenario: str, rounds: Sequence[dict[str, Any]], **at_most: float) -> None:
        """Print a line: all rounds, and of each target the median and what it may be at most."""
        told = {name: median(float(one[name]) for one in rounds) for name in at_most}
        missed = sorted(name for name, is_ in told.items() if not is_ <= at_most[name])
        self.failed |= bool(missed)
        line = {
            "scenario": scenario,
            "verdict": "missed" if missed else "met",
            "missed": missed,
            "machine_load_before": _round(self.load_before),
            "targets": {name: {"is": _round(is_), "at_most": at_most[name]}
                        for name, is_ in told.items()},
            "rounds": [
                {name: _round(found) if isinstance(found, float) else found
                 for name, found in one.items()}
                for one in rounds
            ],
        }  # fmt: skip
        print(json.dumps(line), flush=True)  # noqa: T201 - what it is for


def _read(data: bytes) -> Iterable[list[Sample]]:
    at = 0
    while at < len(data):
        size = int.from_bytes(data[at : at + 8], "little") * 8
        values = array("d", data[at + 8 : at + 8 + size])
        at += 8 + size
        yield [
            Sample(values[n], values[n + 1], int(values[n + 2])) for n in range(0, len(values), 3)
        ]


def _only(samples: Sequence[Sample], status: int, after: float, until: float) -> list[Sample]:
    return [one for one in samples if one.status == status and after <= one.at < until]


def _joined(flows: Sequence[Sequence[Sample]]) -> list[Sample]:
    return [one for samples in flows for one in samples]


def _p99(samples: Sequence[Sample]) -> float:
    """Return the 99th percentile of how long they took, in ms; without samples it is endless."""
    took = sorted(one.took for one in samples)
    return took[min(len(took) - 1, len(took) * 99 // 100)] * 1000 if took else float("inf")


def _usual_p99(samples: Sequence[Sample]) -> float:
    """Return the median of the 99th percentiles of short stretches, in ms."""
    stretches: dict[int, list[Sample]] = {}
    for one in samples:
        stretches.setdefault(int(one.at // STRETCH), []).append(one)
    return median(map(_p99, stretches.values())) if stretches else float("inf")


def _round(value: float) -> float:
    return round(value, 3 if value < 10 else 1)


def _statuses(samples: Sequence[Sample]) -> dict[str, int]:
    found: dict[str, int] = {}
    for one in samples:
        found[str(one.status)] = found.get(str(one.status), 0) + 1
    return found


async def everybody_at_once(rig: Rig, coalition: Coalition) -> None:
    """X18."""
    rig.say(
        "X18",
        [await _overload(rig, coalition) for _ in range(ROUNDS)],
        refused_p99_ms=50.0, admitted_ratio=3.0, admitted_p99_ms=500.0, goodput_lost=0.2,
        memory_ratio=1.5, seconds_until_normal=5.0, health_p99_ms=100.0, other_answers=0.0,
    )  # fmt: skip


async def _overload(rig: Rig, coalition: Coalition) -> dict[str, Any]:
    capacity = await rig.capacity(coalition)
    await rig.settle(coalition)
    [light] = await rig.send(Flow("light", coalition, CALM, rate=capacity * LIGHT))
    calm = _only(light, OK, WARM, CALM)
    unloaded = _p99(calm)
    before, peak = rig.memory(), 0

    async def watch() -> None:
        nonlocal peak
        while True:
            peak = max(peak, rig.memory())
            await asyncio.sleep(1)

    watching = asyncio.create_task(watch())
    load, after, health = await rig.send(
        Flow("overload", coalition, SECONDS, rate=capacity * TIMES, connections=MANY, opened=MANY),
        Flow("after", coalition, CALM, rate=capacity * LIGHT, starts=SECONDS),
        Flow("health", None, SECONDS, rate=20, connections=8, method="GET", path="/livez"),
    )
    watching.cancel()
    admitted = _only(load, OK, 0, SECONDS)
    ratio = _usual_p99(admitted) / _usual_p99(calm)
    refused = [one for one in load if one.status in {429, BUSY}]
    return {
        "seconds": SECONDS, "capacity_per_s": capacity, "offered_per_s": capacity * TIMES,
        "answers": _statuses(load), "after": _statuses(after), "baseline_p99_ms": unloaded,
        "admitted_p99_ms": _p99(admitted), "admitted_ratio": ratio,
        "admitted_ratio_of_all": _p99(admitted) / unloaded,
        "refused_p99_ms": _p99(refused), "health_p99_ms": _p99(_only(health, 200, 0, SECONDS)),
        "goodput_lost": 1 - len(admitted) / SECONDS / capacity, "memory_ratio": peak / before,
        "seconds_until_normal": _back_after(after, unloaded),
        "other_answers": len(load) - len(admitted) - len(refused),
    }  # fmt: skip


def _back_after(after: Sequence[Sample], unloaded: float) -> float:
    """Return the first second from which on nobody is refused and the p99 is near the old one."""
    for second in range(int(CALM)):
        rest = [one for one in after if one.at >= second]
        if all(one.status == OK for one in rest) and _p99(rest) <= unloaded * 1.5:
            return float(second)
    return CALM


async def one_sends_nine_tenths(rig: Rig, coalitions: Sequence[Coalition]) -> None:
    """X19."""
    rig.say(
        "X19",
        [await _greed(rig, coalitions) for _ in range(ROUNDS)],
        others_ratio=1.5, others_refused=0.01,
    )  # fmt: skip


async def _greed(rig: Rig, coalitions: Sequence[Coalition]) -> dict[str, Any]:
    greedy, *others = coalitions
    capacity = await rig.capacity(greedy)
    await asyncio.sleep(CATCHES_UP)
    seconds, total = SECONDS / 3, capacity * 2
    own = total / 10 / len(others)
    calm = [Flow(one.slug, one, seconds, rate=own, connections=FEW, opened=FEW) for one in others]
    alone = await rig.send(*calm)
    even = [
        Flow(one.slug, one, seconds, rate=total / len(coalitions), connections=SOME, opened=SOME)
        for one in coalitions
    ]
    spread = await rig.send(*even)
    await asyncio.sleep(CATCHES_UP)
    many = SOME * len(coalitions) - FEW * len(others)
    rush = Flow(greedy.slug, greedy, seconds, rate=total * 0.9, connections=many, opened=many)
    taken, *beside = await rig.send(rush, *calm)
    good = [_only(_joined(flows), OK, WARM, seconds) for flows in (alone, spread[1:], beside)]
    p99, usual = [_p99(found) for found in good], [_usual_p99(found) for found in good]
    sent = _joined(beside)
    return {
        "seconds": seconds, "capacity_per_s": capacity, "offered_per_s": total,
        "others_alone_p99_ms": p99[0], "others_even_p99_ms": p99[1], "others_p99_ms": p99[2],
        "ratio_to_alone": usual[2] / usual[0], "others_ratio": usual[2] / usual[1],
        "others_ratio_of_all": p99[2] / p99[1],
        "others_refused": sum(one.status != OK for one in sent) / len(sent),
        "others": _statuses(sent), "greedy": _statuses(taken),
        "spread_evenly": _statuses(_joined(spread)),
    }  # fmt: skip


async def one_connection(rig: Rig, coalition: Coalition) -> None:
    """X22."""
    [found] = await rig.send(Flow("narrow", coalition, 10.0, connections=200))
    [after] = await rig.send(Flow("after", coalition, 3.0, rate=5, connections=20))
    found_here = {
        "clients": 200, "answers": _statuses(found), "after": _statuses(after),
        "slowest_s": max((one.took for one in found), default=CALM),
        "other_answers": sum(one.status not in {OK, BUSY} for one in found),
        "none_written": not _only(found, OK, 0, CALM),
        "refused_after": sum(one.status != OK for one in after),
    }  # fmt: skip
    rig.say(
        "X22", [found_here], slowest_s=10.0, other_answers=0.0, none_written=0.0,
        refused_after=0.0,
    )  # fmt: skip


@asynccontextmanager
async def running(**environment: str) -> AsyncIterator[Rig]:
    async with suite(ACCORD_DEMO="true", **environment) as started:
        yield Rig(started)


async def main(wanted: Sequence[str]) -> bool:
    failed = False
    if {"X18", "X19"} & set(wanted):
        async with running() as rig:
            coalitions = [await form(rig.suite, f"load-{n}") for n in range(5)]
            if "X18" in wanted:
                await everybody_at_once(rig, coalitions[0])
            if "X19" in wanted:
                await one_sends_nine_tenths(rig, coalitions)
            failed |= rig.failed
    if "X22" in wanted:
        async with running(ACCORD_DATABASE__POOL_MAX="1") as rig:
            await one_connection(rig, await form(rig.suite, "narrow"))
            failed |= rig.failed
    return failed


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1:] or ["X18", "X19", "X22"])))
