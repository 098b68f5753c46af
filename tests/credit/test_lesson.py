"""A lesson is its author's: members read it, and it leaves the coalition only by their hand."""

from typing import Any
from uuid import UUID

import pytest
from hypothesis import strategies as st
from pydantic import ValidationError

from services.credit.domain.evaluation import (
    Evaluation,
    EvaluationCommand,
    EvaluationEvent,
    decider,
)
from services.credit.domain.ids import LessonId, OrgId
from services.credit.domain.lesson import (
    LessonRecorded,
    LessonShared,
    Outside,
    RecordLesson,
    ShareLesson,
)
from shared.decider import Refused
from shared.event import Context, Sealed
from tests.credit.cast import ANNA, CLINIC, SCHOOL, TEACHER, THANKS, UNION, VAN, by
from tests.given import Given
from tests.laws import obey, over

ONE, TWO = (LessonId(UUID(int=n)) for n in (81, 82))
record = RecordLesson(lesson=ONE, kind="wrong", what=VAN, why=THANKS)
recorded = LessonRecorded(by=CLINIC, lesson=ONE, kind="wrong", what=Sealed(VAN), why=Sealed(THANKS))


def given(*history: EvaluationEvent) -> Given[EvaluationCommand, Evaluation, EvaluationEvent]:
    return Given(decider, history)


def share(to: Outside, lesson: LessonId = ONE) -> ShareLesson:
    return ShareLesson(lesson=lesson, to=to)


def shared(to: Outside) -> LessonShared:
    return LessonShared(by=CLINIC, lesson=ONE, to=to)


def test_an_organisation_records_what_it_learned_and_why() -> None:
    given().when(record, by(CLINIC)).then(recorded)
    given(recorded).when(record, by(CLINIC)).then_nothing()
    given(recorded).when(record, by(UNION)).then_refused("already_recorded")
    other = record.model_copy(update={"kind": "right"})
    given(recorded).when(other, by(CLINIC)).then_refused("already_recorded")
    given().when(record, by(None)).then_refused("no_organisation")


def test_f96_a_lesson_says_why() -> None:
    said: dict[str, Any] = {"lesson": ONE, "kind": "wrong", "what": VAN}
    with pytest.raises(ValidationError):
        RecordLesson.model_validate(said)


def test_what_one_person_learned_is_personal() -> None:
    given().when(record, by(TEACHER)).then(
        LessonRecorded(
            by=TEACHER, lesson=ONE, kind="wrong",
            what=Sealed(VAN, about=ANNA), why=Sealed(THANKS, about=ANNA),
        )
    )  # fmt: skip


def test_f103_only_its_author_shares_a_lesson() -> None:
    given(recorded).when(share("public"), by(CLINIC)).then(shared("public"))
    given(recorded).when(share("public"), by(UNION)).then_refused("not_the_author")
    given().when(share("public"), by(CLINIC)).then_refused("unknown_lesson")
    given(recorded).when(share("public", TWO), by(CLINIC)).then_refused("unknown_lesson")


def test_f103_what_was_shared_stays_shared_and_public_is_for_all() -> None:
    given(recorded, shared("funders")).when(share("funders"), by(CLINIC)).then_nothing()
    given(recorded, shared("public")).when(share("partners"), by(CLINIC)).then_nothing()
    given(recorded, shared("funders")).when(share("partners"), by(CLINIC)).then(shared("partners"))
    given(recorded, shared("funders")).when(share("public"), by(CLINIC)).then(shared("public"))


lessons = st.sampled_from([ONE, TWO])
commands = st.one_of(
    st.builds(
        RecordLesson,
        lesson=lessons,
        kind=st.sampled_from(["right", "wrong"]),
        what=st.just(VAN),
        why=st.just(THANKS),
    ),
    st.builds(ShareLesson, lesson=lessons, to=st.sampled_from(["partners", "funders", "public"])),
)
requests = st.lists(st.tuples(commands, st.sampled_from([by(CLINIC), by(SCHOOL), by(TEACHER)])))


@over(requests)
def test_laws(requests: list[tuple[EvaluationCommand, Context]]) -> None:
    obey(decider, requests)


@over(requests)
def test_f103_nothing_is_outside_that_its_author_did_not_share(
    requests: list[tuple[EvaluationCommand, Context]],
) -> None:
    state = decider.initial
    authors: dict[LessonId, OrgId] = {}
    told: dict[LessonId, set[OrgId]] = {}
    for command, context in requests:
        try:
            events = decider.decide(command, state, context)
        except Refused:
            continue
        for event in events:
            state = decider.evolve(state, event)
            if isinstance(event, LessonRecorded):
                authors[event.lesson] = event.by
            elif isinstance(event, LessonShared):
                told.setdefault(event.lesson, set()).add(event.by)
    assert all(who == {authors[lesson]} for lesson, who in told.items())
    assert {key for key, lesson in state.lessons.items() if lesson.shared} == told.keys()
