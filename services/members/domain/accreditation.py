"""The accreditations of one organisation: who may speak for it, in which body, and how far.

One stream holds all of them. The first is given by the chair, as nobody can speak for the
organisation yet; from then on it names its representatives itself. It may also give its vote in
a body to another organisation for some days: a proxy, which the other cannot pass on.

An accreditation counts on the days it was given for; the day after the last one, it ends by itself.
"""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Literal, assert_never

from immutables import Map

from services.members.domain.ids import AccId, BodyId, OrgId, PersonId, ProxyId
from services.members.domain.standing import Standing, speak_for_it, speak_for_it_or_preside
from shared.decider import Decider, Refused
from shared.event import Code, Command, Context, Day, Event, Personal, Sealed

Extent = Literal["full", "ad_referendum", "observer"]


@dataclass(frozen=True)
class Posting:
    """Whether the organisation, the body and the person that a command names are there."""

    member: bool
    body: bool
    person: bool


@dataclass(frozen=True)
class Entrusting:
    """What stands for or against a proxy: where it would go, and what other organisations gave.

    Args:
        member: The receiver is a member.
        body: The body is there.
        itself: The receiver is the giver.
        entrusted: The giver has another's vote there on one of those days.
        absent: The receiver gave its own vote there to another on one of those days.
    """

    member: bool
    body: bool
    itself: bool = False
    entrusted: bool = False
    absent: bool = False


class AccreditRepresentative(Command):
    """`from` and `until` are the first and the last day; `from` is today where it is absent."""

    accreditation: AccId
    body: BodyId
    person: PersonId | None = None
    authority: Extent
    voting: bool
    executive: bool = False
    from_: Day | None = None
    until: Day | None = None


class ReplaceRepresentative(AccreditRepresentative):
    ended: AccId


class EndAccreditation(Command):
    accreditation: AccId
    reason: Code


class GrantProxy(Command):
    """`from` and `until` are the first and the last day."""

    proxy: ProxyId
    to: OrgId
    body: BodyId
    from_: Day
    until: Day


class RevokeProxy(Command):
    proxy: ProxyId


class RepresentativeAccredited(Event):
    """A person may speak for the organisation in a body, to a stated extent and time.

    `authority_` is what is given; without the underscore it would be the giver's.
    """

    accreditation: AccId
    body: BodyId
    person: Personal[PersonId] = Sealed()
    authority_: Extent
    voting: bool
    executive: bool
    from_: date
    until: date | None = None


class RepresentativeReplaced(RepresentativeAccredited):
    """Another person speaks for the organisation in place of one whose accreditation ended."""

    ended: AccId


class AccreditationEnded(Event):
    """A person no longer speaks for the organisation in that body."""

    accreditation: AccId
    reason: Code


class ProxyGranted(Event):
    """The organisation lets another one speak for it in a body, between two days."""

    proxy: ProxyId
    to: OrgId
    body: BodyId
    from_: date
    until: date


class ProxyRevoked(Event):
    """A proxy no longer holds."""

    proxy: ProxyId


AccreditationCommand = (
    AccreditRepresentative | ReplaceRepresentative | EndAccreditation | GrantProxy | RevokeProxy
)
AccreditationEvent = (
    RepresentativeAccredited
    | RepresentativeReplaced
    | AccreditationEnded
    | ProxyGranted
    | ProxyRevoked
)


@dataclass(frozen=True)
class Accreditation:
    body: BodyId
    authority: Extent
    voting: bool
    executive: bool
    begins: date
    until: date | None
    replaced: AccId | None = None
    ended: bool = False

    def speaks(self, day: date) -> bool:
        """Whether it lets somebody act for the organisation on that day."""
        return not self.ended and self.authority != "observer" and self.covers(day, day)

    def covers(self, first: date, last: date | None) -> bool:
        """Whether it shares a day with the days from `first` to `last`."""
        begun = last is None or self.begins <= last
        return begun and (self.until is None or first <= self.until)


@dataclass(frozen=True)
class Proxy:
    to: OrgId
    body: BodyId
    begins: date
    until: date
    revoked: bool = False

    def covers(self, body: BodyId, first: date, last: date) -> bool:
        """Whether it gives the vote in that body away on a day from `first` to `last`."""
        at_once = self.begins <= last and first <= self.until
        return not self.revoked and self.body == body and at_once


