"""The table's pages over HTTP: for a reader of each class, and what each can do there."""

import asyncio
import csv
import io
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.end_to_end.coalition import Coalition, form, key_of, mail, text
from tests.suite import Suite, suite
from tests.web.browsing import Person, person

pytestmark = pytest.mark.servers
CHAIR, DELEGATE, OTHER, OBSERVER = "Clinic", "Union", "Library", "Parents"
TENSION, BREACH, AMENDS = "canary tension", "canary breach", "canary amends"
PAGES = (
    "/organisations", "/organisations?place=door", "/organisations?place=gone", "/charter",
    "/charter/acceptances/ground-rules", "/charter/acceptances/structure", "/charter/orphans",
    "/structure",
    "/alignment", "/reviews", "/issues", "/constituencies", "/threats", "/exchanges", "/conflicts",
    "/relationships", "/relationships?stale=true", "/lessons", "/messages", "/partners",
    "/concerns", "/frontline", "/claims",
    "/wins", "/contributions", "/impact", "/audit", "/shares",
)  # fmt: skip
DATA = (
    "/organisations.json", "/organisations.csv", "/charter.json", "/charter/orphans.json",
    "/structure.json",
    "/charter/acceptances/ground-rules.csv", "/charter/acceptances/structure.json",
    "/alignment.json", "/alignment.csv", "/reviews.json", "/issues.json", "/constituencies.json",
    "/messages.json", "/threats.json", "/exchanges.json", "/conflicts.json", "/relationships.json",
    "/lessons.json", "/partners.json", "/concerns.json", "/frontline.json", "/claims.json",
    "/wins.json", "/contributions.json", "/impact.json", "/audit.json", "/shares.json",
)  # fmt: skip
CHAIRS_ALONE = {
    "invite", "admit", "admit-new", "decline", "suspend", "adopt-north-star", "adopt-ground-rules",
    "set-scope", "agree-boundary", "define-term", "enter-stage", "open-review", "close-review",
    "list-coalition", "adjourn", "publish", "constitute", "reserve-seat", "fill-seat", "dissolve",
    "assign-lead", "choose-messenger", "scope", "retire",
}  # fmt: skip


@dataclass
class Table:
    """A coalition that works formally, with four organisations and somebody of each class."""

    coalition: Coalition
    issue: str
    chair: Person
    delegate: Person
    other: Person
    observer: Person
    outsider: Person

    def org(self, name: str) -> str:
        return self.coalition.orgs[name]

    @property
    def pages(self) -> tuple[str, ...]:
        """Every page about the table."""
        return (
            *PAGES,
            *(f"/organisations/{self.org(name)}" for name in (CHAIR, DELEGATE)),
            f"/issues/{self.issue}",
            f"/structure/{self.coalition.plenary}",
            f"/relationships?with={self.org(CHAIR)}",
            f"/relationships?with={self.org(DELEGATE)}",
        )


async def _watched(coalition: Coalition) -> None:
    """Let the observing organisation's delegate only watch."""
    name, org = OBSERVER, coalition.orgs[OBSERVER]
    people = (await coalition.get("members", "people", CHAIR)).json()["items"]
    [watcher] = [one["id"] for one in people if one["name"]["text"] == f"{name}'s delegate"]
    given = {
        "accreditation": str(coalition.suite.new_id()), "body": coalition.plenary,
        "person": watcher, "authority": "observer", "voting": False,
    }  # fmt: skip
    await coalition.post("members", f"members/{org}/accreditations", given, name)
    ending = {"accreditation": coalition.accreditations[name], "reason": "only_watches"}
    await coalition.post("members", f"members/{org}/endings", ending, name)


async def _between(coalition: Coalition) -> None:
    """Let the union say what only it and the clinic may see."""
    union, clinic = coalition.orgs[DELEGATE], coalition.orgs[CHAIR]
    path = f"relationships/{'_'.join(sorted((union, clinic)))}"
    breach = str(coalition.suite.new_id())
    said: list[tuple[str, dict[str, Any], str]] = [
        ("tensions", {"cause": text(TENSION)}, DELEGATE),
        ("breaches", {"breach": breach, "offender": clinic, "kind": "leak",
                      "what": text(BREACH)}, DELEGATE),
        ("amends", {"breach": breach, "offer": text(AMENDS)}, CHAIR),
    ]  # fmt: skip
    for what, body, name in said:
        await coalition.post("members", f"{path}/{what}", body, name)


