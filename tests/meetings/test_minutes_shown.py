"""Minutes as Markdown that an import reads back, and what changed between versions."""

from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

import orjson
from hypothesis import strategies as st

from accord.sources import minutes as sources
from services.meetings.domain.ids import OrgId
from services.meetings.views.decided import Wording, decisions
from services.meetings.views.minutes import Course, course, differences, markdown, version_of
from services.meetings.views.rows import (
    AttendanceRow,
    ItemRow,
    MeetingDetail,
    MinutesRow,
    Named,
    Names,
    QuorumRow,
    StepRow,
)
from services.meetings.views.said import Entry
from tests.laws import over
from tests.meetings.coalition import CLINIC, NOON, PLENARY, SCHOOL, UNION, YOUTH

ONE, TWO = UUID(int=1), UUID(int=2)


def words(said: str) -> dict[str, str]:
    return {"lang": "en", "text": said}


CALLED = {CLINIC: "Clinic", UNION: "Union", SCHOOL: "School", YOUTH: "Youth"}
ORGS = {org: Named(id=org, name=words(name)) for org, name in CALLED.items()}
NAMED = Names({org: orjson.dumps(words(name)).decode() for org, name in CALLED.items()}, {}, {})
NOTHING = Course()


def version(number: int, said: str, *approved: OrgId, **more: Any) -> MinutesRow:
    known: dict[str, Any] = {
        "state": "draft", "reason": None, "corrects": None, "decisions": [], "at": NOON,
        "ref": f"meetings/{number}", "approved_by": [ORGS[org] for org in approved],
    }  # fmt: skip
    return MinutesRow(**({"version": number, "text": words(said)} | known | more))


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


def said(number: int, kind: str, by: OrgId | None, **data: Any) -> Entry:
    return Entry(number, "", ONE, kind, NOON, by, data)


def decision(number: int, decided_by: UUID = ONE, **more: Any) -> Entry:
    known: dict[str, Any] = {
        "decision": str(decided_by), "outcome": "adopted", "voters": 4, "entitled": 5,
        "counts": {"agree": 2, "disagree": 1, "abstain": 0, "object": 1}, "objections": {},
        "dissent": [str(UNION), str(YOUTH)], "stood_aside": [str(SCHOOL)],
        "accountable": [str(CLINIC)],
    }  # fmt: skip
    return said(number, "DecisionMade", CLINIC, **(known | more))


ABOUT = Wording(words("Buy a van"), words("One van.\nFor all."), "majority", "named")
OBJECTION = str(UUID(int=9))
VOTED = (
    said(31, "StanceTaken", UNION, option="object", reason=words("It\nsmells.")),
    said(32, "ObjectionRaised", UNION, objection=OBJECTION, grounds=words("It smells."),
         remove_by=words("A cleaner one.")),
    said(33, "StanceTaken", YOUTH, option="disagree", reason=words("Too dear.")),
    said(34, "ObjectionOutweighed", CLINIC, objection=OBJECTION, reasoning=words("It is ours."),
         alternatives=[words("Two bicycles."), words("No van.")]),
    decision(41, objections={OBJECTION: "outweighed"}),
    said(42, "MinorityStatementFiled", YOUTH, decision=str(ONE), text=words("We told you.")),
)  # fmt: skip


def test_what_is_exported_is_read_back(tmp_path: Path) -> None:
    minutes = version(1, TEXT, CLINIC)
    told = Course([*decisions(VOTED, {"meetings/41": ABOUT}, NAMED).values()])
    exported = markdown(held(minutes), minutes, told)
    found = read_back(tmp_path, exported)
    assert (found.title, found.on, found.notes) == ("Assembly", date(2026, 3, 12), TEXT)
    assert [(one.name, one.affiliation) for one in found.people] == [
        ("Ada Bo", "Clinic"), ("Cy Dent", "Union"),
    ]  # fmt: skip
    assert [one.title for one in found.items] == ["The school van"]
    assert [one.what for one in found.steps] == ["Ask for the keys (Union, due 2026-05-01)"]
    assert found.unclear == []


