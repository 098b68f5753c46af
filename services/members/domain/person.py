"""A person: a name and an address, both gone when the person is erased.

What a person may do comes from accreditations, never from here. Only the person gives and
withdraws their consents, sets and reaches their goals, and says how they are: once a month,
without a word on whose behalf.
"""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Annotated, assert_never

from immutables import Map
from pydantic import Field

from services.members.domain.ids import ConsentId, GoalId, PersonId
from shared.decider import Decider, Refused
from shared.event import Code, Command, Context, Day, Event, Personal, Sealed, Text

Month = Annotated[str, Field(pattern=r"^(1[89]|2[0-9])[0-9]{2}-(0[1-9]|1[0-2])$")]
"""A month that a caller names: `2026-11`, in the years 1800 to 2999."""
Score = Annotated[int, Field(ge=1, le=5)]


@dataclass(frozen=True)
class Registrant:
    """The person whose stream this is."""

    person: PersonId


class RegisterPerson(Command):
    """`contact` is the address the person signs in with. Imports may not know it."""

    name: Text
    contact: Text | None = None
    locale: Code


class GiveConsent(Command):
    consent: ConsentId
    purpose: Code
    until: Day | None = None


class WithdrawConsent(Command):
    consent: ConsentId


class SetGrowthGoal(Command):
    goal: GoalId
    text: Text
    due: Day


class ReachGrowthGoal(Command):
    goal: GoalId


class SubmitWellbeing(Command):
    period: Month
    score: Score


class PersonRegistered(Event):
    name: Personal[Text]
    contact: Personal[Text] = Sealed()
    locale: Code


class ConsentGiven(Event):
    consent: ConsentId
    purpose: Code
    until: date | None = None


class ConsentWithdrawn(Event):
    consent: ConsentId


class GrowthGoalSet(Event):
    visibility = "dyad"

    goal: GoalId
    text: Personal[Text]
    due: date


class GrowthGoalReached(Event):
    visibility = "dyad"

    goal: GoalId


class WellbeingPulseSubmitted(Event):
    unsigned = True
    visibility = "dyad"

    period: Month
    score: Personal[Score]


PersonCommand = (
    RegisterPerson
    | GiveConsent
    | WithdrawConsent
    | SetGrowthGoal
    | ReachGrowthGoal
    | SubmitWellbeing
)
PersonEvent = (
    PersonRegistered
    | ConsentGiven
    | ConsentWithdrawn
    | GrowthGoalSet
    | GrowthGoalReached
    | WellbeingPulseSubmitted
)


@dataclass(frozen=True)
class Consent:
    purpose: Code
    until: date | None
    withdrawn: bool = False


@dataclass(frozen=True)
class Goal:
    due: date
    reached: bool = False


@dataclass(frozen=True)
class Registered:
    locale: Code
    consents: Map[ConsentId, Consent] = field(default_factory=Map)
    goals: Map[GoalId, Goal] = field(default_factory=Map)
    answered: Map[Month, None] = field(default_factory=Map)


Person = Registered | None  # None: nobody yet


def decide(command: PersonCommand, person: Person, context: Context) -> list[PersonEvent]:
    """Return what happens if `command` is accepted; an empty list means nothing needs to.

    Raises:
        Refused: a rule forbids it.
    """
    match command:
        case RegisterPerson():
            return _register(command, person, context)
        case GiveConsent():
            return _give(command, _oneself(person, context), context)
        case WithdrawConsent():
            return _withdraw(command, _oneself(person, context))
        case SetGrowthGoal():
            return _set(command, _oneself(person, context), context)
        case ReachGrowthGoal():
            return _reach(command, _oneself(person, context), context)
        case SubmitWellbeing():
            return _submit(command, _oneself(person, context), context)
        case _:
            assert_never(command)


