"""What services answer, as pages read it: the coalition "Harbour Schools", made up for tests."""

from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

Json = dict[str, Any]


def uid(name: str) -> str:
    """Return the same id for the same name, always."""
    return str(uuid5(NAMESPACE_URL, f"harbour/{name}"))


def text(words: str, lang: str = "en") -> Json:
    """Return words as services answer them."""
    return {"lang": lang, "text": words}


def named(name: str) -> Json:
    """Return something that has an id and a name."""
    return {"id": uid(name), "name": text(name)}


TEACHERS = named("Harbour Teachers' Association")
PARENTS = named("Parents of Eastside")
LIBRARY = named("Harbour Public Library")
YOUTH = named("Youth Voice Harbour")
DOCKS = named("Dockworkers' Education Fund")
LITERACY = named("Literacy for All")
INCLUSION = named("Inclusive Classrooms Network")
NURSES = named("School Nurses' League")
FAMILIAS = named("Familias del Puerto")

COALITION: Json = {
    "coalition": uid("coalition"),
    "slug": "harbour-schools",
    "name": text("Harbour Schools"),
    "mode": "formal",
}
PLENARY = named("Plenary")
STEERING = named("Steering committee")
MEALS = named("School meals")

ME: Json = {
    "person": uid("Amina Okafor"),
    "name": text("Amina Okafor"),
    "mandates": [
        {
            "accreditation": uid("accreditation"),
            "organisation": TEACHERS,
            "body": PLENARY,
            "authority": "full",
            "voting": True,
            "roles": [],
        }
    ],
}

AS_OF = {"members": 41, "meetings": 1214, "credit": 37}

RULE: Json = {
    "id": uid("rule"),
    "version": 2,
    "method": "supermajority",
    "terms": {
        "method": "supermajority",
        "quorum": {"at_least": [1, 2], "per_constituency": [], "chair_counts": True},
        "thresholds": [
            {"option": "agree", "test": "at_least", "ratio": [2, 3], "base": "yes_no"},
        ],
        "objections": {
            "who": "any_entitled",
            "must_be_addressed": True,
            "caller_may_outweigh": False,
        },
        "weights": [],
        "notice_hours": 72,
        "min_open_hours": 24,
        "silence": "not_counted",
        "ratify_within_days": None,
        "proxies": "none",
        "ballot": "named",
        "representation_gate": "off",
        "review_after_days": 180,
        "report_back_hours": 48,
    },
}


def stance(
    org: Json, option: str, reason: Json | None, at: str, position: int, **more: Any
) -> Json:
    """Return one organisation's stance."""
    return {
        "org": org,
        "option": option,
        "reason": reason,
        "at": at,
        "authority": "full",
        "ref": f"meetings/{position}",
        "changes": [],
    } | more


