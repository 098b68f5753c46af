"""February and March: a rhythm, a lunch, and a letter written twice."""

from accord.demo.beginnings import HOW, LUNCH, ROAD
from accord.demo.cast import (
    AGNES,
    BETH,
    COLM,
    DELE,
    INES,
    JONAS,
    LANTERN,
    LUCIA,
    MAREN,
    PARENTS,
    PRIYA,
    QUAYSIDE,
    TOMAS,
)
from accord.demo.meetings import Meeting, Topic, call, next_step
from accord.demo.motions import Draft, Motion, abstain, agree, disagree, propose
from accord.demo.table import Table


def tell(table: Table) -> tuple[Motion, Motion]:
    """Meet twice; return the motions about lunch and about the letter, which go on."""
    _february(table)
    return _march(table)


def _february(table: Table) -> None:
    voice = table.voice
    voice.at("2026-01-26 09:00")
    [rhythm] = propose(
        table,
        Draft(
            PRIYA, HOW, "Meet every other month, at each other's tables",
            "We meet on a Tuesday at half past four, each time at another member's place. The "
            "host brings soup. The agenda is out a week before, and minutes count once all have "
            "approved.",
        ),
    )  # fmt: skip
    evening = call(table, "One table for the harbour", "2026-02-03 16:30", "2026-02-03 18:30",
                   LANTERN, "Lantern Street School, the old gym")  # fmt: skip
    evening.plan(
        Topic(MAREN, "information", "What brings each of us here", 40),
        Topic(PRIYA, "decision", "How often, and where", 30, rhythm),
        Topic(BETH, "discussion", "What to start with", 40),
    )
    voice.at("2026-02-03 16:30")
    evening.open(MAREN, TOMAS, PRIYA, JONAS, COLM, DELE, INES)
    rhythm.open("majority", "2026-02-03 18:30", evening)
    rhythm.hear(
        *map(agree, (PRIYA, MAREN, TOMAS, JONAS)),
        agree(DELE, "With soup, always."),
        agree(INES),
        abstain(
            COLM,
            "Our late shifts change every month. I cannot promise to come, and I do not want "
            "to stand in the way.",
        ),
    )
    rhythm.decide(LANTERN)
    calendar = next_step(table, MAREN, "Put term dates and ferry times on one calendar", evening)
    calendar.take(BETH, "2026-02-27")
    evening.close()
    voice.at("2026-02-04 09:00")
    evening.write_up("Seven of us, four hours of talk in two. Everybody named one child they came "
                     "for. We start with lunch and with the road.", rhythm)  # fmt: skip
    evening.approve(MAREN, TOMAS, PRIYA, JONAS, COLM, DELE, INES)
    voice.at("2026-02-05 12:00")
    table.work("formal")
    voice.at("2026-02-24 15:00")
    calendar.complete(BETH, "Also the tides. Quayside asked.")


