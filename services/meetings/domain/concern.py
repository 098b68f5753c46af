"""A concern: what worries somebody, raised early, and what became of it.

The body concerned sees it, its age and how it was resolved. One that is raised anonymously says
nowhere who raised it: that lies beside the journal, for the facilitator alone, until it is resolved
(docs/decisions/0034). An interpersonal one never leaves the body (C9).
"""

from dataclasses import dataclass, replace
from typing import Literal, TypeVar, assert_never

from services.meetings.domain.acting import organisation
from services.meetings.domain.boundary import Bounds
from services.meetings.domain.ids import BodyId, ItemId, OrgId, ProposalId
from shared.decider import Decider, Refused
from shared.event import Command, Context, Event, Sealed, Text

Source = Literal["member", "community"]
Kind = Literal["policy", "implementation", "interpersonal"]
How = Literal["changed", "explained", "mediated", "referred", "withdrawn", "not_pursued"]
Within = Literal["body", "members"]

AT_ONCE = 3  # anonymous concerns of one organisation that wait for an answer


@dataclass(frozen=True)
class Belonging:
    """The body of each thing that a concern names; `None` where there is no such thing.

    Args:
        body: The body named, or the plenary where nothing is.
    """

    body: BodyId | None
    proposal: BodyId | None = None
    item: BodyId | None = None


@dataclass(frozen=True)
class Unsigned:
    """How many anonymous concerns of the acting organisation wait for an answer."""

    waiting: int


@dataclass(frozen=True)
class Facilitator:
    """Whether the caller chairs the body, or facilitates the meeting that has it on its agenda."""

    may: bool


class RaiseConcern(Command):
    """It belongs to the body of the proposal or item that it is about, else to the one named.

    Where neither is named, it belongs to the plenary.
    """

    source: Source
    kind: Kind
    anonymous: bool = False
    about: ProposalId | None = None
    item: ItemId | None = None
    body: BodyId | None = None
    text: Text


class ResolveConcern(Command):
    how: How
    text: Text


class ConcernRaised(Event):
    """A worry is told to a body; one that is anonymous says nowhere whose it is.

    `within` is the class it is recorded in; its resolution is, too.
    """

    visibility = "body"

    by: OrgId | None = None
    source: Source
    kind: Kind
    anonymous: bool
    body: BodyId
    about: ProposalId | None = None
    item: ItemId | None = None
    within: Within = "body"
    text: Sealed[Text]

    @property
    def nameless(self) -> bool:
        """Whether nobody shall know who raised it."""
        return self.anonymous


class ConcernResolved(Event):
    """What became of a concern, in words."""

    visibility = "body"

    how: How
    text: Sealed[Text]


ConcernCommand = RaiseConcern | ResolveConcern
ConcernEvent = ConcernRaised | ConcernResolved
E = TypeVar("E", ConcernRaised, ConcernResolved)


@dataclass(frozen=True)
class Raised:
    """A concern; `by` is nobody where it is anonymous."""

    by: OrgId | None
    source: Source
    kind: Kind
    anonymous: bool
    body: BodyId
    about: ProposalId | None
    item: ItemId | None
    within: Within
    resolved: How | None = None


Concern = Raised | None  # None: not raised yet


def decide(command: ConcernCommand, concern: Concern, context: Context) -> list[ConcernEvent]:
    """Return what happens if `command` is accepted; an empty list means nothing needs to.

    Raises:
        Refused: a rule forbids it.
    """
    match command:
        case RaiseConcern():
            return _raise(command, concern, context)
        case ResolveConcern():
            return _resolve(command, concern, context)
        case _:
            assert_never(command)


def evolve(concern: Concern, event: ConcernEvent) -> Concern:
    """Return the concern after `event`. Never refuses: history has already happened."""
    if isinstance(event, ConcernRaised):
        return Raised(
            event.by,
            event.source,
            event.kind,
            event.anonymous,
            event.body,
            event.about,
            event.item,
            event.within,
        )
    assert concern is not None
    return replace(concern, resolved=event.how)


def _raise(command: RaiseConcern, concern: Concern, context: Context) -> list[ConcernEvent]:
    by = None if command.anonymous and context.imported else organisation(context)
    signed = None if command.anonymous else by
    said = signed, command.source, command.kind, command.about, command.item
    if concern is not None:
        known = concern.by, concern.source, concern.kind, concern.about, concern.item
        if said == known:
            return []
        raise Refused("already_raised", "Another concern has that id: use a new one.")
    body = _concerned(command, context.fact(Belonging))
    if command.anonymous and not context.imported and context.fact(Unsigned).waiting >= AT_ONCE:
        detail = (
            f"Your organisation has {AT_ONCE} anonymous concerns that wait for an answer."
            " Wait for one of them, or raise this one under its name."
        )
        raise Refused("too_many_anonymous", detail)
    within = _within(command.kind, context)
    raised = ConcernRaised(
        by=signed,
        source=command.source,
        kind=command.kind,
        anonymous=command.anonymous,
        body=body,
        about=command.about,
        item=command.item,
        within=within,
        text=Sealed(command.text),
    )
    return [_told(raised, body, command.kind, within, context)]


def _concerned(command: RaiseConcern, belonging: Belonging) -> BodyId:
    if command.about is not None and belonging.proposal is None:
        raise Refused("unknown_proposal", "There is no such proposal: name another, or none.")
    if command.item is not None and belonging.item is None:
        raise Refused("unknown_item", "Nobody proposed that item for a meeting.")
    named = {belonging.proposal, belonging.item} - {None}
    if not named or command.body is not None:
        named.add(belonging.body)
    if None in named:
        raise Refused("unknown_body", "There is no such body: name another, or none.")
    if len(named) > 1:
        detail = "These belong to different bodies: raise it once for each that should hear it."
        raise Refused("other_body", detail)
    [body] = named
    assert body is not None
    return body


def _within(kind: Kind, context: Context) -> Within:
    """Return the class that the boundary agreement sets, of those a concern may have (C9)."""
    if kind == "interpersonal" or context.imported:
        return "body"
    agreed = context.fact(Bounds).classes.get("concern", "body")
    return "body" if agreed in {"dyad", "body"} else "members"


def _resolve(command: ResolveConcern, concern: Concern, context: Context) -> list[ConcernEvent]:
    if concern is None:
        raise Refused("unknown_concern", "Nobody raised that concern: raise it first.")
    if not context.imported and not context.fact(Facilitator).may:
        raise Refused(
            "not_the_facilitator",
            "The chair of the body resolves it, or who facilitates the meeting it came up in.",
        )
    if concern.resolved == command.how:
        return []
    if concern.resolved is not None:
        raise Refused("already_resolved", "It was resolved: raise what is left as a new concern.")
    resolved = ConcernResolved(how=command.how, text=Sealed(command.text))
    return [_told(resolved, concern.body, concern.kind, concern.within, context)]


def _told(event: E, body: BodyId, kind: Kind, within: Within, context: Context) -> E:
    """Tell the body, or all members where that was agreed; an import may say otherwise, but C9."""
    if kind != "interpersonal":
        if context.visibility is not None:
            return event
        if within == "members":
            return event.seen_by(within="members")
    return event.seen_by(f"body:{body}", within="body")


decider: Decider[ConcernCommand, Concern, ConcernEvent] = Decider(
    "concern", ConcernEvent, None, decide, evolve
)
