"""Issues: where organisations stand on them, who leads them, and who speaks on them."""

from uuid import UUID

from services.members.api.routing import adds, page, router, write
from services.members.domain import issue
from services.members.views import issues, queries
from services.members.views.said import entries
from shared.ask import Written
from shared.http import Caller, Limit, Page, Reader, requires
from shared.problems import not_found


@adds("/issues", "members:issue:raise")
async def raise_issue(raising: issue.RaiseIssue, caller: Caller) -> Written:
    """Raise an issue for the coalition to speak about."""
    return await write(caller, issue.decider, caller.new_id(), raising)


@adds("/issues/{issue_id}/scopes", "members:issue:scope")
async def scope_issue(issue_id: UUID, scope: issue.ScopeIssue, caller: Caller) -> Written:
    """Leave an issue out, or take it up again."""
    return await write(caller, issue.decider, issue_id, scope)


@adds("/issues/{issue_id}/positions", "members:position:take")
async def take_position(issue_id: UUID, position: issue.TakePosition, caller: Caller) -> Written:
    """Say where your organisation stands on an issue, and why."""
    return await write(caller, issue.decider, issue_id, position)


@adds("/issues/{issue_id}/position-changes", "members:position:change")
async def change_position(issue_id: UUID, change: issue.ChangePosition, caller: Caller) -> Written:
    """Change your organisation's position on an issue. History keeps the one before."""
    return await write(caller, issue.decider, issue_id, change)


@adds("/issues/{issue_id}/disagreements", "members:disagreement:agree")
async def agree_to_disagree(
    issue_id: UUID, agreement: issue.AgreeToDisagree, caller: Caller
) -> Written:
    """Agree to disagree. The first names parties and terms; once all agreed, nothing is decided."""
    return await write(caller, issue.decider, issue_id, agreement)


@adds("/issues/{issue_id}/reopenings", "members:disagreement:reopen")
async def reopen_disagreement(
    issue_id: UUID, reopening: issue.ReopenDisagreement, caller: Caller
) -> Written:
    """Take back an agreement to disagree, so that the issue can be decided again."""
    return await write(caller, issue.decider, issue_id, reopening)


@adds("/issues/{issue_id}/leads", "members:lead:assign")
async def assign_lead(issue_id: UUID, assignment: issue.AssignLead, caller: Caller) -> Written:
    """Let an organisation lead an issue that nobody leads."""
    return await write(caller, issue.decider, issue_id, assignment)


@adds("/issues/{issue_id}/lead-yields", "members:lead:yield")
async def yield_lead(issue_id: UUID, yielding: issue.YieldLead, caller: Caller) -> Written:
    """Step back from leading an issue. Who you name as successor leads from then on."""
    return await write(caller, issue.decider, issue_id, yielding)


@adds("/issues/{issue_id}/messengers", "members:messenger:choose")
async def choose_messenger(
    issue_id: UUID, choice: issue.ChooseMessenger, caller: Caller
) -> Written:
    """Choose who speaks on an issue to an audience; to the public, that is the spokesperson."""
    return await write(caller, issue.decider, issue_id, choice)


@router.get("/issues", dependencies=[requires("members:issue:read")])
async def list_issues(
    reader: Reader, limit: Limit = 50, cursor: UUID | None = None
) -> Page[queries.IssueRow]:
    """List the issues."""
    async with reader.rows() as db:
        found = await queries.issues(
            db, reader.coalition, reader.audiences, after=cursor, limit=limit
        )
    return page(found, limit)


@router.get("/issues/{issue_id}", dependencies=[requires("members:issue:read")])
async def show_issue(issue_id: UUID, reader: Reader) -> issues.IssueDetail:
    """Show an issue: positions with reasons and history, disagreements, leads and messengers."""
    seen = reader.coalition, reader.audiences
    async with reader.rows() as db:
        found = await queries.issues(db, *seen, only=issue_id, limit=1)
        if not found:
            raise not_found()
        said = await entries(db, *seen, "issue", key=str(issue_id))
        names = await queries.names(db, *seen)
    folded = issues.said_of(said, names).get(issue_id, issues.Said())
    return issues.IssueDetail(**dict(found[0]), **dict(folded))


@router.get("/disagreements", dependencies=[requires("members:issue:read")])
async def list_disagreements(reader: Reader) -> Page[issues.RegisteredRow]:
    """List what organisations agreed to disagree on: what is in force first."""
    seen = reader.coalition, reader.audiences
    async with reader.rows() as db:
        said = await entries(db, *seen, "issue", types=issues.DISAGREEMENTS)
        names = await queries.names(db, *seen) | await queries.issue_names(db, *seen)
    return Page(items=issues.disagreements(said, names))
