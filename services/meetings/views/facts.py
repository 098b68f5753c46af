"""What the rules need beside their own stream, each read under the lock of the decision."""

from collections.abc import Collection, Iterable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson
from asyncpg import Record

from services.meetings.domain import (
    agenda,
    attendance,
    ballot,
    campaign,
    communication,
    concern,
    consultation,
    demand,
    disclosure,
    floor,
    frontline,
    implementation,
    invitation,
    meeting,
    message,
    minutes,
    next_step,
    parking,
    policy,
    prework,
    proposal,
    recording,
    report,
    rule,
    sense_check,
    series,
    signing,
    statement,
    voting,
    workstream,
)
from services.meetings.domain import electorate as electorates
from services.meetings.domain import objection as objections
from services.meetings.domain.boundary import (
    Bounds,
)
from services.meetings.domain.ids import (
    BodyId,
    CampaignId,
    Campaigns,
    DecisionId,
    Decisions,
    Itself,
    MeetingId,
    Objectives,
    OrgId,
    ProposalId,
)
from services.meetings.views import lines
from services.meetings.views.box import answers, ballots
from services.meetings.views.folds import (
    ATTENDING,
    DECISIONS,
    FRONTS,
    LISTED,
    OBJECTIVES,
    PARKED,
    RULES,
    SERIES,
    STEPS,
    TABLED,
    in_force,
)
from services.meetings.views.raisers import leading
from services.meetings.views.roll import ROLL, mandates
from shared.ask import Fact, Step
from shared.event import Command, Ref, Sealed, Text
from shared.hot import Reading

FRONT_LINE = rule.Method.FRONT_LINE
REPORT_BACK_HOURS: int = rule.Rule(method=FRONT_LINE).report_back_hours
InCampaign = workstream.StartWorkstream | demand.PresentDemand


async def governance(
    read: Reading, state: rule.State, command: rule.RuleCommand
) -> rule.Governance:
    """Return whether the coalition is formal, the body's rules, and the decision cited (D23)."""
    roll, rules = await read.snapshot(ROLL), await read.fold(RULES)
    body = state.body if state else getattr(command, "body", None)
    cited = await _cited(read, [command.decision] if command.decision else [])
    return rule.Governance(
        formal=not roll.informal,
        in_force=frozenset(in_force(rules, body)) if body else frozenset(),
        cited=next((rule.Cited(one["outcome"], UUID(one["rule"])) for one in cited.values()), None),  # type: ignore[arg-type]  # a RuleId is a UUID
    )


async def _cited(read: Reading, refs: Iterable[Ref]) -> dict[Ref, Mapping[str, Any]]:
    """Return what the decisions among the events of these references say."""
    own = [int(ref.partition("/")[2]) for ref in refs if ref.startswith("meetings/")]
    if not own:
        return {}
    rows = await read.db.fetch(
        "select position, bytes from journal.event"
        " where coalition_id = $1 and position = any($2) and type = 'DecisionMade'",
        *(read.coalition, own),
    )
    return {f"meetings/{row['position']}": orjson.loads(row["bytes"])["data"] for row in rows}


async def rule_in_force(
    read: Reading, _state: proposal.Proposal | None, command: voting.OpenVoting
) -> voting.RuleInForce:
    """Return the rule that a voting names."""
    return voting.RuleInForce(await read.stream(rule.decider, command.rule))


async def electorate(
    read: Reading, state: proposal.Proposal | None, _command: Any
) -> electorates.Electorate:
    """Return who may decide in the body, as heard so far."""
    roll = await read.snapshot(ROLL)
    classes = roll.classes(state.body, read.context.at.date()) if state else ()
    return electorates.Electorate(classes, read.heard("members"))


async def constituencies(read: Reading, _state: Any, _command: Any) -> consultation.Constituencies:
    """Return the constituencies that were identified, as heard so far."""
    return consultation.Constituencies((await read.snapshot(ROLL)).constituencies)


async def remit(read: Reading, state: proposal.Proposal | None, _command: Any) -> voting.Remit:
    """Return whether the body may decide on the issue, and what speaks against it (D2, D3, M9)."""
    roll = await read.snapshot(ROLL)
    body, issue = (
        (roll.bodies.get(state.body), roll.issues.get(state.issue)) if state else (None, None)
    )
    covers = body is not None and (body.scope is None or (state and state.issue in body.scope))
    return voting.Remit(
        covers=bool(covers) and issue is not None,
        scoped_out=issue is not None and issue.scoped_out,
        parked=issue is not None and issue.parked,
        structured=state is not None and roll.decides(state.body),
    )


