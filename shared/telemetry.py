"""Traces through HTTP, database and bus, counts, and logs as JSON.

Standard `OTEL_*` variables only. No values of personal or free-text fields, and no SQL
parameters, go into any.
"""

import asyncio
import logging
import os
from collections.abc import Coroutine, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import structlog
from opentelemetry import metrics, trace
from opentelemetry.propagate import extract, inject
from opentelemetry.trace import Link, Span, SpanKind

_tracer = trace.get_tracer("accord")
_meter = metrics.get_meter("accord")


class Count:
    """How often something happened: exported where a collector is named, and readable here."""

    def __init__(self, name: str, **attributes: str) -> None:
        self._counter = _meter.create_counter(name)
        self._attributes = attributes
        self.value = 0

    def add(self, number: int = 1) -> None:
        self.value += number
        self._counter.add(number, self._attributes)


def start(service: str, *, level: str = "info", form: str = "json") -> None:
    """Configure logs; traces and counts where a collector is named.

    `OTEL_EXPORTER_OTLP_ENDPOINT` names it.
    """
    renderer = (
        structlog.processors.JSONRenderer() if form == "json" else structlog.dev.ConsoleRenderer()
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _with_trace,
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
    )
    off = os.environ.get("OTEL_SDK_DISABLED", "").lower() == "true"
    if os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT") and not off:
        from shared.collector import send  # noqa: PLC0415 - slow to import, and rarely wanted

        send(service)


def _with_trace(_logger: Any, _method: str, event: Any) -> Any:
    if found := trace_id():
        event["trace_id"] = found
    return event


def trace_id() -> str | None:
    """Return the id of the current trace, 32 hexadecimal digits; `None` outside of one."""
    context = trace.get_current_span().get_span_context()
    return f"{context.trace_id:032x}" if context.is_valid else None


def traceparent() -> str | None:
    """Return the current span as W3C `traceparent`."""
    if trace.get_current_span() is trace.INVALID_SPAN:
        return None
    carrier: dict[str, str] = {}
    inject(carrier)
    return carrier.get("traceparent")


def traced(incoming: Mapping[str, str]) -> bool:
    """Whether anybody listens, or the headers of a request carry a trace to go on with."""
    listened = not isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider)
    return listened or "traceparent" in incoming


def outgoing() -> dict[str, str]:
    """Return the headers that carry the current trace onwards."""
    carrier: dict[str, str] = {}
    inject(carrier)
    return carrier


@contextmanager
def span(
    name: str,
    kind: SpanKind = SpanKind.INTERNAL,
    *,
    parent: Mapping[str, str] | None = None,
    links: Sequence[str | None] = (),
    attributes: Mapping[str, str | int] | None = None,
) -> Iterator[Span]:
    """Run a block as a span.

    Args:
        parent: Incoming headers that may carry a `traceparent`.
        links: `traceparent` values of what this span follows from, such as the writer's.
    """
    if not traced(parent or {}):
        yield trace.get_current_span()
        return
    linked = [
        Link(context)
        for value in links
        if value
        and (
            context := trace.get_current_span(extract({"traceparent": value})).get_span_context()
        ).is_valid
    ]
    with _tracer.start_as_current_span(
        name,
        context=extract(dict(parent)) if parent is not None else None,
        kind=kind,
        links=linked,
        attributes=dict(attributes or {}),
    ) as current:
        yield current


def beside(work: Coroutine[Any, Any, None], name: str | None = None) -> asyncio.Task[None]:
    """Run something beside everything else; an error that ends it is logged loudly."""
    task = asyncio.create_task(work, name=name)
    task.add_done_callback(_loud)
    return task


def _loud(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        structlog.get_logger().critical("task_ended", error=repr(error), exc_info=error)
