"""Forming a coalition and admitting a person, through all the streams that it touches."""

from dataclasses import replace
from functools import reduce
from typing import Any

from services.members.domain import accreditation, coalition, founding, roster
from services.members.domain.accreditation import (
    Posting,
    ReplaceRepresentative,
    RepresentativeAccredited,
)
from services.members.domain.body import BodyConstituted, Holder, RoleTaken, Unique
from services.members.domain.coalition import Known, ReviewOpened, SlugOwner
from services.members.domain.membership import Acceptance, AcceptInvitation, Invited, MemberJoined
from services.members.domain.person import PersonRegistered, Registrant
from services.members.domain.standing import Charter, Standing
from shared.decider import Decider
from shared.event import Event, Sealed
from tests.members.table import (
    ACC_1,
    ACC_2,
    ANA,
    BO,
    CLINIC,
    COALITION,
    GROUP,
    NAME,
    PLENARY,
    SCHOOL,
    TODAY,
    by,
)
from tests.members.test_coalition import ANA_HERSELF, FOUNDER, form, formed
from tests.members.test_membership import admit, alone

NEW = founding.NewIds(
    coalition=COALITION, plenary=PLENARY, founder=CLINIC, person=ANA, accreditation=ACC_1
)
DECIDERS: dict[str, Decider[Any, Any, Any]] = {
    one.prefix: one for one in (accreditation.decider, coalition.decider)
}
FACTS = (
    SlugOwner(None),
    Unique(plenary=False, steering=False),
    Registrant(ANA),
    Charter(),
    Posting(member=True, body=True, person=True),
    Standing(own=True, presides=True),
    Holder(CLINIC),
)


def written(
    steps: tuple[founding.Step, ...],
    states: dict[str, Any] | None = None,
    *facts: object,
    nobody: bool = False,
) -> list[tuple[str, Event]]:
    """Decide the steps one after another; return the events with their streams.

    Args:
        states: Of the streams until now; they move on with what is decided.
        nobody: Who asks acts for no organisation.
    """
    states = {} if states is None else states
    context = by(CLINIC, *FACTS, *facts)
    context = replace(context, by=None) if nobody else context
    events: list[tuple[str, Event]] = []
    for decider, key, command in steps:
        name = decider.stream(key)
        before = states.get(name, decider.initial)
        happened = decider.decide(command, before, context)
        states[name] = reduce(decider.evolve, happened, before)
        events.extend((name, event) for event in happened)
    return events


accredited = RepresentativeAccredited(
    accreditation=ACC_1,
    body=PLENARY,
    person=Sealed(ANA, ANA),
    authority_="full",
    voting=True,
    executive=False,
    from_=TODAY,
)


def test_forming_sets_the_table() -> None:
    assert written(founding.found(form, NEW)) == [
        (f"coalition-{COALITION}", formed),
        (
            f"body-{PLENARY}",
            BodyConstituted(name=Sealed(founding.PLENARY), kind="plenary", scope="all"),
        ),
        (
            f"membership-{CLINIC}",
            MemberJoined(
                name=Sealed(NAME),
                kind="organization",
                sector="health",
                constituencies=(),
                commitment="homework",
                voting_right=True,
                ground_rules=0,
            ),
        ),
        (
            f"person-{ANA}",
            PersonRegistered(
                name=Sealed(ANA_HERSELF.name, ANA),
                contact=Sealed(ANA_HERSELF.contact, ANA),
                locale="en",
            ),
        ),
        (f"accreditation-{CLINIC}", accredited),
        (f"body-{PLENARY}", RoleTaken(role="chair", accreditation=ACC_1)),
    ]


def test_a_person_may_found_a_coalition_alone() -> None:
    alone_form = form.model_copy(update={"founder": FOUNDER.model_copy(update={"kind": "person"})})
    joined = dict(written(founding.found(alone_form, NEW)))[f"membership-{CLINIC}"]
    assert isinstance(joined, MemberJoined)
    assert joined.name == Sealed(NAME, ANA)


def test_an_import_forms_with_the_ids_of_its_source() -> None:
    founder = FOUNDER.model_copy(update={"org": SCHOOL})
    told = form.model_copy(update={"person": None, "founder": founder, "plenary": GROUP})
    assert [decider.stream(key) for decider, key, _ in founding.found(told, NEW)] == [
        f"coalition-{COALITION}",
        f"body-{GROUP}",
        f"membership-{SCHOOL}",
    ]


def test_a_one_person_member_is_accredited_at_once() -> None:
    events = written(founding.admit(alone, SCHOOL, PLENARY, ACC_2))
    assert [name for name, _ in events] == [f"membership-{SCHOOL}", f"accreditation-{SCHOOL}"]
    assert events[1][1] == accredited.model_copy(
        update={"accreditation": ACC_2, "person": Sealed(BO, BO)}
    )


def test_f104_who_accepts_an_invitation_speaks_for_themselves_at_once() -> None:
    accepting = AcceptInvitation(name=NAME, sector="health", person=ANA_HERSELF)
    steps = founding.accept(accepting, SCHOOL, PLENARY, ANA, known=False)
    before: dict[str, Any] = {f"membership-{SCHOOL}": Invited()}
    events = written(steps, before, Acceptance(own=False), nobody=True)
    badge = founding.accepted_as(ANA, SCHOOL)
    assert [name for name, _ in events] == [
        f"membership-{SCHOOL}", f"person-{ANA}", f"accreditation-{SCHOOL}",
    ]  # fmt: skip
    assert events[2][1] == accredited.model_copy(update={"accreditation": badge})

    known = founding.accept(accepting, SCHOOL, PLENARY, ANA, known=True)
    assert written(known, before, Acceptance(own=True), nobody=True) == []
    assert founding.accepted_as(BO, SCHOOL) != badge != founding.accepted_as(ANA, CLINIC)


def test_an_organisation_is_only_admitted() -> None:
    assert [name for name, _ in written(founding.admit(admit, SCHOOL, PLENARY, ACC_2))] == [
        f"membership-{SCHOOL}"
    ]


def test_the_founder_presides_afterwards() -> None:
    table = roster.Roster()
    for name, event in written(founding.found(form, NEW)):
        table = roster.evolve(table, name.partition("-")[2], event)
    asked = table.standing(CLINIC, PLENARY, by=CLINIC, actor=ANA, day=TODAY)
    assert asked == Standing(own=True, presides=True)
    formal = replace(table, charter=Charter("formal"))
    assert formal.standing(CLINIC, PLENARY, by=CLINIC, actor=ANA, day=TODAY).presides


def test_m7_replacing_a_representative_opens_one_review_of_roles() -> None:
    naming = ReplaceRepresentative(
        ended=ACC_1, accreditation=ACC_2, body=PLENARY, person=BO, authority="full", voting=True
    )
    before: dict[str, Any] = {}
    for name, event in written(founding.found(form, NEW)):
        decider = DECIDERS.get(name.partition("-")[0])
        if decider is not None:
            before[name] = decider.evolve(before.get(name, decider.initial), event)
    steps = founding.replace_representative(naming, CLINIC, COALITION)
    once = written(steps, before, Known(known=True))
    assert [type(event).__name__ for _, event in once] == ["RepresentativeReplaced", "ReviewOpened"]
    review = once[1][1]
    assert isinstance(review, ReviewOpened)
    assert (review.kind, review.trigger, review.orgs) == ("roles", "replacement", (CLINIC,))
    assert written(steps, before, Known(known=True)) == []
