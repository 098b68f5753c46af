"""HTTP in: reports that are issued, and what the coalition makes of a flag."""

from services.meetings.api.adding import adds, write
from services.meetings.domain import flag, report
from services.meetings.views import queries, reports
from services.meetings.views.said import entries
from shared.ask import Written
from shared.http import Caller, Page, Reader, Router, requires

router = Router()


@adds(router, "/issued-reports", "report:issue")
async def issue_report(command: report.IssueReport, caller: Caller) -> Written:
    """Issue a report by its digest: whoever makes it again can compare."""
    return await write(caller, report.decider, caller.new_id(), command)


@adds(router, "/flag-answers", "flag:answer")
async def answer_flag(command: flag.AnswerFlag, caller: Caller) -> Written:
    """Say that a flag was seen, or dismiss it, and why."""
    return await write(caller, flag.decider, flag.of(caller.coalition, command.indicator), command)


@router.get("/issued-reports", dependencies=[requires("meetings:report:read")])
async def list_issued_reports(reader: Reader) -> Page[reports.IssuedRow]:
    """List the reports that were issued, the newest first."""
    seen = reader.coalition, reader.audiences
    async with reader.rows() as db:
        said = await entries(db, *seen, "report")
        named = await queries.names(db, *seen)
    return Page(items=reports.issued(said, named))


@router.get("/flag-answers", dependencies=[requires("meetings:flag:read")])
async def list_flag_answers(reader: Reader) -> Page[reports.FlagAnswerRow]:
    """List what the coalition made of flags: the newest window first."""
    seen = reader.coalition, reader.audiences
    async with reader.rows() as db:
        said = await entries(db, *seen, "flag")
        named = await queries.names(db, *seen)
    return Page(items=reports.answers(said, named))
