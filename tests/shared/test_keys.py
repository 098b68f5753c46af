"""The key store on a real PostgreSQL: what is destroyed is gone for good, and known as erased."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest

from shared.decider import Refused
from shared.sealing import Erased, Keys, open_disclosure, seal
from tests.shared.jars import KEK, Put, Shop, ask, opened, shop, writing

EVENT, OTHER = UUID(int=3), UUID(int=52)


@pytest.fixture(scope="module")
async def store(postgres: str) -> AsyncIterator[Shop]:
    async with shop(postgres, "lockers") as opened:
        yield opened


def process(store: Shop) -> Keys:
    """Return the keys as another process of the same service has them."""
    return Keys(store.key_pool, KEK, "lockers")


async def rows(store: Shop, coalition: UUID) -> list[Any]:
    return await store.key_pool.fetch(
        "select person_id, wrapped_key, destroyed_at from sealing.sealing_key"
        " where coalition_id = $1 order by number",
        coalition,
    )


async def test_a_destroyed_key_is_overwritten_and_opens_nothing(store: Shop) -> None:
    coalition, person, keys = UUID(int=1), UUID(int=51), store.keys
    key = await keys.fetch(coalition, person, "members")
    closed = seal(key, coalition, EVENT, "members", "name", "Ana")
    assert open_disclosure(key, coalition, EVENT, closed) is not None
    assert await keys.known(coalition, [key.id])
    assert await keys.destroy(coalition, person) == {key.id}
    for each in (keys, process(store)):
        alive, destroyed = await each.look(coalition, [key.id, OTHER])
        assert (dict(alive), set(destroyed)) == ({}, {key.id})
    [row] = await rows(store, coalition)
    assert row["wrapped_key"] is None
    assert row["destroyed_at"] is not None


async def test_of_who_was_erased_no_key_is_made_again(store: Shop) -> None:
    coalition, person, keys = UUID(int=2), UUID(int=51), store.keys
    await keys.fetch(coalition, person, "members")
    elsewhere = process(store)
    await elsewhere.fetch(coalition, person, "members")
    await keys.destroy(coalition, person)
    for audience in ("members", "public"):
        with pytest.raises(Erased):
            keys.at_hand(coalition, person, audience)
        with pytest.raises(Erased):
            await elsewhere.fetch(coalition, person, audience)
    with pytest.raises(Erased):
        elsewhere.at_hand(coalition, person, "members")
    assert len(await rows(store, coalition)) == 1
    other = await keys.fetch(coalition, OTHER, "members")
    assert (await keys.known(coalition, [other.id])).keys() == {other.id}
    assert await keys.fetch(UUID(int=3), person, "members")  # another coalition's person


async def test_destroying_may_be_repeated(store: Shop) -> None:
    coalition, person, keys = UUID(int=4), UUID(int=51), store.keys
    key = await keys.fetch(coalition, person, "members")
    assert await keys.destroy(coalition, person) == await keys.destroy(coalition, person)
    before = await rows(store, coalition)
    assert await keys.of(coalition, person) == {key.id}
    await keys.destroy(coalition, person)
    assert await rows(store, coalition) == before
    assert await keys.destroy(coalition, OTHER) == frozenset()


async def test_unwrapped_copies_go_at_once(store: Shop) -> None:
    coalition, person = UUID(int=5), UUID(int=51)
    keys = process(store)
    key = await keys.fetch(coalition, person, "members")
    kept = await keys.fetch(coalition, None, "members")
    await keys.destroy(coalition, person)
    held = {of.id for _, of in keys._current.values()}  # noqa: SLF001 - what is in memory
    held |= {of.id for _, of in keys._by_id.values() if of}  # noqa: SLF001 - what is in memory
    assert key.id not in held
    assert (await keys.known(coalition, [kept.id, key.id])).keys() == {kept.id}


async def test_a_copy_of_an_erased_persons_key_is_not_kept(store: Shop) -> None:
    there, coalition, person = UUID(int=6), UUID(int=16), UUID(int=51)
    maker = Keys(store.key_pool, KEK, "maker")
    made = [await maker.fetch(there, one, "members") for one in (person, OTHER)]
    copies = await maker.export(there, 0, lambda _: True)
    assert [UUID(copy["key"]) for copy in copies] == [key.id for key in made]
    keeper = process(store)
    await keeper.destroy(coalition, person)
    await keeper.keep(coalition, "maker", copies)
    await keeper.keep(coalition, "maker", copies)
    alive, destroyed = await keeper.look(coalition, [key.id for key in made])
    assert (set(alive), set(destroyed)) == ({made[1].id}, {made[0].id})
    assert await keeper.of(coalition, person) == {made[0].id}


async def test_an_erased_persons_keys_are_not_handed_out(store: Shop) -> None:
    coalition, person, keys = UUID(int=7), UUID(int=51), store.keys
    await keys.fetch(coalition, person, "members")
    await keys.destroy(coalition, person)
    assert await keys.export(coalition, 0, lambda _: True) == []


async def test_a_key_that_is_being_made_is_destroyed_too(store: Shop) -> None:
    async def race(n: int) -> None:
        coalition, person = UUID(int=1_000 + n), UUID(int=51)
        maker = process(store)

        async def make() -> None:
            for audience in ("members", "public", "body:1"):
                await maker.fetch(coalition, person, audience)

        await asyncio.gather(make(), store.keys.destroy(coalition, person), return_exceptions=True)
        assert all(row["wrapped_key"] is None for row in await rows(store, coalition))

    for n in range(0, 60, 2):
        await asyncio.gather(race(n), race(n + 1))


async def test_nothing_is_recorded_about_who_was_erased_and_others_are_not_held_up(
    store: Shop,
) -> None:
    coalition, person, jar = UUID(int=8), UUID(int=51), UUID(int=11)
    async with writing(store.again()) as journal:
        await journal.write(ask(coalition, jar, Put(coins=1), actor=person))
        await store.keys.destroy(coalition, person)
        asks = [
            ask(coalition, jar, Put(coins=n), actor=by)
            for n, by in enumerate((person, OTHER, person, OTHER), 2)
        ]
        outcomes = await journal.write_all(asks)
    assert [isinstance(one, Refused) for one in outcomes] == [True, False, True, False]
    assert isinstance(outcomes[0], Refused)
    assert outcomes[0].reason == "person_erased"
    counted = await store.admin.fetchval(
        "select count(*) from journal.event where coalition_id = $1", coalition
    )
    assert counted == 3


async def test_a_cold_process_refuses_too(store: Shop) -> None:
    coalition, person, jar = UUID(int=9), UUID(int=51), UUID(int=12)
    await store.keys.destroy(coalition, person)
    cold = Shop(store.again(), store.admin, store.app, store.relay, process(store), store.key_pool)
    async with writing(cold.again()) as journal:
        with pytest.raises(Refused):
            await journal.write(ask(coalition, jar, Put(coins=1), actor=person))
        written = await journal.write(ask(coalition, jar, Put(coins=1), actor=OTHER))
    assert written.position == 1


async def test_keys_of_many_persons_are_made_once(postgres: str) -> None:
    coalition, persons = UUID(int=10), [UUID(int=n) for n in range(100, 130)]
    async with (
        shop(postgres, "many_keys") as one,
        opened(postgres, "many_keys", "many_keys") as other,
    ):
        first = await one.keys.fetch(coalition, persons[0], "members")
        await other.keys.ensure_all(coalition, persons, "members")
        made = [other.keys.at_hand(coalition, person, "members") for person in persons]
        assert made[0].id == first.id
        assert len({key.id for key in made}) == len(persons)
        await one.keys.ensure_all(coalition, reversed(persons), "members")
        read = [one.keys.at_hand(coalition, person, "members") for person in persons]
        assert [key.id for key in read] == [key.id for key in made]
        nonce, words = bytes(12), b"a word"
        for key, same in zip(made, read, strict=True):
            assert same.cipher.decrypt(nonce, key.cipher.encrypt(nonce, words, b""), b"") == words
        assert {*await one.keys.known(coalition, [key.id for key in made])} == {
            key.id for key in made
        }
