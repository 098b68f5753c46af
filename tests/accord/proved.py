"""Reports made in memory, from a log with two journals, witnesses, and fields of every sort."""

import base64
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from shared.canonical import dumps
from shared.event import base64url
from shared.sealing import disclose
from shared.tlog.checkpoint import Checkpoint
from shared.tlog.cosignature import Cosigner
from shared.tlog.note import Note, Signer
from shared.tlog.tiles import WIDTH, bundled, bundles, tiles
from shared.tlog.tree import Peaks, leaf_hash, root_of

NOW = 1_760_000_060
COALITION = "0195a3c2-6f10-7c44-9b1e-5d2a8c7f3e01"
PERSON = "0195a3c4-22cc-7f33-8e44-be0d9c8b7a61"
LOG = Signer("host.example/audit/c/7f3a", b"\x01" * 32)
STRANGER = Signer(LOG.name, b"\x09" * 32)
WITNESSES = tuple(
    Cosigner(f"org-{name}.example/witness", bytes([number]) * 32)
    for number, name in enumerate("abc", 16)
)
Files = dict[str, bytes]


def policy_of(log: Signer, witnesses: Iterable[Cosigner] = WITNESSES, needed: int = 2) -> bytes:
    """Return a policy in which each witness is an organisation."""
    names = [each.name.partition(".")[0] for each in witnesses]
    lines = [f"log {log.key}"]
    lines += [f"witness w-{name} {each.key}" for name, each in zip(names, witnesses, strict=True)]
    lines += [f"group {name} any w-{name}" for name in names]
    lines += [f"group partners {needed} {' '.join(names)}", "quorum partners"]
    return ("\n".join(lines) + "\n").encode()


POLICY = policy_of(LOG)


@dataclass
class Entry:
    """An event, its disclosures by the name of the field, and its ref."""

    leaf: bytes
    disclosures: dict[str, str]
    ref: str


@dataclass
class History:
    """A log that grows event by event."""

    entries: list[Entry] = field(default_factory=list)
    reached: dict[str, int] = field(default_factory=dict)
    signer: Signer = LOG
    coalition: str = COALITION

    def add(
        self,
        service: str,
        name: str,
        sealed: Mapping[str, Any] | None = None,
        subject: str = "proposal-1",
        **data: Any,
    ) -> int:
        """Append an event, some fields of it sealed; return its index."""
        position = self.reached[service] = self.reached.get(service, 0) + 1
        disclosures, digests = {}, []
        for number, (each, value) in enumerate((sealed or {}).items()):
            salt = bytes([len(self.entries) % 256, number]) * 8
            raw, digest = disclose(each, value, salt)
            disclosures[each] = raw.decode()
            digests.append(digest)
        if digests:
            nothing = f"nothing {len(self.entries)} ".encode()
            digests += [
                base64url(sha256(nothing + bytes([number])).digest())
                for number in range(4 - len(digests))
            ]
            data |= {"_sd": sorted(digests), "_sd_alg": "sha-256"}
        leaf = dumps({
            "specversion": "1.0", "id": f"event-{len(self.entries)}", "coalition": self.coalition,
            "source": f"/coalitions/{self.coalition}/{service}", "sequence": f"{position:020d}",
            "subject": subject, "visibility": "members",
            "type": f"accord.{service}.{name}", "recordedtime": "2026-11-21T15:04:05.131Z",
            "data": data,
        })  # fmt: skip
        self.entries.append(Entry(leaf, disclosures, f"{service}/{position}"))
        return len(self.entries) - 1

    def hashes(self) -> list[bytes]:
        return [leaf_hash(each.leaf) for each in self.entries]

    def checkpoint(self, size: int, witnesses: Iterable[Cosigner] = WITNESSES) -> bytes:
        text = str(Checkpoint(self.signer.name, size, root_of(self.hashes()[:size])))
        note = Note(text, (self.signer.sign(text),))
        return bytes(note.signed_by(*(each.cosign(text, NOW - 60) for each in witnesses)))


def history(decisions: int = 12) -> History:
    """Return a coalition's log: members, decisions, one person erased, one text redacted."""
    log = History()
    for number in range(5):
        log.add("members", "MemberJoined", {"contact": f"person {number}"}, number=number)
    for number in range(decisions):
        log.add(
            "meetings", "DecisionMade",
            {"reason": f"Zu spät, {number}", "actor": PERSON},
            outcome="adopted" if number % 3 else "rejected", voters=number,
            issue=f"issue-{number % 4}",
        )  # fmt: skip
    log.add("members", "PersonErased", subject=f"person-{PERSON}", ground="left")
    digest = digest_in(log.entries[7], "reason")
    log.add("meetings", "FieldRedacted", event=log.entries[7].ref, digest=digest, reason="hurts")
    return log


def digest_in(entry: Entry, name: str) -> str:
    return base64url(sha256(entry.disclosures[name].encode()).digest())


