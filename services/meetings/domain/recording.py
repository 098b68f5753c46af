"""Whether a meeting may be recorded: one refusal forbids recording and transcript (C3).

It is part of the meeting's stream. A refusal stands: nobody has to refuse twice.
"""

from collections.abc import Collection, Container, Mapping
from dataclasses import dataclass

from immutables import Map

from services.meetings.domain.ids import AttendanceId
from shared.decider import Refused
from shared.event import Command, Context, Event

Answers = Map[AttendanceId, bool]


@dataclass(frozen=True)
class OwnAttendances:
    """The attendances recorded for the acting person."""

    ids: Container[AttendanceId]


class AnswerRecording(Command):
    attendance: AttendanceId
    agreed: bool


class RecordingAnswered(Event):
    """Who attends agrees to be recorded, or does not."""

    attendance: AttendanceId
    agreed: bool


def answered(
    command: AnswerRecording,
    answers: Answers,
    attendances: Container[AttendanceId],
    context: Context,
) -> list[RecordingAnswered]:
    """Return the answer of who attends."""
    if command.attendance not in attendances:
        raise Refused("unknown_attendance", "Nobody was recorded here under that id.")
    before = answers.get(command.attendance)
    if before == command.agreed:
        return []
    if not context.imported and command.attendance not in context.fact(OwnAttendances).ids:
        raise Refused("not_yourself", "Each person answers only for themself.")
    if before is False:
        raise Refused("recording_refused", "You refused to be recorded, and that stands.")
    return [RecordingAnswered(attendance=command.attendance, agreed=command.agreed)]


def after(answers: Answers, event: RecordingAnswered) -> Answers:
    """Return the answers after `event`."""
    return answers.set(event.attendance, event.agreed)


def allowed(answers: Mapping[AttendanceId, bool], here: Collection[AttendanceId]) -> bool | None:
    """Return whether the meeting may be recorded; `None` while somebody who is here may refuse."""
    if False in answers.values():
        return False
    return True if here and all(each in answers for each in here) else None
