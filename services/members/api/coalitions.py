"""Coalitions: formed, named, listed."""

from typing import Annotated

from fastapi import Query, Request
from pydantic import BaseModel

from services.members.api.people import own_address
from services.members.api.routing import EVERY_MEMBER, adds, everywhere, with_facts, write
from services.members.domain import coalition, founding
from services.members.domain.ids import AccId, BodyId, OrgId, PersonId
from services.members.views import queries
from shared.ask import Written
from shared.database import enter, tenant
from shared.event import Code
from shared.http import READS, Caller, Limit, Page, Reader, bearer, host_of, requires
from shared.identity import Signed
from shared.problems import not_found


class Acquainted(BaseModel):
    """A person, as each of their coalitions knows them."""

    name: queries.Words | None
    coalitions: list[queries.CoalitionRow]


@adds("/coalitions", "members:coalition:form", everywhere)
async def form_coalition(form: coalition.FormCoalition, caller: Caller) -> Written:
    """Form a coalition, with its plenary, and yourself as chair for the founding organisation."""
    own_address(caller, form.person)
    draw = caller.host.new_id
    new = founding.NewIds(
        coalition=caller.coalition,
        plenary=BodyId(draw()),
        founder=OrgId(draw()),
        person=PersonId(draw()),
        accreditation=AccId(draw()),
    )
    steps = with_facts(founding.found(form, new), forming=True)
    return await caller.handle_all(steps, actor=new.person)


@adds("/operating-modes", "members:coalition:set-mode")
async def set_operating_mode(mode: coalition.SetOperatingMode, caller: Caller) -> Written:
    """Work formally or informally from now on."""
    return await write(caller, coalition.decider, caller.coalition, mode)


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


@everywhere.get("/listings", dependencies=[requires("members:listing:find")])
async def find_coalitions(
    request: Request,
    topic: Annotated[Code | None, Query(description="only those that work on this")] = None,
    limit: Limit = 50,
) -> Page[queries.ListingRow]:
    """Find coalitions that let themselves be found, by name: what they work on, whom to ask."""
    host = host_of(request)
    signed = host.tokens.verify(bearer(request))
    if not signed.demo:
        host.limit("reads", signed.principal, *READS)
    async with host.relay_pool.acquire(timeout=2) as every, every.transaction():
        await enter(every, ())
        found = await queries.listed(every, topic, limit)
    async with tenant(host.pool, found, EVERY_MEMBER) as db:
        named = await queries.coalitions(db, [*found], EVERY_MEMBER)
    names = {row.coalition: row.name for row in named}

    def heard(said: queries.Words | None) -> queries.Words | None:
        """Leave out who redacted it, and where: the list tells no ids."""
        return None if said is None or "withheld" in said else said

    rows = [
        queries.ListingRow(topics=topics, name=heard(names.get(of)), contact=heard(contact))
        for of, (topics, contact) in found.items()
    ]
    return Page(items=sorted(rows, key=lambda row: row.name["text"].casefold() if row.name else ""))


async def _coalitions(request: Request, signed: Signed) -> list[queries.CoalitionRow]:
    host = host_of(request)
    if signed.operator:
        async with host.relay_pool.acquire(timeout=2) as db:
            ids = [row[0] for row in await db.fetch("select coalition_id from tenancy.coalition")]
    else:
        known = await host.whois(signed.subject)
        ids = [of for of, who in known.items() if who.audiences]
    async with tenant(host.pool, ids, EVERY_MEMBER) as db:
        return await queries.coalitions(db, ids, EVERY_MEMBER)


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
