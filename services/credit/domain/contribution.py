"""A contribution: what an organisation did, and who says so.

What it records of itself is a claim until another organisation confirms it; what another
records is confirmed. It may always decline to be named.
"""

from dataclasses import dataclass, replace
from typing import Annotated, assert_never

from pydantic import Field

from services.credit.domain.ids import OrgId
from services.credit.domain.roles import Degree, Role
from services.credit.domain.roll import Roll, speaker
from shared.decider import Decider, Refused
from shared.event import Command, Context, Event, Ref, Sealed, Text

Refs = Annotated[tuple[Ref, ...], Field(max_length=100)]


class RecordContribution(Command):
    of: OrgId
    role: Role
    degree: Degree
    about: Refs = ()
    what: Text


class ConfirmContribution(Command):
    pass


class DeclineContribution(Command):
    pass


class ContributionRecorded(Event):
    """An organisation says what it, or another one, contributed, in which role and degree."""

    by: OrgId
    of: OrgId
    role: Role
    degree: Degree
    about: tuple[Ref, ...]
    what: Sealed[Text]


class ContributionConfirmed(Event):
    """Another organisation says that the contribution was made as recorded."""

    by: OrgId


class ContributionDeclined(Event):
    """The organisation that is said to have contributed does not want to be named for it."""

    by: OrgId


ContributionCommand = RecordContribution | ConfirmContribution | DeclineContribution
ContributionEvent = ContributionRecorded | ContributionConfirmed | ContributionDeclined


@dataclass(frozen=True)
class Deed:
    """`vouchers` are the other organisations that say so; without one it is a claim."""

    of: OrgId
    role: Role
    degree: Degree
    about: tuple[Ref, ...]
    vouchers: frozenset[OrgId]
    declined: bool = False

    @property
    def confirmed(self) -> bool:
        """Whether another organisation says so, and this one may be named."""
        return bool(self.vouchers) and not self.declined


Contribution = Deed | None


def decide(
    command: ContributionCommand, contribution: Contribution, context: Context
) -> list[ContributionEvent]:
    """Return what happens if `command` is accepted; an empty list means nothing needs to.

    Raises:
        Refused: a rule forbids it.
    """
    match command:
        case RecordContribution():
            return _record(command, contribution, context)
        case ConfirmContribution():
            return _confirm(_recorded(contribution), speaker(context))
        case DeclineContribution():
            return _decline(_recorded(contribution), speaker(context))
        case _:
            assert_never(command)


def evolve(contribution: Contribution, event: ContributionEvent) -> Contribution:
    """Return the contribution after `event`. Never refuses: history has already happened."""
    match event:
        case ContributionRecorded(by=by, of=of, role=role, degree=degree, about=about):
            return Deed(of, role, degree, about, vouchers=frozenset({by}) - {of})
        case ContributionConfirmed(by=by):
            assert contribution is not None
            return replace(contribution, vouchers=contribution.vouchers | {by})
        case ContributionDeclined():
            assert contribution is not None
            return replace(contribution, declined=True)
        case _:
            assert_never(event)


def _record(
    command: RecordContribution, contribution: Contribution, context: Context
) -> list[ContributionEvent]:
    about = tuple(sorted(set(command.about)))
    told = command.of, command.role, command.degree, about
    if contribution is not None:
        known = contribution.of, contribution.role, contribution.degree, contribution.about
        if told == known:
            return []
        raise Refused("already_recorded", "Under this id another contribution is recorded.")
    by, roll = speaker(context), context.fact(Roll)
    roll.check({command.of})
    if command.role is Role.ASKED_THE_QUESTION and not about and not context.imported:
        raise Refused("no_reference", "Say which speech or concern the question opened: `about`.")
    return [
        ContributionRecorded(
            by=by,
            of=command.of,
            role=command.role,
            degree=command.degree,
            about=about,
            what=roll.seal(command.what, command.of, by),
        )
    ]


def _recorded(contribution: Contribution) -> Deed:
    if contribution is None:
        raise Refused("not_recorded", "This contribution was never recorded.")
    return contribution


def _confirm(contribution: Deed, by: OrgId) -> list[ContributionEvent]:
    if by == contribution.of:
        raise Refused("own_confirmation", "Another organisation has to confirm what yours did.")
    if contribution.declined:
        raise Refused("declined", "The organisation declined to be named for this.")
    if by in contribution.vouchers:
        return []
    return [ContributionConfirmed(by=by)]


def _decline(contribution: Deed, by: OrgId) -> list[ContributionEvent]:
    if by != contribution.of:
        raise Refused("not_the_contributor", "Only the organisation itself declines to be named.")
    if contribution.declined:
        return []
    return [ContributionDeclined(by=by)]


decider: Decider[ContributionCommand, Contribution, ContributionEvent] = Decider(
    "contribution", ContributionEvent, None, decide, evolve
)
