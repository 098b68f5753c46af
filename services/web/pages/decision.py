"""The decision page: what was decided, under which rule, and what every organisation said."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import Field
from starlette.responses import RedirectResponse, Response

from services.web.acting import Attempt, act, attempt
from services.web.answers import SILENT, Answer, Dated, Named, Said
from services.web.counted import OPTIONS
from services.web.forms import Looked, answer, found, send
from services.web.page import Me, Visit, Visiting, page
from services.web.pages import audit, concerns, deciding, frontline
from services.web.pages.register import Link
from services.web.pages.steps import Step
from services.web.passing import pass_on
from services.web.peers import PeerRefused, of

OUTCOMES = frozenset({"DecisionMade", "QuorumNotMet", "DecisionDeferred"})

router = APIRouter()


class Change(Answer):
    """An earlier stance, and why it is another now."""

    from_: str | None = Field(None, alias="from")
    to: str | None = None
    because: Said = SILENT
    at: datetime | None = None
    ref: str | None = None


class Stance(Answer):
    """What one organisation said, whichever way it went."""

    org: Named
    option: str | None = None
    reason: Said = SILENT
    at: datetime | None = None
    authority: str | None = None
    ref: str | None = None
    changes: tuple[Change, ...] = ()


class Answered(Answer):
    """One thing that became of an objection: who did it, when and why."""

    became: str
    at: datetime
    by: Named | None = None
    why: Said = SILENT
    alternatives: Said | tuple[Said, ...] = ()
    to: Named | None = None
    amendment: int | None = None
    ref: str | None = None

    @property
    def weighed(self) -> tuple[Said, ...]:
        """The alternatives that were weighed; one, where they were redacted."""
        return (self.alternatives,) if isinstance(self.alternatives, Said) else self.alternatives


class Objection(Answer):
    """An objection, and how it ended."""

    id: UUID
    by: Named | None = None
    grounds: Said = SILENT
    state: str = "open"
    raised_at: datetime | None = None
    disposition: str | None = None
    remove_by: Said = SILENT
    answers: tuple[Answered, ...] = ()
    ref: str | None = None


class Entry(Answer):
    """One thing that happened to this proposal."""

    at: datetime
    type: str
    words: str = ""
    said: Said = SILENT
    by: Named | None = None
    ref: str | None = None


class Threshold(Answer):
    """A threshold of the rule, and whether it held."""

    option: str
    test: str
    ratio: tuple[int, int]
    base: str
    of: int | None = None
    value: int | None = None
    holds: bool | None = None


class Rule(Answer):
    """The rule as it was frozen when the voting opened."""

    id: UUID | None = None
    version: int | None = None
    method: str | None = None
    terms: Mapping[str, Any] = {}


class Class(Answer):
    """Organisations that have one vote together."""

    orgs: tuple[Named, ...]
    weight: int = 1


class Minority(Answer):
    """Why an organisation holds the decision to be wrong."""

    organisation: Named | None = None
    text: Said = SILENT
    at: datetime | None = None
    ref: str | None = None


class Other(Answer):
    """Another decision that this one replaces or reverses, or that does so to this one."""

    decision: UUID
    effect: str | None = None


class Reopening(Answer):
    """Why a decision was opened again."""

    at: datetime
    new_information: Said = SILENT
    ref: str | None = None


class Quorum(Answer):
    """How many had to take a stance, and how many did."""

    needed: int | None = None
    reached: int | None = None
    holds: bool | None = None


class Decision(Dated):
    """A decision or an open proposal, as the transparency service answers."""

    proposal: UUID
    decision: UUID | None = None
    state: str
    outcome: str | None = None
    title: Said = SILENT
    text: Said = SILENT
    body: Named | None = None
    issue: Named | None = None
    rule: Rule | None = None
    opened_at: datetime | None = None
    closes_at: datetime | None = None
    decided_at: datetime | None = None
    electorate: tuple[Class, ...] = ()
    counts: Mapping[str, int] = {}
    voters: int | None = None
    entitled: int | None = None
    quorum: Quorum | None = None
    thresholds: tuple[Threshold, ...] = ()
    recomputed: str | Mapping[str, Any] | None = None
    stances: tuple[Stance, ...] = ()
    silent: tuple[Named, ...] = ()
    stood_aside: tuple[Named, ...] = ()
    sign_ons: tuple[Named, ...] = ()
    minority_statements: tuple[Minority, ...] = ()
    objections: tuple[Objection, ...] = ()
    timeline: tuple[Entry, ...] = ()
    meeting: Named | None = None
    steps: tuple[Step, ...] = ()
    supersedes: Other | None = None
    superseded_by: Other | None = None
    reopened: Reopening | None = None
    chain: tuple[Link, ...] = ()
    by: Named | None = None
    accountable: tuple[Named, ...] = ()
    visibility: str | None = None
    imported: bool = False
    source_id: str | None = None

    @property
    def settled_by(self) -> str | None:
        """Where the newest outcome was recorded."""
        made = (each for each in reversed(self.timeline) if each.type in OUTCOMES and each.ref)
        return next((each.ref for each in made), None)

    @property
    def id(self) -> UUID:
        """The id in the page's address: the decision's, and before there is one the proposal's."""
        return self.decision or self.proposal

    @property
    def standing(self) -> str:
        """The one word for where it stands: the outcome, else the state."""
        return self.outcome or self.state

    @property
    def ledger(self) -> Sequence[Stance]:
        """Every stance in one list, by the organisation's name: no side comes first."""
        return sorted(self.stances, key=lambda stance: str(stance.org).casefold())


