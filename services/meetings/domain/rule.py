"""A decision rule of a body: published, versioned, and immutable once used.

The voter is always an organisation, and related organisations share one vote: neither is an
option. The method presets whatever a rule does not say.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, Literal, Self, assert_never

from pydantic import AfterValidator, Field, model_validator

from services.meetings.domain.ids import BodyId, ConstituencyId, OrgId, RuleId
from shared.decider import Decider, Refused
from shared.event import LARGEST, Command, Context, Event, Ratio, Ref, Value


class Method(StrEnum):
    CONSENT = "consent"
    CONSENSUS = "consensus"
    MAJORITY = "majority"
    SUPERMAJORITY = "supermajority"
    LAZY_CONSENSUS = "lazy_consensus"
    ADVICE = "advice"
    LEAD_DECIDES = "lead_decides"
    FRONT_LINE = "front_line"


OFFERED = frozenset(Method) - {Method.FRONT_LINE}
"""Methods by which a voting is opened; a rule of the front line says when to report back."""
BY_ONE = frozenset({Method.ADVICE, Method.LEAD_DECIDES})
"""Methods by which one organisation's stance decides: its proposer's, or the lead's."""


class Option(StrEnum):
    AGREE = "agree"
    DISAGREE = "disagree"
    ABSTAIN = "abstain"
    OBJECT = "object"


DISSENT = frozenset({Option.DISAGREE, Option.OBJECT})

Test = Literal["at_least", "more_than", "at_most"]
Base = Literal["yes_no", "cast", "entitled", "entitled_present"]
Silence = Literal["not_counted", "assent_if_uncontested"]
Positive = Annotated[int, Field(ge=1, le=LARGEST)]
Hours = Annotated[int, Field(ge=0, le=24 * 366)]
Days = Annotated[int, Field(ge=1, le=36_600)]


def _at_most_all(share: Ratio) -> Ratio:
    if share[0] > share[1]:
        raise ValueError("a share is at most the whole")
    return share


Share = Annotated[Ratio, AfterValidator(_at_most_all)]


class Minimum(Value):
    constituency: ConstituencyId
    min: Positive


class Quorum(Value):
    """Of the vote classes. Without `chair_counts` that of whoever opened the voting is left out."""

    at_least: Share = (1, 2)
    per_constituency: Annotated[tuple[Minimum, ...], Field(max_length=100)] = ()
    chair_counts: bool = True


class Threshold(Value):
    option: Option
    test: Test
    ratio: Share
    base: Base


class Objecting(Value):
    who: Literal["any_entitled", "any_member"] = "any_entitled"
    must_be_addressed: bool = False
    caller_may_outweigh: bool = False


class Weight(Value):
    org: OrgId
    weight: Positive


def _none(option: Option) -> Threshold:
    return Threshold(option=option, test="at_most", ratio=(0, 1), base="cast")


def _agreeing(test: Test, ratio: Ratio, base: Base) -> Threshold:
    return Threshold(option=Option.AGREE, test=test, ratio=ratio, base=base)


THRESHOLDS: Mapping[Method, tuple[Threshold, ...]] = {
    Method.CONSENT: (_none(Option.OBJECT),),
    Method.CONSENSUS: (_agreeing("more_than", (1, 2), "entitled"),),
    Method.MAJORITY: (_agreeing("more_than", (1, 2), "yes_no"),),
    Method.SUPERMAJORITY: (_agreeing("at_least", (2, 3), "yes_no"),),
    Method.LAZY_CONSENSUS: (_none(Option.DISAGREE), _none(Option.OBJECT)),
}
ADDRESSED = frozenset({Method.CONSENSUS, Method.LAZY_CONSENSUS})
QUORATE = frozenset({Method.CONSENT, Method.CONSENSUS, Method.MAJORITY, Method.SUPERMAJORITY})


def _quorum(rule: dict[str, Any]) -> Quorum:
    return Quorum() if rule["method"] in QUORATE else Quorum(at_least=(0, 1))


def _thresholds(rule: dict[str, Any]) -> tuple[Threshold, ...]:
    return THRESHOLDS.get(rule["method"], ())


def _objections(rule: dict[str, Any]) -> Objecting:
    return Objecting(must_be_addressed=rule["method"] in ADDRESSED)


def _silence(rule: dict[str, Any]) -> Silence:
    lazy = rule["method"] is Method.LAZY_CONSENSUS
    return "assent_if_uncontested" if lazy else "not_counted"


