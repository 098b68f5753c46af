from datetime import date, timedelta
from functools import reduce
from uuid import UUID

import pytest
from hypothesis import strategies as st
from pydantic import ValidationError

from services.members.domain.ids import PersonId
from services.members.domain.mentorship import (
    Acquainted,
    EndMentorship,
    LogSession,
    Mentee,
    Mentorship,
    MentorshipCommand,
    MentorshipEnded,
    MentorshipEvent,
    MentorshipSessionLogged,
    MentorshipStarted,
    Participation,
    Started,
    StartMentorship,
    decider,
)
from shared.decider import Refused
from shared.event import Command, Context, Sealed
from tests.given import Given
from tests.laws import obey, over
from tests.members.table import ANA, BO, CY, TODAY, TOMORROW, UNION, by, imported

start = StartMentorship(mentor=ANA, mentees=(CY, BO))
started = MentorshipStarted(
    mentor=Sealed(ANA, ANA),
    mentees=(Mentee(person=Sealed(BO, BO)), Mentee(person=Sealed(CY, CY))),
)
log, logged = LogSession(on=TODAY), MentorshipSessionLogged(on=TODAY)
end, ended = EndMentorship(reason="goal_reached"), MentorshipEnded(reason="goal_reached")
KNOWN, STRANGERS = Acquainted(registered=True), Acquainted(registered=False)
IN_IT, OUTSIDE = Participation(takes_part=True), Participation(takes_part=False)


def given(*history: MentorshipEvent) -> Given[MentorshipCommand, Mentorship, MentorshipEvent]:
    return Given(decider, history)


def test_each_name_goes_with_the_person_it_belongs_to() -> None:
    given().when(start, by(UNION, KNOWN)).then(started)
    twice = StartMentorship(mentor=ANA, mentees=(BO, CY, BO))
    given().when(twice, by(UNION, KNOWN)).then(started)


def test_a_mentorship_is_of_two_at_least() -> None:
    alone = StartMentorship(mentor=ANA, mentees=())
    given().when(alone, by(UNION, KNOWN)).then_refused("mentee_missing")
    own = StartMentorship(mentor=ANA, mentees=(BO, ANA))
    given().when(own, by(UNION, KNOWN)).then_refused("own_mentor")


def test_who_takes_part_is_registered() -> None:
    given().when(start, by(UNION, STRANGERS)).then_refused("unknown_person")
    given().when(start, imported(STRANGERS)).then_refused("unknown_person")


def test_i4_starting_again_changes_nothing() -> None:
    given(started).when(start, by(UNION, KNOWN)).then_nothing()
    given(started, ended).when(start, by(UNION, KNOWN)).then_nothing()


def test_a_session_is_logged_by_who_takes_part() -> None:
    given(started).when(log, by(UNION, IN_IT)).then(logged)
    given(started).when(log, imported()).then(logged)
    given(started).when(log, by(UNION, OUTSIDE)).then_refused("not_in_this_mentorship")
    given().when(log, by(UNION, IN_IT)).then_refused("unknown_mentorship")


def test_i4_mentor_and_mentee_may_both_log_the_same_session() -> None:
    given(started, logged).when(log, by(UNION, IN_IT)).then_nothing()
    given(started, logged, ended).when(log, by(UNION, IN_IT)).then_nothing()


def test_after_the_end_there_are_no_more_sessions() -> None:
    given(started, ended).when(log, by(UNION, IN_IT)).then_refused("mentorship_ended")


def test_it_is_ended_by_who_takes_part() -> None:
    given(started).when(end, by(UNION, IN_IT)).then(ended)
    given(started).when(end, by(UNION, OUTSIDE)).then_refused("not_in_this_mentorship")
    given().when(end, by(UNION, IN_IT)).then_refused("unknown_mentorship")


def test_i4_ending_again_changes_nothing() -> None:
    given(started, ended).when(end, by(UNION, IN_IT)).then_nothing()


@pytest.mark.parametrize("field", ["note", "text", "topic", "content", "duration"])
def test_m17_a_session_has_no_place_for_content(field: str) -> None:
    with pytest.raises(ValidationError):
        LogSession.model_validate({"on": "2026-03-12", field: "We spoke about Cy's father."})
    assert set(LogSession.model_fields) == {"on"}
    assert set(MentorshipSessionLogged.model_fields) == {"on"}


def test_f106_sessions_are_counted_and_their_content_is_nowhere() -> None:
    days = (TODAY, TOMORROW, TODAY)
    state: Mentorship = decider.evolve(None, started)
    count = 0
    for day in days:
        events = decider.decide(LogSession(on=day), state, by(UNION, IN_IT))
        assert all(set(event.model_dump()) == {"on"} for event in events)
        count += len(events)
        state = reduce(decider.evolve, events, state)
    assert count == 2
    assert state == Started(frozenset({TODAY, TOMORROW}))


people = st.sampled_from([ANA, BO, CY, PersonId(UUID(int=24))])
days = st.integers(0, 3).map(lambda n: TODAY + timedelta(days=n))
commands = st.one_of(
    st.builds(StartMentorship, mentor=people, mentees=st.lists(people, max_size=3).map(tuple)),
    st.builds(LogSession, on=days),
    st.just(end),
)
contexts = st.builds(
    lambda known, part: by(UNION, known, part),
    st.sampled_from([KNOWN, STRANGERS]),
    st.sampled_from([IN_IT, OUTSIDE]),
)
Requests = list[tuple[MentorshipCommand, Context]]


@over(st.lists(st.tuples(commands, contexts), min_size=3))
def test_laws(requests: Requests) -> None:
    obey(decider, requests)


@over(st.lists(st.tuples(commands, contexts), min_size=6, max_size=30), examples=200)
def test_m17_a_session_is_a_day_and_each_day_counts_once(requests: Requests) -> None:
    state: Mentorship = decider.evolve(None, started)
    counted: list[date] = []
    for command, context in requests:
        try:
            events = decider.decide(command, state, context)
        except Refused:
            continue
        for event in events:
            state = decider.evolve(state, event)
            if isinstance(event, MentorshipSessionLogged):
                assert event.model_dump() == {"on": event.on}
                counted.append(event.on)
    assert len(counted) == len(set(counted))
    assert state is not None
    assert state.sessions == set(counted)


def test_m17_no_command_takes_words() -> None:
    taken: list[type[Command]] = [StartMentorship, LogSession, EndMentorship]
    fields = {name for command in taken for name in command.model_fields}
    assert fields == {"mentor", "mentees", "on", "reason"}
