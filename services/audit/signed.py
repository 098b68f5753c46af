"""What the signer has signed: keys, and per log every leaf hash in order, in its own SQLite.

It commits before it signs, so that a lost answer can be asked for again, and no crash makes it sign
two histories.
"""

import secrets
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.tlog.about import About, Term
from shared.tlog.checkpoint import Checkpoint
from shared.tlog.key import vkey
from shared.tlog.note import Note, NotSigned, Signer
from shared.tlog.policy import Policy
from shared.tlog.tiles import split
from shared.tlog.tree import Peaks

NONCE_BYTES = 12
PAGE = 1_000
"""Leaf hashes in one answer."""
NOBODY = Policy.parse(b"quorum none\n")
_TABLES = """
create table if not exists key (
  origin text not null, number integer not null, seed blob not null,
  begins integer not null, until integer, primary key (origin, number)
);
create table if not exists leaf (
  origin text not null, seq integer not null, hash blob not null, primary key (origin, seq)
) without rowid;
create index if not exists leaf_begins on leaf (substr(hash, 1, 8));
create table if not exists former (
  origin text not null, number integer not null, vkey text not null,
  begins integer not null, until integer not null, primary key (origin, number)
);
create table if not exists predecessor (origin text primary key, checkpoint text not null);
create table if not exists head (
  origin text primary key, size integer not null, peaks blob not null
);
"""
_BEFORE_KEYS_CHANGED = """
begin;
insert into key select origin, 0, seed, 0, null from origin;
drop table origin;
commit;
"""


class Refused(Exception):
    """What the signer does not do: a code, and why in words."""

    def __init__(self, code: str, why: str) -> None:
        super().__init__(why)
        self.code = code


