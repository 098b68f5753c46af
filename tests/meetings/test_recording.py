"""Whether a meeting may be recorded: each says so for themself, and one refusal is enough."""

from collections.abc import Mapping

from hypothesis import strategies as st

from services.meetings.domain.ids import AttendanceId
from services.meetings.domain.meeting import Meeting, decider
from services.meetings.domain.recording import (
    AnswerRecording,
    OwnAttendances,
    RecordingAnswered,
    allowed,
)
from shared.decider import Refused
from tests.laws import over
from tests.meetings.coalition import CLINIC, UNION
from tests.meetings.test_meeting import (
    ONE,
    THREE,
    TWO,
    acting,
    came,
    closed,
    given,
    past,
    sitting,
)

room = *sitting, came(ONE), came(TWO, CLINIC)
yes = AnswerRecording(attendance=ONE, agreed=True)
no = AnswerRecording(attendance=ONE, agreed=False)
agreed = RecordingAnswered(attendance=ONE, agreed=True)
refused = RecordingAnswered(attendance=ONE, agreed=False)
own = acting(UNION, OwnAttendances({ONE}))
another = acting(CLINIC, OwnAttendances({TWO}))


def test_who_attends_answers_for_themself() -> None:
    given(*room).when(yes, own).then(agreed)
    given(*room).when(no, own).then(refused)
    given(*room, agreed).when(yes, own).then_nothing()
    given(*room).when(yes, another).then_refused("not_yourself")
    given(*room).when(yes, past()).then(agreed)
    unknown = AnswerRecording(attendance=THREE, agreed=True)
    given(*room).when(unknown, own).then_refused("unknown_attendance")
    given(*room, closed).when(yes, own).then_refused("wrong_stage")


def test_c3_a_refusal_stands() -> None:
    given(*room, agreed).when(no, own).then(refused)
    given(*room, refused).when(no, own).then_nothing()
    given(*room, refused).when(yes, own).then_refused("recording_refused")


def test_c3_one_refusal_forbids_recording() -> None:
    assert allowed({}, []) is None
    assert allowed({ONE: True}, [ONE, TWO]) is None
    assert allowed({ONE: True, TWO: True}, [ONE, TWO]) is True
    assert allowed({ONE: True, TWO: False}, [ONE]) is False
    assert allowed({ONE: True, TWO: True}, [TWO]) is True


answers = st.tuples(st.sampled_from([ONE, TWO]), st.booleans())


@over(st.lists(answers))
def test_c3_after_one_refusal_recording_is_never_allowed(
    asked: list[tuple[AttendanceId, bool]],
) -> None:
    state: Meeting | None = given(*room).when(yes, own).state
    said: Mapping[AttendanceId, bool] = {}
    once = False
    for attendance, agrees in asked:
        command = AnswerRecording(attendance=attendance, agreed=agrees)
        try:
            events = decider.decide(command, state, acting(UNION, OwnAttendances({attendance})))
        except Refused:
            assert once
            continue
        for event in events:
            state = decider.evolve(state, event)
        assert state is not None
        said = state.recording
        once = once or not agrees
        assert not (once and allowed(said, [ONE, TWO]))
