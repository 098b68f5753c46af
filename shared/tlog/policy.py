"""Policies: whose signatures a checkpoint needs before it is relied on (C2SP tlog-policy).

    log <vkey> [<url>]
    witness <name> <vkey> [<url>]
    group <name> <k, any or all> <name>...
    quorum <name or none>

Names are bytes, and defined above the line that uses them; a name is part of one group at most, so
nobody counts twice. A comment `# until <size>` right above a log's line ends that key: above this
size it is not believed.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Self

from shared.tlog.checkpoint import Checkpoint, decimal
from shared.tlog.cosignature import TimedKey, cosigned_at
from shared.tlog.encoding import Unreadable, shown
from shared.tlog.key import vkey
from shared.tlog.note import Key, Note, NotSigned

POLICY_BYTES = 1 << 20
NOBODY = b"none"
_UNTIL = re.compile(rb"#[ \t]*until[ \t]+([0-9]+)")
_CONTROL = re.compile(rb"[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True)
class Log:
    """A log that is believed.

    Args:
        key: Its name is the log's origin.
        until: The largest size that this key may sign; `None`: any.
    """

    key: Key
    url: str | None = None
    until: int | None = None

    def may_sign(self, size: int) -> bool:
        """Say whether the key had not ended yet at this size."""
        return self.until is None or size <= self.until


@dataclass(frozen=True)
class Witness:
    """A witness under the name it has in the policy."""

    name: bytes
    key: Key
    url: str | None = None


@dataclass(frozen=True)
class Group:
    """Counts as a witness once `needed` of its parts do."""

    name: bytes
    needed: int
    parts: tuple[bytes, ...]


@dataclass(frozen=True)
class Judged:
    """What a policy says of a checkpoint.

    Args:
        log: Whose signature makes it the log's.
        witnessed: When each witness last saw it, in POSIX seconds, by the policy's names.
        met: Whether they are a quorum.
    """

    checkpoint: Checkpoint
    log: Log
    witnessed: Mapping[bytes, int]
    met: bool


@dataclass(frozen=True)
class Policy:
    """Logs, witnesses and groups as they stand; without `quorum` no witness is needed."""

    logs: tuple[Log, ...]
    witnesses: tuple[Witness, ...]
    groups: tuple[Group, ...]
    quorum: bytes | None

    @classmethod
    def parse(cls, raw: bytes) -> Self:
        """Read a policy.

        Raises:
            Unreadable: a line is wrong; the message names it.
        """
        if len(raw) > POLICY_BYTES:
            raise Unreadable(f"The policy has {len(raw)} bytes; {POLICY_BYTES} are the most.")
        draft, above = _Draft(), b""
        lines = raw.split(b"\n")
        if lines.pop():
            raise Unreadable("The policy's last line does not end in a newline: is it whole?")
        for number, line in enumerate(lines, 1):
            try:
                draft.take(line.strip(b" \t"), above)
            except Unreadable as error:
                raise Unreadable(f"Line {number} of the policy: {error}") from error
            above = line.strip(b" \t")
        if not draft.quorums:
            raise Unreadable("The policy has no line with its quorum; `quorum none` needs nobody.")
        quorum = draft.quorums[0]
        return cls(
            tuple(draft.logs), tuple(draft.witnesses), tuple(draft.groups),
            None if quorum == NOBODY else quorum,
        )  # fmt: skip

    def counted(self, names: Iterable[bytes]) -> set[bytes]:
        """Return these witnesses, and the groups of which enough are among them."""
        counted = {witness.name for witness in self.witnesses}.intersection(names)
        for group in self.groups:  # each is below its parts
            if len(counted.intersection(group.parts)) >= group.needed:
                counted.add(group.name)
        return counted

    def met_by(self, names: Iterable[bytes]) -> bool:
        """Say whether these witnesses are a quorum."""
        return self.quorum is None or self.quorum in self.counted(names)

    def judge(self, raw: bytes, now: int) -> Judged:
        """Read a checkpoint, and say how far it is to be relied on.

        Args:
            now: POSIX seconds.

        Raises:
            Unreadable: it is no signed checkpoint.
            NotSigned: by no log of this policy, or a signature of somebody in it is false.
        """
        note = Note.parse(raw)
        checkpoint = Checkpoint.parse(note.text)
        of_origin = [log for log in self.logs if log.key.name == checkpoint.origin]
        logs = {log.key: log for log in of_origin if log.may_sign(checkpoint.size)}
        witnesses = {witness.key: witness for witness in self.witnesses}
        found = note.verified([*logs, *witnesses], now)
        signed = [logs[key] for key, _ in found if key in logs]
        if not signed:
            raise NotSigned(
                f"No log of the policy signed this checkpoint of {shown(checkpoint.origin)} at "
                f"size {checkpoint.size}."
            )
        witnessed: dict[bytes, int] = {}
        for key, signature in found:
            if key in witnesses:
                name = witnesses[key].name
                witnessed[name] = max(cosigned_at(signature), witnessed.get(name, 0))
        return Judged(checkpoint, signed[0], witnessed, self.met_by(witnessed))


@dataclass
class _Draft:
    """A policy as far as it is read."""

    logs: list[Log] = field(default_factory=list)
    witnesses: list[Witness] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    quorums: list[bytes] = field(default_factory=list)
    names: set[bytes] = field(default_factory=set)
    grouped: set[bytes] = field(default_factory=set)

    def take(self, line: bytes, above: bytes) -> None:
        if _CONTROL.search(line):
            raise Unreadable("it has a control character; only tabs are allowed.")
        words = re.split(rb"[ \t]+", line)
        match words:
            case [b""]:
                pass
            case [first, *_] if first.startswith(b"#"):
                pass
            case [b"log", key, *url] if len(url) <= 1:
                self._log(_key(key), _url(url), above)
            case [b"witness", name, key, *url] if len(url) <= 1:
                self._witness(name, _key(key), _url(url))
            case [b"group", name, needed, first, *more]:
                self._group(name, needed, (first, *more))
            case [b"quorum", name]:
                self._quorum(name)
            case _:
                raise Unreadable(
                    "it is none of `log VKEY [URL]`, `witness NAME VKEY [URL]`, "
                    "`group NAME any|all|NUMBER NAME...`, `quorum NAME`."
                )

    def _log(self, key: Key, url: str | None, above: bytes) -> None:
        self._new_key(key, [log.key for log in self.logs], "a log")
        self._new_key(key, [witness.key for witness in self.witnesses], "a witness")
        until = _UNTIL.fullmatch(above)
        self.logs.append(Log(key, url, decimal(until[1].decode()) if until else None))

    def _witness(self, name: bytes, key: Key, url: str | None) -> None:
        if not isinstance(key, TimedKey):
            raise Unreadable(f"a witness signs with type 0x04 or 0x06, not 0x{key.kind:02x}.")
        self._new_key(key, [witness.key for witness in self.witnesses], "a witness")
        self._new_key(key, [log.key for log in self.logs], "a log")
        self._define(name)
        self.witnesses.append(Witness(name, key, url))

    def _group(self, name: bytes, needed: bytes, parts: tuple[bytes, ...]) -> None:
        for part in parts:
            self._defined(part)
            if part in self.grouped:
                raise Unreadable(f"{_said(part)} is part of a group already; it would count twice.")
            self.grouped.add(part)
        count = _count(needed, len(parts))
        self._define(name)
        self.groups.append(Group(name, count, parts))

    def _quorum(self, name: bytes) -> None:
        if self.quorums:
            raise Unreadable("the quorum stands above already.")
        if name != NOBODY:
            self._defined(name)
        self.quorums.append(name)

    def _define(self, name: bytes) -> None:
        if name in self.names or name == NOBODY:
            raise Unreadable(f"{_said(name)} is taken already.")
        self.names.add(name)

    def _defined(self, name: bytes) -> None:
        if name not in self.names:
            raise Unreadable(f"{_said(name)} is not defined above.")

    def _new_key(self, key: Key, known: Iterable[Key], whose: str) -> None:
        if any(key.public == each.public for each in known):
            raise Unreadable(f"the key of {shown(key.name)} is that of {whose} above.")


def _count(needed: bytes, parts: int) -> int:
    if needed in {b"any", b"all"}:
        return 1 if needed == b"any" else parts
    if not re.fullmatch(rb"[1-9][0-9]{0,6}", needed) or int(needed) > parts:
        raise Unreadable(f"{_said(needed)} of {parts} cannot be needed; say any, all or a number.")
    return int(needed)


def _key(word: bytes) -> Key:
    try:
        return vkey(word.decode())
    except UnicodeDecodeError as error:
        raise Unreadable("the name of a key is not UTF-8.") from error


def _url(words: list[bytes]) -> str | None:
    return words[0].decode(errors="surrogateescape") if words else None


def _said(name: bytes) -> str:
    return shown(name.decode(errors="backslashreplace"))
