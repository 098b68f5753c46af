"""R4, common ground: what which organisations are for, and how far each issue is carried.

Each issue that somebody is for stands in exactly one region: that of all who are for it. The
consensus on an issue is looked at in groups, which are the constituencies with an active
organisation; a group in which nobody said anything was not heard, and the issue is unknown until
it is. Silence never counts as half a yes.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from functools import cached_property
from math import prod
from typing import Any, NamedTuple
from uuid import UUID

from services.transparency.domain.issues import Issue, IssueEvent, issues
from services.transparency.domain.numbers import six, six_of_root
from services.transparency.domain.refs import Cited, cite
from services.transparency.domain.report import figure
from services.transparency.domain.said import Names
from services.transparency.domain.table import Table, Tables
from services.transparency.domain.threats import Threat, ThreatEvent, threats
from services.transparency.domain.unlikely_pairs import Pair, Ties, Unlikely, closeness
from services.transparency.domain.window import Window
from shared.event import timestamp

WIDEST = 10
NOTHING: frozenset[UUID] = frozenset()
NO_GROUP = "no constituency has an active organisation"
NOBODY_HEARD = "no constituency was heard"
ONE_HEARD = "fewer than two constituencies were heard"


class Heard(NamedTuple):
    """How many organisations of a group are for it, against it, and took any position."""

    agree: int
    against: int
    said: int


def consensus(agree: Sequence[tuple[int, int]]) -> str | None:
    """Return GAC* (Polis, per group heard): the root of the product of smoothed shares.

    Args:
        agree: Of each group that was heard, how many agree and how many said anything.
    """
    return six_of_root(
        prod(one + 1 for one, _ in agree), prod(said + 2 for _, said in agree), len(agree)
    )


def divisiveness(agree: Sequence[tuple[int, int]]) -> str | None:
    """Return how far the smoothed shares of two groups lie apart at most."""
    if len(agree) < 2:  # noqa: PLR2004 - two differ
        return None
    shares = [Fraction(one + 1, said + 2) for one, said in agree]
    apart = max(shares) - min(shares)
    return six(apart.numerator, apart.denominator)


@dataclass(frozen=True)
class Carried:
    """How far an issue is carried; groups that said nothing are unheard."""

    groups: Mapping[UUID, Heard]

    @property
    def heard(self) -> list[Heard]:
        return [group for group in self.groups.values() if group.said]

    @property
    def unheard(self) -> list[UUID]:
        return [key for key, group in self.groups.items() if not group.said]

    @property
    def known(self) -> bool:
        return bool(self.groups) and not self.unheard

    def written(self) -> dict[str, Any]:
        """Return GAC*, GAR*, coverage, state and divisiveness, and why one is undefined."""
        heard = self.heard
        agree = [(group.agree, group.said) for group in heard]
        against = [(group.against, group.said) for group in heard]
        found = {
            "gac": consensus(agree),
            "gar": consensus(against),
            "coverage": six(len(heard), len(self.groups)),
            "divisiveness": divisiveness(agree),
        }
        reasons = {name: self._why(name) for name, value in found.items() if value is None}
        return {**found, "state": "known" if self.known else "unknown", "reasons": reasons}

    def _why(self, name: str) -> str:
        if not self.groups:
            return NO_GROUP
        return ONE_HEARD if name == "divisiveness" else NOBODY_HEARD


def carried(issue: Issue, groups: Mapping[UUID, Collection[UUID]]) -> Carried:
    """Return what the groups said of an issue."""
    return Carried(
        {
            key: Heard(
                agree=len(issue.holding(1, orgs)),
                against=len(issue.holding(-1, orgs)),
                said=sum(org in issue.stands for org in orgs),
            )
            for key, orgs in groups.items()
        }
    )


Regions = Mapping[frozenset[UUID], Sequence[UUID]]


def regions(supporters: Mapping[UUID, Collection[UUID]]) -> Regions:
    """Return for each set of organisations the issues that just these are for.

    Args:
        supporters: For each issue, who is for it. One that nobody is for is in no region.
    """
    found: dict[frozenset[UUID], list[UUID]] = {}
    for issue, orgs in supporters.items():
        if orgs:
            found.setdefault(frozenset(orgs), []).append(issue)
    return found


@dataclass(frozen=True)
class Ground:
    """Everything common or not at one moment."""

    table: Table
    issues: Mapping[UUID, Issue]
    threats: Mapping[UUID, Threat]

    def supporters(self, issue: UUID, among: Collection[UUID] = ()) -> frozenset[UUID]:
        """Return the active organisations that are for an issue, of those asked for."""
        wanted = self.table.active.intersection(among) if among else self.table.active
        return self.issues[issue].holding(1, wanted) if issue in self.issues else frozenset()

    def carried(self, issue: UUID) -> Carried:
        return carried(self.issues.get(issue, Issue(issue)), self.table.groups)

    def events_on(self, issue: UUID) -> set[Cited]:
        """Return the events that say where the active organisations stand on an issue."""
        known = self.issues[issue]
        stands = (stand for org, stand in known.stands.items() if org in self.table.active)
        return {*known.events, *(stand.cited for stand in stands)}


def ground(
    said: Iterable[IssueEvent], faced: Iterable[ThreatEvent], tables: Tables, moment: datetime
) -> Ground:
    """Return the ground as all that happened before `moment` left it."""
    return Ground(tables.at(moment), issues(said, moment), threats(faced, moment))


@dataclass(frozen=True)
class Region:
    orgs: frozenset[UUID]
    issues: Sequence[UUID]


@dataclass(frozen=True)
class Subject:
    """An issue as a line of its own."""

    issue: UUID


@dataclass(frozen=True)
class Parked:
    issue: UUID


Line = Region | Subject | Parked | Threat | Pair


@dataclass(frozen=True)
class Sheet:
    """What the report is written from.

    Args:
        before: The ground when the window began.
        unlikely: The unlikely pairs.
        seen: The window.
        among: The organisations that were asked for; none for all.
    """

    now: Ground
    before: Ground
    ties: Ties
    unlikely: Unlikely
    seen: Window
    names: Names
    among: frozenset[UUID] = frozenset()
    _written: dict[int, dict[str, Any]] = field(default_factory=dict, init=False, compare=False)

    def by_name(self, keys: Iterable[UUID]) -> list[dict[str, Any] | None]:
        return [self.names.of(key) for key in self.names.ordered(keys)]

    @cached_property
    def regions(self) -> list[Region]:
        """The widest first; of the same width by the names of their organisations."""
        now = self.now
        found = regions({issue: now.supporters(issue, self.among) for issue in now.issues})
        listed = [Region(orgs, self.names.ordered(held)) for orgs, held in found.items()]
        return sorted(listed, key=self._width)

    def _width(self, region: Region) -> tuple[int, list[tuple[str, str]]]:
        orgs = self.names.ordered(region.orgs)
        called = [(self.names.words(org).casefold(), str(org)) for org in orgs]
        return -len(orgs), called

    @cached_property
    def held(self) -> Mapping[tuple[UUID, int], frozenset[UUID]]:
        """Of each organisation the issues it is for (1), and those it is against (-1)."""
        found: defaultdict[tuple[UUID, int], set[UUID]] = defaultdict(set)
        for issue in self.now.issues.values():
            for org, stand in issue.stands.items():
                found[org, stand.polarity].add(issue.id)
        return {key: frozenset(held) for key, held in found.items()}

    @cached_property
    def grounds(self) -> set[Cited]:
        """The events that say who represents whom."""
        table = self.now.table
        return {cited for group in table.groups for cited in table.events_of(group)}

    @cached_property
    def lines(self) -> Sequence[Line]:
        """The lines of the report: regions, issues, parked ones, threats, pairs."""
        now, ordered = self.now, self.names.ordered
        parked = [issue for issue in now.issues.values() if issue.parked]
        return [
            *self.regions,
            *(Subject(issue) for issue in ordered(now.issues)),
            *(Parked(issue) for issue in ordered(issue.id for issue in parked)),
            *(now.threats[threat] for threat in ordered(now.threats)),
            *self.unlikely.first,
        ]

    def rows(self, start: int, end: int) -> list[dict[str, Any]]:
        """Return some of the lines as they are written; each is written once."""
        for place in range(start, min(end, len(self.lines))):
            if place not in self._written:
                self._written[place] = row(self.lines[place], self)
        return [self._written[place] for place in range(start, min(end, len(self.lines)))]

    @cached_property
    def summary(self) -> Sequence[dict[str, Any]]:
        """The totals, then the ten widest regions."""
        return _summary(self)


def row(line: Line, sheet: Sheet) -> dict[str, Any]:
    """Return a line as it is written; `part` says what it is."""
    match line:
        case Region():
            return _region(line, sheet)
        case Subject():
            return _issue(line.issue, sheet)
        case Parked():
            return _parked(line.issue, sheet)
        case Threat():
            return _threat(line, sheet)
        case Pair():
            return pair(line, sheet)


def _region(region: Region, sheet: Sheet) -> dict[str, Any]:
    return {
        "part": "region",
        "organisations": sheet.by_name(region.orgs),
        "issues": [sheet.names.of(issue) for issue in region.issues],
        **_cited(sheet.now.events_on(issue) for issue in region.issues),
    }


def _issue(key: UUID, sheet: Sheet) -> dict[str, Any]:
    now, issue, active = sheet.now, sheet.now.issues[key], sheet.now.table.active
    groups, then = now.carried(key), sheet.before.carried(key).written()
    supporting, before = now.supporters(key), sheet.before.supporters(key)
    return {
        "part": "issue",
        "issue": sheet.names.of(key),
        "scope": issue.scope,
        "parked": issue.parked is not None,
        "supporting": sheet.by_name(supporting),
        "opposing": sheet.by_name(issue.holding(-1, active)),
        "undecided": sheet.by_name(issue.holding(0, active)),
        "silent": sheet.by_name(active - issue.stands.keys()),
        **groups.written(),
        "unheard": sheet.by_name(groups.unheard),
        "groups": [
            {"constituency": sheet.names.of(group), "of": len(now.table.groups[group]),
             **groups.groups[group]._asdict()}
            for group in sheet.names.ordered(groups.groups)
        ],
        "before": {name: then[name] for name in ("gac", "gar", "coverage", "state")},
        "joined": sheet.by_name(supporting - before),
        "left": sheet.by_name(before - supporting),
        **_cited([now.events_on(key), sheet.grounds]),
    }  # fmt: skip


def _parked(key: UUID, sheet: Sheet) -> dict[str, Any]:
    issue = sheet.now.issues[key]
    assert issue.parked is not None
    assert issue.parked.since is not None
    return {
        "part": "disagreement",
        "issue": sheet.names.of(key),
        "organisations": sheet.by_name(issue.parked.parties),
        "terms": issue.parked.terms,
        "since": timestamp(issue.parked.since),
        **cite(issue.parked.events),
    }


def _threat(threat: Threat, sheet: Sheet) -> dict[str, Any]:
    sharing = threat.shared_by.keys() & sheet.now.table.active
    return {
        "part": "threat",
        "threat": sheet.names.of(threat.id),
        "issues": sheet.by_name(threat.issues),
        "organisations": sheet.by_name(sharing),
        "since": timestamp(threat.since),
        **_cited([threat.shared_by.values()]),
    }


def pair(line: Pair, sheet: Sheet, more: Iterable[Cited] = ()) -> dict[str, Any]:
    """Return a pair, what it shares, and what stands between the two.

    Args:
        more: What else it rests on.
    """
    now, (a, b) = sheet.now, line.orgs
    for_it, against = (
        [sheet.held.get((org, polarity), NOTHING) for org in line.orgs] for polarity in (1, -1)
    )
    faced = [key for key, one in now.threats.items() if {a, b} <= one.shared_by.keys()]
    apart = (for_it[0] & against[1]) | (for_it[1] & against[0])
    both, touch = for_it[0] & for_it[1], sheet.ties.last.get(line.orgs)
    events = {now.issues[key].stands[org].cited for key in both | apart for org in line.orgs}
    events |= {now.threats[key].shared_by[org] for key in faced for org in line.orgs}
    events |= {touch.cited} if touch else set()
    return {
        "part": "pair",
        "organisations": [sheet.names.of(org) for org in line.orgs],
        "shared": line.shared,
        "issues": sheet.by_name(both),
        "threats": sheet.by_name(faced),
        "opposed": sheet.by_name(apart),
        "tied": line.tied,
        "last_touchpoint": touch.on.isoformat() if touch else None,
        "days": line.days,
        "closeness": closeness(*for_it),
        **_cited([events, sheet.ties.events.get(line.orgs, ()), more]),
    }


def partner(line: Pair, sheet: Sheet) -> dict[str, Any]:
    """Return a pair as the two themselves see it: whether one trusts the other little, too."""
    pulses = sheet.ties.distrust.get(line.orgs, ())
    return {**pair(line, sheet, pulses), "low_trust": bool(pulses)}


def _cited(events: Iterable[Iterable[Cited]]) -> dict[str, Any]:
    return cite(sorted({cited for some in events for cited in some}))


def _summary(sheet: Sheet) -> list[dict[str, Any]]:
    now, listed = sheet.now, sheet.regions
    on = {issue: now.events_on(issue) for issue in now.issues}
    supported = [issue for region in listed for issue in region.issues]
    unknown = [issue for issue in now.issues if not now.carried(issue).known]
    parked = [issue.parked for issue in now.issues.values() if issue.parked]
    faced = [cited for threat in now.threats.values() for cited in threat.shared_by.values()]
    tied = (cited for events in sheet.ties.events.values() for cited in events)

    def over(some: Iterable[UUID]) -> list[Cited]:
        return sorted({cited for issue in some for cited in on[issue]})

    of_all, of_supported = over(now.issues), over(supported)
    return [
        figure("issues", len(now.issues), of_all),
        figure("supported", len(supported), of_supported),
        figure("unknown", len(unknown), over(unknown)),
        figure("parked", len(parked), sorted(c for each in parked for c in each.events)),
        figure("threats", len(now.threats), sorted(faced)),
        figure("regions", len(listed), of_supported),
        figure("unlikely_pairs", sheet.unlikely.total, sorted({*of_all, *faced, *tied})),
        *(
            figure("widest_region", len(region.issues), over(region.issues), "issues",
                   organisations=sheet.by_name(region.orgs))
            for region in listed[:WIDEST]
        ),
    ]  # fmt: skip
