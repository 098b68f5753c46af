"""The zip of a report as transparency writes it is what the verifiers take for true."""

import json
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID
from zipfile import BadZipFile, ZipFile

import pytest

from accord import verify_standalone
from accord.statement import Statement, Verdict
from accord.verify_report import verify_report
from services.transparency.domain.proof import Figure, figures, is_for, leaf_hash, shows, tells
from services.transparency.proof import ProofZip
from services.transparency.sealed import SealedField
from shared.tlog.policy import Policy
from shared.tlog.tree import Peaks
from tests.accord.proved import (
    COALITION,
    LOG,
    NOW,
    PERSON,
    POLICY,
    History,
    digest_in,
    history,
    tree_of,
)

HEAD = {
    "origin": LOG.name, "coalition": COALITION, "report": "decision-register",
    "audience": "members", "made_at": "2026-11-21T15:05:00.000Z",
}  # fmt: skip
MEMBERS = ("members", "public")


def written(log: History, first: int = 0, tokens: tuple[str, ...] = MEMBERS) -> bytes:
    """Return the zip on a log: entry 7 was redacted, what person 0 told erased, 8 lost."""
    peaks = Peaks()
    peaks.extend(log.hashes()[:first])
    with ProofZip(tokens, first, peaks.hashes) as proof:
        for index in range(first, len(log.entries)):
            entry = log.entries[index]
            proof.take([(entry.leaf, json.loads(entry.leaf), [*_fields(log, index)])])
        raw = proof.drained()
        proof.finish(HEAD)
        proof.add("policy.txt", POLICY)
        proof.add("new/checkpoint", log.checkpoint(len(log.entries)))
        if first:
            proof.add("old/checkpoint", log.checkpoint(first))
        elif not proof.hidden:
            for name, content in tree_of(log).items():
                proof.add(name, content)
        return raw + proof.ended()


def _fields(log: History, index: int) -> Any:
    entry = log.entries[index]
    redaction = next(each.ref for each in log.entries if b"FieldRedacted" in each.leaf)
    for name, disclosure in entry.disclosures.items():
        digest = digest_in(entry, name)
        if (index, name) == (0, "contact"):
            yield SealedField(digest, why="erased", by=UUID(PERSON))
        elif (index, name) == (7, "reason"):
            yield SealedField(digest, why="redacted", by=redaction)
        elif (index, name) == (8, "reason"):
            yield SealedField(digest, why="lost")
        else:
            yield SealedField(digest, disclosure if name == "reason" else None)


def said(raw: bytes, folder: Path) -> Statement:
    path = folder / "report.zip"
    path.write_bytes(raw)
    statement = verify_report(path, Policy.parse(POLICY), (), NOW)
    assert verify_standalone.main([str(path)]) == statement.verdict
    return statement


@pytest.mark.parametrize("first", [0, 1, 5, 6, 16, 19])
def test_f122_both_verifiers_take_it_for_true(tmp_path: Path, first: int) -> None:
    log = history()
    statement = said(written(log, first), tmp_path)
    assert statement.verdict is Verdict.VERIFIED, statement.text()
    assert statement.facts["hidden"] == 0
    if not first:
        assert statement.facts["withheld"] == {
            "audience": 16, "erased": 1, "redacted": 1, "lost": 1,
        }  # fmt: skip
        assert statement.facts["ground_elsewhere"] == 0
        assert statement.facts["disclosed"] == 10
        assert {each["name"]: each["value"] for each in statement.facts["figures"]} == {
            "decisions": 12, "adopted": 8, "rejected": 4, "voters": 66, "issues": 4,
            "without_quorum": 0, "deferred": 0, "reopened": 0, "superseded": 0,
            "front_line": 0, "minority_statements": 0,
        }  # fmt: skip


def test_a_figure_over_many_entries_rests_on_a_root(tmp_path: Path) -> None:
    raw = written(history(300))
    with ZipFile(BytesIO(raw)) as file:
        decisions = json.loads(file.read("figures.json"))[0]
    assert decisions["entries"].keys() == {"count", "root"}
    assert said(raw, tmp_path).verdict is Verdict.VERIFIED


def test_who_may_not_see_an_event_gets_its_hash_alone(tmp_path: Path) -> None:
    raw = written(history(), tokens=("public",))
    statement = said(raw, tmp_path)
    assert statement.verdict is Verdict.VERIFIED, statement.text()
    assert (statement.facts["hidden"], statement.facts["disclosed"]) == (19, 0)
    with ZipFile(BytesIO(raw)) as file:
        items = [json.loads(line) for line in file.read("items.jsonl").splitlines()]
        assert all(item.keys() == {"i", "h"} for item in items)
        assert not any(name.startswith("log/") for name in file.namelist())


def test_what_is_broken_off_is_no_zip(tmp_path: Path) -> None:
    raw = written(history())
    with pytest.raises(BadZipFile), ZipFile(BytesIO(raw[:-100])):
        pass
    assert "no zip" in verify_report(_cut(tmp_path, raw), None, (), NOW).reason


def _cut(folder: Path, raw: bytes) -> Path:
    path = folder / "cut.zip"
    path.write_bytes(raw[:-100])
    return path


@pytest.mark.parametrize(
    ("event", "tokens", "seen"),
    [
        ({"visibility": "members"}, MEMBERS, True),
        ({"visibility": "public"}, ("public",), True),
        ({"visibility": "members"}, ("public",), False),
        ({"visibility": "body"}, MEMBERS, False),
        ({"visibility": "members", "audience": "0195"}, MEMBERS, False),
        ({"visibility": "members", "audience": "own:meetings"}, MEMBERS, False),
        ({"visibility": "members", "audience": "0195"}, ("org:0195",), True),
        ({}, MEMBERS, False),
    ],
)
def test_an_event_is_shown_to_those_whom_its_class_is_for(
    event: dict[str, Any], tokens: tuple[str, ...], *, seen: bool
) -> None:
    assert is_for(event, tokens) is seen


def test_only_what_the_register_tells_of_is_disclosed() -> None:
    assert tells({"subject": "proposal-1"})
    assert tells({"subject": "frontline-1"})
    assert not tells({"subject": "person-1"})
    assert not tells({})
    assert shows("reason")
    assert not shows("actor")


def test_a_figure_counts_what_its_filter_takes() -> None:
    figure = Figure("votes", {"type": "a", "data.outcome": "yes"}, "sum", "data.voters")
    events: list[dict[str, Any]] = [
        {"type": "a", "data": {"outcome": "yes", "voters": 3}},
        {"type": "a", "data": {"outcome": "no", "voters": 5}},
        {"type": "b", "data": {"outcome": "yes", "voters": 7}},
        {"type": "a", "data": {"outcome": "yes"}},
        {"type": "a", "data": "yes"},
    ]
    for index, event in enumerate(events):
        figure.take(index, leaf_hash(b""), event)
    assert (figure.written()["value"], figure.written()["entries"]) == (3, [0, 3])
    assert len({each.name for each in figures()}) == len(figures())
