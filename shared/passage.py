"""The way to a service that runs in another process of this machine, under its usual address."""

from collections.abc import Iterable, Iterator
from urllib.parse import quote

import httpx2
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from shared.http import whole_body
from shared.problems import Problem

ANSWERS_WITHIN = 30.0  # seconds for the next piece; a rebuild says how far it is more often
KEPT = 2.0  # seconds; less than the other end keeps a quiet connection, so none breaks on reuse
CONNECTIONS = 200
OF_ONE_HOP = frozenset(
    {
        b"connection", b"content-length", b"date", b"host", b"keep-alive", b"proxy-authenticate",
        b"proxy-authorization", b"server", b"te", b"trailer", b"transfer-encoding", b"upgrade",
    }
)  # fmt: skip
"""Headers that belong to one connection (RFC 9110, 7.6.1), or that each end writes itself."""
CONTROLS = bytes(set(range(0x20)) - {0x09} | {0x7F})
SPACED = bytes.maketrans(CONTROLS, b" " * len(CONTROLS))
IN_PATHS = "/:@!$&'()*+,;=~-._"


class Passage:
    """Passes requests on and answers back, piece by piece and byte for byte.

    Args:
        address: Of the service; what is mounted here at its name.
    """

    def __init__(self, address: str) -> None:
        self._address = address
        self._client = httpx2.AsyncClient(
            timeout=httpx2.Timeout(ANSWERS_WITHIN, connect=2.0),
            limits=httpx2.Limits(max_connections=CONNECTIONS, keepalive_expiry=KEPT),
            follow_redirects=False, trust_env=False,
        )  # fmt: skip

    async def close(self) -> None:
        await self._client.aclose()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = await self._asked(Request(scope, receive, send))
        try:
            passed = StreamingResponse(answer.aiter_raw(), answer.status_code)
            passed.raw_headers = [*_passed(answer.headers.raw)]
            if (length := answer.headers.get("content-length")) is not None:
                passed.raw_headers.append((b"content-length", length.encode("ascii")))
            await passed(scope, receive, send)
        finally:
            await answer.aclose()

    async def _asked(self, request: Request) -> httpx2.Response:
        """Return the beginning of what the service answers.

        Raises:
            Problem: 413; 503 where it does not answer.
        """
        asked = self._client.build_request(
            request.method, self._there(request), content=await whole_body(request),
            headers=[
                (b"accept-encoding", b"identity"),
                *((name, _clean(value)) for name, value in _passed(request.scope["headers"])),
            ],
        )  # fmt: skip
        try:
            return await self._client.send(asked, stream=True)
        except httpx2.TransportError as error:
            raise Problem(
                503, "busy", "This part is not to be had just now: please ask again.",
                headers={"Retry-After": "1"},
            ) from error  # fmt: skip

    def _there(self, request: Request) -> str:
        below = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
        query = request.scope["query_string"].decode("latin-1")
        return f"{self._address}{quote(below, safe=IN_PATHS)}" + (f"?{query}" if query else "")


def _passed(headers: Iterable[tuple[bytes, bytes]]) -> Iterator[tuple[bytes, bytes]]:
    return ((name, value) for name, value in headers if name.lower() not in OF_ONE_HOP)


def _clean(value: bytes) -> bytes:
    """Put a space for what no value may hold (RFC 9110, 5.5) and parsers let in."""
    return value.translate(SPACED).strip()
