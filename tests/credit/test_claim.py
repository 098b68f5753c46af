"""A claim is told before anybody confirms it; a review finds what cannot both be so."""

from typing import Any
from uuid import UUID

import pytest
from hypothesis import strategies as st
from pydantic import ValidationError

from services.credit.domain.claim import (
    Claim,
    ClaimCommand,
    ClaimCredit,
    ClaimEvent,
    ClaimReviewed,
    CreditClaimed,
    ReviewClaim,
    decider,
)
from services.credit.domain.conflict import Conflict, Telling, Told, conflicts, gather, matches
from services.credit.domain.contribution import Deed
from services.credit.domain.fact import Fact, Ground, Stated, Won
from services.credit.domain.ids import OrgId, WinId
from services.credit.domain.roles import Degree, Role
from shared.event import Context, Sealed
from tests.credit.cast import ANNA, CLINIC, SCHOOL, TEACHER, UNION, VAN, by
from tests.given import Given
from tests.laws import obey, over

LEAD, EQUAL, SUPPORTING = Degree
OURS, THEIRS, UNPROVEN, HIDDEN, ELSEWHERE, OF_ANNA, LOST = (UUID(int=n) for n in range(61, 68))
VOTE, OTHER_VOTE = UUID(int=71), UUID(int=72)
MEALS = WinId(UUID(int=73))
METRIC = UUID(int=74)


def deed(of: OrgId, degree: Degree = LEAD, *about: str, **more: Any) -> Deed:
    vouchers = more.pop("vouchers", frozenset({SCHOOL}))
    return Deed(of, more.pop("role", Role.LOBBYING), degree, about, vouchers, **more)


DEEDS = {
    OURS: deed(CLINIC, LEAD, "meetings/7"),
    THEIRS: deed(UNION, LEAD, "credit/9"),
    UNPROVEN: deed(CLINIC, LEAD, vouchers=frozenset()),
    HIDDEN: deed(UNION, LEAD, "meetings/8", declined=True),
    ELSEWHERE: deed(UNION, SUPPORTING, "meetings/8"),
    OF_ANNA: deed(TEACHER, EQUAL, "meetings/8", role=Role.TESTIMONY),
}
PLACES = {key: f"credit/{10 + n}" for n, key in enumerate(DEEDS)}
GROUND = Ground(
    DEEDS,
    {VOTE: "meetings/7", OTHER_VOTE: "meetings/8"},
    frozenset({METRIC}),
    {MEALS: Won("credit/9", frozenset({"meetings/7"}))},
)


def on(key: UUID, role: Role | None = None, degree: Degree | None = None) -> Fact:
    kind = "decision" if key in {VOTE, OTHER_VOTE} else "metric" if key == METRIC else None
    return Fact.model_validate(
        {"kind": kind or "contribution", "id": key, "role": role, "degree": degree}
    )


def stated(fact: Fact, *, disputed: bool = False) -> Stated:
    return Stated(**dict(fact), disputed=disputed)


def told(*others: Telling, first: int = 40) -> Told:
    """Return what is told elsewhere, beside the contributions that are recorded."""
    events = ((f"credit/{first + n}", one) for n, one in enumerate(others))
    return gather(events, PLACES, GROUND)


def given(*history: ClaimEvent) -> Given[ClaimCommand, Claim, ClaimEvent]:
    return Given(decider, history)


def claim(*facts: Fact) -> ClaimCredit:
    return ClaimCredit(audience="funders", text=VAN, facts=facts)


def claimed(*facts: Fact, org: OrgId = CLINIC, about: UUID | None = None) -> CreditClaimed:
    return CreditClaimed(
        by=org,
        audience_="funders",
        text=Sealed(VAN, about=about),
        facts=tuple(stated(fact) for fact in facts),
    )


def test_an_organisation_says_what_it_tells_funders() -> None:
    facts = on(OURS), on(VOTE, Role.LOBBYING, LEAD), on(METRIC)
    given().when(claim(*facts, on(OURS)), by(CLINIC, GROUND)).then(claimed(*facts))
    given(claimed(*facts)).when(claim(*facts), by(CLINIC, GROUND)).then_nothing()
    given(claimed(*facts)).when(claim(*facts), by(UNION, GROUND)).then_refused("already_claimed")
    given(claimed(*facts)).when(claim(on(OURS)), by(CLINIC, GROUND)).then_refused("already_claimed")
    given().when(claim(on(OURS)), by(None, GROUND)).then_refused("no_organisation")


