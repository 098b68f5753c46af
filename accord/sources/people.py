"""Who a list in somebody's minutes says was there.

Each bullet is a person: a name, mostly a handle, rarely an affiliation. Names of groups are no
people, who is listed twice counts once, and a bullet that opens an agenda item ends the list.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from unicodedata import category, normalize

BULLET = re.compile(r"(?P<indent>\s*)(?:[*+-](?!\*)\s*|[0-9]+[.)]\s+)(?P<rest>\S.*)")
LINK = re.compile(r"\[([^\[\]]+)\]\(([^()\s]*)\)?")

GROUP = re.compile(
    r"\b(board|committee|councils?|directors|foundation|groups?|maintainers|members|observers"
    r"|organizers|participants|projects?|representatives|staff|teams?)\b"
    r"|absent|apolog|excused|regrets",
    re.IGNORECASE,
)
LONGEST_NAME = 6
SHORTEST_FORM = 3

_ABSENT = re.compile(r"absent|apolog|excused|regrets", re.IGNORECASE)
_STATUS = re.compile(
    r"\b(attendee|chair|coming|facilitator|guest|joined|late|left|notes?|observer|remote|scribe"
    r"|voting)\b",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"#[0-9]")
_INITIALS = re.compile(r"[A-Z]{2,4}:\s+")
_NAME = re.compile(r"(?P<name>.*?)\s*(?P<tail>(?:[({<@,]|\s[-\u2013\u2014]\s).*)?")
_HANDLE = re.compile(r"@([A-Za-z0-9][\w-]*)")
_OUTSIDE = re.compile(r"\s[-\u2013\u2014]\s|[,(){}<>]")
_ROLE = re.compile(
    r"\s+(?:project\s+)?(?:board|chair|counsel|director|employee|lead|maintainer|member|owner"
    r"|rep|representative|staff)\b.*",
    re.IGNORECASE,
)
_ORGANIZATION = re.compile(r"[A-Z0-9][\w .&'\u2019/+-]{1,79}")


def numbered_links(line: str) -> list[str]:
    """Return the addresses of links to numbered things, such as `[#12](https://…)`."""
    return [url for name, url in LINK.findall(line) if _NUMBERED.search(name)]


@dataclass(frozen=True)
class Person:
    """Somebody who was there; without a name known by the handle."""

    name: str
    handle: str
    affiliation: str
    line: int

    def same_as(self, other: "Person") -> bool:
        """Say whether two entries of one list mean one person.

        With two handles they decide. Otherwise the name does, and a shortened first name is
        still the same name.
        """
        if self.handle and other.handle:
            return self.handle.casefold() == other.handle.casefold()
        one, two = _parts(self.name), _parts(other.name)
        if not one or not two or one[1:] != two[1:]:
            return False
        short, long = sorted((one[0], two[0]), key=len)
        return short == long or (
            len(one) > 1 and len(short) >= SHORTEST_FORM and long.startswith(short)
        )


@dataclass(frozen=True)
class Attendance:
    """Who was there, in the order of the list, and where the list ends.

    Args:
        end: Index of the first line that is no longer the list.
        unclear: Indexes of lines that name nobody, and are no names of groups.
    """

    people: tuple[Person, ...]
    end: int
    unclear: tuple[int, ...]


def attendance(lines: Sequence[str], start: int, end: int) -> Attendance:
    """Return the people listed in `lines[start:end]`.

    What is nested below the name of a group are people, what is nested below a person are notes.
    """
    people: list[Person] = []
    unclear: list[int] = []
    level: int | None = None  # how far the current list of people is indented
    absent = False
    for index in range(start, end):
        line = lines[index]
        bullet = BULLET.fullmatch(line)
        entry = bullet["rest"] if bullet else line
        indent = len(bullet["indent"]) if bullet else 0
        if bullet and numbered_links(line):
            return Attendance(tuple(people), index, tuple(unclear))
        if not any(sign.isalnum() for sign in line):
            continue
        if _is_group(entry, bulleted=bullet is not None):
            level, absent = None, bool(_ABSENT.search(entry))
            continue
        if level is None or indent < level:
            absent = absent and level is None
            level = indent
        if absent or indent > level:
            continue
        person = _person(entry, index + 1) if bullet or _names_somebody(line) else None
        if person:
            _add(people, person)
        else:
            unclear.append(index)
    return Attendance(tuple(people), end, tuple(unclear))


def _is_group(rest: str, *, bulleted: bool) -> bool:
    """Say whether a line stands for several people: a heading, or the name of a group."""
    if _HANDLE.search(rest):
        return False
    if rest.startswith(("#", "**")) or rest.rstrip(" *_").endswith(":"):
        return True
    return bulleted and bool(GROUP.search(re.split(r"[(,]", rest, maxsplit=1)[0]))


def _names_somebody(line: str) -> bool:
    """Say whether a line without a bullet is still an entry: with initials or a handle."""
    return bool(_INITIALS.match(line)) or (not line[0].isspace() and "(@" in line)


def _person(entry: str, line: int) -> Person | None:
    words = " ".join(LINK.sub(r"\1", entry.replace("\\", "")).split())
    parts = _NAME.fullmatch(_INITIALS.sub("", words, count=1))
    assert parts is not None, "the pattern takes anything"
    name, tail = parts["name"].strip(" *_"), parts["tail"] or ""
    found = _HANDLE.search(tail)
    handle = found[1] if found else ""
    unlike_a_name = len(name.split()) > LONGEST_NAME or any(sign.isdigit() for sign in name)
    if unlike_a_name or name.endswith(("?", "!")) or not (name or handle):
        return None
    return Person(name, handle, next(_affiliations(name, tail), ""), line)


def _affiliations(name: str, tail: str) -> Iterator[str]:
    """Yield what a tail such as `(@handle) - Company, Role` may mean as an organisation."""
    for part in _OUTSIDE.split(tail):
        organization = _ROLE.sub("", part.strip(" .,-\u2013\u2014"))
        if (
            _ORGANIZATION.fullmatch(organization)
            and not _STATUS.search(organization)
            and organization.casefold() != name.casefold()
        ):
            yield organization


def _add(people: list[Person], person: Person) -> None:
    """Add a person, or what a second entry knows of one who is there already."""
    for place, known in enumerate(people):
        if known.same_as(person):
            people[place] = Person(
                known.name or person.name,
                known.handle or person.handle,
                known.affiliation or person.affiliation,
                known.line,
            )
            return
    people.append(person)


def _parts(name: str) -> list[str]:
    plain = "".join(sign for sign in normalize("NFD", name) if category(sign) != "Mn")
    return plain.casefold().replace(".", "").split()
