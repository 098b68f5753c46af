"""Who somebody is: looked up once for all their requests in hand, never on an older look's no."""

import asyncio
from collections.abc import Mapping
from typing import Any, cast
from uuid import UUID

import pytest

from shared.host import KNOWN_SECONDS, Host
from shared.identity import Signed
from shared.peers import Known

COALITION, ANNA = UUID(int=1), UUID(int=2)
MEMBER = Known(ANNA, ("members", "public"))
SIGNED = Signed("accord", "anna@1")


class Register:
    """Who belongs where, with looks that end only when they are let."""

    def __init__(self) -> None:
        self.people: dict[UUID, Known] = {COALITION: MEMBER}
        self.looks: list[asyncio.Future[None]] = []

    async def whois(self, _subject: str) -> Mapping[UUID, Known]:
        seen, look = dict(self.people), asyncio.get_running_loop().create_future()
        self.looks.append(look)
        await look
        return seen

    async def ends(self, number: int, error: Exception | None = None) -> None:
        await ticks()
        if error is None:
            self.looks[number].set_result(None)
        else:
            self.looks[number].set_exception(error)
        await ticks()


async def ticks() -> None:
    """Let everything run on until it waits."""
    for _ in range(10):
        await asyncio.sleep(0)


def host(register: Register) -> Host:
    absent = cast(Any, None)
    return Host(
        "members", pool=absent, relay_pool=absent, tokens=absent, peers=absent, policy={},
        whois=register.whois, serves=lambda _peer, _audience: False, own_key=absent,
    )  # fmt: skip


async def test_many_requests_at_once_are_one_look() -> None:
    register = Register()
    asked = host(register)
    waiting = [asyncio.create_task(asked.known(SIGNED, COALITION)) for _ in range(50)]
    await register.ends(0)
    assert await asyncio.gather(*waiting) == [MEMBER] * 50
    assert len(register.looks) == 1


async def test_a_no_of_a_look_that_had_begun_before_is_not_taken() -> None:
    register = Register()
    register.people.clear()
    asked = host(register)
    before = asyncio.create_task(asked.known(SIGNED, COALITION))
    await ticks()
    register.people[COALITION] = MEMBER
    after = asyncio.create_task(asked.known(SIGNED, COALITION))
    await ticks()
    await register.ends(0)
    assert await before is None
    await register.ends(1)
    assert await after == MEMBER


async def test_a_look_that_fails_fails_for_all_who_wait_and_for_nobody_else() -> None:
    register = Register()
    asked = host(register)
    waiting = [asyncio.create_task(asked.known(SIGNED, COALITION)) for _ in range(3)]
    await register.ends(0, ConnectionError())
    for one in waiting:
        with pytest.raises(ConnectionError):
            await one
    again = asyncio.create_task(asked.known(SIGNED, COALITION))
    await register.ends(1)
    assert await again == MEMBER


async def test_who_gives_up_leaves_the_look_to_the_others() -> None:
    register = Register()
    asked = host(register)
    first = asyncio.create_task(asked.known(SIGNED, COALITION))
    await ticks()
    second = asyncio.create_task(asked.known(SIGNED, COALITION))
    await ticks()
    first.cancel()
    await register.ends(0)
    assert await second == MEMBER
    assert len(register.looks) == 1


async def test_what_was_found_is_kept_for_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    register = Register()
    asked = host(register)
    now = 100.0
    monkeypatch.setattr("shared.host.time.monotonic", lambda: now)
    for number, moment in enumerate((0.0, KNOWN_SECONDS - 0.1, KNOWN_SECONDS + 0.1)):
        now = 100.0 + moment
        asking = asyncio.create_task(asked.known(SIGNED, COALITION))
        await ticks()
        if number != 1:
            await register.ends(len(register.looks) - 1)
        assert await asking == MEMBER
    assert len(register.looks) == 2