async def lead(read: Reading, state: proposal.Proposal | None, _command: Any) -> voting.Lead:
    """Return who leads on the issue, as heard so far."""
    issue = (await read.snapshot(ROLL)).issues.get(state.issue) if state else None
    return voting.Lead(issue.lead if issue else None)


async def speaker(read: Reading, state: proposal.Proposal | None, command: Any) -> voting.Speaker:
    """Return whether the person may vote for the organisation in the body, now (D7), and for whom
    else by the proxy that the command names.
    """
    position, context = read.heard("members"), read.context
    if context.imported or context.actor is None or state is None:
        return voting.Speaker(voting=False, members_position=position)
    known = await mandates(read)
    votes = any(
        each.voting and each.body == state.body and each.by == context.by
        for each in known.by_person.get(context.actor, ())
        if each.speaks(context.at.date())
    )
    named = getattr(command, "proxy", None)
    proxy = (await read.snapshot(ROLL)).proxies.get(named) if named else None
    held = proxy and proxy.covers(context.by, state.body, context.at.date())
    return voting.Speaker(votes, position, proxy.giver if proxy and held else None)


async def moderator(
    read: Reading, state: proposal.Proposal | None, _command: Any
) -> sense_check.Moderator:
    """Return whether the caller chairs the body, or facilitates a meeting about the proposal."""
    known = await mandates(read)
    mandate = known.held.get(read.context.accreditation or UUID(int=0))
    if state is None or mandate is None:
        return sense_check.Moderator(may=False)
    if known.chairs(mandate, state.body):
        return sense_check.Moderator(may=True)
    on_agenda = (await read.fold(TABLED)).get(ProposalId(UUID(str(read.key))), frozenset())
    held = [await read.stream(meeting.decider, each) for each in on_agenda]
    may = any(each and mandate.accreditation in each.facilitators for each in held)
    return sense_check.Moderator(may=may)


async def reasons(read: Reading, state: proposal.Proposal | None, _command: Any) -> ballot.Reasons:
    """Return the newest reason of each organisation in a voting that is sealed until it closes.

    Those of an organisation that is one person go with that person.
    """
    found: dict[OrgId, Sealed[Text]] = {}
    if state is None or state.voting is None or not ballot.sealed(state.voting.terms):
        return ballot.Reasons(found)
    mandates_ = (await read.snapshot(ROLL)).mandates.values()
    alone = {each.by: each.person for each in mandates_ if each.alone}
    for event in await read.events(proposal.decider, read.key, *SPOKEN):
        match event:
            case voting.VotingOpened():
                found.clear()
            case voting.StanceTaken(by=by, reason=reason):
                found[by] = Sealed(reason.value, alone.get(by))
            case voting.StanceChanged(by=by, because=reason):
                found[by] = Sealed(reason.value, alone.get(by))
    return ballot.Reasons(found)


SPOKEN = voting.VotingOpened, voting.StanceTaken, voting.StanceChanged
NOWHERE = voting.Sitting()


async def sitting(read: Reading, state: proposal.Proposal | None, command: Any) -> voting.Sitting:
    """Return the meeting that a voting or decision is linked to."""
    linked: MeetingId | None = None
    if "meeting" in type(command).model_fields:
        linked = command.meeting
    if linked is None and state is not None and state.voting is not None:
        linked = state.voting.meeting
    held = await read.stream(meeting.decider, linked) if linked else None
    if linked and held is None:
        return voting.Sitting(exists=False)
    facilitating = held.facilitating if held else frozenset()
    tabled = await read.fold(TABLED)
    for each in tabled.get(ProposalId(UUID(str(read.key))), ()):
        there = await read.stream(meeting.decider, each)
        facilitating |= there.facilitating if there else frozenset()
    if held is None and not facilitating:
        return NOWHERE
    return voting.Sitting(present=held.present if held else frozenset(), facilitating=facilitating)


async def roll(read: Reading, _state: Any, _command: Any) -> electorates.Roll:
    """Return the organisations that joined and have not left."""
    return electorates.Roll((await read.snapshot(ROLL)).joined)


async def itself(read: Reading, _state: Any, _command: Any) -> Itself:
    """Return the id of the stream that the command is for."""
    return Itself(read.key)


