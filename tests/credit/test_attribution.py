"""A statement of who did what: approved by whom it names, released on confirmed facts."""

from functools import reduce
from uuid import UUID

from hypothesis import strategies as st

from services.credit.domain.attribution import (
    ApproveAttribution,
    Attribution,
    AttributionCommand,
    AttributionEvent,
    AttributionStatementApproved,
    AttributionStatementDrafted,
    AttributionStatementReleased,
    DraftAttribution,
    ReleaseAttribution,
    decider,
    missing,
)
from services.credit.domain.fact import Fact, Ground
from services.credit.domain.ids import OrgId, WinId
from services.credit.domain.roles import Degree
from shared.decider import Refused
from shared.event import Context, Sealed, Text
from tests.credit.cast import ANNA, CLINIC, SCHOOL, TEACHER, THANKS, UNION, VAN, by
from tests.credit.test_claim import (
    DEEDS,
    GROUND,
    HIDDEN,
    LOST,
    MEALS,
    METRIC,
    OF_ANNA,
    OURS,
    THEIRS,
    UNPROVEN,
    VOTE,
    on,
    stated,
)
from tests.given import Given
from tests.laws import obey, over

DISPUTED = Ground(DEEDS, GROUND.decisions, GROUND.metrics, GROUND.wins, frozenset({on(THEIRS).key}))
BOTH = on(OURS), on(THEIRS)


def given(*history: AttributionEvent) -> Given[AttributionCommand, Attribution, AttributionEvent]:
    return Given(decider, history)


def draft(*facts: Fact, text: Text = VAN, win: WinId | None = None) -> DraftAttribution:
    return DraftAttribution(win=win, audience="funders", text=text, facts=facts)


def drafted(
    *facts: Fact, version: int = 1, text: Text = VAN, disputed: tuple[Fact, ...] = (),
    about: UUID | None = None, win: WinId | None = None,
) -> AttributionStatementDrafted:  # fmt: skip
    return AttributionStatementDrafted(
        by=CLINIC,
        version=version,
        win=win,
        audience_="funders",
        text=Sealed(text, about=about),
        facts=tuple(stated(fact, disputed=fact in disputed) for fact in facts),
    )


def approved(org: OrgId, version: int = 1) -> AttributionStatementApproved:
    return AttributionStatementApproved(by=org, version=version)


def released(version: int = 1, *, unilateral: bool) -> AttributionStatementReleased:
    return AttributionStatementReleased(version=version, text=VAN.digest(), unilateral=unilateral)


def test_a_statement_is_drafted_in_versions() -> None:
    given().when(draft(*BOTH, win=MEALS), by(CLINIC, GROUND)).then(drafted(*BOTH, win=MEALS))
    first = drafted(*BOTH)
    given(first).when(draft(*BOTH, text=THANKS), by(CLINIC, GROUND)).then(
        drafted(*BOTH, version=2, text=THANKS)
    )
    given(first).when(draft(on(OURS)), by(CLINIC, GROUND)).then(drafted(on(OURS), version=2))
    given(first).when(draft(*BOTH, on(OURS)), by(CLINIC, GROUND)).then_nothing()


def test_a_draft_is_its_authors_and_names_what_is_there() -> None:
    given(drafted(*BOTH)).when(draft(*BOTH), by(UNION, GROUND)).then_refused("not_the_author")
    given().when(draft(on(LOST)), by(CLINIC, GROUND)).then_refused("unknown_fact")
    given().when(draft(on(HIDDEN)), by(CLINIC, GROUND)).then_refused("declined")
    lost = WinId(UUID(int=99))
    given().when(draft(*BOTH, win=lost), by(CLINIC, GROUND)).then_refused("unknown_win")
    given().when(draft(*BOTH), by(None, GROUND)).then_refused("no_organisation")


def test_m18_words_about_one_person_are_personal() -> None:
    given().when(draft(on(OF_ANNA)), by(CLINIC, GROUND)).then(drafted(on(OF_ANNA), about=ANNA))


def test_an_organisation_approves_the_newest_version() -> None:
    approve, history = ApproveAttribution(version=1), (drafted(*BOTH),)
    given(*history).when(approve, by(UNION)).then(approved(UNION))
    given(*history, approved(UNION)).when(approve, by(UNION)).then_nothing()
    given(*history).when(approve, by(CLINIC)).then_nothing()
    given().when(approve, by(UNION)).then_refused("not_drafted")
    newer = drafted(*BOTH, version=2, text=THANKS)
    given(*history, newer).when(approve, by(UNION)).then_refused("statement_version")


