"""Who stands behind a decision, who stood aside from it, and who says why it is wrong.

An organisation stands aside from a proposal without stopping it, before or after it is decided;
then no list shows it among those who sign on (D25). All that is forgotten when the text changes or
the decision is reopened: everybody is asked again. It is part of the proposal's stream.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import assert_never

from immutables import Map

from services.meetings.domain.acting import organisation
from services.meetings.domain.electorate import Roll
from services.meetings.domain.ids import DecisionId, OrgId
from services.meetings.domain.tally import Outcome
from shared.decider import Refused
from shared.event import Command, Context, Event, Sealed, Text


class StandAside(Command):
    public: bool
    reason: Text | None = None


class SignOn(Command):
    decision: DecisionId


class FileMinority(Command):
    decision: DecisionId
    text: Text


class MemberStoodAside(Event):
    """An organisation does not stand behind the proposal, and does not stop it either.

    `public` is whether the decision names it. Where it does not, only members ever see this.
    """

    by: OrgId
    public: bool
    reason: Sealed[Text] = Sealed()


class MemberSignedOn(Event):
    """An organisation puts its name to the decision."""

    by: OrgId
    decision: DecisionId


class MinorityStatementFiled(Event):
    """An organisation says why the decision is wrong; it stands wherever the decision does."""

    by: OrgId
    decision: DecisionId
    text: Sealed[Text]


Sign = StandAside | SignOn | FileMinority
Signed = MemberStoodAside | MemberSignedOn | MinorityStatementFiled


@dataclass(frozen=True)
class Signing:
    """Who stood aside, and whether the decision names them; who signed on, and who filed."""

    aside: Mapping[OrgId, bool] = field(default_factory=Map)
    signed: frozenset[OrgId] = frozenset()
    filed: frozenset[OrgId] = frozenset()

    @property
    def named(self) -> tuple[OrgId, ...]:
        """The organisations that a decision lists as having stood aside, in order."""
        return tuple(sorted(org for org, public in self.aside.items() if public))

    @property
    def sign_ons(self) -> tuple[OrgId, ...]:
        """The organisations that signed on and have not stood aside since, in order."""
        return tuple(sorted(self.signed - set(self.aside)))


@dataclass(frozen=True)
class Issued:
    """The decision in force on a proposal."""

    id: DecisionId
    outcome: Outcome


def sign(
    command: Sign, signing: Signing, decided: Issued | None, context: Context
) -> Signed | None:
    """Return what is recorded; `None` where it was said already.

    Args:
        decided: `None` while nothing is decided, or once it was reopened.

    Raises:
        Refused: a rule forbids it.
    """
    by = organisation(context)
    if by not in context.fact(Roll).joined:
        raise Refused("not_a_member", "Only members of the coalition do that.")
    match command:
        case StandAside():
            return _aside(command, by, signing)
        case SignOn():
            return _sign(command, by, signing, decided)
        case FileMinority():
            return _file(command, by, signing, decided)
        case _:
            assert_never(command)


def signed_after(signing: Signing, event: Signed) -> Signing:
    """Return who stands where after `event`."""
    match event:
        case MemberStoodAside():
            return replace(signing, aside=Map(signing.aside).set(event.by, event.public))
        case MemberSignedOn():
            return replace(signing, signed=signing.signed | {event.by})
        case MinorityStatementFiled():
            return replace(signing, filed=signing.filed | {event.by})
        case _:
            assert_never(event)


def _aside(command: StandAside, by: OrgId, signing: Signing) -> MemberStoodAside | None:
    known = signing.aside.get(by)
    if known == command.public:
        return None
    if known:
        raise Refused("already_public", "It was said in public, which is not taken back.")
    stood = MemberStoodAside(by=by, public=command.public, reason=Sealed(command.reason))
    return stood if command.public else stood.seen_by(within="members")


def _sign(
    command: SignOn, by: OrgId, signing: Signing, decided: Issued | None
) -> MemberSignedOn | None:
    if in_force(command.decision, decided).outcome != "adopted":
        raise Refused("not_adopted", "The proposal was rejected: there is nothing to sign.")
    if by in signing.aside:
        detail = "Your organisation stood aside from this: no list shows it among those who sign."
        raise Refused("stood_aside", detail)
    if by in signing.signed:
        return None
    return MemberSignedOn(by=by, decision=command.decision)


def _file(
    command: FileMinority, by: OrgId, signing: Signing, decided: Issued | None
) -> MinorityStatementFiled:
    in_force(command.decision, decided)
    if by in signing.filed:
        raise Refused("already_filed", "Your organisation's statement on this decision is filed.")
    return MinorityStatementFiled(by=by, decision=command.decision, text=Sealed(command.text))


def in_force(decision: DecisionId, decided: Issued | None) -> Issued:
    """Return the decision, or refuse another one than is in force on the proposal."""
    if decided is None or decided.id != decision:
        detail = "That decision is not in force on this proposal: look at what became of it."
        raise Refused("unknown_decision", detail)
    return decided