async def decisions(read: Reading, _state: Any, _command: Any) -> Decisions:
    """Return the decisions made so far."""
    return Decisions((await read.fold(DECISIONS)).decisions)


async def decided(read: Reading, _state: Any, command: next_step.ProposeStep) -> Decisions:
    """Return the decision that a step names, if there is one, at the front line or elsewhere."""
    named = command.decision
    made, fronts = await read.fold(DECISIONS), await read.fold(FRONTS)
    exists = named is not None and (named in made.decisions or named in fronts.decisions)
    return Decisions(frozenset({named} if named and exists else ()))


async def ground(read: Reading, _state: Any, _command: Any) -> frontline.Ground:
    """Return what the members accept today, as heard so far (D21)."""
    return frontline.Ground(await lines.mandate(read), read.heard("members"))


async def checks(
    read: Reading, _state: frontline.FrontLine, _command: frontline.CheckMandate
) -> frontline.Checks:
    """Return how often the acting organisation checked of late."""
    by = read.context.by
    made = (await read.fold(FRONTS)).checks.get(OrgId(by), ()) if by else ()
    since = read.context.at - frontline.WITHIN
    return frontline.Checks(sum(at > since for at in made))


async def owed(read: Reading, _state: Any, command: next_step.ReportBack) -> next_step.Owed:
    """Return the decision at the front line, and by when its organisation reports back (D22).

    The shortest time counts of the plenary's rules for the front line; without one, the usual one.
    """
    line = await read.stream(frontline.decider, command.frontline)
    known, rules = await read.snapshot(ROLL), await read.fold(RULES)
    of_plenary = in_force(rules, known.plenary).values() if known.plenary else ()
    hours = [one.report_back_hours for one in of_plenary if one.method is FRONT_LINE]
    due = read.context.at + timedelta(hours=min(hours, default=REPORT_BACK_HOURS))
    return next_step.Owed(line.decision if line else None, due.date())


async def cause(
    read: Reading, _state: Any, command: proposal.ReopenDecision
) -> implementation.Cause:
    """Return which decision the event named as cause reports an issue with."""
    service, _, position = (command.because or "").partition("/")
    if service != "meetings":
        return implementation.Cause()
    written = await read.db.fetchval(
        "select bytes from journal.event where coalition_id = $1 and position = $2"
        " and type = 'ImplementationIssueReported'",
        *(read.coalition, int(position)),
    )
    if written is None:
        return implementation.Cause()
    return implementation.Cause(DecisionId(UUID(orjson.loads(written)["data"]["decision"])))


async def successor(
    read: Reading, _state: Any, command: implementation.SupersedeDecision
) -> implementation.Successor:
    """Return the decision on the proposal that replaces another, where it was adopted."""
    known = await read.stream(proposal.decider, command.successor)
    if known is None or known.stage != "decided" or known.decision is None:
        return implementation.Successor()
    adopted = known.decision.outcome == "adopted"
    return implementation.Successor(known.decision.id if adopted else None)


async def superseding(read: Reading, of: ProposalId) -> Step | None:
    """Return what the decision on a proposal brings about for the one that it is to replace."""
    known = await read.stream(proposal.decider, of)
    if known is None or known.supersedes is None:
        return None
    older, effect = known.supersedes.decision, known.supersedes.effect
    on = (await read.fold(DECISIONS)).decisions[older]
    command = implementation.SupersedeDecision(decision=older, successor=of, effect=effect)
    facts = NEEDS[implementation.SupersedeDecision]
    return Step(proposal.decider, UUID(on), command, facts, follows=True)


async def formality(read: Reading, _state: Any, _command: Any) -> meeting.Formality:
    """Return whether the coalition works in formal mode."""
    return meeting.Formality(formal=not (await read.snapshot(ROLL)).informal)


async def recurring(
    read: Reading, state: meeting.Meeting | None, command: Any
) -> meeting.Recurring:
    """Return what the meeting's series says, and whether the one before is written down (C5)."""
    named = state.series if state else getattr(command, "series", None)
    if named is None:
        return meeting.Recurring()
    known = await read.stream(series.decider, named)
    before = (await read.fold(SERIES)).before(named, state.starts_at) if state else None
    return meeting.Recurring(
        body=known.body if known else None, written=before is None or before.drafted
    )


