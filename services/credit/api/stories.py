"""What somebody lived through, told with their consent."""

from datetime import UTC, datetime

from services.credit import views
from services.credit.api.routing import Cursor, adds, page, router
from services.credit.domain import story
from services.credit.views import impact
from services.credit.views.said import entries
from shared.ask import Written
from shared.hot import Reading
from shared.http import Caller, Limit, Page, Reader, requires


@adds("/stories", "credit:story:record")
async def record_story(command: story.RecordStory, caller: Caller) -> Written:
    """Record somebody's story, with their consent, beside the figures it goes with."""
    return await caller.handle(story.decider, caller.new_id(), command, facts=(views.consenting,))


@router.get("/stories", dependencies=[requires("credit:story:read")])
async def list_stories(
    reader: Reader, limit: Limit = 50, cursor: Cursor = None
) -> Page[impact.StoryRow]:
    """List the stories whose consent holds, newest first; the others are shown nowhere."""
    assert reader.host.journal is not None

    async def given(read: Reading) -> views.Consents:
        return await read.snapshot(views.CONSENTS)

    consents = await reader.host.journal.look(reader.coalition, given)
    async with reader.rows() as db:
        told = await entries(db, reader.coalition, reader.audiences, "story")
    shown = impact.stories(told, consents, datetime.now(UTC).date())
    rows, following = page(shown, cursor, limit)
    return Page(items=rows, next_cursor=following)
