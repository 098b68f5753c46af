"""Sheets as people keep them, generated: names of every sort, ids of ours, of theirs, or none."""

import csv
import io
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from shared.cells import compared, guarded
from shared.event import timestamp

Draw = Callable[..., Any]
START = datetime(2015, 1, 1, tzinfo=UTC)
TEXT_COLUMNS = {
    "name", "summary", "suspended_because", "note", "organisation", "body", "person", "issue",
    "constituency", "email", "scope",
}  # fmt: skip
LANGUAGES = st.sampled_from(["en", "de", "pt-BR"])
SIGNS = "abzÄß=+-@'\",;:. \n\t\u00e9\uff1d漢🌳0"
TEXTS = (
    st.text(SIGNS, min_size=1, max_size=12)
    .map(lambda words: f"{words}x")
    .filter(lambda words: bool(words.strip()))
)
NAMES = TEXTS.filter(lambda name: ";" not in name and compared(name) not in {"all", "plenary"})


def csv_of(kind: str, rows: Sequence[dict[str, Any]], delimiter: str = ",") -> bytes:
    """Return rows as a spreadsheet would save them; columns that nobody filled in are absent."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    written = io.StringIO(newline="")
    lines = csv.writer(written, delimiter=delimiter)
    lines.writerow(columns)
    for row in rows:
        lines.writerow([_cell(kind, name, row.get(name)) for name in columns])
    return written.getvalue().encode()


def _cell(kind: str, column: str, value: Any) -> str:
    if value is None:
        return ""
    text = column in TEXT_COLUMNS or (
        column == "reason" and kind not in {"members", "accreditations"}
    )
    return guarded(value) if text else str(value)


def moment(days: int, milliseconds: int = 0) -> str:
    """Return a moment as a cell holds it: a day where it is a midnight."""
    at = START + timedelta(days=days, milliseconds=milliseconds)
    return at.date().isoformat() if milliseconds == 0 else timestamp(at)


MOMENTS = st.tuples(st.integers(0, 1_500), st.sampled_from([0, 0, 1, 43_200_123]))


@st.composite
def rosters(draw: Draw, *, over: bool = True) -> dict[str, bytes]:
    """Return sheets that fit together.

    Args:
        over: Whether members may have left, and bodies been dissolved.
    """
    ids = iter(range(1, 10_000))

    def identity(kind: str, *, needed: bool = False) -> str | None:
        how = draw(st.sampled_from(["ours", "theirs"] if needed else ["ours", "theirs", "none"]))
        n = next(ids)
        if how == "ours":
            return str(UUID(int=0x7000_8000 << 48 | 7 << 76 | 2 << 62 | n))
        return f"{kind[0].upper()}-{n}" if how == "theirs" else None

    def named(kind: str, most: int, *, least: int = 0) -> list[dict[str, Any]]:
        names = draw(st.lists(NAMES, min_size=least, max_size=most, unique_by=compared))
        return [
            {"id": identity(kind), "name": name, "language": draw(st.none() | LANGUAGES),
             "from": moment(*draw(MOMENTS))}
            for name in names
        ]  # fmt: skip

    def called(row: dict[str, Any]) -> str:
        return str(draw(st.sampled_from([row["name"], row["id"] or row["name"]])))

    def some(rows: list[dict[str, Any]], most: int = 2) -> str | None:
        chosen = draw(st.lists(st.sampled_from(rows), max_size=most)) if rows else []
        return "; ".join(called(row) for row in chosen) or None

    constituencies = named("constituencies", 2)
    for row in constituencies:
        row |= {"kind": "Young people", "seats": draw(st.none() | st.integers(0, 9)),
                "implementer": draw(st.sampled_from(["yes", "no", None]))}  # fmt: skip
    people = named("people", 4)
    for n, row in enumerate(people):
        row |= {"email": draw(st.sampled_from([None, f"p{n}@example.org", "=p@example.org"]))}
        row["id"] = row["id"] or identity("people", needed=True)
    orgs = named("members", 4, least=1)
    members = [_member(draw, row, some(constituencies), over=over) for row in orgs]
    for row, member in zip(orgs, members, strict=True):
        if member["kind"] == "Person":
            row["id"] = member["id"] = row["id"] or identity("members", needed=True)
    members += _again(draw, members)
    issues = named("issues", 3)
    for row in issues:
        row |= {"summary": draw(st.none() | TEXTS), "summary_language": draw(st.none() | LANGUAGES),
                "organisation": called(draw(st.sampled_from(orgs)))}  # fmt: skip
        if draw(st.booleans()):
            row |= {"until": moment(draw(st.integers(1_501, 2_000))), "reason": draw(TEXTS)}
    bodies = named("bodies", 3)
    for n, row in enumerate(bodies):
        _arrange(draw, row, some(issues), steering=n == 0, over=over)
    if draw(st.booleans()):
        bodies.append({"id": identity("bodies"), "name": "Plenary", "kind": "plenary",
                       "from": moment(*draw(MOMENTS))})  # fmt: skip
    once = [row for row in orgs if sum(one["name"] == row["name"] for one in members) == 1]
    return {
        kind: csv_of(kind, rows, draw(st.sampled_from(",;\t")))
        for kind, rows in {
            "constituencies": constituencies,
            "people": people,
            "issues": issues,
            "members": members,
            "bodies": bodies,
            "accreditations": _accreditations(draw, once, bodies, people, called, identity),
            "seats": _seats(draw, once, bodies, constituencies, called),
            "positions": _positions(draw, orgs, issues, called),
        }.items()
        if rows
    }


def _member(
    draw: Draw, row: dict[str, Any], constituency: str | None, *, over: bool
) -> dict[str, Any]:
    member = {
        **row,
        "kind": draw(st.sampled_from(["organization", "Person", None])),
        "sector": draw(st.sampled_from(["health", "Health care", None])),
        "constituency": constituency,
        "commitment": draw(st.sampled_from(["observer", "Voice only", "homework", None])),
        "voting": draw(st.sampled_from(["yes", "NO", "1", None])),
    }
    if draw(st.integers(0, 3)) == 0:
        told = {"suspended_because": draw(TEXTS)}
        told["suspended_because_language"] = draw(st.none() | LANGUAGES)
        member |= {"suspended": moment(1_501, draw(st.integers(0, 5))), **told}
    if over and draw(st.integers(0, 2)) == 0:
        left = {"reason": draw(st.sampled_from(["burnout", "Goals", None]))}
        member |= {"until": moment(draw(st.integers(1_502, 2_000))), **left}
        member["note"] = draw(st.none() | TEXTS)
    return member


def _arrange(
    draw: Draw, body: dict[str, Any], issues: str | None, *, steering: bool, over: bool
) -> None:
    body["kind"] = "steering" if steering and draw(st.booleans()) else None
    body["scope"] = draw(st.sampled_from([issues, "All", None]))
    if over and draw(st.booleans()):
        body |= {"until": moment(draw(st.integers(1_501, 2_000)), 1), "reason": draw(TEXTS)}


def _again(draw: Draw, members: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return who left and joined again."""
    return [
        {**row, "from": moment(draw(st.integers(2_000, 2_500))), "until": None, "suspended": None,
         "suspended_because": None, "suspended_because_language": None, "reason": None,
         "note": None}
        for row in members
        if row.get("until") and draw(st.booleans())
    ]  # fmt: skip


