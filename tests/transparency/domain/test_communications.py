"""R15 from rows: who knows of what was decided, and what came in time."""

from datetime import date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from hypothesis import strategies as st

from services.transparency.domain.communications import (
    NOBODY,
    NOT_KNOWN,
    NOT_TOLD,
    Known,
)
from services.transparency.domain.notices import (
    Notice,
    contacts,
    meetings,
    workstreams,
)
from services.transparency.domain.refs import Cited
from services.transparency.domain.relayed import KNOWS, TOLD, Made, Relayed, Telling, relayed
from services.transparency.domain.said import Names
from services.transparency.domain.window import Window
from tests.laws import over
from tests.transparency.history import NOON, text

CLINIC, SCHOOL, UNION, LIBRARY = ORGS = tuple(UUID(int=n) for n in range(1, 5))
DECISION, OTHER, MEETING, STREAM = (UUID(int=n) for n in range(11, 15))
NAMES = Names({org: text(name) for org, name in zip(ORGS, "CSUL", strict=True)})
HOUR = timedelta(hours=1)
WINDOW = Window(date(2025, 12, 1), date(2026, 2, 28))
made = Made(Cited("meetings", 1, b""), DECISION, NOON)


def cited(position: int, service: str = "meetings") -> Cited:
    return Cited(service, position, b"")


def told(position: int, hours: int, *orgs: UUID, channel: str = "email") -> Telling:
    return Telling(cited(position), TOLD, DECISION, NOON + hours * HOUR, CLINIC, channel, orgs)


def knows(position: int, hours: int, org: UUID, decision: UUID = DECISION) -> Telling:
    return Telling(cited(position), KNOWS, decision, NOON + hours * HOUR, org)


def known(*each: Relayed, **more: Any) -> Known:
    given: dict[str, Any] = {
        "window": WINDOW,
        "now": NOON + timedelta(days=30),
        "names": NAMES,
        "relayed": each,
        "meetings": (),
        "workstreams": (),
        "contacts": {},
        "active": frozenset(),
    }
    return Known(**given | more)


def part(report: Known, name: str) -> list[dict[str, Any]]:
    return [row for row in report.rows() if row["part"] == name]


def of(report: Known, name: str, **whose: Any) -> dict[str, Any]:
    """Return a figure of all, or of one channel or organisation."""
    return next(
        each
        for each in report.summary()
        if each["figure"] == name
        and each.get("channel") == whose.get("channel")
        and (each.get("organisation") or {}).get("id") == whose.get("organisation")
    )


TELLINGS = (
    told(2, 1, SCHOOL, UNION),
    told(3, 5, UNION, LIBRARY, channel="phone"),
    knows(4, 3, SCHOOL),
    knows(5, 11, UNION),
    knows(6, 12, UNION),
    knows(7, 2, LIBRARY, OTHER),
)
one = relayed(made, frozenset(ORGS), TELLINGS, [])


def test_f35_coverage_and_time_of_a_decision() -> None:
    [row] = part(known(one), "decision")
    assert (row["entitled"], row["told"], row["acknowledged"]) == (4, 3, 2)
    assert row["coverage"] == "0.500000"
    assert (row["p50"], row["p95"]) == (2 * 3600, 10 * 3600)
    assert [each["id"] for each in row["not_acknowledged"]] == [str(CLINIC), str(LIBRARY)]
    assert row["refs"] == ["meetings/1", "meetings/2", "meetings/3", "meetings/4", "meetings/5"]


def test_f35_each_organisation_says_when_it_knew() -> None:
    rows = part(known(one), "acknowledgement")
    assert [row["organisation"]["id"] for row in rows] == [
        str(org) for org in (CLINIC, LIBRARY, SCHOOL, UNION)
    ]
    _, library, school, union = rows
    assert (school["seconds"], school["since_decision"]) == (2 * 3600, 3 * 3600)
    assert (union["channels"], union["seconds"]) == (["email", "phone"], 10 * 3600)
    assert (library["channels"], library["acknowledged_at"]) == (["phone"], None)
    summed = of(known(one), "acknowledgement_p50", organisation=str(UNION))
    assert (summed["value"], summed["unit"]) == (10 * 3600, "seconds")


def test_f50_each_channel_has_its_own_coverage_and_time() -> None:
    email, phone = part(known(one), "channel")
    assert (email["channel"], email["coverage"], email["p95"]) == ("email", "1.000000", 10 * 3600)
    assert (phone["channel"], phone["coverage"], phone["p95"]) == ("phone", "0.500000", 6 * 3600)
    assert of(known(one), "coverage", channel="phone")["value"] == "0.500000"
    assert of(known(one), "coverage")["value"] == "0.500000"


def test_who_knew_before_it_was_told_covers_and_has_no_time() -> None:
    early = relayed(made, frozenset({UNION}), [knows(2, 1, UNION), told(3, 2, UNION)], [])
    [row] = part(known(early), "decision")
    assert (row["coverage"], row["p50"], row["reasons"]) == (
        "1.000000", None, {"p50": NOT_KNOWN, "p95": NOT_KNOWN},
    )  # fmt: skip


def test_figures_that_cannot_be_say_why() -> None:
    [row] = part(known(relayed(made, frozenset(), [], [])), "decision")
    assert row["reasons"] == {"coverage": NOBODY, "p50": NOT_TOLD, "p95": NOT_TOLD}
    assert of(known(), "coverage")["reason"]


def noticed(kind: str, about: UUID, days: float, **more: Any) -> Notice:
    at = NOON + timedelta(days=days)
    return Notice(cited(next(_positions)), kind, about, at, **more)


_positions = count(100)


