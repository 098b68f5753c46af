"""The table they sit at: who is there, in which bodies, for which issues, by which rules."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from accord.demo.cast import LANTERN, MAREN, Organisation, Person, id_of
from accord.demo.voice import SLUG, Receipt, Voice

PLENARY, STEERING = "plenary", "steering"
Words = dict[str, str]


def text(words: str) -> Words:
    return {"lang": "en", "text": words}


def reason(words: str, name: str = "reason") -> dict[str, Words]:
    """Return a text that may be left out."""
    return {name: text(words)} if words else {}


@dataclass
class Table:
    """Everything the story has named so far, by what it is called there."""

    voice: Voice
    people: dict[Person, str] = field(default_factory=dict)
    bodies: dict[str, str] = field(default_factory=dict)
    issues: dict[str, str] = field(default_factory=dict)
    rules: dict[str, Receipt] = field(default_factory=dict)

    def org(self, org: Organisation) -> str:
        return self.voice.orgs[org.name]

    def form(self, name: str) -> None:
        """Form the coalition, and sit down as its chair."""
        self.bodies[PLENARY] = id_of(PLENARY)
        self.voice.say(
            MAREN, "members",
            {
                "slug": SLUG, "template": "alliance", "name": text(name),
                "plenary": id_of(PLENARY),
                "founder": _joining(LANTERN) | {"org": id_of(LANTERN.name)},
                "person": _registering(MAREN),
            },
        )  # fmt: skip
        self.voice.orgs[LANTERN.name] = id_of(LANTERN.name)
        self.people[MAREN] = self.voice.look(MAREN, "members/me")["person"]

    def work(self, mode: Literal["informal", "formal"]) -> None:
        self.voice.say(MAREN, "members/operating-modes", {"mode": mode})

    def register(self, person: Person, by: Person = MAREN) -> None:
        self.people[person] = self.voice.say(by, "members/people", _registering(person)).key

    def apply(self, person: Person, why: str) -> str:
        """Apply for an organisation, as somebody who signs up alone; return its id."""
        self.register(person, by=person)
        org = person.of
        said = {"name": text(org.name), "kind": org.kind, "sector": org.sector, "why": text(why)}
        return self.voice.say(person, "members/applications", said).key

    def admit(self, org: Organisation, person: Person | None = None, applied: str = "") -> None:
        """Admit an organisation.

        Args:
            person: Who it is, if it is one person.
            applied: Its id, if it applied.
        """
        path = f"members/members/{applied}/admissions" if applied else "members/members"
        alone = {"person": self.people[person]} if person else {}
        self.voice.orgs[org.name] = self.voice.say(MAREN, path, _joining(org) | alone).key

    def accredit(self, person: Person, body: str = PLENARY, by: Person = MAREN) -> None:
        self.voice.say(by, f"members/members/{self.org(person.of)}/accreditations",
                       self._accreditation(person, body))  # fmt: skip

    def replace(self, before: Person, person: Person, body: str = PLENARY) -> None:
        """Let an organisation send somebody else."""
        ended = {"ended": id_of(f"{before.name}/{body}")}
        self.voice.say(before, f"members/members/{self.org(person.of)}/replacements",
                       self._accreditation(person, body) | ended)  # fmt: skip

    def _accreditation(self, person: Person, body: str) -> dict[str, Any]:
        voting = person.of.voting_right
        return {
            "accreditation": id_of(f"{person.name}/{body}"), "body": self.bodies[body],
            "person": self.people[person], "authority": "full" if voting else "observer",
            "voting": voting,
        }  # fmt: skip

    def constitute(self, body: str, name: str, issues: tuple[str, ...]) -> None:
        scope = [self.issues[issue] for issue in issues]
        said = {"name": text(name), "kind": body, "scope": scope}
        self.bodies[body] = self.voice.say(MAREN, "members/bodies", said).key

    def seat(self, person: Person, body: str, by: Person) -> None:
        """Give an organisation a seat in a body; it sends this person there."""
        path = f"members/bodies/{self.bodies[body]}"
        seat = id_of(f"{body} seat of {person.of.name}")
        self.voice.say(MAREN, f"{path}/seats", {"seat": seat})
        self.voice.say(MAREN, f"{path}/seatings", {"seat": seat, "org": self.org(person.of)})
        self.accredit(person, body, by)

    def take_role(self, person: Person, role: str, body: str) -> None:
        said = {"role": role, "accreditation": id_of(f"{person.name}/{body}")}
        self.voice.say(MAREN, f"members/bodies/{self.bodies[body]}/roles", said)

    def raise_issue(self, by: Person, name: str, summary: str) -> None:
        said = {"name": text(name), "summary": text(summary)}
        self.issues[name] = self.voice.say(by, "members/issues", said).key

    def adopt(
        self, name: str, rule: Mapping[str, Any], body: str = PLENARY, decision: str = ""
    ) -> None:
        """Adopt a rule; again, and by a decision, it is revised."""
        said: dict[str, Any] = {"body": self.bodies[body], "rule": rule}
        said |= {"decision": decision} if decision else {}
        path, before = "meetings/rules", self.rules.get(name)
        if before:
            path += f"/{before.key}/versions"
        match = before.version if before else 0
        self.rules[name] = self.voice.say(MAREN, path, said, match)


def _joining(org: Organisation) -> dict[str, Any]:
    return {
        "name": text(org.name), "kind": org.kind, "sector": org.sector, "constituencies": [],
        "commitment": org.commitment, "voting_right": org.voting_right, "ground_rules": 0,
    }  # fmt: skip


def _registering(person: Person) -> dict[str, Any]:
    return {"name": text(person.name), "contact": text(person.address), "locale": "en"}
