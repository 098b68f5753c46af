"""What went right or wrong, and why; and what other coalitions share of it."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request

from services.credit import views
from services.credit.api.routing import NEWEST, Cursor, adds, everywhere, following, router
from services.credit.domain import evaluation, lesson
from shared.ask import Written
from shared.database import enter
from shared.event import Code
from shared.http import READS, Caller, Limit, Page, Reader, bearer, host_of, requires


@adds("/evaluations/{campaign_id}/lessons", "credit:lesson:record")
async def record_lesson(campaign_id: UUID, command: lesson.RecordLesson, caller: Caller) -> Written:
    """Record what went right or wrong in a campaign, and why."""
    return await caller.handle(evaluation.decider, campaign_id, command, facts=(views.roll,))


@adds("/evaluations/{campaign_id}/lesson-shares", "credit:lesson:share")
async def share_lesson(campaign_id: UUID, command: lesson.ShareLesson, caller: Caller) -> Written:
    """Share your organisation's lesson with those outside."""
    return await caller.handle(evaluation.decider, campaign_id, command)


@router.get("/lessons", dependencies=[requires("credit:lesson:read")])
async def list_lessons(
    reader: Reader, limit: Limit = 50, cursor: Cursor = None
) -> Page[views.LessonRow]:
    """List lessons, newest first, and with whom outside they are shared."""
    async with reader.rows() as db:
        rows = await views.lessons(
            db, reader.coalition, reader.audiences, int(cursor or NEWEST), limit + 1
        )
    return Page(items=rows[:limit], next_cursor=following(rows, limit))


@everywhere.get("/lessons", dependencies=[requires("credit:lesson:find")])
async def find_lessons(
    request: Request,
    topic: Annotated[Code | None, Query(description="only of coalitions that work on this")] = None,
    limit: Limit = 50,
) -> Page[views.FoundRow]:
    """Find lessons that coalitions shared with everybody, those shared last first."""
    host = host_of(request)
    signed = host.tokens.verify(bearer(request))
    if not signed.demo:
        host.limit("reads", signed.principal, *READS)
    async with host.relay_pool.acquire(timeout=2) as every, every.transaction():
        await enter(every, ())
        return Page(items=await views.found(every, topic, limit))
