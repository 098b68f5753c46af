"""Ports and answers on this machine."""

import asyncio
import contextlib
import random
import socket
from pathlib import Path

LOWEST = 20_000
GIVEN_TO_CONNECTIONS = Path("/proc/sys/net/ipv4/ip_local_port_range")
USUALLY_GIVEN_FROM = 32_768
_promised = set[int]()


def promise(port: int) -> None:
    """Let `free_port` never return a port that somebody is about to listen on."""
    _promised.add(port)


def free_port() -> int:
    """Return a port that nobody listens on now, and promise it to whoever asked.

    It lies below those that the kernel gives to outgoing connections, so that none takes it before
    somebody listens there.

    Raises:
        OSError: there is none.
    """
    ports = range(LOWEST, _given_from())
    for port in random.sample(ports, len(ports)):
        if port not in _promised and is_free(port):
            promise(port)
            return port
    raise OSError(f"No port from {ports.start} to {ports.stop - 1} is free.")


def _given_from() -> int:
    try:
        return max(int(GIVEN_TO_CONNECTIONS.read_text().split()[0]), LOWEST + 1_000)
    except OSError:
        return USUALLY_GIVEN_FROM


def is_free(port: int) -> bool:
    """Say whether somebody listens on a port."""
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True


async def answers(port: int, path: str) -> bool:
    """Ask a server with one GET, past any proxy; only 200 counts."""
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    try:
        head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
        writer.write(head.encode())
        status = await reader.readline()
    except OSError:
        return False
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
    return status.split(b" ")[1:2] == [b"200"]
