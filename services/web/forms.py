"""What people can do on a page, each described once: what it asks, in which words, as what.

Templates draw a form from its description, and the same description reads what was sent. Which
command it becomes is all that is decided here: the service that gets it judges it.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from fastapi import HTTPException
from starlette.responses import HTMLResponse, Response

from services.web.acting import Attempt, act
from services.web.answers import Named, items
from services.web.page import Chrome, Visit, to_html
from services.web.peers import Recorded, Service, of

Kind = Literal[
    "words",  # a text of some lines
    "line",  # a text of one line
    "lines",  # texts, one a line
    "plain",  # what services take as it is written: a reference, a quarter
    "code",  # a word of a list that grows: "Health care" is `health_care`
    "codes",  # some of them, by comma
    "choice",
    "rating",  # a choice among numbers
    "some",  # of the choices that the page knows
    "facts",  # some contributions, each as it is recorded or in a degree of its own
    "yes",
    "day",
    "time",  # a moment, in UTC
    "whole",
    "amount",  # a whole number, perhaps below zero
    "share",  # such as 2/3, a choice
    "divided",  # organisations, each with how much of a whole, one a line
    "member",  # an organisation
    "members",  # some of them
    "parties",  # some of them, and the one that acts
    "fixed",  # what the page says itself
    "number",  # the same, as a number
    "alone",  # the same, as a list of just that
    "who",  # somebody: their organisation, they and their accreditation, as one choice
    "speaker",  # the same, as who speaks and for which organisation
    "new_id",  # the id of what is begun
    "version",  # that of what people have read: it goes no further if there is a newer one
]
LISTED, OFFERED = 40, 200
"""So many names are offered to tick, and so many to choose from; beyond, people type them."""
CODE = 63
_IDS = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(_[0-9a-f-]{36})?")

_SOMEBODY = ("org", "person", "accreditation")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?")


@dataclass(frozen=True)
class Ask:
    """One thing that a form asks.

    Args:
        name: Of the field in the command; `rule.quorum.at_least` is one inside others.
        missing: What to say where it is needed and was left out.
        otherwise: What stands there before anybody enters something.
    """

    name: str
    label: str = ""
    kind: Kind = "words"
    hint: str = ""
    missing: str = ""
    options: tuple[tuple[str, str], ...] = ()
    otherwise: str = ""

    @property
    def seen(self) -> bool:
        """Whether people see it."""
        return self.kind not in {"fixed", "number", "alone", "new_id", "version"}


@dataclass(frozen=True)
class Form:
    """Something people can do.

    Args:
        name: The last part of its address.
        path: Of the command, below the coalition; `{on}` is what it is about, `{by}` who acts.
        shows: The part of the page that shows what came of it.
        service: That which decides about it.
    """

    name: str
    title: str
    button: str
    path: str
    asks: tuple[Ask, ...] = ()
    says: str = ""
    shows: str = "main"
    service: Service = "members"

    @property
    def bare(self) -> bool:
        """Whether it asks nothing: a button."""
        return not any(ask.seen for ask in self.asks)

    @property
    def names_members(self) -> bool:
        """Whether organisations have to be chosen."""
        return any(ask.kind in {"divided", "member", "members", "parties"} for ask in self.asks)

    def id(self, by: object, on: object = "", part: object = "") -> str:
        """Return its id on a page: one for what it is about, and for whom people act."""
        return "-".join(str(each) for each in (self.name, on, part, by) if str(each))


def among(*forms: Form) -> Mapping[str, Form]:
    """Return forms by their names."""
    return {form.name: form for form in forms}


def found(forms: Mapping[str, Form], name: str) -> Form:
    """Return a form of a page.

    Raises:
        HTTPException: 404.
    """
    if name not in forms:
        raise HTTPException(404)
    return forms[name]


async def names(visiting: Visit, coalition: str) -> Sequence[Named]:
    """Return the members by name."""
    raw = await visiting.ask.get("members", of(coalition, "names"))
    return [Named.model_validate(one) for one in items(raw)]


async def names_for(
    visiting: Visit, coalition: str, chrome: Chrome, forms: Mapping[str, Form]
) -> Sequence[Named]:
    """Return the members by name, where somebody who may act will be asked to choose some."""
    if chrome.me.spokesperson and any(form.names_members for form in forms.values()):
        return await names(visiting, coalition)
    return ()


async def send(
    visiting: Visit,
    coalition: str,
    tried: Attempt,
    form: Form,
    *,
    for_oneself: bool = False,
    **more: Any,
) -> Recorded | None:
    """Send what a form asks for; what is wrong with it is noted in `tried`."""
    known = await names(visiting, coalition) if form.names_members else ()
    body = asked_for(form, tried, known)
    path = form.path.format(on=_on(tried), by=tried.id("organisation"))
    read = next((tried.get(ask.name) for ask in form.asks if ask.kind == "version"), "")
    return await act(
        visiting, tried, form.service, of(coalition, *path.split("/")), body | more,
        for_oneself=for_oneself, version=read,
    )  # fmt: skip


def asked_for(form: Form, tried: Attempt, known: Sequence[Named]) -> dict[str, Any]:
    """Return what was entered, as a command; what is wrong with it is noted in `tried`."""
    body: dict[str, Any] = {}
    for ask in form.asks:
        if ask.kind == "version":
            continue
        value = _read(ask, tried, known)
        if ask.kind in {"who", "speaker"}:
            body |= value or {}
            continue
        *around, last = ask.name.split(".")
        within = body
        for name in around:
            within = within.setdefault(name, {})
        if value is not None:
            within[last] = value
    return body


def _on(tried: Attempt) -> str:
    """Return the id, or the pair of ids, that the page named; anything else names nothing."""
    on = tried.get("thing")
    return on if _IDS.fullmatch(on) else "-"


def _read(ask: Ask, tried: Attempt, known: Sequence[Named]) -> Any:
    """Return the value of a field as services take it; `None` where it was left out."""
    if ask.kind in {"members", "parties"}:
        chosen: Any = _members(ask, tried, known) or None
    elif ask.kind == "some":
        chosen = _ticked(ask, tried) or None
    elif ask.kind == "facts":
        chosen = _facts(ask, tried) or None
    else:
        given = tried.get(ask.name)
        chosen = _READ[ask.kind](ask, tried, known) if given or ask.kind == "yes" else None
    if chosen is None and ask.missing and not tried.words_for(ask.name):
        tried.miss(ask.name, ask.missing)
    return chosen


def _choice(ask: Ask, tried: Attempt, _known: Sequence[Named]) -> str | None:
    given = tried.get(ask.name)
    return given if not ask.options or given in dict(ask.options) else None


def _whole(ask: Ask, tried: Attempt, _known: Sequence[Named]) -> int | None:
    given = tried.get(ask.name).replace(",", "").replace(" ", "")
    if given.isascii() and given.isdecimal() and len(given) <= 15:  # noqa: PLR2004 - below 2**53
        return int(given)
    tried.miss(ask.name, "Write a whole number, in digits.")
    return None


def _amount(ask: Ask, tried: Attempt, known: Sequence[Named]) -> int | None:
    given = tried.get(ask.name).replace("\N{MINUS SIGN}", "-")
    if not given.startswith("-"):
        return _whole(ask, tried, known)
    digits = given[1:].replace(",", "").replace(" ", "")
    if digits.isascii() and digits.isdecimal() and len(digits) <= 15:  # noqa: PLR2004 - below 2**53
        return -int(digits)
    tried.miss(ask.name, "Write a whole number, in digits.")
    return None


def _code(ask: Ask, tried: Attempt, _known: Sequence[Named]) -> str | None:
    code = as_code(tried.get(ask.name))
    if not code:
        tried.miss(ask.name, "Write a word or two, in letters from a to z.")
    return code or None


def _codes(ask: Ask, tried: Attempt, _known: Sequence[Named]) -> list[str] | None:
    written = re.split(r"[,;\n]", tried.get(ask.name))
    return list(dict.fromkeys(code for code in map(as_code, written) if code)) or None


def as_code(written: str) -> str:
    """Return words as a code: `Health care` is `health_care`; "" where no letter is left."""
    plain = unicodedata.normalize("NFKD", written.casefold())
    letters = "".join(each for each in plain if not unicodedata.combining(each))
    return re.sub(r"[^a-z0-9]+", "_", letters).strip("_")[:CODE].rstrip("_")


def _lines(ask: Ask, tried: Attempt, _known: Sequence[Named]) -> list[dict[str, str]]:
    written = (line.strip() for line in tried.get(ask.name).splitlines())
    return [{"lang": tried.language, "text": line} for line in written if line]


def _divided(ask: Ask, tried: Attempt, known: Sequence[Named]) -> list[dict[str, Any]] | None:
    """Return shares in basis points as they are written: `Clinic: 2500`, one a line."""
    found: list[dict[str, Any]] = []
    for line in filter(None, map(str.strip, tried.get(ask.name).splitlines())):
        name, _, written = line.rpartition(":")
        points = written.strip().replace(",", "")
        if not (name and points.isascii() and points.isdecimal() and len(points) <= CODE):
            tried.miss(ask.name, f"Write “{line}” as a name, a colon and basis points.")
            return None
        if (org := _named(ask, tried, name.strip(), known)) is None:
            return None
        found.append({"org": org, "basis_points": int(points)})
    return found or None


def _member(ask: Ask, tried: Attempt, known: Sequence[Named]) -> str | None:
    return _named(ask, tried, tried.get(ask.name), known)


def _ticked(ask: Ask, tried: Attempt) -> list[str]:
    named = (name.partition(":") for name, value in tried.values.items() if value)
    return [each for name, _, each in named if name == ask.name and each]


def _facts(ask: Ask, tried: Attempt) -> list[dict[str, str]]:
    """Return what something rests on; `<id>.equal` is a contribution told in that degree."""
    chosen = (each.partition(".") for each in _ticked(ask, tried))
    return [
        {"kind": "contribution", "id": key} | ({"degree": degree} if degree else {})
        for key, _, degree in chosen
    ]


def _members(ask: Ask, tried: Attempt, known: Sequence[Named]) -> list[str]:
    written = (line.strip() for line in tried.get(ask.name).splitlines())
    typed = [_named(ask, tried, line, known) for line in written if line]
    chosen = [*_ticked(ask, tried), *(org for org in typed if org)]
    if chosen and ask.kind == "parties":
        chosen.append(str(tried.id("organisation")))
    return list(dict.fromkeys(chosen))


def _named(ask: Ask, tried: Attempt, written: str, known: Sequence[Named]) -> str | None:
    """Return the member that was chosen, or is called so."""
    if _IDS.fullmatch(written):
        return written
    called = [one for one in known if one.name.text.casefold() == written.casefold()]
    if len(called) == 1:
        return str(called[0].id)
    many = "More than one member is" if called else "No member is"
    words = f"{many} called “{written}”: write the name as the roster spells it."
    tried.miss(ask.name, words)
    return None


def _share(ask: Ask, tried: Attempt, known: Sequence[Named]) -> list[int] | None:
    chosen = _choice(ask, tried, known)
    return [int(part) for part in chosen.split("/")] if chosen else None


def _who(ask: Ask, tried: Attempt, _known: Sequence[Named]) -> dict[str, str] | None:
    parts = tried.get(ask.name).split("_")
    if len(parts) == len(_SOMEBODY) and all(map(_IDS.fullmatch, parts)):
        return dict(zip(_SOMEBODY, parts, strict=True))
    return None


def _speaker(ask: Ask, tried: Attempt, known: Sequence[Named]) -> dict[str, str] | None:
    somebody = _who(ask, tried, known)
    return somebody and {"org": somebody["org"], "speaker": somebody["person"]}


def _time(ask: Ask, tried: Attempt, _known: Sequence[Named]) -> str | None:
    given = tried.get(ask.name).replace(" ", "T")
    if _MOMENT.fullmatch(given):
        return f"{given}:00Z" if given.count(":") == 1 else f"{given}Z"
    tried.miss(ask.name, "Write day and time in UTC, such as 2026-03-12 15:00.")
    return None


def _as_written(ask: Ask, tried: Attempt, _known: Sequence[Named]) -> str:
    return tried.get(ask.name)


def _said(ask: Ask, tried: Attempt, _known: Sequence[Named]) -> dict[str, str] | None:
    return tried.said(ask.name)


_READ: Mapping[Kind, Callable[[Ask, Attempt, Sequence[Named]], Any]] = {
    "words": _said,
    "line": _said,
    "lines": _lines,
    "plain": _as_written,
    "code": _code,
    "codes": _codes,
    "choice": _choice,
    "share": _share,
    "who": _who,
    "speaker": _speaker,
    "rating": lambda ask, tried, known: int(_choice(ask, tried, known) or 0) or None,
    "yes": lambda ask, tried, _: bool(tried.get(ask.name)),
    "day": _as_written,
    "time": _time,
    "whole": _whole,
    "amount": _amount,
    "divided": _divided,
    "member": _member,
    "fixed": _as_written,
    "number": _whole,
    "alone": lambda ask, tried, _: [tried.get(ask.name)],
    "new_id": _as_written,
}


@dataclass(frozen=True)
class Looked:
    """Somebody looks at a page: after a form that was refused, or one that was recorded."""

    tried: Attempt | None = None
    at_least: str | None = None


LOOKED = Looked()
"""Somebody only looks."""


def answer(
    template: str, chrome: Chrome, looked: Looked, *, caught_up: bool = True, **shown: Any
) -> Response:
    """Answer with a page; where a refused form stands there no more, what it said stays."""
    tried = looked.tried
    around = {
        "tried": tried,
        "reached": looked.at_least if caught_up else None,
        "behind": None if caught_up else looked.at_least,
    }
    html = to_html(template, chrome, lost=False, **around, **shown)
    if tried is not None and f'id="{tried.form}"' not in html:
        html = to_html(template, chrome, lost=True, **around, **shown)
    return HTMLResponse(html, 200 if tried is None else tried.status)
