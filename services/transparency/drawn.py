"""Which charts a report shows, made of the rows that stand beside them."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from services.transparency.charts.curve import Step, curve
from services.transparency.charts.overlap import Overlap, overlap
from services.transparency.charts.pairs import Pair, pairs
from services.transparency.charts.series import Point, series
from services.transparency.charts.timeline import Bar, Span, Strip, timeline
from services.transparency.domain.numbers import percent
from services.transparency.domain.said import words
from services.transparency.sheet import named
from services.transparency.views.reports import Report
from services.transparency.views.windowed import of_part

Row = Mapping[str, Any]

REGION = "region"
"""The part of the table that a region leads to, a line each: `region-0`, `region-1` …"""
MEASURES = {
    "objection_rate": "Met an objection",
    "share_addressed": "Objections addressed",
    "on_time_steps": "Steps on time",
    "trust": "Trust",
}


def charts(report: Report) -> list[str]:
    """Return the charts of a report as SVG; most have none."""
    if report.head["name"] == "impact":
        return _impact(report)
    draw = _DRAWN.get(report.head["name"])
    drawn = draw(report) if draw and report.head["window"] else None
    return [drawn] if drawn else []


def _impact(report: Report) -> list[str]:
    """Return a chart of each metric."""
    records = of_part(report.drawn, "metric")
    by_metric = groupby(records, lambda row: row["metric"]["id"])
    return [_metric(list(rows), n) for n, (_, rows) in enumerate(by_metric)]


def _metric(rows: Sequence[Row], n: int) -> str:
    first, counted = rows[0], rows[0]["kind"] == "counter"
    shown = [row for row in rows if row["corrected_by"] is None]
    points = [Point(date.fromisoformat(row["on"]), row["value"]) for row in shown]
    what, unit = named(first["metric"]), first["unit"].replace("_", " ")
    if not points:
        finding = "No record of it stands."
    elif counted:
        whole = sum(point.value for point in points)
        finding = (
            f"Counted {len(points)} times from {points[0].on} to {points[-1].on}:"
            f" {whole:,} {unit} in all."
        )
    else:
        finding = (
            f"Measured {len(points)} times: {points[0].value:,} {unit} on {points[0].on},"
            f" {points[-1].value:,} on {points[-1].on}. What is measured is not added up."
        )
    finding += " The table has the same numbers, their source, and what was corrected."
    return series(what, finding, unit, points, counted=counted, key=f"metric-{n}")


def _stages(report: Report) -> str:
    covered = report.head["window"]["from"], report.head["window"]["to"]
    stages, months = (of_part(report.drawn, part) for part in ("stage", "month"))
    spans = [_span(stage, covered[1]) for stage in stages]
    most = max([1, *(row["decisions"]["value"] for row in months)])
    decisions = [
        Bar(*_days(row), row["decisions"]["value"] / most, str(row["decisions"]["value"]))
        for row in months
    ]
    strips = [Strip(f"Decisions, to {most}", decisions)]
    strips += [
        Strip(words, [_bar(row, name) for row in months]) for name, words in MEASURES.items()
    ]
    return timeline(
        "Stages and what data say beside them", _finding(stages), covered, spans, strips
    )


def _span(stage: Row, last: date) -> Span:
    begins = datetime.fromisoformat(stage["entered_at"]).date()
    ends = last
    if stage["left_at"]:
        left = datetime.fromisoformat(stage["left_at"]).date()
        ends = max(begins, left - timedelta(days=1))
    return Span(stage["stage"], f"{stage['stage']}, {stage['days']} d", begins, ends)


def _days(row: Row) -> tuple[date, date]:
    return date.fromisoformat(row["from"]), date.fromisoformat(row["to"])


def _bar(row: Row, name: str) -> Bar:
    value = row[name]["value"]
    if isinstance(value, str):
        return Bar(*_days(row), float(value), percent(value))
    return Bar(*_days(row), None, "unknown" if value is None else "too few")


def _finding(stages: Sequence[Row]) -> str:
    if not stages:
        return "No stage was declared in this time."
    went = ", then ".join(f"{row['stage']} for {row['days']} days" for row in stages)
    goes_on = "" if stages[-1]["left_at"] else "; the last one goes on"
    return (
        f"The coalition was in {went}{goes_on}. Below, for each month: decisions, how many met"
        " an objection, objections addressed, steps on time, and trust. The tables have the same"
        " numbers."
    )


def _retention(report: Report) -> str:
    points = of_part(report.drawn, "retention")
    steps = [
        Step(point["days"], float(point["retained"]), percent(point["retained"]))
        for point in points
    ]
    if not points:
        return curve("How long members stay", "Nobody has joined yet.", (), 1)
    left = sum(point["left"] for point in points)
    finding = (
        f"Of {points[0]['at_risk']} memberships {left} ended. Of those who were members for"
        f" {points[-1]['days']} days, {steps[-1].shown} were still there after that, as estimated"
        " from all. The table has the same numbers."
        if left
        else f"Of {points[0]['at_risk']} memberships none has ended."
    )
    return curve("How long members stay", finding, steps, steps[-1].days)


def _participation(report: Report) -> str:
    whole = of_part(report.drawn, "window")
    title, sides = "Voice and seats of each constituency", ("Voice", "Seats")
    if not whole:
        return pairs(title, "No meeting was held.", sides, ())
    shares = whole[0]["voice_and_seats"]
    if not isinstance(shares, list):
        why = words(shares) if shares else whole[0]["reasons"]["voice_and_seats"]
        return pairs(title, f"Nothing can be drawn: {why}.", sides, ())
    drawn = [
        Pair(
            named(each["constituency"]) or "of no constituency",
            (float(each["voice"]), float(each["seats"])),
            (percent(each["voice"]), percent(each["seats"])),
        )
        for each in shares
    ]
    finding = (
        f"Of what was said, and of the seats: {_spoken(drawn)}."
        f" They lie {percent(whole[0]['voice_apart_from_seats'])} apart."
        " The table has the same numbers."
    )
    return pairs(title, finding, sides, drawn)


def _spoken(drawn: Sequence[Pair]) -> str:
    return "; ".join(f"{pair.words} {pair.shown[0]} and {pair.shown[1]}" for pair in drawn)


def _common_ground(report: Report) -> str | None:
    """Return who shares how many issues; each region leads to its line, if that is on the page."""
    widest = [each for each in report.summary if each["figure"] == "widest_region"]
    if not widest:
        return None
    called = {org["id"]: named(org) for each in widest for org in each["organisations"]}
    ids = sorted(called, key=lambda org: (called[org].casefold(), org))
    places = {org: place for place, org in enumerate(ids)}
    here = [_key(row) for row in report.rows if row["part"] == REGION]
    figures = {each["figure"]: each["value"] for each in report.summary}
    return overlap(
        Overlap(
            id="common-ground",
            title="Who is for the same issues",
            finding=_shared(widest[0], figures),
            sets=[called[org] for org in ids],
            regions={_region(each, places): each["value"] for each in widest},
            notes=_notes(figures, len(widest)),
            links={
                _region(each, places): f"#{REGION}-{here.index(_key(each))}"
                for each in widest
                if _key(each) in here
            },
        )
    )


def _key(row: Row) -> tuple[str, ...]:
    return tuple(org["id"] for org in row["organisations"])


def _region(row: Row, places: Mapping[str, int]) -> frozenset[int]:
    return frozenset(places[org["id"]] for org in row["organisations"])


def _shared(widest: Row, figures: Mapping[str, Any]) -> str:
    who = ", ".join(named(org) for org in widest["organisations"])
    return (
        f"{figures['supported']} of {figures['issues']} issues have somebody who is for them."
        f" The widest ground: {who} are for {widest['value']} that no other is for."
    )


def _notes(figures: Mapping[str, Any], drawn: int) -> list[str]:
    nobody = figures["issues"] - figures["supported"]
    notes = [f"Nobody is for: {nobody}. Unknown until heard: {figures['unknown']}."]
    if more := figures["regions"] - drawn:
        notes.append(f"Narrower regions, in the table only: {more}.")
    return notes


_DRAWN: Mapping[str, Callable[[Report], str | None]] = {
    "common-ground": _common_ground,
    "participation": _participation,
    "stage-timeline": _stages,
    "retention-and-growth": _retention,
}
