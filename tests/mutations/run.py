"""Plant each mistake in a copy of the tree, and see whether its test notices.

A mistake counts as noticed only when its test passes without it and fails with it. A test that
cannot even be collected noticed nothing.
"""

import os
import pkgutil
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.progress import track
from rich.table import Table

import tests.mutations
from tests.mutations import Mutation

ROOT = Path(__file__).parents[2]
ALL_PASSED, SOME_FAILED = 0, 1  # pytest's exit codes; what is beyond is no verdict


def areas() -> list[str]:
    """Return the names of the modules that list mutations."""
    found = (module.name for module in pkgutil.iter_modules(tests.mutations.__path__))
    return [name for name in found if name not in {"run", "__main__"} and "test_" not in name]


def registered(names: Iterable[str]) -> Iterator[Mutation]:
    """Yield the mutations of these areas."""
    for name in names:
        yield from import_module(f"tests.mutations.{name}").MUTATIONS


def misplaced(mutation: Mutation, root: Path = ROOT) -> str | None:
    """Return why the mistake cannot be planted as registered, if so."""
    test = root / mutation.test.partition("::")[0]
    if not (root / mutation.file).is_file() or not test.is_file():
        return "no such file"
    times = (root / mutation.file).read_text().count(mutation.before)
    return None if times == 1 else f"stands there {times} times"


class Copy:
    """A copy of the tree, in which mistakes can be planted."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "tree"
        shutil.copytree(ROOT, self.root, ignore=shutil.ignore_patterns(".*", "__pycache__"))
        self.passes = cache(self._passes)

    def verdict(self, mutation: Mutation) -> str:
        """Return `noticed`, or what is wrong."""
        if reason := misplaced(mutation, self.root):
            return reason
        if not self.passes(mutation.test):
            return "test fails without it"
        file = self.root / mutation.file
        right = file.read_text()
        file.write_text(right.replace(mutation.before, mutation.after))
        try:
            outcome = self._run(mutation.test)
        finally:
            file.write_text(right)
        named = {ALL_PASSED: "NOT NOTICED", SOME_FAILED: "noticed"}
        return named.get(outcome, f"no verdict (pytest exit {outcome})")

    def _passes(self, test: str) -> bool:
        return self._run(test) == ALL_PASSED

    def _run(self, test: str) -> int:
        # No bytecode: a mistake of the same length, within a second, would go unread.
        quiet = {"PYTHONDONTWRITEBYTECODE": "1"}
        command = sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", test
        return subprocess.run(  # noqa: S603 - the commands are registered in this repository
            command,
            cwd=self.root,
            env={**os.environ, **quiet},
            check=False,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ).returncode


def main(names: Sequence[str] = ()) -> int:
    """Plant the mutations of `names` (all areas by default), print a table, return the exit code.

    Returns:
        0 where every mistake was noticed, 1 otherwise, 2 for an area that does not exist.
    """
    console = Console()
    if unknown := sorted(set(names) - set(areas())):
        console.print(f"No such area: {', '.join(unknown)}. There are: {', '.join(areas())}.")
        return 2
    table = Table("invariant", "noticed by", "verdict")
    verdicts: list[str] = []
    with TemporaryDirectory(prefix="accord-mutations-") as folder:
        copy = Copy(Path(folder))
        for mutation in track([*registered(names or areas())], "planting", console=console):
            verdicts.append(copy.verdict(mutation))
            table.add_row(mutation.id, mutation.test, verdicts[-1])
    console.print(table)
    missed = len(verdicts) - verdicts.count("noticed")
    console.print(f"{len(verdicts)} planted, {missed} not noticed.")
    return 1 if missed or not verdicts else 0