class Store:
    """One process uses it.

    Args:
        wraps: 32 bytes; the key that log keys are wrapped by.
        policy: Whose witnesses must have signed what is adopted.
    """

    def __init__(self, path: Path, wraps: bytes, policy: Policy = NOBODY) -> None:
        self._policy = policy
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.execute("pragma journal_mode = wal")
        self._db.execute("pragma synchronous = full")
        self._db.executescript(_TABLES)
        if self._db.execute("select 1 from sqlite_master where name = 'origin'").fetchone():
            self._db.executescript(_BEFORE_KEYS_CHANGED)
        self._wraps = AESGCM(wraps)

    def close(self) -> None:
        self._db.close()

    def open(
        self, origin: str, *, new: bool = True, after: Checkpoint | None = None
    ) -> tuple[Signer, int]:
        """Return the newest key of an origin and the size signed.

        Args:
            new: Whether its first key may be made here.
            after: The last good checkpoint of the log that a new one takes over from.

        Raises:
            Refused: it is not known, and is not new.
        """
        with self._writing():
            if not self._known(origin):
                if not new:
                    raise Refused("unknown_origin", "no such log was opened here")
                self._begin(origin)
                self._new_key(origin, 0)
                if after is not None:
                    self._db.execute("insert into predecessor values (?, ?)", [origin, str(after)])
        return self._keys(origin)[-1][0], self._head(origin)[0]

    def about(self, origin: str) -> str:
        """Return what the log says of itself, signed with every key that has not ended."""
        keys = self._keys(origin)
        rows = self._db.execute(
            "select vkey, begins, until from former where origin = ? order by number", [origin]
        )
        former = (Term(vkey(key), begins, until) for key, begins, until in rows)
        about = About(origin, (*former, *(term for _, term in keys)), self._predecessor(origin))
        return _signed(str(about), [key for key, term in keys if term.until is None])

    def rotate(self, origin: str) -> str:
        """Make a new key, which signs beside the old one from now on; return what is said of both.

        Raises:
            Refused: two sign already.
        """
        with self._writing():
            if sum(term.until is None for _, term in self._keys(origin)) > 1:
                raise Refused("two_keys", "two keys sign already: end the old one first")
            self._new_key(origin, self._head(origin)[0])
        return self.about(origin)

    def retire(self, origin: str) -> str:
        """End the old key at the size that it signed last; return what is said of both.

        Raises:
            Refused: only one signs.
        """
        with self._writing():
            if sum(term.until is None for _, term in self._keys(origin)) < 2:  # noqa: PLR2004 - one of two
                raise Refused("one_key", "only one key signs: make a new one first")
            self._db.execute(
                "update key set until = ?2 where origin = ?1 and until is null"
                " and number < (select max(number) from key where origin = ?1)",
                [origin, self._head(origin)[0]],
            )
        return self.about(origin)

    def leaves(self, origin: str, begins: int) -> list[bytes]:
        """Return leaf hashes that were signed, in their order, `PAGE` of them at most."""
        ends = min(begins + PAGE, self._head(origin)[0]) if self._known(origin) else 0
        return self._hashes(origin, begins, ends)

    def whose(self, hashes: Iterable[bytes], but: str = "") -> str | None:
        """Return the log that one of these leaves was signed in; `but` is not looked at."""
        for each in hashes:
            row = self._db.execute(
                "select origin from leaf join head using (origin)"
                " where substr(hash, 1, 8) = substr(?1, 1, 8) and hash = ?1 and origin <> ?2"
                " and seq < size",
                [each, but],
            ).fetchone()
            if row is not None:
                return str(row[0])
        return None

    def adopt(self, origin: str, begins: int, hashes: Sequence[bytes]) -> int:
        """Take leaves of a tree that was signed elsewhere; return how many are known.

        They are signed from `conclude` on, and not before.

        Raises:
            Refused: they leave a gap, or contradict what was signed.
        """
        with self._writing():
            if not self._known(origin):
                self._begin(origin)
            drafted = self._drafted(origin)
            if begins > drafted:
                raise Refused("gap", f"{drafted} leaves are known; {begins} is beyond the next")
            size = self._head(origin)[0]
            for number, each in enumerate(hashes, begins):
                if number < size and self._hashes(origin, number, number + 1) != [each]:
                    raise Refused("other_leaf", f"leaf {number} was signed with another hash")
                self._db.execute(
                    "insert or replace into leaf values (?, ?, ?)", [origin, number, each]
                )
        return self._drafted(origin)

    def conclude(self, origin: str, note: Note, former: About | None, now: int) -> None:
        """Go on from a checkpoint that was signed elsewhere, whose leaves were all taken.

        Args:
            note: With the signatures of the policy's witnesses, as many as are a quorum.
            former: What the log said of itself; `None` where its keys are here.
            now: POSIX seconds.

        Raises:
            Refused: its leaves have another root, it is older than what was signed, or witnesses
                or the log's former key did not sign it.
        """
        checkpoint = Checkpoint.parse(note.text)
        keys = self._db.execute("select count(*) from key where origin = ?", [origin]).fetchone()[0]
        self._check_signed(origin, note, checkpoint, None if keys else former, now)
        with self._writing():
            size, peaks = self._head(origin)
            if checkpoint.size < size:
                raise Refused("older", f"{size} leaves are signed; these end before")
            for first in range(size, checkpoint.size, PAGE):
                ends = min(first + PAGE, checkpoint.size)
                peaks.extend(self._hashes(origin, first, ends))
            if (peaks.size, peaks.root()) != (checkpoint.size, checkpoint.root):
                raise Refused("other_tree", "the leaves do not lead to this checkpoint's root")
            self._db.execute(
                "delete from leaf where origin = ? and seq >= ?", [origin, checkpoint.size]
            )
            self._grow(origin, peaks)
            if not keys:
                assert former is not None
                for number, term in enumerate(former.terms):
                    until = checkpoint.size if term.until is None else term.until
                    row = [origin, number, str(term.key), term.begins, until]
                    self._db.execute("insert into former values (?, ?, ?, ?, ?)", row)
                if former.predecessor is not None:
                    row = [origin, str(former.predecessor)]
                    self._db.execute("insert into predecessor values (?, ?)", row)
                self._new_key(origin, checkpoint.size)

    def _check_signed(
        self, origin: str, note: Note, checkpoint: Checkpoint, former: About | None, now: int
    ) -> None:
        """Check that what is adopted is this log's, and that witnesses stand by it.

        Raises:
            Refused: it is not, or they do not.
        """
        if former is None:
            keys = tuple(term.key for _, term in self._keys(origin) if term.signs(checkpoint.size))
        else:
            keys = tuple(term.key for term in former.terms if term.signs(checkpoint.size))
        if checkpoint.origin != origin or (former is not None and former.origin != origin):
            raise Refused("other_log", f"this is a checkpoint of {checkpoint.origin}")
        named = {witness.key: witness.name for witness in self._policy.witnesses}
        try:
            signed = {key for key, _ in note.verified((*keys, *named), now)}
        except NotSigned as error:
            raise Refused("not_signed", str(error)) from error
        if signed.isdisjoint(keys):
            raise Refused("not_signed", "the log's own key did not sign this checkpoint")
        if not self._policy.met_by(named[key] for key in signed if key in named):
            raise Refused("no_quorum", "too few witnesses of the policy signed this checkpoint")

    def sign(self, origin: str, begins: int, hashes: Sequence[bytes]) -> str:
        """Return a note on the tree of all that was ever given, with these leaves appended.

        Args:
            begins: Which leaf the first hash is of.

        Raises:
            Refused: they leave a gap, contradict what was signed, or end before it.
        """
        keys = self._keys(origin)
        with self._writing():
            size, peaks = self._head(origin)
            if size == 0 and self._predecessor(origin) is None:
                self._check_new(origin, hashes)
            if begins > size:
                raise Refused("gap", f"{size} leaves are signed; {begins} is beyond the next")
            known = self._hashes(origin, begins, min(begins + len(hashes), size))
            for number, (held, given) in enumerate(zip(known, hashes, strict=False), begins):
                if held != given:
                    raise Refused("other_leaf", f"leaf {number} was signed with another hash")
            if begins + len(hashes) < size:
                raise Refused("older", f"{size} leaves are signed; these end before")
            new = hashes[size - begins :]
            self._db.execute("delete from leaf where origin = ? and seq >= ?", [origin, size])
            self._db.executemany(
                "insert into leaf values (?, ?, ?)",
                [(origin, number, each) for number, each in enumerate(new, size)],
            )
            peaks.extend(new)
            self._grow(origin, peaks)
        text = str(Checkpoint(origin, peaks.size, peaks.root()))
        return _signed(text, [key for key, term in keys if term.signs(peaks.size)])

    def _check_new(self, origin: str, hashes: Sequence[bytes]) -> None:
        """Check that a log which begins does not begin with what another has.

        Raises:
            Refused: one has it; whoever lost that log must say so.
        """
        if (other := self.whose(hashes, but=origin)) is not None:
            raise Refused("known_leaves", f"these events were signed in the log {other}")

    def _known(self, origin: str) -> bool:
        row = self._db.execute("select 1 from head where origin = ?", [origin]).fetchone()
        return row is not None

    def _begin(self, origin: str) -> None:
        self._db.execute("insert into head values (?, 0, ?)", [origin, b""])

    def _grow(self, origin: str, peaks: Peaks) -> None:
        self._db.execute(
            "update head set size = ?, peaks = ? where origin = ?",
            [peaks.size, b"".join(peaks.hashes), origin],
        )

    def _drafted(self, origin: str) -> int:
        row = self._db.execute("select max(seq) + 1 from leaf where origin = ?", [origin])
        return row.fetchone()[0] or 0

    def _predecessor(self, origin: str) -> Checkpoint | None:
        row = self._db.execute(
            "select checkpoint from predecessor where origin = ?", [origin]
        ).fetchone()
        return Checkpoint.parse(row[0]) if row else None

    def _new_key(self, origin: str, begins: int) -> None:
        seed, nonce = secrets.token_bytes(32), secrets.token_bytes(NONCE_BYTES)
        wrapped = nonce + self._wraps.encrypt(nonce, seed, origin.encode())
        self._db.execute(
            "insert into key select ?1, count(*), ?2, ?3, null from key where origin = ?1",
            [origin, wrapped, begins],
        )

    def _keys(self, origin: str) -> list[tuple[Signer, Term]]:
        """Return the keys of an origin, the newest last."""
        rows = self._db.execute(
            "select seed, begins, until from key where origin = ? order by number", [origin]
        ).fetchall()
        if not rows:
            raise Refused("unknown_origin", "no such log was opened here")
        found = []
        for wrapped, begins, until in rows:
            nonce, closed = wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:]
            try:
                signer = Signer(origin, self._wraps.decrypt(nonce, closed, origin.encode()))
            except InvalidTag as error:
                why = "the log key was wrapped by another secret"
                raise Refused("wrong_secret", why) from error
            found.append((signer, Term(signer.key, begins, until)))
        return found

    def _head(self, origin: str) -> tuple[int, Peaks]:
        size, peaks = self._db.execute(
            "select size, peaks from head where origin = ?", [origin]
        ).fetchone()
        return size, Peaks(size, split(peaks))

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


def _signed(text: str, keys: Sequence[Signer]) -> str:
    return bytes(Note(text, tuple(key.sign(text) for key in keys))).decode()
