"""January to October: what they are for, who decides what, and where each of them stands."""

from accord.demo.beginnings import AFTER, HOW, LUNCH, ROAD
from accord.demo.cast import (
    COLM,
    DELE,
    HANA,
    INES,
    JONAS,
    LANTERN,
    MAREN,
    MUDLARK,
    PARENTS,
    PRIYA,
    QUAYSIDE,
    TEACHERS,
    TOMAS,
    WREN,
    Organisation,
    Person,
    id_of,
)
from accord.demo.table import PLENARY, STEERING, Issue, Table, text
from accord.demo.voice import Said

FEE = "A yearly fee"
FERRY = "Children who come by ferry"
NIGHTS = "Parents who work nights"
DISABILITY = "Pupils with a disability"
SETTLED = MAREN, TOMAS, PRIYA, JONAS, DELE


def agree_on_it(table: Table) -> None:
    """Agree what they are for and how they work, while everybody may still write on the wall."""
    voice = table.voice
    voice.at("2026-01-23 09:00")
    _write_the_charter(table)
    table.voice.together(*(_own(table, who, "acceptances", {"version": 1}) for who in SETTLED))
    _say_who_decides(table)
    voice.at("2026-01-24 10:00")
    _name_who_should_be_heard(table)
    voice.at("2026-01-24 18:00")
    _say_why_they_came(table)


def take_positions(table: Table) -> None:
    """Say where each stands, and what each can give; before the first meeting."""
    voice = table.voice
    voice.at("2026-01-25 12:00")
    _stand(table)
    table.lead(LUNCH, QUAYSIDE)
    table.lead(ROAD, PARENTS)
    table.lead(AFTER, MUDLARK)
    _exchange(table)


def fall_out_over_a_fee(table: Table) -> None:
    """March: two say aloud that they see it differently, and go on."""
    voice = table.voice
    voice.at("2026-03-26 18:00")
    voice.say(MAREN, "members/stages", {
        "stage": "storming",
        "reason": text("A letter and a fee have shown how differently we see ourselves."),
    })  # fmt: skip
    table.raise_issues(
        Issue(PRIYA, FEE, "Paper, postage and the hall cost money. Should every member pay the "
              "same for it, or nobody?"),
    )  # fmt: skip
    path = f"members/issues/{table.issues[FEE]}/disagreements"
    voice.say(DELE, path, {
        "parties": [table.org(MUDLARK), table.org(TEACHERS)],
        "terms": text("We do not agree about a fee. We leave it until a year is over, and neither "
                      "of us brings it up at another's table."),
    })  # fmt: skip
    voice.say(PRIYA, path, {})


def see_what_comes(table: Table) -> None:
    """June: what threatens them, and who works on what."""
    voice = table.voice
    voice.at("2026-06-02 09:00")
    table.voice.together(_own(table, HANA, "alignments", {
        "brings": text("Nine hundred pupils who were eight not long ago, and know every shortcut."),
        "problem": text("Ours stopped walking when they were small, and never began again."),
        "goals": text("A walk to school that nobody has to be brave for."),
    }))  # fmt: skip
    _threats(table)
    _share_the_ground(table)


def look_again(table: Table) -> None:
    """October: how far they have come, and what has changed around them."""
    voice = table.voice
    voice.at("2026-10-06 09:00")
    voice.say(MAREN, "members/stages", {
        "stage": "norming",
        "reason": text("Since the evening at Breakwater we settle things in the room."),
    })  # fmt: skip
    voice.say(PRIYA, f"members/issues/{table.issues[LUNCH]}/position-changes", {
        "to": "support",
        "reason": text("Supervisors are paid now. That was our condition."),
    })  # fmt: skip
    voice.say(TOMAS, "members/context-shifts", {
        "what": text("The city has drawn its school areas anew: ninety children more will cross "
                     "Quay Road."),
        "issues": [table.issues[ROAD]],
    })  # fmt: skip


def _own(table: Table, who: Person, what: str, said: dict[str, object]) -> Said:
    return Said(who, f"members/members/{table.org(who.of)}/{what}", said)


def _write_the_charter(table: Table) -> None:
    say = table.voice.say
    say(MAREN, "members/stages", {
        "stage": "forming", "reason": text("We have met one by one. Now we meet together."),
    })  # fmt: skip
    say(MAREN, "members/north-stars", {
        "text": text("Every child of the harbour comes to school fed and safely, and has a door "
                     "that is open afterwards."),
    })  # fmt: skip
    say(MAREN, "members/scopes", {"max_members": 20, "regions": ["port_merrow"]})
    say(MAREN, "members/ground-rules", {
        "text": text("We say no in the room, not after it. Who disagrees is asked why, once, and "
                     "is thanked. No child's story is told without the child's family. What one of "
                     "us did, that one is named for."),
    })  # fmt: skip
    table.ground_rules = 1
    say(MAREN, "members/boundaries", {
        "text": text("What we decide, everybody at the table may see. A concern stays in the body "
                     "where it was raised."),
        "defaults": {"concern": "body"}, "min_group": 5,
    })  # fmt: skip


