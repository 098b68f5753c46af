from dataclasses import replace

from hypothesis import strategies as st

from services.meetings.domain.boundary import Bounds
from services.meetings.domain.concern import (
    AT_ONCE,
    Belonging,
    Concern,
    ConcernCommand,
    ConcernEvent,
    ConcernRaised,
    ConcernResolved,
    Facilitator,
    How,
    Kind,
    RaiseConcern,
    ResolveConcern,
    Unsigned,
    decider,
)
from services.meetings.domain.ids import BodyId, ItemId, OrgId
from shared.decider import Refused
from shared.event import Context, Event, Sealed, Visibility
from tests.given import Given
from tests.laws import obey, over
from tests.meetings.coalition import (
    BUS,
    CLINIC,
    NOON,
    PLENARY,
    PROPOSAL,
    STEERING,
    UNION,
    VAN,
    by,
    imported,
    knowing,
)

ITEM = ItemId(PROPOSAL)
HERE = Belonging(PLENARY, proposal=PLENARY, item=PLENARY)
FACTS = HERE, Bounds(), Unsigned(0), Facilitator(may=True)
raise_ = RaiseConcern(source="community", kind="policy", about=PROPOSAL, text=VAN)
unsigned = raise_.model_copy(update={"anonymous": True})
personal = raise_.model_copy(update={"kind": "interpersonal"})
raised = ConcernRaised(
    by=UNION, source="community", kind="policy", anonymous=False, body=PLENARY, about=PROPOSAL,
    text=Sealed(VAN),
).seen_by(f"body:{PLENARY}", within="body")  # fmt: skip
nameless = raised.model_copy(update={"by": None, "anonymous": True})
resolve = ResolveConcern(how="mediated", text=BUS)
resolved = ConcernResolved(how="mediated", text=Sealed(BUS)).seen_by(
    f"body:{PLENARY}", within="body"
)


def given(*history: ConcernEvent) -> Given[ConcernCommand, Concern, ConcernEvent]:
    return Given(decider, history)


def acts(org: OrgId | None, *facts: object) -> Context:
    return knowing(by(org, facts=FACTS), *facts)


def decided(command: ConcernCommand, context: Context, *history: ConcernEvent) -> ConcernEvent:
    state: Concern = None
    for each in history:
        state = decider.evolve(state, each)
    [event] = decider.decide(command, state, context)
    return event


def told(event: Event) -> tuple[Visibility, tuple[str, ...]]:
    return event.recorded_within(None), event.audience


def test_f72_a_concern_is_raised_in_an_organisations_name_once() -> None:
    given().when(raise_, acts(UNION)).then(raised)
    given(raised).when(raise_, acts(UNION)).then_nothing()
    given(raised, resolved).when(raise_, acts(UNION)).then_nothing()
    given(raised).when(raise_, acts(CLINIC)).then_refused("already_raised")
    given(raised).when(unsigned, acts(UNION)).then_refused("already_raised")
    given().when(raise_, acts(None)).then_refused("no_organisation")


def test_f72_an_anonymous_concern_says_nowhere_who_raised_it() -> None:
    given().when(unsigned, acts(UNION)).then(nameless)
    event = decided(unsigned, acts(UNION))
    assert event.nameless
    assert str(UNION) not in event.model_dump_json()
    assert not decided(raise_, acts(UNION)).nameless
    given(nameless).when(unsigned, acts(CLINIC)).then_nothing()  # nobody knows whether it is theirs


def test_f72_few_anonymous_concerns_of_an_organisation_wait_at_once() -> None:
    full = Unsigned(AT_ONCE)
    given().when(unsigned, acts(UNION, Unsigned(AT_ONCE - 1))).then(nameless)
    given().when(unsigned, acts(UNION, full)).then_refused("too_many_anonymous")
    given().when(raise_, acts(UNION, full)).then(raised)
    given().when(unsigned, imported(UNION, facts=(HERE, full))).then(nameless)
    given().when(unsigned, imported(None, facts=(HERE,))).then(nameless)
    given().when(raise_, imported(None, facts=(HERE,))).then_refused("no_organisation")


def test_a_concern_belongs_to_the_body_of_what_it_is_about() -> None:
    def where(belonging: Belonging, **named: object) -> ConcernEvent:
        command = raise_.model_copy(update={"about": None, **named})
        return decided(command, acts(UNION, belonging))

    cases: list[tuple[Belonging, dict[str, object], BodyId]] = [
        (Belonging(PLENARY), {}, PLENARY),
        (Belonging(STEERING), {"body": STEERING}, STEERING),
        (Belonging(PLENARY, proposal=STEERING), {"about": PROPOSAL}, STEERING),
        (Belonging(PLENARY, item=STEERING), {"item": ITEM}, STEERING),
        (Belonging(STEERING, item=STEERING), {"item": ITEM, "body": STEERING}, STEERING),
    ]
    for belonging, named, body in cases:
        event = where(belonging, **named)
        assert isinstance(event, ConcernRaised)
        assert (event.body, told(event)) == (body, ("body", (f"body:{body}",)))


