from dataclasses import replace
from datetime import date
from functools import reduce
from uuid import UUID

import pytest
from hypothesis import strategies as st

from services.members.domain import roster
from services.members.domain.accreditation import (
    AccreditationEnded,
    Entrusting,
    GrantProxy,
    ProxyGranted,
    ProxyRevoked,
    RepresentativeAccredited,
    RepresentativeReplaced,
)
from services.members.domain.body import BodyConstituted, BodyDissolved, RoleReleased, RoleTaken
from services.members.domain.coalition import OperatingModeSet
from services.members.domain.ids import AccId, BodyId, OrgId, PersonId, ProxyId
from services.members.domain.membership import (
    MemberJoined,
    MemberLeft,
    MemberReinstated,
    MemberSuspended,
)
from services.members.domain.mentorship import Mentee, MentorshipStarted
from services.members.domain.person import PersonErased, PersonRegistered
from services.members.domain.standing import Standing
from shared.event import Event, Sealed, Text
from tests.laws import over
from tests.members.table import (
    ACC_1,
    ACC_2,
    ACC_3,
    ANA,
    BO,
    CLINIC,
    COALITION,
    CY,
    GROUP,
    NAME,
    PARENTS,
    PLENARY,
    PUPILS,
    SCHOOL,
    STEERING,
    STRANGER,
    TODAY,
    TOMORROW,
    UNION,
    WHY,
    YESTERDAY,
)

Row = tuple[object, Event]


def table(*rows: Row) -> roster.Roster:
    return reduce(lambda now, row: roster.evolve(now, str(row[0]), row[1]), rows, roster.Roster())


def joined(org: OrgId, kind: str = "organization") -> Row:
    return org, MemberJoined(
        name=Sealed(NAME),
        kind=kind,  # type: ignore[arg-type]  # one of two words
        sector="health",
        constituencies=(),
        commitment="homework",
        voting_right=True,
        ground_rules=0,
    )


def speaks(
    acc: AccId,
    org: OrgId,
    person: PersonId | None,
    body: BodyId = PLENARY,
    authority: str = "full",
    until: date | None = None,
) -> Row:
    return org, RepresentativeAccredited(
        accreditation=acc,
        body=body,
        person=Sealed(person, person),
        authority_=authority,  # type: ignore[arg-type]  # one of three words
        voting=True,
        executive=False,
        from_=TODAY,
        until=until,
    )


def body(which: BodyId, kind: str) -> Row:
    return which, BodyConstituted(name=Sealed(NAME), kind=kind, scope="all")  # type: ignore[arg-type]  # one of three words


def chairs(
    acc: AccId, where: BodyId = PLENARY, role: str = "chair", until: date | None = None
) -> Row:
    return where, RoleTaken(role=role, accreditation=acc, until=until)


formal = COALITION, OperatingModeSet(mode="formal")
start = (formal, body(PLENARY, "plenary"), joined(CLINIC), joined(UNION))
ana, bo = speaks(ACC_1, CLINIC, ANA), speaks(ACC_2, UNION, BO)


def presides(
    now: roster.Roster,
    person: PersonId | None = ANA,
    by: OrgId = CLINIC,
    where: BodyId | None = None,
) -> bool:
    return now.standing(None, where, by=by, actor=person, day=TODAY).presides


def test_who_acts_for_the_organisation_concerned() -> None:
    now = table(*start, ana, bo)
    assert now.standing(CLINIC, None, by=CLINIC, actor=ANA, day=TODAY).own
    assert now.standing(CLINIC, None, by=UNION, actor=BO, day=TODAY) == STRANGER
    assert not now.standing(None, None, by=None, actor=None, day=TODAY).own


@pytest.mark.parametrize("role", ["chair", "secretary"])
def test_chair_and_secretary_preside(role: str) -> None:
    now = table(*start, ana, bo, chairs(ACC_1, role=role))
    assert presides(now)
    assert not presides(now, BO, UNION)
    assert not presides(now, ANA, UNION)
    assert not presides(now, None)
    assert not presides(table(*start, ana, chairs(ACC_1, role="treasurer")))


def test_with_a_steering_body_its_chair_presides_over_the_charter() -> None:
    now = table(
        *start, body(STEERING, "steering"), ana, chairs(ACC_1),
        speaks(ACC_3, UNION, BO, STEERING), chairs(ACC_3, STEERING),
    )  # fmt: skip
    assert not presides(now)
    assert presides(now, BO, UNION)
    assert presides(now, where=PLENARY)
    back = roster.evolve(now, str(STEERING), BodyDissolved(reason=Sealed(WHY)))
    assert presides(back)


