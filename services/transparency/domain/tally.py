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

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple, Protocol, TypeVar
from uuid import UUID

OPTIONS = ("agree", "disagree", "abstain", "object")
DISSENT = frozenset({"disagree", "object"})


class VoteClass(NamedTuple):
    """Related organisations taken together: one vote."""

    orgs: tuple[UUID, ...]
    weight: int = 1
    constituencies: tuple[UUID, ...] = ()


@dataclass(frozen=True, eq=False)
class Electorate:
    """The frozen list of vote classes; a class is known by its place in it.

    Args:
        orgs: Every entitled organisation.
        classes: `None` where each organisation is a class of its own that weighs one.
    """

    orgs: Sequence[UUID]
    classes: Sequence[VoteClass] | None = None

    @cached_property
    def places(self) -> Mapping[UUID, int]:
        """The class of each organisation."""
        if self.classes is None:
            return {org: place for place, org in enumerate(self.orgs)}
        return {org: place for place, each in enumerate(self.classes) for org in each.orgs}

    def __len__(self) -> int:
        return len(self.orgs if self.classes is None else self.classes)

    def __getitem__(self, place: int) -> VoteClass:
        return VoteClass((self.orgs[place],)) if self.classes is None else self.classes[place]

    def weight(self, place: int) -> int:
        return 1 if self.classes is None else self.classes[place].weight

    @property
    def weights(self) -> int:
        """The weight of all classes together."""
        return len(self) if self.classes is None else sum(each.weight for each in self.classes)


def extended(frozen: Electorate, grown: Iterable[Mapping[str, Any]]) -> Electorate:
    """Return an electorate to which vote classes were added, or organisations to some of them."""
    classes = [frozen[place] for place in range(len(frozen))]
    for written in grown:
        orgs = tuple(UUID(str(org)) for org in written["class"])
        constituencies = tuple(UUID(str(each)) for each in written.get("constituencies", ()))
        larger = VoteClass(orgs, written.get("weight", 1), constituencies)
        place = next((n for n, each in enumerate(classes) if set(each.orgs) & set(orgs)), None)
        if place is None:
            classes.append(larger)
        else:
            classes[place] = larger
    return Electorate([org for each in classes for org in each.orgs], classes)


class Voice(Protocol):
    """What is looked at in a stance as recorded, to find what each class holds."""

    @property
    def position(self) -> int: ...
    @property
    def org(self) -> UUID: ...
    @property
    def option(self) -> str | None: ...
    @property
    def withdrawn(self) -> bool: ...
    @property
    def ad_referendum(self) -> bool: ...


V = TypeVar("V", bound=Voice)
Options = Mapping[int, str]


@dataclass(frozen=True)
class Voting:
    """What was frozen when voting opened, and what is known of its end.

    Args:
        chair: The organisation that opened the voting.
        present: Who was in the linked meeting when voting closed.
    """

    terms: Mapping[str, Any]
    electorate: Electorate
    chair: UUID | None = None
    proposer: UUID | None = None
    lead: UUID | None = None
    present: frozenset[UUID] = frozenset()
    objection_open: bool = False


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


def held(electorate: Electorate, stances: Iterable[V]) -> dict[int, V]:
    """Return the stance that each class holds after `stances`, by its place."""
    place_of, holds = electorate.places.get, dict[int, V]()
    for stance in stances:
        if (place := place_of(stance.org)) is None:
            continue
        if stance.option is None and stance.withdrawn:
            holds.pop(place, None)
        else:
            holds[place] = stance
    return holds


def counted(holds: Mapping[int, Voice], ratified: Mapping[UUID, int]) -> dict[int, str]:
    """Return the options that count, by the place of their class.

    Args:
        ratified: Where each organisation last ratified its stance.
    """
    return {
        place: stance.option
        for place, stance in holds.items()
        if stance.option is not None
        and (not stance.ad_referendum or ratified.get(stance.org, 0) > stance.position)
    }


def tally(voting: Voting, options: Options) -> Result:
    """Return what follows from the options of the classes, by their places."""
    electorate = voting.electorate
    counts = dict.fromkeys(OPTIONS, 0)
    if electorate.classes is None:
        counts |= Counter(options.values())
    else:
        for place, option in options.items():
            counts[option] += electorate.weight(place)
    if _assents(voting, counts):
        counts["agree"] += electorate.weights - sum(map(electorate.weight, options))
    quorum = _quorum(voting, options)
    thresholds = tuple(
        _threshold(written, voting, counts) for written in voting.terms.get("thresholds", ())
    )
    return Result(
        outcome=_outcome(voting, options, quorum, thresholds),
        counts=counts,
        voters=len(options),
        entitled=len(electorate),
        quorum=quorum,
        thresholds=thresholds,
    )


def _quorum(voting: Voting, options: Options) -> Quorum:
    terms, electorate = voting.terms.get("quorum", {}), voting.electorate
    numerator, denominator = terms.get("at_least", (0, 1))
    entitled, reached = len(electorate), len(options)
    chair = electorate.places.get(voting.chair) if voting.chair else None
    if chair is not None and not terms.get("chair_counts", True):
        entitled -= 1
        reached -= chair in options
    enough = reached * denominator >= numerator * entitled
    for minimum in terms.get("per_constituency", ()):
        constituency = UUID(str(minimum["constituency"]))
        heard = sum(constituency in electorate[place].constituencies for place in options)
        enough = enough and heard >= minimum["min"]
    return Quorum(-(-numerator * entitled // denominator), reached, enough)


def _assents(voting: Voting, counts: Mapping[str, int]) -> bool:
    return (
        voting.terms.get("silence") == "assent_if_uncontested"
        and not voting.objection_open
        and not any(counts[option] for option in DISSENT)
    )


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
    match name:
        case "yes_no":
            return counts["agree"] + counts["disagree"] + counts["object"]
        case "cast":
            return sum(counts.values())
        case "entitled":
            return voting.electorate.weights
        case _:
            places = voting.electorate.places
            there = {places[org] for org in voting.present if org in places}
            return sum(map(voting.electorate.weight, there))


def _outcome(
    voting: Voting, options: Options, quorum: Quorum, thresholds: Sequence[Threshold]
) -> str:
    if not quorum.holds:
        return "lapsed"
    if voting.objection_open and voting.terms.get("objections", {}).get("must_be_addressed"):
        return "rejected"
    if not all(threshold.holds for threshold in thresholds):
        return "rejected"
    places = voting.electorate.places
    match voting.terms.get("method"):
        case "advice":
            proposer = places.get(voting.proposer) if voting.proposer else None
            adopted = _said(proposer, options) == "agree"
        case "lead_decides":
            lead = places.get(voting.lead) if voting.lead else None
            adopted = _said(lead, options) == "agree"
        case _:
            adopted = True
    return "adopted" if adopted else "rejected"


def _said(place: int | None, options: Options) -> str | None:
    return options.get(place) if place is not None else None