@dataclass(frozen=True)
class Seat:
    """One of the person's organisations in the frozen electorate, and what it said so far."""

    org: Named
    stance: Stance | None


def seats(decision: Decision, me: Me) -> Sequence[Seat]:
    """Return where the person may take or change a stance; the services decide again."""
    if decision.state != "voting":
        return ()
    entitled = {org.id for vote_class in decision.electorate for org in vote_class.orgs}
    said = {stance.org.id: stance for stance in decision.stances}
    return [Seat(org, said.get(org.id)) for org in me.spokesperson if org.id in entitled]


async def _show(
    visiting: Visit, coalition: str, decision_id: UUID, tried: Attempt | None, at_least: str | None
) -> Response:
    path = of(coalition, "decisions", decision_id)
    chrome, (raw, caught_up) = await asyncio.gather(
        visiting.chrome(coalition), visiting.ask.get_with(at_least, "transparency", path)
    )
    decision = Decision.model_validate(raw)
    doing, about, proof = await asyncio.gather(
        deciding.doing(visiting, chrome, decision.proposal),
        concerns.concerns_about(visiting, coalition, decision.proposal),
        _proof(visiting, coalition, decision),
    )
    shown: dict[str, Any] = {
        "decision": decision,
        "seats": seats(decision, chrome.me),
        "doing": doing,
        "concerns": about,
        "proof": proof,
        "forms": deciding.FORMS,
    }
    if tried is None or tried.form:
        return answer(
            "decision.html", chrome, Looked(tried, at_least), caught_up=caught_up, **shown
        )
    return page(
        "decision.html", chrome, tried.status, **shown, tried=tried, reached=None, behind=None,
        lost=False,
    )  # fmt: skip


async def _proof(visiting: Visit, coalition: str, decision: Decision) -> audit.Proof | None:
    ref = decision.settled_by
    return None if ref is None else await audit.proof_of(visiting, coalition, ref)


@router.get("/c/{coalition}/decisions/{decision_id:uuid}")
async def show_decision(
    coalition: str, decision_id: UUID, visiting: Visiting, at_least: str | None = None
) -> Response:
    """Show a decision, or a proposal that is still open; what was settled elsewhere, there."""
    try:
        return await _show(visiting, coalition, decision_id, None, at_least)
    except PeerRefused as refused:
        if refused.problem.status != 404:  # noqa: PLR2004 - not there, or not for them
            raise
        elsewhere = await frontline.settled_as(visiting, coalition, decision_id)
        if elsewhere is None:
            raise
    return RedirectResponse(elsewhere, status_code=303)


@router.get("/c/{coalition}/decisions/{decision_id:uuid}.json")
async def decision_as_json(
    coalition: str, decision_id: UUID, visiting: Visiting, request: Request
) -> Response:
    """Pass on what the page is made of."""
    path = of(coalition, "decisions", decision_id)
    return await pass_on(visiting.ask, "transparency", path, request.query_params)


@router.post("/c/{coalition}/decisions/{decision_id:uuid}/stances")
async def take_or_change_stance(
    coalition: str, decision_id: UUID, visiting: Visiting, request: Request
) -> Response:
    """Take an organisation's stance, or change it with a reason.

    The change stands in the page that follows: it asks for a view that includes it.
    """
    form = await attempt(visiting, request)
    changes = form.get("mode") == "change"
    option, reason = form.get("option"), form.said("reason")
    if option not in OPTIONS:
        form.miss("option", "Choose the stance your organisation takes.")
    if reason is None and (changes or option in {"disagree", "object"}):
        form.miss("reason", "Give the reason, in a sentence or more.")
    proposal = form.id("proposal")
    if changes:
        path = of(coalition, "proposals", proposal, "stances", "changes")
        body: dict[str, Any] = {"to": option, "because": reason}
    else:
        path = of(coalition, "proposals", proposal, "stances")
        body = {"option": option} | ({"reason": reason} if reason else {})
    recorded = await act(visiting, form, "meetings", path, body)
    if recorded is None:
        return await _show(visiting, coalition, decision_id, form, None)
    here = request.url.path.removesuffix("/stances")
    return RedirectResponse(f"{here}?at_least={recorded}#our-stance", status_code=303)


@router.post("/c/{coalition}/decisions/{decision_id:uuid}/{what}")
async def act_on_proposal(
    coalition: str, decision_id: UUID, what: str, visiting: Visiting, request: Request
) -> Response:
    """Publish, amend, object, open, close, decide: whatever else is done about a proposal."""
    form = found(deciding.FORMS, what)
    tried = await attempt(visiting, request)
    recorded = await send(visiting, coalition, tried, form)
    if recorded is None:
        return await _show(visiting, coalition, decision_id, tried, None)
    here = request.url.path.rpartition("/")[0]
    return RedirectResponse(f"{here}?at_least={recorded}#{form.shows}", status_code=303)
