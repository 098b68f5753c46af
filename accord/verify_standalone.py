# ruff: noqa: PLR2004 - the numbers of the formats, each where its format says it
"""Verify the zip of an Accord report: `python verify_standalone.py REPORT.zip [--policy POLICY]`.

One file, the standard library and nothing else: no network, no installation. It was written apart
from `accord verify`, from the text of the format alone, so that a mistake in one of them shows in
the other; ML-DSA cosignatures it lets pass, unread. Ends with 0: verified and witnessed; 1:
invalid; 2: used wrongly; 3: valid, but not seen by the witnesses that the policy needs.
"""

import argparse
import base64
import hashlib
import json
import re
import sys
import time
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple, TypeVar

NEEDED = {
    "report.json", "policy.txt", "new/checkpoint", "items.jsonl", "disclosures.jsonl",
    "withheld.jsonl", "figures.json",
}  # fmt: skip
OLD = {"old/checkpoint", "old/peaks"}
MOST_BYTES = 4 << 30
MOST_FILES = 100_000
MOST_LINE = 1 << 20
MOST_FILE = 64 << 20
MOST_NOTE = 1 << 20
ENDED_BY = {"erased": "PersonErased", "redacted": "FieldRedacted"}
DAMAGED = (
    zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, OverflowError,
    ValueError,
)  # fmt: skip
CLOSED, ABSENT = object(), object()
Point = tuple[int, int, int, int]
Given = TypeVar("Given")
Made = TypeVar("Made")


class Key(NamedTuple):
    """A public key, with the name and the four bytes by which signatures say whose they are."""

    name: str
    public: bytes
    kind: int
    id: bytes


class Counted(NamedTuple):
    """A figure, and over how many of how many entries it was counted; None: it was not."""

    name: str
    over: int | None
    of: int | None


class Invalid(Exception):
    """The report proves nothing: the message says what does not fit."""


def need(holds: object, why: str) -> None:
    """Go on only if something holds."""
    if not holds:
        raise Invalid(why)


