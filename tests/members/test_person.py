from dataclasses import replace

from hypothesis import strategies as st

from services.members.domain.person import (
    Person,
    PersonCommand,
    PersonEvent,
    PersonRegistered,
    RegisterPerson,
    Registrant,
    decider,
)
from shared.event import Context, Sealed, Text
from tests.given import Given
from tests.laws import obey, over
from tests.members.table import BO, UNION, by, imported

CALLED, MAIL = Text(lang="en", text="Bo"), Text(lang="en", text="bo@school.example")
register = RegisterPerson(name=CALLED, contact=MAIL, locale="en")
registered = PersonRegistered(name=Sealed(CALLED, BO), contact=Sealed(MAIL, BO), locale="en")
HERE = Registrant(BO)


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


commands = st.sampled_from([register, register.model_copy(update={"locale": "de"})])
contexts = st.sampled_from([by(UNION, HERE), imported(HERE)])


@over(st.lists(st.tuples(commands, contexts)))
def test_laws(requests: list[tuple[PersonCommand, Context]]) -> None:
    obey(decider, requests)
