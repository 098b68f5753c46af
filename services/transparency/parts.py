"""The tables of reports that have several: what each is called, and its columns."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.transparency.domain.numbers import percent
from services.transparency.domain.said import words
from services.transparency.sheet import (
    acceptable,
    assessments,
    called,
    conflicts,
    facts,
    named,
    seats,
    value,
)

Row = Mapping[str, Any]
Cell = Callable[[Row], Any]


@dataclass(frozen=True)
class Part:
    """A table of the rows whose `part` has this name; without any it says `nothing`."""

    name: str
    title: str
    columns: Sequence[tuple[str, Cell]]
    nothing: str


def _plain(name: str) -> Cell:
    return lambda row: value(row.get(name))


def _named(name: str) -> Cell:
    return lambda row: named(row.get(name))


def _said(name: str) -> Cell:
    return lambda row: words(row[name])


def _listed(name: str) -> Cell:
    return lambda row: called(row.get(name))


def _undefined(name: str) -> Cell:
    """Show a figure, or why it is undefined."""

    def cell(row: Row) -> Any:
        return row["reasons"].get(name, "undefined") if row[name] is None else value(row[name])

    return cell


def _share(name: str) -> Cell:
    """Show a share in percent, or why it is undefined."""

    def cell(row: Row) -> Any:
        return _undefined(name)(row) if row[name] is None else percent(row[name])

    return cell


def _state(row: Row) -> str:
    unheard = called(row["unheard"])
    return f"{row['state']}, unheard: {unheard}" if unheard else str(row["state"])


def _groups(row: Row) -> str:
    return "; ".join(
        f"{named(each['constituency'])}: {each['agree']} for, {each['against']} against,"
        f" {each['said']} of {each['of']} said something"
        for each in row["groups"]
    )


def _before(row: Row) -> str:
    gac, state = row["before"]["gac"], row["before"]["state"]
    return f"{gac or 'undefined'}, {state}"


def _attended(row: Row) -> Any:
    attended = _undefined("attended")(row)
    return f"{attended} of {row['meetings']}" if isinstance(attended, int) else attended


def _missing(row: Row) -> str:
    return "; ".join(
        f"{named(each['constituency'])}: {each['present']} of {each['required']}"
        for each in row["missing"]
    )


def _heard(name: str) -> Cell:
    def cell(row: Row) -> str:
        return "; ".join(f"{named(each['constituency'])}: {_how(each)}" for each in row[name])

    return cell


def _how(voice: Row) -> str:
    said = {True: "{}", False: "not {}", None: "not known whether {}"}
    return ", ".join(
        f"{name} {words(voice[name])}"
        if isinstance(voice[name], Mapping)
        else said[voice[name]].format(name)
        for name in ("present", "consulted")
    )


def _suggested(row: Row) -> str:
    return called(row["organisations"]) if "organisations" in row else named(row["constituency"])


def _why(row: Row) -> str:
    if "organisations" not in row:
        return "least well served" if row["least_well_served"] else ""
    return "; ".join(filter(None, (called(row["issues"]), called(row["threats"]))))


def _voices(row: Row) -> str:
    if row["voices"] is None or "withheld" in row["voices"]:
        return str(_undefined("voices")(row))
    return "; ".join(
        f"{named(each['organisation'])}: {each['turns']} turns, {each['seconds']} s"
        for each in row["voices"]
    )


def voice_and_seats(shares: Any) -> str:
    """Return how much of the voice and of the seats is each constituency's."""
    if isinstance(shares, Mapping):
        return words(shares)
    return "; ".join(
        f"{named(each['constituency']) or 'none'}: voice {percent(each['voice'])},"
        f" seats {percent(each['seats'])}"
        for each in shares or ()
    )


def _shares(row: Row) -> str:
    shares = row["voice_and_seats"]
    return str(_undefined("voice_and_seats")(row)) if shares is None else voice_and_seats(shares)


def _items(row: Row) -> Any:
    if isinstance(row["items"], list):
        return "; ".join(f"{named(each['organisation'])}: {each['items']}" for each in row["items"])
    return value(row["items"])


