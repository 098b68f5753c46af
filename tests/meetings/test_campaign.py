from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import strategies as st

from services.meetings.domain.campaign import (
    ActionHeld,
    Campaign,
    CampaignCommand,
    CampaignEvent,
    CampaignLaunched,
    HoldAction,
    Known,
    LaunchCampaign,
    Launched,
    ObjectiveSet,
    RecordTarget,
    SetObjective,
    TargetId,
    TargetStanceRecorded,
    decider,
)
from services.meetings.domain.electorate import Roll
from services.meetings.domain.ids import ObjectiveId
from shared.decider import Refused
from shared.event import Context, Event, Sealed
from tests.given import Given
from tests.laws import obey, over
from tests.meetings.coalition import (
    BUS,
    CLINIC,
    NEWCOMER,
    NEWS,
    NOON,
    SCHOOL,
    UNION,
    VAN,
    by,
    imported,
)

READING, LUNCH = (ObjectiveId(UUID(int=n)) for n in (61, 62))
MAYOR, MINISTER = (TargetId(UUID(int=n)) for n in (63, 64))
TODAY = NOON.date()
TOMORROW = TODAY + timedelta(days=1)
ROOTS = ("meetings/3", "credit/12")
HAPPENED = Known(frozenset(ROOTS))
ROLL = Roll(frozenset({CLINIC, SCHOOL, UNION}))

launch = LaunchCampaign(name=VAN, from_=ROOTS)
launched = CampaignLaunched(by=CLINIC, name=Sealed(VAN), from_=ROOTS)
aim = SetObjective(objective=READING, text=BUS, due=TOMORROW)
aimed = ObjectiveSet(objective=READING, text=Sealed(BUS), due=TOMORROW)
act = HoldAction(kind="delegation", on=TODAY, orgs=(UNION, CLINIC, UNION), participants=40)
acted = ActionHeld(by=UNION, kind="delegation", on=TODAY, orgs=(CLINIC, UNION), participants=40)
move = RecordTarget(target=MAYOR, name=NEWS, from_="oppose", to="undecided")
moved = TargetStanceRecorded(
    by=UNION, target=MAYOR, name=Sealed(NEWS), from_="oppose", to="undecided"
)


def given(*history: CampaignEvent) -> Given[CampaignCommand, Campaign, CampaignEvent]:
    return Given(decider, history)


def test_f101_a_campaign_is_launched_and_says_what_it_grew_from() -> None:
    given().when(launch, by(CLINIC, facts=(HAPPENED,))).then(launched)
    nothing = by(CLINIC, facts=(Known(frozenset({"meetings/3"})),))
    given().when(launch, nothing).then_refused("unknown_event")
    given(launched).when(launch, by(CLINIC)).then_nothing()
    given(launched).when(launch, by(UNION)).then_refused("already_launched")
    fresh = LaunchCampaign(name=VAN)
    given().when(fresh, by(CLINIC)).then(CampaignLaunched(by=CLINIC, name=Sealed(VAN)))
    given(launched).when(fresh, by(CLINIC)).then_refused("already_launched")
    twice = LaunchCampaign(name=VAN, from_=(*ROOTS, *ROOTS))
    given().when(twice, by(CLINIC, facts=(HAPPENED,))).then(launched)


@pytest.mark.parametrize("command", [aim, act, move])
def test_what_was_not_launched_has_nothing_in_it(command: CampaignCommand) -> None:
    given().when(command, by(CLINIC)).then_refused("unknown_campaign")


def test_an_objective_is_set_and_revised_with_another_day() -> None:
    given(launched).when(aim, by(CLINIC)).then(aimed)
    given(launched, aimed).when(aim, by(CLINIC)).then_nothing()
    whenever = SetObjective(objective=READING, text=BUS)
    given(launched, aimed).when(whenever, by(CLINIC)).then(
        ObjectiveSet(objective=READING, text=Sealed(BUS))
    )
    given(launched).when(whenever, by(CLINIC)).then(
        ObjectiveSet(objective=READING, text=Sealed(BUS))
    )


