"""Who is at the table at a moment: the active organisations, and whom they represent.

An organisation represents a constituency from the day it joined for it, or as it said itself
later. Nothing here says what a constituency thinks: many organisations may speak for one, none is
it.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import NamedTuple
from uuid import UUID

from services.transparency.domain.members import MemberEvent, fold
from services.transparency.domain.refs import Cited

AN_INSTANT = timedelta(microseconds=1)


class Belongs(NamedTuple):
    """What happened to a membership."""

    cited: Cited
    event: MemberEvent


class Identified(NamedTuple):
    """A constituency, as it was identified."""

    cited: Cited
    constituency: UUID
    at: datetime
    kind: str
    least_well_served: bool
    implementer: bool
    historically_excluded: bool
    seats_wanted: int


class Represents(NamedTuple):
    """An organisation joined for constituencies, or said that it represents one.

    `since` and `until` are the first and the last day; without `since` it joined for them.
    """

    cited: Cited
    org: UUID
    constituencies: tuple[UUID, ...]
    at: datetime
    since: date | None = None
    until: date | None = None

    def covers(self, day: date) -> bool:
        return (self.since is None or self.since <= day) and (
            self.until is None or day <= self.until
        )


@dataclass(frozen=True)
class Table:
    """The table at one moment.

    Args:
        active: The organisations that joined, are not suspended, and are more than observers.
        identified: The constituencies that were identified by then.
        represented: For each constituency the active organisations that represent it, with the
            event that says so.
        memberships: What each organisation's membership rests on.
    """

    active: frozenset[UUID]
    identified: Mapping[UUID, Identified]
    represented: Mapping[UUID, Mapping[UUID, Cited]]
    memberships: Mapping[UUID, Sequence[Cited]]

    @cached_property
    def groups(self) -> Mapping[UUID, frozenset[UUID]]:
        """The active organisations of each constituency that has one."""
        return {key: frozenset(orgs) for key, orgs in self.represented.items() if orgs}

    def events_of(self, constituency: UUID) -> list[Cited]:
        """Return what its having these organisations rests on."""
        known = self.identified.get(constituency)
        found = {known.cited} if known else set()
        for org, cited in self.represented.get(constituency, {}).items():
            found |= {cited, *self.memberships.get(org, ())}
        return sorted(found)


class Tables:
    """The table at any moment: most moments that are asked for see the same one."""

    def __init__(
        self,
        belongs: Iterable[Belongs],
        identified: Iterable[Identified],
        represents: Iterable[Represents],
    ) -> None:
        self._belongs = list(belongs)
        self._identified = list(identified)
        self._represents = list(represents)
        moments = [each.event.at for each in self._belongs]
        moments += [each.at for each in self._identified]
        self._moments = sorted(moments + [each.at for each in self._represents])
        self._made: dict[tuple[int, date], Table] = {}

    def at(self, moment: datetime) -> Table:
        """Return the table as all that happened before `moment` left it."""
        day = (moment - AN_INSTANT).astimezone(UTC).date()
        key = bisect_left(self._moments, moment), day
        if key not in self._made:
            self._made[key] = self._table(moment, day)
        return self._made[key]

    def _table(self, moment: datetime, day: date) -> Table:
        belongs = [each for each in self._belongs if each.event.at < moment]
        memberships: defaultdict[UUID, list[Cited]] = defaultdict(list)
        for each in belongs:
            memberships[each.event.org].append(each.cited)
        folded = fold(each.event for each in belongs)
        active = frozenset(org for org, member in folded.items() if member.active)
        said = [each for each in self._represents if each.at < moment]
        return Table(
            active=active,
            identified={each.constituency: each for each in self._identified if each.at < moment},
            represented=_represented(said, active, day),
            memberships=memberships,
        )


def _represented(
    said: Iterable[Represents], active: frozenset[UUID], day: date
) -> dict[UUID, dict[UUID, Cited]]:
    """Return who represents whom: what an organisation said counts before what it joined for."""
    joined: dict[UUID, Represents] = {}
    spoken: dict[tuple[UUID, UUID], Represents] = {}
    for each in said:
        if each.since is None:
            joined[each.org] = each
        else:
            spoken |= {(each.org, constituency): each for constituency in each.constituencies}
    found: defaultdict[UUID, dict[UUID, Cited]] = defaultdict(dict)
    for org, each in joined.items():
        for constituency in each.constituencies:
            if org in active and (org, constituency) not in spoken:
                found[constituency][org] = each.cited
    for (org, constituency), each in spoken.items():
        if org in active and each.covers(day):
            found[constituency][org] = each.cited
    return dict(found)
