"""One organisation: what it brings, gains and needs, to whom it answers, and who speaks for it."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import Field
from starlette.responses import RedirectResponse, Response

from services.web import words
from services.web.acting import Attempt, act, attempt
from services.web.answers import SILENT, Answer, Named, Said, items
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
from services.web.page import NOT_OURS, Visit, Visiting
from services.web.pages.organisations import COMMITMENTS, Organisation
from services.web.pages.steps import open_steps
from services.web.passing import pass_on
from services.web.peers import PeerRefused, Recorded, of

AUTHORITIES = (
    ("full", "Full mandate"),
    ("ad_referendum", "Subject to ratification"),
    ("observer", "Observes"),
)

router = APIRouter()


class Statement(Answer):
    """What an organisation stated, question by question."""

    answers: Mapping[str, Said | tuple[Said, ...]] = {}
    at: datetime
    ref: str

    def one(self, question: str) -> Said:
        """Return the answer to a question that has one."""
        said = self.answers.get(question, SILENT)
        return said if isinstance(said, Said) else SILENT

    def many(self, question: str) -> Sequence[Said]:
        """Return the answers to a question that has many."""
        said = self.answers.get(question, ())
        return () if isinstance(said, Said) else said


class Briefing(Answer):
    """A briefing of an organisation's own people."""

    on: date
    attended: int
    ref: str


class Detail(Organisation):
    """An organisation, with all that it said of itself."""

    alignment: tuple[Statement, ...] = ()
    interest: tuple[Statement, ...] = ()
    needs: tuple[Statement, ...] = ()
    involvement: Mapping[str, str] = {}
    point_person: UUID | None = None
    point_person_name: Said = SILENT
    briefings: tuple[Briefing, ...] = ()
    related: tuple[Named, ...] = ()
    refs: Mapping[str, str] = {}
    vote_class: tuple[Named, ...] = ()

    @property
    def together(self) -> Sequence[Named]:
        """The other organisations with which it has one vote."""
        return [one for one in self.vote_class if one.id != self.id]

    @property
    def here(self) -> bool:
        """Whether it is at the table."""
        return self.state in {"joined", "suspended"}


class Period(Answer):
    """What an organisation did from one day to another."""

    first: date = Field(alias="from")
    last: date = Field(alias="to")
    attended: int
    stances: int
    steps_done: int


class Part(Answer):
    """How an organisation took part, the newest period first."""

    engagement: tuple[Period, ...] = ()


class Strength(Answer):
    """What an organisation is good at."""

    strength: str
    note: Said = SILENT
    ref: str


class Pledge(Answer):
    """The hours an organisation pledged."""

    hours_per_month: int
    first: date
    last: date
    covers_today: bool = False
    reviewed_on: date | None = None
    stale: bool = False
    refs: tuple[str, ...] = ()


class Capacity(Answer):
    """Strengths and pledge; `hours_left` where the service counts them."""

    strengths: tuple[Strength, ...] = ()
    pledge: Pledge | None = None
    hours_left: int | None = None


