"""What credit hears: who may act and who one person is, what was decided, and whose doing it was."""

from datetime import date
from uuid import UUID

from shared.event import Heard, Recorded
from shared.hot import Connection
from shared.inbox import Hears, Subscription

# From members: the roll, and who may act.


class MemberJoined(Heard):
    kind: str


class Nothing(Heard):
    """An event whose having happened is all that matters."""


class RepresentativeAccredited(Heard):
    accreditation: UUID
    body: UUID
    person: UUID | None = None
    authority: str
    voting: bool
    from_: date
    until: date | None = None


class RepresentativeReplaced(RepresentativeAccredited):
    ended: UUID


class AccreditationEnded(Heard):
    accreditation: UUID


class BodyConstituted(Heard):
    kind: str


class RoleTaken(Heard):
    role: str
    accreditation: UUID
    until: date | None = None


class RoleReleased(Heard):
    role: str
    accreditation: UUID


class OperatingModeSet(Heard):
    mode: str


async def join(db: Connection, seen: Recorded, joined: MemberJoined) -> None:
    """Know the organisation; it stays known after it left."""
    await db.execute(
        "insert into heard.organisation values ($1, $2, $3, 'active')"
        " on conflict (coalition_id, organisation)"
        " do update set one_person = excluded.one_person, standing = excluded.standing",
        seen.coalition,
        UUID(seen.key),
        joined.kind == "person",
    )


async def suspend(db: Connection, seen: Recorded, _: Nothing) -> None:
    """Let nobody act for the organisation until it is reinstated."""
    await _stand(db, seen, "suspended")


async def reinstate(db: Connection, seen: Recorded, _: Nothing) -> None:
    """Let its representatives act again."""
    await _stand(db, seen, "active")


async def leave(db: Connection, seen: Recorded, _: Nothing) -> None:
    """Let nobody act for the organisation; it is still thanked for what it did."""
    await _stand(db, seen, "left")


async def _stand(db: Connection, seen: Recorded, standing: str) -> None:
    await db.execute(
        "update heard.organisation set standing = $3 where coalition_id = $1 and organisation = $2",
        seen.coalition,
        UUID(seen.key),
        standing,
    )


async def accredit(db: Connection, seen: Recorded, new: RepresentativeAccredited) -> None:
    """Let a person act for the organisation."""
    await db.execute(
        "insert into heard.accreditation values ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
        " on conflict do nothing",
        seen.coalition,
        new.accreditation,
        UUID(seen.key),
        new.body,
        new.person,
        new.authority,
        new.voting,
        new.from_,
        new.until,
    )


async def replace(db: Connection, seen: Recorded, new: RepresentativeReplaced) -> None:
    """Let one person act in the place of another."""
    await _end(db, seen, new.ended)
    await accredit(db, seen, new)


async def end(db: Connection, seen: Recorded, ended: AccreditationEnded) -> None:
    """Let a person no longer act."""
    await _end(db, seen, ended.accreditation)


async def _end(db: Connection, seen: Recorded, accreditation: UUID) -> None:
    await db.execute(
        "delete from heard.accreditation where coalition_id = $1 and accreditation = $2",
        seen.coalition,
        accreditation,
    )


async def constitute(db: Connection, seen: Recorded, body: BodyConstituted) -> None:
    """Know the body; a chair is one of a body."""
    await db.execute(
        "insert into heard.body values ($1, $2, $3) on conflict do nothing",
        seen.coalition,
        UUID(seen.key),
        body.kind,
    )


async def dissolve(db: Connection, seen: Recorded, _: Nothing) -> None:
    """Forget the body."""
    await db.execute(
        "delete from heard.body where coalition_id = $1 and body = $2",
        seen.coalition,
        UUID(seen.key),
    )


async def take_role(db: Connection, seen: Recorded, taken: RoleTaken) -> None:
    """Know who holds an office."""
    await db.execute(
        "insert into heard.role values ($1, $2, $3, $4, $5)"
        " on conflict (coalition_id, body, role, accreditation)"
        " do update set until = excluded.until",
        seen.coalition,
        UUID(seen.key),
        taken.role,
        taken.accreditation,
        taken.until,
    )


