"""Who is at the table, and whom they represent, at any moment."""

from datetime import UTC, date, datetime, timedelta

from tests.transparency.domain.ground import NURSES, PARENTS, TEACHERS, A, B, C, Story

DAY = timedelta(days=1)
EARLY, LATE = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)


def test_who_joined_for_a_constituency_represents_it_while_active() -> None:
    story = Story()
    story.identify(PARENTS)
    story.join(A, B, of=(PARENTS,), at=EARLY)
    story.join(C, at=EARLY)
    story.membership(B, "MemberSuspended", at=LATE)
    assert story.tables.at(LATE).groups == {PARENTS: {A, B}}
    assert story.tables.at(LATE + DAY).groups == {PARENTS: {A}}
    assert story.tables.at(LATE + DAY).active == {A, C}
    story.membership(B, "MemberReinstated", at=LATE + DAY)
    assert story.tables.at(LATE + 2 * DAY).groups == {PARENTS: {A, B}}


def test_an_observer_represents_nobody() -> None:
    story = Story()
    story.membership(A, "MemberJoined", EARLY, commitment="observer")
    story.represent(A, PARENTS, date(2026, 1, 1))
    assert story.tables.at(LATE).groups == {}


def test_what_an_organisation_said_counts_before_what_it_joined_for() -> None:
    story = Story()
    story.join(A, of=(PARENTS, NURSES), at=EARLY)
    story.represent(A, PARENTS, date(2026, 1, 1), date(2026, 1, 20), at=EARLY + DAY)
    assert story.tables.at(EARLY + 19 * DAY).groups == {PARENTS: {A}, NURSES: {A}}
    assert story.tables.at(EARLY + 20 * DAY).groups == {PARENTS: {A}, NURSES: {A}}
    assert story.tables.at(EARLY + 21 * DAY).groups == {NURSES: {A}}


def test_who_represents_somebody_later_does_not_yet() -> None:
    story = Story()
    story.join(A, at=EARLY)
    story.represent(A, PARENTS, date(2026, 3, 1), at=EARLY + DAY)
    assert story.tables.at(LATE).groups == {}
    assert story.tables.at(datetime(2026, 3, 1, 1, tzinfo=UTC)).groups == {PARENTS: {A}}


def test_what_happens_later_is_not_known_yet() -> None:
    story = Story()
    story.identify(PARENTS, at=EARLY)
    story.identify(TEACHERS, at=LATE)
    story.join(A, of=(PARENTS,), at=LATE)
    then = story.tables.at(LATE)
    assert set(then.identified) == {PARENTS}
    assert not then.active
    assert not then.groups
    assert set(story.tables.at(LATE + DAY).identified) == {PARENTS, TEACHERS}


def test_it_rests_on_the_constituency_and_on_who_represents_it() -> None:
    story = Story()
    story.identify(PARENTS)
    story.join(A, of=(PARENTS,))
    story.join(B)
    assert [cited.ref for cited in story.tables.at(LATE).events_of(PARENTS)] == [
        "members/1",
        "members/2",
    ]
    story.represent(B, PARENTS, date(2026, 1, 1))
    events = story.tables.at(LATE).events_of(PARENTS)
    assert [cited.ref for cited in events] == [f"members/{n}" for n in (1, 2, 3, 4)]


def test_the_same_moment_gives_the_same_table() -> None:
    story = Story()
    story.join(A, of=(PARENTS,), at=EARLY)
    tables = story.tables
    assert tables.at(LATE) is tables.at(LATE)
    assert tables.at(LATE).groups == tables.at(LATE + timedelta(hours=3)).groups
