"""A disclosure: what few may see is shown to more, once everybody whose words it shows approves.

A request names events and the class they are to be raised to. Each organisation that one of them
shows answers for itself; one refusal ends the request. What was disclosed is never taken back.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Literal, TypeVar, assert_never

from pydantic import Field

from services.meetings.domain.acting import organisation
from services.meetings.domain.ids import OrgId
from shared.decider import Decider, Refused
from shared.event import Command, Context, Event, Ref, Sealed, Text, Visibility

To = Literal["members", "partners", "funders", "public"]
BELOW: Mapping[To, frozenset[Visibility]] = {
    "members": frozenset({"dyad", "body"}),
    "partners": frozenset({"dyad", "body", "members"}),
    "funders": frozenset({"dyad", "body", "members"}),
    "public": frozenset({"dyad", "body", "members", "partners", "funders"}),
}
"""From which classes something can be raised; partners and funders are not comparable."""
NAMED: frozenset[To] = frozenset({"partners", "funders"})
"""Classes whose readers are named one by one."""
DISCLOSABLE = frozenset(
    {
        "ConcernRaised",
        "ConcernResolved",
        "MessageDrafted",
        "MessageApproved",
        "MessageVariantApproved",
    }
)
"""Events whose readers can become more; each shows the organisation it is by."""
Kept = Literal["interpersonal", "anonymous"]


@dataclass(frozen=True)
class Item:
    """An event: whom it shows, the class it was recorded in, and why it stays there."""

    orgs: frozenset[OrgId]
    within: Visibility
    kept: Kept | None = None


@dataclass(frozen=True)
class Items:
    """The events named, as far as they are there and can be disclosed."""

    known: Mapping[Ref, Item]


class RequestDisclosure(Command):
    items: Annotated[tuple[Ref, ...], Field(min_length=1, max_length=100)]
    to: To
    audience: Annotated[tuple[OrgId, ...], Field(max_length=100)] = ()


class ApproveDisclosure(Command):
    pass


class RefuseDisclosure(Command):
    reason: Text


class DisclosureRequested(Event):
    """An organisation asks to show something more widely, naming those whose approval it needs.

    `audience_` are the partners or funders that would see it; without the underscore, who may
    see the request.
    """

    by: OrgId
    items: tuple[Ref, ...]
    to: To
    audience_: tuple[OrgId, ...]
    needs: tuple[OrgId, ...]


class DisclosureApproved(Event):
    """An organisation whose words would be shown agreed."""

    by: OrgId


class DisclosureRefused(Event):
    """An organisation whose words would be shown did not agree, and says why."""

    by: OrgId
    reason: Sealed[Text]


DisclosureCommand = RequestDisclosure | ApproveDisclosure | RefuseDisclosure
DisclosureEvent = DisclosureRequested | DisclosureApproved | DisclosureRefused
E = TypeVar("E", DisclosureRequested, DisclosureApproved, DisclosureRefused)


@dataclass(frozen=True)
class Requested:
    """What was asked for, and who has answered."""

    by: OrgId
    items: tuple[Ref, ...]
    to: To
    audience: tuple[OrgId, ...]
    needs: frozenset[OrgId]
    approved: frozenset[OrgId] = frozenset()
    refused: frozenset[OrgId] = frozenset()

    @property
    def granted(self) -> bool:
        """Whether everybody approved whom it shows, and nobody refused."""
        return self.needs <= self.approved and not self.refused


Disclosure = Requested | None  # None: not asked for yet


def decide(
    command: DisclosureCommand, disclosure: Disclosure, context: Context
) -> list[DisclosureEvent]:
    """Return what happens if `command` is accepted; an empty list means nothing needs to.

    Raises:
        Refused: a rule forbids it.
    """
    match command:
        case RequestDisclosure():
            return _request(command, disclosure, context)
        case ApproveDisclosure():
            return _approve(*_party(disclosure, context), context)
        case RefuseDisclosure():
            return _refuse(command, *_party(disclosure, context), context)
        case _:
            assert_never(command)


def evolve(disclosure: Disclosure, event: DisclosureEvent) -> Disclosure:
    """Return the disclosure after `event`. Never refuses: history has already happened."""
    if isinstance(event, DisclosureRequested):
        needs = frozenset(event.needs)
        return Requested(event.by, event.items, event.to, event.audience_, needs)
    assert disclosure is not None
    match event:
        case DisclosureApproved():
            return replace(disclosure, approved=disclosure.approved | {event.by})
        case DisclosureRefused():
            return replace(disclosure, refused=disclosure.refused | {event.by})
        case _:
            assert_never(event)


def _request(
    command: RequestDisclosure, disclosure: Disclosure, context: Context
) -> list[DisclosureEvent]:
    by = organisation(context)
    items, audience = tuple(sorted(set(command.items))), tuple(sorted(set(command.audience)))
    if disclosure is not None:
        same = disclosure.by, disclosure.items, disclosure.to, disclosure.audience
        if same == (by, items, command.to, audience):
            return []
        raise Refused("already_requested", "Another request has that id: use a new one.")
    if bool(audience) != (command.to in NAMED):
        raise Refused(
            "audience_mismatch", "Partners and funders are named one by one; others are not."
        )
    known = context.fact(Items).known
    if not known.keys() >= set(items):
        raise Refused(
            "unknown_item", "One of these is not there, or is nothing that can be disclosed."
        )
    kept = {item.kept for item in known.values()}
    if "interpersonal" in kept:
        raise Refused("interpersonal", "What is between persons stays in the body it was told.")
    if "anonymous" in kept:
        raise Refused("anonymous", "Nobody can be asked: one of these is anonymous. Leave it out.")
    if any(item.within not in BELOW[command.to] for item in known.values()):
        raise Refused("already_seen", "One of these is shown to them already: leave it out.")
    needs = frozenset().union(*(item.orgs for item in known.values()))
    requested = DisclosureRequested(
        by=by, items=items, to=command.to, audience_=audience, needs=tuple(sorted(needs))
    )
    asked = Requested(by, items, command.to, audience, needs)
    events: list[DisclosureEvent] = [_among(requested, asked, context)]
    if by in needs:  # whoever asks to show its own words approves that
        events.append(_among(DisclosureApproved(by=by), asked, context))
    return events


def _party(disclosure: Disclosure, context: Context) -> tuple[Requested, OrgId]:
    if disclosure is None:
        raise Refused("unknown_disclosure", "Nobody asked for such a disclosure.")
    by = organisation(context)
    if by not in disclosure.needs:
        raise Refused("not_a_party", "It shows nothing of your organisation: others answer it.")
    return disclosure, by


def _approve(disclosure: Requested, by: OrgId, context: Context) -> list[DisclosureEvent]:
    if disclosure.refused:
        raise Refused("already_refused", "It was refused: ask again with a new request.")
    if by in disclosure.approved:
        return []
    return [_among(DisclosureApproved(by=by), disclosure, context)]


def _refuse(
    command: RefuseDisclosure, disclosure: Requested, by: OrgId, context: Context
) -> list[DisclosureEvent]:
    if disclosure.granted:
        raise Refused("already_disclosed", "It was disclosed: what was shown stays shown.")
    if by in disclosure.refused:
        return []
    refused = DisclosureRefused(by=by, reason=Sealed(command.reason))
    return [_among(refused, disclosure, context)]


def _among(event: E, disclosure: Requested, context: Context) -> E:
    """Narrow an event to who asks and who answers, where others may not know of the items."""
    known = context.fact(Items).known
    if all(item.within not in BELOW["members"] for item in known.values()):
        return event
    those = sorted({disclosure.by, *disclosure.needs})
    tokens = [f"org:{org}" if len(those) == 1 else str(org) for org in those]
    return event.seen_by(*tokens, within="dyad")


decider: Decider[DisclosureCommand, Disclosure, DisclosureEvent] = Decider(
    "disclosure", DisclosureEvent, None, decide, evolve
)