def _say_who_decides(table: Table) -> None:
    table.voice.say(MAREN, "members/decision-structures", {
        "bodies": [table.bodies[PLENARY], table.bodies[STEERING]],
        "text": text("The plenary decides about money, about what we say in public, and about who "
                     "we are. The steering group decides what must not wait: about rooms, keys and "
                     "hours after school. Whoever does the work is asked first."),
    })  # fmt: skip
    table.voice.together(
        *(_own(table, who, "acknowledgements", {"version": 1}) for who in (*SETTLED, INES))
    )


def _name_who_should_be_heard(table: Table) -> None:
    table.hear_of(FERRY, "pupils", least_well_served=True)
    table.hear_of(NIGHTS, "families")
    table.hear_of(DISABILITY, "pupils", historically_excluded=True)
    say = table.voice.say
    constituencies = table.constituencies
    say(JONAS, f"members/constituencies/{constituencies[NIGHTS]}/representations",
        {"since": "2026-01-24"})  # fmt: skip
    say(DELE, f"members/constituencies/{constituencies[FERRY]}/representations",
        {"since": "2026-01-24"})  # fmt: skip
    say(MAREN, f"members/constituencies/{constituencies[DISABILITY]}/outreaches", {
        "to": text("the parents' evening of the Lighthouse unit"),
        "why_now": text("In March we decide about lunch, and nobody here eats through a tube."),
        "different_now": text("We come to them, and we bring the draft before it is finished."),
    })  # fmt: skip


def _say_why_they_came(table: Table) -> None:
    table.voice.together(
        _own(table, MAREN, "alignments", {
            "brings": text("The old gym, a caretaker with patience, and 212 families."),
            "problem": text("Each of us mends the same child, alone, between two bells."),
            "goals": text("One plan for the harbour, that a new head can read in an evening."),
        }),
        _own(table, TOMAS, "alignments", {
            "brings": text("A kitchen that can cook for two schools."),
            "problem": text("Hungry children do not learn, and their parents are ashamed to ask."),
            "goals": text("A plate for everybody, and no card to show."),
        }),
        _own(table, PRIYA, "alignments", {
            "brings": text("Nine hundred teachers, and a lawyer on Thursdays."),
            "problem": text("Whatever is missing becomes a teacher's break."),
            "goals": text("Children who are fed, by people who are paid for it."),
        }),
        _own(table, JONAS, "alignments", {
            "brings": text("Evenings, cake, and a list of who can be called at night."),
            "problem": text("A road that cuts the harbour in two."),
            "goals": text("Lights before somebody is killed."),
        }),
        _own(table, DELE, "alignments", {
            "brings": text("A boathouse, a stove, and forty children who trust us."),
            "problem": text("Two hours between the last bell and the last ferry."),
            "goals": text("A door in every quarter."),
        }),
    )  # fmt: skip
    table.voice.together(
        _own(table, TOMAS, "interests", {
            "mutual_benefit": text("The kitchen is paid for twice as many plates."),
            "answers_to": [text("The school's governors"), text("Parents of Quayside")],
        }),
        _own(table, PRIYA, "interests", {
            "mutual_benefit": text("What we ask for alone is called a demand."),
            "answers_to": [text("Nine hundred members")],
        }),
        _own(table, DELE, "interests", {"mutual_benefit": text("Someone to lock up with.")}),
    )  # fmt: skip
    table.voice.together(
        _own(table, TOMAS, "strengths", {"strength": "cooking", "note": text("220 plates.")}),
        _own(table, PRIYA, "strengths", {"strength": "law"}),
        _own(table, DELE, "strengths", {"strength": "youth_work"}),
    )  # fmt: skip
    table.voice.together(
        _own(table, TOMAS, "pledges",
             {"hours_per_month": 12, "from": "2026-02-01", "until": "2027-01-31"}),
        _own(table, DELE, "pledges",
             {"hours_per_month": 8, "from": "2026-02-01", "until": "2027-01-31"}),
    )  # fmt: skip


