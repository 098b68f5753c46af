"""What each part of the log catches, and in which words: one test for each attack or accident.

The first table of `docs/reference/what-the-log-proves.md` has one row for each heading below, the
second what nobody notices. Whoever attacks holds the host: all databases, and where it says so the
log's key and a signer that forgot.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import orjson
import pytest
from tlog_scales.tlog import ConsistencyProof, ConsistencyProofInvalid

from accord.log_copy import Address
from accord.statement import Statement, Verdict
from accord.verify_log import Known, compare, verify_log
from accord.verify_report import verify_report
from accord.verify_standalone import main as verify_alone
from services.audit.examining import Examiner
from services.audit.inbox import Intake
from services.audit.signing import NotSigned
from services.audit.views.served import Log
from shared.inbox import Reader
from shared.tlog.checkpoint import Checkpoint
from shared.tlog.fork import Fork
from shared.tlog.key import vkey
from shared.tlog.note import Note
from shared.tlog.policy import Log as Believed
from shared.tlog.policy import Policy
from tests.audit.attacks import (
    CURSOR,
    LOG,
    backup,
    edit,
    forgetful,
    instead,
    reported,
    restore,
    rewrite,
)
from tests.audit.house import House
from tests.audit.reading import Files, NotWhole, audited
from tests.audit.site import Site, site
from tests.audit.test_log import rewrite as rewrite_journal
from tests.audit.test_log import taken_back
from tests.audit.test_witnesses import Round, witnessed
from tests.audit.written import Written, event

NOW = 4_000_000_000
TO_ANOTHER = instead(b"app_user", b"api_user")


@dataclass
class Kept:
    """A log of 300 entries, sealed and published, and how its readers see it."""

    home: House
    site: Site
    coalition: UUID
    journal: Written
    reader: Reader

    async def grow(self, count: int) -> Log:
        """Let events come, and seal and publish them; nobody is asked to witness."""
        self.journal.write(count)
        assert await self.reader.heal(self.coalition)
        await self.home.sealer.seal(self.coalition)
        return await self.home.log(self.coalition)

    async def log(self) -> Log:
        return await self.home.published(self.coalition)

    async def read(self) -> None:
        """Read all of it as tlog-scales does, which keeps nothing from before.

        Raises:
            Exception: it does not fit.
        """
        log = await self.log()
        files = Files(self.site.log(log.id), self.site.token())
        await asyncio.to_thread(audited, files, log.vkey)

    async def verified(
        self, policy: Policy | None = None, *known: Note
    ) -> tuple[Statement, Fork | None]:
        """Read all of it as `accord verify URL` does.

        Args:
            policy: Whose signatures count; the log's own are enough.
            known: Checkpoints that the reader kept.
        """
        log = await self.log()
        trusted = policy or Policy.parse(f"log {log.vkey}\nquorum none\n".encode())
        at = Address(self.site.log(log.id), self.site.token())
        held = [Known.read("ours", bytes(note), trusted, NOW) for note in known]
        return await asyncio.to_thread(verify_log, at, trusted, NOW, known=held, max_age=NOW)

    async def examined(self, journal: Written | None = None) -> list[str]:
        """Examine the log as every night; return what differs, in words.

        Args:
            journal: As it is by then.
        """
        sources = {"members": journal or self.journal}
        found = await Examiner(self.home.app, self.home.watch, sources).examine(self.coalition)
        assert not found or await self.home.state(self.coalition) == "frozen"
        return [each.why for each in found]

    async def refused(self, *known: Note) -> str:
        """Return why `accord verify` calls the log invalid."""
        said, _ = await self.verified(None, *known)
        assert (said.verdict, said.established) == (Verdict.INVALID, ()), said.text()
        return said.reason

    async def why(self) -> str:
        """Return why the log is frozen, in the words that its page shows."""
        assert await self.home.state(self.coalition) == "frozen"
        [found] = await self.home.inconsistencies(self.coalition)
        evidence: dict[str, str] = orjson.loads(found["evidence"])
        return evidence.get("why", "")

    @contextmanager
    def witnesses(self, folder: Path, log: Log) -> Iterator[Round]:
        with witnessed(folder, log.origin, log.vkey) as three:
            yield three


@pytest.fixture(scope="module")
async def served(home: House) -> AsyncIterator[Site]:
    async with site(home) as opened:
        yield opened


@pytest.fixture
async def kept(home: House, served: Site, coalition: UUID) -> Kept:
    served.enter(coalition)
    journal = Written(coalition)
    reader = Reader(Intake("members"), journal, home.app, home.watch, None)
    made = Kept(home, served, coalition, journal, reader)
    await made.grow(300)
    await made.read()
    return made


# A row edited or deleted after it was sealed


@pytest.mark.parametrize("seq", [7, 280])
async def test_an_entry_edited_after_sealing_is_not_that_of_its_hash(kept: Kept, seq: int) -> None:
    await edit(kept.home, kept.coalition, seq, TO_ANOTHER, hashes=False)
    with pytest.raises(NotWhole, match=f"entry {seq} is not that of its hash"):
        await kept.read()
    assert f"holds another hash than entry {seq} leads to." in await kept.refused()
    assert await kept.examined() == [
        f"entry {seq} is not what came",
        f"event {seq + 1} of members is not the one that was kept",
    ]


@pytest.mark.parametrize("seq", [7, 280])
async def test_edited_with_all_its_hashes_it_is_not_what_was_signed(kept: Kept, seq: int) -> None:
    log = await kept.log()
    await edit(kept.home, kept.coalition, seq, TO_ANOTHER, hashes=True)
    with pytest.raises(NotWhole, match="the root is not that of the tiles"):
        await kept.read()
    assert await kept.refused() == "The entries lead to another root than the one that was signed."
    leaves = await kept.home.admin.fetch(
        "select leaf_hash from log.entry where coalition_id = $1 order by seq", kept.coalition
    )
    with pytest.raises(NotSigned, match=f"leaf {seq} was signed with another hash"):
        await kept.home.signer.sign(log.origin, 0, [row[0] for row in leaves])
    assert await kept.examined() == [
        "the checkpoint of size 300 does not follow from the entries",
        f"event {seq + 1} of members is not the one that was kept",
    ]


async def test_a_deleted_entry_leaves_a_bundle_that_is_too_short(kept: Kept) -> None:
    await kept.home.admin.execute(
        "delete from log.entry where coalition_id = $1 and seq = 7", kept.coalition
    )
    with pytest.raises(NotWhole, match="entry 7 is not that of its hash"):
        await kept.read()
    assert await kept.refused() == "tile/entries/000 has 255 entries; it holds 256."
    assert await kept.examined() == [
        "entry 7 is missing", "event 8 of members is not the one that was kept",
    ]  # fmt: skip


@pytest.mark.parametrize("gone", [False, True])
async def test_an_event_edited_or_deleted_in_its_journal_is_found_at_night(
    kept: Kept,
    gone: bool,  # noqa: FBT001 - pytest gives it
) -> None:
    assert await kept.examined() == []
    other = Written(kept.coalition, [*kept.journal.entries])
    other.chains = kept.journal.chains
    other.entries[7:8] = [] if gone else [TO_ANOTHER(other.entries[7])]
    assert await kept.examined(other) == ["event 8 of members is not the one that was kept"]


async def test_an_event_edited_in_its_journal_is_published_in_both_versions(
    home: House, coalition: UUID
) -> None:
    await home.put(coalition, 3)
    await home.sealer.seal(coalition)
    await rewrite_journal(home, coalition, 2)
    await home.tell_again(coalition)
    assert await home.state(coalition) == "frozen"
    [found] = await home.inconsistencies(coalition)
    both = orjson.loads(found["evidence"])
    assert (both["kept"].count("app_user"), both["came"].count("api_user")) == (1, 1)


# The newest rows cut off


async def test_cut_off_entries_are_missed_by_readers_and_the_signer(kept: Kept) -> None:
    then = await backup(kept.home, kept.coalition)
    longer = (await kept.grow(5)).note
    assert longer is not None
    await restore(kept.home, kept.coalition, then, *LOG)
    await kept.read()  # by itself it is whole
    assert await kept.refused(longer) == (
        "The log shows 300 entries, and ours was signed at 305: it lost its end, or this is an old "
        "copy."
    )
    await reopened(kept)
    assert await kept.why() == "the database is older than what was signed"


async def reopened(kept: Kept) -> None:
    """Let the service start anew on what stands there now, and one event more come."""
    await kept.home.admin.execute(
        "update log.log set changed_at = '-infinity', size = size + 1 where coalition_id = $1",
        kept.coalition,
    )
    await kept.home.again().look()


async def test_and_by_witnesses_where_the_signer_was_taken_back_too(
    kept: Kept, tmp_path: Path
) -> None:
    log = await kept.log()
    with kept.witnesses(tmp_path, log) as three:
        policy = three.policy(3)
        then = await backup(kept.home, kept.coalition)
        assert (await kept.grow(5)).size == 305
        assert await kept.home.asking(policy).round(kept.coalition) == {}
        await restore(kept.home, kept.coalition, then, *LOG)
        silent = await kept.home.asking(policy).round(kept.coalition)
    assert set(silent.values()) == {"It holds size 305, which is beyond 300."}
    assert len(silent) == 3
    assert not (await kept.log()).witnessed


# A journal or the audit database restored from an old backup


async def test_a_journal_that_was_taken_back_freezes_the_log(home: House, coalition: UUID) -> None:
    await home.put(coalition, 3)
    await taken_back(home, coalition, 2)
    await home.compare()
    assert await home.state(coalition) == "frozen"
    [found] = await home.inconsistencies(coalition)
    assert orjson.loads(found["evidence"])["head"][0] == 2


async def test_one_that_went_on_otherwise_since_does_too(kept: Kept) -> None:
    other = Written(kept.coalition)
    other.entries, other.chains = kept.journal.entries[:290], kept.journal.chains[:291]
    other.write(10, of_bytes=900)
    other.write(5)
    reader = Reader(Intake("members"), other, kept.home.app, kept.home.watch, None)
    await reader.heal(kept.coalition)
    assert await kept.why() == "the chain does not fit"
    assert "event 291 of members is not the one that was kept" in await kept.examined(other)
    assert (await kept.log()).kept == 300


async def test_an_audit_database_that_was_taken_back_is_noticed_at_its_start(kept: Kept) -> None:
    """Its cursors too: the events come again, and would have been given other places."""
    then = await backup(kept.home, kept.coalition)
    await kept.grow(5)
    await restore(kept.home, kept.coalition, then, *LOG, CURSOR)
    again = Reader(Intake("members"), kept.journal, kept.home.app, kept.home.watch, None)
    assert await again.heal(kept.coalition)
    assert (await kept.log()).kept == 305
    await reopened(kept)
    assert await kept.why() == "the database is older than what was signed"


# History rewritten, and signed again by the host


async def test_a_rewritten_history_contradicts_every_older_checkpoint(
    kept: Kept, tmp_path: Path
) -> None:
    old = await kept.log()
    assert old.note is not None
    with kept.witnesses(tmp_path, old) as three:
        policy = three.policy(3)
        assert await kept.home.asking(policy).round(kept.coalition) == {}
        new = await rewritten(kept, tmp_path)
        assert (new.vkey, new.size) == (old.vkey, 310)
        await kept.read()  # alone it is as good as the true one

        silent = await kept.home.asking(policy).round(kept.coalition)
        assert len(silent) == 3
        assert all(
            "422: 'The consistency proof from size 300 does not hold.'" in why
            for why in silent.values()
        ), silent
        [evidence] = (three.states[0].folder / "evidence").iterdir()
    older, newer = Fork.parse(evidence.read_bytes()).check([Believed(vkey(old.vkey))], NOW)
    assert older == Checkpoint.parse(old.note.text)
    assert newer.size == 310

    said, fork = await kept.verified(None, old.note)
    assert (said.verdict, said.reason) == (
        Verdict.FORKED,
        "ours and what is served contradict each other at size 300, and the log signed both.",
    )
    assert fork is not None
    assert fork.check([Believed(vkey(old.vkey))], NOW) == (older, newer)

    files = Files(kept.site.log(new.id), kept.site.token())
    checkpoint, reader = await asyncio.to_thread(audited, files, new.vkey)
    between = await asyncio.to_thread(reader.get_consistency_proof, 300, 310)
    with pytest.raises(ConsistencyProofInvalid):
        between.check(older.root, checkpoint.root_hash)
    with pytest.raises(ConsistencyProofInvalid):
        ConsistencyProof(300, 310, []).check(older.root, checkpoint.root_hash)


async def rewritten(kept: Kept, folder: Path) -> Log:
    """Change entry 7, append ten, and sign all of it anew with the true key."""
    kept.journal.write(10)
    leaves = [*kept.journal.entries]
    leaves[7] = TO_ANOTHER(leaves[7])
    await rewrite(kept.home, kept.coalition, leaves)
    async with forgetful(
        kept.home, (await kept.home.log_row(kept.coalition))["origin"], folder
    ) as sealer:
        await sealer.seal(kept.coalition)
    return await kept.home.log(kept.coalition)


# Different histories for different readers


async def test_readers_of_two_histories_find_out_by_comparing(kept: Kept, tmp_path: Path) -> None:
    """Two witnesses see one, the third another: two notes that together are evidence.

    That no two histories reach a quorum is tried in `tests/shared/tlog/test_policy.py`.
    """
    true = await kept.log()
    with kept.witnesses(tmp_path, true) as three:
        to_two, to_one = three.policy(3, without=1), three.policy(3, first=2)
        silent = await kept.home.asking(to_two).round(kept.coalition)
        assert len(silent) == 1
        first = await kept.log()
        await rewritten(kept, tmp_path)
        silent = await kept.home.asking(to_one).round(kept.coalition)
        assert len(silent) == 2
        second = await kept.log()
    assert not first.witnessed
    assert not second.witnessed
    assert first.note is not None
    assert second.note is not None
    trusted = Policy.parse(f"log {true.vkey}\nquorum none\n".encode())
    seen = [
        Known.read(name, bytes(note), trusted, NOW)
        for name, note in (("Ada's", first.note), ("Ben's", second.note))
    ]
    site = Address(kept.site.log(second.id), kept.site.token())
    said, fork = await asyncio.to_thread(compare, seen, site, trusted, NOW)
    assert (said.verdict, said.reason) == (
        Verdict.FORKED,
        "Ada's and what is served contradict each other at size 300, and the log signed both.",
    )
    assert fork is not None
    Fork.parse(bytes(fork)).check([Believed(vkey(true.vkey))], NOW)


# Backdating


async def test_who_backdates_is_contradicted_by_when_witnesses_saw_less(
    kept: Kept, tmp_path: Path
) -> None:
    """The host's clock says March 2026; at 300 entries the witnesses saw nothing of the next."""
    log, seen = await kept.log(), []
    with kept.witnesses(tmp_path, log) as three:
        policy = three.policy(3)
        judging = Policy.parse(three.written(3, log=log.vkey))
        for _ in range(2):
            assert await kept.home.asking(policy).round(kept.coalition) == {}
            said, _ = await kept.verified(judging)
            assert said.verdict is Verdict.VERIFIED, said.text()
            seen.append(said)
            await kept.grow(1)
    first, second = seen
    assert (first.facts["size"], second.facts["size"]) == (300, 301)
    entry = orjson.loads(kept.journal.entries[300])  # in the second, and not in the first
    recorded = datetime.fromisoformat(entry["recordedtime"])
    shown = [datetime.fromisoformat(each["at"]) for each in first.facts["witnesses"]]
    assert len(shown) == 3
    assert min(shown) > recorded + timedelta(days=100)
    words = second.text()
    assert f"witnessed by w0 ({second.facts['witnesses'][0]['at']})" in words
    assert f"recorded from {entry['recordedtime']} to {entry['recordedtime']}" in words


