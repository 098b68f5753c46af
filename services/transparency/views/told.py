"""Rows of what was told of credit, of disputes about it, and of wins that were announced."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from uuid import UUID

import orjson

from services.transparency.domain import credit_statement, open_next_steps
from services.transparency.domain.claims_and_disputes import Given, Part, Told, ToldEvent
from services.transparency.domain.credit_statement import Contribution, CreditEvent
from services.transparency.domain.refs import Cited
from services.transparency.views import credit, steps
from services.transparency.views.events import (
    Lens,
    audience,
    cited_rows,
    citing,
    hidden_rows,
    jsonb,
    newest,
    sealing,
)
from shared.event import Recorded
from shared.hot import Connection
from shared.projection import Row, Rows, Table

TOLD = Table(
    "told_of_credit",
    ("coalition_id", "uuid"),
    ("position", "bigint"),
    ("key", "uuid"),
    ("type", "text"),
    ("at", "timestamptz"),
    ("by_org", "uuid"),
    ("words", "jsonb"),
    ("asked", "jsonb"),
    ("external", "jsonb"),
    ("plain", "jsonb"),
    ("audience", "text[]"),
    ("sealed", "jsonb"),
)
WORDS = {
    "CreditClaimed": "text",
    "AttributionStatementDrafted": "text",
    "CreditDisputed": "grounds",
    "CreditDisputeResolved": "wording",
    "ImpactMetricDefined": "name",
    "LatecomerWelcomed": "from",
    "WinDeclared": "title",
}
"""The field that holds the words of a type."""
ASKED = {"LatecomerWelcomed": "now", "ImpactMetricDefined": "source"}
"""The field that holds other words of a type, where it is not what somebody asks for."""
KINDS = (
    *WORDS,
    "ClaimReviewed",
    "ImpactMetricRecorded",
    "AttributionStatementApproved",
    "AttributionStatementReleased",
    "CreditDisputeMediated",
    "WinAnnounced",
)


def happened(seen: Recorded) -> Iterable[tuple[Table, Row]]:
    data, words = seen.data, WORDS.get(seen.type, "")
    asked = ASKED.get(seen.type, "requested")
    plain = {k: v for k, v in data.items() if k not in {words, asked, "external"}}
    yield (
        TOLD,
        (
            seen.coalition,
            seen.position,
            seen.key,
            seen.type,
            seen.at,
            seen.by,
            jsonb(data.get(words)),
            jsonb(data.get(asked)),
            jsonb(data.get("external")),
            jsonb(plain),
            audience(seen),
            sealing(seen, words=words, asked=asked, external="external"),
        ),
    )


ROWS: dict[str, Rows] = dict.fromkeys(KINDS, happened)


async def told_events(db: Connection, lens: Lens) -> list[ToldEvent]:
    """Return what was told of credit, in order; of conflicts those with what the reader may see."""
    rows = await cited_rows(db, lens, TOLD, "credit")
    plain = {row["position"]: orjson.loads(row["plain"]) for row in rows}
    against = [one["with"] for each in plain.values() for one in each.get("conflicts", ())]
    seen = await _seen(db, lens, against)
    for each in plain.values():
        if "conflicts" in each:
            each["conflicts"] = [one for one in each["conflicts"] if one["with"] in seen]
    return [
        ToldEvent(
            cited=citing("credit", row),
            key=row["key"],
            type=row["type"],
            at=row["at"],
            by=row["by_org"],
            words=lens.said(row, "words"),
            asked=lens.said(row, "asked"),
            external=lens.said(row, "external"),
            plain=plain[row["position"]],
        )
        for row in rows
    ]


async def _seen(db: Connection, lens: Lens, refs: Collection[str]) -> set[str]:
    """Return those of these events of credit that the reader may see."""
    if not refs:
        return set()
    rows = await db.fetch(
        "select position from told_of_credit where coalition_id = $1 and position = any($2)"
        " and audience && $3 union all"
        " select position from contribution where coalition_id = $1 and position = any($2)"
        " and audience && $3",
        *(lens.coalition, [int(ref.partition("/")[2]) for ref in refs], lens.audiences),
    )
    return {f"credit/{position}" for (position,) in rows}


async def hidden_told(db: Connection, lens: Lens) -> int:
    """Return how many of them this reader may not see."""
    return await hidden_rows(db, lens, TOLD, "credit")


async def matters(db: Connection, lens: Lens, told: Told) -> dict[UUID, set[str]]:
    """Return by win the events that a contribution to it is about: its own, and its decisions'."""
    decided = await _decided(db, lens)
    return {
        key: {
            win.declared.cited.ref,
            *(decided[one] for one in map(UUID, win.declared.plain["decisions"]) if one in decided),
        }
        for key, win in told.wins.items()
    }


async def given(db: Connection, lens: Lens, told: Told) -> Given | None:
    """Return who took part in each win, and who thanked whom; `None` before anything happened."""
    now = await newest(db, lens)
    if now is None:
        return None
    made = credit_statement.contributions(await credit.contribution_events(db, lens))
    thanks = await credit.credit_events(db, lens)
    about = await matters(db, lens, told)
    done = _done(await steps.step_events(db, lens))
    parts = {
        key: _part(key, about[key], win.declared.plain["decisions"], made.values(), thanks, done)
        for key, win in told.wins.items()
    }
    giving: dict[UUID, list[Cited]] = {}
    for event in thanks:
        if event.type == "CreditAssigned" and event.by is not None and event.by != event.to:
            giving.setdefault(event.by, []).append(event.cited)
    return Given(now, parts, giving, {key: deed.of for key, deed in made.items()})


async def _decided(db: Connection, lens: Lens) -> dict[UUID, str]:
    """Return the event that each decision was made in."""
    rows = await db.fetch(
        "select decision, position from decision where coalition_id = $1 and position <= $2"
        " order by position desc",
        *(lens.coalition, lens.meetings),
    )
    return {decision: f"meetings/{position}" for decision, position in rows}


def _done(events: Iterable[open_next_steps.StepEvent]) -> dict[UUID, dict[UUID, list[Cited]]]:
    """Return by decision and organisation the events of next steps that were completed."""
    found: dict[UUID, dict[UUID, list[Cited]]] = {}
    for step in open_next_steps.fold(events).values():
        if step.done_at is not None and step.decision is not None and step.owner is not None:
            found.setdefault(step.decision, {}).setdefault(step.owner, []).extend(step.events)
    return found


def _part(
    win: UUID, refs: Collection[str], decisions: Iterable[str], made: Iterable[Contribution],
    thanks: Sequence[CreditEvent], done: Mapping[UUID, Mapping[UUID, Sequence[Cited]]],
) -> Part:  # fmt: skip
    behind = [UUID(decision) for decision in decisions]
    own: dict[UUID, list[Cited]] = {}
    for decision in behind:
        for org, events in done.get(decision, {}).items():
            own.setdefault(org, []).extend(events)
    return Part(
        [deed for deed in made if deed.confirmed and not deed.declined and {*refs} & {*deed.about}],
        own,
        frozenset(
            event.to
            for event in thanks
            if event.type == "CreditAssigned" and event.win == win and event.to is not None
        ),
    )
