"""R16, retention, growth, mentoring: who stays, why others leave, and how people fare.

Retention is Kaplan and Meier's estimate (JASA 53:457, 1958) over memberships: at each number of
days after which somebody left, the share that stayed is multiplied by those who did not leave
then, over those who were members for as long. Who is still there counts for as long as they were.
Wellbeing and growth goals are readable by the person alone: here they only enter means and counts
of many.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from fractions import Fraction
from typing import Any, NamedTuple
from uuid import UUID

from services.transparency.domain import answers
from services.transparency.domain.answers import Answer, counted
from services.transparency.domain.boundary import Boundary
from services.transparency.domain.numbers import decimal
from services.transparency.domain.refs import Cited, cite
from services.transparency.domain.report import Cell, cell, figure, suppressed
from services.transparency.domain.said import withheld
from services.transparency.domain.window import Window, day_of, days_of, is_over, months

LEVELS = ("homework", "voice_only", "observer")


class MemberChange(NamedTuple):
    """Something that happened to a membership; `reason` is why it left."""

    cited: Cited
    org: UUID
    type: str
    at: datetime
    commitment: str | None = None
    reason: str | None = None
    sector: str | None = None


class Wellbeing(NamedTuple):
    """How a person said they were in a month, 1 to 5; `None` where that is erased."""

    cited: Cited
    person: UUID
    month: str
    recorded_at: datetime
    score: int | None


class Growth(NamedTuple):
    """A person set a goal, or reached it."""

    cited: Cited
    person: UUID
    type: str
    at: datetime


class Mentoring(NamedTuple):
    """A mentorship began or ended, or they met on a day."""

    cited: Cited
    mentorship: UUID
    type: str
    at: datetime
    on: date | None = None


@dataclass(frozen=True)
class Known:
    """What the report is made from.

    Args:
        heard: The day of the newest event of members that is included: a month is over only
            where something was recorded after it.
        members: What happened to memberships, in order.
    """

    window: Window
    heard: date
    boundary: Boundary
    members: Sequence[MemberChange] = ()
    wellbeing: Sequence[Wellbeing] = ()
    growth: Sequence[Growth] = ()
    mentoring: Sequence[Mentoring] = ()


class Spell(NamedTuple):
    """One organisation's time as a member, in whole days; whether it ended by leaving."""

    days: int
    left: bool
    events: tuple[Cited, ...]


class Point(NamedTuple):
    """A point of the curve: after so many days, of those at risk so many left."""

    days: int
    at_risk: int
    left: int
    retained: Fraction
    events: tuple[Cited, ...]


@dataclass(frozen=True)
class Standing:
    """How an organisation stands, and the events that say so."""

    commitment: str | None
    suspended: bool = False
    events: tuple[Cited, ...] = ()
    sector: str | None = None

    @property
    def active(self) -> bool:
        """Joined, not suspended, and more than an observer."""
        return not self.suspended and self.commitment != "observer"


def spells(changes: Iterable[MemberChange], end: date) -> list[Spell]:
    """Return the memberships up to a day; who comes back begins another one."""
    joined: dict[UUID, MemberChange] = {}
    found: list[Spell] = []
    for change in changes:
        if day_of(change.at) > end:
            continue
        if change.type == "MemberJoined":
            joined[change.org] = change
        elif change.type == "MemberLeft" and change.org in joined:
            was = joined.pop(change.org)
            days = max(0, (day_of(change.at) - day_of(was.at)).days)
            found.append(Spell(days, left=True, events=(was.cited, change.cited)))
    found += [
        Spell((end - day_of(was.at)).days, left=False, events=(was.cited,))
        for was in joined.values()
    ]
    return found


def curve(lived: Sequence[Spell]) -> list[Point]:
    """Return the curve: where it begins, and each number of days after which somebody left."""
    if not lived:
        return []
    everybody = tuple(sorted(event for spell in lived for event in spell.events[:1]))
    points = [Point(0, len(lived), 0, Fraction(1), everybody)]
    for days, left in sorted(Counter(spell.days for spell in lived if spell.left).items()):
        at_risk = [spell for spell in lived if spell.days >= days]
        retained = points[-1].retained * (1 - Fraction(left, len(at_risk)))
        events = tuple(sorted({event for spell in at_risk for event in spell.events}))
        points.append(Point(days, len(at_risk), left, retained, events))
    return points


def standings(changes: Iterable[MemberChange], end: date) -> dict[UUID, Standing]:
    """Return how each organisation that had joined stood at the end of a day."""
    found: dict[UUID, Standing] = {}
    for change in changes:
        if day_of(change.at) > end:
            continue
        if change.type == "MemberJoined":
            found[change.org] = Standing(
                change.commitment, events=(change.cited,), sector=change.sector
            )
        elif change.org in found:
            was = found[change.org]
            now = replace(was, events=(*was.events, change.cited))
            match change.type:
                case "MemberLeft":
                    del found[change.org]
                case "MemberSuspended":
                    found[change.org] = replace(now, suspended=True)
                case "MemberReinstated":
                    found[change.org] = replace(now, suspended=False)
                case "CommitmentLevelSet":
                    found[change.org] = replace(now, commitment=change.commitment)
    return found


