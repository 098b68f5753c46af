"""A whole formal meeting over HTTP, told as it happens, until its minutes could be signed."""

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.test_erasure import until
from tests.end_to_end.assembly import Assembly, assembled
from tests.end_to_end.coalition import Coalition, form, text
from tests.end_to_end.imports import imported
from tests.suite import Suite

ORGANISATIONS = (
    "Clinic", "Union", "Parents", "Library", "Church", "Greens", "Tenants", "Builders",
    "Landlords", "Choir", "Athletes", "Firefighters", "Food bank", "Gardeners", "Farmers",
    "Bakers", "Drivers", "Cyclists", "Nurses", "Teachers", "Pupils", "Seniors", "Newcomers",
    "Museum", "Theatre", "Radio", "Bank", "Market", "Harbour", "Youth",
)  # fmt: skip
AWAY = "Radio", "Bank", "Youth"
PRESENT = tuple(name for name in ORGANISATIONS if name not in AWAY)

VAN = "A second van for all"
NIGHT = "Quiet hours from ten at night"
SUNDAY = "The market opens on Sundays"
VOICE = "The library speaks for us"
MINUTES = "Minutes within two days"
BUS = "The bus to the harbour"

OF_THEIR_OWN = {
    "Union": "Ask three garages for a price", "Clinic": "Tell the mayor what we decided",
    "Parents": "Count the pupils who come by bus", "Greens": "Measure the noise at the harbour",
    "Church": "Lend the hall for the summer feast", "Tenants": "Print the new timetable",
    "Builders": "Mend the ramp of the clinic", "Choir": "Sing at the opening",
    "Athletes": "Find a field for the tournament", "Firefighters": "Check the hall's exits",
    "Food bank": "List what is short", "Gardeners": "Plant the roundabout",
    "Farmers": "Bring eggs to the food bank", "Bakers": "Bake for the summer feast",
}  # fmt: skip
OF_OTHERS = {
    "Drivers": "Drive the old van to the garage", "Cyclists": "Draw the path to the harbour",
    "Nurses": "Train two first aiders", "Teachers": "Translate the minutes",
    "Museum": "Keep the old van's number plate", "Theatre": "Lend chairs for the next meeting",
}  # fmt: skip


@pytest.fixture(scope="module")
async def assembly(running: Suite) -> Assembly:
    """Thirty organisations that work formally, by five rules."""
    table = await assembled(running, "formal", ORGANISATIONS)
    gathered = Assembly(table, facilitator="Library")
    await gathered.found(
        consent={"method": "consent"},
        consensus={"method": "consensus"},
        majority={"method": "majority"},
        two_thirds_in_secret={"method": "supermajority", "ballot": "sealed_until_close"},
        unless_somebody_minds={"method": "lazy_consensus"},
    )
    return gathered


