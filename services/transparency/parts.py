"""The tables of reports that have several: what each is called, and its columns."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.transparency.domain.said import words
from services.transparency.sheet import called, named, seats, value

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


def _listed(name: str) -> Cell:
    return lambda row: called(row.get(name))


def _undefined(name: str) -> Cell:
    """Show a figure, or why it is undefined."""

    def cell(row: Row) -> Any:
        return row["reasons"].get(name, "undefined") if row[name] is None else value(row[name])

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


PARTS: Mapping[str, Sequence[Part]] = {
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
