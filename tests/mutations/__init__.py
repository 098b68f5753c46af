"""Small mistakes, planted one at a time: for each invariant, one that a test must notice.

`python -m tests.mutations` plants them; each module beside this one lists those of its area in
`MUTATIONS`.
"""

from dataclasses import dataclass
from typing import NamedTuple


class Change(NamedTuple):
    """What stands in a file, once, and what is planted in its place."""

    file: str
    before: str
    after: str


@dataclass(frozen=True)
class Mutation:
    """A mistake.

    Args:
        id: Of the invariant it breaks, as in the names of its tests.
        file: Where, from the root of the repository.
        before: What stands there; it occurs once in the file.
        after: The mistake.
        test: The test file that notices, or one test of it (`file.py::test_name`).
        also: What else has to change for the mistake to be whole.
    """

    id: str
    file: str
    before: str
    after: str
    test: str
    also: tuple[Change, ...] = ()

    @property
    def changes(self) -> tuple[Change, ...]:
        return Change(self.file, self.before, self.after), *self.also
