"""What was made for given positions, held in memory: all that it rests on is in its key."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from services.transparency.views.events import SERVICES, Lens

HELD = 32
T = TypeVar("T")


class Held:
    """What was asked for last, for good: the same positions give the same.

    Once somebody was erased, nothing of the coalition from before is held any more.
    """

    def __init__(self) -> None:
        self._held: OrderedDict[tuple[Any, ...], Any] = OrderedDict()

    async def of(self, lens: Lens, what: tuple[Any, ...], make: Callable[[], Awaitable[T]]) -> T:
        """Return what `make` gives, made now unless the same was asked for lately.

        Args:
            what: All it rests on beside the lens.
        """
        as_of = tuple(lens.as_of[service] for service in SERVICES)
        key = lens.coalition, lens.erased, as_of, lens.audiences, lens.model, what
        if key in self._held:
            self._held.move_to_end(key)
            found: T = self._held[key]
            return found
        for held in [held for held in self._held if held[0] == key[0] and held[1] != key[1]]:
            del self._held[held]
        made = self._held[key] = await make()
        while len(self._held) > HELD:
            self._held.popitem(last=False)
        return made
