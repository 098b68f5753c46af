"""A database that says nothing any more: nobody waits for it for long."""

import time
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from shared import database
from tests.chaos.link import Link
from tests.chaos.world import drawn_from


async def test_a_server_that_says_nothing_is_given_up(
    postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert database.ANSWERS_WITHIN + 2 <= 10, "no request may hang for longer"
    monkeypatch.setattr(database, "ANSWERS_WITHIN", 0.5)
    link = Link("to postgres", _reached(postgres), drawn_from(1))
    await link.start()
    name = urlsplit(postgres).netloc.rpartition("@")[0]
    pool = await database.pool(
        f"postgresql://{name}@127.0.0.1:{link.port}/postgres?sslmode=disable", "test", size=1
    )
    assert await pool.fetchval("select 1") == 1
    link.hurt("black hole")
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        async with pool.acquire(timeout=2) as db:
            await db.fetchval("select 1")
    assert time.monotonic() - began < 4
    link.heal()
    assert await pool.fetchval("select 1") == 1
    await pool.close()
    await link.close()


def _reached(dsn: str) -> int | Path:
    """Return where a server listens: a port of this machine, or a socket."""
    parts = urlsplit(dsn)
    if parts.port is not None:
        return parts.port
    asked = parse_qs(parts.query)
    return Path(asked["host"][0]) / f".s.PGSQL.{asked['port'][0]}"
