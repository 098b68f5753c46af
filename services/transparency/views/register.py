"""Which outcomes a reader asks for, a page at a time, and what their summary is made of."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import asyncpg

from services.transparency.domain.decision_register import Passed
from services.transparency.domain.refs import Cited
from services.transparency.domain.said import Said
from services.transparency.views import events
from services.transparency.views.cases import OUTCOME
from services.transparency.views.events import Lens
from shared.hot import Connection

_TITLE = (
    "exists (select from proposal p where p.coalition_id = d.coalition_id"
    " and p.proposal = d.proposal and p.audience && $3"
    " and coalesce(p.sealed->'title'->>0 = any($3), true)"
    " and strpos(lower(p.title->>'text'), {word}) > 0)"
)
VOTED = "d.type <> 'FrontLineDecisionMade'"
_SETTLED = (
    "d.type = 'FrontLineDecisionMade' and exists (select from name n"
    " where n.coalition_id = d.coalition_id and n.key = d.decision and n.audience && $3"
    " and coalesce(n.sealed->'name'->>0 = any($3), true)"
    " and strpos(lower(n.name->>'text'), {word}) > 0)"
)
_REASON = (
    "exists (select from stance s where s.coalition_id = d.coalition_id"
    " and s.proposal = d.proposal and s.position <= $2 and s.reason is not null"
    " and s.audience && $3 and coalesce(s.sealed->'reason'->>0 = any($3), true)"
    " and strpos(lower(s.reason->>'text'), {word}) > 0)"
)
_BODY = (
    "exists (select from proposal p where p.coalition_id = d.coalition_id"
    " and p.proposal = d.proposal and p.body = {body})"
)


class After(NamedTuple):
    """The last outcome of the page before."""

    at: datetime
    decision: UUID
    position: int


@dataclass(frozen=True)
class Search:
    """What a reader asks for. `words` stand in titles or reasons, in lower case.

    Args:
        organisation: One that dissented.
        begins: First day; `ends` is the last.
    """

    words: tuple[str, ...] = ()
    outcome: str | None = None
    body: UUID | None = None
    issue: UUID | None = None
    organisation: UUID | None = None
    dissent: bool = False
    begins: date | None = None
    ends: date | None = None


class _Where:
    """Conditions with their numbered arguments; $1 to $3 are coalition, position, audiences."""

    def __init__(self, lens: Lens) -> None:
        self.args: list[Any] = [lens.coalition, lens.meetings, lens.audiences]
        self.terms = ["d.coalition_id = $1", "d.position <= $2", "d.audience && $3"]

    def arg(self, value: Any) -> str:
        self.args.append(value)
        return f"${len(self.args)}"

    def add(self, term: str, **values: Any) -> None:
        self.terms.append(term.format(**{name: self.arg(value) for name, value in values.items()}))

    def __str__(self) -> str:
        return " and ".join(self.terms)


def _where(lens: Lens, search: Search) -> _Where:
    where = _Where(lens)
    for word in search.words:
        where.add(f"({_TITLE} or {_REASON} or {_SETTLED})", word=word)
    if search.outcome:
        where.add("d.outcome = {outcome}", outcome=search.outcome)
    if search.body:
        where.add(_BODY, body=search.body)
    if search.issue:
        where.add("d.issue = {issue}", issue=search.issue)
    if search.organisation:
        where.add("{organisation}::uuid = any(d.dissent)", organisation=search.organisation)
    if search.dissent:
        where.add("cardinality(d.dissent) > 0")
    if search.begins:
        where.add("d.at >= {begins}", begins=_midnight(search.begins))
    if search.ends:
        where.add("d.at < {ends}", ends=_midnight(search.ends + timedelta(days=1)))
    return where


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


async def page(
    db: Connection, lens: Lens, search: Search, after: After | None, limit: int,
    *, front_line: bool = False,
) -> list[asyncpg.Record]:  # fmt: skip
    """Return outcomes, newest first.

    Args:
        front_line: Also what was decided there, without a proposal and without a voting.
    """
    where = _where(lens, search)
    if not front_line:
        where.terms.append(VOTED)
    if after is not None:
        where.add(
            "d.at <= {at} and (d.at < {at} or (d.decision, d.position) > ({decision}, {position}))",
            at=after.at,
            decision=after.decision,
            position=after.position,
        )
    return await db.fetch(
        f"select {OUTCOME} from decision d where {where}"  # noqa: S608 - numbered arguments
        f" order by d.at desc, d.decision, d.position limit {where.arg(limit)}",
        *where.args,
    )


async def made_after(
    db: Connection, lens: Lens, search: Search, position: int, limit: int
) -> list[asyncpg.Record]:
    """Return decisions in the order they were made."""
    where = _where(lens, search)
    where.add("d.position > {position}", position=position)
    return await db.fetch(
        f"select {OUTCOME} from decision d where {where} and d.type = 'DecisionMade'"  # noqa: S608 - numbered arguments
        f" order by d.position limit {where.arg(limit)}",
        *where.args,
    )


async def hidden(db: Connection, lens: Lens, *, front_line: bool = False) -> int:
    """Return how many outcomes this reader may not see, whatever they search for."""
    found: int = await db.fetchval(
        "select count(*) from decision d where coalition_id = $1 and position <= $2"  # noqa: S608 - a constant
        f" and not audience && $3 and ($4 or {VOTED})",
        lens.coalition,
        lens.meetings,
        lens.audiences,
        front_line,
    )
    return found


async def passed(db: Connection, lens: Lens, search: Search) -> list[Passed]:
    """Return the decisions asked for, as the summary needs them."""
    where = _where(lens, search)
    rows = await db.fetch(
        "select d.position, d.at, d.decision, p.position as drafted,"  # noqa: S608 - numbered arguments
        " p.objective is not null as aims, m.position as published, m.at as published_at"
        " from decision d"
        " join proposal p on p.coalition_id = d.coalition_id and p.proposal = d.proposal"
        " left join lateral (select position, at from moment m"
        " where m.coalition_id = d.coalition_id and m.proposal = d.proposal"
        " and m.type = 'ProposalPublished' and m.audience && $3"
        " order by m.position limit 1) m on true"
        f" where {where} and d.type = 'DecisionMade' order by d.position",
        *where.args,
    )
    later = await db.fetch(
        "select data->>'decision' as decision, type, data->>'effect' as effect, position"
        " from moment where coalition_id = $1 and position <= $2 and audience && $3"
        " and type in ('DecisionReopened', 'DecisionSuperseded') order by position",
        lens.coalition,
        lens.meetings,
        lens.audiences,
    )
    positions = [row[name] for row in rows for name in ("position", "drafted", "published")]
    positions += [row["position"] for row in later]
    cited = await events.at_positions(db, lens, "meetings", [p for p in positions if p])
    return [
        Passed(
            decided=cited[row["position"]],
            decided_at=row["at"],
            drafted=cited[row["drafted"]],
            has_objective=row["aims"],
            published=cited.get(row["published"]),
            published_at=row["published_at"],
            reopened=_later(later, row["decision"], cited, "DecisionReopened", None),
            reversed=_later(later, row["decision"], cited, "DecisionSuperseded", "reversed"),
        )
        for row in rows
    ]


def _later(
    later: Sequence[asyncpg.Record],
    decision: UUID,
    cited: dict[int, Cited],
    kind: str,
    effect: str | None,
) -> tuple[Cited, ...]:
    return tuple(
        cited[row["position"]]
        for row in later
        if (row["type"], row["effect"], row["decision"]) == (kind, effect, str(decision))
    )


async def titles(
    db: Connection, lens: Lens, decisions: Collection[UUID | None]
) -> dict[UUID, Said]:
    """Return what the proposals of these decisions are called."""
    rows = await db.fetch(
        "select d.decision, p.title, p.audience, p.sealed from decision d"
        " join proposal p on p.coalition_id = d.coalition_id and p.proposal = d.proposal"
        " where d.coalition_id = $1 and d.position <= $2 and d.audience && $3"
        " and d.decision = any($4)",
        lens.coalition,
        lens.meetings,
        lens.audiences,
        [decision for decision in decisions if decision],
    )
    return {row["decision"]: lens.said(row, "title") for row in rows if lens.sees(row["audience"])}
