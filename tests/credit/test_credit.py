"""Thanks for a part in a win: given by another, never rival, accepted or waived."""

from contextlib import suppress
from functools import reduce
from itertools import pairwise
from uuid import UUID

from hypothesis import strategies as st

from services.credit.domain.contribution import Deed
from services.credit.domain.credit import (
    AcceptCredit,
    Answer,
    AssignCredit,
    Basis,
    Cited,
    Contested,
    CorrectCredit,
    Credit,
    CreditAccepted,
    CreditAssigned,
    CreditCommand,
    CreditCorrected,
    CreditEvent,
    CreditWaived,
    Office,
    WaiveCredit,
)
from services.credit.domain.ids import ContributionId, CreditId, DisputeId, OrgId
from services.credit.domain.roles import Degree, Role
from services.credit.domain.win import Win, WinCommand, WinDeclared, WinEvent, decider
from shared.decider import Refused
from shared.event import Context, Sealed
from tests.credit.cast import ANNA, CLINIC, SCHOOL, STRANGER, TEACHER, THANKS, UNION, VAN
from tests.credit.cast import by as speaks
from tests.given import Given
from tests.laws import over

FIRST, SECOND, THIRD = (CreditId(UUID(int=n)) for n in range(21, 24))
CLAIM, PROVEN, HIDDEN, FOREIGN, MISSING = (ContributionId(UUID(int=n)) for n in range(31, 36))
LEAD, EQUAL, SUPPORTING = Degree
DEED = Deed(CLINIC, Role.MEDIA, EQUAL, (), frozenset())
NOTHING = Contested()
CITED = Cited(
    {
        CLAIM: DEED,
        PROVEN: Deed(CLINIC, Role.MEDIA, EQUAL, (), frozenset({SCHOOL})),
        HIDDEN: Deed(CLINIC, Role.MEDIA, EQUAL, (), frozenset({SCHOOL}), declined=True),
        FOREIGN: Deed(SCHOOL, Role.MEDIA, EQUAL, (), frozenset({CLINIC})),
        MISSING: None,
    }
)

declared = WinDeclared(title=Sealed(VAN), size="step", decisions=(), objectives=())


def given(*history: CreditEvent) -> Given[WinCommand, Win, WinEvent]:
    return Given(decider, (declared, *history))


def won(*history: CreditEvent) -> Win:
    return reduce(decider.evolve, (declared, *history), decider.initial)


def by(org: OrgId | None, *, chair: bool = False, contested: Contested = NOTHING) -> Context:
    return speaks(org, CITED, Office(chair), contested)


def assign(
    to: OrgId | None = CLINIC,
    credit: CreditId = FIRST,
    degree: Degree = EQUAL,
    role: Role = Role.MEDIA,
    basis: Basis = "gratitude",
    cites: tuple[ContributionId, ...] = (),
) -> AssignCredit:
    return AssignCredit(
        credit=credit,
        to=to,
        external=None if to else VAN,
        role=role,
        degree=degree,
        basis=basis,
        contributions=cites,
    )


def assigned(
    to: OrgId | None = CLINIC,
    credit: CreditId = FIRST,
    degree: Degree = EQUAL,
    role: Role = Role.MEDIA,
    basis: Basis = "gratitude",
    cites: tuple[ContributionId, ...] = (),
    by: OrgId = UNION,
) -> CreditAssigned:
    return CreditAssigned(
        by=by,
        credit=credit,
        to=to,
        external=Sealed(None if to else VAN),
        role=role,
        degree=degree,
        basis=basis,
        contributions=cites,
    )


def correct(
    credit: CreditId = FIRST, degree: Degree = SUPPORTING, role: Role = Role.MEDIA
) -> CorrectCredit:
    return CorrectCredit(credit=credit, role=role, degree=degree, reason=THANKS)


