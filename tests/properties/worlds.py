"""What may be asked of each service: any command on a few streams, and a plot that leads far."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch
from uuid import UUID

from hypothesis import strategies as st

from services.credit.__main__ import service as credit
from services.credit.domain import (
    answer,
    attribution,
    claim,
    contribution,
    dispute,
    evaluation,
    metric,
    shares,
    win,
)
from services.credit.domain import credit as thanks
from services.credit.domain.fact import Fact
from services.credit.domain.ids import ContributionId, CreditId, DecisionId
from services.credit.domain.ids import OrgId as Thanked
from services.credit.domain.roles import Degree, Role
from services.credit.domain.roll import Roll as CreditRoll
from services.credit.views import facts as credit_facts
from services.meetings.__main__ import service as meetings
from services.meetings.domain import (
    campaign,
    demand,
    flag,
    frontline,
    meeting,
    next_step,
    objection,
    policy,
    proposal,
    report,
    rule,
    voting,
    workstream,
)
from services.meetings.domain.ids import (
    BodyId,
    CampaignId,
    IssueId,
    ObjectionId,
    ObjectiveId,
    OrgId,
    RuleId,
    TermId,
)
from services.meetings.domain.mandate import Line, Lines, Range
from services.meetings.views import facts as meetings_facts
from services.meetings.views import lines as meetings_lines
from services.meetings.views import roll as meetings_roll
from services.members.__main__ import service as members
from services.members.api.routing import with_facts
from services.members.domain import accreditation, coalition, founding, issue, membership, person
from services.members.domain.ids import AccId, PersonId
from services.members.domain.ids import BodyId as MemberBody
from services.members.domain.ids import OrgId as MemberOrg
from shared.ask import Step
from shared.event import Command, Text
from shared.hot import AnyDecider, Snapshot
from shared.identity import Mandate, Mandates
from shared.service import Service
from tests.properties.shapes import instances
from tests.properties.store import START

ORGS = tuple(UUID(int=n) for n in (1, 2, 3))
ONE, TWO, THREE = ORGS
WORDS = Text(lang="en", text="As was said at the table.")
Asked = tuple[tuple[Step, ...], UUID]
"""Steps, and the organisation on whose behalf they are asked."""
Scene = tuple[AnyDecider, UUID, Command, UUID]


@dataclass(frozen=True)
class World:
    """A service under test.

    Args:
        plot: Commands that lead somewhere, in order; others come between them.
        begins: Steps that the history of a coalition begins with.
        known: What it heard from others: module, name of a snapshot there, and its value.
    """

    service: Service
    plot: tuple[Scene, ...]
    begins: Callable[[UUID], tuple[Step, ...]] = lambda _: ()
    known: tuple[tuple[Any, str, Any], ...] = ()

    def any_command(self) -> st.SearchStrategy[Asked]:
        """Return any command on any of a few streams, mostly not to be accepted."""
        importable = [one for one in self.service.imports.values() if one.steps is None]
        return st.sampled_from(importable).flatmap(
            lambda one: st.builds(
                lambda key, command, by: ((Step(one.decider, key, command, one.facts),), by),
                st.sampled_from([ONE, TWO]),
                instances(one.command),
                st.sampled_from(ORGS),
            )
        )

    def on_the_way(self, number: int) -> Asked:
        """Return a command of the plot."""
        decider, key, command, by = self.plot[number % len(self.plot)]
        facts = self.service.imports[type(command).__name__].facts
        return (Step(decider, key, command, facts),), by

    @contextmanager
    def at_the_table(self) -> Iterator[None]:
        """Let the service know who is at the table, as if it had heard."""
        with ExitStack() as stack:
            for module, name, value in self.known:
                stack.enter_context(patch.object(module, name, _told(name, value)))
            yield


def _told(name: str, value: Any) -> Snapshot[Any]:
    async def load(_db: Any, _coalition: UUID) -> Any:
        return value

    return Snapshot(name, load)


def _mandates(bodies: Sequence[UUID]) -> dict[UUID, Mandate]:
    found = {}
    for body in bodies:
        for org in ORGS:
            key = UUID(int=1_000 * body.int + org.int)
            found[key] = Mandate(key, org, org, body, "full", voting=True, begins=START.date())
    return found


FOUNDER = coalition.Founder(
    name=WORDS, kind="organization", sector="education", constituencies=(), commitment="homework",
    voting_right=True, ground_rules=0,
)  # fmt: skip


def _form(of: UUID) -> tuple[Step, ...]:
    form = coalition.FormCoalition(
        slug=f"c-{of.hex[-20:]}", template="alliance", name=WORDS, founder=FOUNDER,
        person=person.RegisterPerson(name=WORDS, contact=WORDS, locale="en"),
    )  # fmt: skip
    new = founding.NewIds(of, MemberBody(ONE), MemberOrg(ONE), PersonId(ONE), AccId(UUID(int=9)))
    steps = with_facts(founding.found(form, new), forming=True)
    return tuple(Step(step[0], step[1], step[2], tuple(step[3])) for step in steps)


MEMBERS = World(
    members,
    (
        (membership.decider, TWO, membership.ApplyForMembership(
            name=WORDS, kind="organization", sector="health", why=WORDS), TWO),
        (membership.decider, TWO, membership.AdmitMember(
            name=WORDS, kind="organization", sector="health", constituencies=(),
            commitment="homework", voting_right=True), ONE),
        (issue.decider, ONE, issue.RaiseIssue(name=WORDS, summary=WORDS), ONE),
        (accreditation.decider, TWO, accreditation.AccreditRepresentative(
            accreditation=AccId(UUID(int=8)), body=MemberBody(ONE), person=PersonId(ONE),
            authority="full", voting=True), ONE),
        (membership.decider, TWO, membership.SetCommitment(level="observer"), TWO),
        (membership.decider, TWO, membership.LeaveCoalition(reason_code="goals"), TWO),
    ),
    begins=_form,
)  # fmt: skip

BODY = BodyId(ONE)
ROLL = meetings_roll.Roll(
    informal=True,
    members={
        OrgId(org): meetings_roll.Member(
            suspended=False, commitment="homework", voting_right=True, constituencies=(),
            related=(),
        )
        for org in ORGS
    },
    bodies={
        BodyId(body): meetings_roll.Body("plenary" if body == ONE else "group", None, frozenset())
        for body in ORGS
    },
    issues={IssueId(key): meetings_roll.Issue(scoped_out=False, parked=False) for key in ORGS},
    mandates=_mandates(ORGS),
    roles=(),
)  # fmt: skip
LINES = Lines({TermId(ONE): {OrgId(TWO): Line(Range(0, 10), START.replace(year=2027).date())}})
MEETINGS = World(
    meetings,
    (
        (rule.decider, ONE, rule.AdoptRule(
            body=BODY, rule=rule.Rule(method=rule.Method.MAJORITY)), ONE),
        (proposal.decider, ONE, proposal.DraftProposal(
            body=BODY, issue=IssueId(ONE), title=WORDS, text=WORDS), ONE),
        (proposal.decider, ONE, proposal.PublishProposal(), ONE),
        (proposal.decider, ONE, voting.OpenVoting(
            rule=RuleId(ONE), closes_at=START.replace(year=2027)), ONE),
        (proposal.decider, ONE, objection.RaiseObjection(
            objection=ObjectionId(ONE), grounds=WORDS), TWO),
        (proposal.decider, ONE, voting.TakeStance(option=rule.Option.AGREE), ONE),
        (proposal.decider, ONE, voting.TakeStance(option=rule.Option.AGREE, reason=WORDS), THREE),
        (proposal.decider, ONE, objection.RetractObjection(
            objection=ObjectionId(ONE), reason=WORDS), TWO),
        (proposal.decider, ONE, voting.TakeStance(option=rule.Option.DISAGREE), TWO),
        (proposal.decider, ONE, voting.CloseVoting(), ONE),
        (proposal.decider, ONE, proposal.MakeDecision(accountable=(OrgId(ONE),)), ONE),
        (meeting.decider, ONE, meeting.ScheduleMeeting(
            title=WORDS, body=BODY, starts_at=START.replace(month=4)), ONE),
        (next_step.decider, ONE, next_step.ProposeStep(what=WORDS), ONE),
        (next_step.decider, ONE, next_step.VolunteerForStep(due=START.date()), TWO),
        (campaign.decider, ONE, campaign.LaunchCampaign(name=WORDS), ONE),
        (campaign.decider, ONE, campaign.SetObjective(
            objective=ObjectiveId(ONE), text=WORDS), ONE),
        (workstream.decider, ONE, workstream.StartWorkstream(
            campaign=CampaignId(ONE), lead=OrgId(TWO), name=WORDS), ONE),
        (workstream.decider, ONE, workstream.ReportProgress(percent=40, text=WORDS), TWO),
        (demand.decider, ONE, demand.PresentDemand(
            office=WORDS, text=WORDS, due=START.date()), TWO),
        (report.decider, ONE, report.IssueReport(
            report="R7", organisation=OrgId(TWO), audience="members", boundary_version=0,
            as_of=report.AsOf(members=0, meetings=0, credit=0), format_version=1,
            content="A" * 43), TWO),
        (flag.decider, ONE, flag.AnswerFlag(
            indicator="late_dissent", window_end=START.date(), answer="dismissed",
            reason=WORDS), ONE),
        (frontline.decider, ONE, frontline.CheckMandate(terms={TermId(ONE): 7}), ONE),
        (frontline.decider, ONE, frontline.CheckMandate(terms={TermId(ONE): 70}), ONE),
        (frontline.decider, ONE, frontline.ConsentToFrontLine(), TWO),
        (frontline.decider, ONE, frontline.DecideFrontLine(text=WORDS), ONE),
        (frontline.decider, ONE, frontline.ReviewFrontLine(
            result="endorsed", text=WORDS), THREE),
        (policy.decider, ONE, policy.DraftPolicy(title=WORDS, text=WORDS), ONE),
        (policy.decider, ONE, policy.AgreePolicy(relation="none", units=(policy.AskedUnit(
            unit=policy.UnitId(ONE), owner=OrgId(TWO), name=WORDS),)), ONE),
        (policy.decider, ONE, policy.AdoptPolicy(unit=policy.UnitId(ONE), reason=WORDS), TWO),
        (policy.decider, ONE, policy.ReportAdaptation(
            unit=policy.UnitId(ONE), change=WORDS), TWO),
    ),
    known=(
        (meetings_facts, "ROLL", ROLL),
        (meetings_roll, "ROLL", ROLL),
        (meetings_lines, "ROLL", ROLL),
        (meetings_lines, "LINES", LINES),
    ),
)  # fmt: skip

DECIDED = DecisionId(UUID(int=31))
AT_THE_TABLE = credit_facts.Membership(
    CreditRoll(frozenset(map(Thanked, ORGS))), Mandates(_mandates([ONE]), informal=True), ()
)
MATTERS = credit_facts.Matters(
    win.References(frozenset({DECIDED}), frozenset(), frozenset()), {DECIDED: "meetings/7"}, {}
)
LED = (Fact(kind="contribution", id=ONE, role=Role.DRAFTING),)
CREDIT = World(
    credit,
    (
        (contribution.decider, ONE, contribution.RecordContribution(
            of=Thanked(ONE), role=Role.DRAFTING, degree=Degree.LEAD, what=WORDS), ONE),
        (contribution.decider, ONE, contribution.ConfirmContribution(), TWO),
        (win.decider, ONE, win.DeclareWin(title=WORDS, size="major", decisions=(DECIDED,)), TWO),
        (win.decider, ONE, thanks.AssignCredit(
            credit=CreditId(ONE), to=Thanked(ONE), role=Role.DRAFTING, degree=Degree.LEAD,
            basis="evidence", contributions=(ContributionId(ONE),)), TWO),
        (win.decider, ONE, thanks.AcceptCredit(credit=CreditId(ONE)), ONE),
        (win.decider, ONE, win.CelebrateWin(on=START.date(), orgs=(Thanked(ONE),)), ONE),
        (claim.decider, ONE, claim.ClaimCredit(audience="funders", text=WORDS, facts=LED), ONE),
        (attribution.decider, ONE, attribution.DraftAttribution(
            audience="public", text=WORDS, facts=LED), TWO),
        (attribution.decider, ONE, attribution.ApproveAttribution(version=1), ONE),
        (dispute.decider, ONE, dispute.DisputeCredit(
            about="credit/1", grounds=WORDS, requested=WORDS, due=START.date().replace(year=2100)),
            TWO),
        (dispute.decider, ONE, dispute.ResolveDispute(result="retracted", wording=WORDS), TWO),
        (attribution.decider, ONE, attribution.ReleaseAttribution(version=1), TWO),
        (shares.decider, ONE, shares.PlanShares(
            pot=WORDS, shares=(shares.Share(org=Thanked(ONE), basis_points=10_000),)), ONE),
        (metric.decider, ONE, metric.DefineMetric(
            name=WORDS, unit="meals", kind="counter", source=WORDS), ONE),
        (metric.decider, ONE, metric.RecordMetric(value=7, on=START.date()), TWO),
        (evaluation.decider, ONE, answer.AnswerEvaluation(
            done=WORDS, met_as_intended=WORDS, changed=WORDS), ONE),
        (evaluation.decider, ONE, answer.ArticulateBenefit(
            benefit=WORDS, relationships=WORDS), TWO),
        (evaluation.decider, ONE, answer.HoldRetrospective(
            on=START.date(), orgs=(Thanked(ONE),)), ONE),
    ),
    known=(
        (credit_facts, "MEMBERSHIP", AT_THE_TABLE),
        (credit_facts, "MATTERS", MATTERS),
        (credit_facts, "CONSENTS", {}),
    ),
)  # fmt: skip

WORLDS = (MEMBERS, MEETINGS, CREDIT)
