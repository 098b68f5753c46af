"""What stands around a proposal."""

from itertools import count
from typing import Any
from uuid import UUID

from services.transparency.domain.around import Stated, area, around, scenario
from services.transparency.domain.said import Names

CLINIC, SCHOOL, UNION = (UUID(int=n) for n in range(1, 4))
BUSES, MEALS = UUID(int=11), UUID(int=12)
BEST, WORST = str(UUID(int=21)), str(UUID(int=22))
NAMES = Names(
    {
        CLINIC: {"lang": "en", "text": "Clinic"},
        SCHOOL: {"lang": "en", "text": "A school"},
    }
)
_positions = count(1)


def said(type_: str, key: UUID = UNION, by: UUID | None = None, **data: Any) -> Stated:
    return Stated(next(_positions), type_, key, by, data)


def describe(id_: str, kind: str) -> Stated:
    parties = [str(CLINIC), str(SCHOOL)]
    return said(
        "ScenarioAgreed", by=CLINIC, scenario=id_, kind=kind, text={"text": kind}, parties=parties
    )


def agree(id_: str) -> Stated:
    return said("ScenarioAgreed", by=SCHOOL, scenario=id_)


def test_f68_scenarios_are_in_force_once_every_party_has_agreed() -> None:
    worst, best = describe(WORST, "worst"), describe(BEST, "best")
    assert around([worst, best], BUSES).scenarios == ()
    agreed = agree(WORST)
    [only] = around([worst, best, agreed], BUSES).scenarios
    assert (only.kind, only.refs) == ("worst", (worst.ref, agreed.ref))
    both = around([worst, best, agreed, agree(BEST)], None).scenarios
    assert [each.kind for each in both] == ["best", "worst"]
    shown = scenario(both[0], NAMES)
    assert (shown["text"], [org["id"] for org in shown["parties"] if org]) == (
        {"text": "best"},
        [str(SCHOOL), str(CLINIC)],
    )


def test_f73_an_area_stands_by_proposals_about_its_issue() -> None:
    named = said("ConflictAreaNamed", issue=str(BUSES), name={"text": "Money"}, orgs=[str(CLINIC)])
    general = said("ConflictAreaNamed", name={"text": "Time"}, orgs=[])
    events = [named, general]
    assert around(events, BUSES).areas == (named,)
    assert around(events, MEALS).areas == around(events, None).areas == ()
    assert area(named, NAMES) == {
        "name": {"text": "Money"},
        "organisations": [NAMES.of(CLINIC)],
        "ref": named.ref,
    }


def test_f69_what_was_stated_last_says_to_whom_an_organisation_answers() -> None:
    first = said("InterestStated", CLINIC, answers_to=[{"text": "Patients"}])
    last = said("InterestStated", CLINIC, answers_to=[{"text": "Nurses"}])
    other = said("InterestStated", SCHOOL)
    assert around([first, last, other], BUSES).answers_to == {CLINIC: last, SCHOOL: other}
