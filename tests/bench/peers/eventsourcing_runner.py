"""eventsourcing's ProjectionRunner: count, sum and last amount of each aggregate, on PostgreSQL.

Its subscription hands over one event at a time; its view writes a row and the tracking of the
event in one transaction, as its documentation shows. The amounts and words are ours.
"""

import os
import threading
import time
from typing import Any
from uuid import UUID

import psycopg
from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event
from eventsourcing.persistence import Tracking
from eventsourcing.postgres import PostgresDatastore, PostgresTrackingRecorder
from eventsourcing.projection import Projection, ProjectionRunner
from eventsourcing.utils import get_topic
from psycopg.sql import SQL

from tests.bench.meter import Sample
from tests.bench.peers.eventsourcing_save import environment
from tests.bench.totals import MEMO
from tests.bench.worker import POSTGRES, serve_blocking

DATABASE = "peer_eventsourcing_runner"
ACCOUNTS, A_ACCOUNT = 100, 60
EMPTIED = {
    "total": "truncate total",
    # not its own row, without which the library makes the table anew, and the second time fails
    "adding_tracking": "delete from adding_tracking where application_name = 'Accounts'",
}
ADD = """\
insert into total as had values (%s, 1, %s, %s) on conflict (stream) do update set
count = had.count + 1, sum = had.sum + excluded.sum, last = excluded.last"""


class Account(Aggregate):
    @event("Deposited")
    def deposit(self, amount: int, memo: str) -> None:  # noqa: ARG002 - its decorator keeps them
        self.last = amount


class Accounts(Application[Any]):
    pass


class View(PostgresTrackingRecorder):
    def __init__(self, datastore: PostgresDatastore, **more: Any) -> None:
        super().__init__(datastore, **more)
        self.sql_create_statements.append(
            SQL(
                "create table if not exists total (stream uuid primary key,"
                " count bigint not null, sum bigint not null, last bigint not null)"
            ).format()
        )

    def add(self, stream: UUID, amount: int, tracking: Tracking) -> None:
        with self.datastore.transaction(commit=True) as cursor:
            self._insert_tracking(cursor, tracking)
            cursor.execute(ADD, (stream, amount, amount), prepare=True)

    def empty(self) -> None:
        with self.datastore.transaction(commit=True) as cursor:
            cursor.execute(f"truncate total, {self.tracking_table_name}")


class Adding(Projection[View]):
    name = "adding"
    topics = (get_topic(Account.Deposited),)
    began = threading.Event()

    def process_event(self, domain_event: Any, tracking: Tracking) -> None:
        self.began.set()
        self.view.add(domain_event.originator_id, domain_event.amount, tracking)


def main() -> None:
    env = environment(DATABASE)
    db = psycopg.connect(os.environ[POSTGRES], dbname=DATABASE, autocommit=True)
    application = Accounts(env=env)
    for _ in range(ACCOUNTS):
        account = Account()
        for amount in range(A_ACCOUNT):
            account.deposit(amount, MEMO)
        application.save(account)

    def counted() -> int:
        row = db.execute("select coalesce(sum(count), 0)::bigint from total").fetchone()
        return int(row[0]) if row else 0

    def measure(_at: int, secs: float) -> Sample:
        for table, emptied in EMPTIED.items():
            if db.execute("select to_regclass(%s) is not null", (table,)).fetchone() == (True,):
                db.execute(emptied)
        Adding.began.clear()
        with ProjectionRunner(
            application_class=Accounts, projection_class=Adding, view_class=View, env=env
        ):
            Adding.began.wait()
            cpu, began = time.process_time(), time.perf_counter()
            time.sleep(secs)
            number = counted()
            wall, used = time.perf_counter() - began, time.process_time() - cpu
        ran_out = number == ACCOUNTS * A_ACCOUNT
        return Sample(number, wall, cpu_client_s=used, errors=int(ran_out))

    serve_blocking(measure)


if __name__ == "__main__":
    main()