# Ed25519 (RFC 8032, 5.1), over extended coordinates (X : Y : Z : T), x = X/Z, y = Y/Z, T = XY/Z.

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_1 = pow(2, (P - 1) // 4, P)


def point(raw: bytes) -> Point | None:
    """Return the point that 32 bytes stand for, or None."""
    number = int.from_bytes(raw, "little")
    odd, y = number >> 255, (number & (1 << 255) - 1) % P
    above, below = (y * y - 1) % P, (D * y * y + 1) % P
    x = above * pow(below, 3, P) * pow(above * pow(below, 7, P), (P - 5) // 8, P) % P
    if below * x * x % P != above:
        x = x * ROOT_OF_MINUS_1 % P
        if below * x * x % P != above:
            return None
    if x & 1 != odd:
        x = -x % P
    return x, y, 1, x * y % P


def add(one: Point, other: Point) -> Point:
    """Return the sum of two points."""
    a = (one[1] - one[0]) * (other[1] - other[0]) % P
    b = (one[1] + one[0]) * (other[1] + other[0]) % P
    c = 2 * one[3] * other[3] * D % P
    d = 2 * one[2] * other[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(number: int, base: Point) -> Point:
    """Return a point, added to itself so often."""
    total = (0, 1, 1, 0)
    while number:
        if number & 1:
            total = add(total, base)
        base = add(base, base)
        number >>= 1
    return total


BASE = point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little")) or (0, 1, 1, 0)


def ed25519(public: bytes, signature: bytes, message: bytes) -> bool:
    """Say whether 64 bytes are the signature of a message."""
    key = point(public)
    if key is None or len(signature) != 64:
        return False
    s = int.from_bytes(signature[32:], "little")
    if s >= ORDER:
        return False
    hashed = hashlib.sha512(signature[:32] + public + message).digest()
    k = int.from_bytes(hashed, "little") % ORDER
    minus = (-key[0] % P, key[1], key[2], -key[3] % P)
    x, y, z, _ = add(times(s, BASE), times(k, minus))
    inverse = pow(z, P - 2, P)
    x, y = x * inverse % P, y * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little") == signature[:32]


# Trees (RFC 6962, 2.1)


def hash_leaf(leaf: bytes) -> bytes:
    return hashlib.sha256(b"\0" + leaf).digest()


def hash_node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()


class Tree:
    """Grows by leaf hashes; keeps the root of each complete subtree, with its height."""

    def __init__(self, size: int = 0, peaks: Sequence[bytes] = ()) -> None:
        heights = [bit for bit in range(size.bit_length() - 1, -1, -1) if size >> bit & 1]
        need(len(heights) == len(peaks), f"A tree of {size} leaves has {len(heights)} peaks.")
        self.stack = list(zip(heights, peaks, strict=True))

    def grow(self, leaf: bytes) -> None:
        height = 0
        while self.stack and self.stack[-1][0] == height:
            leaf, height = hash_node(self.stack.pop()[1], leaf), height + 1
        self.stack.append((height, leaf))

    def root(self) -> bytes:
        if not self.stack:
            return hashlib.sha256(b"").digest()
        root = self.stack[-1][1]
        for _, peak in self.stack[-2::-1]:
            root = hash_node(peak, root)
        return root


def from_base64(text: Any, what: str) -> bytes:
    try:
        raw = base64.b64decode(text, validate=True)
    except (TypeError, ValueError) as error:
        raise Invalid(f"{what} is not base64.") from error
    need(base64.b64encode(raw).decode() == text, f"{what} is not canonical base64.")
    return raw


# Policies and checkpoints (C2SP tlog-policy, signed-note, tlog-checkpoint, tlog-cosignature)


class Policy:
    """Who has to have signed."""

    def __init__(self, raw: bytes) -> None:
        need(raw.endswith(b"\n") and len(raw) <= MOST_NOTE, "The policy is not whole.")
        self.logs: list[tuple[Key, int | None]] = []
        self.witnesses: list[tuple[bytes, Key]] = []
        self.groups: list[tuple[bytes, int, list[bytes]]] = []
        self.quorum: bytes | None = None
        named: set[bytes] = set()
        grouped: set[bytes] = set()
        above: bytes | None = None
        for number, line in enumerate(raw.split(b"\n")[:-1], 1):
            where = f"Line {number} of the policy"
            need(not re.search(rb"[\0-\x08\x0b-\x1f\x7f]", line), f"{where} has a control.")
            line = line.strip(b" \t")  # noqa: PLW2901 - as it is read
            words = re.split(rb"[ \t]+", line) if line else []
            ended = re.fullmatch(rb"#[ \t]*until[ \t]+([0-9]+)", line)
            if words and words[0] == b"log" and len(words) in (2, 3):
                until = None if above is None else size_of(above.decode(), where)
                self.logs.append((vkey(words[1], where), until))
            elif words and words[0] == b"witness" and len(words) in (3, 4):
                define(words[1], named, where)
                self.witnesses.append((words[1], vkey(words[2], where)))
                need(self.witnesses[-1][1].kind != 1, f"{where}: this is no key of a witness.")
            elif words and words[0] == b"group" and len(words) > 3:
                parts = words[3:]
                need(len(set(parts)) == len(parts), f"{where}: a name stands twice.")
                need(named.issuperset(parts), f"{where}: a name is not defined above.")
                need(grouped.isdisjoint(parts), f"{where}: a name is in a group already.")
                grouped.update(parts)
                define(words[1], named, where)
                count = {b"any": 1, b"all": len(parts)}.get(words[2]) or digits(words[2], where)
                need(0 < count <= len(parts), f"{where}: so many cannot be needed.")
                self.groups.append((words[1], count, parts))
            elif words and words[0] == b"quorum" and len(words) == 2:
                need(self.quorum is None, f"{where}: the quorum stands above already.")
                need(words[1] == b"none" or words[1] in named, f"{where}: nobody has this name.")
                self.quorum = words[1]
            else:
                need(not line or line.startswith(b"#"), f"{where} is none of a policy.")
            above = ended[1] if ended else None
        need(self.quorum is not None, "The policy has no line with its quorum.")
        keys = [key.public for key, _ in self.logs] + [key.public for _, key in self.witnesses]
        need(len(set(keys)) == len(keys), "The policy has a key twice.")

    def met(self, names: Iterable[bytes]) -> bool:
        counted = set(names)
        for name, count, parts in self.groups:
            if len(counted.intersection(parts)) >= count:
                counted.add(name)
        return self.quorum == b"none" or self.quorum in counted


def define(name: bytes, named: set[bytes], where: str) -> None:
    need(name not in named and name != b"none", f"{where}: this name is taken already.")
    named.add(name)


def size_of(text: str, where: str) -> int:
    fits = re.fullmatch("0|[1-9][0-9]{0,18}", text) and int(text) < 1 << 63
    need(fits, f"{where}: this is no size of a tree.")
    return int(text)


def digits(word: bytes, where: str) -> int:
    need(re.fullmatch(rb"[1-9][0-9]{0,6}", word), f"{where}: say any, all or a number.")
    return int(word)


def vkey(word: bytes, where: str) -> Key:
    """Return name, public key, type and key id of a vkey."""
    try:
        name, stated, coded = word.decode().split("+", 2)
    except ValueError as error:
        raise Invalid(f"{where}: this is no vkey.") from error
    raw = from_base64(coded, f"{where}: the key")
    need(name and not re.search(r"\s", name) and raw, f"{where}: this is no vkey.")
    kind, public = raw[0], raw[1:]
    lengths = {1: 32, 4: 32, 6: 1312}
    need(lengths.get(kind) == len(public), f"{where}: keys of this type are not read here.")
    key_id = hashlib.sha256(name.encode() + b"\n" + raw).digest()[:4]
    need(key_id.hex() == stated, f"{where}: the key id is {key_id.hex()}.")
    return Key(name, public, kind, key_id)


def checkpoint(
    raw: bytes, policy: Policy, now: int, what: str
) -> tuple[str, int, bytes, dict[bytes, int], bool]:
    """Return origin, size and root of a checkpoint, when each witness saw it, and if all did."""
    try:
        text, _, below = raw.decode().rpartition("\n\n")
    except UnicodeDecodeError as error:
        raise Invalid(f"{what} is not UTF-8.") from error
    need(not re.search("[\0-\x09\x0b-\x1f]", raw.decode()), f"{what} has a control character.")
    need(text and below.endswith("\n"), f"{what} is no signed note.")
    lines = text.split("\n")
    need(len(lines) == 3, f"{what} has {len(lines)} lines above its signatures, not three.")
    origin, stated, root = lines[0], lines[1], from_base64(lines[2], what)
    size = size_of(stated, what)
    need(origin and len(root) == 32, f"{what} states no tree.")
    text += "\n"
    signed, seen = False, dict[bytes, int]()
    signatures = below[:-1].split("\n")
    need(len(signatures) <= 100, f"{what} has too many signatures.")
    for line in signatures:
        name, key_id, value, encoded = signature_of(line, what)
        canonical_ = to_base64(key_id + value) == encoded
        for key, until in policy.logs:
            ended = until is not None and size > until
            if (key.name, key.id) == (name, key_id) and name == origin and not ended:
                good = canonical_ and key.kind == 1 and ed25519(key.public, value, text.encode())
                need(good, f"{what}: the signature of {name!r} does not hold.")
                signed = True
        for called, key in policy.witnesses:
            if (key.name, key.id) != (name, key_id) or key.kind == 6:  # ML-DSA: let pass
                continue
            at = int.from_bytes(value[:8], "big")
            need(0 < at < 1 << 63, f"{what}: {name!r} states no time.")
            need(at <= now + 300, f"{what}: {name!r} cosigned in the future.")
            message = f"cosignature/v1\ntime {at}\n{text}".encode()
            good = canonical_ and ed25519(key.public, value[8:], message)
            need(good, f"{what}: the signature of {name!r} does not hold.")
            seen[called] = max(at, seen.get(called, 0))
    need(signed, f"{what}: no log of the policy signed it.")
    return origin, size, root, seen, policy.met(seen)


def signature_of(line: str, what: str) -> tuple[str, bytes, bytes, str]:
    """Return name, key id and value of a signature line, and its base64."""
    parts = line.split(" ")
    fits = len(parts) == 3 and parts[0] == "—" and re.fullmatch(r"[^\s+]+", parts[1])
    need(fits, f"{what} has a line that is none.")
    try:
        raw = base64.b64decode(parts[2].encode("ascii"), validate=True)
    except ValueError as error:
        raise Invalid(f"{what}: a signature is not base64.") from error
    need(len(raw) > 4, f"{what}: a signature is too short.")
    return parts[1], raw[:4], raw[4:], parts[2]


def to_base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


# Events: canonical JSON (RFC 8785, without fractions), read letter by letter

TEXT = re.compile(r'"(?:[^"\\\x00-\x1f]|\\["\\bfnrt]|\\u00(?:0[0-7bef]|1[0-9a-f]))*"')
NUMBER = re.compile("0|-?[1-9][0-9]{0,15}")
WORDS = {"true": True, "false": False, "null": None}


def canonical(text: str) -> Any:
    """Return what JSON says that is written in the one canonical way."""
    try:
        value, end = value_at(text, 0)
        text.encode()
    except (RecursionError, IndexError, UnicodeEncodeError) as error:
        raise Invalid("these bytes are no canonical JSON") from error
    need(end == len(text), "something follows the JSON")
    return value


def value_at(text: str, at: int) -> tuple[Any, int]:
    if text[at] == "{":
        return object_at(text, at)
    if text[at] == "[":
        return list_at(text, at)
    if text[at] == '"':
        found = TEXT.match(text, at)
        if found is None:
            raise Invalid("a text is not in canonical form")
        return json.loads(found[0]), found.end()
    for word, meant in WORDS.items():
        if text.startswith(word, at):
            return meant, at + len(word)
    found = NUMBER.match(text, at)
    if found is None or abs(int(found[0])) >= 1 << 53:
        raise Invalid("a number is not in canonical form")
    return int(found[0]), found.end()


def object_at(text: str, at: int) -> tuple[dict[str, Any], int]:
    said: dict[str, Any] = {}
    last, at = None, at + 1
    if text[at] == "}":
        return said, at + 1
    while True:
        need(text[at] == '"', "a name is missing")
        name, at = value_at(text, at)
        need(name.isascii() and (last is None or last < name), "names are not in order")
        need(text[at] == ":", "a colon is missing")
        said[name], at = value_at(text, at + 1)
        last = name
        if text[at] == "}":
            return said, at + 1
        need(text[at] == ",", "a comma is missing")
        at += 1


def list_at(text: str, at: int) -> tuple[list[Any], int]:
    said: list[Any] = []
    at += 1
    if text[at] == "]":
        return said, at + 1
    while True:
        value, at = value_at(text, at)
        said.append(value)
        if text[at] == "]":
            return said, at + 1
        need(text[at] == ",", "a comma is missing")
        at += 1


class Event:
    """An entry that is shown."""

    def __init__(self, raw: bytes) -> None:
        need(len(raw) <= 65_535, "it is longer than an entry can be")
        try:
            self.said = canonical(raw.decode())
        except UnicodeDecodeError as error:
            raise Invalid("it is not UTF-8") from error
        said = self.said
        source = re.fullmatch("/coalitions/([0-9a-f-]{36})/([a-z]{1,40})", text_of(said, "source"))
        if source is None:
            raise Invalid("it is of no journal")
        self.coalition, self.service = source.groups()
        need(text_of(said, "coalition") == self.coalition, "it is of no coalition")
        need(re.fullmatch("[0-9]{20}", text_of(said, "sequence")), "it has no position")
        self.position = int(said["sequence"])
        self.type = text_of(said, "type")
        need(self.type.startswith(f"accord.{self.service}."), "its type is of another journal")
        self.owners: list[tuple[str, dict[str, Any]]] = []
        self.find(said)
        self.opened: set[str] = set()

    def find(self, part: Any) -> None:
        """Note down which object owns each digest."""
        if isinstance(part, dict):
            digests = part.get("_sd", [])
            listed = isinstance(digests, list) and all(isinstance(each, str) for each in digests)
            need(listed, "its digests are no list of texts")
            self.owners += [(digest, part) for digest in digests]
            part = list(part.values())
        if isinstance(part, list):
            for each in part:
                self.find(each)

    def owner(self, digest: str) -> dict[str, Any]:
        owners = [owner for each, owner in self.owners if each == digest]
        need(len(owners) == 1, f"the digest {digest!r} stands in it {len(owners)} times")
        return owners[0]

    def open(self, disclosure: str) -> str:
        need(re.fullmatch("[A-Za-z0-9_-]+", disclosure), "a disclosure is not base64url")
        hashed = hashlib.sha256(disclosure.encode()).digest()
        digest = base64.urlsafe_b64encode(hashed).decode().rstrip("=")
        try:
            raw = base64.urlsafe_b64decode(disclosure + "=" * (-len(disclosure) % 4))
            text = raw.decode()
            salt, name, value = said = json.loads(text, parse_float=never, parse_constant=never)
            again = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
            need(again.encode() == raw, "a disclosure is not canonical")
        except (RecursionError, TypeError, ValueError) as error:
            raise Invalid("a disclosure says nothing") from error
        fits = isinstance(said, list) and isinstance(salt, str) and isinstance(name, str)
        need(fits and not seals(value), "a disclosure says nothing, or seals again")
        owner = self.owner(digest)
        free = name not in owner and name not in ("_sd", "_sd_alg", "...")
        need(free and owner.get("_sd_alg") == "sha-256", f"{name!r} cannot be sealed there")
        owner[name] = value
        self.opened.add(digest)
        return digest

    def at(self, path: str) -> Any:
        here = self.said
        for name in path.split("."):
            if not isinstance(here, dict):
                return ABSENT
            if name not in here:
                return ABSENT if self.opened.issuperset(here.get("_sd", ())) else CLOSED
            here = here[name]
        return here


def seals(value: Any) -> bool:
    """Say whether there are digests in a value."""
    if isinstance(value, dict):
        return "_sd" in value or seals(list(value.values()))
    return isinstance(value, list) and any(seals(each) for each in value)


def text_of(said: Any, name: str) -> str:
    found = said.get(name) if isinstance(said, dict) else None
    if not isinstance(found, str):
        raise Invalid(f"it has no {name}")
    return found


# The report


class Report:
    """The files of a report, and what was found in them."""

    def __init__(self, file: zipfile.ZipFile, policy: Policy | None, now: int) -> None:
        self.file, self.now = file, now
        self.names = self.check_names()
        self.head = self.read_head()
        self.came_along = policy is None
        self.policy = policy or Policy(self.read("policy.txt", MOST_NOTE))
        self.tree = self.read_old()
        self.notes: list[tuple[int, dict[bytes, int], bool]] = []
        self.events: dict[int, Event] = {}
        self.leaves: dict[int, bytes] = {}
        self.hashes: list[bytes] = []
        self.kept: list[str] = []
        self.figures: list[Counted] = []

    def check_names(self) -> set[str]:
        members = self.file.infolist()
        names = [each.orig_filename for each in members]
        need(len(names) <= MOST_FILES, "The zip has too many files.")
        need(sum(each.file_size for each in members) <= MOST_BYTES, "The zip is too large.")
        need(len(set(names)) == len(names), "The zip has a file twice.")
        for each in members:
            plain = each.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
            need(plain and not each.flag_bits & 1, "A file is packed in a way not read here.")
        for name in names:
            of_tree = re.fullmatch(r"log/(?:checkpoint|tile/[0-9a-z./]{1,100})", name)
            known = NEEDED | OLD | {"README.txt", "report.html"}
            need(name in known or of_tree, f"The zip has a file that no report has: {name!r}")
        need(NEEDED.issubset(names), "The zip lacks a file.")
        return set(names)

    def read(self, name: str, most: int = MOST_FILE) -> bytes:
        with self.file.open(name) as file:
            raw = file.read(most + 1)
        need(len(raw) <= most, f"{name} is too large.")
        return raw

    def lines(self, name: str) -> Iterator[dict[str, Any]]:
        with self.file.open(name) as file:
            number = 0
            while line := file.readline(MOST_LINE + 1):
                number += 1
                need(line.endswith(b"\n"), f"{name}, line {number} is not ended.")
                said = plain_json(line, f"{name}, line {number}")
                need(isinstance(said, dict), f"{name}, line {number} is no object.")
                yield said

    def read_head(self) -> dict[str, Any]:
        head: dict[str, Any] = plain_json(self.read("report.json"), "report.json")
        kinds = {
            "format": str, "origin": str, "coalition": str, "report": str, "audience": str,
            "from": int, "to": int, "made_at": str, "positions": dict,
        }  # fmt: skip
        need(isinstance(head, dict) and head.keys() == kinds.keys(), "report.json is none.")
        need(all(type(head[name]) is kind for name, kind in kinds.items()), "report.json is none.")
        need(head["format"] == "accord-report/1", "It is of another format.")
        for name in ("report", "audience"):
            known = re.fullmatch("[a-z0-9][a-z0-9._:-]{0,127}", head[name])
            need(known, f"report.json: this is no {name}.")
        first, end, counted = head["from"], head["to"], 0
        need(0 <= first <= end, "report.json: there are no such entries.")
        for stretch in head["positions"].values():
            pair = isinstance(stretch, list) and [type(each) for each in stretch] == [int, int]
            need(pair and 0 <= stretch[0] <= stretch[1], "report.json: positions are pairs.")
            need(first or not stretch[0], "report.json: a journal does not begin at its start.")
            counted += stretch[1] - stretch[0]
        need(counted == end - first, "report.json: positions and entries differ in number.")
        return head

    def read_old(self) -> Tree:
        there = OLD & self.names
        need(there == (OLD if self.head["from"] else set()), "old/ is not as it has to be.")
        if not there:
            return Tree()
        text = self.read("old/peaks", 64 * 45).decode(errors="replace")
        need(text.endswith("\n"), "old/peaks is not ended.")
        peaks = [from_base64(line, "old/peaks") for line in text[:-1].split("\n")]
        need(all(len(each) == 32 for each in peaks), "old/peaks: a hash has 32 bytes.")
        return Tree(self.head["from"], peaks)

    def note(self, name: str, size: int) -> bytes:
        raw = self.read(name, MOST_NOTE)
        origin, stated, root, seen, met = checkpoint(raw, self.policy, self.now, name)
        fits = (origin, stated) == (self.head["origin"], size)
        need(fits, f"{name} is of another log, or of another size.")
        self.notes.append((stated, seen, met))
        return root

    def verify(self) -> None:
        head = self.head
        if head["from"]:
            root = self.note("old/checkpoint", head["from"])
            need(self.tree.root() == root, "old/peaks do not lead to the root that was signed.")
        root = self.note("new/checkpoint", head["to"])
        self.read_items()
        need(self.tree.root() == root, "The entries do not lead to the root that was signed.")
        self.unknownfields()
        self.check_figures()
        self.check_tree()

    def read_items(self) -> None:
        head = self.head
        reached = {service: before for service, (before, _) in head["positions"].items()}
        index = head["from"]
        for item in self.lines("items.jsonl"):
            there = type(item.get("i")) is int and item["i"] == index < head["to"]
            need(there, f"Entry {index} is not where it should stand.")
            need(item.keys() in ({"i", "leaf"}, {"i", "h"}), f"Entry {index} is none.")
            raw = from_base64(item.get("leaf", item.get("h")), f"Entry {index}")
            if "leaf" in item:
                event = self.events[index] = within(index, Event, raw)
                self.leaves[index] = raw
                need(event.coalition == head["coalition"], f"Entry {index} is of elsewhere.")
                last = head["positions"].get(event.service, [0, -1])[1]
                before = reached.get(event.service, 0)
                ascends = before < event.position <= last
                need(ascends, f"Entry {index} is not at a position that can be there.")
                reached[event.service] = event.position
            need("leaf" in item or len(raw) == 32, f"Entry {index} is no hash.")
            self.hashes.append(hash_leaf(raw) if "leaf" in item else raw)
            self.tree.grow(self.hashes[-1])
            index += 1
        need(index == head["to"], "Entries are missing at the end.")

    def beside(self, name: str) -> Iterator[tuple[Event, dict[str, Any]]]:
        """Yield what is said of entries, with the entry it is said of."""
        texts = {"disclosures.jsonl": {"d"}, "withheld.jsonl": {"digest", "why"}}[name]
        before = 0
        for said in self.lines(name):
            by = said.setdefault("by", None)
            fits = said.keys() == texts | {"i", "by"} and type(said["i"]) is int
            fits = fits and all(isinstance(said[key], str) for key in texts)
            need(fits and type(by) in (int, type(None)), f"{name}: a line is none.")
            need(said["i"] >= before, f"{name}: what is said of entries is out of order.")
            before = said["i"]
            need(before in self.events, f"{name}: entry {before} is not shown.")
            yield self.events[before], said

    def unknownfields(self) -> None:
        closed = set()
        for event, said in self.beside("withheld.jsonl"):
            index, digest, why, by = said["i"], said["digest"], said["why"], said["by"]
            within(index, event.owner, digest)
            need((index, digest) not in closed, f"Entry {index}: a field is withheld twice.")
            closed.add((index, digest))
            need(why in ("audience", "lost", *ENDED_BY), f"Entry {index}: why is not said.")
            need(by is None or why in ENDED_BY, f"Entry {index}: no entry withholds that.")
            self.kept.append(why)
            if by in self.events:
                self.check_end(event, said, self.events[by])
            elif by is not None:
                there = by >= self.head["from"]
                need(there, f"Entry {index}: it ended before it was there.")
        for event, said in self.beside("disclosures.jsonl"):
            index, before = said["i"], event.opened.copy()
            digest = within(index, event.open, said["d"])
            need(digest not in before, f"Entry {index}: a field is disclosed twice.")
            need((index, digest) not in closed, f"Entry {index}: disclosed and withheld.")

    def check_end(self, event: Event, said: dict[str, Any], ending: Event) -> None:
        fits = ending.type.rpartition(".")[2] == ENDED_BY[said["why"]]
        data = ending.said.get("data")
        if fits and said["why"] == "redacted":
            ref = f"{event.service}/{event.position}"
            data = data if isinstance(data, dict) else {}
            fits = data.get("digest") == said["digest"] and data.get("event") == ref
        need(fits, f"Entry {said['i']}: the entry that is named did not end that field.")

    def check_figures(self) -> None:
        figures = plain_json(self.read("figures.json"), "figures.json")
        need(isinstance(figures, list) and len(figures) <= 10_000, "figures.json is no list.")
        for number, figure in enumerate(figures, 1):
            try:
                self.figures.append(self.check_figure(figure))
            except (AttributeError, KeyError, TypeError) as error:
                raise Invalid(f"figures.json: figure {number} is none.") from error
            except Invalid as error:
                raise Invalid(f"figures.json: figure {number} does not follow: {error}") from error

    def check_figure(self, figure: Any) -> Counted:
        """Return how a figure is called, and over how many of how many entries it was counted."""
        name, fold, value, of = figure["name"], figure["fold"], figure["value"], figure.get("of")
        need(isinstance(name, str) and isinstance(fold, str), "its name is no text")
        need(of is None or isinstance(of, str), "what it is of is no path")
        filters, rests = dict(figure["where"].items()), figure["entries"]
        folds = fold in ("count", "sum", "distinct")
        if folds:
            need(type(value) is int and (fold == "count") == (of is None), "it is no such fold")
        first, end = self.head["from"], self.head["to"]
        if isinstance(rests, list):
            fits = all(type(each) is int and first <= each < end for each in rests)
            need(fits and sorted(set(rests)) == rests, "its entries are none, or not in order")
            count, root = len(rests), b""
        else:
            count, root = rests["count"], from_base64(rests["root"], "its root")
            need(type(count) is int, "its count is none")
        if not folds:
            return Counted(name, None, None)
        found: list[int] = []
        values: list[Any] = []
        unknown = 0
        listed = set(rests) if isinstance(rests, list) else None
        for index in range(first, end):
            takes, seen = self.takes(index, filters, of)
            if listed is not None and takes is not CLOSED:
                need(takes == (index in listed), f"entry {index} is counted falsely")
            if takes is CLOSED or (takes and seen is CLOSED):
                unknown += 1
            elif takes:
                found.append(index)
                values += [] if seen is ABSENT else [seen]
        spare = count - len(found)
        need(0 <= spare <= unknown, f"it rests on {count}; {len(found)} were found")
        if not spare and not isinstance(rests, list):
            tree = Tree()
            for index in found:
                tree.grow(self.hashes[index - first])
            need(tree.root() == root, "it rests on others")
        if fold == "count":
            need(value == count, f"there are {count}")
        elif fold == "sum":
            need(all(type(each) is int for each in values), "what is added is no number")
            need(spare or value == sum(values), f"it is {sum(values)}")
        else:
            kinds = len({json.dumps(each, sort_keys=True) for each in values})
            need(kinds <= value <= kinds + spare, f"it is {kinds}")
        return Counted(name, len(found), len(found) + unknown)

    def takes(self, index: int, filters: dict[str, Any], of: str | None) -> tuple[Any, Any]:
        event = self.events.get(index)
        if event is None:
            return CLOSED, ABSENT
        takes = True
        for path, wanted in filters.items():
            found = event.at(path)
            wanted = wanted if isinstance(wanted, list) else [wanted]  # noqa: PLW2901 - one of it
            if found is CLOSED:
                takes = CLOSED
            elif found is ABSENT or not any(same(found, each) for each in wanted):
                return False, ABSENT
        return takes, ABSENT if of is None else event.at(of)

    def check_tree(self) -> None:
        there = {name for name in self.names if name.startswith("log/")}
        if not there:
            return
        whole = not self.head["from"] and len(self.events) == self.head["to"]
        need(whole, "log/ is only there where all of the log is shown.")
        expected = {"log/checkpoint": self.read("new/checkpoint")}
        level, row = 0, self.hashes
        while row:
            above: list[bytes] = []
            for start in range(0, len(row), 256):
                part = row[start : start + 256]
                expected[f"log/tile/{level}/{place(start // 256, len(part))}"] = b"".join(part)
                if len(part) == 256:
                    tree = Tree()
                    for each in part:
                        tree.grow(each)
                    above.append(tree.root())
                if not level:
                    leaves = [self.leaves[index] for index in range(start, start + len(part))]
                    bundle = b"".join(len(each).to_bytes(2, "big") + each for each in leaves)
                    expected[f"log/tile/entries/{place(start // 256, len(part))}"] = bundle
            level, row = level + 1, above
        need(there == expected.keys(), "log/ has other files than the log has.")
        for name, raw in expected.items():
            need(self.read(name) == raw, f"{name} is of another log.")


def place(number: int, width: int) -> str:
    """Return where a tile lies, in groups of three digits."""
    written = f"{number:03d}"
    written = written.zfill(-(-len(written) // 3) * 3)
    groups = [written[at : at + 3] for at in range(0, len(written), 3)]
    path = "/".join([f"x{each}" for each in groups[:-1]] + groups[-1:])
    return path if width == 256 else f"{path}.p/{width}"


def same(one: Any, other: Any) -> bool:
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def within(index: int, do: Callable[[Given], Made], given: Given) -> Made:
    """Say of which entry it is that something does not fit."""
    try:
        return do(given)
    except Invalid as error:
        raise Invalid(f"Entry {index}: {error}.") from error


def plain_json(raw: bytes, what: str) -> Any:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        need(len(dict(pairs)) == len(pairs), f"{what}: a name stands twice.")
        return dict(pairs)

    try:
        text = raw.decode()
        said = json.loads(text, object_pairs_hook=once, parse_float=finite, parse_constant=finite)
        if "\\u" in text:
            json.dumps(said, ensure_ascii=False).encode()  # half a letter has no bytes
    except (RecursionError, ValueError) as error:
        raise Invalid(f"{what} is no JSON.") from error
    return said


def never(text: str) -> float:
    raise ValueError(text)


def finite(text: str) -> float:
    number = float(text)
    return number if abs(number) < float("inf") else never(text)


def told(report: Report) -> Iterator[str]:
    """Yield what is established, and what is not."""
    head = report.head
    about = f"{head['report']} of {head['origin']}, entries {head['from']} to {head['to']}"
    yield f"{about}, for {head['audience']}"
    yield f"Established: signed by the log; complete, {len(report.hashes):,} entries;"
    seen = report.notes[-1][1]
    for called, at in seen.items():
        when = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(min(at, 1 << 37)))
        yield f"    witnessed by {called.decode(errors='replace')} ({when});"
    whole = [name for name, over, of in report.figures if over is not None and over == of]
    yield f"    {len(whole):,} figures counted again."
    counts = ", ".join(f"{report.kept.count(why):,} {why}" for why in sorted(set(report.kept)))
    yield f"Not established: fields withheld: {counts or 'none'};"
    hidden = len(report.hashes) - len(report.events)
    yield f"    what {hidden:,} hidden entries say; events never submitted;"
    for name, over, of in report.figures:
        if name not in whole:
            yield f"    figure {name!r}" + (f" beyond {over:,} of {of:,} entries;" if of else ";")
    if report.came_along:
        yield "    that the policy is right (it came with the report: use --policy);"
    yield "    anything after the last entry; its name, audience and time of making."


def plain(text: str) -> str:
    """Return words of a stranger without what moves a terminal."""
    return "".join(each if each.isprintable() else "\ufffd" for each in text)


def main(arguments: list[str]) -> int:
    """Verify a report, say what came of it, and return the exit code."""
    parser = argparse.ArgumentParser(description="Verify the zip of an Accord report, offline.")
    parser.add_argument("report", metavar="REPORT.zip")
    parser.add_argument("--policy", help="who has to have signed (C2SP tlog-policy)")
    given = parser.parse_args(arguments)
    try:
        policy = None
        if given.policy is not None:
            with open(given.policy, "rb") as file:  # noqa: PTH123 - the same without pathlib
                policy = Policy(file.read(MOST_NOTE + 1))
    except (Invalid, OSError) as error:
        sys.stderr.write(f"{plain(str(error))}\n")
        return 2
    try:
        with zipfile.ZipFile(given.report) as file:
            report = Report(file, policy, int(time.time()))
            report.verify()
    except FileNotFoundError as error:
        sys.stderr.write(f"{plain(str(error))}\n")
        return 2
    except (Invalid, RecursionError) as error:
        sys.stdout.write(f"INVALID: {plain(str(error))}\n")
        return 1
    except DAMAGED as error:
        sys.stdout.write(f"INVALID: This is no zip that can be read: {plain(str(error))}\n")
        return 1
    sys.stdout.write("".join(f"{plain(line)}\n" for line in told(report)))
    needs_nobody = report.came_along and report.policy.quorum == b"none"
    if needs_nobody or not all(met for _, _, met in report.notes):
        sys.stdout.write("SHORT: the witnesses that are needed have not all seen it.\n")
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