def _stand(table: Table) -> None:
    for issue, stands in (
        (LUNCH, (
            (TOMAS, "support", "They are hungry at eleven. We see it from the kitchen."),
            (JONAS, "support", "No parent wants to fill in a form about being poor."),
            (INES, "support", "Nobody learns fractions on crisps."),
            (PRIYA, "can_live_with", "As long as no teacher's break pays for it."),
        )),
        (ROAD, (
            (JONAS, "support", "Ask anybody who has held a child's hand there."),
            (TOMAS, "support", "Half of ours cross it."),
            (PRIYA, "support", "Teachers cross it too."),
            (COLM, "no_position", "The road is the city's, and so are we."),
        )),
        (AFTER, (
            (DELE, "support", "It is what we are for."),
            (COLM, "support", "We have a room that is warm and quiet, and too empty at five."),
            (JONAS, "support", "Those are the two hours in which phones ring."),
            (PRIYA, "oppose", "Not while it means teachers staying longer unpaid."),
        )),
        (HOW, (
            (MAREN, "support", "A rule that we wrote is a rule that we keep."),
            (DELE, "can_live_with", "With fewer papers, gladly."),
        )),
    ):  # fmt: skip
        path = f"members/issues/{table.issues[issue]}/positions"
        table.voice.together(*(
            Said(who, path, {"position": position, "reason": text(why)})
            for who, position, why in stands
        ))  # fmt: skip


def _exchange(table: Table) -> None:
    voice = table.voice
    room = voice.say(COLM, "members/offers", {
        "kind": "space", "what": text("The reading room after five, with the heating on."),
        "quantity": 4, "unit": "evenings",
    }).key  # fmt: skip
    voice.say(DELE, f"members/exchanges/{room}/requests", {
        "kind": "space", "what": text("Two Mondays, while the boathouse is painted."),
        "quantity": 2, "unit": "evenings",
    })  # fmt: skip
    match = {"match": id_of("Mondays in the reading room")}
    voice.say(DELE, f"members/exchanges/{room}/matches", match | {
        "parties": [table.org(COLM.of), table.org(MUDLARK)], "quantity": 2,
    })  # fmt: skip
    voice.say(COLM, f"members/exchanges/{room}/matches", match)
    voice.say(TOMAS, "members/requests", {
        "kind": "goods", "what": text("A dishwasher that works."), "quantity": 1,
    })  # fmt: skip


def _threats(table: Table) -> None:
    voice = table.voice
    sale = voice.say(DELE, "members/threats", {
        "name": text("The port company wants the boathouse's quay for containers."),
        "issues": [table.issues[AFTER]],
    }).key  # fmt: skip
    voice.together(*(Said(who, f"members/threats/{sale}/shares") for who in (JONAS, WREN, TOMAS)))
    voice.say(PRIYA, "members/threats", {
        "name": text("The city freezes vacant teachers' posts until summer."),
        "issues": [table.issues[LUNCH]],
    })  # fmt: skip


def _share_the_ground(table: Table) -> None:
    voice = table.voice
    voice.say(MAREN, "members/conflict-areas", {
        "name": text("Whose break is it, when a hall is full of children?"),
        "issue": table.issues[LUNCH], "orgs": [table.org(QUAYSIDE), table.org(TEACHERS)],
    })  # fmt: skip
    homework = voice.say(WREN, "members/turf-concerns", {
        "domain": text("Help with homework"), "with": [table.org(MUDLARK)],
    }).key  # fmt: skip
    voice.say(WREN, f"members/turf-concerns/{homework}/settlements", {
        "parties": [table.org(WREN.of), table.org(MUDLARK)],
        "terms": text("Up to eleven years at Mudlark, older ones in the reading room."),
    })  # fmt: skip
    voice.say(DELE, f"members/turf-concerns/{homework}/settlements", {})
    _keep_in_touch(table)


def _keep_in_touch(table: Table) -> None:
    voice = table.voice
    for first, other, kind, day in (
        (MAREN, QUAYSIDE, "visit", "2026-02-11"), (MAREN, PARENTS, "call", "2026-05-02"),
        (JONAS, LANTERN, "call", "2026-05-29"), (TOMAS, PARENTS, "meeting", "2026-05-21"),
    ):  # fmt: skip
        voice.say(first, f"{_between(table, first, other)}/touchpoints", {"kind": kind, "on": day})
    voice.say(PRIYA, f"{_between(table, PRIYA, MUDLARK)}/tensions", {
        "cause": text("Three years ago volunteers of the club stood in for striking teachers."),
    })  # fmt: skip


def _between(table: Table, who: Person, other: Organisation) -> str:
    two = sorted((table.org(who.of), table.org(other)))
    return f"members/relationships/{'_'.join(two)}"