def report(
    log: History | None = None, first: int = 0, hidden: Iterable[int] = (), *, tree: bool = False
) -> Files:
    """Return the files of a true report on the entries from `first` on.

    Of entry 0 what was erased, of 7 what was redacted, of 8 what was lost is withheld; of the
    others `actor` and `contact` are not for this audience.
    """
    log = log or history()
    end, out = len(log.entries), frozenset(hidden)
    shown = [index for index in range(first, end) if index not in out]
    ending = {each["type"].rpartition(".")[2]: index for index, each in _events(log)}
    gone = {
        (0, "contact"): ("erased", ending["PersonErased"]),
        (7, "reason"): ("redacted", ending["FieldRedacted"]),
        (8, "reason"): ("lost", None),
    }
    disclosures, withheld = [], []
    for index in shown:
        for name, disclosure in log.entries[index].disclosures.items():
            if name == "reason" and (index, name) not in gone:
                disclosures.append({"i": index, "d": disclosure})
                continue
            why, by = gone.get((index, name), ("audience", None))
            said = {"i": index, "digest": digest_in(log.entries[index], name), "why": why}
            withheld.append(said | ({} if by is None else {"by": by}))
    before: dict[str, int] = dict.fromkeys(log.reached, 0)
    for each in log.entries[:first]:
        before[each.ref.partition("/")[0]] += 1
    items = [
        {"i": index, "h": _base64(leaf_hash(log.entries[index].leaf))}
        if index in out
        else {"i": index, "leaf": _base64(log.entries[index].leaf)}
        for index in range(first, end)
    ]
    files = {
        "README.txt": b"What this proves.\n",
        "report.json": json.dumps({
            "format": "accord-report/1", "origin": log.signer.name, "coalition": log.coalition,
            "report": "decision-register", "audience": "members", "from": first, "to": end,
            "made_at": "2026-11-21T15:05:00.000Z",
            "positions": {name: [before[name], last] for name, last in log.reached.items()},
        }).encode(),
        "policy.txt": POLICY,
        "new/checkpoint": log.checkpoint(end),
        "items.jsonl": _lines(items),
        "disclosures.jsonl": _lines(disclosures),
        "withheld.jsonl": _lines(withheld),
        "figures.json": json.dumps(figures_of(log, shown)).encode(),
        "report.html": b"<!doctype html><title>Decisions</title>",
    }  # fmt: skip
    if first:
        peaks = Peaks()
        peaks.extend(log.hashes()[:first])
        files["old/checkpoint"] = log.checkpoint(first)
        files["old/peaks"] = "".join(f"{_base64(each)}\n" for each in peaks.hashes).encode()
    if tree:
        files |= tree_of(log)
    return files


def figures_of(log: History, shown: Iterable[int]) -> list[dict[str, Any]]:
    events = {index: event for index, event in _events(log) if index in set(shown)}
    made = [i for i, each in events.items() if each["type"] == "accord.meetings.DecisionMade"]
    adopted = [i for i in made if events[i]["data"]["outcome"] == "adopted"]
    decided = {"type": "accord.meetings.DecisionMade"}
    return [
        {
            "name": "decisions", "where": decided, "fold": "count", "value": len(made),
            "entries": {
                "count": len(made), "root": _base64(root_of([log.hashes()[i] for i in made])),
            },
        },
        {
            "name": "adopted", "where": decided | {"data.outcome": ["adopted", "deferred"]},
            "fold": "count", "value": len(adopted), "entries": adopted,
        },
        {
            "name": "votes", "where": decided, "fold": "sum", "of": "data.voters",
            "value": sum(events[i]["data"]["voters"] for i in made), "entries": made,
        },
        {
            "name": "issues", "where": decided, "fold": "distinct", "of": "data.issue",
            "value": len({events[i]["data"]["issue"] for i in made}), "entries": made,
        },
    ]  # fmt: skip


def tree_of(log: History) -> Files:
    """Return `log/`, straight from the definition of tlog-tiles."""
    size, hashes = len(log.entries), log.hashes()
    files = {"log/checkpoint": log.checkpoint(size)}
    for each in tiles(size):
        span = each.span
        starts = (each.first + number * span for number in range(each.width))
        files[f"log/{each.path}"] = b"".join(
            root_of(hashes[start : start + span]) for start in starts
        )
    for each in bundles(size):
        first = each.n * WIDTH
        inside = log.entries[first : first + each.width]
        files[f"log/{each.path}"] = bundled(entry.leaf for entry in inside)
    return files


def zipped(files: Mapping[str, bytes], path: Path) -> Path:
    with ZipFile(path, "w", ZIP_DEFLATED) as file:
        for name, content in files.items():
            file.writestr(name, content)
    return path


def lines_of(files: Files, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in files[name].splitlines()]


def with_lines(files: Files, name: str, change: Callable[[list[dict[str, Any]]], Any]) -> Files:
    """Return the files, with the lines of one changed in place."""
    lines = lines_of(files, name)
    change(lines)
    return files | {name: _lines(lines)}


def with_json(files: Files, name: str, change: Callable[[Any], Any]) -> Files:
    said = json.loads(files[name])
    change(said)
    return files | {name: json.dumps(said).encode()}


def _events(log: History) -> list[tuple[int, dict[str, Any]]]:
    return [(index, json.loads(each.leaf)) for index, each in enumerate(log.entries)]


def _lines(said: Iterable[Mapping[str, Any]]) -> bytes:
    return "".join(json.dumps(each) + "\n" for each in said).encode()


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def other_disclosure() -> str:
    return disclose("reason", "something else", b"\x07" * 16)[0].decode()


def other_digest() -> str:
    return base64url(bytes(32))