async def _at_the_table(running: Suite) -> tuple[Coalition, str]:
    coalition = await form(running, "table", CHAIR)
    for name in (DELEGATE, OTHER, OBSERVER):
        await coalition.admit(name)
    for path, body in (
        ("ground-rules", {"text": text("We speak to each other first.")}),
        ("decision-structures", {"bodies": [coalition.plenary], "text": text("All decide.")}),
        ("north-stars", {"text": text("Every child seen.")}),
        ("stages", {"stage": "norming", "reason": text("The rules stand.")}),
    ):
        await coalition.post("members", path, body, CHAIR)
    raised = {"name": text("School meals"), "summary": text("What pupils eat.")}
    issue = key_of(await coalition.post("members", "issues", raised, CHAIR))
    stand = {"position": "support", "reason": text("Pupils come hungry.")}
    await coalition.post("members", f"issues/{issue}/positions", stand, CHAIR)
    await _between(coalition)
    await _watched(coalition)
    last = await coalition.post("members", "operating-modes", {"mode": "formal"}, CHAIR)
    await coalition.settled(f"members/{last['position']}")
    return coalition, issue


@pytest.fixture(scope="module")
async def table() -> AsyncIterator[Table]:
    async with suite(ACCORD_DEMO="true") as running, AsyncExitStack() as stack:
        coalition, issue = await _at_the_table(running)
        those = [
            await stack.enter_async_context(person(running, coalition.slug, name))
            for name in (CHAIR, DELEGATE, OTHER, OBSERVER, "Stranger")
        ]
        yield Table(coalition, issue, *those)


async def test_i8_every_page_shows_a_reader_what_is_of_their_class_and_no_more(
    table: Table,
) -> None:
    for_two = {TENSION, BREACH, AMENDS}
    seen: dict[str, set[str]] = {}
    for who in (table.chair, table.delegate, table.other, table.observer):
        for path in (*table.pages, *DATA):
            answer = await who.raw(path)
            assert answer.status_code == 200, (path, answer.text)
            seen.setdefault(who.subject, set()).update(
                word for word in for_two if word in answer.text
            )
    assert seen == {
        table.chair.subject: for_two,
        table.delegate.subject: for_two,
        table.other.subject: set(),
        table.observer.subject: set(),
    }


async def test_an_outsider_gets_no_page_and_no_data(table: Table) -> None:
    for path in (*table.pages, *DATA):
        answer = await table.outsider.raw(path)
        assert answer.status_code == 404, path
        assert "School meals" not in answer.text


async def test_forms_are_offered_to_those_who_may_send_them(table: Table) -> None:
    offered: dict[str, set[str]] = {}
    for who in (table.chair, table.delegate, table.observer):
        for path in table.pages:
            offered.setdefault(who.subject, set()).update((await who.open(path)).forms())
    assert CHAIRS_ALONE - {"admit", "decline", "close-review", "fill-seat", "reserve-seat",
                           "dissolve", "retire"} <= offered[table.chair.subject]  # fmt: skip
    assert not offered[table.delegate.subject] & CHAIRS_ALONE
    assert {"accept-ground-rules", "acknowledge", "state-interest", "take-position",
            "touchpoint"} <= offered[table.delegate.subject]  # fmt: skip
    assert offered[table.observer.subject] == {"sign-out"}


async def test_every_link_and_every_recorded_place_leads_somewhere(table: Table) -> None:
    root = table.chair.root
    leads_to: dict[str, str] = {}
    for path in table.pages:
        page = (await table.chair.open(path)).page
        ids = {each.attributes["id"] for each in page if "id" in each.attributes}
        for link in page.all("a", class_="ref"):
            assert link.attributes["href"].removeprefix("#") in ids, (path, link.words)
        for link in page.all("a"):
            if link.attributes["href"].startswith(root):
                leads_to[link.attributes["href"].partition("#")[0]] = path
    for href, path in leads_to.items():
        answer = await table.chair.raw(href.removeprefix(root))
        assert answer.status_code == 200, (path, href)


