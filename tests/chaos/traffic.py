"""What people do in several coalitions at once, and what their programs do when nobody answers."""

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.chaos.courier import Courier
from tests.chaos.ledger import Entry
from tests.end_to_end.coalition import Coalition, form, key_of, mail, text
from tests.suite import Suite

NAMES = ("Union", "Parents", "Library")
OPTIONS = ("agree", "abstain", "disagree")
OPEN_AT_MOST = 6
REMEMBERED = 40


@dataclass
class Motion:
    """A proposal that is voted on; `version` is the newest that anybody was told."""

    id: str
    version: int
    stances: dict[str, str] = field(default_factory=dict)


@dataclass
class Town:
    """A coalition, and what is going on in it."""

    coalition: Coalition
    issue: str
    rule: str
    motions: list[Motion] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)
    contributions: list[tuple[str, str]] = field(default_factory=list)
    meetings: list[str] = field(default_factory=list)

    @property
    def chair(self) -> str:
        return self.coalition.chair

    @property
    def names(self) -> list[str]:
        return list(self.coalition.orgs)


async def settle_in(suite: Suite, slug: str) -> Town:
    """Form a coalition of four organisations with an issue and a rule."""
    coalition = await form(suite, slug)
    for name in NAMES:
        await coalition.admit(name)
    issue = await coalition.post(
        "members", "issues", {"name": text("Housing"), "summary": text("In short.")},
        coalition.chair,
    )  # fmt: skip
    await coalition.settled(f"members/{issue['position']}")
    adopted = await coalition.post(
        "meetings", "rules", {"body": coalition.plenary, "rule": {"method": "majority"}},
        coalition.chair,
    )  # fmt: skip
    return Town(coalition, key_of(issue), key_of(adopted))


