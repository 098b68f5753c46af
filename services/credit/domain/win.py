"""A win or a loss: what came of the work, who is thanked for it, and who learns of it.

It is announced with the list of those who took part and have no credit yet. The list holds
nothing up, and it stays.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from services.credit.domain import credit
from services.credit.domain.ids import DecisionId, ObjectiveId, OrgId, TargetId
from services.credit.domain.roll import Roll, recipient, speaker
from shared.decider import Decider, Refused
from shared.event import Command, Context, Day, Event, Sealed, Text

Size = Literal["step", "major"]
Audience = Literal["dyad", "body", "members", "partners", "funders", "public"]

Decisions = Annotated[tuple[DecisionId, ...], Field(max_length=100)]
Objectives = Annotated[tuple[ObjectiveId, ...], Field(max_length=100)]
Orgs = Annotated[tuple[OrgId, ...], Field(min_length=1, max_length=500)]


@dataclass(frozen=True)
class References:
    """What a win may refer to, as heard from meetings."""

    decisions: frozenset[DecisionId] = frozenset()
    objectives: frozenset[ObjectiveId] = frozenset()
    targets: frozenset[TargetId] = frozenset()


@dataclass(frozen=True)
class Participants:
    """Who took part: by a confirmed contribution to this win, or by a next step it completed."""

    orgs: frozenset[OrgId] = frozenset()


class DeclareWin(Command):
    title: Text
    size: Size
    decisions: Decisions = ()
    objectives: Objectives = ()


class AcknowledgeLoss(Command):
    title: Text
    decisions: Decisions = ()
    objectives: Objectives = ()


class WelcomeLatecomer(Command):
    to: OrgId | None = None
    external: Text | None = None
    from_: Text
    now: Text
    target: TargetId | None = None


class AnnounceWin(Command):
    audience: Audience


class CelebrateWin(Command):
    on: Day
    orgs: Orgs


class WinDeclared(Event):
    """Something was achieved: a step or a major win, and the decisions behind it."""

    title: Sealed[Text]
    size: Size
    decisions: tuple[DecisionId, ...]
    objectives: tuple[ObjectiveId, ...]


class LossAcknowledged(Event):
    """Something was not achieved, and the coalition says so."""

    title: Sealed[Text]
    decisions: tuple[DecisionId, ...]
    objectives: tuple[ObjectiveId, ...]


class LatecomerWelcomed(Event):
    """Somebody who thought otherwise before is welcomed, with the old view and the new one."""

    to: OrgId | None = None
    external: Sealed[Text] = Sealed()
    from_: Sealed[Text]
    now: Sealed[Text]
    target: TargetId | None = None


class WinAnnounced(Event):
    """A win is made known to an audience; participants without credit are listed."""

    uncredited: tuple[OrgId, ...]
    audience_: Audience


class WinCelebrated(Event):
    """A win was celebrated on a day, and by whom."""

    on: date
    orgs: tuple[OrgId, ...]


WinCommand = (
    DeclareWin
    | AcknowledgeLoss
    | credit.CreditCommand
    | WelcomeLatecomer
    | AnnounceWin
    | CelebrateWin
)
WinEvent = (
    WinDeclared
    | LossAcknowledged
    | credit.CreditEvent
    | LatecomerWelcomed
    | WinAnnounced
    | WinCelebrated
)


@dataclass(frozen=True)
class Declared:
    """A loss has no `size`."""

    size: Size | None
    decisions: tuple[DecisionId, ...]
    objectives: tuple[ObjectiveId, ...]
    credits: credit.Credits = field(default_factory=dict)
    welcomed: frozenset[tuple[OrgId, TargetId | None]] = frozenset()
    announced: Mapping[Audience, tuple[OrgId, ...]] = field(default_factory=dict)
    celebrated: frozenset[tuple[date, tuple[OrgId, ...]]] = frozenset()


Win = Declared | None


def decide(command: WinCommand, win: Win, context: Context) -> list[WinEvent]:
    """Return what happens if `command` is accepted; an empty list means nothing needs to.

    Raises:
        Refused: a rule forbids it.
    """
    if isinstance(command, DeclareWin | AcknowledgeLoss):
        return _open(command, win, context)
    if win is None:
        raise Refused("not_declared", "This win was never declared.")
    match command:
        case WelcomeLatecomer():
            return _welcome(command, win, context)
        case AnnounceWin():
            return _announce(command, _won(win), context.fact(Participants))
        case CelebrateWin():
            return _celebrate(command, _won(win), context.fact(Roll))
        case _:
            return [*credit.decide(command, win.credits, context)]


def evolve(win: Win, event: WinEvent) -> Win:
    """Return the win after `event`. Never refuses: history has already happened."""
    if isinstance(event, WinDeclared | LossAcknowledged):
        size = event.size if isinstance(event, WinDeclared) else None
        return Declared(size, event.decisions, event.objectives)
    assert win is not None
    match event:
        case LatecomerWelcomed(to=to, target=target):
            if to is None:
                return win
            return replace(win, welcomed=win.welcomed | {(to, target)})
        case WinAnnounced(audience_=audience, uncredited=uncredited):
            return replace(win, announced={**win.announced, audience: uncredited})
        case WinCelebrated(on=on, orgs=orgs):
            return replace(win, celebrated=win.celebrated | {(on, orgs)})
        case _:
            return replace(win, credits=credit.evolve(win.credits, event))


def uncredited(win: Declared, participants: Participants) -> tuple[OrgId, ...]:
    """Return who took part and was not thanked; who waived its credit was (K2, K3)."""
    thanked = {given.to for given in win.credits.values()}
    return tuple(sorted(participants.orgs - thanked))


def _open(command: DeclareWin | AcknowledgeLoss, win: Win, context: Context) -> list[WinEvent]:
    size = command.size if isinstance(command, DeclareWin) else None
    decisions = tuple(sorted(set(command.decisions)))
    objectives = tuple(sorted(set(command.objectives)))
    if win is not None:
        if (win.size, win.decisions, win.objectives) == (size, decisions, objectives):
            return []
        raise Refused("already_declared", "Under this id another win or loss is declared.")
    by, roll, known = speaker(context), context.fact(Roll), context.fact(References)
    if not known.decisions.issuperset(decisions):
        raise Refused("unknown_decision", "One of these decisions is not known here.")
    if not known.objectives.issuperset(objectives):
        raise Refused("unknown_objective", "One of these objectives is not known here.")
    title = roll.seal(command.title, by)
    if size is None:
        return [LossAcknowledged(title=title, decisions=decisions, objectives=objectives)]
    return [WinDeclared(title=title, size=size, decisions=decisions, objectives=objectives)]


def _won(win: Declared) -> Declared:
    if win.size is None:
        raise Refused("not_a_win", "This was a loss.")
    return win


def _welcome(command: WelcomeLatecomer, win: Declared, context: Context) -> list[WinEvent]:
    by, roll = speaker(context), context.fact(Roll)
    recipient(command.to, command.external, by, roll)
    if command.target is not None and command.target not in context.fact(References).targets:
        raise Refused("unknown_target", "This target is not known here.")
    if command.to is not None and (command.to, command.target) in win.welcomed:
        return []
    return [
        LatecomerWelcomed(
            to=command.to,
            external=roll.seal(command.external, by),
            from_=roll.seal(command.from_, command.to, by),
            now=roll.seal(command.now, command.to, by),
            target=command.target,
        )
    ]


def _announce(command: AnnounceWin, win: Declared, participants: Participants) -> list[WinEvent]:
    forgotten = uncredited(win, participants)
    if win.announced.get(command.audience) == forgotten:
        return []
    return [WinAnnounced(uncredited=forgotten, audience_=command.audience)]


def _celebrate(command: CelebrateWin, win: Declared, roll: Roll) -> list[WinEvent]:
    orgs = tuple(sorted(set(command.orgs)))
    roll.check(orgs)
    if (command.on, orgs) in win.celebrated:
        return []
    return [WinCelebrated(on=command.on, orgs=orgs)]


decider: Decider[WinCommand, Win, WinEvent] = Decider("win", WinEvent, None, decide, evolve)
