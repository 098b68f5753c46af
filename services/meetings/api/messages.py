"""HTTP in: messages, and what partners make of them for their own."""

from uuid import UUID

from services.meetings.api.adding import adds, write
from services.meetings.domain import message
from services.meetings.views import messages
from shared.ask import Written
from shared.http import Caller, Page, Reader, Router, requires

router = Router()


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


@router.get("/messages", dependencies=[requires("meetings:message:read")])
async def list_messages(reader: Reader) -> Page[messages.MessageRow]:
    """List the messages, the newest first, with who approved them and their variants."""
    async with reader.rows() as db:
        return Page(items=await messages.messages(db, reader.coalition, reader.audiences))