async def release_role(db: Connection, seen: Recorded, released: RoleReleased) -> None:
    """Know that an office was given up."""
    await db.execute(
        "delete from heard.role"
        " where coalition_id = $1 and body = $2 and role = $3 and accreditation = $4",
        seen.coalition,
        UUID(seen.key),
        released.role,
        released.accreditation,
    )


async def set_mode(db: Connection, seen: Recorded, mode: OperatingModeSet) -> None:
    """Know whether every representative may do what a chair does."""
    await db.execute(
        "insert into heard.mode values ($1, $2)"
        " on conflict (coalition_id) do update set informal = excluded.informal",
        seen.coalition,
        mode.mode == "informal",
    )


async def erase(db: Connection, seen: Recorded, _: Nothing) -> None:
    """Forget which person it was (M18)."""
    await db.execute(
        "update heard.accreditation set person = null where coalition_id = $1 and person = $2",
        seen.coalition,
        UUID(seen.key),
    )


async def yield_lead(db: Connection, seen: Recorded, _: Nothing) -> None:
    """Suggest thanks to who stepped back."""
    await _suggest(db, seen, seen.by, "stepped_back")


# From meetings: what a win refers to, and whose doing it was.


class DecisionMade(Heard):
    decision: UUID


class ObjectiveSet(Heard):
    objective: UUID


class TargetStanceRecorded(Heard):
    target: UUID


class MeetingScheduled(Heard):
    host: UUID | None = None


class FacilitatorAppointed(Heard):
    org: UUID | None = None


class NextStepProposed(Heard):
    decision: UUID | None = None


class NextStepAssigned(Heard):
    owner: UUID


async def decide(db: Connection, seen: Recorded, made: DecisionMade) -> None:
    """Let wins refer to the decision."""
    await _refer(db, seen, "decision", made.decision)


async def aim(db: Connection, seen: Recorded, objective: ObjectiveSet) -> None:
    """Let wins refer to the objective."""
    await _refer(db, seen, "objective", objective.objective)


async def target(db: Connection, seen: Recorded, stance: TargetStanceRecorded) -> None:
    """Let a latecomer be welcomed as this target."""
    await _refer(db, seen, "target", stance.target)


async def _refer(db: Connection, seen: Recorded, kind: str, key: UUID) -> None:
    await db.execute(
        "insert into heard.reference values ($1, $2, $3, $4) on conflict do nothing",
        seen.coalition,
        kind,
        key,
        seen.position,
    )


async def host(db: Connection, seen: Recorded, scheduled: MeetingScheduled) -> None:
    """Suggest thanks to the host, once the meeting was held."""
    await _suggest(db, seen, scheduled.host, "hosting", UUID(seen.key))


async def facilitate(db: Connection, seen: Recorded, appointed: FacilitatorAppointed) -> None:
    """Suggest thanks to the last one appointed, once the meeting was held."""
    await db.execute(
        "delete from heard.suggestion"
        " where coalition_id = $1 and occasion = $2 and role = 'facilitation'",
        seen.coalition,
        UUID(seen.key),
    )
    await _suggest(db, seen, appointed.org, "facilitation", UUID(seen.key))


async def close(db: Connection, seen: Recorded, _: Nothing) -> None:
    """Let what the meeting suggests be seen."""
    await db.execute(
        "update heard.suggestion set ripe = true where coalition_id = $1 and occasion = $2",
        seen.coalition,
        UUID(seen.key),
    )


async def propose(db: Connection, seen: Recorded, proposed: NextStepProposed) -> None:
    """Know which decision the step carries out."""
    await db.execute(
        "insert into heard.step values ($1, $2, $3) on conflict do nothing",
        seen.coalition,
        UUID(seen.key),
        proposed.decision,
    )


async def volunteer(db: Connection, seen: Recorded, _: Nothing) -> None:
    """Know whose step it is."""
    await _own(db, seen, seen.by)


async def assign(db: Connection, seen: Recorded, assigned: NextStepAssigned) -> None:
    """Know whose step it is."""
    await _own(db, seen, assigned.owner)


async def _own(db: Connection, seen: Recorded, owner: UUID | None) -> None:
    await db.execute(
        "update heard.step set owner = $3 where coalition_id = $1 and step = $2",
        seen.coalition,
        UUID(seen.key),
        owner,
    )


