"""Pages rendered from samples, and their HTML read back for what tests ask of it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from html.parser import HTMLParser
from typing import Any

from services.web import words
from services.web.acting import Attempt
from services.web.answers import Named, items
from services.web.demo import Account
from services.web.page import Chrome, Coalition, Me, to_html
from services.web.pages import (
    audit,
    coalition,
    concerns,
    credit,
    deciding,
    decision,
    home,
    meetings,
    register,
    reports,
)
from services.web.pages import steps as steps_page
from tests.web import samples, shown_table
from tests.web.samples import Json

ROOT = "/c/harbour-schools"
VOID = {"meta", "link", "img", "input", "br", "circle", "rect", "path"}


@dataclass
class Element:
    """An element of a page, with what is in it."""

    tag: str
    attributes: Mapping[str, str]
    parts: "list[Element | str]" = field(default_factory=list)

    def __iter__(self) -> "Iterator[Element]":
        yield self
        for part in self.parts:
            if isinstance(part, Element):
                yield from part

    def all(self, tag: str, **wanted: str) -> "list[Element]":
        """Return the elements of a kind; `class_` asks for one of several classes."""
        cls = wanted.pop("class_", None)
        return [
            each
            for each in self
            if each.tag == tag
            and all(each.attributes.get(name) == value for name, value in wanted.items())
            and (cls is None or cls in each.attributes.get("class", "").split())
        ]

    @property
    def words(self) -> str:
        """All text in it, in one line."""
        said = (part if isinstance(part, str) else part.words for part in self.parts)
        return " ".join(" ".join(said).split())

    @property
    def shape(self) -> tuple[object, ...]:
        """Its markup without words and drawings: elements and classes, nested as they are."""
        parts = () if self.tag == "svg" else self.parts
        inner = tuple(part.shape for part in parts if isinstance(part, Element))
        return self.tag, self.attributes.get("class", ""), inner


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open = [Element("", {})]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].parts.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open[-1].parts.append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open[-1].tag == tag, f"</{tag}> closes <{self.open[-1].tag}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].parts.append(data)


def read(html: str) -> Element:
    """Return a page as elements. HTML that does not nest is an error."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    assert len(reader.open) == 1, f"<{reader.open[-1].tag}> is not closed"
    return reader.open[0]


def chrome(path: str) -> Chrome:
    """Return what stands around a page of the sample coalition."""
    place = Coalition.model_validate(samples.COALITION)
    me = Me.model_validate(samples.ME)
    return Chrome(ROOT + path, "Amina Okafor", "form-token", place, me)


def stranger(path: str) -> Chrome:
    """Return what stands around a page for somebody who is not signed in."""
    return Chrome(path)


def decision_page(
    raw: Json,
    tried: Attempt | None = None,
    behind: str | None = None,
    doing: deciding.Doing | None = None,
    about: Sequence[Json] = (),
    proof: audit.Proof | None = None,
) -> str:
    """Return a decision's page."""
    shown = decision.Decision.model_validate(raw)
    around = chrome(f"/decisions/{shown.id}")
    return to_html(
        "decision.html", around, decision=shown, seats=decision.seats(shown, around.me),
        doing=doing, forms=deciding.FORMS, tried=tried, lost=False, reached=None, behind=behind,
        concerns=[concerns.Concern.model_validate(each) for each in about], proof=proof,
    )  # fmt: skip


def may(state: str, **more: Any) -> deciding.Doing:
    """Return what somebody may do who proposed it, and chairs the body that decides it."""
    teachers = Named.model_validate(samples.TEACHERS)
    standing = {
        "state": state, "version": 3, "body": samples.PLENARY, "proposer": samples.TEACHERS,
        "text_version": 2, "decision": samples.BREAKFAST["decision"],
    }  # fmt: skip
    return deciding.Doing(
        deciding.Standing.model_validate(standing), teachers, teachers, teachers,
        **{
            "rules": [(samples.uid("rule"), "Majority (version 1)")],
            "bodies": [(samples.uid("appeals"), "Appeals")],
            "meetings": [(samples.uid("march"), "Plenary in March, 12 March 2026")],
            "members": [Named.model_validate(org) for org in samples.ORGANISATIONS],
            **more,
        },
    )  # fmt: skip


def _bare(state: str) -> Json:
    return {
        "proposal": samples.uid("bare"), "state": state, "as_of": samples.AS_OF,
        "text": samples.text("A breakfast for whoever wants one."), "body": samples.PLENARY,
        "issue": samples.MEALS,
    }  # fmt: skip


