"""The tally, counted again from the frozen rule, the electorate and the recorded stances.

It trusts no count that was recorded, and shares no code with the service that decided: two
readings of the same rules in words must agree, or the register says where they differ.

1. A vote class holds one stance: the latest of any of its organisations, none once that is
   withdrawn. A stance taken ad referendum counts once it was ratified.
2. Quorum counts classes with a stance, on the whole electorate; the class of whoever opened the
   voting leaves both sides unless it counts; a constituency may have a minimum of its own. Else
   the voting lapses.
3. Silence agrees where the rule says so, while nobody disagrees and no objection is open.
4. Thresholds compare weights, in integers. An empty base fails.
5. Where objections must be addressed, none is open.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

OPTIONS = ("agree", "disagree", "abstain", "object")
DISSENT = frozenset({"disagree", "object"})


class VoteClass(NamedTuple):
    """Related organisations taken together: one vote."""

    orgs: tuple[UUID, ...]
    weight: int = 1
    constituencies: tuple[UUID, ...] = ()


class Stance(NamedTuple):
    """A stance as recorded; `option` is `None` once it was withdrawn.

    Args:
        pending: Taken ad referendum, and not ratified.
    """

    position: int
    org: UUID
    option: str | None
    pending: bool = False
    reasoned: bool = False


@dataclass(frozen=True)
class Voting:
    """What was frozen when voting opened, and who was there when it closed.

    Args:
        chair: The organisation that opened the voting.
    """

    terms: Mapping[str, Any]
    electorate: Sequence[VoteClass]
    chair: UUID | None = None
    proposer: UUID | None = None
    lead: UUID | None = None
    present: frozenset[UUID] = frozenset()


@dataclass(frozen=True)
class Quorum:
    needed: int
    reached: int
    holds: bool


@dataclass(frozen=True)
class Threshold:
    """`value` of `base` was for `option`; the rule asks for `test` `ratio`."""

    option: str
    test: str
    ratio: tuple[int, int]
    base: str
    of: int
    value: int
    holds: bool


@dataclass(frozen=True)
class Result:
    outcome: str
    counts: Mapping[str, int]
    voters: int
    entitled: int
    quorum: Quorum
    thresholds: tuple[Threshold, ...]


def tally(voting: Voting, stances: Iterable[Stance], *, objection_open: bool) -> Result:
    """Return what follows from the stances."""
    spoken = _spoken(voting.electorate, stances)
    counts = dict.fromkeys(OPTIONS, 0)
    for vote_class, stance in zip(voting.electorate, spoken, strict=True):
        if stance is not None and stance.option is not None:
            counts[stance.option] += vote_class.weight
    quorum = _quorum(voting, spoken)
    if _assents(voting.terms, counts, objection_open=objection_open):
        counts["agree"] += sum(
            vote_class.weight
            for vote_class, stance in zip(voting.electorate, spoken, strict=True)
            if stance is None
        )
    thresholds = tuple(_threshold(written, voting, counts) for written in _thresholds(voting.terms))
    return Result(
        outcome=_outcome(voting, spoken, quorum, thresholds, objection_open=objection_open),
        counts=counts,
        voters=sum(stance is not None for stance in spoken),
        entitled=len(voting.electorate),
        quorum=quorum,
        thresholds=thresholds,
    )


def _spoken(electorate: Sequence[VoteClass], stances: Iterable[Stance]) -> list[Stance | None]:
    """Return the stance of each class, in the order of the electorate."""
    places = {org: n for n, vote_class in enumerate(electorate) for org in vote_class.orgs}
    spoken: list[Stance | None] = [None] * len(electorate)
    for stance in stances:
        if (place := places.get(stance.org)) is not None:
            spoken[place] = None if stance.option is None or stance.pending else stance
    return spoken


def _quorum(voting: Voting, spoken: Sequence[Stance | None]) -> Quorum:
    terms = voting.terms.get("quorum", {})
    numerator, denominator = terms.get("at_least", (0, 1))
    counted = [
        (vote_class, stance is not None)
        for vote_class, stance in zip(voting.electorate, spoken, strict=True)
        if terms.get("chair_counts", True) or voting.chair not in vote_class.orgs
    ]
    reached = sum(spoke for _, spoke in counted)
    enough = reached * denominator >= numerator * len(counted)
    for minimum in terms.get("per_constituency", ()):
        constituency = UUID(str(minimum["constituency"]))
        heard = (
            stance is not None and constituency in vote_class.constituencies
            for vote_class, stance in zip(voting.electorate, spoken, strict=True)
        )
        enough = enough and sum(heard) >= minimum["min"]
    return Quorum(-(-numerator * len(counted) // denominator), reached, enough)


def _assents(terms: Mapping[str, Any], counts: Mapping[str, int], *, objection_open: bool) -> bool:
    return (
        terms.get("silence") == "assent_if_uncontested"
        and not objection_open
        and not any(counts[option] for option in DISSENT)
    )


def _thresholds(terms: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    written: Sequence[Mapping[str, Any]] = terms.get("thresholds", ())
    return written


def _threshold(written: Mapping[str, Any], voting: Voting, counts: Mapping[str, int]) -> Threshold:
    numerator, denominator = written["ratio"]
    value, base = counts[written["option"]], _base(written["base"], voting, counts)
    left, right = value * denominator, numerator * base
    holds = {"at_least": left >= right, "more_than": left > right, "at_most": left <= right}
    return Threshold(
        option=written["option"],
        test=written["test"],
        ratio=(numerator, denominator),
        base=written["base"],
        of=base,
        value=value,
        holds=base > 0 and holds[written["test"]],
    )


def _base(name: str, voting: Voting, counts: Mapping[str, int]) -> int:
    if name == "yes_no":
        return counts["agree"] + counts["disagree"] + counts["object"]
    if name == "cast":
        return sum(counts.values())
    return sum(
        vote_class.weight
        for vote_class in voting.electorate
        if name == "entitled" or not voting.present.isdisjoint(vote_class.orgs)
    )


def _outcome(
    voting: Voting,
    spoken: Sequence[Stance | None],
    quorum: Quorum,
    thresholds: Sequence[Threshold],
    *,
    objection_open: bool,
) -> str:
    if not quorum.holds:
        return "lapsed"
    must_be_addressed = voting.terms.get("objections", {}).get("must_be_addressed", False)
    if must_be_addressed and objection_open:
        return "rejected"
    if not all(threshold.holds for threshold in thresholds):
        return "rejected"
    match voting.terms.get("method"):
        case "advice":
            others = (stance for stance in spoken if stance and stance.org != voting.proposer)
            advised = any(stance.reasoned for stance in others)
            adopted = advised and _said(voting.proposer, spoken) == "agree"
        case "lead_decides":
            adopted = _said(voting.lead, spoken) == "agree"
        case _:
            adopted = True
    return "adopted" if adopted else "rejected"


def _said(org: UUID | None, spoken: Sequence[Stance | None]) -> str | None:
    return next((stance.option for stance in spoken if stance and stance.org == org), None)
