"""May to October: a latecomer, a decision made again, and a count that was close."""

from typing import Any

from accord.demo.beginnings import HOW, MAJORITY, ROAD
from accord.demo.cast import (
    BREAKWATER,
    DELE,
    HANA,
    INES,
    JONAS,
    MAREN,
    OSKAR,
    PARENTS,
    PRIYA,
    QUAYSIDE,
    SAMIR,
    TEACHERS,
    TOMAS,
    WREN,
)
from accord.demo.meetings import Meeting, Topic, call, next_step
from accord.demo.motions import Draft, Motion, abstain, agree, disagree, propose
from accord.demo.table import Table

TWO_THIRDS: dict[str, Any] = MAJORITY | {"quorum": {"at_least": [2, 3]}}


def welcome(table: Table) -> None:
    """Let the last of the harbour's schools sit down."""
    voice = table.voice
    voice.at("2026-05-18 16:00")
    applied = table.apply(HANA, "In March we said that Quay Road was none of a secondary school's "
                          "business. Our pupils have told us otherwise.")  # fmt: skip
    voice.at("2026-05-20 09:00")
    table.admit(BREAKWATER, applied=applied)
    table.accredit({HANA: MAREN})


def tell(table: Table, lunch: Motion) -> Motion:
    """Meet in September; return the motion that the walking bus came of."""
    voice = table.voice
    voice.at("2026-09-01 09:00")
    lunch.reopen("The pilot fed 212 children a day for eleven weeks, at 2.35 a plate. Two paid "
                 "supervisors watched the hall, so no teacher lost a break. The city now matches "
                 "every coin that we raise.")  # fmt: skip
    lunch.amend(
        "We pool 9,000, and the city matches it. From October to July Quayside's kitchen cooks for "
        "Quayside, Lantern Street and Breakwater, every school day. Supervisors are paid. Every "
        "child eats, and nobody shows a card.",
        "The pilot showed what a plate costs, and that the hall has to be somebody's paid work.",
    )
    walk, close, quorum = _put_forward(table)
    evening = call(table, "Before the dark mornings", "2026-09-15 16:30", "2026-09-15 18:45",
                   BREAKWATER, "Breakwater Secondary, the sixth-form kitchen")  # fmt: skip
    evening.plan(
        Topic(TOMAS, "decision", "Lunch, for the whole year", 25, lunch),
        Topic(HANA, "decision", "Walk to school together", 30, walk),
        Topic(JONAS, "decision", "First Fridays on Quay Road", 30, close),
        Topic(SAMIR, "decision", "How many make a majority", 15, quorum),
    )
    evening.appoint(WREN)
    voice.at("2026-09-15 16:30")
    evening.open(MAREN, HANA, TOMAS, PRIYA, JONAS, WREN, DELE, remote=(INES, OSKAR))
    _lunch_again(lunch, evening)
    _walk(walk, evening)
    _close_the_road(close, evening)
    _two_thirds(quorum, evening)
    name = next_step(table, TOMAS, "Find a name for the walking bus that a ten-year-old would say "
                     "aloud", evening, walk)  # fmt: skip
    evening.close(name, "Everybody laughed, and nobody signed. Quayside asks its pupils.")
    voice.at("2026-09-16 09:00")
    table.revise("majority", TWO_THIRDS, decision=quorum.ref)
    evening.write_up(
        "Lunch for a year, by all eight of us. Seven for the walk, three for the chairs. Priya's "
        "question from March is now somebody's paid work.", lunch, walk, close, quorum,
    )  # fmt: skip
    evening.approve(MAREN, HANA, TOMAS, PRIYA, WREN, INES)
    return walk


def _put_forward(table: Table) -> tuple[Motion, Motion, Motion]:
    table.voice.at("2026-09-04 10:00")
    walk, close, quorum = propose(
        table,
        Draft(
            HANA, ROAD, "Walk to school together, from October",
            "Pupils of fifteen lead a walking bus from the ferry to the three gates, in yellow, "
            "whatever the weather. Until spring we do not ask for the road to be closed.",
        ),
        Draft(
            JONAS, ROAD, "Close Quay Road ourselves, on first Fridays",
            "On the first Friday of each month, from eight to nine, we stand on Quay Road with "
            "chairs and breakfast, until the lights are there.",
        ),
        Draft(
            SAMIR, HOW, "Two thirds at the table before a majority decides",
            "A majority decides only if two thirds of us have taken a stance; so far it is half.",
        ),
    )  # fmt: skip
    return walk, close, quorum


def _lunch_again(lunch: Motion, evening: Meeting) -> None:
    lunch.open("money", "2026-09-15 18:45", evening)
    lunch.hear(
        agree(
            PRIYA,
            "In March I asked who watches the hall. Now somebody is paid to. That was my "
            "condition, and it is met.",
        ),
        agree(HANA, "Ours are bigger and eat more. We bring the difference."),
        *map(agree, (TOMAS, JONAS, MAREN, DELE, INES)),
        agree(WREN, "The reading room is full and nobody is asking for biscuits."),
    )
    lunch.decide(QUAYSIDE, BREAKWATER)


def _walk(walk: Motion, evening: Meeting) -> None:
    walk.open("public", "2026-09-15 18:45", evening)
    walk.hear(agree(HANA))
    first = walk.object(
        JONAS, "A walking bus makes children answer for what lorries do.",
        "A road that is closed on school mornings, before the first child walks.",
    )  # fmt: skip
    walk.hear(
        disagree(
            JONAS, "We are teaching them to dodge well. I want a road that does not ask it of them."
        )
    )
    second = walk.object(
        WREN, "At ten to eight the bus passes our yard, where delivery vans reverse.",
        "Another side of the street.",
    )  # fmt: skip
    walk.hear(disagree(WREN, "Not past our yard."))
    walk.retract(WREN, second, "Hana drew it on the window: they cross before the yard.")
    walk.change(WREN, "agree", "It does not pass our yard. I would have walked with them anyway.")
    walk.outweigh(
        first, "The council decides about closures in April at the earliest. Children walk in "
        "October, with us or without us.",
        "Closing the road on school mornings at once: the council has refused that twice.",
        "Waiting for the lights alone: they come in spring, after the dark mornings.",
    )  # fmt: skip
    walk.hear(*map(agree, (TOMAS, PRIYA, MAREN, DELE, INES)))
    walk.decide(BREAKWATER)


def _close_the_road(close: Motion, evening: Meeting) -> None:
    close.open("majority", "2026-09-15 18:45", evening)
    close.hear(
        agree(JONAS, "Letters were polite. Chairs are polite, too."),
        agree(INES, "I have a folding chair, and no employer."),
        agree(DELE),
        disagree(MAREN, "I cannot ask children to stand where I tell them not to walk."),
        disagree(HANA, "In October we walk. One thing at a time, done well."),
        disagree(TOMAS, "Half of Quayside's parents drive for the port."),
        disagree(PRIYA, "Teachers would be on duty at eight. I know who would stand there."),
        abstain(WREN, "The library is the city's. I should not vote on its road."),
    )
    close.decide(PARENTS)


def _two_thirds(quorum: Motion, evening: Meeting) -> None:
    quorum.open("majority", "2026-09-15 18:45", evening)
    quorum.hear(
        agree(
            PRIYA,
            "In May three of us had read the map. With one more, a majority of four would "
            "have spoken for everybody.",
        ),
        disagree(
            WREN,
            "It is the small ones who will be missing, and then who is to blame? One "
            "librarian, two late shifts.",
        ),
        *map(agree, (MAREN, TOMAS, HANA, JONAS, DELE, INES)),
    )
    quorum.decide(TEACHERS)
