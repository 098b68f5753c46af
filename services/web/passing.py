"""Passes a service's own JSON or CSV on to the browser, piece by piece."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack

from starlette.responses import Response, StreamingResponse

from services.web.peers import Asker, Service

KEPT = (
    "accord-as-of",
    "content-digest",
    "content-disposition",
    "content-security-policy",
    "content-type",
)


async def pass_on(ask: Asker, service: Service, path: str, query: Mapping[str, str]) -> Response:
    """Answer with what the service answers to this person.

    Raises:
        PeerRefused, PeerSilent: before anything was sent.
    """
    async with AsyncExitStack() as opening:
        answer = await opening.enter_async_context(ask.stream(service, path, query))
        held = opening.pop_all()

    async def pieces() -> AsyncIterator[bytes]:
        async with held:
            async for piece in answer.aiter_bytes():
                yield piece

    headers = {name: answer.headers[name] for name in KEPT if name in answer.headers}
    return StreamingResponse(pieces(), answer.status_code, headers)
