"""Accreditations with their roles, and seats: from rows to commands."""

from collections.abc import Iterator, Sequence
from typing import Any

from accord.sheets.changes import Act, Change, Making, Phase
from accord.sheets.reading import Row
from accord.sources.refusals import BadRow

MIDNIGHT = "T00:00:00.000Z"
FOREVER = "9999"
ENDED = "ended"


def accreditations(making: Making, rows: Sequence[Row]) -> Iterator[Change]:
    """Yield who speaks for whom: how each was accredited, took roles, and was ended or replaced."""
    own = [row for found in making.has["accreditations"].values() for row in found]
    replaced = {row["replaces"] for row in (*rows, *own) if row["replaces"]}
    voting = _Voting([row for row in own if row["ended"] is None])

    def accreditation(making: Making, row: Row) -> Iterator[Change]:
        yield from _accreditation(making, row, voting, replaced=row["id"] in replaced)

    yield from making.each(_replaced_first(making, rows), accreditation)


def _replaced_first(making: Making, rows: Sequence[Row]) -> list[Row]:
    """Return rows by when they were given; of one moment, what ended before what did not."""
    by_id = {row["id"]: row for row in rows}
    in_order = sorted(rows, key=lambda row: (_given(making, row), row["ended"] is None))
    found: dict[str, Row] = {}
    for row in in_order:
        chain = [row]
        while (before := by_id.get(chain[-1]["replaces"])) is not None and before not in chain:
            chain.append(before)
        for one in reversed(chain):
            found.setdefault(one["id"], one)
    return list(found.values())


def _given(making: Making, row: Row) -> str:
    """Return when an accreditation was given: on its first day, unless that is yet to come."""
    if row["given"]:
        given: str = row["given"]
        return given
    first = f"{row['from']}{MIDNIGHT}" if row["from"] else making.on
    return first if first <= making.now else making.on


def _accreditation(
    making: Making, row: Row, voting: "_Voting", *, replaced: bool
) -> Iterator[Change]:
    key, org = row["id"], row["organisation"]
    mark = ("accreditations", key)
    own = making.known("accreditations", row, ends=("ended", "reason"))
    if own is None:
        acts = [*_accredits(making, row, voting, replaced=replaced)]
        after: list[tuple[str, ...]] = [("members", org), ("bodies", row["body"])]
        if row["person"]:
            after.append(("people", row["person"]))
        if row["replaces"]:
            after.append(("accreditations", row["replaces"]))
        yield Change(mark, row, tuple(acts), Phase.ACCREDITATION, tuple(after))
    elif row["ended"] and own["ended"] is None and not replaced:
        act = _ends(making, row, _given(making, own))
        yield Change(("ended", key), row, (act,), Phase.OVER, (mark,))


def _accredits(making: Making, row: Row, voting: "_Voting", *, replaced: bool) -> Iterator[Act]:
    key, org = row["id"], row["organisation"]
    if org in making.gone:
        detail = "This organisation has left: import members and accreditations together."
        raise BadRow("not_a_member", detail, "organisation")
    making.when(row, "given")
    given = _given(making, row)
    first, last = row["from"] or given[:10], row["until"]
    if last and last < first:
        raise BadRow("over_before_it_begins", f"It lasts until {last}, from {first} on.", "until")
    authority = row["authority"] or "full"
    body: dict[str, Any] = {
        "accreditation": key,
        "body": row["body"],
        "authority": authority,
        "voting": authority != "observer" if row["voting"] is None else row["voting"],
        "executive": bool(row["executive"]),
        "from": first,
    }
    body |= {name: row[name] for name in ("person", "until") if row[name]}
    over = replaced or bool(row["ended"])
    if body["voting"] and not over:
        voting.take(row, first, last)
    if row["replaces"]:
        body["ended"] = row["replaces"]
        yield Act("accreditation", org, "ReplaceRepresentative", given, body)
    else:
        yield Act("accreditation", org, "AccreditRepresentative", given, body)
    within = first <= given[:10] <= (last or FOREVER)
    for role, until in row["role"] or ():
        at = given if within else f"{first}{MIDNIGHT}"
        if at > making.now:
            detail = "A role is taken once the accreditation has begun: add it then."
            raise BadRow("not_begun", detail, "role")
        told = {"role": role, "accreditation": key, **({"until": until} if until else {})}
        yield Act("body", row["body"], "TakeRole", at, told)
    if row["ended"] and not replaced:
        yield _ends(making, row, given)


def _ends(making: Making, row: Row, given: str) -> Act:
    ended = making.later(row, "ended", given)
    body = {"accreditation": row["id"], "reason": row["reason"] or ENDED}
    return Act("accreditation", row["organisation"], "EndAccreditation", ended, body)


class _Voting:
    """Who has the vote of an organisation in a body, and on which days."""

    def __init__(self, own: Sequence[Row]) -> None:
        self._taken: dict[tuple[str, str], list[tuple[Row, str, str | None]]] = {}
        for row in own:
            if row["voting"]:
                self._of(row).append((row, row["from"], row["until"]))

    def take(self, row: Row, first: str, last: str | None) -> None:
        """Give it the vote on these days.

        Raises:
            BadRow: another has it on one of them, and is not the one who is replaced.
        """
        taken = self._of(row)
        for other, begins, ends in taken:
            at_once = begins <= (last or FOREVER) and first <= (ends or FOREVER)
            if at_once and other["id"] != row["replaces"]:
                detail = f"The one in line {other.line} of {other.file} votes for it there then."
                detail += " One of the two has no vote, or ends before: say so."
                raise BadRow("voting_seat_taken", detail, "voting")
        taken.append((row, first, last))

    def _of(self, row: Row) -> list[tuple[Row, str, str | None]]:
        return self._taken.setdefault((row["organisation"], row["body"]), [])


def seat(making: Making, row: Row) -> Iterator[Change]:
    """Yield how a seat is reserved, and perhaps filled."""
    key, at = row["id"], making.when(row, "from")
    if making.known("seats", row):
        return
    if row["body"] == making.plenary:
        detail = "The plenary has no seats: every active member sits in it."
        raise BadRow("no_seats", detail, "body")
    reserved = {"seat": key, **({"constituency": c} if (c := row["constituency"]) else {})}
    acts = [Act("body", row["body"], "ReserveSeat", at, reserved)]
    after: list[tuple[str, ...]] = [("bodies", row["body"])]
    if org := row["organisation"]:
        if org in making.gone:
            detail = "This organisation has left: it cannot be seated."
            raise BadRow("not_a_member", detail, "organisation")
        filled = making.when(row, "filled", at)
        acts.append(Act("body", row["body"], "FillSeat", filled, {"seat": key, "org": org}))
        after.append(("members", org))
    yield Change(("seats", key), row, tuple(acts), Phase.SEAT, tuple(after))
