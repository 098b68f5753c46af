"""Issues: where organisations stand and why, who agreed to disagree, who leads and who speaks."""

import asyncio
from datetime import datetime
from uuid import UUID

from fastapi import APIRouter, Request
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
from services.web.page import Visit, Visiting
from services.web.passing import pass_on
from services.web.peers import of

ROWS = "50"
STANDS = 50

router = APIRouter()


class Row(Named):
    """An issue in the list."""

    summary: Said = SILENT
    scope: str = "in"
    raised_by: Named | None = None
    ref: str


class Stand(Answer):
    """What an organisation stands for, and why."""

    position: str | None = None
    reason: Said = SILENT
    at: datetime
    ref: str


class Position(Stand):
    """Where an organisation stands now, and where it stood before."""

    organisation: Named
    before: tuple[Stand, ...] = ()


class Disagreement(Answer):
    """What organisations agreed to disagree on."""

    parties: tuple[Named, ...] = ()
    agreed: tuple[Named, ...] = ()
    terms: Said = SILENT
    in_force: bool = False
    since: datetime | None = None
    reopened_by: Named | None = None
    reopened_because: Said = SILENT
    refs: tuple[str, ...] = ()

    def waits_for(self, organisation: UUID) -> bool:
        """Tell whether it still waits for this party."""
        party = any(one.id == organisation for one in self.parties)
        return party and not self.reopened_by and all(one.id != organisation for one in self.agreed)


class Lead(Answer):
    """An organisation's time as the lead."""

    organisation: Named
    since: datetime
    until: datetime | None = None
    yielded_because: Said = SILENT
    refs: tuple[str, ...] = ()


class Messenger(Answer):
    """Who speaks on it to an audience."""

    audience: str
    organisation: Named
    since: datetime
    until: datetime | None = None
    ref: str


class Issue(Row):
    """An issue with all that was said of it."""

    positions: tuple[Position, ...] = ()
    disagreements: tuple[Disagreement, ...] = ()
    leads: tuple[Lead, ...] = ()
    messengers: tuple[Messenger, ...] = ()

    def stand(self, organisation: UUID) -> Position | None:
        """Return where an organisation stands."""
        return next((one for one in self.positions if one.organisation.id == organisation), None)

    @property
    def lead(self) -> Lead | None:
        """Who leads it now."""
        return next((one for one in self.leads if one.until is None), None)

    @property
    def in_force(self) -> Disagreement | None:
        """What is agreed to be disagreed on now."""
        return next((one for one in self.disagreements if one.in_force), None)


class Issues(Answer):
    """A page of the list."""

    items: tuple[Row, ...] = ()
    next_cursor: str | None = None


POSITIONS = tuple(words.POSITIONS.items())
WHY = Ask("reason", "The reason", hint="It stands in full beside the position.",
          missing="Give the reason, in a sentence or more.")  # fmt: skip
RAISING = among(
    Form(
        "raise", "Raise an issue", "Raise", "issues",
        (Ask("name", "What it is called", "line", missing="Name it."),
         Ask("summary", "What it is about", missing="Say what it is about.")),
        shows="issues",
    ),
)  # fmt: skip
OWN = among(
    Form(
        "take-position", "Take a position", "Record", "issues/{on}/positions",
        (Ask("position", "Your organisation", "choice", missing="Choose a position.",
             options=POSITIONS), WHY), shows="positions",
    ),
    Form(
        "change-position", "Change the position", "Record", "issues/{on}/position-changes",
        (Ask("to", "Your organisation now", "choice", missing="Choose a position.",
             options=POSITIONS), WHY),
        "Both positions stay in the history.", "positions",
    ),
    Form(
        "agree-to-disagree", "Agree to disagree", "Record", "issues/{on}/disagreements",
        (Ask("parties", "With whom", "parties", missing="Choose with whom."),
         Ask("terms", "On which terms", missing="Write the terms.")),
        "Once every party has agreed, no vote is opened on this issue until one of them reopens"
        " it.", "disagreements",
    ),
    Form("join-disagreement", "Agree to disagree", "Agree to these terms",
         "issues/{on}/disagreements", shows="disagreements"),
    Form(
        "reopen", "Reopen the disagreement", "Reopen", "issues/{on}/reopenings",
        (Ask("reason", "The reason", missing="Give the reason."),), shows="disagreements",
    ),
    Form(
        "yield-lead", "Step back from leading", "Step back", "issues/{on}/lead-yields",
        (Ask("reason", "The reason", missing="Give the reason."),
         Ask("successor", "Who leads from then on", "member")), shows="lead",
    ),
)  # fmt: skip
CHAIRS = among(
    Form(
        "scope", "Leave it out, or take it up again", "Record", "issues/{on}/scopes",
        (Ask("scope", "From now on", "choice", missing="Choose one.",
             options=(("in", "The coalition works on it"), ("out", "The coalition leaves it out"))),
         Ask("reason", "The reason", missing="Give the reason.")),
    ),
    Form(
        "assign-lead", "Assign the lead", "Assign", "issues/{on}/leads",
        (Ask("lead", "Which organisation leads", "member", missing="Choose an organisation."),),
        shows="lead",
    ),
    Form(
        "choose-messenger", "Choose a messenger", "Choose", "issues/{on}/messengers",
        (Ask("org", "Which organisation speaks", "member", missing="Choose an organisation."),
         Ask("audience", "To whom", "choice", "To the public, that is the spokesperson.",
             missing="Say to whom.",
             options=tuple((code, shown.capitalize()) for code, shown in words.AUDIENCES.items()
                           if code not in {"dyad", "body"}))),
        shows="messengers",
    ),
)  # fmt: skip
FORMS = {**OWN, **CHAIRS}


