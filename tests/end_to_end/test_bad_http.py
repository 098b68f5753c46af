"""Requests that no client would send, byte by byte: refused, and nothing recorded."""

import asyncio
import json
from contextlib import suppress
from urllib.parse import urlsplit

import pytest

from tests.end_to_end.coalition import Coalition, mail
from tests.end_to_end.test_bad_input import GOOD, position


async def say(schools: Coalition, *pieces: bytes) -> bytes:
    """Send bytes as they are, and return what comes back within two seconds."""
    at = urlsplit(schools.suite.url)
    reader, writer = await asyncio.open_connection(at.hostname, at.port)
    try:
        with suppress(OSError):  # answered and closed before all was said
            for piece in pieces:
                writer.write(piece)
                await writer.drain()
            writer.write_eof()
        async with asyncio.timeout(2):
            return await reader.read(65_536)
    except (TimeoutError, ConnectionError):
        return b""
    finally:
        writer.close()


def head(schools: Coalition, *lines: str) -> bytes:
    suite = schools.suite
    at = urlsplit(suite.url)
    sent = [
        f"POST /members/api/v1/coalitions/{schools.slug}/issues HTTP/1.1", f"Host: {at.netloc}",
        "Content-Type: application/json", f"Idempotency-Key: raw-{suite.new_id()}",
        *(f"{name}: {value}" for name, value in suite.headers(
            mail("Clinic"), schools.orgs["Clinic"]).items()),
        *lines,
    ]  # fmt: skip
    return "\r\n".join(sent).encode("latin-1") + b"\r\n\r\n"


WHOLE = json.dumps(GOOD).encode()
CHUNK = b"%x\r\n%s\r\n" % (len(WHOLE), WHOLE)
REQUESTS: dict[str, tuple[tuple[str, ...], bytes]] = {
    "a body that is longer than said": ((f"Content-Length: {len(WHOLE) - 5}",), WHOLE),
    "a body that is shorter than said": ((f"Content-Length: {len(WHOLE) + 5}",), WHOLE),
    "a length that is no number": (("Content-Length: many",), WHOLE),
    "a negative length": (("Content-Length: -1",), WHOLE),
    "two lengths": ((f"Content-Length: {len(WHOLE)}", "Content-Length: 1"), WHOLE),
    "a length and chunks": (
        (f"Content-Length: {len(WHOLE)}", "Transfer-Encoding: chunked"),
        CHUNK + b"0\r\n\r\n",
    ),
    "chunks without an end": (("Transfer-Encoding: chunked",), CHUNK),
    "a chunk of no size": (("Transfer-Encoding: chunked",), b"zz\r\n" + WHOLE + b"\r\n0\r\n\r\n"),
    "a header with NUL": (("X-A: a\0b", f"Content-Length: {len(WHOLE)}"), WHOLE),
    "a header folded": (("X-A: a", " b: c\r: d", f"Content-Length: {len(WHOLE)}"), WHOLE),
    "a name with a space": (("X A: a", f"Content-Length: {len(WHOLE)}"), WHOLE),
}


@pytest.mark.parametrize("name", REQUESTS)
async def test_a_request_that_is_none_records_nothing(schools: Coalition, name: str) -> None:
    before = await position(schools)
    lines, body = REQUESTS[name]
    answer = await say(schools, head(schools, *lines), body)
    assert not answer or answer.split(b" ")[1][:1] == b"4", answer[:200]
    assert await position(schools) == before


async def test_a_second_request_in_a_body_is_none(schools: Coalition) -> None:
    before = await position(schools)
    smuggled = head(schools, f"Content-Length: {len(WHOLE)}") + WHOLE
    outer = head(schools, f"Content-Length: {len(smuggled)}")
    answer = await say(schools, outer, smuggled)
    assert answer.count(b"HTTP/1.1") <= 1
    assert answer.split(b" ")[1] == b"400"
    assert await position(schools) == before


async def test_a_header_that_breaks_the_line_cannot_be_answered_with_one(
    schools: Coalition,
) -> None:
    answer = await say(
        schools,
        head(schools, 'If-Match: "1"%0d%0aX-Planted: 1', f"Content-Length: {len(WHOLE)}"),
        WHOLE,
    )
    assert answer.split(b" ")[1] == b"400"
    assert b"X-Planted" not in answer
