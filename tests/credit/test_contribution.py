"""A contribution is a claim until another organisation confirms it."""

from collections.abc import Iterator
from contextlib import suppress
from uuid import UUID

from hypothesis import strategies as st

from services.credit.domain.contribution import (
    ConfirmContribution,
    Contribution,
    ContributionCommand,
    ContributionConfirmed,
    ContributionDeclined,
    ContributionEvent,
    ContributionRecorded,
    DeclineContribution,
    Deed,
    RecordContribution,
    decider,
)
from services.credit.domain.ids import OrgId
from services.credit.domain.roles import Degree, Role
from shared.decider import Refused
from shared.event import Context, Sealed
from tests.credit.cast import ANNA, CLINIC, SCHOOL, STRANGER, TEACHER, UNION, VAN, by
from tests.given import Given
from tests.laws import obey, over

REFS = "meetings/3", "meetings/7"


def given(
    *history: ContributionEvent,
) -> Given[ContributionCommand, Contribution, ContributionEvent]:
    return Given(decider, history)


def record(of: OrgId, role: Role = Role.RESOURCES) -> RecordContribution:
    return RecordContribution(of=of, role=role, degree=Degree.LEAD, about=REFS, what=VAN)


def recorded(of: OrgId, *, by: OrgId, about: UUID | None = None) -> ContributionRecorded:
    return ContributionRecorded(
        by=by,
        of=of,
        role=Role.RESOURCES,
        degree=Degree.LEAD,
        about=REFS,
        what=Sealed(VAN, about=about),
    )


claim = recorded(CLINIC, by=CLINIC)
vouched = recorded(CLINIC, by=UNION)
confirmed = ContributionConfirmed(by=UNION)
declined = ContributionDeclined(by=CLINIC)


def state(*history: ContributionEvent) -> Contribution:
    contribution = decider.initial
    for event in history:
        contribution = decider.evolve(contribution, event)
    return contribution


def is_confirmed(*history: ContributionEvent) -> bool:
    contribution = state(*history)
    return contribution is not None and contribution.confirmed


def test_an_organisation_records_what_it_did() -> None:
    given().when(record(CLINIC), by(CLINIC)).then(claim)


def test_what_it_is_about_is_a_sorted_set() -> None:
    twice = record(CLINIC).model_copy(update={"about": (*reversed(REFS), *REFS)})
    given().when(twice, by(CLINIC)).then(claim)


def test_f44_a_question_opened_a_speech_or_a_concern() -> None:
    bare = record(CLINIC, Role.ASKED_THE_QUESTION).model_copy(update={"about": ()})
    given().when(bare, by(UNION)).then_refused("no_reference")
    told = bare.model_copy(update={"about": ("meetings/3",)})
    asked = recorded(CLINIC, by=UNION).model_copy(
        update={"role": Role.ASKED_THE_QUESTION, "about": ("meetings/3",)}
    )
    given().when(told, by(UNION)).then(asked)


def test_a_stranger_contributes_nothing() -> None:
    given().when(record(STRANGER), by(CLINIC)).then_refused("unknown_organisation")


def test_i2_somebody_answers_for_what_is_recorded() -> None:
    given().when(record(CLINIC), by(None)).then_refused("no_organisation")


def test_i4_recording_it_again_changes_nothing() -> None:
    given(claim).when(record(CLINIC), by(CLINIC)).then_nothing()


def test_one_id_is_one_contribution() -> None:
    for other in (record(UNION), record(CLINIC, Role.MEDIA)):
        given(claim).when(other, by(CLINIC)).then_refused("already_recorded")


def test_m18_the_words_about_one_person_go_with_that_person() -> None:
    given().when(record(TEACHER), by(UNION)).then(recorded(TEACHER, by=UNION, about=ANNA))
    given().when(record(UNION), by(TEACHER)).then(recorded(UNION, by=TEACHER, about=ANNA))


