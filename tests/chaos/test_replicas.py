"""X13: one to four writers, each a process, on the same coalitions."""

import asyncio
import multiprocessing
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from random import Random
from statistics import median
from uuid import UUID

import pytest

from tests.chaos.line import SERVICE, Say, coalitions, line
from tests.shared.jars import Put, ask, opened, writing

WARM_UP, SECONDS, ROUNDS, CLIENTS, OF = 1.5, 2.0, 2, 120, 20
Place = tuple[UUID, int]


@dataclass(frozen=True)
class Wrote:
    """What one replica acknowledged, how much of it in time, and what a unique key stopped."""

    places: list[Place]
    counted: int
    conflicts: int


def replica(postgres: str, name: str, clients: int, starts: float) -> Wrote:
    """Write for some seconds, and count between two moments that all agree on."""
    return asyncio.run(_replica(postgres, name, clients, starts))


async def _replica(postgres: str, name: str, clients: int, starts: float) -> Wrote:
    of, places, counted = coalitions(OF), list[Place](), 0
    chance = Random()  # noqa: S311 - streams that nobody has written to: nothing to read at first
    jars = [UUID(int=chance.getrandbits(128)) for _ in range(OF)]
    async with opened(postgres, name, SERVICE) as shop:

        async def client(number: int) -> None:
            nonlocal counted
            while (now := time.time()) < starts + WARM_UP + SECONDS:
                coalition = of[number % OF]
                wanted = ask(coalition, jars[number % OF], Put(coins=1))
                written = await shop.journal.write(wanted)
                places.append((coalition, written.position))
                counted += now > starts + WARM_UP
                number += 1

        async with writing(shop.journal):
            await asyncio.sleep(max(0.0, starts - time.time()))
            await asyncio.gather(*(client(number) for number in range(clients)))
        return Wrote(places, counted, shop.journal.conflicts)


async def many(replicas: int, postgres: str, name: str) -> list[Wrote]:
    """Run so many replicas at once, with the same number of clients in all."""
    loop = asyncio.get_running_loop()
    processes = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(replicas, mp_context=processes) as pool:
        starts = time.time() + 2 + replicas / 2
        each = partial(replica, postgres, name, CLIENTS // replicas, starts)
        return await asyncio.gather(*(loop.run_in_executor(pool, each) for _ in range(replicas)))


@pytest.mark.chaos
async def test_x13_replicas_never_conflict(postgres: str, say: Say) -> None:
    name, conflicts, places = "x13", 0, list[Place]()
    rates: dict[int, list[float]] = {1: [], 2: [], 3: [], 4: []}
    async with line(postgres, name) as running:
        for coalition in coalitions(OF):  # keys and heads are there before anybody is in a hurry
            await running.put(coalition)
        for _ in range(ROUNDS):
            for replicas, seen in rates.items():
                wrote = await many(replicas, postgres, name)
                conflicts += sum(one.conflicts for one in wrote)
                places += (place for one in wrote for place in one.places)
                seen.append(sum(one.counted for one in wrote) / SECONDS)
        assert len(places) == len(set(places))
        running.ledger.update(dict.fromkeys(places, 1))
        await running.lost_none()
    single = median(rates[1])
    ratios = ", ".join(
        f"{n} replicas {median(seen):.0f}/s ({median(seen) / single:.2f} of it)"
        for n, seen in rates.items()
        if n > 1
    )
    say(f"X13: {len(places)} commands; single {single:.0f}/s; {ratios}; conflicts {conflicts}")
    assert conflicts == 0
