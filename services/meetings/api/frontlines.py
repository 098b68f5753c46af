"""HTTP in: what is settled at the front line, checked against what the members accept."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from services.meetings.api.adding import adds, write
from services.meetings.domain import frontline, next_step
from services.meetings.domain.ids import FrontLineId, Itself
from services.meetings.views import NEEDS, frontlines, queries
from services.meetings.views.said import entries
from shared.ask import Step, Written
from shared.http import Caller, Page, Reader, Router, requires
from shared.problems import not_found

router = Router()


@adds(router, "/front-lines", "frontline:check")
async def check_mandate(command: frontline.CheckMandate, caller: Caller) -> Written:
    """Hold values against what the members accept now, before you agree to them."""
    return await write(caller, frontline.decider, caller.new_id(), command)


@adds(router, "/front-lines/{front_line_id}/checks", "frontline:check")
async def check_mandate_again(
    front_line_id: UUID, command: frontline.CheckMandate, caller: Caller
) -> Written:
    """Check other values, or the same after bottom lines have changed. Name all of them."""
    return await write(caller, frontline.decider, front_line_id, command)


@adds(router, "/front-lines/{front_line_id}/consents", "frontline:consent")
async def consent_to_front_line(
    front_line_id: UUID, command: frontline.ConsentToFrontLine, caller: Caller
) -> Written:
    """Agree to the values as checked, though they cross your organisation's bottom line."""
    return await write(caller, frontline.decider, front_line_id, command)


@adds(router, "/front-lines/{front_line_id}/decisions", "frontline:decide")
async def decide_front_line(
    front_line_id: UUID, command: frontline.DecideFrontLine, caller: Caller
) -> Written:
    """Decide on the values as checked. Your organisation then owes the others a report."""
    key, report = FrontLineId(front_line_id), frontline.report_of(Itself(front_line_id))
    back = next_step.ReportBack(frontline=key)
    return await caller.handle_all(
        [
            Step(frontline.decider, key, command, NEEDS[frontline.DecideFrontLine]),
            Step(next_step.decider, report, back, NEEDS[next_step.ReportBack], follows=True),
        ]
    )


@adds(router, "/front-lines/{front_line_id}/reviews", "frontline:review")
async def review_front_line(
    front_line_id: UUID, command: frontline.ReviewFrontLine, caller: Caller
) -> Written:
    """Say whether the coalition endorses, corrects or reverses what was decided."""
    return await write(caller, frontline.decider, front_line_id, command)


@router.get("/front-lines", dependencies=[requires("meetings:frontline:read")])
async def list_front_lines(
    reader: Reader,
    organisation: Annotated[UUID | None, Query(description="only those of this one")] = None,
    decision: Annotated[UUID | None, Query(description="only where this was decided")] = None,
) -> Page[frontlines.FrontLineRow]:
    """List what was checked and decided at the front line, the newest first."""
    found = await _rows(reader)
    return Page(
        items=[
            row
            for row in found
            if organisation in {None, row.organisation.id}
            and decision in {None, row.decision.decision if row.decision else None}
        ]
    )


@router.get("/front-lines/{front_line_id}", dependencies=[requires("meetings:frontline:read")])
async def show_front_line(front_line_id: UUID, reader: Reader) -> frontlines.FrontLineRow:
    """Show the verdict on the values, whom they cross, and what came of it."""
    found = await _rows(reader, front_line_id)
    if not found:
        raise not_found()
    return found[0]


async def _rows(reader: Reader, only: UUID | None = None) -> list[frontlines.FrontLineRow]:
    seen = reader.coalition, reader.audiences
    async with reader.rows() as db:
        said = await entries(db, *seen, "frontline", key=only)
        reports = await queries.reports_back(db, *seen, frontlines.owed(said))
        named = await queries.names(db, *seen)
    return frontlines.front_lines(said, named, reports)
