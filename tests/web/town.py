"""A coalition with something to decide, made over HTTP for the browser to look at."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tests.end_to_end.coalition import Coalition, form, key_of, text
from tests.suite import Suite

CHAIR = "Clinic"
DISSENT = "Nobody asked the night porters. The doors open at six, and they are alone then."


@dataclass(frozen=True)
class Town:
    """The coalition, a decision made in it, two that are open, a meeting, a step, an issue."""

    coalition: Coalition
    decided: str
    open: str
    closing: str
    meeting: str
    step: str
    issue: str

    @property
    def url(self) -> str:
        """The coalition's page."""
        return f"{self.coalition.suite.url}/c/{self.coalition.slug}"


async def _at_the_front_line(coalition: Coalition) -> None:
    """Let an organisation check values that cross the line of another, with long words in them."""
    terms = [str(coalition.suite.new_id()) for _ in range(2)]
    name = text("Surcharge for transportation to extracurricular activities")
    fee = {"term": terms[0], "name": name, "min": 0, "unit": "euro_per_month_and_pupil"}
    where = {"term": terms[1], "name": text("Where"), "choices": ["hill_road", "mill_lane"]}
    for defined in (fee, where):
        await coalition.post("members", "terms", defined, CHAIR)
    line = {
        "term": terms[0], "acceptable": {"min": 0, "max": 20}, "sealed": False,
        "valid_until": (datetime.now(UTC) + timedelta(days=30)).date().isoformat(),
    }  # fmt: skip
    path = f"members/{coalition.orgs['Library']}/bottom-lines"
    last = await coalition.post("members", path, line, "Library")
    await coalition.settled(f"members/{last['position']}")
    values = {terms[0]: 123_456_789_012, terms[1]: "mill_lane"}
    await coalition.post("meetings", "front-lines", {"terms": values}, CHAIR)


async def build(suite: Suite) -> Town:
    """Form the coalition; returns when every page can show it."""
    coalition = await form(suite, "harbour", CHAIR)
    position = 0
    for name in ("Union", "Parents", "Library"):
        position = await coalition.admit(name)
    await coalition.settled(f"members/{position}")
    raised = await coalition.post(
        "members",
        "issues",
        {"name": text("School meals"), "summary": text("What pupils eat, and when.")},
        CHAIR,
    )
    issue = key_of(raised)
    await coalition.settled(f"members/{raised['position']}")
    terms = {"method": "majority", "quorum": {"at_least": [1, 2]}}
    rule = key_of(
        await coalition.post("meetings", "rules", {"body": coalition.plenary, "rule": terms}, CHAIR)
    )

    async def put(title: str, words: str) -> str:
        """Draft, publish and open a proposal."""
        drafted = await coalition.post(
            "meetings",
            "proposals",
            {
                "body": coalition.plenary,
                "issue": issue,
                "title": text(title),
                "text": text(words),
            },
            "Parents",
        )
        proposal = key_of(drafted)
        await coalition.post("meetings", f"proposals/{proposal}/publications", {}, "Parents")
        closes = datetime.now(UTC) + timedelta(days=7)
        await coalition.post(
            "meetings",
            f"proposals/{proposal}/votings",
            {"rule": rule, "closes_at": closes.isoformat()},
            CHAIR,
        )
        return proposal

    async def say(proposal: str, name: str, option: str, reason: str | None = None) -> None:
        body = {"option": option} | ({"reason": text(reason)} if reason else {})
        await coalition.post("meetings", f"proposals/{proposal}/stances", body, name)

    decided = await put("Free breakfast in every school", "A breakfast for whoever wants one.")
    await say(decided, "Union", "agree", "The hour before lessons is when a meal counts.")
    await say(decided, "Parents", "agree")
    await say(decided, CHAIR, "agree", "We see the children who come without.")
    await say(decided, "Library", "disagree", DISSENT)
    await coalition.post("meetings", f"proposals/{decided}/votings/closings", {}, CHAIR)
    await coalition.post(
        "meetings",
        f"proposals/{decided}/decisions",
        {"accountable": [coalition.orgs["Parents"]]},
        CHAIR,
    )
    waiting = await put("A late bus for homework hours", "One bus at 16:45, four days a week.")
    await say(waiting, "Library", "disagree", DISSENT)
    closing = await put("A common sick-note form", "One form for all six schools.")
    starts = datetime.now(UTC) + timedelta(days=1)
    meeting = key_of(
        await coalition.post(
            "meetings",
            "meetings",
            {
                "title": text("Plenary in spring"),
                "body": coalition.plenary,
                "host": coalition.orgs["Library"],
                "starts_at": starts.isoformat(),
                "ends_at": (starts + timedelta(hours=2)).isoformat(),
                "place": text("Reading room"),
            },
            CHAIR,
        )
    )
    step = key_of(
        await coalition.post(
            "meetings", "steps", {"what": text("Ask the bus company"), "meeting": meeting}, CHAIR
        )
    )
    await _at_the_front_line(coalition)
    due = (datetime.now(UTC) + timedelta(days=30)).date().isoformat()
    people = (await coalition.get("members", "people", CHAIR)).json()["items"]
    [delegate] = [one["id"] for one in people if one["name"]["text"] == "Union's delegate"]
    receipt = await coalition.post(
        "meetings",
        f"steps/{step}/assignments",
        {"owner": coalition.orgs["Union"], "owners": [delegate], "due": due},
        CHAIR,
    )
    await coalition.settled(f"meetings/{receipt['position']}")
    return Town(coalition, decided, waiting, closing, meeting, step, issue)
