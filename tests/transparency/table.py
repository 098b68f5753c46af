"""A coalition that has something in common, told event by event."""

from typing import Any
from uuid import UUID

from tests.transparency.desk import Desk
from tests.transparency.history import History, key, text

CLINIC, SCHOOL, UNION, LIBRARY = (key(name) for name in ("Clinic", "School", "Union", "Library"))


def identify(history: History, name: str, *, least: bool = False, seats: int = 1) -> None:
    """Identify a constituency; it is found again by `key(name)`."""
    identified = {
        "name": text(name), "kind": "families", "least_well_served": least, "implementer": False,
        "historically_excluded": False, "seats_wanted": seats,
    }  # fmt: skip
    history.add(
        "members", "ConstituencyIdentified", f"constituency-{key(name)}", identified, by=CLINIC
    )


def raise_issue(history: History, name: str) -> None:
    raised = {"name": text(name), "summary": text(f"{name}, in short.")}
    history.add("members", "IssueRaised", f"issue-{key(name)}", raised, by=CLINIC)


def stand(history: History, org: UUID, issue: str, position: str, **envelope: Any) -> None:
    taken = {"position": position, "reason": text("So it is.")}
    stream = f"issue-{key(issue)}"
    history.add("members", "PositionTaken", stream, taken, by=org, **envelope)


def change(history: History, org: UUID, issue: str, before: str, to: str) -> None:
    changed = {"from": before, "to": to, "reason": text("We thought again.")}
    history.add("members", "PositionChanged", f"issue-{key(issue)}", changed, by=org)


def agree_to_disagree(history: History, issue: str, *parties: UUID) -> None:
    first = {"parties": [str(org) for org in parties], "terms": text("Each as it likes.")}
    for n, org in enumerate(parties):
        data = first if n == 0 else {}
        history.add("members", "AgreedToDisagree", f"issue-{key(issue)}", data, by=org)


def threaten(history: History, name: str, *orgs: UUID) -> None:
    first, *others = orgs
    named = {"name": text(name), "issues": []}
    history.add("members", "ThreatIdentified", f"threat-{key(name)}", named, by=first)
    for org in others:
        history.add("members", "ThreatShared", f"threat-{key(name)}", {}, by=org)


def touch(history: History, a: UUID, b: UUID, on: str) -> None:
    pair = "_".join(sorted((str(a), str(b))))
    data = {"kind": "call", "on": on}
    history.add("members", "TouchpointLogged", f"relationship-{pair}", data, by=a)


def common(history: History) -> History:
    """Three organisations with something in common, and one that says nothing.

    All three are for meals, two for buses, one each for books and for doctors; on doctors the
    clinic is against the union.
    """
    history.form()
    identify(history, "Parents", least=True, seats=2)
    identify(history, "Nurses")
    parents, nurses = str(key("Parents")), str(key("Nurses"))
    history.join("Clinic", constituencies=[nurses])
    history.join("School", constituencies=[parents])
    history.join("Union", constituencies=[parents])
    history.join("Library")
    for issue in ("Meals", "Buses", "Books", "Doctors"):
        raise_issue(history, issue)
    for org in (CLINIC, SCHOOL, UNION):
        stand(history, org, "Meals", "can_live_with" if org == UNION else "support")
    for org in (CLINIC, SCHOOL):
        stand(history, org, "Buses", "support")
    stand(history, SCHOOL, "Books", "support")
    stand(history, UNION, "Doctors", "support")
    stand(history, CLINIC, "Doctors", "oppose")
    return history


async def told(desk: Desk) -> History:
    """Return that coalition, as the service has read it."""
    history = common(desk.history())
    await desk.read(history)
    return history


def named(things: Any) -> list[str]:
    return [thing["name"]["text"] for thing in things]


def part(report: Any, name: str) -> list[Any]:
    return [row for row in report["rows"] if row["part"] == name]
