"""Who shares which threat, and the pairs that nothing else joins."""

from datetime import timedelta
from itertools import combinations
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.members.views.said import Entry
from services.members.views.threats import ThreatRow, threats
from tests.members.service import words
from tests.members.table import CLINIC, MEALS, NOON, SCHOOL, UNION

FIRST, SECOND = (UUID(int=n) for n in (901, 902))
ORGS = [UUID(int=n) for n in range(1, 7)]


def shared(*told: tuple[UUID, UUID]) -> list[Entry]:
    """Return entries of (threat, organisation), the first of each threat naming it."""
    named: set[UUID] = set()
    entries = []
    for n, (threat, org) in enumerate(told, 1):
        kind = "ThreatShared" if threat in named else "ThreatIdentified"
        named.add(threat)
        data = {"name": words("A cut"), "issues": [str(MEALS)]} if "Id" in kind else {}
        at = NOON + timedelta(hours=n)
        entries.append(Entry(n, str(threat), kind, at, org, data))
    return entries


def pairs(row: ThreatRow) -> set[tuple[UUID, UUID]]:
    return {(a.id, b.id) for a, b in row.joined}


def test_f7_a_pair_is_joined_by_a_threat_where_nothing_else_joins_it() -> None:
    three = (FIRST, CLINIC), (FIRST, SCHOOL), (FIRST, UNION)
    [row] = threats(shared(*three), [], {})
    assert pairs(row) == set(combinations(sorted((CLINIC, SCHOOL, UNION)), 2))

    [row] = threats(shared(*three), [{CLINIC, SCHOOL}], {})
    assert tuple(sorted((CLINIC, SCHOOL))) not in pairs(row)
    assert len(pairs(row)) == 2

    both = threats(shared(*three, (SECOND, CLINIC), (SECOND, UNION)), [], {})
    first, second = sorted(both, key=lambda one: one.id)
    assert tuple(sorted((CLINIC, UNION))) not in pairs(first)
    assert pairs(second) == set()


def test_f7_a_threat_that_is_over_joins_nobody_and_counts_no_more() -> None:
    entries = shared((FIRST, CLINIC), (FIRST, SCHOOL), (SECOND, CLINIC), (SECOND, SCHOOL))
    over = Entry(9, str(SECOND), "ThreatRetired", NOON, UNION, {"reason": words("Over.")})
    lasting, retired = threats([*entries, over], [], {})
    assert pairs(lasting) == {tuple(sorted((CLINIC, SCHOOL)))}
    assert (pairs(retired), retired.retired_because) == (set(), words("Over."))


def test_a_threat_names_its_issues() -> None:
    [row] = threats(shared((FIRST, CLINIC)), [], {MEALS: words("Meals")})
    assert [one.name for one in row.about] == [words("Meals")]


@given(
    told=st.lists(st.tuples(st.sampled_from([FIRST, SECOND]), st.sampled_from(ORGS)), unique=True),
    stands=st.lists(st.sets(st.sampled_from(ORGS)), max_size=3),
    of=st.sets(st.sampled_from(ORGS)),
)
def test_the_pairs_of_some_are_those_of_all_that_one_of_them_is_in(
    told: list[tuple[UUID, UUID]], stands: list[set[UUID]], of: set[UUID]
) -> None:
    everybody = threats(shared(*told), stands, {})
    asked = threats(shared(*told), stands, {}, of)
    for all_of_them, some in zip(everybody, asked, strict=True):
        expected = [(a.id, b.id) for a, b in all_of_them.joined if {a.id, b.id} & of]
        assert [(a.id, b.id) for a, b in some.joined] == expected
