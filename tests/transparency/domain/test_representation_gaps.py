"""R5: what is wanted, who is present, and what is missing."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from services.transparency.domain.hearing import Consulted, Decided, Hearing, Hidden, Reviewed
from services.transparency.domain.refs import Cited
from services.transparency.domain.representation_gaps import (
    CAME,
    SPOKE,
    Record,
    Sat,
    gap,
    introduction,
)
from services.transparency.domain.seats import SeatEvent, seats
from tests.laws import over
from tests.transparency.domain.ground import (
    NAMES,
    NOON,
    NURSES,
    PARENTS,
    SEEN,
    TEACHERS,
    A,
    B,
    C,
    D,
    Story,
    called,
)

PLENARY, STEERING, FIRST, SECOND = (UUID(int=0xE0 + n) for n in range(4))
KEPT, FREE = UUID(int=0xF0), UUID(int=0xF1)
AUDIENCE = {"withheld": "audience"}
DAY = timedelta(days=1)


def at(position: int) -> Cited:
    return Cited("meetings", position, bytes(32))


def story() -> Story:
    """Teachers, then parents and nurses who are least well served; nobody speaks for nurses."""
    told = Story()
    told.identify(TEACHERS, seats=1)
    told.identify(PARENTS, least=True, seats=3)
    told.identify(NURSES, least=True, seats=1)
    told.join(A, B, of=(PARENTS,))
    told.join(C, of=(TEACHERS,))
    return told


def came(position: int, meeting: UUID, org: UUID | None, day: int = 10) -> Sat:
    return Sat(at(position), CAME, meeting, NOON + day * DAY, org)


def record(told: Story | None = None, hidden: Hidden | None = None, **more: Any) -> Record:
    given: dict[str, Any] = {
        "seats": {}, "plenary": None, "sat": (), "decided": (), "consulted": (), "reviewed": (),
    } | more  # fmt: skip
    consulted, reviewed = given.pop("consulted"), given.pop("reviewed")
    tables = (told or story()).tables
    hearing = Hearing(tables, consulted, reviewed, hidden or Hidden(), NAMES)
    return Record(window=SEEN, hearing=hearing, **given)


def lines(made: Record, part: str = "constituency") -> dict[str, Any]:
    found = [line for line in made.rows() if line["part"] == part]
    key = "meeting" if part == "meeting" else "constituency"
    return {(line[key]["name"] or {}).get("text", line[key]["id"]): line for line in found}


def test_the_least_well_served_stand_first() -> None:
    assert list(lines(record())) == ["Parents", "Nurses", "Teachers"]


def test_the_gap_is_what_is_wanted_and_not_present() -> None:
    found = lines(record())
    figures = {
        name: (line["required"], line["present"], line["gap"], line["unrepresented"])
        for name, line in found.items()
    }
    assert figures == {
        "Parents": (3, 2, 1, False),
        "Nurses": (1, 0, 1, True),
        "Teachers": (1, 1, 0, False),
    }
    assert called(found["Parents"]["members"]) == ["Aid", "Bus union"]


@over(st.integers(0, 50), st.integers(0, 50))
def test_a_gap_is_never_negative(required: int, present: int) -> None:
    assert gap(required, present) == (required - present if required > present else 0)


def test_f10_who_is_represented_by_nobody_is_to_be_invited() -> None:
    found = lines(record(), "suggestion")
    assert list(found) == ["Nurses"]
    assert found["Nurses"]["suggestion"] == "invite"
    told = story()
    told.represent(C, NURSES, date(2026, 1, 1))
    assert lines(record(told), "suggestion") == {}


def test_meetings_count_where_one_of_them_came() -> None:
    sat = [
        Sat(at(1), "MeetingOpened", FIRST, NOON + 10 * DAY),
        came(2, FIRST, A),
        came(3, FIRST, B),
        came(4, SECOND, C, day=12),
        came(5, SECOND, None, day=12),
        came(6, UUID(int=1), A, day=-40),
    ]
    found = lines(record(sat=sat))
    assert {name: (line["attended"], line["meetings"]) for name, line in found.items()} == {
        "Parents": (1, 2), "Nurses": (0, 2), "Teachers": (1, 2),
    }  # fmt: skip
    assert {"meetings/1", "meetings/2"} < set(found["Parents"]["refs"])


def test_without_a_meeting_or_a_speech_nothing_is_counted() -> None:
    parents = lines(record())["Parents"]
    assert (parents["attended"], parents["spoke"]) == (None, None)
    assert parents["reasons"] == {
        "attended": "no meeting was held",
        "spoke": "no speech was recorded",
    }


def test_speeches_count_for_whom_the_speaker_represents() -> None:
    sat = [came(1, FIRST, A), Sat(at(2), SPOKE, FIRST, NOON + 10 * DAY, A),
           Sat(at(3), SPOKE, FIRST, NOON + 10 * DAY, A)]  # fmt: skip
    found = lines(record(sat=sat))
    assert [found[name]["spoke"] for name in ("Parents", "Nurses")] == [2, 0]


def test_each_meeting_says_who_was_missing() -> None:
    sat = [came(1, FIRST, A), came(2, FIRST, D), came(3, SECOND, C, day=12)]
    rows = [line for line in record(sat=sat).rows() if line["part"] == "meeting"]
    missing = [
        {each["constituency"]["name"]["text"]: (each["present"], each["gap"])
         for each in line["missing"]}
        for line in rows
    ]  # fmt: skip
    assert missing == [
        {"Parents": (0, 3), "Nurses": (0, 1)},
        {"Parents": (1, 2), "Nurses": (0, 1), "Teachers": (0, 1)},
    ]


def test_seats_are_those_kept_for_it_and_those_its_organisations_hold() -> None:
    events = [
        SeatEvent(at(1), "SeatReserved", STEERING, NOON, KEPT, constituency=PARENTS),
        SeatEvent(at(2), "SeatReserved", STEERING, NOON, FREE),
        SeatEvent(at(3), "SeatFilled", STEERING, NOON, KEPT, org=C),
        SeatEvent(at(4), "SeatFilled", STEERING, NOON, FREE, org=A),
    ]
    found = lines(record(seats=seats(events, SEEN.end), plenary=PLENARY))
    shares = {
        name: [(each["kept"], each["filled"], each["held"]) for each in line["seats"]]
        for name, line in found.items()
    }
    assert shares == {
        "Parents": [(0, 0, 2), (1, 1, 1)],
        "Nurses": [(0, 0, 0), (0, 0, 0)],
        "Teachers": [(0, 0, 1), (0, 0, 1)],
    }
    vacated = [*events, SeatEvent(at(5), "SeatVacated", STEERING, NOON, KEPT)]
    [share] = lines(record(seats=seats(vacated, SEEN.end)))["Parents"]["seats"]
    assert (share["kept"], share["filled"]) == (1, 0)
    dissolved = [*vacated, SeatEvent(at(6), "BodyDissolved", STEERING, NOON)]
    assert lines(record(seats=seats(dissolved, SEEN.end)))["Parents"]["seats"] == []
    assert seats(events, NOON) == {}


def test_consultations_and_reviews_of_the_window_count() -> None:
    inside, before = NOON + DAY, NOON - 30 * DAY
    consulted = [
        Consulted(at(1), FIRST, NURSES, inside.date(), inside),
        Consulted(at(2), FIRST, NURSES, before.date(), before),
        Consulted(at(3), FIRST, PARENTS, inside.date(), inside),
    ]
    reviewed = [
        Reviewed(at(4), NURSES, FIRST, consulted=True, at=inside),
        Reviewed(at(5), NURSES, FIRST, consulted=False, at=inside),
    ]
    found = lines(record(consulted=consulted, reviewed=reviewed))
    assert {name: line["consulted"] for name, line in found.items()} == {
        "Parents": 1, "Nurses": 2, "Teachers": 0,
    }  # fmt: skip


def decision(number: int, day: int, electorate: tuple[UUID, ...]) -> Decided:
    moment = NOON + day * DAY
    return Decided(
        at(number), UUID(int=number), UUID(int=100 + number), None, None, "adopted", moment,
        (NURSES,), at(number + 1), at(number + 2), moment - DAY, frozenset(electorate),
    )  # fmt: skip


def test_decisions_of_the_window_stand_newest_first_and_are_summed_up() -> None:
    made = [decision(10, 5, (A,)), decision(20, 6, (C,)), decision(30, 200, (C,))]
    found = record(decided=made)
    assert [line["decision"] for line in found.decisions] == [
        str(UUID(int=20)), str(UUID(int=10)),
    ]  # fmt: skip
    assert [line["flagged"] for line in found.decisions] == [True, False]
    figures = {each["figure"]: each for each in found.summary()}
    assert {name: each["value"] for name, each in figures.items()} == {
        "constituencies": 3, "unrepresented": 1, "missing": 2, "decisions": 2,
        "affected_unheard": 2, "flagged": 1,
    }  # fmt: skip
    assert figures["flagged"]["refs"] == ["meetings/20"]
    assert figures["decisions"]["refs"] == ["meetings/10", "meetings/20"]


def test_what_a_reader_does_not_see_all_of_is_not_counted_in_part() -> None:
    sat = [came(1, FIRST, A), Sat(at(2), SPOKE, FIRST, NOON + DAY, A)]
    plain = record(sat=sat)
    hearing = replace(plain.hearing, hidden=Hidden(table=True))
    unseen = replace(plain, hearing=hearing)
    [*constituencies] = lines(unseen).values()
    for line in constituencies:
        for name in ("members", "present", "gap", "unrepresented", "attended", "spoke", "seats"):
            assert line[name] == AUDIENCE
        assert line["required"] in {1, 3}
    assert {line["part"] for line in unseen.rows()} == {"constituency"}
    values = {each["figure"]: each["value"] for each in unseen.summary()}
    assert values["unrepresented"] == values["missing"] == values["flagged"] == AUDIENCE
    assert values["constituencies"] == 3
    quiet = record(sat=sat, hidden=Hidden(spoke=True))
    assert lines(quiet)["Parents"]["spoke"] == AUDIENCE
    assert lines(quiet)["Parents"]["attended"] == 1
    away = record(sat=sat, hidden=Hidden(attended=True))
    assert lines(away)["Parents"]["attended"] == AUDIENCE
    assert lines(away, "meeting") == {}


def test_an_unlikely_pair_is_suggested_with_what_it_shares() -> None:
    pair = {"part": "pair", "organisations": [1, 2], "shared": 3, "issues": [4], "threats": [],
            "opposed": [5], "refs": ["members/1"]}  # fmt: skip
    assert introduction(pair) == {
        "part": "suggestion", "suggestion": "introduce", "organisations": [1, 2], "shared": 3,
        "issues": [4], "threats": [], "refs": ["members/1"],
    }  # fmt: skip
