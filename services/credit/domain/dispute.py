"""A dispute: an organisation says that what was told of credit is not so.

It has a day by which it is to be settled (K11). Somebody whom neither side is mediates, and says
how it ended (K10); whoever raised it may take it back. How it ended is seen by all who see that it
was raised.
"""

from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, assert_never

from services.credit.domain.credit import Office
from services.credit.domain.fact import Fact
from services.credit.domain.ids import CreditId, OrgId
from services.credit.domain.roll import Roll, speaker
from shared.decider import Decider, Refused
from shared.event import Command, Context, Day, Event, Personal, Ref, Sealed, Text

Result = Literal["accommodated", "retracted", "set_aside", "agreed_wording"]


@dataclass(frozen=True)
class Disputable:
    """What an event says of credit.

    Args:
        parties: Who says it, and of whom; nobody where it says nothing of credit.
        credit: The credit that it is about, where it is about one.
    """

    parties: frozenset[OrgId] = frozenset()
    facts: tuple[Fact, ...] = ()
    credit: CreditId | None = None


class DisputeCredit(Command):
    about: Ref
    grounds: Text
    requested: Text
    due: Day | None = None


class MediateDispute(Command):
    """One of the two: a member organisation, or somebody outside."""

    mediator: OrgId | None = None
    external: Text | None = None


class ResolveDispute(Command):
    result: Result
    wording: Text


class CreditDisputed(Event):
    """An organisation says that something told of credit is not so, and what it asks for.

    `parties` are its two sides, `facts` what is disputed until it is resolved.
    """

    by: OrgId
    about: Ref
    grounds: Sealed[Text]
    requested: Sealed[Text]
    due: date
    parties: tuple[OrgId, ...]
    facts: tuple[Fact, ...]
    credit: CreditId | None = None


class CreditDisputeMediated(Event):
    """Somebody whom neither side is was asked to mediate."""

    mediator: OrgId | None = None
    external: Personal[Text] = Sealed()


class CreditDisputeResolved(Event):
    """The dispute is over: how it ended, and in which words."""

    result: Result
    wording: Sealed[Text]


DisputeCommand = DisputeCredit | MediateDispute | ResolveDispute
DisputeEvent = CreditDisputed | CreditDisputeMediated | CreditDisputeResolved


@dataclass(frozen=True)
class Disputed:
    """`mediator` is an organisation, somebody outside, or nobody yet."""

    by: OrgId
    about: Ref
    due: date
    parties: frozenset[OrgId]
    facts: tuple[Fact, ...]
    credit: CreditId | None
    mediator: OrgId | Literal["outside"] | None = None
    result: Result | None = None


Dispute = Disputed | None


def decide(command: DisputeCommand, dispute: Dispute, context: Context) -> list[DisputeEvent]:
    """Return what happens if `command` is accepted; an empty list means nothing needs to.

    Raises:
        Refused: a rule forbids it.
    """
    by = speaker(context)
    match command:
        case DisputeCredit():
            return _dispute(command, dispute, by, context)
        case MediateDispute():
            return _mediate(command, _raised(dispute), by, context)
        case ResolveDispute():
            return _resolve(command, _raised(dispute), by, context)
        case _:
            assert_never(command)


def evolve(dispute: Dispute, event: DisputeEvent) -> Dispute:
    """Return the dispute after `event`. Never refuses: history has already happened."""
    match event:
        case CreditDisputed():
            parties = frozenset(event.parties)
            what = event.facts, event.credit
            return Disputed(event.by, event.about, event.due, parties, *what)
        case CreditDisputeMediated(mediator=mediator):
            assert dispute is not None
            return replace(dispute, mediator=mediator or "outside")
        case CreditDisputeResolved(result=result):
            assert dispute is not None
            return replace(dispute, result=result)
        case _:
            assert_never(event)


def _dispute(
    command: DisputeCredit, dispute: Dispute, by: OrgId, context: Context
) -> list[DisputeEvent]:
    if dispute is not None:
        if (dispute.by, dispute.about, dispute.due) == (by, command.about, command.due):
            return []
        raise Refused("already_disputed", "Under this id another dispute was raised.")
    what = context.fact(Disputable)
    if not what.parties:
        raise Refused(
            "not_disputable",
            "Nothing is told of credit there: name a contribution, credit, claim or statement.",
        )
    if what.parties == {by}:
        raise Refused("own_words", "Only your organisation says so: correct it instead.")
    if command.due is None or (command.due < context.at.date() and not context.imported):
        raise Refused("no_deadline", "Name a day to come by which this is to be settled.")
    parties, roll = tuple(sorted(what.parties | {by})), context.fact(Roll)
    disputed = CreditDisputed(
        by=by,
        about=command.about,
        grounds=roll.seal(command.grounds, *parties),
        requested=roll.seal(command.requested, *parties),
        due=command.due,
        parties=parties,
        facts=what.facts,
        credit=what.credit,
    )
    return [disputed.seen_by(within="members")]


def _raised(dispute: Dispute) -> Disputed:
    if dispute is None:
        raise Refused("not_disputed", "There is no such dispute.")
    return dispute


def _mediate(
    command: MediateDispute, dispute: Disputed, by: OrgId, context: Context
) -> list[DisputeEvent]:
    if (command.mediator is None) == (command.external is None):
        raise Refused("one_mediator", "Name one: a member organisation, or somebody outside.")
    if by not in dispute.parties and not context.fact(Office).chair:
        raise Refused("not_a_party", "The two sides ask somebody to mediate, or the chair does.")
    if command.mediator in dispute.parties:
        raise Refused("not_neutral", "Who mediates belongs to neither side.")
    if command.mediator is not None:
        if command.mediator == dispute.mediator:
            return []
        context.fact(Roll).check({command.mediator})
    if dispute.result is not None:
        raise Refused("resolved", "This dispute is over.")
    outside = Sealed(command.external)
    mediated = CreditDisputeMediated(mediator=command.mediator, external=outside)
    return [mediated.seen_by(within="members")]


def _resolve(
    command: ResolveDispute, dispute: Disputed, by: OrgId, context: Context
) -> list[DisputeEvent]:
    if dispute.result is not None:
        if dispute.result == command.result:
            return []
        raise Refused("resolved", "This dispute is over.")
    if command.result == "retracted":
        if by != dispute.by:
            raise Refused("not_the_disputant", "Only who raised the dispute takes it back.")
    else:
        _settles(dispute, by, context)
    wording = context.fact(Roll).seal(command.wording, by, *sorted(dispute.parties))
    resolved = CreditDisputeResolved(result=command.result, wording=wording)
    return [resolved.seen_by(within="members")]


def _settles(dispute: Disputed, by: OrgId, context: Context) -> None:
    """Refuse whoever is not the mediator; for one from outside a neutral chair writes it down."""
    if dispute.mediator is None:
        raise Refused("no_mediator", "Ask somebody to mediate first.")
    if by in dispute.parties:
        raise Refused("not_neutral", "The mediator says how it ended; neither side does.")
    for_outside = dispute.mediator == "outside" and context.fact(Office).chair
    if by != dispute.mediator and not for_outside:
        raise Refused("not_the_mediator", "The mediator says how it ended.")


decider: Decider[DisputeCommand, Dispute, DisputeEvent] = Decider(
    "dispute", DisputeEvent, None, decide, evolve
)
