"""What came of the work, and who is thanked for it."""

from datetime import UTC, date, datetime
from uuid import UUID

from pydantic import BaseModel

from services.credit import views
from services.credit.api.routing import NEWEST, Cursor, adds, following, router
from services.credit.domain import credit, win
from shared.ask import Written
from shared.hot import Reading
from shared.http import Caller, Limit, Page, Reader, requires
from shared.problems import not_found


@adds("/wins", "credit:win:declare")
async def declare_win(command: win.DeclareWin, caller: Caller) -> Written:
    """Declare a win."""
    facts = views.roll, views.references
    return await caller.handle(win.decider, caller.new_id(), command, facts=facts)


@adds("/losses", "credit:win:declare")
async def acknowledge_loss(command: win.AcknowledgeLoss, caller: Caller) -> Written:
    """Acknowledge a loss; it is listed among the wins."""
    facts = views.roll, views.references
    return await caller.handle(win.decider, caller.new_id(), command, facts=facts)


@adds("/wins/{win_id}/credits", "credit:credit:assign")
async def assign_credit(win_id: UUID, command: credit.AssignCredit, caller: Caller) -> Written:
    """Thank another organisation, or somebody outside, for their part."""
    facts = views.roll, views.cited
    return await caller.handle(win.decider, win_id, command, facts=facts)


@adds("/wins/{win_id}/acceptances", "credit:credit:accept")
async def accept_credit(win_id: UUID, command: credit.AcceptCredit, caller: Caller) -> Written:
    """Accept your organisation's credit."""
    return await caller.handle(win.decider, win_id, command)


@adds("/wins/{win_id}/waivers", "credit:credit:waive")
async def waive_credit(win_id: UUID, command: credit.WaiveCredit, caller: Caller) -> Written:
    """Waive your organisation's credit: it is counted, and not named."""
    return await caller.handle(win.decider, win_id, command)


@adds("/wins/{win_id}/corrections", "credit:credit:correct")
async def correct_credit(win_id: UUID, command: credit.CorrectCredit, caller: Caller) -> Written:
    """Correct role or degree of a credit that you gave, or any as the chair."""
    facts = views.roll, views.office, views.contested
    return await caller.handle(win.decider, win_id, command, facts=facts)


@adds("/wins/{win_id}/latecomers", "credit:win:welcome")
async def welcome_latecomer(win_id: UUID, command: win.WelcomeLatecomer, caller: Caller) -> Written:
    """Welcome somebody who came round."""
    facts = views.roll, views.references
    return await caller.handle(win.decider, win_id, command, facts=facts)


@adds("/wins/{win_id}/announcements", "credit:win:announce")
async def announce_win(win_id: UUID, command: win.AnnounceWin, caller: Caller) -> Written:
    """Announce a win; who took part and has no credit is listed, and nothing waits for that."""
    return await caller.handle(win.decider, win_id, command, facts=(views.participants,))


@adds("/wins/{win_id}/celebrations", "credit:win:celebrate")
async def celebrate_win(win_id: UUID, command: win.CelebrateWin, caller: Caller) -> Written:
    """Record a celebration."""
    return await caller.handle(win.decider, win_id, command, facts=(views.roll,))


class Wins(Page[views.WinRow]):
    """Wins and losses; `celebrated_on` is the day of the last celebration that is not to come."""

    celebrated_on: date | None = None


@router.get("/wins", dependencies=[requires("credit:win:read")])
async def list_wins(reader: Reader, limit: Limit = 50, cursor: Cursor = None) -> Wins:
    """List wins and losses together, newest first, and when one was celebrated last."""
    seen = reader.coalition, reader.audiences
    async with reader.rows() as db:
        rows = await views.wins(db, *seen, int(cursor or NEWEST), limit + 1)
        day = await views.celebrated_on(db, *seen)
    return Wins(items=rows[:limit], next_cursor=following(rows, limit), celebrated_on=day)


@router.get("/wins/{win_id}", dependencies=[requires("credit:win:read")])
async def show_win(win_id: UUID, reader: Reader) -> views.WinDetail:
    """Show a win: who is thanked and by whom, who came late, who was told."""
    async with reader.rows() as db:
        found = await views.win(db, reader.coalition, reader.audiences, win_id)
    if found is None:
        raise not_found()
    return found


class Uncredited(BaseModel):
    """Who took part in a win and was not thanked for it yet, as announcing it would list them."""

    uncredited: list[UUID]


@router.get("/wins/{win_id}/uncredited", dependencies=[requires("credit:win:read")])
async def list_uncredited(win_id: UUID, reader: Reader) -> Uncredited:
    """List who took part in a win and has no credit, before it is announced."""
    assert reader.host.journal is not None

    async def listed(read: Reading) -> list[UUID] | None:
        state = await read.stream(win.decider, win_id)
        if state is None:
            return None
        return [*win.uncredited(state, await views.took_part(read, state, win_id))]

    found = await reader.host.journal.look(reader.coalition, listed)
    if found is None:
        raise not_found()
    return Uncredited(uncredited=found)


class Celebrated(BaseModel):
    """When a win was celebrated last; `null` where none was yet."""

    last: date | None
    days_since: int | None


@router.get("/celebrations", dependencies=[requires("credit:win:read")])
async def last_celebration(reader: Reader) -> Celebrated:
    """Say how many days ago a win was celebrated last."""
    async with reader.rows() as db:
        last = await views.celebrated_on(db, reader.coalition, reader.audiences)
    days = (datetime.now(UTC).date() - last).days if last else None
    return Celebrated(last=last, days_since=days)


@router.get("/credits/received", dependencies=[requires("credit:win:read")])
async def list_received(reader: Reader) -> Page[views.ReceivedRow]:
    """List the credits that your organisations were given, newest first; nobody else's."""
    own = [UUID(token[4:]) for token in reader.audiences if token.startswith("org:")]
    async with reader.rows() as db:
        rows = await views.received(db, reader.coalition, reader.audiences, own)
    return Page(items=rows)
