"""HTTP in: next steps."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from services.meetings.api.adding import adds, write
from services.meetings.domain import next_step
from services.meetings.views import queries, rows
from shared.ask import Written
from shared.http import Caller, Limit, Page, Reader, Router, requires
from shared.problems import not_found

Organisation = Annotated[UUID | None, Query()]
StepState = Annotated[str | None, Query(pattern="^[a-z]{1,20}$")]

router = Router()


@adds(router, "/steps", "step:propose")
async def propose_step(command: next_step.ProposeStep, caller: Caller) -> Written:
    """Propose a next step."""
    return await write(caller, next_step.decider, caller.new_id(), command)


@adds(router, "/steps/{step_id}/volunteers", "step:volunteer")
async def volunteer_for_step(
    step_id: UUID, command: next_step.VolunteerForStep, caller: Caller
) -> Written:
    """Take a step on for your organisation."""
    return await write(caller, next_step.decider, step_id, command)


@adds(router, "/steps/{step_id}/assignments", "step:assign")
async def assign_step(step_id: UUID, command: next_step.AssignStep, caller: Caller) -> Written:
    """Ask an organisation to take a step on."""
    return await write(caller, next_step.decider, step_id, command)


@adds(router, "/steps/{step_id}/reassignments", "step:assign")
async def reassign_step(step_id: UUID, command: next_step.ReassignStep, caller: Caller) -> Written:
    """Ask another organisation to take a step on."""
    return await write(caller, next_step.decider, step_id, command)


@adds(router, "/steps/{step_id}/acceptances", "step:accept")
async def accept_step(step_id: UUID, command: next_step.AcceptStep, caller: Caller) -> Written:
    """Accept the step that your organisation was asked to take on."""
    return await write(caller, next_step.decider, step_id, command)


@adds(router, "/steps/{step_id}/starts", "step:start")
async def start_step(step_id: UUID, command: next_step.StartStep, caller: Caller) -> Written:
    """Start on a step, or go on after it was blocked."""
    return await write(caller, next_step.decider, step_id, command)


@adds(router, "/steps/{step_id}/declinations", "step:decline")
async def decline_step(step_id: UUID, command: next_step.DeclineStep, caller: Caller) -> Written:
    """Decline the step that your organisation was asked to take on."""
    return await write(caller, next_step.decider, step_id, command)


@adds(router, "/steps/{step_id}/blocks", "step:block")
async def block_step(step_id: UUID, command: next_step.BlockStep, caller: Caller) -> Written:
    """Say what keeps your organisation from going on."""
    return await write(caller, next_step.decider, step_id, command)


@adds(router, "/steps/{step_id}/drops", "step:drop")
async def drop_step(step_id: UUID, command: next_step.DropStep, caller: Caller) -> Written:
    """Drop a step, as its owner or as who proposed it."""
    return await write(caller, next_step.decider, step_id, command)


@adds(router, "/steps/{step_id}/due-dates", "step:move")
async def move_due_date(step_id: UUID, command: next_step.MoveDueDate, caller: Caller) -> Written:
    """Move the due date, and say why."""
    return await write(caller, next_step.decider, step_id, command)


@adds(router, "/steps/{step_id}/completions", "step:complete")
async def complete_step(step_id: UUID, command: next_step.CompleteStep, caller: Caller) -> Written:
    """Complete a step."""
    return await write(caller, next_step.decider, step_id, command)


@router.get("/steps", dependencies=[requires("meetings:step:read")])
async def list_steps(
    reader: Reader,
    organisation: Organisation = None,
    state: StepState = None,
    limit: Limit = 50,
    cursor: Annotated[str | None, Query(pattern="^[1-9][0-9]{0,15}$")] = None,
) -> Page[rows.StepRow]:
    """List next steps, the newest first; `state=open` leaves out what is over."""
    async with reader.rows() as db:
        found = await queries.steps(
            db,
            reader.coalition,
            reader.audiences,
            organisation=organisation,
            state=state,
            before=int(cursor) if cursor else None,
            limit=limit + 1,
        )
    more = len(found) > limit
    following = found[limit - 1].ref.partition("/")[2] if more else None
    return Page(items=found[:limit], next_cursor=following)


@router.get("/steps/{step_id}", dependencies=[requires("meetings:step:read")])
async def show_step(step_id: UUID, reader: Reader) -> rows.StepRow:
    """Show a next step."""
    async with reader.rows() as db:
        found = await queries.steps(db, reader.coalition, reader.audiences, only=step_id)
    if not found:
        raise not_found()
    return found[0]
