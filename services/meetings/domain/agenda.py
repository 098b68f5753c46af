"""The agenda of a meeting: what members ask time for, and what is published, in its order.

It is part of the meeting's stream. Published, it also has the items of the body's earlier meetings
that were parked and whose day has come; in an alliance it opens with the support item of the newest
member.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from immutables import Map
from pydantic import Field

from services.meetings.domain.attendance import BodyRules
from services.meetings.domain.ids import IssueId, ItemId, OrgId, ProposalId
from services.meetings.domain.parking import Returning
from shared.decider import Refused
from shared.event import Command, Context, Event, Sealed, Text

Kind = Literal["decision", "discussion", "support", "information"]
Duration = Annotated[int, Field(ge=0, le=24 * 60)]


@dataclass(frozen=True)
class Newest:
    """The member that joined last, where the coalition is an alliance: its support comes first."""

    org: OrgId | None


class ProposeAgendaItem(Command):
    item: ItemId
    kind: Kind
    title: Text
    proposal: ProposalId | None = None
    issue: IssueId | None = None
    minutes: Duration | None = None


class PublishAgenda(Command):
    items: tuple[ItemId, ...] = Field(max_length=200)


class AgendaItemProposed(Event):
    """Somebody asks for time at a meeting: to decide, discuss, support or inform."""

    by: OrgId | None = None
    item: ItemId
    kind: Kind
    title: Sealed[Text]
    proposal: ProposalId | None = None
    issue: IssueId | None = None
    minutes: int | None = None


class AgendaPublished(Event):
    """The items of a meeting are fixed, in their order, in time or at short notice."""

    items: tuple[ItemId, ...]
    short_notice: bool


AgendaCommand = ProposeAgendaItem | PublishAgenda
AgendaEvent = AgendaItemProposed | AgendaPublished


@dataclass(frozen=True)
class Item:
    kind: Kind
    proposal: ProposalId | None = None
    issue: IssueId | None = None
    minutes: int | None = None
    by: OrgId | None = None

    def same(self, command: ProposeAgendaItem) -> bool:
        """Whether a command asks for this very item."""
        asked = command.kind, command.proposal, command.issue, command.minutes
        return asked == (self.kind, self.proposal, self.issue, self.minutes)


Items = Map[ItemId, Item]


@dataclass(frozen=True)
class Called:
    """The meeting whose agenda it is; a piggybacked one needs no notice."""

    starts_at: datetime
    piggybacked: bool


def proposed(command: ProposeAgendaItem, items: Items, context: Context) -> list[AgendaEvent]:
    """Return the item that is asked for."""
    if known := items.get(command.item):
        if known.same(command):
            return []
        raise Refused("already_proposed", "Another agenda item has that id: use a new one.")
    if command.minutes is None and not context.imported:
        raise Refused("details_missing", "Say how many minutes the item may take.")
    event = AgendaItemProposed(
        by=OrgId(context.by) if context.by else None,
        item=command.item,
        kind=command.kind,
        title=Sealed(command.title),
        proposal=command.proposal,
        issue=command.issue,
        minutes=command.minutes,
    )
    return [event]


def published(
    command: PublishAgenda,
    items: Items,
    agenda: tuple[ItemId, ...],
    meeting: Called,
    context: Context,
) -> list[AgendaEvent]:
    """Return the agenda, stamped where it is late (C12)."""
    back = () if context.imported else context.fact(Returning).items
    if any(item not in items and item not in back for item in command.items):
        raise Refused("unknown_item", "The agenda lists an item nobody proposed for this meeting.")
    listed = _support_first([*command.items, *back], items, context)
    if listed == agenda:
        return []
    late = context.at + context.fact(BodyRules).notice > meeting.starts_at
    return [AgendaPublished(items=listed, short_notice=late and not meeting.piggybacked)]


def after(items: Items, event: AgendaEvent) -> Items:
    """Return the items after `event`; what came back from an earlier meeting is a discussion."""
    if isinstance(event, AgendaItemProposed):
        item = Item(event.kind, event.proposal, event.issue, event.minutes, event.by)
        return items.set(event.item, item)
    back = {item: Item("discussion") for item in event.items if item not in items}
    return items.update(back)


def _support_first(listed: Iterable[ItemId], items: Items, context: Context) -> tuple[ItemId, ...]:
    order = dict.fromkeys(listed)
    newest = None if context.imported else context.fact(Newest).org
    first = (
        item
        for item in order
        if newest and item in items and (items[item].kind, items[item].by) == ("support", newest)
    )
    return tuple(dict.fromkeys([*([one] if (one := next(first, None)) else []), *order]))
