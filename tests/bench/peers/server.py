"""Serve an application from a worker: one process, as in production, until its orders end."""

import asyncio
from collections.abc import Awaitable, Callable

import uvicorn
from fastapi import FastAPI

from tests.bench.meter import Sample
from tests.bench.worker import Measured, serve

STARTS_WITHIN = 60.0


async def nothing_more(_at: int, _secs: float) -> Sample:
    """Be what a server does that takes no orders."""
    raise RuntimeError("this server has nothing to prepare")


async def serve_http(
    application: FastAPI, port: int, prepare: Callable[[], Awaitable[Measured]] | None = None
) -> None:
    """Serve with the settings that services are run with.

    Args:
        prepare: Called once the application runs; what it returns carries out orders.
    """
    config = uvicorn.Config(
        application, host="127.0.0.1", port=port, server_header=False, timeout_keep_alive=60,
        timeout_graceful_shutdown=5, limit_concurrency=512, log_level="warning", access_log=False,
    )  # fmt: skip
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    async with asyncio.timeout(STARTS_WITHIN):
        while not server.started:
            if task.done():
                raise RuntimeError(f"nothing serves on port {port}")
            await asyncio.sleep(0.02)
    await serve(await prepare() if prepare else nothing_more)
    server.should_exit = True
    await task
