"""A witness that nobody can reach goes to the log itself: checkpoint, hashes, and back with a line.

What it fetched is only where a proof comes from: it is judged as if the log had asked.
"""

import time
from functools import partial
from http import HTTPStatus

from accord.failed import Failed
from accord.log_copy import Absent, Address, LogTiles
from accord.witness_state import Contradicted, WitnessState
from shared.tlog.call import NoAnswer, call, joined
from shared.tlog.checkpoint import Checkpoint
from shared.tlog.encoding import Unreadable, shown
from shared.tlog.note import Note
from shared.tlog.policy import Log
from shared.tlog.witness import Declined, Request, examine

SECONDS = 10.0


def _known_root_at(tiles: LogTiles, size: int) -> bytes:
    """Return it, or nothing where the log does not show enough of itself."""
    try:
        return tiles.root_at(size)
    except (Absent, NoAnswer):
        return b""


def pull(state: WitnessState, origin: str, logs: list[Log]) -> str:
    """Cosign what a log shows now, hand the line in, and return what became of it.

    Args:
        logs: The keys of this origin.

    Raises:
        Contradicted: the log has signed two histories.
        Failed: it cannot be cosigned, or cannot be handed in.
    """
    url = next((log.url for log in logs if log.url), f"https://{origin}")
    try:
        return _pulled(state, origin, logs, url)
    except (Absent, NoAnswer) as error:
        raise Failed(f"{shown(origin)}: {error}") from error


def _pulled(state: WitnessState, origin: str, logs: list[Log], url: str) -> str:
    note = _newest(origin, url)
    size, now = Checkpoint.parse(note.text).size, int(time.time())
    held = state.last(origin)
    old = Checkpoint.parse(held.text).size if held else 0
    if size < old:
        raise Failed(
            f"{shown(origin)} shows size {size}, but this witness cosigned {old}: what it shows is "
            "an old copy, or it lost its end."
        )
    tiles = LogTiles(Address(url), size)
    try:
        examine(bytes(Request(old, (), note)), {origin: logs}, now)  # before a tile is asked for
        examined = examine(bytes(Request(old, tiles.proof(old), note)), {origin: logs}, now)
        line = state.cosign(examined, now, partial(_known_root_at, tiles))
    except Contradicted:
        raise
    except Declined as declined:
        raise Failed(f"{shown(origin)} size {size} declined: {declined}") from declined
    handed = bytes(examined.note.signed_by(line))
    reply = call("POST", joined(url, "cosignature"), seconds=SECONDS, body=handed)
    if reply.status >= HTTPStatus.BAD_REQUEST:
        raise Failed(
            f"{shown(origin)} size {size} is cosigned, but the log did not take it: it answered "
            f"{reply.status}: {shown(reply.body.decode(errors='replace').strip())}"
        )
    return f"{shown(origin)} size {size} cosigned"


def _newest(origin: str, url: str) -> Note:
    reply = call("GET", joined(url, "checkpoint"), seconds=SECONDS)
    if reply.status != HTTPStatus.OK:
        raise Failed(f"{joined(url, 'checkpoint')} answered {reply.status}.")
    try:
        note = Note.parse(reply.body)
        shows = Checkpoint.parse(note.text).origin
    except Unreadable as error:
        raise Failed(f"{joined(url, 'checkpoint')}: {error}") from error
    if shows != origin:
        raise Failed(f"{url} is the log {shown(shows)}, not {shown(origin)}.")
    return note