def meeting(*, remote: bool, minutes: float | None, step: float | None) -> list[Notice]:
    """Return a meeting of day 10, its agenda two days before; the rest are days after it."""
    held = [
        noticed("MeetingScheduled", MEETING, 0, starts_at=NOON + timedelta(days=10)),
        noticed("AgendaPublished", MEETING, 8, flag=True),
        noticed("AttendanceRecorded", MEETING, 10, flag=True),
        noticed("AttendanceRecorded", MEETING, 10, flag=remote),
        noticed("MeetingClosed", MEETING, 10),
    ]
    held += [noticed("MinutesDrafted", MEETING, 10 + minutes)] if minutes is not None else []
    return held + ([noticed("NextStepProposed", MEETING, 10 + step)] if step is not None else [])


@pytest.mark.parametrize(
    ("remote", "minutes", "step", "in_time", "written"),
    [
        (True, 2, 1, True, True),
        (True, 2.1, 1.1, False, False),
        (False, 2.1, 1.1, True, True),
        (False, 14, 3, True, True),
        (False, 14.1, 3.1, False, False),
        (False, None, None, False, None),
    ],
)
def test_minutes_and_next_steps_against_their_target(
    *, remote: bool, minutes: float | None, step: float | None, in_time: bool, written: bool | None
) -> None:
    held = meetings(meeting(remote=remote, minutes=minutes, step=step))
    report = known(meetings=held)
    [row] = part(report, "meeting")
    assert (row["remote"], row["minutes_on_time"], row["steps_on_time"]) == (
        remote, in_time, written,
    )  # fmt: skip
    assert (row["notice"], row["short_notice"]) == (2 * 24 * 3600, True)
    assert of(report, "short_notices")["value"] == 1
    assert of(report, "minutes_on_time")["value"] == ("1.000000" if in_time else "0.000000")


def test_what_is_not_due_yet_is_not_late() -> None:
    held = meetings(meeting(remote=False, minutes=None, step=None))
    report = known(meetings=held, now=NOON + timedelta(days=12))
    [row] = part(report, "meeting")
    assert row["minutes_on_time"] is None
    assert {"minutes_on_time", "steps_on_time"} == {*row["reasons"]}
    assert of(report, "minutes_on_time")["value"] is None


def test_minutes_that_the_reader_may_not_see_are_withheld_not_missing() -> None:
    held = meetings(meeting(remote=False, minutes=None, step=None))
    [row] = part(known(meetings=held, minutes_hidden=True), "meeting")
    assert row["minutes_at"] == row["minutes_on_time"] == {"withheld": "audience"}


@pytest.mark.parametrize(("days", "quiet"), [(13, False), (14, True)])
def test_a_workstream_without_update_for_fourteen_days_is_quiet(*, days: int, quiet: bool) -> None:
    streams = workstreams(
        [
            noticed("WorkstreamStarted", STREAM, 0, org=UNION, name=text("Buses")),
            noticed("ProgressReported", STREAM, 30 - days),
            noticed("WorkstreamStarted", MEETING, 0, org=UNION),
            noticed("WorkstreamClosed", MEETING, 1),
        ]
    )
    report = known(workstreams=streams)
    [row] = part(report, "workstream")
    assert (row["workstream"]["name"], row["days"], row["quiet"]) == (text("Buses"), days, quiet)
    assert of(report, "quiet_workstreams")["value"] == int(quiet)


def test_whom_to_ask_and_when_it_was_last_briefed() -> None:
    said = contacts(
        [
            noticed("PointPersonNamed", UNION, 0),
            noticed("InternalBriefingHeld", UNION, 5, on_day=date(2026, 1, 21)),
            noticed("InternalBriefingHeld", UNION, 6, on_day=date(2026, 1, 11)),
        ]
    )
    report = known(contacts=said, active=frozenset({UNION, CLINIC}))
    clinic, union = part(report, "organisation")
    assert (clinic["point_person"], clinic["last_briefing"]) == (False, None)
    assert (union["point_person"], union["last_briefing"], union["days"]) == (
        True, "2026-01-21", 10,
    )  # fmt: skip
    assert of(report, "without_point_person")["value"] == 1


events = st.one_of(
    st.builds(
        lambda hours, orgs, channel: (TOLD, hours, orgs, channel),
        st.integers(0, 9),
        st.sets(st.sampled_from(ORGS), min_size=1),
        st.sampled_from(["email", "phone"]),
    ),
    st.builds(
        lambda hours, org: (KNOWS, hours, {org}, ""), st.integers(0, 9), st.sampled_from(ORGS)
    ),
)


@over(st.lists(events, max_size=12), st.sets(st.sampled_from(ORGS)))
def test_t2_no_coverage_is_above_all_and_every_time_has_its_events(
    happened: list[tuple[str, int, set[UUID], str]], entitled: set[UUID]
) -> None:
    tellings = [
        told(n, hours, *sorted(orgs), channel=channel)
        if kind == TOLD
        else knows(n, hours, next(iter(orgs)))
        for n, (kind, hours, orgs, channel) in enumerate(happened, 2)
    ]
    there = {"meetings/1", *(each.cited.ref for each in tellings)}
    for row in known(relayed(made, frozenset(entitled), tellings, [])).rows():
        assert {*row["refs"]} <= there
        if row["part"] in {"decision", "channel"}:
            assert row["acknowledged"] <= len(entitled)
            assert row["coverage"] is None or "0.000000" <= row["coverage"] <= "1.000000"
            assert (row["p50"] is None) == (row["p95"] is None)
        if row["part"] == "acknowledgement" and row["seconds"] is not None:
            assert row["seconds"] >= 0


def test_the_moment_of_an_acknowledgement_is_the_first() -> None:
    assert one.knows[UNION].at == datetime(2026, 1, 1, 23, tzinfo=NOON.tzinfo)