def test_a_working_groups_chair_presides_there_only() -> None:
    rows = *start, body(GROUP, "working_group"), speaks(ACC_1, CLINIC, ANA, GROUP)
    now = table(*rows, chairs(ACC_1, GROUP))
    assert presides(now, where=GROUP)
    assert not presides(now)


def test_informally_every_representative_presides() -> None:
    informal = COALITION, OperatingModeSet(mode="informal")
    now = table(*start, informal, ana, speaks(ACC_3, CLINIC, CY, authority="observer"))
    assert presides(now)
    assert not presides(now, CY)
    assert not presides(now, BO, UNION)


def test_a_suspended_or_departed_member_presides_over_nothing() -> None:
    rows = *start, ana, chairs(ACC_1)
    suspended = CLINIC, MemberSuspended(reason=Sealed(WHY))
    assert not presides(table(*rows, suspended))
    assert presides(table(*rows, suspended, (CLINIC, MemberReinstated(reason=Sealed(WHY)))))
    assert not presides(table(*rows, (CLINIC, MemberLeft(reason_code="goals"))))


def test_a_role_ends_with_its_day_its_release_or_its_accreditation() -> None:
    assert presides(table(*start, ana, chairs(ACC_1, until=TODAY)))
    assert not presides(table(*start, ana, chairs(ACC_1, until=YESTERDAY)))
    released = PLENARY, RoleReleased(role="chair", accreditation=ACC_1)
    assert not presides(table(*start, ana, chairs(ACC_1), released))
    ended = CLINIC, AccreditationEnded(accreditation=ACC_1, reason="moved")
    assert not presides(table(*start, ana, chairs(ACC_1), ended))


def test_an_accreditation_covers_its_days() -> None:
    held = table(*start, speaks(ACC_1, CLINIC, ANA, until=TOMORROW)).held[ACC_1]
    assert [held.in_force(day) for day in (YESTERDAY, TODAY, TOMORROW)] == [False, True, True]
    assert not held.in_force(date(TOMORROW.year + 1, 1, 1))


def test_a_replaced_representative_is_gone() -> None:
    replaced = RepresentativeReplaced(
        ended=ACC_1, accreditation=ACC_2, body=PLENARY, person=Sealed(BO, BO),
        authority_="full", voting=True, executive=False, from_=TODAY,
    )  # fmt: skip
    now = table(*start, ana, (CLINIC, replaced))
    assert set(now.held) == {ACC_2}
    assert now.held[ACC_2].person == BO


def test_a_one_person_member_is_who_speaks_for_it_or_goes_by_its_own_id() -> None:
    rows = *start, joined(SCHOOL, "person")
    assert table(*rows, speaks(ACC_1, SCHOOL, ANA)).one_person(SCHOOL) == ANA
    assert table(*rows, speaks(ACC_1, SCHOOL, None)).one_person(SCHOOL) == PersonId(SCHOOL)
    assert table(*rows, ana).one_person(CLINIC) is None
    asked = table(*rows, speaks(ACC_1, SCHOOL, ANA)).standing(
        SCHOOL, None, by=UNION, actor=BO, day=TODAY
    )
    assert asked == Standing(own=False, presides=False, person=ANA)


def test_persons_are_known_by_their_streams() -> None:
    called = Text(lang="en", text="Cy")
    now = table((CY, PersonRegistered(name=Sealed(called, CY), locale="en")))
    assert CY in now.persons
    assert ANA not in now.persons


PROXY = ProxyId(UUID(int=71))
ENTRUSTS = GrantProxy(proxy=PROXY, to=SCHOOL, body=PLENARY, from_=TODAY, until=TODAY)


def votes_for(giver: OrgId, to: OrgId, body: BodyId = PLENARY, day: date = TODAY) -> Row:
    return giver, ProxyGranted(proxy=PROXY, to=to, body=body, from_=day, until=day)


def test_a_proxy_goes_to_a_member_for_a_body_that_is_there() -> None:
    rows = *start, joined(SCHOOL)
    assert table(*rows).entrusting(CLINIC, ENTRUSTS) == Entrusting(member=True, body=True)
    assert not table(*start).entrusting(CLINIC, ENTRUSTS).member
    dissolved = PLENARY, BodyDissolved(reason=Sealed(WHY))
    assert not table(*rows, dissolved).entrusting(CLINIC, ENTRUSTS).body
    assert table(*rows).entrusting(SCHOOL, ENTRUSTS).itself


