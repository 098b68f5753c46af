"""A lesson: what went right or wrong, and why, in the words of the organisation that learned it.

Members read it. Outside it is seen only where its author shares it; what was shared stays shared.
These rules are a part of the evaluation of a campaign; `evaluation.py` asks them with the lessons
of its stream.
"""

from dataclasses import dataclass, replace
from typing import Literal, assert_never

from immutables import Map

from services.credit.domain.ids import LessonId, OrgId
from services.credit.domain.roll import Roll, speaker
from shared.decider import Refused
from shared.event import Command, Context, Event, Sealed, Text

Kind = Literal["right", "wrong"]
Outside = Literal["partners", "funders", "public"]
"""Who is not a member; `public` is everybody, partners and funders too."""


class RecordLesson(Command):
    """`why` is asked for: what went wrong alone teaches nobody."""

    lesson: LessonId
    kind: Kind
    what: Text
    why: Text


class ShareLesson(Command):
    lesson: LessonId
    to: Outside


class LessonRecorded(Event):
    """A lesson was written down: what went right or wrong, and why."""

    by: OrgId
    lesson: LessonId
    kind: Kind
    what: Sealed[Text]
    why: Sealed[Text]


class LessonShared(Event):
    """The author of a lesson shared it outside."""

    by: OrgId
    lesson: LessonId
    to: Outside


LessonCommand = RecordLesson | ShareLesson
LessonEvent = LessonRecorded | LessonShared


@dataclass(frozen=True)
class Lesson:
    by: OrgId
    kind: Kind
    shared: frozenset[Outside] = frozenset()

    def seen_by(self, outside: Outside) -> bool:
        """Whether these have it already: what is public is everybody's."""
        return bool(self.shared & {outside, "public"})


Lessons = Map[LessonId, Lesson]


def decide(command: LessonCommand, lessons: Lessons, context: Context) -> list[LessonEvent]:
    """Return what happens to the lessons of a campaign.

    Raises:
        Refused: a rule forbids it.
    """
    match command:
        case RecordLesson():
            return _record(command, lessons, context)
        case ShareLesson():
            return _share(command, lessons, context)
        case _:
            assert_never(command)


def evolve(lessons: Lessons, event: LessonEvent) -> Lessons:
    """Return the lessons after `event`. Never refuses: history has already happened."""
    match event:
        case LessonRecorded():
            return lessons.set(event.lesson, Lesson(event.by, event.kind))
        case LessonShared(to=to):
            known = lessons[event.lesson]
            return lessons.set(event.lesson, replace(known, shared=known.shared | {to}))
        case _:
            assert_never(event)


def _record(command: RecordLesson, lessons: Lessons, context: Context) -> list[LessonEvent]:
    by, roll = speaker(context), context.fact(Roll)
    if (known := lessons.get(command.lesson)) is not None:
        if (known.by, known.kind) == (by, command.kind):
            return []
        raise Refused("already_recorded", "Another lesson has that id: use a new one.")
    return [
        LessonRecorded(
            by=by,
            lesson=command.lesson,
            kind=command.kind,
            what=roll.seal(command.what, by),
            why=roll.seal(command.why, by),
        )
    ]


def _share(command: ShareLesson, lessons: Lessons, context: Context) -> list[LessonEvent]:
    by, known = speaker(context), lessons.get(command.lesson)
    if known is None:
        raise Refused("unknown_lesson", "There is no such lesson: record it first.")
    if by != known.by:
        raise Refused("not_the_author", "Only the organisation whose lesson it is shares it.")
    if known.seen_by(command.to):
        return []
    return [LessonShared(by=by, lesson=command.lesson, to=command.to)]