BREAKFAST: Json = {
    "proposal": uid("breakfast"),
    "decision": uid("breakfast decision"),
    "state": "decided",
    "outcome": "adopted",
    "title": text("Free breakfast in every harbour school from September"),
    "text": text(
        "From 1 September every public school in the harbour district offers a free breakfast "
        "between 7:15 and 8:00 to any pupil who wants one.\n\n"
        "No pupil is asked to sign up or to prove need. The coalition asks the district to carry "
        "the cost from the second year; until then the Dockworkers' Education Fund advances it.\n\n"
        "Schools with fewer than sixty pupils may join with a neighbouring school."
    ),
    "body": PLENARY,
    "issue": MEALS,
    "rule": RULE,
    "rounds": [{"round": 1}],
    "opened_at": "2026-03-09T08:00:00Z",
    "closes_at": "2026-03-12T17:00:00Z",
    "decided_at": "2026-03-12T17:04:11Z",
    "electorate": [
        {"orgs": [org], "weight": 1}
        for org in (DOCKS, FAMILIAS, LIBRARY, TEACHERS, INCLUSION, LITERACY, PARENTS, NURSES, YOUTH)
    ],
    "counts": {"agree": 5, "disagree": 1, "abstain": 1, "object": 1},
    "voters": 8,
    "entitled": 9,
    "thresholds": [
        {
            "option": "agree",
            "test": "at_least",
            "ratio": [2, 3],
            "base": "yes_no",
            "of": 7,
            "value": 5,
            "holds": True,
        }
    ],
    "stances": [
        stance(
            TEACHERS,
            "agree",
            text(
                "Our members see hungry pupils every morning. The hour before lessons is "
                "when a meal changes the day."
            ),
            "2026-03-10T09:12:40Z",
            1108,
        ),
        stance(
            PARENTS,
            "agree",
            text("We asked for this in 2024. No sign-up form is the part that matters most to us."),
            "2026-03-10T11:31:02Z",
            1112,
        ),
        stance(
            LIBRARY,
            "abstain",
            text("We open at nine and cannot judge the early hour."),
            "2026-03-11T08:05:19Z",
            1120,
        ),
        stance(
            YOUTH,
            "agree",
            text("The amended text drops the sign-up list. That was our reason against it."),
            "2026-03-11T19:44:57Z",
            1131,
            changes=[
                {
                    "from": "disagree",
                    "to": "agree",
                    "because": text(
                        "The amended text drops the sign-up list. That was our reason against it."
                    ),
                    "at": "2026-03-11T19:44:57Z",
                    "ref": "meetings/1131",
                }
            ],
        ),
        stance(
            DOCKS,
            "agree",
            text("The fund can carry one year, and says so in writing."),
            "2026-03-10T14:20:00Z",
            1115,
        ),
        stance(LITERACY, "agree", None, "2026-03-12T07:58:31Z", 1140),
        stance(
            INCLUSION,
            "object",
            text(
                "Two of the small schools have no step-free kitchen. Sending those children to a "
                "neighbouring school leaves out the very pupils we speak for."
            ),
            "2026-03-11T10:22:45Z",
            1123,
        ),
        stance(
            FAMILIAS,
            "disagree",
            text(
                "Estamos a favor del desayuno, pero no sin personal que hable español en cada "
                "comedor. El texto no lo promete.",
                "es",
            ),
            "2026-03-12T12:09:08Z",
            1147,
        ),
    ],
    "silent": [NURSES],
    "sign_ons": [PARENTS, TEACHERS],
    "minority_statements": [
        {
            "organisation": INCLUSION,
            "text": text("A kitchen that is carried in is not a kitchen of the school."),
            "at": "2026-03-13T09:30:00Z",
            "ref": "meetings/1160",
        }
    ],
    "objections": [
        {
            "id": uid("objection"),
            "by": INCLUSION,
            "grounds": text(
                "Two of the small schools have no step-free kitchen. Sending those children to a "
                "neighbouring school leaves out the very pupils we speak for."
            ),
            "state": "accommodated",
            "raised_at": "2026-03-11T10:22:45Z",
            "disposition": "accommodated",
            "answers": [
                {
                    "became": "accommodated",
                    "at": "2026-03-11T18:02:10Z",
                    "by": PARENTS,
                    "why": text(
                        "A next step, owned by the Teachers' Association, has a portable kitchen "
                        "in both schools before the first day."
                    ),
                    "amendment": 2,
                    "ref": "meetings/1125",
                }
            ],
            "ref": "meetings/1124",
        }
    ],
    "timeline": [
        {
            "at": "2026-03-05T10:00:00Z",
            "type": "ProposalDrafted",
            "words": "drafted the proposal",
            "by": PARENTS,
            "ref": "meetings/1090",
        },
        {
            "at": "2026-03-05T10:02:13Z",
            "type": "ProposalPublished",
            "words": "published the proposal",
            "by": PARENTS,
            "ref": "meetings/1091",
        },
        {
            "at": "2026-03-09T08:00:00Z",
            "type": "VotingOpened",
            "words": "opened the voting",
            "by": TEACHERS,
            "ref": "meetings/1101",
        },
        {
            "at": "2026-03-10T09:12:40Z",
            "type": "StanceTaken",
            "words": "took the stance: agree",
            "by": TEACHERS,
            "ref": "meetings/1108",
        },
        {
            "at": "2026-03-11T10:22:45Z",
            "type": "ObjectionRaised",
            "words": "raised an objection",
            "by": INCLUSION,
            "ref": "meetings/1124",
        },
        {
            "at": "2026-03-11T19:44:57Z",
            "type": "StanceChanged",
            "words": "changed from disagree to agree",
            "said": text("The amended text drops the sign-up list."),
            "by": YOUTH,
            "ref": "meetings/1131",
        },
        {
            "at": "2026-03-12T17:00:00Z",
            "type": "VotingClosed",
            "words": "the voting was closed",
            "by": None,
            "ref": "meetings/1150",
        },
        {
            "at": "2026-03-12T17:04:11Z",
            "type": "DecisionMade",
            "words": "the decision was made: adopted",
            "by": TEACHERS,
            "ref": "meetings/1151",
        },
    ],
    "meeting": {"id": uid("march"), "name": text("Plenary in March")},
    "steps": [
        {
            "step": uid("kitchens"),
            "what": text("Have a portable kitchen in the two small schools before the first day"),
            "owner": TEACHERS,
            "due": "2026-08-24",
            "state": "accepted",
        }
    ],
    "supersedes": None,
    "reopened": None,
    "accountable": [PARENTS],
    "quorum": {"needed": 5, "reached": 8, "holds": True},
    "recomputed": "yes",
    "visibility": "members",
    "imported": False,
    "source_id": None,
    "as_of": AS_OF,
}