def _propose(tried: Attempt | None = None, instead_of: str = "") -> str:
    names = [(org["id"], org["name"]["text"]) for org in samples.ORGANISATIONS[:3]]
    return shown_table.shown(
        "propose.html", "/propose", samples.ME, tried, forms=deciding.PROPOSING,
        instead_of=instead_of, tail="", given={"issue": names[0][0], "body": ""},
        offered={"body": names, "issue": names, "affected": names},
    )  # fmt: skip


def _step(state: str) -> str:
    raw = samples.STEPS["rows"][0] | {
        "asked": samples.TEACHERS, "state": state, "hours": 12, "overload": True, "moved": 2,
        "proposed_by": samples.PARENTS, "ref": "meetings/12",
    }  # fmt: skip
    step = steps_page.Asked.model_validate(raw)
    return shown_table.shown(
        "step.html", f"/steps/{step.step}", samples.ME, step=step, forms=steps_page.FORMS,
        members=[Named.model_validate(org) for org in samples.ORGANISATIONS],
        people=[(samples.ME["person"], "Amina Okafor, Teachers")],
        mine=Named.model_validate(samples.TEACHERS), own=[samples.ME["person"]],
    )  # fmt: skip


def refused() -> Attempt:
    """Return a stance that lacks its reason, as it was sent."""
    tried = Attempt({"organisation": samples.TEACHERS["id"], "option": "object"}, "en")
    tried.miss("reason", "Give the reason, in a sentence or more.")
    return tried


def _register(raw: Json, first: bool = True) -> str:  # noqa: FBT001, FBT002 - one switch of a page
    names = [(org["id"], org["name"]["text"]) for org in samples.ORGANISATIONS]
    return to_html(
        "register.html",
        chrome("/decisions"),
        register=register.Register.model_validate(raw),
        asked=dict.fromkeys(register.FILTERS, ""),
        narrowed="",
        older="cursor=b2xkZXI",
        first=first,
        outcomes=register.OUTCOMES,
        bodies=names[:3],
        issues=names[:3],
        organisations=names,
    )


def _home() -> str:
    me = Me.model_validate(samples.ME)
    new = home.Latest.model_validate(samples.HOME)
    place = home.Place(
        Coalition.model_validate(samples.COALITION), me, new, new.due(me), list(_steps())
    )
    return to_html("home.html", chrome("/"), places=[place], more=[place.coalition])


def _steps() -> Iterator[steps_page.Step]:
    return (steps_page.Step.model_validate(raw) for raw in samples.STEPS["rows"])


def _coalition() -> str:
    around = chrome("")
    new = home.Latest.model_validate(samples.HOME)
    return to_html(
        "coalition.html",
        around,
        standing=coalition.Standing.model_validate(samples.STANDING),
        latest=new,
        due=new.due(around.me),
        meetings=_meetings(),
    )


IN_THE_CHAIR = meetings.Around(
    Named.model_validate(samples.TEACHERS),
    [("_".join(samples.uid(each) for each in "abc"), "Amina Okafor, Teachers")],
    [(samples.uid("bus"), "A late bus")],
)


def _meeting_list(tried: Attempt | None = None) -> str:
    names = [(org["id"], org["name"]["text"]) for org in samples.ORGANISATIONS[:1]]
    return shown_table.shown(
        "meetings.html", "/meetings", samples.ME, tried, meetings=_meetings(),
        series=[meetings.Series.model_validate(samples.SERIES)], forms=meetings.SCHEDULING,
        bodies=names, members=[Named.model_validate(org) for org in samples.ORGANISATIONS],
        older="cursor=x", first=True,
    )  # fmt: skip


def _meeting(raw: Json, around: meetings.Around, tried: Attempt | None = None) -> str:
    return shown_table.shown(
        "meeting.html", "/meetings/1", samples.ME, tried,
        meeting=meetings.Meeting.model_validate(raw), forms=meetings.FORMS, around=around,
    )  # fmt: skip


def _meeting_in(state: str) -> str:
    there = [one | {"attendance": samples.uid(f"there {n}")}
             for n, one in enumerate(samples.MEETING["attendance"])]  # fmt: skip
    waiting = [
        {"item": samples.uid("late"), "kind": "support", "title": samples.text("A thank you")}
    ]
    step = samples.STEPS["rows"][0] | {"step": samples.uid("nobody's"), "owner": None}
    raw = samples.MEETING | {
        "state": state, "attendance": there, "waiting": waiting, "version": 12,
        "steps": [*samples.MEETING["steps"], step | {"state": "proposed"}],
        "decisions": [{"decision": samples.BREAKFAST["decision"], "outcome": "adopted",
                       "title": samples.BREAKFAST["title"], "ref": "meetings/1151"}],
    }  # fmt: skip
    return _meeting(raw, IN_THE_CHAIR)


