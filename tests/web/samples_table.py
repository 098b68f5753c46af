"""What members answers about the table of "Harbour Schools", as pages read it."""

from tests.web.samples import (
    DOCKS,
    FAMILIAS,
    LIBRARY,
    LITERACY,
    MEALS,
    PARENTS,
    PLENARY,
    STEERING,
    TEACHERS,
    YOUTH,
    Json,
    named,
    text,
    uid,
)

BUSES = named("Late buses")
PUPILS = named("Pupils with a disability")
CARERS = named("Carers")


def represents(org: Json, who: str | None, body: Json = PLENARY, **more: object) -> Json:
    """Return somebody who speaks for an organisation."""
    return {
        "accreditation": uid(f"{org['id']} {body['id']}"),
        "person": uid(who) if who else None,
        "name": text(who) if who else None,
        "body": body,
        "authority": "full",
        "voting": True,
        "begins": "2025-09-01",
        "ends": None,
        "roles": [],
    } | more


def at_the_table(org: Json, position: int, **more: object) -> Json:
    """Return a line of the roster."""
    return (
        org
        | {
            "kind": "organization",
            "sector": "education",
            "state": "joined",
            "commitment": "homework",
            "voting_right": True,
            "person": None,
            "joined_at": "2025-09-01T08:00:00Z",
            "ref": f"members/{position}",
            "why": None,
            "states_interest": False,
            "represents": [],
            "representatives": [],
            "seats": [],
        }
        | more
    )


ADMISSION: Json = {"ground_rules": 2, "interest_required": True, "max_members": 40}
COUNTS: Json = {"table": 9, "door": 2, "gone": 1}
ROSTER: Json = {
    "items": [
        at_the_table(
            TEACHERS,
            3,
            representatives=[
                represents(TEACHERS, "Amina Okafor", roles=["chair"]),
                represents(TEACHERS, None, STEERING, authority="observer", ends="2027-01-01"),
            ],
            represents=[CARERS, PUPILS],
            seats=[{"seat": uid("seat"), "body": STEERING}],
        ),
        at_the_table(PARENTS, 5, state="suspended", voting_right=False),
        at_the_table(YOUTH, 6, kind="person", name=None, sector=None),
    ],
    "next_cursor": YOUTH["id"],
    "counts": COUNTS,
    "admission": ADMISSION,
}
DOOR: Json = {
    "items": [
        at_the_table(
            FAMILIAS, 21, state="applied", why=text("Queremos participar.", "es"),
            states_interest=True, commitment=None, voting_right=None, joined_at=None,
        ),
        at_the_table(DOCKS, 22, state="invited", kind=None, sector=None),
    ],
    "next_cursor": None,
    "counts": COUNTS,
    "admission": ADMISSION,
}  # fmt: skip
GONE: Json = DOOR | {"items": [at_the_table(LITERACY, 23, state="left")]}

ANSWERS: Json = {
    "brings": text("Four hundred teachers."),
    "problem": text("Pupils come hungry."),
    "goals": text("No pupil learns hungry."),
}


def stated(answers: Json, position: int) -> Json:
    """Return what was stated."""
    return {"answers": answers, "at": "2026-01-09T10:00:00Z", "ref": f"members/{position}"}


