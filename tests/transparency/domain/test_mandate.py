"""R14 from rows: who accepts what until when, and what was decided at the front line by it."""

from datetime import date, timedelta
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from hypothesis import strategies as st

from services.transparency.domain.mandate import STATES, FrontEvent, Known, LineEvent
from services.transparency.domain.open_next_steps import Step
from services.transparency.domain.refs import Cited
from services.transparency.domain.said import Names, withheld
from tests.laws import over
from tests.transparency.history import NOON, text

CLINIC, SCHOOL, UNION = ORGS = tuple(UUID(int=n) for n in range(1, 4))
FEE, STREET, DEAL, FRONT, DECISION, REPORT = (UUID(int=n) for n in range(11, 17))
NAMES = Names({org: text(name) for org, name in zip(ORGS, "CSU", strict=True)})
TODAY = NOON.date()
LAST = TODAY + timedelta(days=300)
CHECKED, CONSENTED, MADE, REVIEWED = (
    "MandateChecked",
    "FrontLineConsentGiven",
    "FrontLineDecisionMade",
    "FrontLineDecisionReviewed",
)
_positions = count(1)


def cited(service: str = "members") -> Cited:
    return Cited(service, next(_positions), b"")


def defined(term: UUID) -> LineEvent:
    return LineEvent(cited(), "TermDefined", NOON, term=term)


def declared(org: UUID, term: UUID, until: date = LAST, says: Any = None, **more: Any) -> LineEvent:
    what = {"min": 0, "max": 30} if says is None else says
    return LineEvent(
        cited(), "BottomLineDeclared", NOON, org=org, term=term, says=what, until=until, **more
    )


def agreed(org: UUID, **first: Any) -> LineEvent:
    return LineEvent(cited(), "CompromiseAgreed", NOON, org=org, compromise=DEAL, **first)


def happened(kind: str, by: UUID = UNION, **more: Any) -> FrontEvent:
    return FrontEvent(cited("meetings"), kind, FRONT, NOON, by, **more)


def known(*lines: LineEvent, fronts: tuple[FrontEvent, ...] = (), **more: Any) -> Known:
    given: dict[str, Any] = {
        "today": TODAY, "names": NAMES, "active": frozenset({CLINIC, SCHOOL}), "lines": lines,
        "fronts": fronts, "steps": {},
    }  # fmt: skip
    return Known(**given | more)


def part(report: Known, name: str) -> list[dict[str, Any]]:
    return [row for row in report.rows() if row["part"] == name]


def figures(report: Known) -> dict[str, Any]:
    return {each["figure"]: each["value"] for each in report.summary()}


def test_f74_each_active_member_has_a_cell_for_each_term() -> None:
    line = declared(SCHOOL, FEE)
    report = known(defined(FEE), defined(STREET), line, declared(UNION, FEE))
    rows = part(report, "line")
    assert [(row["term"]["id"], row["organisation"]["id"], row["state"]) for row in rows] == [
        (str(FEE), str(CLINIC), "none"),
        (str(FEE), str(SCHOOL), "declared"),
        (str(STREET), str(CLINIC), "none"),
        (str(STREET), str(SCHOOL), "none"),
    ]
    assert (rows[1]["acceptable"], rows[1]["refs"]) == ({"min": 0, "max": 30}, [line.cited.ref])
    assert figures(report) | {"terms": 2, "declared": 1, "none": 3} == figures(report)


@pytest.mark.parametrize(
    ("days", "state", "expiring"),
    [(-1, "none", False), (0, "declared", True), (30, "declared", True), (31, "declared", False)],
)
def test_f74_a_line_counts_until_its_last_day_and_says_that_it_ends_soon(
    days: int, state: str, *, expiring: bool
) -> None:
    report = known(defined(FEE), declared(CLINIC, FEE, TODAY + timedelta(days=days)))
    row, _ = part(report, "line")
    assert (row["state"], row["expiring"]) == (state, expiring)
    assert (row["acceptable"] is None) == (state == "none")
    assert figures(report)["expiring"] == int(expiring)


def test_f74_of_a_sealed_line_only_that_it_is_there() -> None:
    hidden = declared(CLINIC, FEE, says=withheld("audience"), sealed=True, seen=False)
    report = known(defined(FEE), declared(CLINIC, FEE), hidden)
    row, _ = part(report, "line")
    assert (row["state"], row["acceptable"]) == ("sealed", {"withheld": "audience"})
    assert (row["refs_count"], "refs" in row) == (1, False)
    assert report.withheld == 1
    assert (figures(report)["sealed"], figures(report)["declared"]) == (1, 0)


