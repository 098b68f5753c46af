"""March to May: a warm stove on Wednesdays, a light until eight, and a map nobody had read."""

from accord.demo.beginnings import AFTER, HOW, ROAD
from accord.demo.cast import (
    AGNES,
    COLM,
    DELE,
    INES,
    JONAS,
    LIBRARY,
    LUCIA,
    MAREN,
    MUDLARK,
    PRIYA,
    SAMIR,
    TEACHERS,
    TOMAS,
    WREN,
)
from accord.demo.meetings import Meeting, Step, Topic, call, next_step
from accord.demo.motions import Draft, Motion, abstain, agree, disagree, objects, propose
from accord.demo.table import STEERING, Table


def tell(table: Table) -> Step:
    """Meet in the steering group, then in plenary; return the step that goes on till today."""
    _steering(table)
    return _may(table)


def _steering(table: Table) -> None:
    voice = table.voice
    voice.at("2026-03-16 10:00")
    boathouse, fee = propose(
        table,
        Draft(
            DELE, AFTER, "Open the boathouse on Wednesdays until seven",
            "Mudlark keeps the stove going, and whoever comes may stay. Two adults each "
            "Wednesday: one of ours, and one that another member sends, in turn.",
        ),
        Draft(
            SAMIR, HOW, "A yearly fee of 250 from every member",
            "A fee pays for paper, postage and the hall, so that nobody has to ask.",
        ),
        body=STEERING,
    )  # fmt: skip
    meeting = call(table, "Keys and coins", "2026-03-24 16:00", "2026-03-24 17:00",
                   MUDLARK, "Mudlark's boathouse", STEERING)  # fmt: skip
    meeting.plan(
        Topic(DELE, "decision", "The boathouse on Wednesdays", 20, boathouse),
        Topic(SAMIR, "decision", "A fee", 20, fee),
    )
    meeting.appoint(LUCIA)
    voice.at("2026-03-24 16:00")
    meeting.open(MAREN, LUCIA, SAMIR, AGNES, DELE)
    boathouse.open("consent", "2026-03-24 17:00", meeting)
    boathouse.hear(
        *map(agree, (DELE, LUCIA, MAREN, AGNES)),
        abstain(SAMIR, "Good idea. I cannot promise teachers for Wednesdays."),
    )
    boathouse.decide(MUDLARK)
    fee.open("consent", "2026-03-24 17:00", meeting)
    fee.hear(
        *map(agree, (SAMIR, MAREN)),
        abstain(LUCIA),
        disagree(AGNES, "Our members pay in cake and in evenings. They have paid."),
        objects(
            DELE,
            "For 250 we buy a year of paint. A club of three should not pay what a union of "
            "nine hundred pays.",
        ),
    )
    fee.decide(TEACHERS)
    key = next_step(table, MAREN, "Cut a second key, and insure the boathouse for evenings",
                    meeting, boathouse)  # fmt: skip
    key.ask(MAREN, DELE, "2026-04-17")
    key.accept(DELE)
    meeting.close()
    voice.at("2026-03-25 09:00")
    meeting.write_up("A warm stove, and a frank word about money.", boathouse, fee)
    meeting.approve(MAREN, LUCIA, SAMIR, AGNES, DELE)
    voice.at("2026-04-13 19:00")
    key.complete(DELE, "The key hangs at Lantern Street, on the hook with the whistle.")


def _may(table: Table) -> Step:
    voice = table.voice
    voice.at("2026-04-14 09:00")
    table.register(WREN, by=COLM)
    table.replace(COLM, WREN)
    voice.at("2026-04-24 10:00")
    late, areas = propose(
        table,
        Draft(
            WREN, AFTER, "Keep the reading room open until eight, twice a week",
            "On Tuesdays and Thursdays the library stays open until eight for anybody under "
            "eighteen. Our staff open and lock; volunteers read, help with homework, or just sit "
            "there.",
        ),
        Draft(
            TOMAS, ROAD, "Ask for school areas that do not cross Quay Road",
            "The city redraws its areas this year. Together we ask that no child under eleven has "
            "to cross Quay Road to reach the nearest primary school.",
        ),
    )  # fmt: skip
    evening = call(table, "Open doors", "2026-05-05 16:30", "2026-05-05 18:30",
                   LIBRARY, "Port Merrow Library, the reading room")  # fmt: skip
    evening.plan(
        Topic(WREN, "decision", "Late evenings in the reading room", 30, late),
        Topic(TOMAS, "discussion", "The city's map of school areas", 30, areas),
        Topic(LUCIA, "information", "Four weeks of lunch, in numbers", 20),
    )
    evening.appoint(TOMAS)
    voice.at("2026-05-05 16:30")
    evening.open(MAREN, TOMAS, PRIYA, JONAS, WREN, DELE, INES)
    _vote_on_late_evenings(late, evening)
    areas.open("money", "2026-05-12 18:00")
    readers = next_step(table, WREN, "Find two readers for every late evening", evening, late)
    readers.take(WREN, "2026-09-30")
    form = next_step(table, LUCIA, "Write the lunch form in Arabic and in Polish", evening)
    form.ask(TOMAS, JONAS, "2026-05-29")
    form.decline(JONAS, "None of us writes either well enough for a form.")
    form.take(INES, "2026-05-29")
    evening.close()
    voice.at("2026-05-06 09:00")
    evening.write_up("Two more doors are open until eight. The map needs more time than we had.",
                     late)  # fmt: skip
    evening.approve(MAREN, TOMAS, PRIYA, JONAS, WREN, DELE, INES)
    areas.hear(
        agree(TOMAS),
        agree(JONAS, "An area is a promise about a walk."),
        agree(MAREN),
    )
    voice.at("2026-05-12 18:05")
    areas.close()
    voice.at("2026-05-27 12:00")
    form.complete(INES, "Two former pupils of mine did it in an evening. They corrected mine, too.")
    return readers


def _vote_on_late_evenings(late: Motion, evening: Meeting) -> None:
    late.open("majority", "2026-05-05 18:30", evening)
    late.hear(
        agree(WREN),
        agree(DELE, "At seven we lock up and forty children stand in the rain."),
    )
    dispute = late.object(
        PRIYA, "The union is in dispute with the city about the January pay. Until that ends we "
        "should agree to nothing that the city runs.",
        "A settlement, or a word from the city that talks go on.",
    )  # fmt: skip
    late.hear(
        disagree(
            PRIYA,
            "I have nothing against reading. I answer to nine hundred members who wait for "
            "their pay.",
        )
    )
    late.set_aside(dispute, "The dispute is real, and it is about pay. No teacher works a minute "
                   "more under this proposal, and no child should wait for it.")  # fmt: skip
    late.hear(
        agree(INES, "I will take the Thursdays."),
        *map(agree, (TOMAS, JONAS, MAREN)),
    )
    late.decide(LIBRARY)
