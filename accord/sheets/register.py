"""What things are called: from names and ids in cells to the things that are meant.

Known are the things of the coalition and those of the files of this import. A name means the one
thing of its sheet that is called so; where several are, an id has to say which.
"""

from collections import defaultdict
from typing import Any

from accord.sheets.cells import Everything, is_ours
from accord.sheets.columns import SHEETS
from accord.sheets.reading import Row
from accord.sources.refusals import BadRow
from accord.sources.rows import shown
from shared.cells import compared

ONE = {
    "constituencies": "constituency",
    "people": "person",
    "issues": "issue",
    "members": "organisation",
    "bodies": "body",
    "accreditations": "accreditation",
    "seats": "seat",
}


class Register:
    """Things by sheet: their ids, and what they go by."""

    def __init__(self) -> None:
        self._ids: dict[str, set[str]] = defaultdict(set)
        self._aliases: dict[str, dict[str, str]] = defaultdict(dict)
        self._named: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))

    def add(self, kind: str, id_: str, name: str | None, alias: str | None = None) -> None:
        """Make a thing known, by its name and by what the source calls it."""
        self._ids[kind].add(id_)
        if alias is not None:
            self._aliases[kind][alias] = id_
        if name is not None:
            self._named[kind][compared(name)].add(id_)

    def knows(self, kind: str, id_: str) -> bool:
        return id_ in self._ids[kind]

    def called(self, kind: str, name: str) -> set[str]:
        """Return the ids of all things that are called so."""
        return self._named[kind].get(compared(name), set())

    def meant(self, kind: str, cell: str, *, loose: bool = False) -> str:
        """Return the id of the thing that a cell names.

        Args:
            loose: Take an id even where nothing of that id is known.

        Raises:
            BadRow: there is none, or there are several.
        """
        given = cell.strip()
        if (alias := self._aliases[kind].get(given)) is not None:
            return alias
        if is_ours(given) and (loose or self.knows(kind, given.lower())):
            return given.lower()
        found = self.called(kind, cell)
        if len(found) == 1:
            return next(iter(found))
        one = ONE[kind]
        if found:
            detail = f"{len(found)} things are called {shown(given)}: write the id of the {one}."
            raise BadRow("ambiguous", detail)
        detail = (
            f"There is no {one} {shown(given)} in the coalition or in these files:"
            f" mend the name, or add it to {kind}.csv and import both together."
        )
        raise BadRow(f"unknown_{one}", detail)

    def resolve(self, kind: str, row: Row, *, own: bool = False, loose: bool = False) -> None:
        """Put ids in the place of what the cells of a row name.

        Args:
            own: Those of the row's own sheet, or else those of others.
            loose: In every column an id is taken even where nothing of that id is known.

        Raises:
            BadRow: a cell names nothing, or several things.
        """
        for column in SHEETS[kind]:
            named = row[column.name]
            if column.means is None or named is None or (column.means == kind) != own:
                continue
            try:
                either = loose or column.loose
                row.values[column.name] = self._all_meant(column.means, named, loose=either)
            except BadRow as bad:
                raise BadRow(bad.reason, bad.detail, column.name) from bad

    def _all_meant(self, kind: str, named: str | list[str] | Everything, *, loose: bool) -> Any:
        if isinstance(named, Everything):
            return named
        if isinstance(named, str):
            return self.meant(kind, named, loose=loose)
        return sorted({self.meant(kind, one, loose=loose) for one in named})
