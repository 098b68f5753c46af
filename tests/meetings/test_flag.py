from datetime import timedelta

from hypothesis import strategies as st

from services.meetings.domain.flag import (
    AnswerFlag,
    Flag,
    IndicatorFlagAnswered,
    decider,
    of,
)
from shared.event import Context, Sealed
from tests.given import Given
from tests.laws import obey, over
from tests.meetings.coalition import CLINIC, COALITION, COST, NEWS, NOON, UNION, by

TODAY = NOON.date()

dismiss = AnswerFlag(indicator="late_dissent", window_end=TODAY, answer="dismissed", reason=COST)
dismissed = IndicatorFlagAnswered(
    by=UNION, indicator="late_dissent", window_end=TODAY, answer="dismissed", reason=Sealed(COST)
)
see = dismiss.model_copy(update={"answer": "acknowledged", "reason": NEWS})
seen = dismissed.model_copy(update={"answer": "acknowledged", "reason": Sealed(NEWS)})


def given(
    *history: IndicatorFlagAnswered,
) -> Given[AnswerFlag, Flag, IndicatorFlagAnswered]:
    return Given(decider, history)


def test_a_flag_is_seen_or_dismissed_with_a_reason() -> None:
    given().when(dismiss, by(UNION)).then(dismissed)
    given(dismissed).when(dismiss, by(CLINIC)).then_nothing()
    given(dismissed).when(see, by(UNION)).then(seen)
    given(dismissed, seen).when(dismiss, by(UNION)).then(dismissed)
    given().when(dismiss, by(None)).then_refused("no_organisation")


def test_an_answer_is_about_one_window_that_is_over() -> None:
    later = dismiss.model_copy(update={"window_end": TODAY + timedelta(days=90)})
    given(dismissed).when(later, by(UNION)).then_refused("not_over")
    after = by(UNION, NOON + timedelta(days=90))
    answered = dismissed.model_copy(update={"window_end": later.window_end})
    given(dismissed).when(later, after).then(answered)


def test_each_indicator_has_one_flag_in_a_coalition() -> None:
    assert of(COALITION, "late_dissent") == of(COALITION, "late_dissent")
    assert of(COALITION, "late_dissent") != of(COALITION, "like_mindedness")


commands = st.builds(
    lambda command, days: command.model_copy(update={"window_end": TODAY + timedelta(days=days)}),
    st.sampled_from([dismiss, see]),
    st.integers(-2, 2),
)


@over(st.lists(st.tuples(commands, st.builds(by, st.sampled_from([CLINIC, UNION]))), min_size=2))
def test_laws(requests: list[tuple[AnswerFlag, Context]]) -> None:
    obey(decider, requests)