def evolve(person: Person, event: PersonEvent) -> Person:
    """Return the person after `event`."""
    if isinstance(event, PersonRegistered):
        return Registered(event.locale)
    assert person is not None
    match event:
        case ConsentGiven():
            given = Consent(event.purpose, event.until)
            return replace(person, consents=person.consents.set(event.consent, given))
        case ConsentWithdrawn():
            over = replace(person.consents[event.consent], withdrawn=True)
            return replace(person, consents=person.consents.set(event.consent, over))
        case GrowthGoalSet():
            return replace(person, goals=person.goals.set(event.goal, Goal(event.due)))
        case GrowthGoalReached():
            reached = replace(person.goals[event.goal], reached=True)
            return replace(person, goals=person.goals.set(event.goal, reached))
        case WellbeingPulseSubmitted():
            return replace(person, answered=person.answered.set(event.period, None))
        case _:
            assert_never(event)


def _register(command: RegisterPerson, person: Person, context: Context) -> list[PersonEvent]:
    if person is not None:
        if person.locale == command.locale:
            return []
        raise Refused("already_registered", "This person is registered already.")
    if command.contact is None and not context.imported:
        raise Refused("contact_missing", "Give an address at which the person can be reached.")
    about = context.fact(Registrant).person
    if context.by is None and context.actor not in (None, about):
        raise Refused("not_a_representative", "To register others, speak for an organisation.")
    return [
        PersonRegistered(
            name=Sealed(command.name, about),
            contact=Sealed(command.contact, about),
            locale=command.locale,
        )
    ]


def _oneself(person: Person, context: Context) -> Registered:
    """Return the person, where it is they who ask; to others, nothing says who is registered."""
    if not context.imported and context.actor != context.fact(Registrant).person:
        raise Refused("not_yourself", "Only the person concerned can do this.")
    if person is None:
        raise Refused("unknown_person", "This person is not registered.")
    return person


def _alone(context: Context) -> str:
    """Return the audience of what only the person themselves may read."""
    return f"person:{context.fact(Registrant).person}"


def _not_over(day: date | None, context: Context) -> None:
    if day is not None and day < context.at.date() and not context.imported:
        raise Refused("in_the_past", "Name today or a day to come.")


def _give(command: GiveConsent, person: Registered, context: Context) -> list[PersonEvent]:
    known = person.consents.get(command.consent)
    if known == Consent(command.purpose, command.until):
        return []
    if known is not None:
        raise Refused(
            "already_given", "A consent keeps its terms and stays withdrawn: give another one."
        )
    _not_over(command.until, context)
    return [ConsentGiven(consent=command.consent, purpose=command.purpose, until=command.until)]


def _withdraw(command: WithdrawConsent, person: Registered) -> list[PersonEvent]:
    known = person.consents.get(command.consent)
    if known is None:
        raise Refused("unknown_consent", "This consent was not given.")
    return [] if known.withdrawn else [ConsentWithdrawn(consent=command.consent)]


def _set(command: SetGrowthGoal, person: Registered, context: Context) -> list[PersonEvent]:
    known = person.goals.get(command.goal)
    if known is not None:
        if known.due == command.due:
            return []
        raise Refused("already_set", "A goal keeps its day: set another one.")
    _not_over(command.due, context)
    text = Sealed(command.text, context.fact(Registrant).person)
    event = GrowthGoalSet(goal=command.goal, text=text, due=command.due)
    return [event.seen_by(_alone(context))]


def _reach(command: ReachGrowthGoal, person: Registered, context: Context) -> list[PersonEvent]:
    known = person.goals.get(command.goal)
    if known is None:
        raise Refused("unknown_goal", "This goal was not set.")
    if known.reached:
        return []
    return [GrowthGoalReached(goal=command.goal).seen_by(_alone(context))]


def _submit(command: SubmitWellbeing, person: Registered, context: Context) -> list[PersonEvent]:
    if command.period in person.answered:  # an answer may be erased, so none is compared
        raise Refused("already_submitted", "You have answered for this month.")
    if command.period > f"{context.at:%Y-%m}":
        raise Refused("not_begun", "This month has not begun.")
    score = Sealed(command.score, context.fact(Registrant).person)
    event = WellbeingPulseSubmitted(period=command.period, score=score)
    return [event.seen_by(_alone(context))]


decider: Decider[PersonCommand, Person, PersonEvent] = Decider(
    "person", PersonEvent, None, decide, evolve
)
