"""Lessons over HTTP, on a real PostgreSQL: read by members, found by everybody once shared."""

from typing import Any
from uuid import UUID

from tests.credit.cast import SCHOOL, UNION
from tests.credit.ledger import SAM, UMA, Ledger

CAMPAIGN, LESSON, OTHER = (str(UUID(int=n)) for n in (91, 92, 93))
LESSONS, SHARES = f"/evaluations/{CAMPAIGN}/lessons", f"/evaluations/{CAMPAIGN}/lesson-shares"


def text(words: str) -> dict[str, str]:
    return {"lang": "en", "text": words}


async def learn(ledger: Ledger, lesson: str, what: str, who: UUID = UMA) -> None:
    said: dict[str, Any] = {"lesson": lesson, "kind": "wrong"}
    said |= {"what": text(what), "why": text("We began late.")}
    answer = await ledger.post(who, LESSONS, **said)
    assert answer.status_code == 201, answer.text


async def found(ledger: Ledger, **query: Any) -> list[Any]:
    """Return what a stranger finds."""
    answer = await ledger.running.client.get(
        "/api/v1/lessons", params=query,
        headers={"Authorization": f"Bearer {ledger.running.tokens.mint('stranger@example.org')}"},
    )  # fmt: skip
    assert answer.status_code == 200, answer.text
    rows: list[Any] = answer.json()["items"]
    return rows


async def test_f103_a_lesson_is_found_outside_once_its_author_shared_it(ledger: Ledger) -> None:
    await learn(ledger, LESSON, "The van broke down.")
    await learn(ledger, OTHER, "Nobody had the key.", SAM)
    rows = (await ledger.get("/lessons"))["items"]
    assert [(row["what"]["text"], row["by"], row["shared"]) for row in rows] == [
        ("Nobody had the key.", str(SCHOOL), []), ("The van broke down.", str(UNION), []),
    ]  # fmt: skip
    before = await found(ledger)
    refused = await ledger.post(SAM, SHARES, lesson=LESSON, to="public")
    assert (refused.status_code, refused.json()["reason"]) == (409, "not_the_author")
    assert await found(ledger) == before

    shared = await ledger.post(UMA, SHARES, lesson=LESSON, to="public")
    assert shared.status_code == 201, shared.text
    [row] = [row for row in await found(ledger) if row not in before]
    assert (row["what"], row["why"]) == (text("The van broke down."), text("We began late."))
    assert (row["coalition"], row["topics"]) == (None, [])
    again = await ledger.post(UMA, SHARES, lesson=LESSON, to="funders")
    assert (again.status_code, again.json()["events"]) == (200, [])
    [mine] = [row for row in (await ledger.get("/lessons"))["items"] if row["lesson"] == LESSON]
    assert mine["shared"] == ["public"]


async def test_lessons_are_found_under_topics_until_the_coalition_is_found_no_more(
    ledger: Ledger,
) -> None:
    topic = f"topic_{ledger.coalition.int}"
    await learn(ledger, LESSON, "The van broke down.")
    await ledger.post(UMA, SHARES, lesson=LESSON, to="public")
    assert await found(ledger, topic=topic) == []
    await ledger.hear("members", "CoalitionFormed", ledger.coalition, name=text("Harbour"))
    await ledger.hear("members", "CoalitionListed", ledger.coalition, topics=[topic, "vans"])
    [row] = await found(ledger, topic=topic)
    assert (row["coalition"], row["topics"]) == (text("Harbour"), [topic, "vans"])
    assert await found(ledger, topic="boats") == []
    await ledger.hear("members", "CoalitionAdjourned", ledger.coalition)
    assert await found(ledger, topic=topic) == []
    assert (await found(ledger))[0]["coalition"] is None


async def test_lessons_come_a_page_at_a_time(ledger: Ledger) -> None:
    for lesson in (LESSON, OTHER):
        await learn(ledger, lesson, f"Lesson {lesson}.")
    first = await ledger.get("/lessons", limit=1)
    second = await ledger.get("/lessons", limit=1, cursor=first["next_cursor"])
    assert [row["lesson"] for row in (*first["items"], *second["items"])] == [OTHER, LESSON]
    assert second["next_cursor"] is None
