"""The charts of reports, drawn from the report itself: the table with the same numbers follows."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.transparency.sheet import named
from services.transparency.views.reports import Report
from shared.charts import Overlap, overlap

Row = Mapping[str, Any]
REGION = "region"
"""The part of the table that a region leads to, a line each: `region-0`, `region-1` …"""


def drawings(report: Report) -> Sequence[str]:
    """Return the charts of a report as SVG; most have none."""
    if report.head["name"] != "common-ground":
        return ()
    widest = [each for each in report.summary if each["figure"] == "widest_region"]
    return (common_ground(widest, report),) if widest else ()


def common_ground(widest: Sequence[Row], report: Report) -> str:
    """Return who shares how many issues; each region leads to its line, if that is on the page."""
    called = {org["id"]: named(org) for each in widest for org in each["organisations"]}
    ids = sorted(called, key=lambda org: (called[org].casefold(), org))
    places = {org: place for place, org in enumerate(ids)}
    here = [_key(row) for row in report.rows if row["part"] == "region"]
    figures = {each["figure"]: each["value"] for each in report.summary}
    return overlap(
        Overlap(
            id="common-ground",
            title="Who is for the same issues",
            finding=_finding(widest[0], figures),
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


def _finding(widest: Row, figures: Mapping[str, Any]) -> str:
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