async def body_rules(
    read: Reading, state: meeting.Meeting | None, _command: Any
) -> attendance.BodyRules:
    """Return the rules in force in the meeting's body, and who sits in it."""
    if state is None:
        return attendance.BodyRules((), frozenset())
    known, rules = await read.snapshot(ROLL), await read.fold(RULES)
    seated = known.sitting(state.body, read.context.at.date())
    return attendance.BodyRules(
        tuple(in_force(rules, state.body).values()),
        frozenset(org for org in seated if known.members[org].voting_right),
    )


async def same_person(
    read: Reading, _state: Any, command: attendance.RecordAttendance
) -> attendance.SamePerson:
    """Return the attendances recorded here for the person, as far as they are not erased (C7)."""
    people = (await read.fold(ATTENDING)).get(MeetingId(UUID(str(read.key))))
    known = people.items() if people else ()
    return attendance.SamePerson(frozenset(i for i, person in known if person == command.person))


async def seated(read: Reading, state: meeting.Meeting | None, _command: Any) -> invitation.Seated:
    """Return the active members that sit in the meeting's body, and all that have joined."""
    known = await read.snapshot(ROLL)
    orgs = known.sitting(state.body, read.context.at.date()) if state else frozenset()
    return invitation.Seated(orgs, known.joined)


async def own_attendances(
    read: Reading, _state: Any, _command: recording.AnswerRecording
) -> recording.OwnAttendances:
    """Return the attendances recorded here for the acting person (C3)."""
    people = (await read.fold(ATTENDING)).get(MeetingId(UUID(str(read.key))))
    known, actor = people.items() if people else (), read.context.actor
    own = (id_ for id_, person in known if actor is not None and person == actor)
    return recording.OwnAttendances(frozenset(own))


async def returning(
    read: Reading, state: meeting.Meeting | None, _command: agenda.PublishAgenda
) -> parking.Returning:
    """Return what the body's earlier meetings parked until a day that has come."""
    rests, here = await read.fold(PARKED), MeetingId(UUID(str(read.key)))
    return parking.Returning(rests.back(state.body, here) if state else ())


async def newest(read: Reading, _state: Any, _command: agenda.PublishAgenda) -> agenda.Newest:
    """Return who joined last, where the coalition is an alliance."""
    known = await read.snapshot(ROLL)
    return agenda.Newest(known.newest if known.alliance else None)


async def way_back(
    read: Reading, _state: meeting.Meeting | None, command: meeting.InviteBack
) -> meeting.WayBack:
    """Return whether the organisation is only informed, and what it would come in at is there."""
    service, _, position = command.entry.partition("/")
    if service == "meetings":
        there = await read.db.fetchval(
            "select exists (select from journal.event where coalition_id = $1 and position = $2)",
            *(read.coalition, int(position)),
        )
    else:
        there = int(position) <= read.heard(service)
    informed = (await read.snapshot(ROLL)).informed
    return meeting.WayBack(informed=command.org in informed, entry=bool(there))


async def chairs(read: Reading, state: meeting.Meeting | None, _command: Any) -> attendance.Chairs:
    """Return whether the caller chairs the meeting's body."""
    known = await mandates(read)
    mandate = known.held.get(read.context.accreditation or UUID(int=0))
    if state is None or mandate is None or not known.chairs(mandate, state.body):
        return attendance.Chairs(frozenset())
    return attendance.Chairs(frozenset({state.body}))


async def decision_refs(
    read: Reading, _state: Any, command: minutes.DraftMinutes
) -> minutes.DecisionRefs:
    """Return which of the events cited are decisions, and those that the meeting made (C2)."""
    here = MeetingId(UUID(str(read.key)))
    streams = (await read.fold(DECISIONS)).in_meetings.get(here, frozenset())
    rows = []
    if streams:
        rows = await read.db.fetch(
            "select position, bytes from journal.event"
            " where coalition_id = $1 and stream = any($2) and type = 'DecisionMade'",
            *(read.coalition, list(streams)),
        )
    own = [row for row in rows if orjson.loads(row["bytes"])["data"].get("meeting") == str(here)]
    return minutes.DecisionRefs(
        known=frozenset(await _cited(read, command.decisions)),
        here=frozenset(f"meetings/{row['position']}" for row in own),
    )


async def meeting_steps(read: Reading, _state: Any, _command: Any) -> minutes.MeetingSteps:
    """Return the steps of the meeting, and those that nobody has accepted (C1)."""
    hanging = await read.fold(STEPS)
    steps = hanging.of.get(MeetingId(UUID(str(read.key))), frozenset())
    unsettled = {"proposed", "assigned", "declined"}
    return minutes.MeetingSteps(
        steps, frozenset(step for step in steps if hanging.steps[step].stage in unsettled)
    )


