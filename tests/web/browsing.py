"""A person at a browser without JavaScript: opens pages, fills forms, follows where they lead."""

import asyncio
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

import httpx2

from accord.token import sign_in_link
from tests.end_to_end.coalition import mail
from tests.suite import Suite
from tests.web.shown import Element, read

FIELDS = ("input", "select", "textarea")


@dataclass
class Shown:
    """A page as it came."""

    status: int
    url: str
    page: Element
    html: str

    @property
    def words(self) -> str:
        """All its text."""
        return self.page.words

    @property
    def errors(self) -> list[str]:
        """What the error summary says."""
        return [
            link.words
            for summary in self.page.all("div", class_="errors")
            for link in summary.all("a")
        ]

    def forms(self) -> list[str]:
        """Return what can be done here: the last parts of the addresses of its forms."""
        actions = (form.attributes["action"] for form in self.page.all("form", method="post"))
        return [action.partition("?")[0].rpartition("/")[2] for action in actions]


@dataclass
class Person:
    """Somebody who is signed in, or a stranger."""

    suite: Suite
    subject: str
    root: str
    client: httpx2.AsyncClient = field(
        default_factory=lambda: httpx2.AsyncClient(
            timeout=30, trust_env=False, follow_redirects=True
        )
    )

    async def __aenter__(self) -> Self:
        await self.client.get(sign_in_link(self.suite.data, self.suite.url, self.subject))
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.client.aclose()

    async def open(self, path: str) -> Shown:
        """Open a page of the coalition."""
        return _shown(await self.raw(path))

    async def raw(self, path: str) -> httpx2.Response:
        """Return an answer that is no page; who asks too fast for the services waits."""
        for _ in range(5):
            answer = await self.client.get(f"{self.suite.url}{self.root}{path}")
            if answer.status_code != httpx2.codes.TOO_MANY_REQUESTS:
                break
            await asyncio.sleep(float(answer.headers["retry-after"]))
        return answer

    async def send(self, on: Shown, what: str, about: str = "", /, **given: str) -> Shown:
        """Fill a form of a page, and send it.

        Args:
            what: The last part of its address.
            about: What its id holds, where there are several.
            given: Values by field.
        """
        form = _form(on.page, what, about)
        sent = _values(form)
        for name, value in given.items():
            assert name in sent or name in _names(form), f"{what} does not ask for {name}"
            sent[name] = value
        return await self._post(form, sent)

    async def tick(
        self, on: Shown, what: str, boxes: list[str], about: str = "", /, **given: str
    ) -> Shown:
        """The same, with boxes ticked by their labels."""
        form = _form(on.page, what, about)
        sent = _values(form) | given
        labelled = {each.words: each.attributes["for"] for each in form.all("label")}
        for label in boxes:
            [box] = form.all("input", id=labelled[label])
            sent[box.attributes["name"]] = box.attributes["value"]
        return await self._post(form, sent)

    async def _post(self, form: Element, sent: dict[str, str]) -> Shown:
        address = f"{self.suite.url}{form.attributes['action']}"
        answer = await self.client.post(address, data=sent)
        while answer.status_code == httpx2.codes.TOO_MANY_REQUESTS:
            await asyncio.sleep(float(answer.headers.get("retry-after", "1")))
            recorded = bool(answer.history)
            answer = await (
                self.client.get(answer.url) if recorded else self.client.post(address, data=sent)
            )
        return _shown(answer)


def _shown(answer: httpx2.Response) -> Shown:
    html = answer.text
    return Shown(answer.status_code, str(answer.url), read(html), html)


def _form(page: Element, what: str, about: str) -> Element:
    fitting = [
        form
        for form in page.all("form", method="post")
        if form.attributes["action"].partition("?")[0].endswith(f"/{what}")
        and about in "".join(each.attributes["value"] for each in form.all("input", name="form"))
    ]
    assert fitting, f"nothing here does {what}"
    return fitting[0]


def _names(form: Element) -> set[str]:
    return {each.attributes["name"] for tag in FIELDS for each in form.all(tag)}


def _values(form: Element) -> dict[str, str]:
    """Return what a browser would send if nothing were changed."""
    sent = {}
    for each in form:
        if each.tag == "textarea":
            sent[each.attributes["name"]] = each.words
        elif each.tag == "select":
            chosen = [option for option in each.all("option") if "selected" in option.attributes]
            options = chosen or each.all("option")
            sent[each.attributes["name"]] = options[0].attributes["value"]
        elif each.tag == "input":
            toggles = each.attributes["type"] in {"radio", "checkbox"}
            if not toggles or "checked" in each.attributes:
                sent[each.attributes["name"]] = each.attributes.get("value", "")
    return sent


def person(suite: Suite, slug: str, name: str) -> Person:
    """Return the delegate of an organisation, not yet signed in."""
    return Person(suite, mail(name), f"/c/{slug}")
