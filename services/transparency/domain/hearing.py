"""Who was heard before a decision, and which decisions passed by the least well served (F11).

A constituency is present if an organisation of the electorate represented it when voting opened,
and consulted if that was recorded before the decision, or said in a review of its occasion.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from services.transparency.domain.refs import Cited, cite
from services.transparency.domain.said import Names, Said, withheld
from services.transparency.domain.table import Table, Tables
from shared.event import timestamp

NOT_CONSULTED = "nobody was consulted before"
NOT_OPENED = "voting was not opened"
NOBODY_NAMED = "no constituency was identified as least well served by then"
NOT_LISTED = "the electorate is known by its digest only"


class Consulted(NamedTuple):
    cited: Cited
    proposal: UUID
    constituency: UUID
    on: date
    at: datetime


class Reviewed(NamedTuple):
    """A review of who represents a constituency, on some occasion.

    `about` is the proposal or the meeting that the occasion belongs to.
    """

    cited: Cited
    constituency: UUID
    about: UUID | None
    consulted: bool
    at: datetime


class Decided(NamedTuple):
    """A decision with what it rests on; `electorate` is `None` where only its digest is known."""

    cited: Cited
    decision: UUID
    proposal: UUID
    meeting: UUID | None
    title: Said
    outcome: str
    at: datetime
    affected: tuple[UUID, ...] = ()
    drafted: Cited | None = None
    opened: Cited | None = None
    opened_at: datetime | None = None
    electorate: frozenset[UUID] | None = None


class Hidden(NamedTuple):
    """Of what this reader does not see all: no figure may rest on a part of it."""

    table: bool = False
    seats: bool = False
    attended: bool = False
    spoke: bool = False
    consulted: bool = False


def shown(value: Any, *, hidden: bool) -> Any:
    """Return the value, or what stands in its place (T3)."""
    return withheld("audience") if hidden else value


@dataclass(frozen=True)
class Voice:
    """Whether a constituency was present at a decision, and whether it was consulted before.

    Each is `None` where it is not known.
    """

    constituency: UUID
    present: bool | None
    consulted: bool | None
    events: frozenset[Cited] = frozenset()

    @property
    def heard(self) -> bool | None:
        """Whether either holds; `None` where that depends on what is not known."""
        if self.present or self.consulted:
            return True
        return None if None in (self.present, self.consulted) else False

    def written(self, names: Names, unknown: Callable[[str], Any]) -> dict[str, Any]:
        """Return it, with what stands in a cell that is not known."""
        cells = {"present": self.present, "consulted": self.consulted}
        cells = {name: unknown(name) if cell is None else cell for name, cell in cells.items()}
        return {"constituency": names.of(self.constituency), **cells}


def flag(least: Sequence[Voice]) -> bool | None:
    """Return whether none of the least well served was heard; `None` where that is not known."""
    if any(voice.heard for voice in least):
        return False
    if not least or any(voice.heard is None for voice in least):
        return None
    return True


@dataclass(frozen=True)
class Hearing:
    """What is known of who was heard."""

    tables: Tables
    consulted: Sequence[Consulted]
    reviewed: Sequence[Reviewed]
    hidden: Hidden
    names: Names

    def row(self, each: Decided) -> dict[str, Any]:
        """Return the line of a decision: who is affected, who was heard, how long before."""
        table = self.tables.at(each.opened_at or each.at)
        asked = [
            one
            for one in self.consulted
            if one.proposal == each.proposal and one.cited.position < each.cited.position
        ]
        affected = self._voices(self.names.ordered(each.affected), each, asked, table)
        least_well_served = [
            key for key, known in table.identified.items() if known.least_well_served
        ]
        least = self._voices(self.names.ordered(least_well_served), each, asked, table)
        flagged = flag(least)
        first = min((one.on for one in asked), default=None)
        lead = (each.opened_at.date() - first).days if first and each.opened_at else None
        hidden = self.hidden
        unseen = hidden.table or (flagged is None and hidden.consulted)
        reasons = {
            "lead_days": None if lead is not None else NOT_CONSULTED if not first else NOT_OPENED,
            "flagged": None if flagged is not None else NOT_LISTED if least else NOBODY_NAMED,
        }
        rests_on = {each.cited, each.drafted, each.opened, *(one.cited for one in asked)}
        rests_on |= {cited for voice in (*affected, *least) for cited in voice.events}
        return {
            "part": "decision",
            "decision": str(each.decision),
            "title": each.title,
            "at": timestamp(each.at),
            "outcome": each.outcome,
            "affected": [voice.written(self.names, self._unknown) for voice in affected],
            "unheard": [
                self.names.of(voice.constituency) for voice in affected if voice.heard is False
            ],
            "first_consulted": shown(first and first.isoformat(), hidden=hidden.consulted),
            "lead_days": shown(lead, hidden=hidden.consulted),
            "least_well_served": [voice.written(self.names, self._unknown) for voice in least],
            "flagged": shown(flagged, hidden=unseen),
            "reasons": {name: said for name, said in reasons.items() if said},
            **cite(sorted(cited for cited in rests_on if cited)),
        }

    def _voices(
        self, keys: Iterable[UUID], each: Decided, asked: Sequence[Consulted], table: Table
    ) -> list[Voice]:
        return [self._voice(key, each, asked, table) for key in keys]

    def _voice(self, key: UUID, each: Decided, asked: Iterable[Consulted], table: Table) -> Voice:
        on_record = [one.cited for one in asked if one.constituency == key]
        on_record += [
            one.cited
            for one in self.reviewed
            if one.constituency == key
            and one.consulted
            and one.about in {each.proposal, each.meeting} - {None}
        ]
        present = None
        if each.electorate is not None and not self.hidden.table:
            present = not table.groups.get(key, frozenset()).isdisjoint(each.electorate)
        consulted = bool(on_record) or (None if self.hidden.consulted else False)
        return Voice(key, present, consulted, frozenset({*on_record, *table.events_of(key)}))

    def _unknown(self, name: str) -> Any:
        out_of_sight = self.hidden.table if name == "present" else self.hidden.consulted
        return withheld("audience") if out_of_sight else None
