"""What is folded from what was said of campaigns, workstreams and demands."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from services.meetings.views.campaigns import CampaignDetail, campaign, campaigns
from services.meetings.views.demands import demands
from services.meetings.views.rows import Named, Names
from services.meetings.views.said import Entry, visible
from services.meetings.views.workstreams import SILENT_AFTER, workstreams
from tests.laws import over
from tests.meetings.coalition import CLINIC, NOON, SCHOOL

FIRST, SECOND, WORK, OTHER_WORK, ASKED = (UUID(int=n) for n in range(901, 906))
AIM, TARGET = str(UUID(int=906)), str(UUID(int=907))
NAMES = Names({CLINIC: '{"lang": "en", "text": "Clinic"}'}, {}, {})
TODAY = NOON.date()


def words(said: str) -> dict[str, str]:
    return {"lang": "en", "text": said}


def told(*said: tuple[str, str, UUID, int, dict[str, Any]]) -> list[Entry]:
    """Return entries of (aggregate, type, key, day, data), the first at position 1."""
    positions: Iterator[int] = count(1)
    return [
        Entry(next(positions), aggregate, key, type_, NOON + timedelta(days=day), CLINIC, data)
        for aggregate, type_, key, day, data in said
    ]


def launched(key: UUID, name: str, *roots: str) -> tuple[str, str, UUID, int, dict[str, Any]]:
    return "campaign", "CampaignLaunched", key, 0, {"name": words(name), "from": list(roots)}


def started(key: UUID = WORK, of: UUID = FIRST) -> tuple[str, str, UUID, int, dict[str, Any]]:
    data = {"name": words("Vans"), "campaign": str(of), "lead": str(SCHOOL)}
    return "workstream", "WorkstreamStarted", key, 0, data


def reported(
    day: int, percent: int | None = None, key: UUID = WORK
) -> tuple[str, str, UUID, int, dict[str, Any]]:
    data = {"text": words("On."), "percent": percent}
    return "workstream", "ProgressReported", key, day, data


def detail(entries: list[Entry], key: UUID = FIRST) -> CampaignDetail:
    found = campaign(key, entries, [], NAMES, NOON, version=1, as_of={})
    assert found is not None
    return found


def test_f62_a_workstream_is_flagged_after_fourteen_days_without_an_update() -> None:
    entries = told(started(), reported(3, 40), reported(5))
    due = NOON + timedelta(days=5 + SILENT_AFTER)
    [row] = workstreams(entries, NAMES, due)
    assert (row.flagged, row.percent, row.updated_at) == (False, 40, NOON + timedelta(days=5))
    assert [one.ref for one in row.updates] == ["meetings/3", "meetings/2"]
    [row] = workstreams(entries, NAMES, due + timedelta(seconds=1))
    assert row.flagged
    [row] = workstreams(entries, NAMES, due + timedelta(seconds=1), silent_after=SILENT_AFTER + 1)
    assert not row.flagged
    over_ = "workstream", "WorkstreamClosed", WORK, 6, {"result": words("Two vans.")}
    [row] = workstreams(told(started(), over_), NAMES, due + timedelta(days=90))
    assert (row.flagged, row.closed, row.result) == (False, True, words("Two vans."))


def test_what_is_flagged_comes_first_and_what_is_closed_last() -> None:
    closed = "workstream", "WorkstreamClosed", UUID(int=1), 1, {"result": words("Done.")}
    entries = told(
        started(UUID(int=1)), closed, started(WORK), started(OTHER_WORK),
        reported(20, key=OTHER_WORK),
    )  # fmt: skip
    rows = workstreams(entries, NAMES, NOON + timedelta(days=21))
    assert [(row.workstream, row.flagged) for row in rows] == [
        (WORK, True), (OTHER_WORK, False), (UUID(int=1), False),
    ]  # fmt: skip


def test_f31_f101_a_campaign_lists_what_is_its_own_and_what_it_grew_from() -> None:
    aim = {"objective": AIM, "text": words("Ten vans"), "due": "2026-06-01"}
    entries = told(
        launched(FIRST, "Buses"),
        launched(SECOND, "Vans", "meetings/1", "credit/7"),
        started(WORK, SECOND),
        started(OTHER_WORK, FIRST),
        ("campaign", "ObjectiveSet", SECOND, 1, aim),
        ("campaign", "ObjectiveSet", SECOND, 2, aim | {"due": "2026-07-01"}),
    )
    found = detail(entries, SECOND)
    assert [(root.ref, root.campaign) for root in found.grew_from] == [
        ("meetings/1", Named(id=FIRST, name=words("Buses"))), ("credit/7", None),
    ]  # fmt: skip
    assert [row.workstream for row in found.workstreams] == [WORK]
    [objective] = found.objectives
    assert (str(objective.due), objective.refs) == ("2026-07-01", ["meetings/5", "meetings/6"])
    newest, oldest = campaigns(entries, NAMES, NOON + timedelta(days=20))
    assert (newest.campaign, newest.objectives, newest.workstreams, newest.flagged) == (
        SECOND, 1, 1, 1,
    )  # fmt: skip
    assert (oldest.campaign, oldest.objectives) == (FIRST, 0)
    assert campaign(WORK, entries, [], NAMES, NOON, version=1, as_of={}) is None


def test_f19_an_action_shows_its_organisations_and_headcount() -> None:
    act = {"kind": "delegation", "on": "2026-01-02", "orgs": [str(CLINIC)], "participants": 40}
    entries = told(
        launched(FIRST, "Buses"),
        ("campaign", "ActionHeld", FIRST, 2, act),
        ("campaign", "ActionHeld", FIRST, 3, act | {"on": "2026-01-03", "kind": "rally"}),
    )
    rally, delegation = detail(entries).actions
    assert (rally.kind, delegation.kind) == ("rally", "delegation")
    assert (delegation.participants, delegation.ref) == (40, "meetings/2")
    assert delegation.organisations == [Named(id=CLINIC, name=words("Clinic"))]


def test_a_target_shows_what_it_thought_before() -> None:
    first = {"target": TARGET, "name": words("The mayor"), "from": "oppose", "to": "undecided"}
    entries = told(
        launched(FIRST, "Buses"),
        ("campaign", "TargetStanceRecorded", FIRST, 1, first),
        (
            "campaign", "TargetStanceRecorded", FIRST, 2,
            {"target": TARGET, "from": "undecided", "to": "support"},
        ),
    )  # fmt: skip
    [target] = detail(entries).targets
    assert (target.name, target.stance) == (words("The mayor"), "support")
    assert [(one.was, one.to) for one in target.history] == [
        ("undecided", "support"), ("oppose", "undecided"),
    ]  # fmt: skip


def presented(due: str, key: UUID = ASKED) -> tuple[str, str, UUID, int, dict[str, Any]]:
    data = {"office": words("Mayor"), "text": words("Vans"), "due": due, "campaign": str(FIRST)}
    return "demand", "DemandPresented", key, 0, data


ANSWERED = "demand", "DemandAnswered", ASKED, 1, {"result": "refused", "text": words("No.")}
ESCALATED = "demand", "DemandEscalated", ASKED, 2, {"to": words("Minister"), "due": "2026-01-20"}


def test_f114_an_unanswered_demand_reads_no_answer_and_shows_every_office() -> None:
    [waiting] = demands(told(presented("2026-01-01")), NAMES, TODAY)
    assert waiting.reads == "waiting"
    [silent] = demands(told(presented("2026-01-01")), NAMES, TODAY + timedelta(days=1))
    assert (silent.reads, silent.escalated) == ("no_answer", False)
    [answered] = demands(told(presented("2026-01-01"), ANSWERED), NAMES, TODAY + timedelta(days=9))
    assert answered.reads == "refused"

    entries = told(launched(FIRST, "Buses"), presented("2026-01-01"), ESCALATED)
    [row] = detail(entries).demands
    assert (row.reads, row.escalated, row.office) == ("waiting", True, words("Minister"))
    assert [(one.office, one.reads) for one in row.asked] == [
        (words("Mayor"), "no_answer"), (words("Minister"), "waiting"),
    ]  # fmt: skip
    [row] = demands(entries, NAMES, TODAY + timedelta(days=30))
    assert row.reads == "no_answer"
    assert campaigns(entries, NAMES, NOON)[0].demands == 1


def test_demands_without_an_answer_come_first() -> None:
    late, soon, first = (UUID(int=n) for n in (1, 2, 3))
    entries = told(
        presented("2026-01-01"), ANSWERED, presented("2026-03-01", late),
        presented("2026-02-01", soon), presented("2025-12-01", first),
    )  # fmt: skip
    assert [row.demand for row in demands(entries, NAMES, TODAY)] == [first, soon, late, ASKED]


def test_who_may_not_see_how_it_began_sees_nothing_of_it() -> None:
    assert demands(told(ANSWERED), NAMES, TODAY) == []
    assert workstreams(told(reported(1)), NAMES, NOON) == []
    assert (
        campaigns(told(("campaign", "ObjectiveSet", FIRST, 1, {"objective": AIM})), NAMES, NOON)
        == []
    )


def test_what_has_the_same_id_is_kept_apart() -> None:
    same = told(started(ASKED), presented("2026-01-01"), reported(1, key=ASKED), ANSWERED)
    assert [row.reads for row in demands(same, NAMES, TODAY)] == ["refused"]
    assert [len(row.updates) for row in workstreams(same, NAMES, NOON)] == [1]


def test_a_field_is_for_those_it_was_sealed_for() -> None:
    data = {"percent": 40, "text": words("On.")}
    assert visible(data, '{"text": ["members", "key"]}', ["public"]) == {"percent": 40}
    assert visible(data, '{"text": ["members", "key"]}', ["members"]) == data
    assert visible(data, None, []) == data


days = st.lists(st.integers(0, 60), max_size=6).map(sorted)


@over(days, st.integers(0, 120), st.integers(1, 30))
def test_c12_f62_a_flag_is_up_exactly_while_the_last_update_is_too_old(
    updates: list[int], now: int, silent_after: int
) -> None:
    entries = told(started(), *(reported(day) for day in updates))
    [row] = workstreams(entries, NAMES, NOON + timedelta(days=now), silent_after)
    assert row.flagged == (now - max(updates, default=0) > silent_after)
    assert len(row.updates) == len(updates)
