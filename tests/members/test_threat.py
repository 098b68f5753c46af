from functools import reduce

from hypothesis import strategies as st

from services.members.domain.ids import PersonId
from services.members.domain.standing import Author
from services.members.domain.threat import (
    Bearing,
    Identified,
    IdentifyThreat,
    RetireThreat,
    ShareThreat,
    Threat,
    ThreatCommand,
    ThreatEvent,
    ThreatIdentified,
    ThreatRetired,
    ThreatShared,
    decider,
)
from shared.event import Context, Sealed
from tests.given import Given
from tests.laws import obey, over
from tests.members.table import (
    BUSES,
    CLINIC,
    MEALS,
    NAME,
    SCHOOL,
    UNION,
    WHY,
    by,
    imported,
)

ORG, RAISED = Author(), Bearing(raised=True)
identify = IdentifyThreat(name=NAME, issues=(MEALS, BUSES, MEALS))
identified = ThreatIdentified(by=CLINIC, name=Sealed(NAME), issues=(BUSES, MEALS))
retire, retired = RetireThreat(reason=WHY), ThreatRetired(reason=Sealed(WHY))


def given(*history: ThreatEvent) -> Given[ThreatCommand, Threat, ThreatEvent]:
    return Given(decider, history)


def test_f7_a_threat_is_identified_with_its_issues_in_order() -> None:
    given().when(identify, by(CLINIC, ORG, RAISED)).then(identified)


def test_a_threat_bears_on_issues_that_were_raised() -> None:
    given().when(identify, by(CLINIC, ORG, Bearing(raised=False))).then_refused("unknown_issue")


def test_i4_identifying_again_changes_nothing() -> None:
    for history in ((identified,), (identified, retired)):
        given(*history).when(identify, by(CLINIC, ORG, RAISED)).then_nothing()


def test_a_threat_is_identified_once() -> None:
    other = identify.model_copy(update={"issues": ()})
    given(identified).when(other, by(CLINIC, ORG, RAISED)).then_refused("already_identified")


def test_what_a_one_person_member_says_goes_with_the_person() -> None:
    alone = Author(PersonId(CLINIC))
    event = ThreatIdentified(by=CLINIC, name=Sealed(NAME, CLINIC), issues=(BUSES, MEALS))
    given().when(identify, by(CLINIC, alone, RAISED)).then(event)
    given(identified).when(retire, by(CLINIC, alone)).then(
        ThreatRetired(reason=Sealed(WHY, CLINIC))
    )


def test_f7_others_share_a_threat() -> None:
    given(identified).when(ShareThreat(), by(SCHOOL)).then(ThreatShared(by=SCHOOL))
    history: tuple[ThreatEvent, ...] = identified, ThreatShared(by=SCHOOL)
    state = reduce(decider.evolve, history, decider.initial)
    assert isinstance(state, Identified)
    assert state.shared_by == {CLINIC, SCHOOL}


def test_a_threat_is_shared_while_it_lasts() -> None:
    given().when(ShareThreat(), by(SCHOOL)).then_refused("unknown_threat")
    given(identified, retired).when(ShareThreat(), by(SCHOOL)).then_refused("threat_retired")


def test_some_organisation_shares_it() -> None:
    past = imported(ORG, RAISED)
    given().when(identify, Context(**{**vars(past), "by": None})).then_refused("no_organisation")


def test_i4_sharing_again_changes_nothing() -> None:
    given(identified).when(ShareThreat(), by(CLINIC)).then_nothing()
    shared = ThreatShared(by=SCHOOL)
    given(identified, shared).when(ShareThreat(), by(SCHOOL)).then_nothing()
    given(identified, shared, retired).when(ShareThreat(), by(SCHOOL)).then_nothing()


def test_f7_a_threat_is_retired() -> None:
    given(identified).when(retire, by(UNION, ORG)).then(retired)


def test_what_nobody_identified_is_not_retired() -> None:
    given().when(retire, by(UNION, ORG)).then_refused("unknown_threat")


def test_i4_retiring_again_changes_nothing() -> None:
    given(identified, retired).when(retire, by(UNION, ORG)).then_nothing()


commands = st.sampled_from([identify, IdentifyThreat(name=NAME), ShareThreat(), retire])
contexts = st.builds(
    lambda org, raised: by(org, ORG, Bearing(raised=raised)),
    st.sampled_from([CLINIC, SCHOOL, UNION]),
    st.booleans(),
)


@over(st.lists(st.tuples(commands, contexts), min_size=2))
def test_laws(requests: list[tuple[ThreatCommand, Context]]) -> None:
    obey(decider, requests)
