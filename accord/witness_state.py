"""What a witness keeps in its folder: its key, and of each log what it cosigned last.

    key              the secret; whoever has it can speak for the witness
    vkey             the public key, for policies
    witness.sqlite   the checkpoint that was cosigned last of each log; as precious as the key
    evidence/        of logs that contradicted themselves

A cosignature leaves only after the checkpoint is on the disk, and two are never weighed at once: so
no crash, and no second process on the folder, makes the witness cosign two histories.
"""

import os
import secrets
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path
from typing import Self

from accord.failed import Failed
from shared.tlog import fork
from shared.tlog.checkpoint import Checkpoint
from shared.tlog.cosignature import Cosigner
from shared.tlog.encoding import Unreadable
from shared.tlog.note import Note, Signature
from shared.tlog.witness import Declined, Examined, weigh

WAITS = 5.0  # seconds, for another process on the folder
_TABLES = """
create table if not exists cosigner (vkey text primary key) strict;
create table if not exists cosigned (
  origin_hash text primary key,
  note blob not null,
  at integer not null
) strict;
"""


class Contradicted(Declined):
    """The log signed what contradicts what it signed before; the evidence is in a file."""

    def __init__(self, declined: Declined, evidence: Path) -> None:
        super().__init__(declined.status, declined.body, declined.type)
        self.evidence = evidence


@dataclass(frozen=True)
class WitnessState:
    """The folder of one witness."""

    folder: Path
    cosigner: Cosigner

    @classmethod
    def open(cls, folder: Path, name: str | None) -> tuple[Self, bool]:
        """Return the witness that lives in a folder, and whether it was born just now.

        Raises:
            Failed: it has no name yet, or another one; or a part of it is missing.
        """
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            born = not (folder / "key").exists()
            if born:
                state = cls(folder, _new(name))
                state._be_born()
            else:
                state = cls(folder, _kept(folder / "key", name))
            state._check_whole()
        except OSError as error:
            raise Failed(
                f"The state of the witness in {folder} cannot be used: {error.strerror}."
            ) from error
        except sqlite3.Error as error:
            raise Failed(
                f"{folder / 'witness.sqlite'} cannot be used: {error}. Restore it: a witness that "
                "forgot what it cosigned must not go on under the same key."
            ) from error
        return state, born

    def cosign(
        self, examined: Examined, now: int, root_at: Callable[[int], bytes] | None = None
    ) -> Signature:
        """Cosign a checkpoint, and keep it before it is returned.

        Args:
            now: POSIX seconds.
            root_at: Tells which root the new tree has at a size, if anybody can tell.

        Raises:
            Declined: it does not hold all that was cosigned before.
            Contradicted: the log has signed two histories.
        """
        checkpoint = examined.checkpoint
        held = None
        try:
            with self._turn() as db:
                held = _last(db, checkpoint.origin)
                weigh(examined, Checkpoint.parse(held.text) if held else None)
                signature = self.cosigner.cosign(str(checkpoint), now)
                _keep(db, checkpoint.origin, examined.note.signed_by(signature), now)
        except Declined as declined:
            if held is None or declined.status != HTTPStatus.UNPROCESSABLE_ENTITY:
                raise
            file = self._accused(held, examined, now, root_at)
            if file is None:
                raise
            raise Contradicted(declined, file) from declined
        return signature

    def last(self, origin: str) -> Note | None:
        """Return the checkpoint that was cosigned last of a log, with both signatures."""
        return self.last_of(_hash(origin))

    def last_of(self, origin_hash: str) -> Note | None:
        """Return it by the lower-case hex SHA-256 of the origin."""
        with closing(self._connect()) as db:
            return _read(db, origin_hash)

    def _accused(
        self,
        held: Note,
        examined: Examined,
        now: int,
        root_at: Callable[[int], bytes] | None,
    ) -> Path | None:
        """Write down that the log contradicts itself, if that can be shown; return the file."""
        old = examined.request.old
        root = root_at(old) if root_at else b""
        logs, proof = examined.logs, examined.request.proof
        evidence = fork.found(held, examined.note, proof, logs, now, root)
        if evidence is None:
            return None
        origin = _hash(examined.checkpoint.origin)[:16]
        file = self.folder / "evidence" / f"{origin}-{old}.json"
        if not file.exists():  # the first is enough; whoever has the key could make any number
            file.parent.mkdir(exist_ok=True)
            _write(file, bytes(evidence), 0o644)
        return file

    def _be_born(self) -> None:
        """Make the files; the key last, for without it nothing has been cosigned."""
        vkey = str(self.cosigner.key)
        with closing(self._connect()) as db:
            db.executescript(_TABLES)
            db.execute("delete from cosigner")
            db.execute("insert into cosigner values (?)", (vkey,))
        _write(self.folder / "vkey", f"{vkey}\n".encode(), 0o644)
        _write(self.folder / "key", f"{self.cosigner.text}\n".encode(), 0o600)

    def _check_whole(self) -> None:
        vkey = str(self.cosigner.key)
        if not (self.folder / "witness.sqlite").exists():
            raise Failed(
                f"{self.folder} has a key, but not what was cosigned with it (witness.sqlite). "
                "Restore that, or begin anew in an empty folder under another name."
            )
        with closing(self._connect()) as db:
            if db.execute("select vkey from cosigner").fetchall() != [(vkey,)]:
                raise Failed(f"{self.folder}/witness.sqlite belongs to another key than {vkey}.")

    @contextmanager
    def _turn(self) -> Iterator[sqlite3.Connection]:
        """Let one at a time in; what it wrote is on the disk when it leaves."""
        with closing(self._connect()) as db:
            db.execute("begin immediate")
            try:
                yield db
            except BaseException:
                db.execute("rollback")
                raise
            self._commit(db)

    def _commit(self, db: sqlite3.Connection) -> None:
        db.execute("commit")

    def _connect(self) -> sqlite3.Connection:
        db = sqlite3.connect(self.folder / "witness.sqlite", timeout=WAITS, isolation_level=None)
        db.execute("pragma synchronous = extra")
        return db