async def test_an_organisation_is_invited_declined_applied_for_and_admitted(
    table: Table,
) -> None:
    chair = table.chair
    roster = await chair.open("/organisations")
    nameless = await chair.send(roster, "invite", why="They bake.")
    assert nameless.status == 422
    assert nameless.errors == ["Write its name."]
    assert "They bake." in nameless.html
    door = await chair.send(nameless, "invite", name="Bakery", why="They bake.")
    assert door.status == 200
    assert "place=door" in door.url
    assert "Bakery" in door.words
    silent = await chair.send(door, "decline")
    assert silent.errors == ["Give the reason: it stays beside the name."]
    gone = await chair.send(silent, "decline", reason="They closed.")
    assert "Bakery" not in gone.page.all("div", id="roster")[0].words
    assert "Bakery" in (await chair.open("/organisations?place=gone")).words

    applied = {
        "name": text("Café Größe"), "kind": "organization", "sector": "food",
        "why": text("We feed people."),
    }  # fmt: skip
    answer = await table.coalition.suite.post(
        f"/members/api/v1/coalitions/{table.coalition.slug}/applications", applied,
        "cook@cafe.example",
    )  # fmt: skip
    at_least = f"members/{answer.json()['position']}"
    door = await chair.open(f"/organisations?place=door&at_least={at_least}")
    assert "We feed people." in door.words
    admitted = await chair.send(door, "admit", sector="Street food")
    assert admitted.status == 200, admitted.errors
    row = admitted.page.all("div", id="roster")[0].words
    assert "Café Größe" in row
    assert "Street food" in row
    assert "Nobody yet." in row


async def test_the_first_representative_is_registered_and_accredited_in_one_form(
    table: Table,
) -> None:
    chair = table.chair
    roster = await chair.open("/organisations")
    admitted = await chair.send(roster, "admit-new", name="Kitchen", sector="food")
    [link] = [each for each in admitted.page.all("a") if each.words == "Kitchen"]
    path = link.attributes["href"].removeprefix(chair.root)
    page = await chair.open(path)
    assert "Nobody speaks for it yet." in page.words
    without = await chair.send(page, "accredit", name="Kim Cook", body=table.coalition.plenary)
    assert without.errors == ["Write an e-mail address."]
    done = await chair.send(
        without, "accredit", contact=mail("Kitchen"), authority="full", voting="yes"
    )
    assert done.status == 200, done.errors
    assert "Kim Cook" in done.page.all("section", **{"aria-labelledby": "voices"})[0].words
    async with person(table.coalition.suite, table.coalition.slug, "Kitchen") as kim:
        mine = await kim.open(path)
        assert "accredit" in mine.forms()
        assert "suspend" not in mine.forms()
    people = (await table.coalition.get("members", "people", CHAIR)).json()["items"]
    assert [one["name"]["text"] for one in people].count("Kim Cook") == 1


async def test_a_member_accepts_the_rules_and_knows_who_decides(table: Table) -> None:
    delegate = table.delegate
    charter = await delegate.open("/charter")
    accepted = await delegate.send(charter, "accept-ground-rules")
    assert accepted.status == 200
    assert "accept-ground-rules" not in accepted.forms()
    listed = await delegate.open("/charter/acceptances/ground-rules")
    [row] = [each for each in listed.page.all("tr") if each.words.startswith("Union")]
    assert "Yes members/" in row.words
    known = await delegate.send(await delegate.open("/structure"), "acknowledge")
    assert "acknowledge" not in known.forms()

    stale = await table.other.open("/charter")
    again = {"text": "We speak first, and listen."}
    refused = await table.chair.send(
        await table.chair.open("/charter"), "adopt-ground-rules", **again
    )
    assert refused.status == 409
    assert refused.errors == ["In formal mode this needs a decision: name it."]
    assert "We speak first, and listen." in refused.html
    body = {"mode": "informal"}
    await table.coalition.post("members", "operating-modes", body, CHAIR)
    adopted = await table.chair.send(refused, "adopt-ground-rules")
    assert adopted.status == 200, adopted.errors
    last = await table.coalition.post("members", "operating-modes", {"mode": "formal"}, CHAIR)
    await table.chair.open(f"/charter?at_least=members/{last['position']}")
    late = await table.other.send(stale, "accept-ground-rules")
    assert late.status == 409
    assert late.errors == ["The current version is 2: read that one."]
    assert (await table.other.send(late, "accept-ground-rules")).status == 200


