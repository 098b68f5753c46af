"""What organisations say of a campaign, and of what they have of the coalition."""

from uuid import UUID

from services.credit import views
from services.credit.api.routing import adds, router
from services.credit.domain import answer, evaluation
from services.credit.views import impact
from services.credit.views.said import entries
from shared.ask import Written
from shared.http import Caller, Reader, requires
from shared.problems import not_found

ADJOURNING = "adjourning"


@adds("/evaluations/{campaign_id}/assessments", "credit:evaluation:answer")
async def assess_objective(
    campaign_id: UUID, command: answer.AssessObjective, caller: Caller
) -> Written:
    """Say whether an objective was met, whether as intended, and why."""
    facts = views.roll, views.references
    return await caller.handle(evaluation.decider, campaign_id, command, facts=facts)


@adds("/evaluations/{campaign_id}/answers", "credit:evaluation:answer")
async def answer_evaluation(
    campaign_id: UUID, command: answer.AnswerEvaluation, caller: Caller
) -> Written:
    """Answer the three questions; an earlier answer of yours stays beside it."""
    return await caller.handle(evaluation.decider, campaign_id, command, facts=(views.roll,))


@adds("/evaluations/{campaign_id}/retrospectives", "credit:evaluation:answer")
async def hold_retrospective(
    campaign_id: UUID, command: answer.HoldRetrospective, caller: Caller
) -> Written:
    """Say that organisations looked back together, and which."""
    return await caller.handle(evaluation.decider, campaign_id, command, facts=(views.roll,))


@adds("/evaluations/{campaign_id}/benefits", "credit:evaluation:answer")
async def articulate_benefit(
    campaign_id: UUID, command: answer.ArticulateBenefit, caller: Caller
) -> Written:
    """Say what your organisation has of the coalition."""
    return await caller.handle(evaluation.decider, campaign_id, command, facts=(views.roll,))


@router.get("/evaluations/{campaign_id}", dependencies=[requires("credit:evaluation:read")])
async def read_evaluation(campaign_id: UUID, reader: Reader) -> impact.EvaluationRow:
    """What organisations say of a campaign, side by side."""
    async with reader.rows() as db:
        said = await entries(db, reader.coalition, reader.audiences, "evaluation")
    if all(entry.key != campaign_id for entry in said):
        raise not_found()
    return impact.evaluation(said, campaign_id)


@router.get("/benefits", dependencies=[requires("credit:evaluation:read")])
async def list_benefits(reader: Reader) -> impact.Benefits:
    """What members have of the coalition; while it adjourns, also who has not said."""
    async with reader.rows() as db:
        said = await entries(db, reader.coalition, reader.audiences, "evaluation")
        stage, members = await impact.standing(db, reader.coalition)
    items = impact.benefits(said)
    told = {row.organisation for row in items}
    missing = [org for org in members if org not in told] if stage == ADJOURNING else []
    return impact.Benefits(stage=stage, items=items, missing=missing)
