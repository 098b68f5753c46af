"""June and October: two wins, and who is thanked for them."""

from accord.demo.cast import (
    AGNES,
    ALONE,
    BREAKWATER,
    DELE,
    HANA,
    INES,
    JONAS,
    LANTERN,
    LIBRARY,
    MAREN,
    MUDLARK,
    PARENTS,
    PRIYA,
    QUAYSIDE,
    TEACHERS,
    TOMAS,
    WREN,
)
from accord.demo.gratitude import declare, record
from accord.demo.motions import Motion


def for_lunch(lunch: Motion) -> None:
    """Thank those without whom 212 children would not have eaten."""
    voice = lunch.table.voice
    voice.at("2026-06-26 14:00")
    question = record(TOMAS, TEACHERS, "asked_the_question", "lead", "Asked in March who watches "
                      "the hall. The answer is why the pilot worked.", lunch)  # fmt: skip
    carrying = record(MAREN, MUDLARK, "care_and_logistics", "lead", "Carried 220 plates across the "
                      "yard on the day the lift broke.", lunch)  # fmt: skip
    win = declare(MAREN, "212 children had a hot lunch, every school day", "step", lunch)
    asked = win.thank(TOMAS, TEACHERS, "asked_the_question", "lead", question)
    carried = win.thank(MAREN, MUDLARK, "care_and_logistics", "lead", carrying)
    cooked = win.thank(MAREN, QUAYSIDE, "implementation", "lead")
    win.thank(TOMAS, "The inspector who stayed for soup", "introductions", "supporting")
    win.accept(PRIYA, asked)
    win.accept(DELE, carried)
    win.accept(TOMAS, cooked)
    win.announce()
    voice.at("2026-07-03 18:00")
    win.celebrate(TOMAS, "2026-07-03", LANTERN, QUAYSIDE, MUDLARK, PARENTS)


def for_the_road(letter: Motion, walk: Motion) -> None:
    """Thank those who got the lights, and welcome the one who came late."""
    voice = letter.table.voice
    voice.at("2026-10-09 09:00")
    writing = record(JONAS, PARENTS, "drafting", "lead", "Wrote the letter, and wrote it again "
                     "when Ines was right.", letter)  # fmt: skip
    counting = record(INES, ALONE, "data", "lead", "Stood at the ferry ramp on five mornings in "
                      "February and counted 2,140 crossings.", letter)  # fmt: skip
    walking = record(HANA, BREAKWATER, "implementation", "equal", "Forty pupils lead the walking "
                     "bus, in yellow.", walk)  # fmt: skip
    record(WREN, LIBRARY, "hosting", "supporting", "Lent a window, a pen and a quiet hour to those "
           "who planned the walk.", walk)  # fmt: skip
    writing.confirm(PRIYA)
    counting.confirm(JONAS)
    walking.confirm(AGNES)
    win = declare(JONAS, "The council votes for lights at the ferry ramp", "major", letter)
    wrote = win.thank(TOMAS, PARENTS, "drafting", "lead", writing)
    counted = win.thank(JONAS, ALONE, "data", "lead", counting)
    rang = win.thank(JONAS, LANTERN, "convening", "lead")
    win.thank(JONAS, BREAKWATER, "late_support", "supporting", walking)
    win.thank(MAREN, "The ferry crew, who slowed down first", "mobilising", "supporting")
    win.accept(JONAS, wrote)
    win.accept(MAREN, rang)
    win.waive(INES, counted)
    win.welcome(JONAS, BREAKWATER,
                "In March you said that the road was none of a secondary school's business.",
                "Your pupils lead the walking bus, in yellow, in the rain.")  # fmt: skip
    win.announce()
    voice.at("2026-10-16 18:00")
    win.celebrate(JONAS, "2026-10-16", PARENTS, BREAKWATER, QUAYSIDE, LANTERN, MUDLARK)
