"""Thanks: contributions, wins, and the credit that people give each other for them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from accord.demo.cast import MAREN, Organisation, Person, id_of
from accord.demo.motions import Motion
from accord.demo.table import Item, Table, text
from accord.demo.voice import Said

Degree = Literal["lead", "equal", "supporting"]


@dataclass(frozen=True)
class Deed:
    """What `who` records that an organisation did, for a decision or to carry it out."""

    who: Person
    of: Organisation
    role: str
    degree: Degree
    what: str
    about: Motion


def record(table: Table, *deeds: Deed) -> list[str]:
    """Record contributions, and return their ids."""
    receipts = table.voice.together(*(
        Said(deed.who, "credit/contributions", {
            "of": table.org(deed.of), "role": deed.role, "degree": deed.degree,
            "about": [deed.about.ref], "what": text(deed.what),
        })
        for deed in deeds
    ))  # fmt: skip
    return [receipt.key for receipt in receipts]


def confirm(table: Table, by: Mapping[str, Person]) -> None:
    """Let others confirm what organisations recorded of themselves."""
    table.voice.together(*(
        Said(who, f"credit/contributions/{deed}/confirmations") for deed, who in by.items()
    ))  # fmt: skip


@dataclass(frozen=True)
class Thanks:
    """Credit that `who` gives to an organisation, or to somebody outside.

    Args:
        deed: The contribution it rests on; gratitude needs none.
    """

    who: Person
    to: Organisation | str
    role: str
    degree: Degree
    deed: str = ""

    def said(self, table: Table, credit: str) -> dict[str, Any]:
        to = self.to
        return {
            "credit": credit, "role": self.role, "degree": self.degree,
            "basis": "evidence" if self.deed else "gratitude",
            "contributions": [self.deed] if self.deed else [],
            **({"external": text(to)} if isinstance(to, str) else {"to": table.org(to)}),
        }  # fmt: skip


@dataclass
class Win(Item):
    """Something that came of the work."""

    def thank(self, *thanks: Thanks) -> list[str]:
        """Give credit, and return the ids of what was given."""
        credits_ = [id_of(f"{each.role} of {each.to}") for each in thanks]
        self.all_say("credits", [
            (each.who, each.said(self.table, credit))
            for credit, each in zip(credits_, thanks, strict=True)
        ])  # fmt: skip
        return credits_

    def accept(self, by: Mapping[str, Person]) -> None:
        self.all_say("acceptances", [(who, {"credit": credit}) for credit, who in by.items()])

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


def declare(who: Person, title: str, size: Literal["step", "major"], decided: Motion) -> Win:
    """Declare a win that came of a decision."""
    said = {"title": text(title), "size": size, "decisions": [decided.decision]}
    table = decided.table
    return Win(table, "credit/wins", table.voice.say(who, "credit/wins", said).key)
