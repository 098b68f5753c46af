"""What happens between two organisations: touchpoints, trust, breaches and amends."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import Path, Query
from pydantic import AfterValidator

from services.members.api.routing import adds, own_orgs, router, window, write
from services.members.domain import relationship
from services.members.views import queries, relationships
from services.members.views.said import entries
from shared.ask import Written
from shared.http import Caller, Limit, Page, Reader, requires

STALE = 90


def _of_two(named: str) -> str:
    return relationship.key_of(*relationship.orgs_of(named))


Two = Annotated[
    str,
    Path(
        description="the ids of the two organisations, joined by `_`, in either order",
        pattern=r"^[0-9a-fA-F-]{36}_[0-9a-fA-F-]{36}$",
    ),
    AfterValidator(_of_two),
]


@adds("/relationships/{relationship_id}/touchpoints", "members:touchpoint:log")
async def log_touchpoint(
    relationship_id: Two, touchpoint: relationship.LogTouchpoint, caller: Caller
) -> Written:
    """Log that you were in touch with another organisation. Every member sees that, no more."""
    return await write(caller, relationship.decider, relationship_id, touchpoint)


@adds("/relationships/{relationship_id}/tensions", "members:tension:record")
async def record_tension(
    relationship_id: Two, tension: relationship.RecordTension, caller: Caller
) -> Written:
    """Record an old tension with another organisation, for the two of you alone."""
    return await write(caller, relationship.decider, relationship_id, tension)


@adds("/relationships/{relationship_id}/pulses", "members:pulse:submit")
async def submit_trust_pulse(
    relationship_id: Two, pulse: relationship.SubmitTrustPulse, caller: Caller
) -> Written:
    """Say how far you trust another organisation, once a quarter, from 1 (little) to 4 (fully)."""
    return await write(caller, relationship.decider, relationship_id, pulse)


@adds("/relationships/{relationship_id}/breaches", "members:breach:report")
async def report_breach(
    relationship_id: Two, breach: relationship.ReportBreach, caller: Caller
) -> Written:
    """Report that one of the two organisations crossed an agreed boundary."""
    return await write(caller, relationship.decider, relationship_id, breach)


@adds("/relationships/{relationship_id}/amends", "members:amends:offer")
async def offer_amends(
    relationship_id: Two, amends: relationship.OfferAmends, caller: Caller
) -> Written:
    """Offer amends for a breach by your organisation."""
    return await write(caller, relationship.decider, relationship_id, amends)


@adds("/relationships/{relationship_id}/acceptances", "members:amends:accept")
async def accept_amends(
    relationship_id: Two, acceptance: relationship.AcceptAmends, caller: Caller
) -> Written:
    """Accept the amends that were offered to your organisation."""
    return await write(caller, relationship.decider, relationship_id, acceptance)


@router.get("/relationships", dependencies=[requires("members:relationship:read")])
async def list_relationships(
    reader: Reader,
    stale: Annotated[bool, Query(description="only those out of touch for too long")] = False,  # noqa: FBT002 - a query parameter is always named
    days: Annotated[int, Query(ge=1, le=3_650, description="longer than that is too long")] = STALE,
    with_: Annotated[
        UUID | None, Query(alias="with", description="only those with this organisation")
    ] = None,
    limit: Limit | None = None,
    cursor: str | None = None,
) -> Page[relationships.RelationshipRow]:
    """List what is between the organisations you act for and each other member."""
    seen = reader.coalition, reader.audiences
    async with reader.rows() as db:
        said = await entries(db, *seen, "relationship")
        members = await queries.joined(db, *seen)
        names = await queries.names(db, *seen)
    rows = relationships.relationships(
        said, members, names, of=own_orgs(reader), today=datetime.now(UTC).date(), days=days
    )
    found = [
        row
        for row in rows
        if (row.stale or not stale) and with_ in {None, *(org.id for org in row.organisations)}
    ]
    return window(found, limit, cursor, lambda row: row.id)