@pytest.mark.timeout(180)
async def test_a_formal_meeting_from_the_invitation_to_minutes_that_can_be_signed(  # noqa: PLR0915 - one story
    assembly: Assembly, tmp_path: Path
) -> None:
    today = datetime.now(UTC).date()
    soon, in_autumn = str(today + timedelta(days=14)), str(today + timedelta(days=120))

    # It is called, and everybody is asked to come.
    await assembly.call("Spring assembly", "The town hall", host="Church")
    await assembly.invite(
        but_for={"Youth": "Their exams are today."}, answers={"Radio": "no", "Union": "yes"}
    )

    # Twelve items are asked for; five are to be decided.
    await assembly.ask_for("Newcomers", "Where to learn the language", "support", 10)
    await assembly.propose("Union", VAN, "We buy a second van.\nAll may use it.", 20)
    await assembly.propose("Seniors", NIGHT, "From ten at night the square is quiet.", 20)
    await assembly.propose("Market", SUNDAY, "The market opens on every Sunday.", 30)
    await assembly.propose("Parents", VOICE, "The library speaks for us in the council.", 15)
    await assembly.propose("Teachers", MINUTES, "Minutes are drafted within two days.", 5)
    await assembly.ask_for("Harbour", BUS, "discussion", 20)
    await assembly.ask_for("Greens", "Trees on the square", "discussion", 15)
    await assembly.ask_for("Cyclists", "A path along the river", "discussion", 15)
    await assembly.ask_for("Nurses", "Who helps at night", "support", 10)
    await assembly.ask_for("Museum", "The new opening hours", "information", 5)
    await assembly.ask_for("Clinic", "What the year cost", "information", 10)
    await assembly.publish_agenda()

    # Twenty-seven come, and make a quorum.
    await assembly.do("openings", {}, assembly.facilitator)
    await assembly.arrive(PRESENT, remote=("Harbour", "Farmers"))

    # By consent: whoever objected is answered, and takes it back; one stands aside.
    await assembly.vote_on(VAN, "consent")
    await assembly.stand(VAN, "object", "Landlords", why="Who pays for the fuel?")
    await assembly.answer(
        VAN, "stances/changes", "Landlords", to="agree",
        because=text("The union pays for it."),
    )  # fmt: skip
    await assembly.answer(VAN, "standings-aside", "Church", public=True)
    await assembly.stand(VAN, "agree", *set(PRESENT) - {"Landlords", "Church"})
    await assembly.decide(VAN, "Union", "Drivers")

    # By consensus: the discussion is hot; what does not bear on it is set aside.
    await assembly.lead("heat/raises", NIGHT, reason=text("Say what keeps you awake."))
    await assembly.lead("dissent-invitations", NIGHT)
    await assembly.lead("heat/reductions", NIGHT, reason=text("It is said."))
    await assembly.vote_on(NIGHT, "consensus")
    await assembly.stand(NIGHT, "object", "Harbour", why="Our crane is old.")
    await assembly.stand(NIGHT, "abstain", "Choir", "Theatre")
    await assembly.stand(NIGHT, "agree", *set(PRESENT) - {"Harbour", "Choir", "Theatre"})
    await assembly.answer(
        NIGHT, "objections/settings-aside", "Clinic",
        objection=await assembly.objection_to(NIGHT),
        reasoning=text("The crane does not stand on the square."),
    )  # fmt: skip
    await assembly.decide(NIGHT, "Seniors")

    # By majority, which it does not have; the market says why that is wrong.
    against = ("Church", "Bakers", "Nurses", "Drivers", "Teachers")
    await assembly.vote_on(SUNDAY, "majority")
    await assembly.stand(SUNDAY, "agree", "Market", "Farmers", "Newcomers")
    await assembly.stand(SUNDAY, "abstain", *set(PRESENT[:18]) - {*against, "Farmers"})
    await assembly.stand(SUNDAY, "disagree", *against, why="Sunday is for rest.")
    await assembly.decide(SUNDAY, "Market")
    await assembly.answer(
        SUNDAY, "minority-statements", "Market", decision=await assembly.decision_on(SUNDAY),
        text=text("On Sundays people have time."),
    )  # fmt: skip

    # By two thirds, in secret until the voting is closed.
    rivals = ("Museum", "Theatre", "Union", "Landlords")
    await assembly.vote_on(VOICE, "two_thirds_in_secret")
    await assembly.stand(VOICE, "disagree", *rivals, why="It should go round.")
    await assembly.stand(VOICE, "agree", *set(PRESENT) - {*rivals})
    await assembly.decide(VOICE, "Library")

    # Nobody minds: silence agrees.
    await assembly.vote_on(MINUTES, "unless_somebody_minds")
    await assembly.stand(MINUTES, "agree", "Teachers", "Clinic")
    await assembly.decide(MINUTES, "Clinic")

    # One item rests, and somebody has to go.
    await assembly.lead(
        "parkings", BUS, until=in_autumn,
        reason=text("The timetable comes out in summer."),
    )  # fmt: skip
    await assembly.leave("Farmers")

    # Twenty steps; nobody goes home before each is somebody's.
    for name, what in OF_THEIR_OWN.items():
        await assembly.ask_to(what, name, due=soon)
    for name, what in OF_OTHERS.items():
        await assembly.ask_to(what, "Clinic", of=name, due=in_autumn)
    assert await assembly.refused("closings", {}, assembly.facilitator) == "unowned_steps"
    for name, what in OF_OTHERS.items():
        await assembly.accept(what, name)
    await assembly.do("closings", {}, assembly.facilitator)

    # The minutes cite what was decided; they are corrected once, and approved by who was there.
    left_out = {"text": text("We met.")}
    assert await assembly.refused("minutes", left_out, "Clinic") == "retyped_decision"
    await assembly.draft("The choir sang.\nWe thank the church.")
    await assembly.approve(1, ["Clinic"])
    await assembly.correct("Choir", "The choir sang twice.\nWe thank the church.", "It was twice.")
    assert await assembly.refused("minutes/approvals", {"version": 1}, "Union") == "minutes_version"
    await assembly.approve(2, PRESENT[:-1])
    assert f"waiting for {PRESENT[-1]}." in await minutes_of(assembly)
    await assembly.approve(2, PRESENT[-1:])

    # What everybody takes home.
    signed = await minutes_of(assembly)
    assert of_any_day(signed) == expected(today, soon, in_autumn)

    # The neighbours read them, and have the same meeting.
    home = tmp_path / f"{today}-{assembly.id}.md"
    home.write_text(signed)
    neighbours = await form(assembly.table.suite, "neighbours")
    report = await imported(assembly.table.suite, "minutes", home, slug="neighbours")
    assert (report["code"], report["refused"]) == (0, 0), report
    theirs = await only_meeting(neighbours)
    assert theirs["body"]["id"] == neighbours.plenary
    assert (theirs["title"]["text"], theirs["date"]) == ("Spring assembly", str(today))
    came = [(row["person"]["text"], row["org"]["name"]["text"]) for row in theirs["attendance"]]
    assert came == [(delegate(name), name) for name in PRESENT]
    assert [item["title"]["text"] for item in theirs["agenda"]] == [*assembly.items]
    [read] = theirs["minutes"]
    assert read["text"]["text"] == "The choir sang twice.\nWe thank the church."
    steps = [f"* {step['what']['text']}" for step in reversed(theirs["steps"])]
    assert "\n".join(steps) == section(signed, "Actions")


