"""The edge to the browser: the headers of every answer, forms in, files of our own out."""

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from urllib.parse import parse_qsl

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

FORM_BYTES = 64 * 1024
CONTENT_SECURITY = (
    "default-src 'none'; script-src 'none'; style-src 'self'; img-src 'self' data:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
A_YEAR_AND_SUBDOMAINS = "max-age=31536000; includeSubDomains"
TYPES = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}


def security_headers(*, secure: bool) -> dict[str, str]:
    """Return what stands on every answer; over TLS also that browsers come back over TLS."""
    return HEADERS | ({"Strict-Transport-Security": A_YEAR_AND_SUBDOMAINS} if secure else {})


class Guarded:
    """Puts the security headers on every answer; pages are never kept by caches.

    A report that a service wrote as a page comes with a policy of its own, for its own style.
    """

    def __init__(self, app: ASGIApp, *, secure: bool) -> None:
        self._app = app
        self._headers = security_headers(secure=secure)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in (self._headers | {"Cache-Control": "no-store"}).items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, guarded if scope["type"] == "http" else send)


class UnreadableForm(Exception):
    """A form that is none, or too long."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status


async def read_form(request: Request) -> Mapping[str, str]:
    """Return the fields of a posted form; of a field sent twice, the last.

    Raises:
        UnreadableForm: it is not a form, not UTF-8, or longer than 64 KiB.
    """
    if not request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        raise UnreadableForm(415, "This address takes a form.")
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > FORM_BYTES:
            raise UnreadableForm(413, "What you sent is longer than 64 KiB.")
    try:
        fields = parse_qsl(body.decode(), keep_blank_values=True, errors="strict")
    except ValueError as unreadable:
        raise UnreadableForm(400, "What you sent is not readable as UTF-8.") from unreadable
    return {name: value.replace("\r\n", "\n").strip() for name, value in fields}


@dataclass(frozen=True)
class Asset:
    """A file of ours, named with its content's hash so that browsers may keep it for good."""

    name: str
    body: bytes
    packed: bytes
    media_type: str

    def answer(self, request: Request) -> Response:
        """Answer with the file, packed where the browser takes that."""
        takes_gzip = "gzip" in request.headers.get("accept-encoding", "")
        headers = {
            "Cache-Control": "public, max-age=31536000, immutable",
            "Vary": "Accept-Encoding",
        } | ({"Content-Encoding": "gzip"} if takes_gzip else {})
        body = self.packed if takes_gzip else self.body
        return Response(body, media_type=self.media_type, headers=headers)


def _asset(name: str, body: bytes) -> Asset:
    stem, _, suffix = name.rpartition(".")
    hashed = f"{stem}.{hashlib.sha256(body).hexdigest()[:12]}.{suffix}"
    return Asset(hashed, body, gzip.compress(body, mtime=0), TYPES[suffix])


ASSETS: Mapping[str, Asset] = {
    file.name: _asset(file.name, file.read_bytes())
    for file in files("services.web").joinpath("static").iterdir()
    if file.name.rpartition(".")[2] in TYPES
}
BY_HASHED_NAME: Mapping[str, Asset] = {asset.name: asset for asset in ASSETS.values()}
