"""eventsourcing on PostgreSQL: an application saves aggregates from threads, as its users do.

Same server, same durability, same 401 bytes; order is kept by its table lock, as by default.
Database functions are off: with them, readers miss events. Each thread holds its aggregate, so
nothing is loaded. It keeps no idempotency key, seals nothing and chains nothing.
"""

import os
import sys
import threading
import time
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import psycopg
from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event

from tests.bench import notes
from tests.bench.meter import Sample, timed
from tests.bench.worker import POSTGRES, serve_blocking


class Notebook(Aggregate):
    def __init__(self) -> None:
        self.taken = 0

    @event("Noted")
    def note(self, words: str, reason: str) -> None:  # noqa: ARG002 - its decorator keeps them
        self.taken += 1


def environment(database: str) -> dict[str, str]:
    """Return its settings, with a database made for it."""
    address = urlsplit(os.environ[POSTGRES])
    query = parse_qs(address.query)
    host = query["host"][0] if "host" in query else address.hostname or ""
    with psycopg.connect(os.environ[POSTGRES], autocommit=True) as db:
        db.execute(f'create database "{database}"')
    return {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_DBNAME": database,
        "POSTGRES_HOST": host,
        "POSTGRES_PORT": query["port"][0] if "port" in query else str(address.port),
        "POSTGRES_USER": unquote(address.username or ""),
        "POSTGRES_PASSWORD": unquote(address.password or ""),
        "POSTGRES_ENABLE_DB_FUNCTIONS": "n",
        "POSTGRES_POOL_SIZE": "40",
        "POSTGRES_LOCK_TIMEOUT": "30",
    }


class Saving:
    """Threads that save, each an aggregate of its own."""

    def __init__(self) -> None:
        self._app: Application[Any] = Application(env=environment("peer_eventsourcing"))

    def measure(self, at: int, secs: float) -> Sample:
        took: list[float] = []
        failed: list[str] = []
        before = self._app.recorder.max_notification_id() or 0
        cpu, began = time.process_time(), time.perf_counter()

        def save() -> None:
            notebook = Notebook()
            self._app.save(notebook)
            while (start := time.perf_counter()) < began + secs:
                notebook.note(notes.WORDS, notes.REASON)
                try:
                    self._app.save(notebook)
                except Exception as error:  # noqa: BLE001 - counted, and it voids the sample
                    failed.append(repr(error))
                    notebook.collect_events()
                took.append(time.perf_counter() - start)

        threads = [threading.Thread(target=save) for _ in range(at)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        seconds, used = time.perf_counter() - began, time.process_time() - cpu
        for error in failed:
            sys.stderr.write(error + "\n")
        stored = (self._app.recorder.max_notification_id() or 0) - before - at
        lost = max(0, len(took) - len(failed) - stored)
        return timed(took, secs=seconds, cpu=used, errors=len(failed), lost=lost)


if __name__ == "__main__":
    serve_blocking(Saving().measure)
