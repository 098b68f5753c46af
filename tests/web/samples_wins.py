"""What credit answers about wins, losses and contributions, as pages read it."""

from tests.web.samples import DOCKS, LIBRARY, NURSES, PARENTS, TEACHERS, Json, text, uid

THANKS, WAITING, CLAIM = uid("thanks"), uid("waiting contribution"), uid("claim")
WIN: Json = {
    "win": uid("warm lunch"), "kind": "win", "size": "step", "title": text("A warm lunch"),
    "decisions": [], "objectives": [], "by": PARENTS["id"], "at": "2026-03-01T10:00:00Z",
    "told": ["members"], "ref": "credit/21",
    "latecomers": [
        {"to": DOCKS["id"], "external": None, "before": text("Lunch is for home."),
         "now": text("Nobody learns hungry."), "target": None, "by": TEACHERS["id"],
         "at": "2026-03-04T10:00:00Z", "ref": "credit/25"},
    ],
    "credits": [
        {"credit": THANKS, "to": TEACHERS["id"], "external": None, "role": "drafting",
         "degree": "equal", "basis": "evidence", "contributions": [CLAIM], "accepted": False,
         "by": PARENTS["id"], "at": "2026-03-02T10:00:00Z", "ref": "credit/22",
         "corrections": [
             {"role": "drafting", "degree": "equal", "reason": text("Two wrote it."),
              "by": PARENTS["id"], "at": "2026-03-03T10:00:00Z", "ref": "credit/24"},
         ]},
        {"credit": uid("outside"), "to": None, "external": text("The cook"), "role": "hosting",
         "degree": "lead", "basis": "gratitude", "contributions": [], "accepted": False,
         "by": TEACHERS["id"], "at": "2026-03-02T11:00:00Z", "ref": "credit/23",
         "corrections": []},
    ],
    "undisclosed": 1,
    "announcements": [
        {"audience": "members", "uncredited": [LIBRARY["id"]], "by": TEACHERS["id"],
         "at": "2026-03-05T10:00:00Z", "ref": "credit/26"},
    ],
    "celebrations": [
        {"on": "2026-03-06", "orgs": [TEACHERS["id"], uid("gone")], "ref": "credit/27"},
    ],
    "waiting": [LIBRARY["id"], NURSES["id"]],
}  # fmt: skip
LOSS: Json = {
    "win": uid("lost vote"), "kind": "loss", "size": None, "title": {"withheld": "erased"},
    "decisions": [uid("meals")], "objectives": [], "by": TEACHERS["id"],
    "at": "2026-02-01T10:00:00Z", "told": [], "ref": "credit/20", "latecomers": [], "credits": [],
    "undisclosed": 0, "announcements": [], "celebrations": [], "waiting": [],
}  # fmt: skip
CONTRIBUTIONS: Json = {
    "items": [
        {"contribution": WAITING, "of": LIBRARY["id"], "role": "hosting", "degree": "lead",
         "what": text("The reading room."), "state": "claimed", "confirmed_by": [],
         "by": LIBRARY["id"], "at": "2026-02-20T10:00:00Z", "about": ["meetings/9"],
         "ref": "credit/19"},
        {"contribution": CLAIM, "of": TEACHERS["id"], "role": "drafting", "degree": "equal",
         "what": text("The first draft."), "state": "confirmed",
         "confirmed_by": [PARENTS["id"]], "by": TEACHERS["id"], "at": "2026-02-19T10:00:00Z",
         "about": [], "ref": "credit/18"},
    ],
    "next_cursor": "18", "undisclosed": 2,
}  # fmt: skip
SUGGESTIONS: list[Json] = [
    {"of": LIBRARY["id"], "role": "asked_the_question", "about": "meetings/12"}
]
METER, COUNTER = uid("meter"), uid("counter")


def value(n: int, on: str, position: int, **more: object) -> Json:
    """Return a record of a metric."""
    return {
        "value": n, "on": on, "corrects": None, "corrected_by": None, "by": TEACHERS["id"],
        "at": "2026-03-01T10:00:00Z", "ref": f"credit/{position}",
    } | more  # fmt: skip


