"""The words pages use for rules, times and lists."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from services.meetings.domain.rule import Option
from services.web import words
from services.web.counted import OPTIONS, bars
from tests.web.samples import RULE


def test_a_rule_is_told_in_sentences() -> None:
    told = dict(words.rule_lines(RULE["terms"]))

    assert told["Quorum"] == "At least 1/2 of everyone entitled"
    assert told["Threshold"] == "Agree: at least 2/3 of those who agree, disagree or object"
    assert told["Notice"] == "3 days"
    assert told["Objections"] == "Every objection must be addressed before adoption"
    assert "Silence" not in told


@pytest.mark.parametrize(
    ("terms", "told"),
    [
        (("object", "at_most", (0, 1), "cast"), "Object: none of all stances taken"),
        (("agree", "more_than", (1, 2), "entitled"), "Agree: more than 1/2 of everyone entitled"),
        (("agree", "at_least", (1, 1), "cast"), "Agree: every one of all stances taken"),
    ],
)
def test_a_threshold_is_a_sentence(terms: tuple[str, str, tuple[int, int], str], told: str) -> None:
    names = ("option", "test", "ratio", "base")

    assert words.threshold(dict(zip(names, terms, strict=True))) == told


def test_times_are_told_in_utc() -> None:
    at = datetime(2026, 3, 12, 23, 30, tzinfo=timezone(timedelta(hours=-5)))

    assert words.moment(at) == "13 March 2026, 04:30 UTC"
    assert words.day(at) == "13 March 2026"
    assert words.day(date(2026, 3, 1)) == "1 March 2026"
    assert words.moment(datetime(2026, 3, 12, 4, 5, tzinfo=UTC)) == "12 March 2026, 04:05 UTC"


@pytest.mark.parametrize(
    ("names", "told"),
    [((), ""), (("A",), "A"), (("A", "B"), "A and B"), (("A", "B", "C"), "A, B and C")],
)
def test_a_list_is_told_as_people_say_it(names: tuple[str, ...], told: str) -> None:
    assert words.listed(names) == told


@pytest.mark.parametrize(
    ("hours", "told"), [(1, "1 hour"), (23, "23 hours"), (24, "1 day"), (72, "3 days")]
)
def test_whole_days_are_days(hours: int, told: str) -> None:
    assert words.hours(hours) == told


def test_an_unknown_code_is_still_readable() -> None:
    assert words.say(words.OUTCOMES, "sent_back") == "Sent back"
    assert words.event("NextStepDueDateMoved") == "next step due date moved"


def test_every_option_of_a_stance_has_its_words_and_its_part_of_the_bar() -> None:
    known = {option.value for option in Option}

    assert known == set(OPTIONS) == set(words.OPTIONS) == set(words.OPTION_MEANS)


def test_the_parts_of_a_bar_follow_each_other() -> None:
    drawn = [(bar.option, bar.begins, bar.figure) for bar in bars({"agree": 5, "object": 2})]

    assert drawn == [("agree", 0, 5), ("disagree", 5, 0), ("abstain", 5, 0), ("object", 5, 2)]
