"""Minutes that Accord itself has written out, read back: nothing in them has to be guessed.

Where the minutes themselves begin is marked. Above that, `Present`, `Agenda` and `Actions` are
lists with a line for each entry; the other sections tell people more, and say nothing new.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from accord.sources.people import Person
from accord.sources.steps import Step

AS_RECORDED = "<!-- accord: minutes as recorded -->"
"""As in `services/meetings/views/minutes.py`."""

_ENTRY = "* "
_SECTION = "## "
Entry = tuple[str, int]


@dataclass(frozen=True)
class Exported:
    """What was written out; `items` are titles, each with the number of its line."""

    people: Sequence[Person]
    items: Sequence[Entry]
    steps: Sequence[Step]
    notes: str


def exported(lines: Sequence[str]) -> Exported | None:
    """Return what the lines say, if that is what was exported."""
    if AS_RECORDED not in lines:
        return None
    place = lines.index(AS_RECORDED)
    above = lines[:place]
    return Exported(
        [_person(*entry) for entry in _listed(above, "Present")],
        list(_listed(above, "Agenda")),
        [Step(*entry) for entry in _listed(above, "Actions")],
        "\n".join(lines[place + 1 :]).strip(),
    )


def _listed(lines: Sequence[str], section: str) -> Iterator[Entry]:
    inside = False
    for number, line in enumerate(lines, start=1):
        if line.startswith(_SECTION):
            inside = line == _SECTION + section
        elif inside and line.startswith(_ENTRY):
            yield line.removeprefix(_ENTRY), number


def _person(entry: str, line: int) -> Person:
    name, bracket, of = entry.partition(" (")
    if not bracket or not of.endswith(")"):
        return Person(entry, "", "", line)
    return Person(name, "", of[:-1], line)
