"""The read models of a service: which is read, which are filled or kept up beside it.

Each is a schema of the same tables with cursors of its own. One row says which is current; a
transaction looks it up when it begins (`shared.database.enter`), so a switch is one commit.
"""

import asyncio
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal
from uuid import UUID

import asyncpg

from shared.database import Dropped, enter

Place = tuple[str, UUID]
"""(source, coalition)"""
State = Literal["building", "following", "current", "kept"]
KEPT_FOR = timedelta(hours=24)
REQUEST_ENDS_WITHIN = timedelta(seconds=5)
_COLUMNS = "schema, number, reader, state, code, followed, until <= clock_timestamp() as due"


@dataclass(frozen=True)
class Model:
    """One read model.

    Args:
        reader: Under which its cursors stand.
        code: The digest of the code that began to fold it.
        followed: Whether a running service keeps it up.
        due: Whether the time is over for which it was kept.
    """

    schema: str
    number: int
    reader: str
    state: State
    code: str | None
    followed: bool
    due: bool | None

    @property
    def kept_up(self) -> bool:
        """Say whether running services keep it up; one that is being filled they leave alone."""
        return self.state != "building"


class Models:
    """The read models in one database.

    Args:
        app: The role that fills them; `watch` that which sees every coalition's rows.
    """

    def __init__(self, app: asyncpg.Pool, watch: asyncpg.Pool) -> None:
        self._app = app
        self._watch = watch

    async def all(self) -> list[Model]:
        """Return all there are, the newest first."""
        async with self._watch.acquire(timeout=2) as db:
            rows = await db.fetch(f"select {_COLUMNS} from inbox.model order by number desc")  # noqa: S608 - columns
        return [Model(**row) for row in rows]

    async def make(self, base: str, code: str) -> Model:
        """Make an empty one beside the others."""
        async with self._app.acquire(timeout=2) as db:
            schema = await db.fetchval("select inbox.make_model($1, $2)", base, code)
        [made] = [model for model in await self.all() if model.schema == schema]
        return made

    async def behind(self, model: Model, than: Model, but: Collection[UUID] = ()) -> int:
        """Return in how many places `model` has read less than another, save some coalitions."""
        async with self._watch.acquire(timeout=2) as db:
            found: int = await db.fetchval(
                "select count(*) from inbox.cursor a left join inbox.cursor b on"
                " (b.coalition_id, b.source, b.reader) = (a.coalition_id, a.source, $2)"
                " where a.reader = $1 and a.position > coalesce(b.position, 0)"
                " and a.coalition_id <> all($3)",
                *(than.reader, model.reader, list(but)),
            )
        return found

    async def parked(self, model: Model) -> Mapping[Place, str]:
        """Return where it stopped before an event that cannot be applied, and why."""
        async with self._watch.acquire(timeout=2) as db:
            rows = await db.fetch(
                "select source, coalition_id, position, reason, error from inbox.parked"
                " where reader = $1",
                model.reader,
            )
        return {
            (row["source"], row["coalition_id"]): (
                f"{model.schema} stopped before {row['source']}/{row['position']}:"
                f" {row['reason']}, {row['error']}"
            )
            for row in rows
        }

    async def begin_following(self, model: Model) -> None:
        """Ask the running services to keep a filled one up."""
        await self._change(
            "update inbox.model set state = 'following', since = clock_timestamp()"
            " where schema = $1 and state = 'building'",
            model.schema,
        )

    async def followed(self, model: Model) -> None:
        """Note that a running service keeps it up."""
        await self._change("update inbox.model set followed = true where schema = $1", model.schema)

    async def switch(self, model: Model, note: str | None = None) -> None:
        """Let everybody read `model` from now on, in one commit; keep what was read before.

        Raises:
            Dropped: it is no more, or nobody keeps it up.
        """
        async with self._app.acquire(timeout=2) as db:
            if not await db.fetchval(
                "select inbox.switch_model($1, $2, $3)", model.schema, note, KEPT_FOR
            ):
                raise Dropped(model.schema)

    async def drop(self, model: Model) -> bool:
        """Drop one that is not read, once nobody reads it any more; say whether it was there.

        A request reads in several transactions, and what it began on one model it ends there: so
        one that was read a moment ago waits for the longest of them.
        """
        async with self._watch.acquire(timeout=2) as db:
            wait: float | None = await db.fetchval(
                "select extract(epoch from since + $2 - clock_timestamp())::float8"
                " from inbox.model where schema = $1 and state = 'kept'",
                *(model.schema, REQUEST_ENDS_WITHIN),
            )
        await asyncio.sleep(max(wait or 0.0, 0.0))
        async with self._app.acquire(timeout=2) as db, db.transaction():
            if not await db.fetchval("select inbox.drop_model($1)", model.schema):
                return False
            async with self._watch.acquire(timeout=2) as watching:
                known = await watching.fetch(
                    "select coalition_id from inbox.cursor where reader = $1", model.reader
                )
            await enter(db, {row["coalition_id"] for row in known})
            await db.execute("delete from inbox.cursor where reader = $1", model.reader)
            await db.execute("delete from inbox.parked where reader = $1", model.reader)
        return True

    async def _change(self, sql: str, *values: Any) -> None:
        async with self._app.acquire(timeout=2) as db:
            await db.execute(sql, *values)


def current(models: Iterable[Model]) -> Model:
    """Return the one that is read."""
    return next(model for model in models if model.state == "current")
