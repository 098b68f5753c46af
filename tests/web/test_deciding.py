"""A proposal on its pages, from the draft to a later one in its place, without JavaScript."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from tests.end_to_end.coalition import Coalition, form, key_of, text
from tests.suite import suite
from tests.web.browsing import Person, Shown, person

pytestmark = pytest.mark.servers
CHAIR, UNION, PARENTS = "Clinic", "Union", "Parents"
TEXT = "One bus at 16:45, four days a week."


@dataclass
class Hall:
    """A coalition with an issue and no rule yet, and somebody of three of its organisations."""

    coalition: Coalition
    issue: str
    chair: Person
    union: Person
    parents: Person


@pytest.fixture(scope="module")
async def hall() -> AsyncIterator[Hall]:
    async with suite(ACCORD_DEMO="true") as running, AsyncExitStack() as stack:
        coalition = await form(running, "hall", CHAIR)
        for name in (UNION, PARENTS):
            await coalition.admit(name)
        raised = {"name": text("Buses"), "summary": text("How pupils come home.")}
        receipt = await coalition.post("members", "issues", raised, CHAIR)
        await coalition.settled(f"members/{receipt['position']}")
        people = [
            await stack.enter_async_context(person(running, "hall", name))
            for name in (CHAIR, UNION, PARENTS)
        ]
        yield Hall(coalition, key_of(receipt), *people)


def path_of(shown: Shown) -> str:
    """Return the page's path below the coalition."""
    return shown.url.partition("/c/hall")[2].partition("?")[0].partition("#")[0]


async def drafted(hall: Hall, title: str) -> str:
    """Return where a proposal of the union's stands, that was just published."""
    page = await hall.union.open(f"/propose?issue={hall.issue}")
    saved = await hall.union.send(
        page, "propose", title=title, text=TEXT, body=hall.coalition.plenary
    )
    assert saved.status == 200, saved.errors
    published = await hall.union.send(saved, "publish")
    assert published.status == 200, published.errors
    return path_of(published)


def soon(**more: float) -> str:
    """Return a moment as a browser writes it."""
    return (datetime.now(UTC) + timedelta(**(more or {"days": 2}))).strftime("%Y-%m-%dT%H:%M")


async def opened(hall: Hall, path: str) -> Shown:
    page = await hall.chair.send(await hall.chair.open(path), "open-voting", closes_at=soon())
    assert page.status == 200, page.errors
    return page


async def test_a_rule_is_adopted_revised_and_retired_where_its_body_stands(hall: Hall) -> None:
    path = f"/structure/{hall.coalition.plenary}"
    page = await hall.chair.open(path)
    unsaid = await hall.chair.send(page, "adopt-rule")
    assert unsaid.errors == ["Choose how it decides."]
    adopted = await hall.chair.send(
        unsaid,
        "adopt-rule",
        **{"rule.method": "majority", "rule.quorum.at_least": "2/3", "rule.notice_hours": "1"},
    )
    assert adopted.status == 200, adopted.errors
    assert "At least 2/3 of everyone entitled" in adopted.words
    assert "1 hour" in adopted.words
    old = await hall.chair.open(path)
    revised = await hall.chair.send(
        adopted, "revise-rule", **{"rule.quorum.at_least": "1/2", "rule.notice_hours": "0"}
    )
    assert revised.status == 200, revised.errors
    assert "At least 1/2 of everyone entitled" in revised.words
    stale = await hall.chair.send(old, "revise-rule", **{"rule.method": "consent"})
    assert stale.status == 412, stale.errors
    assert stale.errors == ["Somebody changed this since you read it: read it again."]
    other = await hall.chair.send(revised, "adopt-rule", **{"rule.method": "consent"})
    assert "Nobody objects" not in other.words
    [consent] = [
        each for each in other.page.all("details")
        if each.attributes.get("id", "").startswith("retire-rule") and "Consent" in each.words
    ]  # fmt: skip
    about = consent.all("input", name="thing")[0].attributes["value"]
    retired = await hall.chair.send(other, "retire-rule", about)
    assert "Consent" not in retired.page.all("aside")[0].all("dl")[0].words


