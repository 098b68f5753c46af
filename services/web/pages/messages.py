"""Messages: what the coalition says, in whose words, and who may see it by whose approval."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from services.web import words
from services.web.acting import attempt
from services.web.answers import SILENT, Answer, Named, Said, items
from services.web.forms import LOOKED, Ask, Form, Looked, among, answer, found, send
from services.web.page import Visit, Visiting
from services.web.pages.register import choices
from services.web.passing import pass_on
from services.web.peers import of

SHOWN = 50
"""So many messages stand on the page; the sheet has all."""

router = APIRouter()


class Variant(Answer):
    """The same message in words for one audience."""

    audience: str
    text: Said = SILENT
    approved_by: Named
    shown_to: tuple[str, ...] = ()
    ref: str


class Message(Answer):
    """What the coalition says on an issue; without words where only a variant may be seen."""

    message: UUID
    issue: UUID | None = None
    text: Said = SILENT
    drafted_by: Named | None = None
    drafted_at: datetime | None = None
    approved_by: tuple[Named, ...] = ()
    variants: tuple[Variant, ...] = ()
    shown_to: tuple[str, ...] = ()
    ref: str | None = None

    def approved(self, organisation: UUID) -> bool:
        """Tell whether an organisation stands behind it."""
        return any(one.id == organisation for one in self.approved_by)


class Item(Answer):
    """Something to be disclosed; without words where this reader may not see it."""

    ref: str
    text: Said = SILENT
    by: Named | None = None


class Reply(Answer):
    """What an organisation that something is shown of has answered, if anything."""

    organisation: Named
    answer: str | None = None
    reason: Said = SILENT
    ref: str | None = None


class Disclosure(Answer):
    """Somebody asked that more may see something."""

    disclosure: UUID
    state: str
    to: str
    audience: tuple[Named, ...] = ()
    items: tuple[Item, ...] = ()
    requested_by: Named
    requested_at: datetime
    answers: tuple[Reply, ...] = ()
    ref: str

    def may_approve(self, organisation: UUID) -> bool:
        """Tell whether it waits for an organisation."""
        return self.state == "open" and any(
            one.organisation.id == organisation and not one.answer for one in self.answers
        )

    def may_refuse(self, organisation: UUID) -> bool:
        """Tell whether an organisation can still stop it."""
        return self.state == "open" and any(
            one.organisation.id == organisation for one in self.answers
        )


FORMS: Mapping[str, Form] = among(
    Form(
        "draft-message", "Draft a message", "Draft", "messages",
        (
            Ask("issue", "On which issue", "choice", missing="Choose the issue."),
            Ask("text", "What the coalition says", missing="Write what it says."),
        ),
        "Others see it as the boundary agreement says, and approve it for themselves.",
        "messages", "meetings",
    ),
    Form(
        "approve-message", "Approve it", "Approve it", "messages/{on}/approvals",
        shows="messages", service="meetings",
    ),
    Form(
        "approve-variant", "Say it in your words", "Approve these words", "messages/{on}/variants",
        (
            Ask("audience", "For whom", "choice", missing="Choose for whom.",
                options=tuple(words.VARIANTS_FOR.items())),
            Ask("text", "In your words", missing="Write it in your words."),
            Ask("variant", kind="new_id"),
        ),
        "It says the same as the message that you approved.", "messages", "meetings",
    ),
    Form(
        "request-disclosure", "Let more see it", "Ask", "disclosures",
        (
            Ask("to", "Who else should see it", "choice", missing="Choose who.",
                options=tuple(words.DISCLOSED_TO.items())),
            Ask("items", kind="alone"),
        ),
        "Whom it shows has to approve that. What was shown stays shown.",
        "disclosures", "meetings",
    ),
    Form(
        "approve-disclosure", "Approve that", "Approve that", "disclosures/{on}/approvals",
        shows="disclosures", service="meetings",
    ),
    Form(
        "refuse-disclosure", "Refuse that", "Refuse", "disclosures/{on}/refusals",
        (Ask("reason", "The reason", missing="Give the reason."),),
        "One refusal is enough: nobody else sees it.", "disclosures", "meetings",
    ),
)  # fmt: skip


async def _show(visiting: Visit, coalition: str, looked: Looked = LOOKED) -> Response:
    chrome, (said, caught_up), (asked, _), issues = await asyncio.gather(
        visiting.chrome(coalition),
        visiting.ask.get_with(looked.at_least, "meetings", of(coalition, "messages")),
        visiting.ask.get_with(looked.at_least, "meetings", of(coalition, "disclosures")),
        choices(visiting, "members", of(coalition, "issues")),
    )
    messages = [Message.model_validate(one) for one in items(said)]
    disclosures = [Disclosure.model_validate(one) for one in items(asked)]
    return answer(
        "messages.html", chrome, looked, caught_up=caught_up, messages=messages[:SHOWN],
        all=len(messages), waiting=[one for one in disclosures if one.state == "open"],
        answered=[one for one in disclosures if one.state != "open"][:SHOWN], issues=issues,
        forms=FORMS,
    )  # fmt: skip


@router.get("/c/{coalition}/messages")
async def show_messages(
    coalition: str, visiting: Visiting, at_least: str | None = None
) -> Response:
    """Show the messages, and what more are to see."""
    return await _show(visiting, coalition, Looked(at_least=at_least))


@router.get("/c/{coalition}/messages.json")
async def messages_as_json(coalition: str, visiting: Visiting, request: Request) -> Response:
    """Pass on the messages."""
    return await pass_on(visiting.ask, "meetings", of(coalition, "messages"), request.query_params)


@router.post("/c/{coalition}/messages/{what}")
async def act_on_messages(
    coalition: str, what: str, visiting: Visiting, request: Request
) -> Response:
    """Say something, stand behind it, or let more see it."""
    form = found(FORMS, what)
    tried = await attempt(visiting, request)
    recorded = await send(visiting, coalition, tried, form)
    if recorded is None:
        return await _show(visiting, coalition, Looked(tried))
    here = request.url.path.rpartition("/")[0]
    return RedirectResponse(f"{here}?at_least={recorded}#{form.shows}", status_code=303)
