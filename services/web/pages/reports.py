"""The reports: what each says, and its downloads."""

import asyncio
from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.web.page import Visiting, page
from services.web.pages.register import choices
from services.web.passing import pass_on
from services.web.peers import of

router = APIRouter()


@dataclass(frozen=True)
class Report:
    """A report as the index names it."""

    code: str
    name: str
    title: str
    says: str
    for_one: bool = False
    proved: bool = False


REPORTS = (
    Report(
        "R1",
        "decision-register",
        "Decision register",
        "Every outcome with its rule, quorum, counts, thresholds, objections and dissent. With its"
        " proof, anybody can check that nothing was changed or left out.",
        proved=True,
    ),
    Report(
        "R2",
        "who-decided-what",
        "Who decided what",
        "Each organisation's stance on each decision, when it was taken and how it changed.",
    ),
    Report(
        "R3",
        "participation",
        "Participation and voice balance",
        "Who was invited, came and spoke, how evenly, whether as the seats would say, who was not"
        " heard, and whether those came who may decide.",
    ),
    Report(
        "R4",
        "common-ground",
        "Common ground",
        "Which organisations are for the same issues, how far each is carried, what is parked,"
        " who faces the same threats, and which unlikely pairs could stand together.",
    ),
    Report(
        "R5",
        "representation-gaps",
        "Representation gaps",
        "Who should be heard and who speaks for them, at meetings and before each decision,"
        " the least well served first.",
    ),
    Report(
        "R6",
        "open-next-steps",
        "Open next steps by owner",
        "What was promised, by whom and until when, overdue first.",
    ),
    Report(
        "R7",
        "credit-statement",
        "Credit statement",
        "One organisation's contributions, and the credit it gave and received, as confirmed.",
        for_one=True,
    ),
    Report(
        "R8",
        "claims-and-disputes",
        "Claims and disputes",
        "Who tells whom of its own part and what was said against it, how disputes ended, and who"
        " was not thanked yet.",
    ),
    Report(
        "R9",
        "impact",
        "Impact",
        "What came of the work: objectives as each organisation sees them, numbers with their"
        " source, stories, lessons, wins and losses, and what was demanded and answered.",
    ),
    Report(
        "R10",
        "relationship-health",
        "Trust and relationship health",
        "How far organisations trust each other, over four quarters, and what heals; of no pair.",
    ),
    Report(
        "R11",
        "stage-timeline",
        "Stage timeline",
        "The stages declared and why, with decisions, objections, steps and trust beside them.",
    ),
    Report(
        "R14",
        "mandate",
        "Mandate and front line",
        "Who has a bottom line for which term and until when, what was decided at the front line"
        " by it or outside, and whether a report came back.",
    ),
    Report(
        "R15",
        "communications",
        "Communications",
        "Who was told of each decision, how, and how long until it knew; whether agendas, minutes"
        " and next steps came in time.",
    ),
    Report(
        "R16",
        "retention-and-growth",
        "Retention, growth, mentoring",
        "How long members stay, why others left, and how people fare; of no person.",
    ),
    Report(
        "R17",
        "shared-policies",
        "Shared-policy adoption",
        "What each unit answered to each policy and why, and how consistently they are followed.",
    ),
)


@router.get("/c/{coalition}/reports")
async def show_reports(coalition: str, visiting: Visiting) -> Response:
    """Show what can be downloaded."""
    chrome, organisations = await asyncio.gather(
        visiting.chrome(coalition),
        choices(visiting, "transparency", of(coalition, "organisations")),
    )
    return page("reports.html", chrome, reports=REPORTS, organisations=organisations)


@router.get("/c/{coalition}/reports/{file}")
async def download(coalition: str, file: str, visiting: Visiting, request: Request) -> Response:
    """Pass a report on, in the form its suffix names."""
    query = dict(request.query_params)
    suffix = query.pop("as", "")
    named = f"{file}.{suffix}" if suffix else file
    return await pass_on(visiting.ask, "transparency", of(coalition, "reports", named), query)
