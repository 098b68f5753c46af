"""Reports as plain pages to read and print: no script, one table after the other."""

from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from services.transparency.domain.numbers import percent
from services.transparency.domain.relationship_health import INDICES, OF_DAYS, OF_QUARTER
from services.transparency.domain.retention import LEVELS
from services.transparency.domain.said import words
from services.transparency.drawn import REGION, charts
from services.transparency.parts import PARTS
from services.transparency.sheet import (
    assessments,
    called,
    chain,
    measured,
    minority,
    named,
    recomputed,
    threshold,
)
from services.transparency.views.reports import REPORTS, Report
from services.transparency.views.windowed import of_part

STYLE = """
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
body { margin: 2rem auto; max-width: 90rem; padding: 0 1rem; }
h1 { line-height: 1.2; margin-bottom: 0; }
dl { display: grid; gap: .25rem 2rem; grid-template-columns: repeat(auto-fill, minmax(16rem, 1fr)) }
dt { font-weight: 600; }
dd { margin: 0; overflow-wrap: anywhere; }
svg { height: auto; max-width: 100%; min-width: 36rem; }
.wide { overflow-x: auto; }
figure { margin: 1.5rem 0; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; width: 100%; }
th, td { border-top: 1px solid #8888; padding: .4rem .6rem; text-align: left; vertical-align: top; }
thead th { border-top: 0; }
tbody th { font-weight: 400; min-width: 12rem; }
@media print {
  body { margin: 0; max-width: none; }
  .wide, figure { overflow: visible; }
  svg { min-width: 0; }
  table { font-size: 8pt; }
  thead { display: table-header-group; }
  tr { break-inside: avoid; }
  nav { display: none; }
}
"""
_HASH = b64encode(sha256(STYLE.encode()).digest()).decode()
POLICY = f"default-src 'none'; style-src 'sha256-{_HASH}'; base-uri 'none'; frame-ancestors 'none'"

_templates = Environment(
    loader=PackageLoader("services.transparency"),
    autoescape=True,
    undefined=StrictUndefined,
)

Row = Mapping[str, Any]
Cell = Callable[[Row, Mapping[str, str]], Any]


@dataclass(frozen=True)
class Table:
    """A table of a page; where it is `marked` its rows can be led to: `<id>-0`, `<id>-1` …"""

    id: str
    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[Any]]
    nothing: str
    marked: bool = False


def page(
    report: Report,
    coalition: str,
    next_page: str | None,
    erased_since: int = 0,
    *,
    first: bool = True,
) -> str:
    """Return the page of a report.

    Args:
        next_page: The address of the next one, if there is one.
        first: Whether no page stands before it.
    """
    name = str(report.head["name"])
    figures = [_figure(each) for each in report.summary]
    return _templates.get_template("report.html").render(
        title=REPORTS[name].title,
        coalition=coalition,
        style=STYLE,
        head=_head(report.head) + _erased(erased_since),
        charts=charts(report),
        tables=[
            *(_parts(report, first=first) if name in PARTS else _tables(report)),
            Table("figures", "Figures", _FIGURE, figures, "There are no figures."),
        ],
        next=next_page,
    )


def _tables(report: Report) -> list[Table]:
    """Return the rows as tables: one, or one for each part of the report."""
    name, names = str(report.head["name"]), names_in(report)
    parts = _PARTS.get(name) or [("", _ROWS[name], _COLUMNS[name])]
    return [
        Table(
            part or "rows",
            title,
            [heading for heading, _ in columns],
            [
                [cell(row, names) for _, cell in columns]
                for row in (of_part(report.rows, part) if part else report.rows)
            ],
            "There is nothing to show.",
        )
        for part, title, columns in parts
    ]


def _parts(report: Report, *, first: bool) -> list[Table]:
    """Return a table for each part; one without rows only if none stand on another page."""
    parts = PARTS[report.head["name"]]
    rows = [[row for row in report.rows if row["part"] == part.name] for part in parts]
    return [
        Table(
            part.name,
            part.title,
            [*(heading for heading, _ in part.columns), "Rests on"],
            [[*(cell(row) for _, cell in part.columns), _refs(row)] for row in rows[n]],
            part.nothing,
            marked=part.name == REGION,
        )
        for n, part in enumerate(parts)
        if rows[n] or ((first or any(rows[:n])) and (report.after is None or any(rows[n + 1 :])))
    ]