DETAIL: Json = ROSTER["items"][0] | {
    "alignment": [stated(ANSWERS | {"goals": None}, 41), stated(ANSWERS, 40)],
    "interest": [
        stated(
            {
                "mutual_benefit": text("Calmer mornings."),
                "answers_to": [text("Our members"), text("La junta", "es")],
            },
            42,
        ),
        stated({"mutual_benefit": text("Calmer."), "answers_to": None}, 39),
    ],
    "needs": [stated({"need": text("A kitchen."), "stakeholders": text("Small schools.")}, 43)],
    "involvement": {"campaign_launch": "decide"},
    "point_person": uid("Amina Okafor"),
    "point_person_name": text("Amina Okafor"),
    "briefings": [{"on": "2026-02-02", "attended": 12, "ref": "members/44"}],
    "related": [LIBRARY],
    "refs": {
        "involvement:campaign_launch": "members/45",
        "point_person": "members/46",
        "related": "members/47",
    },
    "vote_class": [TEACHERS, LIBRARY],
}
APPLICANT: Json = DOOR["items"][0] | {"refs": {"why": "members/21"}, "vote_class": []}
ORPHANS: Json = {
    "items": [
        {"id": uid("a walk"), "title": text("Walk to school"), "issue": named("Traffic"),
         "proposed_by": PARENTS, "at": "2026-03-02T10:00:00Z", "outcome": "adopted",
         "ref": "meetings/61"},
        {"id": uid("a song"), "title": None, "issue": None, "proposed_by": None,
         "at": "2026-03-01T10:00:00Z", "outcome": None, "ref": "meetings/60"},
    ],
    "total": 7,
    "next_cursor": "60",
}  # fmt: skip
MESSAGES: list[Json] = [
    {
        "message": uid("meals"), "issue": uid("School meals"), "text": text("Pupils eat warm."),
        "drafted_by": TEACHERS, "drafted_at": "2026-03-01T10:00:00Z", "approved": True,
        "approved_by": [TEACHERS, LIBRARY], "shown_to": ["public"], "ref": "meetings/70",
        "variants": [
            {"variant": uid("v1"), "audience": "funders", "text": text("It costs little."),
             "approved_by": LIBRARY, "shown_to": [], "ref": "meetings/71"},
        ],
    },
    {
        "message": uid("walks"), "issue": None, "text": None, "drafted_by": None,
        "drafted_at": None, "approved": False, "approved_by": [], "shown_to": [], "ref": None,
        "variants": [
            {"variant": uid("v2"), "audience": "public", "text": text("A pie.", "de"),
             "approved_by": PARENTS, "shown_to": ["public", "members"], "ref": "meetings/73"},
        ],
    },
]  # fmt: skip
DISCLOSURES: list[Json] = [
    {
        "disclosure": uid("asked"), "state": "open", "to": "public", "audience": [],
        "items": [
            {"ref": "meetings/71", "type": "MessageVariantApproved", "text": text("It costs."),
             "by": LIBRARY},
            {"ref": "meetings/72", "type": None, "text": None, "by": None},
        ],
        "requested_by": PARENTS, "requested_at": "2026-03-02T10:00:00Z", "ref": "meetings/74",
        "answers": [
            {"organisation": TEACHERS, "answer": None, "reason": None, "at": None, "ref": None},
            {"organisation": LIBRARY, "answer": "approved", "reason": None,
             "at": "2026-03-02T11:00:00Z", "ref": "meetings/75"},
        ],
    },
    {
        "disclosure": uid("refused"), "state": "refused", "to": "funders", "audience": [LITERACY],
        "items": [], "requested_by": TEACHERS, "requested_at": "2026-03-02T10:00:00Z",
        "ref": "meetings/76",
        "answers": [
            {"organisation": LIBRARY, "answer": "refused", "reason": text("Not yet."),
             "at": "2026-03-02T11:00:00Z", "ref": "meetings/77"},
        ],
    },
]  # fmt: skip
PART: Json = {
    "engagement": [
        {"from": "2026-01-01", "to": "2026-03-31", "attended": 4, "stances": 7, "steps_done": 2,
         "refs": []},
        {"from": "2025-10-03", "to": "2025-12-31", "attended": 0, "stances": 0, "steps_done": 0,
         "refs": []},
    ]
}  # fmt: skip
CAPACITY: Json = {
    "organisation": TEACHERS,
    "strengths": [{"strength": "press_work", "note": text("Two editors."), "ref": "members/48"}],
    "pledge": {
        "hours_per_month": 20,
        "first": "2026-01-01",
        "last": "2026-12-31",
        "covers_today": True,
        "pledged_on": "2026-01-01",
        "reviewed_on": "2026-02-01",
        "stale": True,
        "refs": ["members/49", "members/50"],
    },
}


def version(number: int, words: str, position: int, **more: object) -> Json:
    """Return a version of a text."""
    return {
        "version": number,
        "text": text(words),
        "decision": None,
        "at": "2026-01-02T10:00:00Z",
        "ref": f"members/{position}",
    } | more


