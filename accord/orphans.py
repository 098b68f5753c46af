"""Processes that a killed supervisor left behind, known by the pid files it wrote."""

import asyncio
import contextlib
import json
import os
import signal
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from accord.failed import Failed

POLL = 0.02
PROC = Path("/proc")


@dataclass(frozen=True)
class PidFile:
    """Which process serves which data folder."""

    path: Path

    def write(self, pid: int, stop_by: signal.Signals, patience: float) -> None:
        about = {
            "pid": pid,
            "born": born(pid),
            "folder": _identity(self.path.parent),
            "stop_by": int(stop_by),
            "patience": patience,
        }
        draft = self.path.with_suffix(".draft")
        draft.write_text(json.dumps(about))
        draft.replace(self.path)

    def remove(self) -> None:
        self.path.unlink(missing_ok=True)

    async def stop(self, say: Callable[[str], None]) -> None:
        """End the process, if it still is the one that was started for this very folder.

        Raises:
            Failed: it belongs to another user.
        """
        try:
            about = json.loads(self.path.read_text())
        except ValueError:
            about = {"pid": 0, "born": None, "folder": None}
        pid, birth = about["pid"], about["born"]
        if birth and about["folder"] == _identity(self.path.parent) and born(pid) == birth:
            say(f"Stopping process {pid} ({self.path.stem}), left by a killed `accord up`.")
            try:
                await end(pid, signal.Signals(about["stop_by"]), about["patience"])
            except PermissionError as error:
                raise Failed(f"Process {pid} still runs as another user. Stop it.") from error
        self.remove()


async def stop_orphans(run: Path, say: Callable[[str], None]) -> None:
    """End every process that a pid file in `run` names, the youngest first."""
    for pid_file in _youngest_first(run):
        await pid_file.stop(say)


async def end(pid: int, stop_by: signal.Signals, patience: float) -> None:
    """End a process that is not our child: ask, wait, kill."""
    birth = born(pid)
    for by, seconds in ((stop_by, patience), (signal.SIGKILL, patience)):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, by)
        for _ in range(int(seconds / POLL)):
            if birth is None or born(pid) != birth:
                return
            await asyncio.sleep(POLL)


def born(pid: int) -> str | None:
    """Say when a process began, so that a pid used again is not taken for it; None if it ended."""
    if PROC.joinpath("self").exists():
        with contextlib.suppress(OSError):
            state, *fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
            boot = (PROC / "sys/kernel/random/boot_id").read_text().strip()
            return None if state in "ZX" else f"{boot} {fields[18]}"
        return None
    asked = ["/bin/ps", "-o", "lstart=", "-p", str(pid)]
    return subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip() or None  # noqa: S603 - a fixed program and a number


def _youngest_first(run: Path) -> list[PidFile]:
    paths = sorted(run.glob("*.json"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
    return [PidFile(path) for path in paths]


def _identity(folder: Path) -> str:
    """A copy of a data folder is another folder; one that was moved is the same."""
    about = folder.stat()
    return f"{about.st_dev}:{about.st_ino}"
