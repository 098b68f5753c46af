"""A side of a ratio, in a process of its own: it takes orders on stdin, answers on stdout.

An order is a line `{"at": 32, "secs": 2.0}`, an answer the fields of a `Sample`. What a worker
prints besides goes to stderr. It ends when stdin does.
"""

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Any

from tests.bench.meter import Sample, timed

POSTGRES, NATS, SECRETS = "BENCH_POSTGRES", "BENCH_NATS", "BENCH_SECRETS"
"""Where a worker finds the superuser's address, the bus and the folder of secrets."""
Measured = Callable[[int, float], Awaitable[Sample]]


def _answer(said: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(said) + "\n")
    sys.stdout.flush()


async def serve(measure: Measured) -> None:
    """Say that this worker is ready, then measure whatever is ordered until stdin ends."""
    loop = asyncio.get_running_loop()
    _answer({"ready": True})
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        order = json.loads(line)
        _answer(asdict(await measure(order["at"], order["secs"])))


def serve_blocking(measure: Callable[[int, float], Sample]) -> None:
    """Do the same for a side that has no event loop."""
    _answer({"ready": True})
    for line in sys.stdin:
        order = json.loads(line)
        _answer(asdict(measure(order["at"], order["secs"])))


async def closed_loop(at: int, secs: float, one: Callable[[int, int], Awaitable[None]]) -> Sample:
    """Keep `at` of something in flight for some seconds.

    Args:
        one: (which of the `at` askers, its how-manieth) → done; what it raises counts as an error.
    """
    took: list[float] = []
    errors = 0
    end = time.perf_counter() + secs

    async def ask(asker: int) -> None:
        nonlocal errors
        turn = 0
        began = time.perf_counter()
        while began < end:
            try:
                await one(asker, turn)
            except Exception as error:  # noqa: BLE001 - counted, and it voids the sample
                errors += 1
                sys.stderr.write(f"{error!r}\n")
            now = time.perf_counter()
            took.append(now - began)
            began, turn = now, turn + 1

    cpu, start = time.process_time(), time.perf_counter()
    await asyncio.gather(*(ask(number) for number in range(at)))
    seconds = time.perf_counter() - start
    return timed(took, secs=seconds, cpu=time.process_time() - cpu, errors=errors)
