"""What people look up of campaigns: their aims, workstreams, decisions, and what they grew from.

And of the demands that members put to offices. Folded from what was said; nothing here is stored.
"""

from collections.abc import Container, Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from services.meetings.domain.demand import Reading, Result, reads
from services.meetings.views.queries import Audiences
from services.meetings.views.rows import Named, Names, Words, ref, words
from services.meetings.views.said import Entry
from shared.hot import Connection

SILENT_AFTER = 14
"""Days after which a workstream that nobody reported on is flagged."""


class RootRow(BaseModel):
    """An event that a campaign grew from; `campaign`: the one that was launched there."""

    ref: str
    campaign: Named | None


class ObjectiveRow(BaseModel):
    """An objective as it stands; `refs` are where it was set and revised."""

    objective: UUID
    text: Words | None
    due: date | None
    refs: list[str]


class ActionRow(BaseModel):
    """An action that was held: which organisations, and how many people."""

    kind: str
    on: date
    organisations: list[Named]
    participants: int
    recorded_by: Named
    ref: str


class LeaningRow(BaseModel):
    """What a target thought, as somebody recorded it; `was` is what was known before."""

    was: str | None
    to: str | None
    at: datetime
    recorded_by: Named
    ref: str


class TargetRow(BaseModel):
    """Whom a campaign wants to move: what they think now, and each change, the newest first."""

    target: UUID
    name: Words | None
    stance: str | None
    history: list[LeaningRow]


class ProgressRow(BaseModel):
    percent: int | None
    text: Words | None
    at: datetime
    by: Named
    ref: str


class WorkstreamRow(BaseModel):
    """A workstream; `flagged`: it goes on, and was without an update for too many days.

    `percent` is what was said last; `updates` are the newest first.
    """

    workstream: UUID
    campaign: UUID | None
    name: Words | None
    lead: Named
    percent: int | None
    started_at: datetime
    updated_at: datetime
    flagged: bool
    closed: bool
    result: Words | None
    updates: list[ProgressRow]
    ref: str


class AimedRow(BaseModel):
    """A decision that was made for one of a campaign's objectives."""

    decision: UUID
    proposal: UUID
    objective: UUID
    title: Words | None
    outcome: str
    ref: str


class AnswerRow(BaseModel):
    result: Result
    text: Words | None
    at: datetime
    recorded_by: Named
    ref: str


class AskedRow(BaseModel):
    """An office that was asked, until when, and what it answered: `no_answer` where it did not."""

    office: Words | None
    asked_at: datetime
    asked_by: Named
    due: date
    reads: Reading
    answers: list[AnswerRow]
    ref: str


class DemandRow(BaseModel):
    """A demand; `reads` is the answer of the office asked last, `no_answer` past its day.

    `asked` are the offices in the order in which they were asked.
    """

    demand: UUID
    campaign: UUID | None
    text: Words | None
    presented_by: Named
    presented_at: datetime
    office: Words | None
    due: date
    reads: Reading
    escalated: bool
    asked: list[AskedRow]
    ref: str


class CampaignRow(BaseModel):
    """A campaign in the list; `flagged` are its workstreams that nobody reported on for long."""

    campaign: UUID
    name: Words | None
    launched_by: Named
    launched_at: datetime
    objectives: int
    workstreams: int
    flagged: int
    demands: int
    ref: str


class CampaignDetail(BaseModel):
    """All of a campaign; `version` is that of its stream, for `If-Match`."""

    campaign: UUID
    name: Words | None
    launched_by: Named
    launched_at: datetime
    grew_from: list[RootRow]
    objectives: list[ObjectiveRow]
    workstreams: list[WorkstreamRow]
    decisions: list[AimedRow]
    actions: list[ActionRow]
    targets: list[TargetRow]
    demands: list[DemandRow]
    ref: str
    version: int
    as_of: dict[str, int]


def workstreams(
    entries: Iterable[Entry], named: Names, now: datetime, silent_after: int = SILENT_AFTER
) -> list[WorkstreamRow]:
    """Return the workstreams: those that are flagged, others that go on, closed ones.

    Among these, the one that waits longest for an update comes first.
    """
    found: dict[UUID, WorkstreamRow] = {}
    for entry in entries:
        if entry.aggregate == "workstream" and _begun(entry, found):
            _worked(found, entry, named)
    for row in found.values():
        waited = now - row.updated_at
        row.flagged = not row.closed and waited > timedelta(days=silent_after)
    return sorted(found.values(), key=lambda row: (row.closed, not row.flagged, row.updated_at))