def test_k1_what_it_records_of_itself_is_a_claim() -> None:
    assert not is_confirmed(claim)


def test_k1_what_another_records_is_confirmed() -> None:
    assert is_confirmed(vouched)


def test_k1_another_organisation_confirms() -> None:
    given(claim).when(ConfirmContribution(), by(UNION)).then(confirmed)
    assert is_confirmed(claim, confirmed)


def test_k1_nobody_confirms_its_own() -> None:
    for history in ((claim,), (claim, confirmed), (vouched,)):
        given(*history).when(ConfirmContribution(), by(CLINIC)).then_refused("own_confirmation")


def test_each_organisation_confirms_for_itself() -> None:
    ask = ConfirmContribution()
    given(claim, confirmed).when(ask, by(SCHOOL)).then(ContributionConfirmed(by=SCHOOL))


def test_i4_confirming_twice_changes_nothing() -> None:
    given(claim, confirmed).when(ConfirmContribution(), by(UNION)).then_nothing()
    given(vouched).when(ConfirmContribution(), by(UNION)).then_nothing()


def test_only_what_was_recorded_is_confirmed_or_declined() -> None:
    for ask in (ConfirmContribution(), DeclineContribution()):
        given().when(ask, by(UNION)).then_refused("not_recorded")


def test_k2_an_organisation_declines_to_be_named() -> None:
    given(vouched).when(DeclineContribution(), by(CLINIC)).then(declined)
    assert not is_confirmed(vouched, declined)


def test_k2_nobody_declines_for_another() -> None:
    ask = DeclineContribution()
    given(vouched).when(ask, by(UNION)).then_refused("not_the_contributor")


def test_k2_nobody_confirms_what_was_declined() -> None:
    ask = ConfirmContribution()
    given(claim, declined).when(ask, by(UNION)).then_refused("declined")


def test_i4_declining_twice_changes_nothing() -> None:
    given(claim, declined).when(DeclineContribution(), by(CLINIC)).then_nothing()


orgs = st.sampled_from([CLINIC, SCHOOL, UNION, TEACHER])
commands = st.one_of(
    st.builds(record, orgs, st.sampled_from([Role.RESOURCES, Role.MEDIA])),
    st.just(ConfirmContribution()),
    st.just(DeclineContribution()),
)


requests = st.lists(st.tuples(commands, st.builds(by, orgs)))


@over(requests)
def test_laws(asked: list[tuple[ContributionCommand, Context]]) -> None:
    obey(decider, asked)


def accepted(
    asked: list[tuple[ContributionCommand, Context]],
) -> Iterator[tuple[OrgId, ContributionEvent, Deed]]:
    """Yield who made each event happen, and the contribution after it."""
    contribution = decider.initial
    for command, context in asked:
        with suppress(Refused):
            for event in decider.decide(command, contribution, context):
                contribution = decider.evolve(contribution, event)
                assert contribution is not None
                yield OrgId(context.by or STRANGER), event, contribution


@over(requests, examples=120)
def test_k1_it_is_a_claim_until_another_organisation_says_so(
    asked: list[tuple[ContributionCommand, Context]],
) -> None:
    others: set[OrgId] = set()
    for who, event, contribution in accepted(asked):
        if not isinstance(event, ContributionDeclined):
            others |= {who} - {contribution.of}
        assert contribution.confirmed == (bool(others) and not contribution.declined)


@over(requests, examples=120)
def test_k2_who_declines_is_the_one_named_and_is_named_no_more(
    asked: list[tuple[ContributionCommand, Context]],
) -> None:
    declined_by: set[OrgId] = set()
    for who, event, contribution in accepted(asked):
        assert not (declined_by and isinstance(event, ContributionConfirmed))
        if isinstance(event, ContributionDeclined):
            declined_by.add(who)
        assert declined_by <= {contribution.of}
        assert contribution.declined == bool(declined_by)
        assert not (contribution.declined and contribution.confirmed)
