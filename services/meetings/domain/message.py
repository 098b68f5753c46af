"""A message: what the coalition says on an issue, and how partners say it to their own.

One organisation drafts it, and each approves it for itself. Who has approved it may approve a
variant of their own: the same message, in words for one audience. What is put out on a decision is
in `statement.py`.
"""

from dataclasses import dataclass, field, replace
from typing import Literal, NewType, assert_never
from uuid import UUID

from immutables import Map

from services.meetings.domain.acting import organisation
from services.meetings.domain.boundary import as_agreed
from services.meetings.domain.ids import DecisionId, IssueId, OrgId
from services.meetings.domain.statement import (
    Audience,
    Released,
    ReleaseStatement,
    StatementReleased,
    release,
)
from shared.decider import Decider, Refused
from shared.event import Command, Context, Digest, Event, Sealed, Text

VariantId = NewType("VariantId", UUID)
Told = Literal["body", "members", "partners", "funders", "public"]
"""Whom a variant is for."""
KIND = "message"
"""What the boundary agreement calls them."""


@dataclass(frozen=True)
class Bearing:
    """Whether the issue that a message is about was raised."""

    raised: bool


class DraftMessage(Command):
    issue: IssueId
    text: Text


class ApproveMessage(Command):
    pass


class ApproveVariant(Command):
    variant: VariantId
    audience: Told
    text: Text


class MessageDrafted(Event):
    """An organisation writes down what the coalition could say on an issue."""

    by: OrgId
    issue: IssueId
    text: Sealed[Text]


class MessageApproved(Event):
    """An organisation agrees that the coalition says this."""

    by: OrgId


class MessageVariantApproved(Event):
    """An organisation says the message to one audience in words of its own.

    `audience_` is whom it is for; without the underscore it is who may see the event.
    """

    by: OrgId
    variant: VariantId
    audience_: Told
    text: Sealed[Text]


MessageCommand = DraftMessage | ApproveMessage | ApproveVariant | ReleaseStatement
MessageEvent = MessageDrafted | MessageApproved | MessageVariantApproved | StatementReleased


@dataclass(frozen=True)
class Variant:
    by: OrgId
    audience: Told


@dataclass(frozen=True)
class Drafted:
    """`approved_by` are the organisations that stand behind it."""

    by: OrgId
    issue: IssueId
    text: Digest
    approved_by: frozenset[OrgId] = frozenset()
    variants: Map[VariantId, Variant] = field(default_factory=Map)
    released: Map[tuple[DecisionId, Audience], Released] = field(default_factory=Map)


Message = Drafted | None  # None: not drafted yet


def decide(command: MessageCommand, message: Message, context: Context) -> list[MessageEvent]:
    """Return what happens if `command` is accepted; an empty list means nothing needs to.

    Raises:
        Refused: a rule forbids it.
    """
    match command:
        case DraftMessage():
            return _draft(command, message, context)
        case ApproveMessage():
            return _approve(_known(message), context)
        case ApproveVariant():
            return _vary(command, _known(message), context)
        case ReleaseStatement():
            return _release(command, _known(message), context)
        case _:
            assert_never(command)


def evolve(message: Message, event: MessageEvent) -> Message:
    """Return the message after `event`. Never refuses: history has already happened."""
    if isinstance(event, MessageDrafted):
        assert event.text.digest is not None
        return Drafted(event.by, event.issue, event.text.digest)
    assert message is not None
    match event:
        case MessageApproved():
            return replace(message, approved_by=message.approved_by | {event.by})
        case MessageVariantApproved():
            variant = Variant(event.by, event.audience_)
            return replace(message, variants=message.variants.set(event.variant, variant))
        case StatementReleased():
            of = event.decision, event.audience_
            said = Released(event.sign_ons, event.minority)
            return replace(message, released=message.released.set(of, said))
        case _:
            assert_never(event)


def _known(message: Message) -> Drafted:
    if message is None:
        raise Refused("unknown_message", "There is no such message: draft it first.")
    return message


def _draft(command: DraftMessage, message: Message, context: Context) -> list[MessageEvent]:
    by = organisation(context)
    if message is not None:
        if (message.by, message.issue) == (by, command.issue):
            return []
        raise Refused("already_drafted", "Another message has that id: use a new one.")
    if not context.fact(Bearing).raised:
        raise Refused("unknown_issue", "The issue that is named here has not been raised.")
    drafted = MessageDrafted(by=by, issue=command.issue, text=Sealed(command.text))
    return [as_agreed(drafted, KIND, by, context)]


def _approve(message: Drafted, context: Context) -> list[MessageEvent]:
    by = organisation(context)
    if by in message.approved_by:
        return []
    return [as_agreed(MessageApproved(by=by), KIND, by, context)]


def _vary(command: ApproveVariant, message: Drafted, context: Context) -> list[MessageEvent]:
    by = organisation(context)
    if known := message.variants.get(command.variant):
        if known == Variant(by, command.audience):
            return []
        raise Refused("already_approved", "Another variant has that id: use a new one.")
    if by not in message.approved_by:
        raise Refused("not_approved", "Approve the message itself first: a variant says the same.")
    varied = MessageVariantApproved(
        by=by, variant=command.variant, audience_=command.audience, text=Sealed(command.text)
    )
    return [as_agreed(varied, KIND, by, context)]


def _release(command: ReleaseStatement, message: Drafted, context: Context) -> list[MessageEvent]:
    before = message.released.get((command.decision, command.audience))
    said = release(command, message.text, message.approved_by, message.issue, before, context)
    return [] if said is None else [said]


decider: Decider[MessageCommand, Message, MessageEvent] = Decider(
    "message", MessageEvent, None, decide, evolve
)
