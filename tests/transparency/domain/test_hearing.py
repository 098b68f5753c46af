"""F11: a decision with none of the least well served present or consulted is flagged."""

from datetime import date, timedelta
from itertools import product
from typing import Any
from uuid import UUID

import pytest

from services.transparency.domain.hearing import (
    Consulted,
    Decided,
    Hearing,
    Hidden,
    Reviewed,
    Voice,
    flag,
)
from services.transparency.domain.refs import Cited
from tests.transparency.domain.ground import (
    NAMES,
    NOON,
    NURSES,
    PARENTS,
    TEACHERS,
    A,
    B,
    C,
    Story,
    called,
)

PROPOSAL, MEETING, DECISION = (UUID(int=0xD0 + n) for n in range(3))
OPENED = NOON + timedelta(days=20)
DECIDED = OPENED + timedelta(days=2)
AUDIENCE = {"withheld": "audience"}


def cited(position: int) -> Cited:
    return Cited("meetings", position, bytes(32))


def decided(electorate: tuple[UUID, ...] | None = (A, B), **more: Any) -> Decided:
    made: dict[str, Any] = {
        "affected": (), "drafted": cited(1), "opened": cited(5), "opened_at": OPENED,
        "electorate": None if electorate is None else frozenset(electorate), "meeting": MEETING,
    }  # fmt: skip
    fields = made | {"title": {"lang": "en", "text": "Buses"}, "outcome": "adopted"} | more
    return Decided(cited(9), DECISION, PROPOSAL, at=DECIDED, **fields)


def asked(constituency: UUID, position: int = 3, days_before: int = 4) -> Consulted:
    on = (OPENED - timedelta(days=days_before)).date()
    return Consulted(cited(position), PROPOSAL, constituency, on, OPENED)


def story() -> Story:
    """Parents and nurses are least well served; A represents the parents, C the nurses."""
    told = Story()
    told.identify(PARENTS, least=True)
    told.identify(NURSES, least=True)
    told.identify(TEACHERS)
    told.join(A, of=(PARENTS,))
    told.join(C, of=(NURSES,))
    told.join(B, of=(TEACHERS,))
    return told


def line(
    each: Decided,
    *consulted: Consulted,
    reviewed: tuple[Reviewed, ...] = (),
    hidden: Hidden | None = None,
    told: Story | None = None,
) -> dict[str, Any]:
    tables = (told or story()).tables
    return Hearing(tables, consulted, reviewed, hidden or Hidden(), NAMES).row(each)


def test_one_of_them_in_the_electorate_is_enough() -> None:
    found = line(decided((A, B)))
    assert found["flagged"] is False
    heard = {
        each["constituency"]["name"]["text"]: (each["present"], each["consulted"])
        for each in found["least_well_served"]
    }
    assert heard == {"Parents": (True, False), "Nurses": (False, False)}


def test_none_of_them_present_or_consulted_is_flagged() -> None:
    assert line(decided((B,)))["flagged"] is True


def test_one_of_them_consulted_before_is_enough() -> None:
    assert line(decided((B,)), asked(NURSES))["flagged"] is False
    assert line(decided((B,)), asked(TEACHERS))["flagged"] is True


def test_consulting_after_the_decision_came_too_late() -> None:
    found = line(decided((B,)), asked(NURSES, position=10))
    assert (found["flagged"], found["first_consulted"]) == (True, None)


def test_consulting_on_another_proposal_counts_for_nothing() -> None:
    elsewhere = asked(NURSES)._replace(proposal=UUID(int=1))
    assert line(decided((B,)), elsewhere)["flagged"] is True


@pytest.mark.parametrize("about", [PROPOSAL, MEETING])
def test_a_review_of_its_occasion_may_say_that_they_were_consulted(about: UUID) -> None:
    said = Reviewed(cited(30), NURSES, about, consulted=True, at=NOON)
    assert line(decided((B,)), reviewed=(said,))["flagged"] is False
    denied = said._replace(consulted=False)
    assert line(decided((B,)), reviewed=(denied,))["flagged"] is True
    other = said._replace(about=UUID(int=2))
    assert line(decided((B,)), reviewed=(other,))["flagged"] is True
    nothing = said._replace(about=None)
    assert line(decided((B,), meeting=None), reviewed=(nothing,))["flagged"] is True


