"""Two organisations claim one lead on the page, and settle it there, without JavaScript."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass

import pytest

from tests.end_to_end.coalition import Coalition, form, key_of, text
from tests.suite import suite
from tests.web.browsing import Person, Shown, person

pytestmark = pytest.mark.servers
CHAIR, UNION, PARENTS = "Library", "Union", "Parents"


@dataclass
class Desk:
    coalition: Coalition
    chair: Person
    union: Person
    parents: Person


async def contribute(coalition: Coalition, name: str) -> int:
    """Record that an organisation led the talks, and let the chair confirm it."""
    did = {
        "of": coalition.orgs[name], "role": "lobbying", "degree": "lead", "about": [],
        "what": text(f"{name} talked to the council."),
    }  # fmt: skip
    deed = key_of(await coalition.post("credit", "contributions", did, name))
    receipt = await coalition.post("credit", f"contributions/{deed}/confirmations", {}, CHAIR)
    return int(receipt["position"])


@pytest.fixture(scope="module")
async def desk() -> AsyncIterator[Desk]:
    async with suite(ACCORD_DEMO="true") as running, AsyncExitStack() as stack:
        coalition = await form(running, "claims", CHAIR)
        for name in (UNION, PARENTS):
            last = await coalition.admit(name)
        await coalition.post("members", "operating-modes", {"mode": "formal"}, CHAIR)
        await coalition.settled(f"members/{last + 1}")
        for name in (UNION, PARENTS):
            told = await contribute(coalition, name)
        await coalition.get("credit", "contributions", CHAIR, at_least=f"credit/{told}")
        people = [
            await stack.enter_async_context(person(running, "claims", name))
            for name in (CHAIR, UNION, PARENTS)
        ]
        yield Desk(coalition, *people)


def box(name: str, degree: str) -> str:
    return f"Lobbying, {name}: {name} talked to the council. ({degree})"


def part(page: Shown, words: str) -> str:
    """Return the words of the article that says this."""
    [found] = [one.words for one in page.page.all("article") if words in one.words]
    return found


async def test_f91_f92_two_leads_are_claimed_disputed_and_told_as_one_of_several(
    desk: Desk,
) -> None:
    page = await desk.union.open("/claims")
    bare = await desk.union.send(page, "claim", text="We led the talks.", audience="funders")
    assert bare.errors == ["Choose at least one contribution."]
    led = {"text": "We led the talks.", "audience": "funders"}
    page = await desk.union.tick(bare, "claim", [box(UNION, "Lead")], **led)
    assert page.status == 200, page.errors
    ours = await desk.parents.tick(
        await desk.parents.open("/claims"), "claim", [box(PARENTS, "Lead")],
        text="The talks were ours.", audience="funders",
    )  # fmt: skip
    for words in ("We led the talks.", "The talks were ours."):
        assert "Conflicts" in part(ours, words)
    assert "review" not in ours.forms()
    reviewed = await desk.chair.send(await desk.chair.open("/claims"), "review")
    assert "reviewed" in part(reviewed, "The talks were ours.")

    drafted = await desk.union.tick(
        await desk.union.open("/claims"), "draft", [box(UNION, "Lead")], **led
    )
    assert drafted.status == 200, drafted.errors
    mine = part(drafted, "Version 1")
    assert "Draft" in mine
    raised = await desk.parents.send(
        await desk.parents.open("/claims"), "dispute", grounds="We were there.",
        requested="Say it was both.", due="2999-01-31",
    )  # fmt: skip
    assert "Nobody mediates yet." in part(raised, "We were there.")


async def test_f92_a_dispute_is_mediated_and_its_wording_released(desk: Desk) -> None:
    page = await desk.parents.open("/claims")
    biased = await desk.parents.send(page, "mediate", mediator=desk.coalition.orgs[UNION])
    assert "Who mediates belongs to neither side." in biased.html
    asked = await desk.parents.send(page, "mediate", mediator=desk.coalition.orgs[CHAIR])
    assert "Library mediates" in part(asked, "We were there.")
    assert "resolve" not in asked.forms()
    ended = await desk.chair.send(
        await desk.chair.open("/claims"), "resolve", result="agreed_wording",
        wording="Both of us talked to the council.",
    )  # fmt: skip
    assert ended.status == 200, ended.errors
    assert "Both agree to these words" in part(ended, "We were there.")

    both = [box(UNION, "told as equal part"), box(PARENTS, "told as equal part")]
    page = await desk.union.tick(
        await desk.union.open("/claims"), "redraft", both,
        text="Both of us talked to the council.", audience="funders",
    )  # fmt: skip
    assert page.status == 200, page.errors
    assert "Named, and not agreed: Parents" in part(page, "Version 2")
    agreed = await desk.parents.send(await desk.parents.open("/claims"), "approve")
    assert "Agreed: Parents" in part(agreed, "Version 2")
    out = await desk.union.send(await desk.union.open("/claims"), "release")
    released = part(out, "Version 2")
    assert "released" in released
    assert "unilateral" not in released
    assert "Said otherwise" not in released.partition("Earlier versions")[0]