def _begun(entry: Entry, found: Container[UUID]) -> bool:
    """Say whether the reader may see how it began; if not, they see nothing of it."""
    return entry.type in {"WorkstreamStarted", "DemandPresented"} or entry.key in found


def _worked(found: dict[UUID, WorkstreamRow], entry: Entry, named: Names) -> None:
    data = entry.data
    match entry.type:
        case "WorkstreamStarted":
            found[entry.key] = WorkstreamRow(
                workstream=entry.key,
                campaign=data.get("campaign"),
                name=data.get("name"),
                lead=named.organisation(UUID(data["lead"])),
                percent=None,
                started_at=entry.at,
                updated_at=entry.at,
                flagged=False,
                closed=False,
                result=None,
                updates=[],
                ref=entry.ref,
            )
        case "ProgressReported":
            row, percent = found[entry.key], data.get("percent")
            row.updated_at = entry.at
            row.percent = row.percent if percent is None else percent
            update = ProgressRow(
                percent=percent,
                text=data.get("text"),
                at=entry.at,
                by=named.organisation(entry.org),
                ref=entry.ref,
            )
            row.updates.insert(0, update)
        case "WorkstreamClosed":
            found[entry.key].closed = True
            found[entry.key].result = data.get("result")


def demands(entries: Iterable[Entry], named: Names, today: date) -> list[DemandRow]:
    """Return the demands: those without an answer, those that wait, then answered ones.

    Among these, the one that was due first comes first.
    """
    found: dict[UUID, DemandRow] = {}
    for entry in entries:
        if entry.aggregate == "demand" and _begun(entry, found):
            _demanded(found, entry, named, today)
    order = {"no_answer": 0, "waiting": 1}
    return sorted(found.values(), key=lambda row: (order.get(row.reads, 2), row.due))


def _demanded(found: dict[UUID, DemandRow], entry: Entry, named: Names, today: date) -> None:
    data, by = entry.data, named.organisation(entry.org)
    if entry.type == "DemandAnswered":
        row = found[entry.key]
        answer = AnswerRow(
            result=data["result"],
            text=data.get("text"),
            at=entry.at,
            recorded_by=by,
            ref=entry.ref,
        )
        row.asked[-1].answers.append(answer)
        row.reads = row.asked[-1].reads = answer.result
        return
    due = date.fromisoformat(data["due"])
    office = data.get("office" if entry.type == "DemandPresented" else "to")
    asked = AskedRow(
        office=office,
        asked_at=entry.at,
        asked_by=by,
        due=due,
        reads=reads(None, due, today),
        answers=[],
        ref=entry.ref,
    )
    if entry.type == "DemandPresented":
        found[entry.key] = DemandRow(
            demand=entry.key,
            campaign=data.get("campaign"),
            text=data.get("text"),
            presented_by=by,
            presented_at=entry.at,
            office=office,
            due=due,
            reads=asked.reads,
            escalated=False,
            asked=[asked],
            ref=entry.ref,
        )
        return
    row = found[entry.key]
    if not row.asked[-1].answers:
        row.asked[-1].reads = "no_answer"
    row.asked.append(asked)
    row.office, row.due, row.reads, row.escalated = office, due, asked.reads, True


def campaigns(
    entries: Iterable[Entry], named: Names, now: datetime, silent_after: int = SILENT_AFTER
) -> list[CampaignRow]:
    """Return the campaigns, the newest first."""
    said = list(entries)
    work, asked = workstreams(said, named, now, silent_after), demands(said, named, now.date())
    found: dict[UUID, CampaignRow] = {}
    aims: dict[UUID, set[str]] = {}
    for entry in said:
        if entry.type == "CampaignLaunched":
            of_it = [row for row in work if row.campaign == entry.key]
            found[entry.key] = CampaignRow(
                campaign=entry.key,
                name=entry.data.get("name"),
                launched_by=named.organisation(entry.org),
                launched_at=entry.at,
                objectives=0,
                workstreams=len(of_it),
                flagged=sum(row.flagged for row in of_it),
                demands=sum(row.campaign == entry.key for row in asked),
                ref=entry.ref,
            )
        elif entry.type == "ObjectiveSet":
            aims.setdefault(entry.key, set()).add(entry.data["objective"])
    for row in found.values():
        row.objectives = len(aims.get(row.campaign, ()))
    return [*reversed(found.values())]


