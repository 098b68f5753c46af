"""The roll: who is at the table and may act, as heard from members, held hot."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property, lru_cache
from typing import Any
from uuid import UUID

import orjson

from services.meetings.domain.electorate import vote_classes
from services.meetings.domain.ids import BodyId, ConstituencyId, IssueId, OrgId, ProxyId
from services.meetings.domain.next_step import Commitment
from services.meetings.domain.tally import VoteClass
from shared.erasure import listed
from shared.event import Visibility
from shared.hot import Connection, Reading, Snapshot
from shared.identity import Mandate, Mandates

MIN_GROUP = 5  # where no boundary agreement says from how many answers on a figure is shown


@dataclass(frozen=True)
class Member:
    """An organisation that joined and has not left."""

    suspended: bool
    commitment: Commitment
    voting_right: bool
    constituencies: tuple[ConstituencyId, ...]
    related: tuple[OrgId, ...]
    joined: int = 0

    @property
    def active(self) -> bool:
        return not self.suspended and self.commitment != "observer"


@dataclass(frozen=True)
class Voice:
    """An organisation that speaks for a constituency; `ends`: its last day."""

    org: OrgId
    constituency: ConstituencyId
    begins: date
    ends: date | None = None

    def speaks(self, on: date) -> bool:
        """Whether it does on a day."""
        return self.begins <= on and (self.ends is None or on <= self.ends)


@dataclass(frozen=True)
class Proxy:
    """That an organisation, `holder`, votes for another in a body; `ends`: the last day."""

    giver: OrgId
    holder: OrgId
    body: BodyId
    begins: date
    ends: date

    def covers(self, holder: UUID | None, body: BodyId, on: date) -> bool:
        """Whether it lets an organisation vote in a body on a day."""
        return (self.holder, self.body) == (holder, body) and self.begins <= on <= self.ends


@dataclass(frozen=True)
class Body:
    """A body; no `scope` means every issue."""

    kind: str
    scope: frozenset[IssueId] | None
    seated: frozenset[OrgId]


@dataclass(frozen=True)
class Issue:
    scoped_out: bool
    parked: bool
    lead: OrgId | None = None


@dataclass(frozen=True, eq=False)
class Roll:
    """All that rules ask of members.

    Args:
        structure: The bodies that decide; `None` where nothing was published.
        informed: Those members that are only informed in some phase.
        agreed: The class of each kind that the boundary agreement names.
        alliance: Whether the coalition was formed as one.
        min_group: From how many answers on it lets a figure be shown.
        proxies: Who votes for whom, by the proxy's id.
        voices: Who speaks for a constituency beside those that named it when they joined.
    """

    informal: bool
    members: Mapping[OrgId, Member]
    bodies: Mapping[BodyId, Body]
    issues: Mapping[IssueId, Issue]
    mandates: Mapping[UUID, Mandate]
    roles: tuple[tuple[UUID, str, date | None], ...]
    structure: frozenset[BodyId] | None = None
    informed: frozenset[OrgId] = frozenset()
    erased: frozenset[UUID] = frozenset()
    agreed: Mapping[str, Visibility] = field(default_factory=dict)
    alliance: bool = False
    min_group: int = MIN_GROUP
    proxies: Mapping[ProxyId, Proxy] = field(default_factory=dict)
    voices: tuple[Voice, ...] = ()
    constituencies: frozenset[ConstituencyId] = frozenset()
    _classes: dict[tuple[BodyId, date | None], tuple[VoteClass, ...]] = field(default_factory=dict)

    @cached_property
    def plenary(self) -> BodyId | None:
        """The body in which every active member sits."""
        return self._of_kind("plenary")

    @cached_property
    def steering(self) -> BodyId | None:
        """The body that holds the charter, where there is one."""
        return self._of_kind("steering")

    @cached_property
    def newest(self) -> OrgId | None:
        """The active member that joined last."""
        active = (org for org, member in self.members.items() if member.active)
        return max(active, key=lambda org: (self.members[org].joined, org), default=None)

    @cached_property
    def joined(self) -> frozenset[OrgId]:
        """The organisations that joined and have not left."""
        return frozenset(self.members)

    def decides(self, body: BodyId) -> bool:
        """Whether a body may decide at all (M9): in formal mode, those of the structure."""
        return self.informal or self.structure is None or body in self.structure

    def _of_kind(self, kind: str) -> BodyId | None:
        return next((body for body, each in self.bodies.items() if each.kind == kind), None)

    def sitting(self, body: BodyId, on: date) -> frozenset[OrgId]:
        """Return the active members that sit in a body, by a seat or a voting accreditation."""
        active = {org for org, member in self.members.items() if member.active}
        if body == self.plenary:
            return frozenset(active)
        seated = self.bodies[body].seated if body in self.bodies else frozenset()
        spoken_for = {
            OrgId(each.by)
            for each in self.mandates.values()
            if each.body == body and each.voting and each.speaks(on)
        }
        return frozenset(active & (seated | spoken_for))

    def classes(self, body: BodyId, on: date) -> tuple[VoteClass, ...]:
        """Return the vote classes of a body; those of the plenary depend on no seat's day."""
        key = body, None if body == self.plenary and not self.voices else on
        if key not in self._classes:
            electors = {o for o in self.sitting(body, on) if self.members[o].voting_right}
            related = {org: member.related for org, member in self.members.items()}
            constituencies = {org: {*self.members[org].constituencies} for org in electors}
            for voice in self.voices:
                if voice.org in electors and voice.speaks(on):
                    constituencies[voice.org].add(voice.constituency)
            self._classes[key] = vote_classes(electors, related, constituencies)
        return self._classes[key]