def test_a_decision_is_told_with_count_dissent_objections_and_what_became_of_them() -> None:
    minutes = version(1, "We met.", CLINIC)
    told = Course([*decisions(VOTED, {"meetings/41": ABOUT}, NAMED).values()])
    assert """
## Decisions

### Buy a van: adopted

> One van.
> For all.

By majority: 4 of 5 entitled took part; 2 agree, 1 disagree, 0 abstain, 1 object. Answerable: \
Clinic. Recorded as meetings/41.

* Union objects: “It smells.”
* Youth disagrees: “Too dear.”
* School stood aside
* Objection, Union: “It smells.”. It would be removed by “A cleaner one.”. Outweighed by Clinic: \
“It is ours.”, weighed against “Two bicycles.”, “No van.”. Objection outweighed (meetings/32)
* Minority statement, Youth: “We told you.”
""" in markdown(held(minutes), minutes, told)


def test_of_a_secret_vote_it_is_told_how_and_what_was_revealed() -> None:
    sealed = Wording(words("Buy a van"), None, "supermajority", "sealed_until_close")
    revealed = [
        said(n, "StanceRevealed", None, org=str(org), option=option, objection=raised,
             reason=words("No."))
        for n, org, option, raised in (
            (35, UNION, "object", OBJECTION), (36, YOUTH, "disagree", None),
        )
    ]  # fmt: skip
    [one] = decisions(
        [*revealed, decision(41, objections={OBJECTION: "stands"})], {"meetings/41": sealed}, NAMED
    ).values()
    minutes = version(1, "We met.")
    exported = markdown(held(minutes), minutes, Course([one]))
    assert (
        "\nBy supermajority, with ballots sealed until voting closed: 4 of 5 entitled" in exported
    )
    assert "\n* Union objects: “No.”\n" in exported
    assert "\n* Objection, Union: “No.”. Objection stands (meetings/35)\n" in exported
    anonymous = [decision(41, dissent=[])]
    [one] = decisions(
        anonymous, {"meetings/41": Wording(ballot="detached_anonymous")}, NAMED
    ).values()
    assert "\nDecided, with anonymous ballots: 4 of 5" in markdown(
        held(minutes), minutes, Course([one])
    )


def test_what_a_later_round_brings_changes_no_earlier_decision() -> None:
    again = [
        *VOTED,
        said(51, "StanceChanged", YOUTH, to="disagree", because=words("Dearer than ever.")),
        said(52, "FormalObjectionResolved", CLINIC, objection=OBJECTION, result="overruled"),
        decision(61, TWO, outcome="rejected", objections={OBJECTION: "overruled"}),
        said(62, "MinorityStatementFiled", UNION, decision=str(TWO), text=words("At last.")),
    ]
    first, second = decisions(again, {}, NAMED).values()
    assert first == decisions(VOTED, {}, NAMED)["meetings/41"]
    assert [each.disposition for each in second.objections] == ["overruled"]
    assert [each.became for each in second.objections[0].answers] == ["outweighed", "overruled"]
    assert [(each.option, each.reason) for each in second.dissent] == [
        ("object", words("It\nsmells.")), ("disagree", words("Dearer than ever.")),
    ]  # fmt: skip
    assert [each.text for each in second.statements] == [words("At last.")]


def test_what_may_not_be_seen_or_was_redacted_is_told_as_that() -> None:
    gone = {"withheld": "redacted", "reason": "names_a_person", "by": str(CLINIC)}
    hidden = [
        said(31, "StanceTaken", UNION), said(33, "StanceTaken", YOUTH, option="disagree",
                                             reason=gone), decision(41),
    ]  # fmt: skip
    [one] = decisions(hidden, {}, NAMED).values()
    minutes = version(1, "", text=gone)
    exported = markdown(held(minutes), minutes, Course([one]))
    assert "\n* Union dissents: no reason is shown\n" in exported
    assert "\n* Youth disagrees: “[redacted: names_a_person]”\n" in exported
    assert exported.endswith("-->\n\n[redacted: names_a_person]\n")