async def minutes_of(assembly: Assembly, name: str = "Parents") -> str:
    answer = await assembly.shown(name, "/minutes.md")
    assert answer.status_code == 200, answer.text
    return str(answer.text)


def section(minutes: str, name: str) -> str:
    return minutes.partition(f"\n## {name}\n\n")[2].partition("\n\n## ")[0]


async def only_meeting(table: Coalition) -> Any:
    """Return what is shown of a coalition's only meeting, once it is there with its minutes."""

    async def found(path: str, what: str) -> Any:
        answer = await table.get("meetings", path, table.chair)
        shown = answer.json() if answer.status_code == 200 else {}
        return shown if shown.get(what) else None

    [row] = (await until(lambda: found("meetings", "items")))["items"]
    return await until(lambda: found(f"meetings/{row['meeting']}", "minutes"))


def delegate(name: str) -> str:
    return f"{name}'s {'chair' if name == 'Clinic' else 'delegate'}"


def of_any_day(minutes: str) -> str:
    """Return minutes without the places and times that no other run has."""
    return re.sub(r"[0-9]{2}:[0-9]{2}", "12:00", re.sub(r"meetings/[0-9]+", "meetings/7", minutes))


def expected(today: date, soon: str, in_autumn: str) -> str:
    present = "\n".join(f"* {delegate(name)} ({name})" for name in PRESENT)
    steps = "\n".join(
        [f"* {what} ({name}, due {soon})" for name, what in OF_THEIR_OWN.items()]
        + [f"* {what} ({name}, due {in_autumn})" for name, what in OF_OTHERS.items()]
    )
    return f"""\
# Spring assembly, {today}

Plenary, 12:00 UTC to 12:00 UTC, The town hall

Hosted by Church. Facilitated by Library's delegate (Library).

Version 2: final, approved by {", ".join(PRESENT)}.

It corrects version 1: It was twice.

## Present

{present}

## Quorum

There was a quorum, with 15 organisations needed and 15 present (meetings/7).

27 came, for 27 organisations; 2 of them remotely.

Left before the end: Farmers's delegate (Farmers).

## Absent

* Bank: did not answer
* Radio: had said no
* Youth: not invited, “Their exams are today.”

## Agenda

* Where to learn the language
  * support, 10 minutes
* A second van for all
  * decision, 20 minutes
* Quiet hours from ten at night
  * decision, 20 minutes
* The market opens on Sundays
  * decision, 30 minutes
* The library speaks for us
  * decision, 15 minutes
* Minutes within two days
  * decision, 5 minutes
* The bus to the harbour
  * discussion, 20 minutes
* Trees on the square
  * discussion, 15 minutes
* A path along the river
  * discussion, 15 minutes
* Who helps at night
  * support, 10 minutes
* The new opening hours
  * information, 5 minutes
* What the year cost
  * information, 10 minutes

## Decisions

### A second van for all: adopted

> We buy a second van.
> All may use it.

By consent: 26 of 30 entitled took part; 26 agree, 0 disagree, 0 abstain, 0 object. Answerable: \
Drivers, Union. Recorded as meetings/7.

* Church stood aside
* Objection, Landlords: “Who pays for the fuel?”. Retracted by Landlords: “The union pays for \
it.”. Objection retracted (meetings/7)

### Quiet hours from ten at night: adopted

> From ten at night the square is quiet.

By consensus: 27 of 30 entitled took part; 24 agree, 0 disagree, 2 abstain, 1 object. Answerable: \
Seniors. Recorded as meetings/7.

* Harbour objects: “Our crane is old.”
* Objection, Harbour: “Our crane is old.”. Set aside by Clinic: “The crane does not stand on the \
square.”. Objection set aside (meetings/7)

### The market opens on Sundays: rejected

> The market opens on every Sunday.

By majority: 22 of 30 entitled took part; 3 agree, 5 disagree, 14 abstain, 0 object. Answerable: \
Market. Recorded as meetings/7.

* Bakers disagrees: “Sunday is for rest.”
* Church disagrees: “Sunday is for rest.”
* Drivers disagrees: “Sunday is for rest.”
* Nurses disagrees: “Sunday is for rest.”
* Teachers disagrees: “Sunday is for rest.”
* Minority statement, Market: “On Sundays people have time.”

### The library speaks for us: adopted

> The library speaks for us in the council.

By supermajority, with ballots sealed until voting closed: 27 of 30 entitled took part; 23 agree, \
4 disagree, 0 abstain, 0 object. Answerable: Library. Recorded as meetings/7.

* Landlords disagrees: “It should go round.”
* Museum disagrees: “It should go round.”
* Theatre disagrees: “It should go round.”
* Union disagrees: “It should go round.”

### Minutes within two days: adopted

> Minutes are drafted within two days.

By lazy consensus: 2 of 30 entitled took part; 30 agree, 0 disagree, 0 abstain, 0 object. \
Answerable: Clinic. Recorded as meetings/7.

## Heat

* 12:00 UTC, Quiet hours from ten at night: raised, “Say what keeps you awake.”
* 12:00 UTC, Quiet hours from ten at night: lowered, “It is said.”

## Parked

* The bus to the harbour: until {in_autumn}, “The timetable comes out in summer.”

## Actions

{steps}

## Minutes

<!-- accord: minutes as recorded -->

The choir sang twice.
We thank the church.
"""