def _last(db: sqlite3.Connection, origin: str) -> Note | None:
    return _read(db, _hash(origin))


def _read(db: sqlite3.Connection, origin_hash: str) -> Note | None:
    row = db.execute("select note from cosigned where origin_hash = ?", (origin_hash,)).fetchone()
    return Note.parse(row[0]) if row else None


def _keep(db: sqlite3.Connection, origin: str, note: Note, at: int) -> None:
    db.execute(
        "insert into cosigned values (?1, ?2, ?3) "
        "on conflict (origin_hash) do update set note = ?2, at = ?3",
        (_hash(origin), bytes(note), at),
    )


def _hash(origin: str) -> str:
    return sha256(origin.encode()).hexdigest()


def _new(name: str | None) -> Cosigner:
    if name is None:
        raise Failed(
            "This witness has no name yet. Say --name: an address of yours without https://, such "
            "as org-b.example/witness. It cannot be changed later."
        )
    try:
        cosigner = Cosigner(name, secrets.token_bytes(32))
        str(cosigner.key)
    except Unreadable as error:
        raise Failed(str(error)) from error
    return cosigner


def _kept(file: Path, name: str | None) -> Cosigner:
    if file.stat().st_mode & 0o077:
        raise Failed(f"Others may read {file}: chmod 600 it, or make a new key if they did.")
    try:
        cosigner = Cosigner.parse(file.read_text("utf-8"))
    except ValueError as error:
        raise Failed(f"{file}: {error}") from error
    if name not in {None, cosigner.name}:
        raise Failed(f"The witness in {file.parent} is {cosigner.name}, not {name}.")
    return cosigner


def _write(file: Path, raw: bytes, mode: int) -> None:
    """Put a whole file there or none, so that it is on the disk afterwards."""
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(raw)
        opened.flush()
        os.fsync(opened.fileno())
    draft.replace(file)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
