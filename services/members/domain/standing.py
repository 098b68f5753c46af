"""Who asks, and on what ground: facts and rules that several aggregates share.

An organisation speaks for itself; a chair may do some things for it. In formal mode what takes
something away from somebody cites a decision (M1).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeVar

from services.members.domain.ids import BodyId, OrgId, PersonId
from shared.decider import Refused
from shared.event import Context, Event, Ref, Sealed, Text, Visibility

Mode = Literal["informal", "formal"]
E = TypeVar("E", bound=Event)


@dataclass(frozen=True)
class Charter:
    """How the coalition works, and whom it admits.

    Args:
        ground_rules: Their current version; 0 while there are none.
        structure: The current version of who decides what; 0 while there is none.
        max_members: How many may join; `None` for any number.
        interest_required: Whether who joins has said what they gain by it.
    """

    mode: Mode = "informal"
    ground_rules: int = 0
    structure: int = 0
    max_members: int | None = None
    interest_required: bool = False


@dataclass(frozen=True)
class Standing:
    """Who asks, as seen from the organisation or body concerned.

    Args:
        own: They act for the organisation concerned.
        presides: They are chair or secretary there, or of the charter; in informal mode
            every representative is.
        person: The one person that the organisation concerned is; its words go with them.
    """

    own: bool
    presides: bool
    person: PersonId | None = None


@dataclass(frozen=True)
class Cited:
    """Whether the decision that a command names was made, and adopted."""

    adopted: bool


@dataclass(frozen=True)
class Table:
    """How many members there are, suspended ones with them."""

    members: int


@dataclass(frozen=True)
class Author:
    """The one person that the acting organisation is; its words go with them."""

    person: PersonId | None = None


@dataclass(frozen=True)
class Bounds:
    """What the boundary agreement says of who may see what.

    Args:
        classes: The class of each kind that it names; of others the usual one holds.
        body: Whose members see what is of class `body`: that of the charter's chair.
    """

    classes: Mapping[str, Visibility] = field(default_factory=dict)
    body: BodyId | None = None


def as_agreed(event: E, kind: str, parties: Sequence[OrgId], context: Context) -> E:
    """Return the event, to be recorded in the class that the boundary agreement sets for its kind.

    Never wider than the members by that alone: what needs approval to be raised waits for it.

    Args:
        parties: The organisations that see it in class `dyad`: one, or two.
    """
    if context.imported:
        return event
    bounds = context.fact(Bounds)
    match bounds.classes.get(kind):
        case None:
            return event
        case "dyad":
            alone = len(parties) == 1
            tokens = [f"org:{org}" if alone else str(org) for org in parties]
            return event.seen_by(*tokens, within="dyad")
        case "body" if bounds.body is not None:
            return event.seen_by(f"body:{bounds.body}", within="body")
        case _:
            return event.seen_by(within="members")


def speaker(context: Context) -> OrgId:
    """Return the organisation that acts."""
    if context.by is None:
        raise Refused("no_organisation", "Say on behalf of which organisation you act.")
    return OrgId(context.by)


def words(text: Text, context: Context) -> Sealed[Text]:
    """Seal what the acting organisation says; of a one-person member, with that person's key."""
    return Sealed(text, context.fact(Author).person)


def speak_for_it(context: Context) -> None:
    """Refuse who does not act for the organisation concerned."""
    if not context.imported and not context.fact(Standing).own:
        raise Refused("not_your_organisation", "Only the organisation itself can do this.")


def speak_for_it_or_preside(context: Context) -> None:
    """Refuse who neither acts for the organisation concerned nor presides."""
    if context.imported:
        return
    standing = context.fact(Standing)
    if not (standing.own or standing.presides):
        raise Refused(
            "not_your_organisation", "Only the organisation itself or the chair can do this."
        )


def rest_on_a_decision(decision: Ref | None, context: Context) -> None:
    """Refuse what formal mode does not allow without a decision (M1)."""
    if decision is None and context.fact(Charter).mode == "formal":
        raise Refused("needs_decision", "In formal mode this needs a decision: name it.")
    cite(decision, context)


def cite(decision: Ref | None, context: Context) -> None:
    """Refuse to cite what was never decided, or was rejected."""
    if decision is not None and not context.fact(Cited).adopted:
        raise Refused(
            "needs_decision", f"No adopted decision is known at {decision}: check the reference."
        )
