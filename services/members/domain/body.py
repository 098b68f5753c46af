"""A body: the plenary, a steering committee, a working group; its scope, seats and roles.

Every active member sits in the plenary, so it has no seats; it cannot be dissolved. Elsewhere a
seat may be kept for a constituency. A role that was taken until a day is released by itself the day
after.
"""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal, assert_never

from immutables import Map

from services.members.domain.ids import AccId, ConstituencyId, IssueId, OrgId, SeatId
from services.members.domain.standing import (
    Standing,
    cite,
    rest_on_a_decision,
    speak_for_it,
    speak_for_it_or_preside,
)
from shared.decider import Decider, Refused
from shared.event import Code, Command, Context, Day, Event, Ref, Sealed, Text

Kind = Literal["working_group", "steering", "plenary"]
Scope = tuple[IssueId, ...] | Literal["all"]
PRESIDING = frozenset({"chair", "secretary"})


@dataclass(frozen=True)
class Unique:
    """Whether the coalition has a plenary, and a steering body, already."""

    plenary: bool
    steering: bool


@dataclass(frozen=True)
class Holder:
    """The organisation of an accreditation in this body; `None` where it is not in force."""

    org: OrgId | None


@dataclass(frozen=True)
class Seatable:
    """Whether an organisation is a member, and may be seated."""

    member: bool


class ConstituteBody(Command):
    name: Text
    kind: Kind
    scope: Scope
    decision: Ref | None = None


class ChangeMandate(Command):
    scope: Scope
    decision: Ref | None = None


class ReserveSeat(Command):
    seat: SeatId
    constituency: ConstituencyId | None = None


class FillSeat(Command):
    seat: SeatId
    org: OrgId


class VacateSeat(Command):
    seat: SeatId
    reason: Code


class TakeRole(Command):
    role: Code
    accreditation: AccId
    until: Day | None = None


class ReleaseRole(Command):
    role: Code
    accreditation: AccId


class DissolveBody(Command):
    reason: Text
    decision: Ref | None = None


class BodyConstituted(Event):
    """A body exists from now on, with a kind and a scope."""

    name: Sealed[Text]
    kind: Kind
    scope: Scope
    decision: Ref | None = None


class BodyMandateChanged(Event):
    """A body is responsible for other issues than before."""

    scope: Scope
    decision: Ref | None = None


class SeatReserved(Event):
    """A body has one seat more, for a constituency or for anybody."""

    seat: SeatId
    constituency: ConstituencyId | None = None


class SeatFilled(Event):
    """An organisation takes a seat."""

    seat: SeatId
    org: OrgId


class SeatVacated(Event):
    """A seat is empty again."""

    seat: SeatId
    reason: Code


class RoleTaken(Event):
    """Somebody accredited takes a role in the body."""

    role: Code
    accreditation: AccId
    until: date | None = None


class RoleReleased(Event):
    """Somebody no longer has a role in the body."""

    role: Code
    accreditation: AccId


class BodyDissolved(Event):
    """The body no longer exists; what it did stays."""

    reason: Sealed[Text]
    decision: Ref | None = None


BodyCommand = (
    ConstituteBody
    | ChangeMandate
    | ReserveSeat
    | FillSeat
    | VacateSeat
    | TakeRole
    | ReleaseRole
    | DissolveBody
)
BodyEvent = (
    BodyConstituted
    | BodyMandateChanged
    | SeatReserved
    | SeatFilled
    | SeatVacated
    | RoleTaken
    | RoleReleased
    | BodyDissolved
)

Seats = Map[SeatId, OrgId | None]
Roles = Map[tuple[str, AccId], date | None]


@dataclass(frozen=True)
class Constituted:
    kind: Kind
    founding_scope: Scope
    scope: Scope
    seats: Seats = field(default_factory=Map)
    roles: Roles = field(default_factory=Map)
    dissolved: bool = False


Body = Constituted | None  # None: not constituted yet


def decide(command: BodyCommand, body: Body, context: Context) -> list[BodyEvent]:
    """Return what happens if `command` is accepted; an empty list means nothing needs to.

    Raises:
        Refused: a rule forbids it.
    """
    match command:
        case ConstituteBody():
            return _constitute(command, body, context)
        case ChangeMandate():
            return _change_mandate(command, _working(body), context)
        case ReserveSeat():
            return _reserve(command, _with_seats(body))
        case FillSeat():
            return _fill(command, _with_seats(body), context)
        case VacateSeat():
            return _vacate(command, _with_seats(body), context)
        case TakeRole():
            return _take(command, _working(body), context)
        case ReleaseRole():
            return _release(command, body, context)
        case DissolveBody():
            return _dissolve(command, body, context)
        case _:
            assert_never(command)


def evolve(body: Body, event: BodyEvent) -> Body:
    """Return the body after `event`."""
    if isinstance(event, BodyConstituted):
        return Constituted(event.kind, event.scope, event.scope)
    assert body is not None
    match event:
        case BodyMandateChanged():
            return replace(body, scope=event.scope)
        case SeatReserved():
            return replace(body, seats=body.seats.set(event.seat, None))
        case SeatFilled():
            return replace(body, seats=body.seats.set(event.seat, event.org))
        case SeatVacated():
            return replace(body, seats=body.seats.set(event.seat, None))
        case RoleTaken(role=role, accreditation=holder):
            return replace(body, roles=body.roles.set((role, holder), event.until))
        case RoleReleased(role=role, accreditation=holder):
            return replace(body, roles=body.roles.delete((role, holder)))
        case BodyDissolved():
            return replace(body, dissolved=True)
        case _:
            assert_never(event)


