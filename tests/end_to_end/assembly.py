"""A formal meeting of an assembly over HTTP, told in the words of those who hold it."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.end_to_end.coalition import Coalition, form, key_of, text
from tests.end_to_end.test_voting import later
from tests.suite import Suite

AT_ONCE = 20


async def assembled(suite: Suite, slug: str, names: Sequence[str]) -> Coalition:
    """Form a coalition of these organisations, the first in the chair; each has a delegate."""
    table = await form(suite, slug, chair=names[0])
    last = 0
    for first in range(1, len(names), AT_ONCE):
        last = max(await asyncio.gather(*map(table.admit, names[first : first + AT_ONCE])))
    await table.settled(f"members/{last}")
    return table


@dataclass
class Item:
    """Something on the agenda; what is put to the vote has a proposal."""

    title: str
    kind: str
    minutes: int
    id: str
    proposal: str = ""
    proposer: str = ""
    decided: str = ""


@dataclass
class Assembly:
    """A meeting of the plenary, and how those in it act."""

    table: Coalition
    facilitator: str
    people: dict[str, str] = field(default_factory=dict)
    rules: dict[str, str] = field(default_factory=dict)
    items: dict[str, Item] = field(default_factory=dict)
    steps: dict[str, str] = field(default_factory=dict)
    came: dict[str, str] = field(default_factory=dict)
    id: str = ""
    version: int = 0
    position: int = 0

    @property
    def chair(self) -> str:
        return self.table.chair

    async def say(self, path: str, body: Any, name: str, **more: Any) -> Any:
        receipt = await self.table.post("meetings", path, body, name, **more)
        self.position = max(self.position, receipt["position"])
        return receipt

    async def do(self, path: str, body: Any, name: str, **more: Any) -> Any:
        """Do something at this meeting, and return what it is recorded as."""
        receipt = await self.say(f"meetings/{self.id}/{path}", body, name, **more)
        self.version = receipt["version"]
        return receipt

    async def refused(self, path: str, body: Any, name: str) -> str:
        """Try something at this meeting that is not accepted, and return why."""
        answer = await self.table.try_post("meetings", f"meetings/{self.id}/{path}", body, name)
        assert answer.status_code == 409, answer.text
        return str(answer.json()["reason"])

    # Before

    async def found(self, **rules: Mapping[str, Any]) -> None:
        """Adopt the rules, each by its name, and become formal."""
        for name, rule in rules.items():
            adopted = {"body": self.table.plenary, "rule": rule}
            self.rules[name] = key_of(await self.say("rules", adopted, self.chair))
        structure = {"bodies": [self.table.plenary], "text": text("All of us decide.")}
        await self.table.post("members", "decision-structures", structure, self.chair)
        formal = await self.table.post(
            "members", "operating-modes", {"mode": "formal"}, self.chair
        )  # fmt: skip
        await self.table.settled(f"members/{formal['position']}")
        people = await self.table.get("members", "people", self.chair, limit=200)
        by_name = {row["name"]["text"]: row["id"] for row in people.json()["items"]}
        self.people = {
            name: by_name[f"{name}'s {'chair' if name == self.chair else 'delegate'}"]
            for name in self.table.orgs
        }

    async def call(self, title: str, place: str, host: str) -> None:
        """Call the meeting for now, beside another occasion, and name who facilitates."""
        now = datetime.now(UTC)
        called = {
            "title": text(title), "body": self.table.plenary, "host": self.table.orgs[host],
            "starts_at": now.isoformat(), "ends_at": (now + timedelta(hours=3)).isoformat(),
            "place": text(place), "piggyback_on": text("The spring market"),
        }  # fmt: skip
        self.id = key_of(await self.say("meetings", called, self.chair))
        facilitator = {
            "person": self.people[self.facilitator],
            "accreditation": self.table.accreditations[self.facilitator],
            "org": self.table.orgs[self.facilitator], "external": False,
        }  # fmt: skip
        await self.do("facilitators", facilitator, self.chair)

    async def invite(self, *, but_for: Mapping[str, str], answers: Mapping[str, str]) -> None:
        """Invite everybody, but for some and why; these answer."""
        orgs = self.table.orgs
        invited = [org for name, org in orgs.items() if name not in but_for]
        exempt = [{"org": orgs[name], "reason": text(why)} for name, why in but_for.items()]
        await self.do("invitations", {"orgs": invited, "exempt": exempt}, self.chair)
        for name, answer in answers.items():
            await self.do("invitations/answers", {"answer": answer}, name)

    async def propose(self, proposer: str, title: str, words: str, minutes: int) -> None:
        """Draft and publish a proposal, and put it on the agenda."""
        raised = {"name": text(title), "summary": text(f"{title}, in short.")}
        issue = await self.table.post("members", "issues", raised, proposer)
        await self.table.settled(f"members/{issue['position']}")
        drafted = {
            "body": self.table.plenary, "issue": key_of(issue), "affected": [],
            "title": text(title), "text": text(words),
        }  # fmt: skip
        proposal = key_of(await self.say("proposals", drafted, proposer))
        await self.say(f"proposals/{proposal}/publications", {}, proposer)
        await self.ask_for(proposer, title, "decision", minutes, proposal)

    async def ask_for(
        self, name: str, title: str, kind: str, minutes: int, proposal: str = ""
    ) -> None:
        """Ask for an item on the agenda."""
        item = Item(title, kind, minutes, str(self.table.suite.new_id()), proposal, name)
        asked = {"item": item.id, "kind": kind, "title": text(title), "minutes": minutes}
        await self.do("items", asked | ({"proposal": proposal} if proposal else {}), name)
        self.items[title] = item

    async def publish_agenda(self) -> None:
        listed = [item.id for item in self.items.values()]
        await self.do("agendas", {"items": listed}, self.chair)

    # In the room

    async def arrive(self, names: Iterable[str], *, remote: Iterable[str] = ()) -> None:
        """Record who comes, one after another."""
        away = {*remote}
        for name in names:
            self.came[name] = str(self.table.suite.new_id())
            here = {
                "attendance": self.came[name], "org": self.table.orgs[name],
                "person": self.people[name], "mode": "remote" if name in away else "in_person",
            }  # fmt: skip
            await self.do("attendances", here, name)

    async def leave(self, name: str) -> None:
        await self.do("departures", {"attendance": self.came[name]}, name)

    async def lead(self, what: str, title: str, **more: Any) -> None:
        """Let the facilitator do something about an item."""
        await self.do(what, {"item": self.items[title].id} | more, self.facilitator)

    async def vote_on(self, title: str, rule: str) -> None:
        """Put an item to the vote, here and now."""
        opened = {"rule": self.rules[rule], "closes_at": later(hours=2), "meeting": self.id}
        await self.say(f"proposals/{self.items[title].proposal}/votings", opened, self.chair)

    async def stand(self, title: str, option: str, *names: str, why: str = "") -> None:
        """Let organisations take the same stance, at once."""
        stance = {"option": option} | ({"reason": text(why)} if why else {})
        path = f"proposals/{self.items[title].proposal}/stances"
        await asyncio.gather(*(self.say(path, stance, name) for name in names))

    async def answer(self, title: str, what: str, name: str, **more: Any) -> Any:
        """Do something about a proposal or an objection to it."""
        return await self.say(f"proposals/{self.items[title].proposal}/{what}", more, name)

    async def objection_to(self, title: str) -> str:
        """Return the id of the only objection to a proposal."""
        shown = await self.table.get(
            "meetings", f"proposals/{self.items[title].proposal}", "Clinic"
        )
        [objection] = shown.json()["objections"]
        return str(objection)

    async def decide(self, title: str, *answerable: str) -> str:
        """Close the voting and decide; return the decision's reference."""
        path = f"proposals/{self.items[title].proposal}"
        await self.say(f"{path}/votings/closings", {}, self.chair)
        accountable = {"accountable": [self.table.orgs[name] for name in answerable]}
        made = await self.say(f"{path}/decisions", accountable, self.chair)
        self.items[title].decided = f"meetings/{made['position']}"
        return self.items[title].decided

    async def decision_on(self, title: str) -> str:
        """Return the id of the decision on an item."""
        shown = await self.table.get(
            "meetings", f"proposals/{self.items[title].proposal}", "Clinic"
        )
        return str(shown.json()["decision"])

    async def ask_to(self, what: str, name: str, *, of: str | None = None, due: str) -> None:
        """Let an organisation take a step upon itself, or ask another to."""
        step = key_of(await self.say("steps", {"what": text(what), "meeting": self.id}, name))
        self.steps[what] = step
        if of is None:
            mine = {"owners": [self.people[name]], "due": due}
            await self.say(f"steps/{step}/volunteers", mine, name)
        else:
            asked = {"owner": self.table.orgs[of], "owners": [self.people[of]], "due": due}
            await self.say(f"steps/{step}/assignments", asked, name)

    async def accept(self, what: str, name: str) -> None:
        await self.say(f"steps/{self.steps[what]}/acceptances", {}, name)

    # After

    async def draft(self, words: str, **more: Any) -> Any:
        cited = sorted(item.decided for item in self.items.values() if item.decided)
        known = {"text": text(words), "decisions": cited, "steps": [*self.steps.values()]}
        return await self.do("minutes", known | more, self.chair)

    async def correct(self, name: str, words: str, why: str) -> None:
        corrected = {"corrects": 1, "text": text(words), "reason": text(why)}
        match = f'"{self.version}"'
        await self.do("minutes/corrections", corrected, name, if_match=match)

    async def approve(self, version: int, names: Iterable[str]) -> None:
        for name in names:
            await self.do("minutes/approvals", {"version": version}, name)

    async def shown(self, name: str, path: str = "") -> Any:
        """Return what somebody is shown of it, once everything that happened is in it."""
        reached = f"meetings/{self.position}"
        return await self.table.get("meetings", f"meetings/{self.id}{path}", name, at_least=reached)
