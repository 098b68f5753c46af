"""Minutes to take away as Markdown, and what changed from one version to another."""

from collections.abc import Collection, Iterator, Sequence
from difflib import SequenceMatcher
from typing import Literal
from uuid import UUID

from pydantic import BaseModel

from services.meetings.views.rows import MeetingDetail, MinutesRow, Named, Words, words
from shared.hot import Connection

AS_RECORDED = "<!-- accord: minutes as recorded -->"
"""What follows is the text of the minutes; `accord/sources/minutes.py` reads it back so."""


class LineRow(BaseModel):
    change: Literal["kept", "removed", "added"]
    text: str


class Differences(BaseModel):
    """Two versions of the minutes, line by line; what was removed comes before what was added."""

    before: int
    after: int
    lines: list[LineRow]


class Decided(BaseModel):
    """A decision that minutes cite."""

    ref: str
    outcome: str
    title: Words | None


def version_of(meeting: MeetingDetail, version: int | None) -> MinutesRow | None:
    """Return a version of the minutes, the newest where none is named."""
    if version is None:
        return meeting.minutes[-1] if meeting.minutes else None
    return next((row for row in meeting.minutes if row.version == version), None)


def differences(before: MinutesRow, after: MinutesRow) -> Differences:
    """Return how one version became another."""
    old, new = (_plain(row.text).splitlines() for row in (before, after))
    lines: list[LineRow] = []
    for tag, a, b, c, d in SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        if tag == "equal":
            lines += [LineRow(change="kept", text=line) for line in old[a:b]]
        else:
            lines += [LineRow(change="removed", text=line) for line in old[a:b]]
            lines += [LineRow(change="added", text=line) for line in new[c:d]]
    return Differences(before=before.version, after=after.version, lines=lines)


async def decided(
    db: Connection, coalition: UUID, seen_by: Collection[str], refs: Sequence[str]
) -> list[Decided]:
    """Return the decisions that minutes cite, as far as the reader may see them."""
    rows = await db.fetch(
        "select d.position, d.outcome, (select p.title from proposal p"
        "  where p.coalition_id = d.coalition_id and p.proposal = d.proposal and p.version = 1"
        "  and p.audience && $2 order by p.position limit 1) as title"
        " from decision d where d.coalition_id = $1 and d.audience && $2"
        " and 'meetings/' || d.position = any($3) order by d.position",
        *(coalition, list(seen_by), list(refs)),
    )
    return [
        Decided(
            ref=f"meetings/{row['position']}", outcome=row["outcome"], title=words(row["title"])
        )
        for row in rows
    ]


def markdown(meeting: MeetingDetail, minutes: MinutesRow, decisions: Sequence[Decided]) -> str:
    """Return minutes as Markdown, in the form in which `accord import minutes` reads them back."""
    return "\n".join(_lines(meeting, minutes, decisions)) + "\n"


def _lines(
    meeting: MeetingDetail, minutes: MinutesRow, decisions: Sequence[Decided]
) -> Iterator[str]:
    yield f"# {_line(meeting.title) or 'Meeting'}, {meeting.date}"
    yield ""
    yield f"{_line(meeting.body.name) or 'A body'}, {_place(meeting)}"
    yield ""
    yield f"Version {minutes.version}: {_standing(meeting, minutes)}."
    if minutes.corrects is not None:
        yield ""
        yield f"It corrects version {minutes.corrects}: {_line(minutes.reason)}"
    yield ""
    yield "## Present"
    yield ""
    for row in meeting.attendance:
        of = f" ({_line(row.org.name)})" if row.org and row.org.name else ""
        yield f"* {_line(row.person) or 'Somebody'}{of}"
    yield ""
    yield "## Agenda"
    yield ""
    for item in meeting.agenda:
        yield f"* {_line(item.title) or 'An item'}"
        time = "" if item.minutes is None else f", {item.minutes} minutes"
        yield f"  * {item.kind}{time}"
    if decisions:
        yield ""
        yield "## Decisions"
        yield ""
        for one in decisions:
            yield f"* {_line(one.title) or 'A proposal'}: {one.outcome}, {one.ref}"
    if meeting.steps:
        yield ""
        yield "## Actions"
        yield ""
        for step in reversed(meeting.steps):
            known = [
                _line(step.owner.name) if step.owner else "",
                f"due {step.due}" if step.due else "",
            ]
            beside = ", ".join(each for each in known if each)
            yield f"* {_line(step.what) or 'A step'}" + (f" ({beside})" if beside else "")
    yield ""
    yield "## Minutes"
    yield ""
    yield AS_RECORDED
    yield ""
    yield _plain(minutes.text)


def _standing(meeting: MeetingDetail, minutes: MinutesRow) -> str:
    by = ", ".join(map(_called, minutes.approved_by)) or "nobody"
    if minutes.state != "draft":
        return f"{minutes.state}, approved by {by}"
    approved = {org.id for org in minutes.approved_by}
    came = {row.org.id: row.org for row in meeting.attendance if row.org}
    waiting = [_called(org) for id_, org in came.items() if id_ not in approved]
    waits = f"; waiting for {', '.join(waiting)}" if waiting else ""
    return f"draft, approved by {by}{waits}"


def _place(meeting: MeetingDetail) -> str:
    starts = f"{meeting.starts_at:%H:%M} UTC"
    ends = f" to {meeting.ends_at:%H:%M} UTC" if meeting.ends_at else ""
    place = f", {_line(meeting.place)}" if meeting.place else ""
    return f"{starts}{ends}{place}"


def _called(org: Named) -> str:
    return _line(org.name) or str(org.id)


def _line(said: Words | None) -> str:
    """Return words on one line."""
    return " ".join(_plain(said).split())


def _plain(said: Words | None) -> str:
    return said["text"] if said else ""
