"""What organisations offer each other, ask for, match and deliver."""

from uuid import UUID

from services.members.api.routing import adds, router, window, write
from services.members.domain import exchange
from services.members.views import exchanges, queries
from services.members.views.said import entries
from shared.ask import Written
from shared.http import Caller, Limit, Page, Reader, requires


@adds("/offers", "members:exchange:offer")
async def offer_resource(offer: exchange.OfferResource, caller: Caller) -> Written:
    """Offer something to whoever needs it."""
    return await write(caller, exchange.decider, caller.new_id(), offer)


@adds("/requests", "members:exchange:request")
async def request_resource(request: exchange.RequestResource, caller: Caller) -> Written:
    """Ask for something that your organisation needs."""
    return await write(caller, exchange.decider, caller.new_id(), request)


@adds("/exchanges/{exchange_id}/offers", "members:exchange:offer")
async def answer_request(
    exchange_id: UUID, offer: exchange.OfferResource, caller: Caller
) -> Written:
    """Offer what another organisation asks for."""
    return await write(caller, exchange.decider, exchange_id, offer)


@adds("/exchanges/{exchange_id}/requests", "members:exchange:request")
async def answer_offer(
    exchange_id: UUID, request: exchange.RequestResource, caller: Caller
) -> Written:
    """Ask for what another organisation offers."""
    return await write(caller, exchange.decider, exchange_id, request)


@adds("/exchanges/{exchange_id}/matches", "members:exchange:match")
async def match_resource(
    exchange_id: UUID, match: exchange.MatchResource, caller: Caller
) -> Written:
    """Match an offer with a request, or agree to a match. It holds once all parties agreed."""
    return await write(caller, exchange.decider, exchange_id, match)


@adds("/exchanges/{exchange_id}/deliveries", "members:exchange:deliver")
async def deliver_resource(
    exchange_id: UUID, delivery: exchange.DeliverResource, caller: Caller
) -> Written:
    """Record how much was delivered in all; without a quantity, everything that was matched."""
    return await write(caller, exchange.decider, exchange_id, delivery)


@router.get("/exchanges", dependencies=[requires("members:exchange:read")])
async def list_exchanges(
    reader: Reader, limit: Limit | None = None, cursor: str | None = None
) -> Page[exchanges.ExchangeRow]:
    """List what was offered and asked for, what was matched, and how much of it came."""
    seen = reader.coalition, reader.audiences
    async with reader.rows() as db:
        said = await entries(db, *seen, "exchange")
        names = await queries.names(db, *seen)
    return window(exchanges.exchanges(said, names), limit, cursor, lambda row: row.id)