def test_m8_who_votes_for_another_has_no_proxy_to_give() -> None:
    assert table(*start, votes_for(UNION, CLINIC)).entrusting(CLINIC, ENTRUSTS).entrusted
    assert not table(*start, votes_for(UNION, SCHOOL)).entrusting(CLINIC, ENTRUSTS).entrusted


def test_m8_who_gave_its_vote_away_gets_no_proxy() -> None:
    assert table(*start, votes_for(SCHOOL, UNION)).entrusting(CLINIC, ENTRUSTS).absent
    assert not table(*start, votes_for(UNION, SCHOOL)).entrusting(CLINIC, ENTRUSTS).absent


def test_m8_other_bodies_other_days_and_what_was_revoked_make_no_chain() -> None:
    for other in (
        (votes_for(SCHOOL, UNION, GROUP),),
        (votes_for(SCHOOL, UNION, day=TOMORROW),),
        (votes_for(SCHOOL, UNION), (SCHOOL, ProxyRevoked(proxy=PROXY))),
    ):
        assert not table(*start, *other).entrusting(CLINIC, ENTRUSTS).absent


def test_m8_an_id_that_another_organisation_used_hides_no_proxy() -> None:
    rows = *start, votes_for(SCHOOL, UNION), votes_for(CLINIC, UNION, GROUP)
    assert table(*rows).entrusting(CLINIC, ENTRUSTS).absent


def test_it_knows_for_which_constituencies_a_member_joined() -> None:
    org, event = joined(CLINIC)
    row = org, event.model_copy(update={"constituencies": (PARENTS, PUPILS)})
    assert table(row).members[CLINIC].constituencies == {PARENTS, PUPILS}


def test_it_knows_who_takes_part_in_a_mentorship_but_not_who_was_erased() -> None:
    mentees = Mentee(person=Sealed(BO, BO)), Mentee(person=Sealed())
    row = COALITION, MentorshipStarted(mentor=Sealed(ANA, ANA), mentees=mentees)
    assert dict(table(row).mentorships) == {COALITION: {ANA, BO}}


def registered(person: PersonId) -> Row:
    called = Text(lang="en", text="Somebody")
    return person, PersonRegistered(name=Sealed(called, person), locale="en")


def test_m18_who_was_erased_acts_for_nobody_and_takes_part_in_nothing() -> None:
    mentees = Mentee(person=Sealed(BO, BO)), Mentee(person=Sealed(CY, CY))
    pairs = COALITION, MentorshipStarted(mentor=Sealed(ANA, ANA), mentees=mentees)
    rows = *start, registered(ANA), registered(BO), ana, bo, chairs(ACC_1), pairs
    now = table(*rows)
    assert presides(now)
    gone = table(*rows, (ANA, PersonErased(ground="left")))
    assert not presides(gone)
    assert gone.held[ACC_1] == replace(now.held[ACC_1], person=None)
    assert gone.held[ACC_2] == now.held[ACC_2]
    assert dict(gone.mentorships) == {COALITION: {BO, CY}}
    assert (set(gone.persons), set(gone.erased)) == ({BO}, {ANA})


@over(
    st.lists(st.sampled_from([ANA, BO, CY]), unique=True),
    st.lists(st.tuples(st.sampled_from([ACC_1, ACC_2, ACC_3]), st.sampled_from([ANA, BO, CY]))),
)
def test_m18_i7_an_erasure_gives_what_is_read_once_the_values_are_gone(
    erased: list[PersonId], held: list[tuple[AccId, PersonId]]
) -> None:
    """Hot and cold agree: folded while the values were there, and folded when they are not."""

    def told(person: PersonId) -> PersonId | None:
        return None if person in erased else person

    def rows(*, cold: bool) -> list[Row]:
        said = [
            speaks(acc, CLINIC, told(person) if cold else person, until=TODAY)
            for acc, person in held
        ]
        named = [told(one) if cold else one for one in (ANA, BO, CY)]
        mentor, *others = [Sealed(one, one) for one in named]
        pairs = MentorshipStarted(
            mentor=mentor, mentees=tuple(Mentee(person=other) for other in others)
        )
        gone = [(person, PersonErased(ground="left")) for person in erased]
        known = [registered(one) for one in (ANA, BO, CY)]
        return [*start, *known, *said, (COALITION, pairs), *gone]

    assert table(*rows(cold=False)) == table(*rows(cold=True))
