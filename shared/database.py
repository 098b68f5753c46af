"""PostgreSQL: pools, the tenant's connection, and migrations of plain SQL files."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
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

_ROW_SECURITY = """
do $$
declare t record;
begin
  for t in select c.oid::regclass as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
      join pg_attribute a on a.attrelid = c.oid and a.attname = 'coalition_id' and not a.attisdropped
      where c.relkind in ('r', 'p') and n.nspname not in ('tenancy', 'sealing', 'pg_catalog') loop
    execute format('alter table %s enable row level security', t.name);
    execute format('alter table %s force row level security', t.name);
    execute format('drop policy if exists coalition on %s', t.name);
    execute format('create policy coalition on %s to {app}
      using (coalition_id = any ((select string_to_array(nullif(current_setting(''accord.coalitions'', true), ''''), '','')::uuid[])::uuid[]))
      with check (coalition_id = any ((select string_to_array(nullif(current_setting(''accord.coalitions'', true), ''''), '','')::uuid[])::uuid[]))', t.name);
    execute format('drop policy if exists relay on %s', t.name);
    execute format('create policy relay on %s to {relay} using (true) with check (true)', t.name);
  end loop;
end $$;
"""  # noqa: E501 - SQL keeps its lines

_TIMEOUTS = (
    ("idle_in_transaction_session_timeout", "3s"),
    ("lock_timeout", "2s"),
    ("statement_timeout", "30s"),
    ("transaction_timeout", "60s"),
)


async def pool(dsn: str, name: str, *, password: str | None = None, size: int = 8) -> asyncpg.Pool:
    """Return a pool of connections of one role."""
    made = await asyncpg.create_pool(
        dsn,
        password=password,
        min_size=1,
        max_size=size,
        command_timeout=60,
        timeout=3,
        max_inactive_connection_lifetime=300,
        server_settings={"application_name": name, "jit": "off"},
    )
    assert made is not None
    return made


@asynccontextmanager
async def tenant(
    pool: asyncpg.Pool, coalitions: Iterable[UUID], audiences: Sequence[str] = ()
) -> AsyncIterator[Connection]:
    """Open a transaction that sees the rows of these coalitions, and of no other.

    The only way to a connection beside the journal's batch and the readers.
    """
    async with pool.acquire(timeout=2) as db, db.transaction():
        await db.execute(
            "select set_config('accord.coalitions', $1, true),"
            " set_config('accord.audiences', $2, true)",
            ",".join(map(str, coalitions)),
            ",".join(audiences),
        )
        yield db


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
) -> None:
    """Apply each script that was not yet applied in these words, as the owner; then the grants.

    A script says `if not exists`, so that a changed one may be applied again. One run at a time.
    """
    owner = f"{database}_owner"
    db = await asyncpg.connect(admin, database=database, password=password)
    try:
        await db.execute("select pg_advisory_lock(7263)")
        await db.execute(f'grant "{owner}" to current_user')
        await db.execute(f'set role "{owner}"')
        await db.execute("create schema if not exists migration")
        await db.execute(
            "create table if not exists migration.applied ("
            " script text primary key, digest bytea not null,"
            " at timestamptz not null default clock_timestamp())"
        )
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
            if row_security:
                sql = _ROW_SECURITY.replace("{app}", f"{database}_app")
                await db.execute(sql.replace("{relay}", f"{database}_relay"))
            for grant in grants:
                await db.execute(grant)
    finally:
        await db.close()


async def ready(pool: asyncpg.Pool) -> bool:
    """Say whether a real query is answered within a second."""
    try:
        async with asyncio.timeout(1), pool.acquire() as db:
            return bool(await db.fetchval("select true"))
    except DB_TRANSIENT:
        return False
