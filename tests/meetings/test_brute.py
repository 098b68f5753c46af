"""Votings by chance, counted by hand from their events, come to what the service said."""

from random import Random

import pytest
from hypothesis import strategies as st

from services.meetings.domain.proposal import DecisionMade
from services.meetings.domain.voting import QuorumNotMet, VotingClosed
from tests.laws import over
from tests.meetings.brute import count, disagreement, drawn, votings, written


@over(st.randoms(use_true_random=False), examples=300)
def test_d15_d16_d17_d18_what_was_recorded_is_what_a_count_by_hand_gives(chance: Random) -> None:
    assert disagreement(votings(chance)) is None


@pytest.mark.parametrize("seed", range(40))
def test_d18_a_count_that_was_tampered_with_is_noticed(seed: int) -> None:
    events = drawn(seed)
    for place, event in enumerate(events):
        if isinstance(event, VotingClosed | DecisionMade):
            more = {option: votes + 1 for option, votes in event.counts.items()}
            tampered = event.model_copy(update={"counts": more})
            assert disagreement([*events[:place], tampered, *events[place + 1 :]]) is not None


def test_the_votings_drawn_end_in_every_way_and_use_every_method() -> None:
    streams = [drawn(seed) for seed in range(400)]
    ended = [events for events in streams if isinstance(events[-1], QuorumNotMet | DecisionMade)]
    assert {count(written(events)).outcome for events in ended} == {"adopted", "rejected", "lapsed"}
    adopted = {
        written(events)[2]["terms"]["method"]
        for events in ended
        if count(written(events)).outcome == "adopted"
    }
    assert len(adopted) == 7
