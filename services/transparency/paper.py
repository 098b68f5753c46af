"""Reports as plain pages to read and print: no script, one table after the other."""

from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from services.transparency.domain.said import words
from services.transparency.sheet import named, recomputed, threshold
from services.transparency.views.reports import REPORTS, Report

STYLE = """
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
body { margin: 2rem auto; max-width: 90rem; padding: 0 1rem; }
h1 { line-height: 1.2; margin-bottom: 0; }
dl { display: grid; gap: .25rem 2rem; grid-template-columns: repeat(auto-fill, minmax(16rem, 1fr)) }
dt { font-weight: 600; }
dd { margin: 0; overflow-wrap: anywhere; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; width: 100%; }
th, td { border-top: 1px solid #8888; padding: .4rem .6rem; text-align: left; vertical-align: top; }
thead th { border-top: 0; }
tbody th { font-weight: 400; min-width: 12rem; }
@media print {
  body { margin: 0; max-width: none; }
  .wide { overflow: visible; }
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
    id: str
    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[Any]]
    nothing: str


def page(report: Report, coalition: str, next_page: str | None) -> str:
    """Return the page of a report.

    Args:
        next_page: The address of the next one, if there is one.
    """
    name = str(report.head["name"])
    columns = _COLUMNS[name]
    names = names_in(report)
    rows = [[cell(row, names) for _, cell in columns] for row in report.rows]
    figures = [_figure(each) for each in report.summary]
    headings = [heading for heading, _ in columns]
    return _templates.get_template("report.html").render(
        title=REPORTS[name].title,
        coalition=coalition,
        style=STYLE,
        head=_head(report.head),
        tables=[
            Table("rows", _ROWS[name], headings, rows, "There is nothing to show."),
            Table("figures", "Figures", _FIGURE, figures, "There are no figures."),
        ],
        next=next_page,
    )


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
    return written


def _withheld(withheld: Mapping[str, int]) -> str:
    if not withheld:
        return "nothing"
    return ", ".join(f"{n:,} ({_REASON.get(reason, reason)})" for reason, n in withheld.items())


_AUDIENCE = {"members": "every member organisation", "public": "everyone"}
_REASON = {"audience": "not for this audience"}
_FIGURE = ("Figure", "Of", "Value", "Rests on")
_ROWS = {
    "decision-register": "Decisions",
    "who-decided-what": "Stances",
    "open-next-steps": "Open next steps",
    "credit-statement": "Contributions and credit",
}


def _figure(figure: Row) -> tuple[str, str, str, str]:
    of = (figure.get(name) for name in ("organisation", "body", "owner", "meeting"))
    whose = [named(each) for each in of if each]
    whose += [str(figure[name]) for name in ("role", "degree") if name in figure]
    value = figure["value"]
    shown = figure.get("reason", "unknown") if value is None else value
    unit = f" {figure['unit']}" if "unit" in figure and value is not None else ""
    said = {True: "yes", False: "no"}[shown] if isinstance(shown, bool) else f"{shown}{unit}"
    return figure["figure"].replace("_", " "), ", ".join(whose), said, _refs(figure)


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
                _spoke(each, names) if "changes" in each else names[each["organisation"]]
                for each in row["stances"]
                if each["stance"] == option
            ]
        return f"{len(listed)}: {', '.join(listed)}" if listed else "0"

    return cell


def _spoke(stance: Row, names: Mapping[str, str]) -> str:
    before = ", ".join(str(change["from"]) for change in stance["changes"] if change["from"])
    return names[stance["organisation"]] + (f" (was {before})" if before else "")


def _dissent(row: Row, _names: Mapping[str, str]) -> str:
    return "; ".join(
        named(each["organisation"])
        + (f" ({each['option']}): {words(each['reason'])}" if each["reason"] else "")
        for each in row["dissent"]
    )


def _rule(row: Row, _names: Mapping[str, str]) -> str:
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


_COLUMNS: Mapping[str, Sequence[tuple[str, Cell]]] = {
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
        ("When", _plain("at")),
        ("Rests on", _rests_on),
    ),
}
