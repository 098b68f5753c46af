"""Whether a log's entries are the events of one coalition, each journal in order and whole."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

import orjson

_SOURCE = re.compile(r"/coalitions/([0-9a-f-]{36})/([a-z]+)")
_DIGEST = re.compile(r"[A-Za-z0-9_-]{43}")


class OutOfPlace(ValueError):
    """An entry that cannot stand there: the message says which, and why."""


@dataclass
class Journals:
    """What was read so far.

    Args:
        positions: The last position of each service, by its name.
        first: When the oldest entry was recorded, and `last` the newest, as the host says.
    """

    coalition: str | None = None
    positions: dict[str, int] = field(default_factory=dict)
    first: str = ""
    last: str = ""

    def take(self, index: int, leaves: Iterable[bytes]) -> None:
        """Read the entries from `index` on.

        Raises:
            OutOfPlace: one is not in canonical form, of another coalition, or out of its order.
        """
        for number, leaf in enumerate(leaves, index):
            try:
                self._take(leaf)
            except OutOfPlace as error:
                raise OutOfPlace(f"Entry {number} {error}") from error

    def _take(self, leaf: bytes) -> None:
        try:
            said = orjson.loads(leaf)
            canonical = orjson.dumps(said, option=orjson.OPT_SORT_KEYS) == leaf
            source, sequence, recorded = said["source"], said["sequence"], said["recordedtime"]
            coalition, digests = said["coalition"], said["data"].get("_sd", ())
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise OutOfPlace("is no event.") from error
        if not canonical:
            raise OutOfPlace("is not in canonical form.")
        if self.coalition is None:
            self.coalition = coalition
            self.first = recorded
        found = _SOURCE.fullmatch(source)
        if found is None or found[1] != coalition or coalition != self.coalition:
            raise OutOfPlace(f"is of {source}, not of coalition {self.coalition}.")
        due = self.positions.get(found[2], 0) + 1
        if sequence != f"{due:020d}":
            raise OutOfPlace(f"is {found[2]} {sequence.lstrip('0')}; {found[2]} {due} is due.")
        if digests and not _sealed(digests):
            raise OutOfPlace("has sealed fields that are no sorted digests.")
        self.positions[found[2]] = due
        self.last = max(self.last, recorded)


def _sealed(digests: object) -> bool:
    """Say whether these are the digests of sealed fields: sorted, so that nothing shows."""
    return (
        isinstance(digests, list)
        and all(isinstance(each, str) and _DIGEST.fullmatch(each) for each in digests)
        and digests == sorted(digests)
    )
