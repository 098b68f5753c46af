"""Thanks: contributions, wins, and the credit that people give each other for them."""

from dataclasses import dataclass
from typing import Any

from accord.demo.cast import MAREN, Organisation, Person, id_of
from accord.demo.motions import Motion
from accord.demo.table import Item, Table, text


@dataclass(frozen=True)
class Deed:
    """What an organisation contributed, as `who` recorded it."""

    table: Table
    id: str

    def confirm(self, who: Person) -> None:
        self.table.voice.say(who, f"credit/contributions/{self.id}/confirmations")


def record(who: Person, of: Organisation, role: str, degree: str, what: str, about: Motion) -> Deed:
    """Record what an organisation did for a decision, or to carry it out."""
    said = {"of": about.table.org(of), "role": role, "degree": degree, "about": [about.ref],
            "what": text(what)}  # fmt: skip
    recorded = about.table.voice.say(who, "credit/contributions", said)
    return Deed(about.table, recorded.key)


@dataclass
class Win(Item):
    """Something that came of the work."""

    def thank(
        self, who: Person, to: Organisation | str, role: str, degree: str, *deeds: Deed
    ) -> str:
        """Thank an organisation, or somebody outside, and return the credit's id.

        Args:
            deeds: What the thanks rest on; gratitude needs nothing.
        """
        credit = id_of(f"credit for {to} in {role}")
        whom = {"external": text(to)} if isinstance(to, str) else {"to": self.table.org(to)}
        said: dict[str, Any] = {
            "credit": credit, "role": role, "degree": degree,
            "basis": "evidence" if deeds else "gratitude",
            "contributions": [deed.id for deed in deeds],
        }  # fmt: skip
        self.say(who, "credits", said | whom)
        return credit

    def accept(self, who: Person, credit: str) -> None:
        self.say(who, "acceptances", {"credit": credit})

    def waive(self, who: Person, credit: str) -> None:
        self.say(who, "waivers", {"credit": credit})

    def welcome(self, who: Person, to: Organisation, before: str, now: str) -> None:
        """Welcome somebody who came round."""
        said = {"to": self.table.org(to), "from": text(before), "now": text(now)}
        self.say(who, "latecomers", said)

    def announce(self) -> None:
        self.say(MAREN, "announcements", {"audience": "members"})

    def celebrate(self, who: Person, on: str, *orgs: Organisation) -> None:
        said = {"on": on, "orgs": [self.table.org(org) for org in orgs]}
        self.say(who, "celebrations", said)


def declare(who: Person, title: str, size: str, *decided: Motion) -> Win:
    """Declare a win that came of decisions."""
    table = decided[0].table
    said = {"title": text(title), "size": size, "decisions": [each.decision for each in decided]}
    return Win(table, "credit/wins", table.voice.say(who, "credit/wins", said).key)
