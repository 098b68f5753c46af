"""HTTP in: decision rules."""

from uuid import UUID

from services.meetings.api.adding import adds, write
from services.meetings.domain import rule
from services.meetings.views import queries, rows
from shared.ask import Written
from shared.http import Caller, Page, Reader, Router, requires

router = Router()


@adds(router, "/rules", "rule:adopt")
async def adopt_rule(command: rule.AdoptRule, caller: Caller) -> Written:
    """Adopt a decision rule for a body."""
    return await write(caller, rule.decider, caller.new_id(), command)


@adds(router, "/rules/{rule_id}/versions", "rule:adopt")
async def revise_rule(rule_id: UUID, command: rule.AdoptRule, caller: Caller) -> Written:
    """Revise a rule: a new version, for votings opened from now on."""
    return await write(caller, rule.decider, rule_id, command, needs_match=True)


@adds(router, "/rules/{rule_id}/retirements", "rule:retire")
async def retire_rule(rule_id: UUID, command: rule.RetireRule, caller: Caller) -> Written:
    """Retire a rule: no voting names it any more."""
    return await write(caller, rule.decider, rule_id, command)


@router.get("/rules", dependencies=[requires("meetings:rule:read")])
async def list_rules(reader: Reader) -> Page[rows.RuleRow]:
    """List the newest version of each rule."""
    async with reader.rows() as db:
        return Page(items=await queries.rules(db, reader.coalition, reader.audiences))
