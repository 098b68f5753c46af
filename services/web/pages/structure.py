"""Who decides: the bodies with their scopes and seats, and who knows how decisions are made.

Each body has a page of its own, below the one about all of them.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Literal
from uuid import UUID

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import RedirectResponse, Response

from services.web import words
from services.web.acting import Attempt, attempt
from services.web.answers import Answer, Named, items
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
from services.web.page import Chrome, Visit, Visiting
from services.web.pages.charter import NAMES, Acceptance, Version
from services.web.pages.organisations import Representative
from services.web.pages.register import Row, choices
from services.web.passing import pass_on
from services.web.peers import Recorded, of

DECISIONS = "5"
"""So many of a body's last decisions stand on its page."""

router = APIRouter()


class Role(Answer):
    """A role in a body, and for whom it is held."""

    role: str
    accreditation: UUID
    organisation: Named


class SeatKept(Answer):
    """A seat: for whom it is kept, and who has it."""

    seat: UUID
    constituency: Named | None = None
    organisation: Named | None = None


class Speaker(Representative):
    """Somebody accredited to a body."""

    organisation: Named


class Body(Named):
    """A body, as members answers."""

    kind: str
    scope: tuple[UUID, ...] | Literal["all"] = "all"
    dissolved: bool = False
    decides: bool = False
    issues: tuple[Named, ...] = ()
    roles: tuple[Role, ...] = ()
    kept: tuple[SeatKept, ...] = ()
    speakers: tuple[Speaker, ...] = ()
    ref: str

    def __str__(self) -> str:
        return self.name.text or words.say(words.BODY_KINDS, self.kind)

    @property
    def people(self) -> list[tuple[str, str]]:
        """Who is accredited here, to choose from."""
        return [
            (str(one.accreditation), f"{one.name.text or 'Somebody'} for {one.organisation}")
            for one in self.speakers
        ]

    @property
    def taken(self) -> Sequence[Named]:
        """The organisations that sit here."""
        return [seat.organisation for seat in self.kept if seat.organisation]

    @property
    def vacant(self) -> int:
        """How many seats nobody has."""
        return len(self.kept) - len(self.taken)

    @property
    def others(self) -> Sequence[Speaker]:
        """Who is accredited here for an organisation that has no seat."""
        seated = {one.id for one in self.taken}
        return [one for one in self.speakers if one.organisation.id not in seated]

    def heard(self, seat: SeatKept) -> Sequence[Speaker]:
        """Return who speaks here for whoever has a seat."""
        has = seat.organisation.id if seat.organisation else None
        return [one for one in self.speakers if one.organisation.id == has]

    @property
    def works_on(self) -> list[str]:
        """The ids of the issues in its scope."""
        return [str(one.id) for one in self.issues]


class Structure(Answer):
    """Who decides what, and who knows it."""

    versions: tuple[Version, ...] = ()
    acknowledged: Acceptance = Acceptance()
    bodies: tuple[Body, ...] = ()


class Rule(Answer):
    """The newest version of a rule by which a body decides."""

    rule: UUID
    body: Named
    version: int
    terms: Mapping[str, Any]
    retired: bool = False
    ref: str

    @property
    def called(self) -> str:
        """Its method, and what tells it apart from others of that method."""
        lines = dict(words.rule_lines(self.terms))
        quorum = f", quorum: {lines['Quorum'].lower()}" if "Quorum" in lines else ""
        return f"{lines['Method']}{quorum} (version {self.version})"

    @property
    def given(self) -> Mapping[str, Any]:
        """What stands in a form that revises it."""
        gate = self.terms.get("representation_gate", "off")
        at_least = (self.terms.get("quorum") or {}).get("at_least")
        hours = ("notice_hours", "min_open_hours", "review_after_days")
        return {
            "body": self.body.id, "version": self.version, "rule.representation_gate": gate,
            "rule.method": self.terms.get("method"),
            "rule.quorum.at_least": "/".join(map(str, at_least or ())),
            **{f"rule.{name}": self.terms.get(name) or "" for name in hours},
        }  # fmt: skip


