"""Two organisations, and what happens between them: touchpoints, trust, breaches and amends.

That they were in touch every member may see. Tensions, pulses, breaches and amends are for the
two alone.
"""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Annotated, Literal, TypeVar, assert_never
from uuid import UUID

from immutables import Map
from pydantic import Field

from services.members.domain.ids import BreachId, OrgId
from services.members.domain.standing import as_agreed, speaker, words
from shared.decider import Decider, Refused
from shared.event import Command, Context, Day, Event, Restricted, Sealed, Text

Touch = Literal["call", "visit", "meeting", "message", "social"]
Kind = Literal["leak", "back_channel", "off_message", "other"]
Quarter = Annotated[str, Field(pattern=r"^(1[89]|2[0-9])[0-9]{2}-Q[1-4]$")]
Rating = Annotated[int, Field(ge=1, le=4)]
FIRST_TO_SEE_A_DAY = timedelta(hours=14)  # a day begins in Kiribati so long before it does in UTC


@dataclass(frozen=True)
class Pair:
    """The two organisations whose stream this is, and whether both are members."""

    orgs: tuple[OrgId, OrgId]
    members: bool


class LogTouchpoint(Command):
    kind: Touch
    on: Day


class RecordTension(Command):
    since: Day | None = None
    cause: Text


class SubmitTrustPulse(Command):
    about: OrgId
    period: Quarter
    reliability: Rating
    mission: Rating
    openness: Rating
    power: Rating
    involvement: Rating
    resources: Rating


class ReportBreach(Command):
    breach: BreachId
    offender: OrgId
    kind: Kind
    what: Text


class OfferAmends(Command):
    breach: BreachId
    offer: Text


class AcceptAmends(Command):
    breach: BreachId


class TouchpointLogged(Event):
    """Two organisations were in touch; of what was said nothing is kept."""

    kind: Touch
    on: date


class HistoricTensionRecorded(Event):
    """One of two organisations names what stands between them from earlier."""

    visibility = "dyad"

    since: date | None = None
    cause: Sealed[Text]


class TrustPulseSubmitted(Event):
    """An organisation rates how far it trusts another one, once a quarter."""

    visibility = "dyad"

    by: OrgId
    about: OrgId
    period: Quarter
    reliability: Restricted[Rating]
    mission: Restricted[Rating]
    openness: Restricted[Rating]
    power: Restricted[Rating]
    involvement: Restricted[Rating]
    resources: Restricted[Rating]


class BoundaryBreachReported(Event):
    """An organisation says that another one broke what was agreed on confidence."""

    visibility = "dyad"

    breach: BreachId
    offender: OrgId
    kind: Kind
    what: Sealed[Text]


class AmendsOffered(Event):
    """The organisation that broke an agreement offers to make up for it."""

    visibility = "dyad"

    breach: BreachId
    offer: Sealed[Text]


class AmendsAccepted(Event):
    """The injured organisation takes what was offered."""

    visibility = "dyad"

    breach: BreachId


RelationshipCommand = (
    LogTouchpoint | RecordTension | SubmitTrustPulse | ReportBreach | OfferAmends | AcceptAmends
)
RelationshipEvent = (
    TouchpointLogged
    | HistoricTensionRecorded
    | TrustPulseSubmitted
    | BoundaryBreachReported
    | AmendsOffered
    | AmendsAccepted
)
E = TypeVar("E", bound=Event)
Ratings = tuple[int, int, int, int, int, int]


@dataclass(frozen=True)
class Breach:
    offender: OrgId
    kind: Kind
    amends: Literal["owed", "offered", "accepted"] = "owed"


@dataclass(frozen=True)
class Relationship:
    touchpoints: Map[tuple[Touch, date], None] = field(default_factory=Map)
    pulses: Map[tuple[OrgId, Quarter], Ratings] = field(default_factory=Map)
    breaches: Map[BreachId, Breach] = field(default_factory=Map)


def key_of(one: UUID, other: UUID) -> str:
    """Return the id of the relationship of two organisations: the smaller one first."""
    return "_".join(map(str, sorted((one, other))))


def orgs_of(key: str) -> tuple[OrgId, OrgId]:
    """Return the two organisations of a relationship.

    Raises:
        ValueError: this names no two organisations.
    """
    one, other = (OrgId(UUID(part)) for part in key.split("_"))
    if one == other:
        raise ValueError("a relationship is between two organisations")
    return one, other


def decide(
    command: RelationshipCommand, between: Relationship, context: Context
) -> list[RelationshipEvent]:
    """Return what happens if `command` is accepted; an empty list means nothing needs to.

    Raises:
        Refused: a rule forbids it.
    """
    by = _party(context)
    match command:
        case LogTouchpoint():
            return _log(command, between, context)
        case RecordTension():
            return _record(command, context)
        case SubmitTrustPulse():
            return _submit(command, between, by, context)
        case ReportBreach():
            return _report(command, between, context)
        case OfferAmends():
            return _offer(command, between, by, context)
        case AcceptAmends():
            return _accept(command, between, by, context)
        case _:
            assert_never(command)


