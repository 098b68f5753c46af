"""HTTP in: contributions, wins and the thanks for them."""

from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar
from uuid import UUID

from fastapi import Query, Request

from services.credit import views
from services.credit.domain import contribution, credit, evaluation, lesson, win
from shared.ask import Written
from shared.database import enter
from shared.event import Code
from shared.http import (
    READS,
    Caller,
    Limit,
    Page,
    Reader,
    Receipt,
    Router,
    bearer,
    host_of,
    requires,
)
from shared.importing import ImportedCommand
from shared.problems import not_found

router = Router()
everywhere = Router()
"""Routes that name no coalition."""
R = TypeVar("R", bound=Callable[..., Awaitable[Written]])

Cursor = Annotated[str | None, Query(pattern="^[1-9][0-9]{0,15}$")]
Organisation = Annotated[UUID | None, Query()]
NEWEST = 2**53  # no position is as high


def _post(path: str, action: str) -> Callable[[R], R]:
    """Declare the route of a command, and the action that it needs."""
    needs = [requires(action)]
    return router.post(path, status_code=201, response_model=Receipt, dependencies=needs)


@_post("/contributions", "credit:contribution:record")
async def record_contribution(command: contribution.RecordContribution, caller: Caller) -> Written:
    """Record what an organisation did; of your own it is a claim until another confirms it."""
    facts = (views.roll,)
    return await caller.handle(contribution.decider, caller.new_id(), command, facts=facts)


@_post("/contributions/{contribution_id}/confirmations", "credit:contribution:confirm")
async def confirm_contribution(
    contribution_id: UUID, command: contribution.ConfirmContribution, caller: Caller
) -> Written:
    """Confirm what another organisation did."""
    return await caller.handle(contribution.decider, contribution_id, command)


@_post("/contributions/{contribution_id}/declinations", "credit:contribution:decline")
async def decline_contribution(
    contribution_id: UUID, command: contribution.DeclineContribution, caller: Caller
) -> Written:
    """Decline to be named for what your organisation did."""
    return await caller.handle(contribution.decider, contribution_id, command)


@_post("/wins", "credit:win:declare")
async def declare_win(command: win.DeclareWin, caller: Caller) -> Written:
    """Declare a win."""
    facts = views.roll, views.references
    return await caller.handle(win.decider, caller.new_id(), command, facts=facts)


@_post("/losses", "credit:win:declare")
async def acknowledge_loss(command: win.AcknowledgeLoss, caller: Caller) -> Written:
    """Acknowledge a loss; it is listed among the wins."""
    facts = views.roll, views.references
    return await caller.handle(win.decider, caller.new_id(), command, facts=facts)


@_post("/wins/{win_id}/credits", "credit:credit:assign")
async def assign_credit(win_id: UUID, command: credit.AssignCredit, caller: Caller) -> Written:
    """Thank another organisation, or somebody outside, for their part."""
    facts = views.roll, views.cited
    return await caller.handle(win.decider, win_id, command, facts=facts)


@_post("/wins/{win_id}/acceptances", "credit:credit:accept")
async def accept_credit(win_id: UUID, command: credit.AcceptCredit, caller: Caller) -> Written:
    """Accept your organisation's credit."""
    return await caller.handle(win.decider, win_id, command)


@_post("/wins/{win_id}/waivers", "credit:credit:waive")
async def waive_credit(win_id: UUID, command: credit.WaiveCredit, caller: Caller) -> Written:
    """Waive your organisation's credit: it is counted, and not named."""
    return await caller.handle(win.decider, win_id, command)


@_post("/wins/{win_id}/corrections", "credit:credit:correct")
async def correct_credit(win_id: UUID, command: credit.CorrectCredit, caller: Caller) -> Written:
    """Correct role or degree of a credit that you gave, or any as the chair."""
    facts = views.roll, views.office
    return await caller.handle(win.decider, win_id, command, facts=facts)


@_post("/wins/{win_id}/latecomers", "credit:win:welcome")
async def welcome_latecomer(win_id: UUID, command: win.WelcomeLatecomer, caller: Caller) -> Written:
    """Welcome somebody who came round."""
    facts = views.roll, views.references
    return await caller.handle(win.decider, win_id, command, facts=facts)


@_post("/wins/{win_id}/announcements", "credit:win:announce")
async def announce_win(win_id: UUID, command: win.AnnounceWin, caller: Caller) -> Written:
    """Announce a win; who took part and has no credit is listed, and nothing waits for that."""
    return await caller.handle(win.decider, win_id, command, facts=(views.participants,))


@_post("/wins/{win_id}/celebrations", "credit:win:celebrate")
async def celebrate_win(win_id: UUID, command: win.CelebrateWin, caller: Caller) -> Written:
    """Record a celebration."""
    return await caller.handle(win.decider, win_id, command, facts=(views.roll,))


@_post("/evaluations/{campaign_id}/lessons", "credit:lesson:record")
async def record_lesson(campaign_id: UUID, command: lesson.RecordLesson, caller: Caller) -> Written:
    """Record what went right or wrong in a campaign, and why."""
    return await caller.handle(evaluation.decider, campaign_id, command, facts=(views.roll,))


