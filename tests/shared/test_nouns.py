"""`shared` is mechanism: it knows no noun of the coalition.

Read are names, SQL and string values: what the code can act on. Prose is not: a docstring may
give an example, and a sentence may tell people what to do.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

SHARED = Path(__file__).parents[2] / "shared"
NOUNS = "member", "organisation", "organization", "meeting", "proposal", "stance", "vote", "credit"
CLASSES_OF_VISIBILITY = {"members"}  # `Visibility` in shared/event.py; no other single value

_SAID = "|".join(f"[{noun[0]}{noun[0].upper()}]{noun[1:]}" for noun in NOUNS)
# A word of its own, also inside snake_case, CamelCase or CAPITALS: in `MemberJoined`, not in
# `remember`, `isinstance` or `accreditation`.
NOUN = re.compile(rf"(?<![a-z])(?:{_SAID})s?(?![a-z])|(?<![A-Z])(?:{_SAID.upper()})S?(?![A-Z])")


def spoken(file: Path) -> Iterator[tuple[int, str]]:
    """Yield the lines and texts of a file that are not prose."""
    text = file.read_text()
    if file.suffix != ".py":
        for number, line in enumerate(text.splitlines(), 1):
            yield number, line.partition("--")[0]
        return
    tree = ast.parse(text)
    prose = set(prose_in(tree))
    for node in ast.walk(tree):
        number = getattr(node, "lineno", 0)
        for name in names_of(node):
            yield number, name
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in prose:
            yield number, "" if node.value in CLASSES_OF_VISIBILITY else node.value


def names_of(node: ast.AST) -> Iterator[str]:
    """Yield the identifiers that a node holds itself."""
    for field in ("id", "attr", "name", "asname", "arg", "module", "rest"):
        if isinstance(name := getattr(node, field, None), str):
            yield name
    for field in ("names", "kwd_attrs"):
        for name in getattr(node, field, ()):
            if isinstance(name, str):
                yield name


def prose_in(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield the strings that are docstrings, or sentences for people."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr):
            yield node.value
        elif isinstance(node, ast.JoinedStr):
            if node.values and is_sentence("".join(map(part, node.values))):
                yield from node.values
        elif isinstance(node, ast.Constant) and is_sentence(str(node.value)):
            yield node


def part(value: ast.expr) -> str:
    return str(value.value) if isinstance(value, ast.Constant) else "…"


def is_sentence(text: str) -> bool:
    return " " in text and text[-1] in ".:!?"


def nouns_in(file: Path) -> list[str]:
    return [f"{file.name}:{line} {text}" for line, text in spoken(file) if NOUN.search(text)]


FILES = sorted(
    file for file in SHARED.rglob("*") if file.is_file() and file.suffix in {".py", ".sql", ".yaml"}
)


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(SHARED)))
def test_shared_knows_no_noun_of_the_coalition(file: Path) -> None:
    assert nouns_in(file) == []


@pytest.mark.parametrize(
    "planted",
    [
        "def member_of(): ...",
        "class MeetingClosed: ...",
        "MEMBERS = 3",
        "from services.credit import views",
        "table.proposals",
        "publish(stance=1)",
        'await db.execute("insert into heard.organisation values ($1)")',
        'type_ = f"accord.votes.{name}"',
        'Subscription("meetings")',
    ],
)
def test_the_words_are_found(planted: str, tmp_path: Path) -> None:
    file = tmp_path / "planted.py"
    file.write_text(planted)
    assert len(nouns_in(file)) == 1


@pytest.mark.parametrize(
    "fine",
    [
        '"""A stream: `proposal-<id>`."""',
        "remember = isinstance(accreditation, int)",
        'visibility = "members"',
        'raise Refused("unknown", f"The organisation {name} is not known.")',
        "# a member of the class",
    ],
)
def test_other_words_and_prose_are_let_pass(fine: str, tmp_path: Path) -> None:
    file = tmp_path / "fine.py"
    file.write_text(fine)
    assert nouns_in(file) == []


def test_sql_is_read_without_its_comments(tmp_path: Path) -> None:
    file = tmp_path / "tables.sql"
    file.write_text("-- who is a member\ncreate table heard.member (stance text);\n")
    assert nouns_in(file) == ["tables.sql:2 create table heard.member (stance text);"]
