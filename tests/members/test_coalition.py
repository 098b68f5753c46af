from uuid import UUID

import pytest
from hypothesis import strategies as st
from pydantic import ValidationError

from services.members.domain.coalition import (
    Coalition,
    CoalitionCommand,
    CoalitionEvent,
    CoalitionFormed,
    FormCoalition,
    Founder,
    OperatingModeSet,
    SetOperatingMode,
    SlugOwner,
    Weekly,
    decider,
)
from services.members.domain.person import RegisterPerson
from shared.event import Context, Sealed, Text
from tests.given import Given
from tests.laws import obey, over
from tests.members.table import COALITION, NAME, UNION, by, imported

ALLIANCE = Text(lang="en", text="School Health Alliance")
FOUNDER = Founder(
    name=NAME, kind="organization", sector="health", commitment="homework", voting_right=True
)
ANA_HERSELF = RegisterPerson(
    name=Text(lang="en", text="Ana"),
    contact=Text(lang="en", text="ana@clinic.example"),
    locale="en",
)
FREE = SlugOwner(None)
form = FormCoalition(
    slug="school-health", template="alliance", name=ALLIANCE, founder=FOUNDER, person=ANA_HERSELF
)
formed = CoalitionFormed(slug="school-health", template="alliance", name=Sealed(ALLIANCE))


def given(*history: CoalitionEvent) -> Given[CoalitionCommand, Coalition, CoalitionEvent]:
    return Given(decider, history)


def test_a_coalition_is_formed_under_its_address() -> None:
    given().when(form, by(UNION, FREE)).then(formed)


def test_f104_a_coalition_may_say_when_it_meets_each_week() -> None:
    slot = Weekly(day="TU", at="15:30")
    ask = form.model_copy(update={"weekly": slot})
    met = formed.model_copy(update={"weekly": slot})
    given().when(ask, by(UNION, FREE)).then(met)
    given(met).when(ask, by(UNION, FREE)).then_nothing()
    for wrong in ({"day": "Tuesday", "at": "15:30"}, {"day": "TU", "at": "24:00"}):
        with pytest.raises(ValidationError):
            Weekly.model_validate(wrong)


def test_slug_taken_by_another_coalition() -> None:
    given().when(form, by(UNION, SlugOwner(UUID(int=9)))).then_refused("slug_taken")
    given().when(form, by(UNION, SlugOwner(COALITION))).then(formed)


def test_who_forms_it_says_who_they_are() -> None:
    ask = form.model_copy(update={"person": None})
    given().when(ask, by(UNION, FREE)).then_refused("person_missing")
    given().when(ask, imported(FREE)).then(formed)


def test_i4_forming_it_again_changes_nothing() -> None:
    given(formed).when(form, by(UNION, FREE)).then_nothing()


def test_an_address_never_changes() -> None:
    for other in ({"slug": "other"}, {"template": "campaign"}):
        ask = form.model_copy(update=other)
        given(formed).when(ask, by(UNION, FREE)).then_refused("already_formed")


def test_the_mode_is_informal_until_set() -> None:
    given(formed).when(SetOperatingMode(mode="informal"), by(UNION)).then_nothing()
    given(formed).when(SetOperatingMode(mode="formal"), by(UNION)).then(
        OperatingModeSet(mode="formal")
    )


def test_the_mode_may_go_back() -> None:
    history = formed, OperatingModeSet(mode="formal")
    given(*history).when(SetOperatingMode(mode="formal"), by(UNION)).then_nothing()
    given(*history).when(SetOperatingMode(mode="informal"), by(UNION)).then(
        OperatingModeSet(mode="informal")
    )


def test_what_was_not_formed_has_no_mode() -> None:
    given().when(SetOperatingMode(mode="formal"), by(UNION)).then_refused("not_formed")


commands = st.one_of(
    st.builds(
        lambda slug, template: form.model_copy(update={"slug": slug, "template": template}),
        st.sampled_from(["school-health", "other"]),
        st.sampled_from(["alliance", "campaign"]),
    ),
    st.builds(SetOperatingMode, mode=st.sampled_from(["informal", "formal"])),
)


@over(st.lists(st.tuples(commands, st.sampled_from([by(UNION, FREE), imported(FREE)]))))
def test_laws(requests: list[tuple[CoalitionCommand, Context]]) -> None:
    obey(decider, requests)