BODIES = (("working_group", "A working group"), ("steering", "The steering committee"))
SCOPE = (
    Ask("scope", "On what it works", "some", "None: on everything."),
    Ask("decision", "The decision this rests on", "plain",
        "Needed in formal mode to change a mandate: its reference, such as meetings/1151."),
)  # fmt: skip
REASON = Ask("reason", "The reason, in a word or two", "code", missing="Give the reason.")
CHAIRS = among(
    Form(
        "publish", "Publish who decides what", "Publish", "decision-structures",
        (
            Ask("bodies", "Which bodies decide, each within its scope", "some",
                missing="Choose the bodies that decide."),
            Ask("text", "How decisions are made, in words",
                missing="Write how decisions are made."),
        ),
        "Every member is asked again to acknowledge it.", "structure",
    ),
    Form(
        "constitute", "Constitute a body", "Constitute", "bodies",
        (
            Ask("name", "Its name", "line", missing="Name it."),
            Ask("kind", "What it is", "choice", missing="Say what it is.",
                options=BODIES, otherwise="working_group"),
            *SCOPE,
        ),
        shows="bodies",
    ),
    Form(
        "change-mandate", "Change on what it works", "Change", "bodies/{on}/mandates", SCOPE,
        shows="bodies",
    ),
    Form(
        "reserve-seat", "Keep a seat", "Keep", "bodies/{on}/seats",
        (Ask("constituency", "For which constituency", "choice", "Or for anybody."),
         Ask("seat", kind="new_id")),
        shows="bodies",
    ),
    Form(
        "fill-seat", "Give the seat to a member", "Give", "bodies/{on}/seatings",
        (Ask("org", "To which organisation", "member", missing="Choose an organisation."),
         Ask("seat", kind="fixed")),
        shows="bodies",
    ),
    Form(
        "vacate-seat", "Vacate the seat", "Vacate", "bodies/{on}/vacancies",
        (REASON, Ask("seat", kind="fixed")), shows="bodies",
    ),
    Form(
        "take-role", "Give a role", "Give", "bodies/{on}/roles",
        (
            Ask("role", "Which role", "choice", missing="Choose the role.",
                options=(("chair", "Chair"), ("secretary", "Secretary"))),
            Ask("accreditation", "To whom", "choice", missing="Choose who takes it."),
            Ask("until", "Until", "day"),
        ),
        shows="bodies",
    ),
    Form(
        "release-role", "Take a role back", "Take back", "bodies/{on}/releases",
        (Ask("role", kind="fixed"), Ask("accreditation", kind="fixed")), shows="bodies",
    ),
    Form(
        "dissolve", "Dissolve this body", "Dissolve", "bodies/{on}/dissolutions",
        (Ask("reason", "The reason", missing="Give the reason."), SCOPE[1]), shows="bodies",
    ),
)  # fmt: skip
MEMBERS = among(
    Form(
        "acknowledge", "Acknowledge", "We know who decides what",
        "members/{by}/acknowledgements", (Ask("version", kind="number"),), shows="structure",
    ),
)  # fmt: skip
METHODS = tuple(
    (code, f"{words.METHODS[code]}: {means}")
    for code, means in (
        ("consent", "nobody objects"),
        ("consensus", "more than half of everyone entitled agrees, and objections are addressed"),
        ("majority", "more agree than disagree"),
        ("supermajority", "at least two thirds agree"),
    )
)
SHARES = (("0/1", "None"), ("1/4", "A quarter"), ("1/3", "A third"), ("1/2", "Half"),
          ("2/3", "Two thirds"), ("3/4", "Three quarters"), ("1/1", "Everybody"))  # fmt: skip
GATES = (("off", "Nothing: it is opened"), ("warn", "It is opened, and says that they were not"),
         ("block", "It is opened only with a reason"))  # fmt: skip
TERMS = (
    Ask("rule.method", "How it decides", "choice", missing="Choose how it decides.",
        options=METHODS),
    Ask("rule.quorum.at_least", "How many have to take a stance", "share", options=SHARES,
        otherwise="1/2"),
    Ask("rule.notice_hours", "Hours between publishing and voting", "whole"),
    Ask("rule.min_open_hours", "Hours that a voting stays open at least", "whole"),
    Ask("rule.review_after_days", "Days until a decision is reviewed", "whole"),
    Ask("rule.representation_gate", "If somebody affected was not heard before the vote",
        "choice", options=GATES, otherwise="warn"),
    Ask("decision", "The decision this rests on", "plain",
        "Needed in formal mode once a rule is in force: its reference, such as meetings/1151."),
    Ask("body", kind="fixed"),
)  # fmt: skip
RULES = among(
    Form("adopt-rule", "Adopt a rule", "Adopt", "rules", TERMS,
         "Votings opened from now on can be decided by it.", "rules", "meetings"),
    Form(
        "revise-rule", "Revise this rule", "Record the new version", "rules/{on}/versions",
        (*TERMS, Ask("version", kind="version")),
        "Votings that are under way keep the version that they were opened with.", "rules",
        "meetings",
    ),
    Form("retire-rule", "Retire this rule", "Retire", "rules/{on}/retirements", (TERMS[-2],),
         "No voting is opened by it any more.", "rules", "meetings"),
)  # fmt: skip
FORMS = {**CHAIRS, **MEMBERS, **RULES}


async def _show(visiting: Visit, coalition: str, looked: Looked = LOOKED) -> Response:
    path = of(coalition, "decision-structure")
    chrome, (raw, caught_up) = await asyncio.gather(
        visiting.chrome(coalition),
        visiting.ask.get_with(looked.at_least, "members", path, names=NAMES),
    )
    structure = Structure.model_validate(raw)
    presiding = chrome.me.chair is not None
    issues = await choices(visiting, "members", of(coalition, "issues")) if presiding else ()
    return answer(
        "structure.html", chrome, looked, caught_up=caught_up, structure=structure, forms=FORMS,
        issues=issues,
        bodies=[(str(body.id), str(body)) for body in structure.bodies if not body.dissolved],
    )  # fmt: skip


