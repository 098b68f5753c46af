"""The reports, a page at a time: what to read for each, and in which order."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Protocol, TypeVar
from uuid import UUID

from services.transparency.domain import (
    claims_and_disputes,
    common_ground,
    credit_forms,
    credit_statement,
    decision_register,
    impact,
    mandate,
    open_next_steps,
    representation_gaps,
    shared_policies,
    who_decided_what,
)
from services.transparency.domain.report import Head, count_suppressed
from services.transparency.domain.said import Names, Reason
from services.transparency.domain.window import Window
from services.transparency.views import (
    constituencies,
    credit,
    events,
    issues,
    mandates,
    names,
    policies,
    register,
    rooms,
    seats,
    sittings,
    statements,
    steps,
    told,
    windowed,
    windows,
)
from services.transparency.views import impact as came_of_it
from services.transparency.views.boundaries import boundary
from services.transparency.views.cases import cases
from services.transparency.views.common_ground import (
    hidden_from_ground,
    hidden_from_record,
    record,
    sheet,
)
from services.transparency.views.entries import entries
from services.transparency.views.events import Lens
from services.transparency.views.recounts import recounts
from services.transparency.views.register import After, Search
from services.transparency.views.standings import Rows, Standings
from services.transparency.views.windowed import Told
from services.transparency.views.windows import Frame
from shared.hot import Connection


@dataclass(frozen=True)
class Ask:
    """What is asked for.

    Args:
        audience: The class the report is for; `lens` sees with its eyes.
        among: Organisations, where only what is theirs is asked for.
        form: For whom a credit statement is worded.
        after: Where the page before ended.
        summary: Whether figures over the whole report are wanted, beside the page's rows.
    """

    lens: Lens
    audience: str
    search: Search = field(default_factory=Search)
    organisation: UUID | None = None
    among: frozenset[UUID] = frozenset()
    limit: int = 100
    after: Any = None
    summary: bool = True
    form: str = "partners"


@dataclass(frozen=True)
class Report:
    """A page of a report; `after` is where the next one begins, if there is one.

    Args:
        drawn: The rows of all pages, where a chart is drawn of them.
    """

    head: Mapping[str, Any]
    summary: Sequence[Mapping[str, Any]]
    rows: Sequence[Mapping[str, Any]]
    after: Any = None
    more: Mapping[str, Any] = field(default_factory=dict)
    drawn: Sequence[Mapping[str, Any]] = ()


class Make(Protocol):
    def __call__(self, rows: Rows, ask: Ask) -> Awaitable[Report]: ...


@dataclass(frozen=True)
class Kind:
    """A report that can be had.

    Args:
        widest: The widest audience it may be made for.
        windowed: Whether it can be narrowed to a window; `searches` to what one looks for.
        at_once: How many rows a download makes at a time.
        taken_back: The forms in which it shows what may be taken back, so that no copy of them is
            kept; `None` stands for all.
        proved: Whether it can be had with the proof that nothing is left out.
    """

    number: str
    title: str
    widest: str
    make: Make
    windowed: bool = False
    searches: bool = False
    of_organisation: bool = False
    at_once: int = 100
    taken_back: Collection[str] | None = ()
    proved: bool = False

    def keeps_no_copy(self, form: str) -> bool:
        """Whether what this form of it shows may be taken back at any time."""
        return self.taken_back is None or form in self.taken_back

    def narrowed(self, search: Search) -> Search:
        """Return what of a search applies to this report: all of it, its window, or nothing."""
        if self.searches:
            return search
        return Search(begins=search.begins, ends=search.ends) if self.windowed else Search()


async def _register(rows: Rows, ask: Ask) -> Report:
    async with rows() as db:
        lens = ask.lens
        known = await names.names(db, lens)
        outcomes = await register.page(
            db, lens, ask.search, ask.after, ask.limit + 1, front_line=True
        )
        found = await entries(db, lens, outcomes[: ask.limit])
        withheld = await register.hidden(db, lens, front_line=True)
        head = await _head(db, ask, "decision-register", withheld)
        summary = await _figures(db, ask) if ask.summary else []
    written = [decision_register.row(entry, known) for entry in found]
    return Report(head, summary, written, _after(outcomes, ask.limit))


Summary = Sequence[Mapping[str, Any]]
_Key = tuple[UUID, int, tuple[str, ...], Search, str | None]
_summaries: OrderedDict[_Key, Summary] = OrderedDict()
SUMMARIES_HELD = 64


async def _figures(db: Connection, ask: Ask) -> Summary:
    """Return the summary of the register; the same until something else than a stance happens."""
    lens = ask.lens
    settled = await events.settled(db, lens, "meetings")
    key = lens.coalition, settled, lens.audiences, ask.search, lens.model
    if (held := _summaries.pop(key, None)) is None:
        held = decision_register.summary(await register.passed(db, lens, ask.search))
    _summaries[key] = held
    while len(_summaries) > SUMMARIES_HELD:
        _summaries.popitem(last=False)
    return held


_standings = Standings()


async def _stances(rows: Rows, ask: Ask) -> Report:
    lens, summary = ask.lens, []
    async with rows() as db:
        known = await names.names(db, lens)
        outcomes = await register.page(db, lens, ask.search, ask.after, ask.limit + 1)
        found = await cases(db, lens, outcomes[: ask.limit])
        again = await recounts(db, lens, [row["position"] for row in outcomes])
        linked = {meeting for case in found if (meeting := who_decided_what.meeting(case))}
        speakers = await rooms.speakers(db, lens, linked)
        scopes = await seats.scopes(db, lens)
        head = await _head(db, ask, "who-decided-what", await register.hidden(db, lens))
    if ask.summary:
        totals = await _standings.of(rows, lens, ask.search)
        summary = who_decided_what.summary(totals, scopes, known)
    orders = who_decided_what.Orders(known)
    written = [
        who_decided_what.row(case, known, again.get(case.outcome.position), orders, speakers)
        for case in found
        if case.outcome is not None
    ]
    spoke = {org for each in speakers.values() for org in each or ()}
    orgs = known.ordered(spoke.union(*(case.electorate.orgs for case in found)))
    more = {"organisations": [known.of(org) for org in orgs]}
    return Report(head, summary, written, _after(outcomes, ask.limit), more)


def _after(outcomes: Sequence[Any], limit: int) -> After | None:
    if len(outcomes) <= limit:
        return None
    last = outcomes[limit - 1]
    return After(last["at"], last["decision"], last["position"])


async def _steps(rows: Rows, ask: Ask) -> Report:
    async with rows() as db:
        lens = ask.lens
        known = await names.names(db, lens)
        happened = await steps.step_events(db, lens)
        closed = await steps.closings(db, lens)
        pledges = await steps.pledges(db, lens)
        now = await events.newest(db, lens)
        head = await _head(db, ask, "open-next-steps", await steps.hidden_steps(db, lens), now)
        folded = open_next_steps.fold(happened)
        listed = open_next_steps.open_steps(folded.values(), known)
        titles = await register.titles(db, lens, {step.decision for step in listed})
    known = Names({**known.known, **titles}, known.persons)
    if ask.organisation:
        listed = [step for step in listed if step.owner == ask.organisation]
    keys = [str(step.id) for step in listed]
    start = keys.index(ask.after) + 1 if ask.after in keys else 0
    shown = listed[start : start + ask.limit]
    summary = []
    if ask.summary:
        summary = open_next_steps.summary(list(folded.values()), closed, pledges, known, now)
    after = str(shown[-1].id) if start + ask.limit < len(listed) else None
    return Report(head, summary, [open_next_steps.row(s, known, now) for s in shown], after)


async def _credit(rows: Rows, ask: Ask) -> Report:
    assert ask.organisation is not None
    async with rows() as db:
        lens = ask.lens
        known = await names.names(db, lens)
        made = await credit.contribution_events(db, lens, ask.organisation)
        thanked = await credit.credit_events(db, lens, ask.organisation)
        withheld = await credit.hidden_credit(db, lens, ask.organisation)
        head = await _head(db, ask, "credit-statement", withheld)
        outside = await _outside(db, ask)
    of = {"form": ask.form, "organisation": known.of(ask.organisation)}
    statement = credit_statement.statement(
        ask.organisation,
        credit_statement.contributions(made),
        credit_statement.credits_of(thanked),
    )
    if ask.form != "partners":
        lines = credit_forms.rows(ask.form, statement, outside, known)
        shown, following = _part(lines, ask)
        said = []
        if ask.summary:
            said = credit_forms.summary(ask.form, statement, outside.told, known)
        return Report(head | of, said, shown, following)
    keys = [str(line.fact.id) for line in statement.lines]
    start = keys.index(ask.after) + 1 if ask.after in keys else 0
    own = statement.lines[start : start + ask.limit]
    summary = credit_statement.summary(statement, known) if ask.summary else []
    after = str(own[-1].fact.id) if start + ask.limit < len(keys) else None
    return Report(head | of, summary, [credit_statement.row(line, known) for line in own], after)


async def _outside(db: Connection, ask: Ask) -> credit_forms.Outside:
    """Return what the forms for funders and the press are made of, beside contributions."""
    if ask.form == "partners":
        return credit_forms.Outside(claims_and_disputes.Told())
    found = claims_and_disputes.gather(await told.told_events(db, ask.lens))
    matters = await told.matters(db, ask.lens, found)
    came = impact.gather(await came_of_it.happenings(db, ask.lens))
    if ask.form == "funders":
        return credit_forms.Outside(found, matters, impact=came)
    return credit_forms.Outside(
        found,
        matters,
        await statements.statements(db, ask.lens),
        came,
        await came_of_it.given(db, ask.lens),
        await issues.messengers(db, ask.lens, "public"),
    )


async def _told(rows: Rows, ask: Ask) -> Report:
    async with rows() as db:
        lens = ask.lens
        known = await names.names(db, lens)
        found = claims_and_disputes.gather(await told.told_events(db, lens))
        given = await told.given(db, lens, found)
        withheld = await told.hidden_told(db, lens)
        head = await _head(db, ask, "claims-and-disputes", withheld, given.now if given else None)
    if given is None:
        return Report(head, [], [])
    shown, after = _part(claims_and_disputes.rows(found, given, known), ask)
    summary = claims_and_disputes.summary(found, given) if ask.summary else []
    if hidden := count_suppressed(summary):
        head["withheld"] |= {"suppressed": hidden}
    return Report(head, summary, shown, after)


async def _impact(rows: Rows, ask: Ask) -> Report:
    async with rows() as db:
        lens = ask.lens
        known = await names.names(db, lens)
        found = impact.gather(await came_of_it.happenings(db, lens))
        given = await came_of_it.given(db, lens)
        withheld = await came_of_it.hidden(db, lens)
        head = await _head(db, ask, "impact", withheld, given.now if given else None)
    if given is None:
        return Report(head, [], [])
    written = impact.rows(found, given, known)
    shown, after = _part(written, ask)
    summary = impact.summary(found, given) if ask.summary else []
    return Report(head, summary, shown, after, drawn=written)


Read = Callable[[Connection, Lens, Frame], Awaitable[Told]]
NOTHING = Told((), (), 0)


def _windowed(name: str, read: Read, *, grouped: bool = True) -> Make:
    """Return what makes a report of a window; a page begins at a row's number.

    Args:
        grouped: Whether it shows what enough contributed to.
    """

    async def make(rows: Rows, ask: Ask) -> Report:
        async with rows() as db:
            frame = await windows.frame(db, ask.lens, ask.search)
            told = await read(db, ask.lens, frame) if frame else NOTHING
            head = await _head(db, ask, name, told.hidden, frame.now if frame else None)
        if frame:
            covered = {"from": frame.window.begins, "to": frame.window.ends}
            head |= {"n": told.n, "window": covered}
            head |= {"min_group": frame.boundary.min_group} if grouped else {}
        if hidden := count_suppressed([*told.summary, *told.rows]):
            head["withheld"] |= {"suppressed": hidden}
        start = int(ask.after) if str(ask.after).isdecimal() else 0
        end = start + ask.limit
        after = str(end) if end < len(told.rows) else None
        summary = told.summary if ask.summary else ()
        return Report(head, summary, told.rows[start:end], after, drawn=told.rows)

    return make


async def _common_ground(rows: Rows, ask: Ask) -> Report:
    async with rows() as db:
        lens = ask.lens
        now, seen = await _window(db, ask)
        withheld = await hidden_from_ground(db, lens)
        head = await _head(db, ask, "common-ground", withheld, now, seen)
    written = await sheet(rows, lens, seen, ask.among)
    start = _start(ask)
    end = start + ask.limit
    shown = await asyncio.to_thread(written.rows, start, end)
    summary = await asyncio.to_thread(lambda: written.summary) if ask.summary else []
    return Report(head, summary, shown, str(end) if end < len(written.lines) else None)


async def _gaps(rows: Rows, ask: Ask) -> Report:
    async with rows() as db:
        lens = ask.lens
        known, (now, seen) = await names.names(db, lens), await _window(db, ask)
        tables = await constituencies.tables(db, lens)
        found = await record(db, lens, seen, tables, known)
        withheld = await hidden_from_record(db, lens) + await register.hidden(db, lens)
        head = await _head(db, ask, "representation-gaps", withheld, now, seen)
    lines = found.rows()
    if ask.audience == "members":  # ties and positions are for members
        written = await sheet(rows, lens, seen)
        lines += [
            representation_gaps.introduction(common_ground.pair(each, written))
            for each in written.unlikely.first[: representation_gaps.INTRODUCED]
        ]
    shown, after = _part(lines, ask)
    return Report(head, found.summary() if ask.summary else [], shown, after)


async def _policies(rows: Rows, ask: Ask) -> Report:
    async with rows() as db:
        lens = ask.lens
        known = await names.names(db, lens)
        found = shared_policies.policies(await policies.policy_events(db, lens))
        withheld = await policies.hidden_policy_events(db, lens)
        head = await _head(db, ask, "shared-policies", withheld)
    shown, after = _part(shared_policies.lines(found, known), ask)
    summary = shared_policies.summary(found, known) if ask.summary else []
    written = [shared_policies.row(policy, cell, known) for policy, cell in shown]
    return Report(head, summary, written, after)


async def _mandate(rows: Rows, ask: Ask) -> Report:
    async with rows() as db:
        lens = ask.lens
        now = await events.newest(db, lens)
        members = await names.members(db, lens)
        known = mandate.Known(
            today=(now or NOTHING_YET).date(),
            names=await names.names(db, lens),
            active=frozenset(org for org, member in members.items() if member.active),
            lines=await mandates.line_events(db, lens),
            fronts=await mandates.front_events(db, lens),
            steps=open_next_steps.fold(await steps.step_events(db, lens)),
        )
        withheld = known.withheld + await mandates.hidden_front_events(db, lens)
        head = await _head(db, ask, "mandate", withheld, now)
    shown, after = _part(known.rows(), ask)
    return Report(head, known.summary() if ask.summary else [], shown, after)


async def _window(db: Connection, ask: Ask) -> tuple[datetime | None, Window]:
    """Return when the newest event was recorded, and the window that follows from it."""
    now = await events.newest(db, ask.lens)
    begins, ends = ask.search.begins, ask.search.ends
    return now, await sittings.window_of(db, ask.lens, now or NOTHING_YET, begins, ends)


NOTHING_YET = datetime(1970, 1, 1, tzinfo=UTC)
_Any = TypeVar("_Any")


def _part(lines: Sequence[_Any], ask: Ask) -> tuple[Sequence[_Any], str | None]:
    """Return the lines of a page, and after how many lines the next one begins."""
    start = _start(ask)
    end = start + ask.limit
    return lines[start:end], str(end) if end < len(lines) else None


def _start(ask: Ask) -> int:
    return int(ask.after) if isinstance(ask.after, str) and ask.after.isdecimal() else 0


async def _head(
    db: Connection,
    ask: Ask,
    name: str,
    withheld: int,
    now: datetime | None = None,
    seen: Window | None = None,
) -> dict[str, Any]:
    kind = REPORTS[name]
    members = await names.members(db, ask.lens)
    reasons: dict[Reason, int] = {"audience": withheld}
    return Head(
        coalition=str(ask.lens.coalition),
        report=kind.number,
        name=name,
        as_of=ask.lens.as_of,
        as_of_time=now or await events.newest(db, ask.lens),
        audience=ask.audience,
        n=sum(member.active for member in members.values()),
        withheld=reasons,
        window=(seen.begins, seen.ends) if seen else (ask.search.begins, ask.search.ends),
        boundary_version=(await boundary(db, ask.lens)).version,
    ).written()


WHOLE = 1_000_000
REPORTS: dict[str, Kind] = {
    "decision-register": Kind(
        "R1", "Decision register", "public", _register, searches=True, proved=True
    ),
    "who-decided-what": Kind("R2", "Who decided what", "members", _stances, windowed=True),
    "participation": Kind(
        "R3",
        "Participation and voice balance",
        "members",
        _windowed("participation", windowed.participation, grouped=False),
        windowed=True,
        at_once=WHOLE,
    ),
    "common-ground": Kind(
        "R4", "Common ground", "members", _common_ground, windowed=True, at_once=WHOLE
    ),
    "representation-gaps": Kind(
        "R5", "Representation gaps", "public", _gaps, windowed=True, at_once=WHOLE
    ),
    "open-next-steps": Kind("R6", "Open next steps by owner", "members", _steps),
    "credit-statement": Kind(
        "R7", "Credit statement", "public", _credit, of_organisation=True, taken_back=("public",)
    ),
    "claims-and-disputes": Kind("R8", "Claims and disputes", "members", _told, at_once=WHOLE),
    "impact": Kind("R9", "Impact", "public", _impact, at_once=WHOLE, taken_back=None),
    "relationship-health": Kind(
        "R10",
        "Trust and relationship health",
        "members",
        _windowed("relationship-health", windowed.health),
        windowed=True,
    ),
    "stage-timeline": Kind(
        "R11",
        "Stage timeline",
        "members",
        _windowed("stage-timeline", windowed.timeline),
        windowed=True,
    ),
    "mandate": Kind("R14", "Mandate and front line", "members", _mandate, at_once=WHOLE),
    "communications": Kind(
        "R15",
        "Communications",
        "members",
        _windowed("communications", windowed.communication, grouped=False),
        windowed=True,
        at_once=WHOLE,
    ),
    "retention-and-growth": Kind(
        "R16",
        "Retention, growth, mentoring",
        "members",
        _windowed("retention-and-growth", windowed.staying),
        windowed=True,
    ),
    "shared-policies": Kind("R17", "Shared-policy adoption", "members", _policies, at_once=WHOLE),
}


async def whole(rows: Rows, kind: Kind, ask: Ask, most: int) -> Report:
    """Return a report with the rows of its first pages in one, `most` of them or a few more."""
    made = await kind.make(rows, replace(ask, limit=kind.at_once))
    found = [*made.rows]
    while made.after is not None and len(found) < most:
        ask = replace(ask, after=made.after, limit=kind.at_once, summary=False)
        made = replace(await kind.make(rows, ask), head=made.head, summary=made.summary)
        found += made.rows
    return replace(made, rows=found)


async def every_page(rows: Rows, kind: Kind, ask: Ask) -> AsyncIterator[Report]:
    """Yield a report a page at a time, each read in a transaction of its own."""
    ask = replace(ask, limit=kind.at_once, summary=False)
    while True:
        report = await kind.make(rows, ask)
        yield report
        if report.after is None:
            return
        ask = replace(ask, after=report.after)
