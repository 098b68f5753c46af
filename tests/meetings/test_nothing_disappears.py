"""I1: whatever is done, what was said stays: in the history, in the state, and where it is shown.

Any accepted commands in any order, with words redacted and members erased between them.
"""

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from services.meetings.domain import meeting, proposal
from services.meetings.domain.agenda import AgendaItemProposed
from services.meetings.domain.attendance import (
    AttendanceRecorded,
    DepartureRecorded,
    RecordDeparture,
)
from services.meetings.domain.floor import SpeechEnded, SpeechStarted
from services.meetings.domain.minutes import (
    CorrectMinutes,
    DecisionRefs,
    DraftMinutes,
    MeetingSteps,
    MinutesApproved,
    MinutesCorrected,
    MinutesDrafted,
)
from services.meetings.domain.objection import (
    Disposed,
    FormalObjectionRegistered,
    FormalObjectionResolved,
    ObjectionAccommodated,
    ObjectionOutweighed,
    ObjectionRaised,
    ObjectionRetracted,
    ObjectionSetAside,
)
from services.meetings.domain.proposal import (
    DecisionMade,
    DecisionReopened,
    ProposalAmended,
    ProposalEvent,
)
from services.meetings.domain.signing import MemberStoodAside, MinorityStatementFiled
from services.meetings.domain.voting import (
    StanceChanged,
    StanceTaken,
    StanceWithdrawn,
    TakeStance,
    VotingOpened,
)
from services.meetings.views import decided, floors, queries
from services.meetings.views.minutes import Course, markdown
from services.meetings.views.rows import MeetingDetail, Named, Names
from services.meetings.views.said import Entry
from services.meetings.views.tables import projection
from services.transparency.domain.moment import Moment
from services.transparency.domain.objections import objections
from shared.database import tenant
from shared.event import Context
from tests.laws import over
from tests.meetings import test_floor, test_meeting, test_proposal, test_signing
from tests.meetings.chronicle import Aggregate, Chronicle, rows
from tests.meetings.coalition import (
    ASSEMBLY,
    BUS,
    CLINIC,
    COST,
    NOON,
    PLENARY,
    PROPOSAL,
    UNION,
    VAN,
    YOUTH,
    by,
)
from tests.meetings.hall import Running
from tests.properties.profiles import stateful
from tests.transparency.desk import Desk, running

NOBODY = Names({}, {}, {})
CODES = st.sampled_from(["names_a_person", "a_mistake"])
ORGS = st.sampled_from([CLINIC, UNION, YOUTH])
ANSWERS = {
    ObjectionAccommodated: "accommodated", ObjectionRetracted: "retracted",
    ObjectionSetAside: "set_aside", ObjectionOutweighed: "outweighed",
    FormalObjectionRegistered: "stands",
}  # fmt: skip


# What is said of a proposal


def of_proposal(events: Sequence[ProposalEvent]) -> Any:
    """Return every objection and what became of it, the stances of the round, and who filed."""
    objected: dict[Any, Any] = {}
    stances: dict[Any, Any] | None = None
    filed: set[Any] = set()
    aside: dict[Any, bool] = {}
    for event in events:
        match event:
            case ObjectionRaised():
                objected[event.objection] = event.by, "stands"
            case FormalObjectionResolved():
                became = "overruled" if event.result == "overruled" else "stands"
                objected[event.objection] = objected[event.objection][0], became
            case _ if type(event) in ANSWERS:
                assert isinstance(event, Disposed)
                objected[event.objection] = objected[event.objection][0], ANSWERS[type(event)]
            case VotingOpened():
                stances = {}
            case StanceTaken() if stances is not None:
                stances[event.by] = event.option
            case StanceChanged() if stances is not None:
                stances[event.by] = event.to
            case StanceWithdrawn() if stances is not None:
                del stances[event.by]
            case DecisionMade():
                stances = None
            case ProposalAmended() | DecisionReopened():
                stances = None if isinstance(event, ProposalAmended) else stances
                filed, aside = set(), {}
            case MinorityStatementFiled():
                filed.add(event.by)
            case MemberStoodAside():
                aside[event.by] = event.public
            case _:
                pass
    return objected, stances, filed, aside


def held_of_proposal(state: proposal.Proposal | None) -> Any:
    assert state is not None
    stances = state.voting and {one.by: one.option for one in state.voting.stances.values()}
    objected = {id_: (one.by, one.became) for id_, one in state.objections.items()}
    return objected, stances, {*state.signing.filed}, dict(state.signing.aside)


