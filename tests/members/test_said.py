"""What a reader gets of an event, and what is folded from many."""

from datetime import timedelta
from typing import Any

import orjson

from services.members.domain.ids import OrgId
from services.members.views.issues import Said, disagreements, said_of
from services.members.views.queries import Names
from services.members.views.said import Entry, visible
from tests.members.table import BUSES, CLINIC, MEALS, NOON, SCHOOL, UNION

WORDS = {"lang": "en", "text": "Because."}
NAMES: Names = {CLINIC: {"lang": "en", "text": "Clinic"}, SCHOOL: None}


def told(*said: tuple[OrgId, str, dict[str, Any]], issue: object = BUSES) -> list[Entry]:
    """Return entries about one issue, an hour apart."""
    return [
        Entry(n, str(issue), type_, NOON + timedelta(hours=n), by, data)
        for n, (by, type_, data) in enumerate(said, 1)
    ]


def fold(*said: tuple[OrgId, str, dict[str, Any]]) -> Said:
    return said_of(told(*said), NAMES)[BUSES]


def test_a_field_is_for_those_it_was_sealed_for() -> None:
    data = {"period": "2026-Q1", "openness": 2, "cause": "Money."}
    sealed = orjson.dumps(
        {"openness": [f"dyad:{CLINIC}_{SCHOOL}", "key"], "cause": ["body:7", "key"]}
    ).decode()
    assert visible(data, sealed, {"members"}) == {"period": "2026-Q1"}
    assert visible(data, sealed, {f"org:{SCHOOL}"}) == {"period": "2026-Q1", "openness": 2}
    assert visible(data, sealed, {f"org:{UNION}", "body:7"}) == {
        "period": "2026-Q1", "cause": "Money.",
    }  # fmt: skip
    assert visible(data, None, ()) == data


def test_each_organisation_has_one_position_and_all_those_before() -> None:
    said = fold(
        (CLINIC, "PositionTaken", {"position": "oppose", "reason": WORDS}),
        (SCHOOL, "PositionTaken", {"position": "support"}),
        (CLINIC, "PositionChanged", {"from": "oppose", "to": "can_live_with", "reason": WORDS}),
        (CLINIC, "PositionChanged", {"from": "can_live_with", "to": "support"}),
    )
    clinic, school = said.positions
    assert (clinic.organisation.name, clinic.position, clinic.ref) == (
        NAMES[CLINIC], "support", "members/4",
    )  # fmt: skip
    assert [(one.position, one.ref) for one in clinic.before] == [
        ("can_live_with", "members/3"), ("oppose", "members/1"),
    ]  # fmt: skip
    assert (school.organisation.id, school.position, school.before) == (SCHOOL, "support", [])


def test_a_disagreement_is_in_force_once_all_agreed_and_until_it_is_reopened() -> None:
    first = CLINIC, "AgreedToDisagree", {"parties": [str(CLINIC), str(SCHOOL)], "terms": WORDS}
    second: tuple[OrgId, str, dict[str, Any]] = SCHOOL, "AgreedToDisagree", {}
    [asked] = fold(first).disagreements
    assert (asked.in_force, asked.since) == (False, None)
    [agreed] = fold(first, second).disagreements
    assert (agreed.in_force, agreed.terms) == (True, WORDS)
    assert agreed.since == NOON + timedelta(hours=2)
    reopened = SCHOOL, "DisagreementReopened", {"reason": WORDS}
    again, before = fold(first, second, reopened, first).disagreements
    assert (again.in_force, again.reopened_by, again.refs) == (False, None, ["members/4"])
    assert (before.in_force, before.reopened_because) == (False, WORDS)
    assert before.reopened_by is not None
    assert (before.reopened_by.id, before.refs) == (
        SCHOOL, ["members/1", "members/2", "members/3"],
    )  # fmt: skip


def test_the_register_has_what_is_in_force_first() -> None:
    asks = CLINIC, "AgreedToDisagree", {"parties": [str(CLINIC), str(SCHOOL)], "terms": WORDS}
    agrees: tuple[OrgId, str, dict[str, Any]] = SCHOOL, "AgreedToDisagree", {}
    both = told(asks, agrees) + [entry._replace(position=9) for entry in told(asks, issue=MEALS)]
    rows = disagreements(both, NAMES)
    assert [(row.issue, row.in_force) for row in rows] == [(BUSES, True), (MEALS, False)]


def test_a_lead_ends_where_the_next_begins() -> None:
    said = fold(
        (UNION, "LeadAssigned", {"lead": str(CLINIC)}),
        (CLINIC, "LeadYielded", {"reason": WORDS, "successor": str(SCHOOL)}),
        (SCHOOL, "LeadYielded", {}),
        (UNION, "LeadAssigned", {"lead": str(UNION)}),
    )
    assert [(row.organisation.id, row.until, row.refs) for row in said.leads] == [
        (UNION, None, ["members/4"]),
        (SCHOOL, NOON + timedelta(hours=3), ["members/2", "members/3"]),
        (CLINIC, NOON + timedelta(hours=2), ["members/1", "members/2"]),
    ]
    assert said.leads[2].yielded_because == WORDS


def test_each_audience_has_one_messenger_at_a_time() -> None:
    said = fold(
        (UNION, "MessengerChosen", {"org": str(CLINIC), "audience": "public"}),
        (UNION, "MessengerChosen", {"org": str(CLINIC), "audience": "funders"}),
        (UNION, "MessengerChosen", {"org": str(SCHOOL), "audience": "public"}),
    )
    assert [(row.audience, row.organisation.id, row.until is None) for row in said.messengers] == [
        ("public", SCHOOL, True), ("funders", CLINIC, True), ("public", CLINIC, False),
    ]  # fmt: skip