async def commitments(read: Reading, _state: Any, _command: Any) -> next_step.Commitments:
    """Return what the organisations committed themselves to (S3)."""
    known = await read.snapshot(ROLL)
    return next_step.Commitments({org: each.commitment for org, each in known.members.items()})


async def meetings(
    read: Reading, _state: Any, command: next_step.ProposeStep
) -> next_step.Meetings:
    """Return the meeting that a step names, if there is one."""
    named = command.meeting
    exists = named is not None and await read.stream(meeting.decider, named) is not None
    return next_step.Meetings(frozenset({named} if named and exists else ()))


async def bearing(read: Reading, _state: Any, command: message.DraftMessage) -> message.Bearing:
    """Return whether the issue that a message is about was raised."""
    return message.Bearing(command.issue in (await read.snapshot(ROLL)).issues)


async def bounds(read: Reading, _state: Any, _command: Any) -> Bounds:
    """Return which classes the boundary agreement sets, as heard so far."""
    roll = await read.snapshot(ROLL)
    return Bounds(roll.agreed, roll.steering or roll.plenary)


async def items(
    read: Reading, state: disclosure.Disclosure, command: disclosure.DisclosureCommand
) -> disclosure.Items:
    """Return whom the events of a disclosure show, and in which class they were recorded."""
    named: tuple[Ref, ...] = state.items if state else ()
    if isinstance(command, disclosure.RequestDisclosure):
        named = command.items
    own = [int(ref.partition("/")[2]) for ref in named if ref.startswith("meetings/")]
    rows = await read.db.fetch(
        "select position, bytes from journal.event"
        " where coalition_id = $1 and position = any($2) and type = any($3)",
        *(read.coalition, own, list(disclosure.DISCLOSABLE)),
    )
    found = {row["position"]: orjson.loads(row["bytes"]) for row in rows}
    if isinstance(command, disclosure.RequestDisclosure):
        known, actor = await mandates(read), read.context.actor
        own_audiences = known.audiences(actor) if actor else frozenset()
        found = {at: event for at, event in found.items() if _seen(event, own_audiences)}
    return disclosure.Items(
        {
            f"meetings/{position}": disclosure.Item(
                frozenset({OrgId(UUID(event["onbehalfof"]))} if "onbehalfof" in event else ()),
                event["visibility"],
                await _kept_in(read, event["subject"]),
            )
            for position, event in found.items()
        }
    )


def _seen(event: Mapping[str, Any], audiences: Collection[str]) -> bool:
    """Say whether somebody may ask for an event: a concern that they may not see is not there.

    The answer would say who raised it, or that it is between persons.
    """
    tokens = event.get("audience", event["visibility"]).split()
    told = any(each in audiences or f"org:{each}" in audiences for each in tokens)
    return told or not event["subject"].startswith(f"{concern.decider.prefix}-")


async def _kept_in(read: Reading, stream: str) -> disclosure.Kept | None:
    """Return why what stands on a stream is for its body alone, if it is."""
    aggregate, _, key = stream.partition("-")
    raised = await read.stream(concern.decider, key) if aggregate == "concern" else None
    if raised is not None and raised.kind == "interpersonal":
        return "interpersonal"
    return "anonymous" if raised is not None and raised.anonymous else None


async def origins(read: Reading, _state: Any, command: campaign.LaunchCampaign) -> campaign.Known:
    """Return those of the events that a campaign names which happened, as far as is known here.

    Nothing is heard from credit: what is said to have happened there is taken as it is.
    """
    named = [ref.partition("/") for ref in command.from_]
    own = [int(position) for service, _, position in named if service == "meetings"]
    rows = []
    if own:
        rows = await read.db.fetch(
            "select position from journal.event where coalition_id = $1 and position = any($2)",
            *(read.coalition, own),
        )
    there = {("meetings", row["position"]) for row in rows}
    return campaign.Known(
        frozenset(
            f"{service}/{position}"
            for service, _, position in named
            if (service, int(position)) in there
            or (service == "members" and int(position) <= read.heard(service))
            or service == "credit"
        )
    )