def rows(known: Known) -> list[dict[str, Any]]:
    """Return the curve, the reasons for leaving, then commitment and wellbeing month by month."""
    covered = months(known.window)
    return [
        *_curve(known),
        *_reasons(known),
        *(_commitment(known, month) for month in covered),
        *(_wellbeing(known, month) for month in covered),
    ]


def summary(known: Known) -> list[dict[str, Any]]:
    """Return how many came and went, goals and mentorships in the window."""
    joined = _changes(known, "MemberJoined")
    left = _changes(known, "MemberLeft")
    return [
        figure("members_joined", len(joined), [each.cited for each in joined]),
        figure("members_left", len(left), [each.cited for each in left]),
        {"figure": "growth_goals_set", **_goals(known, "GrowthGoalSet")},
        {"figure": "growth_goals_reached", **_goals(known, "GrowthGoalReached")},
        *_mentoring(known),
    ]


def _curve(known: Known) -> list[dict[str, Any]]:
    return [
        {
            "part": "retention",
            "days": point.days,
            "at_risk": point.at_risk,
            "left": point.left,
            "retained": decimal(point.retained),
            **cite(point.events),
        }
        for point in curve(spells(known.members, known.window.ends))
    ]


def _changes(known: Known, kind: str) -> list[MemberChange]:
    return [
        change for change in known.members if change.type == kind and known.window.holds(change.at)
    ]


def _reasons(known: Known) -> list[dict[str, Any]]:
    left = _changes(known, "MemberLeft")
    return [
        {"part": "reason", "reason": reason, "count": len(events), **cite(events)}
        for reason in sorted({change.reason or "other" for change in left})
        for events in [[each.cited for each in left if (each.reason or "other") == reason]]
    ]


def _commitment(known: Known, month: str) -> dict[str, Any]:
    """Return how many stood at each level at the end of a month, or of the window."""
    end = min(days_of(month).ends, known.window.ends)
    stand = standings(known.members, end).values()
    levels = Counter(each.commitment for each in stand if not each.suspended)
    return {
        "part": "commitment",
        "month": month,
        **{level: levels[level] for level in LEVELS},
        "suspended": sum(each.suspended for each in stand),
        **cite(sorted(event for each in stand for event in each.events)),
    }


def _wellbeing(known: Known, month: str) -> dict[str, Any]:
    said, mean = wellbeing(known, month)
    return {"part": "wellbeing", "month": month, "answers": said, "mean": mean}


def wellbeing(known: Known, month: str) -> tuple[Cell, Cell]:
    """Return how many answered for a month, and the mean of their answers, 1 to 5.

    An erased answer takes the mean with it: beside a mean that was read before, another one
    without that answer would give it away.
    """
    if not is_over(month, known.heard):
        return (cell(None, (), "the month is not over"),) * 2
    end = days_of(month).ends
    given = counted(
        Answer(
            known=said.cited.position,
            by=frozenset({said.person}),
            least=known.boundary.least(said.cited.position),
            said=said.score,
            events=(said.cited,),
            timely=day_of(said.recorded_at) <= end,
        )
        for said in known.wellbeing
        if said.month == month
    )
    if len(answers.contributors(given)) < known.boundary.min_group:
        return suppressed(), suppressed()
    scores = [each.said for each in given if each.said is not None]
    events = answers.cited(given)
    mean: Any = decimal(Fraction(sum(scores), len(given)))
    if len(scores) < len(given):
        mean = withheld("erased")
    return cell(len(given), events, unseen=True), cell(mean, events, unseen=True)


def _goals(known: Known, kind: str) -> Cell:
    """Return how many goals were set or reached, where enough people did."""
    told = [each for each in known.growth if each.type == kind and known.window.holds(each.at)]
    if len({each.person for each in told}) < known.boundary.min_group:
        return suppressed()
    return cell(len(told), [each.cited for each in told], unseen=True)


def _mentoring(known: Known) -> list[dict[str, Any]]:
    """Return the mentorships that go on at the end of the window, and the meetings in it."""
    until = [each for each in known.mentoring if day_of(each.at) <= known.window.ends]
    over = {each.mentorship for each in until if each.type == "MentorshipEnded"}
    active = [
        each for each in until if each.type == "MentorshipStarted" and each.mentorship not in over
    ]
    met = [
        each
        for each in known.mentoring
        if each.type == "MentorshipSessionLogged" and each.on and each.on in known.window
    ]
    return [
        figure("mentorships_active", len(active), [each.cited for each in active]),
        figure("mentorship_sessions", len(met), [each.cited for each in met]),
    ]
