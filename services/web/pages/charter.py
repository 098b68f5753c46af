"""The charter: what the coalition is for, how it works, who accepted that, and what is reviewed."""

import asyncio
from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from services.web import words
from services.web.acting import attempt
from services.web.answers import SILENT, Answer, Named, Said
from services.web.forms import (
    LOOKED,
    Ask,
    Form,
    Looked,
    among,
    answer,
    found,
    names_for,
    send,
)
from services.web.page import Visit, Visiting, page
from services.web.pages.orphans import some_orphans
from services.web.pages.register import choices
from services.web.passing import pass_on
from services.web.peers import of

NAMES = "24"
"""So many of those missing are named on the charter itself; all on a page of their own."""
ROWS = 100
Of = Literal["ground-rules", "structure"]
Start = Annotated[int, Query(alias="from", ge=0, le=1_000_000)]

router = APIRouter()


class Version(Answer):
    """One version of a text."""

    version: int
    text: Said = SILENT
    decision: str | None = None
    at: datetime
    ref: str


class Boundary(Version):
    """Who may see what by default, and from how many answers a figure is shown."""

    defaults: Mapping[str, str] = {}
    min_group: int


class Accepted(Named):
    """A member, and where it is recorded that it accepted."""

    ref: str


class Acceptance(Answer):
    """Who accepted the newest version, and who did not."""

    version: int = 0
    accepted: tuple[Accepted, ...] = ()
    missing: tuple[Named, ...] = ()
    accepted_count: int = 0
    missing_count: int = 0
    yours: tuple[Named, ...] = ()


class Scope(Answer):
    """How many may join, and from where."""

    max_members: int | None = None
    regions: tuple[str, ...] = ()
    interest_required: bool = False
    ref: str


class Listing(Answer):
    """How other coalitions find this one."""

    topics: tuple[str, ...] = ()
    contact: Said = SILENT
    ref: str


class Term(Answer):
    """Something negotiable."""

    term: UUID
    name: Said = SILENT
    choices: tuple[str, ...] = ()
    min: int | None = None
    max: int | None = None
    unit: str | None = None
    ref: str


class Scenario(Answer):
    """A best or a worst case; in force once every party has agreed."""

    scenario: UUID
    kind: str
    text: Said = SILENT
    parties: tuple[Named, ...] = ()
    agreed: tuple[Named, ...] = ()
    in_force: bool = False
    refs: tuple[str, ...] = ()

    def waits_for(self, organisation: UUID) -> bool:
        """Tell whether it still waits for this party."""
        party = any(one.id == organisation for one in self.parties)
        return party and all(one.id != organisation for one in self.agreed)


class Stage(Answer):
    """A stage, and why the coalition came to it."""

    stage: str
    reason: Said = SILENT
    since: datetime
    until: datetime | None = None
    ref: str


class Shift(Answer):
    """Something that changed around the coalition."""

    what: Said = SILENT
    about: tuple[Named, ...] = ()
    noted_by: Named
    at: datetime
    ref: str


class Review(Answer):
    """A review; open while it has no result."""

    review: UUID
    kind: str
    trigger: str
    asked: tuple[Named, ...] = ()
    asked_count: int = 0
    due: date
    result: str | None = None
    note: Said = SILENT
    opened_at: datetime
    refs: tuple[str, ...] = ()


class Charter(Answer):
    """The charter, as members answers."""

    listing: Listing | None = None
    north_stars: tuple[Version, ...] = ()
    scope: Scope | None = None
    ground_rules: tuple[Version, ...] = ()
    accepted_rules: Acceptance = Acceptance()
    boundaries: tuple[Boundary, ...] = ()
    acknowledged_structure: Acceptance = Acceptance()
    terms: tuple[Term, ...] = ()
    scenarios: tuple[Scenario, ...] = ()
    stages: tuple[Stage, ...] = ()
    context_shifts: tuple[Shift, ...] = ()
    reviews: tuple[Review, ...] = ()
    adjourned_at: datetime | None = None
    adjourned_because: Said = SILENT


