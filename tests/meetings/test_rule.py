import pytest
from hypothesis import strategies as st
from pydantic import ValidationError

from services.meetings.domain.rule import (
    AdoptRule,
    Cited,
    DecisionRuleAdopted,
    DecisionRuleRetired,
    Governance,
    Method,
    Objecting,
    Option,
    Quorum,
    RetireRule,
    Rule,
    RuleCommand,
    RuleEvent,
    State,
    Threshold,
    decider,
)
from shared.event import Context
from tests.given import Given
from tests.laws import obey, over
from tests.meetings.coalition import CLINIC, OTHER_RULE, PLENARY, RULE, STEERING, by

MAJORITY, CONSENT = Rule(method=Method.MAJORITY), Rule(method=Method.CONSENT)
INFORMAL = Governance(formal=False, in_force=frozenset({RULE}))
FORMAL = Governance(formal=True, in_force=frozenset({RULE}))
adopted = DecisionRuleAdopted(version=1, body=PLENARY, rule=MAJORITY)
revised = DecisionRuleAdopted(version=2, body=PLENARY, rule=CONSENT)
retired = DecisionRuleRetired()


def given(*history: RuleEvent) -> Given[RuleCommand, State, RuleEvent]:
    return Given(decider, history)


def chair(governance: Governance = INFORMAL) -> Context:
    return by(CLINIC, facts=(governance,))


def test_a_rule_is_adopted() -> None:
    given().when(AdoptRule(body=PLENARY, rule=MAJORITY), chair()).then(adopted)


def test_adopting_again_is_a_new_version() -> None:
    given(adopted).when(AdoptRule(body=PLENARY, rule=CONSENT), chair()).then(revised)


def test_i4_adopting_the_same_rule_again_changes_nothing() -> None:
    given(adopted).when(AdoptRule(body=PLENARY, rule=MAJORITY), chair()).then_nothing()


def test_a_rule_stays_with_its_body() -> None:
    ask = AdoptRule(body=STEERING, rule=CONSENT)
    given(adopted).when(ask, chair()).then_refused("another_body")


def test_a_rule_is_retired_once() -> None:
    given(adopted).when(RetireRule(), chair()).then(retired)
    given(adopted, retired).when(RetireRule(), chair()).then_nothing()
    given().when(RetireRule(), chair()).then_refused("unknown_rule")


def test_a_retired_rule_can_be_adopted_again() -> None:
    again = AdoptRule(body=PLENARY, rule=MAJORITY)
    given(adopted, retired).when(again, chair()).then(
        DecisionRuleAdopted(version=2, body=PLENARY, rule=MAJORITY)
    )


def test_a_rule_of_any_method_is_adopted() -> None:
    for method in Method:
        rule = Rule(method=method)
        given().when(AdoptRule(body=PLENARY, rule=rule), chair()).then(
            DecisionRuleAdopted(version=1, body=PLENARY, rule=rule)
        )
        assert Rule.model_validate_json(rule.model_dump_json()) == rule


def test_d23_the_first_rule_of_a_body_needs_no_decision() -> None:
    first = Governance(formal=True, in_force=frozenset())
    given().when(AdoptRule(body=PLENARY, rule=MAJORITY), chair(first)).then(adopted)


def test_d23_a_formal_body_changes_rules_by_its_rules() -> None:
    for cited in (None, Cited("rejected", RULE), Cited("adopted", OTHER_RULE)):
        governance = Governance(formal=True, in_force=frozenset({RULE}), cited=cited)
        adopt = AdoptRule(body=PLENARY, rule=CONSENT, decision="meetings/7")
        given(adopted).when(adopt, chair(governance)).then_refused("rule_by_rule")
        given(adopted).when(RetireRule(), chair(governance)).then_refused("rule_by_rule")


def test_d23_a_decision_under_the_rule_in_force_is_enough() -> None:
    governance = Governance(formal=True, in_force=frozenset({RULE}), cited=Cited("adopted", RULE))
    adopt = AdoptRule(body=PLENARY, rule=CONSENT, decision="meetings/7")
    given(adopted).when(adopt, chair(governance)).then(
        DecisionRuleAdopted(version=2, body=PLENARY, rule=CONSENT, decision="meetings/7")
    )
    given(adopted).when(RetireRule(decision="meetings/7"), chair(governance)).then(
        DecisionRuleRetired(decision="meetings/7")
    )


def test_the_method_presets_the_rest() -> None:
    def preset(method: Method) -> Threshold:
        (threshold,) = Rule(method=method).thresholds
        return threshold

    agree, object_ = Option.AGREE, Option.OBJECT
    assert preset(Method.MAJORITY) == Threshold(
        option=agree, test="more_than", ratio=(1, 2), base="yes_no"
    )
    assert preset(Method.SUPERMAJORITY) == Threshold(
        option=agree, test="at_least", ratio=(2, 3), base="yes_no"
    )
    assert preset(Method.CONSENT) == Threshold(
        option=object_, test="at_most", ratio=(0, 1), base="cast"
    )
    assert preset(Method.CONSENSUS) == Threshold(
        option=agree, test="more_than", ratio=(1, 2), base="entitled"
    )
    addressed = {method for method in Method if Rule(method=method).objections.must_be_addressed}
    assert addressed == {Method.CONSENSUS, Method.LAZY_CONSENSUS}
    lazy = Rule(method=Method.LAZY_CONSENSUS)
    assert (lazy.silence, lazy.quorum) == ("assent_if_uncontested", Quorum(at_least=(0, 1)))
    assert [(each.option, each.test, each.ratio) for each in lazy.thresholds] == [
        (Option.DISAGREE, "at_most", (0, 1)),
        (object_, "at_most", (0, 1)),
    ]
    for method in (Method.ADVICE, Method.LEAD_DECIDES):
        assert Rule(method=method).thresholds == ()
        assert Rule(method=method).quorum == Quorum(at_least=(0, 1))


def test_what_a_rule_says_wins_over_the_preset() -> None:
    said = '{"method":"consensus","quorum":{"at_least":[2,3]},"objections":{}}'
    rule = Rule.model_validate_json(said)
    assert rule.quorum == Quorum(at_least=(2, 3))
    assert rule.objections == Objecting()
    assert len(rule.thresholds) == 1


def test_a_rule_that_could_never_be_met_is_no_rule() -> None:
    with pytest.raises(ValidationError):
        Quorum(at_least=(3, 2))
    with pytest.raises(ValidationError):
        Rule(method=Method.MAJORITY, thresholds=())


rules = st.builds(
    Rule,
    method=st.sampled_from(Method),
    notice_hours=st.integers(0, 2),
    proxies=st.sampled_from(["none", "one_hop"]),
)
refs = st.none() | st.just("meetings/7")
cited = st.none() | st.builds(Cited, st.just("adopted"), st.just(RULE))
governances = st.builds(Governance, st.booleans(), st.just(frozenset({RULE})), cited)
commands = st.one_of(
    st.builds(AdoptRule, body=st.sampled_from([PLENARY, STEERING]), rule=rules, decision=refs),
    st.builds(RetireRule, decision=refs),
)


@over(st.lists(st.tuples(commands, st.builds(chair, governances))))
def test_laws(requests: list[tuple[RuleCommand, Context]]) -> None:
    obey(decider, requests)