async def _show_body(
    visiting: Visit, coalition: str, body_id: UUID, looked: Looked = LOOKED
) -> Response:
    at_least = looked.at_least
    of_rules = (at_least or "").startswith("meetings/")
    chrome, (raw, structured), (rules, ruled), register = await asyncio.gather(
        visiting.chrome(coalition),
        visiting.ask.get_with(
            None if of_rules else at_least, "members", of(coalition, "decision-structure"),
            names="0",
        ),
        visiting.ask.get_with(
            at_least if of_rules else None, "meetings", of(coalition, "rules")
        ),
        visiting.ask.get(
            "transparency", of(coalition, "reports", "decision-register.json"),
            body=str(body_id), limit=DECISIONS,
        ),
    )  # fmt: skip
    structure = Structure.model_validate(raw)
    body = next((one for one in structure.bodies if one.id == body_id), None)
    if body is None:
        raise HTTPException(404)
    members, issues, constituencies = await _to_choose_from(visiting, coalition, chrome)
    adopted = (Rule.model_validate(one) for one in items(rules))
    informal = chrome.coalition is not None and chrome.coalition.mode == "informal"
    known = await _acknowledged(visiting, coalition) if body.taken else {}
    return answer(
        "body.html", chrome, looked, caught_up=structured and ruled, body=body, forms=FORMS,
        decides=chrome.me.chairs(body_id, informal=informal),
        members=members, issues=issues, constituencies=constituencies,
        version=structure.acknowledged.version, known=known.get,
        rules=[rule for rule in adopted if rule.body.id == body_id and not rule.retired],
        decisions=[Row.model_validate(one) for one in items(register)],
    )  # fmt: skip


async def _acknowledged(visiting: Visit, coalition: str) -> Mapping[UUID, str]:
    """Return which members know who decides, and where each said so."""
    raw = await visiting.ask.get("members", of(coalition, "acceptances"), of="structure")
    return {one.id: one.ref for one in Acceptance.model_validate(raw).accepted}


async def _to_choose_from(
    visiting: Visit, coalition: str, chrome: Chrome
) -> tuple[Sequence[Named], Sequence[tuple[str, str]], Sequence[tuple[str, str]]]:
    """Return members, issues and constituencies, for whoever presides."""
    if chrome.me.chair is None:
        return (), (), ()
    return await asyncio.gather(
        names_for(visiting, coalition, chrome, CHAIRS),
        choices(visiting, "members", of(coalition, "issues")),
        choices(visiting, "members", of(coalition, "constituencies")),
    )


@router.get("/c/{coalition}/structure")
async def show_structure(
    coalition: str, visiting: Visiting, at_least: str | None = None
) -> Response:
    """Show who decides."""
    return await _show(visiting, coalition, Looked(at_least=at_least))


@router.get("/c/{coalition}/structure.json")
async def structure_as_json(coalition: str, visiting: Visiting, request: Request) -> Response:
    """Pass on what the page is made of."""
    path = of(coalition, "decision-structure")
    return await pass_on(visiting.ask, "members", path, request.query_params)


@router.get("/c/{coalition}/structure/{body_id:uuid}")
async def show_body(
    coalition: str, body_id: UUID, visiting: Visiting, at_least: str | None = None
) -> Response:
    """Show a body: what it decides and how, and who sits in it."""
    return await _show_body(visiting, coalition, body_id, Looked(at_least=at_least))


@router.post("/c/{coalition}/structure/{what}")
async def act_on_structure(
    coalition: str, what: str, visiting: Visiting, request: Request
) -> Response:
    """Acknowledge the structure, publish it anew, or constitute a body."""
    form = found(FORMS, what)
    tried = await attempt(visiting, request)
    recorded = await _send(visiting, coalition, tried, form)
    if recorded is None:
        return await _show(visiting, coalition, Looked(tried))
    here = request.url.path.rpartition("/")[0]
    there = f"{here}/{recorded.key}" if what == "constitute" else here
    return RedirectResponse(f"{there}?at_least={recorded}#{form.shows}", status_code=303)


@router.post("/c/{coalition}/structure/{body_id:uuid}/{what}")
async def act_on_body(
    coalition: str, body_id: UUID, what: str, visiting: Visiting, request: Request
) -> Response:
    """Change what a body works on, its seats or its roles."""
    form = found(FORMS, what)
    tried = await attempt(visiting, request)
    recorded = await _send(visiting, coalition, tried, form)
    if recorded is None:
        return await _show_body(visiting, coalition, body_id, Looked(tried))
    here = request.url.path.rpartition("/")[0]
    return RedirectResponse(f"{here}?at_least={recorded}#{form.shows}", status_code=303)


async def _send(visiting: Visit, coalition: str, tried: Attempt, form: Form) -> Recorded | None:
    """Send a form; where it asks for a scope and none is ticked, that is everything."""
    scoped = any(ask.name == "scope" for ask in form.asks)
    ticked = any(value for name, value in tried.values.items() if name.startswith("scope:"))
    more: dict[str, Any] = {"scope": "all"} if scoped and not ticked else {}
    return await send(visiting, coalition, tried, form, **more)
