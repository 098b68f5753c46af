"""Read models of append-only rows: events in, rows out, one bulk insert a table and batch.

A row carries the position of its event and is never changed; what holds now is the newest row.
So `as_of` is a filter, a rebuild is a bulk insert, and an event heard twice adds nothing.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from shared.event import Recorded
from shared.hot import Connection

_SEPARATOR = "\x1f"
Row = tuple[object, ...]
Rows = Callable[[Recorded], Iterable[tuple["Table", Row]]]


class UnknownType(LookupError):
    """An event type that this reader neither reads nor lets pass: it waits for an upgrade."""


def sealing(seen: Recorded, *fields: str, **columns: str) -> dict[str, tuple[str, str, str]]:
    """Return under which audience, key and digest columns were sealed.

    By the key an erasure finds them, by the digest a redaction.

    A table whose rows may hold what was sealed keeps that in a column `sealed`; a row whose value
    was erased still says that there was one. What is nested in a column is named by the way there:
    `override/reason`.

    Args:
        fields: Columns named as the event's fields.
        columns: Fields, or ways into them, by the names of their columns where these differ.
    """
    sealed = seen.sealed
    if not sealed:
        return {}
    named = dict(zip(fields, fields, strict=True)) | columns
    ways = {column: name for column, name in named.items() if name in sealed}
    for way in sealed:
        if "/" in way:
            for column, name in named.items():
                if way.startswith(f"{name}/"):
                    ways[column + way[len(name) :]] = way
    return {
        column: (audience, str(key), digest)
        for column, way in ways.items()
        for audience, key, digest in (sealed[way],)
    }


class Table:
    """A table of a read model.

    Args:
        columns: (name, PostgreSQL type), in the order of the rows. Lists (`text[]`) are allowed.
    """

    def __init__(self, name: str, *columns: tuple[str, str]) -> None:
        self.name = name
        self.columns = columns
        self._lists = [n for n, (_, kind) in enumerate(columns) if kind.endswith("[]")]
        names = ", ".join(column for column, _ in columns)
        taken = ", ".join(
            f"${n}::{'text' if kind.endswith('[]') else kind}[]"
            for n, (_, kind) in enumerate(columns, 1)
        )
        given = ", ".join(
            f"string_to_array({column}, chr(31))::{kind}" if kind.endswith("[]") else column
            for column, kind in columns
        )
        self.insert = (
            f"insert into {name} ({names}) select {given} from unnest({taken}) as new({names})"  # noqa: S608 - names are the code's own
            " on conflict do nothing"
        )

    def __repr__(self) -> str:
        return f"Table({self.name})"

    async def add(self, db: Connection, rows: Sequence[Row]) -> None:
        """Insert rows; those that are there already stay."""
        turned = [list(column) for column in zip(*rows, strict=True)]
        for n in self._lists:
            turned[n] = [
                None if held is None else _SEPARATOR.join(map(str, held)) for held in turned[n]
            ]
        await db.execute(self.insert, *turned)


@dataclass(frozen=True)
class Projection:
    """A read model over the journals of some services.

    Args:
        name: Also the durable consumer's name.
        rows: For each event type, the rows it gives.
        lets_pass: Event types that give none; any other unknown type parks its coalition.
    """

    name: str
    sources: tuple[str, ...]
    tables: tuple[Table, ...]
    rows: Mapping[str, Rows]
    lets_pass: frozenset[str] = frozenset()
    each: Rows | None = None

    @property
    def reader(self) -> str:
        return self.name

    def wants(self, kind: str) -> bool:
        """Say whether events of a type have to be read at all.

        Raises:
            UnknownType: it is neither read nor let pass.
        """
        if kind in self.rows:
            return True
        if kind not in self.lets_pass:
            raise UnknownType(kind)
        return self.each is not None

    def opens(self, kind: str) -> bool:
        """Say whether sealed fields of a type may be needed."""
        return self.wants(kind)

    async def apply(self, db: Connection, events: Sequence[Recorded]) -> None:
        """Insert what the events give, in one statement a table.

        Raises:
            UnknownType: an event is neither read nor let pass.
        """
        new: dict[str, tuple[Table, list[Row]]] = {}
        for event in events:
            if self.each is not None:
                for table, row in self.each(event):
                    new.setdefault(table.name, (table, []))[1].append(row)
            given = self.rows.get(event.type)
            if given is None:
                if event.type not in self.lets_pass:
                    raise UnknownType(event.type)
                continue
            for table, row in given(event):
                new.setdefault(table.name, (table, []))[1].append(row)
        for table, rows in new.values():
            await table.add(db, rows)