async def complete(db: Connection, seen: Recorded, _: Nothing) -> None:
    """Count the owner among those who took part (K3), and suggest thanks."""
    owner = await db.fetchval(
        "update heard.step set done = true where coalition_id = $1 and step = $2 returning owner",
        seen.coalition,
        UUID(seen.key),
    )
    await _suggest(db, seen, owner, "implementation")


async def _suggest(
    db: Connection, seen: Recorded, org: UUID | None, role: str, occasion: UUID | None = None
) -> None:
    if org is not None:
        await db.execute(
            "insert into heard.suggestion values ($1, $2, $3, $4, $5, $6, $7)"
            " on conflict do nothing",
            seen.coalition,
            seen.service,
            seen.position,
            org,
            role,
            occasion,
            occasion is None,
        )


from_members = Subscription(
    "members",
    reader="credit-keeps-the-roll",
    hears=(
        Hears(MemberJoined, join),
        Hears(Nothing, suspend, type="MemberSuspended"),
        Hears(Nothing, reinstate, type="MemberReinstated"),
        Hears(Nothing, leave, type="MemberLeft"),
        Hears(RepresentativeAccredited, accredit),
        Hears(RepresentativeReplaced, replace),
        Hears(AccreditationEnded, end),
        Hears(BodyConstituted, constitute),
        Hears(Nothing, dissolve, type="BodyDissolved"),
        Hears(RoleTaken, take_role),
        Hears(RoleReleased, release_role),
        Hears(OperatingModeSet, set_mode),
        Hears(Nothing, erase, type="PersonErased"),
        Hears(Nothing, yield_lead, type="LeadYielded"),
    ),
    ignores=frozenset(
        {
            "BodyMandateChanged",
            "CoalitionFormed",
            "CommitmentLevelSet",
            "IssueRaised",
            "IssueScoped",
            "MembershipApplied",
            "MembershipDeclined",
            "PersonRegistered",
            "SeatFilled",
            "SeatReserved",
            "SeatVacated",
        }
    ),
)

from_meetings = Subscription(
    "meetings",
    reader="credit-knows-what-was-done",
    hears=(
        Hears(DecisionMade, decide),
        Hears(ObjectiveSet, aim),
        Hears(TargetStanceRecorded, target),
        Hears(MeetingScheduled, host),
        Hears(FacilitatorAppointed, facilitate),
        Hears(Nothing, close, type="MeetingClosed"),
        Hears(NextStepProposed, propose),
        Hears(Nothing, volunteer, type="NextStepVolunteered"),
        Hears(NextStepAssigned, assign),
        Hears(NextStepAssigned, assign, type="NextStepReassigned"),
        Hears(Nothing, complete, type="NextStepCompleted"),
    ),
    ignores=frozenset(
        {
            "AgendaItemProposed",
            "AgendaPublished",
            "AttendanceRecorded",
            "ConstituencyConsulted",
            "DecisionAcknowledged",
            "DecisionCommunicated",
            "DecisionDeferred",
            "DecisionReopened",
            "DecisionRuleAdopted",
            "DecisionRuleRetired",
            "DecisionSuperseded",
            "DepartureRecorded",
            "ElectorateExtended",
            "FormalObjectionRegistered",
            "FormalObjectionResolved",
            "InvitationAnswered",
            "InvitationSent",
            "MeetingCancelled",
            "MeetingOpened",
            "MeetingRescheduled",
            "MeetingSeriesEstablished",
            "MinutesApproved",
            "MinutesCorrected",
            "MinutesDrafted",
            "NextStepAccepted",
            "NextStepBlocked",
            "NextStepDeclined",
            "NextStepDropped",
            "NextStepDueDateMoved",
            "NextStepStarted",
            "ObjectionAccommodated",
            "ObjectionOutweighed",
            "ObjectionRaised",
            "ObjectionRetracted",
            "ObjectionSetAside",
            "ProposalAmended",
            "ProposalDrafted",
            "ProposalPublished",
            "ProposalWithdrawn",
            "QuorumEstablished",
            "QuorumLost",
            "QuorumNotMet",
            "StanceChanged",
            "StanceTaken",
            "StanceWithdrawn",
            "VotingClosed",
            "VotingOpened",
        }
    ),
)
