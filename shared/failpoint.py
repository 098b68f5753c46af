"""Named points where a test may stop, fail or end this process; elsewhere nothing happens there.

A test arms a point with a file of its name, in the folder that `ACCORD_FAILPOINTS` names:

- `kill` ends the process as kill -9 does,
- `raise` fails as a lost connection does,
- `bug` fails as a mistake in the code does,
- `pause 4` waits so many seconds,
- `hold` waits until the file is gone.

All but `hold` act once: whoever removes the file acts.
"""

import asyncio
import os
import signal
from pathlib import Path

POINTS = frozenset(
    {
        "journal.before_lock",
        "journal.after_lock",
        "journal.after_reads",
        "journal.after_decide",
        "journal.before_commit",
        "journal.after_commit",
        "relay.after_lock",
        "relay.mid_batch",
        "relay.after_last_ack",
        "relay.before_commit",
        "reader.before_apply",
        "reader.after_apply",
        "reader.before_commit",
        "reader.before_ack",
        "reader.in_heal",
    }
)
POLL_SECONDS = 0.02

_folder: Path | None = None


class Injected(ConnectionResetError):
    """A test asked for this."""


def arm_from(folder: Path | None) -> None:
    """Say where points are armed; None disarms all."""
    global _folder  # noqa: PLW0603 - one switch a process, so that off costs one comparison
    _folder = folder


def arm(folder: Path, point: str, told: str) -> Path:
    """Arm a point of the processes that look into `folder`, whole or not at all."""
    if point not in POINTS:
        raise ValueError(f"There is no point {point}: see shared/failpoint.py")
    draft, armed = folder / f".{point}", folder / point
    draft.write_text(told, "utf-8")
    return draft.replace(armed)


def disarm(folder: Path, point: str) -> bool:
    """Let go of a point; say whether it was still armed."""
    try:
        (folder / point).unlink()
    except FileNotFoundError:
        return False
    return True


async def reach(point: str) -> None:
    """Do what a test armed this point with; nothing, where no test runs.

    Raises:
        Injected: the point was armed with `raise`.
        RuntimeError: it was armed with `bug`.
    """
    if _folder is not None:
        await _act(_folder / point)


async def _act(armed: Path) -> None:
    mode, _, seconds = _taken(armed).partition(" ")
    match mode:
        case "":
            pass
        case "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        case "raise":
            raise Injected(f"injected at {armed.name}")
        case "bug":
            raise RuntimeError(f"a mistake at {armed.name}")
        case "pause":
            await asyncio.sleep(float(seconds))
        case "hold":
            while _taken(armed):  # noqa: ASYNC110 - another process lets go
                await asyncio.sleep(POLL_SECONDS)
        case _:
            raise ValueError(f"{armed.name} is armed with {mode!r}: see shared/failpoint.py")


def _taken(armed: Path) -> str:
    """Return what is to happen, which then happens to nobody else; "" where nothing is."""
    try:
        told = armed.read_text("utf-8").strip()
        if told != "hold":
            armed.unlink()
    except FileNotFoundError:
        return ""
    return told