@pytest.fixture(scope="module")
async def formal(hall: Hall) -> Hall:
    """The same, formally: whoever is in the chair opens, closes and answers objections."""
    coalition = hall.coalition
    structure = {"bodies": [coalition.plenary], "text": text("All decide.")}
    await coalition.post("members", "decision-structures", structure, CHAIR)
    last = await coalition.post("members", "operating-modes", {"mode": "formal"}, CHAIR)
    await coalition.settled(f"members/{last['position']}")
    return hall


async def test_a_rule_is_offered_to_whoever_is_in_the_chair(formal: Hall) -> None:
    path = f"/structure/{formal.coalition.plenary}"
    assert "adopt-rule" in (await formal.chair.open(path)).forms()
    assert "adopt-rule" not in (await formal.union.open(path)).forms()


async def test_a_proposal_is_drafted_published_amended_and_decided(formal: Hall) -> None:
    page = await formal.union.open(f"/propose?issue={formal.issue}")
    bare = await formal.union.send(page, "propose")
    assert bare.errors == ["Give it a title.", "Write what is proposed."]
    saved = await formal.union.send(bare, "propose", title="A late bus", text="A bus.")
    assert saved.page.all("h1")[0].words == "A late bus"
    path = path_of(saved)
    assert {"publish", "amend", "withdraw"} <= set(saved.forms())
    assert "open-voting" not in (await formal.chair.open(path)).forms()
    published = await formal.union.send(saved, "publish")
    old = await formal.union.open(path)
    assert "publish" not in published.forms()
    amended = await formal.union.send(published, "amend", text=TEXT, because="It said too little.")
    assert TEXT in amended.words
    assert "It said too little." in amended.words
    twice = await formal.union.send(old, "amend", text="Two buses.", because="More.")
    assert twice.status == 412, twice.errors
    assert "Two buses." in twice.html

    ready = await formal.chair.open(path)
    wrong = await formal.chair.send(ready, "open-voting", closes_at="tomorrow")
    assert wrong.errors == ["Write day and time in UTC, such as 2026-03-12 15:00."]
    voting = await formal.chair.send(wrong, "open-voting", closes_at=soon())
    assert voting.status == 200, voting.errors
    assert "Organisations take their stances until" in voting.words
    for who in (formal.union, formal.parents):
        taken = await who.send(await who.open(path), "stances", option="agree")
        assert taken.status == 200, taken.errors
    left = await formal.parents.send(taken, "withdraw-stance", because="We ask our members.")
    assert "Take a stance for Parents" in left.words
    closed = await formal.chair.send(await formal.chair.open(path), "close-voting")
    assert closed.status == 200, closed.errors
    assert "decide" not in closed.forms()  # one of three is no quorum


async def test_an_objection_is_raised_answered_and_decided_with(formal: Hall) -> None:
    path = await drafted(formal, "A bus on Saturdays")
    await opened(formal, path)
    page = await formal.parents.open(path)
    bare = await formal.parents.send(page, "object")
    assert bare.errors == ["Give the grounds, in a sentence or more."]
    raised = await formal.parents.send(
        bare, "object", grounds="Drivers have no day off.", remove_by="A second driver."
    )
    assert "Drivers have no day off." in raised.words
    assert {"retract"} <= set(raised.forms())
    assert "set-aside" not in raised.forms()
    amended = await formal.union.send(
        await formal.union.open(path), "amend", text="A bus with two drivers.", because="Parents."
    )
    met = await formal.union.send(amended, "accommodate")
    assert "Accommodated" in met.words
    again = await opened(formal, path)
    for who in (formal.union, formal.parents, formal.chair):
        await who.send(await who.open(path), "stances", option="agree")
    second = await formal.parents.send(
        await formal.parents.open(path), "object", grounds="The noise."
    )
    aside = await formal.chair.send(
        await formal.chair.open(path), "set-aside", reasoning="No stop is near a house."
    )
    assert "Set aside by Clinic" in aside.words
    assert second.status == again.status == 200
    closed = await formal.chair.send(aside, "close-voting")
    nobody = await formal.chair.send(closed, "decide")
    assert nobody.errors == ["Choose at least one organisation that answers for it."]
    decided = await formal.chair.tick(nobody, "decide", ["Union"])
    assert "The coalition adopted this proposal" in decided.words
    assert "The noise." in decided.words

    reopened = await formal.chair.send(decided, "reopen", new_information="The road is closed.")
    assert "The road is closed." in reopened.words
    put_off = await formal.chair.send(
        reopened, "defer", until="2999-01-01", reason="The works end."
    )
    assert put_off.status == 200, put_off.errors
    assert "The decision was put off." in (await formal.union.open(path)).words