def corrected(credit: CreditId = FIRST, degree: Degree = SUPPORTING) -> CreditCorrected:
    return CreditCorrected(credit=credit, role=Role.MEDIA, degree=degree, reason=Sealed(THANKS))


accepted, waived = CreditAccepted(credit=FIRST), CreditWaived(credit=FIRST)


def test_one_organisation_thanks_another() -> None:
    given().when(assign(), by(UNION)).then(assigned())


def test_somebody_outside_is_thanked_by_a_sealed_name() -> None:
    given().when(assign(None), by(UNION)).then(assigned(None))
    (event,) = decider.decide(assign(None), won(), by(TEACHER))
    assert isinstance(event, CreditAssigned)
    assert event.external == Sealed(VAN, about=ANNA)


def test_evidence_names_confirmed_contributions() -> None:
    ask = assign(basis="evidence", cites=(PROVEN, PROVEN))
    given().when(ask, by(UNION)).then(assigned(basis="evidence", cites=(PROVEN,)))


def test_evidence_without_contributions_is_none() -> None:
    given().when(assign(basis="evidence"), by(UNION)).then_refused("no_evidence")


def test_gratitude_may_name_a_claim() -> None:
    given().when(assign(cites=(CLAIM,)), by(UNION)).then(assigned(cites=(CLAIM,)))


def test_k1_a_claim_is_no_evidence() -> None:
    ask = assign(basis="evidence", cites=(PROVEN, CLAIM))
    given().when(ask, by(UNION)).then_refused("unconfirmed")


def test_k2_what_was_declined_is_not_cited() -> None:
    given().when(assign(cites=(HIDDEN,)), by(UNION)).then_refused("declined")


def test_thanks_cite_what_the_thanked_did() -> None:
    given().when(assign(cites=(FOREIGN,)), by(UNION)).then_refused("not_the_contributor")
    given().when(assign(None, cites=(FOREIGN,)), by(UNION)).then(assigned(None, cites=(FOREIGN,)))


def test_only_recorded_contributions_are_cited() -> None:
    given().when(assign(cites=(MISSING,)), by(UNION)).then_refused("unknown_contribution")


def test_one_is_thanked_at_a_time() -> None:
    nobody = assign(None).model_copy(update={"external": None})
    two = assign().model_copy(update={"external": VAN})
    for ask in (nobody, two):
        given().when(ask, by(UNION)).then_refused("one_recipient")


def test_a_stranger_is_not_thanked_by_id() -> None:
    given().when(assign(STRANGER), by(UNION)).then_refused("unknown_organisation")


def test_i2_somebody_answers_for_a_credit() -> None:
    given().when(assign(), by(None)).then_refused("no_organisation")


def test_k1_nobody_credits_itself() -> None:
    given().when(assign(CLINIC), by(CLINIC)).then_refused("own_confirmation")


def test_i4_the_same_credit_again_changes_nothing() -> None:
    cites = PROVEN, CLAIM
    given(assigned(cites=tuple(sorted(cites)))).when(assign(cites=cites), by(UNION)).then_nothing()


def test_one_id_is_one_credit() -> None:
    for other in (assign(SCHOOL), assign(degree=LEAD), assign(cites=(CLAIM,))):
        given(assigned()).when(other, by(UNION)).then_refused("already_assigned")


def test_k5_one_lead_for_each_role() -> None:
    lead = assigned(CLINIC, FIRST, LEAD)
    given(lead).when(assign(SCHOOL, SECOND, LEAD), by(UNION)).then_refused("lead_credited")
    given(lead).when(assign(None, SECOND, LEAD), by(UNION)).then_refused("lead_credited")
    for role, degree in ((Role.DATA, LEAD), (Role.MEDIA, EQUAL)):
        ask = assign(SCHOOL, SECOND, degree, role)
        given(lead).when(ask, by(UNION)).then(assigned(SCHOOL, SECOND, degree, role))


