"""Which bottom lines and compromises hold, from what was said of them."""

from datetime import date
from itertools import count
from typing import Any
from uuid import UUID

from services.members.views.bottomlines import compromises, lines
from services.members.views.queries import Names
from services.members.views.said import Entry
from tests.members.table import CLINIC, NOON, SCHOOL, TODAY, TOMORROW, YESTERDAY

RENT, DEAL, OTHER = UUID(int=91), UUID(int=95), UUID(int=96)
NAMES: Names = {CLINIC: {"lang": "en", "text": "Clinic"}, SCHOOL: None}
_positions = count(1)


def said(type_: str, org: UUID, **data: Any) -> Entry:
    return Entry(next(_positions), str(org), type_, NOON, org, data)


def line(org: UUID, until: date, *, sealed: bool = False, **data: Any) -> Entry:
    fields = {"term": str(RENT), "sealed": sealed, "valid_until": f"{until}"} | data
    return said("BottomLineDeclared", org, **fields)


def test_a_line_counts_up_to_its_last_day() -> None:
    for until, counts in ((TOMORROW, True), (TODAY, True), (YESTERDAY, False)):
        [row] = lines([line(CLINIC, until, acceptable=["low"])], NAMES, today=TODAY)
        assert (row.counts, row.acceptable) == (counts, ["low"])


def test_a_line_that_was_revised_is_kept_but_does_not_count() -> None:
    first = line(CLINIC, TOMORROW, acceptable={"min": 1, "max": 2})
    told = [first, line(CLINIC, TOMORROW, sealed=True)]
    [row] = lines(told, NAMES, today=TODAY)
    assert (row.acceptable, row.sealed, row.organisation.name) == (None, True, NAMES[CLINIC])
    [before] = row.before
    assert (before.acceptable, before.ref) == ({"min": 1, "max": 2}, first.ref)


def test_lines_stand_by_term_and_organisation() -> None:
    told = [line(SCHOOL, TODAY), line(CLINIC, TODAY), line(CLINIC, TODAY, term=str(OTHER))]
    rows = lines(told, NAMES, today=TODAY)
    assert [(row.term, row.organisation.id) for row in rows] == [
        (RENT, CLINIC), (RENT, SCHOOL), (OTHER, CLINIC),
    ]  # fmt: skip


def proposed(deal: UUID, until: date) -> Entry:
    parties = [str(CLINIC), str(SCHOOL)]
    return said(
        "CompromiseAgreed", CLINIC, compromise=str(deal), parties=parties,
        terms={str(RENT): ["low"]}, valid_until=f"{until}",
    )  # fmt: skip


def test_a_compromise_is_in_force_once_all_agreed_and_until_its_day() -> None:
    agreed = [said("CompromiseAgreed", SCHOOL, compromise=str(deal)) for deal in (DEAL, OTHER)]
    told = [proposed(DEAL, YESTERDAY), proposed(OTHER, TODAY), *agreed]
    first, second = compromises(told, NAMES, today=TODAY)
    assert [(row.compromise, row.in_force) for row in (first, second)] == [
        (OTHER, True), (DEAL, False),
    ]  # fmt: skip
    assert first.terms == {RENT: ["low"]}
    [waiting] = compromises(told[1:2], NAMES, today=TODAY)
    assert (waiting.in_force, [one.id for one in waiting.agreed]) == (False, [CLINIC])