ACCREDITED = (
    Ask("body", "In which body", "choice", missing="Say in which body."),
    Ask("authority", "With which authority", "choice", missing="Say with which authority.",
        options=AUTHORITIES, otherwise="full"),
    Ask("voting", "This person votes there for the organisation", "yes"),
    Ask("executive", "This person may decide for the organisation", "yes"),
    Ask("until", "Until", "day"),
    Ask("accreditation", kind="new_id"),
)  # fmt: skip
WHO = (
    Ask("name", "The person's name", "line", missing="Write the person's name."),
    Ask("contact", "The address the person signs in with", "line",
        missing="Write an e-mail address."),
    Ask("person", kind="fixed"),
    Ask("registered", kind="fixed"),
)  # fmt: skip
WHO_IS_NEW = ("name", "contact", "registered")
REASON = Ask("reason", "The reason", missing="Give the reason.")
DECISION = Ask(
    "decision", "The decision this rests on", "plain",
    "Needed in formal mode: its reference, such as meetings/1151.",
)  # fmt: skip
OWN = among(
    Form(
        "state-alignment", "Answer the three questions", "Record", "members/{by}/alignments",
        (
            Ask("brings", "What does your organisation bring?", missing="Say what it brings."),
            Ask("problem", "Which problem does it see?", missing="Say which problem it sees."),
            Ask("goals", "What does it want to reach?", missing="Say what it wants to reach."),
        ),
        "The newest answers stand here; those before stay in the history.", "alignment",
    ),
    Form(
        "state-interest", "Say what you gain, and to whom you answer", "Record",
        "members/{by}/interests",
        (
            Ask("mutual_benefit", "What does your organisation gain by taking part?",
                missing="Say what it gains."),
            Ask("answers_to", "To whom does it answer?", "lines",
                "One a line: its members, a board, a ministry."),
        ),
        shows="interest",
    ),
    Form(
        "state-need", "Say what you need, and for whom", "Record", "members/{by}/needs",
        (
            Ask("need", "What does your organisation need?", missing="Say what it needs."),
            Ask("stakeholders", "For whom?", missing="Say for whom."),
        ),
        shows="needs",
    ),
    Form(
        "set-commitment", "Change how far you commit yourselves", "Record",
        "members/{by}/commitments",
        (
            Ask("level", "From now on", "choice", missing="Choose one.", options=COMMITMENTS),
            Ask("reason", "The reason"),
        ),
        shows="membership",
    ),
    Form(
        "declare-related", "Declare to whom you are related", "Declare", "members/{by}/relations",
        (Ask("related", "Related organisations", "members",
             "All of them: those left out are no longer declared. Related organisations have one"
             " vote together."),),
        shows="related",
    ),
    Form(
        "name-point-person", "Name your point person", "Name", "members/{by}/point-people",
        (Ask("person", "Who relays between the coalition and your team", "choice",
             missing="Choose one of those who speak for you."),),
        shows="relay",
    ),
    Form(
        "hold-briefing", "Record a briefing of your own team", "Record", "members/{by}/briefings",
        (
            Ask("on", "On", "day", missing="Say on which day."),
            Ask("attended", "How many were there", "whole", missing="Say how many were there."),
        ),
        shows="relay",
    ),
    Form(
        "declare-strength", "Add a strength", "Add", "members/{by}/strengths",
        (
            Ask("strength", "What your organisation is good at", "code",
                "A word or two, such as “press work”.", missing="Say what it is good at."),
            Ask("note", "A note"),
        ),
        shows="capacity",
    ),
    Form(
        "pledge", "Pledge hours", "Pledge", "members/{by}/pledges",
        (
            Ask("hours_per_month", "Hours a month", "whole", missing="Say how many hours."),
            Ask("from", "From", "day", missing="Say from which day."),
            Ask("until", "Until", "day", missing="Say until which day."),
        ),
        "It replaces what your organisation pledged before.", "capacity",
    ),
    Form(
        "review-capacity", "Review your pledge", "Record", "members/{by}/capacity-reviews",
        (Ask("result", "The pledge", "choice", missing="Say what came of it.",
             options=(("kept", "Stays as it is"), ("changed", "Has to change: pledge anew"))),),
        shows="capacity",
    ),
)  # fmt: skip
OWN_OR_CHAIR = among(
    Form(
        "set-involvement", "Set how it is involved in a phase", "Set", "members/{on}/involvements",
        (
            Ask("phase", "The phase", "code", "A word or two, such as “campaign launch”.",
                missing="Name the phase."),
            Ask("level", "In this phase it", "choice", missing="Choose one.",
                options=tuple(words.INVOLVEMENTS.items())),
        ),
        shows="membership",
    ),
    Form(
        "end-accreditation", "End", "End", "members/{on}/endings",
        (
            Ask("accreditation", "Who no longer speaks for it", "choice", missing="Choose one."),
            Ask("reason", "The reason, in a word or two", "code", missing="Give the reason."),
        ),
        shows="voices",
    ),
    Form(
        "leave", "Leave the coalition", "Record", "members/{on}/departures",
        (
            Ask("reason_code", "The reason", "choice", missing="Choose the reason.",
                options=tuple(words.LEAVING.items())),
            Ask("note", "More about it"),
        ),
        "What it said and decided stays in the history.", "membership",
    ),
)  # fmt: skip
ACCREDITING = among(
    Form(
        "accredit", "Accredit a representative", "Accredit", "members/{on}/accreditations",
        (*WHO, *ACCREDITED),
        "From then on this person may act for the organisation. The first one is accredited by"
        " the chair, each other by the organisation itself.", "voices",
    ),
    Form(
        "replace", "Replace a representative", "Replace", "members/{on}/replacements",
        (Ask("ended", "Who is replaced", "choice", missing="Choose who is replaced."),
         *WHO, *ACCREDITED),
        "A review of the organisation's roles opens.", "voices",
    ),
)  # fmt: skip
CHAIRS = among(
    Form(
        "suspend", "Suspend", "Suspend", "members/{on}/suspensions", (REASON, DECISION),
        "Nobody acts for a suspended organisation until it is reinstated.", "membership",
    ),
    Form(
        "reinstate", "Reinstate", "Reinstate", "members/{on}/reinstatements", (REASON, DECISION),
        shows="membership",
    ),
)  # fmt: skip
FORMS = {**OWN, **OWN_OR_CHAIR, **ACCREDITING, **CHAIRS}


