"""What a person tries to do by a form: read, sent as a command, and kept when it is refused."""

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from fastapi import Request

from services.web.edge import read_form
from services.web.page import Visit
from services.web.peers import PeerRefused, PeerSilent, Recorded, Service
from services.web.session import SignedIn, from_our_page

LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
# What a service calls a field, and what our forms call it.
FIELDS = {"to": "option", "because": "reason"}


OURS = {"form_token", "idempotency_key", "organisation", "proposal", "form", "thing", "mode"}
AN_ID = re.compile(r"[0-9a-f]{8}-")


class NotFromOurPage(Exception):
    """A form that no page of this session sent."""


@dataclass(frozen=True)
class Wrong:
    """One entry of the error summary: the words, and the field they lead to."""

    words: str
    field: str


@dataclass
class Attempt:
    """A form as it was sent. When the command is refused, the page shows it again with why."""

    values: Mapping[str, str]
    language: str
    wrong: list[Wrong] = field(default_factory=list)
    status: int = 200
    again_with: str = ""

    def get(self, name: str) -> str:
        """Return what was entered; "" where nothing was."""
        return self.values.get(name, "")

    def said(self, name: str) -> dict[str, str] | None:
        """Return words a person wrote, as services take them."""
        text = self.get(name)
        return {"lang": self.language, "text": text} if text else None

    @property
    def acts_for(self) -> UUID | None:
        """The organisation it is sent for; `None` where somebody acts for nobody yet."""
        organisation = self.id("organisation")
        return organisation if organisation.int else None

    def id(self, name: str) -> UUID:
        """Return an id our page put into the form."""
        try:
            return UUID(self.get(name))
        except ValueError as not_ours:
            raise NotFromOurPage from not_ours

    @property
    def form(self) -> str:
        """The form's id on its page; "" for one that is alone there."""
        return self.get("form")

    @property
    def kept(self) -> list[str]:
        """The words that a person wrote, without what the page had put into the form."""
        return [
            value
            for name, value in self.values.items()
            if name not in OURS and len(value) > 1 and value != "yes" and not AN_ID.match(value)
        ]

    def leads_to(self, wrong: Wrong) -> str:
        """Return the id of the field that an entry is about; of the form, where it has none."""
        if not self.form:
            return wrong.field
        there = wrong.field in self.values or wrong.field == "send"
        return f"{self.form}-{wrong.field}" if there else self.form

    def miss(self, name: str, words: str) -> None:
        """Note what a person still has to do."""
        self.wrong.append(Wrong(words, name))

    def about(self, organisation: UUID) -> bool:
        """Tell whether it was tried for this organisation."""
        return self.get("organisation") == str(organisation)

    def words_for(self, name: str) -> str:
        """Return what is wrong with a field; "" if nothing is."""
        return " ".join(wrong.words for wrong in self.wrong if wrong.field == name)


async def attempt(visiting: Visit, request: Request) -> Attempt:
    """Read a form that a page of this session sent.

    Raises:
        NotFromOurPage: another site, or a page of another session, sent it.
        UnreadableForm: it is no form.
        PeerRefused: nobody is signed in.
    """
    if not from_our_page(request.headers):
        raise NotFromOurPage
    values = await read_form(request)
    sender: SignedIn | None = visiting.signed_in
    if sender is None or not sender.sent(values.get("form_token", "")):
        raise NotFromOurPage
    return Attempt(values, _language(request))


async def act(
    visiting: Visit,
    form: Attempt,
    service: Service,
    path: str,
    body: Mapping[str, Any],
    *,
    for_oneself: bool = False,
    version: str = "",
) -> Recorded | None:
    """Send the command, or note in `form` why it was not recorded.

    `for_oneself`: it is not said on behalf of any organisation. `version`: that of what people
    have read; where there is a newer one, nothing is recorded.

    After a refusal the form gets a new key; without an answer it keeps its own, so that sending
    it again counts once.
    """
    form.again_with = form.get("idempotency_key")
    if form.wrong:
        form.status = 422
        return None
    try:
        return await visiting.ask.command(
            service,
            path,
            body,
            key=form.again_with,
            organisation=None if for_oneself else form.acts_for,
            version=version,
        )
    except PeerSilent:
        form.status = 503
        words = "The service did not answer. Send it again: it will count once."
        form.wrong.append(Wrong(words, "send"))
    except PeerRefused as refused:
        problem = refused.problem
        form.status = problem.status
        form.again_with = str(uuid.uuid4())
        form.wrong.extend(
            Wrong(fault.detail or fault.reason, _field(fault.pointer, form))
            for fault in problem.errors
        )
        if not form.wrong:
            form.wrong.append(Wrong(problem.detail or problem.title, "send"))
    return None


def _field(pointer: str, form: Attempt) -> str:
    first = pointer.lstrip("#/").partition("/")[0]
    return first if first in form.values else FIELDS.get(first, first or "send")


def _language(request: Request) -> str:
    """Return the language the person's browser prefers: most likely the one they write in."""
    preferred = request.headers.get("accept-language", "").split(",")[0].partition(";")[0].strip()
    return preferred if LANGUAGE.fullmatch(preferred) else "en"
