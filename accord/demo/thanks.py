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
from accord.demo.gratitude import Deed, Thanks, confirm, declare, record
from accord.demo.motions import Motion


def for_lunch(lunch: Motion) -> None:
    """Thank those without whom 212 children would not have eaten."""
    table, voice = lunch.table, lunch.table.voice
    voice.at("2026-06-26 14:00")
    question, carrying = record(
        table,
        Deed(TOMAS, TEACHERS, "asked_the_question", "lead", "Asked in March who watches the hall. "
             "The answer is why the pilot worked.", lunch),
        Deed(MAREN, MUDLARK, "care_and_logistics", "lead", "Carried 220 plates across the yard on "
             "the day the lift broke.", lunch),
    )  # fmt: skip
    win = declare(MAREN, "212 children had a hot lunch, every school day", "step", lunch)
    asked, carried, cooked, _ = win.thank(
        Thanks(TOMAS, TEACHERS, "asked_the_question", "lead", question),
        Thanks(MAREN, MUDLARK, "care_and_logistics", "lead", carrying),
        Thanks(MAREN, QUAYSIDE, "implementation", "lead"),
        Thanks(TOMAS, "The inspector who stayed for soup", "introductions", "supporting"),
    )
    win.accept({asked: PRIYA, carried: DELE, cooked: TOMAS})
    win.announce()
    voice.at("2026-07-03 18:00")
    win.celebrate(TOMAS, "2026-07-03", LANTERN, QUAYSIDE, MUDLARK, PARENTS)


def for_the_road(letter: Motion, walk: Motion) -> None:
    """Thank those who got the lights, and welcome the one who came late."""
    table, voice = letter.table, letter.table.voice
    voice.at("2026-10-09 09:00")
    writing, counting, walking, _ = record(
        table,
        Deed(JONAS, PARENTS, "drafting", "lead", "Wrote the letter, and wrote it again when Ines "
             "was right.", letter),
        Deed(INES, ALONE, "data", "lead", "Stood at the ferry ramp on five mornings in February "
             "and counted 2,140 crossings.", letter),
        Deed(HANA, BREAKWATER, "implementation", "equal", "Forty pupils lead the walking bus, in "
             "yellow.", walk),
        Deed(WREN, LIBRARY, "hosting", "supporting", "Lent a window, a pen and a quiet hour to "
             "those who planned the walk.", walk),
    )  # fmt: skip
    confirm(table, {writing: PRIYA, counting: JONAS, walking: AGNES})
    win = declare(JONAS, "The council votes for lights at the ferry ramp", "major", letter)
    wrote, counted, convened, _, _ = win.thank(
        Thanks(TOMAS, PARENTS, "drafting", "lead", writing),
        Thanks(JONAS, ALONE, "data", "lead", counting),
        Thanks(JONAS, LANTERN, "convening", "lead"),
        Thanks(JONAS, BREAKWATER, "late_support", "supporting"),
        Thanks(MAREN, "The ferry crew, who slowed down first", "mobilising", "supporting"),
    )
    win.accept({wrote: JONAS, convened: MAREN})
    win.waive(INES, counted)
    win.welcome(JONAS, BREAKWATER,
                "In March you said that the road was none of a secondary school's business.",
                "Your pupils lead the walking bus, in yellow, in the rain.")  # fmt: skip
    win.announce()
    voice.at("2026-10-16 18:00")
    win.celebrate(JONAS, "2026-10-16", PARENTS, BREAKWATER, QUAYSIDE, LANTERN, MUDLARK)
