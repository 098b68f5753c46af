"""Ratification: an organisation stands by a stance that was taken for it ad referendum.

Such a stance counts once the organisation has ratified it, by the day that the rule leaves it;
until then a decision waits. It is part of the proposal's stream.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from services.meetings.domain.ids import OrgId
from services.meetings.domain.rule import Option, Rule
from shared.decider import Refused
from shared.event import Command, Context, Event, Sealed, Text


class RatifyStance(Command):
    reason: Text | None = None


class DeclineRatification(Command):
    reason: Text | None = None


class EndRatification(Command):
    """What the service asks itself once a day for ratifying is over: does the voting lapse?"""


class RatificationRequested(Event):
    """A stance was taken ad referendum: it counts if its organisation ratifies it by this day."""

    org: OrgId
    due: date


class DecisionRatified(Event):
    """An organisation ratifies the stance that was taken for it, which counts from now on."""

    by: OrgId
    reason: Sealed[Text] = Sealed()


class RatificationDeclined(Event):
    """An organisation does not stand by what was said for it: that does not count."""

    by: OrgId
    reason: Sealed[Text] = Sealed()


Ratified = DecisionRatified | RatificationDeclined


@dataclass(frozen=True)
class Stance:
    """What a class holds, and which of its organisations said so.

    Args:
        counts: Taken with full authority, or ratified.
        due: The last day to ratify it, while that is open.
    """

    by: OrgId
    option: Option
    counts: bool
    due: date | None = None

    def waits(self, at: datetime) -> bool:
        """Return whether it may still be ratified."""
        return not self.counts and self.due is not None and at.date() <= self.due


def requested(org: OrgId, rule: Rule, context: Context) -> list[RatificationRequested]:
    """Return what follows from a stance: a request, if it was taken ad referendum."""
    if context.authority != "ad_referendum" or rule.ratify_within_days is None:
        return []
    due = context.at.date() + timedelta(days=rule.ratify_within_days)
    return [RatificationRequested(org=org, due=due)]


def ratified(
    command: RatifyStance, held: Stance | None, context: Context
) -> list[DecisionRatified]:
    """Return that the organisation stands by what was said for it.

    Raises:
        Refused: nothing was, or the day for it is over (D19).
    """
    own = _own(held, context)
    if own.counts:
        return []
    _in_time(own, context)
    return [DecisionRatified(by=own.by, reason=Sealed(command.reason))]


def declined(
    command: DeclineRatification, held: Stance | None, context: Context
) -> list[RatificationDeclined]:
    """Return that the organisation does not stand by what was said for it.

    Raises:
        Refused: it counts, or the day for it is over.
    """
    own = _own(held, context)
    if own.counts:
        raise Refused("already_ratified", "The stance counts: change it, or withdraw it.")
    if own.due is None:
        return []
    _in_time(own, context)
    return [RatificationDeclined(by=own.by, reason=Sealed(command.reason))]


def _own(held: Stance | None, context: Context) -> Stance:
    """Return the stance that was taken for the acting organisation."""
    if held is None or held.by != context.by:
        raise Refused("no_stance", "No stance was taken for your organisation: take one.")
    if context.authority in {"ad_referendum", "observer"}:
        detail = "Who speaks ad referendum cannot ratify: somebody with full authority does."
        raise Refused("not_accredited", detail)
    return held


def _in_time(held: Stance, context: Context) -> None:
    if held.due is None:
        raise Refused("not_ratified", "It was declined, or the rule lets nobody ratify: change it.")
    if not held.waits(context.at):
        raise Refused("not_ratified", f"It could be ratified until {held.due}: change the stance.")


def decided_on(stances: Mapping[int, Stance], at: datetime) -> None:
    """Refuse a decision while a stance may still be ratified (D19)."""
    if days := [each.due for each in stances.values() if each.due and each.waits(at)]:
        detail = f"Stances ad referendum may be ratified until {max(days)}: wait, or ask them."
        raise Refused("not_ratified", detail)


def as_if_ratified(stances: Mapping[int, Stance], at: datetime) -> Iterable[tuple[int, Option]]:
    """Return the stances that count, or still may: a voting does not lapse for want of those."""
    return (
        (place, each.option) for place, each in stances.items() if each.counts or each.waits(at)
    )