def test_f74_a_compromise_is_in_force_once_all_agreed_and_until_its_day() -> None:
    terms = {str(FEE): {"min": 10, "max": 12}}
    for last, parties, shown in (
        (LAST, (CLINIC, SCHOOL), 1),
        (LAST, (CLINIC, SCHOOL, UNION), 0),
        (TODAY - timedelta(days=1), (CLINIC, SCHOOL), 0),
    ):
        first = agreed(CLINIC, parties=parties, terms=terms, until=last)
        report = known(defined(FEE), first, agreed(SCHOOL))
        rows = part(report, "compromise")
        assert len(rows) == figures(report)["compromises"] == shown
    [row] = part(known(agreed(CLINIC, parties=(CLINIC,), terms=terms, until=LAST)), "compromise")
    assert row["terms"] == [{"term": NAMES.of(FEE), "acceptable": {"min": 10, "max": 12}}]


def step(due: date, state: str = "accepted") -> Step:
    done = NOON if state == "completed" else None
    return Step(REPORT, None, NOON, UNION, None, DECISION, None, state=state, due=due, done_at=done)


def made(*, outside: bool = False) -> FrontEvent:
    return happened(MADE, decision=DECISION, verdict="crosses", outside=outside, report=REPORT)


def test_f75_a_decision_says_its_verdict_who_consented_and_whether_a_report_came() -> None:
    fronts = (
        happened(CHECKED, crosses=(UNION,)),
        happened(CONSENTED, UNION),
        happened(CHECKED, crosses=(SCHOOL, CLINIC)),
        happened(CONSENTED, SCHOOL),
        made(outside=True),
        happened(REVIEWED, CLINIC, result="endorsed"),
        happened(REVIEWED, CLINIC, result="reversed"),
    )
    due = step(TODAY - timedelta(days=1))
    report = known(fronts=fronts, steps={REPORT: due})
    [row] = part(report, "decision")
    assert (row["verdict"], row["outside_mandate"], row["overdue"]) == ("crosses", True, True)
    assert [each["id"] for each in row["crosses"]] == [str(CLINIC), str(SCHOOL)]
    assert [each["id"] for each in row["consents"]] == [str(SCHOOL)]
    assert (row["review"], row["reported_at"]) == ("reversed", None)
    assert len(row["refs"]) == len(fronts)
    assert figures(report)["reports_overdue"] == figures(report)["outside_mandate"] == 1

    for done in (step(TODAY), step(TODAY - timedelta(days=9), "completed")):
        [row] = part(known(fronts=fronts, steps={REPORT: done}), "decision")
        assert (row["overdue"], row["reported_at"] is not None) == (
            False, done.state == "completed",
        )  # fmt: skip


@pytest.mark.parametrize(("values", "consents"), [("those", [str(SCHOOL)]), ("others", [])])
def test_f75_a_consent_is_to_the_values_that_were_checked(values: str, consents: list[str]) -> None:
    fronts = (
        happened(CHECKED, crosses=(SCHOOL,), values="those"),
        happened(CONSENTED, SCHOOL),
        happened(CHECKED, crosses=(SCHOOL, CLINIC), values=values),
        made(outside=True),
    )
    [row] = part(known(fronts=fronts), "decision")
    assert [each["id"] for each in row["consents"]] == consents


def test_f75_checks_are_counted_by_organisation() -> None:
    report = known(fronts=(happened(CHECKED), happened(CHECKED), happened(CONSENTED, SCHOOL)))
    assert part(report, "decision") == []
    assert [(row["organisation"]["id"], row["checks"]) for row in part(report, "checks")] == [
        (str(CLINIC), 0), (str(SCHOOL), 0), (str(UNION), 2),
    ]  # fmt: skip
    assert figures(report)["checks"] == 2


lines = st.lists(
    st.one_of(
        st.builds(
            lambda org, term, days, sealed: declared(
                org, term, TODAY + timedelta(days=days), sealed=sealed
            ),
            st.sampled_from(ORGS),
            st.sampled_from([FEE, STREET]),
            st.integers(-40, 40),
            st.booleans(),
        ),
        st.builds(
            lambda org, parties: agreed(org, parties=parties, terms={}, until=LAST),
            st.sampled_from(ORGS),
            st.sampled_from([ORGS[:2], ORGS, ()]),
        ),
    ),
    max_size=12,
)


@over(lines)
def test_t2_every_cell_is_in_one_state_and_says_what_it_rests_on(said: list[LineEvent]) -> None:
    report = known(defined(FEE), defined(STREET), *said)
    cells = part(report, "line")
    assert len(cells) == 4
    assert sum(figures(report)[state] for state in STATES) == 4
    for cell in cells:
        assert len(cell["refs"]) == 1
        assert (cell["state"] == "none") == (cell["acceptable"] is None)
        assert cell["state"] != "none" or not cell["expiring"]
