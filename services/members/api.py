"""HTTP in: who forms a coalition, joins it, speaks in it, and for what."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any, get_args
from uuid import UUID, uuid5

from fastapi import Path, Request
from pydantic import BaseModel

from services.members.domain import (
    accreditation,
    body,
    coalition,
    founding,
    issue,
    membership,
    person,
)
from services.members.domain.ids import AccId, BodyId, OrgId, PersonId
from services.members.views import facts, queries
from shared.ask import Step, Written
from shared.database import tenant
from shared.event import Command
from shared.hot import AnyDecider
from shared.http import Caller, Limit, Page, Reader, Receipt, Router, bearer, host_of, requires
from shared.identity import Signed
from shared.importing import ImportedCommand
from shared.problems import Problem, forbidden, not_found

router = Router()
everywhere = Router()
Organisation = Annotated[UUID, Path(description="the organisation's id")]
Endpoint = Callable[..., Any]
_ALL = ("members", "public")


class Acquainted(BaseModel):
    """A person, as each of their coalitions knows them."""

    name: queries.Words | None
    coalitions: list[queries.CoalitionRow]


def _adds(path: str, action: str, to: Router = router) -> Callable[[Endpoint], Endpoint]:
    """Declare a command: what it is added to, and the action it needs."""
    return to.post(path, status_code=201, response_model=Receipt, dependencies=[requires(action)])


async def _write(caller: Caller, decider: AnyDecider, key: UUID, command: Command) -> Written:
    return await caller.handle(decider, key, command, facts=facts.NEEDS.get(type(command), ()))


def _steps(steps: Sequence[founding.Step], *, forming: bool) -> list[tuple[Any, ...]]:
    """Return steps with the facts they need; who forms a coalition presides at once."""
    made = []
    for decider, key, command in steps:
        needs = facts.NEEDS.get(type(command), ())
        if forming:
            asks = facts.standing, facts.standing_in_body
            needs = tuple(facts.founding if fact in asks else fact for fact in needs)
        made.append((decider, key, command, needs))
    return made


def _own_address(caller: Caller, registering: person.RegisterPerson | None) -> None:
    """Refuse to let somebody sign themselves up under another's address."""
    contact = registering.contact if registering else None
    if contact is not None and contact.text.strip().lower() != caller.signed.subject.lower():
        raise forbidden("Register yourself with the address that you sign in with.")


# The coalition


@_adds("/coalitions", "members:coalition:form", everywhere)
async def form_coalition(form: coalition.FormCoalition, caller: Caller) -> Written:
    """Form a coalition, with its plenary, and yourself as chair for the founding organisation."""
    _own_address(caller, form.person)
    draw = caller.host.new_id
    new = founding.NewIds(
        coalition=caller.coalition,
        plenary=BodyId(draw()),
        founder=OrgId(draw()),
        person=PersonId(draw()),
        accreditation=AccId(draw()),
    )
    steps = _steps(founding.found(form, new), forming=True)
    return await caller.handle_all(steps, actor=new.person)


@_adds("/operating-modes", "members:coalition:set-mode")
async def set_operating_mode(mode: coalition.SetOperatingMode, caller: Caller) -> Written:
    """Work formally or informally from now on."""
    return await _write(caller, coalition.decider, caller.coalition, mode)


@everywhere.get("/coalitions", dependencies=[requires("members:coalition:list")])
async def list_coalitions(request: Request) -> Page[queries.CoalitionRow]:
    """List the coalitions that the caller belongs to; an operator sees all."""
    signed = host_of(request).tokens.verify(bearer(request))
    return Page(items=await _coalitions(request, signed))


@everywhere.get("/coalitions/{coalition}", dependencies=[requires("members:coalition:read")])
async def show_coalition(reader: Reader) -> queries.CoalitionRow:
    """Show a coalition: its address, name and mode."""
    async with reader.rows() as db:
        found = await queries.coalitions(db, [reader.coalition], reader.audiences)
    if not found:
        raise not_found()
    return found[0]


