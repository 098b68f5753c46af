"""A win or a loss: declared, announced, celebrated."""

from datetime import date
from uuid import UUID

from hypothesis import strategies as st

from services.credit.domain.credit import (
    AcceptCredit,
    AssignCredit,
    Cited,
    CorrectCredit,
    CreditAssigned,
    Office,
    WaiveCredit,
)
from services.credit.domain.ids import CreditId, DecisionId, ObjectiveId, OrgId, TargetId
from services.credit.domain.roles import Degree, Role
from services.credit.domain.win import (
    AcknowledgeLoss,
    AnnounceWin,
    Audience,
    CelebrateWin,
    DeclareWin,
    LatecomerWelcomed,
    LossAcknowledged,
    Participants,
    References,
    WelcomeLatecomer,
    Win,
    WinAnnounced,
    WinCelebrated,
    WinCommand,
    WinDeclared,
    WinEvent,
    decider,
)
from shared.decider import Refused
from shared.event import Context, Sealed
from tests.credit.cast import ANNA, CLINIC, SCHOOL, STRANGER, TEACHER, THANKS, UNION, VAN
from tests.credit.cast import by as speaks
from tests.given import Given
from tests.laws import obey, over

EARLY, LATE, FOREIGN = (DecisionId(UUID(int=n)) for n in range(51, 54))
GOAL, OTHER_GOAL = (ObjectiveId(UUID(int=n)) for n in range(61, 63))
TARGET, OTHER_TARGET = (TargetId(UUID(int=n)) for n in range(71, 73))
THANK = CreditId(UUID(int=21))
KNOWN = References(frozenset({EARLY, LATE}), frozenset({GOAL}), frozenset({TARGET}))
TOOK_PART = Participants(frozenset({UNION, CLINIC, SCHOOL}))
MAY = date(2026, 5, 1)

win = WinDeclared(title=Sealed(VAN), size="major", decisions=(EARLY, LATE), objectives=(GOAL,))
loss = LossAcknowledged(title=Sealed(VAN), decisions=(EARLY,), objectives=())
declare = DeclareWin(title=VAN, size="major", decisions=(LATE, EARLY, LATE), objectives=(GOAL,))
acknowledge = AcknowledgeLoss(title=VAN, decisions=(EARLY,))
announce = AnnounceWin(audience="public")
celebrate = CelebrateWin(on=MAY, orgs=(UNION, CLINIC, UNION))
celebrated = WinCelebrated(on=MAY, orgs=(CLINIC, UNION))


def given(*history: WinEvent) -> Given[WinCommand, Win, WinEvent]:
    return Given(decider, history)


def by(org: OrgId | None) -> Context:
    return speaks(org, KNOWN, TOOK_PART, Cited(), Office(chair=False))


def thanked(org: OrgId) -> CreditAssigned:
    return CreditAssigned(
        by=TEACHER,
        credit=THANK,
        to=org,
        role=Role.MEDIA,
        degree=Degree.EQUAL,
        basis="gratitude",
        contributions=(),
    )


def announced(*uncredited: OrgId, audience: Audience = "public") -> WinAnnounced:
    return WinAnnounced(uncredited=uncredited, audience_=audience)


def welcome(to: OrgId | None = CLINIC, target: TargetId | None = None) -> WelcomeLatecomer:
    return WelcomeLatecomer(
        to=to, external=None if to else VAN, from_=VAN, now=THANKS, target=target
    )


def welcomed(
    to: OrgId | None = CLINIC, target: TargetId | None = None, about: UUID | None = None
) -> LatecomerWelcomed:
    return LatecomerWelcomed(
        to=to,
        external=Sealed(None if to else VAN),
        from_=Sealed(VAN, about=about),
        now=Sealed(THANKS, about=about),
        target=target,
    )


def test_a_win_is_declared() -> None:
    given().when(declare, by(UNION)).then(win)


def test_a_loss_is_acknowledged() -> None:
    given().when(acknowledge, by(UNION)).then(loss)


def test_i4_declaring_it_again_changes_nothing() -> None:
    given(win).when(declare, by(UNION)).then_nothing()
    given(loss).when(acknowledge, by(UNION)).then_nothing()


def test_one_id_is_one_win_or_loss() -> None:
    small = declare.model_copy(update={"size": "step"})
    for history, ask in ((win, acknowledge), (loss, declare), (win, small)):
        given(history).when(ask, by(UNION)).then_refused("already_declared")


def test_a_win_refers_to_what_is_known_here() -> None:
    ask = declare.model_copy(update={"decisions": (EARLY, FOREIGN)})
    given().when(ask, by(UNION)).then_refused("unknown_decision")
    ask = declare.model_copy(update={"objectives": (OTHER_GOAL,)})
    given().when(ask, by(UNION)).then_refused("unknown_objective")


def test_i2_somebody_answers_for_a_win() -> None:
    given().when(declare, by(None)).then_refused("no_organisation")


def test_nothing_comes_of_a_win_nobody_declared() -> None:
    for ask in (announce, celebrate, welcome(), AcceptCredit(credit=THANK)):
        given().when(ask, by(UNION)).then_refused("not_declared")


def test_k3_announcing_names_who_took_part_without_credit_and_goes_ahead() -> None:
    given(win).when(announce, by(UNION)).then(announced(CLINIC, SCHOOL, UNION))
    given(win, thanked(SCHOOL)).when(announce, by(UNION)).then(announced(CLINIC, UNION))


