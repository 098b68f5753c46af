"""The demo: a year of a coalition that does not exist, told through the front door.

Its people send the same commands as anybody, each with the time at which it is to have happened
(`docs/decisions/0007`). Names, words, days and whatever ids the caller brings are always the same.
Only what `today.py` tells is near the day of the seeding, so that a voting is open, a meeting is
still to come and a next step is overdue whenever somebody looks.
"""

import json
from datetime import UTC, datetime
from pathlib import Path

import httpx2

from accord.demo import autumn, beginnings, charter, doors, spring, thanks, today
from accord.demo.cast import ACCOUNTS, COORDINATOR
from accord.demo.table import Table
from accord.demo.voice import Voice

__all__ = ["COORDINATOR", "seed"]


def seed(base_url: str, data: Path) -> None:
    """Tell the story to the services at `base_url`, and write down who may be signed in as.

    After a failure it may be told again on the same day: what was said is not said twice.

    Raises:
        Failed: a service refuses a command, or stays away.
    """
    with httpx2.Client(base_url=base_url, timeout=30, trust_env=False) as http:
        table = Table(Voice(http, data))
        beginnings.tell(table)
        charter.agree_on_it(table)
        charter.take_positions(table)
        lunch, letter = spring.tell(table)
        readers = doors.tell(table)
        charter.fall_out_over_a_fee(table)
        autumn.welcome(table)
        charter.see_what_comes(table)
        thanks.for_lunch(lunch)
        walk = autumn.tell(table, lunch)
        charter.look_again(table)
        thanks.for_the_road(letter, walk)
        today.tell(letter, walk, readers, datetime.now(UTC).date())
    accounts = [{"subject": p.address, "name": p.name, "role": p.role} for p in ACCOUNTS]
    (data / "demo-accounts.json").write_text(json.dumps(accounts, indent=1), encoding="utf-8")