Accreditations = Map[AccId, Accreditation]
NOBODY: Accreditations = Map()


@dataclass(frozen=True)
class Voices:
    """Who speaks for the organisation: its own representatives, and others by proxy."""

    held: Accreditations = NOBODY
    proxies: Map[ProxyId, Proxy] = field(default_factory=Map)


def decide(
    command: AccreditationCommand, voices: Voices, context: Context
) -> list[AccreditationEvent]:
    """Return what happens if `command` is accepted; an empty list means nothing needs to.

    Raises:
        Refused: a rule forbids it.
    """
    match command:
        case ReplaceRepresentative():
            return _replace(command, voices.held, context)
        case AccreditRepresentative():
            return _accredit(command, voices.held, context)
        case EndAccreditation():
            return _end(command, voices.held, context)
        case GrantProxy():
            return _grant(command, voices, context)
        case RevokeProxy():
            return _revoke(command, voices, context)
        case _:
            assert_never(command)


def evolve(voices: Voices, event: AccreditationEvent) -> Voices:
    """Return who speaks for the organisation after `event`."""
    held, proxies = voices.held, voices.proxies
    match event:
        case RepresentativeReplaced():
            left = held.set(event.ended, replace(held[event.ended], ended=True))
            named = left.set(event.accreditation, _as_recorded(event, event.ended))
            return replace(voices, held=named)
        case RepresentativeAccredited():
            named = held.set(event.accreditation, _as_recorded(event, None))
            return replace(voices, held=named)
        case AccreditationEnded():
            ended = replace(held[event.accreditation], ended=True)
            return replace(voices, held=held.set(event.accreditation, ended))
        case ProxyGranted():
            proxy = Proxy(event.to, event.body, event.from_, event.until)
            return replace(voices, proxies=proxies.set(event.proxy, proxy))
        case ProxyRevoked():
            revoked = replace(proxies[event.proxy], revoked=True)
            return replace(voices, proxies=proxies.set(event.proxy, revoked))
        case _:
            assert_never(event)


def _as_recorded(event: RepresentativeAccredited, replaced: AccId | None) -> Accreditation:
    return Accreditation(
        body=event.body,
        authority=event.authority_,
        voting=event.voting,
        executive=event.executive,
        begins=event.from_,
        until=event.until,
        replaced=replaced,
    )


def _accredit(
    command: AccreditRepresentative, held: Accreditations, context: Context
) -> list[AccreditationEvent]:
    if _is_known(command, held, None):
        return []
    _let_speak(held, context)
    return [RepresentativeAccredited(**_named(command, held, context))]


def _replace(
    command: ReplaceRepresentative, held: Accreditations, context: Context
) -> list[AccreditationEvent]:
    if _is_known(command, held, command.ended):
        return []
    speak_for_it(context)
    before = held.get(command.ended)
    if before is None or before.ended:
        raise Refused("not_accredited", "The representative to be replaced is not accredited.")
    others = held.delete(command.ended)
    return [RepresentativeReplaced(ended=command.ended, **_named(command, others, context))]


def _end(
    command: EndAccreditation, held: Accreditations, context: Context
) -> list[AccreditationEvent]:
    before = held.get(command.accreditation)
    if context.system:
        return _end_in_time(command, before, context)
    if before is None:
        raise Refused("not_accredited", "This organisation has no such accreditation.")
    speak_for_it_or_preside(context)
    if before.ended:
        return []
    return [AccreditationEnded(accreditation=command.accreditation, reason=command.reason)]


def _end_in_time(
    command: EndAccreditation, before: Accreditation | None, context: Context
) -> list[AccreditationEvent]:
    """End an accreditation whose last day is over."""
    if before is None or before.ended or before.until is None:
        return []
    if context.at.date() <= before.until:
        raise Refused("too_soon", f"This accreditation lasts until {before.until}.")
    return [AccreditationEnded(accreditation=command.accreditation, reason=command.reason)]


