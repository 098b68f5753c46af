from uuid import UUID

import pytest
from hypothesis import strategies as st

from services.meetings.domain.policy import Presides
from services.meetings.domain.report import (
    FOR_ANYBODY,
    NUMBERS,
    AsOf,
    IssueReport,
    Issues,
    Report,
    ReportIssued,
    decider,
)
from shared.decider import Refused
from shared.event import Context
from tests.given import Given
from tests.laws import obey, over
from tests.meetings.coalition import CLINIC, UNION, by

CONTENT, OTHER = "A" * 43, "B" * 43
AS_OF = AsOf(members=40, meetings=61, credit=8)
CHAIR, NO_CHAIR = Presides(presides=True), Presides(presides=False)

issue = IssueReport(
    report="R1", audience="members", as_of=AS_OF, boundary_version=2, format_version=1,
    content=CONTENT, withheld={"audience": 3},
)  # fmt: skip
own = issue.model_copy(update={"report": "R7", "organisation": UNION})
again = issue.model_copy(update={"content": OTHER, "supersedes": "meetings/58"})


def issued(command: IssueReport, org: UUID = UNION) -> ReportIssued:
    said = command.model_dump(by_alias=False)
    return ReportIssued.model_validate(
        said | {"by": org, "audience": said["audience"], "as_of": command.as_of}
    )


def given(*history: ReportIssued) -> Given[IssueReport, Report, ReportIssued]:
    return Given(decider, history)


def facts(presides: Presides = CHAIR, known: Issues | None = None) -> tuple[object, ...]:
    return presides, known or Issues(61)


def test_the_chair_issues_a_report_by_its_digest() -> None:
    given().when(issue, by(UNION, facts=facts())).then(issued(issue))
    given(issued(issue)).when(issue, by(UNION, facts=facts())).then_nothing()
    given(issued(issue)).when(own, by(UNION, facts=facts())).then_refused("already_issued")
    given().when(issue, by(CLINIC, facts=facts(NO_CHAIR))).then_refused("not_chair")
    given().when(issue, by(None, facts=facts())).then_refused("no_organisation")


def test_an_organisation_issues_its_own_credit_statement() -> None:
    given().when(own, by(UNION, facts=facts(NO_CHAIR))).then(issued(own))
    given().when(own, by(CLINIC, facts=facts(NO_CHAIR))).then_refused("not_chair")
    given().when(own, by(CLINIC, facts=facts())).then(issued(own, CLINIC))
    for report, organisation in (("R7", None), ("R1", UNION)):
        wrong = issue.model_copy(update={"report": report, "organisation": organisation})
        given().when(wrong, by(UNION, facts=facts())).then_refused("wrong_organisation")


def test_a_report_for_members_goes_to_nobody_else() -> None:
    for report in NUMBERS:
        about = {"report": report, "organisation": UNION if report == "R7" else None}
        wide = issue.model_copy(update=about | {"audience": "public"})
        asked = given().when(wide, by(UNION, facts=facts()))
        if report in FOR_ANYBODY:
            asked.then(issued(wide).seen_by(within="public"))
        else:
            asked.then_refused("too_wide")


@pytest.mark.parametrize(("audience", "within"), [("public", "public"), ("funders", "members")])
def test_whom_it_is_for_may_see_that_it_was_issued(audience: str, within: str) -> None:
    wide = issue.model_copy(update={"audience": audience})
    [event] = decider.decide(wide, None, by(UNION, facts=facts()))
    assert event.recorded_within(None) == within


def test_nothing_is_reported_that_has_not_happened() -> None:
    given().when(issue, by(UNION, facts=facts(known=Issues(60)))).then_refused("not_reached")
    given().when(issue, by(UNION, facts=facts(known=Issues(61)))).then(issued(issue))


def test_a_report_stands_for_an_earlier_one_about_the_same() -> None:
    before = Issues(61, ("R1", None))
    given().when(again, by(UNION, facts=facts(known=before))).then(issued(again))
    for other in (Issues(61), Issues(61, ("R2", None)), Issues(61, ("R1", UNION))):
        given().when(again, by(UNION, facts=facts(known=other))).then_refused("unknown_report")


commands = st.builds(
    lambda base, change: base.model_copy(update=change),
    st.sampled_from([issue, own, again]),
    st.fixed_dictionaries(
        {},
        optional={
            "content": st.sampled_from([CONTENT, OTHER]),
            "audience": st.sampled_from(["members", "funders", "public"]),
            "report": st.sampled_from(["R1", "R2", "R7"]),
        },
    ),
)
contexts = st.builds(
    lambda org, presides, known: by(org, facts=(presides, known)),
    st.sampled_from([CLINIC, UNION]),
    st.sampled_from([CHAIR, NO_CHAIR]),
    st.sampled_from([Issues(0), Issues(61), Issues(61, ("R1", None))]),
)


@over(st.lists(st.tuples(commands, contexts), min_size=2))
def test_laws(requests: list[tuple[IssueReport, Context]]) -> None:
    obey(decider, requests)


@over(st.tuples(commands, contexts), examples=300)
def test_what_leaves_the_coalition_may_leave_it(request: tuple[IssueReport, Context]) -> None:
    command, context = request
    try:
        [event] = decider.decide(command, None, context)
    except Refused:
        return
    assert event.audience_ == "members" or event.report in FOR_ANYBODY
    assert context.fact(Presides).presides or event.organisation == event.by
    assert (event.recorded_within(None) == "public") is (event.audience_ == "public")
