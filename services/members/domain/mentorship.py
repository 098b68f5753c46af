"""A mentorship: somebody helps others to grow, and they meet.

Sessions are counted, one a day; no field can hold what was said there (M17). Who takes part is
known only as long as nobody of them is erased, so it never stands in the state.
"""

from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, assert_never

from pydantic import Field

from services.members.domain.ids import PersonId
from shared.decider import Decider, Refused
from shared.event import Code, Command, Context, Day, Event, Personal, Sealed, Value


@dataclass(frozen=True)
class Acquainted:
    """Whether everybody that a command names is registered."""

    registered: bool


@dataclass(frozen=True)
class Participation:
    """Whether who asks is the mentor or a mentee."""

    takes_part: bool


class StartMentorship(Command):
    mentor: PersonId
    mentees: Annotated[tuple[PersonId, ...], Field(max_length=100)]


class LogSession(Command):
    on: Day


class EndMentorship(Command):
    reason: Code


class Mentee(Value):
    """One of them: each name goes with the person it belongs to."""

    person: Personal[PersonId] = Sealed()


class MentorshipStarted(Event):
    """A person begins to help others grow."""

    mentor: Personal[PersonId]
    mentees: tuple[Mentee, ...]


class MentorshipSessionLogged(Event):
    """Mentor and mentees met on a day; of what they said nothing is kept."""

    on: date


class MentorshipEnded(Event):
    """A mentorship is over."""

    reason: Code


MentorshipCommand = StartMentorship | LogSession | EndMentorship
MentorshipEvent = MentorshipStarted | MentorshipSessionLogged | MentorshipEnded


@dataclass(frozen=True)
class Started:
    sessions: frozenset[date] = frozenset()
    ended: bool = False


Mentorship = Started | None  # None: not started yet


def decide(
    command: MentorshipCommand, mentorship: Mentorship, context: Context
) -> list[MentorshipEvent]:
    """Return what happens if `command` is accepted; an empty list means nothing needs to.

    Raises:
        Refused: a rule forbids it.
    """
    match command:
        case StartMentorship():
            return _start(command, mentorship, context)
        case LogSession():
            return _log(command, _joined(mentorship, context))
        case EndMentorship():
            return _end(command, _joined(mentorship, context))
        case _:
            assert_never(command)


def evolve(mentorship: Mentorship, event: MentorshipEvent) -> Mentorship:
    """Return the mentorship after `event`."""
    if isinstance(event, MentorshipStarted):
        return Started()
    assert mentorship is not None
    match event:
        case MentorshipSessionLogged():
            return replace(mentorship, sessions=mentorship.sessions | {event.on})
        case MentorshipEnded():
            return replace(mentorship, ended=True)
        case _:
            assert_never(event)


def _start(
    command: StartMentorship, mentorship: Mentorship, context: Context
) -> list[MentorshipEvent]:
    if mentorship is not None:
        return []
    if not command.mentees:
        raise Refused("mentee_missing", "Say who is mentored.")
    if command.mentor in command.mentees:
        raise Refused("own_mentor", "Nobody is their own mentor.")
    if not context.fact(Acquainted).registered:
        raise Refused("unknown_person", "Somebody of them is not registered: register them first.")
    mentees = tuple(Mentee(person=Sealed(one, one)) for one in sorted(set(command.mentees)))
    return [MentorshipStarted(mentor=Sealed(command.mentor, command.mentor), mentees=mentees)]


def _joined(mentorship: Mentorship, context: Context) -> Started:
    """Return the mentorship to who takes part in it."""
    if mentorship is None:
        raise Refused("unknown_mentorship", "This mentorship has not been started.")
    if not context.imported and not context.fact(Participation).takes_part:
        raise Refused("not_in_this_mentorship", "Only the mentor and the mentees can do this.")
    return mentorship


def _log(command: LogSession, mentorship: Started) -> list[MentorshipEvent]:
    if command.on in mentorship.sessions:
        return []
    if mentorship.ended:
        raise Refused("mentorship_ended", "This mentorship has ended.")
    return [MentorshipSessionLogged(on=command.on)]


def _end(command: EndMentorship, mentorship: Started) -> list[MentorshipEvent]:
    if mentorship.ended:
        return []
    return [MentorshipEnded(reason=command.reason)]


decider: Decider[MentorshipCommand, Mentorship, MentorshipEvent] = Decider(
    "mentorship", MentorshipEvent, None, decide, evolve
)
