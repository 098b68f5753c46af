"""The charter: what the coalition is for, how it works, and when it looks at that again."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from services.members.api.routing import (
    EVERY_MEMBER,
    SHEET,
    Bom,
    adds,
    own_orgs,
    router,
    sheet,
    window,
    write,
)
from services.members.domain import coalition
from services.members.views import charter, lists, queries, roster, structure
from services.members.views.said import entries
from shared.ask import Written
from shared.event import Command
from shared.hot import Connection
from shared.http import Caller, Limit, Page, Reader, requires


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


ShownNames = Annotated[
    int | None,
    Query(ge=0, le=200, description="at most so many names in each list; figures count all"),
]
Of = Annotated[Literal["ground-rules", "structure"], Query(description="accepted, or acknowledged")]


async def _charter(reader: Reader) -> charter.Charter:
    async with reader.rows() as db:
        return await _charter_in(db, reader)


async def _charter_in(db: Connection, reader: Reader) -> charter.Charter:
    seen = reader.coalition, reader.audiences
    said = [
        *await entries(db, *seen, "coalition"),
        *await entries(db, *seen, "membership", types=charter.ACCEPTANCES),
    ]
    names = await queries.names(db, *seen) | await queries.issue_names(db, *seen)
    members = await queries.joined(db, reader.coalition, EVERY_MEMBER)
    return charter.charter(said, members, names, own_orgs(reader))


@router.get("/charter", dependencies=[requires("members:charter:read")])
async def show_charter(reader: Reader, names: ShownNames = None) -> charter.Charter:
    """Show the charter: every version of it, and who has not accepted the newest."""
    return (await _charter(reader)).shortened(names)


@router.get("/decision-structure", dependencies=[requires("members:charter:read")])
async def show_decision_structure(reader: Reader, names: ShownNames = None) -> structure.Structure:
    """Show who decides what: the bodies with scopes, seats and speakers, and who knows it."""
    seen = reader.coalition, reader.audiences
    async with reader.rows() as db:
        made = await _charter_in(db, reader)
        bodies = await queries.bodies(db, *seen)
        orgs, issues = await queries.names(db, *seen), await queries.issue_names(db, *seen)
        said = await entries(db, *seen, "constituency", types=("ConstituencyIdentified",))
        accredited = await roster.representatives(db, *seen, plenary=False)
    called = {UUID(entry.key): entry.data.get("name") for entry in said}
    return structure.structure(made.shortened(names), bodies, issues, called, orgs, accredited)


@router.get("/acceptances", dependencies=[requires("members:charter:read")])
async def list_acceptances(reader: Reader, of: Of = "ground-rules") -> charter.Acceptance:
    """List which members accepted the ground rules, or acknowledged who decides what."""
    return _accepted(await _charter(reader), of)


@router.get(
    "/acceptances.csv", dependencies=[requires("members:charter:read")],
    response_class=Response, responses=SHEET,
)  # fmt: skip
async def export_acceptances(reader: Reader, of: Of = "ground-rules", bom: Bom = False) -> Response:  # noqa: FBT002 - a query parameter is always named
    """The same as a sheet: first those missing."""
    made = lists.acceptances(_accepted(await _charter(reader), of))
    return sheet(f"acceptances-{of}", made, bom=bom)


def _accepted(made: charter.Charter, of: str) -> charter.Acceptance:
    return made.accepted_rules if of == "ground-rules" else made.acknowledged_structure


@router.get("/terms", dependencies=[requires("members:charter:read")])
async def list_terms(reader: Reader) -> Page[charter.TermRow]:
    """List what can be negotiated."""
    return Page(items=(await _charter(reader)).terms)


@router.get("/scenarios", dependencies=[requires("members:charter:read")])
async def list_scenarios(reader: Reader) -> Page[charter.ScenarioRow]:
    """List best and worst cases: those that every party agreed with first."""
    return Page(items=(await _charter(reader)).scenarios)


@router.get("/reviews", dependencies=[requires("members:charter:read")])
async def list_reviews(
    reader: Reader,
    organisation: UUID | None = None,
    names: ShownNames = None,
    limit: Limit | None = None,
    cursor: str | None = None,
) -> Page[charter.ReviewRow]:
    """List reviews: the open ones first, by the day they are due."""
    rows = (await _charter(reader)).reviews
    asked = [row for row in rows if organisation in {None, *(one.id for one in row.asked)}]
    return window(charter.shortened(asked, names), limit, cursor, lambda row: row.review)
