"""Memberships: invited, applied for, joined, left; and what members say of themselves."""

from typing import Literal
from uuid import UUID

from starlette.responses import Response

from services.members.api.people import own_address
from services.members.api.roster import represented_by
from services.members.api.routing import (
    EVERY_MEMBER,
    SHEET,
    Bom,
    Organisation,
    adds,
    page,
    router,
    sheet,
    window,
    with_facts,
    write,
)
from services.members.domain import founding, membership
from services.members.domain.ids import AccId, BodyId, OrgId, PersonId
from services.members.views import lists, memberships, queries, roster
from services.members.views.said import entries
from shared.ask import Written
from shared.http import Caller, Limit, Page, Reader, requires
from shared.problems import Problem, not_found


class Alignments(Page[memberships.AlignmentRow]):
    """`members`: how many were asked; `gaps`: how many have not answered each question."""

    members: int
    gaps: dict[str, int]


State = Literal["invited", "applied", "declined", "joined", "suspended", "left"]


@adds("/invitations", "members:membership:invite")
async def invite_member(invitation: membership.InviteMember, caller: Caller) -> Written:
    """Invite an organisation, or a person, that was not here before."""
    return await write(caller, membership.decider, caller.new_id(), invitation)


@adds("/members/{organisation}/invitations", "members:membership:invite")
async def invite_again(
    organisation: Organisation, invitation: membership.InviteMember, caller: Caller
) -> Written:
    """Invite again who left, or declined."""
    return await write(caller, membership.decider, organisation, invitation)


@adds("/applications", "members:membership:apply")
async def apply_for_membership(
    application: membership.ApplyForMembership, caller: Caller
) -> Written:
    """Apply for an organisation that was not here before, or for yourself."""
    return await write(caller, membership.decider, caller.new_id(), application)


@adds("/members/{organisation}/applications", "members:membership:apply")
async def apply_again(
    organisation: Organisation, application: membership.ApplyForMembership, caller: Caller
) -> Written:
    """Apply again, after having left or been declined."""
    return await write(caller, membership.decider, organisation, application)


@adds("/members/{organisation}/declines", "members:membership:decline")
async def decline_membership(
    organisation: Organisation, declining: membership.DeclineMembership, caller: Caller
) -> Written:
    """Decline an application; or an invitation, where it was yours."""
    return await write(caller, membership.decider, organisation, declining)


@adds("/members", "members:membership:admit")
async def admit_new_member(joining: membership.AdmitMember, caller: Caller) -> Written:
    """Admit an organisation that did not apply. A person is accredited to the plenary at once."""
    return await _admit(caller.new_id(), joining, caller)


@adds("/members/{organisation}/admissions", "members:membership:admit")
async def admit_member(
    organisation: Organisation, joining: membership.AdmitMember, caller: Caller
) -> Written:
    """Admit an applicant, or a former member. A person is accredited to the plenary at once."""
    return await _admit(organisation, joining, caller)


async def _admit(org: UUID, joining: membership.AdmitMember, caller: Caller) -> Written:
    accreditation = AccId(caller.host.new_id())
    steps = founding.admit(joining, OrgId(org), await _plenary(caller), accreditation)
    return await caller.handle_all(
        with_facts(steps, forming=False), body=lambda _state, _command: None
    )


async def _plenary(caller: Caller) -> BodyId:
    async with caller.host.rows(caller.coalition, EVERY_MEMBER) as db:
        plenary = await queries.plenary(db, caller.coalition)
    if plenary is None:
        raise Problem(
            503, "view_behind", "This coalition was formed only now: ask again.",
            headers={"Retry-After": "1"},
        )  # fmt: skip
    return BodyId(plenary)


@adds("/invitations/{invitation_id}/acceptances", "members:membership:accept")
async def accept_invitation(
    invitation_id: UUID, acceptance: membership.AcceptInvitation, caller: Caller
) -> Written:
    """Join as one person, with the id of your invitation; you speak for yourself at once."""
    own_address(caller, acceptance.person)
    who, known = PersonId(caller.person or caller.host.new_id()), caller.person is not None
    plenary = await _plenary(caller)
    steps = founding.accept(acceptance, OrgId(invitation_id), plenary, who, known=known)
    return await caller.handle_all(with_facts(steps, forming=True), actor=who)


@adds("/members/{organisation}/commitments", "members:membership:commit")
async def set_commitment(
    organisation: Organisation, commitment: membership.SetCommitment, caller: Caller
) -> Written:
    """Say how far your organisation commits itself."""
    return await write(caller, membership.decider, organisation, commitment)


@adds("/members/{organisation}/alignments", "members:membership:state")
async def state_alignment(
    organisation: Organisation, alignment: membership.StateAlignment, caller: Caller
) -> Written:
    """Say what your organisation brings, which problem it sees, and what it wants to reach."""
    return await write(caller, membership.decider, organisation, alignment)


@adds("/members/{organisation}/interests", "members:membership:state")
async def state_interest(
    organisation: Organisation, interest: membership.StateInterest, caller: Caller
) -> Written:
    """Say what your organisation gains by taking part, and to whom it answers."""
    return await write(caller, membership.decider, organisation, interest)


@adds("/members/{organisation}/needs", "members:membership:state")
async def state_need(
    organisation: Organisation, need: membership.StateNeed, caller: Caller
) -> Written:
    """Say what your organisation needs, and for whom."""
    return await write(caller, membership.decider, organisation, need)


@adds("/members/{organisation}/involvements", "members:involvement:set")
async def set_involvement(
    organisation: Organisation, involvement: membership.SetInvolvement, caller: Caller
) -> Written:
    """Say whether your organisation is informed, consulted or decides in a phase."""
    return await write(caller, membership.decider, organisation, involvement)


