"""Histories as the readers hand them over, written by hand, and held against the schemas."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from shared.event import Authority, Recorded, Visibility

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
COALITION = UUID(int=0xC0A)
SCHEMAS = Path(__file__).parents[2] / "docs" / "schemas"
BODY, PLENARY = UUID(int=0xB0D), UUID(int=0x91E)


def key(name: str) -> UUID:
    """Return the id that goes by this name in every history."""
    return uuid5(COALITION, name)


@cache
def known(service: str, kind: str) -> frozenset[str]:
    """Return what the data of a type may say, sealed or not, as its schema has it."""
    schema = json.loads((SCHEMAS / service / f"{kind}.json").read_text("utf-8"))
    return frozenset(schema["properties"]["data"]["properties"])


def text(words: str) -> dict[str, str]:
    return {"lang": "en", "text": words}


@dataclass
class History:
    """Three journals of one coalition, growing event by event.

    Each event happens a minute after the one before, unless `at` says when.
    """

    coalition: UUID = COALITION
    visibility: Visibility = "members"
    authority: Authority | None = "full"
    seen: list[Recorded] = field(default_factory=list)
    reached: Counter[str] = field(default_factory=Counter)
    versions: Counter[str] = field(default_factory=Counter)

    @property
    def as_of(self) -> dict[str, int]:
        return {service: self.reached[service] for service in ("members", "meetings", "credit")}

    def add(
        self,
        service: str,
        kind: str,
        stream: str,
        data: Mapping[str, Any] | None = None,
        **envelope: Any,
    ) -> Recorded:
        """Record an event; `envelope` overrides what stands around its data."""
        unknown = set(data or {}) - known(service, kind)
        assert not unknown, f"{kind} says nothing called {', '.join(sorted(unknown))}"
        self.reached[service] += 1
        self.versions[stream] += 1
        at = NOON + timedelta(minutes=sum(self.reached.values()))
        identity = f"{service}/{self.coalition}/{self.reached[service]}"
        recorded = Recorded(
            coalition=self.coalition,
            service=service,
            position=self.reached[service],
            type=kind,
            stream=stream,
            version=self.versions[stream],
            at=at,
            recorded_at=at,
            visibility=self.visibility,
            data=dict(data or {}),
            leaf=sha256(b"\x00" + identity.encode()).digest(),
            authority=self.authority,
        )
        self.seen.append(recorded._replace(**envelope))
        return self.seen[-1]

    def form(self, slug: str = "harbour") -> None:
        """Form the coalition with its plenary and an issue."""
        formed = {"slug": slug, "template": "alliance", "name": text("Harbour schools")}
        self.add("members", "CoalitionFormed", f"coalition-{self.coalition}", formed)
        plenary = {"name": text("Plenary"), "kind": "plenary", "scope": "all"}
        self.add("members", "BodyConstituted", f"body-{PLENARY}", plenary)
        self.add(
            "members",
            "IssueRaised",
            f"issue-{key('issue')}",
            {"name": text("Transport"), "summary": text("Buses and vans.")},
        )

    def join(self, name: str, **fields: Any) -> UUID:
        """Let an organisation join; it is found again by `key(name)`."""
        joined = {
            "name": text(name),
            "kind": "organization",
            "sector": "education",
            "constituencies": [],
            "commitment": "homework",
            "voting_right": True,
            "ground_rules": 0,
        }
        self.add(
            "members", "MemberJoined", f"membership-{key(name)}", joined | fields, by=key(name)
        )
        return key(name)

    def propose(self, name: str, by: UUID, **fields: Any) -> UUID:
        """Draft and publish a proposal; it is found again by `key(name)`."""
        drafted: dict[str, Any] = {
            "body": str(PLENARY),
            "issue": str(key("issue")),
            "affected": [],
            "title": text(name),
            "text": text(f"We agree to: {name}."),
        }
        self.on(name, "ProposalDrafted", by, **drafted | fields)
        self.on(name, "ProposalPublished", by, text="vGWMZB73Fzn7mZW97VmyEVC7_0Nn9uTkx5NLSJudLAA")
        return key(name)

    def on(
        self,
        name: str,
        kind: str,
        by: UUID | None = None,
        envelope: Mapping[str, Any] | None = None,
        **data: Any,
    ) -> Recorded:
        """Record an event of the proposal of this name."""
        stream = f"proposal-{key(name)}"
        return self.add("meetings", kind, stream, data, by=by, **(envelope or {}))

    def open(
        self,
        name: str,
        chair: UUID,
        orgs: Sequence[UUID],
        terms: Mapping[str, Any] | None = None,
        **fields: Any,
    ) -> Recorded:
        """Open voting for these organisations, each a class of its own."""
        closes_at = NOON + timedelta(days=7)
        opened: dict[str, Any] = {
            "round": 1,
            "rule": str(key("rule")),
            "rule_version": 3,
            "terms": terms or MAJORITY,
            "text": "vGWMZB73Fzn7mZW97VmyEVC7_0Nn9uTkx5NLSJudLAA",
            "electorate": [
                {"class": [str(org)], "constituencies": [], "weight": 1} for org in sorted(orgs)
            ],
            "members_position": self.reached["members"],
            "closes_at": closes_at.isoformat(),
            "gate": "passed",
        }
        return self.on(name, "VotingOpened", chair, **opened | fields)

    def take(
        self, name: str, org: UUID, option: str, reason: str | None = None, **envelope: Any
    ) -> Recorded:
        said = {"reason": text(reason)} if reason else {}
        return self.on(
            name, "StanceTaken", org, envelope, option=option, members_position=1, **said
        )

    def decide(
        self,
        name: str,
        chair: UUID,
        outcome: str,
        entitled: int,
        counts: Mapping[str, int],
        closing: Mapping[str, Any] | None = None,
        **fields: Any,
    ) -> Recorded:
        """Close voting and decide, with what the deciding service counted."""
        full = {
            option: counts.get(option, 0) for option in ("agree", "disagree", "abstain", "object")
        }
        self.on(name, "VotingClosed", chair, reason="chair", counts=full, **(closing or {}))
        made: dict[str, Any] = {
            "decision": str(key(f"decision of {name}")),
            "outcome": outcome,
            "counts": full,
            "voters": sum(full.values()),
            "entitled": entitled,
            "rule": str(key("rule")),
            "rule_version": 3,
            "electorate": "wy__PvP9SqJOkBuoBwzH6XO2vWGe67ZP2Pt6HKHcXAY",
            "text": "vGWMZB73Fzn7mZW97VmyEVC7_0Nn9uTkx5NLSJudLAA",
            "issue": str(key("issue")),
            "objections": {},
            "dissent": [],
            "stood_aside": [],
            "members_position": 1,
            "accountable": [str(chair)],
        }
        return self.on(name, "DecisionMade", chair, **made | fields)

    def since(self, start: int) -> Iterator[Recorded]:
        yield from self.seen[start:]


MAJORITY: Mapping[str, Any] = {
    "method": "majority",
    "quorum": {"at_least": [1, 2], "per_constituency": [], "chair_counts": True},
    "thresholds": [{"option": "agree", "test": "more_than", "ratio": [1, 2], "base": "yes_no"}],
    "objections": {"who": "any_entitled", "must_be_addressed": False, "caller_may_outweigh": False},
    "silence": "not_counted",
}