def test_k8_a_release_is_unilateral_until_all_it_names_approve() -> None:
    release, history = ReleaseAttribution(version=1), (drafted(*BOTH),)
    given(*history).when(release, by(CLINIC, GROUND)).then(released(unilateral=True))
    given(*history, approved(SCHOOL)).when(release, by(CLINIC, GROUND)).then(
        released(unilateral=True)
    )
    given(*history, approved(UNION)).when(release, by(CLINIC, GROUND)).then(
        released(unilateral=False)
    )
    given(drafted(on(OURS))).when(release, by(CLINIC, GROUND)).then(released(unilateral=False))


def test_k8_an_approval_is_of_one_version() -> None:
    newer = drafted(*BOTH, version=2)
    given(drafted(*BOTH), approved(UNION), newer).when(
        ReleaseAttribution(version=2), by(CLINIC, GROUND)
    ).then(released(2, unilateral=True))


def test_a_statement_is_released_by_its_author_once() -> None:
    release, history = ReleaseAttribution(version=1), (drafted(*BOTH),)
    given(*history).when(release, by(UNION, GROUND)).then_refused("not_the_author")
    given().when(release, by(CLINIC, GROUND)).then_refused("not_drafted")
    done = *history, released(unilateral=True)
    given(*done).when(release, by(CLINIC, GROUND)).then_nothing()
    newer = drafted(*BOTH, version=2)
    given(*done, newer).when(release, by(CLINIC, GROUND)).then_refused("statement_version")


def test_k7_every_fact_of_what_is_released_is_confirmed() -> None:
    release = ReleaseAttribution(version=1)
    for fact in (on(UNPROVEN), on(OURS, degree=None, role=DEEDS[OF_ANNA].role)):
        given(drafted(on(OURS), fact)).when(release, by(CLINIC, GROUND)).then_refused(
            "unsupported_fact"
        )
    hidden = drafted(on(HIDDEN))
    given(hidden).when(release, by(CLINIC, GROUND)).then_refused("unsupported_fact")
    whole = drafted(on(OURS), on(METRIC), on(VOTE), on(THEIRS, degree=Degree.EQUAL))
    given(whole).when(release, by(CLINIC, GROUND)).then(released(unilateral=True))


def test_k9_a_disputed_fact_holds_a_statement_or_is_marked_in_it() -> None:
    release = ReleaseAttribution(version=1)
    given(drafted(*BOTH)).when(release, by(CLINIC, DISPUTED)).then_refused("disputed")
    marked = drafted(*BOTH, version=2, disputed=(on(THEIRS),))
    given(drafted(*BOTH)).when(draft(*BOTH), by(CLINIC, DISPUTED)).then(marked)
    given(drafted(*BOTH), marked).when(ReleaseAttribution(version=2), by(CLINIC, DISPUTED)).then(
        released(2, unilateral=True)
    )
    given(drafted(*BOTH)).when(release, by(CLINIC, GROUND)).then(released(unilateral=True))


facts = st.sampled_from([on(OURS), on(THEIRS), on(UNPROVEN), on(METRIC), on(VOTE), on(OF_ANNA)])
commands = st.one_of(
    st.builds(lambda told: draft(*told), st.lists(facts, min_size=1, max_size=3)),
    st.builds(ApproveAttribution, version=st.integers(1, 3)),
    st.builds(ReleaseAttribution, version=st.integers(1, 3)),
)
contexts = st.builds(
    by,
    st.sampled_from([CLINIC, CLINIC, UNION, TEACHER]),
    st.sampled_from([GROUND, GROUND, DISPUTED]),
)
requests = st.lists(st.tuples(commands, contexts), max_size=12)


@over(requests)
def test_laws(requests: list[tuple[AttributionCommand, Context]]) -> None:
    obey(decider, requests)


@over(requests, examples=300)
def test_k7_k8_k9_what_goes_out_is_confirmed_marked_and_undisputed(
    requests: list[tuple[AttributionCommand, Context]],
) -> None:
    history: list[AttributionEvent] = []
    for command, context in requests:
        state = reduce(decider.evolve, history, decider.initial)
        try:
            events = decider.decide(command, state, context)
        except Refused:
            continue
        for event in events:
            if isinstance(event, AttributionStatementReleased):
                told = [e for e in history if isinstance(e, AttributionStatementDrafted)][-1]
                agreed = {
                    e.by
                    for e in history
                    if isinstance(e, AttributionStatementApproved) and e.version == event.version
                }
                ground = context.fact(Ground)
                deeds = [DEEDS[fact.id] for fact in told.facts if fact.kind == "contribution"]
                assert all(one.confirmed for one in deeds)
                named = {one.of for one in deeds} - {told.by}
                assert event.unilateral == bool(named - agreed)
                assert all(fact.disputed for fact in told.facts if fact.key in ground.disputed)
                assert state is not None
                open_ = missing(told.by, state.versions[event.version], ground)
                assert open_ == named - agreed
        history += events