def test_a_claim_names_what_is_there_and_who_may_be_named() -> None:
    given().when(claim(on(LOST)), by(CLINIC, GROUND)).then_refused("unknown_fact")
    given().when(claim(on(HIDDEN)), by(CLINIC, GROUND)).then_refused("declined")
    given().when(claim(on(HIDDEN)), by(UNION, GROUND)).then(claimed(on(HIDDEN), org=UNION))


def test_k9_a_claim_says_which_of_its_facts_were_disputed() -> None:
    ground = Ground(DEEDS, disputed=frozenset({on(OURS).key}))
    given().when(claim(on(OURS)), by(CLINIC, ground)).then(
        CreditClaimed(
            by=CLINIC, audience_="funders", text=Sealed(VAN),
            facts=(stated(on(OURS), disputed=True),),
        )
    )  # fmt: skip


def test_m18_words_about_one_person_are_personal() -> None:
    given().when(claim(on(OF_ANNA)), by(CLINIC, GROUND)).then(claimed(on(OF_ANNA), about=ANNA))


@pytest.mark.parametrize(
    "fact",
    [
        {"kind": "metric", "id": METRIC, "role": Role.DATA},
        {"kind": "decision", "id": VOTE, "role": Role.DATA},
        {"kind": "decision", "id": VOTE, "degree": LEAD},
        {"kind": "rumour", "id": VOTE},
    ],
)
def test_a_fact_says_a_whole_part_or_none(fact: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Fact.model_validate(fact)


def test_f91_two_claims_to_lead_one_role_conflict() -> None:
    rival = told(Telling(UNION, (on(METRIC), on(THEIRS))), first=30)
    given(claimed(on(OURS))).when(ReviewClaim(), by(UNION, GROUND, rival)).then(
        ClaimReviewed(
            matches=(0,),
            conflicts=(
                Conflict(fact=0, with_=PLACES[THEIRS]),
                Conflict(fact=0, with_="credit/30"),
            ),
        )
    )


def test_a_claim_is_reviewed_again_when_more_is_known() -> None:
    claim_, reviewed = claimed(on(METRIC)), ClaimReviewed(matches=(0,), conflicts=())
    given(claim_).when(ReviewClaim(), by(UNION, GROUND, Told())).then(reviewed)
    given(claim_, reviewed).when(ReviewClaim(), by(UNION, GROUND, Told())).then_nothing()
    gone = Ground(DEEDS)
    given(claim_, reviewed).when(ReviewClaim(), by(UNION, gone, Told())).then(
        ClaimReviewed(matches=(), conflicts=())
    )
    given().when(ReviewClaim(), by(UNION, GROUND, Told())).then_refused("not_claimed")


def against(fact: Fact, *others: Telling, org: OrgId = CLINIC) -> list[str]:
    return [one.with_ for one in conflicts(Telling(org, (fact,)), told(*others), GROUND)]


def test_leads_conflict_in_one_role_of_one_matter() -> None:
    lead = on(VOTE, Role.MEDIA, LEAD)
    assert against(lead, Telling(UNION, (on(VOTE, Role.MEDIA, LEAD),))) == ["credit/40"]
    assert against(lead, Telling(CLINIC, (on(VOTE, Role.MEDIA, LEAD),))) == []
    assert against(lead, Telling(UNION, (on(VOTE, Role.MEDIA, EQUAL),))) == []
    assert against(lead, Telling(UNION, (on(VOTE, Role.DATA, LEAD),))) == []
    assert against(lead, Telling(UNION, (on(OTHER_VOTE, Role.MEDIA, LEAD),))) == []
    within = Telling(UNION, (on(OTHER_VOTE, Role.MEDIA, LEAD),), MEALS)
    assert against(lead, within) == ["credit/40"], "it is told of the win that the vote led to"
    assert against(on(VOTE, Role.MEDIA, EQUAL), Telling(UNION, (lead,))) == []


def test_what_is_said_of_nothing_in_particular_is_said_of_all() -> None:
    unproven = Telling(CLINIC, (on(UNPROVEN),))
    lead = on(OTHER_VOTE, Role.LOBBYING, LEAD)
    assert "credit/40" in against(lead, unproven, org=UNION)


def test_a_confirmed_contribution_speaks_against_who_says_more() -> None:
    assert against(on(ELSEWHERE, degree=LEAD), org=UNION) == [PLACES[ELSEWHERE]]
    assert against(on(ELSEWHERE, Role.MEDIA), org=UNION) == [PLACES[ELSEWHERE]]
    assert against(on(ELSEWHERE), org=UNION) == []
    assert against(on(UNPROVEN, degree=SUPPORTING)) == []
    more = on(OTHER_VOTE, Role.LOBBYING, EQUAL)
    assert against(more, org=UNION) == [PLACES[ELSEWHERE]]


def supported(*facts: Fact, org: OrgId = CLINIC) -> list[bool]:
    found = matches(facts, org, GROUND)
    return [place in found for place in range(len(facts))]


def test_k7_a_fact_rests_on_what_another_confirmed() -> None:
    assert supported(on(OURS), on(OURS, degree=EQUAL), on(OURS, Role.MEDIA)) == [True, True, False]
    assert supported(on(UNPROVEN), on(HIDDEN), on(LOST)) == [False, False, False]
    assert supported(on(ELSEWHERE), on(ELSEWHERE, degree=EQUAL)) == [True, False]
    assert supported(on(METRIC), on(VOTE), on(OTHER_VOTE)) == [True, True, True]


def test_k7_a_part_in_a_decision_rests_on_a_contribution_to_it() -> None:
    lead = on(VOTE, Role.LOBBYING, LEAD)
    assert supported(lead, on(VOTE, Role.MEDIA, EQUAL)) == [True, False]
    assert supported(lead, org=UNION) == [True], "to the win that it led to"
    assert supported(lead, org=SCHOOL) == [False]
    assert supported(on(OTHER_VOTE, Role.LOBBYING, SUPPORTING)) == [False]


roles, degrees = st.sampled_from([Role.LOBBYING, Role.TESTIMONY]), st.sampled_from(Degree)
facts = st.one_of(
    st.builds(on, st.sampled_from([*DEEDS, LOST]), st.none() | roles, st.none() | degrees),
    st.builds(on, st.sampled_from([VOTE, OTHER_VOTE]), roles, degrees),
    st.builds(on, st.sampled_from([VOTE, METRIC])),
)
orgs = st.sampled_from([CLINIC, UNION, SCHOOL, TEACHER])
tellings = st.builds(
    Telling, orgs, st.lists(facts, max_size=3).map(tuple), st.none() | st.just(MEALS)
)


@over(tellings, tellings, examples=300)
def test_f91_a_conflict_of_two_claims_is_seen_from_both(one: Telling, other: Telling) -> None:
    def found(mine: Telling, theirs: Telling) -> bool:
        elsewhere = gather([("credit/50", theirs)], {}, GROUND)
        return bool(conflicts(mine, elsewhere, GROUND))

    assert found(one, other) == found(other, one)


@over(tellings)
def test_k7_what_matches_says_no_more_than_somebody_else_confirmed(telling: Telling) -> None:
    weight = [SUPPORTING, EQUAL, LEAD]
    for place in matches(telling.facts, telling.by, GROUND):
        fact = telling.facts[place]
        if fact.kind == "contribution":
            rests = [DEEDS[fact.id]]
        elif fact.role:
            rests = [one for one in DEEDS.values() if one.of == telling.by]
        else:
            continue
        assert any(
            one.confirmed
            and (fact.role or one.role) == one.role
            and weight.index(fact.degree or one.degree) <= weight.index(one.degree)
            for one in rests
        )


commands = st.one_of(st.builds(claim, facts), st.just(ReviewClaim()))
rivals = st.lists(tellings, max_size=2).map(lambda found: told(*found))
contexts = st.builds(lambda org, elsewhere: by(org, GROUND, elsewhere), orgs, rivals)


@over(st.lists(st.tuples(commands, contexts)))
def test_laws(requests: list[tuple[ClaimCommand, Context]]) -> None:
    obey(decider, requests)