OPEN: Json = BREAKFAST | {
    "proposal": uid("bus"),
    "decision": None,
    "state": "voting",
    "outcome": None,
    "title": text("A shared late bus for clubs and homework hours"),
    "text": text("One bus on the harbour loop at 16:45 and 18:00, four days a week."),
    "decided_at": None,
    "closes_at": "2026-03-27T17:00:00Z",
    "opened_at": "2026-03-20T09:00:00Z",
    "counts": {"agree": 2, "disagree": 1, "abstain": 0, "object": 0},
    "voters": 3,
    "thresholds": [],
    "stances": [BREAKFAST["stances"][i] for i in (1, 4, 7)],
    "silent": [TEACHERS, LIBRARY, YOUTH, LITERACY, INCLUSION, NURSES],
    "objections": [],
    "sign_ons": [],
    "minority_statements": [],
    "timeline": BREAKFAST["timeline"][:3],
    "steps": [],
}


def roll_call() -> Json:
    """Return an imported decision with as many voices as a world assembly has."""
    states = [named(f"State {number:03}") for number in range(1, 181)]
    options = ["agree"] * 7 + ["disagree"] + ["abstain"] * 2
    stances = [
        stance(state, options[n % 10], None, "1985-12-12T00:00:00Z", n + 1, authority="imported")
        for n, state in enumerate(states)
    ]
    return BREAKFAST | {
        "title": text("Nuclear-weapon-free zone"),
        "text": None,
        "electorate": [],
        "entitled": 193,
        "voters": 180,
        "counts": {"agree": 126, "disagree": 18, "abstain": 36},
        "stances": stances,
        "silent": [named(f"Absent {number}") for number in range(13)],
        "objections": [],
        "sign_ons": [],
        "minority_statements": [],
        "steps": [],
        "imported": True,
        "source_id": "2345",
        "visibility": "public",
    }


def uuid(name: str) -> UUID:
    """Return `uid` as an id."""
    return UUID(uid(name))


def row(raw: Json, day: str, outcome: str, **more: Any) -> Json:
    """Return a decision as a line of the register."""
    dissent = [
        {"organisation": said["org"], "option": said["option"], "reason": said["reason"]}
        for said in raw["stances"]
        if said["option"] in {"disagree", "object"}
    ]
    return {
        "decision": raw["decision"] or raw["proposal"],
        "proposal": raw["proposal"],
        "source_id": raw["source_id"],
        "date": day,
        "title": raw["title"],
        "outcome": outcome,
        "issue": raw["issue"],
        "body": raw["body"],
        "method": "supermajority",
        "counts": raw["counts"],
        "voters": raw["voters"],
        "entitled": raw["entitled"],
        "objections": {},
        "dissent": dissent,
        "superseded_by": None,
        "reopened": None,
        "imported": raw["imported"],
        "refs": ["meetings/1151"],
    } | more


HEAD: Json = {"as_of": AS_OF, "audience": "members", "withheld": {"audience": 2}}
ROWS = [
    row(BREAKFAST, "2026-03-12", "adopted"),
    row(
        BREAKFAST | {"stances": [], "title": text("Minutes are published within five days")},
        "2026-02-19",
        "adopted",
        method="consent",
        counts={"agree": 9, "disagree": 0, "abstain": 0, "object": 0},
    ),
    row(
        BREAKFAST | {"title": text("Move the spring strike fund to the district bank")},
        "2026-02-19",
        "rejected",
        counts={"agree": 3, "disagree": 4, "abstain": 2, "object": 0},
        method="majority",
        reopened="2026-02-21T10:00:00.000Z",
    ),
    row(
        BREAKFAST | {"stances": [], "title": text("A common sick-note form")},
        "2026-01-15",
        "lapsed",
        counts=None,
    ),
]
REGISTER: Json = {"head": HEAD, "summary": [], "rows": ROWS, "next_cursor": "b2xkZXI", "cover": {}}

STEPS: Json = {
    "head": HEAD,
    "rows": [
        {
            "step": uid("kitchens"),
            "what": text("Have a portable kitchen in the two small schools before the first day"),
            "owner": TEACHERS,
            "due": "2026-08-24",
            "state": "assigned",
            "overdue": False,
            "times_moved": 1,
            "meeting": {"id": uid("march"), "name": text("Plenary in March")},
            "decision": {"id": BREAKFAST["decision"], "name": BREAKFAST["title"]},
        },
        {
            "step": uid("letter"),
            "what": text("Write to the district about the second year's cost"),
            "owner": PARENTS,
            "due": "2026-03-20",
            "state": "accepted",
            "overdue": True,
            "times_moved": 0,
            "meeting": {"id": uid("march"), "name": text("Plenary in March")},
            "decision": None,
        },
    ],
    "next_cursor": None,
}

