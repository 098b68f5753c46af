"""The demo as `accord up --demo` shows it: the story holds, and it is told once."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import pytest

from accord.demo import COORDINATOR, seed
from accord.demo.cast import BREAKWATER, INES, MAREN, OSKAR, PRIYA, QUAYSIDE, TOMAS, Person
from shared.identity import EmbeddedIssuer
from tests.suite import Suite, suite

pytestmark = pytest.mark.servers
COALITION = "api/v1/coalitions/harbour-schools"
TOLD_SECONDS = 60


@pytest.fixture(scope="module")
async def told() -> AsyncIterator[Suite]:
    """`accord up --demo`, when the story has been told and every service has heard it."""
    async with suite("--demo") as started:
        await _greeted(started)
        yield started


async def _greeted(running: Suite) -> None:
    """Wait until this start has said how to sign in."""
    end = time.monotonic() + TOLD_SECONDS
    log = running.data.parent / f"{running.data.name}.log"
    while not log.read_text().endswith("Ctrl-C stops it; the data stays.\n"):
        assert running.process is not None
        assert running.process.returncode is None, running.said()
        assert time.monotonic() < end, running.said()
        await asyncio.sleep(0.1)


async def look(running: Suite, path: str, who: Person = MAREN, **query: Any) -> Any:
    """Return what a page of a service shows; `path` begins with the service."""
    service, _, rest = path.partition("/")
    answer = await running.get(f"/{service}/{COALITION}/{rest}", who.address, **query)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def places(running: Suite) -> dict[str, int]:
    """Return how far each journal goes, once the reports have caught up."""
    newest: dict[str, int] = {}
    for _ in range(100):
        before, newest = newest, (await look(running, "transparency/coalition"))["as_of"]
        if before == newest:
            break
        await asyncio.sleep(0.2)
    return newest


async def test_the_year_has_its_decisions_and_their_dissent(told: Suite) -> None:
    await places(told)
    rows = (await look(told, "transparency/reports/decision-register.json"))["rows"]
    assert Counter(row["outcome"] for row in rows) == {"adopted": 8, "rejected": 2, "lapsed": 1}
    assert {row["method"] for row in rows} == {
        "majority", "supermajority", "consensus", "consent",
    }  # fmt: skip
    assert {row["recomputed"] for row in rows} == {"yes"}
    dissent = [each for row in rows for each in row["dissent"]]
    assert len(dissent) > 8
    assert all(each["reason"]["text"] for each in dissent)
    ends = Counter[str]()
    for row in rows:
        ends.update(row["objections"])
    assert ends == {"accommodated": 1, "retracted": 1, "outweighed": 1, "set_aside": 1, "stands": 1}
    [again] = [row for row in rows if row["reopened"]]
    later = next(row for row in rows if row["proposal"] == again["proposal"])
    assert (again["counts"]["disagree"], later["counts"]["disagree"]) == (1, 0)


async def test_five_meetings_are_over_and_one_is_still_to_come(told: Suite) -> None:
    meetings = (await look(told, "meetings/meetings"))["items"]
    assert [meeting["state"] for meeting in meetings] == ["scheduled", *["closed"] * 5]
    details = [await look(told, f"meetings/meetings/{one['meeting']}") for one in meetings]
    assert all(len(one["agenda"]) >= 2 for one in details)
    assert [len(one["attendance"]) for one in details] == [0, 9, 7, 5, 7, 7]
    finals = [[text["state"] for text in one["minutes"]] for one in details]
    assert finals == [[], ["draft"], ["final"], ["final"], ["superseded", "final"], ["final"]]


async def test_next_steps_are_done_overdue_blocked_and_without_owner(told: Suite) -> None:
    steps = (await look(told, "meetings/steps"))["items"]
    assert Counter(step["state"] for step in steps) == {
        "completed": 5, "accepted": 1, "started": 1, "blocked": 1, "proposed": 1,
    }  # fmt: skip
    [overdue] = [step for step in steps if step["overdue"]]
    assert overdue["owner"]["name"]["text"] == BREAKWATER.name
    assert [step["owner"] for step in steps if step["state"] == "proposed"] == [None]


async def test_wins_are_thanked_for_waived_and_joined_late(told: Suite) -> None:
    wins = (await look(told, "credit/wins"))["items"]
    lights, lunch = [await look(told, f"credit/wins/{win['win']}") for win in wins]
    assert lights["undisclosed"] == 1  # waived
    assert lights["latecomers"][0]["now"]["text"].startswith("Your pupils lead")
    assert Counter(credit["accepted"] for credit in lunch["credits"]) == {True: 3, False: 1}
    contributions = (await look(told, "credit/contributions"))["items"]
    assert len(contributions) == 6


async def test_the_accounts_are_people_of_the_story(told: Suite) -> None:
    accounts = json.loads((told.data / "demo-accounts.json").read_text())
    assert [account["subject"] for account in accounts] == [
        who.address for who in (MAREN, TOMAS, PRIYA, OSKAR)
    ]
    for account, who in zip(accounts, (MAREN, TOMAS, PRIYA, OSKAR), strict=True):
        me = await look(told, "members/me", who)
        assert me["name"]["text"] == account["name"] == who.name
        assert {one["organisation"]["name"]["text"] for one in me["mandates"]} == {who.of.name}


async def test_the_first_sign_in_is_the_coordinators(told: Suite) -> None:
    link = (told.data / "sign-in").read_text().strip()
    issuer = EmbeddedIssuer.read(told.data / "secrets" / "issuer")
    assert issuer.redeem(link.partition("token=")[2])[0] == COORDINATOR


async def test_telling_it_again_says_nothing_twice(told: Suite) -> None:
    before = await places(told)
    await asyncio.to_thread(seed, told.url, told.data)
    assert await places(told) == before


async def test_a_second_start_does_not_tell_it_again(told: Suite) -> None:
    before = await places(told)
    await told.stop()
    log = told.data.parent / f"{told.data.name}.log"
    log.write_text("")
    await told.start("--demo")
    await _greeted(told)
    assert "Filling in" not in log.read_text()
    assert await places(told) == before


async def test_a_delegate_may_still_take_a_stance(told: Suite) -> None:
    home = await look(told, "transparency/home")
    [voting] = home["open"]
    tomas = await look(told, "members/me", TOMAS)
    by = tomas["mandates"][0]["organisation"]["id"]
    silent = {org["name"]["text"] for org in voting["silent"]}
    assert silent == {QUAYSIDE.name, BREAKWATER.name}
    shown = await look(told, f"transparency/decisions/{voting['id']}")
    changed = [each for each in shown["stances"] if each["changes"]]
    assert [each["org"]["name"]["text"] for each in changed] == [INES.of.name]
    taken = await told.post(
        f"/meetings/{COALITION}/proposals/{voting['id']}/stances",
        {"option": "agree"}, TOMAS.address, by=by,
    )  # fmt: skip
    assert taken.status_code == 201, taken.text
