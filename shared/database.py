"""PostgreSQL: pools, the tenant's connection, and migrations of plain SQL files."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from uuid import UUID

import asyncpg

from shared.hot import Connection

DB_TRANSIENT = (
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.LockNotAvailableError,
    asyncpg.TransactionRollbackError,
    asyncpg.InvalidTransactionStateError,
    asyncpg.InvalidCachedStatementError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    OSError,
    TimeoutError,
)

First = Callable[[Connection], Coroutine[None, None, None]] | None
_ENTER = """
select m.schema,
  set_config('accord.coalitions', $1, true), set_config('accord.audiences', $2, true),
  set_config('search_path', coalesce(m.schema, 'pg_catalog'), true),
  pg_advisory_xact_lock_shared(7264, m.number::int)
from (select) as always left join inbox.model m
  on case when $3::text is null then m.state = 'current' else m.schema = $3 end
"""  # the lock keeps what was entered from being dropped before the transaction ends

ANSWERS_WITHIN = 6.0
"""Seconds until a server that says nothing counts as gone, so that no request waits for ten."""

_TIMEOUTS = (
    ("idle_in_transaction_session_timeout", "3s"),
    ("lock_timeout", "2s"),
    ("statement_timeout", "30s"),
    ("transaction_timeout", "60s"),
)


async def pool(
    dsn: str,
    name: str,
    *,
    password: str | None = None,
    size: int = 8,
    first: First = None,
    **settings: str,
) -> asyncpg.Pool:
    """Return a pool of connections of one role; `settings` are those of its sessions.

    Args:
        first: What each connection does before anybody gets it; where that fails, nobody does.
    """
    made = await asyncpg.create_pool(
        dsn,
        password=password,
        min_size=1,
        max_size=size,
        command_timeout=ANSWERS_WITHIN,
        timeout=3,
        max_inactive_connection_lifetime=300,
        init=first,
        reset=_as_it_is,
        server_settings={"application_name": name, "jit": "off", **settings},
    )
    assert made is not None
    return made


async def _as_it_is(_db: Connection) -> None:
    """Give a connection back without the library's trip to the server.

    What a transaction sets ends with it, and nothing else is set or locked on a connection that
    goes back; one that was left inside a transaction is rolled back before this is asked.
    """


class Dropped(ConnectionError):
    """The read model that was being read is no more: begin again, on the current one."""


class Pin:
    """The read model that one request reads in all its transactions."""

    def __init__(self) -> None:
        self.schema: str | None = None


_read: dict[int, str | None] = {}
"""The read model that each pool's prepared statements were last used on."""


@asynccontextmanager
async def tenant(
    pool: asyncpg.Pool,
    coalitions: Iterable[UUID],
    audiences: Sequence[str] = (),
    pin: Pin | None = None,
) -> AsyncIterator[Connection]:
    """Open a transaction that sees the rows of these coalitions, and of no other.

    The only way to a connection beside the journal's batch and the readers. It reads the tables
    of the current read model, or of that which `pin` holds since an earlier transaction.
    """
    pinned = pin.schema if pin else None
    async with pool.acquire(timeout=2) as db, db.transaction():
        schema = await enter(db, coalitions, audiences, pinned)
        if pin:
            pin.schema = schema
        if _read.setdefault(id(pool), schema) != schema:  # its columns may be others
            await db.reload_schema_state()
            _read[id(pool)] = schema
        yield db


async def enter(
    db: Connection,
    coalitions: Iterable[UUID],
    audiences: Sequence[str] = (),
    pinned: str | None = None,
) -> str | None:
    """Let a transaction see these coalitions' rows of a read model; return the model's schema.

    Raises:
        Dropped: `pinned` is no more.
    """
    schema: str | None = await db.fetchval(
        _ENTER, ",".join(map(str, coalitions)), ",".join(audiences), pinned
    )
    if schema is None and pinned is not None:
        raise Dropped(pinned)
    return schema


@dataclass(frozen=True)
class Script:
    """A plain SQL file of a package, such as `shared/journal.sql`."""

    package: str
    name: str

    def text(self) -> str:
        return (files(self.package) / self.name).read_text("utf-8")


