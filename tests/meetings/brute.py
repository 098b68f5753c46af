"""Count votings by hand, and compare: `python -m tests.meetings.brute 100000`.

The count is written from the five steps of the tally in words, over the events of a stream as they
are written down. It shares nothing with the service: no class, no function, no arithmetic. Every
unit of weight is a slip of paper in a heap, and shares are compared as fractions.
"""

import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from fractions import Fraction
from functools import reduce
from random import Random
from typing import Any
from uuid import UUID

from services.meetings.domain.electorate import Electorate, Roll
from services.meetings.domain.ids import ConstituencyId, Decisions, Itself, ObjectionId, OrgId
from services.meetings.domain.objection import RaiseObjection, RetractObjection, SetAsideObjection
from services.meetings.domain.proposal import (
    DraftProposal,
    MakeDecision,
    ProposalEvent,
    PublishProposal,
    decider,
)
from services.meetings.domain.ratification import DeclineRatification, RatifyStance
from services.meetings.domain.rule import InForce, Rule
from services.meetings.domain.tally import VoteClass
from services.meetings.domain.voting import (
    ChangeStance,
    CloseVoting,
    Lead,
    OpenVoting,
    Remit,
    RuleInForce,
    Sitting,
    Speaker,
    TakeStance,
    WithdrawStance,
)
from shared.decider import Refused
from shared.event import Authority, Command, Context
from tests.meetings.coalition import (
    ASSEMBLY,
    COALITION,
    COST,
    DUSK,
    NOON,
    PLENARY,
    PROPOSAL,
    RULE,
    TRANSPORT,
    VAN,
)

Entry = Mapping[str, Any]
"""An event as it stands in the stream: its fields, and under `type` its name."""


# By hand: from the text alone.


@dataclass(frozen=True)
class Hand:
    """What counting by hand came to; a voting that lapses has no outcome but that."""

    heap: Mapping[str, int]
    outcome: str
    voters: int
    entitled: int


def count(stream: Sequence[Entry]) -> Hand:
    """Count the last voting of a stream, as it stands at the stream's end."""
    begin = max(n for n, entry in enumerate(stream) if entry["type"] == "VotingOpened")
    opened = stream[begin]
    (closed,) = (entry for entry in stream[begin:] if entry["type"] == "VotingClosed")
    rule = opened["terms"]
    classes = opened["electorate"]
    says = _stances(stream[begin:], classes)
    contested = _objection_open(stream)
    counted = {place: said for place, (said, final, _) in says.items() if final}

    assenting = rule["silence"] == "assent_if_uncontested" and not contested
    if assenting and not {"disagree", "object"} & set(counted.values()):
        spoken = {place: counted.get(place, "agree") for place in range(len(classes))}
    else:
        spoken = counted
    heap = [said for place, said in spoken.items() for _ in range(classes[place]["weight"])]

    outcome = "adopted"
    for threshold in rule["thresholds"]:
        if not _held(threshold, heap, classes, closed.get("present") or ()):
            outcome = "rejected"
    if rule["objections"]["must_be_addressed"] and contested:
        outcome = "rejected"
    alone = {"advice": stream[0]["by"], "lead_decides": opened.get("lead")}
    if rule["method"] in alone:
        said = [
            counted.get(place)
            for place, each in enumerate(classes)
            if alone[rule["method"]] in each["class"]
        ]
        if said != ["agree"]:
            outcome = "rejected"
    if not _quorate(rule["quorum"], classes, counted, opened["by"]):
        outcome = "lapsed"
    slips = {option: heap.count(option) for option in ("agree", "disagree", "abstain", "object")}
    return Hand(slips, outcome, len(counted), len(classes))


def _stances(
    entries: Iterable[Entry], classes: Sequence[Entry]
) -> dict[int, tuple[str, bool, object]]:
    """1. A class's stance is the latest current one taken for any of its organisations.

    One taken ad referendum is final once its organisation has ratified it.
    """
    says: dict[int, tuple[str, bool, object]] = {}
    for entry in entries:
        if entry["type"] == "DecisionRatified":
            (place,) = (n for n, (_, _, by) in says.items() if by == entry["by"])
            says[place] = says[place][0], True, entry["by"]
        if not entry["type"].startswith("Stance"):
            continue
        (place,) = (n for n, each in enumerate(classes) if entry["by"] in each["class"])
        if entry["type"] == "StanceWithdrawn":
            del says[place]
        else:
            said = entry["option"] if entry["type"] == "StanceTaken" else entry["to"]
            says[place] = said, entry["authority"] != "ad_referendum", entry["by"]
    return says


def _objection_open(entries: Iterable[Entry]) -> bool:
    standing = set()
    for entry in entries:
        if entry["type"] == "ObjectionRaised":
            standing.add(entry["objection"])
        elif entry["type"] in {"ObjectionRetracted", "ObjectionSetAside"}:
            standing.discard(entry["objection"])
    return bool(standing)