def test_k5_a_lead_may_be_thanked_by_many() -> None:
    lead = assigned(CLINIC, FIRST, LEAD)
    again = assigned(CLINIC, SECOND, LEAD, by=SCHOOL)
    given(lead).when(assign(CLINIC, SECOND, LEAD), by(SCHOOL)).then(again)


def test_k5_several_may_be_equal() -> None:
    for degree in (EQUAL, SUPPORTING):
        ask = assign(SCHOOL, SECOND, degree)
        given(assigned(CLINIC, FIRST, degree)).when(ask, by(UNION)).then(
            assigned(SCHOOL, SECOND, degree)
        )


def test_k5_nobody_is_corrected_into_a_second_lead() -> None:
    history = assigned(CLINIC, FIRST, EQUAL), assigned(SCHOOL, SECOND, LEAD)
    given(*history).when(correct(FIRST, LEAD), by(UNION)).then_refused("lead_credited")


def test_k5_who_is_corrected_from_the_lead_makes_room() -> None:
    history = assigned(CLINIC, FIRST, LEAD), corrected(FIRST, SUPPORTING)
    given(*history).when(assign(SCHOOL, SECOND, LEAD), by(UNION)).then(
        assigned(SCHOOL, SECOND, LEAD)
    )


def test_who_is_thanked_accepts_or_waives() -> None:
    given(assigned()).when(AcceptCredit(credit=FIRST), by(CLINIC)).then(accepted)
    given(assigned()).when(WaiveCredit(credit=FIRST), by(CLINIC)).then(waived)


def test_k2_who_waived_may_accept_and_the_other_way() -> None:
    given(assigned(), waived).when(AcceptCredit(credit=FIRST), by(CLINIC)).then(accepted)
    given(assigned(), accepted).when(WaiveCredit(credit=FIRST), by(CLINIC)).then(waived)


def test_k2_nobody_answers_for_another() -> None:
    for ask in (AcceptCredit(credit=FIRST), WaiveCredit(credit=FIRST)):
        given(assigned()).when(ask, by(UNION)).then_refused("not_the_recipient")
        given(assigned(None)).when(ask, by(UNION)).then_refused("not_the_recipient")


def test_i4_answering_twice_changes_nothing() -> None:
    given(assigned(), accepted).when(AcceptCredit(credit=FIRST), by(CLINIC)).then_nothing()
    given(assigned(), waived).when(WaiveCredit(credit=FIRST), by(CLINIC)).then_nothing()


def test_only_a_credit_that_was_given_is_answered_or_corrected() -> None:
    for ask in (AcceptCredit(credit=SECOND), WaiveCredit(credit=SECOND), correct(SECOND)):
        given(assigned()).when(ask, by(CLINIC)).then_refused("unknown_credit")


def test_who_gave_a_credit_corrects_it() -> None:
    given(assigned()).when(correct(), by(UNION)).then(corrected())


def test_the_chair_corrects_a_credit() -> None:
    given(assigned()).when(correct(), by(SCHOOL, chair=True)).then(corrected())


def test_others_correct_nothing() -> None:
    given(assigned()).when(correct(), by(SCHOOL)).then_refused("not_the_assigner")


def test_k1_not_even_the_chair_corrects_its_own_credit() -> None:
    ask = correct(degree=LEAD)
    given(assigned()).when(ask, by(CLINIC, chair=True)).then_refused("own_confirmation")


def test_a_dispute_nobody_raised_corrects_nothing() -> None:
    ask = correct().model_copy(update={"dispute": DisputeId(UUID(int=40))})
    for contested in (NOTHING, Contested(SECOND, frozenset({PROVEN}))):
        context = by(UNION, contested=contested)
        given(assigned()).when(ask, context).then_refused("unknown_dispute")