def _who(name: str) -> Cell:
    """List organisations, or say why that is undefined."""

    def cell(row: Row) -> Any:
        return _undefined(name)(row) if row[name] is None else called(row[name]) or "nobody"

    return cell


def _executives(row: Row) -> Any:
    rate = _undefined("executive_attendance")(row)
    if not isinstance(row["executive_attendance"], str):
        return rate
    return f"{percent(rate)}: {row['executives']} of {row['attendances']}"


def engagements(windows: Any) -> str:
    """Return what an organisation did in each window, the newest first."""
    if isinstance(windows, Mapping):
        return words(windows)
    return "; ".join(
        f"{each['from']} to {each['to']}: {each['attended']} attended, {each['stances']} stances,"
        f" {each['steps_done']} steps done"
        for each in windows
    )


_BALANCE: Sequence[tuple[str, Cell]] = (
    ("Invited", _who("invited")),
    ("Attended", _listed("attended")),
    ("Spoke", _who("spoke")),
    ("Not heard", _who("not_heard")),
    ("Spoke for the first time", _undefined("first_time_speakers")),
    ("Turns and seconds", _voices),
    ("Gini of turns", _undefined("gini_turns")),
    ("Evenness of turns", _undefined("evenness_turns")),
    ("Gini of seconds", _undefined("gini_seconds")),
    ("Evenness of seconds", _undefined("evenness_seconds")),
    ("Voice and seats", _shares),
    ("Voice apart from seats", _undefined("voice_apart_from_seats")),
    ("Agenda items", _items),
    ("Attended by who may decide", _executives),
)

