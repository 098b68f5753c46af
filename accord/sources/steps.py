"""What minutes mark as something to be done.

A line that starts with `Action`, `Action item`, `AI`, `TODO` or `Next step` and a colon (or a
dash between spaces), perhaps with somebody in between: `ACTION Ada: book the hall`. An `ACTION:`
anywhere in a line. An open box, `- [ ]`. Below a line that is only `Actions`, each bullet or line.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from accord.sources.people import BULLET, numbered_links

_MARKED = re.compile(
    r"\s*(?:[*+-]\s*)?\**(?:(?i:action items?|actions?|next steps?|to-?do)|AI)\b"
    r"(?P<whom>[^:\[]{0,30}?)\**(?::\**|\s[-\u2013]\s)\s*(?P<what>.*)"
)
_INLINE = re.compile(r".*\bACTION:\s*(?P<what>\S.*)")
_BOX = re.compile(r"\s*[*+-]\s+\[ \]\s+(?P<what>\S.*)")
_ALONE = re.compile(
    r"(?P<indent>\s*)(?P<mark>[*+-]\s*|#{1,6}\s+)?\**(?i:action items?|actions?)\**:?\**\s*"
)
_NOTHING = re.compile(r"(none|no action|n/?a)\b[^.]*\.?", re.IGNORECASE)


@dataclass(frozen=True)
class Step:
    """Something to be done, in the words of the minutes."""

    what: str
    line: int


def marked(lines: Sequence[str]) -> Iterator[Step]:
    """Yield what is marked as an action, in the order of the lines."""
    for index, line in enumerate(lines):
        if alone := _ALONE.fullmatch(line):
            yield from _below(lines, index + 1, alone)
        elif found := _BOX.fullmatch(line) or _MARKED.fullmatch(line) or _INLINE.fullmatch(line):
            whom = (found.groupdict().get("whom") or "").strip(" ,*").removeprefix("to ")
            what = _continued(lines, index, found["what"])
            if what and not _NOTHING.fullmatch(what):
                yield Step(f"{whom}: {what}" if whom else what, index + 1)


def _below(lines: Sequence[str], start: int, alone: re.Match[str]) -> Iterator[Step]:
    """Yield each bullet or line that belongs to a line which only says `Actions`.

    Below a bullet that is each deeper one, below plain words whatever comes before a blank line,
    below a heading each bullet.
    """
    mark = (alone["mark"] or "").strip()
    heading = mark.startswith("#")
    for index in range(start, len(lines)):
        line = lines[index]
        bullet = BULLET.fullmatch(line)
        if line.startswith("#") or (numbered_links(line) and not line[0].isspace()):
            return
        if not heading and not line.strip():
            return
        if mark and not heading and bullet and len(bullet["indent"]) <= len(alone["indent"]):
            return
        if bullet or not heading:
            yield Step(bullet["rest"] if bullet else line.strip(), index + 1)


def _continued(lines: Sequence[str], start: int, what: str) -> str:
    """Return `what` with the lines that go on with it: deeper, and no bullets."""
    words = what.split()
    indent = _indent(lines[start])
    for line in lines[start + 1 :]:
        if _indent(line) <= indent or not line.strip() or BULLET.fullmatch(line):
            break
        words += line.split()
    return " ".join(words)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
