"""A read model that others can make too: count, sum and last amount of each stream."""

from collections.abc import Sequence
from dataclasses import dataclass

from shared.database import Script
from shared.event import Event, Recorded, Whole
from shared.hot import Connection
from shared.projection import Projection

MEMO = "Paid in at the counter. " * 16  # with its amount about 401 bytes, as elsewhere
SQL = Script("tests.bench", "totals.sql")
INSERT = (
    "insert into views.total as had select * from unnest($1::uuid[], $2::text[], $3::bigint[],"
    " $4::bigint[], $5::bigint[]) on conflict (coalition_id, stream) do update set"
    " count = had.count + excluded.count, sum = had.sum + excluded.sum, last = excluded.last"
)
SERVER_SIDE = (
    "insert into views.total select coalition_id, stream, count(*), sum(amount),"
    " (max(array[position, amount]))[2] from (select coalition_id, stream, position,"
    " (convert_from(bytes, 'UTF8')::jsonb -> 'data' ->> 'amount')::bigint as amount"
    " from journal.event where coalition_id = $1) as deposit group by coalition_id, stream"
)


class Deposited(Event):
    """An event as long as the bench's others, and an amount to add up."""

    visibility = "public"

    amount: Whole
    memo: str


@dataclass(frozen=True)
class Totals(Projection):
    """A run is added up in memory and written in one statement."""

    async def apply(self, db: Connection, events: Sequence[Recorded]) -> None:
        """Add a run's totals to those that stand there."""
        found: dict[str, list[int]] = {}
        for event in events:
            amount = event.data["amount"]
            total = found.get(event.stream)
            if total is None:
                found[event.stream] = [1, amount, amount]
            else:
                total[0] += 1
                total[1] += amount
                total[2] = amount
        if found:
            coalition = [events[0].coalition] * len(found)
            await db.execute(INSERT, coalition, list(found), *zip(*found.values(), strict=True))


projection = Totals(
    "bench-totals", sources=("meetings",), tables=(), rows={"Deposited": lambda _: ()}
)
