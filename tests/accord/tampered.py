"""Reports that somebody changed: each with the words by which it is refused."""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from shared.event import base64url
from shared.tlog.note import Note
from shared.tlog.tree import leaf_hash
from tests.accord.proved import (
    POLICY,
    STRANGER,
    Files,
    History,
    digest_in,
    history,
    lines_of,
    other_digest,
    other_disclosure,
    policy_of,
    report,
    with_json,
    with_lines,
)

WHOLE = report()
"""A report on all of the log, nothing hidden."""
TREE = report(tree=True)
LATER = report(first=6)
HIDING = report(hidden=[3, 9])


@dataclass(frozen=True)
class Tampered:
    name: str
    files: Files
    why: str

    def __str__(self) -> str:
        return self.name


def items(files: Files, change: Callable[[list[dict[str, Any]]], Any]) -> Files:
    return with_lines(files, "items.jsonl", change)


def renumbered(lines: list[dict[str, Any]], left_out: int) -> None:
    del lines[left_out]
    for index, line in enumerate(lines):
        line["i"] = index


def without(files: Files, index: int, *, lowered: bool) -> Files:
    """Leave an entry out, with all that is said of it; the rest moves up."""
    changed = items(files, lambda lines: renumbered(lines, index))
    for name in ("disclosures.jsonl", "withheld.jsonl"):
        changed = with_lines(changed, name, lambda lines: _moved_up(lines, index))
    changed["figures.json"] = b"[]"
    if not lowered:
        return changed
    return with_json(changed, "report.json", _lowered)


def _moved_up(lines: list[dict[str, Any]], index: int) -> None:
    lines[:] = [line for line in lines if line["i"] != index]
    for line in lines:
        for name in ("i", "by"):
            if line.get(name, 0) > index:
                line[name] -= 1


def _lowered(said: dict[str, Any]) -> None:
    said["to"] -= 1
    said["positions"]["meetings"][1] -= 1


def sized(files: Files, size: int) -> Files:
    """Say another size in the checkpoint, under the signatures of the true one."""
    note = Note.parse(files["new/checkpoint"])
    origin, _, root, _ = note.text.split("\n")
    changed = Note(f"{origin}\n{size}\n{root}\n", note.signatures)
    return files | {"new/checkpoint": bytes(changed)}


def leaf(files: Files, index: int, change: Callable[[bytes], bytes]) -> Files:
    def swap(lines: list[dict[str, Any]]) -> None:
        raw = change(base64.b64decode(lines[index]["leaf"]))
        lines[index]["leaf"] = base64.b64encode(raw).decode()

    return items(files, swap)


def bare(files: Files) -> Files:
    """Say nothing beside the entries."""
    return files | {"disclosures.jsonl": b"", "withheld.jsonl": b"", "figures.json": b"[]"}


def put(**values: Any) -> Callable[[dict[str, Any]], None]:
    return lambda said: said.update(values)


def at(number: int, **values: Any) -> Callable[[list[dict[str, Any]]], None]:
    return lambda lines: lines[number].update(values)


def swap(first: int, second: int) -> Callable[[list[dict[str, Any]]], None]:
    def change(lines: list[dict[str, Any]]) -> None:
        one, other = lines[first], lines[second]
        lines[first], lines[second] = other | {"i": one["i"]}, one | {"i": other["i"]}

    return change


def figure(number: int, **values: Any) -> Files:
    return with_json(WHOLE, "figures.json", lambda said: said[number].update(values))


def head(files: Files = WHOLE, first: int = 0, **values: Any) -> Files:
    values = {"from": first} | values
    return with_json(files, "report.json", put(**values))


def flipped(name: str, at: int = -10, files: Files = WHOLE) -> Files:
    """Change one letter of base64 into another."""
    raw = bytearray(files[name])
    raw[at] = ord("A") if raw[at] != ord("A") else ord("B")
    return files | {name: bytes(raw)}


