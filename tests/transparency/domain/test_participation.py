"""R3: who was asked, who came, who spoke, and what cannot be told."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from services.transparency.domain.engagement import Act
from services.transparency.domain.participation import (
    NO_HOST,
    NO_INVITATION,
    NO_SEAT,
    NO_SPEECH,
    NOBODY_CAME,
    NOT_TWO,
    Hidden,
    Known,
)
from services.transparency.domain.refs import Cited, leaf_hash
from services.transparency.domain.rooms import Event, rooms
from services.transparency.domain.seats import SeatEvent
from services.transparency.domain.table import Tables
from services.transparency.domain.window import Window
from tests.laws import over
from tests.transparency.domain.ground import NAMES, NOON, NURSES, PARENTS, A, B, C, D, Story, called

PLENARY, STEERING = UUID(int=0xE0), UUID(int=0xE1)
FIRST, SECOND, ITEM = UUID(int=0xE2), UUID(int=0xE3), UUID(int=0xE4)
CHIEF, OTHER = UUID(int=0xE5), UUID(int=0xE6)
AUDIENCE = {"withheld": "audience"}
SEEN = Window(date(2026, 1, 1), date(2026, 3, 31))


class Told:
    """What happened at meetings, a minute apart."""

    def __init__(self) -> None:
        self._numbers = count(1)
        self.events: list[Event] = []

    def add(self, kind: str, meeting: UUID, org: UUID | None = None, **more: Any) -> None:
        number = next(self._numbers)
        cited = Cited("meetings", number, leaf_hash(str(number).encode()))
        at = more.pop("at", NOON + timedelta(days=1, minutes=number))
        self.events.append(Event(cited, kind, meeting, at, org, **more))

    def hold(self, meeting: UUID, *orgs: UUID, body: UUID = PLENARY, host: UUID = A) -> None:
        """Schedule and open a meeting where these come."""
        self.add("MeetingScheduled", meeting, host, body=body)
        self.add("MeetingOpened", meeting)
        for org in orgs:
            self.add("AttendanceRecorded", meeting, org, thing=UUID(int=len(self.events)))

    def speak(self, meeting: UUID, org: UUID, *seconds: int) -> None:
        for each in seconds:
            speech = UUID(int=0xFF00 + len(self.events))
            self.add("SpeechStarted", meeting, org, thing=speech)
            self.add("SpeechEnded", meeting, thing=speech, seconds=each)


def known(told: Told, **more: Any) -> Known:
    story = Story()
    story.identify(PARENTS, seats=1)
    story.identify(NURSES, seats=1)
    story.join(A, B, of=(PARENTS,))
    story.join(C, of=(PARENTS, NURSES))
    story.join(D)
    fields: dict[str, Any] = {
        "window": SEEN, "names": NAMES, "events": told.events,
        "tables": Tables(story.belongs, story.identified, story.represents), "seats": (),
        "plenary": PLENARY, "executive": {}, "active": frozenset({A, B, C, D}), "acts": {},
    }  # fmt: skip
    return Known(**fields | more)


def part(rows: Sequence[Any], name: str) -> list[Any]:
    return [row for row in rows if row["part"] == name]


def both() -> Told:
    told = Told()
    told.add("InvitationSent", FIRST, orgs=(A, B, C, D))
    told.hold(FIRST, A, B, C)
    told.speak(FIRST, A, 60, 60)
    told.speak(FIRST, B, 120)
    told.hold(SECOND, B, D, host=B)
    told.speak(SECOND, B, 60)
    told.speak(SECOND, D, 180)
    return told


def test_a_meeting_says_who_was_asked_came_and_spoke() -> None:
    second, first = part(known(both()).rows(), "meeting")
    assert called(first["invited"]) == ["Aid", "Bus union", "Clinic", "Dancers"]
    assert called(first["attended"]) == ["Aid", "Bus union", "Clinic"]
    assert called(first["spoke"]) == ["Aid", "Bus union"]
    assert called(first["not_heard"]) == ["Clinic"]
    said = [(v["organisation"]["name"]["text"], v["turns"], v["seconds"]) for v in first["voices"]]
    assert said == [("Aid", 2, 120), ("Bus union", 1, 120), ("Clinic", 0, 0)]
    assert (first["turns"], first["seconds"]) == (3, 240)
    assert (first["gini_turns"], first["gini_seconds"]) == ("0.666667", "0.500000")
    assert first["evenness_seconds"] == "0.630930"
    assert (first["first_time_speakers"], second["first_time_speakers"]) == (2, 1)
    assert (second["invited"], second["reasons"]) == (None, {"invited": NO_INVITATION})


def test_the_window_takes_its_meetings_together() -> None:
    [whole] = part(known(both()).rows(), "window")
    assert (whole["meetings"], whole["turns"], whole["seconds"]) == (2, 5, 480)
    assert called(whole["not_heard"]) == ["Clinic"]
    assert whole["first_time_speakers"] == 3
    narrow = replace(known(both()), window=Window(date(2026, 2, 1), date(2026, 3, 31)))
    assert [row["part"] for row in narrow.rows()] == ["organisation"] * 4
    assert narrow.summary() == [{"figure": "meetings", "value": 0, "refs": []}]


def test_who_spoke_before_the_window_does_not_speak_for_the_first_time() -> None:
    told = Told()
    told.add("SpeechStarted", SECOND, A, thing=ITEM, at=NOON - timedelta(days=30))
    told.hold(FIRST, A, B)
    told.speak(FIRST, A, 10)
    told.speak(FIRST, B, 10)
    [row] = part(known(told).rows(), "meeting")
    assert row["first_time_speakers"] == 1


def test_voice_is_set_beside_the_seats_of_the_bodies_that_met() -> None:
    told = Told()
    told.hold(FIRST, A, C, D)
    told.speak(FIRST, A, 100)
    told.speak(FIRST, C, 60)
    told.speak(FIRST, D, 40)
    [row] = part(known(told).rows(), "meeting")
    shares = [
        (called(filter(None, [each["constituency"]])), each["voice"], each["seats"])
        for each in row["voice_and_seats"]
    ]
    # C speaks half for parents, half for nurses; in the plenary each of the four has a seat.
    assert shares == [
        (["Nurses"], "0.150000", "0.125000"), (["Parents"], "0.650000", "0.625000"),
        ([], "0.200000", "0.250000"),
    ]  # fmt: skip
    assert row["voice_apart_from_seats"] == "0.050000"


def test_in_another_body_those_have_seats_who_hold_one() -> None:
    told = Told()
    told.hold(FIRST, A, D, body=STEERING)
    told.speak(FIRST, A, 30)
    seated = SeatEvent(
        Cited("members", 90, bytes(32)), "SeatFilled", STEERING, NOON, UUID(int=1), D
    )
    row = part(known(told, seats=(seated,)).rows(), "meeting")[0]
    assert row["voice_apart_from_seats"] == "1.000000"
    empty = part(known(told).rows(), "meeting")[0]
    assert (empty["voice_and_seats"], empty["reasons"]["voice_and_seats"]) == (None, NO_SEAT)


def test_what_is_undefined_says_why() -> None:
    told = Told()
    told.hold(FIRST, A)
    [row] = part(known(told).rows(), "meeting")
    for name in ("spoke", "not_heard", "voices", "seconds", "gini_seconds", "voice_and_seats"):
        assert (row[name], row["reasons"][name]) == (None, NO_SPEECH)
    told.speak(FIRST, A, 10)
    [row] = part(known(told).rows(), "meeting")
    assert (row["gini_turns"], row["reasons"]["gini_turns"]) == (None, NOT_TWO)
    silent = Told()
    silent.hold(SECOND)
    [row] = part(known(silent).rows(), "meeting")
    assert (row["executive_attendance"], row["attendances"]) == (None, 0)
    assert row["reasons"]["executive_attendance"] == NOBODY_CAME


def test_f59_executive_attendance_is_of_those_who_may_decide() -> None:
    told = Told()
    told.hold(FIRST)
    for org, badge in ((A, CHIEF), (B, OTHER), (C, None)):
        told.add("AttendanceRecorded", FIRST, org, accreditation=badge)
    executive = {CHIEF: Cited("members", 70, bytes(32))}
    found = known(told, executive=executive)
    [row] = part(found.rows(), "meeting")
    assert (row["executives"], row["attendances"]) == (1, 3)
    assert row["executive_attendance"] == "0.333333"
    assert "members/70" in row["refs"]
    figures = {each["figure"]: each for each in found.summary()}
    assert figures["executive_attendance"]["value"] == "0.333333"
    hidden = replace(found, hidden=Hidden(executive=True))
    [row] = part(hidden.rows(), "meeting")
    assert (row["executive_attendance"], row["attendances"]) == (AUDIENCE, 3)


def test_items_hosts_and_heat() -> None:
    told = both()
    told.add("AgendaItemProposed", FIRST, D, thing=ITEM, words={"lang": "en", "text": "Beans"})
    told.add("HeatRaised", FIRST, thing=ITEM, words={"lang": "en", "text": "Too calm."})
    told.add("HeatLowered", FIRST, thing=ITEM, words=AUDIENCE)
    found = known(told)
    rows = found.rows()
    [whole] = part(rows, "window")
    assert [(e["organisation"]["name"]["text"], e["items"]) for e in whole["items"]] == [
        ("Dancers", 1)
    ]
    raised, lowered = part(rows, "heat")
    assert (raised["change"], raised["reason"]["text"]) == ("raised", "Too calm.")
    assert raised["item"] == {"id": str(ITEM), "name": {"lang": "en", "text": "Beans"}}
    assert (lowered["change"], lowered["reason"]) == ("lowered", AUDIENCE)
    figures = [each for each in found.summary() if each["figure"] == "hosted"]
    assert [(e["organisation"]["name"]["text"], e["value"]) for e in figures] == [
        ("Aid", 1), ("Bus union", 1),
    ]  # fmt: skip
    [even] = [each for each in found.summary() if each["figure"] == "evenness_hosts"]
    assert even["value"] == "0.500000"  # two of four organisations, once each
    alone = replace(found, active=frozenset(), events=[told.events[1], told.events[2]])
    [even] = [each for each in alone.summary() if each["figure"] == "evenness_hosts"]
    assert (even["value"], even["reason"]) == (None, NO_HOST)


def test_each_organisation_has_a_line_by_name_with_three_windows() -> None:
    acts = {B: [Act("stances", date(2026, 2, 1), UUID(int=5), Cited("meetings", 44, bytes(32)))]}
    rows = part(known(both(), acts=acts).rows(), "organisation")
    assert called([row["organisation"] for row in rows]) == [
        "Aid", "Bus union", "Clinic", "Dancers",
    ]  # fmt: skip
    union = rows[1]
    assert (union["attended"], union["turns"], union["seconds"]) == (2, 2, 180)
    assert (union["hosted"], union["items"], union["invited"]) == (1, 0, 1)
    assert [each["stances"] for each in union["engagement"]] == [1, 0, 0]
    told = {event.cited.ref: event for event in both().events}
    assert {told[ref].type for ref in union["refs"]} == {
        "InvitationSent", "AttendanceRecorded", "SpeechStarted", "SpeechEnded",
        "MeetingScheduled",
    }  # fmt: skip
    assert {told[ref].org for ref in rows[2]["refs"]} == {None, C}


def test_what_a_reader_does_not_see_is_withheld_not_counted() -> None:
    everything = Hidden(*([True] * 7))
    row = part(known(both(), hidden=everything).rows(), "meeting")[0]
    for name in (
        "invited", "attended", "spoke", "not_heard", "first_time_speakers", "voices", "turns",
        "gini_seconds", "evenness_turns", "voice_and_seats", "voice_apart_from_seats", "items",
        "attendances", "executive_attendance", "host",
    ):  # fmt: skip
        assert row[name] == AUDIENCE, name
    unseated = part(known(both(), hidden=Hidden(table=True)).rows(), "meeting")[0]
    assert unseated["voice_apart_from_seats"] == AUDIENCE
    assert unseated["gini_seconds"] is not None


said = st.lists(st.tuples(st.sampled_from([A, B, C, D]), st.integers(0, 600)), max_size=12)


@over(said, st.sets(st.sampled_from([A, B, C, D])))
def test_seconds_and_turns_are_those_of_the_speeches(
    speeches: list[tuple[UUID, int]], present: set[UUID]
) -> None:
    told = Told()
    told.hold(FIRST, *sorted(present))
    for org, seconds in speeches:
        told.speak(FIRST, org, seconds)
    [room] = rooms(told.events)
    assert sum(voice.turns for voice in room.voices.values()) == len(speeches)
    assert sum(v.seconds for v in room.voices.values()) == sum(s for _, s in speeches)
    [row] = part(known(told).rows(), "meeting")
    if speeches:
        heard = {each["id"] for each in row["spoke"]}
        assert heard == {str(org) for org, _ in speeches}
        assert {each["id"] for each in row["not_heard"]} == {str(org) for org in present} - heard
    if row["voice_and_seats"]:
        assert abs(sum(float(each["voice"]) for each in row["voice_and_seats"]) - 1) < 1e-5
