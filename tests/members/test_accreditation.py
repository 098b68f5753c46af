from collections.abc import Iterator
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import strategies as st

from services.members.domain import roster
from services.members.domain.accreditation import (
    AccreditationCommand,
    AccreditationEnded,
    AccreditationEvent,
    AccreditRepresentative,
    EndAccreditation,
    Entrusting,
    GrantProxy,
    Posting,
    ProxyGranted,
    ProxyRevoked,
    ReplaceRepresentative,
    RepresentativeAccredited,
    RepresentativeReplaced,
    RevokeProxy,
    Voices,
    decider,
)
from services.members.domain.body import BodyConstituted
from services.members.domain.ids import AccId, BodyId, OrgId, ProxyId
from services.members.domain.membership import MemberJoined
from shared.decider import Refused
from shared.event import Context, Sealed
from tests.given import Given
from tests.laws import obey, over
from tests.members.table import (
    ACC_1,
    ACC_2,
    ACC_3,
    ANA,
    BO,
    CHAIR,
    CLINIC,
    GROUP,
    NAME,
    NOON,
    OWN,
    PLENARY,
    SCHOOL,
    STRANGER,
    TODAY,
    TOMORROW,
    UNION,
    YESTERDAY,
    by,
    by_itself,
    imported,
)

THERE = Posting(member=True, body=True, person=True)
accredit = AccreditRepresentative(
    accreditation=ACC_1, body=PLENARY, person=ANA, authority="full", voting=True, from_=TODAY
)
accredited = RepresentativeAccredited(
    accreditation=ACC_1,
    body=PLENARY,
    person=Sealed(ANA, ANA),
    authority_="full",
    voting=True,
    executive=False,
    from_=TODAY,
)
another = accredit.model_copy(update={"accreditation": ACC_2, "person": BO})
ended = AccreditationEnded(accreditation=ACC_1, reason="moved")
end = EndAccreditation(accreditation=ACC_1, reason="moved")
replace = ReplaceRepresentative(
    ended=ACC_1,
    accreditation=ACC_2,
    body=PLENARY,
    person=BO,
    authority="full",
    voting=True,
    from_=TODAY,
)
replaced = RepresentativeReplaced(
    ended=ACC_1,
    accreditation=ACC_2,
    body=PLENARY,
    person=Sealed(BO, BO),
    authority_="full",
    voting=True,
    executive=False,
    from_=TODAY,
)


def given(
    *history: AccreditationEvent,
) -> Given[AccreditationCommand, Voices, AccreditationEvent]:
    return Given(decider, history)


def test_the_chair_accredits_the_first() -> None:
    given().when(accredit, by(UNION, CHAIR, THERE)).then(accredited)
    given().when(accredit, by(UNION, STRANGER, THERE)).then_refused("not_the_chair")


def test_afterwards_the_organisation_names_its_own() -> None:
    ask = another.model_copy(update={"body": GROUP})
    named = accredited.model_copy(
        update={"accreditation": ACC_2, "body": GROUP, "person": Sealed(BO, BO)}
    )
    given(accredited).when(ask, by(CLINIC, OWN, THERE)).then(named)
    given(accredited).when(ask, by(UNION, CHAIR, THERE)).then_refused("not_your_organisation")


@pytest.mark.parametrize(
    "nobody_speaks",
    [
        (accredited, ended),
        (accredited.model_copy(update={"authority_": "observer"}),),
        (accredited.model_copy(update={"from_": YESTERDAY, "until": YESTERDAY}),),
        (accredited.model_copy(update={"from_": TOMORROW}),),
    ],
)
def test_the_chair_helps_where_nobody_can_speak_any_more(
    nobody_speaks: tuple[AccreditationEvent, ...],
) -> None:
    ask = another.model_copy(update={"voting": False})
    named = accredited.model_copy(
        update={"accreditation": ACC_2, "person": Sealed(BO, BO), "voting": False}
    )
    given(*nobody_speaks).when(ask, by(UNION, CHAIR, THERE)).then(named)


