"""Minutes to take away as Markdown, and what changed from one version to another.

What a secretary wrote stands below what is recorded anyway, and needs no retyping: who was there,
whether there was a quorum, each item, each decision with its count and dissent, and each step.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal
from uuid import UUID

from pydantic import BaseModel

from services.meetings.domain.rule import Option
from services.meetings.views import floors
from services.meetings.views.decided import Decided, DissentRow, ObjectionRow
from services.meetings.views.floors import HeatRow, RestingRow, Titles
from services.meetings.views.preparations import ExemptionRow, InvitationRow, preparation
from services.meetings.views.rows import (
    AttendanceRow,
    MeetingDetail,
    MinutesRow,
    Named,
    Names,
    StepRow,
    Words,
)
from services.meetings.views.said import Entry

AS_RECORDED = "<!-- accord: minutes as recorded -->"
"""What follows is the text of the minutes; `accord/sources/exported.py` reads it back so."""


class LineRow(BaseModel):
    change: Literal["kept", "removed", "added"]
    text: str


class Differences(BaseModel):
    """Two versions of the minutes, line by line; what was removed comes before what was added."""

    before: int
    after: int
    lines: list[LineRow]


@dataclass(frozen=True)
class Course:
    """What happened beside what the meeting itself shows.

    Args:
        decisions: Those that the minutes cite.
        parked: What rested when the meeting was over.
        invited: Who was asked to come, and answered what.
        exempt: Who was not asked, and why.
        unowned: The steps that nobody had taken on when the meeting was closed all the same.
        because: Why it was.
    """

    decisions: Sequence[Decided] = ()
    heat: Sequence[HeatRow] = ()
    parked: Sequence[RestingRow] = ()
    invited: Sequence[InvitationRow] = ()
    exempt: Sequence[ExemptionRow] = ()
    unowned: Collection[UUID] = ()
    because: Words | None = None


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


def course(
    meeting: MeetingDetail,
    said: Sequence[Entry],
    titles: Titles,
    named: Names,
    decisions: Sequence[Decided],
) -> Course:
    """Return what happened at a meeting; an item that came back by itself still had rested."""
    in_the_room = [
        entry for entry in said if entry.type != "DiscussionResumed" or entry.by is not None
    ]
    floor = floors.floor(meeting, in_the_room, titles, named)
    prepared = preparation(meeting, said, titles, named, seated=(), today=meeting.date)
    closed = [entry.data.get("override") for entry in said if entry.type == "MeetingClosed"]
    override = (closed[-1] if closed else None) or {"steps": ()}
    return Course(
        decisions=decisions,
        heat=floor.heat,
        parked=floor.parked,
        invited=prepared.invitations,
        exempt=prepared.exemptions,
        unowned=[UUID(step) for step in override["steps"]],
        because=override.get("reason"),
    )


def markdown(meeting: MeetingDetail, minutes: MinutesRow, course: Course) -> str:
    """Return minutes as Markdown, in the form in which `accord import minutes` reads them back."""
    return "\n".join(_lines(meeting, minutes, course)) + "\n"


def _lines(meeting: MeetingDetail, minutes: MinutesRow, course: Course) -> Iterator[str]:
    yield from _head(meeting, minutes)
    came = [f"* {_attended(row)}" for row in meeting.attendance]
    yield from _section("Present", came)
    yield from _section("Quorum", _quorum(meeting))
    yield from _section("Absent", _absent(meeting, course))
    yield from _section("Agenda", _agenda(meeting))
    if course.decisions:
        yield from ("", "## Decisions")
        for one in course.decisions:
            yield from _decision(one)
    yield from _section("Heat", map(_heat, course.heat))
    yield from _section("Parked", map(_resting, course.parked))
    yield from _section("Actions", _steps(meeting, course))
    yield from ("", "## Minutes", "", AS_RECORDED, "", _plain(minutes.text))


def _head(meeting: MeetingDetail, minutes: MinutesRow) -> Iterator[str]:
    yield f"# {_line(meeting.title) or 'Meeting'}, {meeting.date}"
    yield ""
    yield f"{_line(meeting.body.name) or 'A body'}, {_place(meeting)}"
    if led := _led(meeting):
        yield ""
        yield led
    yield ""
    yield f"Version {minutes.version}: {_standing(meeting, minutes)}."
    if minutes.corrects is not None:
        yield ""
        yield f"It corrects version {minutes.corrects}: {_line(minutes.reason)}"


def _section(name: str, lines: Iterable[str]) -> Iterator[str]:
    """Yield a section, or nothing where it would be empty."""
    if found := list(lines):
        yield from ("", f"## {name}", "", *found)


def _place(meeting: MeetingDetail) -> str:
    starts = f"{meeting.starts_at:%H:%M} UTC"
    ends = f" to {meeting.ends_at:%H:%M} UTC" if meeting.ends_at else ""
    place = f", {_line(meeting.place)}" if meeting.place else ""
    return f"{starts}{ends}{place}"


def _led(meeting: MeetingDetail) -> str:
    host = [f"Hosted by {_called(meeting.host)}."] if meeting.host else []
    led = [
        (_line(row.person) or "Somebody")
        + (f" ({_called(row.org)})" if row.org else "")
        + (", from outside" if row.external else "")
        for row in meeting.facilitators
    ]
    return " ".join(host + ([f"Facilitated by {'; '.join(led)}."] if led else []))


def _standing(meeting: MeetingDetail, minutes: MinutesRow) -> str:
    by = _all(minutes.approved_by) or "nobody"
    if minutes.state != "draft":
        return f"{minutes.state}, approved by {by}"
    approved = {org.id for org in minutes.approved_by}
    came = {row.org.id: row.org for row in meeting.attendance if row.org}
    waiting = _all(org for id_, org in came.items() if id_ not in approved)
    waits = f"; waiting for {waiting}" if waiting else ""
    return f"draft, approved by {by}{waits}"


def _attended(row: AttendanceRow) -> str:
    of = f" ({_line(row.org.name)})" if row.org and row.org.name else ""
    return f"{_line(row.person) or 'Somebody'}{of}"


def _quorum(meeting: MeetingDetail) -> Iterator[str]:
    if quorum := meeting.quorum:
        needed = f"{_count(quorum.needed, 'organisation')} needed"
        there = "There was a quorum" if quorum.established else "There was no quorum any more"
        yield f"{there}, with {needed} and {quorum.present} present ({quorum.ref})."
        yield ""
    orgs = {row.org.id for row in meeting.attendance if row.org}
    remote = sum(row.mode == "remote" for row in meeting.attendance)
    came = f"{meeting.present} came, for {_count(len(orgs), 'organisation')}"
    yield came + (f"; {remote} of them remotely." if remote else ".")
    left = [_attended(row) for row in meeting.attendance if row.left]
    if left:
        yield ""
        yield f"Left before the end: {', '.join(left)}."


def _absent(meeting: MeetingDetail, course: Course) -> Iterator[str]:
    came = {row.org.id for row in meeting.attendance if row.org}
    answers = {"yes": "had said yes", "no": "had said no", "maybe": "had said maybe"}
    for invited in course.invited:
        if invited.organisation.id not in came:
            answer = answers.get(invited.answer or "", "did not answer")
            yield f"* {_called(invited.organisation)}: {answer}"
    for one in course.exempt:
        if one.organisation.id not in came:
            yield f"* {_called(one.organisation)}: not invited, {_quoted(one.reason)}"


def _agenda(meeting: MeetingDetail) -> Iterator[str]:
    if meeting.short_notice:
        yield "It came later than the rules of the body ask for."
        yield ""
    for item in meeting.agenda:
        yield f"* {_line(item.title) or 'An item'}"
        time = "" if item.minutes is None else f", {item.minutes} minutes"
        yield f"  * {item.kind}{time}"


def _decision(one: Decided) -> Iterator[str]:
    yield from ("", f"### {_line(one.title) or 'A proposal'}: {one.outcome}", "")
    if one.text:
        yield from (f"> {line}".rstrip() for line in _plain(one.text).splitlines())
        yield ""
    yield f"{_counted(one)} Answerable: {_all(one.accountable)}. Recorded as {one.ref}."
    beside = [
        *map(_dissent, one.dissent),
        *(f"* {_called(org)} stood aside" for org in one.stood_aside),
        *map(_objection, one.objections),
        *(
            f"* Minority statement, {_called(row.by)}: {_quoted(row.text)}"
            for row in one.statements
        ),
    ]
    if beside:
        yield from ("", *beside)


def _counted(one: Decided) -> str:
    how = f"By {one.method.replace('_', ' ')}" if one.method else "Decided"
    secret = {
        "sealed_until_close": ", with ballots sealed until voting closed",
        "detached_anonymous": ", with anonymous ballots",
    }.get(one.ballot or "", "")
    counts = ", ".join(f"{one.counts.get(option, 0)} {option}" for option in Option)
    return f"{how}{secret}: {one.voters} of {one.entitled} entitled took part; {counts}."


def _dissent(row: DissentRow) -> str:
    option = f"{row.option}s" if row.option else "dissents"
    return f"* {_called(row.organisation)} {option}: {_quoted(row.reason)}"


def _objection(row: ObjectionRow) -> str:
    said = [f"* Objection, {_called(row.by)}: {_quoted(row.grounds)}"]
    if row.remove_by:
        said.append(f"It would be removed by {_quoted(row.remove_by)}")
    for answer in row.answers:
        by = f" by {_called(answer.by)}" if answer.by else ""
        why = f": {_quoted(answer.why)}" if answer.why else ""
        weighed = ", ".join(map(_quoted, answer.weighed))
        said.append(
            f"{answer.became.capitalize()}{by}{why}"
            + (f", weighed against {weighed}" if weighed else "")
        )
    said.append(f"Objection {row.disposition.replace('_', ' ')} ({row.ref})")
    return ". ".join(said)


def _heat(row: HeatRow) -> str:
    item = _line(row.item.name) or "An item"
    return f"* {row.at:%H:%M} UTC, {item}: {row.change}, {_quoted(row.reason)}"


def _resting(row: RestingRow) -> str:
    item = _line(row.item.name) or "An item"
    return f"* {item}: until {row.until}, {_quoted(row.reason)}"


def _steps(meeting: MeetingDetail, course: Course) -> Iterator[str]:
    yield from map(_step, reversed(meeting.steps))
    left = [_line(row.what) or "A step" for row in meeting.steps if row.step in {*course.unowned}]
    if left:
        yield ""
        because = _quoted(course.because)
        yield f"Closed while nobody had taken on: {'; '.join(reversed(left))}. Why: {because}"


def _step(step: StepRow) -> str:
    asked = f"asked of {_called(step.asked)}" if step.asked else "nobody has taken it"
    known = [
        _called(step.owner) if step.owner else asked,
        f"due {step.due}" if step.due else "",
    ]
    return f"* {_line(step.what) or 'A step'} ({', '.join(each for each in known if each)})"


def _called(org: Named) -> str:
    return _line(org.name) or str(org.id)


def _all(orgs: Iterable[Named]) -> str:
    return ", ".join(map(_called, orgs))


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")


def _quoted(said: Words | None) -> str:
    return f"“{_line(said)}”" if said else "no reason is shown"


def _line(said: Words | None) -> str:
    """Return words on one line."""
    return " ".join(_plain(said).split())


def _plain(said: Words | None) -> str:
    if not said:
        return ""
    return said["text"] if "text" in said else f"[redacted: {said['reason']}]"