def shown_of_proposal(told: Chronicle[Any, Any, ProposalEvent]) -> None:
    """Every stance has its row; every objection, answer and statement is on the page."""
    spoken = [row["position"] for row in told.rows("stance")]
    stanced = StanceTaken | StanceChanged | StanceWithdrawn
    assert spoken == [n for n, event in enumerate(told.events, 1) if isinstance(event, stanced)]

    page = objections(
        Moment(row["position"], row["type"], row["at"], row["by_org"], row["data"])
        for row in told.rows("moment")
    )
    raised = {str(one.objection) for one in told.said if isinstance(one, ObjectionRaised)}
    assert {*page} == raised
    answered = Counter(str(event.objection) for event in told.said if isinstance(event, Disposed))
    assert {id_: len(one.answers) for id_, one in page.items() if one.answers} == answered

    made = decided.decisions(entries(told), {}, NOBODY)
    statements = [row.ref for one in made.values() for row in one.statements]
    assert statements == [
        f"meetings/{n}" for n, event in enumerate(told.events, 1)
        if isinstance(event, MinorityStatementFiled)
    ]  # fmt: skip
    decisions = {
        f"meetings/{n}": event for n, event in enumerate(told.events, 1)
        if isinstance(event, DecisionMade)
    }  # fmt: skip
    assert {*made} == {*decisions}
    for ref, event in decisions.items():
        assert {row.objection for row in made[ref].objections} == {*event.objections}
        assert {row.organisation.id for row in made[ref].dissent} == {*event.dissent}
        assert all(row.option is not None for row in made[ref].dissent)


# What happens at a meeting


def of_meeting(events: Sequence[meeting.MeetingEvent]) -> Any:
    """Return everybody who came, every speech and item, and the newest minutes with approvals."""
    came: dict[Any, Any] = {}
    speeches: dict[Any, Any] = {}
    items: set[Any] = set()
    version, approved = 0, set[Any]()
    for event in events:
        match event:
            case AttendanceRecorded():
                came[event.attendance] = event.org, False
            case DepartureRecorded():
                came[event.attendance] = came[event.attendance][0], True
            case SpeechStarted():
                speeches[event.speech] = event.org, False
            case SpeechEnded():
                speeches[event.speech] = speeches[event.speech][0], True
            case AgendaItemProposed():
                items.add(event.item)
            case MinutesDrafted() | MinutesCorrected():
                version, approved = version + 1, set()
            case MinutesApproved():
                approved.add(event.by)
            case _:
                pass
    return came, speeches, items, version, approved


def held_of_meeting(state: meeting.Meeting | None) -> Any:
    assert state is not None
    came = {id_: (one.org, one.left) for id_, one in state.attendance.items()}
    speeches = {id_: (one.org, one.over) for id_, one in state.floor.speeches.items()}
    written = state.minutes
    return (
        came, speeches, {*state.items}, written.version if written else 0,
        {*written.approved} if written else set(),
    )  # fmt: skip


def shown_of_meeting(told: Chronicle[Any, Any, meeting.MeetingEvent]) -> None:
    """Every version of the minutes has its row, and every approval; every speech is counted."""
    drafted = MinutesDrafted, MinutesCorrected
    versions = [row["version"] for row in told.rows("minutes")]
    assert versions == [*range(1, sum(isinstance(one, drafted) for one in told.said) + 1)]
    approvals = [(row["version"], row["org"]) for row in told.rows("approval")]
    assert approvals == [
        (one.version, one.by) for one in told.said if isinstance(one, MinutesApproved)
    ]
    floor = floors.floor(empty_meeting(), entries(told), {}, NOBODY)
    spoken = Counter(one.org for one in told.said if isinstance(one, SpeechStarted))
    assert {row.organisation.id: row.turns for row in floor.heard} == spoken
    assert len(floor.heat) == sum("Heat" in type(one).__name__ for one in told.said)


def empty_meeting() -> MeetingDetail:
    return MeetingDetail(
        meeting=ASSEMBLY, date=NOON.date(), title=None, present=0, state="open", starts_at=NOON,
        ref="meetings/1", body=Named(id=PLENARY), host=None, ends_at=None, place=None,
        imported=False, series=None, short_notice=None, facilitators=[], agenda=[], waiting=[],
        attendance=[], quorum=None, minutes=[], decisions=[], steps=[], version=1, as_of={},
    )  # fmt: skip