def test_it_says_how_it_stands() -> None:
    draft = version(1, "We met.", CLINIC)
    assert "Version 1: draft, approved by Clinic; waiting for Union.\n" in markdown(
        held(draft), draft, NOTHING
    )
    final = version(2, "We met.", CLINIC, UNION, state="final", corrects=1, reason=words("Late."))
    exported = markdown(held(final), final, NOTHING)
    assert "Version 2: final, approved by Clinic, Union.\n" in exported
    assert "It corrects version 1: Late.\n" in exported
    assert "\nPlenary, 15:30 UTC, The town hall\n" in exported


def test_it_says_whether_there_was_a_quorum_and_who_was_not_there() -> None:
    minutes = version(1, "We met.")
    meeting = held(minutes)
    meeting.quorum = QuorumRow(present=2, needed=3, established=False, ref="meetings/8")
    meeting.attendance[1].left = True
    invited = said(
        5, "InvitationSent", CLINIC, orgs=[str(each) for each in (CLINIC, UNION, SCHOOL)],
        exempt=[{"org": str(YOUTH), "reason": words("On holiday.")}],
    )  # fmt: skip
    answered = said(6, "InvitationAnswered", SCHOOL, answer="maybe")
    told = course(meeting, [invited, answered], {}, NAMED, [])
    assert """
## Quorum

There was no quorum any more, with 3 organisations needed and 2 present (meetings/8).

2 came, for 2 organisations; 2 of them remotely.

Left before the end: Cy Dent (Union).

## Absent

* School: had said maybe
* Youth: not invited, “On holiday.”
""" in markdown(meeting, minutes, told)


def test_what_was_parked_there_stays_parked_in_its_minutes_once_it_is_back() -> None:
    happened = [
        said(7, "HeatRaised", CLINIC, item=str(ONE), reason=words("We go in circles.")),
        said(8, "DiscussionParked", CLINIC, item=str(ONE), until="2026-04-01",
             reason=words("It is late.")),
        said(9, "DiscussionParked", CLINIC, item=str(TWO), until="2026-04-01"),
        said(10, "DiscussionResumed", CLINIC, item=str(TWO)),
        said(70, "DiscussionResumed", None, item=str(ONE)),
    ]  # fmt: skip
    minutes = version(1, "We met.")
    told = course(held(minutes), happened, {ONE: words("The school van")}, NAMED, [])
    assert """
## Heat

* 12:00 UTC, The school van: raised, “We go in circles.”

## Parked

* The school van: until 2026-04-01, “It is late.”
""" in markdown(held(minutes), minutes, told)


def test_it_names_the_steps_that_nobody_had_taken_on_when_it_was_closed(tmp_path: Path) -> None:
    override = {"steps": [str(ONE)], "reason": words("The union asks its board.")}
    closed = said(60, "MeetingClosed", CLINIC, steps=[str(ONE)], override=override)
    minutes = version(1, "We met.")
    meeting = held(minutes)
    meeting.steps[0].owner = None
    exported = markdown(meeting, minutes, course(meeting, [closed], {}, NAMED, []))
    assert (
        """
## Actions

* Ask for the keys (asked of Union, due 2026-05-01)

Closed while nobody had taken on: Ask for the keys. Why: “The union asks its board.”
"""
        in exported
    )
    [step] = read_back(tmp_path, exported).steps
    assert step.what == "Ask for the keys (asked of Union, due 2026-05-01)"


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
        found = read_back(Path(folder), markdown(held(minutes), minutes, NOTHING))
    assert found.notes == said.strip()
    assert len(found.people) == 2