def test_what_a_concern_names_is_there_and_in_one_body() -> None:
    def refused(belonging: Belonging, reason: str, **named: object) -> None:
        command = raise_.model_copy(update=named)
        given().when(command, acts(UNION, belonging)).then_refused(reason)

    refused(Belonging(PLENARY), "unknown_proposal")
    refused(Belonging(PLENARY, proposal=PLENARY), "unknown_item", item=ITEM)
    refused(Belonging(PLENARY, proposal=PLENARY, item=STEERING), "other_body", item=ITEM)
    refused(Belonging(STEERING, proposal=PLENARY), "other_body", body=STEERING)
    refused(Belonging(None, proposal=PLENARY), "unknown_body", body=STEERING)
    refused(Belonging(None), "unknown_body", about=None)


def test_a_boundary_agreement_tells_concerns_to_all_members() -> None:
    agreed = acts(UNION, Bounds({"concern": "public"}))
    wide = decided(raise_, agreed)
    assert isinstance(wide, ConcernRaised)
    assert (wide.within, told(wide)) == ("members", ("members", ()))
    assert told(decided(resolve, acts(CLINIC), wide)) == ("members", ())  # as it was told
    assert told(decided(resolve, agreed, raised))[0] == "body"
    narrow = decided(raise_, acts(UNION, Bounds({"concern": "dyad"})))
    assert told(narrow) == ("body", (f"body:{PLENARY}",))


def test_f86_c9_interpersonal_concerns_stay_in_the_body_whatever_was_agreed() -> None:
    agreed = acts(UNION, Bounds({"concern": "members"}))
    past = replace(imported(UNION, facts=(HERE,)), visibility="public")
    for context in (agreed, past):
        event = decided(personal, context)
        assert isinstance(event, ConcernRaised)
        after = decided(resolve, context, event)
        for each in (event, after):
            assert each.recorded_within(context.visibility) == "body"
            assert each.audience == (f"body:{PLENARY}",)
    assert decided(raise_, past).recorded_within("public") == "public"


def test_f115_a_concern_is_resolved_once_with_its_outcome() -> None:
    given(raised).when(resolve, acts(CLINIC)).then(resolved)
    given(nameless).when(resolve, acts(CLINIC)).then(resolved)
    given(raised, resolved).when(resolve, acts(CLINIC)).then_nothing()
    other = ResolveConcern(how="explained", text=BUS)
    given(raised, resolved).when(other, acts(CLINIC)).then_refused("already_resolved")
    given().when(resolve, acts(CLINIC)).then_refused("unknown_concern")
    bystander = acts(CLINIC, Facilitator(may=False))
    given(raised).when(resolve, bystander).then_refused("not_the_facilitator")
    given(raised).when(resolve, imported(CLINIC)).then(resolved)


kinds: st.SearchStrategy[Kind] = st.sampled_from(["policy", "implementation", "interpersonal"])
hows: st.SearchStrategy[How] = st.sampled_from(["mediated", "explained"])
classes: st.SearchStrategy[Visibility] = st.sampled_from(["dyad", "body", "members", "public"])
commands: st.SearchStrategy[ConcernCommand] = st.one_of(
    st.builds(
        RaiseConcern, source=st.just("member"), kind=kinds, anonymous=st.booleans(),
        about=st.none() | st.just(PROPOSAL), text=st.just(VAN),
    ),
    st.builds(ResolveConcern, how=hows, text=st.just(BUS)),
)  # fmt: skip
contexts = st.builds(
    lambda org, agreed, waiting, may: knowing(
        by(org, NOON, facts=FACTS),
        Bounds({"concern": agreed}), Unsigned(waiting), Facilitator(may=may),
    ),
    st.sampled_from([CLINIC, UNION]), classes, st.integers(0, AT_ONCE), st.booleans(),
)  # fmt: skip


@over(st.lists(st.tuples(commands, contexts), min_size=2))
def test_laws(requests: list[tuple[ConcernCommand, Context]]) -> None:
    obey(decider, requests)


@over(st.lists(st.tuples(commands, contexts), min_size=1))
def test_c9_no_history_tells_an_interpersonal_concern_beyond_its_body(
    requests: list[tuple[ConcernCommand, Context]],
) -> None:
    state: Concern = None
    for command, context in requests:
        try:
            events = decider.decide(command, state, context)
        except Refused:
            continue
        for event in events:
            state = decider.evolve(state, event)
            assert state is not None
            if state.kind == "interpersonal":
                assert event.recorded_within(None) == "body"
            if state.anonymous:
                assert state.by is None
