"""The signer: a process of its own that holds the log keys, and signs no history but one.

`python -m services.audit.signer`. It is reached over a Unix socket only. Its own SQLite, outside
PostgreSQL, keeps per origin the key (wrapped by the secret in `ACCORD_SIGNER__KEY_FILE`), and every
leaf hash in order; so it cannot sign two checkpoints that contradict each other, whatever the
database says. It commits before it signs: a lost answer can be asked for again.

A request is one line of JSON, then `count` leaf hashes of 32 bytes each; the answer is a line.

    {"do": "open", "origin": …}                       → {"vkey": …, "size": …}
    {"do": "sign", "origin": …, "from": n, "count": k} → {"note": …}
    anything it cannot do                              → {"refused": code, "why": words}
"""

import asyncio
import json
import os
import secrets
import signal
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.settings import BadSettings, Settings, needed, secret
from shared.tlog.checkpoint import Checkpoint
from shared.tlog.note import Note, Signer
from shared.tlog.tree import Peaks

HASH_BYTES, MOST = 32, 65_536
LINE_BYTES = 4_096
NONCE_BYTES = 12
STORE = "signer.sqlite"
_TABLES = """
create table if not exists origin (origin text primary key, seed blob not null);
create table if not exists leaf (
  origin text not null, seq integer not null, hash blob not null, primary key (origin, seq)
) without rowid;
create table if not exists head (
  origin text primary key, size integer not null, peaks blob not null
);
"""


class Refused(Exception):
    """What the signer does not do: a code, and why in words."""

    def __init__(self, code: str, why: str) -> None:
        super().__init__(why)
        self.code = code


class Store:
    """What the signer has signed. One process uses it.

    Args:
        wraps: 32 bytes; the key that log keys are wrapped by.
    """

    def __init__(self, path: Path, wraps: bytes) -> None:
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.execute("pragma journal_mode = wal")
        self._db.execute("pragma synchronous = full")
        self._db.executescript(_TABLES)
        self._wraps = AESGCM(wraps)

    def close(self) -> None:
        self._db.close()

    def open(self, origin: str) -> tuple[Signer, int]:
        """Return the key of an origin, made when it is first asked for, and the size signed."""
        with self._writing():
            row = self._db.execute("select seed from origin where origin = ?", [origin]).fetchone()
            if row is None:
                seed, nonce = secrets.token_bytes(32), secrets.token_bytes(NONCE_BYTES)
                wrapped = nonce + self._wraps.encrypt(nonce, seed, origin.encode())
                self._db.execute("insert into origin values (?, ?)", [origin, wrapped])
                self._db.execute("insert into head values (?, 0, ?)", [origin, b""])
        return self._key(origin), self._head(origin)[0]

    def sign(self, origin: str, begins: int, hashes: list[bytes]) -> str:
        """Return a note on the tree of all that was ever given, with these leaves appended.

        Args:
            begins: Which leaf the first hash is of.

        Raises:
            Refused: they leave a gap, contradict what was signed, or end before it.
        """
        key = self._key(origin)
        with self._writing():
            size, peaks = self._head(origin)
            if begins > size:
                raise Refused("gap", f"{size} leaves are signed; {begins} is beyond the next")
            known = self._hashes(origin, begins, begins + len(hashes))
            for number, (held, given) in enumerate(zip(known, hashes, strict=False), begins):
                if held != given:
                    raise Refused("other_leaf", f"leaf {number} was signed with another hash")
            if begins + len(hashes) < size:
                raise Refused("older", f"{size} leaves are signed; these end before")
            new = hashes[size - begins :]
            self._db.executemany(
                "insert into leaf values (?, ?, ?)",
                [(origin, number, each) for number, each in enumerate(new, size)],
            )
            peaks.extend(new)
            self._db.execute(
                "update head set size = ?, peaks = ? where origin = ?",
                [peaks.size, b"".join(peaks.hashes), origin],
            )
        text = str(Checkpoint(origin, peaks.size, peaks.root()))
        return bytes(Note(text, (key.sign(text),))).decode()

    def _key(self, origin: str) -> Signer:
        row = self._db.execute("select seed from origin where origin = ?", [origin]).fetchone()
        if row is None:
            raise Refused("unknown_origin", "no such log was opened here")
        nonce, closed = row[0][:NONCE_BYTES], row[0][NONCE_BYTES:]
        try:
            return Signer(origin, self._wraps.decrypt(nonce, closed, origin.encode()))
        except InvalidTag as error:
            raise Refused("wrong_secret", "the log key was wrapped by another secret") from error

    def _head(self, origin: str) -> tuple[int, Peaks]:
        size, peaks = self._db.execute(
            "select size, peaks from head where origin = ?", [origin]
        ).fetchone()
        return size, Peaks(size, _split(peaks))

    def _hashes(self, origin: str, begins: int, ends: int) -> list[bytes]:
        rows = self._db.execute(
            "select hash from leaf where origin = ? and seq >= ? and seq < ? order by seq",
            [origin, begins, ends],
        )
        return [row[0] for row in rows]

    @contextmanager
    def _writing(self) -> Iterator[None]:
        self._db.execute("begin immediate")
        try:
            yield
        except BaseException:
            self._db.execute("rollback")
            raise
        self._db.execute("commit")


def answer(store: Store, asked: dict[str, Any], hashes: list[bytes]) -> dict[str, Any]:
    """Return what is answered to one request."""
    try:
        match asked:
            case {"do": "open", "origin": str(origin)}:
                key, size = store.open(origin)
                return {"vkey": str(key.key), "size": size}
            case {"do": "sign", "origin": str(origin), "from": int(begins)} if begins >= 0:
                return {"note": store.sign(origin, begins, hashes)}
    except Refused as refused:
        return {"refused": refused.code, "why": str(refused)}
    return {"refused": "unknown_request", "why": "ask to open or to sign"}


async def attend(store: Store, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer one connection until it ends."""
    with suppress(ConnectionError, asyncio.IncompleteReadError):
        while line := await reader.readline():
            asked = _request(line)
            if asked is None:
                break
            hashes = _split(await reader.readexactly(asked["count"] * HASH_BYTES))
            writer.write(json.dumps(answer(store, asked, hashes)).encode() + b"\n")
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


def make(folder: Path, socket: Path, wraps: bytes) -> Store:
    """Return what was signed so far; the places for it and for the socket are ours alone."""
    for place in (folder, socket.parent):
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        if place.stat().st_uid != os.geteuid():
            raise BadSettings(f"{place} belongs to somebody else: name another for the signer.")
    socket.unlink(missing_ok=True)
    return Store(folder / STORE, wraps)


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


def _split(joined: bytes) -> list[bytes]:
    return [joined[at : at + HASH_BYTES] for at in range(0, len(joined), HASH_BYTES)]


async def _run() -> None:
    os.umask(0o077)
    settings = Settings.load()
    socket = needed(settings.signer.socket, "ACCORD_SIGNER__SOCKET")
    wraps = wrapping_key(needed(settings.signer.key_file, "ACCORD_SIGNER__KEY_FILE"))
    folder = needed(settings.signer.folder, "ACCORD_SIGNER__FOLDER")
    until = asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(each, until.set)
    with closing(make(folder, socket, wraps)) as store:
        await serve(store, socket, until)


if __name__ == "__main__":
    try:
        asyncio.run(_run())
    except BadSettings as error:
        sys.exit(str(error))
