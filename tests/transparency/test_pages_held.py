"""Pages of reports that were made are held; whatever they rest on makes another page."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from services.transparency.views.events import Lens
from services.transparency.views.held import HELD, Held
from services.transparency.views.register import Search
from services.transparency.views.reports import Ask, Kind, Report, held_page

LENS = Lens(UUID(int=1), ("members", "public"), {"members": 7, "meetings": 5, "credit": 3}, "v1")
ASK = Ask(LENS, "members")


class Made:
    """A report that counts how often it is made."""

    def __init__(self) -> None:
        self.times = 0
        self.kind = Kind("R0", "Counted", "members", self)

    async def __call__(self, rows: Any, ask: Ask) -> Report:  # noqa: ARG002 - as reports are asked
        self.times += 1
        return Report({}, (), [{"made": self.times}])


def unread() -> Any:
    raise AssertionError("nothing is read here")


async def test_the_same_page_is_made_once() -> None:
    made, pages = Made(), Held()
    first = await held_page(pages, unread, made.kind, ASK)
    again = await held_page(pages, unread, made.kind, replace(ASK, lens=replace(LENS)))
    assert first is again
    assert made.times == 1


@pytest.mark.parametrize(
    "other",
    [
        replace(ASK, lens=replace(LENS, coalition=UUID(int=2))),
        replace(ASK, lens=replace(LENS, audiences=("public",))),
        *(replace(ASK, lens=replace(LENS, as_of={**LENS.as_of, of: 9})) for of in LENS.as_of),
        replace(ASK, lens=replace(LENS, model="v2")),
        replace(ASK, lens=replace(LENS, erased=(8,))),
        replace(ASK, audience="public"),
        replace(ASK, search=Search(("meals",))),
        replace(ASK, organisation=UUID(int=3)),
        replace(ASK, among=frozenset({UUID(int=3)})),
        replace(ASK, limit=10),
        replace(ASK, after="10"),
        replace(ASK, summary=False),
    ],
)
async def test_whatever_it_rests_on_makes_another(other: Ask) -> None:
    made, pages = Made(), Held()
    await held_page(pages, unread, made.kind, ASK)
    assert (await held_page(pages, unread, made.kind, other)).rows == [{"made": 2}]
    kind = replace(made.kind, number="R00")
    assert (await held_page(pages, unread, kind, ASK)).rows == [{"made": 3}]


async def test_those_least_asked_for_are_forgotten() -> None:
    made, pages = Made(), Held()
    for number in range(1, HELD + 1):
        await held_page(pages, unread, made.kind, replace(ASK, limit=number))
    await held_page(pages, unread, made.kind, replace(ASK, limit=1))
    await held_page(pages, unread, made.kind, replace(ASK, limit=HELD + 1))
    assert (await held_page(pages, unread, made.kind, replace(ASK, limit=1))).rows == [{"made": 1}]
    assert (await held_page(pages, unread, made.kind, replace(ASK, limit=2))).rows != [{"made": 2}]


async def test_f121_no_page_from_before_an_erasure_is_held() -> None:
    made, pages = Made(), Held()
    elsewhere = replace(ASK, lens=replace(LENS, coalition=UUID(int=2)))
    for ask in (ASK, replace(ASK, limit=10), elsewhere):
        await held_page(pages, unread, made.kind, ask)
    await held_page(pages, unread, made.kind, replace(ASK, lens=replace(LENS, erased=(8,))))
    assert [key[:2] for key in pages._held] == [  # noqa: SLF001 - what is in memory
        (UUID(int=2), ()), (UUID(int=1), (8,)),
    ]  # fmt: skip
