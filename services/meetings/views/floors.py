"""Who was heard at a meeting and who was not, who waits, what rests and how hot it was.

Folded from what was said there. Whoever came and kept silent is not heard, as in report R3
(`services/transparency/domain/participation.py`).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel

from services.meetings.domain.ids import AttendanceId
from services.meetings.domain.recording import allowed
from services.meetings.views.rows import MeetingDetail, Named, Names, Words, words
from services.meetings.views.said import Entry
from shared.hot import Connection

Titles = Mapping[UUID, Words | None]


class HeardRow(BaseModel):
    """How often and how long an organisation spoke; `seconds` are those of speeches that ended."""

    organisation: Named
    turns: int
    seconds: int
    refs: list[str]


class UnheardRow(BaseModel):
    """An organisation that came and has not been heard; `left`: it is not in the room any more."""

    organisation: Named
    left: bool


class WaitingRow(BaseModel):
    item: Named
    organisation: Named
    at: datetime
    ref: str


class SpeakingRow(BaseModel):
    speech: UUID
    item: Named
    organisation: Named
    person: Words | None
    since: datetime
    ref: str


class HeatRow(BaseModel):
    item: Named
    change: Literal["raised", "lowered"]
    reason: Words | None
    at: datetime
    ref: str


class RestingRow(BaseModel):
    """An item that rests until a day, and why."""

    item: Named
    until: date
    reason: Words | None
    ref: str


class FloorView(BaseModel):
    """The floor of a meeting; lists are in the order in which it happened, organisations by name.

    `recording`: `allowed`, `refused`, or `open` while somebody who is here may still refuse.
    """

    meeting: UUID
    not_heard: list[UnheardRow]
    heard: list[HeardRow]
    waiting: list[WaitingRow]
    speaking: list[SpeakingRow]
    heat: list[HeatRow]
    dissent_invited: list[Named]
    parked: list[RestingRow]
    recording: Literal["allowed", "refused", "open"]
    as_of: dict[str, int]


class ParkedRow(BaseModel):
    """An item that was parked: it rests until a day, is back, or was taken up in a meeting."""

    item: Named
    meeting: UUID
    until: date
    state: Literal["resting", "back", "taken_up"]
    taken_up_in: UUID | None
    reason: Words | None
    refs: list[str]


class Agenda(BaseModel):
    """The items of a published agenda."""

    position: int
    meeting: UUID
    items: frozenset[UUID]


async def titles(
    db: Connection, coalition: UUID, seen_by: Collection[str], items: Iterable[str | None]
) -> Titles:
    """Return what these items are called, as far as the reader may know."""
    rows = await db.fetch(
        "select item, title from item where coalition_id = $1 and audience && $2"
        " and item = any($3) order by position",
        *(coalition, list(seen_by), list({UUID(item) for item in items if item})),
    )
    return {row["item"]: words(row["title"]) for row in rows}


async def agendas(db: Connection, coalition: UUID, seen_by: Collection[str]) -> list[Agenda]:
    """Return the newest agenda of each meeting that was not cancelled."""
    rows = await db.fetch(
        "select distinct on (meeting) position, meeting, items from agenda a"
        " where coalition_id = $1 and audience && $2 and not exists (select from meeting_now m"
        "  where m.coalition_id = $1 and m.meeting = a.meeting and m.state = 'cancelled')"
        " order by meeting, position desc",
        *(coalition, list(seen_by)),
    )
    return [
        Agenda(position=row["position"], meeting=row["meeting"], items=frozenset(row["items"]))
        for row in rows
    ]


def floor(
    meeting: MeetingDetail, entries: Iterable[Entry], titles: Titles, named: Names
) -> FloorView:
    """Return how the floor of a meeting stands."""
    came = _came(meeting)
    view = FloorView(
        meeting=meeting.meeting,
        not_heard=[],
        heard=[],
        waiting=[],
        speaking=[],
        heat=[],
        dissent_invited=[],
        parked=[],
        recording="open",
        as_of=meeting.as_of,
    )
    heard: dict[UUID, HeardRow] = {}
    spoken: dict[UUID, UUID] = {}
    answers: dict[AttendanceId, bool] = {}
    for entry in entries:
        data = entry.data
        match entry.type:
            case "SpeechStarted":
                org = spoken[UUID(data["speech"])] = UUID(data["org"])
                row = heard.setdefault(
                    org, HeardRow(organisation=named.organisation(org), turns=0, seconds=0, refs=[])
                )
                row.turns += 1
                row.refs.append(entry.ref)
            case "SpeechEnded" if (speech := UUID(data["speech"])) in spoken:
                heard[spoken[speech]].seconds += data["seconds"]
                heard[spoken[speech]].refs.append(entry.ref)
            case "RecordingAnswered":
                answers[AttendanceId(UUID(data["attendance"]))] = data["agreed"]
        _happen(view, entry, titles, named)
    view.heard = sorted(heard.values(), key=lambda row: by_name(row.organisation))
    view.not_heard = sorted(
        (
            UnheardRow(organisation=named.organisation(org), left=left)
            for org, left in came.items()
            if org not in heard
        ),
        key=lambda row: by_name(row.organisation),
    )
    here = [AttendanceId(row.attendance) for row in meeting.attendance if not row.left]
    view.recording = {True: "allowed", False: "refused", None: "open"}[allowed(answers, here)]  # type: ignore[assignment]  # one of the three
    return view


def _came(meeting: MeetingDetail) -> dict[UUID, bool]:
    """Return the organisations that came, and whether nobody of theirs is still there."""
    came: dict[UUID, bool] = {}
    for row in meeting.attendance:
        if row.org is not None:
            came[row.org.id] = came.get(row.org.id, True) and row.left
    return came


def by_name(org: Named) -> tuple[str, UUID]:
    return (org.name or {}).get("text", "").casefold(), org.id


def _happen(view: FloorView, entry: Entry, titles: Titles, named: Names) -> None:
    """Change what waits, is said, rests, and how hot it is."""
    data = entry.data
    if entry.type == "SpeechEnded":
        view.speaking = [row for row in view.speaking if str(row.speech) != data["speech"]]
    if "item" not in data:
        return
    item = _item(data, titles)
    match entry.type:
        case "FloorRequested":
            view.waiting.append(
                WaitingRow(
                    item=item,
                    organisation=named.organisation(entry.org),
                    at=entry.at,
                    ref=entry.ref,
                )
            )
        case "SpeechStarted":
            org, person = named.organisation(UUID(data["org"])), data.get("speaker")
            view.waiting = [
                row
                for row in view.waiting
                if (row.item.id, row.organisation.id) != (item.id, org.id)
            ]
            view.speaking.append(
                SpeakingRow(
                    speech=data["speech"],
                    item=item,
                    organisation=org,
                    person=named.person(UUID(person) if person else None),
                    since=entry.at,
                    ref=entry.ref,
                )
            )
        case "HeatRaised" | "HeatLowered":
            view.heat.append(
                HeatRow(
                    item=item,
                    change="raised" if entry.type == "HeatRaised" else "lowered",
                    reason=data.get("reason"),
                    at=entry.at,
                    ref=entry.ref,
                )
            )
        case "DissentInvited":
            view.dissent_invited.append(item)
        case "DiscussionParked" | "DiscussionResumed":
            view.parked = [row for row in view.parked if row.item.id != item.id]
            view.parked += _resting(entry, item)


def _item(data: Mapping[str, Any], titles: Titles) -> Named:
    id_ = UUID(data["item"])
    return Named(id=id_, name=titles.get(id_))


def _resting(entry: Entry, item: Named) -> list[RestingRow]:
    if entry.type != "DiscussionParked":
        return []
    until, reason = entry.data["until"], entry.data.get("reason")
    return [RestingRow(item=item, until=until, reason=reason, ref=entry.ref)]


def parked(
    entries: Iterable[Entry], titles: Titles, published: Sequence[Agenda]
) -> list[ParkedRow]:
    """Return what was parked, by the day: whether it rests, is back, or was taken up."""
    rows: dict[UUID, ParkedRow] = {}
    back: dict[UUID, int] = {}
    for entry in entries:
        if entry.type not in {"DiscussionParked", "DiscussionResumed"}:
            continue
        item = _item(entry.data, titles)
        if entry.type == "DiscussionParked":
            rows[item.id] = ParkedRow(
                item=item,
                meeting=entry.key,
                until=entry.data["until"],
                state="resting",
                taken_up_in=None,
                reason=entry.data.get("reason"),
                refs=[entry.ref],
            )
            back.pop(item.id, None)
        elif (row := rows.get(item.id)) is not None:
            row.state, back[item.id] = "back", entry.position
            row.refs.append(entry.ref)
    for agenda in published:
        for id_ in agenda.items & back.keys():
            if agenda.position > back[id_] and agenda.meeting != rows[id_].meeting:
                rows[id_].state, rows[id_].taken_up_in = "taken_up", agenda.meeting
    return sorted(rows.values(), key=lambda row: (row.until, row.item.id))
