"""Lines that are served in turn, so that a long one does not keep a short one waiting."""

from collections import deque
from collections.abc import Hashable, Sequence
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")


class Turns(Generic[K, T]):
    """Items of several owners: first come, first served within one; round robin over them."""

    def __init__(self) -> None:
        self._lines: dict[K, deque[T]] = {}
        self._order: deque[K] = deque()
        self._size = 0

    def __len__(self) -> int:
        return self._size

    def add(self, owner: K, item: T) -> None:
        line = self._lines.get(owner)
        if line is None:
            self._lines[owner] = deque((item,))
            self._order.append(owner)
        else:
            line.append(item)
        self._size += 1

    def give_back(self, owner: K, items: Sequence[T]) -> None:
        """Put items that were taken before the others of their owner, who is next."""
        if not items:
            return
        line = self._lines.get(owner)
        if line is None:
            line = self._lines[owner] = deque()
        else:
            self._order.remove(owner)
        self._order.appendleft(owner)
        line.extendleft(reversed(items))
        self._size += len(items)

    def take(self, most: int) -> list[T]:
        """Take so many items at most, one of each owner in turn."""
        taken: list[T] = []
        lines, order = self._lines, self._order
        while order and len(taken) < most:
            owner = order.popleft()
            line = lines[owner]
            if not order:  # alone: no turns to take
                while line and len(taken) < most:
                    taken.append(line.popleft())
            else:
                taken.append(line.popleft())
            if line:
                order.append(owner)
            else:
                del lines[owner]
        self._size -= len(taken)
        return taken
