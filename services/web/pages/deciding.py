"""What people do about a proposal beside taking a stance: from the draft to what came of it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from services.web import words
from services.web.acting import attempt
from services.web.answers import Answer, Named, items
from services.web.forms import LOOKED, Ask, Form, Looked, among, answer, found, names, send
from services.web.page import NOT_OURS, Chrome, Visit, Visiting
from services.web.pages.meetings import MeetingRow
from services.web.pages.register import choices
from services.web.pages.structure import Rule
from services.web.peers import PeerRefused, of

router = APIRouter()

AMENDING = frozenset({"drafted", "published", "voting", "closed", "lapsed", "deferred", "reopened"})
OPENING = frozenset({"published", "lapsed", "deferred", "reopened"})
DEFERRING = OPENING | {"closed"}
WITHDRAWING = frozenset({"drafted", "published", "lapsed", "deferred"})
REASON = Ask("reason", "The reason", missing="Give the reason, in a sentence or more.")
AFFECTED = Ask("affected", "Whom it affects", "some",
               "They are heard before the vote, or the vote says that they were not.")  # fmt: skip
WRITTEN = (
    Ask("title", "What it is called", "line", missing="Give it a title."),
    Ask("text", "What is proposed", hint="The words that organisations agree or disagree with.",
        missing="Write what is proposed."),
    Ask("body", "Who decides it", "choice", missing="Choose who decides it."),
    Ask("issue", "On which issue", "choice", missing="Choose the issue it is about."),
    AFFECTED,
)  # fmt: skip
PROPOSING = among(
    Form("propose", "Write a proposal", "Save the draft", "proposals", WRITTEN,
         "It stays a draft until you publish it.", service="meetings"),
    Form(
        "propose-instead", "Write a proposal in its place", "Save the draft", "proposals",
        (
            *WRITTEN,
            Ask("supersedes.decision", kind="fixed"),
            Ask("supersedes.effect", "What becomes of the earlier decision", "choice",
                missing="Say what becomes of the earlier decision.",
                options=(("replaced", "It is replaced"), ("reversed", "It is reversed"))),
        ),
        "It stays a draft until you publish it. The earlier decision stays readable.",
        service="meetings",
    ),
)  # fmt: skip
OF_THE_PROPOSER = among(
    Form("publish", "Publish", "Publish this proposal", "proposals/{on}/publications",
         shows="main", service="meetings"),
    Form(
        "amend", "Amend the text", "Record the new text", "proposals/{on}/amendments",
        (Ask("text", "The text from now on", missing="Write the whole text."),
         Ask("because", "Why", missing="Say why it changes."), Ask("version", kind="version")),
        "A voting under way ends with it, and every stance is asked for again.", "text",
        "meetings",
    ),
    Form("withdraw", "Withdraw this proposal", "Withdraw", "proposals/{on}/withdrawals", (REASON,),
         service="meetings"),
    Form(
        "accommodate", "The amendment answers it", "It is answered by the newest text",
        "proposals/{on}/objections/accommodations",
        (Ask("objection", kind="fixed"), Ask("amendment", kind="number")), shows="objections",
        service="meetings",
    ),
)  # fmt: skip
OF_THE_CHAIR = among(
    Form(
        "open-voting", "Open the voting", "Open the voting", "proposals/{on}/votings",
        (
            Ask("rule", "By which rule", "choice", missing="Choose the rule."),
            Ask("closes_at", "Until when, in UTC", "time", missing="Say until when."),
            Ask("meeting", "At which meeting", "choice"),
            Ask("override", "Why it is opened though somebody affected was not heard", "words",
                "Needed only where the rule asks for them to be heard first."),
        ),
        "Rule, text and electorate are frozen with it.", "main", "meetings",
    ),
    Form("close-voting", "Close the voting", "Close the voting now",
         "proposals/{on}/votings/closings", shows="count", service="meetings"),
    Form(
        "decide", "Record the decision", "Record what the count gives", "proposals/{on}/decisions",
        (Ask("accountable", "Who answers for it", "members",
             missing="Choose at least one organisation that answers for it."),),
        "The outcome follows from the count: nobody chooses it.", "main", "meetings",
    ),
    Form(
        "defer", "Put the decision off", "Put it off", "proposals/{on}/deferrals",
        (Ask("until", "Until", "day", missing="Say until when."), REASON), service="meetings",
    ),
    Form(
        "reopen", "Reopen this decision", "Reopen", "proposals/{on}/reopenings",
        (Ask("decision", kind="fixed"),
         Ask("new_information", "What is new",
             missing="Say what is new: nothing else reopens it.")),
        "The decision stays readable, and so does why it was reopened.", service="meetings",
    ),
    Form(
        "set-aside", "Set it aside", "Set aside", "proposals/{on}/objections/settings-aside",
        (Ask("objection", kind="fixed"),
         Ask("reasoning", "Why it does not bear on the proposal", missing="Give the reasoning.")),
        shows="objections", service="meetings",
    ),
    Form(
        "outweigh", "Outweigh it", "Outweigh", "proposals/{on}/objections/outweighings",
        (
            Ask("objection", kind="fixed"),
            Ask("reasoning", "What weighs more", missing="Give the reasoning."),
            Ask("alternatives", "Which alternatives were weighed, one a line", "lines",
                missing="Name at least one alternative."),
        ),
        "The objection stays, with this beside it.", "objections", "meetings",
    ),
    Form(
        "resolve", "Resolve the formal objection", "Record",
        "proposals/{on}/objections/resolutions",
        (
            Ask("objection", kind="fixed"),
            Ask("result", "The objection is", "choice", missing="Choose one.",
                options=(("upheld", "Upheld"), ("overruled", "Overruled"))),
            Ask("reasoning", "The reasoning", missing="Give the reasoning."),
        ),
        "By the chair of the body that it was taken to.", "objections", "meetings",
    ),
)  # fmt: skip
OF_THE_ENTITLED = among(
    Form(
        "object", "Object", "Record the objection", "proposals/{on}/objections",
        (
            Ask("objection", kind="new_id"),
            Ask("grounds", "The grounds", missing="Give the grounds, in a sentence or more."),
            Ask("remove_by", "What would remove the objection"),
        ),
        "Beside a stance, or without one. What becomes of it is shown with it.", "objections",
        "meetings",
    ),
    Form(
        "withdraw-stance", "Withdraw the stance", "Withdraw",
        "proposals/{on}/stances/withdrawals",
        (Ask("because", "Why", missing="Say why."),), "It stays in the history.",
        "our-stance", "meetings",
    ),
    Form(
        "retract", "Take the objection back", "Take back",
        "proposals/{on}/objections/retractions",
        (Ask("objection", kind="fixed"), REASON), shows="objections", service="meetings",
    ),
    Form(
        "take-further", "Take it to another body", "Register a formal objection",
        "proposals/{on}/objections/registrations",
        (Ask("objection", kind="fixed"),
         Ask("to", "To which body", "choice", missing="Choose a body.")),
        "Its chair upholds or overrules it.", "objections", "meetings",
    ),
)  # fmt: skip
FORMS = {**OF_THE_PROPOSER, **OF_THE_CHAIR, **OF_THE_ENTITLED}


class Standing(Answer):
    """A proposal as the meetings service has it now; `version` is that of what was read."""

    state: str
    version: int
    body: Named
    proposer: Named
    text_version: int = 1
    decision: UUID | None = None


@dataclass(frozen=True)
class Doing:
    """What somebody may do about a proposal; whether they really may, the services decide.

    Args:
        proposer: The organisation that proposed it, where they speak for that.
        chair: The organisation for which they chair the body that decides it.
        presides: That for which they chair any body: formal objections come to them.
    """

    standing: Standing
    proposer: Named | None = None
    chair: Named | None = None
    presides: Named | None = None
    rules: Sequence[tuple[str, str]] = ()
    bodies: Sequence[tuple[str, str]] = ()
    meetings: Sequence[tuple[str, str]] = ()
    members: Sequence[Named] = ()

    @property
    def amends(self) -> bool:
        return self.proposer is not None and self.standing.state in AMENDING

    @property
    def withdraws(self) -> bool:
        return self.proposer is not None and self.standing.state in WITHDRAWING

    @property
    def opens(self) -> bool:
        return self.chair is not None and self.standing.state in OPENING

    @property
    def defers(self) -> bool:
        return self.chair is not None and self.standing.state in DEFERRING

    @property
    def anything(self) -> bool:
        """Whether there is a form to show, beside those of objections and stances."""
        chairs = self.chair is not None and self.standing.state not in {"drafted", "withdrawn"}
        return self.amends or chairs


async def doing(visiting: Visit, chrome: Chrome, proposal: UUID) -> Doing | None:
    """Return what somebody may do; `None` for who speaks for no organisation here."""
    me = chrome.me
    if chrome.coalition is None or not me.spokesperson:
        return None
    coalition = chrome.coalition.slug
    try:
        raw, bodies = await asyncio.gather(
            visiting.ask.get("meetings", of(coalition, "proposals", proposal)),
            choices(visiting, "members", of(coalition, "bodies")),
        )
    except PeerRefused as refused:
        if refused.problem.status in NOT_OURS:
            return None
        raise
    standing = Standing.model_validate(raw)
    informal = chrome.coalition.mode == "informal"
    chair = me.chairs(standing.body.id, informal=informal)
    found = Doing(
        standing,
        proposer=next((org for org in me.spokesperson if org.id == standing.proposer.id), None),
        chair=chair,
        presides=me.chair or me.chairs_any,
        bodies=[(key, name) for key, name in bodies if key != str(standing.body.id)],
    )
    if chair is None or standing.state not in DEFERRING:
        return found
    rules, meetings, members = await asyncio.gather(
        visiting.ask.get("meetings", of(coalition, "rules")),
        visiting.ask.get("meetings", of(coalition, "meetings"), limit="50"),
        names(visiting, coalition),
    )
    return replace(
        found, rules=_rules_of(standing.body, items(rules)), meetings=_coming(items(meetings)),
        members=members,
    )  # fmt: skip


def _rules_of(body: Named, raw: Sequence[object]) -> list[tuple[str, str]]:
    rules = (Rule.model_validate(one) for one in raw)
    return [
        (str(rule.rule), rule.called)
        for rule in rules
        if rule.body.id == body.id and not rule.retired
    ]


def _coming(raw: Sequence[object]) -> list[tuple[str, str]]:
    """Return the meetings that are not over, the next one first."""
    rows = (MeetingRow.model_validate(one) for one in raw)
    coming = [row for row in rows if row.state in {"scheduled", "open"}]
    return [
        (str(row.meeting), f"{row.title.text or 'A meeting'}, {words.day(row.date)}")
        for row in reversed(coming)
    ]


async def _write(visiting: Visit, coalition: str, looked: Looked = LOOKED) -> Response:
    """Show the page on which a proposal is written; of an issue, or in place of a decision."""
    asked = visiting.request.query_params
    chrome, bodies, issues, constituencies = await asyncio.gather(
        visiting.chrome(coalition),
        choices(visiting, "members", of(coalition, "bodies")),
        choices(visiting, "members", of(coalition, "issues")),
        choices(visiting, "members", of(coalition, "constituencies")),
    )
    return answer(
        "propose.html", chrome, looked, forms=PROPOSING,
        instead_of=asked.get("instead-of", ""), tail=f"?{asked}" if asked else "",
        given={"issue": asked.get("issue", ""), "body": bodies[0][0] if len(bodies) == 1 else ""},
        offered={"body": bodies, "issue": issues, "affected": constituencies},
    )  # fmt: skip


@router.get("/c/{coalition}/propose")
async def write_proposal(coalition: str, visiting: Visiting) -> Response:
    """Show where a proposal is written."""
    return await _write(visiting, coalition)


@router.post("/c/{coalition}/propose/{what}")
async def propose(coalition: str, what: str, visiting: Visiting, request: Request) -> Response:
    """Save the draft, and go to its page."""
    form = found(PROPOSING, what)
    tried = await attempt(visiting, request)
    recorded = await send(visiting, coalition, tried, form)
    if recorded is None:
        return await _write(visiting, coalition, Looked(tried))
    here = request.url.path.rpartition("/propose/")[0]
    there = f"{here}/decisions/{recorded.key}?at_least={recorded}"
    return RedirectResponse(there, status_code=303)
