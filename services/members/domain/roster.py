"""Who is at the table, for whom, with what mandate: the coalition at a glance.

Folded from all streams of a coalition. It answers what a rule of one stream must know of others.
"""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import get_args
from uuid import UUID

from immutables import Map

from services.members.domain.accreditation import (
    AccreditationEnded,
    Entrusting,
    Extent,
    GrantProxy,
    Proxy,
    ProxyGranted,
    ProxyRevoked,
    RepresentativeAccredited,
    RepresentativeReplaced,
)
from services.members.domain.body import (
    PRESIDING,
    BodyConstituted,
    BodyDissolved,
    Kind,
    RoleReleased,
    RoleTaken,
)
from services.members.domain.coalition import Amendment, amended
from services.members.domain.ids import AccId, BodyId, ConstituencyId, OrgId, PersonId, ProxyId
from services.members.domain.membership import (
    Commitment,
    CommitmentLevelSet,
    MemberJoined,
    MemberLeft,
    MemberReinstated,
    MemberSuspended,
)
from services.members.domain.mentorship import MentorshipStarted
from services.members.domain.person import PersonErased, PersonRegistered
from services.members.domain.standing import Charter, Standing
from shared.event import Event

TYPES: tuple[type[Event], ...] = (
    *get_args(Amendment),
    PersonRegistered,
    PersonErased,
    MemberJoined,
    MemberSuspended,
    MemberReinstated,
    MemberLeft,
    CommitmentLevelSet,
    RepresentativeAccredited,
    RepresentativeReplaced,
    AccreditationEnded,
    ProxyGranted,
    ProxyRevoked,
    BodyConstituted,
    BodyDissolved,
    RoleTaken,
    RoleReleased,
    MentorshipStarted,
)


@dataclass(frozen=True)
class Member:
    one_person: bool
    suspended: bool = False
    constituencies: frozenset[ConstituencyId] = frozenset()
    commitment: Commitment = "homework"


@dataclass(frozen=True)
class Held:
    """An accreditation that was not ended; `person` is absent where it was erased."""

    org: OrgId
    body: BodyId
    person: PersonId | None
    authority: Extent
    voting: bool
    begins: date
    until: date | None

    def in_force(self, day: date) -> bool:
        """Whether it is in force on that day."""
        return self.begins <= day and (self.until is None or day <= self.until)

    def speaks(self, day: date) -> bool:
        """Whether it lets somebody act for the organisation on that day."""
        return self.authority != "observer" and self.in_force(day)


@dataclass(frozen=True)
class Roster:
    charter: Charter = field(default_factory=Charter)
    persons: Map[PersonId, None] = field(default_factory=Map)
    erased: Map[PersonId, None] = field(default_factory=Map)
    members: Map[OrgId, Member] = field(default_factory=Map)
    held: Map[AccId, Held] = field(default_factory=Map)
    bodies: Map[BodyId, Kind] = field(default_factory=Map)
    roles: Map[tuple[BodyId, str, AccId], date | None] = field(default_factory=Map)
    proxies: Map[tuple[OrgId, ProxyId], Proxy] = field(default_factory=Map)
    mentorships: Map[UUID, frozenset[PersonId]] = field(default_factory=Map)

    def only(self, kind: Kind) -> BodyId | None:
        """Return the one body of that kind: the plenary, the steering body."""
        return next((body for body, of in self.bodies.items() if of == kind), None)

    def charter_body(self) -> BodyId | None:
        """Return the body whose chair presides over the charter."""
        return self.only("steering") or self.only("plenary")

    def roles_of(self, acc: AccId, day: date) -> frozenset[str]:
        """Return the roles that an accreditation has in its body on that day."""
        body = self.held[acc].body
        return frozenset(
            role
            for (where, role, holder), until in self.roles.items()
            if (where, holder) == (body, acc) and (until is None or day <= until)
        )

    def may_act(self, org: OrgId) -> bool:
        """Whether anybody may act for it: it is a member, and not suspended."""
        member = self.members.get(org)
        return member is not None and not member.suspended

    def standing(
        self,
        org: OrgId | None,
        body: BodyId | None,
        *,
        by: UUID | None,
        actor: UUID | None,
        day: date,
    ) -> Standing:
        """Return who asks, as seen from the organisation and the body concerned."""
        theirs = {
            acc: held
            for acc, held in self.held.items()
            if held.org == by and held.person == actor and actor is not None and held.speaks(day)
        }
        chairs = any(
            held.body in (body, self.charter_body()) and self.roles_of(acc, day) & PRESIDING
            for acc, held in theirs.items()
        )
        may = by is not None and self.may_act(OrgId(by))
        presides = may and (chairs or (self.charter.mode == "informal" and bool(theirs)))
        own = org is not None and org == by
        return Standing(own=own, presides=presides, person=self.one_person(org))

    def entrusting(self, giver: OrgId, grant: GrantProxy) -> Entrusting:
        """Return what stands for or against a proxy from `giver` (M8)."""
        then = [
            (by, proxy.to)
            for (by, _), proxy in self.proxies.items()
            if proxy.covers(grant.body, grant.from_, grant.until)
        ]
        return Entrusting(
            member=grant.to in self.members,
            body=grant.body in self.bodies,
            itself=grant.to == giver,
            entrusted=any(to == giver for _, to in then),
            absent=any(by == grant.to for by, _ in then),
        )

    def one_person(self, org: OrgId | None) -> PersonId | None:
        """Return the person that a one-person member is; by its own id where nobody is named."""
        member = None if org is None else self.members.get(org)
        if org is None or member is None or not member.one_person:
            return None
        known = (held.person for held in self.held.values() if held.org == org and held.person)
        return next(known, PersonId(org))


