"""How far a decision got: who was told of it, by which channel, and who says that it knows.

All active organisations of the moment at which it was made ought to know. A time to acknowledge
runs from when the decision was first communicated; who knew before that has none. Formulas are
those of `reports.md` 4.8.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import NamedTuple
from uuid import UUID

from services.transparency.domain.refs import Cited

TOLD, KNOWS = "DecisionCommunicated", "DecisionAcknowledged"


class Made(NamedTuple):
    """A decision."""

    cited: Cited
    decision: UUID
    at: datetime


class Telling(NamedTuple):
    """Somebody told others of a decision, or says that it knows of it."""

    cited: Cited
    type: str
    decision: UUID
    at: datetime
    by: UUID | None = None
    channel: str = ""
    orgs: tuple[UUID, ...] = ()


@dataclass(frozen=True)
class Relayed:
    """One decision, on its way to those who ought to know.

    Args:
        entitled: The organisations that ought to know of it.
        tellings: What happened to it, in the order of the events.
        table: What `entitled` rests on.
    """

    made: Made
    entitled: frozenset[UUID]
    tellings: Sequence[Telling]
    table: Sequence[Cited] = ()

    @cached_property
    def told(self) -> list[Telling]:
        return [each for each in self.tellings if each.type == TOLD]

    @cached_property
    def knows(self) -> dict[UUID, Telling]:
        """The first acknowledgement of each organisation that ought to know."""
        found: dict[UUID, Telling] = {}
        for each in self.tellings:
            if each.type == KNOWS and each.by in self.entitled and each.by is not None:
                found.setdefault(each.by, each)
        return found

    @property
    def first(self) -> Telling | None:
        """How it was first communicated."""
        return self.told[0] if self.told else None

    @property
    def channels(self) -> list[str]:
        return sorted({each.channel for each in self.told})

    def reached(self, channel: str | None = None) -> frozenset[UUID]:
        """Return whom it was told by a channel, or by any, of those who ought to know."""
        told = (each.orgs for each in self.told if channel in {None, each.channel})
        return frozenset(org for orgs in told for org in orgs) & self.entitled

    def telling_of(self, org: UUID, channel: str | None = None) -> Telling | None:
        """Return how an organisation was first told, by a channel or by any."""
        told = (each for each in self.told if channel in {None, each.channel} and org in each.orgs)
        return next(told, None)

    def seconds(self, org: UUID) -> int | None:
        """Return the time to acknowledge, from when the decision was first communicated."""
        return _between(self.first, self.knows.get(org))

    def seconds_by(self, channel: str) -> list[int]:
        """Return the times to acknowledge of those told by a channel, from when it told them."""
        reached = self.reached(channel)
        times = (_between(self.telling_of(org, channel), self.knows.get(org)) for org in reached)
        return [seconds for seconds in times if seconds is not None]

    def events(self, channel: str | None = None, orgs: Collection[UUID] = ()) -> list[Cited]:
        """Return what a figure rests on: the decision, the tellings, and who acknowledged.

        Args:
            orgs: Only of these organisations; where there are none, of all.
        """
        wanted = {*orgs} or {*self.entitled}
        told = (
            each.cited
            for each in self.told
            if channel in {None, each.channel} and (not orgs or wanted & {*each.orgs})
        )
        knows = (each.cited for org, each in self.knows.items() if org in wanted)
        return sorted({self.made.cited, *self.table, *told, *knows})


def relayed(
    made: Made, entitled: frozenset[UUID], tellings: Iterable[Telling], table: Sequence[Cited]
) -> Relayed:
    """Return how far a decision got."""
    own = [each for each in tellings if each.decision == made.decision]
    return Relayed(made, entitled, own, table)


def _between(told: Telling | None, knows: Telling | None) -> int | None:
    if told is None or knows is None or knows.cited.position < told.cited.position:
        return None
    return max(0, int((knows.at - told.at).total_seconds()))
