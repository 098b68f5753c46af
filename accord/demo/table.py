"""The table they sit at: who is there, in which bodies, for which issues, by which rules."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from accord.demo.cast import LANTERN, MAREN, Organisation, Person, id_of
from accord.demo.voice import SLUG, Receipt, Said, Voice

PLENARY, STEERING = "plenary", "steering"
Words = dict[str, str]


def text(words: str) -> Words:
    return {"lang": "en", "text": words}


def reason(words: str, name: str = "reason") -> dict[str, Words]:
    """Return a text that may be left out."""
    return {name: text(words)} if words else {}


def time_of(moment: str | datetime) -> str:
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    return moment.isoformat(timespec="milliseconds")


@dataclass(frozen=True)
class Issue:
    """What somebody brings to the table."""

    by: Person
    name: str
    summary: str


@dataclass
class Table:
    """Everything the story has named so far, by what it is called there."""

    voice: Voice
    people: dict[Person, str] = field(default_factory=dict)
    bodies: dict[str, str] = field(default_factory=dict)
    issues: dict[str, str] = field(default_factory=dict)
    rules: dict[str, Receipt] = field(default_factory=dict)
    constituencies: dict[str, str] = field(default_factory=dict)
    ground_rules: int = 0

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
                "founder": _joining(LANTERN, self.ground_rules) | {"org": id_of(LANTERN.name)},
                "person": _registering(MAREN),
            },
        )  # fmt: skip
        self.voice.orgs[LANTERN.name] = id_of(LANTERN.name)
        self.people[MAREN] = self.voice.look(MAREN, "members/me")["person"]

    def work(self, mode: Literal["informal", "formal"]) -> None:
        self.voice.say(MAREN, "members/operating-modes", {"mode": mode})

    def register(self, *people: Person, by: Person = MAREN) -> None:
        said = (Said(by, "members/people", _registering(person)) for person in people)
        for person, receipt in zip(people, self.voice.together(*said), strict=True):
            self.people[person] = receipt.key

    def apply(self, person: Person, why: str) -> str:
        """Apply for an organisation, as somebody who signs up alone; return its id."""
        self.register(person, by=person)
        org = person.of
        said = {"name": text(org.name), "kind": org.kind, "sector": org.sector, "why": text(why)}
        return self.voice.say(person, "members/applications", said).key

    def admit(self, *orgs: Organisation, applied: str = "") -> None:
        """Admit organisations; `applied` is the id of one that applied."""
        path = f"members/members/{applied}/admissions" if applied else "members/members"
        said = (
            Said(MAREN, path, _joining(org, self.ground_rules) | self._alone(org)) for org in orgs
        )
        for org, receipt in zip(orgs, self.voice.together(*said), strict=True):
            self.voice.orgs[org.name] = receipt.key

    def _alone(self, org: Organisation) -> dict[str, str]:
        """Return who a one-person member is."""
        if org.kind != "person":
            return {}
        return {"person": next(key for person, key in self.people.items() if person.of is org)}

    def accredit(
        self, by: Mapping[Person, Person], body: str = PLENARY, *, voting: bool = True
    ) -> None:
        """Let people speak for their organisations, each by somebody who may say so."""
        self.voice.together(*(
            Said(who, f"members/members/{self.org(person.of)}/accreditations",
                 self._accreditation(person, body, voting=voting))
            for person, who in by.items()
        ))  # fmt: skip

    def replace(self, before: Person, person: Person, body: str = PLENARY) -> None:
        """Let an organisation send somebody else."""
        ended = {"ended": id_of(f"{before.name}/{body}")}
        self.voice.say(before, f"members/members/{self.org(person.of)}/replacements",
                       self._accreditation(person, body, voting=True) | ended)  # fmt: skip

    def _accreditation(self, person: Person, body: str, *, voting: bool) -> dict[str, Any]:
        watches = not person.of.voting_right
        return {
            "accreditation": id_of(f"{person.name}/{body}"), "body": self.bodies[body],
            "person": self.people[person], "authority": "observer" if watches else "full",
            "voting": voting and not watches,
        }  # fmt: skip

    def constitute(self, body: str, name: str, issues: tuple[str, ...]) -> None:
        scope = [self.issues[issue] for issue in issues]
        said = {"name": text(name), "kind": body, "scope": scope}
        self.bodies[body] = self.voice.say(MAREN, "members/bodies", said).key

    def seat(self, sent: Mapping[Person, Person], body: str) -> None:
        """Give organisations a seat in a body; each sends somebody there."""
        path = f"members/bodies/{self.bodies[body]}"
        seats = {person.of: id_of(f"{body} seat of {person.of.name}") for person in sent}
        self.voice.together(*(
            Said(MAREN, f"{path}/seats", {"seat": seat}) for seat in seats.values()
        ))  # fmt: skip
        self.voice.together(*(
            Said(MAREN, f"{path}/seatings", {"seat": seat, "org": self.org(org)})
            for org, seat in seats.items()
        ))  # fmt: skip
        self.accredit(sent, body)

    def take_role(self, person: Person, role: str, body: str) -> None:
        said = {"role": role, "accreditation": id_of(f"{person.name}/{body}")}
        self.voice.say(MAREN, f"members/bodies/{self.bodies[body]}/roles", said)

    def raise_issues(self, *issues: Issue) -> None:
        receipts = self.voice.together(*(
            Said(issue.by, "members/issues",
                 {"name": text(issue.name), "summary": text(issue.summary)})
            for issue in issues
        ))  # fmt: skip
        for issue, receipt in zip(issues, receipts, strict=True):
            self.issues[issue.name] = receipt.key

    def lead(self, issue: str, org: Organisation) -> None:
        """Let an organisation lead on an issue."""
        path = f"members/issues/{self.issues[issue]}/leads"
        self.voice.say(MAREN, path, {"lead": self.org(org)})

    def hear_of(
        self,
        name: str,
        kind: str,
        *,
        least_well_served: bool = False,
        historically_excluded: bool = False,
    ) -> None:
        """Name those who should be heard."""
        said = {
            "name": text(name), "kind": kind, "implementer": False, "seats_wanted": 1,
            "least_well_served": least_well_served, "historically_excluded": historically_excluded,
        }  # fmt: skip
        self.constituencies[name] = self.voice.say(MAREN, "members/constituencies", said).key

    def adopt(self, rules: Mapping[str, Any], body: str = PLENARY) -> None:
        """Adopt rules, by what this story calls them."""
        receipts = self.voice.together(*(
            Said(MAREN, "meetings/rules", {"body": self.bodies[body], "rule": rule})
            for rule in rules.values()
        ))  # fmt: skip
        self.rules |= dict(zip(rules, receipts, strict=True))

    def revise(self, name: str, rule: Mapping[str, Any], decision: str) -> None:
        """Adopt a rule of the plenary anew, as a decision says."""
        before = self.rules[name]
        said = {"body": self.bodies[PLENARY], "rule": rule, "decision": decision}
        path = f"meetings/rules/{before.key}/versions"
        self.rules[name] = self.voice.say(MAREN, path, said, before.version)


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

    def all_say(self, what: str, said: Iterable[tuple[Person, Any]]) -> None:
        """Send a command about it from each of several people, all at once."""
        path = f"{self.path}/{self.id}/{what}"
        receipts = self.table.voice.together(*(Said(who, path, body) for who, body in said))
        self.version = max(receipt.version for receipt in receipts)


def _joining(org: Organisation, ground_rules: int) -> dict[str, Any]:
    return {
        "name": text(org.name), "kind": org.kind, "sector": org.sector, "constituencies": [],
        "commitment": org.commitment, "voting_right": org.voting_right,
        "ground_rules": ground_rules,
    }  # fmt: skip


def _registering(person: Person) -> dict[str, Any]:
    return {"name": text(person.name), "contact": text(person.address), "locale": "en"}