METRICS: Json = {
    "items": [
        {"metric": METER, "name": text("Pupils on the list"), "unit": "pupils", "kind": "gauge",
         "source": text("The school's list"), "newest": -5, "whole": None,
         "series": [value(20, "2026-01-01", 31), value(10, "2026-01-11", 32),
                    value(-5, "2026-01-21", 33)],
         "by": TEACHERS["id"], "at": "2026-01-01T10:00:00Z", "ref": "credit/30"},
        {"metric": COUNTER, "name": {"withheld": "redacted"}, "unit": "warm_meals",
         "kind": "counter", "source": None, "newest": 60, "whole": 100,
         "series": [value(40, "2026-01-02", 35),
                    value(50, "2026-01-03", 36, corrected_by="credit/37"),
                    value(60, "2026-01-03", 37, corrects="credit/36")],
         "by": None, "at": "2026-01-01T10:00:00Z", "ref": "credit/34"},
        {"metric": uid("none yet"), "name": text("Buses"), "unit": "buses", "kind": "counter",
         "source": text("The road"), "newest": None, "whole": 0, "series": [],
         "by": TEACHERS["id"], "at": "2026-01-01T10:00:00Z", "ref": "credit/38"},
    ],
    "next_cursor": "30",
}  # fmt: skip
AIM = uid("a meal for all")
EVALUATION: Json = {
    "campaign": uid("campaign"), "name": text("Warm lunch"), "objectives": {AIM: text("A meal.")},
    "assessments": [
        {"objective": AIM, "met": "partly", "as_intended": False, "why": text("Mondays only."),
         "by": TEACHERS["id"], "at": "2026-03-01T10:00:00Z", "ref": "credit/41"},
        {"objective": AIM, "met": "met", "as_intended": True, "why": text("All we asked."),
         "by": PARENTS["id"], "at": "2026-03-01T10:00:00Z", "ref": "credit/42"},
    ],
    "answers": [
        {"done": text("We cooked."), "met_as_intended": text("Yes."), "changed": text("Quiet."),
         "by": TEACHERS["id"], "at": "2026-03-01T10:00:00Z", "ref": "credit/43", "before": []},
        {"done": text("We asked."), "met_as_intended": text("No."), "changed": None,
         "by": PARENTS["id"], "at": "2026-03-01T10:00:00Z", "ref": "credit/45", "before": [
             {"done": None, "met_as_intended": None, "changed": None, "by": PARENTS["id"],
              "at": "2026-02-01T10:00:00Z", "ref": "credit/44", "before": []}]},
    ],
}  # fmt: skip
STORY: Json = {
    "story": uid("story"), "text": text("I ate with my class."), "metrics": [COUNTER],
    "by": TEACHERS["id"], "at": "2026-03-01T10:00:00Z", "ref": "credit/46",
}  # fmt: skip
BENEFITS: Json = {
    "items": [{"organisation": LIBRARY["id"], "benefit": text("Readers."), "relationships": None,
               "at": "2026-03-01T10:00:00Z", "ref": "credit/47"}],
    "missing": [NURSES["id"]],
}  # fmt: skip
GRANT = uid("grant")
SHARES: Json = {
    "items": [
        {"shares": GRANT, "pot": text("A grant for lunches"), "decision": "meetings/9",
         "parts": [{"org": TEACHERS["id"], "basis_points": 6667},
                   {"org": LIBRARY["id"], "basis_points": 3333}],
         "earlier": ["credit/50"], "by": TEACHERS["id"], "at": "2026-03-01T10:00:00Z",
         "ref": "credit/51"},
        {"shares": uid("all of it"), "pot": {"withheld": "redacted"}, "decision": None,
         "parts": [{"org": PARENTS["id"], "basis_points": 10_000}], "earlier": [], "by": None,
         "at": "2026-03-01T10:00:00Z", "ref": "credit/49"},
    ],
    "next_cursor": "49",
}  # fmt: skip
