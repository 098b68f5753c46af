"""A service in another process is asked as if it were here."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import httpx2
import pytest
import uvicorn
from fastapi import FastAPI, Request
from starlette.responses import Response, StreamingResponse

from accord.loopback import free_port
from shared import problems
from shared.passage import Passage

LONG = 200_000


def elsewhere() -> FastAPI:
    """Return an application that says what it was asked."""
    app = FastAPI()

    @app.api_route("/said/{rest:path}", methods=["GET", "POST", "HEAD"])
    async def said(request: Request) -> Response:
        body = await request.body()
        own = request.headers.get("Accord-On-Behalf-Of", "")
        headers = {
            "Seen-Path": request.scope["raw_path"].decode(), "Seen-Query": request.url.query,
            "Seen-Own": own, "ETag": '"7"', "Cache-Control": "no-store",
        }  # fmt: skip
        return Response(body or b"nothing", 203, headers, media_type="text/plain")

    @app.get("/long")
    async def long() -> Response:
        async def pieces() -> AsyncIterator[bytes]:
            for _ in range(LONG // 1_000):
                yield b"x" * 1_000

        return StreamingResponse(pieces(), media_type="text/csv; charset=utf-8; header=present")

    return app


@asynccontextmanager
async def served(app: FastAPI, port: int) -> AsyncIterator[None]:
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error", lifespan="off"))
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn tells nobody
        await asyncio.sleep(0.005)
    try:
        yield
    finally:
        server.should_exit = True
        await serving


@asynccontextmanager
async def here(far: int) -> AsyncIterator[httpx2.AsyncClient]:
    """Run an application from which a passage leads to another one, and ask it."""
    app, near = FastAPI(), free_port()
    problems.install(app)
    async with AsyncExitStack() as stack:
        passage = Passage(f"http://127.0.0.1:{far}")
        stack.push_async_callback(passage.close)
        app.mount("/far", passage)
        await stack.enter_async_context(served(app, near))
        client = httpx2.AsyncClient(base_url=f"http://127.0.0.1:{near}", trust_env=False)
        yield await stack.enter_async_context(client)


@asynccontextmanager
async def through() -> AsyncIterator[httpx2.AsyncClient]:
    """Run both."""
    far = free_port()
    async with served(elsewhere(), far), here(far) as client:
        yield client


@pytest.mark.parametrize("method", ["GET", "POST", "HEAD"])
async def test_a_question_and_its_answer_pass_unchanged(method: str) -> None:
    body = b'{"a": 1}' if method == "POST" else None
    async with through() as client:
        asked = await client.request(
            method, "/far/said/a%20b/%C3%A9?as_of=1&as_of=2", content=body,
            headers={"Accord-On-Behalf-Of": "somebody"},
        )  # fmt: skip
    assert asked.status_code == 203
    assert asked.headers["seen-path"] == "/said/a%20b/%C3%A9"
    assert asked.headers["seen-query"] == "as_of=1&as_of=2"
    assert asked.headers["seen-own"] == "somebody"
    assert (asked.headers["etag"], asked.headers["cache-control"]) == ('"7"', "no-store")
    assert len(asked.headers.get_list("date")) == 1
    assert asked.content == (b"" if method == "HEAD" else body or b"nothing")


async def test_headers_that_only_some_parsers_take_pass_too() -> None:
    async with through() as client:
        near = client.base_url
        reader, writer = await asyncio.open_connection(near.host, near.port)
        said = "Accord-On-Behalf-Of: \xe9 "
        head = f"GET /far/said/x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{said}\r\n\r\n"
        writer.write(head.encode("latin-1"))
        answer = (await reader.read()).decode("latin-1")
        writer.close()
        await writer.wait_closed()
    assert answer.startswith("HTTP/1.1 203 ")
    assert "\r\nseen-own: \xe9\r\n" in answer


async def test_a_long_answer_comes_whole() -> None:
    async with through() as client:
        answer = await client.get("/far/long")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8; header=present"
    assert answer.content == b"x" * LONG


async def test_a_body_that_is_too_long_is_refused() -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(3):
            yield b"x" * 22_000

    async with through() as client:
        answer = await client.post("/far/said/it", content=pieces())
    assert (answer.status_code, answer.json()["reason"]) == (413, "too_large")


async def test_a_service_that_is_not_there_is_a_503() -> None:
    async with here(free_port()) as client:
        answer = await client.get("/far/said/x")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert answer.json()["retryable"] is True