async def _list(visiting: Visit, coalition: str, looked: Looked = LOOKED) -> Response:
    cursor = visiting.request.query_params.get("cursor")
    chrome, (raw, caught_up) = await asyncio.gather(
        visiting.chrome(coalition),
        visiting.ask.get_with(
            looked.at_least, "members", of(coalition, "issues"), limit=ROWS, cursor=cursor
        ),
    )
    return answer(
        "issues.html", chrome, looked, caught_up=caught_up, found=Issues.model_validate(raw),
        forms=RAISING, first=not cursor,
    )  # fmt: skip


async def _show(
    visiting: Visit, coalition: str, issue_id: UUID, looked: Looked = LOOKED
) -> Response:
    asked = visiting.request.query_params.get("from", "0")
    start = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 7 else 0  # noqa: PLR2004 - fewer than a million
    chrome, (raw, caught_up) = await asyncio.gather(
        visiting.chrome(coalition),
        visiting.ask.get_with(looked.at_least, "members", of(coalition, "issues", issue_id)),
    )
    issue = Issue.model_validate(raw)
    stands = sorted(issue.positions, key=lambda one: str(one.organisation).casefold())
    following = start + STANDS
    return answer(
        "issue.html", chrome, looked, caught_up=caught_up, issue=issue, forms=FORMS,
        stands=stands[start:following], first=not start,
        following=following if following < len(stands) else None,
        members=await names_for(visiting, coalition, chrome, FORMS),
    )  # fmt: skip


@router.get("/c/{coalition}/issues")
async def show_issues(coalition: str, visiting: Visiting, at_least: str | None = None) -> Response:
    """Show the issues."""
    return await _list(visiting, coalition, Looked(at_least=at_least))


@router.get("/c/{coalition}/issues.json")
async def issues_as_json(coalition: str, visiting: Visiting, request: Request) -> Response:
    """Pass on what the page is made of."""
    return await pass_on(visiting.ask, "members", of(coalition, "issues"), request.query_params)


@router.post("/c/{coalition}/issues/{what}")
async def raise_issue(coalition: str, what: str, visiting: Visiting, request: Request) -> Response:
    """Raise an issue, and go to its page."""
    form = found(RAISING, what)
    tried = await attempt(visiting, request)
    recorded = await send(visiting, coalition, tried, form)
    if recorded is None:
        return await _list(visiting, coalition, Looked(tried))
    here = request.url.path.rpartition("/")[0]
    return RedirectResponse(f"{here}/{recorded.key}?at_least={recorded}", status_code=303)


@router.get("/c/{coalition}/issues/{issue_id:uuid}")
async def show_issue(
    coalition: str, issue_id: UUID, visiting: Visiting, at_least: str | None = None
) -> Response:
    """Show an issue."""
    return await _show(visiting, coalition, issue_id, Looked(at_least=at_least))


@router.get("/c/{coalition}/issues/{issue_id:uuid}.json")
async def issue_as_json(
    coalition: str, issue_id: UUID, visiting: Visiting, request: Request
) -> Response:
    """Pass on what the page is made of."""
    path = of(coalition, "issues", issue_id)
    return await pass_on(visiting.ask, "members", path, request.query_params)


@router.post("/c/{coalition}/issues/{issue_id:uuid}/{what}")
async def act_on_issue(
    coalition: str, issue_id: UUID, what: str, visiting: Visiting, request: Request
) -> Response:
    """Take or change a position, disagree, lead, speak."""
    form = found(FORMS, what)
    tried = await attempt(visiting, request)
    recorded = await send(visiting, coalition, tried, form)
    if recorded is None:
        return await _show(visiting, coalition, issue_id, Looked(tried))
    here = request.url.path.rpartition("/")[0]
    return RedirectResponse(f"{here}?at_least={recorded}#{form.shows}", status_code=303)
