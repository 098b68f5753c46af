"""Registers of the table: constituencies, threats, exchanges, conflicts, relationships.

Each shows what one question to members answers, and what people can do about it.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import RedirectResponse, Response

from services.web import words
from services.web.acting import Attempt, attempt
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
from services.web.page import Chrome, Visit, Visiting
from services.web.pages.register import choices
from services.web.passing import pass_on
from services.web.peers import of

ROWS = "25"

router = APIRouter()


class Outreach(Answer):
    """How somebody reached out to a constituency."""

    by: Named
    to: Said = SILENT
    why_now: Said = SILENT
    different_now: Said = SILENT
    at: datetime
    ref: str


class Listening(Answer):
    """A listening session."""

    held_by: Named
    on: date
    participants: int
    consent: bool = False
    needs: tuple[Said, ...] = ()
    ref: str


class Constituency(Named):
    """Somebody who should be heard; a gap where no member speaks for them."""

    kind: str
    least_well_served: bool = False
    implementer: bool = False
    historically_excluded: bool = False
    seats_wanted: int = 0
    represented_by: tuple[Named, ...] = ()
    gap: bool = False
    outreaches: tuple[Outreach, ...] = ()
    sessions: tuple[Listening, ...] = ()
    ref: str


class Threat(Named):
    """A threat, who shares it, and the pairs that only this one joins."""

    about: tuple[Named, ...] = ()
    shared_by: tuple[Named, ...] = ()
    joined: tuple[tuple[Named, Named], ...] = ()
    identified_at: datetime
    retired: bool = False
    retired_because: Said = SILENT
    refs: tuple[str, ...] = ()

    def threatens(self, organisation: UUID) -> bool:
        """Tell whether an organisation said so."""
        return any(one.id == organisation for one in self.shared_by)


class Side(Answer):
    """What somebody offers, or asks for."""

    side: str
    organisation: Named
    what: Said = SILENT
    quantity: int | None = None
    unit: str | None = None
    until: date | None = None
    ref: str


class Match(Answer):
    """A match: in force once every party has agreed."""

    match: UUID
    parties: tuple[Named, ...] = ()
    agreed: tuple[Named, ...] = ()
    in_force: bool = False
    quantity: int | None = None
    delivered: int | None = None
    complete: bool = False
    refs: tuple[str, ...] = ()

    def waits_for(self, organisation: UUID) -> bool:
        """Tell whether it still waits for this party."""
        return self.names(organisation) and all(one.id != organisation for one in self.agreed)

    def names(self, organisation: UUID) -> bool:
        """Tell whether an organisation is a party."""
        return any(one.id == organisation for one in self.parties)


class Exchange(Answer):
    """Something offered or asked for, its matches, and what came of them."""

    id: UUID
    kind: str
    sides: tuple[Side, ...] = ()
    matches: tuple[Match, ...] = ()

    def side_of(self, organisation: UUID) -> Side | None:
        """Return what an organisation offers or asks for here."""
        return next((one for one in self.sides if one.organisation.id == organisation), None)

    def others(self, organisation: UUID) -> list[Named]:
        """Return the other organisations that offer or ask here."""
        return [one.organisation for one in self.sides if one.organisation.id != organisation]

    @property
    def lacks(self) -> str:
        """Which side nobody has taken yet; "" where both are there."""
        there = {one.side for one in self.sides}
        return next((side for side in ("offer", "request") if side not in there), "")


class Area(Named):
    """An area where organisations are likely to clash."""

    about: Named | None = None
    organisations: tuple[Named, ...] = ()
    ref: str


class Turf(Answer):
    """Claims to one domain, until they are settled."""

    id: UUID
    domain: Said = SILENT
    claimants: tuple[Named, ...] = ()
    parties: tuple[Named, ...] = ()
    agreed: tuple[Named, ...] = ()
    terms: Said = SILENT
    overlap: bool = True
    refs: tuple[str, ...] = ()

    def waits_for(self, organisation: UUID) -> bool:
        """Tell whether its settlement still waits for this party."""
        party = any(one.id == organisation for one in self.parties)
        return party and all(one.id != organisation for one in self.agreed)

    def claimed_by(self, organisation: UUID) -> bool:
        """Tell whether an organisation claims it."""
        return any(one.id == organisation for one in self.claimants)


class Conflicts(Answer):
    """Areas, and claims: those that overlap first."""

    areas: tuple[Area, ...] = ()
    turf: tuple[Turf, ...] = ()


class Tension(Answer):
    """An old tension between two."""

    since: date | None = None
    cause: Said = SILENT
    recorded_by: Named
    ref: str


class Breach(Answer):
    """A boundary that one crossed, and how that was mended."""

    breach: UUID
    offender: Named
    kind: str
    what: Said = SILENT
    reported_at: datetime
    offers: tuple[Said, ...] = ()
    repaired: bool = False
    refs: tuple[str, ...] = ()


class Relationship(Answer):
    """What is between two organisations, as far as the reader may see it."""

    id: str
    organisations: tuple[Named, Named]
    touchpoints: int = 0
    last_touchpoint: date | None = None
    stale: bool = False
    tensions: tuple[Tension, ...] = ()
    breaches: tuple[Breach, ...] = ()
    refs: tuple[str, ...] = ()

    def own(self, chrome: Chrome) -> Named | None:
        """Return which of the two the reader speaks for."""
        return next((one for one in self.organisations if chrome.me.speaks_for(one.id)), None)

    @property
    def pair(self) -> list[tuple[str, str]]:
        """The two, to choose from."""
        return [(str(one.id), str(one)) for one in self.organisations]

    def other(self, one: Named) -> Named:
        """Return the other of the two."""
        first, second = self.organisations
        return second if first.id == one.id else first


class List(Answer):
    """A page of a register."""

    items: tuple[Any, ...] = ()
    next_cursor: str | None = None


WHAT = (
    Ask("kind", "What it is", "choice", missing="Say what it is.",
        options=tuple(words.RESOURCES.items())),
    Ask("what", "In words", missing="Describe it."),
    Ask("quantity", "How much", "whole"),
    Ask("unit", "Of what", "code", "Such as hours, desks, euros."),
    Ask("until", "Until", "day"),
)  # fmt: skip
CONSTITUENCIES = among(
    Form(
        "identify", "Name somebody who should be heard", "Add", "constituencies",
        (
            Ask("name", "Who should be heard", "line", missing="Say who."),
            Ask("kind", "What they are", "code", "A word or two, such as “parents”.",
                missing="Say what they are."),
            Ask("least_well_served", "They are least well served today", "yes"),
            Ask("implementer", "They carry decisions out", "yes"),
            Ask("historically_excluded", "They were left out for long", "yes"),
            Ask("seats_wanted", "How many seats they should have", "whole",
                missing="Say how many; 0 for none.", otherwise="1"),
        ),
    ),
    Form(
        "represent", "Say that you speak for them", "Record",
        "constituencies/{on}/representations",
        (Ask("since", "Since", "day", missing="Say since which day."),
         Ask("until", "Until", "day")),
    ),
    Form(
        "reach-out", "Record that you reached out", "Record", "constituencies/{on}/outreaches",
        (
            Ask("to", "To whom", "line", missing="Say to whom."),
            Ask("why_now", "Why now", hint="Needed where they were left out for long."),
            Ask("different_now", "What is different now"),
        ),
    ),
    Form(
        "listen", "Record a listening session", "Record", "constituencies/{on}/listenings",
        (
            Ask("on", "On", "day", missing="Say on which day."),
            Ask("participants", "How many took part", "whole", missing="Say how many."),
            Ask("consent", "They consented that their needs are kept", "yes"),
            Ask("needs", "What they need", "lines", "One a line, only with their consent."),
        ),
    ),
)  # fmt: skip
THREATS = among(
    Form(
        "identify", "Name a threat to your organisation", "Name", "threats",
        (Ask("name", "The threat", "line", missing="Name it."),
         Ask("issues", "On which issues it bears", "some")),
    ),
    Form("share", "It threatens us too", "It threatens us too", "threats/{on}/shares"),
    Form(
        "retire", "Retire this threat", "Retire", "threats/{on}/retirements",
        (Ask("reason", "Why it is over", missing="Say why it is over."),),
    ),
)  # fmt: skip
EXCHANGES = among(
    Form("offer", "Offer something", "Offer", "offers", WHAT),
    Form("request", "Ask for something", "Ask", "requests", WHAT),
    Form("answer-request", "Offer it", "Offer", "exchanges/{on}/offers", WHAT),
    Form("answer-offer", "Ask for it", "Ask", "exchanges/{on}/requests", WHAT),
    Form(
        "match", "Match", "Propose", "exchanges/{on}/matches",
        (Ask("parties", "With whom", "parties", missing="Choose with whom."),
         Ask("quantity", "How much", "whole"), Ask("match", kind="new_id")),
        "It holds once every party has agreed.",
    ),
    Form("agree-match", "Agree", "Agree", "exchanges/{on}/matches",
         (Ask("match", kind="fixed"),)),
    Form(
        "deliver", "Record what was delivered", "Record", "exchanges/{on}/deliveries",
        (Ask("quantity", "How much in all so far", "whole", "Nothing: everything."),
         Ask("match", kind="fixed")),
    ),
)  # fmt: skip
CONFLICTS = among(
    Form(
        "name-area", "Name an area of conflict before it breaks out", "Name", "conflict-areas",
        (
            Ask("name", "The area", "line", missing="Name it."),
            Ask("issue", "About which issue", "choice"),
            Ask("orgs", "Who is likely to clash", "members", missing="Choose who."),
        ),
    ),
    Form(
        "raise-turf", "Say that others claim the same domain", "Raise", "turf-concerns",
        (Ask("domain", "Which domain", "line", missing="Say which domain."),
         Ask("with", "Who claims it too", "members", missing="Choose who.")),
    ),
    Form(
        "settle", "Settle it", "Propose terms", "turf-concerns/{on}/settlements",
        (Ask("parties", "Who settles", "parties", "Your own organisation does.",
             missing="Choose who settles."),
         Ask("terms", "Who works where", missing="Write the terms.")),
        "It is settled once every party has agreed.",
    ),
    Form("agree-terms", "Agree to the terms", "Agree to the terms",
         "turf-concerns/{on}/settlements"),
)  # fmt: skip
RATED = tuple((str(n), shown) for n, shown in enumerate(("Little", "Some", "Much", "Fully"), 1))
RELATIONSHIPS = among(
    Form(
        "touchpoint", "Log that you were in touch", "Log", "relationships/{on}/touchpoints",
        (Ask("kind", "How", "choice", missing="Say how.", options=tuple(words.TOUCHES.items())),
         Ask("on", "On", "day", missing="Say on which day.")),
        "Every member sees that you were in touch, and no more.",
    ),
    Form(
        "tension", "Record an old tension", "Record", "relationships/{on}/tensions",
        (Ask("cause", "What it is about", missing="Say what it is about."),
         Ask("since", "Since", "day")),
        "Only the two organisations see it.",
    ),
    Form(
        "pulse", "Say how far you trust them", "Record", "relationships/{on}/pulses",
        (
            Ask("about", kind="fixed"),
            Ask("period", "The quarter", "plain", missing="Say which quarter."),
            *(
                Ask(name, shown, "rating", missing="Choose one.", options=RATED)
                for name, shown in (
                    ("reliability", "They do what they say"),
                    ("mission", "They want what we want"),
                    ("openness", "They are open with us"),
                    ("power", "They share power"),
                    ("involvement", "They take part"),
                    ("resources", "They share what they have"),
                )
            ),
        ),
        "Once a quarter. Nobody sees your answers one by one.",
    ),
    Form(
        "breach", "Report that a boundary was crossed", "Report", "relationships/{on}/breaches",
        (
            Ask("offender", "Who crossed it", "choice", missing="Say who."),
            Ask("kind", "What happened", "choice", missing="Say what happened.",
                options=tuple(words.BREACHES.items())),
            Ask("what", "In words", missing="Describe it."),
            Ask("breach", kind="new_id"),
        ),
        "Only the two organisations see it; reports show counts.",
    ),
    Form(
        "amends", "Offer amends", "Offer", "relationships/{on}/amends",
        (Ask("offer", "What you offer", missing="Say what you offer."),
         Ask("breach", kind="fixed")),
    ),
    Form("accept-amends", "Accept the amends", "Accept the amends",
         "relationships/{on}/acceptances", (Ask("breach", kind="fixed"),)),
)  # fmt: skip


@dataclass(frozen=True)
class Register:
    """One of the registers.

    Args:
        row: What each of its rows is read as; `None` where its answer is no list.
        offers: The choices that its forms need, by field, and which list they come from.
        of_own: It is asked for the pairs of the reader's organisations.
    """

    name: str
    forms: Mapping[str, Form]
    row: type[Answer] | None
    offers: tuple[tuple[str, str], ...] = ()
    of_own: bool = False

    def read(self, raw: Any) -> Any:
        """Return what the page shows."""
        if self.row is None:
            return Conflicts.model_validate(raw)
        listed = List.model_validate(raw)
        rows = tuple(self.row.model_validate(one) for one in listed.items)
        return List(items=rows, next_cursor=listed.next_cursor)


REGISTERS = {
    register.name: register
    for register in (
        Register("constituencies", CONSTITUENCIES, Constituency),
        Register("threats", THREATS, Threat, (("issues", "issues"),), of_own=True),
        Register("exchanges", EXCHANGES, Exchange),
        Register("conflicts", CONFLICTS, None, (("issue", "issues"),)),
        Register("relationships", RELATIONSHIPS, Relationship),
    )
}


def _of(name: str) -> Register:
    if name not in REGISTERS:
        raise HTTPException(404)
    return REGISTERS[name]


async def _show(
    visiting: Visit, coalition: str, register: Register, looked: Looked = LOOKED
) -> Response:
    asked = visiting.request.query_params
    cursor, stale, with_ = asked.get("cursor"), asked.get("stale"), asked.get("with")
    path = of(coalition, register.name)

    async def listed(own: list[str] | None) -> tuple[Any, bool]:
        return await visiting.ask.get_with(
            looked.at_least, "members", path, limit=ROWS, cursor=cursor,
            organisation=own, stale=stale, **{"with": with_},
        )  # fmt: skip

    if register.of_own:
        chrome = await visiting.chrome(coalition)
        own = [str(org.id) for org in chrome.me.organisations]
        raw, caught_up = await listed(own or [NOBODY])
    else:
        chrome, (raw, caught_up) = await asyncio.gather(visiting.chrome(coalition), listed(None))
    members = await names_for(visiting, coalition, chrome, register.forms)
    offered = (
        {
            field: await choices(visiting, "members", of(coalition, source))
            for field, source in register.offers
        }
        if chrome.me.spokesperson
        else {}
    )
    return answer(
        f"{register.name}.html", chrome, looked, caught_up=caught_up, found=register.read(raw),
        forms=register.forms, members=members, offered=offered, first=not cursor,
        stale=bool(stale), with_=with_, today=datetime.now(UTC).date(),
        tail=f"?{visiting.request.url.query}" if visiting.request.url.query else "",
    )  # fmt: skip


NOBODY = str(UUID(int=0))
"""No organisation's id: asks for the pairs of nobody."""