RULES: Json = {
    "version": 2,
    "accepted": [LIBRARY | {"ref": "members/61"}, YOUTH | {"ref": "members/62"}],
    "missing": [TEACHERS, PARENTS],
    "accepted_count": 2,
    "missing_count": 7,
    "yours": [TEACHERS],
}
CHARTER: Json = {
    "listing": {"topics": ["school_meals"], "contact": text("Amina"), "ref": "members/70"},
    "north_stars": [version(2, "Every pupil fed.", 71, decision="meetings/9"),
                    version(1, "Pupils fed.", 72)],
    "scope": {"max_members": 40, "regions": ["harbour"], "interest_required": True,
              "ref": "members/73"},
    "ground_rules": [version(2, "Speak to each other first.", 74)],
    "accepted_rules": RULES,
    "boundaries": [version(1, "Closed doors stay closed.", 75, min_group=5,
                           defaults={"concern": "body"})],
    "structures": [],
    "acknowledged_structure": {},
    "terms": [
        {"term": uid("rent"), "name": text("Rent"), "choices": None, "min": 0, "max": 900,
         "unit": "euros", "ref": "members/76"},
        {"term": uid("day"), "name": text("The day"), "choices": ["monday", "friday"],
         "min": None, "max": None, "unit": None, "ref": "members/77"},
    ],
    "scenarios": [
        {"scenario": uid("best"), "kind": "best", "text": text("Breakfast in spring."),
         "parties": [TEACHERS, PARENTS], "agreed": [PARENTS], "in_force": False,
         "refs": ["members/78"]},
    ],
    "stages": [
        {"stage": "norming", "reason": text("Rules stand."), "since": "2026-02-01T10:00:00Z",
         "until": None, "ref": "members/80"},
        {"stage": "forming", "reason": {"withheld": "redacted"}, "since": "2025-09-01T10:00:00Z",
         "until": "2026-02-01T10:00:00Z", "ref": "members/81"},
    ],
    "context_shifts": [
        {"what": text("A new minister."), "issues": [MEALS["id"]], "about": [MEALS],
         "noted_by": LIBRARY, "at": "2026-02-03T10:00:00Z", "ref": "members/82"},
    ],
    "reviews": [
        {"review": uid("positions"), "kind": "positions", "trigger": "context_shift",
         "asked": [TEACHERS, PARENTS], "asked_count": 12, "due": "2026-03-05", "result": None,
         "note": None, "opened_at": "2026-02-03T10:00:00Z", "refs": ["members/83"]},
        {"review": uid("roles"), "kind": "roles", "trigger": "replacement", "asked": [YOUTH],
         "asked_count": 1, "due": "2026-01-05", "result": "kept", "note": text("All fits."),
         "opened_at": "2025-12-05T10:00:00Z", "refs": ["members/84", "members/85"]},
    ],
    "adjourned_at": None,
    "adjourned_because": None,
}  # fmt: skip
STRUCTURE: Json = {
    "versions": [version(2, "The plenary decides.", 90), version(1, "All decide.", 91)],
    "acknowledged": RULES,
    "bodies": [
        PLENARY | {"kind": "plenary", "scope": "all", "dissolved": False, "decides": True,
                   "issues": [], "kept": [], "speakers": [], "ref": "members/92",
                   "roles": [{"role": "chair", "accreditation": uid("acc"), "until": None,
                              "organisation": TEACHERS}]},
        STEERING | {"kind": "steering", "scope": [MEALS["id"]], "dissolved": False,
                    "decides": False, "issues": [MEALS], "roles": [], "ref": "members/93",
                    "kept": [
                        {"seat": uid("s1"), "constituency": CARERS, "organisation": None},
                        {"seat": uid("s2"), "constituency": None, "organisation": LIBRARY},
                    ],
                    "speakers": [represents(LIBRARY, "Joon Park", STEERING)
                                 | {"organisation": LIBRARY}]},
        named("Old group") | {"name": None, "kind": "working_group", "scope": "all",
                              "dissolved": True, "decides": False, "issues": [], "kept": [],
                              "speakers": [], "roles": [], "ref": "members/94"},
    ],
}  # fmt: skip
MATRIX: Json = {
    "items": [
        {"organisation": PARENTS, "answers": dict.fromkeys(ANSWERS), "complete": False,
         "ref": None},
        {"organisation": TEACHERS, "answers": ANSWERS, "complete": True, "ref": "members/40"},
    ],
    "next_cursor": TEACHERS["id"],
    "members": 9,
    "gaps": {"brings": 4, "problem": 5, "goals": 6},
}  # fmt: skip
ISSUES: Json = {
    "items": [
        MEALS | {"summary": text("What pupils eat."), "scope": "in", "raised_by": TEACHERS,
                 "ref": "members/100"},
        BUSES | {"summary": None, "scope": "out", "raised_by": None, "ref": "members/101"},
    ],
    "next_cursor": BUSES["id"],
}  # fmt: skip


