"""Proposals that name no objective, as they are listed over HTTP."""

from typing import Any

import pytest

from tests.transparency.desk import GUEST, Desk
from tests.transparency.history import History, key, text


@pytest.fixture
def history(desk: Desk) -> History:
    told = desk.history()
    told.form()
    told.join("Clinic")
    return told


async def listed(desk: Desk, history: History, **query: Any) -> list[str]:
    await desk.read(history)
    found = await desk.get(history, "/orphan-proposals", **query)
    return [row["title"]["text"] for row in found["items"]]


async def test_f28_those_without_an_objective_are_listed_the_newest_first(
    desk: Desk, history: History
) -> None:
    history.propose("Vans", key("Clinic"))
    history.propose("Hours", key("Clinic"), objective=str(key("Read")))
    history.propose("Halls", key("Clinic"))
    assert await listed(desk, history) == ["Halls", "Vans"]
    [row] = (await desk.get(history, "/orphan-proposals", limit=1))["items"]
    assert (row["id"], row["outcome"], row["issue"]["name"]) == (
        str(key("Halls")), None, text("Transport"),
    )  # fmt: skip


async def test_f28_a_page_goes_on_where_the_one_before_ended(desk: Desk, history: History) -> None:
    names = [f"Plan {n}" for n in range(5)]
    for name in names:
        history.propose(name, key("Clinic"))
    await desk.read(history)
    found, cursor = [], None
    for _ in range(3):
        more: dict[str, Any] = {"cursor": cursor} if cursor else {}
        page = await desk.get(history, "/orphan-proposals", limit=2, **more)
        assert page["total"] == 5
        found += [row["title"]["text"] for row in page["items"]]
        cursor = page["next_cursor"]
    assert (found, cursor) == (names[::-1], None)


async def test_f28_what_was_withdrawn_or_imported_is_no_orphan(
    desk: Desk, history: History
) -> None:
    history.propose("Dropped", key("Clinic"))
    history.on("Dropped", "ProposalWithdrawn", key("Clinic"), reason=text("No."))
    history.propose("Long ago", key("Clinic"))
    history.on(
        "Long ago", "DecisionMade", None, {"authority": "imported"},
        decision=str(key("A decision")), outcome="adopted", issue=str(key("issue")), counts={},
        voters=1, entitled=1, dissent=[], stood_aside=[], accountable=[], objections={},
    )  # fmt: skip
    assert await listed(desk, history) == []


async def test_i8_a_reader_is_told_of_those_they_may_see(desk: Desk, history: History) -> None:
    history.propose("Vans", key("Clinic"))
    await desk.read(history)
    found = await desk.get(history, "/orphan-proposals", GUEST)
    assert (found["items"], found["total"]) == ([], 0)
    assert (await desk.ask(history, "/orphan-proposals", limit=0)).status_code == 422
    assert (await desk.ask(history, "/orphan-proposals", cursor="x")).status_code == 422