async def _load(db: Connection, coalition: UUID) -> Roll:
    async def rows(statement: str) -> list[Any]:
        found: list[Any] = await db.fetch(statement, coalition)
        return found

    seats = await rows("select body, org from heard.seat where coalition_id = $1")
    informed = await rows(
        "select distinct org from heard.involvement join heard.organisation"
        " using (coalition_id, org) where coalition_id = $1 and level = 'inform'"
        " and standing <> 'left'"
    )
    known = await rows(
        "select informal, structure, classes, template, min_group from heard.coalition"
        " where coalition_id = $1"
    )
    return Roll(
        informal=all(row["informal"] for row in known),
        structure=next(
            (frozenset(row["structure"]) for row in known if row["structure"] is not None), None
        ),
        informed=frozenset(row["org"] for row in informed),
        alliance=any(row["template"] == "alliance" for row in known),
        agreed=next((orjson.loads(row["classes"]) for row in known if row["classes"]), {}),
        min_group=next((row["min_group"] for row in known if row["min_group"]), MIN_GROUP),
        members=_members(
            await rows(
                "select * from heard.organisation where coalition_id = $1 and standing <> 'left'"
            )
        ),
        bodies={
            row["body"]: Body(
                row["kind"],
                None if row["scope"] is None else frozenset(row["scope"]),
                frozenset(org for body, org in seats if body == row["body"]),
            )
            for row in await rows("select * from heard.body where coalition_id = $1")
        },
        issues={
            row["issue"]: Issue(
                row["scoped_out"],
                bool(row["parties"]) and {*row["parties"]} <= {*row["agreed"]},
                row["lead"],
            )
            for row in await rows("select * from heard.issue where coalition_id = $1")
        },
        mandates=_mandates(
            await rows(
                "select a.*, o.one_person from heard.accreditation a"
                " join heard.organisation o using (coalition_id, org)"
                " where coalition_id = $1 and o.standing = 'joined'"
            )
        ),
        roles=tuple(
            map(
                tuple,
                await rows(
                    "select accreditation, role, until from heard.role"
                    " join heard.accreditation using (coalition_id, accreditation, body)"
                    " where coalition_id = $1"
                ),
            )
        ),
        proxies={
            row["proxy"]: Proxy(row["org"], row["holder"], row["body"], row["begins"], row["ends"])
            for row in await rows("select * from heard.proxy where coalition_id = $1")
        },
        voices=tuple(
            Voice(row["org"], row["constituency"], row["since"], row["until"])
            for row in await rows("select * from heard.represented where coalition_id = $1")
        ),
        constituencies=frozenset(
            row["constituency"]
            for row in await rows("select * from heard.constituency where coalition_id = $1")
        ),
        erased=await listed(db, coalition),
    )


def _members(rows: Iterable[Any]) -> dict[OrgId, Member]:
    return {
        row["org"]: Member(
            suspended=row["standing"] == "suspended",
            commitment=row["commitment"],
            voting_right=row["voting_right"],
            constituencies=tuple(row["constituencies"]),
            related=tuple(row["related"]),
            joined=row["joined"] or 0,
        )
        for row in rows
    }


def _mandates(rows: Iterable[Any]) -> dict[UUID, Mandate]:
    return {
        row["accreditation"]: Mandate(
            accreditation=row["accreditation"],
            person=row["person"],
            by=row["org"],
            body=row["body"],
            authority=row["authority"],
            voting=row["voting"],
            begins=row["begins"],
            ends=row["ends"],
            alone=row["one_person"],
        )
        for row in rows
    }


ROLL: Snapshot[Roll] = Snapshot("roll", _load)


async def erased(read: Reading) -> frozenset[UUID]:
    """Return who was erased."""
    return (await read.snapshot(ROLL)).erased


async def mandates(read: Reading) -> Mandates:
    """Return who may act, with the roles that have not run out."""
    roll = await read.snapshot(ROLL)
    return _on(roll, read.context.at.date())


@lru_cache(maxsize=64)
def _on(roll: Roll, day: date) -> Mandates:
    roles: dict[UUID, frozenset[str]] = {}
    for accreditation, role, until in roll.roles:
        if until is None or day <= until:
            roles[accreditation] = roles.get(accreditation, frozenset()) | {role}
    held = {
        key: replace(mandate, roles=roles.get(key, frozenset()))
        for key, mandate in roll.mandates.items()
    }
    return Mandates(held, roll.informal, roll.plenary, roll.steering)
