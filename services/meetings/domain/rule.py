"""A decision rule of a body: published, versioned, and immutable once used.

The voter is always an organisation, and related organisations share one vote: neither is an
option. The method presets whatever a rule does not say.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, Literal, assert_never

from pydantic import AfterValidator, Field

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


OFFERED = frozenset({Method.CONSENT, Method.CONSENSUS, Method.MAJORITY, Method.SUPERMAJORITY})


class Option(StrEnum):
    AGREE = "agree"
    DISAGREE = "disagree"
    ABSTAIN = "abstain"
    OBJECT = "object"


DISSENT = frozenset({Option.DISAGREE, Option.OBJECT})

Test = Literal["at_least", "more_than", "at_most"]
Base = Literal["yes_no", "cast", "entitled", "entitled_present"]
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


THRESHOLDS: Mapping[Method, Threshold] = {
    Method.CONSENT: Threshold(option=Option.OBJECT, test="at_most", ratio=(0, 1), base="cast"),
    Method.CONSENSUS: Threshold(
        option=Option.AGREE, test="more_than", ratio=(1, 2), base="entitled"
    ),
    Method.MAJORITY: Threshold(option=Option.AGREE, test="more_than", ratio=(1, 2), base="yes_no"),
    Method.SUPERMAJORITY: Threshold(
        option=Option.AGREE, test="at_least", ratio=(2, 3), base="yes_no"
    ),
}


def _thresholds(rule: dict[str, Any]) -> tuple[Threshold, ...]:
    preset = THRESHOLDS.get(rule["method"])
    return (preset,) if preset else ()


def _objections(rule: dict[str, Any]) -> Objecting:
    return Objecting(must_be_addressed=rule["method"] is Method.CONSENSUS)


class Rule(Value):
    method: Method
    quorum: Quorum = Quorum()
    thresholds: Annotated[tuple[Threshold, ...], Field(min_length=1, max_length=10)] = Field(
        default_factory=_thresholds
    )
    objections: Objecting = Field(default_factory=_objections)
    weights: Annotated[tuple[Weight, ...], Field(max_length=500)] = ()
    notice_hours: Hours = 0
    min_open_hours: Hours = 0
    silence: Literal["not_counted", "assent_if_uncontested"] = "not_counted"
    ratify_within_days: Days | None = None
    proxies: Literal["none", "one_hop"] = "none"
    ballot: Literal["named", "sealed_until_close", "detached_anonymous"] = "named"
    representation_gate: Literal["off", "warn", "block"] = "off"
    review_after_days: Days | None = None
    report_back_hours: Hours = 48


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
    _offered(command.rule)
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


def _offered(rule: Rule) -> None:
    if rule.method not in OFFERED:
        methods = ", ".join(sorted(OFFERED))
        raise Refused("method_not_offered", f"That method is not offered yet: use {methods}.")
    if rule.proxies != "none" or rule.ballot != "named" or rule.ratify_within_days is not None:
        detail = "Proxies, secret ballots and ratification are not offered yet: leave them out."
        raise Refused("method_not_offered", detail)


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
