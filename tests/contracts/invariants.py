"""List the invariants that no property test carries: `python -m tests.contracts.invariants`.

A property test searches, with hypothesis, for a history that breaks a rule; its name begins with
the ids of the rules: `test_m7_never_two_votes_on_one_day`. That such a test would notice is what
`make mutants` shows.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).parents[1]
IDS = (
    *(f"m{number}" for number in range(1, 20)),
    *(f"i{number}" for number in range(1, 9)),
    *(f"k{number}" for number in range(1, 15)),
)
BY_HISTORIES = frozenset({"i1", "i3", "i4", "i5", "i6"})
"""What the state machine of `tests/properties/machine.py` checks after every step of a history:
what was acknowledged is there, a refusal left nothing, positions and versions have no gap, and
what is read is the fold."""
_NAME = re.compile(r"test_((?:[a-z][0-9]+_)+)")


def searched() -> set[str]:
    """Return the ids in the names of all tests that search."""
    return {
        found
        for path in sorted(TESTS.rglob("test_*.py"))
        for found in found_in(ast.parse(path.read_bytes()))
    }


def found_in(module: ast.Module) -> Iterator[str]:
    """Yield the ids in the names of the tests of a module that search."""
    named_so = {
        target.id
        for node in module.body
        if isinstance(node, ast.Assign) and _searches(node.value)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(module):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if (named := _NAME.match(node.name)) and any(
            _searches(one) or (isinstance(one, ast.Name) and one.id in named_so)
            for one in node.decorator_list
        ):
            yield from named[1].strip("_").split("_")


def _searches(decorator: ast.expr) -> bool:
    match decorator:
        case ast.Call(func=ast.Name(id="over" | "given")):
            return True
        case _:
            return False


def lacking() -> list[str]:
    """Return the ids of the invariants without a property test, in order."""
    found = searched() | BY_HISTORIES
    return [one for one in IDS if one not in found]


def main() -> None:
    found = lacking()
    print("\n".join(f"{one.upper()}: no property test carries it" for one in found))  # noqa: T201 - what it is for
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
