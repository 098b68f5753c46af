"""R5, representation gaps: who should be heard, who speaks for them, and who was left out.

Required are the seats wanted for a constituency, present the active organisations that represent
it; the gap is what is missing. At a meeting present are those of them who came.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple
from uuid import UUID

from services.transparency.domain.hearing import Decided, Hearing, shown
from services.transparency.domain.refs import Cited, cite
from services.transparency.domain.report import figure
from services.transparency.domain.seats import Seats
from services.transparency.domain.table import Identified, Table
from services.transparency.domain.window import Window
from shared.event import timestamp

NO_SPEECH = "no speech was recorded"
NO_MEETING = "no meeting was held"
CAME, SPOKE = "AttendanceRecorded", "SpeechStarted"
INTRODUCED = 10
"""How many unlikely pairs are suggested; R4 lists all."""


class Sat(NamedTuple):
    """A meeting was opened, an organisation came to it, or spoke there."""

    cited: Cited
    type: str
    meeting: UUID
    at: datetime
    org: UUID | None = None


class Sitting(NamedTuple):
    """A meeting: when it began, who came, and what says so."""

    meeting: UUID
    at: datetime
    orgs: frozenset[UUID]
    events: frozenset[Cited]


def sittings(sat: Iterable[Sat], seen: Window) -> list[Sitting]:
    """Return the meetings that began in a window, the newest first."""
    of: defaultdict[UUID, list[Sat]] = defaultdict(list)
    for each in sat:
        of[each.meeting].append(each)
    found = [
        Sitting(
            meeting,
            min(each.at for each in events),
            frozenset(each.org for each in events if each.org and each.type == CAME),
            frozenset(each.cited for each in events if each.type != SPOKE),
        )
        for meeting, events in of.items()
    ]
    inside = (sitting for sitting in found if seen.holds(sitting.at))
    return sorted(inside, key=_newest, reverse=True)


def _newest(sitting: Sitting) -> tuple[datetime, UUID]:
    return sitting.at, sitting.meeting


def gap(required: int, present: int) -> int:
    """Return how many are missing."""
    return max(0, required - present)


@dataclass(frozen=True)
class Record:
    """What the report is made from.

    Args:
        plenary: The body in which every active organisation sits, if it is known.
        decisions: In the order they were made.
    """

    window: Window
    hearing: Hearing
    seats: Mapping[UUID, Seats]
    plenary: UUID | None
    sat: Sequence[Sat]
    decided: Sequence[Decided]

    @cached_property
    def table(self) -> Table:
        """The table when the window is over."""
        return self.hearing.tables.at(self.window.end)

    @cached_property
    def constituencies(self) -> list[Identified]:
        """The least well served first, then in the order in which they were identified."""
        return _in_order(self.table)

    @cached_property
    def sittings(self) -> list[Sitting]:
        return sittings(self.sat, self.window)

    @cached_property
    def decisions(self) -> list[dict[str, Any]]:
        """The lines of the decisions made in the window, the newest first."""
        inside = (each for each in self.decided if self.window.holds(each.at))
        return [self.hearing.row(each) for each in sorted(inside, key=_made, reverse=True)]

    def rows(self) -> list[dict[str, Any]]:
        """Return the lines: constituencies, meetings, decisions, whom to invite."""
        known = [self._constituency(each) for each in self.constituencies]
        return [*known, *self._meetings(), *self.decisions, *self._invitations()]

    def _constituency(self, each: Identified) -> dict[str, Any]:
        key, hidden, names = each.constituency, self.hearing.hidden, self.hearing.names
        orgs = self.table.represented.get(key, {}).keys()
        came = [sitting for sitting in self.sittings if not sitting.orgs.isdisjoint(orgs)]
        spoke = [sat for sat in self.sat if sat.type == SPOKE and self.window.holds(sat.at)]
        own = [sat for sat in spoke if sat.org in orgs]
        asked = [
            one.cited
            for one in (*self.hearing.consulted, *self._said_so)
            if one.constituency == key and self.window.holds(one.at)
        ]
        unseen = hidden.table
        found: dict[str, Any] = {
            "members": shown([names.of(org) for org in names.ordered(orgs)], hidden=unseen),
            "meetings": shown(len(self.sittings), hidden=hidden.attended),
            "attended": shown(
                len(came) if self.sittings else None, hidden=unseen or hidden.attended
            ),
            "spoke": shown(len(own) if spoke else None, hidden=unseen or hidden.spoke),
            "seats": shown(self._seats(key, orgs), hidden=unseen or hidden.seats),
            "consulted": shown(len(asked), hidden=hidden.consulted),
            "required": each.seats_wanted,
            "present": shown(len(orgs), hidden=unseen),
            "gap": shown(gap(each.seats_wanted, len(orgs)), hidden=unseen),
            "unrepresented": shown(not orgs, hidden=unseen),
        }
        reasons = {"attended": NO_MEETING, "spoke": NO_SPEECH}
        events = {*self.table.events_of(key), *asked, *(sat.cited for sat in own)}
        events |= {cited for sitting in came for cited in sitting.events}
        events |= {cited for body in self.seats.values() for cited in body.events_of(key, orgs)}
        return {
            "part": "constituency",
            "constituency": names.of(key),
            "kind": each.kind,
            "least_well_served": each.least_well_served,
            "implementer": each.implementer,
            "historically_excluded": each.historically_excluded,
            **found,
            "reasons": {name: why for name, why in reasons.items() if found[name] is None},
            **_cited(events),
        }

    @property
    def _said_so(self) -> list[Any]:
        """The reviews that say that somebody was consulted."""
        return [one for one in self.hearing.reviewed if one.consulted]

    def _seats(self, key: UUID, orgs: Iterable[UUID]) -> list[dict[str, Any]]:
        """Return what a constituency has of each body: in the plenary sits every active one."""
        names, sitting = self.hearing.names, frozenset(orgs)
        found = [
            {"body": names.of(body), **self.seats[body].share(key, sitting)._asdict()}
            for body in names.ordered(self.seats)
        ]
        if self.plenary is not None:
            plenary = {"body": names.of(self.plenary), "kept": 0, "filled": 0, "held": len(sitting)}
            return [plenary, *found]
        return found

    def _meetings(self) -> list[dict[str, Any]]:
        """Return the line of each meeting, with who was missing there."""
        if self.hearing.hidden.table or self.hearing.hidden.attended:
            return []
        return [self._meeting(sitting) for sitting in self.sittings]

    def _meeting(self, sitting: Sitting) -> dict[str, Any]:
        names, table = self.hearing.names, self.hearing.tables.at(sitting.at)
        missing = []
        for each in _in_order(table):
            present = len(sitting.orgs & table.groups.get(each.constituency, frozenset()))
            if short := gap(each.seats_wanted, present):
                missing.append(
                    {
                        "constituency": names.of(each.constituency),
                        "required": each.seats_wanted,
                        "present": present,
                        "gap": short,
                    }
                )
        known = {cited for key in table.identified for cited in table.events_of(key)}
        return {
            "part": "meeting",
            "meeting": names.of(sitting.meeting),
            "at": timestamp(sitting.at),
            "missing": missing,
            **_cited(known | sitting.events),
        }

    def _invitations(self) -> list[dict[str, Any]]:
        """Return the constituencies to invite: those that no active organisation represents."""
        if self.hearing.hidden.table:
            return []
        return [
            {
                "part": "suggestion",
                "suggestion": "invite",
                "constituency": self.hearing.names.of(each.constituency),
                "least_well_served": each.least_well_served,
                **_cited(self.table.events_of(each.constituency)),
            }
            for each in self.constituencies
            if each.constituency not in self.table.groups
        ]

    def summary(self) -> list[dict[str, Any]]:
        """Return the totals, as far as this reader sees what they rest on."""
        table, hidden = self.table, self.hearing.hidden
        known = self.constituencies
        events = sorted({one for each in known for one in table.events_of(each.constituency)})
        present = [len(table.groups.get(each.constituency, ())) for each in known]
        short = [gap(each.seats_wanted, n) for each, n in zip(known, present, strict=True)]
        flagged = {line["decision"] for line in self.decisions if line["flagged"] is True}
        unheard = {line["decision"] for line in self.decisions if line["unheard"]}
        unseen = hidden.table or hidden.consulted
        return [
            figure("constituencies", len(known), events),
            figure("unrepresented", shown(present.count(0), hidden=hidden.table), events),
            figure("missing", shown(sum(short), hidden=hidden.table), events, "organisations"),
            figure("decisions", len(self.decisions), self._made()),
            figure("affected_unheard", shown(len(unheard), hidden=unseen), self._made(unheard)),
            figure("flagged", shown(len(flagged), hidden=hidden.table), self._made(flagged)),
        ]

    def _made(self, only: set[str] | None = None) -> list[Cited]:
        return [
            each.cited
            for each in self.decided
            if self.window.holds(each.at) and (only is None or str(each.decision) in only)
        ]


def _made(each: Decided) -> tuple[datetime, UUID]:
    return each.at, each.decision


def _in_order(table: Table) -> list[Identified]:
    return sorted(table.identified.values(), key=_least_well_served_first)


def _least_well_served_first(each: Identified) -> tuple[bool, datetime, UUID]:
    return not each.least_well_served, each.at, each.constituency


def introduction(pair: Mapping[str, Any]) -> dict[str, Any]:
    """Return the suggestion to bring an unlikely pair together."""
    kept = ("organisations", "shared", "issues", "threats", "refs", "refs_count", "refs_root")
    suggested = {name: pair[name] for name in kept if name in pair}
    return {"part": "suggestion", "suggestion": "introduce", **suggested}


def _cited(events: Iterable[Cited]) -> dict[str, Any]:
    return cite(sorted(set(events)))
