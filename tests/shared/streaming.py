"""A process whose one route streams until it is told to end: `python -m tests.shared.streaming`."""

import asyncio
import sys
from collections.abc import AsyncIterator

from fastapi import FastAPI, Request
from starlette.responses import StreamingResponse

from shared.admission import Gate
from shared.serving import serve, stopping

app = FastAPI()


@app.get("/jars/api/v1/stream")
async def stream(request: Request) -> StreamingResponse:
    async def lines() -> AsyncIterator[bytes]:
        ends = asyncio.create_task(stopping(request).wait())
        while not ends.done():
            yield b": still here\n\n"
            await asyncio.wait((ends,), timeout=15)

    return StreamingResponse(lines(), media_type="text/event-stream")


@app.post("/jars/api/v1/coalitions/a/jars")
async def put(request: Request) -> int:
    return len(await request.body())


if __name__ == "__main__":
    serve(app, Gate(), port=int(sys.argv[1]))
