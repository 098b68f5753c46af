"""Each invariant of the table and of all services is searched for, by its id."""

import ast

import pytest

from services.credit.__main__ import service as credit
from services.meetings.__main__ import service as meetings
from services.members.__main__ import service as members
from tests.contracts import invariants
from tests.contracts.leads import commands_of


def test_every_invariant_has_a_property_test() -> None:
    assert invariants.lacking() == []


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("@over(ints)\ndef test_m7_i2_never(): ...", {"m7", "i2"}),
        ("asked = over(ints)\n@asked\nasync def test_m16_never(): ...", {"m16"}),
        ("def test_m7_once(): ...", set()),
        ("@over(ints)\ndef test_never_m7(): ...", set()),
        ("@fixture\ndef test_m7_once(): ...", set()),
    ],
)
def test_only_a_test_that_searches_counts(written: str, found: set[str]) -> None:
    assert set(invariants.found_in(ast.parse(written))) == found


def test_i1_nothing_is_deleted_but_what_concerns_an_erased_person() -> None:
    deciders = [one for service in (members, meetings, credit) for one in service.deciders]
    types = {name: kind for decider in deciders for name, kind in decider.types.items()}
    assert [name for name, kind in types.items() if kind.erases] == ["PersonErased"]
    for decider in deciders:
        for name in (*decider.types, *(command.__name__ for command in commands_of(decider))):
            assert not any(word in name for word in ("Delete", "Overwrite", "Purge", "Remove"))
