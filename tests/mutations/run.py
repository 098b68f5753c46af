"""Plant each mistake in a copy of the tree, and see whether its test notices.

A mistake counts as noticed only when its test passes without it and fails with it. A test that
cannot even be collected noticed nothing.
"""

import ast
import os
import pkgutil
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib import import_module
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.progress import track

import tests.mutations
from tests.mutations import Mutation

ROOT = Path(__file__).parents[2]
PATIENCE = 120
ALL_PASSED, SOME_FAILED = 0, 1  # pytest's exit codes; what is beyond is no verdict


def areas() -> list[str]:
    """Return the names of the modules that list mutations."""
    found = (module.name for module in pkgutil.iter_modules(tests.mutations.__path__))
    return [name for name in found if name not in {"run", "__main__"} and "test_" not in name]


def registered(names: Iterable[str]) -> Iterator[Mutation]:
    """Yield the mutations of these areas, or single ones: `area` or `area/id`."""
    for name in names:
        area, _, wanted = name.partition("/")
        for mutation in import_module(f"tests.mutations.{area}").MUTATIONS:
            if wanted in {"", mutation.id}:
                yield mutation


def misplaced(mutation: Mutation, root: Path = ROOT) -> str | None:
    """Return why the mistake cannot be planted as registered, if so."""
    path, _, named = mutation.test.partition("::")
    test = root / path
    files = [test, *(root / change.file for change in mutation.changes)]
    if missing := [file.name for file in files if not file.is_file()]:
        return f"no such file: {', '.join(missing)}"
    if named and named.partition("[")[0] not in _tests(test):
        return f"no such test in {path}: {named}"
    for change in mutation.changes:
        times = (root / change.file).read_text().count(change.before)
        if times != 1:
            return f"stands there {times} times: {change.before.strip()}"
    return None


@cache
def _tests(file: Path) -> frozenset[str]:
    """Return the names of a file's tests, those in classes as `Class::name`."""
    found: set[str] = set()
    for part in ast.parse(file.read_text()).body:
        inside = part.body if isinstance(part, ast.ClassDef) else [part]
        within = f"{part.name}::" if isinstance(part, ast.ClassDef) else ""
        found |= {
            f"{within}{one.name}"
            for one in inside
            if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)
        }
    return frozenset(found)


class Copy:
    """A copy of the tree, in which mistakes can be planted."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "tree"
        shutil.copytree(ROOT, self.root, ignore=shutil.ignore_patterns(".*", "__pycache__"))
        self.passes = cache(self._passes)
        self._pass_together: frozenset[str] = frozenset()
        self.words = ""  # of the test that noticed
        self._moments = count(int(time.time()) + 1)

    def try_out(self, tests: Iterable[str]) -> None:
        """Run the tests together once, which takes less time than one by one."""
        wanted = sorted(set(tests))
        if self._run(*wanted)[0] == ALL_PASSED:
            self._pass_together = frozenset(wanted)

    def verdict(self, mutation: Mutation) -> str:
        """Return `noticed`, or what is wrong."""
        if reason := misplaced(mutation, self.root):
            return reason
        if not self.passes(mutation.test):
            return "test fails without it"
        right = {change.file: (self.root / change.file).read_text() for change in mutation.changes}
        try:
            for file, before, after in mutation.changes:
                self._write(file, (self.root / file).read_text().replace(before, after))
            outcome, self.words = self._run(mutation.test)
        except subprocess.TimeoutExpired:
            return f"no verdict ({PATIENCE} s and no end)"
        finally:
            for file, text in right.items():
                self._write(file, text)
        named = {ALL_PASSED: "NOT NOTICED", SOME_FAILED: "noticed"}
        return named.get(outcome, f"no verdict (pytest exit {outcome})")

    def _write(self, file: str, text: str) -> None:
        """Write at a new second: bytecode of a text of the same length would be taken for its."""
        path, moment = self.root / file, next(self._moments)
        path.write_text(text)
        os.utime(path, (moment, moment))

    def _passes(self, test: str) -> bool:
        return test in self._pass_together or self._run(test)[0] == ALL_PASSED

    def _run(self, *tests: str) -> tuple[int, str]:
        """Run tests; return pytest's exit code, and what it says of the first that failed."""
        command = sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests
        ran = subprocess.run(  # noqa: S603 - the commands are registered in this repository
            command,
            cwd=self.root,
            env={**os.environ, "COLUMNS": "200"},
            check=False,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
        said = [line for line in ran.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
        return ran.returncode, said[0].partition(" - ")[2] if said else ""


def main(names: Sequence[str] = ()) -> int:
    """Plant the mutations of `names`, all by default; print verdicts, return the exit code.

    Args:
        names: Of areas, or `area/id` of single mutations; `--some N` takes N of them by chance.

    Returns:
        0 where every mistake was noticed, 1 otherwise, 2 for an area that does not exist.
    """
    console = Console()
    names, some = _how_many(names)
    if unknown := sorted({name.partition("/")[0] for name in names} - set(areas())):
        console.print(f"No such area: {', '.join(unknown)}. There are: {', '.join(areas())}.")
        return 2
    verdicts: list[str] = []
    with TemporaryDirectory(prefix="accord-mutations-") as folder:
        copy = Copy(Path(folder))
        planted = [*registered(names or areas())]
        if some is not None:
            planted = random.sample(planted, min(some, len(planted)))
        copy.try_out(mutation.test for mutation in planted)
        for mutation in track(planted, "planting", console=console):
            began = time.monotonic()
            verdicts.append(copy.verdict(mutation))
            seconds = f"{time.monotonic() - began:5.1f} s"
            words = f"{verdicts[-1]} in {seconds}  {mutation.id}  by {mutation.test}  {copy.words}"
            console.print(words, soft_wrap=True, highlight=False, markup=False)
    missed = len(verdicts) - verdicts.count("noticed")
    console.print(f"{len(verdicts)} planted, {missed} not noticed.")
    return 1 if missed or not verdicts else 0


def _how_many(names: Sequence[str]) -> tuple[Sequence[str], int | None]:
    """Return the names, and after `--some` the number."""
    if "--some" not in names:
        return names, None
    at = names.index("--some")
    return [*names[:at], *names[at + 2 :]], int(names[at + 1])