def names_in(report: Report) -> dict[str, str]:
    """Return what the organisations of a report are called, by id."""
    return {each["id"]: named(each) for each in report.more.get("organisations", ())}


def _head(head: Mapping[str, Any]) -> list[tuple[str, str]]:
    written = [
        ("Report", f"{head['report']} {head['name']}, format {head['format_version']}"),
        ("For", _AUDIENCE.get(head["audience"], head["audience"])),
        ("As of", ", ".join(f"{name} {n:,}" for name, n in head["as_of"].items())),
        ("Newest event", head["as_of_time"] or "none"),
        ("Active members", str(head["n"])),
        ("Left out", _withheld(head["withheld"])),
        ("Disclosure policy", f"version {head['boundary_version'] or 'none agreed'}"),
        ("State", "recorded"),
    ]
    if organisation := head.get("organisation"):
        written.insert(1, ("Organisation", named(organisation)))
    if window := head["window"]:
        begins, ends = window["from"] or "the beginning", window["to"] or "now"
        written.append(("Window", f"{begins} to {ends}"))
    if "min_group" in head:
        written.append(("Shown from", f"{head['min_group']} contributors on"))
    return written


def _erased(since: int) -> list[tuple[str, str]]:
    """Say what may not be shown as it was then."""
    return [("Persons erased since", f"{since:,}: what was theirs is [erased]")] if since else []


def _withheld(withheld: Mapping[str, int]) -> str:
    if not withheld:
        return "nothing"
    return ", ".join(f"{n:,} ({_REASON.get(reason, reason)})" for reason, n in withheld.items())


_AUDIENCE = {"members": "every member organisation", "public": "everyone"}
_REASON = {"audience": "not for this audience", "suppressed": "too few contributed"}
_FIGURE = ("Figure", "Of", "Value", "Rests on")
_ROWS = {
    "decision-register": "Decisions",
    "who-decided-what": "Stances, ad referendum where it says so",
    "open-next-steps": "Open next steps",
    "credit-statement": "Contributions and credit",
    "relationship-health": "The last four quarters",
    "shared-policies": "Policies and units",
}


def _figure(figure: Row) -> tuple[str, str, str, str]:
    of = (figure.get(name) for name in ("organisation", "body", "owner", "meeting", "policy"))
    whose = [named(each) for each in of if each]
    whose += [named(figure["metric"])] if "metric" in figure else []
    whose += [called(figure["organisations"])] if "organisations" in figure else []
    whose += [called(figure["issues"])] if "issues" in figure else []
    others = ("channel", "role", "degree", "stage", "quarter")
    whose += [str(figure[name]) for name in others if name in figure]
    said_of = _shown(figure["figure"], figure)
    shown = figure.get("reason", "unknown") if said_of is None else said_of
    unit = f" {figure['unit']}" if "unit" in figure and said_of is not None else ""
    said = {True: "yes", False: "no"}[shown] if isinstance(shown, bool) else f"{shown}{unit}"
    return figure["figure"].replace("_", " "), ", ".join(whose), said, _refs(figure)


def _shown(name: str, cell: Row) -> Any:
    """Return the value of a cell, a share as people read it, or why it is withheld."""
    value = measured(cell)
    return percent(value) if name in _SHARES and value and value[0] != "[" else value


def _measure(name: str) -> Cell:
    def cell(row: Row, _names: Mapping[str, str]) -> Any:
        said = row[name] if isinstance(row[name], Mapping) else {"value": row[name]}
        value = _shown(name, said)
        return said.get("reason", "unknown") if value is None else value

    return cell


_SHARES = frozenset(
    {
        *INDICES, "response_rate", "reciprocity", "objection_rate", "share_addressed",
        "on_time_steps", "retained", "diversity",
        "consistency", "coverage", "minutes_on_time", "overclaim", "generosity",
    }
)  # fmt: skip


def _refs(row: Row) -> str:
    if "refs" in row:
        return ", ".join(row["refs"]) or "no events"
    return f"{row['refs_count']:,} events, root {row['refs_root']}"


def _title(row: Row, _names: Mapping[str, str]) -> str:
    source = f" ({row['source_id']})" if row["source_id"] else ""
    return (words(row["title"]) or row["decision"]) + source


