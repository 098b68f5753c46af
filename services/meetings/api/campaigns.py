"""HTTP in: campaigns, their workstreams, and demands to offices."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query

from services.meetings.api.adding import adds, write
from services.meetings.domain import campaign, demand, workstream
from services.meetings.views import campaigns, demands, queries, workstreams
from services.meetings.views.said import entries
from shared.ask import Written
from shared.http import Caller, Page, Reader, Router, requires
from shared.problems import not_found

SilentAfter = Annotated[
    int, Query(ge=1, le=3_650, description="days without an update after which one is flagged")
]
Filter = Annotated[UUID | None, Query(alias="campaign", description="only those of this campaign")]

router = Router()


@adds(router, "/campaigns", "campaign:launch")
async def launch_campaign(command: campaign.LaunchCampaign, caller: Caller) -> Written:
    """Launch a campaign; `from` are the events that it grew from: a campaign, a lesson."""
    return await write(caller, campaign.decider, caller.new_id(), command)


@adds(router, "/campaigns/{campaign_id}/objectives", "objective:set")
async def set_objective(
    campaign_id: UUID, command: campaign.SetObjective, caller: Caller
) -> Written:
    """Set an objective of a campaign; again with another day, revise it."""
    return await write(caller, campaign.decider, campaign_id, command)


@adds(router, "/campaigns/{campaign_id}/actions", "action:hold")
async def hold_action(campaign_id: UUID, command: campaign.HoldAction, caller: Caller) -> Written:
    """Record an action that was held: a delegation, a rally, a visit; who took part, how many."""
    return await write(caller, campaign.decider, campaign_id, command)


@adds(router, "/campaigns/{campaign_id}/targets", "target:record")
async def record_target(
    campaign_id: UUID, command: campaign.RecordTarget, caller: Caller
) -> Written:
    """Record what somebody whom the campaign wants to move thinks now."""
    return await write(caller, campaign.decider, campaign_id, command)


@adds(router, "/workstreams", "workstream:start")
async def start_workstream(command: workstream.StartWorkstream, caller: Caller) -> Written:
    """Start a workstream, of a campaign or by itself, and say who leads it."""
    return await write(caller, workstream.decider, caller.new_id(), command)


@adds(router, "/workstreams/{workstream_id}/reports", "workstream:report")
async def report_progress(
    workstream_id: UUID, command: workstream.ReportProgress, caller: Caller
) -> Written:
    """Say how far a workstream is."""
    return await write(caller, workstream.decider, workstream_id, command)


@adds(router, "/workstreams/{workstream_id}/closings", "workstream:close")
async def close_workstream(
    workstream_id: UUID, command: workstream.CloseWorkstream, caller: Caller
) -> Written:
    """Close a workstream, and say what came of it."""
    return await write(caller, workstream.decider, workstream_id, command)


@adds(router, "/demands", "demand:present")
async def present_demand(command: demand.PresentDemand, caller: Caller) -> Written:
    """Record what an office is asked for, and by when."""
    return await write(caller, demand.decider, caller.new_id(), command)


@adds(router, "/demands/{demand_id}/answers", "demand:answer")
async def answer_demand(demand_id: UUID, command: demand.AnswerDemand, caller: Caller) -> Written:
    """Record what the office answered."""
    return await write(caller, demand.decider, demand_id, command)


@adds(router, "/demands/{demand_id}/escalations", "demand:escalate")
async def escalate_demand(
    demand_id: UUID, command: demand.EscalateDemand, caller: Caller
) -> Written:
    """Take a demand that was not met, or not answered in time, to a higher office."""
    return await write(caller, demand.decider, demand_id, command)


@router.get("/campaigns", dependencies=[requires("meetings:campaign:read")])
async def list_campaigns(
    reader: Reader, silent_after: SilentAfter = workstreams.SILENT_AFTER
) -> Page[campaigns.CampaignRow]:
    """List the campaigns, the newest first."""
    seen = reader.coalition, reader.audiences
    async with reader.rows() as db:
        said = await entries(db, *seen, "campaign", "workstream", "demand")
        named = await queries.names(db, *seen)
    return Page(items=campaigns.campaigns(said, named, datetime.now(UTC), silent_after))


@router.get("/campaigns/{campaign_id}", dependencies=[requires("meetings:campaign:read")])
async def show_campaign(
    campaign_id: UUID, reader: Reader, silent_after: SilentAfter = workstreams.SILENT_AFTER
) -> campaigns.CampaignDetail:
    """Show a campaign: aims, workstreams, decisions, actions, demands, and what it grew from."""
    seen = reader.coalition, reader.audiences
    async with reader.rows() as db:
        said = await entries(db, *seen, "campaign", "workstream", "demand")
        aims = [row.objective for row in campaigns.objectives(said, campaign_id)]
        found = campaigns.campaign(
            campaign_id,
            said,
            await campaigns.decisions(db, *seen, aims),
            await queries.names(db, *seen),
            datetime.now(UTC),
            version=await queries.version(db, reader.coalition, f"campaign-{campaign_id}"),
            as_of=await queries.as_of(db, reader.coalition),
            silent_after=silent_after,
        )
    if found is None:
        raise not_found()
    return found


@router.get("/workstreams", dependencies=[requires("meetings:campaign:read")])
async def list_workstreams(
    reader: Reader, of: Filter = None, silent_after: SilentAfter = workstreams.SILENT_AFTER
) -> Page[workstreams.WorkstreamRow]:
    """List the workstreams with all updates: those without one for too long are flagged, first."""
    seen = reader.coalition, reader.audiences
    async with reader.rows() as db:
        said = await entries(db, *seen, "workstream")
        named = await queries.names(db, *seen)
    rows = workstreams.workstreams(said, named, datetime.now(UTC), silent_after)
    return Page(items=[row for row in rows if of in {None, row.campaign}])


@router.get("/demands", dependencies=[requires("meetings:campaign:read")])
async def list_demands(reader: Reader, of: Filter = None) -> Page[demands.DemandRow]:
    """List the demands with their answers: those without one past their day first."""
    seen = reader.coalition, reader.audiences
    async with reader.rows() as db:
        said = await entries(db, *seen, "demand")
        named = await queries.names(db, *seen)
    rows = demands.demands(said, named, datetime.now(UTC).date())
    return Page(items=[row for row in rows if of in {None, row.campaign}])