def entries(told: Chronicle[Any, Any, Any]) -> list[Entry]:
    """Return what the registers of meetings are folded from."""
    return [
        Entry(row["position"], row["aggregate"], told.of.key, row["type"], row["at"], row["by"],
              row["data"])
        for row in told.rows("said")
    ]  # fmt: skip


def begun_with(facts: tuple[object, ...], *commands: Any) -> list[tuple[Any, Context]]:
    return [(command, by(UNION, facts=facts)) for command in commands]


cited = DecisionRefs({"meetings/7"}, frozenset()), MeetingSteps(frozenset(), frozenset())
AGGREGATES: tuple[Aggregate[Any, Any, Any], ...] = (
    Aggregate(
        proposal.decider, PROPOSAL,
        [
            *begun_with(
                test_proposal.FACTS, test_proposal.draft, proposal.PublishProposal(),
                test_proposal.open_voting, TakeStance(option=test_proposal.AGREE),
            ),
            (TakeStance(option=test_proposal.AGREE), test_proposal.acting(CLINIC)),
        ],
        st.tuples(test_proposal.commands | test_signing.commands, test_proposal.contexts),
        held_of_proposal, of_proposal, shown_of_proposal,
    ),
    Aggregate(
        meeting.decider, ASSEMBLY,
        begun_with(
            test_meeting.FACTS, test_meeting.schedule, test_meeting.propose, test_meeting.appoint,
            meeting.OpenMeeting(), test_meeting.comes(test_meeting.ONE),
            RecordDeparture(attendance=test_meeting.ONE),
            DraftMinutes(text=VAN),
            CorrectMinutes(
                corrects=1, text=BUS, reason=COST
            ),
        ),
        st.tuples(test_meeting.commands | test_floor.commands, test_meeting.contexts),
        held_of_meeting, of_meeting, shown_of_meeting,
    ),
)  # fmt: skip
"""Whose histories are searched; one without the last three is searched for words that are lost."""
SILENT = frozenset({"FieldRedacted"})
"""Shown in place of the words that it redacted, and nowhere by itself."""


class Histories(RuleBasedStateMachine):
    """The histories of one aggregate."""

    of: Aggregate[Any, Any, Any]

    def __init__(self) -> None:
        super().__init__()
        self.told: Chronicle[Any, Any, Any] = Chronicle(self.of, state=self.of.decider.initial)

    @initialize()
    def begin(self) -> None:
        for command, context in self.of.begun:
            self.told.ask(command, context)
        assert self.told.events

    @rule(data=st.data())
    def ask(self, data: st.DataObject) -> None:
        for command, context in data.draw(st.lists(self.of.requests, min_size=4, max_size=20)):
            self.told.ask(command, context)

    @precondition(lambda self: any(self.told.texts()))
    @rule(data=st.data(), org=ORGS, reason=CODES)
    def redact(self, data: st.DataObject, org: Any, reason: str) -> None:
        position, name, _ = data.draw(st.sampled_from(sorted(self.told.texts(), key=_place)))
        self.told.redact(position, name, by(org), reason)

    @rule(org=ORGS)
    def erase(self, org: Any) -> None:
        self.told.erase(org)

    @invariant()
    def the_state_holds_what_was_said(self) -> None:
        if self.told.events:
            assert self.of.held(self.told.state) == self.of.remembered(self.told.said)

    @invariant()
    def the_state_rests_on_nothing_that_went(self) -> None:
        assert self.told.replayed() == self.told.state

    @invariant()
    def every_event_is_shown_with_its_words_or_with_who_redacted_them(self) -> None:
        nothing_is_lost(self.told)

    @invariant()
    def whatever_was_said_is_on_its_page(self) -> None:
        self.of.shown(self.told)


def _place(text: tuple[int, str, Any]) -> tuple[int, str]:
    return text[:2]


def nothing_is_lost(told: Chronicle[Any, Any, Any]) -> None:
    """Fail where an event has no row, or no row of it has the words that were given."""
    kept = {
        seen.position: orjson.dumps([*rows(seen)], default=str).decode() for seen in told.recorded()
    }
    for position, event in enumerate(told.events, start=1):
        kind = type(event).__name__
        assert kind in SILENT or kept[position] != "[]", kind
    for position, name, words in told.texts():
        where = f"{name} of {type(told.events[position - 1]).__name__}"
        if redacted := told.redacted.get((position, name)):
            shown = orjson.dumps(redacted.model_dump(mode="json")).decode()
            assert shown in kept[position], where
        elif told.written[position - 1].envelope.by not in told.erased:
            assert orjson.dumps(words).decode() in kept[position], where


