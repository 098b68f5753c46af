"""The connection to a real bus: begun without a server, and begun again when it ends for good."""

import asyncio
from uuid import UUID

from accord.loopback import free_port
from shared.bus import CLOSES_WITHIN, Bus, Packed, subject
from tests.conftest import Nats

NO_PROTOCOL = b"this is no word of the protocol\r\n"


async def connected(bus: Bus) -> None:
    async with asyncio.timeout(10):
        while not bus.client.is_connected:  # noqa: ASYNC110 - nats-py has no event for it
            await asyncio.sleep(0.02)


def event(position: int) -> Packed:
    coalition = UUID(int=4711)
    headers = {"Nats-Msg-Id": f"credit/{coalition}/{position}"}
    return Packed(subject("credit", coalition, "WinDeclared"), b"{}", headers, position)


async def test_a_connection_that_ends_for_good_is_begun_again(nats: Nats) -> None:
    bus = nats.bus("credit")
    await bus.connect()
    assert await bus.publish(event(1), "CREDIT")
    first = bus.client
    await first._send_command(NO_PROTOCOL)  # noqa: SLF001 - as damage on the way would do
    await first._flush_pending()  # noqa: SLF001 - the same
    async with asyncio.timeout(10):
        while not first.is_closed:  # noqa: ASYNC110 - nats-py has no event for it
            await asyncio.sleep(0.02)
    await connected(bus)
    assert bus.client is not first
    assert await bus.publish(event(2), "CREDIT")
    await bus.close()
    await asyncio.sleep(0.2)
    assert bus.client.is_closed


async def test_who_has_no_server_yet_starts_all_the_same(nats: Nats) -> None:
    bus = Bus(f"nats://127.0.0.1:{free_port()}", "credit", nats.seeds / "nkey_credit")
    bus.connect_soon()
    await asyncio.sleep(0.3)
    assert not await bus.publish(event(3), "CREDIT")
    await bus.close()


async def test_a_server_that_fell_silent_holds_up_no_ending(nats: Nats) -> None:
    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b'INFO {"max_payload": 1048576, "nonce": "abc", "headers": true}\r\n')
        while (line := await reader.readline()) != b"PING\r\n":
            assert line
        writer.write(b"PONG\r\n")
        await reader.read()
        writer.close()

    async with await asyncio.start_server(greet, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        bus = Bus(f"nats://127.0.0.1:{port}", "credit", nats.seeds / "nkey_credit")
        await bus.connect()
        assert bus.client.is_connected
        async with asyncio.timeout(2 * CLOSES_WITHIN):
            await bus.close()
        await asyncio.sleep(0.2)  # until the library has let go of its socket
