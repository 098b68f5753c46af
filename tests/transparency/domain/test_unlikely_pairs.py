"""F9: the same events always rank the same pairs."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import strategies as st

from services.transparency.domain.common_ground import partner, row
from services.transparency.domain.unlikely_pairs import Unlikely, ties, unlikely_pairs
from tests.laws import over
from tests.transparency.domain.ground import I1, I2, I3, I5, SEEN, A, B, C, D, Story, called

LONG_AGO = SEEN.start - timedelta(days=30)


def pairs(story: Story) -> list[dict[str, Any]]:
    sheet = story.sheet()
    return [row(pair, sheet) for pair in sheet.unlikely.first]


def who(story: Story) -> list[str]:
    return ["".join(name[0] for name in called(line["organisations"])) for line in pairs(story)]


def strangers() -> Story:
    """A, B and C are for the same issue; D for none."""
    story = Story()
    story.join(A, B, C, D)
    for org in (A, B, C):
        story.stand(org, I1, "support")
    return story


def test_who_shares_something_and_has_no_tie_is_an_unlikely_pair() -> None:
    assert who(strangers()) == ["AB", "AC", "BC"]


def test_a_touchpoint_in_the_window_is_a_tie() -> None:
    story = strangers()
    story.touch(A, B, SEEN.begins)
    story.touch(B, C, SEEN.begins - timedelta(days=1), at=LONG_AGO)
    assert who(story) == ["AC", "BC"]


def test_the_last_touchpoint_is_shown_and_never_stands_first() -> None:
    story = strangers()
    story.touch(A, C, date(2025, 11, 1), at=LONG_AGO)
    story.touch(A, B, date(2025, 10, 1), at=LONG_AGO)
    story.touch(A, B, date(2025, 9, 1), at=LONG_AGO)
    lines = pairs(story)
    assert who(story) == ["BC", "AB", "AC"]
    assert [line["days"] for line in lines] == [None, 181, 150]
    assert [line["last_touchpoint"] for line in lines] == [None, "2025-10-01", "2025-11-01"]


def test_a_match_is_a_tie_once_every_party_has_recorded_it() -> None:
    story = strangers()
    story.tie("ResourceMatched", "match", A, A, B, at=LONG_AGO)
    assert who(story) == ["AB", "AC", "BC"]
    story.tie("ResourceMatched", "match", B, at=LONG_AGO)
    assert who(story) == ["AC", "BC"]


def test_an_answered_practice_question_of_the_window_is_a_tie() -> None:
    story = strangers()
    story.tie("PracticeAsked", "old", B, at=LONG_AGO)
    story.tie("PracticeShared", "old", C, at=LONG_AGO)
    story.tie("PracticeAsked", "new", A, at=LONG_AGO)
    assert who(story) == ["AB", "AC", "BC"]
    story.tie("PracticeShared", "new", C)
    assert who(story) == ["AB", "BC"]


def test_who_is_opposed_is_unlikely_in_spite_of_a_tie() -> None:
    story = strangers()
    story.touch(A, B, SEEN.begins)
    story.stand(A, I2, "support")
    story.stand(B, I2, "oppose")
    first = next(line for line in pairs(story) if line["tied"])
    assert called(first["organisations"]) == ["Aid", "Bus union"]
    assert (called(first["opposed"]), called(first["issues"])) == (["Buses"], ["Meals"])
    assert first["closeness"] == "0.500000"


def test_who_only_disagrees_is_no_pair() -> None:
    story = Story()
    story.join(A, B)
    story.stand(A, I1, "support")
    story.stand(B, I1, "oppose")
    assert who(story) == []


def test_neither_position_nor_silence_is_shared() -> None:
    story = Story()
    story.join(A, B, C)
    story.stand(A, I1, "no_position")
    story.stand(B, I1, "no_position")
    story.stand(A, I2, "oppose")
    story.stand(B, I2, "oppose")
    assert who(story) == []


def test_a_threat_that_both_share_is_enough_and_counts() -> None:
    story = strangers()
    story.threat("ThreatIdentified", I5, C)
    story.threat("ThreatShared", I5, B)
    story.threat("ThreatShared", I5, D)
    assert who(story) == ["BC", "AB", "AC", "BD", "CD"]
    first = pairs(story)[0]
    assert (first["shared"], called(first["threats"])) == (2, ["Elms"])
    assert pairs(story)[-1]["closeness"] == "0.000000"
    story.threat("ThreatRetired", I5, A)
    assert who(story) == ["AB", "AC", "BC"]


def test_who_is_not_active_is_no_partner() -> None:
    story = strangers()
    story.membership(B, "MemberLeft")
    assert who(story) == ["AC"]


def test_a_pair_rests_on_what_it_shares_and_what_stands_between() -> None:
    story = strangers()
    story.touch(A, B, date(2025, 10, 1), at=LONG_AGO)
    story.stand(A, I3, "oppose")
    story.stand(B, I3, "can_live_with")
    story.stand(C, I3, "can_live_with")
    line = next(line for line in pairs(story) if called(line["organisations"])[1] == "Bus union")
    said = [one.cited.ref for one in story.said if one.by in {A, B}]
    assert sorted(line["refs"]) == sorted([*said, story.tied[0].cited.ref])


def test_who_trusts_little_is_unlikely_by_the_newest_pulse_of_each() -> None:
    story = strangers()
    story.touch(A, B, SEEN.begins)
    story.touch(A, C, SEEN.begins)
    story.touch(B, C, SEEN.begins)
    story.pulse(A, B, 6)
    assert who(story) == []
    story.pulse(B, A, 5)
    assert who(story) == ["AB"]
    story.pulse(A, B, 12)
    assert who(story) == ["AB"]
    [pair], sheet = story.sheet().unlikely.first, story.sheet()
    assert partner(pair, sheet)["low_trust"] is True
    assert "low_trust" not in row(pair, sheet)
    story.pulse(B, A, 6)
    assert who(story) == []


known = st.tuples(
    st.sampled_from([A, B, C, D]),
    st.sampled_from([I1, I2, I3]),
    st.sampled_from(["support", "oppose", "can_live_with"]),
)
met = st.tuples(st.sampled_from([(A, B), (A, C), (B, D)]), st.integers(-60, 60))


@over(st.lists(known, max_size=20), st.lists(met, max_size=6), st.randoms(use_true_random=False))
def test_f9_the_same_events_always_rank_the_same_pairs(
    said: list[tuple[UUID, UUID, str]], touched: list[tuple[tuple[UUID, UUID], int]], chance: Any
) -> None:
    def tell() -> Story:
        story = Story()
        story.join(A, B, C, D)
        for org, issue, stand in said:
            story.stand(org, issue, stand)
        for (a, b), day in touched:
            story.touch(a, b, SEEN.begins + timedelta(days=day), at=LONG_AGO)
        return story

    one, other = tell(), tell()
    chance.shuffle(other.belongs)
    chance.shuffle(other.tied)
    assert pairs(one) == pairs(other)
    orders = [(line["shared"], line["days"]) for line in pairs(one)]
    assert orders == sorted(
        orders, key=lambda each: (-each[0], each[1] is not None, -(each[1] or 0))
    )


def test_f9_strangers_come_before_those_who_met_long_ago(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.transparency.domain.unlikely_pairs.LISTED", 1)
    story = Story()
    story.join(A, B, C)
    for org in (A, B, C):
        story.stand(org, I1, "support")
    story.touch(A, B, SEEN.begins - timedelta(days=9), at=LONG_AGO)
    [first], total = story.sheet().unlikely.first, story.sheet().unlikely.total
    assert (first.orgs, first.days, total) == ((A, C), None, 3)


wanted = st.none() | st.frozensets(st.sampled_from([A, B, C, D]))


@over(st.lists(known, max_size=20), st.lists(met, max_size=6), wanted, st.integers(1, 4))
def test_f9_the_first_are_those_of_all_and_all_are_counted(
    said: list[tuple[UUID, UUID, str]],
    touched: list[tuple[tuple[UUID, UUID], int]],
    own: frozenset[UUID] | None,
    listed: int,
) -> None:
    story = Story()
    story.join(A, B, C, D)
    for org, issue, stand in said:
        story.stand(org, issue, stand)
    for (a, b), day in touched:
        story.touch(a, b, SEEN.begins + timedelta(days=day), at=LONG_AGO)
    now, between = story.ground(SEEN.end), ties(story.tied, SEEN)

    def unlikely(own: frozenset[UUID] | None = None) -> Unlikely:
        orgs, issues, threats = now.table.active, now.issues.values(), now.threats.values()
        return unlikely_pairs(orgs, issues, threats, between, SEEN.ends, own)

    every = [each for each in unlikely().first if own is None or own & {*each.orgs}]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("services.transparency.domain.unlikely_pairs.LISTED", listed)
        assert unlikely(own) == Unlikely(len(every), every[:listed])