@pytest.mark.parametrize("aggregate", AGGREGATES, ids=lambda one: one.decider.prefix)
def test_i1_whatever_was_said_stays_in_the_state_and_where_it_is_shown(
    aggregate: Aggregate[Any, Any, Any],
) -> None:
    class Of(Histories):
        of = aggregate

    run_state_machine_as_test(Of, settings=stateful(40, 12))


# The same on a real PostgreSQL, with what people are then shown


def drawn(aggregate: Aggregate[Any, Any, Any], times: int) -> list[Chronicle[Any, Any, Any]]:
    """Return some histories, in which words were redacted here and there."""
    found: list[Chronicle[Any, Any, Any]] = []
    redactions = st.lists(st.tuples(st.integers(0, 40), ORGS, CODES), max_size=4)

    @over(st.lists(aggregate.requests, min_size=10, max_size=60), redactions, examples=times)
    def draw(requests: list[Any], redacted: list[Any]) -> None:
        told = Chronicle(aggregate, state=aggregate.decider.initial)
        for command, context in [*aggregate.begun, *requests]:
            told.ask(command, context)
        texts = sorted(told.texts(), key=_place)
        for number, org, reason in redacted:
            position, name, _ = texts[number % len(texts)]
            told.redact(position, name, by(org), reason)
        found.append(told)

    draw()
    return found


@pytest.fixture(scope="module")
async def desk(postgres: str, data: Path) -> AsyncIterator[Desk]:
    async with running(postgres, data) as opened:
        yield opened


async def test_i1_a_page_shows_every_stance_objection_and_statement(desk: Desk) -> None:
    said = StanceTaken | StanceChanged | StanceWithdrawn | ObjectionRaised | MinorityStatementFiled
    for told in drawn(AGGREGATES[0], 12):
        history = desk.history()
        history.form()
        history.seen += [
            seen._replace(coalition=history.coalition) for seen in told.recorded()
        ]  # fmt: skip
        await desk.read(history)
        page = await desk.get(history, f"/decisions/{PROPOSAL}")
        lines = {line["ref"]: line for line in page["timeline"]}
        for position, event in enumerate(told.events, start=1):
            if isinstance(event, said):
                assert f"meetings/{position}" in lines, type(event).__name__
        for position, name, words in told.texts():
            if not isinstance(told.events[position - 1], said) or name == "remove_by":
                continue
            shown = lines[f"meetings/{position}"]["said"]
            if redacted := told.redacted.get((position, name)):
                assert (shown["withheld"], shown["reason"]) == ("redacted", redacted.reason)
                assert str(redacted.by) in str(shown["by"])
            else:
                assert shown == words


async def test_i1_a_meeting_shows_every_version_of_its_minutes(meetings: Running) -> None:
    seen_by = ["members", f"body:{PLENARY}"]
    for number, told in enumerate(drawn(AGGREGATES[1], 12), start=0x1_0000):
        coalition = UUID(int=number)
        async with tenant(meetings.host.pool, [coalition]) as db:
            await projection.apply(
                db, [seen._replace(coalition=coalition) for seen in told.recorded()]
            )
            shown = await queries.meeting(db, coalition, seen_by, ASSEMBLY)
        assert shown is not None
        drafted = [
            position for position, event in enumerate(told.events, start=1)
            if isinstance(event, MinutesDrafted | MinutesCorrected)
        ]  # fmt: skip
        assert [row.ref for row in shown.minutes] == [f"meetings/{n}" for n in drafted]
        words = {(position, name): text for position, name, text in told.texts()}
        for row, position in zip(shown.minutes, drafted, strict=True):
            exported = markdown(shown, row, Course())
            if redacted := told.redacted.get((position, "text")):
                assert row.text is not None
                assert (row.text["reason"], row.text["by"]) == (redacted.reason, str(redacted.by))
                assert f"[redacted: {redacted.reason}]" in exported
            else:
                assert row.text == words[position, "text"]
                assert words[position, "text"]["text"] in exported
        came = [one.attendance for one in told.said if isinstance(one, AttendanceRecorded)]
        assert [row.attendance for row in shown.attendance] == came
