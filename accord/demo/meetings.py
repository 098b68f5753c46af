"""Meetings, from the invitation to the minutes, and the next steps that come of them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from accord.demo.cast import MAREN, Organisation, Person, id_of
from accord.demo.motions import Motion
from accord.demo.table import PLENARY, Item, Table, reason, text, time_of


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


@dataclass(frozen=True)
class Topic:
    """What somebody wants to talk about, and for how many minutes."""

    who: Person
    kind: Literal["decision", "discussion", "support", "information"]
    title: str
    minutes: int
    motion: Motion | None = None


@dataclass
class Meeting(Item):
    """A meeting, by its name in this story."""

    name: str = ""

    def plan(self, *topics: Topic) -> None:
        """Propose what to talk about, and publish the agenda."""
        items = [id_of(f"{topic.title} at {self.name}") for topic in topics]
        self.all_say("items", [
            (topic.who, {
                "item": item, "kind": topic.kind, "title": text(topic.title),
                "minutes": topic.minutes,
                **({"proposal": topic.motion.id} if topic.motion else {}),
            })
            for item, topic in zip(items, topics, strict=True)
        ])  # fmt: skip
        self.say(MAREN, "agendas", {"items": items})

    def appoint(self, person: Person) -> None:
        said = {"person": self.table.people[person], "org": self.table.org(person.of)}
        self.say(MAREN, "facilitators", said | {"external": False})

    def open(self, *present: Person, remote: tuple[Person, ...] = ()) -> None:
        """Open it, and record who is there."""
        self.say(MAREN, "openings")
        self.all_say("attendances", [
            (MAREN, {
                "attendance": id_of(f"{person.name} at {self.name}"),
                "org": self.table.org(person.of), "person": self.table.people[person],
                "mode": "remote" if person in remote else "in_person",
            })
            for person in (*present, *remote)
        ])  # fmt: skip

    def close(self, unowned: Step | None = None, why: str = "") -> None:
        """Close it, perhaps although nobody took a step on."""
        override = {"steps": [unowned.id], **reason(why)} if unowned else None
        self.say(MAREN, "closings", {"override": override} if override else None)

    def write_up(self, words: str, *motions: Motion) -> None:
        said = {"text": text(words), "decisions": [motion.ref for motion in motions]}
        self.say(MAREN, "minutes", said)

    def approve(self, *people: Person, version: int = 1) -> None:
        self.all_say("minutes/approvals", [(person, {"version": version}) for person in people])

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
        "starts_at": time_of(starts), "ends_at": time_of(ends), "place": text(place),
    }  # fmt: skip
    scheduled = table.voice.say(MAREN, "meetings/meetings", said)
    return Meeting(table, "meetings/meetings", scheduled.key, name=title)