@router.get("/c/{coalition}/{name}.json")
async def register_as_json(
    coalition: str, name: str, visiting: Visiting, request: Request
) -> Response:
    """Pass on what the page is made of."""
    register = _of(name)
    path = of(coalition, register.name)
    return await pass_on(visiting.ask, "members", path, request.query_params)


@router.get("/c/{coalition}/{name}")
async def show_register(
    coalition: str, name: str, visiting: Visiting, at_least: str | None = None
) -> Response:
    """Show a register."""
    return await _show(visiting, coalition, _of(name), Looked(at_least=at_least))


@router.post("/c/{coalition}/{name}/{what}")
async def act_on_register(
    coalition: str, name: str, what: str, visiting: Visiting, request: Request
) -> Response:
    """Do what a form of a register asks."""
    register = _of(name)
    form = found(register.forms, what)
    tried = await attempt(visiting, request)
    recorded = await send(visiting, coalition, tried, form, **_implied(form, tried))
    if recorded is None:
        return await _show(visiting, coalition, register, Looked(tried))
    here = request.url.path.rpartition("/")[0]
    with_ = request.query_params.get("with")
    query = urlencode(({"with": with_} if with_ else {}) | {"at_least": str(recorded)})
    return RedirectResponse(f"{here}?{query}#{form.shows}", status_code=303)


def _implied(form: Form, tried: Attempt) -> Mapping[str, Any]:
    """Return what follows from leaving fields out."""
    if form.name == "listen" and not tried.get("needs"):
        return {"needs": []}
    return {}