class Rule(Value):
    method: Method
    quorum: Quorum = Field(default_factory=_quorum)
    thresholds: Annotated[tuple[Threshold, ...], Field(max_length=10)] = Field(
        default_factory=_thresholds
    )
    objections: Objecting = Field(default_factory=_objections)
    weights: Annotated[tuple[Weight, ...], Field(max_length=500)] = ()
    notice_hours: Hours = 0
    min_open_hours: Hours = 0
    silence: Silence = Field(default_factory=_silence)
    ratify_within_days: Days | None = None
    proxies: Literal["none", "one_hop"] = "none"
    ballot: Literal["named", "sealed_until_close", "detached_anonymous"] = "named"
    representation_gate: Literal["off", "warn", "block"] = "off"
    review_after_days: Days | None = None
    report_back_hours: Hours = 48

    @model_validator(mode="after")
    def _decides_by_something(self) -> Self:
        if not self.thresholds and self.method in THRESHOLDS:
            raise ValueError("a rule of this method has at least one threshold")
        return self


@dataclass(frozen=True)
class Cited:
    """A decision that a command refers to: what came of it, and under which rule."""

    outcome: str
    rule: RuleId


@dataclass(frozen=True)
class Governance:
    """Whether the coalition is formal, the body's rules in force, and the decision cited."""

    formal: bool
    in_force: frozenset[RuleId]
    cited: Cited | None = None


class AdoptRule(Command):
    body: BodyId
    rule: Rule
    decision: Ref | None = None


class RetireRule(Command):
    decision: Ref | None = None


class DecisionRuleAdopted(Event):
    """A body decides by this rule from now on."""

    version: int
    body: BodyId
    rule: Rule
    decision: Ref | None = None


class DecisionRuleRetired(Event):
    """A rule is no longer used for new votings."""

    decision: Ref | None = None


RuleCommand = AdoptRule | RetireRule
RuleEvent = DecisionRuleAdopted | DecisionRuleRetired


@dataclass(frozen=True)
class InForce:
    """The version in force; a voting that was opened under an older one keeps that."""

    version: int
    body: BodyId
    terms: Rule
    retired: bool = False


State = InForce | None


def decide(command: RuleCommand, rule: State, context: Context) -> list[RuleEvent]:
    """Return what happens if `command` is accepted; an empty list means nothing needs to.

    Raises:
        Refused: a rule forbids it.
    """
    match command:
        case AdoptRule():
            return _adopt(command, rule, context)
        case RetireRule():
            return _retire(command, rule, context)
        case _:
            assert_never(command)


def evolve(rule: State, event: RuleEvent) -> State:
    """Return the rule after `event`."""
    match event:
        case DecisionRuleAdopted():
            return InForce(event.version, event.body, event.rule)
        case DecisionRuleRetired():
            assert rule is not None
            return InForce(rule.version, rule.body, rule.terms, retired=True)
        case _:
            assert_never(event)


def _adopt(command: AdoptRule, rule: State, context: Context) -> list[RuleEvent]:
    _keeps_secrets(command.rule)
    if rule is not None and rule.body != command.body:
        raise Refused("another_body", "A rule stays with its body: adopt a new one for this body.")
    if rule == InForce(rule.version if rule else 0, command.body, command.rule):
        return []
    _by_rule(context)
    version = rule.version + 1 if rule else 1
    adopted = DecisionRuleAdopted(
        version=version, body=command.body, rule=command.rule, decision=command.decision
    )
    return [adopted]


def _retire(command: RetireRule, rule: State, context: Context) -> list[RuleEvent]:
    if rule is None:
        raise Refused("unknown_rule", "There is no such rule: look it up under rules.")
    if rule.retired:
        return []
    _by_rule(context)
    return [DecisionRuleRetired(decision=command.decision)]


def _keeps_secrets(rule: Rule) -> None:
    """Refuse detached ballots, which are equal and lead to nobody, where one could be told."""
    if rule.ballot != "detached_anonymous":
        return
    if rule.method in BY_ONE:
        raise Refused("detached", "One organisation decides by this rule: it cannot stay unknown.")
    if rule.weights:
        raise Refused("detached", "A weight would say whose ballot it was: leave weights out.")
    if rule.ratify_within_days is not None:
        raise Refused("detached", "A ballot that leads to nobody cannot be ratified: leave it out.")


def _by_rule(context: Context) -> None:
    """Let a formal body change its rules only by a decision under one of them."""
    governance = context.fact(Governance)
    if not governance.formal or not governance.in_force:
        return
    cited = governance.cited
    if cited is None or cited.outcome != "adopted" or cited.rule not in governance.in_force:
        detail = "Cite the decision, made under a rule in force in this body, that adopted this."
        raise Refused("rule_by_rule", detail)


decider: Decider[RuleCommand, State, RuleEvent] = Decider("rule", RuleEvent, None, decide, evolve)
