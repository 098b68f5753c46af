"""Totals of R2, kept at the newest position asked for: a later one only adds what is new.

Counting a coalition of thousands of decisions from nothing takes seconds; its totals are small.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from uuid import UUID

from services.transparency.domain.who_decided_what import NOTHING, Totals
from services.transparency.views.cases import cases
from services.transparency.views.events import Lens
from services.transparency.views.register import Search, made_after
from shared.hot import Connection

Rows = Callable[[], AbstractAsyncContextManager[Connection]]
Key = tuple[UUID, tuple[str, ...], Search, str | None]

AT_ONCE = 50
HELD = 64


class Standings:
    """Totals by coalition, audience and window; those least asked for are forgotten."""

    def __init__(self) -> None:
        self._held: OrderedDict[Key, tuple[int, Totals]] = OrderedDict()
        self._locks: dict[Key, asyncio.Lock] = {}

    async def of(self, rows: Rows, lens: Lens, window: Search) -> Totals:
        """Return the totals as of the position of `lens`, reading in short transactions."""
        key = lens.coalition, lens.audiences, window, lens.model
        async with self._locks.setdefault(key, asyncio.Lock()):
            position, totals = self._held.get(key, (0, NOTHING))
            if position > lens.meetings:
                return await _grown(rows, lens, window, 0, NOTHING)
            totals = await _grown(rows, lens, window, position, totals)
            self._held[key] = lens.meetings, totals
            self._held.move_to_end(key)
            while len(self._held) > HELD:
                forgotten, _ = self._held.popitem(last=False)
                self._locks.pop(forgotten, None)
            return totals


async def _grown(rows: Rows, lens: Lens, window: Search, position: int, totals: Totals) -> Totals:
    while True:
        async with rows() as db:
            outcomes = await made_after(db, lens, window, position, AT_ONCE)
            found = await cases(db, lens, outcomes)
        if not outcomes:
            return totals
        totals = totals.after(found)
        position = outcomes[-1]["position"]
