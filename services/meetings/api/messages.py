"""HTTP in: messages, what partners make of them for their own, and who may see them."""

from collections.abc import Mapping
from typing import Literal
from uuid import UUID

from services.meetings.api.adding import adds, write
from services.meetings.domain import disclosure, message, statement
from services.meetings.views import disclosures, messages
from shared.ask import Written
from shared.http import Caller, Page, Reader, Router, requires

router = Router()
SEEN_BY: Mapping[str, tuple[str, ...]] = {
    "members": ("members", "public"),
    "public": ("public",),
}


@adds(router, "/messages", "message:draft")
async def draft_message(command: message.DraftMessage, caller: Caller) -> Written:
    """Draft what the coalition may say on an issue."""
    return await write(caller, message.decider, caller.new_id(), command)


@adds(router, "/messages/{message_id}/approvals", "message:approve")
async def approve_message(
    message_id: UUID, command: message.ApproveMessage, caller: Caller
) -> Written:
    """Approve a message for your organisation."""
    return await write(caller, message.decider, message_id, command)


@adds(router, "/messages/{message_id}/variants", "message:vary")
async def approve_variant(
    message_id: UUID, command: message.ApproveVariant, caller: Caller
) -> Written:
    """Approve a variant of a message for one audience, once your organisation approved that."""
    return await write(caller, message.decider, message_id, command)


@adds(router, "/messages/{message_id}/releases", "message:release")
async def release_statement(
    message_id: UUID, command: statement.ReleaseStatement, caller: Caller
) -> Written:
    """Put a message out on a decision, with names under it and minority statements beside it."""
    return await write(caller, message.decider, message_id, command)


@router.get("/messages", dependencies=[requires("meetings:message:read")])
async def list_messages(
    reader: Reader, audience: Literal["members", "public"] | None = None
) -> Page[messages.MessageRow]:
    """List the messages, the newest first, with who approved them and their variants.

    `audience` shows what members or the public see of them; without, all that the reader may see.
    """
    seen_by = SEEN_BY[audience] if audience else reader.audiences
    async with reader.rows() as db:
        return Page(items=await messages.messages(db, reader.coalition, seen_by))


@adds(router, "/disclosures", "disclosure:request")
async def request_disclosure(command: disclosure.RequestDisclosure, caller: Caller) -> Written:
    """Ask that more may see something; your organisation approves what it shows of itself."""
    return await write(caller, disclosure.decider, caller.new_id(), command)


@adds(router, "/disclosures/{disclosure_id}/approvals", "disclosure:approve")
async def approve_disclosure(
    disclosure_id: UUID, command: disclosure.ApproveDisclosure, caller: Caller
) -> Written:
    """Approve it for your organisation; shown once all have that it shows something of."""
    return await write(caller, disclosure.decider, disclosure_id, command)


@adds(router, "/disclosures/{disclosure_id}/refusals", "disclosure:refuse")
async def refuse_disclosure(
    disclosure_id: UUID, command: disclosure.RefuseDisclosure, caller: Caller
) -> Written:
    """Refuse it for your organisation: one refusal is enough."""
    return await write(caller, disclosure.decider, disclosure_id, command)


@router.get("/disclosures", dependencies=[requires("meetings:disclosure:read")])
async def list_disclosures(reader: Reader) -> Page[disclosures.DisclosureRow]:
    """List the disclosures asked for, the newest first: what, for whom, and who has answered."""
    async with reader.rows() as db:
        return Page(items=await disclosures.disclosures(db, reader.coalition, reader.audiences))
