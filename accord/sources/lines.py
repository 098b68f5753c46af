"""The lines an import sends: one command each, and who and what they are about."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Literal, NamedTuple
from unicodedata import normalize
from uuid import UUID, uuid5

import orjson

from shared.event import TEXT_BYTES

Service = Literal["members", "meetings", "credit"]

SLUGS = UUID("6f1d3c0a-51f4-5d0e-9a53-3e1c8c2b7a44")
"""The namespace of coalitions that an import forms: their ids follow from their slugs."""

ELLIPSIS = " …"


class ImportLine(NamedTuple):
    """A command for one service.

    Args:
        key: Of the aggregate's stream.
        version: What the command's first event would be in that stream; a stream that is
            already there has heard this command before.
        waits: Until the service has heard what `members` answered so far.
        file, line: Where the command comes from.
        then: Commands on other streams, or later on this one, that are written together with it,
            or none of them is.
    """

    service: Service
    command: str
    key: str
    at: str
    version: int
    body: dict[str, Any]
    file: str
    line: int
    by: str | None = None
    public: bool = False
    waits: bool = False
    then: tuple[dict[str, Any], ...] = ()

    def encode(self, members: int | None) -> bytes:
        """Return the line as sent, with the end of line.

        Args:
            members: The position that the members service answered last.
        """
        line: dict[str, Any] = {"command": self.command, "id": self.key}
        if self.by is not None:
            line["by"] = self.by
        if self.public:
            line["visibility"] = "public"
        line |= {"at": self.at, "version": self.version, "body": self.body}
        if self.waits and members is not None:
            line["after"] = {"members": members}
        if self.then:
            line["then"] = self.then
        return orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)


@dataclass(frozen=True)
class Coalition:
    """Where an import goes, and the ids of what it brings: the same from the same source."""

    id: UUID
    slug: str
    known_plenary: str | None = None

    @classmethod
    def to_be_formed(cls, slug: str) -> "Coalition":
        """Return the coalition that an import forms under `slug`."""
        return cls(uuid5(SLUGS, slug), slug)

    def derive(self, name: str) -> str:
        """Return the id of what the source calls `name`, such as `roll-call/9001`."""
        return str(uuid5(self.id, name))

    @cached_property
    def secretariat(self) -> str:
        """The organisation in whose name history is recorded; it never votes."""
        return self.derive("secretariat")

    @cached_property
    def plenary(self) -> str:
        """The body of all members."""
        return self.known_plenary or self.derive("body/plenary")

    def opening(self, file: str, on: date, *, public: bool) -> ImportLine:
        """Return what must have happened before history that starts `on`.

        A coalition that an import forms has the Secretariat as its founder, one that people
        formed admits it as an observer. Where that has happened, the line changes nothing.
        """
        body = member("Secretariat", "secretariat", votes=False)
        command, key = "AdmitMember", self.secretariat
        if self.id == uuid5(SLUGS, self.slug):
            command, key = "FormCoalition", str(self.id)
            body = {
                "slug": self.slug,
                "template": "alliance",
                "name": text(self.slug),
                "founder": {"org": self.secretariat, **body},
                "plenary": self.plenary,
            }
        at = midnight(on)
        return ImportLine("members", command, key, at, 1, body, file, 1, public=public)


def member(
    name: str, sector: str, *, votes: bool, kind: Literal["organization", "person"] = "organization"
) -> dict[str, Any]:
    """Return the body of `AdmitMember`: a full member, or an observer without a vote."""
    return {
        "name": text(name),
        "kind": kind,
        "sector": sector,
        "constituencies": [],
        "commitment": "homework" if votes else "observer",
        "voting_right": votes,
        "ground_rules": 0,
    }


def text(words: str) -> dict[str, str]:
    """Return a `Text`; what is too long for one ends in an ellipsis."""
    return {"lang": "en", "text": shortened(words)}


def shortened(words: str) -> str:
    """Return `words` as they fit into a `Text`, cut between characters."""
    words = normalize("NFC", words)
    raw = words.encode()
    if len(raw) <= TEXT_BYTES:
        return words
    room = TEXT_BYTES - len(ELLIPSIS.encode())
    return raw[:room].decode(errors="ignore").rstrip() + ELLIPSIS


def midnight(on: date) -> str:
    """Return the start of the day: history that knows its day only."""
    return f"{on.isoformat()}T00:00:00.000Z"


def day_end(on: date) -> str:
    """Return the last moment of the day."""
    return f"{on.isoformat()}T23:59:59.999Z"
