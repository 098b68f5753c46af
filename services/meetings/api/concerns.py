"""HTTP in: concerns. Nothing that is kept of an anonymous one says who raised it, but its box."""

from collections.abc import Mapping
from uuid import UUID

from services.meetings.api.adding import adds, write
from services.meetings.domain import concern
from services.meetings.domain.ballot import OWN
from services.meetings.domain.ids import OrgId
from services.meetings.views import NEEDS, concerns, queries, raisers
from services.meetings.views.said import entries
from shared.ask import Written
from shared.event import Context
from shared.hot import Reading
from shared.http import Caller, Page, Reader, Router, requires
from shared.problems import forbidden, not_found

router = Router()


@adds(router, "/concerns", "concern:raise")
async def raise_concern(command: concern.RaiseConcern, caller: Caller) -> Written:
    """Raise a concern in the body that it is about: in your organisation's name, or in nobody's."""
    id_, keys = caller.new_id(), caller.host.keys
    if not command.anonymous:
        return await write(caller, concern.decider, id_, command)
    assert keys is not None
    await keys.ensure(caller.coalition, None, OWN)
    return await caller.handle(
        concern.decider,
        id_,
        command,
        facts=(*NEEDS[concern.RaiseConcern], raisers.unsigned(keys)),
        beside=raisers.keep(keys, id_),
        veiled=True,
    )


@adds(router, "/concerns/{concern_id}/resolutions", "concern:resolve")
async def resolve_concern(
    concern_id: UUID, command: concern.ResolveConcern, caller: Caller
) -> Written:
    """Say what became of a concern. Who raised it anonymously is forgotten by that."""
    forgotten = raisers.forget(concern_id)
    return await write(caller, concern.decider, concern_id, command, beside=forgotten)


@router.get("/concerns", dependencies=[requires("meetings:concern:read")])
async def list_concerns(reader: Reader, about: UUID | None = None) -> Page[concerns.ConcernRow]:
    """List the concerns of your bodies: those that wait first, the oldest first.

    `about`: only those about this proposal.
    """
    journal, seen = reader.host.journal, (reader.coalition, reader.audiences)
    assert journal is not None
    async with reader.rows() as db:
        said = await entries(db, *seen, "concern", disclosed=True)
        titles = await queries.proposal_titles(db, *seen)
        named = await queries.names(db, *seen)

    async def allowed(read: Reading) -> tuple[Mapping[UUID, raisers.May], Context]:
        waiting = {entry.key for entry in said if entry.type == "ConcernRaised"}
        waiting -= {entry.key for entry in said if entry.type == "ConcernResolved"}
        return await raisers.may(read, reader.person, waiting), read.context

    may, context = await journal.look(reader.coalition, allowed)
    rows = concerns.concerns(said, named, titles, may, context.at.date())
    return Page(items=[row for row in rows if about is None or row.is_about(about)])


@router.get("/concerns/{concern_id}/raiser", dependencies=[requires("meetings:concern:read")])
async def show_raiser(concern_id: UUID, reader: Reader) -> concerns.Raiser:
    """Show the facilitator who raised a concern anonymously, until it is resolved.

    That is who facilitates the meeting it came up in; where nobody does, the chair of its body.
    """
    journal, keys, seen = (
        reader.host.journal,
        reader.host.keys,
        (reader.coalition, reader.audiences),
    )
    assert journal is not None
    assert keys is not None
    async with reader.rows() as db:
        said = await entries(db, *seen, "concern", key=concern_id)
        named = await queries.names(db, *seen)
    if not said:
        raise not_found()

    async def known(read: Reading) -> tuple[bool, OrgId | None]:
        allowed = (await raisers.may(read, reader.person, [concern_id]))[concern_id].know
        return allowed, await raisers.raiser(read, keys, concern_id) if allowed else None

    allowed, by = await journal.look(reader.coalition, known)
    if said[0].data.get("anonymous") is not False and not allowed:
        raise forbidden("Only the facilitator may know who raised a concern anonymously.")
    return concerns.Raiser(raised_by=named.org(by or said[0].by))
