from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import reduce
from uuid import UUID

import pytest
from hypothesis import strategies as st
from pydantic import ValidationError

from services.members.domain.ids import ConsentId, GoalId, OrgId
from services.members.domain.person import (
    ConsentGiven,
    ConsentWithdrawn,
    ErasePerson,
    ErasureReceiptIssued,
    ErasureRequested,
    GiveConsent,
    GrowthGoalReached,
    GrowthGoalSet,
    IssueErasureReceipt,
    Person,
    PersonCommand,
    PersonErased,
    PersonEvent,
    PersonRegistered,
    ReachGrowthGoal,
    RegisterPerson,
    Registrant,
    RequestErasure,
    SetGrowthGoal,
    SubmitWellbeing,
    WellbeingPulseSubmitted,
    WithdrawConsent,
    decider,
)
from shared.decider import Refused
from shared.event import Context, Sealed, Text
from tests.given import Given
from tests.laws import obey, over
from tests.members.table import (
    ANA,
    BO,
    CHAIR,
    CLINIC,
    CY,
    SCHOOL,
    STRANGER,
    TODAY,
    TOMORROW,
    UNION,
    YESTERDAY,
    by,
    imported,
)

CALLED, MAIL = Text(lang="en", text="Bo"), Text(lang="en", text="bo@school.example")
register = RegisterPerson(name=CALLED, contact=MAIL, locale="en")
registered = PersonRegistered(name=Sealed(CALLED, BO), contact=Sealed(MAIL, BO), locale="en")
HERE = Registrant(BO)
STORY, OTHER = (ConsentId(UUID(int=n)) for n in (71, 72))
CHAIRING, SINGING = (GoalId(UUID(int=n)) for n in (81, 82))
CHAIR_ONE = Text(lang="en", text="Chair a meeting.")
SING = Text(lang="en", text="Sing in front of others.")

give = GiveConsent(consent=STORY, purpose="story", until=TOMORROW)
given_it = ConsentGiven(consent=STORY, purpose="story", until=TOMORROW)
withdraw = WithdrawConsent(consent=STORY)
withdrawn = ConsentWithdrawn(consent=STORY)
ALONE = f"person:{BO}"
set_it = SetGrowthGoal(goal=CHAIRING, text=CHAIR_ONE, due=TOMORROW)
goal = GrowthGoalSet(goal=CHAIRING, text=Sealed(CHAIR_ONE, BO), due=TOMORROW).seen_by(ALONE)
reach = ReachGrowthGoal(goal=CHAIRING)
reached = GrowthGoalReached(goal=CHAIRING).seen_by(ALONE)
submit = SubmitWellbeing(period="2026-03", score=4)
submitted = WellbeingPulseSubmitted(period="2026-03", score=Sealed(4, BO)).seen_by(ALONE)
request = RequestErasure(ground="left")
erase = ErasePerson(ground="left")
confirm = IssueErasureReceipt(services={"meetings": 8, "credit": 7})
erased = PersonErased(ground="left")
receipt = ErasureReceiptIssued(services={"credit": 7, "meetings": 8})
OF_ONESELF: tuple[PersonCommand, ...] = (give, withdraw, set_it, reach, submit)
myself = by(UNION, HERE, STRANGER, actor=BO)


def requested(org: OrgId) -> ErasureRequested:
    return ErasureRequested(by=org, ground="left")


def chair(org: OrgId) -> Context:
    return by(org, HERE, CHAIR)


itself = replace(by(UNION, HERE), actor=None, by=None)


def given(*history: PersonEvent) -> Given[PersonCommand, Person, PersonEvent]:
    return Given(decider, history)


def test_what_is_said_of_a_person_goes_with_the_person() -> None:
    given().when(register, by(UNION, HERE)).then(registered)


def test_a_person_can_be_reached_unless_the_past_does_not_say_how() -> None:
    ask = register.model_copy(update={"contact": None})
    given().when(ask, by(UNION, HERE)).then_refused("contact_missing")
    given().when(ask, imported(HERE)).then(
        PersonRegistered(name=Sealed(CALLED, BO), contact=Sealed(None, BO), locale="en")
    )


def test_others_are_registered_by_who_speaks_for_an_organisation() -> None:
    alone = replace(by(UNION, HERE), by=None)
    given().when(register, alone).then_refused("not_a_representative")
    for actor in (None, BO):
        given().when(register, replace(alone, actor=actor)).then(registered)


