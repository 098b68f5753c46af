"""A threat: what some organisations face together.

Whoever identifies it shares it; others say that it threatens them too, until it is retired.
"""

from dataclasses import dataclass, replace
from typing import Annotated, assert_never

from pydantic import Field

from services.members.domain.ids import IssueId, OrgId
from services.members.domain.standing import speaker, words
from shared.decider import Decider, Refused
from shared.event import Command, Context, Event, Sealed, Text

Issues = Annotated[tuple[IssueId, ...], Field(max_length=100)]


@dataclass(frozen=True)
class Bearing:
    """Whether every issue that the threat is said to bear on was raised."""

    raised: bool


class IdentifyThreat(Command):
    name: Text
    issues: Issues = ()


class ShareThreat(Command):
    pass


class RetireThreat(Command):
    reason: Text


class ThreatIdentified(Event):
    """An organisation names what threatens it on some issues."""

    by: OrgId
    name: Sealed[Text]
    issues: tuple[IssueId, ...]


class ThreatShared(Event):
    """Another organisation says that it is threatened, too."""

    by: OrgId


class ThreatRetired(Event):
    """The threat is over, or was none, and why."""

    reason: Sealed[Text]


ThreatCommand = IdentifyThreat | ShareThreat | RetireThreat
ThreatEvent = ThreatIdentified | ThreatShared | ThreatRetired


@dataclass(frozen=True)
class Identified:
    issues: tuple[IssueId, ...]
    shared_by: frozenset[OrgId]
    retired: bool = False


Threat = Identified | None  # None: not identified yet


def decide(command: ThreatCommand, threat: Threat, context: Context) -> list[ThreatEvent]:
    """Return what happens if `command` is accepted; an empty list means nothing needs to.

    Raises:
        Refused: a rule forbids it.
    """
    match command:
        case IdentifyThreat():
            return _identify(command, threat, context)
        case ShareThreat():
            return _share(_known(threat), context)
        case RetireThreat():
            return _retire(command, _known(threat), context)
        case _:
            assert_never(command)


def evolve(threat: Threat, event: ThreatEvent) -> Threat:
    """Return the threat after `event`."""
    match event:
        case ThreatIdentified():
            return Identified(event.issues, frozenset({event.by}))
        case ThreatShared():
            assert threat is not None
            return replace(threat, shared_by=threat.shared_by | {event.by})
        case ThreatRetired():
            assert threat is not None
            return replace(threat, retired=True)
        case _:
            assert_never(event)


def _identify(command: IdentifyThreat, threat: Threat, context: Context) -> list[ThreatEvent]:
    by = speaker(context)
    issues = tuple(sorted(set(command.issues)))
    if threat is not None:
        if threat.issues != issues:
            raise Refused("already_identified", "This threat bears on other issues.")
        return []
    if not context.fact(Bearing).raised:
        raise Refused("unknown_issue", "An issue that is named here has not been raised.")
    return [ThreatIdentified(by=by, name=words(command.name, context), issues=issues)]


def _share(threat: Identified, context: Context) -> list[ThreatEvent]:
    by = speaker(context)
    if by in threat.shared_by:
        return []
    if threat.retired:
        raise Refused("threat_retired", "This threat is retired: identify it again.")
    return [ThreatShared(by=by)]


def _retire(command: RetireThreat, threat: Identified, context: Context) -> list[ThreatEvent]:
    if threat.retired:
        return []
    return [ThreatRetired(reason=words(command.reason, context))]


def _known(threat: Threat) -> Identified:
    if threat is None:
        raise Refused("unknown_threat", "This threat has not been identified.")
    return threat


decider: Decider[ThreatCommand, Threat, ThreatEvent] = Decider(
    "threat", ThreatEvent, None, decide, evolve
)
