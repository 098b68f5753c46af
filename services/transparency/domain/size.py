"""How large the coalition is, how diverse, and how long it takes to decide, in three windows.

Diversity is Blau's index of sectors, over the most that so many sectors can have: near nought where
nearly all members are of one sector, one where each sector has as many. Nothing is concluded.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any

from services.transparency.domain.decision_register import Passed
from services.transparency.domain.numbers import decimal, percentile
from services.transparency.domain.refs import Cited
from services.transparency.domain.report import cell
from services.transparency.domain.retention import MemberChange, standings
from services.transparency.domain.window import Window, adjoining

MEASURES = ("members", "sectors", "diversity", "decisions", "latency_p50", "latency_p95")


def diversity(sectors: Iterable[str]) -> Fraction | None:
    """Return Blau's index, from 0 to 1; `None` where fewer than two sectors are in use."""
    counts = Counter(sectors).values()
    if len(counts) < 2:  # noqa: PLR2004 - one sector alone cannot be diverse
        return None
    apart = 1 - sum(Fraction(count, sum(counts)) ** 2 for count in counts)
    return apart / (1 - Fraction(1, len(counts)))


def sizes(
    changes: Iterable[MemberChange], passed: Iterable[Passed], newest: Window
) -> list[dict[str, Any]]:
    """Return a row for each window, the newest first; members are those active on its last day.

    Latency is in seconds, from when a proposal was published to its decision.
    """
    happened, decided = list(changes), list(passed)
    return [
        {
            "part": "size",
            "from": covered.begins.isoformat(),
            "to": covered.ends.isoformat(),
            **_members(happened, covered),
            **_decisions([each for each in decided if covered.holds(each.decided_at)]),
        }
        for covered in adjoining(newest)
    ]


def _members(changes: Sequence[MemberChange], covered: Window) -> dict[str, Any]:
    active = [each for each in standings(changes, covered.ends).values() if each.active]
    events = sorted(event for each in active for event in each.events)
    sectors = [each.sector for each in active if each.sector]
    return {
        "members": cell(len(active), events),
        "sectors": cell(len(set(sectors)), events),
        "diversity": cell(decimal(diversity(sectors)), events, "fewer than two sectors are in use"),
    }


def _decisions(passed: Sequence[Passed]) -> dict[str, Any]:
    seconds, events = [], list[Cited]()
    for each in passed:
        if each.published and each.published_at:
            seconds.append(int((each.decided_at - each.published_at).total_seconds()))
            events += each.published, each.decided
    why = "no decision was published before"
    return {
        "decisions": cell(len(passed), [each.decided for each in passed]),
        "latency_p50": cell(percentile(seconds, 50), events, why),
        "latency_p95": cell(percentile(seconds, 95), events, why),
    }