def test_a_person_is_registered_once() -> None:
    given(registered).when(register, by(UNION, HERE)).then_nothing()
    ask = register.model_copy(update={"locale": "de"})
    given(registered).when(ask, by(UNION, HERE)).then_refused("already_registered")


def test_a_person_stays_registered_whatever_they_do() -> None:
    history = registered, given_it, goal, submitted
    given(*history).when(register, by(UNION, HERE)).then_nothing()


@pytest.mark.parametrize("ask", OF_ONESELF, ids=lambda ask: type(ask).__name__)
def test_only_the_person_concerned(ask: PersonCommand) -> None:
    for context in (by(UNION, HERE, actor=ANA), replace(myself, actor=None)):
        given(registered, given_it, goal).when(ask, context).then_refused("not_yourself")
        given().when(ask, context).then_refused("not_yourself")
    given().when(ask, myself).then_refused("unknown_person")


def test_a_person_gives_their_consent() -> None:
    given(registered).when(give, myself).then(given_it)
    for_good = give.model_copy(update={"until": None})
    given(registered).when(for_good, replace(myself, by=None)).then(
        ConsentGiven(consent=STORY, purpose="story")
    )


def test_a_consent_keeps_its_terms() -> None:
    for terms in ({"purpose": "photo"}, {"until": None}):
        ask = give.model_copy(update=terms)
        given(registered, given_it).when(ask, myself).then_refused("already_given")


def test_what_was_withdrawn_is_not_given_again() -> None:
    given(registered, given_it, withdrawn).when(give, myself).then_refused("already_given")
    again = give.model_copy(update={"consent": OTHER})
    given(registered, given_it, withdrawn).when(again, myself).then(
        ConsentGiven(consent=OTHER, purpose="story", until=TOMORROW)
    )


def test_i4_giving_the_same_consent_again_changes_nothing() -> None:
    given(registered, given_it).when(give, myself).then_nothing()


def test_a_consent_is_not_over_when_it_is_given_unless_it_was_given_long_ago() -> None:
    over_by_now = give.model_copy(update={"until": YESTERDAY})
    given(registered).when(over_by_now, myself).then_refused("in_the_past")
    given(registered).when(over_by_now, imported(HERE)).then(
        ConsentGiven(consent=STORY, purpose="story", until=YESTERDAY)
    )
    today = give.model_copy(update={"until": TODAY})
    given(registered).when(today, myself).then(
        ConsentGiven(consent=STORY, purpose="story", until=TODAY)
    )


def test_a_person_withdraws_their_consent() -> None:
    given(registered, given_it).when(withdraw, myself).then(withdrawn)


def test_a_consent_nobody_gave_is_not_withdrawn() -> None:
    other = WithdrawConsent(consent=OTHER)
    given(registered, given_it).when(other, myself).then_refused("unknown_consent")


def test_i4_withdrawing_again_changes_nothing() -> None:
    given(registered, given_it, withdrawn).when(withdraw, myself).then_nothing()


def test_f116_a_person_sets_a_goal_in_words_that_go_with_them() -> None:
    given(registered).when(set_it, myself).then(goal)


def test_f116_a_person_reaches_a_goal() -> None:
    given(registered, goal).when(reach, myself).then(reached)


def test_f116_a_goal_keeps_its_day() -> None:
    later = set_it.model_copy(update={"due": TODAY})
    given(registered, goal).when(later, myself).then_refused("already_set")


def test_f116_a_goal_lies_ahead_unless_it_was_set_long_ago() -> None:
    behind = set_it.model_copy(update={"due": YESTERDAY})
    given(registered).when(behind, myself).then_refused("in_the_past")
    given(registered).when(behind, imported(HERE)).then(
        GrowthGoalSet(goal=CHAIRING, text=Sealed(CHAIR_ONE, BO), due=YESTERDAY).seen_by(ALONE)
    )


def test_f116_a_goal_nobody_set_is_not_reached() -> None:
    other = ReachGrowthGoal(goal=SINGING)
    given(registered, goal).when(other, myself).then_refused("unknown_goal")


def test_i4_a_goal_is_set_once_and_reached_once() -> None:
    given(registered, goal).when(set_it, myself).then_nothing()
    other_words = set_it.model_copy(update={"text": SING})
    given(registered, goal, reached).when(other_words, myself).then_nothing()
    given(registered, goal, reached).when(reach, myself).then_nothing()


