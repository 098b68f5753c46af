"""Memberships: applied for, joined, suspended, left."""

from typing import Literal
from uuid import UUID

from services.members.api.routing import (
    EVERY_MEMBER,
    Organisation,
    adds,
    page,
    router,
    with_facts,
    write,
)
from services.members.domain import founding, membership
from services.members.domain.ids import AccId, BodyId, OrgId
from services.members.views import queries
from shared.ask import Written
from shared.http import Caller, Limit, Page, Reader, requires
from shared.problems import Problem

State = Literal["applied", "declined", "joined", "suspended", "left"]


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
    """Decline an application."""
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
    async with caller.host.rows(caller.coalition, EVERY_MEMBER) as db:
        plenary = await queries.plenary(db, caller.coalition)
    if plenary is None:
        raise Problem(
            503, "view_behind", "This coalition was formed only now: ask again.",
            headers={"Retry-After": "1"},
        )  # fmt: skip
    steps = founding.admit(joining, OrgId(org), BodyId(plenary), AccId(caller.host.new_id()))
    return await caller.handle_all(
        with_facts(steps, forming=False), body=lambda _state, _command: None
    )


@adds("/members/{organisation}/commitments", "members:membership:commit")
async def set_commitment(
    organisation: Organisation, commitment: membership.SetCommitment, caller: Caller
) -> Written:
    """Say how far your organisation commits itself."""
    return await write(caller, membership.decider, organisation, commitment)


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
    """List the organisations that applied or joined."""
    async with reader.rows() as db:
        found = await queries.members(
            db, reader.coalition, reader.audiences, state=state, after=cursor, limit=limit
        )
    return page(found, limit)
