"""The signer: a process of its own that holds the log keys, and signs no history but one.

`python -m services.audit.signer`. It is reached over a Unix socket only. Its own SQLite, outside
PostgreSQL, keeps per origin the keys (wrapped by the secret in `ACCORD_SIGNER__KEY_FILE`), and
every leaf hash in order; so it cannot sign two checkpoints that contradict each other, whatever the
database says. It commits before it signs: a lost answer can be asked for again.

A request is one line of JSON, then `count` leaf hashes of 32 bytes each; the answer is a line.

    {"do": "open", "origin": …, "new": true, "after": …}  → {"vkey": …, "size": …}
    {"do": "about", "origin": …}                          → {"note": …}
    {"do": "sign", "origin": …, "from": n, "count": k}    → {"note": …}
    {"do": "rotate", "origin": …}, and "retire"           → {"note": …}
    {"do": "leaves", "origin": …, "from": n}              → {"hashes": base64}
    {"do": "whose", "count": k}                           → {"origin": …}
    {"do": "adopt", "origin": …, "from": n, "count": k}   → {"size": …}
    {"do": "conclude", "origin": …, "note": …, "former": …} → {}
    anything it cannot do                                 → {"refused": code, "why": words}
"""

import asyncio
import base64
import json
import os
import signal
import sys
import time
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from services.audit.signed import NOBODY, Refused, Store
from services.audit.trusted import policy_file
from shared.failpoint import arm_from, reach
from shared.settings import BadSettings, Settings, needed, secret
from shared.tlog.about import About
from shared.tlog.checkpoint import Checkpoint
from shared.tlog.encoding import Unreadable
from shared.tlog.note import Note
from shared.tlog.policy import Policy
from shared.tlog.tiles import split
from shared.tlog.tree import HASH_BYTES

MOST = 65_536
LINE_BYTES = 1 << 18
STORE = "signer.sqlite"


def answer(store: Store, asked: dict[str, Any], hashes: list[bytes]) -> dict[str, Any]:
    """Return what is answered to one request."""
    try:
        match asked:
            case {"do": "open", "origin": str(origin)}:
                after = asked.get("after")
                key, size = store.open(
                    origin,
                    new=asked.get("new") is True,
                    after=None if after is None else Checkpoint.parse(str(after)),
                )
                return {"vkey": str(key.key), "size": size}
            case {"do": "leaves", "origin": str(origin), "from": int(begins)} if begins >= 0:
                found = b"".join(store.leaves(origin, begins))
                return {"hashes": base64.b64encode(found).decode()}
            case {"do": "whose"}:
                return {"origin": store.whose(hashes)}
            case {"do": "adopt", "origin": str(origin), "from": int(begins)} if begins >= 0:
                return {"size": store.adopt(origin, begins, hashes)}
            case {"do": "conclude", "origin": str(origin), "note": str(note)}:
                said = asked.get("former")
                former = None if said is None else About.parse(str(said))
                store.conclude(origin, Note.parse(note.encode()), former, int(time.time()))
                return {}
            case {"do": "about", "origin": str(origin)}:
                return {"note": store.about(origin)}
            case {"do": "rotate", "origin": str(origin)}:
                return {"note": store.rotate(origin)}
            case {"do": "retire", "origin": str(origin)}:
                return {"note": store.retire(origin)}
            case {"do": "sign", "origin": str(origin), "from": int(begins)} if begins >= 0:
                return {"note": store.sign(origin, begins, hashes)}
    except Refused as refused:
        return {"refused": refused.code, "why": str(refused)}
    except Unreadable as error:
        return {"refused": "unreadable", "why": str(error)}
    return {"refused": "unknown_request", "why": "ask for what is listed"}


async def attend(store: Store, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer one connection until it ends."""
    with suppress(ConnectionError, asyncio.IncompleteReadError):
        while line := await reader.readline():
            asked = _request(line)
            if asked is None:
                break
            hashes = split(await reader.readexactly(asked["count"] * HASH_BYTES))
            answered = answer(store, asked, hashes)
            await reach("signer.before_answer")
            writer.write(json.dumps(answered).encode() + b"\n")
            await writer.drain()
    writer.close()


def _request(line: bytes) -> dict[str, Any] | None:
    """Return what is asked; `None`: something that no client of ours would send."""
    try:
        asked = json.loads(line)
    except ValueError:
        return None
    if not isinstance(asked, dict):
        return None
    count = asked.setdefault("count", 0)
    return asked if type(count) is int and 0 <= count <= MOST else None


async def serve(store: Store, socket: Path, until: asyncio.Event) -> None:
    """Listen on a Unix socket, which lies where nobody else of this machine may look."""
    server = await asyncio.start_unix_server(
        lambda reader, writer: attend(store, reader, writer), socket, limit=LINE_BYTES
    )
    async with server:
        await until.wait()
        server.close()


def make(folder: Path, socket: Path, wraps: bytes, policy: Policy = NOBODY) -> Store:
    """Return what was signed so far; the places for it and for the socket are ours alone."""
    for place in (folder, socket.parent):
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        if place.stat().st_uid != os.geteuid():
            raise BadSettings(f"{place} belongs to somebody else: name another for the signer.")
    socket.unlink(missing_ok=True)
    return Store(folder / STORE, wraps, policy)


def wrapping_key(path: Path) -> bytes:
    """Return the 32 bytes that a file holds as hexadecimal.

    Raises:
        BadSettings: it holds something else.
    """
    try:
        key = bytes.fromhex(secret(path))
    except ValueError:
        key = b""
    if len(key) != HASH_BYTES:
        raise BadSettings(f"{path} must hold 64 hexadecimal digits: what wraps the log keys.")
    return key


async def _run() -> None:
    os.umask(0o077)
    settings = Settings.load()
    arm_from(settings.failpoints)
    socket = needed(settings.signer.socket, "ACCORD_SIGNER__SOCKET")
    wraps = wrapping_key(needed(settings.signer.key_file, "ACCORD_SIGNER__KEY_FILE"))
    folder = needed(settings.signer.folder, "ACCORD_SIGNER__FOLDER")
    policy = Policy.parse(policy_file(settings))
    until = asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(each, until.set)
    with closing(make(folder, socket, wraps, policy)) as store:
        await serve(store, socket, until)


if __name__ == "__main__":
    try:
        asyncio.run(_run())
    except BadSettings as error:
        sys.exit(str(error))
