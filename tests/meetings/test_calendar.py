"""Calendars as RFC 5545 has them: folded lines, escaped words, what was moved or cancelled."""

from dataclasses import replace
from datetime import timedelta, timezone
from uuid import UUID

from hypothesis import strategies as st

from services.meetings.views.calendar import LONGEST, Occasion, Rhythm, calendar, escaped, folded
from tests.laws import over
from tests.meetings.coalition import DUSK, NOON, PLENARY

ONE = UUID(int=1)
assembly = Occasion(
    meeting=ONE, body=PLENARY, sequence=0, changed=NOON, starts_at=DUSK,
    ends_at=DUSK + timedelta(hours=2), title="Assembly", place="The hall, upstairs",
    cancelled=False,
)  # fmt: skip


weekly = Rhythm(
    series=UUID(int=2), body=PLENARY, rrule="FREQ=WEEKLY;BYDAY=TH;BYHOUR=18", sequence=3,
    changed=NOON, since=DUSK, until=DUSK + timedelta(hours=2), title="Assembly",
)  # fmt: skip


def event(*occasions: Occasion, series: tuple[Rhythm, ...] = ()) -> list[str]:
    lines = calendar("Plenary", occasions, series).split("\r\n")
    return lines[lines.index("BEGIN:VEVENT") + 1 : lines.index("END:VEVENT")]


def test_a_calendar_says_what_it_is_and_how_often_to_look() -> None:
    assert calendar("Plenary; all", []).split("\r\n") == [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Accord//Meetings//EN", "METHOD:PUBLISH",
        "NAME:Plenary\\; all", "X-WR-CALNAME:Plenary\\; all",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H", "END:VCALENDAR", "",
    ]  # fmt: skip


def test_a_meeting_is_an_event() -> None:
    assert event(assembly) == [
        f"UID:{ONE}", "DTSTAMP:20260101T120000Z", "LAST-MODIFIED:20260101T120000Z",
        "DTSTART:20260101T180000Z", "DTEND:20260101T200000Z", "SEQUENCE:0", "STATUS:CONFIRMED",
        "SUMMARY:Assembly", "LOCATION:The hall\\, upstairs",
    ]  # fmt: skip


def test_times_are_in_utc_and_what_is_not_known_is_left_out() -> None:
    there = DUSK.astimezone(timezone(timedelta(hours=5, minutes=30)))
    bare = replace(assembly, starts_at=there, ends_at=None, title=None, place=None)
    assert event(bare)[3:] == [
        "DTSTART:20260101T180000Z", "SEQUENCE:0", "STATUS:CONFIRMED", "SUMMARY:Meeting",
    ]  # fmt: skip


def test_f49_what_was_cancelled_stays_and_says_so() -> None:
    lines = event(replace(assembly, sequence=2, cancelled=True))
    assert {"SEQUENCE:2", "STATUS:CANCELLED", f"UID:{ONE}"} <= {*lines}


def test_f49_a_series_comes_back_after_its_last_meeting_which_it_leaves_out() -> None:
    assert event(series=(weekly,)) == [
        f"UID:{UUID(int=2)}", "DTSTAMP:20260101T120000Z", "LAST-MODIFIED:20260101T120000Z",
        "DTSTART:20260101T180000Z", "DTEND:20260101T200000Z",
        "RRULE:FREQ=WEEKLY;BYDAY=TH;BYHOUR=18", "EXDATE:20260101T180000Z", "SEQUENCE:3",
        "STATUS:TENTATIVE", "TRANSP:TRANSPARENT", "SUMMARY:Assembly",
    ]  # fmt: skip
    unnamed = replace(weekly, until=None, title=None)
    assert event(series=(unnamed,))[-1] == "SUMMARY:Meeting"
    assert not [line for line in event(series=(unnamed,)) if line.startswith("DTEND")]


def test_words_are_escaped() -> None:
    assert escaped("a\\b;c,d\ne:f") == "a\\\\b\\;c\\,d\\ne:f"


def test_no_line_is_longer_than_75_octets_whatever_its_signs() -> None:
    for sign, first, others in (("a", 75, 74), ("é", 37, 37), ("漢", 25, 24), ("🙂", 18, 18)):
        pieces = folded(sign * 300).split("\r\n ")
        assert [len(piece) for piece in pieces[:3]] == [first, others, others]
        assert "".join(pieces) == sign * 300


words = st.text(st.sampled_from("aé漢🙂 ,;\\\n:"), max_size=300)


@over(words)
def test_lines_are_folded_by_octets_and_unfold_to_what_they_were(said: str) -> None:
    line = f"SUMMARY:{escaped(said)}"
    pieces = folded(line).split("\r\n")
    assert all(len(piece.encode()) <= LONGEST for piece in pieces)
    assert all(piece.startswith(" ") for piece in pieces[1:])
    assert folded(line).replace("\r\n ", "") == line


@over(words, words)
def test_no_words_break_out_of_their_line(title: str, place: str) -> None:
    unfolded = calendar(title, [replace(assembly, title=title, place=place)]).replace("\r\n ", "")
    names = [line.partition(":")[0].partition(";")[0] for line in unfolded.split("\r\n")]
    assert names.count("BEGIN") == names.count("END") == 2
    assert "\n" not in unfolded.replace("\r\n", "")
    assert names.count("SUMMARY") == 1
