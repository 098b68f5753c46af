"""Who is asked to a meeting: everybody who sits in the body, or why not.

It is part of the meeting's stream. Nobody is forgotten: whoever is neither invited nor exempt keeps
the invitations from being sent.
"""

from dataclasses import dataclass, field, replace
from typing import Literal, assert_never

from immutables import Map
from pydantic import Field

from services.meetings.domain.acting import organisation
from services.meetings.domain.ids import OrgId
from shared.decider import Refused
from shared.event import Command, Context, Event, Sealed, Text, Value

Answer = Literal["yes", "no", "maybe"]


@dataclass(frozen=True)
class Seated:
    """The active members that sit in the meeting's body, and all that have joined."""

    orgs: frozenset[OrgId]
    joined: frozenset[OrgId]


class Exemption(Value):
    """An organisation that is not asked to come, and why."""

    org: OrgId
    reason: Text


class Invite(Command):
    orgs: tuple[OrgId, ...] = Field(max_length=2_000)
    exempt: tuple[Exemption, ...] = Field((), max_length=2_000)


class AnswerInvitation(Command):
    answer: Answer


class Exempted(Value):
    org: OrgId
    reason: Sealed[Text] = Sealed()


class InvitationSent(Event):
    """Organisations are asked to come to a meeting; others are not, for a reason."""

    orgs: tuple[OrgId, ...]
    exempt: tuple[Exempted, ...] = ()


class InvitationAnswered(Event):
    """An organisation says whether it comes to a meeting."""

    by: OrgId
    answer: Answer


InvitationCommand = Invite | AnswerInvitation
InvitationEvent = InvitationSent | InvitationAnswered


@dataclass(frozen=True)
class Invitations:
    """Who was invited, who is exempt, and who answered what."""

    invited: frozenset[OrgId] = frozenset()
    exempt: frozenset[OrgId] = frozenset()
    answers: Map[OrgId, Answer] = field(default_factory=Map)


def sent(
    command: InvitationCommand, invitations: Invitations, context: Context
) -> list[InvitationEvent]:
    """Return the invitations or the answer."""
    match command:
        case Invite():
            return _invite(command, invitations, context)
        case AnswerInvitation():
            return _answer(command, invitations, context)
        case _:
            assert_never(command)


def after(invitations: Invitations, event: InvitationEvent) -> Invitations:
    """Return the invitations after `event`."""
    if isinstance(event, InvitationAnswered):
        return replace(invitations, answers=invitations.answers.set(event.by, event.answer))
    invited = invitations.invited | {*event.orgs}
    exempt = invitations.exempt | {each.org for each in event.exempt}
    return replace(invitations, invited=invited, exempt=exempt - invited)


def _invite(command: Invite, invitations: Invitations, context: Context) -> list[InvitationEvent]:
    asked, excused = {*command.orgs}, {each.org: each.reason for each in command.exempt}
    if twice := excused.keys() & (asked | invitations.invited):
        raise Refused(
            "invited_and_exempt", f"Invite these or exempt them, not both: {_listed(twice)}."
        )
    new = asked - invitations.invited
    spared = excused.keys() - invitations.exempt
    if not new and not spared:
        return []
    if not context.imported:
        seated = context.fact(Seated)
        if strange := (asked | excused.keys()) - seated.joined:
            raise Refused("unknown_organisation", f"These are no members: {_listed(strange)}.")
        told = asked | excused.keys() | invitations.invited | invitations.exempt
        if forgotten := seated.orgs - told:
            raise Refused(
                "not_all_invited", f"Invite these too, or say why not: {_listed(forgotten)}."
            )
    exempt = tuple(Exempted(org=org, reason=Sealed(excused[org])) for org in sorted(spared))
    return [InvitationSent(orgs=tuple(sorted(new)), exempt=exempt)]


def _listed(orgs: set[OrgId] | frozenset[OrgId]) -> str:
    return ", ".join(str(org) for org in sorted(orgs))


def _answer(
    command: AnswerInvitation, invitations: Invitations, context: Context
) -> list[InvitationEvent]:
    by = organisation(context)
    if invitations.answers.get(by) == command.answer:
        return []
    if by not in invitations.invited:
        raise Refused("not_invited", "Your organisation was not invited to this meeting.")
    return [InvitationAnswered(by=by, answer=command.answer)]