def _quorate(
    quorum: Entry, classes: Sequence[Entry], counted: Iterable[int], chair: object
) -> bool:
    """2. Of the classes; without `chair_counts` that of the chair leaves both sides."""
    everybody = set(range(len(classes)))
    if not quorum["chair_counts"]:
        everybody -= {place for place in everybody if chair in classes[place]["class"]}
    heard = [place for place in counted if place in everybody]
    if len(heard) < Fraction(*quorum["at_least"]) * len(everybody):
        return False
    for minimum in quorum["per_constituency"]:
        group = [n for n in counted if minimum["constituency"] in classes[n]["constituencies"]]
        if len(group) < minimum["min"]:
            return False
    return True


def _held(
    threshold: Entry, heap: Sequence[str], classes: Sequence[Entry], present: Iterable[str]
) -> bool:
    """4. Over weights; an empty base fails."""
    there = set(present)
    size = {
        "yes_no": sum(1 for slip in heap if slip != "abstain"),
        "cast": len(heap),
        "entitled": sum(each["weight"] for each in classes),
        "entitled_present": sum(each["weight"] for each in classes if there & {*each["class"]}),
    }[threshold["base"]]
    if size == 0:
        return False
    share = Fraction(sum(1 for slip in heap if slip == threshold["option"]), size)
    bound = Fraction(*threshold["ratio"])
    match threshold["test"]:
        case "at_least":
            return share >= bound
        case "more_than":
            return share > bound
        case _:
            return share <= bound


# Votings by chance, through the rules themselves.

AUTHORITIES: Sequence[Authority] = "full", "full", "full", "ad_referendum"
OPTIONS = "agree", "agree", "disagree", "abstain", "object"
METHODS = (
    "consent", "consensus", "majority", "supermajority", "lazy_consensus", "advice", "lead_decides",
)  # fmt: skip
BASES = "yes_no", "cast", "entitled", "entitled_present"
GROUPS = tuple(ConstituencyId(UUID(int=n)) for n in range(201, 204))


def draw_rule(chance: Random, orgs: Sequence[OrgId]) -> Rule:
    """Return a rule of any method, its presets kept or not."""
    said: dict[str, Any] = {"method": chance.choice(METHODS)}
    if chance.random() < 0.8:
        minima = [
            {"constituency": str(group), "min": chance.randint(1, 2)}
            for group in chance.sample(GROUPS, chance.choice((0, 0, 1)))
        ]
        said["quorum"] = {
            "at_least": _ratio(chance, 4),
            "per_constituency": minima,
            "chair_counts": chance.random() < 0.6,
        }
    if chance.random() < 0.6:
        said["thresholds"] = [
            {
                "option": chance.choice(OPTIONS),
                "test": chance.choice(("at_least", "more_than", "at_most")),
                "ratio": _ratio(chance, 5),
                "base": chance.choice(BASES),
            }
            for _ in range(chance.randint(1, 3))
        ]
    if chance.random() < 0.3:
        said["objections"] = {"must_be_addressed": chance.random() < 0.5}
    if chance.random() < 0.3:
        said["silence"] = chance.choice(("not_counted", "assent_if_uncontested"))
    if chance.random() < 0.5:
        said["ratify_within_days"] = 5
    if chance.random() < 0.5:
        said["weights"] = [
            {"org": org, "weight": chance.choice((1, 2, 3, 7))}
            for org in chance.sample(orgs, chance.randint(0, len(orgs)))
        ]
    return Rule.model_validate(said, strict=False)


def _ratio(chance: Random, most: int) -> tuple[int, int]:
    whole = chance.randint(1, most)
    return chance.randint(0, whole), whole


def draw_classes(chance: Random, orgs: Sequence[OrgId]) -> tuple[VoteClass, ...]:
    """Return vote classes of one to three organisations each."""
    left, classes = [*orgs], []
    while left:
        size = min(len(left), chance.choice((1, 1, 1, 2, 3)))
        together, left = left[:size], left[size:]
        groups = chance.sample(GROUPS, chance.choice((0, 1, 2)))
        classes.append(VoteClass(class_=tuple(together), constituencies=tuple(sorted(groups))))
    return tuple(classes)


