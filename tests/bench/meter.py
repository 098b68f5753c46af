"""What is measured, and the order of measuring: short rounds, interleaved, with a control.

Both sides of a ratio run in the same round: there and back, half of the time each way, so that a
machine that becomes faster or slower meanwhile wrongs nobody. Every other round begins at the other
end. One row runs twice, as if it were two: the worst of its ratios says how near to 1 another ratio
may come before it means nothing. Where it is worse than `CONTROL_AT_MOST`, the machine was busy
with something else: that round is measured again, once for these rows, and its note says so;
never one with an error or a loss, which no second try may hide.
"""

import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    from tests.bench.stage import Stage

ENOUGH_FOR_P99 = 1_000
WARM_UP_SECONDS = 0.5
CONTROL_AT_MOST = 1.3
"""So far the two runs of the control may differ in a round, as a factor."""
REPEATS_AT_MOST = 1
AGAIN = "-again"
"""Ends the name of the control: the row that runs as if it were two."""

ADDED = ("n", "secs", "cpu_client_s", "cpu_servers_s", "errors", "lost")
Measure = Literal["rate", "per_cpu", "p99_ms", "worst_ms", "lag_ms", "secs", "lost"]


@dataclass(frozen=True)
class Target:
    """What a row must reach.

    Args:
        over: The row that `row` is divided by in each round; `None` for a target in plain units.
        at: Connections, commands in flight, or arrivals per second: what the row calls "at".
        over_at: The other row's, where it differs.
        better: Whether higher or lower is better.
        measure: The figure of a sample that counts; `per_cpu` is events per CPU-second.
        rounds: How many rounds a published figure needs; 1 where one takes minutes.
    """

    id: str
    row: str
    over: str | None
    at: int
    must: float
    moonshot: float
    better: Literal["higher", "lower"] = "higher"
    measure: Measure = "rate"
    over_at: int | None = None
    rounds: int = 6


@dataclass(frozen=True)
class Sample:
    """One row in one round.

    Args:
        n: What was done: commands, events, requests.
        errors: Answers that were none; a sample with one is void.
        lost: Answered and not stored, or stored and never seen; a sample with one is void.
        p99_ms: `None` under 1,000 samples; of a round, the middle of its two ways.
        worst_ms: Of different things that each were done some times: the slowest one's median.
        lag_ms: After the last was done until what follows from it was there.
        note: What else a reader should know of this round, in a few words.
    """

    n: int
    secs: float
    p50_ms: float | None = None
    p99_ms: float | None = None
    worst_ms: float | None = None
    lag_ms: float | None = None
    cpu_client_s: float = 0.0
    cpu_servers_s: float = 0.0
    errors: int = 0
    lost: int = 0
    note: str = ""
    row: str = ""
    at: int = 0
    round: int = 0

    @property
    def rate(self) -> float:
        return self.n / self.secs if self.secs else 0.0

    @property
    def per_cpu(self) -> float:
        """How much was done per second of CPU, client and servers together."""
        cpu = self.cpu_client_s + self.cpu_servers_s
        return self.n / cpu if cpu else 0.0

    @property
    def void(self) -> bool:
        return bool(self.errors or self.lost or not self.n)

    def __add__(self, other: "Sample") -> "Sample":
        """Return both ways of a round as one sample; a percentile is the middle of theirs."""
        both = {name: getattr(self, name) + getattr(other, name) for name in ADDED}
        middles = {
            name: (first + second) / 2
            for name in ("p50_ms", "p99_ms")
            if (first := getattr(self, name)) is not None
            and (second := getattr(other, name)) is not None
        }
        note = "; ".join(filter(None, dict.fromkeys((self.note, other.note))))
        return Sample(**both, **middles, note=note)

    def figure(self, measure: Measure) -> float | None:
        found: float | None = getattr(self, measure)
        return found

    def line(self, run: str) -> dict[str, Any]:
        """Return the sample as a line of the output."""
        held = {name: value for name, value in asdict(self).items() if value not in (None, "")}
        rounded = {k: round(v, 4) if isinstance(v, float) else v for k, v in held.items()}
        return {"kind": "sample", "run": run, **rounded, "rate": round(self.rate, 1)}


@dataclass(frozen=True)
class Row:
    """Something that can be put under load.

    Args:
        measure: (at, seconds) → a sample; `row`, `at` and `round` are filled in for it.
        once: Measured in the first round only, with no warm-up: it takes minutes.
    """

    name: str
    at: tuple[int, ...]
    measure: Callable[[int, float], Awaitable[Sample]]
    once: bool = False


Entry = tuple[str, Row, int]
"""What a row is called in the output, the row, and at what it is measured."""


