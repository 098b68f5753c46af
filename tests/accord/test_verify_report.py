"""The zip of a report is verified, without network: that it is whole, true, and what it hides."""

import json
import socket
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZIP_BZIP2, ZipFile

import pytest
from hypothesis import strategies as st

from accord import report_zip
from accord.statement import Statement, Verdict
from accord.verify_report import verify_report
from shared.tlog.fork import Fork
from shared.tlog.note import Signer
from shared.tlog.policy import Policy
from tests.accord.proved import (
    LOG,
    NOW,
    POLICY,
    WITNESSES,
    Files,
    digest_in,
    history,
    policy_of,
    report,
    with_json,
    with_lines,
    zipped,
)
from tests.accord.tampered import (
    DAMAGED,
    HIDING,
    LATER,
    SWAPPED,
    TAMPERED,
    TREE,
    WHOLE,
    Tampered,
    damaged,
    flipped,
)
from tests.laws import over

GIVEN = Policy.parse(POLICY)
ENDED = len(history().entries)


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def opened(*_: object, **__: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", opened)
    monkeypatch.setattr(socket, "create_connection", opened)
    monkeypatch.setattr(socket, "getaddrinfo", opened)


def said(
    files: Files,
    folder: Path,
    policy: Policy | None = GIVEN,
    known: tuple[bytes, ...] = (),
    explain: int | None = None,
) -> Statement:
    return verify_report(zipped(files, folder / "report.zip"), policy, known, NOW, explain)


@pytest.mark.parametrize(
    "files", [WHOLE, TREE, LATER, HIDING], ids=["whole", "tree", "later", "hiding"]
)
def test_a_true_report_is_verified(tmp_path: Path, files: Files) -> None:
    statement = said(files, tmp_path)
    assert (statement.verdict, statement.reason) == (Verdict.VERIFIED, "")


def test_f122_a_reader_is_told_what_is_there_and_what_is_hidden_and_why(tmp_path: Path) -> None:
    statement = said(WHOLE, tmp_path)
    assert statement.subject == (
        "decision-register of host.example/audit/c/7f3a, entries 0 to 19, for members"
    )
    at = "2025-10-09 08:53:20"
    assert statement.established == (
        "log signature",
        f"witnessed by w-org-a ({at}), w-org-b ({at}), w-org-c ({at}) (3 of 3; 2 needed)",
        "complete, 19 entries",
        "10 disclosed fields are what was sealed",
        "4 figures recomputed",
    )
    assert statement.not_established == (
        f"anything after {at}",
        "16 withheld, 1 erased, 1 redacted, 1 lost fields, and which digests stand for no field",
        "events never submitted",
        "its name, audience and time of making, which nobody signed",
    )
    assert statement.facts["withheld"] == {"audience": 16, "erased": 1, "redacted": 1, "lost": 1}


def test_the_policy_that_came_with_the_report_is_used_and_said_to_be(tmp_path: Path) -> None:
    statement = said(WHOLE, tmp_path, policy=None)
    assert statement.verdict is Verdict.VERIFIED
    assert "came with the report: use --policy" in statement.not_established[-1]
    assert "came with" not in said(WHOLE, tmp_path).text()


@pytest.mark.parametrize("tampered", TAMPERED, ids=str)
def test_what_was_changed_is_refused_in_words(tmp_path: Path, tampered: Tampered) -> None:
    for policy in (None, GIVEN) if tampered.files["policy.txt"] == POLICY else (None,):
        statement = said(tampered.files, tmp_path, policy)
        assert statement.verdict is Verdict.INVALID, statement.text()
        assert tampered.why in statement.reason
        assert statement.established == ()


def test_policy_and_key_swapped_is_seen_by_a_policy_from_elsewhere(tmp_path: Path) -> None:
    assert said(SWAPPED.files, tmp_path, None).verdict is Verdict.VERIFIED
    statement = said(SWAPPED.files, tmp_path)
    assert statement.verdict is Verdict.INVALID
    assert SWAPPED.why in statement.reason


def test_a_policy_that_differs_from_the_readers_own_is_told(tmp_path: Path) -> None:
    weaker = WHOLE | {"policy.txt": policy_of(LOG, needed=1)}
    statement = said(weaker, tmp_path)
    assert statement.verdict is Verdict.VERIFIED
    assert statement.facts["policy_differs"]
    assert "why the policy that came with it is not yours" in statement.not_established
    assert said(WHOLE | {"policy.txt": b"hello"}, tmp_path).facts["policy_differs"]


def test_below_the_quorum_it_is_valid_and_short(tmp_path: Path) -> None:
    few = WHOLE | {"new/checkpoint": history().checkpoint(ENDED, WITNESSES[:1])}
    statement = said(few, tmp_path)
    assert statement.verdict is Verdict.SHORT
    assert "at size 19 has not been seen" in statement.reason
    assert "witnessed by w-org-a (2025-10-09 08:53:20) (1 of 3; 2 needed)" in statement.established
    later = LATER | {"old/checkpoint": history().checkpoint(6, ())}
    assert "at size 6 has not been seen" in said(later, tmp_path).reason


def test_who_needs_no_witness_says_so(tmp_path: Path) -> None:
    nobody = f"log {LOG.key}\nquorum none\n".encode()
    files = WHOLE | {"policy.txt": nobody, "new/checkpoint": history().checkpoint(ENDED, ())}
    assert said(files, tmp_path, None).verdict is Verdict.SHORT
    assert "needs no witness" in said(files, tmp_path, None).reason
    own = said(files, tmp_path, Policy.parse(nobody))
    assert own.verdict is Verdict.VERIFIED
    assert any("same history" in clause for clause in own.not_established)


def test_a_cosignature_from_the_future_is_refused(tmp_path: Path) -> None:
    path = zipped(WHOLE, tmp_path / "report.zip")
    statement = verify_report(path, GIVEN, (), NOW - 1_000)
    assert (statement.verdict, "seconds from now" in statement.reason) == (Verdict.INVALID, True)


@pytest.mark.parametrize("first", range(ENDED + 1))
def test_reports_that_share_a_checkpoint_cover_everything(tmp_path: Path, first: int) -> None:
    assert said(report(first=first), tmp_path).verdict is Verdict.VERIFIED


@over(st.sets(st.integers(0, ENDED - 1)), st.integers(0, ENDED))
def test_whatever_is_hidden_the_rest_is_verified(hidden: set[int], first: int) -> None:
    with TemporaryDirectory() as folder:
        statement = said(report(first=first, hidden=hidden), Path(folder))
    assert statement.verdict is Verdict.VERIFIED, statement.text()
    assert statement.facts["hidden"] == sum(index >= first for index in hidden)
    assert statement.facts["entries"] == ENDED - first


@pytest.mark.parametrize("decisions", [249, 250, 600])
def test_a_tree_of_several_tiles_is_that_of_the_entries(tmp_path: Path, decisions: int) -> None:
    files = report(history(decisions), tree=True)
    assert said(files, tmp_path).verdict is Verdict.VERIFIED
    upper = max(name for name in files if name.startswith("log/tile/0/"))
    changed = files | {upper: bytes(len(files[upper]))}
    assert "of another log" in said(changed, tmp_path).reason


def test_known_checkpoints_are_compared_at_their_size(tmp_path: Path) -> None:
    log = history()
    other = history()
    other.signer = Signer("host.example/audit/c/other", b"\x07" * 32)
    inside, outside, elsewhere = log.checkpoint(13), log.checkpoint(4), other.checkpoint(4)
    statement = said(LATER, tmp_path, known=(inside, outside, elsewhere))
    assert statement.verdict is Verdict.VERIFIED
    assert "your checkpoint of size 13 is of the same history" in statement.established
    assert "whether your checkpoint of size 4 is of the same history" in statement.not_established
    assert [each["state"] for each in statement.facts["known"]] == ["same", "outside", "other log"]


@pytest.mark.parametrize("first", range(ENDED + 1))
@pytest.mark.parametrize("size", [1, 2, 7, 11, 13, 16, 18, 19])
def test_a_fork_is_told_and_proved_to_others(tmp_path: Path, first: int, size: int) -> None:
    log = history()
    log.entries[0].leaf = b"{}"
    known = log.checkpoint(size)
    statement = said(report(first=first), tmp_path, known=(known,))
    if size < first:
        assert statement.verdict is Verdict.VERIFIED
        return
    assert statement.verdict is Verdict.FORKED
    assert f"at size {size} your checkpoint has another root" in statement.reason
    fork = Fork.parse(statement.facts["known"][0]["evidence"].encode())
    older, newer = fork.check(GIVEN.logs, NOW)
    assert (older.size, newer.size) == (size, ENDED)


@pytest.mark.parametrize(
    ("known", "why"),
    [
        (b"hello", "Known checkpoint 1: The note has no"),
        (flipped("new/checkpoint")["new/checkpoint"], "does not hold"),
        (SWAPPED.files["new/checkpoint"], "No log of the policy"),
    ],
)
def test_a_known_checkpoint_has_to_be_one(tmp_path: Path, known: bytes, why: str) -> None:
    statement = said(WHOLE, tmp_path, known=(known,))
    assert (statement.verdict, why in statement.reason) == (Verdict.INVALID, True)


def test_one_entry_is_explained(tmp_path: Path) -> None:
    told = said(WHOLE, tmp_path, explain=9)
    assert "entry 9 is accord.meetings.DecisionMade, meetings/5, 2026-11-21T15:04:05.131Z" in (
        told.established
    )
    assert "its reason is 'Zu spät, 4'" in told.established
    states = Counter(each["state"] for each in told.facts["entry"]["fields"])
    assert states == {"disclosed": 1, "audience": 1, "withheld or decoy": 2}
    assert told.facts["entry"]["event"]["data"]["reason"] == "Zu spät, 4"
    erased = said(WHOLE, tmp_path, explain=0).established
    assert any(
        each.endswith("is erased by entry 17, 2026-11-21T15:04:05.131Z, left") for each in erased
    )
    redacted = said(WHOLE, tmp_path, explain=7).established
    assert any(
        each.endswith("is redacted by entry 18, 2026-11-21T15:04:05.131Z, hurts")
        for each in redacted
    )
    assert any(
        "entry 3 is hidden" in each for each in said(HIDING, tmp_path, explain=3).established
    )
    missing = said(WHOLE, tmp_path, explain=19).not_established
    assert "what entry 19 holds: it is not in this report" in missing


def test_a_figure_over_sealed_values_says_over_how_many(tmp_path: Path) -> None:
    spoken = {
        "name": "too late", "where": {"data.reason": ["Zu spät, 1", "Zu spät, 2"]}, "fold": "count",
        "value": 2, "entries": [6, 7],
    }  # fmt: skip
    files = with_json(WHOLE, "figures.json", lambda figures: figures.append(spoken))
    statement = said(files, tmp_path)
    # entries 7 and 8 are closed, and so is what each of the five members said
    assert "figure 'too late' verified over 1 of 8" in statement.established
    assert statement.facts["figures"][-1] == {"name": "too late", "value": 2, "over": 1, "of": 8}
    spoken |= {"entries": [7, 8], "value": 2}
    files = with_json(WHOLE, "figures.json", lambda figures: figures.append(spoken))
    assert "entry 6 belongs to it, and is not counted" in said(files, tmp_path).reason


@pytest.mark.parametrize("value", [1, 5])
def test_a_distinct_figure_over_hidden_entries_has_bounds(tmp_path: Path, value: int) -> None:
    def change(figures: list[dict[str, object]]) -> None:
        figures[3]["value"] = value
        figures[3]["entries"] = [5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]

    hiding = report(hidden=range(7, 17))
    assert (
        "counted again it is 2" in said(with_json(hiding, "figures.json", change), tmp_path).reason
        or value == 5
    )
    assert said(with_json(hiding, "figures.json", change), tmp_path).verdict is (
        Verdict.VERIFIED if value == 5 else Verdict.INVALID
    )


def test_a_fold_that_is_not_known_is_not_checked(tmp_path: Path) -> None:
    files = with_json(
        WHOLE, "figures.json", lambda figures: figures[0].update(fold="median", value="7")
    )
    statement = said(files, tmp_path)
    assert statement.verdict is Verdict.VERIFIED
    assert "figure 'decisions', whose fold is not known here" in statement.not_established
    assert "3 figures recomputed" in statement.established


def test_a_digest_that_stands_twice_discloses_nothing(tmp_path: Path) -> None:
    log = history()
    [digest] = {digest_in(log.entries[9], "reason")}
    log.entries[9].leaf = log.entries[9].leaf.replace(
        b'"issue":', f'"again":{{"_sd":["{digest}"]}},"issue":'.encode()
    )
    assert "stands in the event more than once" in said(report(log), tmp_path).reason


def test_what_was_erased_since_is_not_established(tmp_path: Path) -> None:
    files = with_lines(WHOLE, "withheld.jsonl", lambda lines: lines[0].update(by=19))
    statement = said(files, tmp_path)
    assert statement.verdict is Verdict.VERIFIED
    assert statement.facts["ground_elsewhere"] == 1
    assert any(each.startswith("what erased or redacted 1") for each in statement.not_established)


def test_what_is_no_zip_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "report.zip"
    assert "no zip" in verify_report(path, GIVEN, (), NOW).reason
    path.write_bytes(b"hello")
    assert "no zip" in verify_report(path, GIVEN, (), NOW).reason
    whole = zipped(WHOLE, path).read_bytes()
    for cut in (10, len(whole) // 2, len(whole) - 30):
        path.write_bytes(whole[:cut])
        assert verify_report(path, GIVEN, (), NOW).verdict is Verdict.INVALID


def test_every_byte_of_the_zip_that_is_changed_is_refused_or_changes_nothing(
    tmp_path: Path,
) -> None:
    path = zipped(
        {name: raw for name, raw in WHOLE.items() if name != "README.txt"}, tmp_path / "z"
    )
    whole = path.read_bytes()
    good = verify_report(path, GIVEN, (), NOW)
    for at in range(0, len(whole), 3):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x20]) + whole[at + 1 :])
        statement = verify_report(path, GIVEN, (), NOW)
        if statement.verdict is not Verdict.INVALID:
            assert statement == good


