"""Rounds with real witnesses: published at quorum, without one in time, and never with a fork."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from accord.witness_server import WitnessServer
from accord.witness_state import WitnessState
from services.audit.views.served import covering
from shared.database import tenant
from shared.tlog.checkpoint import Checkpoint
from shared.tlog.key import vkey
from shared.tlog.note import Note, Signer
from shared.tlog.policy import Log, Policy
from shared.tlog.tree import leaf_hash, root_of
from tests.accord.witnessing import served, state_in
from tests.audit.house import House

NAMES = "org-a.example/w", "org-b.example/w", "org-c.example/w"
NOW = 4_000_000_000


@dataclass
class Round:
    """A log, and three organisations that witness it."""

    states: list[WitnessState]
    servers: list[WitnessServer]

    def policy(
        self, needed: int, *, without: int = 0, first: int = 0, but: int | None = None
    ) -> Policy:
        """Return the policy by which so many of them are a quorum.

        Args:
            without: So many at the end have no address.
            first: Nor have those before this one.
            but: Who is no witness any more.
        """
        return Policy.parse(self.written(needed, without=without, first=first, but=but))

    def written(
        self, needed: int, *, without: int = 0, first: int = 0, but: int | None = None,
        log: str = "",
    ) -> bytes:  # fmt: skip
        """Return that policy as a file; with a vkey of the log it is one to verify by."""
        lines, last = [f"log {log}"] if log else [], len(self.states) - without
        names = []
        for number, (state, server) in enumerate(zip(self.states, self.servers, strict=True)):
            if number != but:
                url = server.url if first <= number < last else "http://127.0.0.1:9"
                lines.append(f"witness w{number} {state.cosigner.key} {url}")
                names.append(f"w{number}")
        lines += [f"group partners {needed} {' '.join(names)}", "quorum partners"]
        return "\n".join([*lines, ""]).encode()


@contextmanager
def witnessed(folder: Path, origin: str, key: str) -> Iterator[Round]:
    states = [state_in(folder / str(number), name) for number, name in enumerate(NAMES)]
    with ExitStack() as stack:
        known = {origin: [Log(vkey(key))]}
        yield Round(states, [stack.enter_context(served(state, known)) for state in states])


async def test_a_checkpoint_is_published_with_the_quorums_signatures(
    home: House, coalition: UUID, tmp_path: Path
) -> None:
    await home.put(coalition, 3)
    await home.sealer.seal(coalition)
    row = await home.log_row(coalition)
    with witnessed(tmp_path, row["origin"], row["vkey"]) as three:
        policy = three.policy(3)
        assert await home.asking(policy).round(coalition) == {}
        first = await home.published(coalition)
        assert (first.size, first.witnessed) == (3, True)
        await home.put(coalition, 300)
        await home.sealer.seal(coalition)
        assert await home.asking(policy).round(coalition) == {}
        grown = await home.published(coalition)
    assert (grown.size, grown.witnessed) == (303, True)
    judged = Policy(
        (Log(vkey(row["vkey"])),), policy.witnesses, policy.groups, policy.quorum
    ).judge(bytes(grown.note or Note("", ())), NOW)
    assert (len(judged.witnessed), judged.met) == (3, True)


async def test_one_that_is_away_holds_nothing_up_and_is_named(
    home: House, coalition: UUID, tmp_path: Path
) -> None:
    await home.put(coalition, 2)
    await home.sealer.seal(coalition)
    row = await home.log_row(coalition)
    with witnessed(tmp_path, row["origin"], row["vkey"]) as three:
        silent = await home.asking(three.policy(2, without=1)).round(coalition)
        assert list(silent) == [NAMES[2]]
        log = await home.published(coalition)
        assert (log.size, log.witnessed) == (2, True)
        await home.put(coalition, 1)
        await home.sealer.seal(coalition)
        silent = await home.asking(three.policy(3, without=1)).round(coalition)
        assert list(silent) == [NAMES[2]]
    log = await home.published(coalition)
    assert (log.size, log.witnessed) == (3, False), "sealed, not yet witnessed"
    async with tenant(home.app, [coalition]) as db:
        found = [await covering(db, log, index) for index in range(4)]
    covered = [None if each is None else (each.size, each.witnessed) for each in found]
    assert covered == [(2, True), (2, True), (3, False), None], "what was witnessed says most"


async def test_a_witness_that_is_behind_gets_the_proof_it_needs(
    home: House, coalition: UUID, tmp_path: Path
) -> None:
    await home.put(coalition, 2)
    await home.sealer.seal(coalition)
    row = await home.log_row(coalition)
    with witnessed(tmp_path, row["origin"], row["vkey"]) as three:
        await home.asking(three.policy(2, without=1)).round(coalition)
        await home.put(coalition, 5)
        await home.sealer.seal(coalition)
        await home.admin.execute(
            "delete from log.cosignature where coalition_id = $1", coalition
        )  # so that it has to be told by each witness where that stands
        assert await home.asking(three.policy(3)).round(coalition) == {}
    assert (await home.published(coalition)).witnessed


async def test_a_fork_with_the_logs_true_key_finds_no_witness(
    home: House, coalition: UUID, tmp_path: Path
) -> None:
    await home.put(coalition, 3)
    await home.sealer.seal(coalition)
    row = await home.log_row(coalition)
    with witnessed(tmp_path, row["origin"], row["vkey"]) as three:
        policy = three.policy(3)
        assert await home.asking(policy).round(coalition) == {}
        key = home.store.open(row["origin"])[0].seed
        forked = [leaf_hash(f"another {number}".encode()) for number in range(4)]
        text = str(Checkpoint(row["origin"], 4, root_of(forked)))
        note = bytes(Note(text, (Signer(row["origin"], key).sign(text),))).decode()
        await home.put(coalition, 1)
        for seq, each in enumerate(forked):
            await home.admin.execute(
                "update log.entry set leaf_hash = $3 where coalition_id = $1 and seq = $2",
                coalition, seq, each,
            )  # fmt: skip
        await home.admin.execute(
            "insert into log.checkpoint (coalition_id, log_id, size, root, note)"
            " values ($1, $2, 4, $3, $4)",
            coalition, row["log_id"], root_of(forked), note,
        )  # fmt: skip
        silent = await home.asking(policy).round(coalition)
    assert set(silent) == set(NAMES)
    assert all("422" in why for why in silent.values()), silent
    assert not (await home.published(coalition)).witnessed


async def test_a_witness_that_saw_more_than_the_database_has_freezes_the_log(
    home: House, coalition: UUID, tmp_path: Path
) -> None:
    """Database and signer may both be of yesterday; the witness is not."""
    await home.put(coalition, 3)
    await home.sealer.seal(coalition)
    row = await home.log_row(coalition)
    with witnessed(tmp_path, row["origin"], row["vkey"]) as three:
        policy = three.policy(2)
        await home.asking(policy).round(coalition)
        await home.put(coalition, 2)
        await home.sealer.seal(coalition)
        await home.asking(policy).round(coalition)
        for table in ("cosignature", "checkpoint"):
            await home.admin.execute(
                f"delete from log.{table} where coalition_id = $1 and size > 3",  # noqa: S608 - one of two
                coalition,
            )
        await home.asking(policy).look()  # the first after a start
    assert await home.state(coalition) == "frozen"
    [found] = await home.inconsistencies(coalition)
    assert (found["service"], found["position"]) == ("audit", 3)
    assert "5 leaves, not 3" in found["evidence"]
