"""What was said of each thing, as the rows of its sheet: people, organisations, what they are in.

A row is what holds now. A member has a row for each time it joined; a position for each change.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from services.members.views.said import Entry, spoken

Row = dict[str, Any]
REPLACED = "replaced"


@dataclass
class Table:
    """What was said of each thing, by id. A member has a row for each time it joined."""

    constituencies: dict[str, Row] = field(default_factory=dict)
    people: dict[str, Row] = field(default_factory=dict)
    issues: dict[str, Row] = field(default_factory=dict)
    members: dict[str, list[Row]] = field(default_factory=dict)
    bodies: dict[str, Row] = field(default_factory=dict)
    accreditations: dict[str, Row] = field(default_factory=dict)
    seats: dict[str, Row] = field(default_factory=dict)
    positions: list[Row] = field(default_factory=list)
    roles: dict[tuple[str, str], dict[str, str | None]] = field(default_factory=dict)
    """By body and accreditation: each role, and its last day."""

    def rows(self, kind: str) -> list[Row]:
        """Return the rows of a sheet in their order: the same wherever they were brought in.

        By when things began, then by id; positions as they were recorded.
        """
        if kind == "positions":
            return sorted(self.positions, key=lambda row: row["from"])
        if kind == "members":
            found = [row for spans in self.members.values() for row in spans]
        else:
            found = list(getattr(self, kind).values())
        began = "given" if kind == "accreditations" else "from"
        return sorted(found, key=lambda row: (row[began], row["id"]))


def folded(entries: Iterable[Entry]) -> Table:
    """Return what events say of people, organisations and what they are in."""
    table = Table()
    for entry in entries:
        if fold := _FOLDS.get(entry.type):
            fold(table, entry._replace(data=spoken(entry.data)))
    return table


def _identified(table: Table, entry: Entry) -> None:
    data = entry.data
    table.constituencies[entry.key] = {
        "id": entry.key, "name": data.get("name"), "kind": data["kind"],
        "least_well_served": data["least_well_served"], "implementer": data["implementer"],
        "historically_excluded": data["historically_excluded"], "seats": data["seats_wanted"],
        "from": entry.at,
    }  # fmt: skip


def _registered(table: Table, entry: Entry) -> None:
    data = entry.data
    table.people[entry.key] = {
        "id": entry.key, "name": data.get("name"), "email": data.get("contact"),
        "locale": data["locale"], "from": entry.at,
    }  # fmt: skip


def _raised(table: Table, entry: Entry) -> None:
    data = entry.data
    table.issues[entry.key] = {
        "id": entry.key, "name": data.get("name"), "summary": data.get("summary"),
        "organisation": _text(entry.by), "from": entry.at, "until": None, "reason": None,
    }  # fmt: skip


def _scoped(table: Table, entry: Entry) -> None:
    out = entry.data["scope"] == "out"
    table.issues[entry.key] |= {
        "until": entry.at if out else None, "reason": entry.data.get("reason") if out else None,
    }  # fmt: skip


def _stood(table: Table, entry: Entry) -> None:
    data = entry.data
    table.positions.append(
        {
            "issue": entry.key, "organisation": _text(entry.by),
            "position": data.get("position", data.get("to")), "reason": data.get("reason"),
            "from": entry.at,
        }
    )  # fmt: skip


def _joined(table: Table, entry: Entry) -> None:
    data = entry.data
    table.members.setdefault(entry.key, []).append(
        {
            "id": entry.key, "name": data.get("name"), "kind": data["kind"],
            "sector": data["sector"], "constituency": data["constituencies"],
            "commitment": data["commitment"], "voting": data["voting_right"], "from": entry.at,
            "suspended": None, "suspended_because": None, "until": None, "reason": None,
            "note": None,
        }
    )  # fmt: skip


def _sat(table: Table, entry: Entry) -> None:
    now, data = table.members[entry.key][-1], entry.data
    match entry.type:
        case "CommitmentLevelSet":
            now["commitment"] = data["level"]
        case "MemberSuspended":
            now |= {"suspended": entry.at, "suspended_because": data.get("reason")}
        case "MemberReinstated":
            now |= {"suspended": None, "suspended_because": None}
        case "MemberLeft":
            now |= {"until": entry.at, "reason": data["reason_code"], "note": data.get("note")}


def _constituted(table: Table, entry: Entry) -> None:
    data = entry.data
    table.bodies[entry.key] = {
        "id": entry.key, "name": data.get("name"), "kind": data["kind"], "scope": data["scope"],
        "from": entry.at, "until": None, "reason": None,
    }  # fmt: skip


def _rearranged(table: Table, entry: Entry) -> None:
    body, data = table.bodies[entry.key], entry.data
    if entry.type == "BodyMandateChanged":
        body["scope"] = data["scope"]
    else:
        body |= {"until": entry.at, "reason": data.get("reason")}


def _accredited(table: Table, entry: Entry) -> None:
    data = entry.data
    given = data["accreditation"]
    table.accreditations[given] = {
        "id": given, "organisation": entry.key, "body": data["body"], "person": data.get("person"),
        "authority": data["authority"], "voting": data["voting"], "executive": data["executive"],
        "from": data["from"], "until": data.get("until"), "given": entry.at,
        "replaces": data.get("ended"), "ended": None, "reason": None,
    }  # fmt: skip
    if before := data.get("ended"):
        table.accreditations[before] |= {"ended": entry.at, "reason": REPLACED}


def _ended(table: Table, entry: Entry) -> None:
    ended = table.accreditations[entry.data["accreditation"]]
    ended |= {"ended": entry.at, "reason": entry.data["reason"]}


def _took_role(table: Table, entry: Entry) -> None:
    data = entry.data
    held = table.roles.setdefault((entry.key, data["accreditation"]), {})
    if entry.type == "RoleTaken":
        held[data["role"]] = data.get("until")
    else:
        held.pop(data["role"], None)


def _reserved(table: Table, entry: Entry) -> None:
    data = entry.data
    table.seats[data["seat"]] = {
        "id": data["seat"], "body": entry.key, "constituency": data.get("constituency"),
        "organisation": None, "from": entry.at, "filled": None,
    }  # fmt: skip


def _seated(table: Table, entry: Entry) -> None:
    org = entry.data.get("org")
    seat = table.seats[entry.data["seat"]]
    seat |= {"organisation": org, "filled": entry.at if org else None}


_FOLDS: Mapping[str, Callable[[Table, Entry], None]] = {
    "ConstituencyIdentified": _identified,
    "PersonRegistered": _registered,
    "IssueRaised": _raised,
    "IssueScoped": _scoped,
    "PositionTaken": _stood,
    "PositionChanged": _stood,
    "MemberJoined": _joined,
    "CommitmentLevelSet": _sat,
    "MemberSuspended": _sat,
    "MemberReinstated": _sat,
    "MemberLeft": _sat,
    "BodyConstituted": _constituted,
    "BodyMandateChanged": _rearranged,
    "BodyDissolved": _rearranged,
    "RepresentativeAccredited": _accredited,
    "RepresentativeReplaced": _accredited,
    "AccreditationEnded": _ended,
    "RoleTaken": _took_role,
    "RoleReleased": _took_role,
    "SeatReserved": _reserved,
    "SeatFilled": _seated,
    "SeatVacated": _seated,
}


def _text(id_: UUID | None) -> str | None:
    return None if id_ is None else str(id_)