@_post("/evaluations/{campaign_id}/lesson-shares", "credit:lesson:share")
async def share_lesson(campaign_id: UUID, command: lesson.ShareLesson, caller: Caller) -> Written:
    """Share your organisation's lesson with those outside."""
    return await caller.handle(evaluation.decider, campaign_id, command)


class Contributions(Page[views.ContributionRow]):
    """Contributions; `undisclosed` counts those not named, and says nothing of one organisation."""

    undisclosed: int | None = None


@router.get("/contributions", dependencies=[requires("credit:contribution:read")])
async def list_contributions(
    reader: Reader, organisation: Organisation = None, limit: Limit = 50, cursor: Cursor = None
) -> Contributions:
    """List contributions, newest first."""
    seen_by, before = reader.audiences, int(cursor or NEWEST)
    async with reader.rows() as db:
        rows = await views.contributions(
            db, reader.coalition, seen_by, organisation, before, limit + 1
        )
        count = None
        if organisation is None:
            count = await views.undisclosed(db, reader.coalition, seen_by)
    shown, following = rows[:limit], _next(rows, limit)
    return Contributions(items=shown, next_cursor=following, undisclosed=count)


@router.get("/contributions/suggestions", dependencies=[requires("credit:contribution:read")])
async def list_suggestions(
    reader: Reader, organisation: Organisation = None, limit: Limit = 50
) -> Page[views.SuggestionRow]:
    """List what might deserve thanks and nobody recorded yet."""
    async with reader.rows() as db:
        rows = await views.suggestions(db, reader.coalition, reader.audiences, organisation, limit)
    return Page(items=rows)


@router.get("/wins", dependencies=[requires("credit:win:read")])
async def list_wins(reader: Reader, limit: Limit = 50, cursor: Cursor = None) -> Page[views.WinRow]:
    """List wins and losses, newest first."""
    async with reader.rows() as db:
        rows = await views.wins(
            db, reader.coalition, reader.audiences, int(cursor or NEWEST), limit + 1
        )
    return Page(items=rows[:limit], next_cursor=_next(rows, limit))


@router.get("/wins/{win_id}", dependencies=[requires("credit:win:read")])
async def show_win(win_id: UUID, reader: Reader) -> views.WinDetail:
    """Show a win: who is thanked and by whom, who came late, who was told."""
    async with reader.rows() as db:
        found = await views.win(db, reader.coalition, reader.audiences, win_id)
    if found is None:
        raise not_found()
    return found


@router.get("/credits/received", dependencies=[requires("credit:win:read")])
async def list_received(reader: Reader) -> Page[views.ReceivedRow]:
    """List the credits that your organisations were given, newest first; nobody else's."""
    own = [UUID(token[4:]) for token in reader.audiences if token.startswith("org:")]
    async with reader.rows() as db:
        rows = await views.received(db, reader.coalition, reader.audiences, own)
    return Page(items=rows)


@router.get("/lessons", dependencies=[requires("credit:lesson:read")])
async def list_lessons(
    reader: Reader, limit: Limit = 50, cursor: Cursor = None
) -> Page[views.LessonRow]:
    """List lessons, newest first, and with whom outside they are shared."""
    async with reader.rows() as db:
        rows = await views.lessons(
            db, reader.coalition, reader.audiences, int(cursor or NEWEST), limit + 1
        )
    return Page(items=rows[:limit], next_cursor=_next(rows, limit))


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


Placed = TypeVar("Placed", views.ContributionRow, views.WinRow, views.LessonRow)


def _next(rows: list[Placed], limit: int) -> str | None:
    """Return where the next page begins: below the position of the last row shown."""
    return rows[limit - 1].ref.partition("/")[2] if len(rows) > limit else None


# `AnnounceWin` is not here: its list is of the moment, and no import knows that of the past.
IMPORTS = {
    "RecordContribution": ImportedCommand(
        contribution.decider, contribution.RecordContribution, (views.roll,)
    ),
    "ConfirmContribution": ImportedCommand(contribution.decider, contribution.ConfirmContribution),
    "DeclineContribution": ImportedCommand(contribution.decider, contribution.DeclineContribution),
    "DeclareWin": ImportedCommand(win.decider, win.DeclareWin, (views.roll, views.references)),
    "AcknowledgeLoss": ImportedCommand(
        win.decider, win.AcknowledgeLoss, (views.roll, views.references)
    ),
    "AssignCredit": ImportedCommand(win.decider, credit.AssignCredit, (views.roll, views.cited)),
    "AcceptCredit": ImportedCommand(win.decider, credit.AcceptCredit),
    "WaiveCredit": ImportedCommand(win.decider, credit.WaiveCredit),
    "CorrectCredit": ImportedCommand(win.decider, credit.CorrectCredit, (views.roll, views.office)),
    "WelcomeLatecomer": ImportedCommand(
        win.decider, win.WelcomeLatecomer, (views.roll, views.references)
    ),
    "CelebrateWin": ImportedCommand(win.decider, win.CelebrateWin, (views.roll,)),
    "RecordLesson": ImportedCommand(evaluation.decider, lesson.RecordLesson, (views.roll,)),
    "ShareLesson": ImportedCommand(evaluation.decider, lesson.ShareLesson),
}