def stand(org: Json, position: str | None, number: int, **more: object) -> Json:
    """Return where an organisation stands."""
    return {
        "organisation": org,
        "position": position,
        "reason": text("Because of the mornings."),
        "at": "2026-02-05T10:00:00Z",
        "ref": f"members/{number}",
        "before": [],
    } | more


def disagreement(number: int, **more: object) -> Json:
    """Return what two agreed to disagree on, or will."""
    return {
        "parties": [TEACHERS, LIBRARY],
        "agreed": [LIBRARY],
        "terms": text("No vote before June."),
        "in_force": False,
        "since": None,
        "reopened_by": None,
        "reopened_because": None,
        "refs": [f"members/{number}"],
    } | more


ISSUE: Json = ISSUES["items"][0] | {
    "positions": [
        stand(TEACHERS, "support", 110, before=[stand(TEACHERS, "oppose", 109)]),
        stand(LIBRARY, None, 111, reason=None),
    ],
    "disagreements": [
        disagreement(112),
        disagreement(113, reopened_by=LIBRARY, reopened_because=text("June is over."),
                     agreed=[TEACHERS, LIBRARY], since="2026-01-05T10:00:00Z"),
    ],
    "leads": [
        {"organisation": TEACHERS, "since": "2026-02-01T10:00:00Z", "until": None,
         "yielded_because": None, "refs": ["members/115"]},
        {"organisation": LIBRARY, "since": "2026-01-01T10:00:00Z",
         "until": "2026-02-01T10:00:00Z", "yielded_because": text("Too much."),
         "refs": ["members/114", "members/115"]},
    ],
    "messengers": [
        {"audience": "public", "organisation": LIBRARY, "person": None,
         "since": "2026-02-01T10:00:00Z", "until": None, "ref": "members/116"},
    ],
}  # fmt: skip
PARKED: Json = ISSUE | {
    "disagreements": [disagreement(117, in_force=True, since="2026-02-05T10:00:00Z")],
    "leads": [],
    "positions": [],
}
CONSTITUENCIES: Json = {
    "items": [
        PUPILS | {"kind": "pupils", "least_well_served": True, "implementer": False,
                  "historically_excluded": True, "seats_wanted": 2, "represented_by": [],
                  "gap": True, "sessions": [], "ref": "members/120",
                  "outreaches": [{"by": LIBRARY, "to": text("Their parents"),
                                  "why_now": text("The kitchens."), "different_now": None,
                                  "at": "2026-02-05T10:00:00Z", "ref": "members/121"}]},
        CARERS | {"kind": "carers", "least_well_served": False, "implementer": True,
                  "historically_excluded": False, "seats_wanted": 1,
                  "represented_by": [TEACHERS, PARENTS], "gap": False, "outreaches": [],
                  "ref": "members/122",
                  "sessions": [
                      {"held_by": PARENTS, "on": "2026-02-06", "participants": 8, "consent": True,
                       "needs": [text("Time.")], "ref": "members/123"},
                      {"held_by": PARENTS, "on": "2026-02-07", "participants": 1,
                       "consent": False, "needs": [], "ref": "members/124"},
                  ]},
    ],
    "next_cursor": None,
}  # fmt: skip
THREATS: Json = {
    "items": [
        named("A cut of the budget") | {
            "issues": [MEALS["id"]], "about": [MEALS], "shared_by": [LIBRARY, PARENTS],
            "joined": [[LIBRARY, PARENTS]], "identified_at": "2026-02-01T10:00:00Z",
            "retired": False, "retired_because": None, "refs": ["members/130", "members/131"]},
        named("A strike") | {
            "issues": [], "about": [], "shared_by": [TEACHERS], "joined": [],
            "identified_at": "2026-01-01T10:00:00Z", "retired": True,
            "retired_because": text("It was called off."), "refs": ["members/132"]},
    ],
    "next_cursor": None,
}  # fmt: skip


def side(org: Json, which: str, position: int, **more: object) -> Json:
    """Return what somebody offers, or asks for."""
    return {
        "side": which, "organisation": org, "what": text("Two rooms."), "quantity": 2,
        "unit": "rooms", "until": "2026-12-31", "ref": f"members/{position}",
    } | more  # fmt: skip


def match(name: str, position: int, **more: object) -> Json:
    """Return a match."""
    return {
        "match": uid(name), "parties": [TEACHERS, LIBRARY], "agreed": [LIBRARY],
        "in_force": False, "quantity": 2, "delivered": None, "complete": False,
        "refs": [f"members/{position}"],
    } | more  # fmt: skip


