from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import strategies as st

from services.meetings.domain.electorate import Electorate
from services.meetings.domain.ids import CheckId, OrgId
from services.meetings.domain.proposal import Proposal, ProposalCommand, ProposalEvent, decider
from services.meetings.domain.rule import Option
from services.meetings.domain.sense_check import (
    OPEN_AT_ONCE,
    Answer,
    Answered,
    Answers,
    AnswerSenseCheck,
    Moderator,
    OpenSenseCheck,
    SenseCheck,
    SenseCheckOpened,
    SenseCheckTaken,
    TakeSenseCheck,
    gap,
)
from shared.decider import Refused
from shared.event import Context
from tests.given import Given
from tests.laws import obey, over
from tests.meetings.coalition import CLINIC, DUSK, NEWCOMER, NOON, SCHOOL, UNION, by, by_itself
from tests.meetings.test_proposal import CLASSES, drafted, made, ready, under_way

CHECK, OTHER = (CheckId(UUID(int=n)) for n in (71, 72))
COMFORTABLE, UNSURE, CONCERNED = Answer
ask = OpenSenseCheck(check=CHECK, closes_at=DUSK)
take = TakeSenseCheck(check=CHECK)
answer = AnswerSenseCheck(check=CHECK, answer=CONCERNED)
asked = SenseCheckOpened(check=CHECK, closes_at=DUSK)
taken = SenseCheckTaken(check=CHECK, comfortable=3, unsure=0, concerned=2)
FIVE = Answers({COMFORTABLE: 3, CONCERNED: 2}, min_group=5)
FOUR = Answers({COMFORTABLE: 2, CONCERNED: 2}, min_group=5)
FACTS = Moderator(may=True), Electorate(CLASSES, 41), Answered(already=False), FIVE


def given(*history: ProposalEvent) -> Given[ProposalCommand, Proposal | None, ProposalEvent]:
    return Given(decider, history)


def acting(org: OrgId | None = SCHOOL, *facts: object, at: datetime = NOON) -> Context:
    kinds = {type(fact) for fact in facts}
    kept = (fact for fact in FACTS if type(fact) not in kinds)
    return by(org, at, facts=(*facts, *kept))


def test_a_sense_check_is_asked_once() -> None:
    given(*ready).when(ask, acting()).then(asked)
    given(*ready, asked).when(ask, acting()).then_nothing()
    later = ask.model_copy(update={"closes_at": DUSK + timedelta(hours=1)})
    given(*ready, asked).when(later, acting()).then_refused("already_opened")


def test_a_sense_check_is_for_chair_and_facilitator() -> None:
    others = acting(SCHOOL, Moderator(may=False))
    given(*ready).when(ask, others).then_refused("not_the_facilitator")
    given(*ready, asked).when(take, others).then_refused("not_the_facilitator")


def test_a_sense_check_is_of_a_proposal_that_can_be_read_and_is_not_decided() -> None:
    given(drafted).when(ask, acting()).then_refused("wrong_stage")
    given(*under_way, made).when(ask, acting()).then_refused("wrong_stage")
    given().when(ask, acting()).then_refused("unknown_proposal")


def test_a_sense_check_closes_after_it_opens_and_there_are_few() -> None:
    past = ask.model_copy(update={"closes_at": NOON})
    given(*ready).when(past, acting()).then_refused("too_soon")
    many = [
        SenseCheckOpened(check=CheckId(UUID(int=800 + n)), closes_at=DUSK)
        for n in range(OPEN_AT_ONCE)
    ]
    given(*ready, *many).when(ask, acting()).then_refused("too_many")


def test_d24_an_answer_leaves_no_event() -> None:
    given(*ready, asked).when(answer, acting()).then_nothing()


def test_d24_each_organisation_answers_once() -> None:
    again = acting(SCHOOL, Answered(already=True))
    given(*ready, asked).when(answer, again).then_refused("one_vote")


