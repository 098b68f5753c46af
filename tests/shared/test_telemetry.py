"""One trace from command to journal, bus and reader: each new trace is linked to the writer's."""

import asyncio
from uuid import UUID

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from shared.bus import pack
from shared.ear import Ear
from shared.feed import read
from shared.inbox import Hears, Reader, Subscription
from shared.source import Own
from shared.telemetry import outgoing, span, trace_id, traceparent
from tests.shared.jars import Put, ask, shop
from tests.shared.test_inbox import KEY, CoinsPut, hear, message, relay_key


@pytest.fixture
def seen() -> InMemorySpanExporter:
    exporter = InMemorySpanExporter()
    provider = trace.get_tracer_provider()
    if not isinstance(provider, TracerProvider):
        provider = TracerProvider()
        trace.set_tracer_provider(provider)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    return exporter


async def test_the_trace_of_a_command_reaches_database_bus_and_reader(
    postgres: str, seen: InMemorySpanExporter
) -> None:
    coalition = UUID(int=1)
    async with shop(postgres, "traced") as opened:
        task = asyncio.create_task(opened.journal.run())
        with span("Put", parent={}):
            command = trace_id()
            await opened.journal.write(
                ask(coalition, UUID(int=2), Put(coins=1), traceparent=traceparent())
            )
        async with opened.relay.acquire() as db:
            [packed] = pack("traced", await read(db, coalition, 0, 10), KEY)
        assert packed.headers["traceparent"].split("-")[1] == command
        reader = Reader(
            Subscription("traced", "listens", (Hears(CoinsPut, hear),)),
            Own("traced", opened.relay), opened.app, opened.relay, opened.keys,
            relay_key=relay_key,
        )  # fmt: skip
        await Ear("traced", "listens", None, lambda: [reader]).tell([message(packed)])
        opened.journal.stop()
        await task
    linked = {
        one.name: {f"{link.context.trace_id:032x}" for link in one.links}
        for one in seen.get_finished_spans()
    }
    assert linked["journal.write accord_traced"] == {command}
    assert linked["process accord.evt.{p}.{coalition}.traced"] == {command}


def test_a_call_to_another_service_carries_the_trace() -> None:
    incoming = {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}
    with span("TakeStance", parent=incoming):
        assert trace_id() == "0af7651916cd43dd8448eb211c80319c"
        assert outgoing()["traceparent"].split("-")[1] == trace_id()