EXCHANGES: Json = {
    "items": [
        {"id": uid("e1"), "kind": "space", "begun_at": "2026-02-01T10:00:00Z", "matches": [],
         "sides": [side(LIBRARY, "request", 140)]},
        {"id": uid("e2"), "kind": "goods", "begun_at": "2026-02-01T10:00:00Z", "matches": [],
         "sides": [side(LIBRARY, "offer", 141, quantity=None, unit=None, until=None)]},
        {"id": uid("e3"), "kind": "skill", "begun_at": "2026-02-01T10:00:00Z",
         "matches": [match("m1", 144),
                     match("m2", 145, agreed=[TEACHERS, LIBRARY], in_force=True, delivered=1),
                     match("m3", 146, agreed=[TEACHERS, LIBRARY], in_force=True, delivered=2,
                           complete=True)],
         "sides": [side(LIBRARY, "offer", 142), side(TEACHERS, "request", 143)]},
    ],
    "next_cursor": uid("e3"),
}  # fmt: skip
CONFLICTS: Json = {
    "areas": [
        named("Who runs the kitchens") | {"issue": MEALS["id"], "about": MEALS,
                                          "organisations": [TEACHERS, LIBRARY],
                                          "ref": "members/150"},
    ],
    "turf": [
        {"id": uid("t1"), "domain": text("Homework clubs"), "claimants": [LIBRARY, TEACHERS],
         "parties": [], "agreed": [], "terms": None, "overlap": True, "refs": ["members/151"]},
        {"id": uid("t2"), "domain": text("Reading"), "claimants": [LIBRARY, TEACHERS],
         "parties": [LIBRARY, TEACHERS], "agreed": [LIBRARY], "terms": text("By age."),
         "overlap": True, "refs": ["members/152", "members/153"]},
        {"id": uid("t3"), "domain": None, "claimants": [LIBRARY, PARENTS],
         "parties": [LIBRARY, PARENTS], "agreed": [LIBRARY, PARENTS], "terms": None,
         "overlap": False, "refs": ["members/154"]},
    ],
}  # fmt: skip


def pair(other: Json, **more: object) -> Json:
    """Return what is between the teachers and another."""
    return {
        "id": "_".join(sorted((TEACHERS["id"], other["id"]))),
        "organisations": [TEACHERS, other],
        "touchpoints": 0,
        "last_touchpoint": None,
        "stale": True,
        "tensions": [],
        "breaches": [],
        "refs": [],
    } | more


def breach(offender: Json, position: int, **more: object) -> Json:
    """Return a boundary that one crossed."""
    return {
        "breach": uid(f"breach {position}"), "offender": offender, "kind": "leak",
        "what": text("The draft was in the paper."), "reported_at": "2026-02-01T10:00:00Z",
        "offers": [], "repaired": False, "refs": [f"members/{position}"],
    } | more  # fmt: skip


RELATIONSHIPS: Json = {
    "items": [
        pair(LIBRARY, touchpoints=2, last_touchpoint="2026-02-01", stale=False,
             refs=["members/160", "members/161"],
             tensions=[{"since": "1998-01-01", "cause": text("The old strike."),
                        "recorded_by": LIBRARY, "ref": "members/162"}],
             breaches=[breach(TEACHERS, 163),
                       breach(LIBRARY, 164, offers=[text("A letter.")],
                              refs=["members/164", "members/165"]),
                       breach(LIBRARY, 166, repaired=True)]),
        pair(PARENTS),
    ],
    "next_cursor": "next",
}  # fmt: skip


