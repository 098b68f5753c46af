"""What `docs/reference/tally.md` says is what the service counts, and what a hand counts."""

import re
from pathlib import Path
from typing import NamedTuple

import orjson
import pytest

from services.meetings.domain.ids import OrgId
from services.meetings.domain.rule import OFFERED, Method, Option, Rule
from services.meetings.domain.tally import Poll, VoteClass, tally
from tests.meetings.brute import Entry, count
from tests.meetings.coalition import CLINIC, MIGRANTS, PARENTS, SCHOOL, UNION, YOUTH

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "tally.md"
ORGS = CLINIC, SCHOOL, UNION, YOUTH
GROUPS = {CLINIC: (PARENTS,), SCHOOL: (PARENTS, MIGRANTS)}
BESIDES = {"", "an objection is open", "Clinic and Youth are present"}


class Example(NamedTuple):
    rule: Rule
    stances: tuple[str, ...]
    besides: str
    counts: tuple[int, ...]
    result: str

    @property
    def classes(self) -> tuple[VoteClass, ...]:
        weights = {each.org: each.weight for each in self.rule.weights}
        return tuple(
            VoteClass(class_=(org,), weight=weights.get(org, 1), constituencies=GROUPS.get(org, ()))
            for org in ORGS
        )

    @property
    def present(self) -> tuple[OrgId, ...]:
        return (CLINIC, YOUTH) if "present" in self.besides else ()

    @property
    def objection_open(self) -> bool:
        return "objection" in self.besides


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def examples() -> list[Example]:
    """Return the rows of the page's last table."""
    found = []
    for line in PAGE.read_text("utf-8").splitlines():
        if line.startswith('| `{"'):
            rule, stances, besides, counts, result = cells(line)
            found.append(
                Example(
                    Rule.model_validate_json(rule.strip("`")),
                    tuple(stances.split()),
                    besides,
                    tuple(map(int, counts.split())),
                    result,
                )
            )
    return found


EXAMPLES = examples()


@pytest.mark.parametrize("each", EXAMPLES, ids=range(len(EXAMPLES)))
def test_d16_the_service_counts_as_the_page_says(each: Example) -> None:
    assert each.besides in BESIDES
    deciders = {Method.ADVICE: SCHOOL, Method.LEAD_DECIDES: CLINIC}
    polled = tally(
        Poll(
            terms=each.rule,
            electorate=each.classes,
            stances={
                place: Option(said)
                for place, said in enumerate(each.stances)
                if said != "-" and not said.endswith("*")
            },
            chair=CLINIC,
            decider=deciders.get(each.rule.method),
            present=frozenset(each.present),
            objection_open=each.objection_open,
        )
    )
    assert tuple(polled.counts.values()) == each.counts
    assert ("lapsed" if polled.shortfall else polled.outcome) == each.result


@pytest.mark.parametrize("each", EXAMPLES, ids=range(len(EXAMPLES)))
def test_d16_a_hand_counts_as_the_page_says(each: Example) -> None:
    by_hand = count(_stream(each))
    assert tuple(by_hand.heap.values()) == each.counts
    assert by_hand.outcome == each.result


def _stream(each: Example) -> list[Entry]:
    stream: list[Entry] = [
        {"type": "ProposalDrafted", "by": str(SCHOOL)},
        {
            "type": "VotingOpened",
            "by": str(CLINIC),
            "terms": orjson.loads(each.rule.model_dump_json()),
            "electorate": [orjson.loads(one.model_dump_json()) for one in each.classes],
            "lead": str(CLINIC),
        },
    ]
    for org, said in zip(ORGS, each.stances, strict=True):
        if said != "-":
            authority = "ad_referendum" if said.endswith("*") else "full"
            stance = {"by": str(org), "option": said.strip("*"), "authority": authority}
            stream.append({"type": "StanceTaken", **stance})
    if each.objection_open:
        stream.append({"type": "ObjectionRaised", "objection": "one"})
    return [*stream, {"type": "VotingClosed", "present": [str(org) for org in each.present]}]


def test_the_page_shows_every_method_and_every_end() -> None:
    assert {each.rule.method for each in EXAMPLES} == set(OFFERED)
    assert {each.result for each in EXAMPLES} == {"adopted", "rejected", "lapsed"}


def test_the_page_tells_the_presets_of_each_method() -> None:
    told = {}
    for line in PAGE.read_text("utf-8").splitlines():
        if match := re.match(r"\| `(\w+)` \|", line):
            told[match[1]] = cells(line)[1:]
    assert told.keys() == set(OFFERED)
    for method, (thresholds, quorum, silence, objections) in told.items():
        rule = Rule(method=Method(method))
        words = [
            f"`{one.option}` {one.test.replace('_', ' ')} {_share(one.ratio)} of `{one.base}`"
            for one in rule.thresholds
        ]
        assert thresholds.partition(":")[0] == (", ".join(words) or "none")
        assert quorum == _share(rule.quorum.at_least)
        assert ("assents" in silence) == (rule.silence == "assent_if_uncontested")
        assert (objections == "addressed first") == rule.objections.must_be_addressed


def _share(ratio: tuple[int, int]) -> str:
    return "0" if ratio[0] == 0 else f"{ratio[0]}/{ratio[1]}"
