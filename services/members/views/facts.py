"""What else the rules need, read under the lock of the decision; and who may act for whom."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from secrets import token_bytes
from typing import Any
from uuid import UUID

from services.members.domain import bottomline, coalition, issue, roster
from services.members.domain.accreditation import (
    AccreditRepresentative,
    EndAccreditation,
    Entrusting,
    GrantProxy,
    Posting,
    ReplaceRepresentative,
    RevokeProxy,
)
from services.members.domain.body import (
    ChangeMandate,
    ConstituteBody,
    DissolveBody,
    FillSeat,
    Holder,
    ReleaseRole,
    Seatable,
    TakeRole,
    Unique,
    VacateSeat,
)
from services.members.domain.bottomline import (
    AgreeCompromise,
    CompromiseAgreed,
    Compromises,
    Deal,
    DeclareBottomLine,
    Terms,
)
from services.members.domain.capacity import DeclareStrength, PledgeCapacity, ReviewCapacity
from services.members.domain.coalition import (
    AdjournCoalition,
    AdoptGroundRules,
    AdoptNorthStar,
    Affected,
    AgreeBoundary,
    AgreeScenario,
    CloseReview,
    DefineTerm,
    Drawn,
    EnterStage,
    Evaluated,
    FormCoalition,
    Known,
    ListCoalition,
    NoteContextShift,
    OpenReview,
    PublishDecisionStructure,
    SetScope,
    SlugOwner,
)
from services.members.domain.conflict import (
    Concerned,
    NameConflictArea,
    RaiseTurfConcern,
    SettleTurf,
)
from services.members.domain.constituency import AtTheTable, ReviewRepresentation
from services.members.domain.exchange import OfferResource, RequestResource
from services.members.domain.founding import accepted_as
from services.members.domain.ids import BodyId, ConstituencyId, IssueId, OrgId, PersonId, ReviewId
from services.members.domain.issue import (
    AgreeToDisagree,
    AssignLead,
    ChangePosition,
    ChooseMessenger,
    Issue,
    Named,
    RaiseIssue,
    ReopenDisagreement,
    ScopeIssue,
    StillHere,
    TakePosition,
    YieldLead,
)
from services.members.domain.membership import (
    Acceptance,
    AcceptGroundRules,
    AcceptInvitation,
    AcknowledgeStructure,
    AdmitMember,
    DeclareRelated,
    DeclineMembership,
    Here,
    HoldBriefing,
    Itself,
    LeaveCoalition,
    NamePointPerson,
    ReinstateMember,
    SetCommitment,
    SetInvolvement,
    StateAlignment,
    StateInterest,
    StateNeed,
    SuspendMember,
)
from services.members.domain.mentorship import (
    Acquainted,
    EndMentorship,
    LogSession,
    Participation,
    StartMentorship,
)
from services.members.domain.person import (
    ErasePerson,
    GiveConsent,
    ReachGrowthGoal,
    RegisterPerson,
    Registrant,
    SetGrowthGoal,
    SubmitWellbeing,
    WithdrawConsent,
)
from services.members.domain.relationship import (
    AcceptAmends,
    LogTouchpoint,
    OfferAmends,
    Pair,
    RecordTension,
    ReportBreach,
    SubmitTrustPulse,
    orgs_of,
)
from services.members.domain.roster import Roster
from services.members.domain.standing import Author, Bounds, Charter, Cited, Standing, Table
from services.members.domain.threat import Bearing, IdentifyThreat, RetireThreat
from shared.ask import Fact
from shared.canonical import milliseconds
from shared.event import Command, Event, Ref
from shared.hot import Fold, Reading
from shared.identity import Mandate, Mandates
from shared.uuid7 import uuid7


@dataclass(frozen=True)
class Roll(Roster):
    """The roster, with the mandates that follow from it."""

    @cached_property
    def _mandates(self) -> dict[date, Mandates]:
        return {}

    def mandates(self, day: date) -> Mandates:
        """Return who may act for whom on that day; nobody does for a suspended member."""
        if day not in self._mandates:
            self._mandates[day] = Mandates(
                held={
                    acc: Mandate(
                        accreditation=acc,
                        person=held.person,
                        by=held.org,
                        body=held.body,
                        authority=held.authority,
                        voting=held.voting,
                        begins=held.begins,
                        ends=held.until,
                        roles=self.roles_of(acc, day),
                    )
                    for acc, held in self.held.items()
                    if self.may_act(held.org)
                },
                informal=self.charter.mode == "informal",
                plenary=self.only("plenary"),
                steering=self.only("steering"),
            )
        return self._mandates[day]


def _evolve(roll: Roll, key: str, event: Event) -> Roll:
    after = roster.evolve(roll, key, event)
    assert isinstance(after, Roll)
    return after


ROLL = Fold("roll", roster.TYPES, Roll(), _evolve)


def _named(compromises: Compromises, _key: str, event: Event) -> Compromises:
    assert isinstance(event, CompromiseAgreed)
    return bottomline.named(compromises, event)


COMPROMISES = Fold("compromises", (CompromiseAgreed,), bottomline.NO_COMPROMISES, _named)


async def mandates(read: Reading) -> Mandates:
    """Return who may act for whom now."""
    return (await read.fold(ROLL)).mandates(read.context.at.date())


async def preside(read: Reading) -> frozenset[UUID]:
    """Return the people who preside over the charter today; in informal mode all who speak."""
    held, day = await mandates(read), read.context.at.date()
    return frozenset(
        mandate.person
        for mandate in held.held.values()
        if mandate.person and mandate.speaks(day) and held.chairs(mandate, None)
    )


async def erased(read: Reading) -> Collection[UUID]:
    """Return who was erased."""
    return (await read.fold(ROLL)).erased


async def charter(read: Reading, _state: Any, _command: Any) -> Charter:
    """Return how the coalition works, and whom it admits."""
    return (await read.fold(ROLL)).charter


async def table(read: Reading, _state: Any, _command: Any) -> Table:
    """Return how many members there are."""
    return Table(len((await read.fold(ROLL)).members))


async def known(
    read: Reading, _state: Any, command: PublishDecisionStructure | AgreeScenario | OpenReview
) -> Known:
    """Return whether the bodies, or the organisations, that a command names are here."""
    roll = await read.fold(ROLL)
    match command:
        case PublishDecisionStructure():
            return Known(all(each in roll.bodies for each in command.bodies))
        case AgreeScenario():
            return Known(all(org in roll.members for org in command.parties or ()))
        case OpenReview():
            return Known(all(org in roll.members for org in command.orgs))


async def here(read: Reading, _state: Any, command: DeclareRelated | NamePointPerson) -> Here:
    """Return whether the organisations, or the person, that a command names are here."""
    roll = await read.fold(ROLL)
    match command:
        case DeclareRelated():
            return Here(all(org in roll.members for org in command.related))
        case NamePointPerson():
            return Here(command.person in roll.persons)


async def acceptance(read: Reading, _state: Any, _command: Any) -> Acceptance:
    """Return whether who asks accepted this invitation before."""
    who, held = read.context.actor, (await read.fold(ROLL)).held
    given = None if who is None else held.get(accepted_as(who, _org(read)))
    return Acceptance(own=given is not None and given.person == who)


async def affected(read: Reading, _state: Any, command: NoteContextShift) -> Affected:
    """Return the members with a position on an issue named, or its lead; without any, all.

    Who only observes is asked nothing.
    """
    roll = await read.fold(ROLL)
    members = {org for org, one in roll.members.items() if one.commitment != "observer"}
    issues = [await read.stream(issue.decider, each) for each in command.issues]
    orgs = {org for each in issues if each for org in (*each.positions, each.lead) if org}
    return Affected(orgs=tuple(sorted(orgs & members or members)), raised=None not in issues)


async def drawn(read: Reading, _state: Any, _command: Any) -> Drawn:
    """Return an id for the review that follows."""
    return Drawn(ReviewId(uuid7(milliseconds(read.context.at), token_bytes(10))))


async def evaluated(read: Reading, _state: Any, _command: Any) -> Evaluated:
    """Return whether any organisation has answered the evaluation questions."""
    answered = await read.db.fetchval(
        "select exists (select from heard.evaluation where coalition_id = $1)", read.coalition
    )
    return Evaluated(answered is True)


async def slug_owner(read: Reading, _state: Any, command: FormCoalition) -> SlugOwner:
    """Return the coalition that has the slug asked for."""
    owner: UUID | None = await read.db.fetchval(
        "select coalition_id from tenancy.coalition where slug = $1", command.slug
    )
    return SlugOwner(owner)


async def cited(read: Reading, _state: Any, command: Any) -> Cited:
    """Return whether the decision that the command names was made, and adopted."""
    decision: Ref | None = command.decision
    service, _, position = (decision or "").partition("/")
    if service != "meetings":
        return Cited(adopted=False)
    adopted = await read.db.fetchval(
        "select adopted from heard.decision where coalition_id = $1 and position = $2",
        read.coalition, int(position),
    )  # fmt: skip
    return Cited(adopted=adopted is True)


async def standing(read: Reading, _state: Any, _command: Any) -> Standing:
    """Return who asks, as seen from the organisation whose stream this is."""
    return await _standing(read, _org(read), None)


async def presiding(read: Reading, _state: Any, _command: Any) -> Standing:
    """Return whether who asks presides over the coalition."""
    return await _standing(read, None, None)


async def standing_in_body(read: Reading, _state: Any, command: Any) -> Standing:
    """Return who asks, as seen from the body, and from whose accreditation it is about."""
    org = None
    if isinstance(command, TakeRole | ReleaseRole):
        held = (await read.fold(ROLL)).held.get(command.accreditation)
        org = held.org if held else None
    return await _standing(read, org, _body(read))


async def _standing(read: Reading, org: OrgId | None, body: BodyId | None) -> Standing:
    asks = read.context
    roll = await read.fold(ROLL)
    return roll.standing(org, body, by=asks.by, actor=asks.actor, day=asks.at.date())


async def founding(_read: Reading, _state: Any, _command: Any) -> Standing:
    """Return that who forms a coalition acts for its founder, and presides."""
    return Standing(own=True, presides=True)


async def itself(read: Reading, _state: Any, _command: Any) -> Itself:
    """Return the organisation whose stream this is."""
    return Itself(_org(read))


async def registrant(read: Reading, _state: Any, _command: Any) -> Registrant:
    """Return the person whose stream this is."""
    return Registrant(PersonId(_key(read)))


async def posting(read: Reading, _state: Any, command: AccreditRepresentative) -> Posting:
    """Return whether organisation, body and person are there."""
    roll = await read.fold(ROLL)
    return Posting(
        member=_org(read) in roll.members,
        body=command.body in roll.bodies,
        person=command.person in roll.persons,
    )


async def entrusting(read: Reading, _state: Any, command: GrantProxy) -> Entrusting:
    """Return what stands for or against a proxy, given what other organisations gave."""
    return (await read.fold(ROLL)).entrusting(_org(read), command)


async def unique(read: Reading, _state: Any, _command: Any) -> Unique:
    """Return whether the coalition has the bodies of which there is one."""
    roll = await read.fold(ROLL)
    return Unique(
        plenary=roll.only("plenary") is not None, steering=roll.only("steering") is not None
    )


async def holder(read: Reading, _state: Any, command: TakeRole) -> Holder:
    """Return whose accreditation in this body the command names."""
    held = (await read.fold(ROLL)).held.get(command.accreditation)
    in_force = held and held.body == _body(read) and held.in_force(read.context.at.date())
    return Holder(held.org if held and in_force else None)


async def seatable(read: Reading, _state: Any, command: FillSeat) -> Seatable:
    """Return whether the organisation to be seated is a member."""
    return Seatable(command.org in (await read.fold(ROLL)).members)


async def named(
    read: Reading, _state: Any, command: AgreeToDisagree | AssignLead | YieldLead | ChooseMessenger
) -> Named:
    """Return whether the organisations, and the person, that a command names are here."""
    roll = await read.fold(ROLL)
    match command:
        case AgreeToDisagree():
            return Named(all(org in roll.members for org in command.parties or ()))
        case AssignLead():
            return Named(command.lead in roll.members)
        case YieldLead():
            return Named(command.successor in roll.members)
        case ChooseMessenger():
            return Named(command.org in roll.members, command.person in roll.persons)


async def still_here(read: Reading, issue: Issue, _command: Any) -> StillHere:
    """Return whether the lead, and any party to the disagreement, are members still."""
    members = (await read.fold(ROLL)).members
    lead = issue.lead if issue else None
    between = issue.disagreement.parties if issue and issue.disagreement else frozenset()
    return StillHere(
        lead=lead is not None and lead in members, party=any(org in members for org in between)
    )


async def author(read: Reading, _state: Any, _command: Any) -> Author:
    """Return the one person that the acting organisation is, if it is one."""
    by = read.context.by
    return Author((await read.fold(ROLL)).one_person(OrgId(by) if by else None))


async def bearing(read: Reading, _state: Any, command: IdentifyThreat) -> Bearing:
    """Return whether the issues that a threat bears on were raised."""
    return Bearing(await _raised(read, *command.issues))


async def named_area(read: Reading, _state: Any, command: NameConflictArea) -> Concerned:
    """Return whether the organisations are members, and the issue was raised."""
    issues = () if command.issue is None else (command.issue,)
    members = await _members(read, *command.orgs)
    return Concerned(members=members, issue=await _raised(read, *issues))


async def named_others(read: Reading, _state: Any, command: RaiseTurfConcern) -> Concerned:
    """Return whether those that a turf concern is raised with are members."""
    return Concerned(members=await _members(read, *command.with_))


async def named_parties(read: Reading, _state: Any, command: SettleTurf) -> Concerned:
    """Return whether the parties of a settlement are members."""
    return Concerned(members=await _members(read, *command.parties or ()))


async def pair(read: Reading, _state: Any, _command: Any) -> Pair:
    """Return the two organisations whose stream this is."""
    orgs = orgs_of(str(read.key))
    return Pair(orgs, members=await _members(read, *orgs))


async def _members(read: Reading, *orgs: OrgId) -> bool:
    members = (await read.fold(ROLL)).members
    return all(org in members for org in orgs)


async def _raised(read: Reading, *issues: IssueId) -> bool:
    return all([await read.stream(issue.decider, each) is not None for each in issues])


async def bounds(read: Reading, _state: Any, _command: Any) -> Bounds:
    """Return which classes the boundary agreement sets."""
    charter = await read.stream(coalition.decider, read.coalition)
    if charter is None or charter.boundary is None:
        return Bounds()
    return Bounds(charter.boundary.defaults, (await read.fold(ROLL)).charter_body())


async def terms(read: Reading, _state: Any, _command: Any) -> Terms:
    """Return the terms that the coalition has defined."""
    charter = await read.stream(coalition.decider, read.coalition)
    return Terms(charter.terms) if charter else Terms()


async def deal(read: Reading, _state: Any, command: AgreeCompromise) -> Deal:
    """Return what was named of a compromise, and whether the parties named now are members."""
    members = (await read.fold(ROLL)).members
    before = (await read.fold(COMPROMISES)).get(command.compromise)
    return Deal(before, all(org in members for org in command.parties or ()))


async def at_the_table(read: Reading, _state: Any, _command: Any) -> AtTheTable:
    """Return the members, and who of them joined for the constituency whose stream this is."""
    roll = await read.fold(ROLL)
    constituency = ConstituencyId(_key(read))
    members = {org: one for org, one in roll.members.items() if not one.suspended}
    return AtTheTable(
        members=frozenset(members),
        joined_for_it=frozenset(
            org for org, one in members.items() if constituency in one.constituencies
        ),
    )


async def acquainted(read: Reading, _state: Any, command: StartMentorship) -> Acquainted:
    """Return whether mentor and mentees are registered."""
    persons = (await read.fold(ROLL)).persons
    return Acquainted(all(one in persons for one in (command.mentor, *command.mentees)))


async def participation(read: Reading, _state: Any, _command: Any) -> Participation:
    """Return whether who asks takes part in the mentorship whose stream this is."""
    persons = (await read.fold(ROLL)).mentorships.get(_key(read), frozenset())
    return Participation(read.context.actor in persons)


def _key(read: Reading) -> UUID:
    return UUID(str(read.key))


def _org(read: Reading) -> OrgId:
    return OrgId(_key(read))


def _body(read: Reading) -> BodyId:
    return BodyId(_key(read))


NEEDS: Mapping[type[Command], tuple[Fact, ...]] = {
    FormCoalition: (slug_owner,),
    RegisterPerson: (registrant,),
    GiveConsent: (registrant,),
    WithdrawConsent: (registrant,),
    SetGrowthGoal: (registrant,),
    ReachGrowthGoal: (registrant,),
    SubmitWellbeing: (registrant,),
    ErasePerson: (presiding, registrant),
    ListCoalition: (author,),
    AdoptNorthStar: (author, charter, cited),
    SetScope: (table,),
    AgreeScenario: (author, known),
    AdoptGroundRules: (author, charter, cited),
    AgreeBoundary: (author, charter, cited),
    PublishDecisionStructure: (author, known),
    DefineTerm: (author,),
    EnterStage: (author,),
    NoteContextShift: (affected, author, drawn),
    OpenReview: (known,),
    CloseReview: (author,),
    AdjournCoalition: (author, evaluated),
    DeclineMembership: (standing,),
    AdmitMember: (charter, itself, table),
    AcceptInvitation: (acceptance, charter, itself, table),
    StateAlignment: (standing,),
    StateInterest: (standing,),
    StateNeed: (standing,),
    SetCommitment: (standing,),
    SetInvolvement: (standing,),
    AcceptGroundRules: (charter, standing),
    AcknowledgeStructure: (charter, standing),
    DeclareRelated: (here, itself, standing),
    NamePointPerson: (here, standing),
    HoldBriefing: (standing,),
    SuspendMember: (charter, cited, standing),
    ReinstateMember: (cited, standing),
    LeaveCoalition: (standing,),
    AccreditRepresentative: (posting, standing),
    ReplaceRepresentative: (posting, standing),
    EndAccreditation: (standing,),
    GrantProxy: (entrusting, standing),
    RevokeProxy: (standing,),
    ConstituteBody: (cited, unique),
    ChangeMandate: (charter, cited),
    DissolveBody: (charter, cited),
    FillSeat: (seatable,),
    VacateSeat: (standing_in_body,),
    TakeRole: (holder, standing_in_body),
    ReleaseRole: (standing_in_body,),
    RaiseIssue: (author,),
    ScopeIssue: (author,),
    TakePosition: (author, bounds),
    ChangePosition: (author, bounds),
    AgreeToDisagree: (named, author),
    ReopenDisagreement: (author, still_here),
    AssignLead: (named, still_here),
    YieldLead: (named, author),
    ChooseMessenger: (named,),
    IdentifyThreat: (author, bearing),
    RetireThreat: (author,),
    NameConflictArea: (author, named_area),
    RaiseTurfConcern: (author, named_others),
    SettleTurf: (author, named_parties),
    LogTouchpoint: (pair,),
    RecordTension: (author, bounds, pair),
    SubmitTrustPulse: (bounds, pair),
    ReportBreach: (author, bounds, pair),
    OfferAmends: (author, bounds, pair),
    AcceptAmends: (bounds, pair),
    DeclareStrength: (standing,),
    PledgeCapacity: (standing,),
    ReviewCapacity: (standing,),
    OfferResource: (author,),
    RequestResource: (author,),
    DeclareBottomLine: (bounds, itself, standing, terms),
    AgreeCompromise: (deal, itself, standing, terms),
    ReviewRepresentation: (at_the_table,),
    StartMentorship: (acquainted,),
    LogSession: (participation,),
    EndMentorship: (participation,),
}
"""The facts that the rules of a command ask for; a command that is not here needs none."""
