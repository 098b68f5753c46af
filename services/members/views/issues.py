"""Where organisations stand on an issue, who agreed to disagree, who leads it and who speaks on it.

Folded from what was said of the issue. Organisations that said nothing are not listed: silence is
no position.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from services.members.views.queries import IssueRow, Named, Names, Words, named
from services.members.views.said import Entry


class Stand(BaseModel):
    """What an organisation said it stands for, and why."""

    position: str | None
    reason: Words | None
    at: datetime
    ref: str


class PositionRow(Stand):
    """Where an organisation stands now; `before` is where it stood, the newest first."""

    organisation: Named
    before: list[Stand]


class DisagreementRow(BaseModel):
    """In force once all parties have agreed; `reopened_by` is who ended it."""

    parties: list[Named]
    agreed: list[Named]
    terms: Words | None
    in_force: bool
    since: datetime | None
    reopened_by: Named | None
    reopened_because: Words | None
    refs: list[str]


class LeadRow(BaseModel):
    """An organisation's time as the lead; `until` is when it yielded, or another was assigned."""

    organisation: Named
    since: datetime
    until: datetime | None
    yielded_because: Words | None
    refs: list[str]


class MessengerRow(BaseModel):
    audience: str
    organisation: Named
    person: UUID | None
    since: datetime
    until: datetime | None
    ref: str


class Said(BaseModel):
    """All that was said of one issue; each list has what holds first, then what held before."""

    positions: list[PositionRow] = []
    disagreements: list[DisagreementRow] = []
    leads: list[LeadRow] = []
    messengers: list[MessengerRow] = []


class IssueDetail(IssueRow, Said):
    """An issue with all that was said of it."""


class RegisteredRow(DisagreementRow):
    """A disagreement, and the issue that it is about, by id and by name."""

    issue: UUID
    about: Named


DISAGREEMENTS = ("AgreedToDisagree", "DisagreementReopened")


def said_of(entries: Iterable[Entry], names: Names) -> dict[UUID, Said]:
    """Return what was said of each issue.

    Args:
        entries: Their events, oldest first.
        names: Of organisations, as the reader may see them.
    """
    found: dict[UUID, Said] = {}
    stands: dict[UUID, dict[UUID, PositionRow]] = {}
    for entry in entries:
        issue = UUID(entry.key)
        said = found.setdefault(issue, Said())
        match entry.type:
            case "PositionTaken" | "PositionChanged":
                _stand(stands.setdefault(issue, {}), entry, names)
            case "AgreedToDisagree":
                _agree(said, entry, names)
            case "DisagreementReopened":
                _reopen(said, entry, names)
            case "LeadAssigned":
                _lead(said, entry, names, entry.data["lead"])
            case "LeadYielded":
                _yield(said, entry, names)
            case "MessengerChosen":
                _choose(said, entry, names)
    for issue, positions in stands.items():
        found[issue].positions = [*positions.values()]
    return found


def disagreements(entries: Iterable[Entry], names: Names) -> list[RegisteredRow]:
    """Return the disagreements of all issues: those in force first, then the newest first.

    Args:
        names: Of organisations and issues, as the reader may see them.
    """
    rows = [
        RegisteredRow(issue=issue, about=named(issue, names), **dict(row))
        for issue, said in said_of(entries, names).items()
        for row in said.disagreements
    ]
    rows.sort(key=lambda row: max(int(ref.partition("/")[2]) for ref in row.refs), reverse=True)
    return sorted(rows, key=lambda row: not row.in_force)


def _stand(positions: dict[UUID, PositionRow], entry: Entry, names: Names) -> None:
    data = entry.data
    now: dict[str, Any] = {
        "position": data.get("position", data.get("to")),
        "reason": data.get("reason"), "at": entry.at, "ref": entry.ref,
    }  # fmt: skip
    organisation, before = named(entry.org, names), list[Stand]()
    if row := positions.get(entry.org):
        last = Stand(position=row.position, reason=row.reason, at=row.at, ref=row.ref)
        organisation, before = row.organisation, [last, *row.before]
    positions[entry.org] = PositionRow(organisation=organisation, before=before, **now)


def _agree(said: Said, entry: Entry, names: Names) -> None:
    data = entry.data
    if data.get("parties"):
        new = DisagreementRow(
            parties=[named(org, names) for org in data["parties"]], agreed=[],
            terms=data.get("terms"), in_force=False, since=None, reopened_by=None,
            reopened_because=None, refs=[],
        )  # fmt: skip
        said.disagreements.insert(0, new)
    row = said.disagreements[0]
    row.agreed.append(named(entry.org, names))
    row.refs.append(entry.ref)
    if {one.id for one in row.agreed} == {one.id for one in row.parties}:
        row.in_force, row.since = True, entry.at


def _reopen(said: Said, entry: Entry, names: Names) -> None:
    row = said.disagreements[0]
    row.in_force, row.reopened_by = False, named(entry.org, names)
    row.reopened_because = entry.data.get("reason")
    row.refs.append(entry.ref)


def _lead(said: Said, entry: Entry, names: Names, lead: str) -> None:
    if said.leads and said.leads[0].until is None:
        said.leads[0].until = entry.at
    new = LeadRow(
        organisation=named(lead, names), since=entry.at, until=None, yielded_because=None,
        refs=[entry.ref],
    )  # fmt: skip
    said.leads.insert(0, new)


def _yield(said: Said, entry: Entry, names: Names) -> None:
    row = said.leads[0]
    row.until, row.yielded_because = entry.at, entry.data.get("reason")
    row.refs.append(entry.ref)
    if successor := entry.data.get("successor"):
        _lead(said, entry, names, successor)


def _choose(said: Said, entry: Entry, names: Names) -> None:
    data = entry.data
    for row in said.messengers:
        if row.audience == data["audience"] and row.until is None:
            row.until = entry.at
    new = MessengerRow(
        audience=data["audience"], organisation=named(data["org"], names),
        person=data.get("person"), since=entry.at, until=None, ref=entry.ref,
    )  # fmt: skip
    said.messengers.insert(0, new)
