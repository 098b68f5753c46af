"""A person: a name and an address, both gone when the person is erased.

What a person may do comes from accreditations, never from here. Only the person gives and
withdraws their consents, sets and reaches their goals, and says how they are: once a month,
without a word on whose behalf.

Who asks to be erased is erased at once. Others are erased by two organisations: the chair of one
asks for it, that of another does it. It cannot be taken back, and nothing can happen to the person
afterwards but the receipt: that every service has done it.
"""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Annotated, assert_never

from immutables import Map
from pydantic import Field

from services.members.domain.ids import ConsentId, GoalId, OrgId, PersonId
from services.members.domain.standing import Standing, speaker
from shared.decider import Decider, Refused
from shared.event import Code, Command, Context, Day, Event, Personal, Sealed, Text, Whole

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


class RequestErasure(Command):
    """Ask that a person be erased, for another organisation to approve."""

    ground: Code


class ErasePerson(Command):
    """Erase yourself, or a person whose erasure another organisation asked for: for good."""

    ground: Code


class IssueErasureReceipt(Command):
    """`services`: up to where in this journal each has read, and so erased."""

    services: dict[Code, Whole]


class PersonRegistered(Event):
    """A person is known under a name and an address."""

    name: Personal[Text]
    contact: Personal[Text] = Sealed()
    locale: Code


class ConsentGiven(Event):
    """A person agrees to a use of what concerns them, perhaps until a day."""

    consent: ConsentId
    purpose: Code
    until: date | None = None


class ConsentWithdrawn(Event):
    """A person takes a consent back."""

    consent: ConsentId


class GrowthGoalSet(Event):
    """A person says what they want to learn, and by when."""

    visibility = "dyad"

    goal: GoalId
    text: Personal[Text]
    due: date


class GrowthGoalReached(Event):
    """A person has reached a goal of their own."""

    visibility = "dyad"

    goal: GoalId


class WellbeingPulseSubmitted(Event):
    """A person says once a month how they are; no organisation stands beside it."""

    unsigned = True
    visibility = "dyad"

    period: Month
    score: Personal[Score]


class ErasureRequested(Event):
    """An organisation asks that a person be erased, and on what ground."""

    by: OrgId
    ground: Code


class PersonErased(Event):
    """What concerns the person is destroyed everywhere; every service that hears it must.

    `approved_by`: who asked for it and who did it; nobody, where it was the person.
    """

    erases = True

    ground: Code
    approved_by: tuple[OrgId, ...] = ()


class ErasureReceiptIssued(Event):
    """All services have read past an erasure, each up to a position."""

    services: dict[Code, Whole]


ErasureCommand = RequestErasure | ErasePerson | IssueErasureReceipt
PersonCommand = (
    RegisterPerson
    | GiveConsent
    | WithdrawConsent
    | SetGrowthGoal
    | ReachGrowthGoal
    | SubmitWellbeing
    | ErasureCommand
)
PersonEvent = (
    PersonRegistered
    | ConsentGiven
    | ConsentWithdrawn
    | GrowthGoalSet
    | GrowthGoalReached
    | WellbeingPulseSubmitted
    | ErasureRequested
    | PersonErased
    | ErasureReceiptIssued
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
    erasure_asked_by: frozenset[OrgId] = frozenset()


@dataclass(frozen=True)
class Erased:
    """`receipt`: whether it is known that every service has done it."""

    receipt: bool = False


Person = Registered | Erased | None  # None: nobody yet


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
        case RequestErasure():
            return _request(command, person, context)
        case ErasePerson():
            return _erase(command, person, context)
        case IssueErasureReceipt():
            return _confirm(command, person)
        case _:
            assert_never(command)


def evolve(person: Person, event: PersonEvent) -> Person:
    """Return the person after `event`."""
    if isinstance(event, PersonRegistered):
        return Registered(event.locale)
    if isinstance(event, PersonErased):
        return Erased()
    if isinstance(event, ErasureReceiptIssued):
        return Erased(receipt=True)
    assert isinstance(person, Registered)
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
        case ErasureRequested():
            return replace(person, erasure_asked_by=person.erasure_asked_by | {event.by})
        case _:
            assert_never(event)


def _register(command: RegisterPerson, person: Person, context: Context) -> list[PersonEvent]:
    if isinstance(person, Erased):
        raise _gone()
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
    if isinstance(person, Erased):
        raise _gone()
    return person


def _gone() -> Refused:
    return Refused("person_erased", "This person was erased: nothing of them is left.")


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


def _request(command: RequestErasure, person: Person, context: Context) -> list[PersonEvent]:
    by = speaker(context)
    match person:
        case None:
            raise Refused("unknown_person", "This person is not registered.")
        case Erased():
            return []
        case Registered() if by in person.erasure_asked_by:
            return []
        case Registered():
            return [ErasureRequested(by=by, ground=command.ground)]
        case _:
            assert_never(person)


def _erase(command: ErasePerson, person: Person, context: Context) -> list[PersonEvent]:
    oneself = context.actor is not None and context.actor == context.fact(Registrant).person
    if not oneself and not context.fact(Standing).presides:
        raise Refused("not_erasable", "Only the person themself, or a chair, can do this.")
    match person:
        case None:
            raise Refused("unknown_person", "This person is not registered.")
        case Erased():
            return []
        case Registered():
            approved_by = () if oneself else _two_organisations(person, speaker(context))
            return [PersonErased(ground=command.ground, approved_by=approved_by)]
        case _:
            assert_never(person)


def _two_organisations(person: Registered, by: OrgId) -> tuple[OrgId, ...]:
    """Return who erases a person together: those who asked for it, and another who does it."""
    if not person.erasure_asked_by - {by}:
        raise Refused(
            "not_erasable",
            "Another organisation than yours has to ask for it first: one alone erases nobody.",
        )
    return tuple(sorted(person.erasure_asked_by | {by}))


def _confirm(command: IssueErasureReceipt, person: Person) -> list[PersonEvent]:
    if not isinstance(person, Erased):
        raise Refused("not_erased", "This person was not erased: there is nothing to confirm.")
    if person.receipt:
        return []
    return [ErasureReceiptIssued(services=dict(sorted(command.services.items())))]


decider: Decider[PersonCommand, Person, PersonEvent] = Decider(
    "person", PersonEvent, None, decide, evolve
)
