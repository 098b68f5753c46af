"""Minutes of a meeting, in Markdown as people write it.

The file's name gives the date. A heading such as `Present` starts the list of people. Agenda
items are bullets that link to what is discussed; in a section without links, bullets with notes
below them. What is marked as an action is a step, see `steps`.

What Accord has exported needs no guessing: `exported.py` reads it as it was written.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from accord.sources import steps
from accord.sources.exported import exported
from accord.sources.people import BULLET, LINK, Attendance, Person, attendance, numbered_links
from accord.sources.refusals import BadRow, Damaged, Refusal
from accord.sources.rows import LINE_BYTES, shown, unprintable

FILE_BYTES = 1024 * 1024
_DAY = re.compile(r"(?<![0-9])[0-9]{4}-[0-9]{2}-[0-9]{2}(?![0-9])")
_DAY_AT_END = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]+$")
_HEADING = re.compile(r"[*\s]?(?P<marks>#{1,6})\s+(?P<words>.*)")
_PRESENT = re.compile(r"(in )?(attendance|attendees|participants|present)\b", re.IGNORECASE)
_NO_AGENDA = re.compile(
    r"\b(announce|attend|dates|invited|joining|links|next week|participants|present|regular"
    r"|upcoming)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Item:
    """Something on the agenda; its link ends the title."""

    title: str
    line: int


@dataclass(frozen=True)
class Minutes:
    """What one file says of one meeting.

    Args:
        name: The file's, without its ending; it tells meetings of one day apart.
        notes: The whole file but its list of people, who are recorded one by one; of what was
            exported, the minutes alone.
        unclear: Lines of that list which name nobody.
    """

    file: str
    name: str
    on: date
    title: str
    people: Sequence[Person]
    items: Sequence[Item]
    steps: Sequence[steps.Step]
    notes: str
    unclear: Sequence[Refusal]


def read(path: Path, today: date) -> Minutes:
    """Return what the minutes in `path` say.

    Raises:
        Damaged: they cannot be read, have no day, or name nobody who was there.
    """
    file = str(path)
    on = _day(path, today)
    lines = _lines(path)
    headings = list(_headings(lines))
    top = next((heading for heading in headings if heading.level == 1), None)
    title = (_DAY_AT_END.sub("", top.words).rstrip(" ,-") if top else "") or path.stem
    if (known := exported(lines)) and known.people:
        items = [Item(*entry) for entry in known.items]
        found = known.people, items, known.steps, known.notes
        return Minutes(file, path.stem, on, title, *found, unclear=[])
    listed, start = _present(file, lines, headings)
    rest = list(lines)
    rest[start : listed.end] = [""] * (listed.end - start)
    notes = [*lines[top.index + 1 if top else 0 : start], *lines[listed.end :]]
    return Minutes(
        file,
        path.stem,
        on,
        title,
        listed.people,
        list(_items(rest, headings, listed.end)),
        list(steps.marked(rest)),
        "\n".join(notes).strip(),
        [
            Refusal(file, index + 1, "unclear", f"{shown(lines[index].strip())} names nobody.")
            for index in listed.unclear
        ],
    )


@dataclass(frozen=True)
class _Heading:
    index: int
    level: int
    words: str


def _day(path: Path, today: date) -> date:
    found = _DAY.search(path.stem)
    try:
        on = date.fromisoformat(found[0] if found else "")
    except ValueError:
        detail = "The file's name gives no date, as in 2024-05-14.md."
        raise Damaged(Refusal(str(path), 1, "no_date", detail)) from None
    if on > today:
        raise Damaged(Refusal(str(path), 1, "future", f"{on} is yet to come."))
    return on


def _lines(path: Path) -> list[str]:
    lines: list[str] = []
    size = 0
    try:
        with path.open("rb") as stream:
            while raw := stream.readline(LINE_BYTES + 1):
                size += len(raw)
                lines.append(_decoded(raw, size))
    except BadRow as bad:
        raise Damaged(bad.at(str(path), len(lines) + 1)) from bad
    except OSError as broken:
        detail = f"The file cannot be read: {broken.strerror}."
        raise Damaged(Refusal(str(path), len(lines) + 1, "unreadable", detail)) from broken
    return lines


def _decoded(raw: bytes, size: int) -> str:
    if len(raw) > LINE_BYTES:
        raise BadRow("line_too_long", f"The line is longer than {LINE_BYTES:,} bytes.")
    if size > FILE_BYTES:
        raise BadRow("file_too_long", f"The file is longer than {FILE_BYTES:,} bytes.")
    try:
        line = raw.decode().removeprefix("\ufeff").rstrip("\r\n")
    except UnicodeDecodeError as wrong:
        detail = f"Byte {wrong.start + 1} of the line is not UTF-8."
        raise BadRow("not_utf8", detail) from wrong
    if unprintable(line):
        raise BadRow("control_characters", "The line holds control characters.")
    return line


def _headings(lines: Sequence[str]) -> Iterator[_Heading]:
    for index, line in enumerate(lines):
        if heading := _HEADING.fullmatch(line):
            yield _Heading(index, len(heading["marks"]), heading["words"].rstrip("#: \t"))


def _present(
    file: str, lines: Sequence[str], headings: Sequence[_Heading]
) -> tuple[Attendance, int]:
    """Return who was there, and where that section starts."""
    for place, heading in enumerate(headings):
        if _PRESENT.match(heading.words):
            after = headings[place + 1 :]
            end = next((each.index for each in after if each.level <= heading.level), len(lines))
            listed = attendance(lines, heading.index + 1, end)
            if listed.people:
                return listed, heading.index
    detail = "Nobody is listed as present, below a heading such as Present."
    raise Damaged(Refusal(file, 1, "nobody_present", detail))


def _items(lines: Sequence[str], headings: Sequence[_Heading], listed: int) -> Iterator[Item]:
    """Yield the agenda, section by section; what follows the list of people is one, too."""
    starts = [heading.index for heading in headings if not _NO_AGENDA.search(heading.words)]
    ends = [heading.index for heading in headings]
    for start in sorted({*starts, listed}):
        end = min((index for index in ends if index > start), default=len(lines))
        bullets = [
            index
            for index in range(start, end)
            if BULLET.fullmatch(lines[index]) and not lines[index][0].isspace()
        ]
        linked = [index for index in bullets if _linked(lines, index)]
        for index in linked or [index for index in bullets if _noted(lines, index, end)]:
            yield Item(_title(lines, index), index + 1)


def _linked(lines: Sequence[str], index: int) -> bool:
    return bool(numbered_links(lines[index])) or _link_below(lines, index)


def _link_below(lines: Sequence[str], index: int) -> bool:
    below = lines[index + 1].lstrip() if index + 1 < len(lines) else ""
    return below.startswith("[") and bool(numbered_links(below))


def _noted(lines: Sequence[str], index: int, end: int) -> bool:
    """Say whether a nested bullet follows."""
    following = (line for line in lines[index + 1 : end] if line.strip())
    bullet = BULLET.fullmatch(next(following, ""))
    return bullet is not None and len(bullet["indent"]) > 1


def _title(lines: Sequence[str], index: int) -> str:
    bullet = BULLET.fullmatch(lines[index])
    assert bullet is not None, "items are bullets"
    words = bullet["rest"] + (" " + lines[index + 1] if _link_below(lines, index) else "")
    plain = LINK.sub(r"\1", words).replace("\\", "").replace("**", "")
    return " ".join([*plain.split(), *numbered_links(words)[:1]]).rstrip(":")
