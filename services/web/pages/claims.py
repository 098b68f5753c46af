"""Claims and disputes: who tells whom of its own part, and how what is disputed is settled."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from services.web import words
from services.web.acting import attempt
from services.web.answers import SILENT, Answer, Named, Said, items
from services.web.forms import LOOKED, Ask, Form, Looked, among, answer, found, names, send
from services.web.page import Visit, Visiting
from services.web.passing import pass_on
from services.web.peers import of

ROWS, DEEDS = "25", "100"
TOLD = (
    Ask("text", "In which words", missing="Write what you tell them."),
    Ask("audience", "Whom you tell", "choice", missing="Say whom you tell.",
        options=tuple(words.TOLD.items())),
    Ask("facts", "What it rests on", "facts",
        "Contributions that are recorded. Those of a lead can be told as one of several.",
        "Choose at least one contribution."),
)  # fmt: skip
AT_VERSION = (Ask("version", kind="number"),)
FORMS = among(
    Form(
        "claim", "Say what you tell others of your part", "Record the claim", "claims", TOLD,
        "What others tell that cannot be so, too, is shown beside it before either goes out.",
        "claims", "credit",
    ),
    Form(
        "review", "Review this claim", "Record what is found", "claims/{on}/reviews",
        shows="claims", service="credit",
    ),
    Form(
        "draft", "Draft a statement", "Save the draft", "attributions", TOLD,
        "Those whose contributions it names are asked to agree. It goes out when you release it.",
        "statements", "credit",
    ),
    Form(
        "redraft", "Draft a new version", "Save the new version", "attributions/{on}/versions",
        TOLD, "It is agreed to anew, and says which of its facts are disputed now.", "statements",
        "credit",
    ),
    Form("approve", "Agree", "Agree to this version", "attributions/{on}/approvals", AT_VERSION,
         shows="statements", service="credit"),
    Form("release", "Release", "Release this version", "attributions/{on}/releases", AT_VERSION,
         shows="statements", service="credit"),
    Form(
        "dispute", "Dispute this", "Raise the dispute", "disputes",
        (
            Ask("about", kind="fixed"),
            Ask("grounds", "What is not so", missing="Say what is not so."),
            Ask("requested", "What you ask for", missing="Say what you ask for."),
            Ask("due", "Until when it is to be settled", "day", missing="Name a day to come."),
        ),
        "Every member sees it, and how it ends. Statements that rest on it wait, or say so.",
        "disputes", "credit",
    ),
    Form(
        "mediate", "Ask somebody to mediate", "Ask them", "disputes/{on}/mediators",
        (Ask("mediator", "An organisation of neither side", "member"),
         Ask("external", "Or somebody from outside", "line")),
        "Name one of the two.", "disputes", "credit",
    ),
    Form(
        "resolve", "Say how it ended", "Record how it ended", "disputes/{on}/resolutions",
        (
            Ask("result", "How it ended", "choice", missing="Say how it ended.",
                options=tuple(one for one in words.SETTLED.items() if one[0] != "retracted")),
            Ask("wording", "In which words", missing="Give the words that both can stand behind."),
        ),
        "The mediator says it; for one from outside, the chair does.", "disputes", "credit",
    ),
    Form(
        "retract", "Take the dispute back", "Take it back", "disputes/{on}/resolutions",
        (Ask("result", kind="fixed"), Ask("wording", "Why", missing="Say why.")),
        "It stays on record, with this.", "disputes", "credit",
    ),
)  # fmt: skip

router = APIRouter()


class Deed(Answer):
    """A contribution, as facts name it."""

    contribution: UUID
    of: UUID
    role: str
    degree: str
    what: Said = SILENT
    state: str = ""


class Fact(Answer):
    kind: str
    id: UUID
    role: str = ""
    degree: str = ""
    disputed: bool = False


class Conflict(Answer):
    fact: int
    with_event: str


class Now(Answer):
    """What stands for and against: places of facts, from 0."""

    matches: tuple[int, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    disputed: tuple[int, ...] = ()
    missing: tuple[UUID, ...] = ()

    def against(self, fact: int) -> list[str]:
        """Return the events that say otherwise than a fact."""
        return [one.with_event for one in self.conflicts if one.fact == fact]


class Review(Now):
    at: datetime
    ref: str


class Claim(Answer):
    claim: UUID
    audience: str
    text: Said = SILENT
    facts: tuple[Fact, ...] = ()
    review: Review | None = None
    now: Now = Now()
    by: UUID | None = None
    at: datetime
    ref: str


class Approval(Answer):
    by: UUID | None = None
    at: datetime
    ref: str


class Release(Approval):
    unilateral: bool = False


class Version(Answer):
    version: int
    audience: str
    text: Said = SILENT
    facts: tuple[Fact, ...] = ()
    approvals: tuple[Approval, ...] = ()
    released: Release | None = None
    at: datetime
    ref: str

    def agreed(self, org: UUID) -> bool:
        """Whether an organisation approved it."""
        return any(one.by == org for one in self.approvals)


class Statement(Answer):
    """Its versions, the newest first."""

    attribution: UUID
    author: UUID | None = None
    versions: tuple[Version, ...] = ()
    now: Now = Now()
    ref: str


class Mediator(Approval):
    org: UUID | None = None
    external: Said = SILENT


class Resolution(Approval):
    result: str
    wording: Said = SILENT


class Dispute(Answer):
    dispute: UUID
    about: str
    grounds: Said = SILENT
    requested: Said = SILENT
    due: date
    parties: tuple[UUID, ...] = ()
    mediators: tuple[Mediator, ...] = ()
    resolution: Resolution | None = None
    by: UUID | None = None
    at: datetime
    ref: str

    def may_resolve(self, org: UUID, chair: UUID | None) -> bool:
        """Whether an organisation says how it ended: the mediator, or the chair for one outside."""
        if self.resolution is not None or not self.mediators or org in self.parties:
            return False
        mediator = self.mediators[-1].org
        return org == (chair if mediator is None else mediator)


def told_of(deeds: Sequence[Deed], called: Mapping[UUID, Named]) -> list[tuple[str, str]]:
    """Return the facts to choose from: each contribution, and that of a lead in less as well."""
    found = []
    for deed in deeds:
        who = called.get(deed.of, "an organisation")
        said = f"{words.plain(deed.role)}, {who}: {deed.what.text or 'words not shown'}"
        degree = words.say(words.DEGREES, deed.degree)
        claimed = "" if deed.state == "confirmed" else ", not confirmed yet"
        found.append((str(deed.contribution), f"{said} ({degree}{claimed})"))
        if deed.degree == "lead":
            less = words.say(words.DEGREES, "equal")
            found.append((f"{deed.contribution}.equal", f"{said} (told as {less.lower()})"))
    return found


def shown(
    claims: Sequence[object], statements: Sequence[object], disputes: Sequence[object],
    deeds: Sequence[object], members: Sequence[Named],
) -> dict[str, object]:  # fmt: skip
    """Return what the page shows; `places` are the events that stand on it."""
    said = [Claim.model_validate(one) for one in claims]
    stated = [Statement.model_validate(one) for one in statements]
    disputed = [Dispute.model_validate(one) for one in disputes]
    known = [Deed.model_validate(one) for one in deeds]
    called = {one.id: one for one in members}
    return {
        "claims": said,
        "statements": stated,
        "disputes": disputed,
        "deeds": {one.contribution: one for one in known},
        "facts": told_of(known, called),
        "called": called,
        "places": {
            *(one.ref for one in said),
            *(one.ref for one in disputed),
            *(version.ref for one in stated for version in one.versions),
        },
    }


async def _show(visiting: Visit, coalition: str, looked: Looked = LOOKED) -> Response:
    raw, caught_up = await visiting.ask.get_with(
        looked.at_least, "credit", of(coalition, "claims"), limit=ROWS
    )
    chrome, statements, disputes, deeds, members = await asyncio.gather(
        visiting.chrome(coalition),
        visiting.ask.get("credit", of(coalition, "attributions"), limit=ROWS),
        visiting.ask.get("credit", of(coalition, "disputes"), limit=ROWS),
        visiting.ask.get("credit", of(coalition, "contributions"), limit=DEEDS),
        names(visiting, coalition),
    )
    return answer(
        "claims.html", chrome, looked, caught_up=caught_up, forms=FORMS, members=members,
        **shown(items(raw), items(statements), items(disputes), items(deeds), members),
    )  # fmt: skip


@router.get("/c/{coalition}/claims")
async def show_claims(coalition: str, visiting: Visiting, at_least: str | None = None) -> Response:
    """Show claims, statements and disputes, the newest first."""
    return await _show(visiting, coalition, Looked(at_least=at_least))


@router.get("/c/{coalition}/claims.json")
async def claims_as_json(coalition: str, visiting: Visiting, request: Request) -> Response:
    """Pass on the claims."""
    return await pass_on(visiting.ask, "credit", of(coalition, "claims"), request.query_params)


@router.post("/c/{coalition}/claims/{what}")
async def act_on_claims(
    coalition: str, what: str, visiting: Visiting, request: Request
) -> Response:
    """Claim, draft, agree, release, dispute, mediate or resolve."""
    form = found(FORMS, what)
    tried = await attempt(visiting, request)
    recorded = await send(visiting, coalition, tried, form)
    if recorded is None:
        return await _show(visiting, coalition, Looked(tried))
    here = request.url.path.rpartition("/")[0]
    return RedirectResponse(f"{here}?at_least={recorded}#{form.shows}", status_code=303)