class Rows(Protocol):
    """A module of rows: what `__main__` asks of `append.py`, `commands.py` …"""

    TARGETS: tuple[Target, ...]
    CONTROL: tuple[str, int] | None
    """The row, and at what, that runs twice; `None` where every row runs once."""

    @property
    def rows(self) -> Callable[["Stage"], AbstractAsyncContextManager[list[Row]]]:
        """Start what the rows need; say `stage.skip(row, why)` for what cannot run."""


async def interleave(
    rows: Sequence[Row], control: tuple[str, int] | None, rounds: int, secs: float
) -> AsyncIterator[Sample]:
    """Measure every row at everything, round by round, and the control's row twice.

    Args:
        secs: Of each row in each round; half of it on the way there, half on the way back.
    """
    order = [(row.name, row, at) for row in rows for at in row.at]
    order += [
        (row.name + AGAIN, row, at) for row in rows for at in row.at if (row.name, at) == control
    ]
    for _, row, at in order:
        if not row.once:
            await row.measure(at, min(secs, WARM_UP_SECONDS))
    left = REPEATS_AT_MOST
    for number in range(rounds):
        there = order if number % 2 == 0 else order[::-1]
        quick = [entry for entry in there if not entry[1].once]
        found = await _round(quick, [] if number else [e for e in there if e[1].once], secs)
        factor = _apart(found, control) if control else 1.0
        if left and factor > CONTROL_AT_MOST and not any(one.void for one in found.values()):
            left -= 1
            said = f"measured again: the control differed by {factor:.2f}"
            again = await _round(quick, [], secs)
            found |= {key: replace(one, note="; ".join(filter(None, (one.note, said))))
                      for key, one in again.items()}  # fmt: skip
        for (name, at), one in found.items():
            p99 = one.p99_ms if one.n >= ENOUGH_FOR_P99 else None
            yield replace(one, row=name, at=at, round=number, p99_ms=p99)


async def _round(
    there: Sequence[Entry], once: Sequence[Entry], secs: float
) -> dict[tuple[str, int], Sample]:
    """Measure what takes minutes, then all others there and back."""
    found = {(name, at): await row.measure(at, secs) for name, row, at in once}
    ways = {(name, at): await row.measure(at, secs / 2) for name, row, at in there}
    for name, row, at in reversed(there):
        found[name, at] = ways[name, at] + await row.measure(at, secs / 2)
    return found


def _apart(found: Mapping[tuple[str, int], Sample], control: tuple[str, int]) -> float:
    """Return how far apart the two runs of the control are, as a factor; 1 if one did nothing."""
    name, at = control
    one, two = found[name, at].rate, found[name + AGAIN, at].rate
    return max(one / two, two / one) if one and two else 1.0


def percentile(sorted_values: Sequence[float], share: float) -> float:
    """Return the value that `share` of the sorted values do not exceed (nearest rank)."""
    rank = max(1, -(-len(sorted_values) * round(share * 1000) // 1000))
    return sorted_values[rank - 1]


def timed(
    seconds: Iterable[float], *, secs: float, cpu: float = 0.0, errors: int = 0, lost: int = 0
) -> Sample:
    """Return the sample of things done, from how long each of them took: one way of a round."""
    took = sorted(one * 1000 for one in seconds)
    return Sample(
        n=len(took),
        secs=secs,
        p50_ms=percentile(took, 0.5) if took else None,
        p99_ms=percentile(took, 0.99) if len(took) >= ENOUGH_FOR_P99 / 2 else None,
        cpu_client_s=cpu,
        errors=errors,
        lost=lost,
    )


def cpu_of(pids: Iterable[int]) -> float:
    """Return the CPU seconds of processes and of all below them, the ended ones included."""
    parents: dict[int, tuple[int, float]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it ended meanwhile; its parent has its time
        ticks = sum(map(int, fields[11:15]))
        parents[int(stat.parent.name)] = int(fields[1]), ticks / os.sysconf("SC_CLK_TCK")
    wanted, total = set(pids), 0.0
    for pid, (_, seconds) in parents.items():
        above: int | None = pid
        while above and above not in wanted:
            above = parents[above][0] if above in parents else None
        total += seconds if above else 0.0
    return total


class Clock:
    """How long something took, and how much CPU some processes used meanwhile."""

    def __init__(self, servers: Iterable[int] = ()) -> None:
        self._servers = tuple(servers)
        self._wall, self._cpu = time.perf_counter(), cpu_of(self._servers)
        self._own = time.process_time()

    def stop(self) -> tuple[float, float, float]:
        """Return the seconds gone by, and of CPU: this process's, the servers'."""
        wall = time.perf_counter() - self._wall
        return wall, time.process_time() - self._own, cpu_of(self._servers) - self._cpu