PARTS: Mapping[str, Sequence[Part]] = {
    "participation": (
        Part(
            "window",
            "All meetings",
            (("Meetings", _plain("meetings")), *_BALANCE),
            "No meeting was held.",
        ),
        Part(
            "meeting",
            "Meetings",
            (
                ("Meeting", _named("meeting")),
                ("When", _plain("at")),
                ("Host", _named("host")),
                *_BALANCE,
            ),
            "No meeting was held.",
        ),
        Part(
            "organisation",
            "Organisations",
            (
                ("Organisation", _named("organisation")),
                ("Invited", _undefined("invited")),
                ("Attended", _plain("attended")),
                ("Turns", _undefined("turns")),
                ("Seconds", _undefined("seconds")),
                ("Hosted", _plain("hosted")),
                ("Agenda items", _plain("items")),
                ("In three windows", lambda row: engagements(row["engagement"])),
            ),
            "No organisation was active.",
        ),
        Part(
            "heat",
            "Heat",
            (
                ("When", _plain("at")),
                ("Meeting", _named("meeting")),
                ("Item", _named("item")),
                ("Heat", _plain("change")),
                ("Because", lambda row: words(row["reason"])),
            ),
            "Nobody changed the heat.",
        ),
    ),
    "mandate": (
        Part(
            "decision",
            "Decided at the front line",
            (
                ("Decision", _named("decision")),
                ("By", _named("organisation")),
                ("Decided", _plain("decided_at")),
                ("Verdict", _plain("verdict")),
                ("Outside the mandate", _plain("outside_mandate")),
                ("Crosses", _listed("crosses")),
                ("Consented", _listed("consents")),
                ("Report back due", _plain("report_due")),
                ("Reported back", _plain("reported_at")),
                ("Overdue", _plain("overdue")),
                ("Review", lambda row: row["review"] or "not reviewed"),
            ),
            "Nothing was decided at the front line.",
        ),
        Part(
            "compromise",
            "Compromises in force",
            (
                ("Between", _listed("parties")),
                ("They accept", acceptable),
                ("Last day", _plain("valid_until")),
            ),
            "No compromise is in force.",
        ),
        Part(
            "checks",
            "Checks",
            (
                ("Organisation", _named("organisation")),
                ("Checks of the mandate", _plain("checks")),
            ),
            "No organisation is active.",
        ),
        Part(
            "line",
            "Terms and organisations",
            (
                ("Term", _named("term")),
                ("Organisation", _named("organisation")),
                ("Bottom line", _plain("state")),
                ("Accepts", acceptable),
                ("Last day", _plain("valid_until")),
                ("Expires within 30 days", _plain("expiring")),
            ),
            "No term is defined.",
        ),
    ),
    "communications": (
        Part(
            "decision",
            "Decisions",
            (
                ("Decision", _named("decision")),
                ("Decided", _plain("decided_at")),
                ("First told", lambda row: row["first_told_at"] or "nobody was told"),
                ("Ought to know", _plain("entitled")),
                ("Were told", _plain("told")),
                ("Acknowledged", _plain("acknowledged")),
                ("Coverage", _share("coverage")),
                ("Seconds to acknowledge, median", _undefined("p50")),
                ("95 of 100 within", _undefined("p95")),
                ("Did not acknowledge", _listed("not_acknowledged")),
            ),
            "No decision was made.",
        ),
        Part(
            "channel",
            "Channels",
            (
                ("Decision", _named("decision")),
                ("Channel", _plain("channel")),
                ("Were told", _plain("told")),
                ("Acknowledged", _plain("acknowledged")),
                ("Coverage", _share("coverage")),
                ("Seconds to acknowledge, median", _undefined("p50")),
                ("95 of 100 within", _undefined("p95")),
            ),
            "Nobody was told of a decision.",
        ),
        Part(
            "acknowledgement",
            "Organisations and decisions",
            (
                ("Decision", _named("decision")),
                ("Organisation", _named("organisation")),
                ("By", lambda row: ", ".join(row["channels"])),
                ("Told", _plain("told_at")),
                ("Acknowledged", _plain("acknowledged_at")),
                ("Seconds since first told", _plain("seconds")),
                ("Seconds since decided", _plain("since_decision")),
            ),
            "No decision was made.",
        ),
        Part(
            "meeting",
            "Meetings",
            (
                ("Meeting", _named("meeting")),
                ("Begins", _plain("starts_at")),
                ("Agenda", _plain("agenda_at")),
                ("Seconds of notice", _undefined("notice")),
                ("At short notice", _undefined("short_notice")),
                ("Closed", _plain("closed_at")),
                ("Remote", _plain("remote")),
                ("Minutes due", _plain("minutes_due")),
                ("Minutes drafted", _plain("minutes_at")),
                ("In time", _undefined("minutes_on_time")),
                ("Next steps", _plain("steps")),
                ("Next steps due", _plain("steps_due")),
                ("Written down in time", _undefined("steps_on_time")),
            ),
            "No agenda was published, and no meeting closed.",
        ),
        Part(
            "workstream",
            "Workstreams",
            (
                ("Workstream", _named("workstream")),
                ("Led by", _named("lead")),
                ("Last update", _plain("updated_at")),
                ("Days since", _plain("days")),
                ("Without update for 14 days", _plain("quiet")),
            ),
            "No workstream is open.",
        ),
        Part(
            "organisation",
            "Whom to ask",
            (
                ("Organisation", _named("organisation")),
                ("Named a point person", _plain("point_person")),
                ("Since", _plain("named_at")),
                ("Last briefing", _plain("last_briefing")),
                ("Days since", _plain("days")),
            ),
            "No organisation is active.",
        ),
    ),
    "claims-and-disputes": (
        Part(
            "claim",
            "Claims",
            (
                ("Organisation", _named("organisation")),
                ("Tells", _plain("audience")),
                ("When", _plain("at")),
                ("What", lambda row: words(row["text"])),
                ("Facts", facts),
                ("State", lambda row: row["state"].replace("_", " ")),
                ("Confirmed facts", _undefined("matched")),
                ("Said otherwise by", conflicts),
                ("Unconfirmed", _share("overclaim")),
            ),
            "Nobody claimed a part of their own.",
        ),
        Part(
            "statement",
            "Statements",
            (
                ("Organisation", _named("organisation")),
                ("Told to", _plain("audience")),
                ("Version", _plain("version")),
                ("What", lambda row: words(row["text"])),
                ("Facts", facts),
                ("Agreed by", _listed("approved_by")),
                ("Says that it is disputed", _plain("disputed")),
                ("Released", lambda row: row["released_at"] or "not yet"),
                ("Unilateral", _plain("unilateral")),
            ),
            "No statement was drafted.",
        ),
        Part(
            "dispute",
            "Disputes",
            (
                ("Raised by", _named("organisation")),
                ("About", _plain("about")),
                ("Between", _listed("parties")),
                ("When", _plain("at")),
                ("Why", lambda row: words(row["text"])),
                ("Asked for", lambda row: words(row["requested"])),
                ("Due", _plain("due")),
                ("Days", _plain("days")),
                ("State", _plain("state")),
                ("Mediator", lambda row: named(row["mediator"]) or words(row["external"])),
                ("Result", lambda row: (row["result"] or "").replace("_", " ")),
                ("Wording", lambda row: words(row["wording"])),
            ),
            "Nobody disputed anything that was told.",
        ),
        Part(
            "win",
            "Wins",
            (
                ("Win", _named("win")),
                ("When", _plain("at")),
                ("Contributed", _listed("contributors")),
                ("Evenness", _undefined("breadth")),
                ("Not thanked yet", _listed("uncredited")),
                ("Announced", lambda row: row["state"].replace("_", " ")),
                ("Announced without", _listed("announced_without")),
            ),
            "No win was declared.",
        ),
    ),
    "impact": (
        Part(
            "objective",
            "Objectives",
            (
                ("Campaign", _named("campaign")),
                ("Objective", _said("text")),
                ("Due", _plain("due")),
                ("Assessed", lambda row: assessments(row) or "by nobody yet"),
            ),
            "No campaign has an objective.",
        ),
        Part(
            "answer",
            "Three questions",
            (
                ("Campaign", _named("campaign")),
                ("Organisation", _named("organisation")),
                ("What was done", _said("done")),
                ("Was it met as intended", _said("met_as_intended")),
                ("What changed", _said("changed")),
            ),
            "Nobody answered the three questions.",
        ),
        Part(
            "lesson",
            "Lessons",
            (
                ("Campaign", _named("campaign")),
                ("Organisation", _named("organisation")),
                ("Went", _plain("kind")),
                ("What", _said("what")),
                ("Why", _said("why")),
            ),
            "No lesson was recorded.",
        ),
        Part(
            "metric",
            "Numbers",
            (
                ("What", _named("metric")),
                ("On", _plain("on")),
                ("Value", _plain("value")),
                ("Unit", _plain("unit")),
                ("Is", lambda row: {"counter": "counted", "gauge": "measured"}[row["kind"]]),
                ("Source", _said("source")),
                ("Recorded by", _named("organisation")),
                ("Corrects", _plain("corrects")),
                ("Corrected by", _plain("corrected_by")),
            ),
            "Nothing is counted or measured.",
        ),
        Part(
            "story",
            "Stories",
            (
                ("Told by", _named("organisation")),
                ("When", _plain("at")),
                ("Story", _said("text")),
                ("Beside", _listed("metrics")),
            ),
            "No story is told.",
        ),
        Part(
            "outcome",
            "Wins and losses",
            (
                ("What", _said("title")),
                ("Is a", _plain("kind")),
                ("Size", _plain("size")),
                ("When", _plain("at")),
                ("Celebrated", lambda row: ", ".join(row["celebrated"])),
            ),
            "No win was declared and no loss acknowledged.",
        ),
        Part(
            "demand",
            "Demands",
            (
                ("Campaign", _named("campaign")),
                ("Presented by", _named("organisation")),
                ("To", _said("office")),
                ("Demand", _said("text")),
                ("By", _plain("due")),
                ("Answer", lambda row: row["state"].replace("_", " ")),
                ("In words", _said("answer")),
                ("Escalated to", lambda row: "; ".join(map(words, row["escalated_to"]))),
            ),
            "Nothing was demanded.",
        ),
        Part(
            "action",
            "Actions",
            (
                ("Campaign", _named("campaign")),
                ("On", _plain("on")),
                ("Kind", lambda row: row["kind"].replace("_", " ")),
                ("Organisations", _listed("organisations")),
                ("Participants", _plain("participants")),
            ),
            "No action was held.",
        ),
    ),
    "common-ground": (
        Part(
            "region",
            "Common ground",
            (
                ("For it are just", _listed("organisations")),
                ("Issues", lambda row: len(row["issues"])),
                ("Which", _listed("issues")),
            ),
            "Nobody is for an issue yet.",
        ),
        Part(
            "issue",
            "Issues",
            (
                ("Issue", _named("issue")),
                ("Scope", _plain("scope")),
                ("For", _listed("supporting")),
                ("Against", _listed("opposing")),
                ("Neither", _listed("undecided")),
                ("Silent", _listed("silent")),
                ("Consensus for", _undefined("gac")),
                ("Consensus against", _undefined("gar")),
                ("Coverage", _undefined("coverage")),
                ("State", _state),
                ("Divisiveness", _undefined("divisiveness")),
                ("Constituencies", _groups),
                ("Consensus and state before the window", _before),
                ("For it since", _listed("joined")),
                ("No longer", _listed("left")),
            ),
            "No issue was raised yet.",
        ),
        Part(
            "disagreement",
            "Agreed to disagree",
            (
                ("Issue", _named("issue")),
                ("Between", _listed("organisations")),
                ("Terms", lambda row: words(row["terms"])),
                ("Since", _plain("since")),
            ),
            "Nobody agreed to disagree.",
        ),
        Part(
            "threat",
            "Threats",
            (
                ("Threat", _named("threat")),
                ("Shared by", _listed("organisations")),
                ("Issues", _listed("issues")),
                ("Since", _plain("since")),
            ),
            "No threat was named, or all are retired.",
        ),
        Part(
            "pair",
            "Unlikely pairs",
            (
                ("Organisations", _listed("organisations")),
                ("Shared", _plain("shared")),
                ("Issues", _listed("issues")),
                ("Threats", _listed("threats")),
                ("Opposed on", _listed("opposed")),
                ("Tied", _plain("tied")),
                ("Last in touch", lambda row: row["last_touchpoint"] or "never"),
                ("Closeness", lambda row: row["closeness"] or "neither is for an issue"),
            ),
            "No pair without a tie, or opposed, shares an issue or a threat.",
        ),
    ),
    "representation-gaps": (
        Part(
            "constituency",
            "Constituencies",
            (
                ("Constituency", _named("constituency")),
                ("Kind", _plain("kind")),
                ("Least well served", _plain("least_well_served")),
                ("Represented by", _listed("members")),
                ("Wanted", _plain("required")),
                ("Present", _plain("present")),
                ("Missing", _plain("gap")),
                ("Meetings attended", _attended),
                ("Speeches", _undefined("spoke")),
                ("Seats", lambda row: seats(row["seats"])),
                ("Consulted", _plain("consulted")),
            ),
            "No constituency was identified yet.",
        ),
        Part(
            "meeting",
            "Meetings",
            (
                ("Meeting", _named("meeting")),
                ("When", _plain("at")),
                ("Missing", lambda row: _missing(row) or "nobody"),
            ),
            "No meeting was held.",
        ),
        Part(
            "decision",
            "Decisions",
            (
                ("Decision", lambda row: words(row["title"]) or row["decision"]),
                ("When", _plain("at")),
                ("Outcome", _plain("outcome")),
                ("Affected", _heard("affected")),
                ("Affected and unheard", _listed("unheard")),
                ("First consulted", _plain("first_consulted")),
                ("Days from then to voting", _undefined("lead_days")),
                ("Least well served", _heard("least_well_served")),
                ("None of them heard", _undefined("flagged")),
            ),
            "No decision was made.",
        ),
        Part(
            "suggestion",
            "Suggestions",
            (
                ("Who", _suggested),
                ("What", _plain("suggestion")),
                ("Because of", _why),
            ),
            "There is nothing to suggest.",
        ),
    ),
}