async def _coalitions(request: Request, signed: Signed) -> list[queries.CoalitionRow]:
    host = host_of(request)
    if signed.operator:
        async with host.relay_pool.acquire(timeout=2) as db:
            ids = [row[0] for row in await db.fetch("select coalition_id from tenancy.coalition")]
    else:
        known = await host.whois(signed.subject)
        ids = [of for of, who in known.items() if who.audiences]
    async with tenant(host.pool, ids, _ALL) as db:
        return await queries.coalitions(db, ids, _ALL)


# Membership


@_adds("/applications", "members:membership:apply")
async def apply_for_membership(
    application: membership.ApplyForMembership, caller: Caller
) -> Written:
    """Apply for an organisation that was not here before, or for yourself."""
    return await _write(caller, membership.decider, caller.new_id(), application)


@_adds("/members/{organisation}/applications", "members:membership:apply")
async def apply_again(
    organisation: Organisation, application: membership.ApplyForMembership, caller: Caller
) -> Written:
    """Apply again, after having left or been declined."""
    return await _write(caller, membership.decider, organisation, application)


@_adds("/members/{organisation}/declines", "members:membership:decline")
async def decline_membership(
    organisation: Organisation, declining: membership.DeclineMembership, caller: Caller
) -> Written:
    """Decline an application."""
    return await _write(caller, membership.decider, organisation, declining)


@_adds("/members", "members:membership:admit")
async def admit_new_member(joining: membership.AdmitMember, caller: Caller) -> Written:
    """Admit an organisation that did not apply. A person is accredited to the plenary at once."""
    return await _admit(caller.new_id(), joining, caller)


@_adds("/members/{organisation}/admissions", "members:membership:admit")
async def admit_member(
    organisation: Organisation, joining: membership.AdmitMember, caller: Caller
) -> Written:
    """Admit an applicant, or a former member. A person is accredited to the plenary at once."""
    return await _admit(organisation, joining, caller)


async def _admit(org: UUID, joining: membership.AdmitMember, caller: Caller) -> Written:
    async with caller.host.rows(caller.coalition, _ALL) as db:
        plenary = await queries.plenary(db, caller.coalition)
    if plenary is None:
        raise Problem(
            503, "view_behind", "This coalition was formed only now: ask again.",
            headers={"Retry-After": "1"},
        )  # fmt: skip
    steps = founding.admit(joining, OrgId(org), BodyId(plenary), AccId(caller.host.new_id()))
    return await caller.handle_all(_steps(steps, forming=False), body=lambda _state, _command: None)


@_adds("/members/{organisation}/commitments", "members:membership:commit")
async def set_commitment(
    organisation: Organisation, commitment: membership.SetCommitment, caller: Caller
) -> Written:
    """Say how far your organisation commits itself."""
    return await _write(caller, membership.decider, organisation, commitment)


@_adds("/members/{organisation}/suspensions", "members:membership:suspend")
async def suspend_member(
    organisation: Organisation, suspension: membership.SuspendMember, caller: Caller
) -> Written:
    """Suspend a member. In formal mode, say which decision says so."""
    return await _write(caller, membership.decider, organisation, suspension)


@_adds("/members/{organisation}/reinstatements", "members:membership:reinstate")
async def reinstate_member(
    organisation: Organisation, reinstatement: membership.ReinstateMember, caller: Caller
) -> Written:
    """Let a suspended member take part again."""
    return await _write(caller, membership.decider, organisation, reinstatement)


@_adds("/members/{organisation}/departures", "members:membership:leave")
async def leave_coalition(
    organisation: Organisation, departure: membership.LeaveCoalition, caller: Caller
) -> Written:
    """Leave the coalition, or record that a member has left. History stays."""
    return await _write(caller, membership.decider, organisation, departure)