DECISION = Ask(
    "decision", "The decision this rests on", "plain",
    "Needed in formal mode for a new version: its reference, such as meetings/1151.",
)  # fmt: skip
REASON = Ask("reason", "The reason", missing="Give the reason.")
CHAIRS = among(
    Form(
        "adopt-north-star", "Adopt a North Star", "Adopt", "north-stars",
        (Ask("text", "What the coalition is for", missing="Write what the coalition is for."),
         DECISION),
        "It replaces the one before, which stays in the history.", "north-star",
    ),
    Form(
        "adopt-ground-rules", "Adopt ground rules", "Adopt", "ground-rules",
        (Ask("text", "The ground rules", missing="Write the ground rules."), DECISION),
        "Every member is asked again to accept them.", "ground-rules",
    ),
    Form(
        "set-scope", "Set who may join", "Set", "scopes",
        (
            Ask("max_members", "How many members at most", "whole", "Nothing: any number."),
            Ask("regions", "From which regions", "codes", "By comma. Nothing: from anywhere."),
            Ask("interest_required", "Who joins first says what they gain by it", "yes"),
        ),
        shows="scope",
    ),
    Form(
        "agree-boundary", "Agree who may see what", "Agree", "boundaries",
        (
            *(
                Ask(
                    f"defaults.{topic}", f"{shown}: shown to", "choice",
                    options=tuple(words.AUDIENCES.items()),
                )
                for topic, shown in words.TOPICS.items()
            ),
            Ask("min_group", "From how many answers a figure is shown", "whole",
                missing="Say from how many.", otherwise="5"),
            Ask("text", "The agreement in words", missing="Write the agreement in words."),
            DECISION,
        ),
        "What you leave open keeps its usual class.", "boundary",
    ),
    Form(
        "define-term", "Define something negotiable", "Define", "terms",
        (
            Ask("name", "Its name", "line", missing="Name it."),
            Ask("choices", "What can be chosen", "codes",
                "By comma. For a number, leave this empty and give its limits."),
            Ask("min", "The least", "whole"),
            Ask("max", "The most", "whole"),
            Ask("unit", "The unit", "code"),
            Ask("term", kind="new_id"),
        ),
        shows="terms",
    ),
    Form(
        "enter-stage", "Enter a stage", "Enter", "stages",
        (Ask("stage", "The stage", "choice", missing="Choose the stage.",
             options=tuple(words.STAGES.items())), REASON),
        "The coalition may also go back to an earlier one.", "stages",
    ),
    Form(
        "open-review", "Open a review", "Open", "reviews",
        (
            Ask("kind", "What is looked at again", "choice", missing="Choose what.",
                options=tuple(words.REVIEWS.items())),
            Ask("orgs", "Who is asked", "members", missing="Choose who is asked."),
            Ask("due", "Until", "day"),
            Ask("review", kind="new_id"),
        ),
        shows="reviews",
    ),
    Form(
        "close-review", "Close this review", "Close", "review-closings",
        (
            Ask("result", "What came of it", "choice", missing="Say what came of it.",
                options=tuple(words.RESULTS.items())),
            Ask("note", "A note"),
            Ask("review", kind="fixed"),
        ),
        shows="reviews",
    ),
    Form(
        "list-coalition", "Let other coalitions find this one", "Publish", "listings",
        (
            Ask("topics", "What it works on", "codes", "By comma.",
                missing="Say what it works on."),
            Ask("contact", "Whom to ask", "line"),
        ),
        shows="listing",
    ),
    Form(
        "adjourn", "Adjourn the coalition", "Adjourn", "adjournments", (REASON,),
        "Its work was evaluated, and it is over. What was recorded stays.",
    ),
)  # fmt: skip
MEMBERS = among(
    Form(
        "accept-ground-rules", "Accept the ground rules", "Accept the ground rules",
        "members/{by}/acceptances", (Ask("version", kind="number"),), shows="ground-rules",
    ),
    Form(
        "describe-scenario", "Describe a best or a worst case", "Describe", "scenarios",
        (
            Ask("kind", "Which", "choice", missing="Say which.",
                options=tuple(words.SCENARIOS.items())),
            Ask("text", "In words", missing="Describe it."),
            Ask("parties", "Who should agree with it", "parties", "Your own organisation does.",
                missing="Choose who should agree."),
            Ask("scenario", kind="new_id"),
        ),
        "It is in force once every party has agreed.", "scenarios",
    ),
    Form(
        "agree-scenario", "Agree with it", "Agree", "scenarios",
        (Ask("scenario", kind="fixed"),), shows="scenarios",
    ),
    Form(
        "note-shift", "Note what changed around the coalition", "Note", "context-shifts",
        (
            Ask("what", "What changed", missing="Say what changed."),
            Ask("issues", "On which issues it bears", "some", "None: on everything."),
        ),
        "Who it affects is asked to review its positions.", "shifts",
    ),
)  # fmt: skip
FORMS = {**CHAIRS, **MEMBERS}


