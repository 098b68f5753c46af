"""Concerns with their age and what became of each, folded from what was said."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from services.meetings.views.concerns import ConcernRow, concerns
from services.meetings.views.raisers import May
from services.meetings.views.rows import Names
from services.meetings.views.said import Entry
from tests.meetings.coalition import CLINIC, NOON, PLENARY, PROPOSAL, UNION

FIRST, SECOND, THIRD = (UUID(int=n) for n in (911, 912, 913))
NAMES = Names({CLINIC: '{"lang": "en", "text": "Clinic"}'}, {}, {})


def entry(day: int, type_: str, key: UUID, by: UUID | None, **data: Any) -> Entry:
    return Entry(day, "concern", key, type_, NOON + timedelta(days=day), by, data)


def raised(day: int, key: UUID, by: UUID | None = UNION, **more: Any) -> Entry:
    said = {
        "source": "member", "kind": "policy", "anonymous": by is None, "body": str(PLENARY),
        "text": {"lang": "en", "text": "It is loud."},
    }  # fmt: skip
    return entry(day, "ConcernRaised", key, by, **(said | more))


def resolved(day: int, key: UUID) -> Entry:
    return entry(day, "ConcernResolved", key, CLINIC, how="explained")


def shown(*said: Entry, may: May | None = None) -> list[ConcernRow]:
    allowed = {FIRST: may} if may else {}
    return concerns(said, NAMES, {}, allowed, (NOON + timedelta(days=30)).date())


def test_f72_a_concern_ages_until_it_is_resolved() -> None:
    [row] = shown(raised(1, FIRST))
    assert (row.days, row.resolution) == (29, None)
    [row] = shown(raised(1, FIRST), resolved(8, FIRST))
    assert row.days == 7
    assert row.resolution is not None
    assert (row.resolution.how, row.resolution.ref) == ("explained", "meetings/8")
    assert row.resolution.by is not None
    assert row.resolution.by.id == CLINIC


def test_f72_those_that_wait_come_first_and_the_oldest_of_them() -> None:
    said = raised(1, FIRST), raised(2, SECOND), raised(3, THIRD), resolved(4, FIRST)
    assert [row.concern for row in shown(*said)] == [SECOND, THIRD, FIRST]
    both = [*said, resolved(5, SECOND)]
    assert [row.concern for row in shown(*both)] == [THIRD, SECOND, FIRST]


def test_f72_an_anonymous_concern_has_a_day_and_no_organisation() -> None:
    [row] = shown(raised(1, FIRST, None), may=May(resolve=True, know=True))
    assert row.raised_by is None
    assert row.model_dump(mode="json")["raised_on"] == "2026-01-02"
    assert (row.may_resolve, row.may_know) == (True, True)
    [row] = shown(raised(1, FIRST), may=May(resolve=True, know=True))
    assert row.raised_by is not None
    assert not row.may_know, "there is nothing to ask for"


def test_f85_a_concern_is_about_a_proposal_though_its_title_is_not_seen() -> None:
    [row] = shown(raised(1, FIRST, about=str(PROPOSAL)))
    assert row.is_about(PROPOSAL)
    assert row.about is not None
    assert row.about.name is None
    assert not shown(raised(1, FIRST))[0].is_about(PROPOSAL)


def test_a_resolution_of_what_is_not_seen_is_left_out() -> None:
    assert shown(resolved(4, FIRST)) == []


def test_a_concern_that_was_answered_for_others_waits_no_more() -> None:
    may = May(resolve=False, know=False, answered=True)
    rows = shown(raised(1, FIRST), raised(2, SECOND), may=may)
    assert [(row.concern, row.answered, row.days) for row in rows] == [
        (SECOND, False, 28), (FIRST, True, None),
    ]  # fmt: skip