def signature(line: int) -> Files:
    """Change a letter in a signature line of the checkpoint."""
    raw = WHOLE["new/checkpoint"].split(b"\n")
    lines = [number for number, each in enumerate(raw) if each.startswith("— ".encode())]
    changed = bytearray(raw[lines[line]])
    changed[-20] = ord("A") if changed[-20] != ord("A") else ord("B")
    raw[lines[line]] = bytes(changed)
    return WHOLE | {"new/checkpoint": b"\n".join(raw)}


def named(name: str, content: bytes, files: Files = WHOLE) -> Files:
    return files | {name: content}


def lacking(name: str, files: Files = WHOLE) -> Files:
    return {each: content for each, content in files.items() if each != name}


def withheld(index: int) -> int:
    """Return the line that says why the first field of an entry is withheld."""
    lines = lines_of(WHOLE, "withheld.jsonl")
    return next(number for number, each in enumerate(lines) if each["i"] == index)


def disclosed(index: int) -> int:
    lines = lines_of(WHOLE, "disclosures.jsonl")
    return next(number for number, each in enumerate(lines) if each["i"] == index)


_LOG = history()
_ENTRIES = len(_LOG.entries)
_HASH = base64.b64encode(leaf_hash(_LOG.entries[9].leaf)).decode()
_KNOWN = digest_in(_LOG.entries[9], "reason")
_SAID = lines_of(WHOLE, "disclosures.jsonl")[disclosed(9)]["d"]


def _twice(number: int) -> Callable[[list[dict[str, Any]]], None]:
    return lambda lines: lines.insert(number, dict(lines[number]))


def _hide(index: int) -> Callable[[list[dict[str, Any]]], None]:
    def change(lines: list[dict[str, Any]]) -> None:
        lines[index] = {"i": index, "h": base64.b64encode(bytes(32)).decode()}

    return change


def _other_history() -> History:
    """Return a log with the same key in which something else happened first."""
    log = history()
    log.entries[0].leaf = log.entries[1].leaf
    return log


def _sealed_as(raw: bytes) -> Files:
    """Return a true report in which what entry 9 sealed was written in these bytes."""
    log = history()
    entry, disclosure = log.entries[9], base64url(raw)
    sealed = base64url(sha256(disclosure.encode()).digest())
    entry.leaf = entry.leaf.replace(_KNOWN.encode(), sealed.encode())
    entry.disclosures["reason"] = disclosure
    return report(log)


def _signed_by_a_stranger() -> Files:
    """Everything true, under another key and policy: it can only be told by another policy."""
    log = history()
    log.signer = STRANGER
    files = report(log)
    return files | {"policy.txt": policy_of(STRANGER)}