def test_f113_a_person_says_how_they_are_and_it_goes_with_them() -> None:
    given(registered).when(submit, myself).then(submitted)


def test_f113_how_a_person_is_is_said_on_nobodys_behalf() -> None:
    assert WellbeingPulseSubmitted.unsigned


def test_f113_f116_goals_and_answers_are_for_the_person_alone() -> None:
    state = decider.evolve(decider.evolve(None, registered), goal)
    for command in (set_it.model_copy(update={"goal": SINGING}), reach, submit):
        [event] = decider.decide(command, state, myself)
        assert (event.visibility, event.audience) == ("dyad", (ALONE,))


def test_f113_a_month_is_answered_for_once_it_has_begun() -> None:
    ahead = submit.model_copy(update={"period": "2026-04"})
    given(registered).when(ahead, myself).then_refused("not_begun")
    begun = by(UNION, HERE, actor=BO, at=datetime(2026, 4, 1, tzinfo=UTC))
    given(registered, submitted).when(ahead, begun).then(
        WellbeingPulseSubmitted(period="2026-04", score=Sealed(4, BO)).seen_by(ALONE)
    )


def test_f113_a_score_is_one_to_five_in_a_month_of_the_year() -> None:
    for score in (0, 6):
        with pytest.raises(ValidationError):
            SubmitWellbeing(period="2026-03", score=score)
    for period in ("2026-13", "2026-3", "2026-03-01"):
        with pytest.raises(ValidationError):
            SubmitWellbeing(period=period, score=4)


def test_m15_one_answer_a_month_whatever_it_says() -> None:
    for score in (4, 1):
        ask = SubmitWellbeing(period="2026-03", score=score)
        given(registered, submitted).when(ask, myself).then_refused("already_submitted")


def test_m18_a_chair_asks_that_a_person_be_erased() -> None:
    given(registered).when(request, chair(CLINIC)).then(requested(CLINIC))
    given(registered, requested(CLINIC)).when(request, chair(UNION)).then(requested(UNION))


def test_m18_nobody_asks_it_of_somebody_unknown() -> None:
    given().when(request, chair(CLINIC)).then_refused("unknown_person")
    speechless = replace(chair(CLINIC), by=None)
    given(registered).when(request, speechless).then_refused("no_organisation")


def test_i4_asking_again_changes_nothing() -> None:
    again = RequestErasure(ground="other")
    given(registered, requested(CLINIC)).when(again, chair(CLINIC)).then_nothing()
    given(registered, erased).when(request, chair(CLINIC)).then_nothing()


def test_m18_a_person_erases_themself_at_once() -> None:
    for context in (myself, replace(myself, by=None)):
        given(registered).when(erase, context).then(erased)
        given(registered, requested(CLINIC)).when(erase, context).then(erased)


def test_m18_the_chair_of_another_organisation_erases_who_was_asked_for() -> None:
    together = PersonErased(ground="left", approved_by=(CLINIC, SCHOOL))
    given(registered, requested(SCHOOL)).when(erase, chair(CLINIC)).then(together)
    both = registered, requested(SCHOOL), requested(CLINIC)
    given(*both).when(erase, chair(CLINIC)).then(together)


def test_m18_not_erasable_by_one_organisation_alone() -> None:
    given(registered).when(erase, chair(CLINIC)).then_refused("not_erasable")
    asked = registered, requested(CLINIC)
    given(*asked).when(erase, chair(CLINIC)).then_refused("not_erasable")


def test_m18_not_erasable_by_who_is_neither_the_person_nor_a_chair() -> None:
    for context in (by(UNION, HERE, STRANGER), replace(by(UNION, HERE, STRANGER), actor=None)):
        given(registered, requested(CLINIC)).when(erase, context).then_refused("not_erasable")
        given().when(erase, context).then_refused("not_erasable")
    given().when(erase, chair(CLINIC)).then_refused("unknown_person")
    given().when(erase, myself).then_refused("unknown_person")


def test_i4_who_is_erased_is_not_erased_again() -> None:
    for context in (myself, chair(CLINIC)):
        given(registered, erased).when(erase, context).then_nothing()


