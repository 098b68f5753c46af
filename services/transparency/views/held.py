"""What takes long to make, held in memory for as long as all that it rests on stays the same."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, NamedTuple, TypeVar
from uuid import UUID

from services.transparency.views.events import Lens

T = TypeVar("T")


class Key(NamedTuple):
    """What something rests on: a coalition's rows, in one state of a read model, and the rest."""

    coalition: UUID
    model: str | None
    rest: tuple[Hashable, ...]


class Held(Generic[T]):
    """What was asked for last, by what it rests on; one thing is made at a time.

    Nothing of a coalition is held whose rows were changed: not the words of who was erased.

    Args:
        at_most: How many are held.
    """

    def __init__(self, at_most: int) -> None:
        self._at_most = at_most
        self._held: OrderedDict[Key, T] = OrderedDict()
        self._making = asyncio.Lock()

    async def of(
        self, lens: Lens, rest: tuple[Hashable, ...], make: Callable[[], Awaitable[T]]
    ) -> T:
        """Return what `make` gives, made now unless it is held.

        Args:
            rest: All it rests on beside the coalition and its read model; positions, too.
        """
        key = Key(lens.coalition, lens.model, rest)
        if key not in self._held:
            async with self._making:
                if key not in self._held:
                    self._forget(key)
                    made = await make()
                    self._held[key] = made
                    while len(self._held) > self._at_most:
                        self._held.popitem(last=False)
        self._held.move_to_end(key)
        return self._held[key]

    def _forget(self, newer: Key) -> None:
        for key in list(self._held):
            if key.coalition == newer.coalition and key.model != newer.model:
                del self._held[key]
