"""The boundary agreement: in which class something is recorded, unless more was approved."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from services.meetings.domain.ids import BodyId, OrgId
from shared.event import Context, Event, Visibility

E = TypeVar("E", bound=Event)


@dataclass(frozen=True)
class Bounds:
    """What the boundary agreement says of who may see what.

    Args:
        classes: The class of each kind that it names; of others the usual one holds.
        body: Whose members see what is of class `body`: that of the charter's chair.
    """

    classes: Mapping[str, Visibility] = field(default_factory=dict)
    body: BodyId | None = None


def as_agreed(event: E, kind: str, by: OrgId, context: Context) -> E:
    """Return the event, to be recorded in the class that the boundary agreement sets for its kind.

    Never wider than the members by that alone: what is to be wider waits for a disclosure.
    """
    if context.imported:
        return event
    bounds = context.fact(Bounds)
    match bounds.classes.get(kind):
        case None:
            return event
        case "dyad":
            return event.seen_by(f"org:{by}", within="dyad")
        case "body" if bounds.body is not None:
            return event.seen_by(f"body:{bounds.body}", within="body")
        case _:
            return event.seen_by(within="members")
