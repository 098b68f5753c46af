"""What organisations say of a campaign stands side by side."""

from datetime import date
from uuid import UUID

from hypothesis import strategies as st

from services.credit.domain.answer import (
    AnswerCommand,
    AnswerEvaluation,
    ArticulateBenefit,
    AssessObjective,
    BenefitArticulated,
    EvaluationAnswered,
    HoldRetrospective,
    Met,
    ObjectiveAssessed,
    RetrospectiveHeld,
)
from services.credit.domain.evaluation import (
    Evaluation,
    EvaluationCommand,
    EvaluationEvent,
    decider,
)
from services.credit.domain.ids import ObjectiveId, OrgId
from services.credit.domain.win import References
from shared.event import Context, Sealed
from tests.credit.cast import ANNA, CLINIC, NOON, STRANGER, TEACHER, THANKS, UNION, VAN, by
from tests.given import Given
from tests.laws import obey, over

SET, UNSET = (ObjectiveId(UUID(int=n)) for n in (91, 92))
KNOWN = References(frozenset(), frozenset({SET}), frozenset())
TODAY, TOMORROW = NOON.date(), date(2026, 1, 2)
answer = AnswerEvaluation(done=VAN, met_as_intended=THANKS, changed=VAN)
benefit = ArticulateBenefit(benefit=VAN, relationships=THANKS)


def given(*history: EvaluationEvent) -> Given[EvaluationCommand, Evaluation, EvaluationEvent]:
    return Given(decider, history)


def assess(met: Met = "partly", objective: ObjectiveId = SET) -> AssessObjective:
    return AssessObjective(objective=objective, met=met, as_intended=True, why=VAN)


def assessed(met: Met = "partly", org: OrgId = CLINIC) -> ObjectiveAssessed:
    return ObjectiveAssessed(by=org, objective=SET, met=met, as_intended=True, why=Sealed(VAN))


def hold(*orgs: OrgId, on: date = TODAY) -> HoldRetrospective:
    return HoldRetrospective(on=on, orgs=orgs)


def test_each_organisation_assesses_an_objective_and_may_think_again() -> None:
    given().when(assess(), by(CLINIC, KNOWN)).then(assessed())
    given(assessed()).when(assess(), by(CLINIC, KNOWN)).then_nothing()
    given(assessed()).when(assess("met"), by(CLINIC, KNOWN)).then(assessed("met"))
    given(assessed()).when(assess(), by(UNION, KNOWN)).then(assessed(org=UNION))
    given().when(assess(objective=UNSET), by(CLINIC, KNOWN)).then_refused("unknown_objective")


def test_the_three_questions_are_answered() -> None:
    answered = EvaluationAnswered(
        by=CLINIC, done=Sealed(VAN), met_as_intended=Sealed(THANKS), changed=Sealed(VAN)
    )
    given().when(answer, by(CLINIC, KNOWN)).then(answered)
    given(answered).when(answer, by(CLINIC, KNOWN)).then(answered)
    given().when(answer, by(None, KNOWN)).then_refused("no_organisation")


def test_who_looked_back_together_is_said_once_and_afterwards() -> None:
    held = RetrospectiveHeld(by=CLINIC, on=TODAY, orgs=(CLINIC, UNION))
    given().when(hold(UNION, CLINIC), by(CLINIC, KNOWN)).then(held)
    given(held).when(hold(CLINIC, UNION), by(UNION, KNOWN)).then_nothing()
    given().when(hold(CLINIC, on=TOMORROW), by(CLINIC, KNOWN)).then_refused("not_yet")
    given().when(hold(STRANGER), by(CLINIC, KNOWN)).then_refused("unknown_organisation")


def test_a_member_says_what_it_has_of_the_coalition() -> None:
    said = BenefitArticulated(by=CLINIC, benefit=Sealed(VAN), relationships=Sealed(THANKS))
    given().when(benefit, by(CLINIC, KNOWN)).then(said)
    given().when(benefit, by(None, KNOWN)).then_refused("no_organisation")


def test_m18_what_one_person_says_is_personal() -> None:
    alone = BenefitArticulated(
        by=TEACHER, benefit=Sealed(VAN, about=ANNA), relationships=Sealed(THANKS, about=ANNA)
    )
    given().when(benefit, by(TEACHER, KNOWN)).then(alone)


commands: st.SearchStrategy[AnswerCommand] = st.one_of(
    st.builds(assess, st.sampled_from(["met", "partly", "not"]), st.sampled_from([SET, UNSET])),
    st.just(answer),
    st.just(benefit),
    st.builds(
        lambda org, on: hold(org, on=on),
        st.sampled_from([CLINIC, STRANGER]),
        st.sampled_from([TODAY, TOMORROW]),
    ),
)
contexts = st.builds(by, st.sampled_from([CLINIC, UNION, TEACHER]), st.just(KNOWN))


@over(st.lists(st.tuples(commands, contexts)))
def test_laws(requests: list[tuple[EvaluationCommand, Context]]) -> None:
    obey(decider, requests)
