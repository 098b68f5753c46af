"""R14, mandate and front line: what members accept for each term, and what was settled by it.

A line counts until its last day, a compromise once all its parties agreed. That a line is there,
and until when, every member may know; what a sealed one says, only its owner. A decision at the
front line keeps the verdict of its instant.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from services.transparency.domain.open_next_steps import Step
from services.transparency.domain.refs import Cited, cite, cite_unseen
from services.transparency.domain.report import figure
from services.transparency.domain.said import Names
from shared.event import timestamp

SOON = timedelta(days=30)
STATES = ("declared", "sealed", "none")


class LineEvent(NamedTuple):
    """A term that was defined, a line that was declared, or a compromise that a party agreed to.

    Args:
        seen: Whether the reader may see the event; `says` is what is accepted, or why it is not
            shown.
        parties: Of a compromise, as its first party named them, with what it says of each term.
    """

    cited: Cited
    type: str
    at: datetime
    org: UUID | None = None
    term: UUID | None = None
    says: Any = None
    sealed: bool = False
    until: date | None = None
    compromise: UUID | None = None
    parties: tuple[UUID, ...] = ()
    terms: Any = None
    seen: bool = True


class FrontEvent(NamedTuple):
    """Something that happened to a matter at the front line.

    Args:
        crosses: Whom the values cross; of a check.
        values: The values of a check, in one way of writing them.
        report: The step by which its organisation reports back; of a decision.
    """

    cited: Cited
    type: str
    front: UUID
    at: datetime
    by: UUID | None
    crosses: tuple[UUID, ...] = ()
    values: str | None = None
    decision: UUID | None = None
    verdict: str | None = None
    outside: bool = False
    report: UUID | None = None
    result: str | None = None


@dataclass
class Deal:
    """A compromise; it is in force while all its parties have agreed and its day has not gone."""

    first: LineEvent
    agreed: set[UUID] = field(default_factory=set)
    events: list[Cited] = field(default_factory=list)

    def in_force(self, day: date) -> bool:
        until = self.first.until
        return until is not None and day <= until and self.agreed.issuperset(self.first.parties)


@dataclass
class Front:
    """A matter at the front line, as its events left it."""

    events: list[Cited] = field(default_factory=list)
    crosses: tuple[UUID, ...] = ()
    values: str | None = None
    consents: list[UUID] = field(default_factory=list)
    made: FrontEvent | None = None
    review: FrontEvent | None = None

    @property
    def agreed(self) -> set[UUID]:
        """Those whom the values cross and who consented."""
        return {org for org in self.consents if org in self.crosses}

    def take(self, event: FrontEvent) -> None:
        self.events.append(event.cited)
        if event.type == "MandateChecked":
            if event.values != self.values:
                self.consents = []
            self.crosses, self.values = event.crosses, event.values
        elif event.type == "FrontLineConsentGiven" and event.by is not None:
            self.consents.append(event.by)
        elif event.type == "FrontLineDecisionMade":
            self.made = event
        elif event.type == "FrontLineDecisionReviewed":
            self.review = event


def stand(events: Iterable[FrontEvent]) -> dict[UUID, Front]:
    """Return each matter as its events left it, in the order in which they began."""
    found: dict[UUID, Front] = {}
    for event in events:
        found.setdefault(event.front, Front()).take(event)
    return found


@dataclass(frozen=True)
class Known:
    """What the report is made from.

    Args:
        today: The day of the newest event included.
        active: The members whose lines count.
        steps: All next steps, by id.
    """

    today: date
    names: Names
    active: frozenset[UUID]
    lines: Sequence[LineEvent]
    fronts: Sequence[FrontEvent]
    steps: Mapping[UUID, Step]

    def rows(self) -> list[dict[str, Any]]:
        """Return decisions, compromises in force, checks, and last, as many, terms by members."""
        return [*self._decisions(), *self._compromises(), *self._checks(), *self.cells()]

    def cells(self) -> list[dict[str, Any]]:
        """Return what each active member accepts for each term: these as they were defined."""
        newest = {
            (event.term, event.org): event
            for event in self.lines
            if event.type == "BottomLineDeclared"
        }
        defined = {event.term: event.cited for event in self.lines if event.type == "TermDefined"}
        orgs = self.names.ordered(self.active)
        return [
            self._cell(term, cited, org, newest.get((term, org)))
            for term, cited in defined.items()
            for org in orgs
        ]

    def _cell(
        self, term: UUID | None, defined: Cited, org: UUID, line: LineEvent | None
    ) -> dict[str, Any]:
        until = line.until if line else None
        counts = until is not None and self.today <= until
        state = ("sealed" if line and line.sealed else "declared") if counts else "none"
        return {
            "part": "line",
            "term": self.names.of(term),
            "organisation": self.names.of(org),
            "state": state,
            "expiring": counts and until is not None and until <= self.today + SOON,
            "acceptable": line.says if line and counts else None,
            "valid_until": until.isoformat() if until else None,
            **_rests_on(line, defined),
        }

    def _compromises(self) -> Iterable[dict[str, Any]]:
        for deal in self._in_force():
            assert deal.first.until is not None
            yield {
                "part": "compromise",
                "compromise": str(deal.first.compromise),
                "parties": [self.names.of(org) for org in self.names.ordered(deal.first.parties)],
                "terms": [
                    {"term": self.names.of(UUID(term)), "acceptable": says}
                    for term, says in sorted((deal.first.terms or {}).items())
                ],
                "valid_until": deal.first.until.isoformat(),
                **cite(deal.events),
            }

    def _in_force(self) -> list[Deal]:
        found: dict[UUID, Deal] = {}
        for event in self.lines:
            if event.compromise is None or event.org is None:
                continue
            if event.compromise not in found and event.parties:
                found[event.compromise] = Deal(event)
            if event.compromise in found:
                found[event.compromise].agreed.add(event.org)
                found[event.compromise].events.append(event.cited)
        return [deal for deal in found.values() if deal.in_force(self.today)]

    def _decided(self) -> list[tuple[FrontEvent, Front]]:
        fronts = stand(self.fronts).values()
        decided = [(front.made, front) for front in fronts if front.made]
        return sorted(decided, key=lambda each: each[0].cited, reverse=True)

    def _decisions(self) -> Iterable[dict[str, Any]]:
        """Yield what was decided at the front line, the newest first."""
        names = self.names
        for made, front in self._decided():
            step, review = self.steps.get(made.report) if made.report else None, front.review
            yield {
                "part": "decision",
                "decision": names.of(made.decision),
                "organisation": names.of(made.by),
                "decided_at": timestamp(made.at),
                "verdict": made.verdict,
                "outside_mandate": made.outside,
                "crosses": [names.of(org) for org in names.ordered(front.crosses)],
                "consents": [names.of(org) for org in names.ordered(front.agreed)],
                "report_due": step.due.isoformat() if step and step.due else None,
                "reported_at": _done(step),
                "overdue": self._overdue(step),
                "review": review.result if review else None,
                "reviewed_at": timestamp(review.at) if review else None,
                **cite(sorted({*front.events, *(step.events if step else ())})),
            }

    def _overdue(self, step: Step | None) -> bool:
        return step is not None and step.open and step.due is not None and step.due < self.today

    def _checks(self) -> Iterable[dict[str, Any]]:
        """Yield how often each organisation checked: those that did, and all active ones."""
        made: dict[UUID, list[Cited]] = {}
        for event in self._checked():
            if event.by is not None:
                made.setdefault(event.by, []).append(event.cited)
        for org in self.names.ordered(self.active | made.keys()):
            checks = made.get(org, [])
            yield {
                "part": "checks",
                "organisation": self.names.of(org),
                "checks": len(checks),
                **cite(checks),
            }

    def _checked(self) -> list[FrontEvent]:
        return [event for event in self.fronts if event.type == "MandateChecked"]

    def summary(self) -> list[dict[str, Any]]:
        """Return how many cells are in which state, then compromises, decisions and checks."""
        cells, decided = self.cells(), self._decided()
        states = Counter(cell["state"] for cell in cells)
        lines = [event for event in self.lines if event.type == "BottomLineDeclared"]
        defined = [event.cited for event in self.lines if event.type == "TermDefined"]
        outside = [made.cited for made, _ in decided if made.outside]
        owed = [
            step
            for made, _ in decided
            if made.report and (step := self.steps.get(made.report)) and self._overdue(step)
        ]
        said = cite_unseen([event.cited for event in lines])
        expiring = sum(cell["expiring"] for cell in cells)
        return [
            figure("terms", len({each["term"]["id"] for each in cells}), defined),
            *({"figure": name, "value": states[name], **said} for name in STATES),
            {"figure": "expiring", "value": expiring, **said},
            figure(
                "compromises",
                len(self._in_force()),
                [cited for deal in self._in_force() for cited in deal.events],
            ),
            figure("front_line_decisions", len(decided), [made.cited for made, _ in decided]),
            figure("outside_mandate", len(outside), outside),
            figure("reports_overdue", len(owed), [cited for step in owed for cited in step.events]),
            figure("checks", len(self._checked()), [event.cited for event in self._checked()]),
        ]

    @property
    def withheld(self) -> int:
        """How many lines there are whose values this reader may not see."""
        return sum(
            isinstance(cell["acceptable"], Mapping) and "withheld" in cell["acceptable"]
            for cell in self.cells()
        )


def _rests_on(line: LineEvent | None, defined: Cited) -> dict[str, Any]:
    if line is None:
        return cite([defined])
    return cite([line.cited]) if line.seen else cite_unseen([line.cited])


def _done(step: Step | None) -> str | None:
    done = step.done_at if step and step.state == "completed" else None
    return timestamp(done) if done else None


def accepted(says: Any) -> str:
    """Return what is accepted in words: `0 to 30`, `hill, lane`, or why it is not shown."""
    if says is None:
        return ""
    if isinstance(says, Mapping):
        if "withheld" in says:
            return f"[{says['withheld']}]"
        return f"{says['min']} to {says['max']}"
    return ", ".join(says)
