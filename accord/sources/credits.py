"""An all-contributors file: people, and the kinds of work each is thanked for.

Each person is a member of one person, without a vote; each kind of work is a contribution in the
role that the table says, with the original kind as its description. The Secretariat records it.
`docs/reference/import-credits.md` is this table for people.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import orjson

from accord.sources.lines import Coalition, ImportLine, member, midnight, text
from accord.sources.refusals import BadRow, Damaged, Refusal, Refuse
from accord.sources.rows import shown, unprintable

FILE_BYTES = 8 * 1024 * 1024
NAME_LENGTH = 200

ROLES = {
    "a11y": "care_and_logistics",
    "audio": "media",
    "blog": "media",
    "bug": "testimony",
    "business": "introductions",
    "code": "implementation",
    "content": "drafting",
    "data": "data",
    "design": "media",
    "doc": "drafting",
    "eventOrganizing": "convening",
    "example": "drafting",
    "financial": "resources",
    "fundingFinding": "fundraising",
    "ideas": "research",
    "infra": "hosting",
    "maintenance": "care_and_logistics",
    "mentoring": "mentoring",
    "platform": "implementation",
    "plugin": "implementation",
    "projectManagement": "facilitation",
    "promotion": "mobilising",
    "question": "mentoring",
    "research": "research",
    "review": "care_and_logistics",
    "security": "care_and_logistics",
    "talk": "messenger",
    "test": "implementation",
    "tool": "implementation",
    "translation": "drafting",
    "tutorial": "mentoring",
    "userTesting": "testimony",
    "video": "media",
}

_ENTRIES = re.compile(r'"contributors"\s*:\s*\[')
_BETWEEN = re.compile(r"[\s,]*")


@dataclass(frozen=True)
class Contributor:
    """Somebody, and the kinds of work they are thanked for."""

    login: str
    name: str
    kinds: Sequence[str]
    line: int


def read(path: Path, refuse: Refuse) -> list[Contributor]:
    """Return who is thanked in `path`, without what is told to `refuse`.

    Raises:
        Damaged: it is not such a file.
    """
    file = str(path)
    words = _words(path)
    taken: dict[str, Contributor] = {}
    for line, entry in _entries(file, words):
        try:
            contributor = _contributor(entry, line, taken)
        except BadRow as bad:
            refuse(bad.at(file, line))
            continue
        kinds: list[str] = []
        for kind in contributor.kinds:
            try:
                kinds.append(_kind(kind, kinds))
            except BadRow as bad:
                refuse(bad.at(file, line))
        taken[contributor.login.casefold()] = Contributor(
            contributor.login, contributor.name, kinds, line
        )
    return list(taken.values())


def commands(
    file: str, people: Sequence[Contributor], coalition: Coalition, on: date
) -> Iterator[ImportLine]:
    """Yield the commands that tell the contributions again.

    Args:
        on: The day the file speaks for; it has no dates of its own.
    """
    at, secretariat = midnight(on), coalition.secretariat
    if people:
        yield coalition.opening(file, on, public=False)
    for each in people:
        body = member(each.name, "not_stated", votes=False, kind="person")
        org = _organization(coalition, each)
        yield ImportLine("members", "AdmitMember", org, at, 1, body, file, each.line, secretariat)
    for each in people:
        for kind in each.kinds:
            key = coalition.derive(f"contribution/{each.login.casefold()}/{kind}")
            told: dict[str, Any] = {"of": _organization(coalition, each), "role": ROLES[kind]}
            told |= {"degree": "equal", "about": [], "what": text(kind)}
            yield ImportLine(
                "credit",
                "RecordContribution",
                key,
                at,
                1,
                told,
                file,
                each.line,
                secretariat,
                waits=True,
            )


def _organization(coalition: Coalition, contributor: Contributor) -> str:
    return coalition.derive(f"contributor/{contributor.login.casefold()}")


def _words(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            raw = stream.read(FILE_BYTES + 1)
        if len(raw) <= FILE_BYTES:
            return raw.decode().removeprefix("\ufeff")
    except OSError as broken:
        detail = f"The file cannot be read: {broken.strerror}."
        raise Damaged(Refusal(str(path), 1, "unreadable", detail)) from broken
    except UnicodeDecodeError as wrong:
        line = raw.count(b"\n", 0, wrong.start) + 1
        raise Damaged(Refusal(str(path), line, "not_utf8", "The line is not UTF-8.")) from wrong
    detail = f"The file is longer than {FILE_BYTES:,} bytes."
    raise Damaged(Refusal(str(path), 1, "file_too_long", detail))


def _entries(file: str, words: str) -> Iterator[tuple[int, Any]]:
    """Yield each contributor as it stands in the file, with its line."""
    try:
        whole = orjson.loads(words)
    except orjson.JSONDecodeError as wrong:
        refusal = Refusal(file, wrong.lineno, "not_json", f"This is not JSON: {wrong.msg}.")
        raise Damaged(refusal) from wrong
    listed = _ENTRIES.search(words)
    if not isinstance(whole, dict) or not isinstance(whole.get("contributors"), list) or not listed:
        detail = "The file has no list of contributors."
        raise Damaged(Refusal(file, 1, "no_contributors", detail))
    decoder, place = json.JSONDecoder(), listed.end()
    for entry in whole["contributors"]:
        between = _BETWEEN.match(words, place)
        place = between.end() if between else place
        yield words.count("\n", 0, place) + 1, entry
        place = decoder.raw_decode(words, place)[1]


def _contributor(entry: Any, line: int, taken: dict[str, Contributor]) -> Contributor:
    if not isinstance(entry, dict):
        raise BadRow("no_contributor", "This is not a contributor.")
    login, kinds = entry.get("login"), entry.get("contributions")
    if not isinstance(login, str) or not login.strip() or len(login) > NAME_LENGTH:
        raise BadRow("no_login", "The contributor has no login.")
    name = entry.get("name") or login
    if not isinstance(name, str) or len(name) > NAME_LENGTH or unprintable(login + name):
        raise BadRow("bad_name", f"The name of {shown(login)} is not a name.")
    if not isinstance(kinds, list) or not all(isinstance(kind, str) for kind in kinds):
        raise BadRow("no_contributions", f"{shown(login)} has no list of contributions.")
    if login.casefold() in taken:
        raise BadRow("duplicate", f"{shown(login)} is listed already.")
    return Contributor(login, name.strip() or login, kinds, line)


def _kind(kind: str, known: Sequence[str]) -> str:
    if kind not in ROLES:
        raise BadRow("unknown_kind", f"{shown(kind)} is no kind of contribution.")
    if kind in known:
        raise BadRow("duplicate", f"{shown(kind)} is listed twice for one person.")
    return kind