class Client:
    """One of those who send commands; draws all it does from its own chance."""

    def __init__(self, towns: list[Town], courier: Courier, rng: random.Random) -> None:
        self._towns = towns
        self._courier = courier
        self._rng = rng
        self._done: list[Entry] = []
        self._number = 0
        self._habits: list[tuple[Callable[[Town], Awaitable[None]], int]] = [
            (self._take_stance, 30),
            (self._change_stance, 14),
            (self._move, 8),
            (self._amend, 6),
            (self._decide, 3),
            (self._meet, 6),
            (self._propose_step, 8),
            (self._go_on_with_step, 8),
            (self._record, 8),
            (self._confirm, 5),
            (self._repeat, 10),
            (self._misuse, 4),
            (self._look, 8),
        ]

    async def act(self) -> None:
        """Do one thing."""
        does, weights = zip(*self._habits, strict=True)
        [habit] = self._rng.choices(does, weights)
        await habit(self._rng.choice(self._towns))

    async def _send(
        self, town: Town, service: str, path: str, body: Any, name: str,
        *, if_match: int | None = None, other: Any = None,
    ) -> Entry:  # fmt: skip
        full = f"/{service}/api/v1/coalitions/{town.coalition.slug}/{path}"
        by = town.coalition.orgs[name]
        entry = self._courier.ledger.enter(
            service, full, body, mail(name), by, if_match=if_match, other=other
        )
        await self._courier.deliver(entry)
        if entry.accepted:
            self._done.append(entry)
            del self._done[:-REMEMBERED]
        return entry

    def _words(self, about: str) -> dict[str, str]:
        self._number += 1
        return text(f"{about} {self._number}")

    def _motion(self, town: Town) -> Motion | None:
        return self._rng.choice(town.motions) if town.motions else None

    async def _take_stance(self, town: Town) -> None:
        if (motion := self._motion(town)) is None:
            await self._move(town)
            return
        name, option = self._rng.choice(town.names), self._rng.choice(OPTIONS)
        body = {"option": option, "reason": self._words("Because")}
        entry = await self._send(
            town, "meetings", f"proposals/{motion.id}/stances", body, name,
            other=body | {"reason": text("Another reason.")},
        )  # fmt: skip
        if entry.accepted:
            motion.stances[name] = option
            motion.version = max(motion.version, entry.answer["version"])

    async def _change_stance(self, town: Town) -> None:
        motion = self._motion(town)
        if motion is None or not motion.stances:
            return
        name = self._rng.choice(list(motion.stances))
        if self._rng.random() < 0.3:
            body: dict[str, Any] = {"because": self._words("We think again")}
            path = "withdrawals"
        else:
            body = {"to": self._rng.choice(OPTIONS), "because": self._words("It now fits")}
            path = "changes"
        entry = await self._send(
            town, "meetings", f"proposals/{motion.id}/stances/{path}", body, name,
            other=body | {"because": text("Another reason.")},
        )  # fmt: skip
        if entry.accepted:
            motion.version = max(motion.version, entry.answer["version"])

    async def _move(self, town: Town) -> None:
        """Draft a proposal, publish it, open voting."""
        title = self._words("A van to share")
        body = {
            "body": town.coalition.plenary, "issue": town.issue, "affected": [],
            "title": title, "text": self._words("The whole text"),
        }  # fmt: skip
        entry = await self._send(town, "meetings", "proposals", body, town.chair)
        if not entry.accepted:
            return
        proposal = key_of(entry.answer)
        await self._send(town, "meetings", f"proposals/{proposal}/publications", {}, town.chair)
        closes = (datetime.now(UTC) + timedelta(hours=9)).isoformat()
        opened = await self._send(
            town, "meetings", f"proposals/{proposal}/votings",
            {"rule": town.rule, "closes_at": closes}, town.chair,
        )  # fmt: skip
        if opened.accepted:
            town.motions.append(Motion(proposal, opened.answer["version"]))
            del town.motions[:-OPEN_AT_MOST]

    async def _amend(self, town: Town) -> None:
        """Change a text that one has read; often another was faster."""
        if (motion := self._motion(town)) is None:
            return
        behind = self._rng.choice((0, 0, 1, 2))
        body = {"text": self._words("A better text"), "because": text("It is shorter.")}
        entry = await self._send(
            town, "meetings", f"proposals/{motion.id}/amendments", body, town.chair,
            if_match=max(1, motion.version - behind),
        )  # fmt: skip
        if entry.accepted and behind:
            self._courier.ledger.complain(f"{entry.key}: a stale If-Match was accepted")
        if entry.accepted and motion in town.motions:
            town.motions.remove(motion)

    async def _decide(self, town: Town) -> None:
        if (motion := self._motion(town)) is None:
            return
        path = f"proposals/{motion.id}"
        await self._send(town, "meetings", f"{path}/votings/closings", {}, town.chair)
        if motion in town.motions:
            town.motions.remove(motion)
        accountable = {"accountable": [town.coalition.orgs[town.chair]]}
        await self._send(town, "meetings", f"{path}/decisions", accountable, town.chair)

    async def _meet(self, town: Town) -> None:
        if town.meetings and self._rng.random() < 0.7:
            path = f"meetings/{self._rng.choice(town.meetings)}"
            what = self._rng.choice(("openings", "attendances", "closings"))
            body: dict[str, Any] = {}
            if what == "attendances":
                name = self._rng.choice(town.names)
                me = self._courier.suite.new_id()
                body = {
                    "attendance": str(me), "org": town.coalition.orgs[name], "mode": "in_person",
                    "person": str(me), "accreditation": town.coalition.accreditations[name],
                }  # fmt: skip
            await self._send(town, "meetings", f"{path}/{what}", body, town.chair)
            return
        body = {
            "title": self._words("Assembly"), "body": town.coalition.plenary,
            "starts_at": (datetime.now(UTC) + timedelta(days=1)).isoformat(),
        }  # fmt: skip
        entry = await self._send(town, "meetings", "meetings", body, town.chair)
        if entry.accepted:
            town.meetings.append(key_of(entry.answer))
            del town.meetings[:-OPEN_AT_MOST]

    async def _propose_step(self, town: Town) -> None:
        body = {"what": self._words("Print the leaflets")}
        entry = await self._send(
            town, "meetings", "steps", body, self._rng.choice(town.names),
            other={"what": text("Something else.")},
        )  # fmt: skip
        if entry.accepted:
            town.steps.append(key_of(entry.answer))
            del town.steps[: -2 * OPEN_AT_MOST]

    async def _go_on_with_step(self, town: Town) -> None:
        if not town.steps:
            return
        step = self._rng.choice(town.steps)
        path = self._rng.choice(("volunteers", "starts", "completions", "drops"))
        bodies: dict[str, dict[str, Any]] = {"drops": {"reason": self._words("Not needed")}}
        await self._send(
            town, "meetings", f"steps/{step}/{path}", bodies.get(path, {}),
            self._rng.choice(town.names),
        )  # fmt: skip

    async def _record(self, town: Town) -> None:
        of, by = self._rng.sample(town.names, 2)
        body = {
            "of": town.coalition.orgs[of], "role": "mobilising", "degree": "equal",
            "what": self._words("They called everybody"),
        }  # fmt: skip
        entry = await self._send(
            town, "credit", "contributions", body, by, other=body | {"degree": "lead"}
        )
        if entry.accepted:
            town.contributions.append((key_of(entry.answer), of))
            del town.contributions[: -2 * OPEN_AT_MOST]

    async def _confirm(self, town: Town) -> None:
        if not town.contributions:
            return
        deed, of = self._rng.choice(town.contributions)
        what = self._rng.choice(("confirmations", "confirmations", "declinations"))
        name = of if what == "declinations" else self._rng.choice(town.names)
        await self._send(town, "credit", f"contributions/{deed}/{what}", {}, name)

    async def _repeat(self, town: Town) -> None:  # noqa: ARG002 - of any coalition
        if self._done:
            await self._courier.repeat(self._rng.choice(self._done))

    async def _misuse(self, town: Town) -> None:  # noqa: ARG002 - of any coalition
        if with_other := [entry for entry in self._done if entry.other is not None]:
            await self._courier.misuse(self._rng.choice(with_other))

    async def _look(self, town: Town) -> None:
        slug, name = town.coalition.slug, self._rng.choice(town.names)
        service, page = self._rng.choice(
            (
                ("members", "members"), ("meetings", "meetings"), ("meetings", "steps"),
                ("credit", "contributions"), ("transparency", "reports/decision-register.json"),
            )
        )  # fmt: skip
        path = f"/{service}/api/v1/coalitions/{slug}/{page}"
        await self._courier.read(path, mail(name), town.coalition.orgs[name])
