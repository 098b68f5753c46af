"""People, and for which organisations they speak."""

from collections.abc import Mapping
from uuid import UUID

from pydantic import BaseModel

from services.members.api.routing import Organisation, adds, page, router, with_facts, write
from services.members.domain import accreditation, founding, person
from services.members.domain.ids import OrgId
from services.members.views import erasures, growth, queries
from services.members.views.said import entries
from shared.ask import Step, Written
from shared.http import Caller, Limit, Page, Reader, requires
from shared.problems import forbidden


def own_address(caller: Caller, registering: person.RegisterPerson | None) -> None:
    """Refuse to let somebody sign themselves up under another's address."""
    contact = registering.contact if registering else None
    if contact is not None and contact.text.strip().lower() != caller.signed.subject.lower():
        raise forbidden("Register yourself with the address that you sign in with.")


@adds("/members/{organisation}/accreditations", "members:accreditation:accredit")
async def accredit_representative(
    organisation: Organisation, named: accreditation.AccreditRepresentative, caller: Caller
) -> Written:
    """Let a person speak for your organisation. The first one is accredited by the chair."""
    return await write(caller, accreditation.decider, organisation, named)


@adds("/members/{organisation}/replacements", "members:accreditation:replace")
async def replace_representative(
    organisation: Organisation, named: accreditation.ReplaceRepresentative, caller: Caller
) -> Written:
    """Let another person speak for your organisation instead; a review of its roles opens."""
    steps = founding.replace_representative(named, OrgId(organisation), caller.coalition)
    replacing, reviewing = with_facts(steps, forming=False)
    return await caller.handle_all([replacing, Step(*reviewing, follows=True)])


@adds("/members/{organisation}/endings", "members:accreditation:end")
async def end_accreditation(
    organisation: Organisation, ending: accreditation.EndAccreditation, caller: Caller
) -> Written:
    """End an accreditation."""
    return await write(caller, accreditation.decider, organisation, ending)


@adds("/members/{organisation}/proxies", "members:proxy:grant")
async def grant_proxy(
    organisation: Organisation, granting: accreditation.GrantProxy, caller: Caller
) -> Written:
    """Let another organisation vote for yours in a body, from one day to another."""
    return await write(caller, accreditation.decider, organisation, granting)


@adds("/members/{organisation}/revocations", "members:proxy:revoke")
async def revoke_proxy(
    organisation: Organisation, revoking: accreditation.RevokeProxy, caller: Caller
) -> Written:
    """Take a proxy back."""
    return await write(caller, accreditation.decider, organisation, revoking)


@adds("/people", "members:person:register")
async def register_person(registering: person.RegisterPerson, caller: Caller) -> Written:
    """Register yourself, or somebody who will speak for your organisation."""
    if caller.person is None:
        own_address(caller, registering)
    return await write(caller, person.decider, caller.new_id(), registering)


@adds("/people/{person_id}/consents", "members:consent:give")
async def give_consent(person_id: UUID, consent: person.GiveConsent, caller: Caller) -> Written:
    """Consent to something, such as to have your story told. Only you can."""
    return await write(caller, person.decider, person_id, consent)


@adds("/people/{person_id}/withdrawals", "members:consent:withdraw")
async def withdraw_consent(
    person_id: UUID, withdrawal: person.WithdrawConsent, caller: Caller
) -> Written:
    """Withdraw a consent, at any time and without a reason. Only you can."""
    return await write(caller, person.decider, person_id, withdrawal)


@adds("/people/{person_id}/goals", "members:goal:set")
async def set_growth_goal(person_id: UUID, goal: person.SetGrowthGoal, caller: Caller) -> Written:
    """Set yourself a goal to grow towards, and a day."""
    return await write(caller, person.decider, person_id, goal)


@adds("/people/{person_id}/achievements", "members:goal:reach")
async def reach_growth_goal(
    person_id: UUID, achievement: person.ReachGrowthGoal, caller: Caller
) -> Written:
    """Say that you have reached a goal of yours."""
    return await write(caller, person.decider, person_id, achievement)


@adds("/people/{person_id}/wellbeings", "members:wellbeing:submit")
async def submit_wellbeing(
    person_id: UUID, wellbeing: person.SubmitWellbeing, caller: Caller
) -> Written:
    """Say how you are, from 1 to 5, once a month. It is not said on anybody's behalf."""
    return await write(caller, person.decider, person_id, wellbeing)


@adds("/people/{person_id}/erasure-requests", "members:erasure:request")
async def request_erasure(
    person_id: UUID, request: person.RequestErasure, caller: Caller
) -> Written:
    """Ask that a person be erased. Another organisation's chair does it, or they themselves."""
    return await write(caller, person.decider, person_id, request)


@adds("/people/{person_id}/erasures", "members:person:erase")
async def erase_person(person_id: UUID, erasing: person.ErasePerson, caller: Caller) -> Written:
    """Erase yourself, or whose erasure another organisation asked for. Nothing brings them back."""
    return await write(caller, person.decider, person_id, erasing)


def confirm_erasure(erased: UUID, services: Mapping[str, int]) -> Step:
    """Return the command that records that every service has erased a person."""
    receipt = person.IssueErasureReceipt(services=dict(services))
    return Step(person.decider, erased, receipt)


@router.get("/erasures", dependencies=[requires("members:erasure:read")])
async def list_erasures(reader: Reader) -> Page[erasures.ErasureRow]:
    """List the erasures that were asked for, made, and confirmed by every service."""
    async with reader.rows() as db:
        said = await entries(db, reader.coalition, reader.audiences, "person", types=erasures.TYPES)
        known = await queries.names(db, reader.coalition, reader.audiences)
    return Page(items=erasures.erasures(said, known))


@router.get("/people", dependencies=[requires("members:person:read")])
async def list_people(
    reader: Reader, limit: Limit = 50, cursor: UUID | None = None
) -> Page[queries.PersonRow]:
    """List people, and for whom they speak."""
    async with reader.rows() as db:
        found = await queries.people(
            db, reader.coalition, reader.audiences, after=cursor, limit=limit
        )
    return page(found, limit)


class Growth(BaseModel):
    """What a person took on and reached, consented to and felt; their own eyes only."""

    roles: list[queries.TakenRow] = []
    goals: list[growth.GoalRow] = []
    consents: list[growth.ConsentRow] = []
    wellbeing: list[growth.WellbeingRow] = []


@router.get("/growth", dependencies=[requires("members:person:read-self")])
async def show_growth(reader: Reader) -> Growth:
    """Show the roles that you took, your goals and consents, and how you said you were."""
    if reader.person is None:
        return Growth()
    seen = reader.coalition, reader.audiences
    async with reader.rows() as db:
        said = await entries(db, *seen, "person", key=str(reader.person))
        roles = await queries.roles_of(db, *seen, reader.person)
    return Growth(
        roles=roles, goals=growth.goals(said), consents=growth.consents(said),
        wellbeing=growth.wellbeing(said),
    )  # fmt: skip


@router.get("/me", dependencies=[requires("members:person:read-self")])
async def show_me(reader: Reader) -> queries.Me:
    """Show how this coalition knows you, and for whom you may speak."""
    async with reader.rows() as db:
        return await queries.me(db, reader.coalition, reader.audiences, reader.person)