def _working(body: Body) -> Constituted:
    if body is None or body.dissolved:
        raise Refused("unknown_body", "This body was not constituted, or is dissolved.")
    return body


def _with_seats(body: Body) -> Constituted:
    working = _working(body)
    if working.kind == "plenary":
        raise Refused("no_seats", "The plenary has no seats: every active member sits in it.")
    return working


def _whole(scope: Scope) -> Scope:
    """Return the scope in order and without repetition; refuse an empty one (M9)."""
    if scope == ():
        raise Refused("no_scope", "Name the issues this body works on, or `all`.")
    return scope if scope == "all" else tuple(sorted(set(scope)))


def _constitute(command: ConstituteBody, body: Body, context: Context) -> list[BodyEvent]:
    scope = _whole(command.scope)
    if body is not None:
        if (body.kind, body.founding_scope) == (command.kind, scope):
            return []
        raise Refused("already_constituted", "This body was constituted with another mandate.")
    cite(command.decision, context)
    unique = context.fact(Unique)
    if command.kind == "plenary" and unique.plenary:
        raise Refused("one_plenary", "The coalition has a plenary already.")
    if command.kind == "steering" and unique.steering:
        raise Refused("one_steering_body", "The coalition has a steering body already.")
    name = Sealed(command.name)
    return [BodyConstituted(name=name, kind=command.kind, scope=scope, decision=command.decision)]


def _change_mandate(command: ChangeMandate, body: Constituted, context: Context) -> list[BodyEvent]:
    scope = _whole(command.scope)
    if scope == body.scope:
        return []
    rest_on_a_decision(command.decision, context)
    return [BodyMandateChanged(scope=scope, decision=command.decision)]


def _reserve(command: ReserveSeat, body: Constituted) -> list[BodyEvent]:
    if command.seat in body.seats:
        return []
    return [SeatReserved(seat=command.seat, constituency=command.constituency)]


def _seated(seat: SeatId, body: Constituted) -> OrgId | None:
    if seat not in body.seats:
        raise Refused("unknown_seat", "This body has no such seat: reserve it first.")
    return body.seats[seat]


def _fill(command: FillSeat, body: Constituted, context: Context) -> list[BodyEvent]:
    seated = _seated(command.seat, body)
    if seated == command.org:
        return []
    if seated is not None:
        raise Refused("seat_taken", "Another organisation has this seat: vacate it first.")
    if not context.fact(Seatable).member:
        raise Refused("not_a_member", "This organisation is not a member.")
    return [SeatFilled(seat=command.seat, org=command.org)]


def _vacate(command: VacateSeat, body: Constituted, context: Context) -> list[BodyEvent]:
    seated = _seated(command.seat, body)
    if seated is None:
        return []
    if seated != context.by and not context.imported and not context.fact(Standing).presides:
        raise Refused("not_your_organisation", "Only who has the seat or the chair can do this.")
    return [SeatVacated(seat=command.seat, reason=command.reason)]


def _take(command: TakeRole, body: Constituted, context: Context) -> list[BodyEvent]:
    held = command.role, command.accreditation
    if held in body.roles and body.roles[held] == command.until:
        return []
    if context.fact(Holder).org is None:
        raise Refused("not_accredited", "Nobody holds this accreditation in this body.")
    if command.role not in PRESIDING:
        speak_for_it(context)
    elif not context.imported and not context.fact(Standing).presides:
        raise Refused("not_the_chair", "Only the chair makes somebody chair or secretary.")
    taken = RoleTaken(role=command.role, accreditation=command.accreditation, until=command.until)
    return [taken]


def _release(command: ReleaseRole, body: Body, context: Context) -> list[BodyEvent]:
    released = RoleReleased(role=command.role, accreditation=command.accreditation)
    held = command.role, command.accreditation
    if context.system:
        return [released] if _is_over(held, body, context) else []
    if held not in _working(body).roles:
        return []
    speak_for_it_or_preside(context)
    return [released]


def _is_over(held: tuple[str, AccId], body: Body, context: Context) -> bool:
    """Return whether a role that is still held was taken for days that are over."""
    if body is None or body.dissolved or (until := body.roles.get(held)) is None:
        return False
    if context.at.date() <= until:
        raise Refused("too_soon", f"This role was taken until {until}.")
    return True


def _dissolve(command: DissolveBody, body: Body, context: Context) -> list[BodyEvent]:
    if body is not None and body.dissolved:
        return []
    working = _working(body)
    if working.kind == "plenary":
        raise Refused("plenary_stays", "The plenary lasts as long as the coalition.")
    rest_on_a_decision(command.decision, context)
    return [BodyDissolved(reason=Sealed(command.reason), decision=command.decision)]


decider: Decider[BodyCommand, Body, BodyEvent] = Decider("body", BodyEvent, None, decide, evolve)
