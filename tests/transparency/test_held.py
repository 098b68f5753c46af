"""What takes long to make is made once, until something that it is made of changes."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from uuid import UUID

import pytest

from services.transparency.views import issues
from services.transparency.views.events import Lens
from services.transparency.views.held import Held
from shared.database import tenant
from tests.transparency.desk import PARTY, Desk
from tests.transparency.history import History
from tests.transparency.table import CLINIC, SCHOOL, common, touch
from tests.transparency.test_common_ground import GROUND

LENS = Lens(UUID(int=1), ("members", "public"), {"members": 7}, "views+0")


def counted() -> tuple[list[int], Callable[[], Awaitable[int]]]:
    """Return how often something was made, and what makes it."""
    made: list[int] = []

    async def make() -> int:
        made.append(len(made))
        return made[-1]

    return made, make


async def test_the_same_is_made_once() -> None:
    held, (made, make) = Held[int](2), counted()
    assert await held.of(LENS, ("ground", 3), make) == 0
    assert await held.of(replace(LENS), ("ground", 3), make) == 0
    assert made == [0]


@pytest.mark.parametrize(
    ("lens", "rest"),
    [
        (replace(LENS, coalition=UUID(int=2)), ("ground", 3)),
        (replace(LENS, model="views+1"), ("ground", 3)),
        (LENS, ("ground", 4)),
    ],
)
async def test_whatever_it_rests_on_makes_another(lens: Lens, rest: tuple[str, int]) -> None:
    held, (_, make) = Held[int](2), counted()
    await held.of(LENS, ("ground", 3), make)
    assert await held.of(lens, rest, make) == 1


async def test_those_least_asked_for_are_forgotten() -> None:
    held, (_, make) = Held[int](2), counted()
    for rest in (1, 2, 1, 3):
        await held.of(LENS, (rest,), make)
    assert await held.of(LENS, (1,), make) == 0
    assert await held.of(LENS, (2,), make) == 3


async def test_f121_nothing_is_held_of_rows_that_were_emptied() -> None:
    held, (_, make) = Held[int](9), counted()
    elsewhere = replace(LENS, coalition=UUID(int=2))
    for lens in (LENS, elsewhere, replace(LENS, model="views+1")):
        await held.of(lens, (), make)
    assert [(key.coalition.int, key.model) for key in held._held] == [  # noqa: SLF001 - what is in memory
        (2, "views+0"), (1, "views+1"),
    ]  # fmt: skip


class Reads:
    """How often the issues were read."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.times, self._read = 0, issues.issue_events
        patch.setattr(issues, "issue_events", self.read)

    async def read(self, *of: object) -> object:
        self.times += 1
        return await self._read(*of)  # type: ignore[arg-type]  # whatever it is asked with


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> Reads:
    return Reads(monkeypatch)


async def asked(desk: Desk, history: History) -> list[str]:
    """Ask for the report and for one's partners, twice; return the pairs and partners."""
    for _ in range(2):
        report = await desk.report(history, GROUND)
        own = await desk.get(history, "/unlikely-partners", PARTY)
    lines = [line for line in report["rows"] if line["part"] == "pair"]
    return sorted(
        " and ".join(sorted(org["name"]["text"] for org in line["organisations"]))
        for line in (*lines, *own["items"])
    )


async def test_r4_is_folded_anew_when_something_happened_to_it(desk: Desk, reads: Reads) -> None:
    history = common(desk.history())
    await desk.read(history)
    before = await asked(desk, history)
    assert reads.times == 2  # for the report, and for one's own eyes
    history.add("meetings", "MeetingScheduled", f"meeting-{UUID(int=77)}", {})
    await desk.read(history)
    assert await asked(desk, history) == before
    assert reads.times == 2
    touch(history, CLINIC, SCHOOL, "2025-12-30")
    await desk.read(history)
    assert await asked(desk, history) != before
    assert reads.times == 4


async def test_r4_shows_damage_at_once(desk: Desk, reads: Reads) -> None:
    history = common(desk.history())
    await desk.read(history)
    before = await asked(desk, history)
    async with tenant(desk.host.pool, [history.coalition]) as db:
        await db.execute(
            "update issue set stand = 'no_position' where coalition_id = $1 and by_org = $2",
            *(history.coalition, CLINIC),
        )
    assert "Clinic and School" in before
    assert "Clinic and School" not in await asked(desk, history)
    assert reads.times == 4
