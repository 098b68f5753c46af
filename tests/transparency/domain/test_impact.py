"""R9: what came of the work, side by side and unsummed where it is measured."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import strategies as st

from services.transparency.domain.impact import Consent, Given, Happening, gather, rows, summary
from services.transparency.domain.refs import Cited
from services.transparency.domain.said import Names, Said
from tests.laws import over

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
AID, UNION, ZOO = (UUID(int=n) for n in range(1, 4))
CAMPAIGN, BUS, MEALS, LIST, DEMAND, WIN, LOSS, TALE = (UUID(int=n) for n in range(11, 19))
YES = UUID(int=31)
MEETINGS = {"ObjectiveSet", "DemandPresented", "DemandEscalated", "DemandAnswered", "ActionHeld"}


def words(said: str) -> Said:
    return {"lang": "en", "text": said}


NAMES = Names(
    {AID: words("Aid"), UNION: words("Union"), ZOO: words("Zoo"), CAMPAIGN: words("A later bus")}
)


class Story:
    """What happens, a day apart, the first at position 1 of its journal, on 2 January."""

    def __init__(self) -> None:
        self.events: list[Happening] = []

    def add(
        self, type_: str, key: UUID = CAMPAIGN, by: UUID = AID, said: Any = (), **plain: Any
    ) -> "Story":
        n = len(self.events) + 1
        service = "meetings" if type_ in MEETINGS else "credit"
        spoken = {name: words(each) for name, each in dict(said).items()}
        at, cited = NOON + timedelta(days=n), Cited(service, n, n.to_bytes(32, "big"))
        self.events.append(Happening(cited, key, type_, at, by, spoken, plain))
        return self

    def assess(self, by: UUID, met: str, *, as_intended: bool = True) -> "Story":
        said: dict[str, Any] = {"objective": str(BUS), "met": met, "as_intended": as_intended}
        return self.add("ObjectiveAssessed", by=by, said={"why": f"{met}."}, **said)

    def define(self, key: UUID, kind: str) -> "Story":
        said = {"name": "Meals", "source": "The list."}
        return self.add("ImpactMetricDefined", key, said=said, unit="meals", kind=kind)

    def record(self, key: UUID, value: int, on: str, corrects: str | None = None) -> "Story":
        told: dict[str, Any] = {"value": value, "on": on}
        told |= {"corrects": corrects} if corrects else {}
        return self.add("ImpactMetricRecorded", key, **told)

    def given(self, today: date | None = None, **consents: Any) -> Given:
        now = self.events[-1].at if self.events else NOON
        return Given(now, today or now.date(), consents.get("consents", {}))

    def rows(self, part: str, **more: Any) -> list[dict[str, Any]]:
        found = rows(gather(self.events), self.given(**more), NAMES)
        return [row for row in found if row["part"] == part]

    def figures(self, **more: Any) -> dict[str, Any]:
        found = summary(gather(self.events), self.given(**more))
        return {each["figure"]: each["value"] for each in found}


def test_assessments_stand_side_by_side_by_name_the_last_of_each() -> None:
    story = Story().add("ObjectiveSet", objective=str(BUS), due="2026-05-01", said={"text": "Bus."})
    [row] = story.rows("objective")
    assert (row["text"], row["assessments"]) == (words("Bus."), [])
    assert story.figures()["not_assessed"] == 1
    story.assess(ZOO, "met").assess(AID, "met").assess(AID, "not", as_intended=False)
    [row] = story.rows("objective")
    assert [(one["organisation"]["name"]["text"], one["met"]) for one in row["assessments"]] == [
        ("Aid", "not"), ("Zoo", "met"),
    ]  # fmt: skip
    assert row["refs"] == ["meetings/1", "credit/4", "credit/2"]
    figures = story.figures()
    assert [figures[f"assessed_{met}"] for met in ("met", "partly", "not")] == [1, 0, 1]
    assert (figures["as_intended"], figures["not_assessed"]) == (1, 0)


def test_each_organisation_answers_for_itself() -> None:
    said = {"done": "A bus.", "met_as_intended": "Yes.", "changed": "Much."}
    story = Story()
    for by in (ZOO, AID, ZOO):
        story.add("EvaluationAnswered", by=by, said=said)
    first, second = story.rows("answer")
    assert (first["organisation"], second["organisation"]) == (NAMES.of(AID), NAMES.of(ZOO))
    assert (second["refs"], second["changed"]) == (["credit/3"], words("Much."))
    assert story.figures()["answers"] == 2


def test_what_is_counted_comes_to_a_whole_without_what_was_corrected() -> None:
    story = Story().define(MEALS, "counter").record(MEALS, 500, "2026-01-05")
    story.record(MEALS, 40, "2026-01-03").record(MEALS, 50, "2026-01-05", "credit/2")
    lines = story.rows("metric")
    assert [(row["on"], row["value"], row["corrected_by"]) for row in lines] == [
        ("2026-01-03", 40, None), ("2026-01-05", 500, "credit/4"), ("2026-01-05", 50, None),
    ]  # fmt: skip
    assert lines[1]["refs"] == ["credit/1", "credit/2", "credit/4"]
    assert lines[0]["source"] == words("The list.")
    assert story.figures()["counted"] == 90


def test_k13_what_is_measured_is_not_summed() -> None:
    story = Story().define(LIST, "gauge").record(LIST, 500, "2026-01-05")
    figures = story.record(LIST, 40, "2026-01-03").figures()
    assert figures["measured_last"] == 500
    assert "counted" not in figures
    assert Story().define(LIST, "gauge").figures()["metric"] is None


@over(st.lists(st.tuples(st.integers(0, 99), st.integers(1, 9)), min_size=1, max_size=9))
def test_k13_no_figure_of_a_gauge_is_more_than_was_measured(told: list[tuple[int, int]]) -> None:
    story = Story().define(LIST, "gauge")
    for value, day in told:
        story.record(LIST, value, f"2026-01-0{day}")
    last = max(day for _, day in told)
    assert story.figures()["measured_last"] == [value for value, day in told if day == last][-1]


def tell() -> Story:
    return Story().add("StoryRecorded", TALE, said={"text": "Once."}, consent=str(YES), metrics=[])


@pytest.mark.parametrize(
    ("consents", "told"),
    [
        ({YES: Consent("story")}, 1),
        ({YES: Consent("story", date(2026, 1, 2))}, 1),
        ({YES: Consent("story", date(2026, 1, 1))}, 0),
        ({YES: Consent("quote")}, 0),
        ({}, 0),
    ],
    ids=["for good", "until today", "until yesterday", "for something else", "withdrawn"],
)
def test_k14_a_story_is_told_while_its_person_agrees(
    consents: dict[UUID, Consent], told: int
) -> None:
    story = tell()
    assert len(story.rows("story", consents=consents)) == told
    figures = story.figures(consents=consents)
    assert (figures["stories"], figures["stories_without_consent"]) == (told, 1 - told)


def test_k14_the_day_of_the_report_counts_not_that_of_its_newest_event() -> None:
    until = {YES: Consent("story", date(2026, 1, 2))}
    assert tell().rows("story", consents=until, today=date(2026, 1, 3)) == []


def test_a_story_stands_beside_its_numbers() -> None:
    story = Story().define(MEALS, "counter")
    story.add("StoryRecorded", TALE, said={"text": "Once."}, consent=str(YES),
              metrics=[str(MEALS), str(LIST)])  # fmt: skip
    [row] = story.rows("story", consents={YES: Consent("story")})
    assert row["metrics"] == [{"id": str(MEALS), "name": words("Meals")}]


def test_wins_and_losses_are_listed_together_with_their_celebrations() -> None:
    story = Story().add("WinDeclared", WIN, size="step", said={"title": "A bus."})
    assert story.figures()["days_since_celebration"] is None
    story.add("LossAcknowledged", LOSS, said={"title": "No bus."})
    for day in ("2026-01-03", "2026-01-01", "2026-02-01"):
        story.add("WinCelebrated", WIN, on=day, orgs=[str(AID)])
    win, loss = story.rows("outcome")
    assert (win["kind"], win["celebrated"]) == ("win", ["2026-01-01", "2026-01-03", "2026-02-01"])
    assert (loss["kind"], loss["size"], loss["celebrated"]) == ("loss", None, [])
    figures = story.figures()
    assert (figures["wins"], figures["losses"], figures["celebrations"]) == (1, 1, 3)
    assert figures["days_since_celebration"] == 3, "what is to come has not been celebrated"


def test_a_demand_without_answer_says_so_once_its_day_has_passed() -> None:
    story = Story().add("DemandPresented", DEMAND, campaign=str(CAMPAIGN), due="2026-01-02",
                        said={"office": "The mayor", "text": "A bus."})  # fmt: skip
    assert story.rows("demand")[0]["state"] == "waiting"
    story.assess(AID, "not")
    assert (story.rows("demand")[0]["state"], story.figures()["demands_no_answer"]) == (
        "no_answer", 1,
    )  # fmt: skip
    story.add("DemandEscalated", DEMAND, due="2026-01-09", said={"to": "The minister"})
    [row] = story.rows("demand")
    assert (row["state"], row["escalated_to"], row["due"]) == (
        "waiting", [words("The minister")], "2026-01-09",
    )  # fmt: skip
    [row] = story.add("DemandAnswered", DEMAND, result="partly", said={"text": "Soon."}).rows(
        "demand"
    )
    assert (row["state"], row["answer"], row["campaign"]) == (
        "partly", words("Soon."), NAMES.of(CAMPAIGN),
    )  # fmt: skip
    figures = story.figures()
    states = ("answered", "no_answer", "waiting", "escalated")
    assert [figures[f"demands_{state}"] for state in states] == [1, 0, 0, 1]


def test_lessons_and_actions_are_listed() -> None:
    story = Story().add(
        "LessonRecorded", lesson=str(TALE), kind="wrong", said={"what": "Late.", "why": "Snow."}
    )
    orgs = [str(ZOO), str(AID)]
    story.add("ActionHeld", kind="rally", on="2026-01-03", orgs=orgs, participants=40)
    [lesson], [action] = story.rows("lesson"), story.rows("action")
    assert (lesson["kind"], lesson["why"]) == ("wrong", words("Snow."))
    assert action["organisations"] == [NAMES.of(AID), NAMES.of(ZOO)]
    figures = story.figures()
    assert (figures["went_right"], figures["went_wrong"], figures["actions"]) == (0, 1, 1)


assessors = st.lists(
    st.tuples(st.sampled_from([AID, UNION, ZOO]), st.sampled_from(["met", "partly", "not"])),
    max_size=9,
)


@over(assessors)
def test_k6_each_organisation_has_one_say_and_the_names_decide_the_order(
    said: Sequence[tuple[UUID, str]],
) -> None:
    story = Story().add("ObjectiveSet", objective=str(BUS))
    for by, met in said:
        story.assess(by, met)
    [row] = story.rows("objective")
    last = dict(said)
    shown = {UUID(one["organisation"]["id"]): one["met"] for one in row["assessments"]}
    assert shown == last
    assert [*shown] == NAMES.ordered(last)
    figures = story.figures()
    assert sum(figures[f"assessed_{met}"] for met in ("met", "partly", "not")) == len(last)