async def _show(
    visiting: Visit, coalition: str, organisation: UUID, looked: Looked = LOOKED
) -> Response:
    chrome, (raw, caught_up), (capacities, _), steps, took_part = await asyncio.gather(
        visiting.chrome(coalition),
        visiting.ask.get_with(
            looked.at_least, "members", of(coalition, "members", organisation)
        ),
        visiting.ask.get_with(
            looked.at_least, "members", of(coalition, "capacities"),
            organisation=str(organisation),
        ),
        open_steps(visiting, coalition, Named(id=organisation)),
        _part(visiting, coalition, organisation),
    )  # fmt: skip
    own = chrome.me.speaks_for(organisation)
    members = await names_for(visiting, coalition, chrome, OWN) if own else ()
    bodies = await _bodies(visiting, coalition) if own or chrome.me.chair else ()
    detail = Detail.model_validate(raw)
    capacity = next((Capacity.model_validate(one) for one in items(capacities)), Capacity())
    return answer(
        "organisation.html",
        chrome,
        looked,
        caught_up=caught_up,
        organisation=detail,
        capacity=capacity,
        steps=steps,
        took_part=took_part,
        own=next((org for org in chrome.me.spokesperson if org.id == organisation), None),
        members=[one for one in members if one.id != organisation],
        bodies=bodies,
        people=[
            (str(one.person), one.name.text or "Somebody, not named")
            for one in detail.representatives
            if one.person
        ],
        voices=[
            (str(one.accreditation), f"{one.name.text or 'Somebody, not named'}, {one.body}")
            for one in detail.representatives
        ],
        forms=FORMS,
    )


async def _part(visiting: Visit, coalition: str, organisation: UUID) -> Part:
    """Return how it took part; nothing where that is not known yet, or not for them to see."""
    path = of(coalition, "organisations", organisation)
    try:
        return Part.model_validate(await visiting.ask.get("transparency", path))
    except PeerRefused as refused:
        if refused.problem.status in NOT_OURS:
            return Part()
        raise


async def _bodies(visiting: Visit, coalition: str) -> Sequence[tuple[str, str]]:
    raw = await visiting.ask.get("members", of(coalition, "bodies"))
    return [
        (str(body.id), body.name.text or words.say(words.BODY_KINDS, one.get("kind")))
        for one in items(raw)
        if not one.get("dissolved")
        for body in (Named.model_validate(one),)
    ]


@router.get("/c/{coalition}/organisations/{organisation_id:uuid}")
async def show_organisation(
    coalition: str, organisation_id: UUID, visiting: Visiting, at_least: str | None = None
) -> Response:
    """Show an organisation, and what it has taken on."""
    return await _show(visiting, coalition, organisation_id, Looked(at_least=at_least))


@router.get("/c/{coalition}/organisations/{organisation_id:uuid}.json")
async def organisation_as_json(
    coalition: str, organisation_id: UUID, visiting: Visiting, request: Request
) -> Response:
    """Pass on what the page is made of."""
    path = of(coalition, "members", organisation_id)
    return await pass_on(visiting.ask, "members", path, request.query_params)


@router.post("/c/{coalition}/organisations/{organisation_id:uuid}/{what}")
async def act_on_organisation(
    coalition: str, organisation_id: UUID, what: str, visiting: Visiting, request: Request
) -> Response:
    """Say something for an organisation, or do what the chair does about it."""
    form = found(FORMS, what)
    tried = await attempt(visiting, request)
    if what in ACCREDITING:
        recorded = await _accredit(visiting, coalition, tried, form)
    elif what == "declare-related":
        # Nothing chosen is an answer too: no longer related to anybody.
        recorded = await send(visiting, coalition, tried, form, **_none_of(tried))
    else:
        recorded = await send(visiting, coalition, tried, form)
    if recorded is None:
        return await _show(visiting, coalition, organisation_id, Looked(tried))
    here = request.url.path.rpartition("/")[0]
    return RedirectResponse(f"{here}?at_least={recorded}#{form.shows}", status_code=303)


def _none_of(tried: Attempt) -> Mapping[str, Any]:
    ticked = any(value and name.startswith("related:") for name, value in tried.values.items())
    return {} if ticked or tried.get("related") else {"related": []}


async def _accredit(visiting: Visit, coalition: str, tried: Attempt, form: Form) -> Recorded | None:
    """Register a person, then let them speak.

    Each command has a key of its own that follows from the form's, so that sending it again counts
    once. Who was registered is not registered again when only the accreditation was refused.
    """
    for ask in form.asks:
        if ask.missing and not tried.get(ask.name):
            tried.miss(ask.name, ask.missing)
    contact = tried.get("contact")
    if not tried.get("person") or tried.get("registered") != contact:
        person = {
            "name": tried.said("name"), "contact": tried.said("contact"),
            "locale": tried.language.partition("-")[0].lower(),
        }  # fmt: skip
        registered = await act(visiting, tried, "members", of(coalition, "people"), person)
        if registered is None:
            return None
        tried.values = {
            **tried.values, "person": registered.key, "registered": contact,
            "idempotency_key": f"{tried.get('idempotency_key')}-then",
        }  # fmt: skip
    then = replace(form, asks=tuple(ask for ask in form.asks if ask.name not in WHO_IS_NEW))
    return await send(visiting, coalition, tried, then)