async def _show(visiting: Visit, coalition: str, looked: Looked = LOOKED) -> Response:
    chrome, (raw, caught_up), orphans = await asyncio.gather(
        visiting.chrome(coalition),
        visiting.ask.get_with(
            looked.at_least, "members", of(coalition, "charter"), names=NAMES
        ),
        some_orphans(visiting, coalition),
    )  # fmt: skip
    members, issues = await asyncio.gather(
        names_for(visiting, coalition, chrome, FORMS),
        choices(visiting, "members", of(coalition, "issues")),
    )
    return answer(
        "charter.html", chrome, looked, caught_up=caught_up, charter=Charter.model_validate(raw),
        forms=FORMS, members=members, issues=issues, orphans=orphans,
    )  # fmt: skip


@router.get("/c/{coalition}/charter")
async def show_charter(coalition: str, visiting: Visiting, at_least: str | None = None) -> Response:
    """Show the charter."""
    return await _show(visiting, coalition, Looked(at_least=at_least))


@router.get("/c/{coalition}/charter.json")
async def charter_as_json(coalition: str, visiting: Visiting, request: Request) -> Response:
    """Pass on what the page is made of."""
    return await pass_on(visiting.ask, "members", of(coalition, "charter"), request.query_params)


@router.get("/c/{coalition}/charter/acceptances/{of_what}.{suffix}")
async def acceptances_as_data(
    coalition: str, of_what: Of, suffix: str, visiting: Visiting
) -> Response:
    """Pass on the list."""
    path = of(coalition, "acceptances" if suffix == "json" else f"acceptances.{suffix}")
    return await pass_on(visiting.ask, "members", path, {"of": of_what})


@router.get("/c/{coalition}/charter/acceptances/{of_what}")
async def show_acceptances(
    coalition: str, of_what: Of, visiting: Visiting, start: Start = 0
) -> Response:
    """Show who accepted, and who did not: those missing first, by name, in parts."""
    chrome, raw = await asyncio.gather(
        visiting.chrome(coalition),
        visiting.ask.get("members", of(coalition, "acceptances"), of=of_what),
    )
    acceptance = Acceptance.model_validate(raw)
    rows = [*sorted(acceptance.missing, key=_by_name), *sorted(acceptance.accepted, key=_by_name)]
    following = start + ROWS
    return page(
        "acceptances.html", chrome, acceptance=acceptance, rows=rows[start:following],
        of_what=of_what, following=following if following < len(rows) else None, first=not start,
    )  # fmt: skip


def _by_name(one: Named) -> str:
    return str(one).casefold()


@router.post("/c/{coalition}/charter/{what}")
async def act_on_charter(
    coalition: str, what: str, visiting: Visiting, request: Request
) -> Response:
    """Accept the ground rules, or change the charter."""
    form = found(FORMS, what)
    tried = await attempt(visiting, request)
    recorded = await send(visiting, coalition, tried, form)
    if recorded is None:
        return await _show(visiting, coalition, Looked(tried))
    here = request.url.path.rpartition("/")[0]
    return RedirectResponse(f"{here}?at_least={recorded}#{form.shows}", status_code=303)