TAMPERED = (
    Tampered("left out", items(WHOLE, lambda lines: lines.pop(9)), "entry 9 of 19 should stand"),
    Tampered("left out, moved up", without(WHOLE, 9, lowered=False), "it has 18 entries"),
    Tampered("left out at the end", items(WHOLE, lambda lines: lines.pop()), "it has 18 entries"),
    Tampered("left out, size lowered", without(WHOLE, 18, lowered=True), "the report is of"),
    Tampered(
        "left out, size lowered in the checkpoint",
        sized(without(WHOLE, 18, lowered=True), 18),
        "does not hold",
    ),
    Tampered("left out, hidden there", items(HIDING, _hide(4)), "it is hidden, and nothing"),
    Tampered("repeated", leaf(WHOLE, 10, lambda _: _LOG.entries[9].leaf), "the one before was"),
    Tampered(
        "repeated, hidden",
        items(HIDING, at(3, h=_HASH)),
        "do not lead to the root that was signed",
    ),
    Tampered("swapped", items(WHOLE, swap(9, 10)), "does not stand in the event"),
    Tampered("swapped, and nothing disclosed", bare(items(WHOLE, swap(9, 10))), "one before was"),
    Tampered(
        "swapped, of two journals",
        named("withheld.jsonl", b"", items(WHOLE, swap(17, 18))),
        "do not lead to the root that was signed",
    ),
    Tampered(
        "hidden item exchanged",
        items(HIDING, at(3, h=base64.b64encode(bytes(32)).decode())),
        "do not lead to the root that was signed",
    ),
    Tampered("hash cut", items(HIDING, at(3, h="AAAA")), "a hash has 32 bytes"),
    Tampered("not base64", items(WHOLE, at(3, leaf="*")), "This is not base64"),
    Tampered("leaf and hash", items(WHOLE, at(3, h=_HASH)), "a leaf or a hash"),
    Tampered("no text", items(HIDING, at(3, h=7)), "h is no text"),
    Tampered(
        "one too many",
        items(WHOLE, lambda lines: lines.append({"i": 19, "h": _HASH})),
        "entry 19 of 19",
    ),
    Tampered(
        "a word changed",
        leaf(WHOLE, 6, lambda raw: raw.replace(b"adopted", b"adapted")),
        "counted, and does not belong",
    ),
    Tampered(
        "a word changed that no figure counts",
        leaf(WHOLE, 1, lambda raw: raw.replace(b"15:04", b"15:05")),
        "do not lead to the root that was signed",
    ),
    Tampered(
        "a space more",
        leaf(WHOLE, 6, lambda raw: raw.replace(b":", b": ", 1)),
        "not in canonical form",
    ),
    Tampered(
        "a fraction",
        leaf(WHOLE, 6, lambda raw: raw.replace(b'"voters":1', b'"voters":1.5')),
        "no JSON of events",
    ),
    Tampered(
        "too large a number",
        leaf(WHOLE, 6, lambda raw: raw.replace(b'"voters":1', b'"voters":9007199254740992')),
        "not in canonical form",
    ),
    Tampered(
        "not ASCII",
        leaf(WHOLE, 6, lambda raw: raw.replace(b'"voters"', '"wähler"'.encode())),
        "not in canonical form",
    ),
    Tampered("no event", leaf(WHOLE, 6, lambda _: b"{}"), "are no event"),
    Tampered("no object", leaf(WHOLE, 6, lambda _: b"[]"), "are no event"),
    Tampered(
        "of another type",
        leaf(WHOLE, 6, lambda raw: raw.replace(b".meetings.", b".credit.")),
        "no event of a coalition's journal",
    ),
    Tampered(
        "of another coalition",
        leaf(WHOLE, 6, lambda raw: raw.replace(b"0195a3c2-6f10", b"0195a3c2-6f11")),
        "it is of the coalition",
    ),
    Tampered(
        "of two coalitions",
        leaf(WHOLE, 6, lambda raw: raw.replace(b"/0195a3c2-6f10", b"/0195a3c2-6f11")),
        "no event of a coalition's journal",
    ),
    Tampered("too long", leaf(WHOLE, 6, lambda raw: raw + b" " * 65_536), "65,535 bytes at most"),
    Tampered("nested beyond reason", leaf(WHOLE, 6, lambda _: b"[" * 60_000), "no JSON of events"),
    Tampered(
        "digests that are none",
        leaf(WHOLE, 6, lambda raw: raw.replace(b'"sha-256"', b'"sha-256","a":{"_sd":[1]}')),
        "list of texts",
    ),
    # figures
    Tampered("false count", figure(0, value=13), "counted again it is 12"),
    Tampered(
        "false number of entries", figure(0, entries={"count": 13, "root": _HASH}), "12 were found"
    ),
    Tampered(
        "false root of entries",
        figure(0, entries={"count": 12, "root": _HASH}),
        "rests on other entries",
    ),
    Tampered("false sum", figure(2, value=67), "counted again it is 66"),
    Tampered("false distinct", figure(3, value=5), "counted again it is 4"),
    Tampered("an entry not counted", figure(3, entries=[5]), "is not counted"),
    Tampered(
        "an entry counted that is none", figure(1, entries=list(range(5, 17))), "does not belong"
    ),
    Tampered("entries beyond the report", figure(1, entries=[19]), "indexes of this report"),
    Tampered("entries twice", figure(1, entries=[6, 6]), "indexes of this report"),
    Tampered("true is not 1", figure(1, value=True), "is an integer"),
    Tampered("a count of something", figure(0, of="data.voters"), "only a count is of nothing"),
    Tampered("a path that is none", figure(2, of=7), "is a path"),
    Tampered("a sum of words", figure(2, of="data.outcome"), "no integer at"),
    Tampered(
        "no number", figure(0, fold="median", value=float("nan")), "figures.json: this is no JSON"
    ),
    Tampered(
        "a number without end",
        named("figures.json", WHOLE["figures.json"].replace(b": 12,", b": 1e999,")),
        "figures.json: this is no JSON",
    ),
    Tampered("a figure without a name", figure(0, name=7), "are texts"),
    Tampered("a figure without a filter", figure(0, where=7), "lacks name"),
    Tampered("a figure that rests on nothing", figure(0, entries=7), "or a count and a root"),
    Tampered(
        "a figure that rests on words",
        figure(0, entries={"count": "7", "root": _HASH}),
        "a count is an integer",
    ),
    Tampered("no figures", named("figures.json", b"{}"), "no list"),
    # disclosures
    Tampered(
        "foreign disclosure",
        with_lines(WHOLE, "disclosures.jsonl", at(0, d=other_disclosure())),
        "does not stand in the event",
    ),
    Tampered(
        "disclosure of another entry",
        with_lines(WHOLE, "disclosures.jsonl", at(disclosed(10), d=_SAID)),
        "does not stand in the event",
    ),
    Tampered(
        "disclosed twice", with_lines(WHOLE, "disclosures.jsonl", _twice(3)), "disclosed twice"
    ),
    Tampered("no disclosure", with_lines(WHOLE, "disclosures.jsonl", at(0, d="a b")), "base64url"),
    Tampered(
        "a disclosure of nothing",
        with_lines(WHOLE, "disclosures.jsonl", at(0, d="e30")),
        "says salt, name and value",
    ),
    Tampered(
        "a disclosure with a space more",
        _sealed_as(b'["AAAA", "reason","late"]'),
        "not in canonical form",
    ),
    Tampered(
        "a disclosure that says a name twice",
        _sealed_as(b'["AAAA","reason",{"a":1,"a":2}]'),
        "not in canonical form",
    ),
    Tampered(
        "a disclosure in other letters",
        _sealed_as('["AAAA","reason","late"]'.encode("utf-16")),
        "says salt, name and value",
    ),
    Tampered(
        "a disclosure of no number",
        _sealed_as(b'["AAAA","reason",NaN]'),
        "says salt, name and value",
    ),
    Tampered(
        "disclosures out of order",
        with_lines(WHOLE, "disclosures.jsonl", lambda lines: lines.reverse()),
        "out of its order",
    ),
    Tampered(
        "a disclosure of no entry",
        with_lines(WHOLE, "disclosures.jsonl", at(-1, i=19)),
        "not in this report",
    ),
    Tampered(
        "a disclosure that says more",
        with_lines(WHOLE, "disclosures.jsonl", at(0, more=1)),
        "it has to say d, i",
    ),
    # withheld
    Tampered(
        "withheld and disclosed",
        with_lines(WHOLE, "withheld.jsonl", at(withheld(9), digest=_KNOWN)),
        "disclosed and withheld",
    ),
    Tampered("withheld twice", with_lines(WHOLE, "withheld.jsonl", _twice(3)), "said twice"),
    Tampered(
        "withheld, but not there",
        with_lines(WHOLE, "withheld.jsonl", at(3, digest=other_digest())),
        "does not stand in the event",
    ),
    Tampered(
        "withheld because",
        with_lines(WHOLE, "withheld.jsonl", at(3, why="because")),
        "or not at all",
    ),
    Tampered(
        "erased by no erasure",
        with_lines(WHOLE, "withheld.jsonl", at(withheld(0), by=18)),
        "which is no PersonErased",
    ),
    Tampered(
        "erased by an event that erases nothing",
        with_lines(WHOLE, "withheld.jsonl", at(withheld(0), by=4)),
        "which is no PersonErased",
    ),
    Tampered(
        "redacted by no redaction",
        with_lines(WHOLE, "withheld.jsonl", at(withheld(7), by=17)),
        "which is no FieldRedacted",
    ),
    Tampered(
        "redacted by another redaction",
        with_lines(WHOLE, "withheld.jsonl", at(withheld(5), why="redacted", by=18)),
        "redacted something else",
    ),
    Tampered(
        "withheld by an entry for no reason",
        with_lines(WHOLE, "withheld.jsonl", at(withheld(9), by=18)),
        "is not withheld by an entry",
    ),
    Tampered(
        "erased before it was there",
        with_lines(LATER, "withheld.jsonl", at(0, why="erased", by=2)),
        "there before it",
    ),
    # what it says of itself
    Tampered("another format", head(format="accord-report/2"), "the format accord-report/1"),
    Tampered("another origin", head(origin="host.example/audit/c/8f3a"), "the report is of"),
    Tampered(
        "another coalition",
        head(coalition="0195a3c2-6f10-7c44-9b1e-5d2a8c7f3e02"),
        "it is of the coalition",
    ),
    Tampered("entries the wrong way round", head(first=20), "no entries go from 20"),
    Tampered("beginning later", head(first=1), "the journals' positions make 19 events"),
    Tampered("positions that are none", head(positions={"members": [0]}), "no [before, last]"),
    Tampered(
        "positions beyond all",
        head(positions={"members": [0, 9 * 10**4299], "meetings": [0, 9 * 10**4299]}),
        "no [before, last]",
    ),
    Tampered("an end beyond all", head(to=1 << 63), "no entries go from 0"),
    Tampered("positions below nothing", head(positions={"members": [-1, 18]}), "no [before, last]"),
    Tampered(
        "positions of another journal", head(positions={"credit": [0, 19]}), "of the journal of"
    ),
    Tampered(
        "positions beyond the journal",
        head(positions={"members": [0, 5], "meetings": [0, 14]}),
        "is the last",
    ),
    Tampered(
        "positions from the middle",
        head(positions={"members": [1, 7], "meetings": [0, 13]}),
        "not with its journals",
    ),
    Tampered("a name of several lines", head(report="a\nb"), "this is no report"),
    Tampered("an audience of several words", head(audience="every one"), "this is no audience"),
    Tampered("half a letter", head(made_at="\ud800"), "report.json: this is no JSON"),
    Tampered("a size that is true", head(to=True), "it has to say"),
    Tampered("a word too many", head(more="yes"), "and nothing else"),
    # signatures
    Tampered("root changed", flipped("new/checkpoint", 30), "does not hold"),
    Tampered("log signature changed", signature(0), "does not hold"),
    Tampered("cosignature changed", signature(1), "does not hold"),
    Tampered(
        "not signed by the log", named("policy.txt", policy_of(STRANGER)), "No log of the policy"
    ),
    Tampered(
        "signed by a name that is none",
        named("new/checkpoint", WHOLE["new/checkpoint"] + "— a+b AAAAAAAA\n".encode()),
        "no space or + in it",
    ),
    Tampered(
        "signed by a key that had ended",
        named("policy.txt", b"# until 18\n" + POLICY),
        "No log of the policy",
    ),
    Tampered(
        "signed by a key that never began",
        named("policy.txt", b"# until 0\n" + POLICY),
        "No log of the policy",
    ),
    Tampered("no checkpoint", named("new/checkpoint", b"hello"), "no signatures below"),
    Tampered("no policy", named("policy.txt", b"hello"), "policy's last line"),
    Tampered("old root changed", flipped("old/checkpoint", 30, LATER), "does not hold"),
    Tampered(
        "old checkpoint of another size",
        LATER | {"old/checkpoint": LATER["new/checkpoint"]},
        "at 6",
    ),
    Tampered(
        "old checkpoint of another history",
        LATER | {"old/checkpoint": _other_history().checkpoint(6)},
        "old/peaks",
    ),
    Tampered("peaks changed", flipped("old/peaks", 10, LATER), "do not lead to the root"),
    Tampered("a peak too many", LATER | {"old/peaks": LATER["old/peaks"] * 2}, "has 2 peaks"),
    Tampered("peaks not ended", LATER | {"old/peaks": LATER["old/peaks"][:-1]}, "not ended"),
    Tampered("peaks that are none", LATER | {"old/peaks": b"AAAA\nAAAA\n"}, "do not lead"),
    Tampered("half of old/", lacking("old/peaks", LATER), "and lacks old/peaks"),
    Tampered("no old/", lacking("old/peaks", lacking("old/checkpoint", LATER)), "and only then"),
    Tampered(
        "old/ at the beginning",
        WHOLE | {"old/checkpoint": WHOLE["new/checkpoint"], "old/peaks": b""},
        "and only then",
    ),
    # files
    Tampered("a file that no report has", named("setup.py", b""), "that no report has"),
    Tampered("a path outside", named("../policy.txt", b""), "that no report has"),
    Tampered("a path outside the tree", named("log/tile/../../x", b""), "log/ lacks or has"),
    Tampered("a file is missing", lacking("withheld.jsonl"), "lacks withheld.jsonl"),
    Tampered("no JSON", named("report.json", b"{"), "report.json: this is no JSON"),
    Tampered("no JSON in a line", named("items.jsonl", b"{\n"), "items.jsonl, line 1: this is no"),
    Tampered("no object in a line", named("items.jsonl", b"[]\n"), "this is no JSON object"),
    Tampered("a line not ended", named("items.jsonl", WHOLE["items.jsonl"][:-1]), "not ended"),
    Tampered(
        "a line too long", named("items.jsonl", b" " * (2 << 20) + b"{}\n"), "not ended, or beyond"
    ),
    Tampered(
        "a name twice",
        named("report.json", WHOLE["report.json"][:-1] + b',"to":18}'),
        "stands twice",
    ),
    Tampered("a file too large", named("policy.txt", POLICY + b"\n" * (2 << 20)), "larger than"),
    Tampered("JSON without end", named("report.json", b"[" * 100_000), "this is no JSON"),
    # the tree
    Tampered("tile changed", flipped("log/tile/0/000.p/19", 10, TREE), "of another log"),
    Tampered("bundle changed", flipped("log/tile/entries/000.p/19", 10, TREE), "of another log"),
    Tampered(
        "checkpoint of the tree changed", flipped("log/checkpoint", -10, TREE), "of another log"
    ),
    Tampered("tile missing", lacking("log/tile/0/000.p/19", TREE), "log/ lacks or has"),
    Tampered("a tile too many", TREE | {"log/tile/0/000": b""}, "log/ lacks or has"),
    Tampered(
        "a tree beside what is hidden",
        HIDING | {name: raw for name, raw in TREE.items() if name.startswith("log/")},
        "and only then",
    ),
    Tampered("a tree of the end", LATER | {"log/checkpoint": b""}, "and only then"),
)
SWAPPED = Tampered(
    "policy and key swapped", _signed_by_a_stranger(), "No log of the policy signed this"
)


def offset_beyond_all(file: ZipFile) -> None:
    file.getinfo("report.json").header_offset = 1 << 63


def name_that_is_no_text(file: ZipFile) -> None:
    file.getinfo("report.json").flag_bits |= 1 << 11  # says that names are in UTF-8


DAMAGED = (offset_beyond_all, name_that_is_no_text)


def damaged(change: Callable[[ZipFile], None], path: Path) -> Path:
    """Write a report whose list of files says what cannot be."""
    with ZipFile(path, "w", ZIP_DEFLATED) as file:
        for name, content in WHOLE.items():
            file.writestr(name, content)
        change(file)
    raw = path.read_bytes()
    if change is name_that_is_no_text:
        raw = raw.replace(b"report.json", b"\xffeport.json", 1)  # before the file, not in the list
    path.write_bytes(raw)
    return path
