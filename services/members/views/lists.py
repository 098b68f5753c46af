"""Lists as sheets: fixed columns, one fact a cell."""

from collections.abc import Iterable, Sequence
from typing import Any

from services.members.views.charter import Acceptance
from services.members.views.memberships import QUESTIONS, AlignmentRow
from services.members.views.queries import Named, Words
from services.members.views.roster import Representative, RosterRow
from shared.sheet import cell, written

ROSTER = (
    "organisation", "name", "state", "kind", "sector", "commitment", "voting_right", "joined_at",
    "represents", "seats", "representative", "body", "authority", "voting", "from", "until",
    "roles", "ref",
)  # fmt: skip
ALIGNMENTS = ("organisation", "name", *QUESTIONS, "complete", "ref")
ACCEPTANCES = ("organisation", "name", "version", "accepted", "ref")


def roster(rows: Iterable[RosterRow]) -> str:
    """Return a line for each representative, and one for an organisation that has none."""
    nobody: tuple[Representative | None, ...] = (None,)
    return _sheet(
        ROSTER, (_member(row, one) for row in rows for one in row.representatives or nobody)
    )


def alignments(rows: Iterable[AlignmentRow]) -> str:
    """Return a line for each member; an empty cell is a question not answered."""
    return _sheet(
        ALIGNMENTS,
        (
            (
                str(row.organisation.id), _called(row.organisation),
                *(_words(row.answers[question]) for question in QUESTIONS), row.complete, row.ref,
            )
            for row in rows
        ),
    )  # fmt: skip


def acceptances(found: Acceptance) -> str:
    """Return a line for each member: first those missing."""
    missing = ((one, False, None) for one in found.missing)
    accepted = ((one, True, one.ref) for one in found.accepted)
    return _sheet(
        ACCEPTANCES,
        (
            (str(one.id), _called(one), found.version, said, ref)
            for one, said, ref in (*missing, *accepted)
        ),
    )


def _sheet(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    return written([columns, *([cell(value) for value in row] for row in rows)])


def _member(row: RosterRow, one: Representative | None) -> tuple[Any, ...]:
    of_them = "; ".join(_called(each) for each in row.represents)
    seats = "; ".join(_called(each.body) for each in row.seats)
    speaks: tuple[Any, ...] = (None,) * 7
    if one is not None:
        speaks = (
            _words(one.name), _called(one.body), one.authority, one.voting, one.begins, one.ends,
            " ".join(one.roles),
        )  # fmt: skip
    joined = row.joined_at.date() if row.joined_at else None
    return (
        str(row.id), _called(row), row.state, row.kind, row.sector, row.commitment,
        row.voting_right, joined, of_them, seats, *speaks, row.ref,
    )  # fmt: skip


def _called(thing: Named) -> str:
    return _words(thing.name) or str(thing.id)


def _words(said: Words | None) -> str:
    return said.get("text", "") if said else ""
