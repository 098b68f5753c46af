"""A coalition's charter: what it is for, how it works, and when it looks at that again.

The slug is unique in the deployment and never changes. Who forms a coalition founds it with an
organisation of their own: `founding.py` says what else happens then. Of the North Star, the ground
rules, the boundary and the decision structure one version is current; a new one asks every member
again. Scenarios are in force once every party has agreed.

The vision and the roles are looked at again on a day that everybody knows: a year after the North
Star was adopted, the structure was published, or the last such review was closed, unless the chair
names another day. Such a review opens by itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Annotated, Literal, assert_never
from uuid import UUID

from immutables import Map
from pydantic import Field

from services.members.domain.bottomline import TWO, Number, Term
from services.members.domain.ids import (
    BodyId,
    IssueId,
    OrgId,
    PersonId,
    ReviewId,
    ScenarioId,
    TermId,
)
from services.members.domain.membership import AdmitMember
from services.members.domain.person import RegisterPerson
from services.members.domain.standing import (
    Charter,
    Mode,
    Table,
    rest_on_a_decision,
    speaker,
    words,
)
from shared.decider import Decider, Refused
from shared.event import (
    LARGEST,
    Code,
    Command,
    Context,
    Day,
    Event,
    Ref,
    Sealed,
    Text,
    Value,
    Visibility,
    Whole,
)

Template = Literal["alliance", "campaign", "federation"]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,63}$")]
Stage = Literal["forming", "storming", "norming", "performing", "adjourning"]
Outlook = Literal["best", "worst"]
Reviewed = Literal["vision", "positions", "roles"]
Trigger = Literal["schedule", "context_shift", "replacement", "request"]
Result = Literal["kept", "changed"]
Topic = Literal[
    "position", "stance", "objection", "concern", "decision", "minutes", "speech", "step",
    "message", "bottom_line", "tension", "pulse", "breach", "contribution", "claim", "dispute",
    "metric", "story", "policy",
]  # fmt: skip
"""What a boundary agreement sets a default class for."""
Codes = Annotated[tuple[Code, ...], Field(max_length=500)]
REVIEW_DAYS = 30
"""How long a review takes where nobody says until when."""
RHYTHM_DAYS = 365
"""After how long the vision and the roles are looked at again, where nobody says when."""
REGULAR = frozenset({"schedule", "request"})
"""What opens a review of all there is to a kind; other triggers ask about what has just changed."""


@dataclass(frozen=True)
class SlugOwner:
    """The coalition that has the slug asked for; `None` while it is free."""

    coalition: UUID | None


@dataclass(frozen=True)
class Known:
    """Whether what a command of the charter names is here: bodies, issues, or organisations."""

    known: bool


@dataclass(frozen=True)
class Affected:
    """The members that a context shift affects, and whether the issues it names were raised."""

    orgs: tuple[OrgId, ...]
    raised: bool = True


@dataclass(frozen=True)
class Drawn:
    """An id for the review that follows, should one."""

    review: ReviewId


@dataclass(frozen=True)
class Evaluated:
    """Whether any organisation has answered the evaluation questions (M3)."""

    answered: bool


class Weekly(Value):
    """A slot of the week: the day, and the time of day in UTC."""

    day: Literal["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
    at: Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]


class Founder(AdmitMember):
    """How the founding organisation joins; `org` is its id, drawn where it is absent."""

    org: OrgId | None = None

    def joining(self, person: PersonId | None) -> AdmitMember:
        """Return how it joins; `person` where the founder is one person."""
        return AdmitMember(
            name=self.name,
            kind=self.kind,
            sector=self.sector,
            constituencies=self.constituencies,
            commitment=self.commitment,
            voting_right=self.voting_right,
            ground_rules=self.ground_rules,
            person=person,
        )


class FormCoalition(Command):
    """`person` acts for the founder; an import knows none. `plenary` as `founder.org`.

    `weekly`: when the plenary meets each week; meetings keeps a series for it.
    """

    slug: Slug
    template: Template
    name: Text
    founder: Founder
    person: RegisterPerson | None = None
    plenary: BodyId | None = None
    weekly: Weekly | None = None


class SetOperatingMode(Command):
    mode: Mode


class ListCoalition(Command):
    """`contact`: how others reach the coalition; absent where it stays as it is."""

    topics: Codes
    contact: Text | None = None


class AdoptNorthStar(Command):
    """`next_review`: when the vision is looked at again; in a year where it is absent."""

    text: Text
    decision: Ref | None = None
    next_review: Day | None = None


class SetScope(Command):
    max_members: Annotated[int, Field(ge=1, le=LARGEST)] | None = None
    regions: Codes = ()
    interest_required: bool = False


class AgreeScenario(Command):
    """The first party names all parties, the kind and the text; each other agrees with none."""

    scenario: ScenarioId
    kind: Outlook | None = None
    parties: Annotated[tuple[OrgId, ...], Field(max_length=500)] | None = None
    text: Text | None = None


class AdoptGroundRules(Command):
    text: Text
    decision: Ref | None = None


class AgreeBoundary(Command):
    """`defaults`: the class of each kind that is not the usual one; `min_group`: of figures."""

    defaults: Annotated[dict[Topic, Visibility], Field(max_length=50)]
    min_group: Annotated[int, Field(ge=1, le=1_000)] = 5
    text: Text
    decision: Ref | None = None


class PublishDecisionStructure(Command):
    """`bodies`: those that decide, each within its scope; `next_review`: of roles, as above."""

    bodies: Annotated[tuple[BodyId, ...], Field(min_length=1, max_length=500)]
    text: Text
    next_review: Day | None = None


class DefineTerm(Command):
    """Something negotiable: one of some `choices`, or a number from `min` to `max`."""

    term: TermId
    name: Text
    choices: Annotated[tuple[Code, ...], Field(min_length=1, max_length=500)] | None = None
    min: Number | None = None
    max: Number | None = None
    unit: Code | None = None


class EnterStage(Command):
    stage: Stage
    reason: Text


class NoteContextShift(Command):
    """What changed around the coalition, and the issues it bears on; none: on everything."""

    what: Text
    issues: Annotated[tuple[IssueId, ...], Field(max_length=500)] = ()


class OpenReview(Command):
    """`orgs`: who is asked to look again; none named: every member."""

    review: ReviewId
    kind: Reviewed
    trigger: Trigger = "request"
    orgs: Annotated[tuple[OrgId, ...], Field(max_length=5_000)] = ()
    due: Day | None = None


class CloseReview(Command):
    """`next_review`: when the same is looked at again; vision and roles in a year if absent."""

    review: ReviewId
    result: Result
    note: Text | None = None
    next_review: Day | None = None


class AdjournCoalition(Command):
    reason: Text


class CoalitionFormed(Event):
    """A coalition begins to exist, with its address and name."""

    slug: str
    template: Template
    name: Sealed[Text]
    weekly: Weekly | None = None


class OperatingModeSet(Event):
    """The coalition works informally or formally from now on."""

    mode: Mode


class CoalitionListed(Event):
    """The coalition can be found by topics from outside."""

    topics: tuple[Code, ...]
    contact: Sealed[Text] = Sealed()


class NorthStarAdopted(Event):
    """The coalition says in a new version what it is for."""

    version: Whole
    text: Sealed[Text]
    decision: Ref | None = None
    next_review: date | None = None


class ScopeSet(Event):
    """The charter says how many may join, from where, and what they must state."""

    max_members: Whole | None = None
    regions: tuple[Code, ...]
    interest_required: bool


class ScenarioAgreed(Event):
    """A party agrees to a best or worst case; the first to do so brings kind, parties and text."""

    by: OrgId
    scenario: ScenarioId
    kind: Outlook | None = None
    parties: tuple[OrgId, ...] | None = None
    text: Sealed[Text] = Sealed()


class GroundRulesAdopted(Event):
    """A new version of the rules of working together is in force."""

    version: Whole
    text: Sealed[Text]
    decision: Ref | None = None


class BoundaryAgreed(Event):
    """A new version says who may read what, kind by kind, and below what number is silence."""

    version: Whole
    defaults: dict[Code, Visibility]
    min_group: Whole
    text: Sealed[Text]
    decision: Ref | None = None


class DecisionStructurePublished(Event):
    """A new version says which bodies decide, and how they relate."""

    version: Whole
    bodies: tuple[BodyId, ...]
    text: Sealed[Text]
    next_review: date | None = None


class TermDefined(Event):
    """Something can be negotiated: a choice among values, or a number in a unit."""

    term: TermId
    name: Sealed[Text]
    choices: tuple[Code, ...] | None = None
    min: Number | None = None
    max: Number | None = None
    unit: Code | None = None


class StageEntered(Event):
    """The coalition sees itself in another stage of its life, and says why."""

    stage: Stage
    reason: Sealed[Text]


class ContextShiftNoted(Event):
    """Something outside has changed that bears on issues."""

    what: Sealed[Text]
    issues: tuple[IssueId, ...]


class ReviewOpened(Event):
    """Organisations are asked to look at something again; where none is named, all are."""

    review: ReviewId
    kind: Reviewed
    trigger: Trigger
    orgs: tuple[OrgId, ...]
    due: date


class ReviewClosed(Event):
    """A review ended with what was looked at kept or changed.

    `kind`: what was reviewed, where the next review of it is planned.
    """

    review: ReviewId
    kind: Reviewed | None = None
    result: Result
    note: Sealed[Text] = Sealed()
    next_review: date | None = None


class CoalitionAdjourned(Event):
    """The coalition ends its work; what it did stays readable."""

    reason: Sealed[Text]


CoalitionCommand = (
    FormCoalition
    | SetOperatingMode
    | ListCoalition
    | AdoptNorthStar
    | SetScope
    | AgreeScenario
    | AdoptGroundRules
    | AgreeBoundary
    | PublishDecisionStructure
    | DefineTerm
    | EnterStage
    | NoteContextShift
    | OpenReview
    | CloseReview
    | AdjournCoalition
)
CoalitionEvent = (
    CoalitionFormed
    | OperatingModeSet
    | CoalitionListed
    | NorthStarAdopted
    | ScopeSet
    | ScenarioAgreed
    | GroundRulesAdopted
    | BoundaryAgreed
    | DecisionStructurePublished
    | TermDefined
    | StageEntered
    | ContextShiftNoted
    | ReviewOpened
    | ReviewClosed
    | CoalitionAdjourned
)
Amendment = OperatingModeSet | ScopeSet | GroundRulesAdopted | DecisionStructurePublished
"""What changes the charter as other streams must know it."""


@dataclass(frozen=True)
class Version:
    """The current version of a text, 0 before the first, and the decision it rests on."""

    number: int = 0
    decision: Ref | None = None


@dataclass(frozen=True)
class Boundary:
    defaults: Mapping[str, Visibility]
    min_group: int


@dataclass(frozen=True)
class Scenario:
    kind: Outlook
    parties: frozenset[OrgId]
    agreed: frozenset[OrgId]


@dataclass(frozen=True)
class Review:
    kind: Reviewed
    trigger: Trigger
    orgs: tuple[OrgId, ...]
    due: date
    result: Result | None = None


@dataclass(frozen=True)
class Formed:
    slug: str
    template: Template
    charter: Charter = field(default_factory=Charter)
    topics: tuple[str, ...] | None = None
    regions: tuple[str, ...] = ()
    north_star: Version = field(default_factory=Version)
    ground_rules: Version = field(default_factory=Version)
    boundary_version: Version = field(default_factory=Version)
    boundary: Boundary | None = None
    structure: tuple[BodyId, ...] = ()
    terms: Map[TermId, Term] = field(default_factory=Map)
    scenarios: Map[ScenarioId, Scenario] = field(default_factory=Map)
    reviews: Map[ReviewId, Review] = field(default_factory=Map)
    planned: Map[Reviewed, date] = field(default_factory=Map)
    stage: Stage | None = None
    adjourned: bool = False


Coalition = Formed | None  # None: not formed yet


def decide(
    command: CoalitionCommand, coalition: Coalition, context: Context
) -> list[CoalitionEvent]:
    """Return what happens if `command` is accepted; an empty list means nothing needs to.

    Raises:
        Refused: a rule forbids it.
    """
    match command:
        case FormCoalition():
            return _form(command, coalition, context)
        case SetOperatingMode():
            return _set_mode(command, _formed(coalition))
        case ListCoalition():
            return _list(command, _formed(coalition), context)
        case AdoptNorthStar() | AdoptGroundRules() | AgreeBoundary() | PublishDecisionStructure():
            return _write(command, _formed(coalition), context)
        case SetScope():
            return _set_scope(command, _formed(coalition), context)
        case AgreeScenario():
            return _agree(command, _formed(coalition), context)
        case DefineTerm():
            return _define(command, _formed(coalition), context)
        case EnterStage() | AdjournCoalition():
            return _move_on(command, _formed(coalition), context)
        case NoteContextShift():
            return _note(command, _formed(coalition), context)
        case OpenReview():
            return _open(command, _formed(coalition), context)
        case CloseReview():
            return _close(command, _formed(coalition), context)
        case _:
            assert_never(command)


def evolve(coalition: Coalition, event: CoalitionEvent) -> Coalition:  # noqa: C901 - one case a type
    """Return the coalition after `event`."""
    if isinstance(event, CoalitionFormed):
        return Formed(event.slug, event.template)
    assert coalition is not None
    if isinstance(event, Amendment):
        coalition = replace(coalition, charter=amended(coalition.charter, event))
    match event:
        case OperatingModeSet() | ContextShiftNoted():
            return coalition
        case CoalitionListed():
            return replace(coalition, topics=event.topics)
        case NorthStarAdopted():
            adopted = replace(coalition, north_star=Version(event.version, event.decision))
            return _planned(adopted, "vision", event.next_review)
        case ScopeSet():
            return replace(coalition, regions=event.regions)
        case ScenarioAgreed():
            return replace(coalition, scenarios=_joined_by(event, coalition.scenarios))
        case GroundRulesAdopted():
            return replace(coalition, ground_rules=Version(event.version, event.decision))
        case BoundaryAgreed():
            return replace(
                coalition,
                boundary=Boundary(event.defaults, event.min_group),
                boundary_version=Version(event.version, event.decision),
            )
        case DecisionStructurePublished():
            published = replace(coalition, structure=event.bodies)
            return _planned(published, "roles", event.next_review)
        case TermDefined():
            return replace(coalition, terms=coalition.terms.set(event.term, _limits(event)))
        case StageEntered():
            return replace(coalition, stage=event.stage)
        case ReviewOpened():
            return _reviewing(coalition, event)
        case ReviewClosed():
            closed = replace(coalition.reviews[event.review], result=event.result)
            reviews = coalition.reviews.set(event.review, closed)
            return _planned(replace(coalition, reviews=reviews), closed.kind, event.next_review)
        case CoalitionAdjourned():
            return replace(coalition, adjourned=True)
        case _:
            assert_never(event)


def _reviewing(coalition: Formed, event: ReviewOpened) -> Formed:
    review = Review(event.kind, event.trigger, event.orgs, event.due)
    opened = replace(coalition, reviews=coalition.reviews.set(event.review, review))
    if event.trigger != "schedule" or event.kind not in opened.planned:
        return opened
    return replace(opened, planned=opened.planned.delete(event.kind))


def _planned(coalition: Formed, kind: Reviewed, on: date | None) -> Formed:
    """Return the coalition with the day of its next review of a kind; as it was without a day."""
    return coalition if on is None else replace(coalition, planned=coalition.planned.set(kind, on))


def amended(charter: Charter, event: Amendment) -> Charter:
    """Return the charter, as other streams must know it, after `event`."""
    match event:
        case OperatingModeSet():
            return replace(charter, mode=event.mode)
        case ScopeSet():
            return replace(
                charter,
                max_members=event.max_members,
                interest_required=event.interest_required,
            )
        case GroundRulesAdopted():
            return replace(charter, ground_rules=event.version)
        case DecisionStructurePublished():
            return replace(charter, structure=event.version)
        case _:
            assert_never(event)


def _joined_by(
    event: ScenarioAgreed, before: Map[ScenarioId, Scenario]
) -> Map[ScenarioId, Scenario]:
    if event.kind is not None:
        named = Scenario(event.kind, frozenset(event.parties or ()), frozenset({event.by}))
        return before.set(event.scenario, named)
    scenario = before[event.scenario]
    return before.set(event.scenario, replace(scenario, agreed=scenario.agreed | {event.by}))


def _limits(said: DefineTerm | TermDefined) -> Term:
    choices = None if said.choices is None else frozenset(said.choices)
    return Term(choices, said.min, said.max, said.unit)


def _formed(coalition: Coalition) -> Formed:
    if coalition is None:
        raise Refused("not_formed", "This coalition has not been formed yet.")
    return coalition


def _form(command: FormCoalition, coalition: Coalition, context: Context) -> list[CoalitionEvent]:
    if coalition is not None:
        if (coalition.slug, coalition.template) == (command.slug, command.template):
            return []
        raise Refused("already_formed", "This coalition was formed under another address.")
    if context.fact(SlugOwner).coalition not in (None, context.coalition):
        raise Refused("slug_taken", f"Another coalition is called {command.slug}: choose another.")
    if command.person is None and not context.imported:
        raise Refused("person_missing", "Say who you are, and how you can be reached.")
    return [
        CoalitionFormed(
            slug=command.slug,
            template=command.template,
            name=Sealed(command.name),
            weekly=command.weekly,
        )
    ]


def _set_mode(command: SetOperatingMode, coalition: Formed) -> list[CoalitionEvent]:
    if coalition.charter.mode == command.mode:
        return []
    return [OperatingModeSet(mode=command.mode)]


def _list(command: ListCoalition, coalition: Formed, context: Context) -> list[CoalitionEvent]:
    topics = tuple(sorted(set(command.topics)))
    if command.contact is None:
        if coalition.topics is None:
            raise Refused("contact_missing", "Say how others reach the coalition.")
        if coalition.topics == topics:
            return []
        return [CoalitionListed(topics=topics).seen_by(within="public")]
    listed = CoalitionListed(topics=topics, contact=words(command.contact, context))
    return [listed.seen_by(within="public")]


def _write(
    command: AdoptNorthStar | AdoptGroundRules | AgreeBoundary | PublishDecisionStructure,
    coalition: Formed,
    context: Context,
) -> list[CoalitionEvent]:
    """Write a new version; the text that a decision stands behind is adopted once."""
    text = words(command.text, context)
    match command:
        case AdoptNorthStar():
            if _is_adopted(command.decision, coalition.north_star):
                return []
            rest_on_a_decision(command.decision, context)
            return [
                NorthStarAdopted(
                    version=coalition.north_star.number + 1,
                    text=text,
                    decision=command.decision,
                    next_review=_next_review(command, context),
                )
            ]
        case AdoptGroundRules():
            if _is_adopted(command.decision, coalition.ground_rules):
                return []
            rest_on_a_decision(command.decision, context)
            version = coalition.ground_rules.number + 1
            return [GroundRulesAdopted(version=version, text=text, decision=command.decision)]
        case AgreeBoundary():
            return _agree_boundary(command, coalition, context, text)
        case PublishDecisionStructure():
            bodies = tuple(sorted(set(command.bodies)))
            if not context.fact(Known).known:
                raise Refused("unknown_body", "A body that is named here is not, or is dissolved.")
            return [
                DecisionStructurePublished(
                    version=coalition.charter.structure + 1,
                    bodies=bodies,
                    text=text,
                    next_review=_next_review(command, context),
                )
            ]
        case _:
            assert_never(command)


def _is_adopted(decision: Ref | None, version: Version) -> bool:
    return decision is not None and decision == version.decision


def _agree_boundary(
    command: AgreeBoundary, coalition: Formed, context: Context, text: Sealed[Text]
) -> list[CoalitionEvent]:
    if "affinity" in command.defaults.values():
        raise Refused("never_recorded", "What stays in the room is never recorded: name a class.")
    if _is_adopted(command.decision, coalition.boundary_version):
        return []
    rest_on_a_decision(command.decision, context)
    return [
        BoundaryAgreed(
            version=coalition.boundary_version.number + 1,
            defaults=dict(sorted(command.defaults.items())),
            min_group=command.min_group,
            text=text,
            decision=command.decision,
        )
    ]


def _set_scope(command: SetScope, coalition: Formed, context: Context) -> list[CoalitionEvent]:
    regions = tuple(sorted(set(command.regions)))
    asked = ScopeSet(
        max_members=command.max_members,
        regions=regions,
        interest_required=command.interest_required,
    )
    if (amended(coalition.charter, asked), regions) == (coalition.charter, coalition.regions):
        return []
    joined = context.fact(Table).members
    if command.max_members is not None and joined > command.max_members:
        raise Refused("coalition_full", f"{joined} members have joined already: leave them room.")
    return [asked]


def _agree(command: AgreeScenario, coalition: Formed, context: Context) -> list[CoalitionEvent]:
    org, between = speaker(context), coalition.scenarios.get(command.scenario)
    parties = frozenset(command.parties or ())
    if between is None:
        return _describe(command, parties, org, context)
    if org not in between.parties:
        raise Refused("not_a_party", "Others agreed on this scenario, without your organisation.")
    the_same = parties in (frozenset(), between.parties) and command.kind in (None, between.kind)
    if org in between.agreed and the_same:
        return []
    if parties or command.kind or command.text:
        raise Refused("terms_stand", "The scenario is described: agree without describing it.")
    return [ScenarioAgreed(by=org, scenario=command.scenario)]


def _describe(
    command: AgreeScenario, parties: frozenset[OrgId], org: OrgId, context: Context
) -> list[CoalitionEvent]:
    if command.kind is None or command.text is None or len(parties) < TWO:
        raise Refused("terms_missing", "Name two parties or more, and the best or the worst case.")
    if org not in parties:
        raise Refused("not_a_party", "Name your own organisation among those who agree.")
    if not context.fact(Known).known:
        raise Refused("not_a_member", "Only members can be named here.")
    return [
        ScenarioAgreed(
            by=org,
            scenario=command.scenario,
            kind=command.kind,
            parties=tuple(sorted(parties)),
            text=words(command.text, context),
        )
    ]


def _define(command: DefineTerm, coalition: Formed, context: Context) -> list[CoalitionEvent]:
    limits = _limits(command)
    before = coalition.terms.get(command.term)
    if before == limits:
        return []
    if before is not None:
        raise Refused("already_defined", "This term has other limits: define another one.")
    bounds = limits.min is not None or limits.max is not None
    if bounds == (limits.choices is not None):
        raise Refused("limits_missing", "Say which choices there are, or from where to where.")
    if limits.min is not None and limits.max is not None and limits.min > limits.max:
        raise Refused("limits_missing", "The least is more than the most.")
    return [
        TermDefined(
            term=command.term,
            name=words(command.name, context),
            choices=None if command.choices is None else tuple(sorted(set(command.choices))),
            min=command.min,
            max=command.max,
            unit=command.unit,
        )
    ]


def _move_on(
    command: EnterStage | AdjournCoalition, coalition: Formed, context: Context
) -> list[CoalitionEvent]:
    if isinstance(command, EnterStage):
        if coalition.stage == command.stage:
            return []
        return [StageEntered(stage=command.stage, reason=words(command.reason, context))]
    if coalition.adjourned:
        return []
    if coalition.stage != "adjourning":
        raise Refused("not_ready_to_adjourn", "First enter the stage of adjourning, and say why.")
    if not context.fact(Evaluated).answered:
        raise Refused(
            "not_ready_to_adjourn", "First let one organisation answer the evaluation questions."
        )
    return [CoalitionAdjourned(reason=words(command.reason, context))]


def _note(command: NoteContextShift, _: Formed, context: Context) -> list[CoalitionEvent]:
    """Note the shift, and open a review of positions by every organisation it affects."""
    affected = context.fact(Affected)
    if not affected.raised:
        raise Refused("unknown_issue", "An issue that is named here has not been raised.")
    issues = tuple(sorted(set(command.issues)))
    return [
        ContextShiftNoted(what=words(command.what, context), issues=issues),
        ReviewOpened(
            review=context.fact(Drawn).review,
            kind="positions",
            trigger="context_shift",
            orgs=affected.orgs,
            due=_due(context),
        ),
    ]


def _due(context: Context) -> date:
    return context.at.date() + timedelta(days=REVIEW_DAYS)


def _next_review(
    command: AdoptNorthStar | PublishDecisionStructure | CloseReview,
    context: Context,
    *,
    regular: bool = True,
) -> date | None:
    """Return when the same is looked at again; history from elsewhere says so itself, if at all.

    Args:
        regular: Whether it is looked at every year where nobody names a day.
    """
    today = context.at.date()
    if command.next_review is None:
        return today + timedelta(days=RHYTHM_DAYS) if regular and not context.imported else None
    if command.next_review <= today and not context.imported:
        raise Refused("over_before_it_begins", "The next review is on a later day than today.")
    return command.next_review


def _open_in_time(command: OpenReview, coalition: Formed, context: Context) -> list[CoalitionEvent]:
    """Open the review whose day has come, unless its kind is being reviewed already."""
    planned = coalition.planned.get(command.kind)
    under_way = any(
        each.kind == command.kind and each.trigger in REGULAR and each.result is None
        for each in coalition.reviews.values()
    )
    if planned is None or under_way or coalition.adjourned or command.review in coalition.reviews:
        return []
    if context.at.date() < planned:
        raise Refused("too_soon", f"The next review of this is planned for {planned}.")
    return [
        ReviewOpened(
            review=command.review, kind=command.kind, trigger="schedule", orgs=(), due=_due(context)
        )
    ]


def _open(command: OpenReview, coalition: Formed, context: Context) -> list[CoalitionEvent]:
    if context.system:
        return _open_in_time(command, coalition, context)
    orgs = tuple(sorted(set(command.orgs)))
    before = coalition.reviews.get(command.review)
    if before is not None:
        asked = Review(command.kind, command.trigger, orgs, command.due or before.due)
        if asked == replace(before, result=None):
            return []
        raise Refused("already_opened", "This review was opened with other terms.")
    if not context.fact(Known).known:
        raise Refused("not_a_member", "Only members can be named here.")
    due = command.due or _due(context)
    if due < context.at.date():
        raise Refused("over_before_it_begins", "A review is due today or later.")
    return [
        ReviewOpened(
            review=command.review, kind=command.kind, trigger=command.trigger, orgs=orgs, due=due
        )
    ]


def _close(command: CloseReview, coalition: Formed, context: Context) -> list[CoalitionEvent]:
    before = coalition.reviews.get(command.review)
    if before is None:
        raise Refused("unknown_review", "This review was not opened.")
    if before.result == command.result:
        return []
    if before.result is not None:
        raise Refused("already_closed", "This review ended otherwise: open another one.")
    regular = before.kind != "positions" and before.trigger in REGULAR
    next_review = _next_review(command, context, regular=regular)
    return [
        ReviewClosed(
            review=command.review,
            kind=None if next_review is None else before.kind,
            result=command.result,
            note=Sealed() if command.note is None else words(command.note, context),
            next_review=next_review,
        )
    ]


decider: Decider[CoalitionCommand, Coalition, CoalitionEvent] = Decider(
    "coalition", CoalitionEvent, None, decide, evolve
)