@adds("/members/{organisation}/acceptances", "members:ground-rules:accept")
async def accept_ground_rules(
    organisation: Organisation, acceptance: membership.AcceptGroundRules, caller: Caller
) -> Written:
    """Accept the current ground rules."""
    return await write(caller, membership.decider, organisation, acceptance)


@adds("/members/{organisation}/acknowledgements", "members:structure:acknowledge")
async def acknowledge_structure(
    organisation: Organisation, acknowledgement: membership.AcknowledgeStructure, caller: Caller
) -> Written:
    """Acknowledge that your organisation knows who decides what."""
    return await write(caller, membership.decider, organisation, acknowledgement)


@adds("/members/{organisation}/relations", "members:relation:declare")
async def declare_related(
    organisation: Organisation, relation: membership.DeclareRelated, caller: Caller
) -> Written:
    """Declare to whom your organisation is related: all that are have one vote together."""
    return await write(caller, membership.decider, organisation, relation)


@adds("/members/{organisation}/point-people", "members:point-person:name")
async def name_point_person(
    organisation: Organisation, naming: membership.NamePointPerson, caller: Caller
) -> Written:
    """Name who relays between the coalition and your own team."""
    return await write(caller, membership.decider, organisation, naming)


@adds("/members/{organisation}/briefings", "members:briefing:hold")
async def hold_briefing(
    organisation: Organisation, briefing: membership.HoldBriefing, caller: Caller
) -> Written:
    """Record that your own team was briefed."""
    return await write(caller, membership.decider, organisation, briefing)


@adds("/members/{organisation}/suspensions", "members:membership:suspend")
async def suspend_member(
    organisation: Organisation, suspension: membership.SuspendMember, caller: Caller
) -> Written:
    """Suspend a member. In formal mode, say which decision says so."""
    return await write(caller, membership.decider, organisation, suspension)


@adds("/members/{organisation}/reinstatements", "members:membership:reinstate")
async def reinstate_member(
    organisation: Organisation, reinstatement: membership.ReinstateMember, caller: Caller
) -> Written:
    """Let a suspended member take part again."""
    return await write(caller, membership.decider, organisation, reinstatement)


@adds("/members/{organisation}/departures", "members:membership:leave")
async def leave_coalition(
    organisation: Organisation, departure: membership.LeaveCoalition, caller: Caller
) -> Written:
    """Leave the coalition, or record that a member has left. History stays."""
    return await write(caller, membership.decider, organisation, departure)


@router.get("/members", dependencies=[requires("members:membership:read")])
async def list_members(
    reader: Reader, limit: Limit = 50, cursor: UUID | None = None, state: State | None = None
) -> Page[queries.MemberRow]:
    """List the organisations that were invited, applied or joined."""
    async with reader.rows() as db:
        found = await queries.members(
            db, reader.coalition, reader.audiences, state=state, after=cursor, limit=limit
        )
    return page(found, limit)


@router.get("/members/{organisation}", dependencies=[requires("members:membership:read")])
async def show_member(organisation: Organisation, reader: Reader) -> memberships.MemberDetail:
    """Show an organisation: what it brings, gains and needs, and with whom it has one vote."""
    seen = reader.coalition, reader.audiences
    async with reader.rows() as db:
        found = await queries.members(db, *seen, only=organisation, limit=1)
        if not found:
            raise not_found()
        said = await entries(db, *seen, "membership", key=str(organisation))
        related = await entries(db, *seen, "membership", types=memberships.RELATIONS)
        names = await queries.names(db, *seen)
        members = await queries.joined(db, *seen)
        speakers = await roster.representatives(db, *seen, [organisation])
        represented, constituencies = await represented_by(db, reader)
        own = memberships.said_of(said, names).get(organisation, memberships.Said())
        point = await queries.person(db, *seen, own.point_person)
    declared = memberships.said_of(related, names)
    together = memberships.vote_classes(declared, members).get(organisation, frozenset())
    return memberships.MemberDetail(
        **dict(found[0]), **dict(own),
        vote_class=[queries.named(org, names) for org in sorted(together)],
        represents=[
            queries.named(of, constituencies) for of in sorted(represented.get(organisation, ()))
        ],
        representatives=speakers.get(organisation, []),
        point_person_name=point.name if point else None,
    )  # fmt: skip


@router.get("/alignments", dependencies=[requires("members:membership:read")])
async def list_alignments(
    reader: Reader, limit: Limit | None = None, cursor: str | None = None
) -> Alignments:
    """List what each member answered to the three questions: those with gaps first."""
    rows = await _alignments(reader)
    found = window(rows, limit, cursor, lambda row: row.organisation.id)
    return Alignments(
        items=found.items, next_cursor=found.next_cursor, members=len(rows),
        gaps=memberships.gaps(rows),
    )  # fmt: skip


@router.get(
    "/alignments.csv", dependencies=[requires("members:membership:read")],
    response_class=Response, responses=SHEET,
)  # fmt: skip
async def export_alignments(reader: Reader, bom: Bom = False) -> Response:  # noqa: FBT002 - a query parameter is always named
    """The same as a sheet."""
    return sheet("alignments", lists.alignments(await _alignments(reader)), bom=bom)


async def _alignments(reader: Reader) -> list[memberships.AlignmentRow]:
    seen = reader.coalition, reader.audiences
    async with reader.rows() as db:
        said = await entries(db, *seen, "membership", types=("AlignmentStated",))
        names = await queries.names(db, *seen)
        members = await queries.joined(db, *seen)
    return memberships.alignment(memberships.said_of(said, names), members, names)
