"""Minutes as Markdown that an import reads back, and what changed between versions."""

from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from accord.sources import minutes as sources
from services.meetings.domain.ids import OrgId
from services.meetings.views.minutes import Decided, differences, markdown, version_of
from services.meetings.views.rows import (
    AttendanceRow,
    ItemRow,
    MeetingDetail,
    MinutesRow,
    Named,
    StepRow,
)
from tests.laws import over
from tests.meetings.coalition import CLINIC, NOON, PLENARY, UNION

ONE = UUID(int=1)


def words(said: str) -> dict[str, str]:
    return {"lang": "en", "text": said}


ORGS = {
    org: Named(id=org, name=words(name)) for org, name in ((CLINIC, "Clinic"), (UNION, "Union"))
}


def version(number: int, said: str, *approved: OrgId, **more: Any) -> MinutesRow:
    known: dict[str, Any] = {
        "state": "draft", "reason": None, "corrects": None, "decisions": [], "at": NOON,
        "ref": f"meetings/{number}", "approved_by": [ORGS[org] for org in approved],
    }  # fmt: skip
    return MinutesRow(version=number, text=words(said), **(known | more))


def came(name: str, org: Named) -> AttendanceRow:
    return AttendanceRow(
        attendance=ONE, org=org, person=words(name), mode="remote", left=False, ref="meetings/2"
    )


def held(*minutes: MinutesRow) -> MeetingDetail:
    item = ItemRow(
        item=ONE, kind="decision", title=words("The\nschool van"), proposal=None, issue=None,
        minutes=20, proposed_by=ORGS[CLINIC], ref="meetings/3",
    )  # fmt: skip
    step = StepRow(
        step=ONE, what=words("Ask for\nthe keys"), state="accepted", asked=ORGS[UNION],
        owner=ORGS[UNION], hours=None, overload=False, due=date(2026, 5, 1), overdue=False, moved=0,
        meeting=None, decision=None, proposed_by=ORGS[CLINIC], ref="meetings/4",
    )  # fmt: skip
    starts = datetime(2026, 3, 12, 15, 30, tzinfo=UTC)
    return MeetingDetail(
        meeting=ONE, date=starts.date(), title=words("Assembly"), present=2, state="closed",
        starts_at=starts, ref="meetings/1", body=Named(id=PLENARY, name=words("Plenary")),
        host=ORGS[CLINIC], ends_at=None, place=words("The town hall"), imported=False, series=None,
        short_notice=None, facilitators=[], agenda=[item], waiting=[], decisions=[], quorum=None,
        attendance=[came("Ada Bo", ORGS[CLINIC]), came("Cy Dent", ORGS[UNION])], minutes=[*minutes],
        steps=[step], version=9, as_of={},
    )  # fmt: skip


TEXT = (
    "We met.\n\n## Present\n\n* Nobody else\n\nACTION: this is only said\n"
    "* A bullet\n  * and one below"
)


def read_back(folder: Path, exported: str) -> sources.Minutes:
    path = folder / f"2026-03-12-{ONE}.md"
    path.write_text(exported)
    return sources.read(path, date(2026, 3, 13))


def test_what_is_exported_is_read_back(tmp_path: Path) -> None:
    minutes = version(1, TEXT, CLINIC)
    made = Decided(ref="meetings/41", outcome="adopted", title=words("Buy a van"))
    exported = markdown(held(minutes), minutes, [made])
    found = read_back(tmp_path, exported)
    assert (found.title, found.on, found.notes) == ("Assembly", date(2026, 3, 12), TEXT)
    assert [(one.name, one.affiliation) for one in found.people] == [
        ("Ada Bo", "Clinic"), ("Cy Dent", "Union"),
    ]  # fmt: skip
    assert [one.title for one in found.items] == ["The school van"]
    assert [one.what for one in found.steps] == ["Ask for the keys (Union, due 2026-05-01)"]
    assert found.unclear == []
    assert "* Buy a van: adopted, meetings/41\n" in exported


def test_it_says_how_it_stands() -> None:
    draft = version(1, "We met.", CLINIC)
    assert "Version 1: draft, approved by Clinic; waiting for Union.\n" in markdown(
        held(draft), draft, []
    )
    final = version(2, "We met.", CLINIC, UNION, state="final", corrects=1, reason=words("Late."))
    exported = markdown(held(final), final, [])
    assert "Version 2: final, approved by Clinic, Union.\n" in exported
    assert "It corrects version 1: Late.\n" in exported
    assert "\nPlenary, 15:30 UTC, The town hall\n" in exported


def test_a_version_is_the_newest_unless_it_is_named() -> None:
    first, second = version(1, "One."), version(2, "Two.")
    meeting = held(first, second)
    assert [version_of(meeting, each) for each in (None, 1, 2, 3)] == [second, first, second, None]
    assert version_of(held(), None) is None


def test_what_changed_is_told_line_by_line() -> None:
    found = differences(
        version(1, "We met.\nAll agreed."), version(2, "We met.\nMost agreed.\nEnd.")
    )
    assert [(row.change, row.text) for row in found.lines] == [
        ("kept", "We met."), ("removed", "All agreed."), ("added", "Most agreed."),
        ("added", "End."),
    ]  # fmt: skip


lines = st.lists(st.sampled_from(["We met.", "All agreed.", "Most agreed.", "", "* A point"]))


@over(lines.map("\n".join), lines.map("\n".join))
def test_c4_either_version_can_be_made_from_what_changed(before: str, after: str) -> None:
    found = differences(version(1, before), version(2, after))
    for gone, text in (("added", before), ("removed", after)):
        assert [row.text for row in found.lines if row.change != gone] == text.splitlines()


spoken = st.text(st.sampled_from("aZ* #-:[]()<>!\n"), max_size=60)


@over(spoken)
def test_whatever_the_minutes_say_they_are_read_back(said: str) -> None:
    minutes = version(1, said)
    with TemporaryDirectory() as folder:
        found = read_back(Path(folder), markdown(held(minutes), minutes, []))
    assert found.notes == said.strip()
    assert len(found.people) == 2