def objectives(entries: Iterable[Entry], campaign: UUID) -> list[ObjectiveRow]:
    """Return the objectives of a campaign as they stand, in the order in which they were set."""
    found: dict[str, ObjectiveRow] = {}
    for entry in entries:
        if entry.type == "ObjectiveSet" and entry.key == campaign:
            data = entry.data
            before = found.get(data["objective"])
            found[data["objective"]] = ObjectiveRow(
                objective=data["objective"],
                text=data.get("text"),
                due=data.get("due"),
                refs=[*(before.refs if before else ()), entry.ref],
            )
    return [*found.values()]


def actions(entries: Iterable[Entry], campaign: UUID, named: Names) -> list[ActionRow]:
    """Return the actions of a campaign, the latest first."""
    held = [
        ActionRow(
            kind=entry.data["kind"],
            on=entry.data["on"],
            organisations=[named.organisation(UUID(org)) for org in entry.data["orgs"]],
            participants=entry.data["participants"],
            recorded_by=named.organisation(entry.org),
            ref=entry.ref,
        )
        for entry in entries
        if entry.type == "ActionHeld" and entry.key == campaign
    ]
    return sorted(held, key=lambda row: row.on, reverse=True)


def targets(entries: Iterable[Entry], campaign: UUID, named: Names) -> list[TargetRow]:
    """Return whom a campaign wants to move, in the order in which they were named."""
    found: dict[str, TargetRow] = {}
    for entry in entries:
        if entry.type != "TargetStanceRecorded" or entry.key != campaign:
            continue
        data = entry.data
        row = found.setdefault(
            data["target"], TargetRow(target=data["target"], name=None, stance=None, history=[])
        )
        row.name, row.stance = data.get("name") or row.name, data.get("to")
        leaning = LeaningRow(
            was=data.get("from"),
            to=data.get("to"),
            at=entry.at,
            recorded_by=named.organisation(entry.org),
            ref=entry.ref,
        )
        row.history.insert(0, leaning)
    return [*found.values()]


def roots(entries: Iterable[Entry], refs: Iterable[str]) -> list[RootRow]:
    """Return what a campaign grew from; what other services know of it, they say."""
    launched: Mapping[str, Entry] = {
        entry.ref: entry for entry in entries if entry.type == "CampaignLaunched"
    }
    return [
        RootRow(
            ref=one,
            campaign=Named(id=of.key, name=of.data.get("name"))
            if (of := launched.get(one))
            else None,
        )
        for one in refs
    ]


def campaign(
    key: UUID,
    entries: Iterable[Entry],
    decisions: list[AimedRow],
    named: Names,
    now: datetime,
    *,
    version: int,
    as_of: dict[str, int],
    silent_after: int = SILENT_AFTER,
) -> CampaignDetail | None:
    """Return all of a campaign; `None` where there is none that this reader may see."""
    said = list(entries)
    launched = next(
        (one for one in said if one.type == "CampaignLaunched" and one.key == key), None
    )
    if launched is None:
        return None
    work = workstreams(said, named, now, silent_after)
    asked = demands(said, named, now.date())
    return CampaignDetail(
        campaign=key,
        name=launched.data.get("name"),
        launched_by=named.organisation(launched.org),
        launched_at=launched.at,
        grew_from=roots(said, launched.data.get("from", ())),
        objectives=objectives(said, key),
        workstreams=[row for row in work if row.campaign == key],
        decisions=decisions,
        actions=actions(said, key, named),
        targets=targets(said, key, named),
        demands=[row for row in asked if row.campaign == key],
        ref=launched.ref,
        version=version,
        as_of=as_of,
    )


async def decisions(
    db: Connection, coalition: UUID, seen_by: Audiences, objectives: Iterable[UUID]
) -> list[AimedRow]:
    """Return the decisions that were made for these objectives, the newest first."""
    rows: list[Any] = await db.fetch(
        "select d.position, d.decision, d.proposal, d.outcome, p.objective, p.title"
        " from proposal p join decision d using (coalition_id, proposal)"
        " where coalition_id = $1 and p.objective = any($3) and p.audience && $2"
        " and d.audience && $2 order by d.position desc",
        *(coalition, list(seen_by), list(objectives)),
    )
    return [
        AimedRow(
            decision=row["decision"],
            proposal=row["proposal"],
            objective=row["objective"],
            title=words(row["title"]),
            outcome=row["outcome"],
            ref=ref(row),
        )
        for row in rows
    ]
