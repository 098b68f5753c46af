"""A constituency is consulted on a proposal: who was asked, when, and what they said.

An affected constituency is heard (D4) where it was consulted, or has an organisation in the
electorate. What is recorded once voting is open changes nothing about that opening.

- `unknown_constituency`: members know of no such constituency.
- `unknown_organisation`: who is named as speaking for it is no member.
- `not_yet`: a consultation is recorded once it was held.
"""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from services.meetings.domain.electorate import Roll
from services.meetings.domain.ids import ConstituencyId, OrgId
from shared.decider import Refused
from shared.event import Command, Context, Day, Event, Sealed, Text


class RecordConsultation(Command):
    constituency: ConstituencyId
    org: OrgId | None = None
    on: Day
    summary: Text


class ConstituencyConsulted(Event):
    """A constituency was asked about the proposal, and what it said is kept in short."""

    constituency: ConstituencyId
    org: OrgId | None = None
    on: date
    summary: Sealed[Text]


class Consultation(NamedTuple):
    """`org` spoke for the constituency, where one did."""

    constituency: ConstituencyId
    org: OrgId | None
    on: date


@dataclass(frozen=True)
class Constituencies:
    """The constituencies that were identified so far."""

    known: AbstractSet[ConstituencyId]


def consulted(
    command: RecordConsultation, before: AbstractSet[Consultation], context: Context
) -> list[ConstituencyConsulted]:
    """Return what is recorded; nothing where that consultation is known.

    Raises:
        Refused: a rule forbids it.
    """
    if command.constituency not in context.fact(Constituencies).known:
        detail = "There is no such constituency: identify it first, or see its id."
        raise Refused("unknown_constituency", detail)
    if command.org is not None and command.org not in context.fact(Roll).joined:
        detail = "The organisation named is not a member: leave it out, and say who it was."
        raise Refused("unknown_organisation", detail)
    if command.on > context.at.date():
        raise Refused("not_yet", f"That is on {command.on}: record it once it was held.")
    if Consultation(command.constituency, command.org, command.on) in before:
        return []
    held = ConstituencyConsulted(
        constituency=command.constituency,
        org=command.org,
        on=command.on,
        summary=Sealed(command.summary),
    )
    return [held]


def happened(event: ConstituencyConsulted) -> Consultation:
    """Return what a state keeps of it."""
    return Consultation(event.constituency, event.org, event.on)