def test_it_begins_today_unless_said_otherwise() -> None:
    ask = accredit.model_copy(update={"from_": None})
    given().when(ask, by(CLINIC, OWN, THERE)).then(accredited)
    given(accredited).when(ask, by(CLINIC, OWN, THERE, at=NOON + timedelta(days=3))).then_nothing()


def test_it_lasts_at_least_a_day() -> None:
    ask = accredit.model_copy(update={"until": TODAY})
    given().when(ask, by(CLINIC, OWN, THERE)).then(accredited.model_copy(update={"until": TODAY}))
    ask = accredit.model_copy(update={"until": YESTERDAY})
    given().when(ask, by(CLINIC, OWN, THERE)).then_refused("over_before_it_begins")


@pytest.mark.parametrize(
    ("posting", "reason"),
    [
        (Posting(member=False, body=True, person=True), "not_a_member"),
        (Posting(member=True, body=False, person=True), "unknown_body"),
        (Posting(member=True, body=True, person=False), "unknown_person"),
    ],
)
def test_organisation_body_and_person_are_there(posting: Posting, reason: str) -> None:
    given().when(accredit, by(CLINIC, OWN, posting)).then_refused(reason)
    given(accredited).when(replace, by(CLINIC, OWN, posting)).then_refused(reason)


def test_somebody_is_accredited_unless_the_past_does_not_say_who() -> None:
    ask = accredit.model_copy(update={"person": None})
    nobody = Posting(member=True, body=True, person=False)
    given().when(ask, by(CLINIC, OWN, nobody)).then_refused("person_missing")
    given().when(ask, imported(nobody)).then(accredited.model_copy(update={"person": Sealed()}))


def test_m7_one_vote_per_organisation_and_body() -> None:
    given(accredited).when(another, by(CLINIC, OWN, THERE)).then_refused("voting_seat_taken")
    given(accredited).when(another, imported(THERE)).then_refused("voting_seat_taken")


def test_m7_the_vote_may_pass_on_later() -> None:
    until_today = accredited.model_copy(update={"until": TODAY})
    given(until_today).when(another, by(CLINIC, OWN, THERE)).then_refused("voting_seat_taken")
    ask = another.model_copy(update={"from_": TOMORROW})
    named = accredited.model_copy(
        update={"accreditation": ACC_2, "person": Sealed(BO, BO), "from_": TOMORROW}
    )
    given(until_today).when(ask, by(CLINIC, OWN, THERE)).then(named)


def test_m7_nor_may_it_overlap_with_a_later_one() -> None:
    later = accredited.model_copy(update={"from_": TOMORROW})
    given(later).when(another, by(CLINIC, OWN, THERE)).then_refused("voting_seat_taken")
    ask = another.model_copy(update={"until": TODAY})
    named = accredited.model_copy(
        update={"accreditation": ACC_2, "person": Sealed(BO, BO), "until": TODAY}
    )
    given(later).when(ask, by(CLINIC, OWN, THERE)).then(named)


def test_m7_others_without_a_vote_may_sit_beside() -> None:
    ask = another.model_copy(update={"voting": False})
    named = accredited.model_copy(
        update={"accreditation": ACC_2, "person": Sealed(BO, BO), "voting": False}
    )
    given(accredited).when(ask, by(CLINIC, OWN, THERE)).then(named)
    given(named).when(accredit, by(CLINIC, OWN, THERE)).then(accredited)


def test_m7_an_ended_accreditation_frees_the_vote() -> None:
    named = accredited.model_copy(update={"accreditation": ACC_2, "person": Sealed(BO, BO)})
    given(accredited, ended).when(another, by(CLINIC, OWN, THERE)).then(named)


def test_a_representative_is_replaced() -> None:
    given(accredited).when(replace, by(CLINIC, OWN, THERE)).then(replaced)
    given(accredited).when(replace, by(UNION, CHAIR, THERE)).then_refused("not_your_organisation")


