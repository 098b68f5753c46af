"""What a log says of itself: its keys, each for its sizes, and the log that it took over from.

    accord-log/1
    origin <origin>
    predecessor <origin> <size> <root in base64>
    key <vkey> from <size> [until <size>]

It is the text of a note that every current key signs. Its second line is no number, so nobody can
take it for a checkpoint. A log without a loss behind it has no predecessor.
"""

import base64
from dataclasses import dataclass
from typing import Self

from shared.tlog.checkpoint import Checkpoint, decimal
from shared.tlog.encoding import Unreadable, base64_bytes, shown
from shared.tlog.key import vkey
from shared.tlog.note import Key, Note

FORMAT = "accord-log/1"


@dataclass(frozen=True)
class Term:
    """A key of the log, and the sizes of checkpoints that it signs.

    Args:
        until: The largest of them; `None`: it has not ended.
    """

    key: Key
    begins: int
    until: int | None = None

    def signs(self, size: int) -> bool:
        return self.begins <= size and (self.until is None or size <= self.until)


@dataclass(frozen=True)
class About:
    """A log by its name.

    Args:
        terms: The oldest key first; one at least has not ended.
        predecessor: The last good checkpoint of the log before, where that was lost.
    """

    origin: str
    terms: tuple[Term, ...]
    predecessor: Checkpoint | None = None

    def __post_init__(self) -> None:
        if any(term.key.name != self.origin for term in self.terms):
            raise Unreadable(f"A key of {shown(self.origin)} has its name.")
        if not self.current:
            raise Unreadable(f"{shown(self.origin)} has no key that has not ended.")

    @property
    def current(self) -> tuple[Key, ...]:
        return tuple(term.key for term in self.terms if term.until is None)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the text of a note.

        Raises:
            Unreadable: it is not what a log says of itself.
        """
        first, *lines = text.split("\n")
        if first != FORMAT or not lines or lines.pop():
            raise Unreadable(f"This is not what a log says of itself ({FORMAT}).")
        origin, before, terms = None, None, list[Term]()
        for line in lines:
            match line.split(" "):
                case ["origin", name] if origin is None:
                    origin = name
                case ["predecessor", name, size, root] if origin and not before and not terms:
                    before = Checkpoint(name, decimal(size), base64_bytes(root))
                case ["key", key, "from", begins] if origin:
                    terms.append(Term(vkey(key), decimal(begins)))
                case ["key", key, "from", begins, "until", until] if origin:
                    terms.append(Term(vkey(key), decimal(begins), decimal(until)))
                case _:
                    raise Unreadable(f"This says nothing of a log: {shown(line)}")
        return cls(origin or "", tuple(terms), before)

    def __str__(self) -> str:
        lines = [FORMAT, f"origin {self.origin}"]
        if self.predecessor is not None:
            root = base64.b64encode(self.predecessor.root).decode()
            lines.append(f"predecessor {self.predecessor.origin} {self.predecessor.size} {root}")
        for term in self.terms:
            ends = "" if term.until is None else f" until {term.until}"
            lines.append(f"key {term.key} from {term.begins}{ends}")
        return "\n".join([*lines, ""])

    def in_policy(self, url: str) -> str:
        """Return the lines that name this log in a policy; each key for its sizes."""
        lines = []
        for term in self.terms:
            if term.until is not None:
                lines.append(f"# until {term.until}")
            lines.append(f"log {term.key} {url}")
        return "\n".join([*lines, ""])


def read_about(note: Note, now: int) -> About:
    """Return what a log says of itself, once all keys that have not ended signed it.

    Args:
        now: POSIX seconds.

    Raises:
        Unreadable: it is something else, or one of them did not sign.
        NotSigned: a signature does not hold.
    """
    about = About.parse(note.text)
    signed = {key for key, _ in note.verified(about.current, now)}
    if missing := set(about.current) - signed:
        raise Unreadable(f"{shown(str(missing.pop()))} did not sign this.")
    return about
