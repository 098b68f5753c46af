"""Shares: how money is divided among organisations. Credit is not divided, here or anywhere."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from services.credit.domain.ids import OrgId
from services.credit.domain.roll import Roll, speaker
from shared.decider import Decider, Refused
from shared.event import Command, Context, Event, Ref, Sealed, Text, Value

WHOLE = 10_000


@dataclass(frozen=True)
class Made:
    """Whether the event that a division rests on is a decision known here."""

    known: bool


class Share(Value):
    """`basis_points` are hundredths of a percent of the pot."""

    org: OrgId
    basis_points: Annotated[int, Field(ge=1, le=WHOLE)]


class PlanShares(Command):
    pot: Text
    shares: Annotated[tuple[Share, ...], Field(min_length=1, max_length=500)]
    decision: Ref | None = None


class SharesAllocated(Event):
    """Money is divided: how much of the pot goes to each organisation."""

    pot: Sealed[Text]
    shares: tuple[Share, ...]
    decision: Ref | None = None


@dataclass(frozen=True)
class Allocated:
    shares: tuple[Share, ...]
    decision: Ref | None


Shares = Allocated | None


def decide(command: PlanShares, shares: Shares, context: Context) -> list[SharesAllocated]:
    """Return what happens if `command` is accepted; an empty list means nothing needs to.

    Raises:
        Refused: a rule forbids it.
    """
    by, roll = speaker(context), context.fact(Roll)
    planned = tuple(sorted(command.shares, key=lambda share: share.org))
    orgs = {share.org for share in planned}
    if len(orgs) < len(planned):
        raise Refused("one_share", "Each organisation has one share.")
    if (whole := sum(share.basis_points for share in planned)) != WHOLE:
        raise Refused("sum", f"The shares add up to {whole} basis points instead of {WHOLE}.")
    if shares == Allocated(planned, command.decision):
        return []
    roll.check(orgs)
    if command.decision is not None and not context.fact(Made).known:
        raise Refused("unknown_decision", "No decision is known under this reference.")
    return [
        SharesAllocated(pot=roll.seal(command.pot, by), shares=planned, decision=command.decision)
    ]


def evolve(_: Shares, event: SharesAllocated) -> Shares:
    """Return the shares after `event`; a later division takes the place of the earlier one."""
    return Allocated(event.shares, event.decision)


decider: Decider[PlanShares, Shares, SharesAllocated] = Decider(
    "shares", SharesAllocated, None, decide, evolve
)