def test_m7_replacing_takes_no_second_vote() -> None:
    third = accredited.model_copy(update={"accreditation": ACC_3, "body": GROUP})
    ask = replace.model_copy(update={"body": GROUP})
    given(accredited, third).when(ask, by(CLINIC, OWN, THERE)).then_refused("voting_seat_taken")


def test_only_who_is_accredited_is_replaced() -> None:
    given().when(replace, by(CLINIC, OWN, THERE)).then_refused("not_accredited")
    given(accredited, ended).when(replace, by(CLINIC, OWN, THERE)).then_refused("not_accredited")


def test_i4_the_same_again_changes_nothing() -> None:
    given(accredited).when(accredit, by(CLINIC, OWN, THERE)).then_nothing()
    given(accredited, ended).when(accredit, by(CLINIC, OWN, THERE)).then_nothing()
    given(accredited, replaced).when(replace, by(CLINIC, OWN, THERE)).then_nothing()
    given(accredited, replaced).when(accredit, by(CLINIC, OWN, THERE)).then_nothing()


expire = EndAccreditation(accreditation=ACC_1, reason="expired")
expired = AccreditationEnded(accreditation=ACC_1, reason="expired")


def test_it_ends_by_itself_the_day_after_its_last() -> None:
    until_today = accredited.model_copy(update={"until": TODAY})
    given(until_today).when(expire, by_itself(NOON + timedelta(days=1))).then(expired)
    given(until_today).when(expire, by_itself()).then_refused("too_soon")
    given(until_today, expired).when(expire, by_itself(NOON + timedelta(days=2))).then_nothing()


def test_without_a_last_day_or_once_replaced_nothing_ends_by_itself() -> None:
    much_later = NOON + timedelta(days=9_000)
    given().when(expire, by_itself(much_later)).then_nothing()
    given(accredited).when(expire, by_itself(much_later)).then_nothing()
    until_today = accredited.model_copy(update={"until": TODAY})
    given(until_today, replaced).when(expire, by_itself(much_later)).then_nothing()


def test_an_accreditation_keeps_its_terms() -> None:
    ask = accredit.model_copy(update={"authority": "ad_referendum"})
    given(accredited).when(ask, by(CLINIC, OWN, THERE)).then_refused("already_accredited")
    ask = replace.model_copy(update={"ended": ACC_3})
    given(accredited, replaced).when(ask, by(CLINIC, OWN, THERE)).then_refused("already_accredited")


def test_an_accreditation_ends() -> None:
    for context in (by(CLINIC, OWN), by(UNION, CHAIR), imported()):
        given(accredited).when(end, context).then(ended)
    given(accredited).when(end, by(UNION, STRANGER)).then_refused("not_your_organisation")
    given().when(end, by(CLINIC, OWN)).then_refused("not_accredited")
    given(accredited, ended).when(end, by(CLINIC, OWN)).then_nothing()


PROXY_1, PROXY_2 = (ProxyId(UUID(int=n)) for n in range(71, 73))
FREE = Entrusting(member=True, body=True)
grant = GrantProxy(proxy=PROXY_1, to=SCHOOL, body=PLENARY, from_=TODAY, until=TOMORROW)
granted = ProxyGranted(proxy=PROXY_1, to=SCHOOL, body=PLENARY, from_=TODAY, until=TOMORROW)
revoke, revoked = RevokeProxy(proxy=PROXY_1), ProxyRevoked(proxy=PROXY_1)


def test_an_organisation_lets_another_vote_for_it() -> None:
    given().when(grant, by(CLINIC, OWN, FREE)).then(granted)
    given().when(grant, imported(FREE)).then(granted)
    given().when(grant, by(UNION, CHAIR, FREE)).then_refused("not_your_organisation")