async def test_a_position_is_taken_and_changed_with_its_reason_and_history(table: Table) -> None:
    delegate, path = table.delegate, f"/issues/{table.issue}"
    page = await delegate.open(path)
    bare = await delegate.send(page, "take-position", position="oppose")
    assert bare.errors == ["Give the reason, in a sentence or more."]
    [oppose] = [
        each for each in bare.page.all("input", type="radio", value="oppose")
        if "take-position" in each.attributes["id"]
    ]  # fmt: skip
    assert "checked" in oppose.attributes
    taken = await delegate.send(bare, "take-position", reason="The cost.")
    assert taken.status == 200
    changed = await delegate.send(
        taken, "change-position", to="can_live_with", reason="The fund pays."
    )
    [ours] = [each for each in changed.page.all("li", class_="stance") if "Union" in each.words]
    assert "Can live with it" in ours.words
    assert "The fund pays." in ours.words
    assert "Opposes it" in ours.words
    assert "The cost." in ours.words


async def test_two_agree_to_disagree_and_one_reopens(table: Table) -> None:
    path = f"/issues/{table.issue}"
    page = await table.delegate.open(path)
    told = await table.delegate.tick(page, "agree-to-disagree", ["Library"], terms="Not in June.")
    assert told.status == 200, told.errors
    assert "Not agreed by all yet" in told.words
    agreed = await table.other.send(await table.other.open(path), "join-disagreement")
    assert "In force" in agreed.words
    reopened = await table.other.send(agreed, "reopen", reason="June is over.")
    assert "Reopened by Library" in reopened.words


async def test_the_chair_leads_bodies_seats_and_roles(table: Table) -> None:
    chair = table.chair
    page = await chair.open("/structure")
    assert "The plenary decides about everything." in page.words
    assert "Clinic chairs it." in page.words
    made = await chair.tick(page, "constitute", ["School meals"], name="Kitchen group")
    assert made.page.all("h1")[0].words == "Kitchen group"
    assert "prepares, and does not decide: School meals" in made.words
    assert "It has no seats yet." in made.words
    free = await chair.send(made, "reserve-seat")
    assert "1 seat is vacant, and nobody sits in it." in free.words
    unsaid = await chair.send(free, "fill-seat")
    assert unsaid.errors == ["Choose an organisation."]
    filled = await chair.send(unsaid, "fill-seat", org=table.org(OTHER))
    [row] = [each for each in filled.page.all("tr") if each.words.startswith("Library")]
    assert "Nobody yet" in row.words
    assert "Not yet" in row.words
    roster = await chair.open("/organisations?q=library")
    assert "Seat: Kitchen group" in roster.words
    listed = await chair.open("/structure")
    [group] = [a for a in listed.page.all("article") if a.words.startswith("Kitchen group")]
    assert "Library sits in it" in group.words
    assert "Nobody chairs it." in group.words
    nobody = "/structure/00000000-0000-7000-8000-000000000000"
    assert (await chair.raw(nobody)).status_code == 404