def _is_known(
    command: AccreditRepresentative, held: Accreditations, replaced: AccId | None
) -> bool:
    before = held.get(command.accreditation)
    if before is None:
        return False
    asked = Accreditation(
        body=command.body,
        authority=command.authority,
        voting=command.voting,
        executive=command.executive,
        begins=command.from_ or before.begins,
        until=command.until,
        replaced=replaced,
        ended=before.ended,
    )
    if before != asked:
        raise Refused("already_accredited", "This accreditation was given with other terms.")
    return True


def _let_speak(held: Accreditations, context: Context) -> None:
    """Let the organisation name its own; while nobody speaks for it, let the chair."""
    if context.imported or context.fact(Standing).own:
        return
    if any(one.speaks(context.at.date()) for one in held.values()):
        raise Refused("not_your_organisation", "The organisation names its representatives itself.")
    if not context.fact(Standing).presides:
        raise Refused("not_the_chair", "The chair accredits an organisation's first.")


def _named(
    command: AccreditRepresentative, others: Accreditations, context: Context
) -> dict[str, Any]:
    """Return the fields of the new accreditation, once it may stand beside the `others`."""
    posting = context.fact(Posting)
    if not posting.member:
        raise Refused("not_a_member", "This organisation is not a member.")
    if not posting.body:
        raise Refused("unknown_body", "This body was not constituted, or is dissolved.")
    if command.person is None and not context.imported:
        raise Refused("person_missing", "Say who is accredited.")
    if command.person is not None and not posting.person:
        raise Refused("unknown_person", "This person is not registered: register them first.")
    first = command.from_ or context.at.date()
    if command.until is not None and command.until < first:
        raise Refused("over_before_it_begins", "An accreditation lasts at least a day.")
    if command.voting and any(_votes(one, command, first) for one in others.values()):
        raise Refused("voting_seat_taken", "Another representative has the vote in this body then.")
    return {
        "accreditation": command.accreditation,
        "body": command.body,
        "person": Sealed(command.person, command.person),
        "authority_": command.authority,
        "voting": command.voting,
        "executive": command.executive,
        "from_": first,
        "until": command.until,
    }


def _votes(one: Accreditation, command: AccreditRepresentative, first: date) -> bool:
    """Whether `one` holds the vote in the same body on a day of the new accreditation (M7)."""
    at_once = not one.ended and one.covers(first, command.until)
    return one.voting and one.body == command.body and at_once


def _grant(command: GrantProxy, voices: Voices, context: Context) -> list[AccreditationEvent]:
    speak_for_it(context)
    before = voices.proxies.get(command.proxy)
    if before is not None:
        if before == replace(_asked(command), revoked=before.revoked):
            return []
        raise Refused("already_granted", "This proxy was granted with other terms.")
    entrusting = context.fact(Entrusting)
    if entrusting.itself:
        raise Refused("proxy_to_itself", "A proxy goes to another organisation.")
    if not entrusting.member:
        raise Refused("not_a_member", "The organisation that would vote for yours is not a member.")
    if not entrusting.body:
        raise Refused("unknown_body", "This body was not constituted, or is dissolved.")
    first, last = command.from_, command.until
    if last < first:
        raise Refused("over_before_it_begins", "A proxy lasts at least a day.")
    if any(one.covers(command.body, first, last) for one in voices.proxies.values()):
        raise Refused(
            "proxy_taken", "Another organisation votes for yours there then: revoke that."
        )
    if entrusting.entrusted:
        raise Refused("proxy_chain", "Your organisation votes for another there then.")
    if entrusting.absent:
        raise Refused("proxy_chain", "That organisation gave its own vote there to another then.")
    granted = ProxyGranted(
        proxy=command.proxy, to=command.to, body=command.body, from_=first, until=last
    )
    return [granted]


def _asked(command: GrantProxy) -> Proxy:
    return Proxy(command.to, command.body, command.from_, command.until)


def _revoke(command: RevokeProxy, voices: Voices, context: Context) -> list[AccreditationEvent]:
    speak_for_it(context)
    before = voices.proxies.get(command.proxy)
    if before is None:
        raise Refused("unknown_proxy", "This organisation granted no such proxy.")
    if before.revoked:
        return []
    return [ProxyRevoked(proxy=command.proxy)]


decider: Decider[AccreditationCommand, Voices, AccreditationEvent] = Decider(
    "accreditation", AccreditationEvent, Voices(), decide, evolve
)