def _march(table: Table) -> tuple[Motion, Motion]:
    voice = table.voice
    voice.at("2026-02-20 10:00")
    lunch, letter = propose(
        table,
        Draft(
            TOMAS, LUNCH, "Pay for lunch together",
            "Each member gives what it can, together 6,000. From Easter to the summer holidays "
            "Quayside's kitchen cooks for Quayside and Lantern Street, every school day. Every "
            "child eats, and nobody shows a card.",
        ),
        Draft(
            JONAS, ROAD, "Write to the council about Quay Road",
            "We ask the council for lights at the ferry ramp. On 14 January a lorry hit a girl of "
            "nine from Lantern Street on her way to school. She will walk again. The road has "
            "not changed.",
        ),
    )  # fmt: skip
    evening = call(table, "Lunch, and the road", "2026-03-03 16:30", "2026-03-03 18:30",
                   QUAYSIDE, "Quayside Primary, the dining hall")  # fmt: skip
    evening.plan(
        Topic(TOMAS, "decision", "A lunch pilot", 40, lunch),
        Topic(JONAS, "decision", "A letter about Quay Road", 30, letter),
        Topic(DELE, "discussion", "Who has a room that stands empty after four?", 20),
    )
    evening.appoint(BETH)
    voice.at("2026-03-03 16:30")
    evening.open(MAREN, TOMAS, PRIYA, JONAS, DELE, INES, remote=(COLM,))
    _vote_on_lunch(lunch, evening)
    kitchen = next_step(
        table, TOMAS, "Get Quayside's kitchen approved for 220 plates", evening, lunch
    )
    kitchen.take(LUCIA, "2026-03-27")
    objection = _speak_about_the_letter(letter, evening)
    evening.close()
    voice.at("2026-03-04 09:00")
    evening.write_up("Lunch is on. The letter goes back to its authors: Ines spoke, and the room "
                     "went quiet. Dele arrived at 17:40.", lunch)  # fmt: skip
    evening.approve(MAREN, TOMAS, PRIYA)
    evening.correct(DELE, "Lunch is on. The letter goes back to its authors: Ines spoke, and the "
                    "room went quiet. Dele arrived at 16:40, with a tray of buns.",
                    "I was ten minutes late, not seventy. The buns are my witness.")  # fmt: skip
    evening.approve(MAREN, TOMAS, PRIYA, JONAS, COLM, DELE, INES, version=2)
    _rewrite_the_letter(letter, objection)
    voice.at("2026-03-26 11:00")
    kitchen.complete(LUCIA, "Approved. The inspector stayed for soup.")
    return lunch, letter


def _vote_on_lunch(lunch: Motion, evening: Meeting) -> None:
    lunch.open("money", "2026-03-03 18:30", evening)
    lunch.hear(
        agree(TOMAS),
        disagree(JONAS, "A pilot that ends in June teaches children that lunch ends too."),
        disagree(
            PRIYA,
            "Somebody has to watch two hundred children eat. If that is teachers in their "
            "only break, we pay for lunch with lessons.",
        ),
        agree(INES, "I taught maths after lunch for thirty years. I could tell who had none."),
        agree(DELE, "Half of ours come to us at three and have eaten crisps."),
        *map(agree, (COLM, MAREN)),
    )
    lunch.change(JONAS, "agree", "Quayside will publish every week what a plate costs. With "
                 "those numbers we can ask the city for the rest of the year.")  # fmt: skip
    lunch.decide(QUAYSIDE)


def _speak_about_the_letter(letter: Motion, evening: Meeting) -> str:
    letter.open("public", "2026-03-10 18:00", evening)
    letter.hear(*map(agree, (JONAS, TOMAS)))
    objection = letter.object(
        INES, "The letter tells the accident so that the whole town knows which child it was.",
        "Say what the road does to everybody who crosses it. Leave the family out.",
    )  # fmt: skip
    letter.hear(disagree(INES, "Nobody asked her parents."))
    return objection


def _rewrite_the_letter(letter: Motion, objection: str) -> None:
    voice = letter.table.voice
    voice.at("2026-03-05 20:00")
    letter.amend(
        "We ask the council for lights at the ferry ramp, and for twenty miles an hour past three "
        "school gates. In one week of February we counted 2,140 crossings by children, and eleven "
        "lorries that braked late.",
        "Ines is right: the family did not ask to be in a letter. And the count says more.",
    )
    letter.accommodate(objection, 2)
    voice.at("2026-03-14 08:00")
    letter.open("public", "2026-03-20 18:00")
    letter.hear(
        agree(JONAS),
        agree(INES, "This is a letter that I sign gladly."),
        *map(agree, (TOMAS, COLM, DELE, MAREN)),
        agree(PRIYA, "The union signs too. Teachers cross that road twice a day."),
    )
    voice.at("2026-03-20 18:05")
    letter.decide(PARENTS)
    delivery = next_step(letter.table, JONAS, "Read the letter to the council at its open hour",
                         after=letter)  # fmt: skip
    delivery.take(AGNES, "2026-04-02")
    voice.at("2026-04-01 20:00")
    delivery.complete(AGNES, "Two ten-year-olds read it. Nobody looked at the clock.")