async def campaigns(read: Reading, _state: Any, command: InCampaign) -> Campaigns:
    """Return the campaign that a command names, if there is one."""
    named: CampaignId | None = command.campaign
    exists = named is not None and await read.stream(campaign.decider, named) is not None
    return Campaigns(frozenset({named} if named and exists else ()))


async def objectives(read: Reading, _state: Any, _command: Any) -> Objectives:
    """Return the objectives set so far, of all campaigns."""
    known = await read.fold(OBJECTIVES)
    return Objectives(known)


async def policy_decision(read: Reading, _state: Any, command: policy.AgreePolicy) -> policy.Cited:
    """Return whether the decision that a policy rests on was adopted."""
    cited = await _cited(read, [command.decision] if command.decision else [])
    return policy.Cited(adopted=any(one["outcome"] == "adopted" for one in cited.values()))


async def presides(read: Reading, _state: Any, _command: Any) -> policy.Presides:
    """Return whether the caller chairs the coalition."""
    known = await mandates(read)
    mandate = known.held.get(read.context.accreditation or UUID(int=0))
    return policy.Presides(mandate is not None and known.chairs(mandate, None))


async def issues(read: Reading, _state: Any, command: report.IssueReport) -> report.Issues:
    """Return how far the journal goes, and which report the new one is to stand for."""
    service, _, position = (command.supersedes or "").partition("/")
    before = await read.recorded(int(position)) if service == "meetings" else None
    if before is None or before.type != "ReportIssued":
        return report.Issues(read.reached)
    about = before.data.get("organisation")
    return report.Issues(
        read.reached, (before.data["report"], OrgId(UUID(about)) if about else None)
    )


async def belonging(
    read: Reading, _state: concern.Concern, command: concern.RaiseConcern
) -> concern.Belonging:
    """Return the bodies of what a concern names; where it names none, the plenary."""
    known = await read.snapshot(ROLL)
    about = await read.stream(proposal.decider, command.about) if command.about else None
    listed = (await read.fold(LISTED)).get(command.item) if command.item else None
    met = await read.stream(meeting.decider, listed) if listed else None
    body = known.plenary if command.body is None else command.body
    return concern.Belonging(
        body=body if body in known.bodies else None,
        proposal=about.body if about else None,
        item=met.body if met else None,
    )


async def facilitator(
    read: Reading, state: concern.Concern, _command: concern.ResolveConcern
) -> concern.Facilitator:
    """Return whether the caller chairs a concern's body, or leads the meeting it came up in."""
    known = await mandates(read)
    mandate = known.held.get(read.context.accreditation or UUID(int=0))
    if state is None or mandate is None or mandate.person is None:
        return concern.Facilitator(may=False)
    if known.chairs(mandate, state.body):
        return concern.Facilitator(may=True)
    facilitators = await leading(read, state.item)
    own = (each for each in known.by_person[mandate.person] if each.by == mandate.by)
    return concern.Facilitator(may=any(each.accreditation in facilitators for each in own))


async def behind(
    read: Reading, _state: message.Message, command: statement.ReleaseStatement
) -> statement.Behind:
    """Return the decision in force that a statement cites, and who may see its message."""
    key = (await read.fold(DECISIONS)).decisions.get(command.decision)
    decided = await read.stream(proposal.decider, key) if key else None
    shown_to = await _shown_to(read)
    if decided is None or decided.decision is None or decided.decision.id != command.decision:
        return statement.Behind(shown_to=shown_to)
    rows = await read.db.fetch(
        "select position, bytes from journal.event"
        " where coalition_id = $1 and stream = $2 and type = 'MinorityStatementFiled'"
        " order by position",
        *(read.coalition, proposal.decider.stream(key or "")),
    )
    filed = [row for row in rows if _data(row)["decision"] == str(command.decision)]
    minority = tuple(f"meetings/{row['position']}" for row in filed)
    return statement.Behind(decided.issue, decided.signing, minority, shown_to)


def _data(row: Record) -> Mapping[str, Any]:
    data: Mapping[str, Any] = orjson.loads(row["bytes"])["data"]
    return data