def evolve(between: Relationship, event: RelationshipEvent) -> Relationship:
    """Return the relationship after `event`."""
    match event:
        case TouchpointLogged():
            touched = between.touchpoints.set((event.kind, event.on), None)
            return replace(between, touchpoints=touched)
        case HistoricTensionRecorded():
            return between
        case TrustPulseSubmitted():
            pulse = event.by, event.period
            return replace(between, pulses=between.pulses.set(pulse, _ratings(event)))
        case BoundaryBreachReported():
            return _with(between, event.breach, Breach(event.offender, event.kind))
        case AmendsOffered():
            breach = between.breaches[event.breach]
            return _with(between, event.breach, replace(breach, amends="offered"))
        case AmendsAccepted():
            breach = between.breaches[event.breach]
            return _with(between, event.breach, replace(breach, amends="accepted"))
        case _:
            assert_never(event)


def _with(between: Relationship, breach: BreachId, now: Breach) -> Relationship:
    return replace(between, breaches=between.breaches.set(breach, now))


def _log(
    command: LogTouchpoint, between: Relationship, context: Context
) -> list[RelationshipEvent]:
    if (command.kind, command.on) in between.touchpoints:
        return []
    _both_here(context)
    _has_come(command.on, context)
    return [TouchpointLogged(kind=command.kind, on=command.on)]


def _record(command: RecordTension, context: Context) -> list[RelationshipEvent]:
    """Record every account: only its words tell one tension from another."""
    _both_here(context)
    if command.since is not None:
        _has_come(command.since, context)
    cause = words(command.cause, context)
    return [_for_two(HistoricTensionRecorded(since=command.since, cause=cause), "tension", context)]


def _submit(
    command: SubmitTrustPulse, between: Relationship, by: OrgId, context: Context
) -> list[RelationshipEvent]:
    if command.about == by or command.about not in context.fact(Pair).orgs:
        raise Refused("not_a_party", "A pulse is about the other organisation of the two.")
    before = between.pulses.get((by, command.period))
    if before == _ratings(command):
        return []
    if before is not None:
        raise Refused("already_submitted", "Your organisation answered for this quarter already.")
    _both_here(context)
    if command.period > _quarter(_newest_day(context)):
        raise Refused("not_yet", "This quarter has not begun yet.")
    pulse = TrustPulseSubmitted(
        by=by,
        about=command.about,
        period=command.period,
        reliability=command.reliability,
        mission=command.mission,
        openness=command.openness,
        power=command.power,
        involvement=command.involvement,
        resources=command.resources,
    )
    return [_for_two(pulse, "pulse", context)]


def _report(
    command: ReportBreach, between: Relationship, context: Context
) -> list[RelationshipEvent]:
    if command.offender not in context.fact(Pair).orgs:
        raise Refused("not_a_party", "The offender is one of the two organisations.")
    before = between.breaches.get(command.breach)
    if before is not None:
        if (before.offender, before.kind) != (command.offender, command.kind):
            raise Refused("already_reported", "This breach was reported as another one.")
        return []
    _both_here(context)
    reported = BoundaryBreachReported(
        breach=command.breach,
        offender=command.offender,
        kind=command.kind,
        what=words(command.what, context),
    )
    return [_for_two(reported, "breach", context)]


def _offer(
    command: OfferAmends, between: Relationship, by: OrgId, context: Context
) -> list[RelationshipEvent]:
    """Offer amends; what did not do may be followed by a better offer until one is accepted."""
    breach = _reported(command.breach, between)
    if by != breach.offender:
        raise Refused("not_the_offender", "Amends are offered by whoever crossed the boundary.")
    if breach.amends == "accepted":
        return []
    offered = AmendsOffered(breach=command.breach, offer=words(command.offer, context))
    return [_for_two(offered, "breach", context)]


def _accept(
    command: AcceptAmends, between: Relationship, by: OrgId, context: Context
) -> list[RelationshipEvent]:
    breach = _reported(command.breach, between)
    if by == breach.offender:
        raise Refused("not_the_injured", "Only the injured organisation accepts amends.")
    if breach.amends == "owed":
        raise Refused("no_amends", "No amends have been offered yet.")
    if breach.amends == "accepted":
        return []
    return [_for_two(AmendsAccepted(breach=command.breach), "breach", context)]


def _party(context: Context) -> OrgId:
    by = speaker(context)
    if by not in context.fact(Pair).orgs:
        raise Refused("not_a_party", "Only the two organisations themselves can do this.")
    return by


def _both_here(context: Context) -> None:
    if not context.fact(Pair).members:
        raise Refused("not_a_member", "Both organisations have to be members.")


def _reported(breach: BreachId, between: Relationship) -> Breach:
    if breach not in between.breaches:
        raise Refused("unknown_breach", "This breach was not reported.")
    return between.breaches[breach]


def _for_two(event: E, kind: str, context: Context) -> E:
    """Show what happened to the two organisations only, unless another class was agreed."""
    orgs = context.fact(Pair).orgs
    return as_agreed(event.seen_by(*map(str, orgs)), kind, orgs, context)


def _has_come(day: date, context: Context) -> None:
    if day > _newest_day(context):
        raise Refused("not_yet", "This day has not come yet.")


def _newest_day(context: Context) -> date:
    return (context.at + FIRST_TO_SEE_A_DAY).date()


def _quarter(day: date) -> Quarter:
    return f"{day.year:04d}-Q{(day.month + 2) // 3}"


def _ratings(said: SubmitTrustPulse | TrustPulseSubmitted) -> Ratings:
    return (
        said.reliability,
        said.mission,
        said.openness,
        said.power,
        said.involvement,
        said.resources,
    )


decider: Decider[RelationshipCommand, Relationship, RelationshipEvent] = Decider(
    "relationship", RelationshipEvent, Relationship(), decide, evolve
)
