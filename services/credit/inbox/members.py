"""Heard from members: who is here, who may act for them, and who holds which office."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

import orjson

from services.credit.inbox.happened import Happened
from services.credit.inbox.suggestion import suggest
from shared.changes import Changes
from shared.event import Heard, Recorded, Text
from shared.inbox import Hears, Subscription
from shared.projection import sealing


class CoalitionFormed(Heard):
    name: Text | None = None


class CoalitionListed(Heard):
    topics: tuple[str, ...]


class MemberJoined(Heard):
    kind: str


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


class ConsentGiven(Heard):
    consent: UUID
    purpose: str
    until: date | None = None


class ConsentWithdrawn(Heard):
    consent: UUID


class StageEntered(Heard):
    stage: str


async def form(db: Changes, seen: Recorded, formed: CoalitionFormed) -> None:
    """Know what the coalition is called, for lessons that it shares."""
    name = None if formed.name is None else orjson.dumps(formed.name.model_dump()).decode()
    await db.execute(
        "insert into heard.listing (coalition_id, name, sealed) values ($1, $2, $3)"
        " on conflict (coalition_id) do update set name = excluded.name,"
        " sealed = excluded.sealed",
        *(seen.coalition, name, orjson.dumps(sealing(seen, "name")).decode()),
    )


async def listed(db: Changes, seen: Recorded, listing: CoalitionListed) -> None:
    """Know what the coalition is found under; under nothing, it is found no more."""
    await _find_under(db, seen, listing.topics)


async def adjourn(db: Changes, seen: Recorded, _: Happened) -> None:
    """Let the coalition be found no more; what it shared stays."""
    await _find_under(db, seen, ())


async def _find_under(db: Changes, seen: Recorded, topics: Iterable[str]) -> None:
    await db.execute(
        "insert into heard.listing (coalition_id, topics) values ($1, $2)"
        " on conflict (coalition_id) do update set topics = excluded.topics",
        *(seen.coalition, [*topics]),
    )


async def join(db: Changes, seen: Recorded, joined: MemberJoined) -> None:
    """Know the organisation; it stays known after it left."""
    member = seen.coalition, UUID(seen.key), joined.kind == "person"
    await db.execute(
        "insert into heard.organisation values ($1, $2, $3, 'active')"
        " on conflict (coalition_id, organisation)"
        " do update set one_person = excluded.one_person, standing = excluded.standing",
        *member,
    )


async def suspend(db: Changes, seen: Recorded, _: Happened) -> None:
    """Let nobody act for the organisation until it is reinstated."""
    await _stand(db, seen, "suspended")


async def reinstate(db: Changes, seen: Recorded, _: Happened) -> None:
    """Let its representatives act again."""
    await _stand(db, seen, "active")


async def leave(db: Changes, seen: Recorded, _: Happened) -> None:
    """Let nobody act for the organisation; it is still thanked for what it did."""
    await _stand(db, seen, "left")


async def _stand(db: Changes, seen: Recorded, standing: str) -> None:
    await db.execute(
        "update heard.organisation set standing = $3 where coalition_id = $1 and organisation = $2",
        *(seen.coalition, UUID(seen.key), standing),
    )


async def accredit(db: Changes, seen: Recorded, new: RepresentativeAccredited) -> None:
    """Let a person act for the organisation."""
    who = seen.coalition, new.accreditation, UUID(seen.key), new.body, new.person
    what = new.authority, new.voting, new.from_, new.until
    await db.execute(
        "insert into heard.accreditation values ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
        " on conflict do nothing",
        *(who + what),
    )


async def replace(db: Changes, seen: Recorded, new: RepresentativeReplaced) -> None:
    """Let one person act in the place of another."""
    await _end(db, seen, new.ended)
    await accredit(db, seen, new)


async def end(db: Changes, seen: Recorded, ended: AccreditationEnded) -> None:
    """Let a person no longer act."""
    await _end(db, seen, ended.accreditation)


async def _end(db: Changes, seen: Recorded, accreditation: UUID) -> None:
    await db.execute(
        "delete from heard.accreditation where coalition_id = $1 and accreditation = $2",
        *(seen.coalition, accreditation),
    )


async def constitute(db: Changes, seen: Recorded, body: BodyConstituted) -> None:
    """Know the body: a chair is the chair of one."""
    await db.execute(
        "insert into heard.body values ($1, $2, $3) on conflict do nothing",
        *(seen.coalition, UUID(seen.key), body.kind),
    )


async def dissolve(db: Changes, seen: Recorded, _: Happened) -> None:
    """Forget the body."""
    await db.execute(
        "delete from heard.body where coalition_id = $1 and body = $2",
        *(seen.coalition, UUID(seen.key)),
    )


async def take_role(db: Changes, seen: Recorded, taken: RoleTaken) -> None:
    """Know who holds an office."""
    office = seen.coalition, UUID(seen.key), taken.role, taken.accreditation, taken.until
    await db.execute(
        "insert into heard.role values ($1, $2, $3, $4, $5)"
        " on conflict (coalition_id, body, role, accreditation)"
        " do update set until = excluded.until",
        *office,
    )


async def release_role(db: Changes, seen: Recorded, released: RoleReleased) -> None:
    """Know that an office was given up."""
    await db.execute(
        "delete from heard.role"
        " where coalition_id = $1 and body = $2 and role = $3 and accreditation = $4",
        *(seen.coalition, UUID(seen.key), released.role, released.accreditation),
    )


async def set_mode(db: Changes, seen: Recorded, mode: OperatingModeSet) -> None:
    """Know whether every representative may do what a chair does."""
    await db.execute(
        "insert into heard.mode values ($1, $2)"
        " on conflict (coalition_id) do update set informal = excluded.informal",
        *(seen.coalition, mode.mode == "informal"),
    )


async def erase(db: Changes, seen: Recorded, _: Happened) -> None:
    """Forget which person it was (M18)."""
    await db.execute(
        "update heard.accreditation set person = null where coalition_id = $1 and person = $2",
        *(seen.coalition, UUID(seen.key)),
    )
    await db.execute(
        "delete from heard.consent where coalition_id = $1 and person = $2",
        *(seen.coalition, UUID(seen.key)),
    )


async def consent(db: Changes, seen: Recorded, given: ConsentGiven) -> None:
    """Know what a person agreed to."""
    await db.execute(
        "insert into heard.consent (coalition_id, consent, person, purpose, until)"
        " values ($1, $2, $3, $4, $5) on conflict do nothing",
        *(seen.coalition, given.consent, UUID(seen.key), given.purpose, given.until),
    )


async def withdraw(db: Changes, seen: Recorded, taken: ConsentWithdrawn) -> None:
    """Know that the person agrees no longer: what rested on it is shown nowhere."""
    await db.execute(
        "update heard.consent set withdrawn = true where coalition_id = $1 and consent = $2"
        " and person = $3",
        *(seen.coalition, taken.consent, UUID(seen.key)),
    )


async def enter_stage(db: Changes, seen: Recorded, entered: StageEntered) -> None:
    """Know in which stage of its life the coalition is."""
    await db.execute(
        "insert into heard.stage values ($1, $2)"
        " on conflict (coalition_id) do update set stage = excluded.stage",
        *(seen.coalition, entered.stage),
    )


async def yield_lead(db: Changes, seen: Recorded, _: Happened) -> None:
    """Suggest thanks to who stepped back."""
    await suggest(db, seen, seen.by, "stepped_back")


from_members = Subscription(
    "members",
    reader="credit-keeps-the-roll",
    hears=(
        Hears(CoalitionFormed, form),
        Hears(CoalitionListed, listed),
        Hears(Happened, adjourn, type="CoalitionAdjourned"),
        Hears(MemberJoined, join),
        Hears(Happened, suspend, type="MemberSuspended"),
        Hears(Happened, reinstate, type="MemberReinstated"),
        Hears(Happened, leave, type="MemberLeft"),
        Hears(RepresentativeAccredited, accredit),
        Hears(RepresentativeReplaced, replace),
        Hears(AccreditationEnded, end),
        Hears(BodyConstituted, constitute),
        Hears(Happened, dissolve, type="BodyDissolved"),
        Hears(RoleTaken, take_role),
        Hears(RoleReleased, release_role),
        Hears(OperatingModeSet, set_mode),
        Hears(Happened, erase, type="PersonErased"),
        Hears(Happened, yield_lead, type="LeadYielded"),
        Hears(ConsentGiven, consent),
        Hears(ConsentWithdrawn, withdraw),
        Hears(StageEntered, enter_stage),
    ),
    ignores=frozenset(
        {
            "AgreedToDisagree",
            "AlignmentStated",
            "AmendsAccepted",
            "AmendsOffered",
            "BodyMandateChanged",
            "BottomLineDeclared",
            "BoundaryAgreed",
            "BoundaryBreachReported",
            "CapacityPledged",
            "CapacityReviewed",
            "CircleClosed",
            "CircleOpened",
            "CommitmentLevelSet",
            "CompromiseAgreed",
            "ConflictAreaNamed",
            "ConstituencyIdentified",
            "ConstituencyRepresented",
            "ContextShiftNoted",
            "DecisionStructureAcknowledged",
            "DecisionStructurePublished",
            "DisagreementReopened",
            "ErasureReceiptIssued",
            "ErasureRequested",
            "FieldRedacted",
            "GroundRulesAccepted",
            "GroundRulesAdopted",
            "GrowthGoalReached",
            "GrowthGoalSet",
            "HistoricTensionRecorded",
            "InterestStated",
            "InternalBriefingHeld",
            "InvolvementLevelSet",
            "IssueRaised",
            "IssueScoped",
            "LeadAssigned",
            "ListeningSessionHeld",
            "MemberInvited",
            "MembershipApplied",
            "MembershipDeclined",
            "MentorshipEnded",
            "MentorshipSessionLogged",
            "MentorshipStarted",
            "MessengerChosen",
            "NeedStated",
            "NorthStarAdopted",
            "OutreachMade",
            "PersonRegistered",
            "PointPersonNamed",
            "PositionChanged",
            "PositionTaken",
            "ProxyGranted",
            "ProxyRevoked",
            "RelatedOrganizationDeclared",
            "RepresentationReviewed",
            "ResourceDelivered",
            "ResourceMatched",
            "ResourceOffered",
            "ResourceRequested",
            "ReviewClosed",
            "ReviewOpened",
            "ScenarioAgreed",
            "ScopeSet",
            "SeatFilled",
            "SeatReserved",
            "SeatVacated",
            "StrengthDeclared",
            "TermDefined",
            "ThreatIdentified",
            "ThreatRetired",
            "ThreatShared",
            "TouchpointLogged",
            "TrustPulseSubmitted",
            "TurfConcernRaised",
            "TurfSettled",
            "WellbeingPulseSubmitted",
        }
    ),
)
