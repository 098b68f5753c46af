"""R7, the credit statement of one organisation, for its partners: from confirmed facts only.

What an organisation records of itself is claimed until another confirms it; what another records
is confirmed (K1). Who declined to be named counts as undisclosed (K2). There is no sum of credit
and no rank (K6).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from services.transparency.domain.refs import Cited, cite
from services.transparency.domain.report import figure
from services.transparency.domain.said import Names, Said
from shared.event import timestamp

PARTS = ("contribution", "received", "given", "claimed")
DEGREES = ("lead", "equal", "supporting")


@dataclass(frozen=True)
class ContributionEvent:
    cited: Cited
    type: str
    contribution: UUID
    at: datetime
    by: UUID | None
    of: UUID | None = None
    role: str | None = None
    degree: str | None = None
    about: tuple[str, ...] = ()
    what: Said = None


@dataclass(frozen=True)
class CreditEvent:
    cited: Cited
    type: str
    win: UUID
    credit: UUID
    at: datetime
    by: UUID | None
    to: UUID | None = None
    external: Said = None
    role: str | None = None
    degree: str | None = None
    basis: str | None = None
    contributions: tuple[UUID, ...] = ()


@dataclass(frozen=True)
class Contribution:
    id: UUID
    at: datetime
    of: UUID
    role: str
    degree: str
    recorded_by: UUID | None
    about: tuple[str, ...]
    what: Said
    confirmed_by: tuple[UUID, ...] = ()
    declined: bool = False
    events: tuple[Cited, ...] = ()

    @property
    def confirmed(self) -> bool:
        return bool(self.confirmed_by) or self.recorded_by not in {None, self.of}


@dataclass(frozen=True)
class Credit:
    id: UUID
    at: datetime
    win: UUID
    by: UUID | None
    to: UUID | None
    external: Said
    role: str
    degree: str
    basis: str
    state: str = "assigned"
    events: tuple[Cited, ...] = ()


def contributions(events: Iterable[ContributionEvent]) -> dict[UUID, Contribution]:
    """Return every contribution as its events left it."""
    found: dict[UUID, Contribution] = {}
    for event in events:
        if event.type == "ContributionRecorded":
            assert event.of is not None
            found[event.contribution] = Contribution(
                id=event.contribution,
                at=event.at,
                of=event.of,
                role=event.role or "",
                degree=event.degree or "",
                recorded_by=event.by,
                about=event.about,
                what=event.what,
                events=(event.cited,),
            )
        elif (before := found.get(event.contribution)) is not None:
            after = replace(before, events=(*before.events, event.cited))
            if event.type == "ContributionConfirmed" and event.by is not None:
                after = replace(after, confirmed_by=(*before.confirmed_by, event.by))
            elif event.type == "ContributionDeclined":
                after = replace(after, declined=True)
            found[event.contribution] = after
    return found


def credits_of(events: Iterable[CreditEvent]) -> dict[UUID, Credit]:
    """Return every credit as its events left it."""
    found: dict[UUID, Credit] = {}
    for event in events:
        if event.type == "CreditAssigned":
            found[event.credit] = Credit(
                id=event.credit,
                at=event.at,
                win=event.win,
                by=event.by,
                to=event.to,
                external=event.external,
                role=event.role or "",
                degree=event.degree or "",
                basis=event.basis or "",
                events=(event.cited,),
            )
        elif (before := found.get(event.credit)) is not None:
            after = replace(before, events=(*before.events, event.cited))
            if event.type == "CreditAccepted":
                after = replace(after, state="accepted")
            elif event.type == "CreditWaived":
                after = replace(after, state="waived")
            elif event.type == "CreditCorrected":
                role, degree = event.role or before.role, event.degree or before.degree
                after = replace(after, role=role, degree=degree)
            found[event.credit] = after
    return found


@dataclass(frozen=True)
class Line:
    """A row of the statement: which part of it, and the fact."""

    part: str
    fact: Contribution | Credit

    @property
    def key(self) -> tuple[int, str, int, datetime, UUID]:
        degree = DEGREES.index(self.fact.degree) if self.fact.degree in DEGREES else len(DEGREES)
        return PARTS.index(self.part), self.fact.role, degree, self.fact.at, self.fact.id


@dataclass(frozen=True)
class Statement:
    """What an organisation did and was thanked for.

    Args:
        lines: By part, role, degree and time. Claimed contributions stand apart, last.
        undisclosed: What is not named because who it names declined.
        co_contributors: Organisations with confirmed contributions to the same things.
    """

    organisation: UUID
    lines: Sequence[Line]
    undisclosed: Sequence[Contribution | Credit]
    co_contributors: Mapping[UUID, Sequence[Cited]]


def statement(
    organisation: UUID, made: Mapping[UUID, Contribution], thanked: Mapping[UUID, Credit]
) -> Statement:
    """Return the statement of `organisation`."""
    own = [each for each in made.values() if each.of == organisation]
    received = [each for each in thanked.values() if each.to == organisation]
    given = [
        each for each in thanked.values() if each.by == organisation and each.to != organisation
    ]
    lines = [
        Line("contribution" if each.confirmed else "claimed", each)
        for each in own
        if not each.declined
    ]
    lines += [Line("received", each) for each in received if each.state != "waived"]
    lines += [Line("given", each) for each in given]
    declined: list[Contribution | Credit] = [each for each in own if each.declined]
    declined += [each for each in (*received, *given) if each.state == "waived"]
    return Statement(
        organisation,
        sorted(lines, key=lambda line: line.key),
        declined,
        _together(organisation, own, made.values()),
    )


def _together(
    organisation: UUID, own: Iterable[Contribution], made: Iterable[Contribution]
) -> dict[UUID, list[Cited]]:
    things = {ref for each in own if each.confirmed and not each.declined for ref in each.about}
    found: dict[UUID, list[Cited]] = {}
    for each in made:
        shared = each.confirmed and not each.declined and not things.isdisjoint(each.about)
        if shared and each.of != organisation:
            found.setdefault(each.of, []).extend(each.events)
    return found


def row(line: Line, names: Names) -> dict[str, Any]:
    """Return a line of the statement."""
    fact = line.fact
    written: dict[str, Any] = {
        "part": line.part,
        "id": str(fact.id),
        "role": fact.role,
        "degree": fact.degree,
        "at": timestamp(fact.at),
        **cite(fact.events),
    }
    if isinstance(fact, Contribution):
        return written | {
            "what": fact.what,
            "about": list(fact.about),
            "recorded_by": names.of(fact.recorded_by),
            "confirmed_by": [names.of(org) for org in names.ordered(fact.confirmed_by)],
            "state": "confirmed" if fact.confirmed else "claimed",
        }
    undisclosed = fact.state == "waived"
    return written | {
        "win": names.of(fact.win),
        "from": names.of(fact.by),
        "to": {"withheld": "undisclosed"} if undisclosed else names.of(fact.to),
        "external": None if undisclosed else fact.external,
        "basis": fact.basis,
        "state": fact.state,
    }


def summary(statement: Statement, names: Names) -> list[dict[str, Any]]:
    """Return how often by part, role and degree; with whom; and what is not named."""
    grouped: dict[tuple[str, str, str], list[Line]] = {}
    for line in statement.lines:
        grouped.setdefault((line.part, line.fact.role, line.fact.degree), []).append(line)
    figures = [
        figure(part, len(lines), _events(lines), role=role, degree=degree)
        for (part, role, degree), lines in grouped.items()
    ]
    figures += [
        figure("co_contributor", 1, statement.co_contributors[org], organisation=names.of(org))
        for org in names.ordered(statement.co_contributors)
    ]
    declined = [cited for fact in statement.undisclosed for cited in fact.events]
    return [*figures, figure("undisclosed", len(statement.undisclosed), declined)]


def _events(lines: Iterable[Line]) -> list[Cited]:
    return [cited for line in lines for cited in line.fact.events]
