"""A ballot: what an organisation says on a proposal, kept from everybody until voting has ended.

Sealed until close, a stance is under a key that only this service holds; when voting closes, what
each class held is said in the open. Detached, an answer lies in the ballot box and leads back to
nobody, ever: the stream holds that a class has voted, under that same key, and when it closes, how
many ballots there were of each option. It is part of the proposal's stream.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, TypeVar

from services.meetings.domain.ids import ObjectionId, OrgId
from services.meetings.domain.rule import Option, Rule
from services.meetings.domain.tally import FEWEST, Counts
from shared.decider import Refused
from shared.event import Command, Event, Restricted, Sealed, Text

E = TypeVar("E", bound=Event)

OWN = "own:meetings"
"""The audience of what only this service may open: no reader belongs to it, no peer has its key."""


@dataclass(frozen=True)
class Ballots:
    """What lies in the box of a voting with detached ballots; nothing where it has none."""

    counts: Mapping[Option, int]


@dataclass(frozen=True)
class Reasons:
    """The newest reason of each organisation in a voting that is sealed, where it can be read."""

    of: Mapping[OrgId, Sealed[Text]]


class CastBallot(Command):
    option: Option


class BallotReceived(Event):
    """A vote class has voted; what it said lies in the ballot box, and this does not lead there."""

    unsigned: ClassVar[bool] = True

    voter: Restricted[OrgId]
    members_position: int


class StanceRevealed(Event):
    """Voting has closed: a stance that was sealed until then is said in the open."""

    org: OrgId
    ad_referendum: bool = False
    option: Restricted[Option]
    reason: Sealed[Text] = Sealed()
    objection: ObjectionId | None = None


def sealed(rule: Rule) -> bool:
    """Return whether stances are kept from everybody until voting closes."""
    return rule.ballot == "sealed_until_close"


def detached(rule: Rule) -> bool:
    """Return whether organisations cast ballots that lead to nobody."""
    return rule.ballot == "detached_anonymous"


def kept(event: E) -> E:
    """Return the event, to be opened by this service alone, whatever class it is recorded in."""
    return event.seen_by(OWN, within="dyad")


def turnout(heard: int, entitled: int, rule: Rule) -> int | None:
    """Return how many have voted, or `None` while that is not shown (D10).

    Detached, it is shown once there is a quorum (without one: half), and at least three voted.
    """
    numerator, denominator = rule.quorum.at_least
    if numerator == 0:
        numerator, denominator = 1, 2
    enough = heard * denominator >= numerator * entitled and heard >= FEWEST
    return heard if enough or not detached(rule) else None


def counted(ballots: Ballots, received: int) -> Counts:
    """Return how many ballots there are of each option.

    Raises:
        Refused: the box holds other than what was received.
    """
    counts = {option: ballots.counts.get(option, 0) for option in Option}
    if sum(counts.values()) != received:
        detail = (
            f"The ballot box holds {sum(counts.values())} ballots, and {received} were received:"
            " it was damaged or restored. Amend the proposal, and vote again."
        )
        raise Refused("box_differs", detail)
    return counts


def without_silence(counts: Counts, received: int) -> Counts:
    """Return the ballots of each option, where silence may have been counted as agreement."""
    silent = max(0, sum(counts.values()) - received)
    return counts | {Option.AGREE: counts[Option.AGREE] - silent}


def nothing_said() -> Counts:
    """Return the counts of a voting whose ballots are not told."""
    return dict.fromkeys(Option, 0)


def order(revealed: Sequence[StanceRevealed]) -> list[StanceRevealed]:
    """Return what is revealed by organisation: nothing in it says who was first."""
    return sorted(revealed, key=lambda each: each.org)
