"""HTTP in: contributions, wins and the thanks for them."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from services.credit import views
from services.credit.domain import contribution, credit, win
from shared.http import Caller, Limit, Page, Reader, Receipt, Router, requires
from shared.importing import ImportedCommand
from shared.problems import not_found

router = Router()

Cursor = Annotated[str | None, Query(pattern="^[1-9][0-9]{0,15}$")]
Organisation = Annotated[UUID | None, Query()]
NEWEST = 2**53  # no position is as high


@router.post(
    "/contributions", status_code=201, dependencies=[requires("credit:contribution:record")]
)
async def record_contribution(command: contribution.RecordContribution, caller: Caller) -> Receipt:
    """Record what an organisation did; of your own it is a claim until another confirms it."""
    facts = (views.roll,)
    return await caller.handle(contribution.decider, caller.new_id(), command, facts=facts)


@router.post(
    "/contributions/{contribution_id}/confirmations",
    status_code=201,
    dependencies=[requires("credit:contribution:confirm")],
)
async def confirm_contribution(
    contribution_id: UUID, command: contribution.ConfirmContribution, caller: Caller
) -> Receipt:
    """Confirm what another organisation did."""
    return await caller.handle(contribution.decider, contribution_id, command)


@router.post(
    "/contributions/{contribution_id}/declinations",
    status_code=201,
    dependencies=[requires("credit:contribution:decline")],
)
async def decline_contribution(
    contribution_id: UUID, command: contribution.DeclineContribution, caller: Caller
) -> Receipt:
    """Decline to be named for what your organisation did."""
    return await caller.handle(contribution.decider, contribution_id, command)


@router.post("/wins", status_code=201, dependencies=[requires("credit:win:declare")])
async def declare_win(command: win.DeclareWin, caller: Caller) -> Receipt:
    """Declare a win."""
    facts = views.roll, views.references
    return await caller.handle(win.decider, caller.new_id(), command, facts=facts)


@router.post("/losses", status_code=201, dependencies=[requires("credit:win:declare")])
async def acknowledge_loss(command: win.AcknowledgeLoss, caller: Caller) -> Receipt:
    """Acknowledge a loss; it is listed among the wins."""
    facts = views.roll, views.references
    return await caller.handle(win.decider, caller.new_id(), command, facts=facts)


@router.post(
    "/wins/{win_id}/credits", status_code=201, dependencies=[requires("credit:credit:assign")]
)
async def assign_credit(win_id: UUID, command: credit.AssignCredit, caller: Caller) -> Receipt:
    """Thank another organisation, or somebody outside, for their part."""
    facts = views.roll, views.cited
    return await caller.handle(win.decider, win_id, command, facts=facts)


@router.post(
    "/wins/{win_id}/acceptances", status_code=201, dependencies=[requires("credit:credit:accept")]
)
async def accept_credit(win_id: UUID, command: credit.AcceptCredit, caller: Caller) -> Receipt:
    """Accept your organisation's credit."""
    return await caller.handle(win.decider, win_id, command)


@router.post(
    "/wins/{win_id}/waivers", status_code=201, dependencies=[requires("credit:credit:waive")]
)
async def waive_credit(win_id: UUID, command: credit.WaiveCredit, caller: Caller) -> Receipt:
    """Waive your organisation's credit: it is counted, and not named."""
    return await caller.handle(win.decider, win_id, command)


@router.post(
    "/wins/{win_id}/corrections", status_code=201, dependencies=[requires("credit:credit:correct")]
)
async def correct_credit(win_id: UUID, command: credit.CorrectCredit, caller: Caller) -> Receipt:
    """Correct role or degree of a credit that you gave, or any as the chair."""
    facts = views.roll, views.office
    return await caller.handle(win.decider, win_id, command, facts=facts)


@router.post(
    "/wins/{win_id}/latecomers", status_code=201, dependencies=[requires("credit:win:welcome")]
)
async def welcome_latecomer(win_id: UUID, command: win.WelcomeLatecomer, caller: Caller) -> Receipt:
    """Welcome somebody who came round."""
    facts = views.roll, views.references
    return await caller.handle(win.decider, win_id, command, facts=facts)


@router.post(
    "/wins/{win_id}/announcements", status_code=201, dependencies=[requires("credit:win:announce")]
)
async def announce_win(win_id: UUID, command: win.AnnounceWin, caller: Caller) -> Receipt:
    """Announce a win; who took part and has no credit is listed, and nothing waits for that."""
    facts = (views.took_part(win_id),)
    return await caller.handle(win.decider, win_id, command, facts=facts)


@router.post(
    "/wins/{win_id}/celebrations", status_code=201, dependencies=[requires("credit:win:celebrate")]
)
async def celebrate_win(win_id: UUID, command: win.CelebrateWin, caller: Caller) -> Receipt:
    """Record a celebration."""
    return await caller.handle(win.decider, win_id, command, facts=(views.roll,))


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


def _next(rows: list[views.ContributionRow] | list[views.WinRow], limit: int) -> str | None:
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
}
