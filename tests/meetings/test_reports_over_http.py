"""What went out over HTTP: by whom a report is issued, and what became of a flag."""

from typing import Any
from uuid import UUID

from tests.meetings.coalition import UNION
from tests.meetings.hall import CARLA, SAM, UMA, Hall, text
from tests.meetings.test_imports import line

CONTENT, OTHER = "A" * 43, "B" * 43
REPORT: dict[str, Any] = {
    "report": "R1", "audience": "public", "as_of": {"members": 12, "meetings": 0, "credit": 0},
    "boundary_version": 0, "format_version": 1, "content": CONTENT, "withheld": {"audience": 2},
}  # fmt: skip


async def test_f70_the_chair_issues_a_report_and_another_in_its_place(hall: Hall) -> None:
    assert await hall.refuse(UMA, "/issued-reports", REPORT) == "not_chair"
    await hall.make(CARLA, "/issued-reports", REPORT)
    [first] = (await hall.get("/issued-reports"))["items"]
    assert (first["report"], first["content"], first["superseded_by"]) == ("R1", CONTENT, None)
    assert first["issued_by"]["name"] == text("Org 1")
    ahead = {"as_of": {"members": 12, "meetings": 2, "credit": 0}}
    assert await hall.refuse(CARLA, "/issued-reports", REPORT | ahead) == "not_reached"
    anew = REPORT | {"content": OTHER, "supersedes": first["ref"]}
    other = anew | {"report": "R5"}
    assert await hall.refuse(CARLA, "/issued-reports", other) == "unknown_report"
    await hall.make(CARLA, "/issued-reports", anew)
    newer, older = (await hall.get("/issued-reports"))["items"]
    assert (newer["supersedes"], older["superseded_by"]) == (first["ref"], newer["ref"])
    for events in (await hall.events())[-2:]:
        assert events[0] == "ReportIssued"


async def test_a_member_issues_what_it_is_credited_with(hall: Hall) -> None:
    own = REPORT | {"report": "R7", "organisation": str(UNION)}
    await hall.make(UMA, "/issued-reports", own)
    assert await hall.refuse(SAM, "/issued-reports", own) == "not_chair"
    [row] = (await hall.get("/issued-reports"))["items"]
    assert row["organisation"]["name"] == text("Org 3")


async def test_a_flag_is_answered_by_the_chair_and_keeps_what_was_said_before(hall: Hall) -> None:
    said = {
        "indicator": "late_dissent", "window_end": "2025-12-31", "answer": "dismissed",
        "reason": text("We met late on purpose."),
    }  # fmt: skip
    assert (await hall.post(UMA, "/flag-answers", said)).status_code == 403
    await hall.make(CARLA, "/flag-answers", said)
    changed = said | {"answer": "acknowledged", "reason": text("It was too late.")}
    await hall.make(CARLA, "/flag-answers", changed)
    other = said | {"window_end": "2025-09-30"}
    await hall.make(CARLA, "/flag-answers", other)
    newest, before = (await hall.get("/flag-answers"))["items"]
    assert (newest["answer"], newest["reason"]) == ("acknowledged", text("It was too late."))
    assert [row["reason"] for row in newest["before"]] == [text("We met late on purpose.")]
    assert (before["window_end"], before["before"]) == ("2025-09-30", [])


async def test_what_went_out_is_brought_in_once(hall: Hall) -> None:
    lines = (
        line("IssueReport", str(UUID(int=301)), 1, UNION, **REPORT),
        line(
            "AnswerFlag", str(UUID(int=302)), 1, indicator="late_dissent",
            window_end="1949-12-31", answer="dismissed", reason=text("So be it."),
        ),
    )  # fmt: skip
    for recorded, skipped in ((2, 0), (0, 2)):
        *_, total = await hall.bring(*lines)
        assert (total["recorded"], total["skipped"], total["refused"]) == (recorded, skipped, 0)
