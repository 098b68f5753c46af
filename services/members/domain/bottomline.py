"""What one organisation accepts for the coalition's terms, and the compromises it agreed to.

A bottom line holds until the day it names; declared again, it is revised from then on, and what
was decided before stays. The values of a sealed one are for its owner alone. A compromise stands
in the stream of each party: the first names parties, terms and day, and it is in force once all
of them have agreed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Annotated, NewType, assert_never
from uuid import UUID

from immutables import Map
from pydantic import Field

from services.members.domain.ids import OrgId, TermId
from services.members.domain.membership import Itself
from services.members.domain.standing import as_agreed, speak_for_it
from shared.decider import Decider, Refused
from shared.event import LARGEST, Code, Command, Context, Day, Event, Restricted, Value

CompromiseId = NewType("CompromiseId", UUID)
Number = Annotated[int, Field(ge=-LARGEST, le=LARGEST)]
TWO = 2  # parties at least


class Range(Value):
    """Every number from `min` to `max`."""

    min: Number
    max: Number


Acceptable = Annotated[tuple[Code, ...], Field(max_length=500)] | Range


@dataclass(frozen=True)
class Term:
    """What can be said about a term: one of some choices, or a number within bounds."""

    choices: frozenset[str] | None = None
    min: int | None = None
    max: int | None = None
    unit: str | None = None

    def fits(self, accepted: Acceptable) -> bool:
        """Whether each accepted value can be said about this term."""
        if isinstance(accepted, Range):
            low = self.min is None or self.min <= accepted.min
            return self.choices is None and low and (self.max is None or accepted.max <= self.max)
        return self.choices is not None and self.choices.issuperset(accepted)


@dataclass(frozen=True)
class Terms:
    """The terms that the coalition has defined, as they are now."""

    defined: Map[TermId, Term] = field(default_factory=Map)


class DeclareBottomLine(Command):
    """`valid_until` is the last day on which it counts."""

    term: TermId
    acceptable: Acceptable
    sealed: bool
    valid_until: Day


class AgreeCompromise(Command):
    """The first party names all parties, terms and day; each other agrees with none of them."""

    compromise: CompromiseId
    parties: Annotated[tuple[OrgId, ...], Field(max_length=500)] | None = None
    terms: Annotated[dict[TermId, Acceptable], Field(max_length=500)] | None = None
    valid_until: Day | None = None


class BottomLineDeclared(Event):
    """An organisation says what it accepts for a term, and until when."""

    term: TermId
    acceptable: Restricted[Acceptable]
    sealed: bool
    valid_until: date


class CompromiseAgreed(Event):
    """A party to a compromise agrees; the first to do so brings parties, terms and day."""

    compromise: CompromiseId
    parties: tuple[OrgId, ...] | None = None
    terms: Restricted[dict[TermId, Acceptable]] | None = None
    valid_until: date | None = None


BottomLineCommand = DeclareBottomLine | AgreeCompromise
BottomLineEvent = BottomLineDeclared | CompromiseAgreed


@dataclass(frozen=True)
class Compromise:
    parties: frozenset[OrgId]
    terms: Mapping[TermId, Acceptable]
    valid_until: date


@dataclass(frozen=True)
class Deal:
    """What was named of the compromise already, and whether all parties named are members."""

    named: Compromise | None
    members: bool


@dataclass(frozen=True)
class Line:
    acceptable: Acceptable
    sealed: bool
    valid_until: date


@dataclass(frozen=True)
class Stand:
    lines: Map[TermId, Line] = field(default_factory=Map)
    compromises: Map[CompromiseId, None] = field(default_factory=Map)


Compromises = Map[CompromiseId, Compromise]
NO_COMPROMISES: Compromises = Map()


def named(compromises: Compromises, event: CompromiseAgreed) -> Compromises:
    """Return what first parties have named, in any stream, after `event`."""
    if event.parties is None or event.terms is None or event.valid_until is None:
        return compromises
    first = Compromise(frozenset(event.parties), event.terms, event.valid_until)
    return compromises.set(event.compromise, first)


def decide(command: BottomLineCommand, stand: Stand, context: Context) -> list[BottomLineEvent]:
    """Return what happens if `command` is accepted; an empty list means nothing needs to.

    Raises:
        Refused: a rule forbids it.
    """
    speak_for_it(context)
    match command:
        case DeclareBottomLine():
            return _declare(command, stand, context)
        case AgreeCompromise():
            return _agree(command, stand, context)
        case _:
            assert_never(command)


def evolve(stand: Stand, event: BottomLineEvent) -> Stand:
    """Return where the organisation stands after `event`."""
    match event:
        case BottomLineDeclared():
            line = Line(event.acceptable, event.sealed, event.valid_until)
            return replace(stand, lines=stand.lines.set(event.term, line))
        case CompromiseAgreed():
            return replace(stand, compromises=stand.compromises.set(event.compromise, None))
        case _:
            assert_never(event)


def _declare(command: DeclareBottomLine, stand: Stand, context: Context) -> list[BottomLineEvent]:
    acceptable = _in_order(command.acceptable)
    before = stand.lines.get(command.term)
    if before == Line(acceptable, command.sealed, command.valid_until):
        return []
    _must_fit(command.term, acceptable, context)
    _must_last(command.valid_until, context)
    declared = BottomLineDeclared(
        term=command.term,
        acceptable=acceptable,
        sealed=command.sealed,
        valid_until=command.valid_until,
    )
    org = context.fact(Itself).org
    if command.sealed:
        return [declared.seen_by(f"org:{org}", within="dyad")]
    return [as_agreed(declared, "bottom_line", [org], context)]


def _agree(command: AgreeCompromise, stand: Stand, context: Context) -> list[BottomLineEvent]:
    deal = context.fact(Deal)
    if deal.named is None:
        return [_first(command, deal, context)]
    if context.fact(Itself).org not in deal.named.parties:
        raise Refused("not_a_party", "This compromise is between others.")
    parties = None if command.parties is None else frozenset(command.parties)
    asked = parties, _each_in_order(command.terms), command.valid_until
    stands = deal.named.parties, deal.named.terms, deal.named.valid_until
    if any(one not in (None, other) for one, other in zip(asked, stands, strict=True)):
        raise Refused("terms_stand", "This compromise has other terms: agree to them or to none.")
    if command.compromise in stand.compromises:
        return []
    _must_last(deal.named.valid_until, context)
    return [CompromiseAgreed(compromise=command.compromise)]


def _first(command: AgreeCompromise, deal: Deal, context: Context) -> CompromiseAgreed:
    parties = frozenset(command.parties or ())
    terms = _each_in_order(command.terms)
    if len(parties) < TWO or not terms or command.valid_until is None:
        raise Refused("terms_missing", "Name two parties or more, the terms, and the last day.")
    if context.fact(Itself).org not in parties:
        raise Refused("not_a_party", "Name your own organisation among the parties.")
    if not deal.members:
        raise Refused("not_a_member", "Only members can be named here.")
    for term, acceptable in terms.items():
        _must_fit(term, acceptable, context)
    _must_last(command.valid_until, context)
    return CompromiseAgreed(
        compromise=command.compromise,
        parties=tuple(sorted(parties)),
        terms=terms,
        valid_until=command.valid_until,
    )


def _each_in_order(terms: Mapping[TermId, Acceptable] | None) -> dict[TermId, Acceptable] | None:
    if terms is None:
        return None
    return {term: _in_order(terms[term]) for term in sorted(terms)}


def _in_order(acceptable: Acceptable) -> Acceptable:
    """Return the choices in order and without repetition; refuse to accept nothing."""
    if isinstance(acceptable, Range):
        empty = acceptable.max < acceptable.min
    else:
        empty, acceptable = not acceptable, tuple(sorted(set(acceptable)))
    if empty:
        raise Refused("nothing_acceptable", "Name at least one value that is acceptable.")
    return acceptable


def _must_fit(term: TermId, acceptable: Acceptable, context: Context) -> None:
    """Refuse what does not fit a defined term (M13)."""
    defined = context.fact(Terms).defined.get(term)
    if defined is None:
        raise Refused("unknown_term", "The coalition has not defined this term.")
    if not defined.fits(acceptable):
        raise Refused("unknown_term", "The term is defined otherwise: name values that it has.")


def _must_last(until: date, context: Context) -> None:
    if until <= context.at.date():
        raise Refused("already_over", "The last day of this must be in the future.")


decider: Decider[BottomLineCommand, Stand, BottomLineEvent] = Decider(
    "bottomline", BottomLineEvent, Stand(), decide, evolve
)
