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
