"""What a coalition is for, how it works, and when it looks at that again."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import reduce
from uuid import UUID

import pytest
from hypothesis import strategies as st

from services.members.domain.bottomline import Term
from services.members.domain.coalition import (
    REVIEW_DAYS,
    RHYTHM_DAYS,
    AdjournCoalition,
    AdoptGroundRules,
    AdoptNorthStar,
    Affected,
    AgreeBoundary,
    AgreeScenario,
    BoundaryAgreed,
    CloseReview,
    Coalition,
    CoalitionAdjourned,
    CoalitionCommand,
    CoalitionEvent,
    CoalitionListed,
    ContextShiftNoted,
    DecisionStructurePublished,
    DefineTerm,
    Drawn,
    EnterStage,
    Evaluated,
    Formed,
    GroundRulesAdopted,
    Known,
    ListCoalition,
    NorthStarAdopted,
    NoteContextShift,
    OpenReview,
    PublishDecisionStructure,
    ReviewClosed,
    ReviewOpened,
    ScenarioAgreed,
    ScopeSet,
    SetScope,
    StageEntered,
    TermDefined,
    decider,
)
from services.members.domain.ids import PersonId, ReviewId, ScenarioId, TermId
from services.members.domain.standing import Author, Charter, Table
from shared.decider import Refused
from shared.event import Context, Sealed, Text
from tests.given import Given
from tests.laws import obey, over
from tests.members.table import (
    ADOPTED,
    BUSES,
    CLINIC,
    FORMAL,
    GROUP,
    INFORMAL,
    MEALS,
    NAME,
    NOON,
    PLENARY,
    SCHOOL,
    TODAY,
    TOMORROW,
    UNION,
    UNKNOWN,
    WHY,
    YESTERDAY,
    by,
    by_itself,
    imported,
)
from tests.members.test_coalition import FREE, form, formed

ORG, HERE, NOT_HERE = Author(), Known(known=True), Known(known=False)
RENT, WORST = TermId(UUID(int=71)), ScenarioId(UUID(int=72))
REVIEW, OTHER = ReviewId(UUID(int=73)), ReviewId(UUID(int=74))
DUE = TODAY + timedelta(days=REVIEW_DAYS)
NEXT_YEAR = TODAY + timedelta(days=RHYTHM_DAYS)
THAT_DAY = NOON + timedelta(days=RHYTHM_DAYS)

adjourning = StageEntered(stage="adjourning", reason=Sealed(WHY))
describe = AgreeScenario(scenario=WORST, kind="worst", parties=(SCHOOL, CLINIC), text=WHY)
described = ScenarioAgreed(
    by=CLINIC, scenario=WORST, kind="worst", parties=(CLINIC, SCHOOL), text=Sealed(WHY)
)
joining, joined_in = AgreeScenario(scenario=WORST), ScenarioAgreed(by=SCHOOL, scenario=WORST)
rent = DefineTerm(term=RENT, name=NAME, min=100, max=900, unit="euro")
rent_defined = TermDefined(term=RENT, name=Sealed(NAME), min=100, max=900, unit="euro")
review = OpenReview(review=REVIEW, kind="vision", orgs=(UNION, CLINIC, UNION), due=TOMORROW)
opened = ReviewOpened(
    review=REVIEW, kind="vision", trigger="request", orgs=(CLINIC, UNION), due=TOMORROW
)
close = CloseReview(review=REVIEW, result="kept")
closed = ReviewClosed(review=REVIEW, kind="vision", result="kept", next_review=NEXT_YEAR)
scope = SetScope(max_members=9, regions=("north", "east", "north"), interest_required=True)
scoped = ScopeSet(max_members=9, regions=("east", "north"), interest_required=True)


def given(*history: CoalitionEvent) -> Given[CoalitionCommand, Coalition, CoalitionEvent]:
    return Given(decider, (formed, *history))


def state_after(*history: CoalitionEvent) -> Formed:
    state = reduce(decider.evolve, (formed, *history), decider.initial)
    assert state is not None
    return state


@pytest.mark.parametrize(
    "command",
    [
        ListCoalition(topics=()),
        AdoptNorthStar(text=WHY),
        scope,
        describe,
        rent,
        EnterStage(stage="norming", reason=WHY),
        NoteContextShift(what=WHY),
        review,
        close,
        AdjournCoalition(reason=WHY),
    ],
    ids=lambda command: type(command).__name__,
)
def test_what_was_not_formed_has_no_charter(command: CoalitionCommand) -> None:
    Given(decider, ()).when(command, by(UNION, ORG)).then_refused("not_formed")


def test_a_coalition_is_listed_with_its_topics_and_whom_to_ask() -> None:
    ask = ListCoalition(topics=("school", "health", "school"), contact=NAME)
    listed = CoalitionListed(topics=("health", "school"), contact=Sealed(NAME))
    listed = listed.seen_by(within="public")
    given().when(ask, by(UNION, ORG)).then(listed)
    given(listed).when(ask, by(UNION, ORG)).then(listed)
    more = ListCoalition(topics=("health",))
    fewer = CoalitionListed(topics=("health",)).seen_by(within="public")
    given(listed).when(more, by(UNION, ORG)).then(fewer)
    assert (fewer.recorded_within(None), fewer.audience) == ("public", ())


def test_a_listing_says_whom_to_ask() -> None:
    given().when(ListCoalition(topics=("health",)), by(UNION, ORG)).then_refused("contact_missing")


def test_i4_listing_the_same_topics_changes_nothing() -> None:
    listed = CoalitionListed(topics=("health",), contact=Sealed(NAME))
    given(listed).when(ListCoalition(topics=("health",)), by(UNION, ORG)).then_nothing()


Adopting = Callable[..., CoalitionCommand]
Adopted = Callable[..., CoalitionEvent]
ADOPTIONS: list[tuple[Adopting, Adopted]] = [
    (AdoptNorthStar, lambda **more: NorthStarAdopted(next_review=NEXT_YEAR, **more)),
    (AdoptGroundRules, GroundRulesAdopted),
    (
        lambda **more: AgreeBoundary(defaults={"tension": "dyad", "position": "members"}, **more),
        lambda **more: BoundaryAgreed(
            defaults={"position": "members", "tension": "dyad"}, min_group=5, **more
        ),
    ),
]
each_adoption = pytest.mark.parametrize(
    ("adopt", "adopted"), ADOPTIONS, ids=["north star", "ground rules", "boundary"]
)


@each_adoption
def test_each_adoption_is_a_version(adopt: Adopting, adopted: Adopted) -> None:
    first = adopted(version=1, text=Sealed(WHY))
    given().when(adopt(text=WHY), by(UNION, ORG, INFORMAL)).then(first)
    given(first).when(adopt(text=NAME), by(UNION, ORG, INFORMAL)).then(
        adopted(version=2, text=Sealed(NAME))
    )


@each_adoption
def test_m1_in_formal_mode_a_new_version_cites_a_decision(
    adopt: Adopting, adopted: Adopted
) -> None:
    given().when(adopt(text=WHY), by(UNION, ORG, FORMAL, ADOPTED)).then_refused("needs_decision")
    cited = adopt(text=WHY, decision="meetings/7")
    given().when(cited, by(UNION, ORG, FORMAL, UNKNOWN)).then_refused("needs_decision")
    event = adopted(version=1, text=Sealed(WHY), decision="meetings/7")
    given().when(cited, by(UNION, ORG, FORMAL, ADOPTED)).then(event)


@each_adoption
def test_i4_what_a_decision_adopted_is_adopted_once(adopt: Adopting, adopted: Adopted) -> None:
    event = adopted(version=1, text=Sealed(WHY), decision="meetings/7")
    again = adopt(text=WHY, decision="meetings/7")
    given(event).when(again, by(UNION, ORG, FORMAL, ADOPTED)).then_nothing()


def test_what_stays_in_the_room_is_no_default() -> None:
    ask = AgreeBoundary(defaults={"speech": "affinity"}, text=WHY)
    given().when(ask, by(UNION, ORG, INFORMAL)).then_refused("never_recorded")


def test_a_structure_names_bodies_that_are_there() -> None:
    ask = PublishDecisionStructure(bodies=(PLENARY, GROUP, PLENARY), text=WHY)
    first = DecisionStructurePublished(
        version=1, bodies=(PLENARY, GROUP), text=Sealed(WHY), next_review=NEXT_YEAR
    )
    given().when(ask, by(UNION, ORG, NOT_HERE)).then_refused("unknown_body")
    given().when(ask, by(UNION, ORG, HERE)).then(first)
    given(first).when(ask, by(UNION, ORG, HERE)).then(first.model_copy(update={"version": 2}))


def test_others_know_the_charter_as_it_is_now() -> None:
    history = (
        scoped,
        GroundRulesAdopted(version=1, text=Sealed(WHY)),
        GroundRulesAdopted(version=2, text=Sealed(WHY)),
        DecisionStructurePublished(version=1, bodies=(PLENARY,), text=Sealed(WHY)),
    )
    assert state_after(*history).charter == Charter("informal", 2, 1, 9, interest_required=True)


def test_the_scope_says_how_many_may_join() -> None:
    given().when(scope, by(UNION, Table(9))).then(scoped)
    given(scoped).when(scope, by(UNION, Table(9))).then_nothing()
    given(scoped).when(SetScope(), by(UNION, Table(9))).then(
        ScopeSet(regions=(), interest_required=False)
    )


def test_m4_no_scope_is_smaller_than_the_table() -> None:
    given().when(scope, by(UNION, Table(10))).then_refused("coalition_full")


def test_f68_a_scenario_is_described_and_joined() -> None:
    given().when(describe, by(CLINIC, ORG, HERE)).then(described)
    given(described).when(joining, by(SCHOOL, ORG)).then(joined_in)
    agreed = state_after(described, joined_in).scenarios[WORST]
    assert agreed.agreed == agreed.parties == {CLINIC, SCHOOL}


def test_i4_agreeing_on_a_scenario_again_changes_nothing() -> None:
    for ask in (joining, describe):
        given(described).when(ask, by(CLINIC, ORG, HERE)).then_nothing()
    given(described, joined_in).when(joining, by(SCHOOL, ORG)).then_nothing()


def test_m12_only_a_party_agrees_on_a_scenario() -> None:
    given().when(describe, by(UNION, ORG, HERE)).then_refused("not_a_party")
    given(described).when(joining, by(UNION, ORG)).then_refused("not_a_party")


def test_nobody_describes_a_scenario_a_second_time() -> None:
    given(described).when(describe, by(SCHOOL, ORG, HERE)).then_refused("terms_stand")
    best = describe.model_copy(update={"kind": "best"})
    given(described).when(best, by(CLINIC, ORG, HERE)).then_refused("terms_stand")


def test_a_scenario_has_parties_a_kind_and_words() -> None:
    for missing in ({"kind": None}, {"text": None}, {"parties": (CLINIC,)}, {"parties": None}):
        ask = describe.model_copy(update=missing)
        given().when(ask, by(CLINIC, ORG, HERE)).then_refused("terms_missing")
    given().when(describe, by(CLINIC, ORG, NOT_HERE)).then_refused("not_a_member")


def test_a_term_is_a_choice_or_a_range() -> None:
    given().when(rent, by(UNION, ORG)).then(rent_defined)
    given(rent_defined).when(rent, by(UNION, ORG)).then_nothing()
    choice = DefineTerm(term=RENT, name=NAME, choices=("park", "hill", "park"))
    given().when(choice, by(UNION, ORG)).then(
        TermDefined(term=RENT, name=Sealed(NAME), choices=("hill", "park"))
    )
    assert state_after(rent_defined).terms[RENT] == Term(None, 100, 900, "euro")


def test_a_term_has_limits_that_hold() -> None:
    for limits in ({"min": None, "max": None}, {"choices": ("park",)}, {"min": 901}):
        ask = rent.model_copy(update=limits)
        given().when(ask, by(UNION, ORG)).then_refused("limits_missing")
    only_most = DefineTerm(term=RENT, name=NAME, max=1)
    given().when(only_most, by(UNION, ORG)).then(TermDefined(term=RENT, name=Sealed(NAME), max=1))


def test_a_term_keeps_its_limits() -> None:
    for other in ({"max": 901}, {"unit": "dollar"}):
        ask = rent.model_copy(update=other)
        given(rent_defined).when(ask, by(UNION, ORG)).then_refused("already_defined")


def test_f27_stages_are_entered_with_a_reason_and_may_go_back() -> None:
    def enter(stage: str) -> EnterStage:
        return EnterStage.model_validate({"stage": stage, "reason": WHY})

    norming = StageEntered(stage="norming", reason=Sealed(WHY))
    given().when(enter("norming"), by(UNION, ORG)).then(norming)
    given(norming).when(enter("norming"), by(UNION, ORG)).then_nothing()
    given(norming).when(enter("storming"), by(UNION, ORG)).then(
        StageEntered(stage="storming", reason=Sealed(WHY))
    )
    with pytest.raises(ValueError, match="reason"):
        EnterStage.model_validate({"stage": "norming"})


def test_m3_adjourning_needs_its_stage_and_an_evaluation() -> None:
    ask, ready = AdjournCoalition(reason=WHY), Evaluated(answered=True)
    adjourned = CoalitionAdjourned(reason=Sealed(WHY))
    given().when(ask, by(UNION, ORG, ready)).then_refused("not_ready_to_adjourn")
    unasked = Evaluated(answered=False)
    given(adjourning).when(ask, by(UNION, ORG, unasked)).then_refused("not_ready_to_adjourn")
    given(adjourning).when(ask, by(UNION, ORG, ready)).then(adjourned)
    given(adjourning, adjourned).when(ask, by(UNION, ORG, ready)).then_nothing()


def test_f6_a_context_shift_opens_a_review_of_every_organisation_affected() -> None:
    ask = NoteContextShift(what=WHY, issues=(MEALS, BUSES, MEALS))
    noted = ContextShiftNoted(what=Sealed(WHY), issues=(BUSES, MEALS))
    follows = ReviewOpened(
        review=REVIEW, kind="positions", trigger="context_shift", orgs=(CLINIC, UNION), due=DUE
    )
    known = Affected((CLINIC, UNION)), Drawn(REVIEW)
    given().when(ask, by(UNION, ORG, *known)).then(noted, follows)
    given(noted, follows).when(ask, by(UNION, ORG, Affected((CLINIC,)), Drawn(OTHER))).then(
        noted, follows.model_copy(update={"review": OTHER, "orgs": (CLINIC,)})
    )


def test_a_context_shift_is_about_issues_that_were_raised() -> None:
    facts = Affected((), raised=False), Drawn(REVIEW)
    given().when(NoteContextShift(what=WHY), by(UNION, ORG, *facts)).then_refused("unknown_issue")


def test_a_review_is_opened_and_closed() -> None:
    given().when(review, by(UNION, HERE)).then(opened)
    given(opened).when(close, by(UNION, ORG)).then(closed)
    noted = close.model_copy(update={"note": WHY})
    given(opened).when(noted, by(UNION, ORG)).then(closed.model_copy(update={"note": Sealed(WHY)}))


def test_a_review_is_due_in_a_month_if_nobody_says_otherwise() -> None:
    ask = review.model_copy(update={"due": None})
    given().when(ask, by(UNION, HERE)).then(opened.model_copy(update={"due": DUE}))
    early = review.model_copy(update={"due": YESTERDAY})
    given().when(early, by(UNION, HERE)).then_refused("over_before_it_begins")


def test_i4_opening_or_closing_a_review_again_changes_nothing() -> None:
    for ask in (review, review.model_copy(update={"due": None})):
        given(opened).when(ask, by(UNION, HERE)).then_nothing()
        given(opened, closed).when(ask, by(UNION, HERE)).then_nothing()
    given(opened, closed).when(close, by(UNION, ORG)).then_nothing()


def test_a_review_keeps_its_terms_and_its_result() -> None:
    other = review.model_copy(update={"kind": "roles"})
    given(opened).when(other, by(UNION, HERE)).then_refused("already_opened")
    changed = close.model_copy(update={"result": "changed"})
    given(opened, closed).when(changed, by(UNION, ORG)).then_refused("already_closed")
    given().when(close, by(UNION, ORG)).then_refused("unknown_review")
    given().when(review, by(UNION, NOT_HERE)).then_refused("not_a_member")


timed = OpenReview(review=OTHER, kind="vision", trigger="schedule")
by_the_calendar = ReviewOpened(
    review=OTHER,
    kind="vision",
    trigger="schedule",
    orgs=(),
    due=NEXT_YEAR + timedelta(days=REVIEW_DAYS),
)
star = NorthStarAdopted(version=1, text=Sealed(WHY), next_review=NEXT_YEAR)
structure = DecisionStructurePublished(
    version=1, bodies=(PLENARY,), text=Sealed(WHY), next_review=NEXT_YEAR
)


def test_f102_the_vision_is_reviewed_by_all_a_year_after_it_was_adopted() -> None:
    given(star).when(timed, by_itself(THAT_DAY)).then(by_the_calendar)
    given(star).when(timed, by_itself(THAT_DAY - timedelta(days=1))).then_refused("too_soon")
    roles = timed.model_copy(update={"kind": "roles"})
    given(star).when(roles, by_itself(THAT_DAY)).then_nothing()
    given(structure).when(roles, by_itself(THAT_DAY)).then(
        by_the_calendar.model_copy(update={"kind": "roles"})
    )


def test_f102_a_review_on_its_day_opens_once() -> None:
    given(star, by_the_calendar).when(timed, by_itself(THAT_DAY)).then_nothing()
    another = timed.model_copy(update={"review": REVIEW})
    for late in (timedelta(0), timedelta(days=900)):
        given(star, by_the_calendar).when(another, by_itself(THAT_DAY + late)).then_nothing()
    given().when(timed, by_itself(THAT_DAY)).then_nothing()


def test_f102_a_day_that_was_named_once_opens_one_review() -> None:
    first = opened.model_copy(update={"kind": "positions"})
    named = ReviewClosed(review=REVIEW, kind="positions", result="kept", next_review=TOMORROW)
    on_its_day = by_the_calendar.model_copy(update={"kind": "positions"})
    over = ReviewClosed(review=OTHER, result="kept")
    again = OpenReview(review=ReviewId(UUID(int=76)), kind="positions", trigger="schedule")
    given(first, named, on_its_day, over).when(again, by_itself(THAT_DAY)).then_nothing()


def test_f102_a_review_under_way_is_not_opened_again_on_its_day() -> None:
    given(star, opened).when(timed, by_itself(THAT_DAY)).then_nothing()
    given(star, opened, closed).when(timed, by_itself(THAT_DAY)).then(by_the_calendar)
    shift = opened.model_copy(update={"trigger": "context_shift"})
    given(star, shift).when(timed, by_itself(THAT_DAY)).then(by_the_calendar)
    given(star, opened.model_copy(update={"kind": "roles"})).when(timed, by_itself(THAT_DAY)).then(
        by_the_calendar
    )


def test_f102_the_chair_may_say_another_day() -> None:
    ask = AdoptNorthStar(text=WHY, next_review=TOMORROW)
    sooner = star.model_copy(update={"next_review": TOMORROW})
    given().when(ask, by(UNION, ORG, INFORMAL)).then(sooner)
    given(star, sooner).when(timed, by_itself(NOON + timedelta(days=1))).then(
        by_the_calendar.model_copy(update={"due": TOMORROW + timedelta(days=REVIEW_DAYS)})
    )
    for early in (TODAY, YESTERDAY):
        no_later = ask.model_copy(update={"next_review": early})
        given().when(no_later, by(UNION, ORG, INFORMAL)).then_refused("over_before_it_begins")
    soon = close.model_copy(update={"next_review": TOMORROW})
    given(opened).when(soon, by(UNION, ORG)).then(
        closed.model_copy(update={"next_review": TOMORROW})
    )


def test_f102_closing_what_a_trigger_opened_leaves_the_day_where_it_stands() -> None:
    for trigger in ("replacement", "context_shift"):
        asked = opened.model_copy(update={"kind": "roles", "trigger": trigger})
        given(structure, asked).when(close, by(UNION, ORG)).then(
            ReviewClosed(review=REVIEW, result="kept")
        )
        after = state_after(structure, asked, ReviewClosed(review=REVIEW, result="kept"))
        assert dict(after.planned) == {"roles": NEXT_YEAR}
    positions = opened.model_copy(update={"kind": "positions"})
    given(positions).when(close, by(UNION, ORG)).then(ReviewClosed(review=REVIEW, result="kept"))
    again = close.model_copy(update={"next_review": TOMORROW})
    given(positions).when(again, by(UNION, ORG)).then(
        ReviewClosed(review=REVIEW, kind="positions", result="kept", next_review=TOMORROW)
    )


def test_after_a_coalition_has_ended_no_review_opens() -> None:
    over = CoalitionAdjourned(reason=Sealed(WHY))
    given(star, over).when(timed, by_itself(THAT_DAY)).then_nothing()


def test_history_from_elsewhere_plans_no_review_unless_it_says_so() -> None:
    past = AdoptNorthStar(text=WHY)
    told = star.model_copy(update={"next_review": None})
    given().when(past, imported(ORG, INFORMAL)).then(told)
    given(told).when(timed, by_itself(THAT_DAY)).then_nothing()
    said = past.model_copy(update={"next_review": YESTERDAY})
    given().when(said, imported(ORG, INFORMAL)).then(
        star.model_copy(update={"next_review": YESTERDAY})
    )


days = st.integers(0, 3 * RHYTHM_DAYS)


@over(st.lists(st.tuples(days, st.booleans()), max_size=20))
def test_f102_between_two_reviews_by_the_calendar_one_is_closed(
    looked: list[tuple[int, bool]],
) -> None:
    """However often the clock looks, forward or back: never two at once, none before its day."""
    state: Coalition = state_after(star)
    for number, (day, closes) in enumerate(looked):
        at = NOON + timedelta(days=day)
        assert state is not None
        planned = state.planned.get("vision")
        of_it = [one for one in state.reviews.values() if one.result is None]
        asked: CoalitionCommand = OpenReview(
            review=ReviewId(UUID(int=100 + number)), kind="vision", trigger="schedule"
        )
        context = by_itself(at)
        if closes and of_it:
            open_one = next(id_ for id_, one in state.reviews.items() if one.result is None)
            asked, context = CloseReview(review=open_one, result="kept"), by(UNION, ORG, at=at)
        with suppress(Refused):
            for event in decider.decide(asked, state, context):
                if isinstance(event, ReviewOpened):
                    assert planned is not None
                    assert planned <= at.date()
                    assert not of_it
                state = decider.evolve(state, event)


def test_what_a_one_person_member_says_goes_with_the_person() -> None:
    alone = Author(PersonId(CLINIC))
    given().when(describe, by(CLINIC, alone, HERE)).then(
        described.model_copy(update={"text": Sealed(WHY, CLINIC)})
    )
    given().when(rent, by(CLINIC, alone)).then(
        rent_defined.model_copy(update={"name": Sealed(NAME, CLINIC)})
    )


def test_what_is_imported_says_what_holds() -> None:
    given().when(scope, imported(Table(0))).then(scoped)
    given().when(review, imported(HERE)).then(opened)


texts = st.sampled_from([WHY, Text(lang="de", text="Weil Kinder fehlen.")])
versions = st.one_of(
    st.builds(AdoptNorthStar, text=texts, decision=st.none() | st.just("meetings/7")),
    st.builds(AdoptGroundRules, text=texts, decision=st.none() | st.just("meetings/8")),
    st.builds(PublishDecisionStructure, bodies=st.just((PLENARY,)), text=texts),
)


@over(st.lists(versions, max_size=12))
def test_m1_one_version_is_current_and_each_is_the_next(asked: list[CoalitionCommand]) -> None:
    state: Coalition = state_after()
    last: dict[type, int] = {}
    context = by(UNION, ORG, INFORMAL, ADOPTED, HERE)
    for command in asked:
        for event in decider.decide(command, state, context):
            state = decider.evolve(state, event)
            assert isinstance(
                event, NorthStarAdopted | GroundRulesAdopted | DecisionStructurePublished
            )
            assert event.version == last.get(type(event), 0) + 1
            last[type(event)] = event.version
    assert state is not None
    assert state.north_star.number == last.get(NorthStarAdopted, 0)
    assert state.charter.ground_rules == last.get(GroundRulesAdopted, 0)
    assert state.charter.structure == last.get(DecisionStructurePublished, 0)


commands = st.one_of(
    st.builds(ListCoalition, topics=st.just(("health",)), contact=st.none() | texts),
    st.builds(AdoptNorthStar, text=texts, decision=st.just("meetings/7")),
    st.builds(AdoptGroundRules, text=texts, decision=st.just("meetings/8")),
    st.builds(
        AgreeBoundary,
        defaults=st.sampled_from([{}, {"stance": "body"}, {"speech": "affinity"}]),
        text=texts,
        decision=st.just("meetings/9"),
    ),
    st.builds(SetScope, max_members=st.none() | st.integers(1, 3), interest_required=st.booleans()),
    st.sampled_from([describe, joining, describe.model_copy(update={"kind": "best"})]),
    st.sampled_from([rent, rent.model_copy(update={"max": 901})]),
    st.builds(EnterStage, stage=st.sampled_from(["forming", "adjourning"]), reason=texts),
    st.builds(NoteContextShift, what=texts, issues=st.sampled_from([(), (MEALS,)])),
    st.sampled_from([review, review.model_copy(update={"review": OTHER}), close]),
    st.just(AdjournCoalition(reason=WHY)),
)
contexts = st.builds(
    lambda org, *facts: by(org, ORG, Drawn(ReviewId(UUID(int=75))), *facts),
    st.sampled_from([CLINIC, SCHOOL, UNION]),
    st.sampled_from([INFORMAL, FORMAL]),
    st.sampled_from([ADOPTED, UNKNOWN]),
    st.sampled_from([HERE, NOT_HERE]),
    st.builds(Table, st.integers(0, 3)),
    st.builds(Evaluated, answered=st.booleans()),
    st.sampled_from([Affected((CLINIC,)), Affected((), raised=False)]),
)


@over(st.lists(st.tuples(commands, contexts), min_size=2))
def test_laws(requests: list[tuple[CoalitionCommand, Context]]) -> None:
    obey(decider, [(form, by(UNION, FREE)), *requests])


@over(st.lists(st.tuples(commands, contexts), max_size=20))
def test_m3_who_adjourns_was_adjourning_and_evaluated_and_gave_each_stage_a_reason(
    requests: list[tuple[CoalitionCommand, Context]],
) -> None:
    state: Coalition = state_after()
    stage = None
    for command, context in [
        *requests,
        (AdjournCoalition(reason=WHY), by(UNION, ORG, Evaluated(answered=True))),
    ]:
        with suppress(Refused):
            for event in decider.decide(command, state, context):
                if isinstance(event, CoalitionAdjourned):
                    assert stage == "adjourning"
                    assert context.fact(Evaluated).answered
                if isinstance(event, StageEntered):
                    assert event.reason.value is not None
                    assert event.stage != stage
                    stage = event.stage
                state = decider.evolve(state, event)


@over(st.integers(1, 30), st.integers(0, 40))
def test_m4_a_scope_never_leaves_out_who_is_at_the_table(most: int, sitting: int) -> None:
    when = given().when(SetScope(max_members=most), by(UNION, Table(sitting)))
    if sitting > most:
        when.then_refused("coalition_full")
    else:
        when.then(ScopeSet(max_members=most, regions=(), interest_required=False))
