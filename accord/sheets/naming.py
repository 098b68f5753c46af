"""Which thing a row is about: its id, where it gives one, and else what follows from the source.

An id of ours is kept; any other is the source's own, and ours follows from it (UUIDv5). Without one
a thing is known by its name. A person is known by an address, or by a name that nobody else has; a
new one gets an id that is drawn, because one that follows from a name could be guessed.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from accord.sheets.cells import is_ours
from accord.sheets.columns import SHEETS
from accord.sheets.reading import Row
from accord.sheets.register import Register
from accord.sources.lines import Coalition
from accord.sources.refusals import BadRow, Refuse
from accord.sources.rows import shown
from shared.cells import compared

Own = Mapping[str, Mapping[str, list[Row]]]
"""The coalition's own rows, by sheet and id; positions, which have none, under no id."""
NAMED = "constituencies", "people", "issues", "members", "bodies"
SAID_ONCE = "organisation", "body", "person", "from"
SAID_OFTEN = "body", "constituency"
PLENARY = "Plenary"


class Naming:
    """Gives every row its id, and every cell that names a thing the id of that thing."""

    def __init__(
        self,
        coalition: Coalition,
        register: Register,
        plenary: str,
        new_id: Callable[[], str],
    ) -> None:
        self.register = register
        self._coalition = coalition
        self._plenary = plenary
        self._new_id = new_id
        self._addresses: dict[str, str] = {}
        self._without_address: set[str] = set()
        register.add("bodies", plenary, PLENARY)

    @staticmethod
    def id_from(coalition: Coalition, kind: str, given: str) -> str:
        """Return an id of ours as it is, and what follows from one of the source's."""
        return given if is_ours(given) else coalition.derive(f"{kind}/{given}")

    def own(self, sheets: Mapping[str, Sequence[Row]]) -> Own:
        """Return the coalition's own rows by sheet and id, and make their things known."""
        has: dict[str, dict[str, list[Row]]] = {kind: {} for kind in SHEETS}
        for kind, rows in sheets.items():
            for row in rows:
                id_ = row["id"] or ""
                has[kind].setdefault(id_, []).append(row)
                if id_:
                    self.register.add(kind, id_, row["name"])
                if kind == "people" and row["email"]:
                    self._addresses.setdefault(compared(row["email"]), id_)
                elif kind == "people":
                    self._without_address.add(id_)
        for kind, rows in sheets.items():
            for row in rows:
                self.register.resolve(kind, row, loose=True)
                self.register.resolve(kind, row, own=True, loose=True)
        return has

    def identified(
        self, files: Mapping[str, Sequence[Row]], refuse: Refuse
    ) -> dict[str, list[Row]]:
        """Return the rows of `files` that say what they are about, with ids in their cells."""
        rows = {kind: [*files.get(kind, ())] for kind in SHEETS}

        def each(kind: str, do: Callable[[Row], None]) -> None:
            rows[kind] = self._each(rows[kind], refuse, do)

        for kind in NAMED:
            each(kind, self._by_name(kind))
        for kind in SHEETS:
            each(kind, self._resolve(kind))
        each("accreditations", self._by_place("accreditations", *SAID_ONCE))
        each("seats", self._by_place("seats", *SAID_OFTEN, often=True))
        each("accreditations", self._resolve("accreditations", own=True))
        return rows

    @staticmethod
    def _each(rows: Iterable[Row], refuse: Refuse, do: Callable[[Row], None]) -> list[Row]:
        found = []
        for row in rows:
            try:
                do(row)
            except BadRow as bad:
                refuse(bad.at(row.file, row.line))
            else:
                found.append(row)
        return found

    def _resolve(self, kind: str, *, own: bool = False) -> Callable[[Row], None]:
        def resolve(row: Row) -> None:
            if kind == "accreditations" and row["body"] is None:
                row.values["body"] = self._plenary
            self.register.resolve(kind, row, own=own)

        return resolve

    def _by_name(self, kind: str) -> Callable[[Row], None]:
        """Return how rows of a sheet get their ids where a name may have to do."""
        seen: dict[str, Row] = {}

        def identify(row: Row) -> None:
            given: str | None = row["id"]
            if kind == "bodies" and row["kind"] == "plenary":
                id_ = self._plenary
            elif given is not None:
                id_ = self.id_from(self._coalition, kind, given)
            elif kind == "people":
                id_ = self._person(row)
            else:
                id_ = self._called(kind, row)
            if id_ in seen and kind != "members":
                column = "id" if given is not None else "name"
                detail = f"{_listed(seen[id_])} Leave one out, or give each an id."
                raise BadRow("duplicate", detail, column)
            seen[id_] = row
            row.values["id"] = id_
            self.register.add(kind, id_, row["name"], given)

        return identify

    def _called(self, kind: str, row: Row) -> str:
        """Return the id of the thing of that name."""
        found = self.register.called(kind, row["name"])
        if len(found) > 1:
            detail = f"{len(found)} things are called {shown(row['name'])}: write the id."
            raise BadRow("ambiguous", detail, "name")
        if found:
            return next(iter(found))
        if kind == "members" and row["kind"] == "person":
            return self._new_id()
        return self._coalition.derive(f"{kind}/{compared(row['name'])}")

    def _person(self, row: Row) -> str:
        """Return the id of the person with that address, or the only one with that name."""
        address = compared(row["email"]) if row["email"] else None
        if address is not None and (known := self._addresses.get(address)) is not None:
            return known
        namesakes = self.register.called("people", row["name"])
        if address is not None:
            namesakes = namesakes & self._without_address
        if len(namesakes) > 1:
            detail = f"Several people are called {shown(row['name'])}: give an address or an id."
            raise BadRow("ambiguous", detail, "name")
        id_ = next(iter(namesakes)) if namesakes else self._new_id()
        if address is not None:
            self._addresses[address] = id_
        else:
            self._without_address.add(id_)
        return id_

    def _by_place(self, kind: str, *columns: str, often: bool = False) -> Callable[[Row], None]:
        """Return how rows get their ids that have no name: by what they say.

        Args:
            often: The same may be said more than once, and means another thing each time.
        """
        seen: dict[str, Row] = {}
        times: Counter[str] = Counter()

        def identify(row: Row) -> None:
            given: str | None = row["id"]
            said = given or "/".join(row[name] or "" for name in columns)
            if often and given is None:
                times[said] += 1
                said += f"/{times[said]}"
            id_ = self.id_from(self._coalition, kind, said)
            if id_ in seen:
                detail = f"{_listed(seen[id_])} Leave one out, or give each an id."
                raise BadRow("duplicate", detail, "id")
            seen[id_] = row
            row.values["id"] = id_
            self.register.add(kind, id_, None, given)

        return identify


def _listed(row: Row) -> str:
    return f"It is listed already in line {row.line} of {row.file}."
