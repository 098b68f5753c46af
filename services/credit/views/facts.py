"""What the rules need beside their own stream, each read under the lock of the decision."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

from immutables import Map

from services.credit.domain import contribution, credit, metric, story, win
from services.credit.domain.contribution import Contribution
from services.credit.domain.credit import Cited, Office
from services.credit.domain.ids import (
    ConsentId,
    DecisionId,
    ObjectiveId,
    OrgId,
    PersonId,
    TargetId,
)
from services.credit.domain.roll import Roll
from services.credit.domain.win import Declared, Participants, References
from shared.erasure import listed
from shared.event import Event, Ref
from shared.hot import Connection, Fold, Reading, Snapshot
from shared.identity import Mandate, Mandates


@dataclass(frozen=True, eq=False)
class Membership:
    """Who is at the table, as heard from members."""

    roll: Roll
    mandates: Mandates
    roles: tuple[tuple[UUID, str, date | None], ...]
    erased: frozenset[UUID] = frozenset()


@dataclass(frozen=True)
class Matters:
    """What was decided and done, as heard from meetings."""

    references: References
    decided: Mapping[DecisionId, Ref]
    owners: Mapping[DecisionId, frozenset[OrgId]]


async def _membership(db: Connection, coalition: UUID) -> Membership:
    orgs = await db.fetch(
        "select o.organisation, a.person from heard.organisation o"
        " left join heard.accreditation a"
        " on o.one_person and (a.coalition_id, a.organisation) = (o.coalition_id, o.organisation)"
        " where o.coalition_id = $1",
        coalition,
    )
    persons = {OrgId(org): PersonId(person) for org, person in orgs if person is not None}
    held = await db.fetch(
        "select a.* from heard.accreditation a"
        " join heard.organisation o using (coalition_id, organisation)"
        " where a.coalition_id = $1 and o.standing = 'active'",
        coalition,
    )
    roles = await db.fetch(
        "select accreditation, role, until from heard.role"
        " join heard.accreditation using (coalition_id, accreditation, body)"
        " where coalition_id = $1",
        coalition,
    )
    bodies = await db.fetch("select kind, body from heard.body where coalition_id = $1", coalition)
    informal = await db.fetchval(
        "select informal from heard.mode where coalition_id = $1", coalition
    )
    by_kind = dict(map(tuple, bodies))
    mandates = {
        row["accreditation"]: Mandate(
            accreditation=row["accreditation"],
            person=row["person"],
            by=row["organisation"],
            body=row["body"],
            authority=row["authority"],
            voting=row["voting"],
            begins=row["begins"],
            ends=row["ends"],
        )
        for row in held
    }
    return Membership(
        Roll(frozenset(OrgId(org) for org, _ in orgs), persons),
        Mandates(mandates, informal is not False, by_kind.get("plenary"), by_kind.get("steering")),
        tuple(map(tuple, roles)),
        await listed(db, coalition),
    )


async def _matters(db: Connection, coalition: UUID) -> Matters:
    rows = await db.fetch(
        "select kind, id, position from heard.reference where coalition_id = $1", coalition
    )
    done = await db.fetch(
        "select decision, owner from heard.step"
        " where coalition_id = $1 and done and decision is not null and owner is not null",
        coalition,
    )
    owners: dict[DecisionId, frozenset[OrgId]] = {}
    for decision, owner in done:
        owners[decision] = owners.get(decision, frozenset()) | {owner}
    found: dict[str, dict[UUID, int]] = {"decision": {}, "objective": {}, "target": {}}
    for kind, key, position in rows:
        found[kind][key] = position
    return Matters(
        References(
            frozenset(map(DecisionId, found["decision"])),
            frozenset(map(ObjectiveId, found["objective"])),
            frozenset(map(TargetId, found["target"])),
        ),
        {DecisionId(key): f"meetings/{position}" for key, position in found["decision"].items()},
        owners,
    )


MEMBERSHIP = Snapshot("membership", _membership)
MATTERS = Snapshot("matters", _matters)


def _told(known: Map[str, Contribution], key: str, event: Event) -> Map[str, Contribution]:
    assert isinstance(event, contribution.ContributionEvent)
    return known.set(key, contribution.evolve(known.get(key), event))


CONTRIBUTIONS: Fold[Map[str, Contribution]] = Fold(
    "contributions", tuple(contribution.decider.types.values()), Map(), _told
)


async def mandates(read: Reading) -> Mandates:
    """Return who may act, with the roles that have not run out."""
    membership = await read.snapshot(MEMBERSHIP)
    return _on(membership, read.context.at.date())


async def erased(read: Reading) -> frozenset[UUID]:
    """Return who was erased."""
    return (await read.snapshot(MEMBERSHIP)).erased


@lru_cache(maxsize=64)
def _on(membership: Membership, day: date) -> Mandates:
    roles: dict[UUID, frozenset[str]] = {}
    for accreditation, role, until in membership.roles:
        if until is None or day <= until:
            roles[accreditation] = roles.get(accreditation, frozenset()) | {role}
    held = {
        key: replace(mandate, roles=roles.get(key, frozenset()))
        for key, mandate in membership.mandates.held.items()
    }
    return replace(membership.mandates, held=held)


async def roll(read: Reading, _state: Any, _command: Any) -> Roll:
    """Return the organisations that ever joined."""
    return (await read.snapshot(MEMBERSHIP)).roll


async def references(read: Reading, _state: Any, _command: Any) -> References:
    """Return the decisions, objectives and targets that are known."""
    return (await read.snapshot(MATTERS)).references


async def cited(read: Reading, _state: Any, command: credit.AssignCredit) -> Cited:
    """Return the contributions that a credit names, as they stand."""
    keys = command.contributions
    return Cited({key: await read.stream(contribution.decider, key) for key in keys})


@dataclass(frozen=True)
class Consent:
    """What a person agreed to; `until`: the last day, if there is one."""

    person: PersonId
    purpose: str
    until: date | None

    def holds(self, purpose: str, day: date) -> bool:
        """Whether it lets something be done on a day."""
        return self.purpose == purpose and (self.until is None or day <= self.until)


Consents = Mapping[ConsentId, Consent]


async def _consents(db: Connection, coalition: UUID) -> Consents:
    rows = await db.fetch(
        "select * from heard.consent where coalition_id = $1 and not withdrawn", coalition
    )
    return {row["consent"]: Consent(row["person"], row["purpose"], row["until"]) for row in rows}


CONSENTS: Snapshot[Consents] = Snapshot("consents", _consents)


async def consenting(read: Reading, _state: Any, command: story.RecordStory) -> story.Consenting:
    """Return who consents to have their story told today, and which metrics there are."""
    given = (await read.snapshot(CONSENTS)).get(command.consent)
    holds = given is not None and given.holds(story.PURPOSE, read.context.at.date())
    streams = {key: await read.stream(metric.decider, key) for key in command.metrics}
    return story.Consenting(
        given.person if given and holds else None,
        frozenset(key for key, state in streams.items() if state is not None),
    )


async def corrected(read: Reading, _state: Any, command: metric.RecordMetric) -> metric.Corrected:
    """Return whether what is corrected is a record of this metric that counts still."""
    if command.corrects is None:
        return metric.Corrected(counts=False)
    service, _, position = command.corrects.partition("/")
    seen = await read.recorded(int(position)) if service == "credit" else None
    own = seen is not None and seen.type == metric.ImpactMetricRecorded.__name__
    if seen is None or not own or seen.key != str(read.key):
        return metric.Corrected(counts=False)
    later = await read.events(metric.decider, read.key, metric.ImpactMetricRecorded)
    named = {one.corrects for one in later if isinstance(one, metric.ImpactMetricRecorded)}
    return metric.Corrected(counts=command.corrects not in named)


async def office(read: Reading, _state: Any, _command: Any) -> Office:
    """Return whether the caller speaks as chair, or secretary, of the charter's body."""
    known = await mandates(read)
    mandate = known.held.get(read.context.accreditation or UUID(int=0))
    return Office(chair=mandate is not None and known.chairs(mandate, None))


async def participants(read: Reading, state: Declared | None, _command: Any) -> Participants:
    """Return who took part in the win that the command is for (K3)."""
    assert isinstance(read.key, UUID)
    return await took_part(read, state, read.key)


async def took_part(read: Reading, state: Declared | None, key: UUID) -> Participants:
    """Return who took part in a win.

    By a confirmed contribution about the win or one of its decisions, or by a completed next
    step that carries one of them out.
    """
    matters, known = await read.snapshot(MATTERS), await read.fold(CONTRIBUTIONS)
    decisions = state.decisions if state else ()
    refs = {matters.decided[one] for one in decisions if one in matters.decided}
    position = await read.db.fetchval(
        "select position from journal.event"
        " where coalition_id = $1 and stream = $2 and version = 1",
        *(read.coalition, win.decider.stream(key)),
    )
    refs.add(f"credit/{position}")
    orgs = {one.of for one in known.values() if one and one.confirmed and refs & {*one.about}}
    for decision in decisions:
        orgs |= matters.owners.get(decision, frozenset())
    return Participants(frozenset(orgs))
