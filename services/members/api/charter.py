"""The charter: what the coalition is for, how it works, and when it looks at that again."""

from uuid import UUID

from services.members.api.routing import EVERY_MEMBER, adds, router, write
from services.members.domain import coalition
from services.members.views import charter, queries
from services.members.views.said import entries
from shared.ask import Written
from shared.event import Command
from shared.http import Caller, Page, Reader, requires


async def _write(caller: Caller, command: Command) -> Written:
    return await write(caller, coalition.decider, caller.coalition, command)


@adds("/listings", "members:listing:publish")
async def list_coalition(listing: coalition.ListCoalition, caller: Caller) -> Written:
    """Let other coalitions find this one: by what it works on, and whom to ask."""
    return await _write(caller, listing)


@adds("/north-stars", "members:north-star:adopt")
async def adopt_north_star(north_star: coalition.AdoptNorthStar, caller: Caller) -> Written:
    """Adopt what the coalition is for; a new version replaces the one before."""
    return await _write(caller, north_star)


@adds("/scopes", "members:scope:set")
async def set_scope(scope: coalition.SetScope, caller: Caller) -> Written:
    """Set how many may join, from where, and whether they first say what they gain."""
    return await _write(caller, scope)


@adds("/scenarios", "members:scenario:agree")
async def agree_scenario(scenario: coalition.AgreeScenario, caller: Caller) -> Written:
    """Describe the best or the worst case, or agree with one that another party described."""
    return await _write(caller, scenario)


@adds("/ground-rules", "members:ground-rules:adopt")
async def adopt_ground_rules(rules: coalition.AdoptGroundRules, caller: Caller) -> Written:
    """Adopt ground rules; a new version asks every member again."""
    return await _write(caller, rules)


@adds("/boundaries", "members:boundary:agree")
async def agree_boundary(boundary: coalition.AgreeBoundary, caller: Caller) -> Written:
    """Agree who may see what by default, and from how many answers a figure is shown."""
    return await _write(caller, boundary)


@adds("/decision-structures", "members:structure:publish")
async def publish_decision_structure(
    structure: coalition.PublishDecisionStructure, caller: Caller
) -> Written:
    """Publish which bodies decide what; a new version asks every member again."""
    return await _write(caller, structure)


@adds("/terms", "members:term:define")
async def define_term(term: coalition.DefineTerm, caller: Caller) -> Written:
    """Define something negotiable, so that organisations can say what they accept for it."""
    return await _write(caller, term)


@adds("/stages", "members:stage:enter")
async def enter_stage(stage: coalition.EnterStage, caller: Caller) -> Written:
    """Say which stage the coalition has come to, and why; it may go back."""
    return await _write(caller, stage)


@adds("/context-shifts", "members:context-shift:note")
async def note_context_shift(shift: coalition.NoteContextShift, caller: Caller) -> Written:
    """Note what changed around the coalition; who it affects is asked to review its positions."""
    return await _write(caller, shift)


@adds("/reviews", "members:review:open")
async def open_review(review: coalition.OpenReview, caller: Caller) -> Written:
    """Ask organisations to look again at the vision, their positions or their roles."""
    return await _write(caller, review)


@adds("/review-closings", "members:review:close")
async def close_review(closing: coalition.CloseReview, caller: Caller) -> Written:
    """Say what a review came to."""
    return await _write(caller, closing)


@adds("/adjournments", "members:coalition:adjourn")
async def adjourn_coalition(adjournment: coalition.AdjournCoalition, caller: Caller) -> Written:
    """Adjourn the coalition, once its work was evaluated."""
    return await _write(caller, adjournment)


async def _charter(reader: Reader) -> charter.Charter:
    seen = reader.coalition, reader.audiences
    async with reader.rows() as db:
        said = [
            *await entries(db, *seen, "coalition"),
            *await entries(db, *seen, "membership", types=charter.ACCEPTANCES),
        ]
        names = await queries.names(db, *seen)
        members = await queries.joined(db, reader.coalition, EVERY_MEMBER)
    return charter.charter(said, members, names)


@router.get("/charter", dependencies=[requires("members:charter:read")])
async def show_charter(reader: Reader) -> charter.Charter:
    """Show the charter: every version of it, and who has not accepted the newest."""
    return await _charter(reader)


@router.get("/terms", dependencies=[requires("members:charter:read")])
async def list_terms(reader: Reader) -> Page[charter.TermRow]:
    """List what can be negotiated."""
    return Page(items=(await _charter(reader)).terms)


@router.get("/scenarios", dependencies=[requires("members:charter:read")])
async def list_scenarios(reader: Reader) -> Page[charter.ScenarioRow]:
    """List best and worst cases: those that every party agreed with first."""
    return Page(items=(await _charter(reader)).scenarios)


@router.get("/reviews", dependencies=[requires("members:charter:read")])
async def list_reviews(reader: Reader, organisation: UUID | None = None) -> Page[charter.ReviewRow]:
    """List reviews: the open ones first, by the day they are due."""
    rows = (await _charter(reader)).reviews
    asked = [row for row in rows if organisation in {None, *(one.id for one in row.asked)}]
    return Page(items=asked)