CAMPAIGN = uid("campaign")
LESSONS: Json = {
    "items": [
        {
            "lesson": uid("lesson"), "campaign": CAMPAIGN, "kind": "wrong",
            "what": text("Drivers were asked late."), "why": text("We had no list."),
            "by": TEACHERS["id"], "at": "2026-03-01T10:00:00Z", "shared": [], "ref": "credit/12",
        },
        {
            "lesson": uid("other lesson"), "campaign": CAMPAIGN, "kind": "right",
            "what": text("Leaflets worked."), "why": {"withheld": "erased"},
            "by": uid("gone"), "at": "2026-02-01T10:00:00Z", "shared": ["funders", "public"],
            "ref": "credit/11",
        },
    ],
    "next_cursor": "11",
}  # fmt: skip
ELSEWHERE: list[Json] = [
    {
        "kind": "right", "what": text("We met in the library."), "why": text("It is warm."),
        "shared_at": "2026-02-01T10:00:00Z", "coalition": text("Hill schools"),
        "topics": ["school_meals"],
    },
    {
        "kind": "wrong", "what": text("We met at night."), "why": None,
        "shared_at": "2026-01-01T10:00:00Z", "coalition": None, "topics": [],
    },
]  # fmt: skip
RULE: Json = {
    "rule": uid("rule"), "body": STEERING, "version": 2, "retired": False, "ref": "meetings/7",
    "terms": {"method": "consent", "quorum": {"at_least": [1, 2]}, "notice_hours": 48},
}  # fmt: skip
OWN: Json = {
    "roles": [
        {"role": "chair", "body": PLENARY, "organisation": TEACHERS, "held": True,
         "ref": "members/200"},
        {"role": "scribe", "body": STEERING, "organisation": TEACHERS, "held": False,
         "ref": "members/201"},
    ],
    "goals": [
        {"goal": uid("chair a meeting"), "text": text("Chair a meeting."), "due": "2026-05-01",
         "set_at": "2026-01-02T10:00:00Z", "reached_at": None, "refs": ["members/202"]},
        {"goal": uid("write a report"), "text": None, "due": "2026-02-01",
         "set_at": "2026-01-02T10:00:00Z", "reached_at": "2026-01-30T10:00:00Z",
         "refs": ["members/203", "members/204"]},
    ],
    "consents": [
        {"consent": uid("story"), "purpose": "story", "until": "2026-12-31",
         "given_at": "2026-01-02T10:00:00Z", "withdrawn_at": None, "refs": ["members/205"]},
        {"consent": uid("photo"), "purpose": "photo", "until": None,
         "given_at": "2026-01-02T10:00:00Z", "withdrawn_at": "2026-01-03T10:00:00Z",
         "refs": ["members/206", "members/207"]},
    ],
    "wellbeing": [
        {"period": "2026-03", "score": 4, "ref": "members/208"},
        {"period": "2026-02", "score": None, "ref": "members/209"},
    ],
}  # fmt: skip
PARTNERS: Json = {
    "items": [
        {"part": "pair", "organisations": [LIBRARY, TEACHERS], "shared": 2, "issues": [MEALS],
         "threats": [named("A cut")], "opposed": [BUSES], "tied": 0, "last_touchpoint": None,
         "days": None, "closeness": [1, 2], "events": ["members/10"], "low_trust": True},
        {"part": "pair", "organisations": [PARENTS, TEACHERS], "shared": 1, "issues": [MEALS],
         "threats": [], "opposed": [], "tied": 1, "last_touchpoint": "2026-01-05", "days": 66,
         "closeness": [1, 2], "events": ["members/10"], "low_trust": False},
    ],
    "next_cursor": None,
}  # fmt: skip
CONCERNS: Json = {
    "items": [
        {
            "concern": uid("waiting"), "source": "community", "kind": "implementation",
            "anonymous": False, "raised_by": PARENTS, "raised_on": "2026-03-01", "days": 11,
            "answered": False,
            "body": PLENARY, "about": {"id": uid("meals"), "name": text("School meals")},
            "item": None, "text": text("Buses come after the meal."), "resolution": None,
            "may_resolve": True, "may_know": False, "ref": "meetings/91",
        },
        {
            "concern": uid("unsigned"), "source": "member", "kind": "interpersonal",
            "anonymous": True, "raised_by": None, "raised_on": "2026-03-11", "days": 1,
            "answered": False,
            "body": PLENARY, "about": None, "item": uid("item"), "text": text("We shout."),
            "resolution": None, "may_resolve": True, "may_know": True, "ref": "meetings/93",
        },
        {
            "concern": uid("answered"), "source": "member", "kind": "policy",
            "anonymous": True, "raised_by": None, "raised_on": "2026-02-01", "days": 1,
            "answered": True,
            "body": PLENARY, "about": {"id": uid("gone"), "name": None}, "item": None,
            "text": {"withheld": "redacted"},
            "resolution": {
                "how": "mediated", "text": text("Both talked."), "by": TEACHERS,
                "on": "2026-02-02", "ref": "meetings/80",
            },
            "may_resolve": False, "may_know": False, "ref": "meetings/79",
        },
        {
            "concern": uid("elsewhere"), "source": "member", "kind": "policy",
            "anonymous": False, "raised_by": TEACHERS, "raised_on": "2026-01-01", "days": None,
            "answered": True, "body": STEERING, "about": None, "item": None,
            "text": text("It is decided late."), "resolution": None,
            "may_resolve": False, "may_know": False, "ref": "meetings/70",
        },
    ],
    "next_cursor": None,
}  # fmt: skip
DEEDS: Json = {
    "items": [
        {
            "contribution": uid("talks"), "of": TEACHERS["id"], "role": "lobbying",
            "degree": "lead", "about": [], "what": text("Talked to the council."),
            "state": "confirmed", "confirmed_by": [LIBRARY["id"]], "by": TEACHERS["id"],
            "at": "2026-03-01T12:00:00Z", "ref": "credit/20",
        },
        {
            "contribution": uid("door to door"), "of": PARENTS["id"], "role": "mobilising",
            "degree": "equal", "about": [], "what": {"withheld": "redacted"}, "state": "claimed",
            "confirmed_by": [], "by": PARENTS["id"], "at": "2026-03-01T12:00:00Z",
            "ref": "credit/21",
        },
    ],
    "next_cursor": None,
}  # fmt: skip
LED: Json = {
    "kind": "contribution", "id": uid("talks"), "role": None, "degree": None, "disputed": False,
}  # fmt: skip
DECIDED: Json = {
    "kind": "decision", "id": uid("meals"), "role": "lobbying", "degree": "lead",
    "disputed": True,
}  # fmt: skip
CLAIMS: Json = {
    "items": [
        {
            "claim": uid("claim of the parents"), "audience": "funders",
            "text": text("The parents led the talks."), "facts": [DECIDED], "review": None,
            "now": {
                "matches": [], "conflicts": [{"fact": 0, "with_event": "credit/30"}],
                "disputed": [0], "missing": [],
            },
            "by": PARENTS["id"], "at": "2026-03-04T12:00:00Z", "ref": "credit/31",
        },
        {
            "claim": uid("claim of the teachers"), "audience": "public",
            "text": text("The teachers led the talks."),
            "facts": [LED, {"kind": "metric", "id": uid("metric"), "disputed": False}],
            "review": {
                "matches": [0], "conflicts": [], "by": LIBRARY["id"],
                "at": "2026-03-05T12:00:00Z", "ref": "credit/33",
            },
            "now": {"matches": [0, 1], "conflicts": [], "disputed": [], "missing": []},
            "by": TEACHERS["id"], "at": "2026-03-03T12:00:00Z", "ref": "credit/30",
        },
    ],
    "next_cursor": None,
}  # fmt: skip
ATTRIBUTIONS: Json = {
    "items": [
        {
            "attribution": uid("ours"), "author": TEACHERS["id"], "audience": "funders",
            "versions": [
                {
                    "version": 2, "audience": "funders", "win": None,
                    "text": text("We led together."), "facts": [LED], "approvals": [],
                    "released": None, "by": TEACHERS["id"], "at": "2026-03-07T12:00:00Z",
                    "ref": "credit/41",
                },
                {
                    "version": 1, "audience": "funders", "win": None,
                    "text": text("We led alone."), "facts": [LED], "approvals": [],
                    "released": None, "by": TEACHERS["id"], "at": "2026-03-06T12:00:00Z",
                    "ref": "credit/40",
                },
            ],
            "now": {"matches": [0], "conflicts": [], "disputed": [], "missing": [PARENTS["id"]]},
            "ref": "credit/41",
        },
        {
            "attribution": uid("theirs"), "author": PARENTS["id"], "audience": "public",
            "versions": [
                {
                    "version": 1, "audience": "public", "win": None,
                    "text": text("It was the parents."), "facts": [DECIDED],
                    "approvals": [
                        {"by": LIBRARY["id"], "at": "2026-03-05T12:00:00Z", "ref": "credit/37"}
                    ],
                    "released": {
                        "unilateral": True, "text": "A" * 43, "by": PARENTS["id"],
                        "at": "2026-03-06T12:00:00Z", "ref": "credit/38",
                    },
                    "by": PARENTS["id"], "at": "2026-03-05T12:00:00Z", "ref": "credit/36",
                },
            ],
            "now": {"matches": [], "conflicts": [], "disputed": [], "missing": []},
            "ref": "credit/36",
        },
    ],
    "next_cursor": None,
}  # fmt: skip
DISPUTES: Json = {
    "items": [
        {
            "dispute": uid("open dispute"), "about": "credit/31",
            "grounds": text("We were there from the first day."),
            "requested": text("Say that it was both."), "due": "2026-04-01",
            "parties": [TEACHERS["id"], PARENTS["id"]], "facts": [DECIDED], "credit": None,
            "state": "open", "mediators": [], "resolution": None, "by": TEACHERS["id"],
            "at": "2026-03-08T12:00:00Z", "ref": "credit/50",
        },
        {
            "dispute": uid("mediated dispute"), "about": "credit/36",
            "grounds": text("Nobody asked us."), "requested": text("Ask us."),
            "due": "2026-04-01", "parties": [LIBRARY["id"], PARENTS["id"]], "facts": [],
            "credit": None, "state": "open",
            "mediators": [
                {
                    "org": None, "external": text("A judge who retired"), "by": PARENTS["id"],
                    "at": "2026-03-08T12:00:00Z", "ref": "credit/49",
                },
            ],
            "resolution": None, "by": LIBRARY["id"], "at": "2026-03-07T12:00:00Z",
            "ref": "credit/48",
        },
        {
            "dispute": uid("settled dispute"), "about": "credit/30",
            "grounds": text("It was more of us."), "requested": text("Name us."),
            "due": "2026-03-20", "parties": [TEACHERS["id"], PARENTS["id"]], "facts": [],
            "credit": None, "state": "resolved",
            "mediators": [
                {
                    "org": LIBRARY["id"], "external": None, "by": PARENTS["id"],
                    "at": "2026-03-05T12:00:00Z", "ref": "credit/44",
                },
            ],
            "resolution": {
                "result": "agreed_wording", "wording": text("Teachers and parents, together."),
                "by": LIBRARY["id"], "at": "2026-03-06T12:00:00Z", "ref": "credit/45",
            },
            "by": PARENTS["id"], "at": "2026-03-04T12:00:00Z", "ref": "credit/43",
        },
    ],
    "next_cursor": None,
}  # fmt: skip
FEE, STREET, HIDDEN = (uid(name) for name in ("the fee", "the street", "hidden term"))
TERMS: Json = {
    "items": [
        {
            "term": FEE, "name": text("The fee"), "choices": None, "min": 0, "max": 90000,
            "unit": "euro", "ref": "members/81",
        },
        {
            "term": STREET, "name": text("The street"), "choices": ["hill_road", "mill_lane"],
            "min": None, "max": None, "unit": None, "ref": "members/82",
        },
    ],
    "next_cursor": None,
}  # fmt: skip
FRONT_LINES: Json = {
    "items": [
        {
            "front_line": uid("crossing"), "organisation": TEACHERS, "checks": 3,
            "checked_at": "2026-03-12T10:00:00Z", "verdict": "crosses", "unknown": [STREET],
            "terms": {FEE: 45000, STREET: "mill_lane"}, "crosses": [PARENTS, LIBRARY],
            "consents": [
                {"by": LIBRARY, "reason": text("For once."), "at": "2026-03-12T10:05:00Z",
                 "ref": "meetings/102"},
            ],
            "waits_for": [PARENTS], "decision": None, "reviews": [], "ref": "meetings/101",
        },
        {
            "front_line": uid("asking"), "organisation": PARENTS, "checks": 1,
            "checked_at": "2026-03-12T09:00:00Z", "verdict": "crosses", "unknown": [],
            "terms": {HIDDEN: 3}, "crosses": [TEACHERS], "consents": [],
            "waits_for": [TEACHERS], "decision": None, "reviews": [], "ref": "meetings/99",
        },
        {
            "front_line": uid("settled"), "organisation": PARENTS, "checks": 1,
            "checked_at": "2026-03-10T09:00:00Z", "verdict": "crosses", "unknown": [],
            "terms": {FEE: 50}, "crosses": [LIBRARY], "consents": [], "waits_for": [LIBRARY],
            "decision": {
                "decision": uid("front decision"), "verdict": "crosses", "outside_mandate": True,
                "text": text("We pay fifty."), "at": "2026-03-10T09:20:00Z",
                "report_back": {
                    "step": uid("report back"), "due": "2026-03-12", "done": False,
                    "overdue": True,
                },
                "ref": "meetings/95",
            },
            "reviews": [
                {"result": "endorsed", "text": text("It was now or never."), "by": TEACHERS,
                 "at": "2026-03-11T09:00:00Z", "ref": "meetings/98"},
            ],
            "ref": "meetings/94",
        },
    ],
    "next_cursor": None,
}  # fmt: skip
