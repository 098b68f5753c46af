"""Whole logs are verified from their entries, and nothing that was changed passes."""

from collections.abc import Callable
from pathlib import Path

import pytest

from accord.log_copy import Folder, Mirror
from accord.statement import Statement, Verdict
from accord.verify_log import Known, compare, verify_log
from shared.tlog.checkpoint import Checkpoint
from shared.tlog.fork import Fork
from shared.tlog.note import Note, Signer
from shared.tlog.policy import Log, Policy
from shared.tlog.tiles import bundled, entries
from shared.tlog.tree import EMPTY, leaf_hash, root_of
from tests.accord.event_log import (
    LOG,
    NOW,
    ORGS,
    Shown,
    events,
    hashed,
    leaf,
    policy,
    show,
    signed,
)

SIZES = [0, 1, 2, 255, 256, 257, 513, 65_535, 65_536, 65_537, 70_000]
INVALID, SHORT, FORKED, VERIFIED = (
    Verdict.INVALID, Verdict.SHORT, Verdict.FORKED, Verdict.VERIFIED,
)  # fmt: skip


def said(log: Shown, trusted: Policy | None = None, **more: object) -> Statement:
    return verify_log(log, trusted or policy(), NOW, **more)[0]  # type: ignore[arg-type]


def known(log: Shown, name: str = "ours") -> Known:
    return Known.read(name, log.files["checkpoint"], policy(), NOW)


def refused(log: Shown, why: str) -> None:
    """Require that a log is invalid, for this reason, and that nothing of it is established."""
    found = said(log)
    assert (found.verdict, found.established) == (INVALID, ()), found.text()
    assert why in found.reason
    assert found.not_established


@pytest.mark.parametrize("size", SIZES)
def test_a_whole_log_is_verified(size: int) -> None:
    found = said(show(events(size)))
    assert found.verdict is VERIFIED, found.reason
    assert f"complete, {size} entries" in found.text()
    assert found.facts["positions"] == {
        name: (size - n + 2) // 3
        for n, name in enumerate(("members", "meetings", "credit"))
        if (size - n + 2) // 3
    }
    assert found.facts["quorum"] == {"met": True, "have": 3, "of": 3, "needed": 2}


def test_what_is_said_has_both_halves() -> None:
    assert said(show(events(3))).text() == (
        "'host.example/audit/c/7f3a', 3 entries\n"
        "Established: log signature of 'host.example/audit/c/7f3a';\n"
        "    witnessed by clinic (2027-01-15 07:59:00Z), school (2027-01-15 07:59:00Z), union"
        " (2027-01-15 07:59:00Z) (3 of 3; 2 needed);\n"
        "    complete, 3 entries, recorded from 2026-11-23T10:00:01.000Z to"
        " 2026-11-23T10:00:01.000Z;\n"
        "    journals without a gap: credit 1 to 1, meetings 1 to 1, members 1 to 1.\n"
        "Not established: anything after entry 2;\n"
        "    events that were never submitted, and whether what is said in them is true."
    )


def flipped(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


TAMPERS: dict[str, Callable[[bytes], bytes | None]] = {
    "flipped": flipped,
    "appended": lambda content: content + b"\0",
    "longer by an entry, or a hash": lambda content: content + b"\0\x1e" + bytes(30),
    "truncated": lambda content: content[:-1],
    "halved": lambda content: content[: len(content) // 2],
    "missing": lambda _: None,
}


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 600])
@pytest.mark.parametrize("how", TAMPERS)
def test_no_file_can_be_changed(size: int, how: str) -> None:
    for path in show(events(size)).files:
        log = show(events(size))
        content = TAMPERS[how](log.files[path])
        if content is None:
            del log.files[path]
        else:
            log.files[path] = content
        refused(log, "")
        assert said(log).reason, path