def votings(chance: Random) -> list[ProposalEvent]:
    """Return the stream of a proposal that was decided, or lapsed; drawn by chance."""
    orgs = [OrgId(UUID(int=n)) for n in range(1, chance.randint(1, 9) + 1)]
    terms = draw_rule(chance, orgs)
    electorate = Electorate(draw_classes(chance, orgs), members_position=41)
    sits = frozenset(chance.sample(orgs, chance.randint(0, len(orgs))))
    facts: tuple[object, ...] = (
        RuleInForce(InForce(1, PLENARY, terms)),
        electorate,
        Remit(covers=True),
        Lead(chance.choice(orgs)),
        Speaker(voting=True, members_position=42),
        Sitting(present=sits),
        Roll(frozenset(orgs)),
        Itself(PROPOSAL),
        Decisions(set()),
    )
    story = _Story(facts)
    proposer, chair = chance.choice(orgs), chance.choice(orgs)
    meeting = ASSEMBLY if chance.random() < 0.5 else None
    story.tell(DraftProposal(body=PLENARY, issue=TRANSPORT, title=VAN, text=VAN), proposer)
    story.tell(PublishProposal(), proposer)
    story.tell(OpenVoting(rule=RULE, closes_at=DUSK, meeting=meeting), chair)
    for n in range(chance.randint(0, 3 * len(orgs))):
        story.tell(_said(chance, n), chance.choice(orgs), chance.choice(AUTHORITIES))
    story.tell(CloseVoting(), chair)
    for org in chance.sample(orgs, chance.randint(0, len(orgs))):
        story.tell(chance.choice((RatifyStance(), DeclineRatification())), org)
    story.wait(timedelta(days=6))
    story.tell(MakeDecision(accountable=(chair,)), chair)
    return story.events


def drawn(seed: int) -> list[ProposalEvent]:
    """Return the votings of a seed; the same every time."""
    return votings(Random(seed))  # noqa: S311 - what is drawn is no secret


def _said(chance: Random, n: int) -> Command:
    option: Any = chance.choice(OPTIONS)
    objection = ObjectionId(UUID(int=300 + n))
    earlier = ObjectionId(UUID(int=300 + chance.randint(0, n)))
    return chance.choices(
        (
            TakeStance.model_validate({"option": option, "reason": COST}, strict=False),
            ChangeStance.model_validate({"to": option, "because": COST}, strict=False),
            WithdrawStance(because=COST),
            RaiseObjection(objection=objection, grounds=COST),
            RetractObjection(objection=earlier, reason=COST),
            SetAsideObjection(objection=earlier, reasoning=COST),
            RatifyStance(),
            DeclineRatification(),
        ),
        (12, 4, 1, 1, 1, 1, 2, 1),
    )[0]


@dataclass
class _Story:
    """What was accepted so far, told by organisations one second after the other."""

    facts: tuple[object, ...]

    def __post_init__(self) -> None:
        self.events: list[ProposalEvent] = []
        self._at, self._state = NOON, decider.initial

    def wait(self, span: timedelta) -> None:
        self._at += span

    def tell(self, command: Any, by: OrgId, authority: Authority = "full") -> None:
        """Send a command; what is refused is not told."""
        self._at += timedelta(seconds=1)
        context = Context(COALITION, None, by, self._at, self.facts, authority=authority)
        try:
            events = decider.decide(command, self._state, replace(context, accreditation=None))
        except Refused:
            return
        self._state = reduce(decider.evolve, events, self._state)
        self.events.extend(events)


def written(events: Iterable[ProposalEvent]) -> list[Entry]:
    """Return the events as they are written down."""
    return [{"type": type(event).__name__, **event.model_dump(mode="json")} for event in events]


def disagreement(events: Sequence[ProposalEvent]) -> str | None:
    """Return how the service's count of the last voting differs from that by hand, if it does."""
    stream = written(events)
    if not any(entry["type"] == "VotingClosed" for entry in stream):
        return None
    (end,) = (n for n, entry in enumerate(stream) if entry["type"] == "VotingClosed")
    closed, at_close = stream[end], count(stream[: end + 1])
    if closed["counts"] != at_close.heap:
        return f"counts {closed['counts']}, by hand {at_close.heap}"
    hand, last = count(stream), stream[-1]
    if last["type"] not in {"QuorumNotMet", "DecisionMade"}:
        return f"it ends with {last['type']}"
    said = "lapsed" if last["type"] == "QuorumNotMet" else last.get("outcome")
    if said != hand.outcome:
        return f"{said}, by hand {hand.outcome}"
    if said != "lapsed" and (last["counts"], last["voters"], last["entitled"]) != (
        hand.heap,
        hand.voters,
        hand.entitled,
    ):
        return f"decided on {last}, by hand {hand}"
    return None


def main(times: int) -> int:
    """Compare `times` votings; print what came of them, and the first that differs."""
    seen: dict[str, int] = {}
    for seed in range(times):
        events = drawn(seed)
        if different := disagreement(events):
            print(f"voting {seed}: {different}")  # noqa: T201 - what it is for
            return 1
        end = getattr(events[-1], "outcome", type(events[-1]).__name__)
        seen[end] = seen.get(end, 0) + 1
    print(f"{times} votings, all as by hand: {seen}")  # noqa: T201 - what it is for
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