HOME: Json = {
    "decisions": ROWS,
    "open": [
        {
            "id": OPEN["proposal"],
            "title": OPEN["title"],
            "closes_at": OPEN["closes_at"],
            "voters": 3,
            "entitled": 9,
            "silent": OPEN["silent"],
        }
    ],
    "as_of": AS_OF,
}
SERIES: Json = {
    "series": uid("series"),
    "name": text("Staff room"),
    "body": PLENARY,
    "rrule": "FREQ=WEEKLY;BYDAY=TU;BYHOUR=8;BYMINUTE=5",
    "at": "2026-01-05T09:00:00.000Z",
    "ref": "meetings/3",
}

STANDING: Json = {"members": 9, "decisions": 31, "meetings": 9, "open_steps": 12}

MEETINGS: Json = {
    "items": [
        {
            "meeting": uid("april"),
            "date": "2026-04-16",
            "title": text("Plenary in April"),
            "present": None,
            "state": "scheduled",
        },
        {
            "meeting": uid("march"),
            "date": "2026-03-12",
            "title": text("Plenary in March"),
            "present": 14,
            "state": "closed",
        },
    ],
    "next_cursor": None,
}
MEETING: Json = {
    "meeting": uid("march"),
    "title": text("Plenary in March"),
    "date": "2026-03-12",
    "state": "closed",
    "body": PLENARY,
    "host": LIBRARY,
    "starts_at": "2026-03-12T15:30:00Z",
    "ends_at": "2026-03-12T17:30:00Z",
    "place": text("Harbour Public Library, reading room"),
    "agenda": [
        {
            "item": uid("item 1"),
            "kind": "decision",
            "title": BREAKFAST["title"],
            "proposal": BREAKFAST["proposal"],
            "minutes": 40,
        },
        {
            "item": uid("item 2"),
            "kind": "information",
            "title": text("The nurses report on the winter"),
            "proposal": None,
            "minutes": 15,
        },
    ],
    "attendance": [
        {"org": TEACHERS, "person": text("Amina Okafor"), "mode": "in_person"},
        {"org": FAMILIAS, "person": text("Lucía Reyes"), "mode": "remote"},
        {"org": NURSES, "person": {"withheld": "erased"}, "mode": "in_person"},
    ],
    "present": 14,
    "minutes": [
        {"version": 1, "text": text("First draft."), "at": "2026-03-13T09:00:00Z"},
        {
            "version": 2,
            "text": text("Breakfast was decided (see the decision).\nThe nurses reported."),
            "at": "2026-03-14T09:00:00Z",
            "state": "final",
            "approved_by": [TEACHERS, PARENTS],
        },
    ],
    "steps": STEPS["rows"],
    "imported": False,
}

ORGANISATIONS = [
    org
    | {
        "kind": "organization",
        "state": "joined",
        "commitment": "homework",
        "voting_right": org is not LIBRARY,
        "joined_at": "2025-09-01T08:00:00Z",
        "ref": "members/3",
    }
    for org in (TEACHERS, PARENTS, LIBRARY, YOUTH, DOCKS, LITERACY, INCLUSION, NURSES, FAMILIAS)
]

STATEMENT: Json = {
    "head": HEAD,
    "rows": [
        {
            "part": "contribution",
            "id": uid("drafting"),
            "role": "drafting",
            "degree": "lead",
            "at": "2026-03-02T10:00:00.000Z",
            "what": text("Wrote the breakfast proposal and its two amendments."),
            "recorded_by": TEACHERS,
            "confirmed_by": [PARENTS],
            "state": "confirmed",
            "refs": ["credit/12", "credit/14"],
        },
        {
            "part": "received",
            "id": uid("question"),
            "role": "asked_the_question",
            "degree": "equal",
            "at": "2026-03-15T10:00:00.000Z",
            "win": {"id": uid("breakfast win"), "name": text("Breakfast in every school")},
            "from": PARENTS,
            "to": TEACHERS,
            "external": None,
            "basis": "gratitude",
            "state": "accepted",
            "refs": ["credit/20"],
        },
        {
            "part": "given",
            "id": uid("media"),
            "role": "media",
            "degree": "supporting",
            "at": "2026-03-16T10:00:00.000Z",
            "win": {"id": uid("breakfast win"), "name": text("Breakfast in every school")},
            "from": TEACHERS,
            "to": {"withheld": "undisclosed"},
            "basis": "evidence",
            "state": "waived",
            "refs": ["credit/21"],
        },
    ],
    "next_cursor": None,
}
