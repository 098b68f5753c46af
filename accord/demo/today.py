"""Now: a voting that is open, a meeting to come, and steps that hang; near the day it is told."""

from datetime import UTC, date, datetime, time, timedelta

from accord.demo.beginnings import AFTER
from accord.demo.cast import (
    AGNES,
    DELE,
    HANA,
    INES,
    JONAS,
    LUCIA,
    MAREN,
    PRIYA,
    QUAYSIDE,
    TOMAS,
    WREN,
)
from accord.demo.meetings import Meeting, Step, Topic, call, next_step
from accord.demo.motions import Draft, Motion, abstain, agree, disagree, propose


def tell(letter: Motion, walk: Motion, readers: Step, today: date) -> None:
    """Tell what is going on around `today`."""

    def day(days: int, hour: int) -> datetime:
        return datetime.combine(today + timedelta(days), time(hour), UTC)

    def due(days: int) -> str:
        return (today + timedelta(days)).isoformat()

    table, voice = walk.table, walk.table.voice
    voice.at(day(-28, 9))
    route = next_step(table, HANA, "Walk the route with the fire brigade, and draw the map",
                      after=walk)  # fmt: skip
    route.take(HANA, due(-9))
    route.start(HANA)
    lights = next_step(table, JONAS, "Agree with the port company where the lights may stand",
                       after=letter)  # fmt: skip
    lights.take(AGNES, due(20))
    voice.at(day(-20, 9))
    evening = call(table, "A year at one table", day(9, 16), day(9, 18), QUAYSIDE,
                   "Quayside Primary, the dining hall")  # fmt: skip
    voice.at(day(-11, 15))
    lights.block(AGNES, "Their office wants a letter from the council first. The council wants one "
                 "from their office.")  # fmt: skip
    readers.move(WREN, due(12), "Two of four have signed up. In December the students are "
                        "back.")  # fmt: skip
    voice.at(day(-7, 10))
    [doors] = propose(
        table,
        Draft(
            DELE, AFTER, "Ask the city for one open door in every quarter, until seven",
            "From January one school, club or library in each quarter of the harbour stays open "
            "until seven on school days. The city pays one adult for each door; we keep the door.",
        ),
    )  # fmt: skip
    _plan(evening, doors)
    voice.at(day(-2, 8))
    doors.open("majority", day(4, 18))
    doors.hear(
        agree(DELE),
        agree(WREN, "On Thursdays forty of them read here. It works, and it is full."),
        abstain(INES, "Who is the adult? I would like to meet them first."),
    )
    voice.at(day(-1, 8))
    doors.hear(
        disagree(
            PRIYA,
            "One adult for sixty children is not a plan. With two I would agree today.",
        ),
        agree(JONAS, "Those are the two hours in which phones ring at home."),
        agree(MAREN),
    )
    doors.change(INES, "agree", "Dele introduced us. She has run the ferry café for nine years, "
                 "and knows all their names.")  # fmt: skip


def _plan(evening: Meeting, doors: Motion) -> None:
    evening.plan(
        Topic(TOMAS, "information", "Soup, and a year in pictures", 30),
        Topic(MAREN, "information", "What came of the open doors", 20, doors),
        Topic(HANA, "discussion", "The walking bus, and its name", 25),
        Topic(LUCIA, "support", "The kitchen needs a dishwasher that works", 15),
    )
    evening.appoint(WREN)