def test_k3_the_list_stays_and_a_shorter_one_follows() -> None:
    history = win, announced(CLINIC, SCHOOL, UNION), thanked(UNION)
    given(*history).when(announce, by(UNION)).then(announced(CLINIC, SCHOOL))


def test_each_audience_is_told_for_itself() -> None:
    history = win, announced(CLINIC, SCHOOL, UNION, audience="members")
    given(*history).when(announce, by(UNION)).then(announced(CLINIC, SCHOOL, UNION))


def test_i4_announcing_the_same_again_changes_nothing() -> None:
    given(win, announced(CLINIC, SCHOOL, UNION)).when(announce, by(UNION)).then_nothing()


def test_a_win_is_celebrated() -> None:
    given(win).when(celebrate, by(UNION)).then(celebrated)


def test_i4_the_same_celebration_is_recorded_once() -> None:
    given(win, celebrated).when(celebrate, by(SCHOOL)).then_nothing()
    again = celebrate.model_copy(update={"on": date(2026, 5, 2)})
    given(win, celebrated).when(again, by(SCHOOL)).then(
        WinCelebrated(on=date(2026, 5, 2), orgs=(CLINIC, UNION))
    )


def test_strangers_do_not_celebrate() -> None:
    ask = celebrate.model_copy(update={"orgs": (UNION, STRANGER)})
    given(win).when(ask, by(UNION)).then_refused("unknown_organisation")


def test_a_loss_is_neither_announced_nor_celebrated() -> None:
    for ask in (announce, celebrate):
        given(loss).when(ask, by(UNION)).then_refused("not_a_win")


def test_a_latecomer_is_welcomed() -> None:
    given(win).when(welcome(target=TARGET), by(UNION)).then(welcomed(target=TARGET))
    given(win).when(welcome(None), by(UNION)).then(welcomed(None))


def test_m18_the_words_about_a_latecomer_go_with_that_person() -> None:
    given(win).when(welcome(TEACHER), by(UNION)).then(welcomed(TEACHER, about=ANNA))


def test_k1_nobody_welcomes_itself() -> None:
    given(win).when(welcome(CLINIC), by(CLINIC)).then_refused("own_confirmation")


def test_one_latecomer_is_welcomed_at_a_time() -> None:
    both = welcome().model_copy(update={"external": VAN})
    given(win).when(both, by(UNION)).then_refused("one_recipient")


def test_a_latecomer_is_known_and_so_is_the_target() -> None:
    given(win).when(welcome(STRANGER), by(UNION)).then_refused("unknown_organisation")
    given(win).when(welcome(target=OTHER_TARGET), by(UNION)).then_refused("unknown_target")


def test_i4_a_latecomer_is_welcomed_once_for_each_target() -> None:
    given(win, welcomed()).when(welcome(), by(SCHOOL)).then_nothing()
    given(win, welcomed()).when(welcome(target=TARGET), by(UNION)).then(welcomed(target=TARGET))


orgs = st.sampled_from([CLINIC, SCHOOL, UNION, TEACHER])
audiences: st.SearchStrategy[Audience] = st.sampled_from(["members", "public"])
degrees = st.sampled_from(Degree)
thanks = st.builds(
    AssignCredit,
    credit=st.just(THANK),
    to=orgs,
    role=st.just(Role.MEDIA),
    degree=degrees,
    basis=st.just("gratitude"),
)
corrections = st.builds(
    CorrectCredit,
    credit=st.just(THANK),
    role=st.just(Role.MEDIA),
    degree=degrees,
    reason=st.just(THANKS),
)
commands = st.one_of(
    st.just(declare),
    st.just(acknowledge),
    thanks,
    corrections,
    st.just(AcceptCredit(credit=THANK)),
    st.just(WaiveCredit(credit=THANK)),
    st.builds(welcome, st.none() | orgs),
    st.builds(AnnounceWin, audience=audiences),
    st.just(celebrate),
)
requests = st.lists(st.tuples(commands, st.builds(by, orgs)))


@over(requests, examples=120)
def test_laws(asked: list[tuple[WinCommand, Context]]) -> None:
    obey(decider, [(declare, by(UNION)), *asked])


@over(requests)
def test_laws_before_anything_is_declared(asked: list[tuple[WinCommand, Context]]) -> None:
    obey(decider, asked)


taking_part = st.frozensets(orgs).map(Participants)
contexts = st.builds(
    lambda org, parts: speaks(org, KNOWN, parts, Cited(), Office(chair=False)), orgs, taking_part
)


@over(st.lists(st.tuples(commands, contexts)), examples=150)
def test_k3_a_win_is_announced_whoever_was_forgotten_and_says_who_that_is(
    asked: list[tuple[WinCommand, Context]],
) -> None:
    state, lists = decider.evolve(None, win), list[WinAnnounced]()
    thanked_orgs: set[OrgId | None] = set()
    for command, context in asked:
        try:
            events = decider.decide(command, state, context)
        except Refused:
            assert not isinstance(command, AnnounceWin)
            continue
        for event in events:
            state = decider.evolve(state, event)
            if isinstance(event, CreditAssigned):
                thanked_orgs.add(event.to)
            if isinstance(event, WinAnnounced):
                lists.append(event)
        if isinstance(command, AnnounceWin):
            missing = context.fact(Participants).orgs - thanked_orgs
            said = [one for one in lists if one.audience_ == command.audience][-1]
            assert said.uncredited == tuple(sorted(missing))
