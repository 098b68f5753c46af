"""What people can do, proven over HTTP: a test here has the id of its capability in its name.

The ids are those of `docs/reference/capabilities.md`. `python -m tests.acceptance members` lists
the capabilities of members that no test here proves, and ends with 1 if there are any.
"""

import ast
import re
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
TABLE = HERE.parent.parent / "docs" / "reference" / "capabilities.md"
ROW = re.compile(r"^\| (F\d+) \| (.+?) \| ([a-z, ]+) \|$", re.MULTILINE)
NAMED = re.compile(r"_(f\d+)(?=_)")


class Capability(NamedTuple):
    """A row of the table; `owners` are the services that decide about it."""

    id: str
    title: str
    owners: tuple[str, ...]


def capabilities() -> list[Capability]:
    """Return all rows, in the order of the table."""
    found = ROW.findall(TABLE.read_text("utf-8"))
    return [Capability(id_, title, tuple(owners.split(", "))) for id_, title, owners in found]


def proven(files: Iterable[Path]) -> set[str]:
    """Return the ids in the names of the tests that these files define."""
    ids: set[str] = set()
    for path in files:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                name = node.name
                if name.startswith("test_"):
                    ids |= {id_.upper() for id_ in NAMED.findall(name)}
    return ids


def unproven(owners: Iterable[str]) -> list[Capability]:
    """Return the capabilities of these services that no test proves; of all, if none is named."""
    wanted, done = {*owners}, proven(HERE.glob("test_*.py"))
    asked = (
        wanted | {"all"} if wanted else {owner for row in capabilities() for owner in row.owners}
    )
    return [row for row in capabilities() if row.id not in done and asked & {*row.owners}]
