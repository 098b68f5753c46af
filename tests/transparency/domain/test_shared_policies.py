"""R17: what each unit answered, and how consistently a policy is followed."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from services.transparency.domain import shared_policies
from services.transparency.domain.refs import Cited
from services.transparency.domain.said import Names, Said, withheld
from services.transparency.domain.shared_policies import (
    ANSWERS,
    FOLLOWED,
    AskedUnit,
    PolicyEvent,
    lines,
    policies,
)
from tests.laws import over

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
PHONES, READING = UUID(int=1), UUID(int=2)
RED, BLUE, GREEN = (UUID(int=n) for n in (11, 12, 13))
ANA, BEN = UUID(int=21), UUID(int=22)


def words(said: str) -> Said:
    return {"lang": "en", "text": said}


NAMES = Names({PHONES: words("Phones"), READING: words("Reading"), ANA: words("Zoo"),
               BEN: words("Aid")})  # fmt: skip
OWNERS = {RED: ANA, BLUE: BEN, GREEN: BEN}


class Story:
    """What happened to policies, an hour apart, the first at position 1."""

    def __init__(self) -> None:
        self.events: list[PolicyEvent] = []

    def add(self, type_: str, policy: UUID = PHONES, **more: Any) -> "Story":
        n = len(self.events) + 1
        cited = Cited("meetings", n, n.to_bytes(32, "big"))
        at = NOON + timedelta(hours=n)
        self.events.append(PolicyEvent(cited, policy, type_, at, **more))
        return self

    def agree(
        self, *units: UUID, version: int = 1, policy: UUID = PHONES, **owners: UUID
    ) -> "Story":
        asked = tuple(
            AskedUnit(unit, owners.get("owner", OWNERS[unit]), words(f"Room {unit.int}"))
            for unit in units
        )
        more = {"version": version, "relation": "fills_gap", "units": asked}
        return self.add("PolicyAgreed", policy, **more)

    def say(self, type_: str, unit: UUID, policy: UUID = PHONES) -> "Story":
        return self.add(type_, policy, unit=unit, words=words(f"{type_}, {unit.int}"))

    @property
    def rows(self) -> list[dict[str, Any]]:
        found = policies(self.events)
        return [shared_policies.row(*each, NAMES) for each in lines(found, NAMES)]

    @property
    def figures(self) -> list[dict[str, Any]]:
        return shared_policies.summary(policies(self.events), NAMES)

    def figure(self, name: str) -> dict[str, Any]:
        return next(each for each in self.figures if each["figure"] == name)


def drafted(policy: UUID = PHONES) -> Story:
    return Story().add("PolicyDrafted", policy)


def test_each_cell_has_its_answer_reason_changes_and_what_it_rests_on() -> None:
    story = drafted().agree(RED, BLUE, GREEN)
    story.say("PolicyAdopted", RED).say("PolicyDeclined", BLUE)
    story.say("PolicyAdaptationReported", RED)
    declined, unanswered, adapted = story.rows
    assert (adapted["answer"], adapted["reason"], adapted["changes"], adapted["refs"]) == (
        "adapted", words("PolicyAdopted, 11"), [words("PolicyAdaptationReported, 11")],
        ["meetings/2", "meetings/3", "meetings/5"],
    )  # fmt: skip
    assert (declined["answer"], declined["reason"]) == ("declined", words("PolicyDeclined, 12"))
    assert (unanswered["answer"], unanswered["answered_at"], unanswered["refs"]) == (
        "unanswered", None, ["meetings/2"],
    )  # fmt: skip
    assert declined["unit"] == {"id": str(BLUE), "name": words("Room 12")}
    assert [row["owner"]["name"] for row in story.rows] == [
        words("Aid"), words("Aid"), words("Zoo"),
    ]  # fmt: skip
    assert adapted["answered_at"] == "2026-01-01T17:00:00.000Z"
    assert {row["relation"] for row in story.rows} == {"fills_gap"}


def test_consistency_is_of_each_policy_and_of_all_that_hold() -> None:
    story = drafted().agree(RED, BLUE, GREEN).say("PolicyAdopted", RED)
    story.add("PolicyDrafted", READING).agree(RED, policy=READING)
    story.say("PolicyAdopted", RED, READING).say("PolicyRetired", RED, READING)
    whole, *of_each = [each for each in story.figures if each["figure"] == "consistency"]
    assert (whole["value"], whole["refs"]) == (
        "0.250000", ["meetings/2", "meetings/3", "meetings/5", "meetings/6", "meetings/7"],
    )  # fmt: skip
    assert [(each["policy"]["id"], each["value"]) for each in of_each] == [
        (str(PHONES), "0.333333"), (str(READING), "0.000000"),
    ]  # fmt: skip
    assert {name: story.figure(name)["value"] for name in ANSWERS} == {
        "adopted": 1, "adapted": 0, "declined": 0, "dropped": 1, "unanswered": 2,
    }  # fmt: skip


def test_what_was_retired_for_all_counts_in_no_total() -> None:
    story = drafted().agree(RED).say("PolicyAdopted", RED).add("PolicyRetired")
    assert story.figure("consistency")["value"] is None
    assert story.figure("consistency")["reason"] == "no unit was asked"
    assert (story.figure("policies")["value"], story.figure("retired")["value"]) == (0, 1)
    [row] = story.rows
    assert (row["state"], row["answer"]) == ("retired", "adopted")
    [_, of_it] = [each for each in story.figures if each["figure"] == "consistency"]
    assert of_it["value"] == "1.000000"


def test_a_draft_has_no_cells() -> None:
    story = drafted()
    assert story.rows == []
    assert (story.figure("drafts")["value"], story.figure("policies")["value"]) == (1, 0)
    assert drafted().add("PolicyRetired").figure("drafts")["value"] == 0


def test_agreed_on_again_who_stays_keeps_its_answer() -> None:
    story = drafted().agree(RED, BLUE).say("PolicyAdopted", RED).say("PolicyAdopted", BLUE)
    story.agree(RED, GREEN, version=2)
    assert [(row["unit"]["id"], row["answer"], row["version"]) for row in story.rows] == [
        (str(GREEN), "unanswered", 2), (str(RED), "adopted", 2),
    ]  # fmt: skip
    story.say("PolicyDeclined", BLUE)
    assert len(story.rows) == 2
    story.agree(RED, version=3, owner=BEN)
    assert [row["answer"] for row in story.rows] == ["unanswered"]


def test_adopted_again_a_unit_follows_it_as_it_is_written() -> None:
    story = drafted().agree(RED)
    for kind in ("PolicyAdopted", "PolicyAdaptationReported", "PolicyRetired", "PolicyAdopted"):
        story.say(kind, RED)
    [row] = story.rows
    assert (row["answer"], row["changes"]) == ("adopted", [])


def test_what_happened_before_the_draft_could_be_seen_is_left_out() -> None:
    assert policies(Story().agree(RED).say("PolicyAdopted", RED).events) == []


def test_words_that_may_not_be_seen_say_why() -> None:
    story = drafted().agree(RED)
    story.add("PolicyAdopted", unit=RED, words=withheld("erased"))
    [row] = story.rows
    assert row["reason"] == {"withheld": "erased"}


kinds = st.sampled_from(
    ["PolicyAdopted", "PolicyDeclined", "PolicyAdaptationReported", "PolicyRetired"]
)


@over(st.lists(st.tuples(kinds, st.sampled_from([RED, BLUE])), max_size=12))
def test_every_cell_counts_once_and_cites_each_of_its_events(
    said: list[tuple[str, UUID]],
) -> None:
    story = drafted().agree(RED, BLUE, GREEN)
    for kind, unit in said:
        story.say(kind, unit)
    assert sum(story.figure(name)["value"] for name in ANSWERS) == 3
    followed = sum(row["answer"] in FOLLOWED for row in story.rows)
    assert story.figure("consistency")["value"] == f"{followed / 3:.6f}"
    refs = {ref for row in story.rows for ref in row["refs"]}
    assert refs == {f"meetings/{event.cited.position}" for event in story.events[1:]}