@router.get("/members", dependencies=[requires("members:membership:read")])
async def list_members(
    reader: Reader, limit: Limit = 50, cursor: UUID | None = None, state: str | None = None
) -> Page[queries.MemberRow]:
    """List the organisations that applied or joined."""
    async with reader.rows() as db:
        found = await queries.members(
            db, reader.coalition, reader.audiences, state=state, after=cursor, limit=limit
        )
    return _page(found, limit)


# Who speaks for whom


@_adds("/members/{organisation}/accreditations", "members:accreditation:accredit")
async def accredit_representative(
    organisation: Organisation, named: accreditation.AccreditRepresentative, caller: Caller
) -> Written:
    """Let a person speak for your organisation. The first one is accredited by the chair."""
    return await _write(caller, accreditation.decider, organisation, named)


@_adds("/members/{organisation}/replacements", "members:accreditation:replace")
async def replace_representative(
    organisation: Organisation, named: accreditation.ReplaceRepresentative, caller: Caller
) -> Written:
    """Let another person speak for your organisation instead."""
    return await _write(caller, accreditation.decider, organisation, named)


@_adds("/members/{organisation}/endings", "members:accreditation:end")
async def end_accreditation(
    organisation: Organisation, ending: accreditation.EndAccreditation, caller: Caller
) -> Written:
    """End an accreditation."""
    return await _write(caller, accreditation.decider, organisation, ending)


@_adds("/people", "members:person:register")
async def register_person(registering: person.RegisterPerson, caller: Caller) -> Written:
    """Register yourself, or somebody who will speak for your organisation."""
    if caller.person is None:
        _own_address(caller, registering)
    return await _write(caller, person.decider, caller.new_id(), registering)


@router.get("/people", dependencies=[requires("members:person:read")])
async def list_people(
    reader: Reader, limit: Limit = 50, cursor: UUID | None = None
) -> Page[queries.PersonRow]:
    """List people, and for whom they speak."""
    async with reader.rows() as db:
        found = await queries.people(
            db, reader.coalition, reader.audiences, after=cursor, limit=limit
        )
    return _page(found, limit)


@router.get("/me", dependencies=[requires("members:person:read-self")])
async def show_me(reader: Reader) -> queries.Me:
    """Show how this coalition knows you, and for whom you may speak."""
    async with reader.rows() as db:
        return await queries.me(db, reader.coalition, reader.audiences, reader.person)


@everywhere.get("/me", dependencies=[requires("members:person:read-self")])
async def show_me_everywhere(request: Request) -> Acquainted:
    """Show your name and your coalitions."""
    host = host_of(request)
    signed = host.tokens.verify(bearer(request))
    rows = await _coalitions(request, signed)
    known = {} if signed.operator else await host.whois(signed.subject)
    for row in rows:
        if who := known.get(row.coalition):
            async with host.rows(row.coalition, who.audiences) as db:
                me = await queries.me(db, row.coalition, who.audiences, who.person)
            if me.name:
                return Acquainted(name=me.name, coalitions=rows)
    return Acquainted(name=None, coalitions=rows)


# Bodies, seats, roles


@_adds("/bodies", "members:body:constitute")
async def constitute_body(constituting: body.ConstituteBody, caller: Caller) -> Written:
    """Constitute a working group or the steering body."""
    return await _write(caller, body.decider, caller.new_id(), constituting)


@_adds("/bodies/{body_id}/mandates", "members:body:change-mandate")
async def change_mandate(body_id: UUID, change: body.ChangeMandate, caller: Caller) -> Written:
    """Change what a body works on. In formal mode, say which decision says so."""
    return await _write(caller, body.decider, body_id, change)


@_adds("/bodies/{body_id}/dissolutions", "members:body:dissolve")
async def dissolve_body(body_id: UUID, dissolving: body.DissolveBody, caller: Caller) -> Written:
    """Dissolve a body. In formal mode, say which decision says so."""
    return await _write(caller, body.decider, body_id, dissolving)


