from datetime import date, timedelta
from uuid import UUID

from hypothesis import strategies as st

from services.meetings.domain.ids import OrgId, TermId
from services.meetings.domain.mandate import Checked, Compromise, Line, Lines, Mandate, Range, check
from tests.laws import over
from tests.meetings.coalition import CLINIC, SCHOOL, UNION

RENT, STREET = (TermId(UUID(int=n)) for n in (1, 2))
TODAY = date(2026, 3, 12)
TOMORROW, YESTERDAY = TODAY + timedelta(days=1), TODAY - timedelta(days=1)
LOW, HIGH = Range(100, 300), Range(250, 900)
HILL = frozenset({"hill"})


def test_a_line_counts_until_its_last_day() -> None:
    lines = Lines({RENT: {CLINIC: Line(LOW, TODAY), UNION: Line(HIGH, YESTERDAY)}, STREET: {}})
    assert lines.mandate(TODAY) == {RENT: {CLINIC: (LOW,)}, STREET: {}}
    assert lines.mandate(TOMORROW) == {RENT: {}, STREET: {}}
    assert lines.mandate(TODAY) == {RENT: {CLINIC: (LOW,)}, STREET: {}}


def test_a_compromise_counts_for_its_parties_once_all_agreed() -> None:
    both = frozenset({CLINIC, SCHOOL})
    deal = Compromise(both, both, {RENT: HIGH, STREET: HILL}, TODAY)
    lines = Lines({RENT: {CLINIC: Line(LOW, TODAY)}}, (deal,))
    assert lines.mandate(TODAY) == {
        RENT: {CLINIC: (LOW, HIGH), SCHOOL: (HIGH,)},
        STREET: {CLINIC: (HILL,), SCHOOL: (HILL,)},
    }
    for other in (
        Compromise(both, frozenset({CLINIC}), {RENT: HIGH}, TODAY),
        Compromise(both, both, {RENT: HIGH}, YESTERDAY),
    ):
        assert Lines({RENT: {}}, (other,)).mandate(TODAY) == {RENT: {}}


def test_a_range_has_its_ends() -> None:
    assert [value in LOW for value in (99, 100, 300, 301)] == [False, True, True, False]
    assert "100" not in LOW


orgs = st.sampled_from([CLINIC, SCHOOL, UNION])
days = st.sampled_from([YESTERDAY, TODAY, TOMORROW])
lines = st.dictionaries(
    st.sampled_from([RENT, STREET]),
    st.dictionaries(orgs, st.builds(Line, st.sampled_from([LOW, HIGH, HILL]), days)),
)


@over(lines, days)
def test_d21_nobody_accepts_what_they_did_not_say(
    said: dict[TermId, dict[OrgId, Line]], day: date
) -> None:
    found = Lines(said).mandate(day)
    assert found.keys() == said.keys()
    for term, of in found.items():
        valid = {org: (line.accepted,) for org, line in said[term].items() if line.until >= day}
        assert of == valid


def test_d21_a_value_that_all_with_a_line_accept_is_within() -> None:
    mandate: Mandate = {RENT: {CLINIC: (LOW,), UNION: (HIGH,)}, STREET: {SCHOOL: (HILL,)}}
    found = check({RENT: 275, STREET: "hill"}, mandate)
    assert (found, found.verdict) == (Checked(), "within")


def test_d21_a_value_crosses_whoever_does_not_accept_it() -> None:
    mandate: Mandate = {
        RENT: {UNION: (HIGH,), CLINIC: (LOW,)},
        STREET: {SCHOOL: (HILL,), CLINIC: (HILL,)},
    }
    found = check({RENT: 100, STREET: "lane"}, mandate)
    assert (found.crosses, found.verdict) == ((CLINIC, SCHOOL, UNION), "crosses")
    assert check({RENT: 301}, mandate).crosses == (CLINIC,)


def test_d21_a_compromise_widens_what_its_parties_accept() -> None:
    mandate: Mandate = {RENT: {CLINIC: (LOW, HIGH)}}
    assert [check({RENT: rent}, mandate).verdict for rent in (99, 100, 900, 901)] == [
        *("crosses", "within", "within", "crosses")
    ]


def test_d21_what_nobody_has_a_line_for_is_unknown() -> None:
    for mandate in ({RENT: {CLINIC: (LOW,)}}, {RENT: {CLINIC: (LOW,)}, STREET: {}}):
        found = check({STREET: "hill", RENT: 100}, mandate)
        assert (found.unknown, found.verdict) == ((STREET,), "unknown")
        found = check({STREET: "hill", RENT: 301}, mandate)
        assert (found, found.verdict) == (Checked((CLINIC,), (STREET,)), "crosses")


@over(lines, st.dictionaries(st.sampled_from([RENT, STREET]), st.sampled_from([100, 250, "hill"])))
def test_d21_the_verdict_is_that_of_each_line(
    said: dict[TermId, dict[OrgId, Line]], values: dict[TermId, int | str]
) -> None:
    found = check(values, Lines(said).mandate(TODAY))
    valid = [
        (term, org, line.accepted)
        for term, of in said.items()
        for org, line in of.items()
        if term in values and line.until >= TODAY
    ]
    assert set(found.crosses) == {org for term, org, has in valid if values[term] not in has}
    assert set(found.unknown) == values.keys() - {term for term, _, _ in valid}
    assert (found.verdict == "within") == (not found.crosses and not found.unknown)