@pytest.mark.parametrize(
    ("entrusting", "reason"),
    [
        (Entrusting(member=True, body=True, itself=True), "proxy_to_itself"),
        (Entrusting(member=False, body=True), "not_a_member"),
        (Entrusting(member=True, body=False), "unknown_body"),
    ],
)
def test_a_proxy_goes_to_another_member_for_a_body(entrusting: Entrusting, reason: str) -> None:
    given().when(grant, by(CLINIC, OWN, entrusting)).then_refused(reason)


def test_m8_a_proxy_is_dated() -> None:
    ask = grant.model_copy(update={"until": TODAY})
    named = granted.model_copy(update={"until": TODAY})
    given().when(ask, by(CLINIC, OWN, FREE)).then(named)
    ask = grant.model_copy(update={"until": YESTERDAY})
    given().when(ask, by(CLINIC, OWN, FREE)).then_refused("over_before_it_begins")


@pytest.mark.parametrize(
    "entrusting",
    [
        Entrusting(member=True, body=True, entrusted=True),
        Entrusting(member=True, body=True, absent=True),
    ],
)
def test_m8_proxies_do_not_chain(entrusting: Entrusting) -> None:
    given().when(grant, by(CLINIC, OWN, entrusting)).then_refused("proxy_chain")
    given().when(grant, imported(entrusting)).then_refused("proxy_chain")


def test_m8_one_proxy_for_a_body_and_a_day() -> None:
    ask = grant.model_copy(update={"proxy": PROXY_2, "to": UNION})
    given(granted).when(ask, by(CLINIC, OWN, FREE)).then_refused("proxy_taken")
    last_day = ask.model_copy(update={"from_": TOMORROW})
    given(granted).when(last_day, by(CLINIC, OWN, FREE)).then_refused("proxy_taken")
    first_day = ask.model_copy(update={"from_": YESTERDAY, "until": TODAY})
    given(granted).when(first_day, by(CLINIC, OWN, FREE)).then_refused("proxy_taken")


@pytest.mark.parametrize(
    "other",
    [
        {"body": GROUP},
        {"from_": YESTERDAY, "until": YESTERDAY},
        {"from_": TOMORROW + timedelta(days=1), "until": TOMORROW + timedelta(days=1)},
    ],
)
def test_m8_another_for_another_body_or_other_days(other: dict[str, BodyId | date]) -> None:
    terms = {"proxy": PROXY_2, "to": UNION, **other}
    named = granted.model_copy(update=terms)
    given(granted).when(grant.model_copy(update=terms), by(CLINIC, OWN, FREE)).then(named)


def test_a_proxy_is_taken_back() -> None:
    given(granted).when(revoke, by(CLINIC, OWN)).then(revoked)
    given(granted).when(revoke, by(UNION, CHAIR)).then_refused("not_your_organisation")
    given().when(revoke, by(CLINIC, OWN)).then_refused("unknown_proxy")
    ask = grant.model_copy(update={"proxy": PROXY_2, "to": UNION})
    named = granted.model_copy(update={"proxy": PROXY_2, "to": UNION})
    given(granted, revoked).when(ask, by(CLINIC, OWN, FREE)).then(named)


def test_i4_granting_and_revoking_again_changes_nothing() -> None:
    given(granted).when(grant, by(CLINIC, OWN, FREE)).then_nothing()
    given(granted, revoked).when(grant, by(CLINIC, OWN, FREE)).then_nothing()
    given(granted, revoked).when(revoke, by(CLINIC, OWN)).then_nothing()


def test_a_proxy_keeps_its_terms() -> None:
    ask = grant.model_copy(update={"until": TODAY})
    given(granted).when(ask, by(CLINIC, OWN, FREE)).then_refused("already_granted")


