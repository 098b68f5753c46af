"""R11: stages with reasons, and months beside them."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from services.transparency.domain import stage_timeline
from services.transparency.domain.boundary import Boundary
from services.transparency.domain.open_next_steps import Step
from services.transparency.domain.refs import Cited
from services.transparency.domain.relationship_health import Known
from services.transparency.domain.said import Names
from services.transparency.domain.stage_timeline import STAGES, Decided, StageEvent
from services.transparency.domain.window import Window
from tests.laws import over
from tests.transparency.domain.test_relationship_health import SIX, ring

NOW = datetime(2026, 4, 10, 12, tzinfo=UTC)
W = Window(date(2026, 1, 11), date(2026, 4, 10))
CHAIR = UUID(int=1)


def at(month: int, day: int) -> datetime:
    return datetime(2026, month, day, tzinfo=UTC)


def entered(position: int, when: datetime, stage: str | None) -> StageEvent:
    why = {"lang": "en", "text": f"Why {stage}."}
    cited = Cited("members", position, bytes(32))
    return StageEvent(cited, when, CHAIR, stage, why)


def decided(position: int, when: datetime, *dispositions: str) -> Decided:
    return Decided(Cited("meetings", position, bytes(32)), when, dispositions)


def known(**more: Any) -> Known:
    given = {"window": W, "heard": W.ends, "boundary": Boundary()}
    return Known(**{**given, **more})


def rows(part: str, events: list[StageEvent], made: list[Decided], **more: Any) -> Any:
    stages = stage_timeline.stages(events)
    told = stage_timeline.rows(known(**more), stages, made, Names({}), NOW)
    return [row for row in told if row["part"] == part]


EVENTS = [
    entered(1, datetime(2025, 10, 1, tzinfo=UTC), "forming"),
    entered(2, datetime(2026, 1, 1, tzinfo=UTC), "storming"),
    entered(3, at(2, 1), "norming"),
    entered(4, at(3, 1), "storming"),
]


def test_a_stage_lasts_until_the_next_one() -> None:
    told = rows("stage", EVENTS, [])
    assert [(row["stage"], row["days"], row["left_at"]) for row in told] == [
        ("storming", 31, "2026-02-01T00:00:00.000Z"),
        ("norming", 28, "2026-03-01T00:00:00.000Z"),
        ("storming", 40, None),
    ]
    assert told[0]["reason"]["text"] == "Why storming."
    assert told[0]["refs"] == ["members/2", "members/3"]
    assert told[0]["declared_by"] == {"id": str(CHAIR), "name": None}


def test_adjourning_ends_the_last_stage() -> None:
    told = rows("stage", [*EVENTS, entered(5, at(3, 11), None)], [])
    assert (told[-1]["days"], told[-1]["refs"]) == (10, ["members/4", "members/5"])


def test_days_in_a_stage_add_up_over_its_times() -> None:
    stages = stage_timeline.stages(EVENTS)
    told = stage_timeline.summary(stages, [], known(), NOW)
    assert [(each["stage"], each["value"]) for each in told if "stage" in each] == [
        ("forming", 92), ("storming", 71), ("norming", 28),
    ]  # fmt: skip


def test_months_tell_decisions_and_what_became_of_objections() -> None:
    made = [
        decided(1, at(1, 10)),  # before the window
        decided(2, at(1, 20)),
        decided(3, at(2, 3), "stands", "accommodated", "retracted"),
        decided(4, at(2, 4)),
    ]
    january, february, march, april = rows("month", EVENTS, made)
    assert (january["month"], january["from"], january["to"]) == (
        "2026-01", "2026-01-11", "2026-01-31",
    )  # fmt: skip
    assert (january["decisions"]["value"], january["decisions"]["refs"]) == (1, ["meetings/2"])
    assert january["objection_rate"]["value"] == "0.000000"
    assert january["share_addressed"] == {
        "value": None, "refs": [], "reason": "nobody objected",
    }  # fmt: skip
    assert february["objection_rate"]["value"] == "0.500000"
    assert february["share_addressed"] == {"value": "0.666667", "refs": ["meetings/3"]}
    assert march["objection_rate"]["value"] is None
    assert april["to"] == "2026-04-10"


def test_steps_count_in_the_month_they_were_first_due() -> None:
    def step(n: int, due: date, done: datetime | None) -> Step:
        state = "completed" if done else "assigned"
        return Step(
            UUID(int=n), None, at(1, 1), None, None, None, None, state, first_due=due, due=due,
            done_at=done, events=(Cited("meetings", n, bytes(32)),),
        )  # fmt: skip

    steps = [
        step(1, date(2026, 2, 10), at(2, 10)),
        step(2, date(2026, 2, 11), at(2, 12)),
        step(3, date(2026, 2, 12), None),
        step(4, date(2026, 3, 1), at(1, 20)),
    ]
    told = {row["month"]: row["on_time_steps"] for row in rows("month", [], [], steps=steps)}
    assert told["2026-02"]["value"] == "0.333333"
    assert told["2026-02"]["refs"] == ["meetings/1", "meetings/2", "meetings/3"]
    assert told["2026-03"]["value"] == "1.000000"
    assert told["2026-01"]["value"] is None


def test_trust_is_of_the_quarter_suppressed_or_not_over() -> None:
    told = [row["trust"] for row in rows("month", [], [], pulses=ring(SIX[:5]))]
    assert [(each["quarter"], each["value"]) for each in told] == [
        *[("2026-Q1", "0.750000")] * 3, ("2026-Q2", None),
    ]  # fmt: skip
    four = [row["trust"]["value"] for row in rows("month", [], [], pulses=ring(SIX[:4]))]
    assert four == [{"withheld": "suppressed"}] * 3 + [None]


@over(st.lists(st.tuples(st.integers(0, 900), st.none() | st.sampled_from(STAGES)), max_size=12))
def test_stages_follow_each_other_without_overlap(given: list[tuple[int, str | None]]) -> None:
    start = datetime(2023, 1, 1, tzinfo=UTC)
    events = [
        entered(n, start + timedelta(days=day), stage) for n, (day, stage) in enumerate(given, 1)
    ]
    stages = stage_timeline.stages(events)
    assert len(stages) == sum(stage is not None for _, stage in given)
    for one, other in pairwise(stages):
        assert one.left is not None
        assert one.entered <= one.left <= other.entered