@_adds("/bodies/{body_id}/seats", "members:seat:reserve")
async def reserve_seat(body_id: UUID, seat: body.ReserveSeat, caller: Caller) -> Written:
    """Keep a seat, perhaps for a constituency."""
    return await _write(caller, body.decider, body_id, seat)


@_adds("/bodies/{body_id}/seatings", "members:seat:fill")
async def fill_seat(body_id: UUID, seating: body.FillSeat, caller: Caller) -> Written:
    """Give a seat to a member."""
    return await _write(caller, body.decider, body_id, seating)


@_adds("/bodies/{body_id}/vacancies", "members:seat:vacate")
async def vacate_seat(body_id: UUID, vacancy: body.VacateSeat, caller: Caller) -> Written:
    """Give up your organisation's seat; the chair may vacate any."""
    return await _write(caller, body.decider, body_id, vacancy)


@_adds("/bodies/{body_id}/roles", "members:role:take")
async def take_role(body_id: UUID, role: body.TakeRole, caller: Caller) -> Written:
    """Take a role. Chair and secretary are made by the chair."""
    return await _write(caller, body.decider, body_id, role)


@_adds("/bodies/{body_id}/releases", "members:role:release")
async def release_role(body_id: UUID, role: body.ReleaseRole, caller: Caller) -> Written:
    """Release a role."""
    return await _write(caller, body.decider, body_id, role)


@router.get("/bodies", dependencies=[requires("members:body:read")])
async def list_bodies(reader: Reader) -> Page[queries.BodyRow]:
    """List the bodies, with who holds roles and seats there."""
    async with reader.rows() as db:
        return Page(items=await queries.bodies(db, reader.coalition, reader.audiences))


# Issues


@_adds("/issues", "members:issue:raise")
async def raise_issue(raising: issue.RaiseIssue, caller: Caller) -> Written:
    """Raise an issue for the coalition to speak about."""
    return await _write(caller, issue.decider, caller.new_id(), raising)


@_adds("/issues/{issue_id}/scopes", "members:issue:scope")
async def scope_issue(issue_id: UUID, scope: issue.ScopeIssue, caller: Caller) -> Written:
    """Leave an issue out, or take it up again."""
    return await _write(caller, issue.decider, issue_id, scope)


@router.get("/issues", dependencies=[requires("members:issue:read")])
async def list_issues(
    reader: Reader, limit: Limit = 50, cursor: UUID | None = None
) -> Page[queries.IssueRow]:
    """List the issues."""
    async with reader.rows() as db:
        found = await queries.issues(
            db, reader.coalition, reader.audiences, after=cursor, limit=limit
        )
    return _page(found, limit)


def _page(found: list[Any], limit: int) -> Page[Any]:
    return Page(items=found, next_cursor=str(found[-1].id) if len(found) == limit else None)


COMMANDS: tuple[tuple[AnyDecider, Any], ...] = (
    (coalition.decider, coalition.CoalitionCommand),
    (membership.decider, membership.MembershipCommand),
    (accreditation.decider, accreditation.AccreditationCommand),
    (body.decider, body.BodyCommand),
    (issue.decider, issue.IssueCommand),
    (person.decider, person.PersonCommand),
)


def _formed_before(of: UUID, form: coalition.FormCoalition) -> list[Step]:
    """Return the steps of an imported forming; ids that the source did not give follow from it."""
    new = founding.NewIds(
        coalition=of,
        plenary=BodyId(uuid5(of, "plenary")),
        founder=OrgId(uuid5(of, "founder")),
        person=PersonId(uuid5(of, "person")),
        accreditation=AccId(uuid5(of, "accreditation")),
    )
    return [Step(*step) for step in _steps(founding.found(form, new), forming=True)]


IMPORTS = {
    command.__name__: ImportedCommand(decider, command, facts.NEEDS.get(command, ()))
    for decider, union in COMMANDS
    for command in (get_args(union) or (union,))
} | {
    "FormCoalition": ImportedCommand(
        coalition.decider, coalition.FormCoalition, steps=_formed_before
    )
}
