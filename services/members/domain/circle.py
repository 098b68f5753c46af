"""A circle: a safe room, of which only is known that it was opened, and closed.

Who is in it and what is said there is no event, and neither is who opened it (M17): its events
have no field, no acting person and no organisation.
"""

from typing import Literal, assert_never

from shared.decider import Decider, Refused
from shared.event import Command, Context, Event


class OpenCircle(Command):
    pass


class CloseCircle(Command):
    pass


class CircleOpened(Event):
    """A safe room was opened; who did so is nowhere recorded."""

    unsigned = True


class CircleClosed(Event):
    """A safe room was closed."""

    unsigned = True


CircleCommand = OpenCircle | CloseCircle
CircleEvent = CircleOpened | CircleClosed

Circle = Literal["open", "closed"] | None  # None: not opened yet


def decide(command: CircleCommand, circle: Circle, _: Context) -> list[CircleEvent]:
    """Return what happens if `command` is accepted; an empty list means nothing needs to.

    Raises:
        Refused: a rule forbids it.
    """
    match command:
        case OpenCircle():
            return _open(circle)
        case CloseCircle():
            return _close(circle)
        case _:
            assert_never(command)


def evolve(_: Circle, event: CircleEvent) -> Circle:
    """Return the circle after `event`."""
    match event:
        case CircleOpened():
            return "open"
        case CircleClosed():
            return "closed"
        case _:
            assert_never(event)


def _open(circle: Circle) -> list[CircleEvent]:
    if circle == "closed":
        raise Refused("circle_closed", "This circle is closed: open another.")
    return [] if circle == "open" else [CircleOpened()]


def _close(circle: Circle) -> list[CircleEvent]:
    if circle is None:
        raise Refused("unknown_circle", "This circle has not been opened.")
    return [] if circle == "closed" else [CircleClosed()]


decider: Decider[CircleCommand, Circle, CircleEvent] = Decider(
    "circle", CircleEvent, None, decide, evolve
)
