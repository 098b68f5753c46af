"""What people look up of campaigns: their aims, workstreams, decisions, and what they grew from.

Folded from what was said; nothing here is stored.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from services.meetings.views.demands import DemandRow, demands
from services.meetings.views.queries import Audiences
from services.meetings.views.rows import Named, Names, Words, ref, words
from services.meetings.views.said import Entry
from services.meetings.views.workstreams import SILENT_AFTER, WorkstreamRow, workstreams
from shared.hot import Connection


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


class AimedRow(BaseModel):
    """A decision that was made for one of a campaign's objectives."""

    decision: UUID
    proposal: UUID
    objective: UUID
    title: Words | None
    outcome: str
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
