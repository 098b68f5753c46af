"""What happens at the table: meetings, motions, next steps, and thanks."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from accord.demo.cast import MAREN, Organisation, Person, id_of
from accord.demo.table import PLENARY, Table, reason, text
from accord.demo.voice import Receipt

Option = Literal["agree", "disagree", "abstain", "object"]


@dataclass
class Item:
    """Something on the table: a stream that this story goes on writing."""

    table: Table
    path: str
    id: str
    version: int = 1

    def say(self, who: Person, what: str, body: Any = None, *, read: bool = False) -> Receipt:
        """Send a command about it; `read` where it changes what `who` has read."""
        path, match = f"{self.path}/{self.id}/{what}", self.version if read else 0
        receipt = self.table.voice.say(who, path, body, match)
        self.version = receipt.version
        return receipt


@dataclass
class Motion(Item):
    """A proposal, from its publication to the last decision on it."""

    by: Person = MAREN
    decision: str = ""
    ref: str = ""

    def open(self, rule: str, closes: str | datetime, meeting: "Meeting | None" = None) -> None:
        said = {"rule": self.table.rules[rule].key, "closes_at": _time(closes)}
        self.say(MAREN, "votings", said | ({"meeting": meeting.id} if meeting else {}))

    def hear(self, who: Person, option: Option, why: str = "") -> None:
        self.say(who, "stances", {"option": option, **reason(why)})

    def change(self, who: Person, to: Option, because: str) -> None:
        self.say(who, "stances/changes", {"to": to, "because": text(because)})

    def object(self, who: Person, grounds: str, remove_by: str) -> str:
        """Raise an objection, and return its id."""
        objection = id_of(f"objection: {grounds}")
        said = {"objection": objection, "grounds": text(grounds), "remove_by": text(remove_by)}
        self.say(who, "objections", said)
        return objection

    def amend(self, words: str, because: str) -> None:
        said = {"text": text(words), "because": text(because)}
        self.say(self.by, "amendments", said, read=True)

    def accommodate(self, objection: str, amendment: int) -> None:
        said = {"objection": objection, "amendment": amendment}
        self.say(self.by, "objections/accommodations", said)

    def retract(self, who: Person, objection: str, why: str) -> None:
        self.say(who, "objections/retractions", {"objection": objection, **reason(why)})

    def set_aside(self, objection: str, why: str) -> None:
        said = {"objection": objection, **reason(why, "reasoning")}
        self.say(MAREN, "objections/settings-aside", said)

    def outweigh(self, objection: str, why: str, *alternatives: str) -> None:
        said: dict[str, Any] = {"objection": objection, **reason(why, "reasoning")}
        weighed = [text(each) for each in alternatives]
        self.say(MAREN, "objections/outweighings", said | {"alternatives": weighed})

    def close(self) -> None:
        self.say(MAREN, "votings/closings")

    def decide(self, *accountable: Organisation) -> None:
        """Close the voting, and make the decision that the count gives."""
        self.close()
        said = {"accountable": [self.table.org(org) for org in accountable]}
        self.ref = self.say(MAREN, "decisions", said).ref
        self.decision = self.table.voice.look(MAREN, f"{self.path}/{self.id}")["decision"]

    def reopen(self, news: str) -> None:
        said = {"decision": self.decision, "new_information": text(news)}
        self.say(MAREN, "reopenings", said)


def propose(
    table: Table, by: Person, issue: str, title: str, words: str, body: str = PLENARY
) -> Motion:
    """Draft and publish a proposal."""
    said = {"body": table.bodies[body], "issue": table.issues[issue], "title": text(title),
            "text": text(words)}  # fmt: skip
    drafted = table.voice.say(by, "meetings/proposals", said)
    motion = Motion(table, "meetings/proposals", drafted.key, by=by)
    motion.say(by, "publications")
    return motion


@dataclass
class Step(Item):
    """A next step, and who sees to it."""

    def take(self, who: Person, due: str) -> None:
        self.say(who, "volunteers", {"owners": [self.table.people[who]], "due": due})

    def ask(self, by: Person, who: Person, due: str) -> None:
        said = {"owner": self.table.org(who.of), "owners": [self.table.people[who]], "due": due}
        self.say(by, "assignments", said)

    def accept(self, who: Person) -> None:
        self.say(who, "acceptances")

    def decline(self, who: Person, why: str) -> None:
        self.say(who, "declinations", reason(why))

    def start(self, who: Person) -> None:
        self.say(who, "starts")

    def block(self, who: Person, why: str) -> None:
        self.say(who, "blocks", reason(why))

    def move(self, who: Person, due: str, why: str) -> None:
        self.say(who, "due-dates", {"due": due, **reason(why)})

    def complete(self, who: Person, note: str = "") -> None:
        self.say(who, "completions", reason(note, "note"))


def next_step(
    table: Table, by: Person, what: str, meeting: "Meeting | None" = None,
    after: Motion | None = None,
) -> Step:  # fmt: skip
    """Propose a next step: in a meeting, or because of a decision, or both."""
    said: dict[str, Any] = {"what": text(what)}
    said |= {"meeting": meeting.id} if meeting else {}
    said |= {"decision": after.decision} if after else {}
    return Step(table, "meetings/steps", table.voice.say(by, "meetings/steps", said).key)


@dataclass
class Meeting(Item):
    """A meeting; `items` are those of its agenda so far."""

    name: str = ""
    items: list[str] = field(default_factory=list)

    def plan(
        self, who: Person, kind: str, title: str, minutes: int, motion: Motion | None = None
    ) -> None:
        """Put something on the agenda."""
        item = id_of(f"{title} at {self.name}")
        said = {"item": item, "kind": kind, "title": text(title), "minutes": minutes}
        self.say(who, "items", said | ({"proposal": motion.id} if motion else {}))
        self.items.append(item)

    def publish(self) -> None:
        self.say(MAREN, "agendas", {"items": self.items})

    def appoint(self, person: Person) -> None:
        said = {"person": self.table.people[person], "org": self.table.org(person.of)}
        self.say(MAREN, "facilitators", said | {"external": False})

    def open(self, *present: Person, remote: tuple[Person, ...] = ()) -> None:
        """Open it, and record who is there."""
        self.say(MAREN, "openings")
        for person in (*present, *remote):
            said = {
                "attendance": id_of(f"{person.name} at {self.name}"),
                "org": self.table.org(person.of), "person": self.table.people[person],
                "mode": "remote" if person in remote else "in_person",
            }  # fmt: skip
            self.say(MAREN, "attendances", said)

    def close(self, unowned: Step | None = None, why: str = "") -> None:
        """Close it, perhaps although nobody took a step on."""
        override = {"steps": [unowned.id], **reason(why)} if unowned else None
        self.say(MAREN, "closings", {"override": override} if override else None)

    def write_up(self, words: str, *motions: Motion) -> None:
        said = {"text": text(words), "decisions": [motion.ref for motion in motions]}
        self.say(MAREN, "minutes", said)

    def approve(self, *people: Person, version: int = 1) -> None:
        for person in people:
            self.say(person, "minutes/approvals", {"version": version})

    def correct(self, who: Person, words: str, why: str) -> None:
        said = {"corrects": 1, "text": text(words), **reason(why)}
        self.say(who, "minutes/corrections", said, read=True)


def call(
    table: Table, title: str, starts: str | datetime, ends: str | datetime, host: Organisation,
    place: str, body: str = PLENARY,
) -> Meeting:  # fmt: skip
    """Schedule a meeting."""
    said = {
        "title": text(title), "body": table.bodies[body], "host": table.org(host),
        "starts_at": _time(starts), "ends_at": _time(ends), "place": text(place),
    }  # fmt: skip
    scheduled = table.voice.say(MAREN, "meetings/meetings", said)
    return Meeting(table, "meetings/meetings", scheduled.key, name=title)


def _time(moment: str | datetime) -> str:
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    return moment.isoformat(timespec="milliseconds")