async def _shown_to(read: Reading) -> frozenset[str]:
    """Return the classes that may see the message: its own, and those it was disclosed to."""
    drafted = await read.db.fetchrow(
        "select position, bytes from journal.event"
        " where coalition_id = $1 and stream = $2 and type = 'MessageDrafted'",
        *(read.coalition, message.decider.stream(read.key)),
    )
    if drafted is None:
        return frozenset()
    asked = await read.db.fetch(
        "select stream, bytes from journal.event"
        " where coalition_id = $1 and type = 'DisclosureRequested' order by position",
        read.coalition,
    )
    shown = {str(orjson.loads(drafted["bytes"])["visibility"])}
    for row in asked:
        if f"meetings/{drafted['position']}" in _data(row)["items"]:
            key = row["stream"].partition("-")[2]
            request = await read.stream(disclosure.decider, key)
            if request is not None and request.granted:
                shown.add(request.to)
    return frozenset(shown)


def appealed_to(state: proposal.Proposal | None, command: Any) -> BodyId | None:
    """Return the body that a formal objection went to: its chair resolves it."""
    if state is None:
        return None
    objection = state.objections.get(command.objection)
    return objection.appeal if objection else None


NEEDS: Mapping[type[Command], tuple[Fact, ...]] = {
    rule.AdoptRule: (governance,),
    rule.RetireRule: (governance,),
    proposal.DraftProposal: (decisions, objectives),
    proposal.AmendProposal: (sitting,),
    consultation.RecordConsultation: (constituencies, roll),
    voting.OpenVoting: (rule_in_force, electorate, remit, sitting, lead),
    voting.TakeStance: (speaker, sitting, itself),
    voting.ChangeStance: (speaker, sitting, itself),
    voting.WithdrawStance: (speaker, sitting),
    voting.CloseVoting: (sitting, ballots, reasons, itself),
    ballot.CastBallot: (speaker, sitting),
    electorates.ExtendElectorate: (electorate,),
    objections.RaiseObjection: (roll,),
    sense_check.OpenSenseCheck: (moderator,),
    sense_check.AnswerSenseCheck: (electorate,),
    sense_check.TakeSenseCheck: (moderator, answers),
    proposal.MakeDecision: (remit, sitting, roll, itself),
    signing.StandAside: (roll,),
    signing.SignOn: (roll,),
    signing.FileMinority: (roll,),
    communication.CommunicateDecision: (roll,),
    communication.AcknowledgeDecision: (roll,),
    implementation.ReportImplementationIssue: (roll, constituencies),
    implementation.SupersedeDecision: (successor,),
    proposal.ReopenDecision: (cause,),
    meeting.ScheduleMeeting: (recurring,),
    agenda.PublishAgenda: (body_rules, returning, newest),
    meeting.InviteBack: (way_back,),
    meeting.OpenMeeting: (formality, recurring),
    meeting.CloseMeeting: (meeting_steps, bounds),
    invitation.Invite: (seated,),
    prework.AssignPreWork: (roll,),
    floor.RequestFloor: (bounds,),
    floor.StartSpeech: (bounds,),
    floor.EndSpeech: (bounds,),
    floor.RaiseHeat: (bounds,),
    floor.LowerHeat: (bounds,),
    parking.ParkDiscussion: (bounds,),
    recording.AnswerRecording: (own_attendances,),
    attendance.RecordAttendance: (body_rules, same_person, chairs),
    attendance.RecordDeparture: (body_rules, chairs),
    minutes.DraftMinutes: (decision_refs, meeting_steps, bounds),
    minutes.CorrectMinutes: (bounds,),
    message.DraftMessage: (bearing, bounds),
    message.ApproveMessage: (bounds,),
    message.ApproveVariant: (bounds,),
    statement.ReleaseStatement: (behind,),
    disclosure.RequestDisclosure: (items,),
    disclosure.ApproveDisclosure: (items,),
    disclosure.RefuseDisclosure: (items,),
    campaign.LaunchCampaign: (origins,),
    campaign.HoldAction: (roll,),
    concern.RaiseConcern: (belonging, bounds),
    concern.ResolveConcern: (facilitator,),
    workstream.StartWorkstream: (campaigns, roll),
    demand.PresentDemand: (campaigns,),
    policy.AgreePolicy: (roll, policy_decision),
    policy.RetirePolicy: (presides,),
    report.IssueReport: (presides, issues),
    frontline.CheckMandate: (ground, checks),
    frontline.DecideFrontLine: (ground, itself),
    next_step.ProposeStep: (meetings, decided),
    next_step.VolunteerForStep: (commitments,),
    next_step.AssignStep: (commitments,),
    next_step.ReassignStep: (commitments,),
    next_step.AcceptStep: (commitments,),
    next_step.ReportBack: (owed, commitments),
}
"""The facts that the rules of each command ask for."""
