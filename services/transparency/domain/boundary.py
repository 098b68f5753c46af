"""The boundary agreement: below how many contributors a figure is not shown."""

from dataclasses import dataclass
from typing import NamedTuple

MIN_GROUP = 5


class Agreed(NamedTuple):
    position: int
    version: int
    min_group: int


@dataclass(frozen=True)
class Boundary:
    """All versions that were agreed, in order."""

    agreed: tuple[Agreed, ...] = ()

    @property
    def version(self) -> int:
        """The version in force; 0 where none was agreed."""
        return self.agreed[-1].version if self.agreed else 0

    @property
    def min_group(self) -> int:
        return self.agreed[-1].min_group if self.agreed else MIN_GROUP

    def least(self, position: int) -> int:
        """Return the `min_group` in force when this event of the members' journal happened."""
        found = [each.min_group for each in self.agreed if each.position < position]
        return found[-1] if found else MIN_GROUP
