"""Figures of a report, counted again: a filter and a fold, from the entries themselves.

    name, where, fold, of, value, entries

`where` is {dotted path: value, or a list of values}; `fold` is `count`, or `sum` or `distinct` of
what stands at the path `of`. `entries` are the indexes of what was counted, or their number and the
RFC 6962 root of their leaf hashes. Where a path may be sealed nobody can tell whether the filter
takes an entry: the figure is then checked over the others, and the statement says over how many.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NoReturn

from accord.leaf import MISSING, UNKNOWN, Leaf
from accord.report_zip import BadReport
from shared.tlog.encoding import Unreadable, base64_bytes, shown
from shared.tlog.tree import Peaks

FOLDS = frozenset({"count", "sum", "distinct"})
FIGURES = 10_000
Takes = Literal["yes", "no", "unknown"]


@dataclass(frozen=True)
class Checked:
    """What became of a figure.

    Args:
        over: How many entries it was counted over again, of how many that may belong to it. Both
            `None`: its fold is not known here.
    """

    name: str
    value: Any
    over: int | None
    of: int | None

    @property
    def whole(self) -> bool:
        return self.over is not None and self.over == self.of


@dataclass
class Figure:
    """A figure, and what of it was found so far."""

    name: str
    where: Mapping[str, Sequence[Any]]
    fold: str
    of: str | None
    value: Any
    listed: frozenset[int] | None
    count: int
    root: bytes | None
    known: int = 0
    unknown: int = 0
    total: int = 0
    values: set[str] = field(default_factory=set)
    leaves: Peaks = field(default_factory=Peaks)

    def take(self, index: int, leaf_hash: bytes, leaf: Leaf | None) -> None:
        """Look at one entry; `None`: it is hidden.

        Raises:
            BadReport: the figure does not follow.
        """
        if self.fold not in FOLDS:
            return
        takes = self._takes(leaf)
        if self.listed is not None and takes != "unknown":
            if takes == "yes" and index not in self.listed:
                self._fail(f"entry {index} belongs to it, and is not counted")
            if takes == "no" and index in self.listed:
                self._fail(f"entry {index} is counted, and does not belong to it")
        if takes == "no":
            return
        value = leaf.at(self.of) if leaf is not None and self.of is not None else MISSING
        if takes == "unknown" or value is UNKNOWN:
            self.unknown += 1
            return
        self.known += 1
        self.leaves.extend([leaf_hash])
        if self.fold == "sum" and value is not MISSING:
            if type(value) is not int:
                self._fail(f"entry {index} has no integer at {shown(str(self.of))}")
            self.total += value
        if self.fold == "distinct" and value is not MISSING:
            self.values.add(json.dumps(value, sort_keys=True))

    def checked(self) -> Checked:
        """Return what came of it, once all entries were looked at.

        Raises:
            BadReport: the figure does not follow.
        """
        if self.fold not in FOLDS:
            return Checked(self.name, self.value, None, None)
        spare = self.count - self.known
        if not 0 <= spare <= self.unknown:
            self._fail(f"it rests on {self.count} entries; {self.known} were found")
        if not spare and self.root is not None and self.leaves.root() != self.root:
            self._fail("it rests on other entries than were found")
        found = {"count": self.count, "sum": self.total, "distinct": len(self.values)}[self.fold]
        fits = {
            "count": self.value == found,
            "sum": spare > 0 or self.value == found,
            "distinct": found <= self.value <= found + spare,
        }
        if not fits[self.fold]:
            self._fail(f"it says {self.value}; counted again it is {found}")
        return Checked(self.name, self.value, self.known, self.known + self.unknown)

    def _takes(self, leaf: Leaf | None) -> Takes:
        if leaf is None:
            return "unknown"
        certain: Takes = "yes"
        for path, values in self.where.items():
            found = leaf.at(path)
            if found is UNKNOWN:
                certain = "unknown"
            elif not any(_same(found, value) for value in values):
                return "no"
        return certain

    def _fail(self, why: str) -> NoReturn:
        raise BadReport(f"The figure {shown(self.name)} does not follow from the entries: {why}.")


def read(said: Any, first: int, end: int) -> list[Figure]:
    """Read `figures.json` of a report on the entries [first, end).

    Raises:
        BadReport: it is none.
    """
    if not isinstance(said, list) or len(said) > FIGURES:
        raise BadReport(f"figures.json: this is no list of {FIGURES:,} figures at most.")
    return [_figure(each, number, first, end) for number, each in enumerate(said, 1)]


def whole(checked: Iterable[Checked]) -> int:
    """Return how many were counted again over all of their entries."""
    return sum(each.whole for each in checked)


def _figure(said: Any, number: int, first: int, end: int) -> Figure:
    where = f"figures.json, figure {number}"
    try:
        name, fold, value = said["name"], said["fold"], said["value"]
        filters = {
            path: values if isinstance(values, list) else [values]
            for path, values in said["where"].items()
        }
        of = said.get("of")
        rests = said["entries"]
    except (AttributeError, KeyError, TypeError) as error:
        raise BadReport(f"{where}: it lacks name, where, fold, value or entries.") from error
    if not isinstance(name, str) or not isinstance(fold, str):
        raise BadReport(f"{where}: its name and fold are texts.")
    known = fold in FOLDS
    if known and (type(value) is not int or (fold == "count") != (of is None)):
        raise BadReport(f"{where}: a {fold} is an integer, and only a count is of nothing.")
    if of is not None and not isinstance(of, str):
        raise BadReport(f"{where}: what it is of is a path.")
    if isinstance(rests, list):
        ascends = all(type(each) is int for each in rests) and rests == sorted(set(rests))
        if not ascends or (rests and not first <= rests[0] <= rests[-1] < end):
            raise BadReport(f"{where}: its entries are indexes of this report, in order.")
        return Figure(name, filters, fold, of, value, frozenset(rests), len(rests), None)
    try:
        count, root = rests["count"], base64_bytes(rests["root"])
    except (AttributeError, KeyError, TypeError, Unreadable) as error:
        raise BadReport(f"{where}: its entries are indexes, or a count and a root.") from error
    if type(count) is not int:
        raise BadReport(f"{where}: a count is an integer.")
    return Figure(name, filters, fold, of, value, None, count, root)


def _same(found: Any, value: Any) -> bool:
    """Say whether two JSON values are one: `true` is not 1."""
    if found is MISSING:
        return False
    return json.dumps(found, sort_keys=True) == json.dumps(value, sort_keys=True)