def evolve(roster: Roster, key: str, event: Event) -> Roster:
    """Return the roster after `event` on the stream of `key`."""
    match event:
        case _ if isinstance(event, Amendment):
            return replace(roster, charter=amended(roster.charter, event))
        case PersonRegistered():
            return replace(roster, persons=roster.persons.set(PersonId(UUID(key)), None))
        case PersonErased():
            return _without(roster, PersonId(UUID(key)))
        case (
            MemberJoined()
            | MemberSuspended()
            | MemberReinstated()
            | MemberLeft()
            | CommitmentLevelSet()
        ):
            return replace(roster, members=_seat(roster, OrgId(UUID(key)), event))
        case RepresentativeReplaced():
            left = roster.held.delete(event.ended)
            return replace(roster, held=left.set(event.accreditation, _held(key, event)))
        case RepresentativeAccredited():
            return replace(roster, held=roster.held.set(event.accreditation, _held(key, event)))
        case AccreditationEnded():
            return replace(roster, held=roster.held.delete(event.accreditation))
        case ProxyGranted():
            proxy = Proxy(event.to, event.body, event.from_, event.until)
            given = OrgId(UUID(key)), event.proxy
            return replace(roster, proxies=roster.proxies.set(given, proxy))
        case ProxyRevoked():
            given = OrgId(UUID(key)), event.proxy
            return replace(roster, proxies=roster.proxies.delete(given))
        case MentorshipStarted():
            pairs = roster.mentorships.set(UUID(key), _taking_part(event))
            return replace(roster, mentorships=pairs)
        case _:
            return _arrange(roster, BodyId(UUID(key)), event)


def _without(roster: Roster, person: PersonId) -> Roster:
    """Return the roster as it is read when nothing says any more who this person was (M18)."""
    held, mentorships = roster.held, roster.mentorships
    for acc, one in held.items():
        if one.person == person:
            held = held.set(acc, replace(one, person=None))
    for key, named in mentorships.items():
        if person in named:
            mentorships = mentorships.set(key, named - {person})
    persons = roster.persons.delete(person) if person in roster.persons else roster.persons
    return replace(
        roster,
        persons=persons,
        erased=roster.erased.set(person, None),
        held=held,
        mentorships=mentorships,
    )


def _arrange(roster: Roster, body: BodyId, event: Event) -> Roster:
    match event:
        case BodyConstituted():
            return replace(roster, bodies=roster.bodies.set(body, event.kind))
        case BodyDissolved():
            return replace(roster, bodies=roster.bodies.delete(body))
        case RoleTaken():
            held = body, event.role, event.accreditation
            return replace(roster, roles=roster.roles.set(held, event.until))
        case RoleReleased():
            held = body, event.role, event.accreditation
            return replace(roster, roles=roster.roles.delete(held))
        case _:
            return roster


def _seat(
    roster: Roster,
    org: OrgId,
    event: MemberJoined | MemberSuspended | MemberReinstated | MemberLeft | CommitmentLevelSet,
) -> Map[OrgId, Member]:
    match event:
        case MemberJoined():
            joined = Member(
                event.kind == "person",
                constituencies=frozenset(event.constituencies),
                commitment=event.commitment,
            )
            return roster.members.set(org, joined)
        case CommitmentLevelSet():
            return roster.members.set(org, replace(roster.members[org], commitment=event.level))
        case MemberSuspended():
            return roster.members.set(org, replace(roster.members[org], suspended=True))
        case MemberReinstated():
            return roster.members.set(org, replace(roster.members[org], suspended=False))
        case MemberLeft():
            return roster.members.delete(org)


def _taking_part(event: MentorshipStarted) -> frozenset[PersonId]:
    """Return the mentor and the mentees, without whom was erased."""
    named = event.mentor.value, *(mentee.person.value for mentee in event.mentees)
    return frozenset(person for person in named if person is not None)


def _held(key: str, event: RepresentativeAccredited) -> Held:
    return Held(
        org=OrgId(UUID(key)),
        body=event.body,
        person=event.person.value,
        authority=event.authority_,
        voting=event.voting,
        begins=event.from_,
        until=event.until,
    )