async def test_what_an_organisation_says_of_itself_stands_on_its_page(table: Table) -> None:
    delegate, path = table.delegate, f"/organisations/{table.org(DELEGATE)}"
    page = await delegate.open(path)
    for what, given, words in (
        ("state-alignment", {"brings": "Forty drivers.", "problem": "No bus.", "goals": "A bus."},
         "Forty drivers."),
        ("state-interest", {"mutual_benefit": "Fewer accidents.",
                            "answers_to": "Our members\nThe board"}, "The board"),
        ("state-need", {"need": "A timetable.", "stakeholders": "Parents."}, "A timetable."),
        ("declare-strength", {"strength": "Night shifts!"}, "Night shifts"),
        ("pledge", {"hours_per_month": "12", "from": "2026-01-01", "until": "2999-12-31"},
         "12 hours a month"),
        ("hold-briefing", {"on": "2026-01-05", "attended": "7"}, "7 people"),
        ("set-involvement", {"phase": "Launch", "level": "consult"}, "Is consulted"),
        ("set-commitment", {"level": "voice_only"}, "Voice only"),
    ):  # fmt: skip
        page = await delegate.send(page, what, **given)
        assert page.status == 200, (what, page.errors)
        assert words in page.words, what
    wrong = await delegate.send(page, "pledge", hours_per_month="a lot")
    assert "Write a whole number, in digits." in wrong.errors
    related = await delegate.tick(page, "declare-related", ["Library"])
    assert "It has one vote together with Library" in related.words
    apart = await delegate.tick(related, "declare-related", [], **{
        f"related:{table.org(OTHER)}": ""
    })  # fmt: skip
    assert "It has one vote together with Library" not in apart.words
    person_ = (await table.coalition.get("members", "me", DELEGATE)).json()["person"]
    named = await delegate.send(apart, "name-point-person", person=person_)
    assert "Union's delegate" in named.words
    matrix = await delegate.open("/alignment")
    [row] = [each for each in matrix.page.all("tr") if each.words.startswith("Union")]
    assert "No answer yet" not in row.words
    assert "No answer yet" in matrix.words


async def test_f46_a_page_of_an_organisation_says_how_it_took_part(table: Table) -> None:
    page = await table.other.open(f"/organisations/{table.org(DELEGATE)}")
    [shown] = [each for each in page.page.all("table") if "Stances taken" in each.words]
    assert len(shown.all("tr")) == 1 + 3
    outsider = await table.outsider.raw(f"/organisations/{table.org(DELEGATE)}")
    assert outsider.status_code == 404


async def test_registers_are_filled_by_their_forms(table: Table) -> None:
    chair, delegate, other = table.chair, table.delegate, table.other
    page = await chair.send(
        await chair.open("/constituencies"), "identify", name="Pupils with a disability",
        kind="Pupils", historically_excluded="yes",
    )  # fmt: skip
    assert "Nobody speaks for them" in page.words
    asked = await delegate.send(await delegate.open("/constituencies"), "reach-out", to="Parents")
    assert asked.status == 409
    spoken = await delegate.send(asked, "represent", since="2026-01-01")
    assert "Union speaks for them." in spoken.words

    threat = await delegate.send(await delegate.open("/threats"), "identify", name="A cut.")
    assert "It threatens Union" in threat.words
    shared = await other.send(await other.open("/threats"), "share")
    assert "Nothing but this joins" in shared.words

    offered = await delegate.send(
        await delegate.open("/exchanges"), "offer", kind="space", what="Two rooms.",
        quantity="2", unit="rooms",
    )  # fmt: skip
    assert "Union offers: 2 rooms" in offered.words
    wanted = await other.send(
        await other.open("/exchanges"), "answer-offer", what="A room.", quantity="1"
    )
    assert wanted.status == 200, wanted.errors
    proposed = await other.tick(wanted, "match", ["Union"], quantity="1")
    assert "Not agreed by all yet" in proposed.words
    agreed = await delegate.send(await delegate.open("/exchanges"), "agree-match")
    assert "Matched" in agreed.words
    assert "Delivered" in (await delegate.send(agreed, "deliver")).words

    raised = await delegate.tick(
        await delegate.open("/conflicts"), "raise-turf", ["Library"], domain="Homework clubs"
    )
    assert "Overlap" in raised.words
    terms = await delegate.tick(raised, "settle", ["Library"], terms="By age.")
    assert terms.status == 200, terms.errors
    settled = await other.send(await other.open("/conflicts"), "agree-terms")
    assert "Settled" in settled.words