def test_f92_a_correction_cites_the_dispute_about_the_credit() -> None:
    ask = correct().model_copy(update={"dispute": DisputeId(UUID(int=40))})
    told = assigned(), assigned(basis="evidence", cites=(PROVEN,))
    for event, contested in zip(
        told, (Contested(FIRST), Contested(None, frozenset({PROVEN}))), strict=True
    ):
        (corrected,) = decider.decide(ask, won(event), by(UNION, contested=contested))
        assert isinstance(corrected, CreditCorrected)
        assert corrected.dispute == ask.dispute


def test_i4_correcting_to_what_it_is_changes_nothing() -> None:
    given(assigned()).when(correct(degree=EQUAL), by(UNION)).then_nothing()


def test_k2_a_correction_names_nobody_who_waived() -> None:
    win = won(assigned(), waived, corrected())
    assert win is not None
    assert win.credits[FIRST].answer == "waived"


orgs = st.sampled_from([CLINIC, SCHOOL, UNION, TEACHER])
ids = st.sampled_from([FIRST, SECOND, THIRD])
roles = st.sampled_from([Role.MEDIA, Role.DATA])
degrees = st.sampled_from(Degree)
commands = st.one_of(
    st.builds(assign, st.none() | orgs, ids, degrees, roles),
    st.builds(assign, st.just(CLINIC), ids, degrees, roles, cites=st.just((CLAIM,))),
    st.builds(AcceptCredit, credit=ids),
    st.builds(WaiveCredit, credit=ids),
    st.builds(correct, ids, degrees, roles),
)
requests = st.lists(st.tuples(commands, st.builds(by, orgs, chair=st.booleans())))

Record = dict[CreditId, tuple[Role, Degree, Answer | None]]


def record(win: Win, org: OrgId) -> Record:
    """Return all that is said of `org`."""
    assert win is not None
    return {
        key: (given.role, given.degree, given.answer)
        for key, given in win.credits.items()
        if given.to == org
    }


def after(win: Win, command: CreditCommand, context: Context) -> Win:
    """Return the win after `command`, also where it is refused."""
    with suppress(Refused):
        return reduce(decider.evolve, decider.decide(command, win, context), win)
    return win


def history(asked: list[tuple[CreditCommand, Context]]) -> list[Win]:
    """Return the win before and after each of the commands."""
    wins = [won()]
    for command, context in asked:
        wins.append(after(wins[-1], command, context))
    return wins


def credits_of(win: Win) -> list[Credit]:
    assert win is not None
    return list(win.credits.values())


@over(requests, examples=120)
def test_k4_crediting_anybody_changes_nobody_elses_record(
    asked: list[tuple[CreditCommand, Context]],
) -> None:
    for (command, _), (before, now) in zip(asked, pairwise(history(asked)), strict=True):
        assert now is not None
        concerned = now.credits.get(command.credit)
        for org in {CLINIC, SCHOOL, UNION, TEACHER} - {concerned.to if concerned else None}:
            assert record(now, org) == record(before, org)


@over(requests, examples=120)
def test_k5_whatever_happens_a_role_has_one_lead(
    asked: list[tuple[CreditCommand, Context]],
) -> None:
    leads = [given for given in credits_of(history(asked)[-1]) if given.degree is LEAD]
    for role in Role:
        assert len({given.to for given in leads if given.role is role}) <= 1


@over(requests)
def test_k1_nobody_holds_a_credit_it_gave_itself(
    asked: list[tuple[CreditCommand, Context]],
) -> None:
    assert all(given.to != given.by for given in credits_of(history(asked)[-1]))


@over(requests, examples=120)
def test_k2_only_who_is_thanked_waives_and_no_correction_takes_that_back(
    asked: list[tuple[CreditCommand, Context]],
) -> None:
    for (command, context), (before, now) in zip(asked, pairwise(history(asked)), strict=True):
        assert now is not None
        assert before is not None
        for key, given in now.credits.items():
            answered = before.credits[key].answer if key in before.credits else None
            if given.answer != answered:
                assert given.to == context.by
                assert isinstance(command, AcceptCredit | WaiveCredit)