# Omission from a report


async def test_nothing_is_left_out_of_a_report_unseen(kept: Kept, tmp_path: Path) -> None:
    """A report on entries 300 to 310 of a log that three witnesses saw at both ends."""
    old, ends = await kept.log(), []
    with kept.witnesses(tmp_path, old) as three:
        for _ in range(2):
            assert await kept.home.asking(three.policy(3)).round(kept.coalition) == {}
            note = (await kept.log()).note
            assert note is not None
            ends.append(note)
            await kept.grow(10)
        written = three.written(3, log=old.vkey)

    def said(entries: Sequence[bytes], end: int = 310) -> Statement:
        path = reported(tmp_path / "report.zip", ends, entries, end, written)
        told = verify_report(path, Policy.parse(written), (), NOW)
        assert verify_alone([str(path)]) == told.verdict  # in one file, written apart from it
        return told

    told = kept.journal.entries[300:310]
    whole = said(told)
    assert whole.verdict is Verdict.VERIFIED, whole.text()
    assert "complete, 10 entries" in whole.established
    swapped, other = [*told], [*told]
    swapped[3], swapped[4] = swapped[4], swapped[3]
    other[3] = TO_ANOTHER(other[3])
    for entries, end, why in (
        (told[:9], 310, "items.jsonl: it has 9 entries; the report is of 10."),
        (told[:9], 309, "new/checkpoint: it is of .* at size 310; the report is of .* at 309."),
        ([*told[:3], *told[4:], told[3]], 310, "Entry 309: it is members/304; the one before was"),
        ([*told[:3], *told[4:], event(kept.coalition, 311)], 310, "311"),
        (swapped, 310, "Entry 304: it is members/304; the one before was 305"),
        (other, 310, "The 10 entries do not lead to the root that was signed for entry 310"),
    ):
        refused = said(entries, end)
        assert (refused.verdict, refused.established) == (Verdict.INVALID, ())
        assert re.search(why, refused.reason), refused.reason


# What the page says

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "what-the-log-proves.md"
UNNOTICED = {
    "An edit between commit and sealing": "leaf hash",
    "An event that was never submitted or never appended": "receipt",
    "False content": "who said it",
    "Collusion beyond the quorum rule": "names the organisations that it relied on",
}


def rows(heading: str) -> dict[str, str]:
    """Return the rows of the table below a heading, by their first cell."""
    below = PAGE.read_text("utf-8").partition(f"## {heading}\n")[2].partition("\n## ")[0]
    found = [line.strip("|").split("|") for line in below.splitlines() if line.startswith("|")]
    assert len(found[0]) == 2
    return {first.strip(): second.strip() for first, second in found[2:]}


def test_the_page_names_what_is_noticed_and_nothing_that_is_not_tried() -> None:
    here = Path(__file__).read_text("utf-8").splitlines()
    headings = {line.removeprefix("# ") for line in here if line.startswith("# ")}
    assert set(rows("What is noticed")) == headings - {"What the page says"}


def test_the_page_names_what_is_not_noticed_and_what_helps() -> None:
    said = rows("What is not noticed")
    assert set(said) == set(UNNOTICED)
    for attack, helps in UNNOTICED.items():
        assert helps in said[attack], attack