async def test_f103_a_lesson_is_recorded_and_shared_by_its_author(table: Table) -> None:
    campaign = f"/lessons?campaign={table.coalition.suite.new_id()}"
    page = await table.delegate.open(campaign)
    wrong = await table.delegate.send(page, "record", kind="wrong", what="We began late.")
    assert "Say why: others learn from that." in wrong.errors
    told = await table.delegate.send(
        wrong, "record", kind="wrong", what="We began late.", why="Nobody had the list."
    )
    assert told.status == 200, told.errors
    assert "We began late." in told.words
    assert "For members" in told.words
    theirs = await table.other.open("/lessons")
    assert "Nobody had the list." in theirs.words
    assert not [one for one in theirs.page.all("form") if "share" in str(one.attributes)]
    shared = await table.delegate.send(told, "share", to="public")
    assert "Shared with everybody" in shared.words
    assert "What coalitions shared with everybody" in shared.words


async def test_f90_f93_f98_f99_a_win_is_thanked_for_announced_and_celebrated(table: Table) -> None:
    chair, delegate, other = table.chair, table.delegate, table.other
    claimed = await other.send(
        await other.open("/contributions"), "record", of=table.org(OTHER), role="hosting",
        degree="lead", what="The reading room.",
    )  # fmt: skip
    assert "Claimed" in claimed.words, claimed.errors
    confirmed = await delegate.send(await delegate.open("/contributions"), "confirm")
    assert "confirmed by Union" in confirmed.words

    listed = await delegate.open("/wins")
    assert "No win was celebrated yet." in listed.words
    lost = await delegate.send(listed, "acknowledge", title="The first vote")
    assert "A loss" in lost.words
    missing = await delegate.send(await delegate.open("/wins"), "declare", title="A warm lunch")
    assert missing.errors == ["Say how large."]
    won = await delegate.send(missing, "declare", size="step")
    assert "Nobody was thanked yet." in won.words
    thanked = {"role": "hosting", "degree": "lead", "basis": "evidence"}
    nobody = await delegate.send(won, "thank", **thanked)
    assert nobody.errors == ["Thank one: a member organisation, or somebody outside."]
    unproved = await delegate.send(nobody, "thank", to=table.org(OTHER))
    assert unproved.errors == ["Name the contributions, or give the credit in gratitude."]
    [label] = [one.words for one in unproved.page.all("label") if "Library: h" in one.words]
    given = await delegate.tick(unproved, "thank", [label])
    assert given.status == 200, given.errors
    assert "Library , hosting" in given.words
    late = await delegate.send(
        given, "welcome", to=table.org(CHAIR), now="Warm.", **{"from": "Cold."}
    )
    assert late.words.index("Welcome, Clinic") < late.words.index("Library , hosting")
    here = "/wins/" + late.url.partition("/wins/")[2].partition("?")[0]
    assert "announce" not in late.forms()

    answered = await other.send(await other.open(here), "accept")
    assert "accepted" in answered.words
    told = await chair.send(await chair.open(here), "announce", audience="members")
    assert "Announced to member organisations" in told.words
    day = datetime.now(UTC).date().isoformat()
    held = await delegate.tick(await delegate.open(here), "celebrate", ["Library", "Union"], on=day)
    assert held.status == 200, held.errors
    by = held.words.partition("Celebrated on")[2]
    assert "Library and Union" in by or "Union and Library" in by
    shown = await delegate.open("/wins")
    assert "A win was celebrated today." in shown.words
    assert [one.words for one in shown.page.all("h2")] == [
        "A warm lunch A step on the way", "The first vote Loss",
    ]  # fmt: skip
    assert (await table.outsider.raw(here)).status_code == 404
    assert (await delegate.raw(f"{here}.json")).json()["title"]["text"] == "A warm lunch"