def test_no_tile_of_a_large_log_can_be_changed() -> None:
    log = show(events(70_000))
    for path in (
        "tile/0/000",
        "tile/0/273.p/112",
        "tile/1/000",
        "tile/1/001.p/17",
        "tile/2/000.p/1",
    ):
        whole = log.files[path]
        log.files[path] = flipped(whole)
        refused(log, f"{path} holds another hash than")
        log.files[path] = whole
    assert said(log).verdict is VERIFIED


def test_the_entry_that_was_changed_is_named() -> None:
    log = show(events(600))
    changed = list(log.leaves)
    changed[300] = changed[300].replace(b"agree", b"never")
    log.files["tile/entries/001"] = bundled(changed[256:512])
    refused(log, "tile/0/001 holds another hash than entry 300 leads to.")


def test_entries_that_change_places_are_out_of_place() -> None:
    log = show(events(600))
    swapped = list(log.leaves)
    swapped[3], swapped[6] = swapped[6], swapped[3]
    log.files["tile/entries/000"] = bundled(swapped[:256])
    refused(log, "Entry 3 is members 3; members 2 is due.")


def test_a_log_rewritten_below_its_signature_leads_to_another_root() -> None:
    rewritten = events(600)
    rewritten[5] = rewritten[5].replace(b"agree", b"never")
    log = show(rewritten)
    log.files["checkpoint"] = show(events(600)).files["checkpoint"]
    refused(log, "The entries lead to another root than the one that was signed.")


@pytest.mark.parametrize(
    ("at", "entry", "why"),
    [
        (4, leaf("meetings", 3), "Entry 4 is meetings 3; meetings 2 is due."),
        (4, leaf("meetings", 1), "Entry 4 is meetings 1; meetings 2 is due."),
        (4, leaf("meetings", 2, "0" * 36), "Entry 4 is of /coalitions/000000"),
        (4, leaf("meetings", 2, source="/elsewhere"), "Entry 4 is of /elsewhere"),
        (4, leaf("meetings", 2) + b" ", "Entry 4 is not in canonical form."),
        (4, b"{}", "Entry 4 is no event."),
        (4, b"", "Entry 4 is no event."),
        (4, leaf("meetings", 2, data={"_sd": ["b" * 43, "a" * 43]}), "no sorted digests"),
        (4, leaf("meetings", 2, data={"_sd": ["short"]}), "no sorted digests"),
    ],
)  # fmt: skip
def test_what_the_host_itself_put_out_of_place_is_named(at: int, entry: bytes, why: str) -> None:
    """Signed with the true key, and witnessed: witnesses see no content."""
    leaves = events(9)
    leaves[at] = entry
    refused(show(leaves), why)


def with_note(log: Shown, note: Note) -> Shown:
    log.files["checkpoint"] = bytes(note)
    return log


def test_a_changed_checkpoint_is_refused() -> None:
    log = show(events(20))
    note, root = log.note, root_of(log.hashes)
    for text in (
        str(Checkpoint(LOG.name, 19, root)),
        str(Checkpoint(LOG.name, 20, EMPTY)),
        str(Checkpoint("other.example/log", 20, root)),
    ):
        refused(with_note(log, Note(text, note.signatures)), "does not hold")
    for number in range(1, 4):
        worse = list(note.signatures)
        worse[number] = signed(Checkpoint(LOG.name, 19, root)).signatures[number]
        refused(with_note(log, Note(note.text, tuple(worse))), "does not hold")
    refused(with_note(log, Note(note.text, note.signatures[1:])), "No log of the policy signed")
    assert said(with_note(log, note)).verdict is VERIFIED


def test_unknown_and_doubled_signatures_change_nothing() -> None:
    log = show(events(20), ORGS[:1])
    note, stranger = log.note, Signer("stranger.example", b"\x09" * 32)
    doubled = Note(note.text, (*note.signatures, note.signatures[1], stranger.sign(note.text)))
    found = said(with_note(log, doubled))
    assert (found.verdict, found.reason) == (
        SHORT, "1 of 3 witnesses signed it, and 2 are needed.",
    )  # fmt: skip


