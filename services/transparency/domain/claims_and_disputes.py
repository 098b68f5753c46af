"""R8, claims and disputes: who tells whom of its own part, and what was said against it.

A claim stands as its last review found it: matched, where others confirmed all its facts;
conflicting, with the events that say otherwise; or neither. A statement is unilateral where
somebody it names had not agreed when it went out. A dispute and how it ended stand side by side.
Of a win it is said how evenly it was contributed to, and who took part and was not thanked; of no
organisation how much (K6).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from typing import Any, NamedTuple
from uuid import UUID

from services.transparency.domain.balance import evenness
from services.transparency.domain.credit_statement import Contribution
from services.transparency.domain.numbers import decimal, six
from services.transparency.domain.refs import Cited, cite
from services.transparency.domain.report import figure, suppressed
from services.transparency.domain.said import Names, Said
from shared.event import timestamp

ENOUGH = 5
"""Below as many organisations the mean of generosity is not shown."""
RESULTS = ("accommodated", "retracted", "set_aside", "agreed_wording")
TOO_FEW = "fewer than two organisations contributed"


class ToldEvent(NamedTuple):
    """Something that was told of credit, or said of what was told.

    Args:
        key: Of the claim, statement, dispute or win.
        words: What was told, the grounds of a dispute, how it was resolved, what a latecomer
            thought before, or what a metric is called.
        asked: What a dispute asks for, what a latecomer thinks now, or where numbers come from.
        plain: The fields that are no words.
    """

    cited: Cited
    key: UUID
    type: str
    at: datetime
    by: UUID | None
    words: Said = None
    asked: Said = None
    external: Said = None
    plain: Mapping[str, Any] = {}


@dataclass
class Claim:
    told: ToldEvent
    review: ToldEvent | None = None

    @property
    def facts(self) -> Sequence[Mapping[str, Any]]:
        facts: Sequence[Mapping[str, Any]] = self.told.plain["facts"]
        return facts

    @property
    def conflicts(self) -> Sequence[Mapping[str, Any]]:
        return () if self.review is None else self.review.plain["conflicts"]

    @property
    def matched(self) -> int | None:
        return None if self.review is None else len(self.review.plain["matches"])

    @property
    def state(self) -> str:
        if self.review is None:
            return "not_reviewed"
        if self.conflicts:
            return "conflicting"
        return "matched" if self.matched == len(self.facts) else "unmatched"

    @property
    def events(self) -> list[Cited]:
        return [self.told.cited, *([self.review.cited] if self.review else [])]


@dataclass
class Version:
    told: ToldEvent
    approvals: list[ToldEvent] = field(default_factory=list)
    released: ToldEvent | None = None

    @property
    def unilateral(self) -> bool:
        return self.released is not None and self.released.plain["unilateral"] is True

    @property
    def noted(self) -> bool:
        """Whether it says of a fact that it is disputed."""
        return any(fact["disputed"] for fact in self.told.plain["facts"])

    @property
    def events(self) -> list[Cited]:
        released = [self.released.cited] if self.released else []
        return [self.told.cited, *(each.cited for each in self.approvals), *released]


@dataclass
class Dispute:
    raised: ToldEvent
    mediation: ToldEvent | None = None
    resolution: ToldEvent | None = None

    @property
    def due(self) -> date:
        return date.fromisoformat(self.raised.plain["due"])

    def late(self, now: datetime) -> bool:
        """Whether its day is over."""
        return self.due < now.date()

    def days(self, now: datetime) -> int:
        """Return how many days it is open, or was."""
        end = self.resolution.at if self.resolution else now
        return (end - self.raised.at).days

    @property
    def events(self) -> list[Cited]:
        later = (self.mediation, self.resolution)
        return [self.raised.cited, *(each.cited for each in later if each is not None)]


@dataclass
class Win:
    declared: ToldEvent
    announced: ToldEvent | None = None
    latecomers: list[ToldEvent] = field(default_factory=list)


@dataclass
class Metric:
    defined: ToldEvent
    records: list[ToldEvent] = field(default_factory=list)

    @property
    def standing(self) -> list[ToldEvent]:
        """The records that none corrects, by day."""
        wrong = {each.plain.get("corrects") for each in self.records}
        counting = (each for each in self.records if each.cited.ref not in wrong)
        return sorted(counting, key=lambda each: (each.plain["on"], each.cited))


@dataclass
class Told:
    """What was told, each in the order in which it was told first."""

    claims: dict[UUID, Claim] = field(default_factory=dict)
    versions: dict[tuple[UUID, int], Version] = field(default_factory=dict)
    disputes: dict[UUID, Dispute] = field(default_factory=dict)
    wins: dict[UUID, Win] = field(default_factory=dict)
    metrics: dict[UUID, Metric] = field(default_factory=dict)


def gather(events: Iterable[ToldEvent]) -> Told:
    """Return what was told as its events left it; a later one of a kind takes its place."""
    told = Told()
    for event in events:
        key = event.key
        version = key, event.plain.get("version", 0)
        match event.type:
            case "CreditClaimed":
                told.claims[key] = Claim(event)
            case "ClaimReviewed" if key in told.claims:
                told.claims[key].review = event
            case "AttributionStatementDrafted":
                told.versions[version] = Version(event)
            case "AttributionStatementApproved" if version in told.versions:
                told.versions[version].approvals.append(event)
            case "AttributionStatementReleased" if version in told.versions:
                told.versions[version].released = event
            case "CreditDisputed":
                told.disputes[key] = Dispute(event)
            case "CreditDisputeMediated" if key in told.disputes:
                told.disputes[key].mediation = event
            case "CreditDisputeResolved" if key in told.disputes:
                told.disputes[key].resolution = event
            case _:
                _came(told, event)
    return told


def _came(told: Told, event: ToldEvent) -> None:
    """Take what came of it: wins, who came round, and what is measured."""
    key = event.key
    match event.type:
        case "WinDeclared":
            told.wins[key] = Win(event)
        case "WinAnnounced" if key in told.wins:
            told.wins[key].announced = event
        case "LatecomerWelcomed" if key in told.wins:
            told.wins[key].latecomers.append(event)
        case "ImpactMetricDefined":
            told.metrics[key] = Metric(event)
        case "ImpactMetricRecorded" if key in told.metrics:
            told.metrics[key].records.append(event)


@dataclass(frozen=True)
class Part:
    """Who took part in a win, with what it is known by; and who was thanked for it.

    Args:
        made: The confirmed contributions to it.
        done: By organisation, the events in which next steps of it were completed.
    """

    made: Sequence[Contribution] = ()
    done: Mapping[UUID, Sequence[Cited]] = field(default_factory=dict)
    thanked: frozenset[UUID] = frozenset()

    @property
    def uncredited(self) -> frozenset[UUID]:
        took_part = {each.of for each in self.made} | self.done.keys()
        return frozenset(took_part - self.thanked)


@dataclass(frozen=True)
class Given:
    """What the rules of the report need beside what was told.

    Args:
        parts: By win.
        given: By organisation, the events in which it thanked another.
        of: The organisation that each contribution is of.
    """

    now: datetime
    parts: Mapping[UUID, Part] = field(default_factory=dict)
    given: Mapping[UUID, Sequence[Cited]] = field(default_factory=dict)
    of: Mapping[UUID, UUID] = field(default_factory=dict)


def rows(told: Told, given: Given, names: Names) -> list[dict[str, Any]]:
    """Return the lines: claims and statements by organisation, then disputes, then wins."""

    def place(event: ToldEvent) -> tuple[Any, ...]:
        who = names.place(event.by) if event.by else (True, "", UUID(int=0))
        return who, event.plain["audience"], event.cited.position

    claims = sorted(told.claims.values(), key=lambda each: place(each.told))
    versions = sorted(told.versions.values(), key=lambda each: place(each.told))
    return [
        *(_claim(each, names) for each in claims),
        *(_version(each, names) for each in versions),
        *(_dispute(each, given.now, names) for each in told.disputes.values()),
        *(_win(each, given.parts.get(key, Part()), names) for key, each in told.wins.items()),
    ]


def _claim(claim: Claim, names: Names) -> dict[str, Any]:
    said = claim.told
    matched = claim.matched
    over = None if matched is None else six(len(claim.facts) - matched, len(claim.facts))
    return {
        "part": "claim",
        "id": str(said.key),
        "organisation": names.of(said.by),
        "audience": said.plain["audience"],
        "at": timestamp(said.at),
        "text": said.words,
        "facts": [_fact(fact) for fact in claim.facts],
        "state": claim.state,
        "matched": matched,
        "conflicts": [{"fact": one["fact"], "with": one["with"]} for one in claim.conflicts],
        "overclaim": over,
        "reasons": {"overclaim": "not reviewed yet", "matched": "not reviewed yet"},
        **cite(claim.events),
    }


def _version(version: Version, names: Names) -> dict[str, Any]:
    said, released = version.told, version.released
    return {
        "part": "statement",
        "id": str(said.key),
        "version": said.plain["version"],
        "organisation": names.of(said.by),
        "audience": said.plain["audience"],
        "at": timestamp(said.at),
        "text": said.words,
        "facts": [_fact(fact) for fact in said.plain["facts"]],
        "approved_by": [
            names.of(org)
            for org in names.ordered({each.by for each in version.approvals if each.by})
        ],
        "disputed": version.noted,
        "released_at": timestamp(released.at) if released else None,
        "unilateral": version.unilateral if released else None,
        **cite(version.events),
    }


def _dispute(dispute: Dispute, now: datetime, names: Names) -> dict[str, Any]:
    raised, mediation, end = dispute.raised, dispute.mediation, dispute.resolution
    parties = [UUID(org) for org in raised.plain["parties"]]
    mediator = mediation.plain.get("mediator") if mediation else None
    return {
        "part": "dispute",
        "id": str(raised.key),
        "organisation": names.of(raised.by),
        "about": raised.plain["about"],
        "parties": [names.of(org) for org in names.ordered(parties)],
        "at": timestamp(raised.at),
        "text": raised.words,
        "requested": raised.asked,
        "due": raised.plain["due"],
        "days": dispute.days(now),
        "state": "resolved" if end else "overdue" if dispute.late(now) else "open",
        "mediator": names.of(UUID(mediator)) if mediator else None,
        "external": mediation.external if mediation else None,
        "result": end.plain["result"] if end else None,
        "wording": end.words if end else None,
        "resolved_at": timestamp(end.at) if end else None,
        **cite(dispute.events),
    }


def _win(win: Win, part: Part, names: Names) -> dict[str, Any]:
    each = Counter(deed.of for deed in part.made)
    announced = win.announced
    without = [UUID(org) for org in announced.plain["uncredited"]] if announced else []
    rests = [cited for deed in part.made for cited in deed.events]
    rests += [cited for events in part.done.values() for cited in events]
    events = [win.declared.cited, *([announced.cited] if announced else []), *rests]
    return {
        "part": "win",
        "id": str(win.declared.key),
        "win": names.of(win.declared.key),
        "at": timestamp(win.declared.at),
        "breadth": evenness(list(each.values())),
        "contributors": [names.of(org) for org in names.ordered(each)],
        "uncredited": [names.of(org) for org in names.ordered(part.uncredited)],
        "state": _announced(announced, without),
        "announced_without": [names.of(org) for org in names.ordered(without)],
        "reasons": {"breadth": TOO_FEW},
        **cite(sorted(set(events))),
    }


def _announced(announced: ToldEvent | None, without: Sequence[UUID]) -> str:
    if announced is None:
        return "not_announced"
    return "announced_without" if without else "announced_with_all"


def _fact(fact: Mapping[str, Any]) -> dict[str, Any]:
    return {name: fact.get(name) for name in ("kind", "id", "role", "degree", "disputed")}


def summary(told: Told, given: Given) -> list[dict[str, Any]]:
    """Return how many claims, statements, disputes and wins stand how; and two shares."""
    claims, released = told.claims.values(), [v for v in told.versions.values() if v.released]
    open_ = [each for each in told.disputes.values() if each.resolution is None]
    over = [each for each in open_ if each.late(given.now)]
    announced = [win.announced for win in told.wins.values() if win.announced]
    short = [each for each in announced if each.plain["uncredited"]]
    return [
        *(
            _count(state, [claim for claim in claims if claim.state == state])
            for state in ("matched", "conflicting", "unmatched", "not_reviewed")
        ),
        _overclaim(claims),
        _count("released", released),
        _count("unilateral", [each for each in released if each.unilateral]),
        _count("disputes_open", open_),
        _count("disputes_overdue", over),
        *(_count(result, _ended(told, result)) for result in RESULTS),
        figure("wins_announced", len(announced), [each.cited for each in announced]),
        figure("announced_without", len(short), [each.cited for each in short]),
        _generosity(told, given),
    ]


def _count(name: str, found: Sequence[Claim | Version | Dispute]) -> dict[str, Any]:
    return figure(name, len(found), [cited for each in found for cited in each.events])


def _ended(told: Told, result: str) -> list[Dispute]:
    ended = (each for each in told.disputes.values() if each.resolution is not None)
    return [each for each in ended if each.resolution and each.resolution.plain["result"] == result]


def _overclaim(claims: Iterable[Claim]) -> dict[str, Any]:
    reviewed = [claim for claim in claims if claim.review is not None]
    facts = sum(len(claim.facts) for claim in reviewed)
    matched = sum(claim.matched or 0 for claim in reviewed)
    events = [cited for claim in reviewed for cited in claim.events]
    why = {} if facts else {"reason": "no claim was reviewed"}
    return figure("overclaim", six(facts - matched, facts), events, **why)


def _generosity(told: Told, given: Given) -> dict[str, Any]:
    """Return the mean over organisations of credit given to others, beside own facts claimed."""
    own: Counter[UUID] = Counter()
    for claim in told.claims.values():
        by = claim.told.by
        if by is not None:
            mine = (given.of.get(UUID(fact["id"]), by) == by for fact in claim.facts)
            own[by] += sum(mine)
    thanks = Counter({org: len(events) for org, events in given.given.items()})
    orgs = [org for org, facts in (own + thanks).items() if facts]
    if 0 < len(orgs) < ENOUGH:
        return {"figure": "generosity", **suppressed()}
    shares = [Fraction(thanks[org], thanks[org] + own[org]) for org in orgs]
    mean = decimal(sum(shares, Fraction(0)) / len(shares)) if shares else None
    events = [claim.told.cited for claim in told.claims.values()]
    events += [cited for each in given.given.values() for cited in each]
    why = {} if shares else {"reason": "nobody thanked another or claimed a part"}
    return figure("generosity", mean, sorted(events), **why)
