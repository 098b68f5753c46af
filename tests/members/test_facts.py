"""What the rules of threats, conflicts and relationships learn of the rest of the coalition."""

from collections.abc import Callable
from functools import reduce
from typing import Any
from uuid import UUID

import pytest

from services.members.domain import issue
from services.members.domain.coalition import Affected, NoteContextShift
from services.members.domain.conflict import (
    Concerned,
    NameConflictArea,
    RaiseTurfConcern,
    SettleTurf,
)
from services.members.domain.ids import IssueId, OrgId
from services.members.domain.membership import CommitmentLevelSet, MemberJoined
from services.members.domain.relationship import Pair, key_of
from services.members.domain.standing import Author
from services.members.domain.threat import Bearing, IdentifyThreat
from services.members.views import facts
from shared.event import Context, Event, Sealed
from shared.hot import Fold, Reading
from tests.members.table import (
    BUSES,
    CLINIC,
    COALITION,
    MEALS,
    NAME,
    SCHOOL,
    UNION,
    WHY,
    by,
    imported,
)


def joined(kind: str) -> MemberJoined:
    return MemberJoined(
        name=Sealed(NAME),
        kind=kind,  # type: ignore[arg-type]  # one of two words
        sector="health",
        constituencies=(),
        commitment="homework",
        voting_right=True,
        ground_rules=0,
    )


MEMBERS: tuple[tuple[OrgId, Event], ...] = (
    (CLINIC, joined("organization")),
    (SCHOOL, joined("person")),
)


class Held(Reading):
    """A coalition of the clinic and of one teacher, the school; meals were raised."""

    def __init__(
        self, context: Context, key: UUID | str, told: tuple[tuple[OrgId, Event], ...] = MEMBERS
    ) -> None:
        self.context, self.key, self.told = context, key, told

    async def fold(self, fold: Fold[Any]) -> Any:
        evolve = fold.evolve
        return reduce(lambda now, row: evolve(now, str(row[0]), row[1]), self.told, fold.initial)

    async def stream(self, decider: Any, key: UUID | str) -> Any:
        assert decider is issue.decider
        return issue.Raised() if key == MEALS else None


async def learn(
    fact: Callable[..., Any], command: Any, *, context: Context | None = None, key: str = ""
) -> object:
    return await fact(Held(context or by(CLINIC), key), None, command)


async def test_f26_a_shift_asks_members_but_not_those_who_only_observe() -> None:
    shift = NoteContextShift(what=WHY, issues=())
    assert await learn(facts.affected, shift) == Affected(orgs=(CLINIC, SCHOOL))
    observes = (SCHOOL, CommitmentLevelSet(level="observer"))
    held = Held(by(CLINIC), "", (*MEMBERS, observes))
    assert await facts.affected(held, None, shift) == Affected(orgs=(CLINIC,))


async def test_a_threat_bears_on_issues_that_were_raised() -> None:
    for issues, raised in (((), True), ((MEALS,), True), ((MEALS, BUSES), False)):
        ask = IdentifyThreat(name=NAME, issues=tuple(map(IssueId, issues)))
        assert await learn(facts.bearing, ask) == Bearing(raised=raised)


async def test_a_conflict_names_members_and_a_raised_issue() -> None:
    area = NameConflictArea(name=NAME, issue=BUSES, orgs=(CLINIC,))
    assert await learn(facts.named_area, area) == Concerned(members=True, issue=False)
    area = NameConflictArea(name=NAME, orgs=(CLINIC, UNION))
    assert await learn(facts.named_area, area) == Concerned(members=False, issue=True)
    claim = RaiseTurfConcern(domain=NAME, with_=(SCHOOL,))
    assert await learn(facts.named_others, claim) == Concerned(members=True)
    claim = RaiseTurfConcern(domain=NAME, with_=(SCHOOL, UNION))
    assert await learn(facts.named_others, claim) == Concerned(members=False)
    for parties, members in ((None, True), ((CLINIC,), True), ((UNION,), False)):
        settlement = SettleTurf(parties=parties, terms=WHY)
        assert await learn(facts.named_parties, settlement) == Concerned(members=members)


@pytest.mark.parametrize(("other", "members"), [(SCHOOL, True), (UNION, False)])
async def test_two_organisations_are_known_by_their_relationship(
    other: OrgId, *, members: bool
) -> None:
    found = await learn(facts.pair, None, key=key_of(other, CLINIC))
    assert found == Pair((CLINIC, other), members=members)


async def test_who_is_one_person_speaks_in_its_own_words() -> None:
    nobody = Context(COALITION, None, None, imported().at, authority="imported")
    for context, person in ((by(CLINIC), None), (by(SCHOOL), SCHOOL), (nobody, None)):
        found = await learn(facts.author, None, context=context)
        assert found == Author(person)  # type: ignore[arg-type]  # nobody is named: its own id