def test_who_was_identified_later_is_not_asked_for() -> None:
    told = Story()
    told.join(B)
    told.identify(PARENTS, least=True, at=OPENED)
    found = line(decided((B,)), told=told)
    assert (found["flagged"], found["least_well_served"]) == (None, [])
    assert found["reasons"]["flagged"] == (
        "no constituency was identified as least well served by then"
    )


def test_who_represents_them_counts_as_of_when_voting_opened() -> None:
    told = story()
    told.represent(B, NURSES, OPENED.date() + timedelta(days=1), at=NOON + timedelta(days=1))
    assert line(decided((B,)), told=told)["flagged"] is True
    told.represent(B, NURSES, OPENED.date(), at=NOON + timedelta(days=2))
    assert line(decided((B,)), told=told)["flagged"] is False


def test_an_electorate_that_is_not_listed_leaves_it_open() -> None:
    found = line(decided(None))
    assert found["flagged"] is None
    assert found["reasons"]["flagged"] == "the electorate is known by its digest only"
    assert {each["present"] for each in found["least_well_served"]} == {None}
    assert line(decided(None), asked(NURSES))["flagged"] is False


def test_affected_and_unheard() -> None:
    found = line(decided((A,), affected=(PARENTS, NURSES, TEACHERS)), asked(TEACHERS))
    assert called(each["constituency"] for each in found["affected"]) == [
        "Nurses",
        "Parents",
        "Teachers",
    ]
    assert called(found["unheard"]) == ["Nurses"]


def test_lead_days_run_from_the_first_consultation_to_the_voting() -> None:
    found = line(decided(), asked(NURSES, 3, 4), asked(PARENTS, 4, 11))
    assert (found["lead_days"], found["first_consulted"]) == (11, "2026-01-10")
    assert "lead_days" not in found["reasons"]
    nobody = line(decided())
    assert (nobody["lead_days"], nobody["reasons"]["lead_days"]) == (
        None,
        "nobody was consulted before",
    )
    unopened = line(decided(opened=None, opened_at=None), asked(NURSES))
    assert unopened["reasons"]["lead_days"] == "voting was not opened"
    assert date.fromisoformat(unopened["first_consulted"]) == date(2026, 1, 17)


def test_it_rests_on_the_proposal_the_voting_and_who_was_asked() -> None:
    found = line(decided((A,), affected=(PARENTS,)), asked(NURSES))
    assert [ref for ref in found["refs"] if ref.startswith("meetings")] == [
        f"meetings/{n}" for n in (1, 3, 5, 9)
    ]
    assert "members/1" in found["refs"]


def test_nothing_rests_on_a_part_of_what_was_said() -> None:
    """A reader who does not see everything learns of no flag, and of no gap either."""
    found = line(decided((B,), affected=(NURSES,)), hidden=Hidden(table=True))
    assert found["flagged"] == AUDIENCE
    assert [each["present"] for each in found["affected"]] == [AUDIENCE]
    assert found["unheard"] == []
    asks = line(decided((B,), affected=(NURSES,)), hidden=Hidden(consulted=True))
    assert asks["flagged"] == asks["lead_days"] == asks["first_consulted"] == AUDIENCE
    assert [each["consulted"] for each in asks["affected"]] == [AUDIENCE]
    assert line(decided((A,)), hidden=Hidden(consulted=True))["flagged"] is False


def test_the_flag_is_up_only_where_all_are_known_to_be_unheard() -> None:
    for first, second in product((True, False, None), repeat=2):
        voices = [Voice(PARENTS, first, consulted=False), Voice(NURSES, second, consulted=False)]
        expected = None if None in (first, second) else True
        assert flag(voices) is (False if True in (first, second) else expected)
    assert flag([]) is None