def test_f19_an_action_lists_its_organisations_and_how_many_people_came() -> None:
    joined = by(UNION, facts=(ROLL,))
    given(launched).when(act, joined).then(acted)
    given(launched, acted).when(act, joined).then_nothing()
    more = act.model_copy(update={"participants": 41})
    given(launched, acted).when(more, joined).then(acted.model_copy(update={"participants": 41}))
    strange = act.model_copy(update={"orgs": (UNION, NEWCOMER)})
    given(launched).when(strange, joined).then_refused("unknown_organisation")
    given(launched).when(strange, imported(UNION, facts=(ROLL,))).then(
        acted.model_copy(update={"orgs": (UNION, NEWCOMER)})
    )
    given(launched).when(act.model_copy(update={"on": TOMORROW}), joined).then_refused("not_yet")


def test_what_a_target_thinks_is_recorded_with_what_was_known_before() -> None:
    given(launched).when(move, by(UNION)).then(moved)
    given(launched, moved).when(move, by(SCHOOL)).then_nothing()
    now = RecordTarget(target=MAYOR, to="support")
    won = TargetStanceRecorded(by=SCHOOL, target=MAYOR, from_="undecided", to="support")
    given(launched, moved).when(now, by(SCHOOL)).then(won)
    said = RecordTarget(target=MAYOR, from_="undecided", to="support")
    given(launched, moved).when(said, by(SCHOOL)).then(won)
    late = RecordTarget(target=MAYOR, from_="oppose", to="support")
    given(launched, moved).when(late, by(SCHOOL)).then_refused("moved_meanwhile")
    given(launched).when(now, by(UNION)).then_refused("unnamed_target")


def test_i2_somebody_answers_for_what_is_said_of_a_campaign() -> None:
    nobody = by(None, facts=(HAPPENED, ROLL))
    given().when(launch, nobody).then_refused("no_organisation")
    for command in (act, move):
        given(launched).when(command, nobody).then_refused("no_organisation")


LEANINGS = ["support", "undecided", "oppose"]
commands: st.SearchStrategy[CampaignCommand] = st.one_of(
    st.just(launch),
    st.builds(
        SetObjective,
        objective=st.sampled_from([READING, LUNCH]),
        text=st.just(BUS),
        due=st.sampled_from([None, TODAY, TOMORROW]),
    ),
    st.builds(
        HoldAction,
        kind=st.sampled_from(["rally", "delegation"]),
        on=st.just(TODAY),
        orgs=st.lists(st.sampled_from([CLINIC, SCHOOL]), min_size=1).map(tuple),
        participants=st.integers(0, 2),
    ),
    st.builds(
        RecordTarget,
        target=st.sampled_from([MAYOR, MINISTER]),
        name=st.sampled_from([None, NEWS]),
        from_=st.sampled_from([None, *LEANINGS]),
        to=st.sampled_from(LEANINGS),
    ),
)
contexts = st.builds(
    lambda org: by(org, facts=(HAPPENED, ROLL)), st.sampled_from([CLINIC, SCHOOL, UNION])
)


@over(st.lists(st.tuples(commands, contexts), min_size=2))
def test_laws(requests: list[tuple[CampaignCommand, Context]]) -> None:
    obey(decider, requests)


@over(st.lists(st.tuples(commands, contexts), min_size=5, max_size=30))
def test_i2_each_change_of_a_target_begins_where_the_last_one_ended(
    requests: list[tuple[CampaignCommand, Context]],
) -> None:
    campaign: Campaign = Launched(CLINIC, ROOTS)
    told: list[Event] = []
    for command, context in requests:
        try:
            events = decider.decide(command, campaign, context)
        except Refused:
            continue
        for event in events:
            campaign = decider.evolve(campaign, event)
            told.append(event)
    for target in (MAYOR, MINISTER):
        moves = [
            one for one in told if isinstance(one, TargetStanceRecorded) and one.target == target
        ]
        assert all(one.by for one in moves)
        assert [one.from_ for one in moves[1:]] == [one.to for one in moves[:-1]]
        assert all(one.from_ != one.to for one in moves[1:])
    days = {one.objective: one.due for one in told if isinstance(one, ObjectiveSet)}
    assert campaign is not None
    assert dict(campaign.objectives) == days
