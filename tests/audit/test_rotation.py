"""A log changes its key: both sign for a while, witnesses follow, and the old one ends."""

from pathlib import Path
from uuid import UUID

import pytest

from services.audit.rotation import CannotRotate, turn
from services.audit.views.served import Log as Served
from shared.tlog.about import About, read_about
from shared.tlog.checkpoint import Checkpoint
from shared.tlog.key import vkey
from shared.tlog.note import Note, NotSigned, Signer
from shared.tlog.policy import Log, Policy
from shared.tlog.tree import leaf_hash, root_of
from tests.accord.witnessing import served, state_in
from tests.audit.house import House

NOW = 4_000_000_000


async def sealed(home: House, coalition: UUID, count: int) -> Served:
    await home.put(coalition, count)
    await home.sealer.seal(coalition)
    await home.asking().round(coalition)
    return await home.published(coalition)


def signers(log: Served) -> set[str]:
    """Return the keys of the log that signed its newest checkpoint."""
    assert log.note is not None
    return {str(key) for key, _ in log.note.verified(log.keys, NOW)}


async def test_both_sign_for_a_while_and_then_the_new_one_alone(
    home: House, coalition: UUID
) -> None:
    old = (await sealed(home, coalition, 3)).vkey
    begun = await turn(home.app, home.signer, coalition, "rotate")
    new = str(begun.terms[-1].key)
    assert [(str(term.key), term.begins, term.until) for term in begun.terms] == [
        (old, 0, None), (new, 3, None),
    ]  # fmt: skip
    log = await sealed(home, coalition, 2)
    assert log.about is not None
    assert read_about(log.about, NOW) == begun
    assert (log.vkey, signers(log)) == (new, {old, new})
    with pytest.raises(CannotRotate, match="two keys sign"):
        await turn(home.app, home.signer, coalition, "rotate")

    ended = await turn(home.app, home.signer, coalition, "retire")
    assert [(str(term.key), term.until) for term in ended.terms] == [(old, 5), (new, None)]
    log = await sealed(home, coalition, 1)
    assert signers(log) == {new}
    with pytest.raises(CannotRotate, match="only one key signs"):
        await turn(home.app, home.signer, coalition, "retire")
    assert await home.again().seal(coalition) is None, "a sealer that starts knows both"
    assert await home.state(coalition) == "open"


async def test_a_key_of_a_frozen_log_is_not_rotated(home: House, coalition: UUID) -> None:
    await sealed(home, coalition, 3)
    await home.admin.execute(
        "update log.log set state = 'frozen' where coalition_id = $1", coalition
    )
    with pytest.raises(CannotRotate, match="stolen"):
        await turn(home.app, home.signer, coalition, "rotate")


async def test_a_log_without_a_key_has_none_to_rotate(home: House, coalition: UUID) -> None:
    with pytest.raises(CannotRotate, match="no log"):
        await turn(home.app, home.signer, coalition, "rotate")


async def test_a_witness_follows_while_both_sign(
    home: House, coalition: UUID, tmp_path: Path
) -> None:
    first = await sealed(home, coalition, 2)
    old = vkey(first.vkey)
    state = state_in(tmp_path)
    known = {first.origin: [Log(old)]}
    with served(state, known) as server:
        text = f"witness w {state.cosigner.key} {server.url}\nquorum w\n"
        asking = home.asking(Policy.parse(text.encode()))
        assert await asking.round(coalition) == {}
        begun = await turn(home.app, home.signer, coalition, "rotate")
        await sealed(home, coalition, 1)
        assert await asking.round(coalition) == {}, "the old vkey is enough for now"
        ended = await turn(home.app, home.signer, coalition, "retire")
        await sealed(home, coalition, 1)
        silent = await asking.round(coalition)
        assert "403" in str(silent), "it did not follow in time"
        known[first.origin] = [Log(old, until=3), Log(begun.current[1])]
        assert await asking.round(coalition) == {}
    assert (await home.published(coalition)).witnessed
    assert ended.current == (begun.current[1],)


async def test_what_the_old_key_signs_beyond_its_end_is_not_believed(
    home: House, coalition: UUID
) -> None:
    await sealed(home, coalition, 3)
    seed = home.store.open((await home.log_row(coalition))["origin"])[0].seed
    await turn(home.app, home.signer, coalition, "rotate")
    await turn(home.app, home.signer, coalition, "retire")
    log = await sealed(home, coalition, 1)
    assert log.about is not None
    assert log.note is not None
    policy = Policy.parse(
        About.parse(log.about.text).in_policy("https://host.example").encode() + b"quorum none\n"
    )
    assert policy.judge(bytes(log.note), NOW).checkpoint.size == 4
    stolen, leaves = Signer(log.origin, seed), [leaf_hash(bytes([n])) for n in range(4)]
    text = str(Checkpoint(log.origin, 4, root_of(leaves)))
    with pytest.raises(NotSigned):
        policy.judge(bytes(Note(text, (stolen.sign(text),))), NOW)


async def test_a_key_that_is_made_is_wrapped_like_the_first(home: House, coalition: UUID) -> None:
    log = await sealed(home, coalition, 1)
    await turn(home.app, home.signer, coalition, "rotate")
    seeds = {key.seed for key, _ in home.store._keys(log.origin)}  # noqa: SLF001 - to look for them
    assert len(seeds) == 2
    kept = home.store._db.execute("select seed from key").fetchall()  # noqa: SLF001 - as kept
    assert not any(seed in wrapped for (wrapped,) in kept for seed in seeds)