async def test_f94_a_metric_is_defined_recorded_and_corrected(table: Table) -> None:
    page = await table.delegate.open("/impact")
    assert "Nothing is counted or measured yet." in page.words
    missing = await table.delegate.send(page, "define", name="Meals", unit="Meals", kind="counter")
    assert missing.errors == ["Say where they come from."]
    metric = await table.delegate.send(missing, "define", source="The kitchen's book")
    one = await table.delegate.send(metric, "record", value="40", on="2026-01-02")
    two = await table.delegate.send(one, "record", value="50", on="2026-01-03")
    assert "90 meals in all." in two.words
    righted = await table.delegate.send(two, "correct", value="60", on="2026-01-03")
    assert "100 meals in all." in righted.words or "110 meals in all." in righted.words
    assert "Corrected, does not count" in righted.words
    refused = await table.delegate.send(righted, "record", value="-1", on="2026-01-04")
    assert refused.errors == ["A counter only counts up: correct the record that was wrong."]


async def test_k12_money_is_divided_by_basis_points_that_come_to_a_whole(table: Table) -> None:
    page = await table.chair.open("/shares")
    assert "No money is divided yet." in page.words
    assert "plan" not in (await table.delegate.open("/shares")).forms()
    short = f"{CHAIR}: 6,000\n{DELEGATE}: 3000"
    refused = await table.chair.send(page, "plan", pot="A grant for lunches", shares=short)
    assert refused.errors == ["The shares add up to 9000 basis points instead of 10000."]
    whole = await table.chair.send(refused, "plan", shares=f"{CHAIR}: 6,000\n{DELEGATE}: 4000")
    assert "A grant for lunches" in whole.words
    assert "60.00" in whole.words
    again = await table.chair.send(whole, "plan-again", shares=f"{CHAIR}: 9999\n{DELEGATE}: 1")
    assert "Divided in another way before" in again.words
    assert "0.01" in again.words


async def test_f21_a_message_is_shown_to_everyone_once_those_whom_it_shows_approve(
    table: Table,
) -> None:
    chair, delegate = table.chair, table.delegate
    page = await delegate.open("/messages")
    missing = await delegate.send(page, "draft-message", text="Pupils eat warm.")
    assert missing.errors == ["Choose the issue."]
    drafted = await delegate.send(missing, "draft-message", issue=table.issue)
    assert "Pupils eat warm." in drafted.words
    assert "approved by nobody yet" in drafted.words

    at_least = drafted.url.partition("at_least=")[2].partition("#")[0]
    theirs = await chair.open(f"/messages?at_least={at_least}")
    asked = await chair.send(theirs, "request-disclosure", to="public")
    assert asked.status == 200, asked.errors
    assert "Waits for approval" in asked.words
    assert "approve-disclosure" not in asked.forms()  # it shows the union alone
    behind = await chair.send(asked, "approve-message")
    said = await chair.send(behind, "approve-variant", audience="funders", text="It costs little.")
    assert "For funders It costs little." in said.words

    at_least = said.url.partition("at_least=")[2].partition("#")[0]
    mine = await delegate.open(f"/messages?at_least={at_least}")
    assert "Shown to everyone" not in mine.words
    shown = await delegate.send(mine, "approve-disclosure")
    assert "Shown to everyone" in shown.words
    assert "1 answered request" in shown.words
    assert (await table.outsider.raw("/messages")).status_code == 404


async def test_what_a_pair_does_is_seen_by_the_two(table: Table) -> None:
    path = f"/relationships?with={table.org(DELEGATE)}"
    page = await table.chair.open(path)
    assert BREACH in page.words
    touched = await table.chair.send(page, "touchpoint", kind="call", on="2026-01-05")
    assert touched.status == 200, touched.errors
    assert "1 touchpoint, last on 5 January 2026" in touched.words
    theirs = await table.delegate.open(f"/relationships?with={table.org(CHAIR)}")
    repaired = await table.delegate.send(theirs, "accept-amends")
    assert "Repaired" in repaired.words
    others = await table.other.open(f"/relationships?with={table.org(CHAIR)}")
    assert "Repaired" not in others.words


async def test_a_name_nobody_has_is_said_so_where_names_are_typed(table: Table) -> None:
    chair = table.chair
    page = await chair.open(f"/issues/{table.issue}")
    wrong = await chair.send(page, "assign-lead", lead="Librari")
    assert wrong.errors == [
        "No member is called “Librari”: write the name as the roster spells it."
    ]
    led = await chair.send(wrong, "assign-lead", lead="library")
    assert "Library" in led.page.all("aside")[0].words


