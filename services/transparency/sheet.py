"""Reports as CSV: fixed columns, one fact a cell, nothing that depends on when it was made.

RFC 4180 with CRLF. A text cell that a spreadsheet would take for a formula gets a leading quote,
which imports take away again.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from services.transparency.domain.mandate import accepted
from services.transparency.domain.relationship_health import OF_DAYS, OF_QUARTER
from services.transparency.domain.retention import LEVELS
from services.transparency.domain.said import Said, words
from services.transparency.domain.size import MEASURES
from services.transparency.domain.tally import OPTIONS
from shared.sheet import BOM
from shared.sheet import cell as _cell
from shared.sheet import written as _written

Row = Mapping[str, Any]
NOTHING_SPECIAL = 5
"""The fields of a stance that was taken once, by the organisation itself, without an objection."""

COLUMNS: Mapping[str, Sequence[str]] = {
    "decision-register": (
        "decision", "source_id", "date", "title", "outcome", *OPTIONS, "voters", "entitled",
        "issue", "body", "objective", "method", "rule", "rule_version", "text", "quorum_needed",
        "quorum_reached", "thresholds", "objections", "dissent", "dissent_reasons", "stood_aside",
        "sign_ons", "minority_statements", "ratifications", "told", "acknowledged", "gate",
        "review_date", "supersedes", "superseded_by", "reopened", "implementation_issues",
        "front_line_verdict", "outside_mandate", "imported", "chain", "recomputed",
    ),
    "who-decided-what": (
        "decision", "source_id", "date", "title", "outcome", "organisation", "name", "stance",
        "seconds_before_close", "changes", "changed_from", "authority", "through", "proxy",
        "objection", "spoke",
    ),
    "participation": (
        "part", "id", "name", "at", "host", "meetings", "invited", "attended", "spoke", "not_heard",
        "first_time_speakers", "turns", "seconds", "gini_turns", "evenness_turns", "gini_seconds",
        "evenness_seconds", "voices", "voice_and_seats", "voice_apart_from_seats", "items",
        "attendances", "executives", "executive_attendance", "hosted", "engagement", "item",
        "change", "reason",
    ),
    "communications": (
        "part", "id", "name", "organisation", "channel", "channels", "decided_at", "first_told_at",
        "told_at", "acknowledged_at", "entitled", "told", "acknowledged", "not_acknowledged",
        "coverage", "p50", "p95", "seconds", "since_decision", "starts_at", "agenda_at", "notice",
        "short_notice", "closed_at", "remote", "minutes_at", "minutes_due", "minutes_on_time",
        "steps", "steps_due", "steps_on_time", "lead", "updated_at", "days", "quiet",
        "point_person", "named_at", "last_briefing",
    ),
    "common-ground": (
        "part", "id", "name", "organisations", "issues", "count", "scope", "opposing", "undecided",
        "silent", "gac", "gar", "coverage", "state", "unheard", "divisiveness", "gac_before",
        "state_before", "joined", "left", "threats", "opposed", "tied", "last_touchpoint", "days",
        "closeness", "terms", "since",
    ),
    "representation-gaps": (
        "part", "id", "name", "at", "kind", "least_well_served", "implementer",
        "historically_excluded", "members", "required", "present", "gap", "unrepresented",
        "attended", "meetings", "spoke", "seats", "consulted", "missing", "outcome", "affected",
        "unheard", "first_consulted", "lead_days", "flagged", "suggestion", "shared", "issues",
        "threats",
    ),
    "open-next-steps": (
        "step", "owner", "due", "state", "meeting", "what", "owner_name", "meeting_title",
        "decision", "decision_title", "proposed_at", "proposed_by", "times_moved", "origin",
        "given_by", "hours", "reason",
    ),
    "credit-statement": (
        "part", "id", "role", "degree", "at", "state", "basis", "what", "win", "from", "to",
        "external", "recorded_by", "confirmed_by", "worded", "organisations", "value", "unit",
        "on", "source", "before", "now", "due", "unilateral", "disputed", "minority", "assessments",
    ),
    "claims-and-disputes": (
        "part", "id", "organisation", "audience", "at", "text", "state", "facts", "matched",
        "conflicts", "overclaim", "version", "approved_by", "disputed", "released_at",
        "unilateral", "about", "parties", "requested", "due", "days", "mediator", "external",
        "result", "wording", "resolved_at", "win", "breadth", "contributors", "uncredited",
        "announced_without",
    ),
    "impact": (
        "part", "id", "campaign", "organisation", "at", "on", "kind", "text", "due", "assessments",
        "done", "met_as_intended", "changed", "what", "why", "metric", "metric_name", "unit",
        "source", "value", "corrects", "corrected_by", "metrics", "title", "size", "celebrated",
        "office", "state", "escalated_to", "answer", "organisations", "participants",
    ),
    "relationship-health": ("quarter", *OF_QUARTER, *OF_DAYS, "responding", "active"),
    "stage-timeline": (
        "part", "stage", "entered_at", "left_at", "days", "declared_by", "reason", "month",
        "decisions", "objection_rate", "share_addressed", "on_time_steps", "trust", "quarter",
    ),
    "retention-and-growth": (
        "part", "days", "at_risk", "left", "retained", "reason", "count", "month",
        *LEVELS, "suspended", "answers", "mean", "from", "to", *MEASURES,
    ),
    "mandate": (
        "part", "id", "name", "organisation", "state", "expiring", "acceptable", "valid_until",
        "parties", "decided_at", "verdict", "outside_mandate", "crosses", "consents",
        "report_due", "reported_at", "overdue", "review", "reviewed_at", "checks",
    ),
    "shared-policies": (
        "policy", "title", "version", "state", "relation", "unit", "unit_name", "owner",
        "owner_name", "answer", "answered_at", "reason", "changes",
    ),
}  # fmt: skip


def header(report: str, *, bom: bool = False) -> bytes:
    """Return the header row; `bom` makes a spreadsheet read UTF-8."""
    return ((BOM if bom else "") + _written([COLUMNS[report]])).encode()


def lines(report: str, rows: Iterable[Row], names: Mapping[str, str]) -> bytes:
    """Return rows of a report as lines.

    Args:
        names: What organisations are called, by id, where the report keeps names apart.
    """
    return "".join(_WRITERS[report](rows, names)).encode()


def _decision(row: Row) -> Row:
    rule, quorum, gate, front_line = (
        row[name] or {} for name in ("rule", "quorum", "gate", "front_line")
    )
    return {
        **row,
        **(row["counts"] or {}),
        "title": words(row["title"]),
        "issue": named(row["issue"]),
        "body": named(row["body"]),
        "rule": rule.get("id"),
        "rule_version": rule.get("version"),
        "quorum_needed": quorum.get("needed"),
        "quorum_reached": quorum.get("reached"),
        "thresholds": "; ".join(map(threshold, row["thresholds"] or ())),
        "objections": "; ".join(f"{what}: {n}" for what, n in row["objections"].items()),
        "ratifications": "; ".join(f"{what}: {n}" for what, n in row["ratifications"].items()),
        "dissent": "; ".join(named(each["organisation"]) for each in row["dissent"]),
        "dissent_reasons": "; ".join(
            f"{named(each['organisation'])}: {words(each['reason'])}"
            for each in row["dissent"]
            if each["reason"]
        ),
        "stood_aside": "; ".join(map(named, row["stood_aside"])),
        "sign_ons": "; ".join(map(named, row["sign_ons"])),
        "minority_statements": "; ".join(
            f"{named(each['organisation'])}: {words(each['text'])}"
            for each in row["minority_statements"]
        ),
        "gate": gate.get("result"),
        "front_line_verdict": front_line.get("verdict"),
        "outside_mandate": value(front_line.get("outside_mandate")),
        "chain": chain(row["chain"]),
        "recomputed": recomputed(row["recomputed"]),
    }


def chain(links: Iterable[Row]) -> str:
    """Return how one decision led to the next, each with its day and its event."""
    return "; ".join(
        f"{link['at'][:10]} {named(link['by'])} {link['words']} ({link['ref']})".replace("  ", " ")
        + (f": {words(link['said'])}" if link["said"] else "")
        for link in links
    )


def _stances(rows: Iterable[Row], names: Mapping[str, str]) -> Iterator[str]:
    """Yield a line for each organisation: so many that what repeats is written once."""
    called = {key: _joined([_cell(name)]) for key, name in names.items()}
    for row in rows:
        title = _cell(words(row["title"]))
        source = row["source_id"] or ""
        common = _joined([row["decision"], source, row["date"], title, row["outcome"]])
        spoke = _speaking(row["spoke"], called)
        for said in row["stances"]:
            org = said["organisation"]
            if len(said) == NOTHING_SPECIAL:
                yield (
                    f"{common},{org},{called[org]},{said['stance'] or '[ballot]'},"
                    f"{said['seconds_before_close']},0,,{said['authority'] or ''},,no,,"
                    f"{spoke[org]}\r\n"
                )
                continue
            changes = said.get("changes", ())
            before = "; ".join(str(change["from"]) for change in changes)
            yield (
                f"{common},{org},{called[org]},{said['stance'] or '[ballot]'},"
                f"{said['seconds_before_close']},{len(changes)},{before},"
                f"{said['authority'] or ''},{called.get(said.get('through', ''), '')},"
                f"{'yes' if 'proxy' in said else 'no'},{said.get('objection', '')},{spoke[org]}\r\n"
            )
        for org in row["missed"]:
            yield f"{common},{org},{called[org]},missed,,,,,,,,{spoke[org]}\r\n"


def _speaking(spoke: Any, orgs: Iterable[str]) -> Mapping[str, str]:
    """Return what a cell says of each organisation; nothing where no meeting is linked."""
    if isinstance(spoke, list):
        spoken = {each["organisation"] for each in spoke}
        return {org: "yes" if org in spoken else "no" for org in orgs}
    return dict.fromkeys(orgs, words(spoke))


def _joined(cells: Sequence[Any]) -> str:
    return _written([cells]).removesuffix("\r\n")


def _step(row: Row) -> Row:
    return {
        **row,
        "owner": identity(row["owner"]),
        "owner_name": named(row["owner"]),
        "meeting": identity(row["meeting"]),
        "meeting_title": named(row["meeting"]),
        "decision": identity(row["decision"]),
        "decision_title": named(row["decision"]),
        "what": words(row["what"]),
        "proposed_by": named(row["proposed_by"]),
        "given_by": named(row["given_by"]),
        "reason": words(row["reason"]),
    }


def _credit(row: Row) -> Row:
    return {
        **row,
        "what": words(row.get("what")),
        "win": named(row.get("win")),
        "from": named(row.get("from")),
        "to": named(row.get("to")),
        "external": words(row.get("external")),
        "recorded_by": named(row.get("recorded_by")),
        "confirmed_by": "; ".join(map(named, row.get("confirmed_by", ()))),
        "organisations": called(row.get("organisations")),
        **{name: words(row.get(name)) for name in ("before", "now", "source")},
        "minority": minority(row),
        "assessments": assessments(row),
        **{name: value(row.get(name)) for name in ("unilateral", "disputed")},
    }


def _told(row: Row) -> Row:
    """Return a line of what was told; a cell with several things says them one after the other."""
    lists = ("approved_by", "parties", "contributors", "uncredited", "announced_without")
    return {
        **row,
        **{name: called(row.get(name)) for name in lists},
        **{name: words(row.get(name)) for name in ("text", "requested", "external", "wording")},
        **{name: named(row.get(name)) for name in ("organisation", "mediator", "win")},
        **{name: value(row.get(name)) for name in ("disputed", "unilateral")},
        "facts": facts(row),
        "conflicts": conflicts(row),
    }


def minority(row: Row) -> str:
    """Return what a minority says, wherever what was decided is told (F84)."""
    return "; ".join(
        f"{named(each['organisation'])}: {words(each['text'])}" for each in row.get("minority", ())
    )


def facts(row: Row) -> str:
    """Return the facts that something tells: `contribution 0f3c…, lobbying, lead`."""
    return "; ".join(
        ", ".join(filter(None, (f"{one['kind']} {one['id']}", one["role"], one["degree"])))
        + (" (disputed)" if one["disputed"] else "")
        for one in row.get("facts", ())
    )


def conflicts(row: Row) -> str:
    """Return what speaks against the facts of a claim, which are counted from 1 here."""
    return "; ".join(f"fact {one['fact'] + 1}: {one['with']}" for one in row.get("conflicts", ()))


def _impact(row: Row) -> Row:
    """Return a line of what came of it; a cell with several things says them one after another."""
    fields = (
        "text", "done", "met_as_intended", "changed", "what", "why", "source", "title", "office",
        "answer",
    )  # fmt: skip
    metric = row.get("metric")
    return {
        **row,
        **{name: words(row.get(name)) for name in fields},
        **{name: named(row.get(name)) for name in ("campaign", "organisation")},
        **{name: called(row.get(name)) for name in ("organisations", "metrics")},
        "metric": identity(metric),
        "metric_name": named(metric),
        "assessments": assessments(row),
        "celebrated": ", ".join(row.get("celebrated", ())),
        "escalated_to": "; ".join(map(words, row.get("escalated_to", ()))),
    }


def assessments(row: Row) -> str:
    """Return what each organisation says of an objective: `Clinic: met, as intended (It came.)`."""
    return "; ".join(
        f"{named(one['organisation'])}: {one['met'].replace('not', 'not met')},"
        f" {'' if one['as_intended'] else 'not '}as intended ({words(one['why'])})"
        for one in row.get("assessments", ())
    )


def _health(row: Row) -> Row:
    rate = row["response_rate"]
    return _measured(row) | {name: rate.get(name) for name in ("responding", "active")}


def _stage(row: Row) -> Row:
    if row["part"] == "stage":
        return {**row, "declared_by": named(row["declared_by"]), "reason": words(row["reason"])}
    return _measured(row) | {"quarter": row["trust"]["quarter"]}


def _policy(row: Row) -> Row:
    return {
        **row,
        "policy": identity(row["policy"]),
        "title": named(row["policy"]),
        "unit": identity(row["unit"]),
        "unit_name": named(row["unit"]),
        "owner": identity(row["owner"]),
        "owner_name": named(row["owner"]),
        "reason": words(row["reason"]),
        "changes": "; ".join(map(words, row["changes"])),
    }


def _measured(row: Row) -> dict[str, Any]:
    return {name: measured(value) for name, value in row.items()}


def _ground(row: Row) -> Row:
    """Return a line of common ground; `count` is of its issues, of organisations, or of a pair."""
    part, subject = row["part"], row.get("issue") or row.get("threat")
    orgs = row["supporting"] if part == "issue" else row["organisations"]
    before = row.get("before", {})
    counts = {"region": len(row.get("issues", ())), "pair": row.get("shared")}
    pair = "_".join(sorted(map(identity, orgs))) if part == "pair" else ""
    return {
        **{name: _shown(cell) for name, cell in row.items()},
        "id": identity(subject) or pair,
        "name": named(subject),
        "organisations": called(orgs),
        "count": counts.get(part, len(orgs)),
        "gac_before": before.get("gac"),
        "state_before": before.get("state"),
    }


def _gap(row: Row) -> Row:
    subject = row.get("constituency") or row.get("meeting")
    return {
        **{name: _shown(cell) for name, cell in row.items()},
        "id": row.get("decision") or identity(subject),
        "name": words(row.get("title")) or named(subject),
        "members": called(row.get("members") or row.get("organisations")),
        "seats": seats(row.get("seats", ())),
        "missing": _short(row.get("missing", ())),
        "affected": _short(row.get("affected", ())),
        "least_well_served": _shown(row.get("least_well_served"))
        if row["part"] != "decision"
        else _short(row["least_well_served"]),
    }


def _participation(row: Row) -> Row:
    """Return a line of participation; lists within it are written out as a page does."""
    subject = row.get("meeting") or row.get("organisation")
    return {
        **{name: _shown(cell) for name, cell in row.items()},
        "id": identity(subject),
        "name": named(subject),
        "host": named(row.get("host")),
        "voices": _pieces(row.get("voices"), "turns", "seconds"),
        "items": _pieces(row.get("items"), "items"),
        "voice_and_seats": _pieces(row.get("voice_and_seats"), "voice", "seats"),
        "engagement": _pieces(row.get("engagement"), "attended", "stances", "steps_done"),
        "item": named(row.get("item")),
        "reason": words(row.get("reason")),
    }


def _communication(row: Row) -> Row:
    subject = row.get("decision") or row.get("meeting") or row.get("workstream")
    return {
        **{name: _shown(cell) for name, cell in row.items() if name != "channels"},
        "id": identity(subject or row.get("organisation")),
        "name": named(subject),
        "organisation": named(row.get("organisation")),
        "channels": "; ".join(row.get("channels", ())),
        "lead": named(row.get("lead")),
    }


def _mandate(row: Row) -> Row:
    subject = row.get("term") or row.get("decision")
    return {
        **{name: _shown(cell) for name, cell in row.items()},
        "id": row.get("compromise") or identity(subject),
        "name": named(subject),
        "organisation": named(row.get("organisation")),
        "acceptable": acceptable(row),
    }


def acceptable(row: Row) -> str:
    """Return what is accepted; of a compromise, for each term: `The fee: 0 to 30`."""
    if "terms" in row:
        return "; ".join(
            f"{named(each['term'])}: {accepted(each['acceptable'])}" for each in row["terms"]
        )
    return accepted(row.get("acceptable"))


def _pieces(listed: Any, *names: str) -> Any:
    """Return what is said of each of several things: `Clinic: 3 turns, 240 seconds`."""
    if not isinstance(listed, list):
        return value(listed)
    return "; ".join(
        f"{_of(each)}: {', '.join(f'{each[name]} {name}' for name in names)}" for each in listed
    )


def _of(each: Row) -> str:
    if "from" in each:
        return f"{each['from']} to {each['to']}"
    return named(each.get("organisation") or each.get("constituency")) or "none"


def _short(listed: Iterable[Row]) -> str:
    return "; ".join(named(each["constituency"]) for each in listed)


def _shown(cell: Any) -> Any:
    """Return what a cell holds; of a list of things what they are called."""
    return called(cell) if isinstance(cell, list) else value(cell)


Writer = Callable[[Iterable[Row], Mapping[str, str]], Iterable[str]]


def _lines_of(report: str, said: Callable[[Row], Row]) -> Writer:
    columns = COLUMNS[report]

    def write(rows: Iterable[Row], _names: Mapping[str, str]) -> Iterator[str]:
        for row in map(said, rows):
            yield _written([[_cell(row.get(column)) for column in columns]])

    return write


_WRITERS: Mapping[str, Writer] = {
    "decision-register": _lines_of("decision-register", _decision),
    "who-decided-what": _stances,
    "participation": _lines_of("participation", _participation),
    "communications": _lines_of("communications", _communication),
    "common-ground": _lines_of("common-ground", _ground),
    "representation-gaps": _lines_of("representation-gaps", _gap),
    "open-next-steps": _lines_of("open-next-steps", _step),
    "credit-statement": _lines_of("credit-statement", _credit),
    "claims-and-disputes": _lines_of("claims-and-disputes", _told),
    "impact": _lines_of("impact", _impact),
    "relationship-health": _lines_of("relationship-health", _health),
    "stage-timeline": _lines_of("stage-timeline", _stage),
    "retention-and-growth": _lines_of("retention-and-growth", _measured),
    "mandate": _lines_of("mandate", _mandate),
    "shared-policies": _lines_of("shared-policies", _policy),
}


def measured(cell: Any) -> Any:
    """Return the value of a cell, or why it is withheld; anything else as it is."""
    value = cell["value"] if isinstance(cell, Mapping) and "value" in cell else cell
    return words(value) if isinstance(value, Mapping) else value


def identity(thing: Mapping[str, Any] | None) -> str:
    return str(thing["id"]) if thing else ""


def named(thing: Mapping[str, Any] | None) -> str:
    """Return what a thing is called, its id where no name is known, or why it is not shown."""
    if not thing:
        return ""
    if "withheld" in thing:
        return words(thing)
    name: Said = thing["name"]
    return words(name) or str(thing["id"])


def called(things: Any) -> str:
    """Return what things are called, or why they are not shown."""
    if isinstance(things, Mapping):
        return words(things)
    return "; ".join(named(thing) for thing in things or () if "name" in thing)


def value(held: Any) -> Any:
    """Return a value in words, or why it is not shown."""
    if isinstance(held, Mapping):
        return words(held) if "withheld" in held or "text" in held else ""
    return {True: "yes", False: "no"}[held] if isinstance(held, bool) else held


def seats(shares: Any) -> str:
    """Return the seats of a constituency: `Steering: 1 kept, 1 filled, 2 held`."""
    if isinstance(shares, Mapping):
        return words(shares)
    return "; ".join(
        f"{named(each['body'])}: {each['kept']} kept, {each['filled']} filled, {each['held']} held"
        for each in shares
    )


def threshold(held: Mapping[str, Any]) -> str:
    """Return a threshold in words: `agree more than 1/2 of yes_no: 12 of 15, holds`."""
    numerator, denominator = held["ratio"]
    test, result = held["test"].replace("_", " "), "holds" if held["holds"] else "fails"
    asked = f"{held['option']} {test} {numerator}/{denominator} of {held['base']}"
    return f"{asked}: {held['value']} of {held['of']}, {result}"


def recomputed(said: Any) -> str:
    """Return `yes`, or what differs, or why nothing could be compared."""
    if said is None or isinstance(said, str):
        return said or ""
    if "withheld" in said:
        return words(said)
    return "; ".join(
        f"{name}: recorded {each['recorded']}, computed {each['computed']}"
        for name, each in said.items()
    )
