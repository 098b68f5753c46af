"""A witness that nobody can reach fetches what it judges, and judges it no more kindly."""

import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from accord import witness, witness_pull
from accord.failed import Failed
from accord.log_copy import Address, LogTiles
from accord.witness_pull import pull
from accord.witness_state import Contradicted, WitnessState
from shared.tlog.checkpoint import Checkpoint
from shared.tlog.fork import Fork
from shared.tlog.note import Signer
from shared.tlog.policy import Log
from tests.accord.log_site import LogSite, site_of
from tests.accord.witnessing import state_in
from tests.shared.tlog.growing import GrowingLog

LOG = GrowingLog().grow(7)
ORIGIN = LOG.signer.name


@pytest.fixture
def state(tmp_path: Path) -> WitnessState:
    return state_in(tmp_path / "state")


@pytest.fixture
def site() -> Iterator[LogSite]:
    with site_of(GrowingLog().grow(7)) as running:
        yield running


def pulled(state: WitnessState, site: LogSite) -> str:
    return pull(state, ORIGIN, [Log(LOG.signer.key, site.url)])


def held(state: WitnessState) -> Checkpoint | None:
    note = state.last(ORIGIN)
    return Checkpoint.parse(note.text) if note else None


@pytest.mark.parametrize("size", [1, 2, 3, 255, 256, 257, 511, 512, 1_000, 65_537, 70_000])
def test_proofs_come_out_of_tiles(size: int) -> None:
    log = GrowingLog().grow(size)
    with site_of(log) as site:
        tiles = LogTiles(Address(site.url), size)
        for old in {0, 1, size // 2, size * 2 // 3, size - 1, 256 * (size // 256), size}:
            assert tiles.proof(old) == log.proof(old)
        assert tiles.root_at(size) == log.checkpoint.root
        assert tiles.root_at(0) == GrowingLog().checkpoint.root


def test_a_log_is_followed_as_it_grows(state: WitnessState, site: LogSite) -> None:
    for more in (0, 0, 1, 300, 13, 700):
        site.log.grow(more)
        assert pulled(state, site) == f"'{ORIGIN}' size {len(site.log.leaves)} cosigned"
        assert held(state) == site.log.checkpoint
        handed = site.handed[-1]
        both = handed.verified([LOG.signer.key, state.cosigner.key], int(time.time()))
        assert len(both) == 2
        assert handed == state.last(ORIGIN)


def test_few_tiles_are_asked_for(state: WitnessState, site: LogSite) -> None:
    site.log.grow(70_000 - 7)
    pulled(state, site)
    assert site.asked == ["/log/checkpoint"]  # from nothing there is nothing to prove
    site.log.grow(3)
    pulled(state, site)
    assert sorted(site.asked[2:]) == [
        "/log/tile/0/273.p/115", "/log/tile/1/001.p/17", "/log/tile/2/000.p/1",
    ]  # fmt: skip


def test_a_partial_tile_that_is_gone_is_the_beginning_of_the_full_one(
    state: WitnessState, site: LogSite
) -> None:
    pulled(state, site)
    site.log.grow(93)  # while this checkpoint is on the way, the log grows on
    site.raw = bytes(site.log.note)
    site.log.grow(400)
    site.partials = False
    assert pulled(state, site) == f"'{ORIGIN}' size 100 cosigned"
    assert "/log/tile/0/000" in site.asked


@pytest.mark.parametrize(("size", "more"), [(7, 0), (7, 5), (8, 0), (8, 5), (256, 9)])
def test_a_fork_is_shown_whatever_its_size(state: WitnessState, size: int, more: int) -> None:
    """Of a tree that can be asked, the root is known even where a proof leaves it out."""
    log = GrowingLog().grow(size)
    with site_of(log) as site:
        pulled(state, site)
        site.log = log.forked(4).grow(size - 4 + more, "another")
        with pytest.raises(Contradicted) as forked:
            pulled(state, site)
        assert len(site.handed) == 1
        fork = Fork.parse(forked.value.evidence.read_bytes())
        both = fork.check([Log(LOG.signer.key)], int(time.time()))
        assert both == (log.checkpoint, site.log.checkpoint)
    assert held(state) == log.checkpoint


def test_tiles_that_do_not_fit_the_checkpoint_prove_nothing(
    state: WitnessState, site: LogSite
) -> None:
    pulled(state, site)
    site.raw = bytes(LOG.forked(7).grow(5).note)
    site.log = LOG.forked(2).grow(10, "another")  # the tiles are of something that nobody signed
    with pytest.raises(Failed, match="size 12 declined: The consistency proof from size 7"):
        pulled(state, site)
    assert held(state) == LOG.checkpoint


def test_an_older_checkpoint_is_not_cosigned(state: WitnessState, site: LogSite) -> None:
    pulled(state, site)
    site.log = LOG.forked(5)
    with pytest.raises(Failed, match="shows size 5, but this witness cosigned 7"):
        pulled(state, site)


def test_what_is_not_signed_costs_no_tile(state: WitnessState, site: LogSite) -> None:
    pulled(state, site)
    site.asked.clear()
    site.log = GrowingLog(Signer(ORIGIN, b"\x08" * 32), list(LOG.leaves)).grow(1)
    with pytest.raises(Failed, match="declined: None of the keys"):
        pulled(state, site)
    assert site.asked == ["/log/checkpoint"]


def test_another_log_at_the_address_is_told(state: WitnessState, site: LogSite) -> None:
    site.log = GrowingLog(Signer("other.example/log", b"\x07" * 32)).grow(3)
    with pytest.raises(Failed, match=r"is the log 'other\.example/log', not"):
        pulled(state, site)


@pytest.mark.parametrize("raw", [b"", b"hello\n", b"\xff" * 100])
def test_what_is_no_checkpoint_is_told(state: WitnessState, site: LogSite, raw: bytes) -> None:
    site.raw = raw
    with pytest.raises(Failed, match=r"/log/checkpoint: The note"):
        pulled(state, site)


def test_a_log_without_its_tiles_is_not_cosigned(state: WitnessState, site: LogSite) -> None:
    pulled(state, site)
    site.log.grow(3)
    site.tiles = False
    with pytest.raises(Failed, match=r"tile/0/000\.p/10 answered 404"):
        pulled(state, site)
    assert held(state) == LOG.checkpoint


def test_a_line_that_was_not_taken_is_handed_in_again(state: WitnessState, site: LogSite) -> None:
    site.takes = False
    with pytest.raises(Failed, match="cosigned, but the log did not take it: it answered 503"):
        pulled(state, site)
    assert held(state) == LOG.checkpoint
    site.takes = True
    pulled(state, site)
    assert [Checkpoint.parse(note.text) for note in site.handed] == [LOG.checkpoint]


def test_a_log_that_does_not_answer_is_told(
    state: WitnessState, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(witness_pull, "SECONDS", 0.2)
    with site_of(LOG) as site:
        url = site.url
    with pytest.raises(Failed, match=f"'{ORIGIN}': http://127"):
        pull(state, ORIGIN, [Log(LOG.signer.key, url)])


def test_without_an_address_the_origin_is_the_address(
    state: WitnessState, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(witness_pull, "SECONDS", 0.2)
    with pytest.raises(Failed, match=r"https://log\.invalid/c/1/checkpoint"):
        pull(state, "log.invalid/c/1", [Log(Signer("log.invalid/c/1", b"\x07" * 32).key)])


def test_without_a_disk_nothing_is_handed_in(
    tmp_path: Path, site: LogSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(WitnessState, "_commit", full)
    policy = tmp_path / "policy"
    policy.write_text(f"log {LOG.signer.key} {site.url}\nquorum none\n")
    arguments = ["pull", "--state", str(tmp_path / "s"), "--policy", str(policy), "--name", "w"]
    ran = CliRunner().invoke(witness.app, arguments)
    assert ran.exit_code == 1
    assert "nothing can be kept: database or disk is full" in ran.output
    assert site.handed == []
