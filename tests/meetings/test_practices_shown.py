"""Questions with their answers, and ideas with their pilots, folded from what was said."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from services.meetings.views.practices import ideas, practices
from services.meetings.views.rows import Named, Names
from services.meetings.views.said import Entry
from tests.meetings.coalition import CLINIC, NOON, SCHOOL, UNION

FIRST, SECOND = (UUID(int=n) for n in (901, 902))
NAMES = Names({CLINIC: '{"lang": "en", "text": "Clinic"}'}, {}, {})
Told = tuple[str, UUID, UUID, dict[str, Any]]


def words(said: str) -> dict[str, str]:
    return {"lang": "en", "text": said}


def told(*said: Told) -> list[Entry]:
    """Return entries of (type, key, organisation, data), an hour apart."""
    return [
        Entry(n, "it", key, type_, NOON + timedelta(hours=n), by, data)
        for n, (type_, key, by, data) in enumerate(said, 1)
    ]


def shared(by: UUID, works: str = "yes", key: UUID = FIRST) -> Told:
    return "PracticeShared", key, by, {"answer": words(works), "works": works}


def asked(key: UUID = FIRST, by: UUID = CLINIC) -> Told:
    return "PracticeAsked", key, by, {"question": words("How do you start the day?")}


def test_f108_an_answer_ties_who_asked_and_who_answered_once() -> None:
    [row] = practices(
        told(asked(), shared(UNION, "partly"), shared(CLINIC), shared(SCHOOL), shared(UNION)), NAMES
    )
    clinic, union, school = (
        Named(id=org, name=words("Clinic") if org == CLINIC else None)
        for org in (CLINIC, UNION, SCHOOL)
    )
    assert row.ties == [(clinic, union), (clinic, school)]
    assert [(one.by.id, one.works) for one in row.answers] == [
        (UNION, "partly"), (CLINIC, "yes"), (SCHOOL, "yes"), (UNION, "yes"),
    ]  # fmt: skip
    assert (row.question, row.ref) == (words("How do you start the day?"), "meetings/1")


def test_the_newest_question_comes_first_and_each_has_its_own_answers() -> None:
    rows = practices(told(asked(), asked(SECOND, UNION), shared(SCHOOL)), NAMES)
    assert [(row.practice, len(row.answers)) for row in rows] == [(SECOND, 0), (FIRST, 1)]
    assert practices(told(shared(UNION)), NAMES) == []


def pitched(key: UUID = FIRST) -> Told:
    return "IdeaPitched", key, CLINIC, {"text": words("Start later")}


def test_f112_an_idea_shows_its_reviews_and_each_pilot_with_what_came_of_it() -> None:
    newest, row = ideas(
        told(
            pitched(),
            ("IdeaReviewed", FIRST, UNION, {"text": words("Try it in one class.")}),
            ("PilotStarted", FIRST, SCHOOL, {"until": "2026-03-01"}),
            ("PilotReported", FIRST, SCHOOL, {"result": "partly", "text": words("On Mondays.")}),
            ("PilotStarted", FIRST, UNION, {"until": "2026-06-01"}),
            pitched(SECOND),
        ),
        NAMES,
    )
    assert (newest.idea, newest.pilots, newest.reviews) == (SECOND, [], [])
    [review] = row.reviews
    assert (review.text, review.by.id) == (words("Try it in one class."), UNION)
    assert [(one.by.id, str(one.until), one.result, one.text, one.refs) for one in row.pilots] == [
        (SCHOOL, "2026-03-01", "partly", words("On Mondays."), ["meetings/3", "meetings/4"]),
        (UNION, "2026-06-01", None, None, ["meetings/5"]),
    ]


def test_who_may_not_see_how_it_began_sees_nothing_of_it() -> None:
    started: Told = ("PilotStarted", FIRST, SCHOOL, {"until": "2026-03-01"})
    reported: Told = ("PilotReported", FIRST, SCHOOL, {"result": "not"})
    assert ideas(told(started, reported), NAMES) == []
    [row] = ideas(told(pitched(), reported), NAMES)
    assert row.pilots == []
