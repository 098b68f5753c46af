"""What a count comes to: exact integers, and nothing but what the proposal's stream holds."""

from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Literal

from services.meetings.domain.ids import ConstituencyId, OrgId
from services.meetings.domain.rule import (
    BY_ONE,
    DISSENT,
    Base,
    Option,
    Positive,
    Rule,
    Threshold,
)
from shared.event import Value

FEWEST = 3
"""Detached ballots, below which their count would say who said what."""
Outcome = Literal["adopted", "rejected"]
Counts = dict[Option, int]


class VoteClass(Value):
    """Related organisations taken together: one vote, as heavy as the heaviest of them."""

    class_: tuple[OrgId, ...]
    constituencies: tuple[ConstituencyId, ...] = ()
    weight: Positive = 1


@dataclass(frozen=True)
class Poll:
    """A voting to be counted.

    Args:
        stances: The current one of each class that has one, by the class's place in `electorate`.
        chair: The organisation that opened the voting.
        decider: The organisation whose stance decides: the proposer (advice), or the lead.
        present: Who sat in the linked meeting.
        objection_open: Whether an objection is not yet addressed.
        ballots: How many there are of each option, where they lead to no class; `voted` are then
            the places of the classes that cast them, and `stances` empty.
    """

    terms: Rule
    electorate: Sequence[VoteClass]
    stances: Mapping[int, Option]
    chair: OrgId | None = None
    decider: OrgId | None = None
    present: frozenset[OrgId] = frozenset()
    objection_open: bool = False
    ballots: Counts | None = None
    voted: frozenset[int] = frozenset()

    @property
    def heard(self) -> AbstractSet[int]:
        """The places of the classes that were heard."""
        return self.stances.keys() if self.ballots is None else self.voted


@dataclass(frozen=True)
class Shortfall:
    """A quorum that was missed: of all classes, or of those of one constituency."""

    needed: int
    reached: int


@dataclass(frozen=True)
class Tally:
    """`counts` are weights; `voters` and `entitled` are vote classes."""

    counts: Counts
    voters: int
    entitled: int
    groups: dict[ConstituencyId, Counts]
    shortfall: Shortfall | None
    outcome: Outcome


def tally(poll: Poll) -> Tally:
    """Count `poll`: quorum, silence, thresholds, then objections (domain.md 7)."""
    silent = [n for n in range(len(poll.electorate)) if n not in poll.heard]
    assenting = [(n, Option.AGREE) for n in silent] if _silence_assents(poll) else []
    cast = [*poll.stances.items(), *assenting]
    counts = _weigh(poll, cast)
    for option, ballots in (poll.ballots or {}).items():
        counts[option] += ballots
    adopted = all(_holds(each, counts, poll) for each in poll.terms.thresholds)
    blocked = poll.terms.objections.must_be_addressed and poll.objection_open
    if poll.terms.method in BY_ONE:
        adopted = adopted and _decider_agrees(poll)
    return Tally(
        counts=counts,
        voters=len(poll.heard),
        entitled=len(poll.electorate),
        groups=_by_constituency(poll, cast) if poll.ballots is None else {},
        shortfall=_shortfall(poll),
        outcome="adopted" if adopted and not blocked else "rejected",
    )


def _decider_agrees(poll: Poll) -> bool:
    """Return whether the class of whoever decides said so itself; its silence is no assent."""
    return any(
        poll.decider in poll.electorate[n].class_ and option is Option.AGREE
        for n, option in poll.stances.items()
    )


def _shortfall(poll: Poll) -> Shortfall | None:
    quorum = poll.terms.quorum
    entitled = {
        n
        for n, each in enumerate(poll.electorate)
        if quorum.chair_counts or poll.chair not in each.class_
    }
    numerator, denominator = quorum.at_least
    needed = -(-numerator * len(entitled) // denominator)
    reached = len(entitled & poll.heard)
    if reached < needed:
        return Shortfall(needed, reached)
    if poll.ballots is not None and len(poll.heard) < FEWEST:
        return Shortfall(FEWEST, len(poll.heard))
    for each in quorum.per_constituency:
        heard = sum(each.constituency in poll.electorate[n].constituencies for n in poll.heard)
        if heard < each.min:
            return Shortfall(each.min, heard)
    return None


def _silence_assents(poll: Poll) -> bool:
    said = {option for option, ballots in (poll.ballots or {}).items() if ballots}
    contested = poll.objection_open or not DISSENT.isdisjoint({*poll.stances.values(), *said})
    return poll.terms.silence == "assent_if_uncontested" and not contested


def _weigh(poll: Poll, cast: Sequence[tuple[int, Option]]) -> Counts:
    counts = Counter[Option]()
    for n, option in cast:
        counts[option] += poll.electorate[n].weight
    return {option: counts[option] for option in Option}


def _by_constituency(
    poll: Poll, cast: Sequence[tuple[int, Option]]
) -> dict[ConstituencyId, Counts]:
    """Return the counts of each constituency; a class in several counts in each."""
    heard: dict[ConstituencyId, list[tuple[int, Option]]] = {
        constituency: [] for each in poll.electorate for constituency in each.constituencies
    }
    for n, option in cast:
        for constituency in poll.electorate[n].constituencies:
            heard[constituency].append((n, option))
    return {constituency: _weigh(poll, heard[constituency]) for constituency in sorted(heard)}


def _holds(threshold: Threshold, counts: Counts, poll: Poll) -> bool:
    base = _base(threshold.base, counts, poll)
    numerator, denominator = threshold.ratio
    share, bound = counts[threshold.option] * denominator, numerator * base
    enough = {"at_least": share >= bound, "more_than": share > bound, "at_most": share <= bound}
    return base > 0 and enough[threshold.test]


def _base(base: Base, counts: Counts, poll: Poll) -> int:
    match base:
        case "cast":
            return sum(counts.values())
        case "yes_no":
            return sum(counts.values()) - counts[Option.ABSTAIN]
        case "entitled":
            return sum(each.weight for each in poll.electorate)
        case "entitled_present":
            seated = (each for each in poll.electorate if not poll.present.isdisjoint(each.class_))
            return sum(each.weight for each in seated)