def _who(option: str | None) -> Cell:
    def cell(row: Row, names: Mapping[str, str]) -> str:
        if option is None:
            listed = [names[org] for org in row["missed"]]
        else:
            listed = [
                _spoke(each, names)
                if "changes" in each or each["authority"] in _SAID
                else names[each["organisation"]]
                for each in row["stances"]
                if each["stance"] == option
            ]
        return f"{len(listed)}: {', '.join(listed)}" if listed else "0"

    return cell


def _speakers(row: Row, names: Mapping[str, str]) -> str:
    if not isinstance(row["spoke"], list):
        return words(row["spoke"])
    listed = [names[each["organisation"]] for each in row["spoke"]]
    return f"{len(listed)}: {', '.join(listed)}" if listed else "0"


def _spoke(stance: Row, names: Mapping[str, str]) -> str:
    """Return who took a stance, with what authority if not full, and what it was before."""
    changes = stance.get("changes", ())
    before = ", ".join(str(change["from"]) for change in changes if change["from"])
    notes = [_SAID[stance["authority"]]] if stance["authority"] in _SAID else []
    notes += [f"was {before}"] if before else []
    return names[stance["organisation"]] + (f" ({', '.join(notes)})" if notes else "")


_SAID = {"ad_referendum": "ad referendum"}
"""The authority that a page names beside a stance: who took it has yet to ask at home."""


def _dissent(row: Row, _names: Mapping[str, str]) -> str:
    return "; ".join(
        named(each["organisation"])
        + (f" ({each['option']}): {words(each['reason'])}" if each["reason"] else "")
        for each in row["dissent"]
    )


def _rule(row: Row, _names: Mapping[str, str]) -> str:
    if settled := row["front_line"]:
        outside = ", outside the mandate" if settled["outside_mandate"] else ""
        return f"front line: {settled['verdict']}{outside}"
    if row["rule"] is None:
        return ""
    return "; ".join(
        [f"{row['method']}, version {row['rule']['version']}"]
        + [threshold(each) for each in row["thresholds"] or ()]
    )


def _plain(name: str) -> Cell:
    return lambda row, _: "" if row.get(name) is None else row[name]


def _words(name: str) -> Cell:
    return lambda row, _: words(row.get(name))


def _named(name: str) -> Cell:
    return lambda row, _: named(row.get(name))


def _count(option: str) -> Cell:
    return lambda row, _: (row["counts"] or {}).get(option, "")


def _votes(row: Row, _names: Mapping[str, str]) -> str:
    return "" if row["voters"] is None else f"{row['voters']} of {row['entitled']}"


def _rests_on(row: Row, _names: Mapping[str, str]) -> str:
    return _refs(row)


Columns = Sequence[tuple[str, Cell]]


def _measures(*names: str) -> Columns:
    """Return a column for each of these values, named as the value is."""
    return [(name.replace("_", " ").capitalize(), _measure(name)) for name in names]


def _rest_on(*names: str) -> Cell:
    """Return what these values of a row rest on, one after the other."""

    def cell(row: Row, _names: Mapping[str, str]) -> str:
        said = (f"{name.replace('_', ' ')}: {_refs(row[name])}" for name in names)
        return "; ".join(said)

    return cell