@pytest.mark.parametrize("change", DAMAGED)
def test_a_list_of_files_that_cannot_be_is_refused(
    tmp_path: Path, change: Callable[[ZipFile], None]
) -> None:
    statement = verify_report(damaged(change, tmp_path / "report.zip"), GIVEN, (), NOW)
    assert statement.verdict is Verdict.INVALID
    assert statement.reason.startswith("report.json is damaged: ")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_twice_in_the_zip_is_refused(tmp_path: Path) -> None:
    path = zipped(WHOLE, tmp_path / "report.zip")
    with ZipFile(path, "a") as file:
        file.writestr("figures.json", "[]")
    assert "figures.json twice" in verify_report(path, GIVEN, (), NOW).reason


def test_another_way_to_pack_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "report.zip"
    with ZipFile(path, "w", ZIP_BZIP2) as file:
        for name, raw in WHOLE.items():
            file.writestr(name, raw)
    assert "not read here" in verify_report(path, GIVEN, (), NOW).reason


def test_a_bomb_is_refused_before_it_goes_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    large = WHOLE | {"items.jsonl": b"\n" * (8 << 20)}
    assert "items.jsonl, line 1" in said(large, tmp_path).reason
    monkeypatch.setattr(report_zip, "WHOLE_BYTES", 1 << 20)
    assert "larger than 1,048,576 bytes" in said(large, tmp_path).reason
    monkeypatch.setattr(report_zip, "MEMBERS", 5)
    assert "The zip has 9 files" in said(WHOLE, tmp_path).reason


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 20) | st.text(max_size=3)
    | st.sampled_from(["sha-256", "_sd", "data.outcome", "audience", "erased", "\ud800"])
    | st.just(float("inf")),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=4,
)  # fmt: skip
SAID = sorted(name for name in LATER if name.endswith((".json", ".jsonl")))


@over(st.sampled_from(SAID), st.integers(0), st.integers(0), VALUES, examples=300)
def test_whatever_stands_there_it_is_never_an_exception(
    name: str, line: int, place: int, value: object
) -> None:
    lines = [json.loads(each) for each in LATER[name].splitlines()]
    part = lines[line % len(lines)]
    part = part[line % len(part)] if isinstance(part, list) else part
    part[sorted(part)[place % len(part)]] = value
    changed = "".join(json.dumps(each) + "\n" for each in lines).encode()
    with TemporaryDirectory() as folder:
        statement = said(LATER | {name: changed}, Path(folder), explain=7)
    assert statement.text().encode()
    assert b"Infinity" not in statement.json().encode()


def test_what_a_stranger_wrote_moves_no_terminal(tmp_path: Path) -> None:
    files = with_json(WHOLE, "figures.json", lambda figures: figures[0].update(name="\x1b[2J"))
    files = with_json(files, "report.json", lambda said: said.update(origin="\x9b2J"))
    assert said(files, tmp_path).text().replace("\n", "").isprintable()
