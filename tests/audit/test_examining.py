"""Every night a log is made again from its entries, and compared with its journals."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import orjson
import pytest

from services.audit.__main__ import frozen
from services.audit.examining import Difference, Examiner
from services.audit.witnesses import Witnesses
from shared.source import Own
from tests.audit.house import NOBODY, House
from tests.audit.test_log import rewrite

HASHED = (
    "update log.entry set leaf = leaf || ' ', leaf_hash = sha256('\\x00'::bytea || leaf || ' ')"
    " where coalition_id = $1"
)
NIGHT = datetime(2026, 11, 23, 3, 15, tzinfo=UTC)


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = NIGHT

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def examiner(home: House, clock: Clock) -> Examiner:
    sources = {
        "members": Own("members", home.shop.relay, size=3),
        "meetings": Own("meetings", home.room.relay),
    }
    return Examiner(home.app, home.watch, sources, clock)


async def sealed(home: House, coalition: UUID, count: int) -> None:
    await home.put(coalition, count)
    await home.put(coalition, 2, meetings=True)
    await home.sealer.seal(coalition)


async def found(examiner: Examiner, home: House, coalition: UUID) -> Difference:
    """Return the only difference, which froze the log and is published with its position."""
    [one] = await examiner.examine(coalition)
    assert await home.state(coalition) == "frozen"
    [published] = await home.inconsistencies(coalition)
    assert (published["service"], published["position"]) == (one.service, one.position)
    assert orjson.loads(published["evidence"])["why"] == one.why
    return one


async def test_a_log_that_is_what_it_was_stays_open(
    home: House, coalition: UUID, examiner: Examiner
) -> None:
    await sealed(home, coalition, 1)
    await sealed(home, coalition, 7)
    await sealed(home, coalition, 600)
    await home.put(coalition, 5)  # not sealed yet
    assert await examiner.examine(coalition) == []
    assert await home.state(coalition) == "open"
    assert await home.inconsistencies(coalition) == []


@pytest.mark.parametrize(
    ("damage", "service", "position", "why"),
    [
        ("update log.entry set leaf = leaf || ' ' where coalition_id = $1 and seq = 300",
         "audit", 300, "is not what came"),
        (f"{HASHED} and seq = 300", "audit", 256, "tile 1 of level 0"),
        (f"{HASHED} and seq = 600", "audit", 602, "the checkpoint of size 602"),
        ("delete from log.entry where coalition_id = $1 and seq = 5", "audit", 5, "is missing"),
        ("delete from log.entry where coalition_id = $1 and seq = 601", "audit", 601, "is missing"),
        ("delete from log.tile where coalition_id = $1 and n = 1", "audit", 256, "does not follow"),
        ("update log.tile set root = sha256('x') where coalition_id = $1 and n = 0",
         "audit", 0, "tile 0 of level 0"),
        ("update log.checkpoint set root = sha256('x') where coalition_id = $1 and size = 10",
         "audit", 10, "the checkpoint of size 10"),
        ("update log.log set sealed_peaks = sealed_peaks || sha256('x') where coalition_id = $1",
         "audit", 602, "the peaks at 602"),
    ],
)  # fmt: skip
async def test_what_was_changed_in_the_database_is_found_where_it_is(
    home: House, coalition: UUID, examiner: Examiner,
    damage: str, service: str, position: int, why: str,
) -> None:  # fmt: skip
    await sealed(home, coalition, 8)
    await sealed(home, coalition, 590)
    await home.admin.execute(damage, coalition)
    examined = await examiner.examine(coalition)
    one = next(each for each in examined if each.service == service)
    assert (one.position, why in one.why) == (position, True), one
    assert await home.state(coalition) == "frozen"
    assert position in {row["position"] for row in await home.inconsistencies(coalition)}


async def test_one_event_that_was_edited_in_its_journal_is_found_by_its_position(
    home: House, coalition: UUID, examiner: Examiner
) -> None:
    await sealed(home, coalition, 9)
    await rewrite(home, coalition, 5)
    one = await found(examiner, home, coalition)
    assert (one.service, one.position) == ("members", 5)
    assert one.evidence["kept"].replace("app_user", "api_user") == one.evidence["came"]


async def test_a_journal_that_lost_its_end_is_found(
    home: House, coalition: UUID, examiner: Examiner
) -> None:
    await sealed(home, coalition, 6)
    await home.shop.admin.execute(
        "delete from journal.event where coalition_id = $1 and position > 3", coalition
    )
    one = await found(examiner, home, coalition)
    assert (one.service, one.position) == ("members", 3)
    assert one.why == "members ends at 3, and 6 was kept of it"


async def test_a_journal_that_is_gone_is_found(
    home: House, coalition: UUID, examiner: Examiner
) -> None:
    await sealed(home, coalition, 2)
    await home.room.admin.execute("delete from journal.event where coalition_id = $1", coalition)
    one = await found(examiner, home, coalition)
    assert (one.service, one.position) == ("meetings", 0)


# When


async def due(home: House, coalition: UUID) -> bool:
    return (await home.log_row(coalition))["examined_at"] is None


@pytest.fixture
async def alone(home: House) -> None:
    """Let no log of another test be due."""
    await home.admin.execute("update log.log set examined_at = '2100-01-01' where state = 'open'")


@pytest.mark.usefixtures("alone")
async def test_each_log_is_examined_once_a_night(
    home: House, coalition: UUID, examiner: Examiner, clock: Clock
) -> None:
    await sealed(home, coalition, 3)
    clock.now = NIGHT.replace(hour=1)
    await examiner.look()
    assert await due(home, coalition), "it is evening still"
    clock.now = NIGHT
    await examiner.look()
    assert (await home.log_row(coalition))["examined_at"] == NIGHT
    await rewrite(home, coalition, 2)
    clock.now = NIGHT + timedelta(hours=12)
    await examiner.look()
    assert await home.state(coalition) == "open", "the next night has not begun"
    clock.now = NIGHT + timedelta(days=1)
    await examiner.look()
    assert await home.state(coalition) == "frozen"


async def test_readiness_names_the_logs_that_are_frozen(home: House, coalition: UUID) -> None:
    await sealed(home, coalition, 1)
    origin = (await home.log_row(coalition))["origin"]
    async with home.site() as site:
        before = (await site.get("/readyz")).json()
        assert origin not in before.get("frozen", [])
        await home.admin.execute(
            "update log.log set state = 'frozen' where coalition_id = $1", coalition
        )
        assert origin in (await frozen(home.watch))["frozen"]


async def test_an_idle_log_is_cosigned_again_after_a_day(home: House, coalition: UUID) -> None:
    await sealed(home, coalition, 2)
    witnesses = Witnesses(home.app, home.watch, NOBODY)
    await witnesses.look()
    asked = "select asked_at from log.checkpoint where coalition_id = $1"
    first = await home.admin.fetchval(asked, coalition)
    await witnesses.look()
    assert await home.admin.fetchval(asked, coalition) == first
    await home.admin.execute(
        "update log.checkpoint set asked_at = asked_at - interval '25 hours'"
        " where coalition_id = $1",
        coalition,
    )
    await witnesses.look()
    assert await home.admin.fetchval(asked, coalition) > first
