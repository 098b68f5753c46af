"""X10: clocks that are wrong, and that jump."""

import time
from datetime import datetime, timedelta

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from shared.identity import (
    LEEWAY_SECONDS,
    ServiceKey,
    Tokens,
    TrustedIssuer,
    Unauthenticated,
    verify_service,
)
from tests.chaos.line import HEARD_BY, Say, coalitions, line, shelf
from tests.shared.jars import Put, ask
from tests.shared.test_identity import ISSUER

READER = HEARD_BY["reports"]
MINUTES, DAY = timedelta(minutes=10), timedelta(days=1)
JUMPS = (timedelta(0), MINUTES, -MINUTES, DAY, -DAY, timedelta(0))


class Clock:
    """A clock that is wrong by as much as it is told."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.wrong = timedelta(0)
        right = time.time
        monkeypatch.setattr(time, "time", lambda: right() + self.wrong.total_seconds())

    def of_decisions(self, at: datetime) -> datetime:
        return at + self.wrong


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


async def test_x10_order_rests_on_no_clock(postgres: str, say: Say, clock: Clock) -> None:
    of = coalitions(3)
    async with line(postgres, "x10", clock=clock.of_decisions) as running:
        reader = running.reader(shelf(READER))
        kept = ask(of[0], of[0], Put(coins=7), key="kept")
        running.ledger[of[0], (await running.shop.journal.write(kept)).position] = 7
        for jump in JUMPS:
            clock.wrong = jump
            await running.put_many(of, each=5)
            for coalition in of:
                assert await reader.heal(coalition)
            again = ask(of[0], of[0], Put(coins=7), key="kept")
            assert (await running.shop.journal.write(again)).replayed
        await running.check(READER)
        rows = await running.shop.admin.fetch(
            "select bytes from journal.event where coalition_id = $1 order by position", of[1]
        )
    events = [orjson.loads(row["bytes"]) for row in rows]
    happened = [datetime.fromisoformat(event["time"]) for event in events]
    recorded = [datetime.fromisoformat(event["recordedtime"]) for event in events]
    assert happened != sorted(happened)  # the clock did jump back
    assert recorded == sorted(recorded)
    say(f"X10: {len(running.ledger)} puts over {len(JUMPS)} jumps of the clock, in order, once")


async def test_x10_a_database_whose_clock_jumped_back_records_no_earlier(postgres: str) -> None:
    [coalition] = coalitions(1)
    async with line(postgres, "x10_database") as running:
        await running.put(coalition)
        ahead = await running.shop.admin.fetchval(  # what a clock a day ahead has left behind
            "update journal.head set recorded_at = recorded_at + interval '1 day'"
            " returning recorded_at"
        )
        await running.put(coalition)
        entry = await running.shop.admin.fetchval(
            "select bytes from journal.event where position = 2"
        )
        recorded = datetime.fromisoformat(orjson.loads(entry)["recordedtime"])
        assert abs(recorded - ahead) < timedelta(milliseconds=1)
        assert await running.reader(shelf(READER)).heal(coalition)
        await running.check(READER)


def test_x10_tokens_hold_within_the_leeway_only(clock: Clock) -> None:
    def holds(wrong: timedelta) -> bool:
        tokens = Tokens((TrustedIssuer("accord", (ISSUER.key,), embedded=True),))
        clock.wrong = timedelta(0)
        token = ISSUER.mint("ada@example.org", seconds=900)
        clock.wrong = wrong
        try:
            return bool(tokens.verify(token))
        except Unauthenticated:
            return False

    almost = timedelta(seconds=LEEWAY_SECONDS - 5)
    assert holds(-almost)
    assert holds(MINUTES)
    assert holds(timedelta(seconds=900) + almost)
    assert not holds(-MINUTES)
    assert not holds(DAY)
    assert not holds(-DAY)


@pytest.mark.parametrize("jump", [MINUTES, -MINUTES, DAY, -DAY])
def test_x10_services_trust_each_other_after_a_jump(clock: Clock, jump: timedelta) -> None:
    key = ServiceKey(
        "credit",
        Ed25519PrivateKey.from_private_bytes(bytes(32))
        .private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        .decode(),
    )
    for clock.wrong in (timedelta(0), jump, timedelta(0)):
        signed = verify_service(key.mint("members"), "credit", key.public, "members")
        assert signed.service == "credit"
