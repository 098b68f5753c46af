"""The minutes of a meeting: they cite decisions and steps, and are corrected by new versions.

They are part of the meeting's stream. A version is final when every organisation recorded as
present has approved it.
"""

from collections.abc import Container
from dataclasses import dataclass, replace
from typing import assert_never

from pydantic import Field

from services.meetings.domain.acting import organisation
from services.meetings.domain.boundary import Bounds
from services.meetings.domain.ids import BodyId, OrgId, StepId
from shared.decider import Refused
from shared.event import Command, Context, Digest, Event, Ref, Sealed, Text, Visibility


@dataclass(frozen=True)
class DecisionRefs:
    """The events of decisions, of those that a command cites, and of those made in this meeting."""

    known: Container[Ref]
    here: frozenset[Ref]


@dataclass(frozen=True)
class MeetingSteps:
    """The next steps of this meeting, and those without an owner who accepted."""

    steps: frozenset[StepId]
    unsettled: frozenset[StepId]


class DraftMinutes(Command):
    decisions: tuple[Ref, ...] = Field((), max_length=500)
    steps: tuple[StepId, ...] = Field((), max_length=500)
    text: Text


class ApproveMinutes(Command):
    version: int


class CorrectMinutes(Command):
    corrects: int
    text: Text
    reason: Text


class MinutesDrafted(Event):
    """Minutes of a meeting are written, citing its decisions and next steps."""

    visibility = "body"

    version: int
    decisions: tuple[Ref, ...]
    steps: tuple[StepId, ...]
    text: Sealed[Text]


class MinutesApproved(Event):
    """An organisation agrees that this version of the minutes is right."""

    by: OrgId
    version: int


class MinutesCorrected(Event):
    """A new version of the minutes takes the place of an earlier one, which stays."""

    visibility = "body"

    version: int
    corrects: int
    text: Sealed[Text]
    reason: Sealed[Text]


NARROW: frozenset[Visibility] = frozenset({"dyad", "body"})
"""Classes below the members; of a meeting that is its body."""
MinutesCommand = DraftMinutes | ApproveMinutes | CorrectMinutes
MinutesEvent = MinutesDrafted | MinutesApproved | MinutesCorrected


@dataclass(frozen=True)
class Minutes:
    """The newest version, and who approved it."""

    version: int
    text: Digest
    decisions: tuple[Ref, ...]
    steps: tuple[StepId, ...]
    approved: frozenset[OrgId] = frozenset()


def written(
    command: MinutesCommand, minutes: Minutes | None, body: BodyId, context: Context
) -> list[MinutesEvent]:
    """Return what a command makes of the minutes."""
    match command:
        case DraftMinutes():
            return _draft(command, minutes, body, context)
        case ApproveMinutes():
            return _approve(command, minutes, context)
        case CorrectMinutes():
            return _correct(command, minutes, body, context)
        case _:
            assert_never(command)


def after(minutes: Minutes | None, event: MinutesEvent) -> Minutes:
    """Return the newest version after `event`."""
    match event:
        case MinutesDrafted(text=text):
            assert text.digest is not None
            return Minutes(event.version, text.digest, event.decisions, event.steps)
        case MinutesCorrected(text=text):
            assert minutes is not None
            assert text.digest is not None
            return Minutes(event.version, text.digest, minutes.decisions, minutes.steps)
        case MinutesApproved(by=org):
            assert minutes is not None
            return replace(minutes, approved=minutes.approved | {org})
        case _:
            assert_never(event)


def _draft(
    command: DraftMinutes, minutes: Minutes | None, body: BodyId, context: Context
) -> list[MinutesEvent]:
    decisions, steps = tuple(sorted(set(command.decisions))), tuple(sorted(set(command.steps)))
    _cites(decisions, context.fact(DecisionRefs))
    if not context.fact(MeetingSteps).steps >= set(steps):
        raise Refused("unknown_step", "The minutes list a step that is not of this meeting.")
    asked = command.text.digest(), decisions, steps
    if minutes and asked == (minutes.text, minutes.decisions, minutes.steps):
        return []
    drafted = MinutesDrafted(
        version=minutes.version + 1 if minutes else 1,
        decisions=decisions,
        steps=steps,
        text=Sealed(command.text),
    )
    return [_to_body(drafted, body, context)]


def _cites(decisions: tuple[Ref, ...], refs: DecisionRefs) -> None:
    if wrong := [ref for ref in decisions if ref not in refs.known]:
        detail = f"Minutes cite decisions, and this is none: {', '.join(wrong)}."
        raise Refused("retyped_decision", detail)
    if missing := refs.here - set(decisions):
        detail = f"Cite the decisions of this meeting: {', '.join(sorted(missing))}."
        raise Refused("retyped_decision", detail)


def _approve(
    command: ApproveMinutes, minutes: Minutes | None, context: Context
) -> list[MinutesEvent]:
    by = organisation(context)
    if by in _newest(command.version, minutes).approved:
        return []
    return [MinutesApproved(by=by, version=command.version)]


def _correct(
    command: CorrectMinutes, minutes: Minutes | None, body: BodyId, context: Context
) -> list[MinutesEvent]:
    newest = _newest(command.corrects, minutes)
    corrected = MinutesCorrected(
        version=newest.version + 1,
        corrects=command.corrects,
        text=Sealed(command.text),
        reason=Sealed(command.reason),
    )
    return [_to_body(corrected, body, context)]


def _newest(version: int, minutes: Minutes | None) -> Minutes:
    if minutes is None or minutes.version != version:
        newest = minutes.version if minutes else 0
        raise Refused("minutes_version", f"The newest version of the minutes is {newest}.")
    return minutes


def _to_body(
    event: MinutesDrafted | MinutesCorrected, body: BodyId, context: Context
) -> MinutesEvent:
    """Show them to the body only, or to all members where the boundary agreement says so.

    Imported minutes are of the class that their import names.
    """
    if context.visibility is not None:
        return event
    if not context.imported and context.fact(Bounds).classes.get("minutes", "body") not in NARROW:
        return event.seen_by(within="members")
    return event.seen_by(f"body:{body}")
