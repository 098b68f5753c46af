"""One HTTP request with an end: what others answer, and how slowly, costs no more than its time."""

import http.client
import socket
import ssl
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

ANSWER_BYTES = 1 << 20


class NoAnswer(OSError):
    """Nobody answered, or not in time, or not in HTTP: the message says which."""


@dataclass(frozen=True)
class Reply:
    """What was answered; nothing is followed from it."""

    status: int
    type: str
    body: bytes


def call(
    method: str,
    url: str,
    *,
    seconds: float,
    body: bytes | None = None,
    token: str | None = None,
    at_most: int = ANSWER_BYTES,
) -> Reply:
    """Ask once, without redirects.

    Args:
        url: http or https; no user, query or fragment in it.
        seconds: For all of it, from the first packet to the last.
        token: What says who asks, where that matters (RFC 6750).
        at_most: Bytes of an answer.

    Raises:
        NoAnswer: there is none.
    """
    ends = time.monotonic() + seconds
    connection = _connection(url, seconds)
    try:
        connection.connect()
        end = threading.Timer(max(ends - time.monotonic(), 0), _end, (connection.sock,))
        end.daemon = True
        end.start()
        try:
            connection.request(method, urlsplit(url).path or "/", body, _headers(body, token))
            response = connection.getresponse()
            answer = response.read(at_most + 1)
        finally:
            end.cancel()
    except (OSError, http.client.HTTPException, ValueError) as error:
        late = time.monotonic() >= ends
        why = f"nothing within {seconds:g} s" if late else (str(error) or type(error).__name__)
        raise NoAnswer(f"{url}: {why}.") from error
    finally:
        connection.close()
    if time.monotonic() >= ends:  # cut off by us: the body may not be whole
        raise NoAnswer(f"{url}: nothing within {seconds:g} s.")
    if len(answer) > at_most:
        raise NoAnswer(f"{url}: more than {at_most} bytes.")
    return Reply(response.status, response.headers.get_content_type(), answer)


def joined(prefix: str, path: str) -> str:
    """Return the address below a prefix."""
    return f"{prefix.rstrip('/')}/{path}"


def _connection(url: str, seconds: float) -> http.client.HTTPConnection:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise NoAnswer(f"{url!r} is no address: {error}.") from error
    if (
        parts.scheme not in {"http", "https"}
        or not host
        or not url.isascii()
        or not url.isprintable()
    ):
        raise NoAnswer(f"{url!r} is no address that begins with https:// or http://.")
    if parts.query or parts.fragment or parts.username is not None:
        raise NoAnswer(f"{url!r} has a user, a query or a fragment, which is not asked for here.")
    if parts.scheme == "http":
        return http.client.HTTPConnection(host, port, timeout=seconds)
    context = ssl.create_default_context()
    return http.client.HTTPSConnection(host, port, timeout=seconds, context=context)


def _headers(body: bytes | None, token: str | None) -> dict[str, str]:
    told = {"User-Agent": "accord", "Connection": "close"}
    if token is not None:
        told["Authorization"] = f"Bearer {token}"
    return told if body is None else told | {"Content-Type": "text/plain; charset=utf-8"}


def _end(open_: socket.socket) -> None:
    with suppress(OSError):
        open_.shutdown(socket.SHUT_RDWR)