def _meetings() -> list[meetings.MeetingRow]:
    return [meetings.MeetingRow.model_validate(raw) for raw in items(samples.MEETINGS)]


def _steps_page(tried: Attempt | None = None) -> str:
    around = chrome("/steps")
    return to_html(
        "steps.html", around, found=steps_page.OpenSteps.model_validate(samples.STEPS),
        mine={org.id: org for org in around.me.spokesperson}, forms=steps_page.FORMS,
        proposing=steps_page.PROPOSING, tried=tried, lost=False, reached="meetings/1215",
        behind=None, first=False,
    )  # fmt: skip


EMPTY: Json = samples.REGISTER | {"rows": [], "next_cursor": None}

PAGES: Mapping[str, Callable[[], str]] = {
    "home": _home,
    "home of nobody": lambda: to_html("home.html", chrome("/"), places=[], more=[]),
    "coalition": _coalition,
    "register": lambda: _register(samples.REGISTER),
    "empty register": lambda: _register(EMPTY, first=False),
    "decision": lambda: decision_page(samples.BREAKFAST),
    "decision with concerns": lambda: decision_page(
        samples.BREAKFAST, about=shown_table.T.CONCERNS["items"]
    ),
    "open voting": lambda: decision_page(samples.OPEN),
    "refused stance": lambda: decision_page(samples.OPEN, refused()),
    "too late": lambda: decision_page(samples.BREAKFAST, refused()),
    "view behind": lambda: decision_page(samples.OPEN, behind="meetings/1215"),
    "imported roll call": lambda: decision_page(samples.roll_call()),
    "bare proposal": lambda: decision_page(
        {"proposal": samples.uid("bare"), "state": "drafted", "as_of": samples.AS_OF}
    ),
    "meetings": _meeting_list,
    "refused meeting": lambda: _meeting_list(
        shown_table.refused(meetings.SCHEDULING["schedule"], "starts_at")
    ),
    "meeting": lambda: _meeting(samples.MEETING, meetings.Around()),
    **{f"meeting, {state}": partial(_meeting_in, state) for state in words.MEETING_STATES},
    "refused minutes": lambda: _meeting(
        samples.MEETING | {"state": "closed", "minutes": []},
        IN_THE_CHAIR,
        shown_table.refused(meetings.FORMS["draft-minutes"], "text", samples.MEETING["meeting"]),
    ),
    "steps": _steps_page,
    "refused step": lambda: _steps_page(
        shown_table.refused(steps_page.PROPOSING["propose"], "what")
    ),
    **{f"step, {state}": partial(_step, state) for state in words.STEP_STATES},
    **{
        f"what can be done, {state}": partial(decision_page, _bare(state), doing=may(state))
        for state in ("drafted", "published", "voting", "closed", "decided", "withdrawn")
    },
    "no rule yet": lambda: decision_page(_bare("published"), doing=may("published", rules=())),
    "objections to answer": lambda: decision_page(samples.OPEN, doing=may("voting")),
    "refused amendment": lambda: decision_page(
        _bare("published"),
        doing=may("published"),
        tried=shown_table.refused(deciding.FORMS["amend"], "because", samples.uid("bare")),
    ),
    "propose": _propose,
    "propose instead": lambda: _propose(instead_of=samples.BREAKFAST["decision"]),
    "refused proposal": lambda: _propose(
        shown_table.refused(deciding.PROPOSING["propose"], "title")
    ),
    "credit": lambda: to_html(
        "credit.html",
        chrome("/organisations/1/credit"),
        organisation=Named.model_validate(samples.TEACHERS),
        statement=credit.Statement.model_validate(samples.STATEMENT),
    ),
    "reports": lambda: to_html(
        "reports.html",
        chrome("/reports"),
        reports=reports.REPORTS,
        organisations=[(org["id"], org["name"]["text"]) for org in samples.ORGANISATIONS],
    ),
    "sign in": lambda: to_html(
        "sign_in.html",
        stranger("/sign-in"),
        used=True,
        onward="/",
        accounts=[Account(subject="amina@example.org", name="Amina Okafor", role="Delegate")],
    ),
    "error": lambda: to_html("error.html", stranger("/x"), status_code=503, said=""),
    **shown_table.PAGES,
}
