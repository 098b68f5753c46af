"""Motions: what is proposed, what everybody thinks of it, and what is decided."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID, uuid5

from accord.demo.cast import MAREN, Organisation, Person, id_of
from accord.demo.table import PLENARY, Item, Table, reason, text, time_of
from accord.demo.voice import Said

Option = Literal["agree", "disagree", "abstain", "object"]


@dataclass(frozen=True)
class Stance:
    """What somebody's organisation thinks of a proposal, and perhaps why."""

    who: Person
    option: Option
    why: str = ""


def agree(who: Person, why: str = "") -> Stance:
    return Stance(who, "agree", why)


def disagree(who: Person, why: str) -> Stance:
    return Stance(who, "disagree", why)


def abstain(who: Person, why: str = "") -> Stance:
    return Stance(who, "abstain", why)


def objects(who: Person, why: str) -> Stance:
    return Stance(who, "object", why)


@dataclass
class Motion(Item):
    """A proposal, from its publication to the last decision on it."""

    by: Person = MAREN
    ref: str = ""
    rounds: int = 0

    @property
    def decision(self) -> str:
        """The id of the last decision, which meetings derives from the proposal and the round.

        What a page shows would not do: told again, the story may have gone on in the meantime.
        """
        return str(uuid5(UUID(self.id), f"decision/{self.rounds}"))

    def open(self, rule: str, closes: str | datetime, meeting: Item | None = None) -> None:
        said = {"rule": self.table.rules[rule].key, "closes_at": time_of(closes)}
        self.rounds += 1
        self.say(MAREN, "votings", said | ({"meeting": meeting.id} if meeting else {}))

    def hear(self, *stances: Stance) -> None:
        """Let organisations take their stances."""
        self.all_say(
            "stances", [(each.who, {"option": each.option, **reason(each.why)}) for each in stances]
        )

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

    def reopen(self, news: str) -> None:
        said = {"decision": self.decision, "new_information": text(news)}
        self.say(MAREN, "reopenings", said)


@dataclass(frozen=True)
class Draft:
    """What somebody wants to propose."""

    by: Person
    issue: str
    title: str
    words: str


def propose(table: Table, *drafts: Draft, body: str = PLENARY) -> list[Motion]:
    """Draft and publish proposals."""
    voice, path = table.voice, "meetings/proposals"
    drafted = voice.together(*(
        Said(draft.by, path, {
            "body": table.bodies[body], "issue": table.issues[draft.issue],
            "title": text(draft.title), "text": text(draft.words),
        })
        for draft in drafts
    ))  # fmt: skip
    by = {receipt.key: draft.by for draft, receipt in zip(drafts, drafted, strict=True)}
    published = voice.together(*(
        Said(who, f"{path}/{key}/publications") for key, who in by.items()
    ))  # fmt: skip
    return [Motion(table, path, each.key, each.version, by[each.key]) for each in published]
