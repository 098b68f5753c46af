"""A person: a name and an address, both gone when the person is erased.

What a person may do comes from accreditations, never from here.
"""

from dataclasses import dataclass
from typing import assert_never

from services.members.domain.ids import PersonId
from shared.decider import Decider, Refused
from shared.event import Code, Command, Context, Event, Personal, Sealed, Text


@dataclass(frozen=True)
class Registrant:
    """The person whose stream this is."""

    person: PersonId


class RegisterPerson(Command):
    """`contact` is the address the person signs in with. Imports may not know it."""

    name: Text
    contact: Text | None = None
    locale: Code


class PersonRegistered(Event):
    name: Personal[Text]
    contact: Personal[Text] = Sealed()
    locale: Code


PersonCommand = RegisterPerson
PersonEvent = PersonRegistered


@dataclass(frozen=True)
class Registered:
    locale: Code


Person = Registered | None  # None: nobody yet


def decide(command: PersonCommand, person: Person, context: Context) -> list[PersonEvent]:
    """Return what happens if `command` is accepted; an empty list means nothing needs to.

    Raises:
        Refused: a rule forbids it.
    """
    match command:
        case RegisterPerson():
            return _register(command, person, context)
        case _:
            assert_never(command)


def evolve(_: Person, event: PersonEvent) -> Person:
    """Return the person after `event`."""
    match event:
        case PersonRegistered():
            return Registered(event.locale)
        case _:
            assert_never(event)


def _register(command: RegisterPerson, person: Person, context: Context) -> list[PersonEvent]:
    if person == Registered(command.locale):
        return []
    if person is not None:
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


decider: Decider[PersonCommand, Person, PersonEvent] = Decider(
    "person", PersonEvent, None, decide, evolve
)
