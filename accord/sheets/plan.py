"""What an import sends: everything that is new in its files, in the order in which it happened.

What the coalition has already is left out, whoever brought it there; so the same files twice send
nothing. All rows are looked at before anything is sent, and a row that cannot be used lets nothing
be sent: rows of one file rest on those of another.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

from accord.sheets.changes import Act, Change, Making, Mark, Phase
from accord.sheets.mandates import accreditations, seat
from accord.sheets.naming import Naming
from accord.sheets.positions import positions
from accord.sheets.reading import Row
from accord.sheets.register import Register
from accord.sheets.things import body, constituency, issue, members, person
from accord.sources.lines import Coalition, ImportLine, member, midnight, text
from accord.sources.refusals import Refuse

Sheets = Mapping[str, Sequence[Row]]
SECRETARIAT = "Secretariat", "secretariat"


@dataclass(frozen=True)
class Known:
    """What a coalition is before the import; without an id it is yet to be formed.

    Args:
        versions: Of its streams.
    """

    id: UUID | None = None
    formal: bool = False
    ground_rules: int = 0
    versions: Mapping[str, int] = field(default_factory=dict)
    sheets: Sheets = field(default_factory=dict)


@dataclass(frozen=True)
class Plan:
    """What is to be sent, in order; and how many rows say what the coalition has already."""

    lines: Sequence[ImportLine]
    skipped: int


def plan(
    files: Sheets,
    known: Known,
    slug: str,
    *,
    on: date,
    now: str,
    new_id: Callable[[], str],
    refuse: Refuse,
    remark: Refuse,
) -> Plan:
    """Return what an import of `files` has to send.

    Args:
        files: Rows by sheet; their cells are changed into ids on the way.
        on: The day of what has no date.
        now: A moment as events hold it; nothing is later.
        new_id: Draws an id for a person who has none: one made of a name could be guessed.
        refuse: Told of every row that cannot be used.
        remark: Told of what is left as it is.
    """
    coalition = Coalition.to_be_formed(slug)
    if known.id is not None:
        coalition = Coalition(known.id, slug)
    plenary = _plenary(files, known, coalition)
    naming = Naming(coalition, Register(), plenary, new_id)
    has = naming.own(known.sheets)
    rows = naming.identified(files, refuse)
    making = Making(
        register=naming.register, has=has, on=midnight(on), now=now, plenary=plenary,
        formal=known.formal, ground_rules=known.ground_rules, refuse=refuse, remark=remark,
        gone=_gone(has["members"], rows["members"]),
    )  # fmt: skip
    changes = _in_order([*_changes(making, rows)])
    if known.id is None and any(rows.values()):
        changes = _formed(replace(coalition, known_plenary=plenary), changes, rows, on)
    return Plan([*_lines(changes, known.versions)], making.skipped)


def _changes(making: Making, rows: Sheets) -> Iterator[Change]:
    yield from making.each(rows["constituencies"], constituency)
    yield from making.each(rows["people"], person)
    yield from making.each(rows["issues"], issue)
    yield from members(making, rows["members"])
    yield from making.each(rows["bodies"], body)
    yield from accreditations(making, rows["accreditations"])
    yield from making.each(rows["seats"], seat)
    yield from positions(making, rows["positions"])


def _plenary(files: Sheets, known: Known, coalition: Coalition) -> str:
    """Return the id of the plenary: the coalition's own, or what its row says."""
    if known.id is not None:
        for row in known.sheets["bodies"]:
            if row["kind"] == "plenary":
                return str(row["id"])
    for row in files.get("bodies", ()):
        if row["kind"] == "plenary" and row["id"]:
            return Naming.id_from(coalition, "bodies", row["id"])
    return coalition.plenary


def _gone(own: Mapping[str, Sequence[Row]], rows: Iterable[Row]) -> set[str]:
    """Return the members that have left, and do not join again with these rows."""
    left = {org: spans[-1]["until"] for org, spans in own.items() if spans[-1]["until"]}
    back = {row["id"] for row in rows if row["from"] and row["from"] >= left.get(row["id"], "")}
    return left.keys() - back


def _in_order(changes: Sequence[Change]) -> list[Change]:
    """Return changes by when they happened, each after those that it rests on.

    Who leaves was accredited and seated before, whatever the days say; so was who is in a body
    that is dissolved.
    """
    found: dict[Mark, Change] = {}
    spoke: dict[tuple[str, str], list[Mark]] = {}
    for change in changes:
        found[change.mark] = change
        if change.phase is Phase.MEMBER and change.mark[0] == "members":
            found.setdefault(change.mark[:2], change)
        if change.phase in {Phase.ACCREDITATION, Phase.SEAT}:
            for kind, column in (("left", "organisation"), ("dissolved", "body")):
                spoke.setdefault((kind, change.row[column]), []).append(change.mark)
    times: dict[Mark, str] = {}

    def when(change: Change) -> str:
        if change.mark not in times:
            times[change.mark] = at = change.acts[0].at  # also where they rest on each other
            after = [*change.after]
            if change.phase in {Phase.OVER, Phase.DISSOLVED}:
                after += spoke.get((change.mark[0], change.mark[1]), ())
            rests_on = (found[mark] for mark in after if mark in found)
            times[change.mark] = max([at, *map(when, rests_on)])
        return times[change.mark]

    return sorted(changes, key=lambda change: (when(change), change.phase))


def _formed(
    coalition: Coalition, changes: Sequence[Change], rows: Sheets, on: date
) -> list[Change]:
    """Return changes after the forming of their coalition.

    Who founds it is who joined when its plenary began, or the first organisation; without any
    member it is the Secretariat, an observer.
    """
    began = {row["from"] for row in rows["bodies"] if row["kind"] == "plenary"} - {None}
    joins = [change for change in changes if change.mark[0] == "members"]
    joins.sort(
        key=lambda change: (
            change.acts[0].at not in began,
            change.acts[0].body["kind"] != "organization",
            change.acts[0].at,
        )
    )
    form: dict[str, Any] = {"slug": coalition.slug, "template": "alliance"}
    form |= {"name": text(coalition.slug), "plenary": coalition.plenary}
    if not joins:
        row = next(row for found in rows.values() for row in found)
        joining = member(*SECRETARIAT, votes=False)
        form["founder"] = {"org": coalition.secretariat, **joining}
        act = Act("coalition", str(coalition.id), "FormCoalition", midnight(on), form)
        return [Change(("coalition",), row, (act,), Phase.MEMBER), *changes]
    founding = joins[0]
    join, *later = founding.acts
    form["founder"] = {"org": join.key, **join.body}
    act = Act("coalition", str(coalition.id), "FormCoalition", join.at, form)
    founded = replace(founding, acts=(act, *later))
    return [founded, *(change for change in changes if change is not founding)]


def _lines(changes: Iterable[Change], versions: Mapping[str, int]) -> Iterator[ImportLine]:
    """Yield changes as they are sent, each with the version that it brings its stream to."""
    stand = Counter(versions)
    for change in changes:
        first, *then = change.acts
        row = change.row
        yield ImportLine(
            "members", first.command, first.key, first.at, stand[first.stream] + 1, first.body,
            row.file, row.line, first.by, then=tuple(act.part() for act in then),
        )  # fmt: skip
        for act in change.acts:
            stand[act.stream] += 1
            if act.command == "FormCoalition":
                stand[f"body-{act.body['plenary']}"] += 1
                stand[f"membership-{act.body['founder']['org']}"] += 1
