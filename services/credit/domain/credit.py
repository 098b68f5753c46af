"""Credit: an organisation thanks another one for its part in a win.

Credit is not rival: thanking one takes nothing from another. Nobody thanks itself. The lead of a
role is one organisation. Who is thanked accepts, or waives: then it is counted, and not named.
These rules are a part of the win; `win.py` asks them with the credits of its stream.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, Literal, assert_never
from uuid import UUID

from pydantic import Field

from services.credit.domain.contribution import Contribution
from services.credit.domain.ids import ContributionId, CreditId, DisputeId, OrgId
from services.credit.domain.roles import Degree, Role
from services.credit.domain.roll import Roll, recipient, speaker
from shared.decider import Refused
from shared.event import Command, Context, Event, Sealed, Text

Basis = Literal["evidence", "gratitude"]
Answer = Literal["accepted", "waived"]
Contributions = Annotated[tuple[ContributionId, ...], Field(max_length=100)]


@dataclass(frozen=True)
class Cited:
    """The contributions that a credit names, as they stand."""

    contributions: Mapping[ContributionId, Contribution] = field(default_factory=dict)


@dataclass(frozen=True)
class Contested:
    """What the dispute that a correction cites is about; nothing where there is none such."""

    credit: CreditId | None = None
    contributions: frozenset[UUID] = frozenset()


@dataclass(frozen=True)
class Office:
    """Whether the acting organisation speaks as chair."""

    chair: bool


class AssignCredit(Command):
    credit: CreditId
    to: OrgId | None = None
    external: Text | None = None
    role: Role
    degree: Degree
    basis: Basis
    contributions: Contributions = ()


class AcceptCredit(Command):
    credit: CreditId


class WaiveCredit(Command):
    credit: CreditId


class CorrectCredit(Command):
    credit: CreditId
    role: Role
    degree: Degree
    reason: Text
    dispute: DisputeId | None = None


class CreditAssigned(Event):
    """An organisation thanks another one, or somebody outside, for its part in a win."""

    by: OrgId
    credit: CreditId
    to: OrgId | None = None
    external: Sealed[Text] = Sealed()
    role: Role
    degree: Degree
    basis: Basis
    contributions: tuple[ContributionId, ...]


class CreditAccepted(Event):
    """The organisation that is thanked takes the credit."""

    credit: CreditId


class CreditWaived(Event):
    """The organisation that is thanked does not want the credit."""

    credit: CreditId


class CreditCorrected(Event):
    """Role and degree of a credit are put right, with the reason; the first record stays."""

    credit: CreditId
    role: Role
    degree: Degree
    reason: Sealed[Text]
    dispute: DisputeId | None = None


CreditCommand = AssignCredit | AcceptCredit | WaiveCredit | CorrectCredit
CreditEvent = CreditAssigned | CreditAccepted | CreditWaived | CreditCorrected


@dataclass(frozen=True)
class Credit:
    """`to` is absent for somebody outside the coalition, whom only a sealed name names."""

    by: OrgId
    to: OrgId | None
    role: Role
    degree: Degree
    basis: Basis
    contributions: tuple[ContributionId, ...]
    answer: Answer | None = None


Credits = Mapping[CreditId, Credit]


def decide(command: CreditCommand, credits_: Credits, context: Context) -> list[CreditEvent]:
    """Return what happens to the credits of a win.

    Raises:
        Refused: a rule forbids it.
    """
    match command:
        case AssignCredit():
            return _assign(command, credits_, context)
        case AcceptCredit():
            return _answer(CreditAccepted(credit=command.credit), "accepted", credits_, context)
        case WaiveCredit():
            return _answer(CreditWaived(credit=command.credit), "waived", credits_, context)
        case CorrectCredit():
            return _correct(command, credits_, context)
        case _:
            assert_never(command)


def evolve(credits_: Credits, event: CreditEvent) -> Credits:
    """Return the credits of a win after `event`; those of all others are as they were (K4)."""
    before = credits_.get(event.credit)
    if isinstance(event, CreditAssigned):
        after = Credit(
            event.by, event.to, event.role, event.degree, event.basis, event.contributions
        )
        return {**credits_, event.credit: after}
    assert before is not None
    match event:
        case CreditAccepted():
            after = replace(before, answer="accepted")
        case CreditWaived():
            after = replace(before, answer="waived")
        case CreditCorrected(role=role, degree=degree):
            after = replace(before, role=role, degree=degree)
        case _:
            assert_never(event)
    return {**credits_, event.credit: after}


def _assign(command: AssignCredit, credits_: Credits, context: Context) -> list[CreditEvent]:
    by, roll = speaker(context), context.fact(Roll)
    cites = tuple(sorted(set(command.contributions)))
    if (known := credits_.get(command.credit)) is not None:
        told = command.to, command.role, command.degree, command.basis, cites
        if told == (known.to, known.role, known.degree, known.basis, known.contributions):
            return []
        raise Refused("already_assigned", "Under this id another credit is given: correct that.")
    recipient(command.to, command.external, by, roll)
    _rests_on(context.fact(Cited), cites, command)
    _one_lead(credits_, command.credit, command.to, command.role, command.degree)
    return [
        CreditAssigned(
            by=by,
            credit=command.credit,
            to=command.to,
            external=roll.seal(command.external, by),
            role=command.role,
            degree=command.degree,
            basis=command.basis,
            contributions=cites,
        )
    ]


def _rests_on(cited: Cited, cites: tuple[ContributionId, ...], command: AssignCredit) -> None:
    if command.basis == "evidence" and not cites:
        raise Refused("no_evidence", "Name the contributions, or give the credit in gratitude.")
    for key in cites:
        contribution = cited.contributions.get(key)
        if contribution is None:
            raise Refused("unknown_contribution", "One of these contributions is not recorded.")
        if contribution.declined:
            raise Refused("declined", "The organisation declined to be named for one of these.")
        if command.to is not None and contribution.of != command.to:
            raise Refused("not_the_contributor", "One of these is what another one contributed.")
        if command.basis == "evidence" and not contribution.confirmed:
            raise Refused("unconfirmed", "One of these is claimed only: confirm it first.")


def _one_lead(
    credits_: Credits, credit: CreditId, to: OrgId | None, role: Role, degree: Degree
) -> None:
    if degree is not Degree.LEAD:
        return
    for key, other in credits_.items():
        leads = other.role == role and other.degree is Degree.LEAD
        if key != credit and leads and (to is None or other.to != to):
            raise Refused("lead_credited", "Another one has the lead in this role; try equal.")


def _given(credits_: Credits, credit: CreditId) -> Credit:
    if (given := credits_.get(credit)) is None:
        raise Refused("unknown_credit", "This win has no such credit.")
    return given


def _answer(
    event: CreditEvent, answer: Answer, credits_: Credits, context: Context
) -> list[CreditEvent]:
    given = _given(credits_, event.credit)
    if speaker(context) != given.to:
        raise Refused("not_the_recipient", "Only the organisation that is thanked answers.")
    return [] if given.answer == answer else [event]


def _correct(command: CorrectCredit, credits_: Credits, context: Context) -> list[CreditEvent]:
    by, given = speaker(context), _given(credits_, command.credit)
    if by == given.to:
        raise Refused("own_confirmation", "Another organisation has to correct your credit.")
    if by != given.by and not context.fact(Office).chair:
        raise Refused("not_the_assigner", "Who gave the credit corrects it, or the chair.")
    if command.dispute is not None:
        _is_about(context.fact(Contested), command.credit, given)
    if (command.role, command.degree) == (given.role, given.degree):
        return []
    _one_lead(credits_, command.credit, given.to, command.role, command.degree)
    return [
        CreditCorrected(
            credit=command.credit,
            role=command.role,
            degree=command.degree,
            reason=context.fact(Roll).seal(command.reason, by),
            dispute=command.dispute,
        )
    ]


def _is_about(contested: Contested, credit: CreditId, given: Credit) -> None:
    named = contested.credit == credit or contested.contributions & {*given.contributions}
    if not named:
        raise Refused("unknown_dispute", "No such dispute is about this credit.")
