"""Every roll call of a folder is decided as the source says; what differs is named."""

from datetime import date
from pathlib import Path

import pytest

from services.meetings.domain.rule import Option
from tests.meetings.roll_calls import Decided, decided, differences

LEAGUE = Path(__file__).parents[1] / "accord" / "samples" / "league"


@pytest.fixture
def league() -> Decided:
    return decided(LEAGUE, date(1903, 4, 2))


def test_d18_every_roll_call_gives_the_sources_counts(league: Decided) -> None:
    assert len(league.decisions) > 1
    assert {made.outcome for made in league.decisions.values()} == {"adopted", "rejected"}
    assert list(differences(LEAGUE, league)) == []


def test_a_count_an_outcome_or_a_roll_call_that_is_wrong_is_named(league: Decided) -> None:
    first, second, *_ = sorted(league.decisions)
    made = league.decisions[first]
    counts = {option: made.counts[option] + (option is Option.AGREE) for option in Option}
    other = "rejected" if league.decisions[second].outcome == "adopted" else "adopted"
    league.decisions[first] = made.model_copy(update={"counts": counts})
    league.decisions[second] = league.decisions[second].model_copy(update={"outcome": other})
    said = list(differences(LEAGUE, league))
    assert [line.partition(":")[0] for line in said] == [f"roll call {n}" for n in (first, second)]
    del league.decisions[first]
    league.votes -= 1
    assert [line.split()[1] for line in list(differences(LEAGUE, league))[:2]] == ["of", "of"]