def test_only_who_may_decide_is_asked() -> None:
    given(*ready, asked).when(answer, acting(NEWCOMER)).then_refused("not_accredited")
    observer = by(SCHOOL, facts=FACTS, authority="observer")
    given(*ready, asked).when(answer, observer).then_refused("not_accredited")
    given(*ready, asked).when(answer, acting(None)).then_refused("no_organisation")


def test_what_is_over_is_not_answered() -> None:
    given(*ready, asked).when(answer, acting(at=DUSK)).then_refused("not_open")
    given(*ready, asked, taken).when(answer, acting()).then_refused("not_open")
    given(*ready).when(answer, acting()).then_refused("unknown_check")


def test_d24_counts_are_all_that_is_taken() -> None:
    given(*ready, asked).when(take, acting(CLINIC)).then(taken)
    given(*ready, asked, taken).when(take, acting(CLINIC)).then_nothing()
    given(*ready).when(take, acting(CLINIC)).then_refused("unknown_check")


def test_d24_below_the_smallest_group_nothing_is_said() -> None:
    too_few = acting(CLINIC, FOUR)
    given(*ready, asked).when(take, too_few).then_refused("sense_check_only")
    given(*ready, asked).when(take, by_itself(DUSK, FOUR)).then_nothing()


def test_it_ends_by_itself_when_its_time_is_over() -> None:
    given(*ready, asked).when(take, by_itself(NOON, FIVE)).then_refused("too_soon")
    given(*ready, asked).when(take, by_itself(DUSK, FIVE)).then(taken)
    given(*under_way, asked, made).when(take, by_itself(DUSK, FIVE)).then(taken)


@pytest.mark.parametrize(
    ("against", "comes_to"), [(0, (8, 20)), (1, (3, 20)), (4, (-12, 20))], ids=str
)
def test_f79_the_gap_is_what_was_said_in_secret_only(
    against: int, comes_to: tuple[int, int]
) -> None:
    counted = dict.fromkeys(Option, 0) | {Option.AGREE: 4 - against}
    counted[Option.DISAGREE] = against
    check = SenseCheck(DUSK, {COMFORTABLE: 2, UNSURE: 1, CONCERNED: 2})
    assert gap(check, counted) == comes_to
    assert gap(check, None) is None
    assert gap(SenseCheck(DUSK), counted) is None
    assert gap(check, dict.fromkeys(Option, 0)) is None


commands = st.one_of(
    st.builds(OpenSenseCheck, check=st.sampled_from([CHECK, OTHER]), closes_at=st.just(DUSK)),
    st.builds(
        AnswerSenseCheck, check=st.sampled_from([CHECK, OTHER]), answer=st.sampled_from(Answer)
    ),
    st.builds(TakeSenseCheck, check=st.sampled_from([CHECK, OTHER])),
)
numbers = st.dictionaries(st.sampled_from(Answer), st.integers(0, 4))
contexts = st.builds(
    lambda org, counts, at: acting(org, Answers(counts, 5), at=at),
    st.sampled_from([CLINIC, UNION, NEWCOMER]),
    numbers,
    st.sampled_from([NOON, DUSK]),
)


@over(st.lists(st.tuples(commands, contexts), max_size=20))
def test_d24_a_figure_is_of_a_group_and_nobody_is_named(
    requests: list[tuple[ProposalCommand, Context]],
) -> None:
    state: Proposal | None = None
    for begun in ready:
        state = decider.evolve(state, begun)
    for command, context in requests:
        with suppress(Refused):
            for event in decider.decide(command, state, context):
                state = decider.evolve(state, event)
                assert "by" not in type(event).model_fields
                if isinstance(event, SenseCheckTaken):
                    assert event.comfortable + event.unsure + event.concerned >= 5
    assert state is not None
    assert state.stage == "published"


@over(st.lists(st.tuples(commands, contexts), max_size=20))
def test_laws(requests: list[tuple[ProposalCommand, Context]]) -> None:
    obey(decider, requests)