def _accreditations(
    draw: Draw,
    orgs: Sequence[dict[str, Any]],
    bodies: Sequence[dict[str, Any]],
    people: Sequence[dict[str, Any]],
    called: Callable[[dict[str, Any]], str],
    identity: Callable[..., str | None],
) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    votes: set[tuple[int, int]] = set()
    for o, org in enumerate(orgs):
        for _ in range(draw(st.integers(0, 3))):
            b = draw(st.integers(-1, len(bodies) - 1))
            given = draw(st.integers(0, 1_400))
            there = o, -1 if b >= 0 and bodies[b].get("kind") == "plenary" else b
            voting = there not in votes and draw(st.booleans())
            if voting:
                votes.add(there)
            row = {
                "id": identity("accreditations", needed=True),
                "organisation": called(org),
                "body": called(bodies[b]) if b >= 0 else None,
                "person": people[p]["id"]
                if (p := draw(st.integers(-1, len(people) - 1))) >= 0
                else None,
                "authority": draw(st.sampled_from(["full", "Ad referendum", "observer"])),
                "voting": "yes" if voting else "no",
                "executive": draw(st.sampled_from(["yes", "no", None])),
                "from": moment(given),
                "until": draw(st.sampled_from([None, moment(given + 3_000)])),
                "given": draw(st.sampled_from([None, moment(given + 1, 5)])),
            }
            how = draw(st.sampled_from(["held", "held", "ended", "replaced"]))
            if how == "ended":
                row |= {"ended": moment(given + 90, 7), "reason": "moved"}
            rows.append(row)
            if how == "held":
                row["role"] = draw(
                    st.sampled_from([None, "chair", "Note taker; chair until 2031-01-01"])
                )
            if how == "replaced":
                after = {
                    **row,
                    "id": identity("accreditations", needed=True),
                    "replaces": row["id"],
                }
                rows.append(after | {"from": moment(given + 99), "given": None, "person": None})
    return rows


def _seats(
    draw: Draw,
    orgs: Sequence[dict[str, Any]],
    bodies: Sequence[dict[str, Any]],
    constituencies: Sequence[dict[str, Any]],
    called: Callable[[dict[str, Any]], str],
) -> list[dict[str, Any]]:
    seated = [body for body in bodies if body.get("kind") != "plenary"]

    def one(rows: Sequence[dict[str, Any]]) -> str | None:
        return called(draw(st.sampled_from(rows))) if rows else None

    return [
        {
            "body": called(body),
            "constituency": one(constituencies),
            "organisation": one(orgs) if draw(st.booleans()) else None,
            "from": moment(*draw(MOMENTS)),
        }
        for body in seated
        for _ in range(draw(st.integers(0, 2)))
    ]  # fmt: skip


def _positions(
    draw: Draw,
    orgs: Sequence[dict[str, Any]],
    issues: Sequence[dict[str, Any]],
    called: Callable[[dict[str, Any]], str],
) -> list[dict[str, Any]]:
    rows = []
    for issue in issues:
        for org in orgs:
            days, last = draw(st.integers(0, 900)), None
            for _ in range(draw(st.integers(0, 3))):
                stands = ["support", "Can live with", "oppose", "no_position"]
                last = draw(st.sampled_from([each for each in stands if each != last]))
                days += draw(st.integers(0, 200))
                rows.append(
                    {"issue": called(issue), "organisation": called(org), "position": last,
                     "reason": draw(TEXTS), "language": draw(st.none() | LANGUAGES),
                     "from": moment(days)}
                )  # fmt: skip
    return rows