async def create(
    admin: str, database: str, roles: dict[str, str], *, password: str | None = None
) -> None:
    """Make a database and its roles, with their passwords; repeated at every start.

    Args:
        admin: DSN of a role that may create databases and roles.
        roles: Login roles and their passwords. `<database>_owner` owns the schemas.
    """
    owner = f"{database}_owner"
    db = await asyncpg.connect(admin, password=password)
    try:
        known = {row["rolname"] for row in await db.fetch("select rolname from pg_roles")}
        if owner not in known:
            await db.execute(f'create role "{owner}" nologin')
        for role, secret in roles.items():
            verb = "alter" if role in known else "create"
            quoted = secret.replace("'", "''")
            await db.execute(
                f'{verb} role "{role}" login nosuperuser nobypassrls noinherit'
                f" password '{quoted}'"
            )
            for setting, value in _TIMEOUTS:
                if setting != "transaction_timeout" or db.get_server_version() >= (17,):
                    await db.execute(f"alter role \"{role}\" set {setting} = '{value}'")
        if not await db.fetchval("select true from pg_database where datname = $1", database):
            await db.execute(f'create database "{database}" owner "{owner}"')
        await db.execute(f'revoke all on database "{database}" from public')
        for role in roles:
            await db.execute(f'grant connect on database "{database}" to "{role}"')
    finally:
        await db.close()


async def migrate(
    admin: str,
    database: str,
    scripts: Sequence[Script],
    grants: Sequence[str],
    *,
    password: str | None = None,
    row_security: bool = True,
    model: tuple[str, Script] | None = None,
) -> None:
    """Apply each script that was not yet applied in these words, as the owner; then the grants.

    A script says `if not exists`, so that a changed one may be applied again. One run at a time.

    Args:
        model: The name of a read model and its tables, which stand in a schema for each one there
            is: every one is brought to these words.
    """
    owner = f"{database}_owner"
    db = await asyncpg.connect(admin, database=database, password=password)
    try:
        await db.execute("select pg_advisory_lock(7263)")
        await db.execute(f'grant "{owner}" to current_user')
        await db.execute(f'set role "{owner}"')
        await db.execute(Script("shared", "migration.sql").text())
        rows = await db.fetch("select script, digest from migration.applied")
        applied = {row["script"]: row["digest"] for row in rows}
        for script in scripts:
            text = script.text()
            name, digest = f"{script.package}/{script.name}", sha256(text.encode()).digest()
            if applied.get(name) != digest:
                async with db.transaction():
                    await db.execute(text)
                    await db.execute(
                        "insert into migration.applied values ($1, $2) on conflict (script)"
                        " do update set digest = excluded.digest, at = clock_timestamp()",
                        name, digest,
                    )  # fmt: skip
        async with db.transaction():
            if model:
                await _models(db, *model)
            if row_security:
                await db.execute("select migration.secure()")
            for grant in grants:
                await db.execute(grant)
    finally:
        await db.close()


async def _models(db: Connection, reader: str, tables: Script) -> None:
    """Bring every read model to the newest tables; the first one is called `views`.

    Words that were applied before are not applied again: tables that were lost stay missed, until
    a rebuild fills them, where new ones would seem to be a history without events.
    """
    changed = await db.fetchval(
        "insert into migration.model (sql) values ($1) on conflict (only_row)"
        " do update set sql = excluded.sql where model.sql <> excluded.sql returning true",
        tables.text(),
    )
    if not changed:
        return
    if not await db.fetchval("select exists (select from inbox.model)"):
        await db.execute("select migration.make_tables('views')")
        await db.execute(
            "insert into inbox.model (schema, number, reader, state, followed)"
            " values ('views', 1, $1, 'current', true)",
            reader,
        )
    else:
        await db.execute(
            "select migration.make_tables(schema) from inbox.model"
            " where schema in (select nspname from pg_namespace)"
        )


async def close(pool: asyncpg.Pool) -> None:
    """Close a pool, and break off what does not end by itself."""
    with suppress(*DB_TRANSIENT):
        async with asyncio.timeout(3):
            await pool.close()
    pool.terminate()


async def ready(pool: asyncpg.Pool) -> bool:
    """Say whether a real query is answered within a second."""
    try:
        async with asyncio.timeout(1), pool.acquire() as db:
            return bool(await db.fetchval("select true"))
    except DB_TRANSIENT:
        return False