_RESTING = ("trust", "reciprocity", *OF_DAYS)
"""What differs in what it rests on: all indices of a quarter rest on the same pulses."""
_OF_MONTH = ("decisions", "objection_rate", "share_addressed", "on_time_steps", "trust")
_PARTS: Mapping[str, Sequence[tuple[str, str, Columns]]] = {
    "stage-timeline": (
        (
            "stage",
            "Stages",
            (
                ("Stage", _plain("stage")),
                ("Entered", _plain("entered_at")),
                ("Left", lambda row, _: row["left_at"] or "goes on"),
                ("Days", _plain("days")),
                ("Declared by", _named("declared_by")),
                ("Why", _words("reason")),
                ("Rests on", _rests_on),
            ),
        ),
        (
            "month",
            "Months",
            (
                ("Month", _plain("month")),
                *_measures(*_OF_MONTH),
                ("Trust is of", lambda row, _: row["trust"]["quarter"]),
                ("Rests on", _rest_on(*_OF_MONTH)),
            ),
        ),
    ),
    "retention-and-growth": (
        (
            "retention",
            "How long members stay",
            (
                ("Days since joining", _plain("days")),
                ("Members for as long", _plain("at_risk")),
                ("Left then", _plain("left")),
                ("Still there", _measure("retained")),
                ("Rests on", _rests_on),
            ),
        ),
        (
            "reason",
            "Why members left",
            (
                ("Reason", _plain("reason")),
                ("How many", _plain("count")),
                ("Rests on", _rests_on),
            ),
        ),
        (
            "commitment",
            "Commitment at the end of each month",
            (
                ("Month", _plain("month")),
                *_measures(*LEVELS, "suspended"),
                ("Rests on", _rests_on),
            ),
        ),
        (
            "wellbeing",
            "Wellbeing, 1 to 5",
            (
                ("Month", _plain("month")),
                *_measures("answers", "mean"),
                ("Rests on", _rest_on("mean")),
            ),
        ),
        (
            "size",
            "Size, diversity and time to decide",
            (
                ("From", _plain("from")),
                ("To", _plain("to")),
                *_measures("members", "sectors"),
                ("Diversity of sectors", _measure("diversity")),
                *_measures("decisions"),
                ("Seconds to decide, median", _measure("latency_p50")),
                ("95 of 100 within", _measure("latency_p95")),
                ("Rests on", _rest_on("members", "decisions", "latency_p50")),
            ),
        ),
    ),
}
_COLUMNS: Mapping[str, Columns] = {
    "decision-register": (
        ("Decision", _title),
        ("Date", _plain("date")),
        ("Outcome", _plain("outcome")),
        ("Agree", _count("agree")),
        ("Disagree", _count("disagree")),
        ("Object", _count("object")),
        ("Abstain", _count("abstain")),
        ("Voted", _votes),
        ("Body", _named("body")),
        ("Rule", _rule),
        ("Dissent", _dissent),
        ("What followed", lambda row, _: chain(row["chain"])),
        ("Counted again", lambda row, _: recomputed(row["recomputed"])),
        ("Rests on", _rests_on),
    ),
    "who-decided-what": (
        ("Decision", _title),
        ("Date", _plain("date")),
        ("Outcome", _plain("outcome")),
        ("Agree", _who("agree")),
        ("Disagree", _who("disagree")),
        ("Object", _who("object")),
        ("Abstain", _who("abstain")),
        ("Missed", _who(None)),
        ("Spoke in the meeting", _speakers),
        ("Rests on", _rests_on),
    ),
    "open-next-steps": (
        ("Step", _words("what")),
        ("Owner", _named("owner")),
        ("Due", _plain("due")),
        ("Overdue", lambda row, _: "overdue" if row["overdue"] else ""),
        ("State", _plain("state")),
        ("Moved", _plain("times_moved")),
        ("Came by", _plain("origin")),
        ("Given by", _named("given_by")),
        ("Meeting", _named("meeting")),
        ("Decision", _named("decision")),
        ("Rests on", _rests_on),
    ),
    "credit-statement": (
        ("Role", _plain("role")),
        ("Degree", _plain("degree")),
        ("Part", _plain("part")),
        ("What", _words("what")),
        ("Win", _named("win")),
        ("From", _named("from")),
        ("To", _named("to")),
        ("Basis", _plain("basis")),
        ("State", _plain("state")),
        ("Confirmed by", lambda row, _: "; ".join(map(named, row.get("confirmed_by", ())))),
        ("In words", _plain("worded")),
        ("With", lambda row, _: called(row.get("organisations"))),
        ("Measured", _plain("value")),
        ("Unit", _plain("unit")),
        ("On", _plain("on")),
        ("Source", _words("source")),
        ("Outside", _words("external")),
        ("A minority says", lambda row, _: minority(row)),
        ("Assessed", lambda row, _: assessments(row)),
        ("Before", _words("before")),
        ("Now", _words("now")),
        ("Due", _plain("due")),
        ("When", _plain("at")),
        ("Rests on", _rests_on),
    ),
    "relationship-health": (
        ("Quarter", _plain("quarter")),
        *_measures(*OF_QUARTER, *OF_DAYS),
        ("Rests on", _rest_on(*_RESTING)),
    ),
    "shared-policies": (
        ("Policy", _named("policy")),
        ("Unit", _named("unit")),
        ("Answers for it", _named("owner")),
        ("Beside other rules", lambda row, _: row["relation"].replace("_", " ")),
        ("Answer", _plain("answer")),
        ("Why", _words("reason")),
        ("Changed", lambda row, _: "; ".join(map(words, row["changes"]))),
        ("Policy is", _plain("state")),
        ("Rests on", _rests_on),
    ),
}
