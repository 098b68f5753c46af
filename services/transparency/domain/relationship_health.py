"""R10, trust and relationship health: how far organisations trust each other, and what heals.

Formulas in `reports.md` 4.6. Pulses, tensions and breaches are readable by two organisations
alone: here they only enter means, counts and medians of many, and stand in no row. Everything is
suppressed where too few organisations answered in the last quarter that is over.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from itertools import combinations
from typing import Any

from services.transparency.domain import answers, repair
from services.transparency.domain.answers import Answer, counted
from services.transparency.domain.boundary import Boundary
from services.transparency.domain.members import Active, active_in
from services.transparency.domain.numbers import decimal, percentile
from services.transparency.domain.open_next_steps import Step, due_in
from services.transparency.domain.pulses import (
    TRUST,
    VALUE,
    Pulse,
    both_ways,
    of_quarter,
    reciprocity,
    share,
)
from services.transparency.domain.refs import Cited
from services.transparency.domain.report import Cell, cell, suppressed
from services.transparency.domain.ties import (
    TOUCHED,
    Between,
    Pair,
    Tie,
    centralisation,
    density,
)
from services.transparency.domain.window import (
    ONE_DAY,
    Window,
    before,
    day_of,
    days_of,
    is_over,
    quarter_of,
    quarters,
)

STALE = timedelta(days=90)
TREND = 4
INDICES = ("trust", *TRUST, "value", *VALUE)
OF_QUARTER = (*INDICES, "response_rate", "reciprocity")
"""What is told from the pulses of a quarter."""
OF_DAYS = (
    "density", "centralisation", "breaches_open", "breaches_repaired", "stale_pairs", "tensions",
)  # fmt: skip
"""What is told of a window, or of the days of a quarter."""
HEALING = ("median_days_to_amends", "median_days_to_trust", "recovery_asymmetry")


@dataclass(frozen=True)
class Known:
    """What the report is made from.

    Args:
        heard: The day of the newest event of members that is included: a quarter is over only
            where something was recorded after it.
        active: When each organisation was active.
        acknowledged: Seconds from when a decision was communicated until one acknowledged it.
    """

    window: Window
    heard: date
    boundary: Boundary
    active: Sequence[Active] = ()
    pulses: Sequence[Pulse] = ()
    between: Sequence[Between] = ()
    ties: Sequence[Tie] = ()
    steps: Sequence[Step] = ()
    acknowledged: Sequence[tuple[int, Cited]] = ()

    @property
    def last_quarter(self) -> str:
        """The last quarter that was over, as far as the window goes."""
        return before(quarter_of(min(self.heard, self.window.ends + ONE_DAY)))

    def enough(self, given: Iterable[Answer[Any]]) -> bool:
        """Say whether so many contributed that a figure may be shown."""
        return len(answers.contributors(given)) >= self.boundary.min_group


def rows(known: Known) -> list[dict[str, Any]]:
    """Return the last four quarters that are over, in order."""
    return [
        {"quarter": quarter, **_measures(known, quarter, days_of(quarter))}
        for quarter in quarters(known.last_quarter, TREND)
    ]


def summary(known: Known) -> list[dict[str, Any]]:
    """Return the indicators: pulses of the last quarter, all else in the window.

    What is said of repair covers all time: a window that can be chosen could be drawn around one.
    """
    quarter = known.last_quarter
    measured = _measures(known, quarter, known.window)
    if known.enough(_pulses(known, quarter)):
        measured |= _healing(known)
    else:
        measured |= {name: suppressed() for name in HEALING}
    told = [{"figure": name, **said} for name, said in (measured | _beside(known)).items()]
    return [each | {"quarter": quarter} if each["figure"] in OF_QUARTER else each for each in told]


def trust(known: Known, quarter: str) -> Cell:
    """Return the trust index of a quarter."""
    if not is_over(quarter, known.heard):
        return cell(None, (), "the quarter is not over")
    given = _pulses(known, quarter)
    return _index(given, range(len(TRUST))) if known.enough(given) else suppressed()


def _pulses(known: Known, quarter: str) -> list[Answer[Pulse]]:
    return of_quarter(known.pulses, quarter, known.boundary)


def _measures(known: Known, quarter: str, days: Window) -> dict[str, Cell]:
    given = _pulses(known, quarter)
    if not known.enough(given):
        return {name: suppressed() for name in (*OF_QUARTER, *OF_DAYS)}
    places = {name: [place] for place, name in enumerate((*TRUST, *VALUE))}
    places |= {"trust": [places[name][0] for name in TRUST]}
    places |= {"value": [places[name][0] for name in VALUE]}
    return {
        **{name: _index(given, places[name]) for name in INDICES},
        "response_rate": _response_rate(known, given, quarter),
        "reciprocity": _reciprocity(known, given),
        **_network(known, days),
        **_breaches(known, days),
        "stale_pairs": _stale(known, days.ends),
        "tensions": _tensions(known, days.ends),
    }


def _index(given: Sequence[Answer[Pulse]], places: Sequence[int]) -> Cell:
    rated = [[each.said.ratings[place] for place in places] for each in given if each.said]
    return cell(decimal(share(rated)), answers.cited(given), unseen=True)


def _response_rate(known: Known, given: Sequence[Answer[Pulse]], quarter: str) -> Cell:
    active = active_in(known.active, days_of(quarter))
    responding = answers.contributors(given) & active
    rate = decimal(Fraction(len(responding), len(active))) if active else None
    said = cell(rate, answers.cited(given), "nobody was active", unseen=True)
    return said | {"responding": len(responding), "active": len(active)}


def _reciprocity(known: Known, given: Sequence[Answer[Pulse]]) -> Cell:
    pairs = both_ways(given, known.boundary)
    if not known.enough(pairs):
        return suppressed()
    both = [pair.said for pair in pairs if pair.said]
    levels = [(one.trust, other.trust) for one, other in both]
    return cell(decimal(reciprocity(levels)), answers.cited(pairs), unseen=True)


def _network(known: Known, days: Window) -> dict[str, Cell]:
    nodes = active_in(known.active, days)
    here = [tie for tie in known.ties if tie.touches(days) and tie.pair <= nodes]
    pairs = {tie.pair for tie in here}
    events = sorted({event for tie in here for event in tie.events})
    few = "too few organisations were active"
    return {
        "density": cell(decimal(density(len(nodes), pairs)), events, few),
        "centralisation": cell(decimal(centralisation(len(nodes), pairs)), events, few),
    }


def _breaches(known: Known, days: Window) -> dict[str, Cell]:
    """Return how many were open on the last day, and how many were repaired in these days."""
    still: list[Cited] = []
    repaired: list[Cited] = []
    for breach in repair.breaches(known.between):
        reported, accepted = breach.reported, breach.accepted
        if day_of(reported.at) > days.ends:
            continue
        if accepted is None or day_of(accepted.at) > days.ends:
            still.append(reported.cited)
        elif days.holds(accepted.at):
            repaired += [reported.cited, accepted.cited]
    return {
        "breaches_open": cell(len(still), still, unseen=True),
        "breaches_repaired": cell(len(repaired) // 2, sorted(repaired), unseen=True),
    }


def _stale(known: Known, end: date) -> Cell:
    """Return how many pairs had no touchpoint for 90 days: since the last, or since both came."""
    last: dict[Pair, Between] = {}
    for event in known.between:
        if event.type == TOUCHED and event.on is not None and event.on <= end:
            newest = last.get(event.pair, event)
            last[event.pair] = max(newest, event, key=_day)
    last_day = Window(end, end)
    since = {each.org: day_of(each.begins) for each in known.active if active_in([each], last_day)}
    stale, touched = 0, []
    for one, other in combinations(sorted(since), 2):
        touch = last.get(frozenset({one, other}))
        met = _day(touch) if touch else max(since[one], since[other])
        if met < end - STALE:
            stale += 1
            touched += [touch.cited] if touch else []
    return cell(stale, sorted(touched))


def _day(touch: Between) -> date:
    assert touch.on is not None
    return touch.on


def _tensions(known: Known, end: date) -> Cell:
    told = [
        event.cited
        for event in known.between
        if event.type == "HistoricTensionRecorded" and day_of(event.at) <= end
    ]
    return cell(len(told), told, unseen=True)


def _healing(known: Known) -> dict[str, Cell]:
    reported = repair.breaches(known.between)
    drops, gains = repair.moves(reported, known.pulses, known.boundary)
    return {
        "median_days_to_amends": _median(known, repair.amends(reported, known.boundary)),
        "median_days_to_trust": _median(
            known, repair.recoveries(reported, known.pulses, known.boundary)
        ),
        "recovery_asymmetry": _asymmetry(known, counted(drops), counted(gains)),
    }


def _median(known: Known, given: Iterable[Answer[int]]) -> Cell:
    told = counted(given)
    if not known.enough(told):
        return suppressed()
    days = percentile([each.said for each in told if each.said is not None], 50)
    return cell(days, answers.cited(told), unseen=True) | {"unit": "days"}


def _asymmetry(
    known: Known, drops: Sequence[Answer[Fraction]], gains: Sequence[Answer[repair.Gain]]
) -> Cell:
    if not known.enough(drops):
        return suppressed()
    shown = gains if known.enough(gains) else ()
    value = repair.asymmetry(
        [drop.said for drop in drops if drop.said is not None],
        [gain.said for gain in shown if gain.said is not None],
    )
    events = sorted({*answers.cited(drops), *answers.cited(shown)})
    return cell(decimal(value), events, "nothing was gained", unseen=True)


def _beside(known: Known) -> dict[str, Cell]:
    """Return what is shown beside trust and never mixed in: from what every member may see."""
    done, due = due_in(known.steps, known.window)
    rate = decimal(Fraction(len(done), len(due))) if due else None
    of_steps = [event for step in due for event in step.events]
    seconds = percentile([took for took, _ in known.acknowledged], 50)
    told = [event for _, event in known.acknowledged]
    return {
        "on_time_steps": cell(rate, of_steps, "nothing was due"),
        "acknowledgement_p50": cell(seconds, told, "nothing was acknowledged")
        | {"unit": "seconds"},
    }