def test_organisations_are_counted_not_keys() -> None:
    """Two witnesses of one organisation are one."""
    lines = [f"log {LOG.key}", *(f"witness w{n} {each.key}" for n, each in enumerate(ORGS))]
    lines += ["group clinic any w0 w1", "group school any w2", "group all 2 clinic school"]
    trusted = Policy.parse("\n".join([*lines, "quorum all", ""]).encode())
    assert said(show(events(9), ORGS[:2]), trusted).verdict is SHORT
    assert said(show(events(9), ORGS[1:]), trusted).verdict is VERIFIED


def test_a_log_that_no_quorum_has_seen_for_long_is_stale() -> None:
    hour = 3_600
    log = show(events(9), at=NOW - 49 * hour)
    assert "No quorum has seen it since 2027-01-13 07:00:00Z" in said(log).reason
    assert said(log).verdict is SHORT
    assert said(log, max_age=50 * hour).verdict is VERIFIED
    fresh = signed(Checkpoint.parse(log.note.text), ORGS[:1], NOW).signatures[1]
    one_saw_it = with_note(log, Note(log.note.text, (*log.note.signatures, fresh)))
    assert said(one_saw_it).verdict is SHORT, "one is no quorum"


def test_without_a_quorum_it_is_said_that_nobody_else_looked() -> None:
    alone = Policy((Log(LOG.key),), (), (), None)
    found = said(show(events(9), ()), alone)
    assert found.verdict is VERIFIED
    assert "the policy asks for no witness" in found.text()


def test_a_key_that_ended_is_not_believed_above_its_size() -> None:
    ended = policy(extra="# until 9\n")
    assert said(show(events(9)), ended).verdict is VERIFIED
    assert said(show(events(10)), ended).verdict is INVALID


def test_a_fork_passes_alone_and_fails_against_what_was_known() -> None:
    for size in (1, 7, 256, 300, 599):
        ours = known(show(events(size)))
        other = events(600)
        other[size - 1] = other[size - 1].replace(b"agree", b"never")
        log = show(other)
        assert said(log).verdict is VERIFIED
        found, evidence = verify_log(log, policy(), NOW, known=[ours])
        assert found.verdict is FORKED
        assert found.reason.startswith(
            f"ours and what is served contradict each other at size {size}"
        )
        assert evidence is not None
        older, newer = Fork.parse(bytes(evidence)).check([Log(LOG.key)], NOW)
        assert (older.size, newer.size) == (size, 600)


def test_a_log_that_grew_holds_what_was_known() -> None:
    before = [known(show(events(size)), f"of {size}") for size in (0, 1, 256, 300, 600)]
    found = said(show(events(600)), known=before)
    assert found.verdict is VERIFIED
    assert "it holds all of of 300 (size 300)" in found.established


def test_a_log_that_lost_its_end_is_no_older_log() -> None:
    found = said(show(events(599)), known=[known(show(events(600)))])
    assert found.verdict is INVALID
    assert "The log shows 599 entries, and ours was signed at 600" in found.reason


def test_hashes_alone_are_said_to_be_hashes() -> None:
    log = show(events(600))
    for path in list(log.files):
        if "entries" in path:
            del log.files[path]
    refused(log, "tile/entries/000 answered 404.")
    found = said(log, hashes_only=True)
    assert found.verdict is VERIFIED
    assert "what its entries say: only their hashes were read" in found.not_established
    log.files["tile/0/001"] = flipped(log.files["tile/0/001"])
    assert said(log, hashes_only=True).verdict is INVALID


def test_a_partial_tile_that_is_gone_is_the_beginning_of_the_full_one() -> None:
    log, later = show(events(300)), show(events(600))
    for path in ("tile/0/001.p/44", "tile/entries/001.p/44"):
        del log.files[path]
    assert said(log).verdict is INVALID
    log.files |= {path: later.files[path] for path in ("tile/0/001", "tile/entries/001")}
    assert said(log).verdict is VERIFIED