days = st.integers(0, 4).map(lambda n: TODAY + timedelta(days=n))
ids = st.integers(41, 45).map(lambda n: AccId(UUID(int=n)))
fields = {
    "accreditation": ids,
    "body": st.sampled_from([PLENARY, GROUP]),
    "person": st.sampled_from([ANA, BO]),
    "authority": st.sampled_from(["full", "ad_referendum", "observer"]),
    "voting": st.booleans(),
    "from_": days,
    "until": st.none() | days,
}
commands = st.one_of(
    st.builds(AccreditRepresentative, **fields),
    st.builds(ReplaceRepresentative, ended=ids, **fields),
    st.builds(EndAccreditation, accreditation=ids, reason=st.just("moved")),
)
proxy_ids = st.integers(71, 76).map(lambda n: ProxyId(UUID(int=n)))
proxy_commands = st.one_of(
    st.builds(
        GrantProxy,
        proxy=proxy_ids,
        to=st.sampled_from([CLINIC, SCHOOL, UNION]),
        body=st.sampled_from([PLENARY, GROUP]),
        from_=days,
        until=days,
    ),
    st.builds(RevokeProxy, proxy=proxy_ids),
)
contexts = st.sampled_from([OWN, CHAIR, STRANGER]).map(lambda fact: by(CLINIC, fact, THERE, FREE))
Requests = list[tuple[AccreditationCommand, Context]]


@over(st.lists(st.tuples(commands | proxy_commands, contexts), min_size=3))
def test_laws(requests: Requests) -> None:
    obey(decider, requests)


@over(st.lists(st.tuples(commands, contexts), min_size=6, max_size=30), examples=200)
def test_m7_never_two_votes_on_one_day(requests: Requests) -> None:
    held = decider.initial
    for command, context in requests:
        try:
            events = decider.decide(command, held, context)
        except Refused:
            continue
        for event in events:
            held = decider.evolve(held, event)
        for day in (TODAY + timedelta(days=n) for n in range(6)):
            assert votes_on(held, day) <= 1


def votes_on(voices: Voices, day: date) -> int:
    voting = [
        one.body
        for one in voices.held.values()
        if one.voting
        and not one.ended
        and one.begins <= day
        and (not one.until or day <= one.until)
    ]
    return max((voting.count(body) for body in voting), default=0)


JOINED = MemberJoined(
    name=Sealed(NAME),
    kind="organization",
    sector="health",
    constituencies=(),
    commitment="homework",
    voting_right=True,
    ground_rules=0,
)
TABLE = roster.Roster()
for _org in (CLINIC, SCHOOL, UNION):
    TABLE = roster.evolve(TABLE, str(_org), JOINED)
for _body in (PLENARY, GROUP):
    TABLE = roster.evolve(
        TABLE, str(_body), BodyConstituted(name=Sealed(NAME), kind="working_group", scope="all")
    )
givers = st.sampled_from([CLINIC, SCHOOL, UNION])


@over(st.lists(st.tuples(proxy_commands, givers), min_size=6, max_size=40), examples=300)
def test_m8_never_a_chain_nor_two_for_one(
    requests: list[tuple[GrantProxy | RevokeProxy, OrgId]],
) -> None:
    table = TABLE
    held = dict.fromkeys((CLINIC, SCHOOL, UNION), decider.initial)
    for command, giver in requests:
        facts: list[object] = [OWN]
        if isinstance(command, GrantProxy):
            facts.append(table.entrusting(giver, command))
        try:
            events = decider.decide(command, held[giver], by(giver, *facts))
        except Refused:
            continue
        for event in events:
            held[giver] = decider.evolve(held[giver], event)
            table = roster.evolve(table, str(giver), event)
        for given_away in on_each_day(held):
            givers_then = [giver for giver, _ in given_away]
            assert len(givers_then) == len(set(givers_then))
            assert not {giver for giver, _ in given_away} & {to for _, to in given_away}


def on_each_day(held: dict[OrgId, Voices]) -> Iterator[list[tuple[OrgId, OrgId]]]:
    """Yield who votes for whom, for each body and day."""
    for body in (PLENARY, GROUP):
        for day in (TODAY + timedelta(days=n) for n in range(6)):
            yield [
                (giver, proxy.to)
                for giver, voices in held.items()
                for proxy in voices.proxies.values()
                if proxy.body == body and not proxy.revoked and proxy.begins <= day <= proxy.until
            ]
