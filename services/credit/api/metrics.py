"""What is counted and measured."""

from uuid import UUID

from services.credit import views
from services.credit.api.routing import Cursor, adds, page, router
from services.credit.domain import metric
from services.credit.views import impact
from services.credit.views.said import entries
from shared.ask import Written
from shared.http import Caller, Limit, Page, Reader, requires


@adds("/metrics", "credit:metric:define")
async def define_metric(command: metric.DefineMetric, caller: Caller) -> Written:
    """Define what is counted or measured, and where the numbers come from."""
    return await caller.handle(metric.decider, caller.new_id(), command, facts=(views.roll,))


@adds("/metrics/{metric_id}/records", "credit:metric:record")
async def record_metric(metric_id: UUID, command: metric.RecordMetric, caller: Caller) -> Written:
    """Record a value for a day, or what an earlier record should have said."""
    return await caller.handle(metric.decider, metric_id, command, facts=(views.corrected,))


@router.get("/metrics", dependencies=[requires("credit:metric:read")])
async def list_metrics(
    reader: Reader, limit: Limit = 50, cursor: Cursor = None
) -> Page[impact.MetricRow]:
    """List the metrics, newest first, each with its values over time and their sources."""
    async with reader.rows() as db:
        told = impact.metrics(await entries(db, reader.coalition, reader.audiences, "metric"))
    rows, following = page(told, cursor, limit)
    return Page(items=rows, next_cursor=following)
