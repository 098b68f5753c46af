from hypothesis import strategies as st

from services.members.domain.issue import (
    Issue,
    IssueCommand,
    IssueEvent,
    IssueRaised,
    IssueScoped,
    RaiseIssue,
    ScopeIssue,
    decider,
)
from shared.event import Context, Sealed
from tests.given import Given
from tests.laws import obey, over
from tests.members.table import NAME, UNION, WHY, by

raise_it = RaiseIssue(name=NAME, summary=WHY)
raised = IssueRaised(name=Sealed(NAME), summary=Sealed(WHY))
out = IssueScoped(scope="out", reason=Sealed(WHY))
back = IssueScoped(scope="in", reason=Sealed(WHY))


def given(*history: IssueEvent) -> Given[IssueCommand, Issue, IssueEvent]:
    return Given(decider, history)


def test_an_issue_is_raised_once() -> None:
    given().when(raise_it, by(UNION)).then(raised)
    given(raised).when(raise_it, by(UNION)).then_nothing()
    given(raised, out).when(raise_it, by(UNION)).then_nothing()


def test_an_issue_is_left_out_and_taken_up_again() -> None:
    given(raised).when(ScopeIssue(scope="out", reason=WHY), by(UNION)).then(out)
    given(raised, out).when(ScopeIssue(scope="in", reason=WHY), by(UNION)).then(back)


def test_i4_scoping_again_changes_nothing() -> None:
    given(raised).when(ScopeIssue(scope="in", reason=WHY), by(UNION)).then_nothing()
    given(raised, out).when(ScopeIssue(scope="out", reason=WHY), by(UNION)).then_nothing()


def test_what_nobody_raised_has_no_scope() -> None:
    given().when(ScopeIssue(scope="out", reason=WHY), by(UNION)).then_refused("unknown_issue")


commands = st.just(raise_it) | st.builds(
    ScopeIssue, scope=st.sampled_from(["in", "out"]), reason=st.just(WHY)
)


@over(st.lists(st.tuples(commands, st.just(by(UNION)))))
def test_laws(requests: list[tuple[IssueCommand, Context]]) -> None:
    obey(decider, requests)