async def test_something_is_proposed_in_the_place_of_a_decision(formal: Hall) -> None:
    path = await drafted(formal, "A bus in the holidays")
    await opened(formal, path)
    for who in (formal.union, formal.parents):
        await who.send(await who.open(path), "stances", option="agree")
    closed = await formal.chair.send(await formal.chair.open(path), "close-voting")
    decided = await formal.chair.tick(closed, "decide", ["Union"])
    [link] = [a for a in decided.page.all("a") if a.words == "Propose something in its place"]
    there = link.attributes["href"].partition("/c/hall")[2]
    page = await formal.parents.open(there)
    saved = await formal.parents.send(
        page,
        "propose-instead",
        title="No bus in the holidays",
        text="None.",
        **{"supersedes.effect": "reversed"},
    )
    assert saved.status == 200, saved.errors
    [earlier] = [a for a in saved.page.all("a") if a.words == "an earlier decision"]
    assert (await formal.parents.open(earlier.attributes["href"].partition("/c/hall")[2])).words
    withdrawn = await formal.parents.send(saved, "withdraw", reason="We thought again.")
    assert "The proposer withdrew this proposal." in withdrawn.words
    assert "amend" not in withdrawn.forms()


async def chairs(hall: Hall, body: str) -> None:
    """Let the one who chairs the plenary chair another body, too."""
    coalition, org = hall.coalition, hall.coalition.orgs[CHAIR]
    me = (await coalition.get("members", "me", CHAIR)).json()["person"]
    accreditation = str(coalition.suite.new_id())
    given = {
        "accreditation": accreditation, "body": body, "person": me, "authority": "full",
        "voting": True,
    }  # fmt: skip
    await coalition.post("members", f"members/{org}/accreditations", given, CHAIR)
    role = {"role": "chair", "accreditation": accreditation}
    last = await coalition.post("members", f"bodies/{body}/roles", role, CHAIR)
    await coalition.settled(f"members/{last['position']}")


async def test_an_objection_goes_to_another_body(formal: Hall) -> None:
    made = await formal.chair.send(
        await formal.chair.open("/structure"), "constitute", name="Appeals"
    )
    assert made.status == 200, made.errors
    await chairs(formal, path_of(made).rpartition("/")[2])
    path = await drafted(formal, "A bus at night")
    await opened(formal, path)
    await formal.parents.send(await formal.parents.open(path), "object", grounds="Nobody sleeps.")
    page = await formal.parents.open(path)
    [label] = [each for each in page.page.all("label") if each.words == "Appeals"]
    [to] = page.page.all("input", id=label.attributes["for"])
    further = await formal.parents.send(page, "take-further", to=to.attributes["value"])
    assert further.status == 200, further.errors
    resolved = await formal.chair.send(
        await formal.chair.open(path), "resolve", result="overruled", reasoning="It is quiet."
    )
    assert resolved.status == 200, resolved.errors
    assert "Overruled" in resolved.words