@pytest.mark.parametrize("ask", [*OF_ONESELF, register], ids=lambda ask: type(ask).__name__)
def test_m18_nothing_happens_to_who_was_erased(ask: PersonCommand) -> None:
    for history in ((registered, given_it, goal, erased), (registered, erased, receipt)):
        given(*history).when(ask, myself).then_refused("person_erased")


def test_m18_the_receipt_follows_the_erasure() -> None:
    given(registered, erased).when(confirm, itself).then(receipt)


def test_m18_without_an_erasure_there_is_no_receipt() -> None:
    given(registered, requested(CLINIC)).when(confirm, itself).then_refused("not_erased")
    given().when(confirm, itself).then_refused("not_erased")


def test_i4_there_is_one_receipt() -> None:
    other = IssueErasureReceipt(services={"meetings": 9})
    given(registered, erased, receipt).when(other, itself).then_nothing()


commands = st.one_of(
    st.sampled_from([request, erase, confirm]),
    st.sampled_from([register, register.model_copy(update={"locale": "de"})]),
    st.builds(
        GiveConsent,
        consent=st.sampled_from([STORY, OTHER]),
        purpose=st.sampled_from(["story", "photo"]),
        until=st.sampled_from([None, YESTERDAY, TOMORROW]),
    ),
    st.builds(WithdrawConsent, consent=st.sampled_from([STORY, OTHER])),
    st.builds(
        SetGrowthGoal,
        goal=st.sampled_from([CHAIRING, SINGING]),
        text=st.sampled_from([CHAIR_ONE, SING]),
        due=st.sampled_from([YESTERDAY, TODAY, TOMORROW]),
    ),
    st.builds(ReachGrowthGoal, goal=st.sampled_from([CHAIRING, SINGING])),
    st.builds(
        SubmitWellbeing,
        period=st.sampled_from(["2026-02", "2026-03", "2026-04"]),
        score=st.integers(1, 5),
    ),
)
contexts = st.sampled_from(
    [myself, by(UNION, HERE, STRANGER, actor=CY), imported(HERE, STRANGER)]
    + [chair(org) for org in (CLINIC, SCHOOL)]
)
requests = st.lists(st.tuples(commands, contexts), max_size=30)


def happened(asked: Sequence[tuple[PersonCommand, Context]]) -> list[PersonEvent]:
    """Return what follows when all that is not refused is done in turn, by a registered person."""
    history: list[PersonEvent] = [registered]
    for command, context in asked:
        with suppress(Refused):
            state = reduce(decider.evolve, history, decider.initial)
            history += decider.decide(command, state, context)
    return history


@over(requests)
def test_m15_a_month_is_never_answered_twice(asked: list[tuple[PersonCommand, Context]]) -> None:
    months = [e.period for e in happened(asked) if isinstance(e, WellbeingPulseSubmitted)]
    assert len(months) == len(set(months))


@over(requests)
def test_a_consent_is_given_once_and_then_withdrawn_once(
    asked: list[tuple[PersonCommand, Context]],
) -> None:
    live: Counter[ConsentId] = Counter()
    seen: set[ConsentId] = set()
    for event in happened(asked):
        if isinstance(event, ConsentGiven):
            assert event.consent not in seen
            seen.add(event.consent)
            live[event.consent] += 1
        if isinstance(event, ConsentWithdrawn):
            live[event.consent] -= 1
            assert live[event.consent] == 0


@over(requests)
def test_m18_a_person_is_erased_by_themself_or_by_two_organisations(
    asked: list[tuple[PersonCommand, Context]],
) -> None:
    state: Person = decider.evolve(None, registered)
    seen: list[str] = []
    for command, context in asked:
        try:
            events = decider.decide(command, state, context)
        except Refused:
            continue
        for event in events:
            if isinstance(event, PersonErased):
                by_themself = context.actor == BO
                assert by_themself is not bool(event.approved_by)
                assert by_themself or len(set(event.approved_by)) > 1
                assert by_themself or context.by in event.approved_by
            seen.append(type(event).__name__)
        state = reduce(decider.evolve, events, state)
    if "PersonErased" in seen:
        assert seen[seen.index("PersonErased") + 1 :] in ([], ["ErasureReceiptIssued"])
    else:
        assert "ErasureReceiptIssued" not in seen


@over(requests)
def test_laws(asked: list[tuple[PersonCommand, Context]]) -> None:
    obey(decider, [(register, by(UNION, HERE)), *asked])