def test_a_copy_goes_on_from_where_it_was(tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    first, later = show(events(600)), show(events(900))
    mirror = Mirror(folder, first)
    assert verify_log(mirror, policy(), NOW, kept=mirror.keep)[0].verdict is VERIFIED
    assert sorted(set(first.asked)) == sorted(first.files)
    assert said_of(folder).facts["entries"] == 600
    grown = Mirror(folder, later)
    assert grown.known() == first.files["checkpoint"]
    assert verify_log(grown, policy(), NOW, kept=grown.keep)[0].verdict is VERIFIED
    assert sorted(later.asked) == [
        "checkpoint", "tile/0/002", "tile/0/003.p/132", "tile/1/000.p/3", "tile/entries/002",
        "tile/entries/003.p/132",
    ]  # fmt: skip
    assert said_of(folder).facts["entries"] == 900


def said_of(folder: Path) -> Statement:
    return verify_log(Folder(folder), policy(), NOW)[0]


def test_a_copy_keeps_nothing_of_a_log_that_does_not_hold(tmp_path: Path) -> None:
    log = show(events(600))
    log.files["tile/1/000.p/2"] = flipped(log.files["tile/1/000.p/2"])
    mirror = Mirror(tmp_path, log)
    assert verify_log(mirror, policy(), NOW, kept=mirror.keep)[0].verdict is INVALID
    assert mirror.known() is None
    mirror.drop()
    assert list(tmp_path.iterdir()) == []


def test_a_scan_that_broke_off_does_not_ask_twice(tmp_path: Path) -> None:
    log = show(events(600))
    whole = log.files.pop("tile/entries/001")
    mirror = Mirror(tmp_path, log)
    assert verify_log(mirror, policy(), NOW)[0].verdict is INVALID
    log.files["tile/entries/001"] = whole
    log.asked.clear()
    assert verify_log(mirror, policy(), NOW, kept=mirror.keep)[0].verdict is VERIFIED
    assert "tile/entries/000" not in log.asked


def test_checkpoints_of_one_size_are_compared_without_a_log() -> None:
    ours, again = known(show(events(9))), known(show(events(9), ORGS[:1]), "theirs")
    assert compare([ours, again], None, policy(), NOW)[0].verdict is VERIFIED
    other = events(9)
    other[2] = other[2].replace(b"agree", b"never")
    found, evidence = compare([ours, known(show(other), "theirs")], None, policy(), NOW)
    assert found.verdict is FORKED
    assert evidence is not None
    evidence.check([Log(LOG.key)], NOW)


def test_checkpoints_of_two_sizes_are_compared_by_the_log() -> None:
    log = show(events(600))
    ours, theirs = known(show(events(9))), known(show(events(300)), "theirs")
    assert compare([ours, theirs], None, policy(), NOW)[0].verdict is SHORT
    assert compare([ours, theirs], log, policy(), NOW)[0].verdict is VERIFIED
    other = events(300)
    other[2] = other[2].replace(b"agree", b"never")
    found, evidence = compare([known(show(other))], log, policy(), NOW)
    assert found.verdict is FORKED
    assert evidence is not None
    log.files["tile/0/000"] = flipped(log.files["tile/0/000"])
    assert compare([ours, theirs], log, policy(), NOW)[0].verdict is INVALID


def test_a_checkpoint_of_another_log_is_not_compared() -> None:
    other = Signer("other.example/log", b"\x08" * 32)
    both = policy(extra=f"log {other.key}\n")
    elsewhere = show(events(9), (), log=other).files["checkpoint"]
    foreign = Known.read("theirs", elsewhere, both, NOW)
    found = compare([known(show(events(9))), foreign], None, both, NOW)[0]
    assert (found.verdict, found.reason) == (INVALID, "ours and theirs are of two logs.")
    assert said(show(events(9)), both, known=[foreign]).verdict is INVALID


def test_entries_of_every_length_have_their_place() -> None:
    for raw in (b"", b"x" * 65_280, b"x" * 65_535):
        assert entries(bundled([raw])) == [raw]
        assert hashed([raw]) == [leaf_hash(raw)]