async def test_reviews_due_are_shown_and_closed(table: Table) -> None:
    chair, delegate = table.chair, table.delegate
    charter = await delegate.open("/charter")
    await delegate.tick(charter, "note-shift", ["School meals"], what="A new minister.")
    due = await chair.open("/reviews")
    assert "Positions on issues" in due.words
    closed = await chair.send(due, "close-review", result="changed", note="Two moved.")
    assert "Closed: changed" in closed.words
    asked = await chair.tick(closed, "open-review", ["Union"], kind="roles", due="2999-01-01")
    assert "Due 1 January 2999" in asked.words
    mine = await delegate.open(f"/reviews?organisation={table.org(DELEGATE)}")
    assert "Roles" in mine.words


async def test_sheets_are_downloaded_and_guarded(table: Table) -> None:
    chair = table.chair
    await chair.send(await chair.open("/organisations"), "invite", name="=SUM(A1)")
    for _ in range(50):
        answer = await chair.raw("/organisations.csv?place=door")
        if "=SUM(A1)" in answer.text:
            break
        await asyncio.sleep(0.1)
    assert answer.headers["content-type"].startswith("text/csv")
    assert "attachment" in answer.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.text, newline="")))
    assert "'=SUM(A1)" in [row["name"] for row in rows]
    accepted = await chair.raw("/charter/acceptances/ground-rules.csv")
    assert accepted.text.startswith("organisation,name,version,accepted,ref\r\n")
    assert (await chair.raw("/alignment.csv")).text.startswith("organisation,name,brings,")


async def test_a_form_is_for_its_page_and_session_alone(table: Table) -> None:
    charter = await table.delegate.open("/charter")
    stolen = await table.other.send(charter, "note-shift", what="Not ours.")
    assert stolen.status == 403
    nothing = await table.delegate.raw("/charter/nothing-of-the-kind")
    assert nothing.status_code in {404, 405}


async def test_what_people_say_of_themselves_is_on_their_own_page_alone(table: Table) -> None:
    delegate = table.delegate
    page = await delegate.open("/you")
    assert page.page.all("h1")[0].words == "Union's delegate"
    bare = await delegate.send(page, "set-goal", text="Canary goal.")
    assert bare.errors == ["Say until which day."]
    assert "Canary goal." in bare.html
    for what, given, words in (
        ("set-goal", {"text": "Canary goal.", "due": "2999-01-01"}, "Until 1 January 2999"),
        ("reach-goal", {}, "Reached on"),
        ("give-consent", {"purpose": "Story"}, "Story Given on"),
        ("withdraw-consent", {}, "Withdrawn"),
        ("say-how-you-are", {"score": "4"}, "4 of 5"),
    ):
        page = await delegate.send(page, what, **given)
        assert page.status == 200, (what, page.errors)
        assert words in page.words, what
    assert not {"reach-goal", "withdraw-consent", "say-how-you-are"} & {*page.forms()}
    assert "Canary goal." in (await delegate.raw("/you.json")).text
    for who in (table.chair, table.other, table.observer):
        for path in ("/you", "/you.json"):
            assert "Canary" not in (await who.raw(path)).text
    assert (await table.outsider.raw("/you")).status_code == 404


async def test_who_only_watches_is_erased_by_themselves_alone(table: Table) -> None:
    page = await table.observer.open("/you")
    assert "Parents's delegate" in page.words
    unsure = await table.observer.send(page, "erase", ground="Moved on", sure="yes")
    assert unsure.errors == ["Write ERASE, in capital letters."]
    gone = await table.observer.send(unsure, "erase", sure="ERASE")
    assert gone.status == 200
    assert not gone.url.endswith("/you")
    for _ in range(50):
        erased = (await table.coalition.get("members", "erasures", CHAIR)).json()["items"]
        if erased:
            break
        await asyncio.sleep(0.1)
    assert [(one["ground"], one["approved_by"]) for one in erased] == [("moved_on", [])]
    people = (await table.coalition.get("members", "people", CHAIR)).json()["items"]
    assert "Parents" not in str(people)
