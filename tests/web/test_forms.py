"""Forms as they are described, read and drawn."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from services.credit.domain import (
    answer,
    attribution,
    claim,
    contribution,
    credit,
    dispute,
    lesson,
    metric,
    shares,
    win,
)
from services.credit.domain.roles import Degree, Role
from services.meetings.domain import (
    agenda,
    attendance,
    concern,
    disclosure,
    frontline,
    meeting,
    message,
    minutes,
    next_step,
    objection,
    proposal,
    rule,
    voting,
)
from services.members.domain import (
    accreditation,
    body,
    capacity,
    coalition,
    conflict,
    constituency,
    exchange,
    issue,
    membership,
    person,
    relationship,
    threat,
)
from services.web import forms, words
from services.web.acting import Attempt
from services.web.answers import Named
from services.web.forms import Ask, Form, as_code, found
from services.web.pages import (
    charter,
    claims,
    concerns,
    contributions,
    deciding,
    impact,
    issues,
    lessons,
    meetings,
    messages,
    organisation,
    organisations,
    orphans,
    registers,
    steps,
    structure,
    wins,
    you,
)
from services.web.pages import frontline as frontline_page
from services.web.pages import shares as shares_page
from services.web.peers import Recorded
from shared.event import Command
from tests.web import samples
from tests.web.shown import read
from tests.web.shown_table import (
    OBSERVER,
    PAGES,
    T,
    charter_page,
    one,
    register_page,
    shown,
    structure_page,
)

OWN = samples.TEACHERS["id"]
KNOWN = [Named.model_validate(org) for org in samples.ORGANISATIONS]


def attempt(**sent: str) -> Attempt:
    return Attempt({"organisation": OWN, "form": "f", **sent}, "de")


async def sent(
    monkeypatch: pytest.MonkeyPatch, form: Form, tried: Attempt, known: list[Named] = KNOWN
) -> tuple[str, Mapping[str, Any]]:
    """Return the path and the body of the command that a form becomes."""
    commands: list[tuple[str, Mapping[str, Any]]] = []

    async def act(
        _visiting: Any, _form: Attempt, _service: str, path: str, body: Mapping[str, Any],
        *, for_oneself: bool, version: str,
    ) -> Recorded:  # fmt: skip
        assert not for_oneself
        assert version == ("2" if any(ask.kind == "version" for ask in form.asks) else "")
        commands.append((path, body))
        return Recorded("members", 1)

    async def names(_visiting: Any, _coalition: str) -> list[Named]:
        return known

    monkeypatch.setattr(forms, "act", act)
    monkeypatch.setattr(forms, "names", names)
    nobody: Any = None
    await forms.send(nobody, "harbour", tried, form)
    return commands[-1]


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("Health care", "health_care"),
        ("  Größe & Café! ", "große_cafe".replace("ß", "ss")),
        ("press-work 2", "press_work_2"),
        ("数学", ""),
        ("x" * 80, "x" * 63),
    ],
)
def test_words_become_a_code(written: str, code: str) -> None:
    assert as_code(written) == code


async def test_a_form_becomes_a_command_with_what_was_entered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asks = (
        Ask("text", kind="words"), Ask("note", kind="line"), Ask("answers", kind="lines"),
        Ask("sector", kind="code"), Ask("topics", kind="codes"), Ask("voting", kind="yes"),
        Ask("hours", kind="whole"), Ask("version", kind="number"), Ask("defaults.stance"),
        Ask("defaults.step", kind="plain"), Ask("score", kind="rating"),
    )  # fmt: skip
    tried = attempt(
        text="Zeile.\nNoch eine.", answers="eins\n\n zwei ", sector="Health care",
        topics="Meals, buses; meals", hours="1,200", version="3", thing=samples.uid("x"), score="4",
        **{"defaults.step": "public"},
    )  # fmt: skip
    path, body = await sent(monkeypatch, Form("f", "", "", "bodies/{on}/by/{by}", asks), tried)
    assert path == f"coalitions/harbour/bodies/{samples.uid('x')}/by/{OWN}"
    assert body == {
        "text": {"lang": "de", "text": "Zeile.\nNoch eine."},
        "answers": [{"lang": "de", "text": "eins"}, {"lang": "de", "text": "zwei"}],
        "sector": "health_care",
        "topics": ["meals", "buses"],
        "voting": False,
        "hours": 1200,
        "version": 3,
        "defaults": {"step": "public"},
        "score": 4,
    }
    assert tried.wrong == []


async def test_what_is_needed_and_missing_is_said_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asks = (
        Ask("text", missing="Write it."), Ask("hours", kind="whole", missing="Say how many."),
        Ask("kind", kind="choice", missing="Choose.", options=(("a", "A"),)), Ask("note"),
    )  # fmt: skip
    tried = attempt(hours="many", kind="b")
    await sent(monkeypatch, Form("f", "", "", "x", asks), tried)
    assert [(wrong.field, wrong.words) for wrong in tried.wrong] == [
        ("text", "Write it."), ("hours", "Write a whole number, in digits."), ("kind", "Choose."),
    ]  # fmt: skip


async def test_organisations_are_ticked_or_written_by_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ticked = attempt(**{f"parties:{samples.LIBRARY['id']}": "yes", "parties": ""})
    form = Form("f", "", "", "x", (Ask("parties", kind="parties"), Ask("orgs", kind="members")))
    _, body = await sent(monkeypatch, form, ticked)
    assert body == {"parties": [samples.LIBRARY["id"], OWN]}
    typed = attempt(orgs="literacy for all\n Youth Voice Harbour\n")
    _, body = await sent(monkeypatch, form, typed)
    assert body == {"orgs": [samples.LITERACY["id"], samples.YOUTH["id"]]}


async def test_a_name_that_none_or_two_have_is_no_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    twins = [*KNOWN, Named.model_validate({"id": samples.uid("2"), "name": samples.YOUTH["name"]})]
    form = Form("f", "", "", "x", (Ask("lead", kind="member", missing="Choose."),))
    nobody, twice = attempt(lead="Nobody"), attempt(lead="Youth Voice Harbour")
    for tried in (nobody, twice):
        assert "lead" not in (await sent(monkeypatch, form, tried, twins))[1]
    assert nobody.words_for("lead").startswith("No member is called “Nobody”")
    assert twice.words_for("lead").startswith("More than one member is called")


@pytest.mark.parametrize("thing", ["", "../members", "x", "1" * 36])
async def test_a_form_is_about_ids_only(monkeypatch: pytest.MonkeyPatch, thing: str) -> None:
    form = Form("f", "", "", "threats/{on}/shares")
    path, _ = await sent(monkeypatch, form, attempt(thing=thing))
    assert path == "coalitions/harbour/threats/-/shares"


TERMS = frontline_page.checking(
    [frontline_page.Term.model_validate(term) for term in T.TERMS["items"]]
)
COMMANDS: list[tuple[Form, type[Command]]] = [
    (organisations.FORMS["invite"], membership.InviteMember),
    (organisations.FORMS["admit"], membership.AdmitMember),
    (organisations.FORMS["decline"], membership.DeclineMembership),
    (organisation.FORMS["state-alignment"], membership.StateAlignment),
    (organisation.FORMS["state-interest"], membership.StateInterest),
    (organisation.FORMS["state-need"], membership.StateNeed),
    (organisation.FORMS["set-commitment"], membership.SetCommitment),
    (organisation.FORMS["set-involvement"], membership.SetInvolvement),
    (organisation.FORMS["declare-related"], membership.DeclareRelated),
    (organisation.FORMS["name-point-person"], membership.NamePointPerson),
    (organisation.FORMS["hold-briefing"], membership.HoldBriefing),
    (organisation.FORMS["suspend"], membership.SuspendMember),
    (organisation.FORMS["reinstate"], membership.ReinstateMember),
    (organisation.FORMS["leave"], membership.LeaveCoalition),
    (organisation.FORMS["declare-strength"], capacity.DeclareStrength),
    (organisation.FORMS["pledge"], capacity.PledgeCapacity),
    (organisation.FORMS["review-capacity"], capacity.ReviewCapacity),
    (organisation.FORMS["end-accreditation"], accreditation.EndAccreditation),
    (charter.FORMS["adopt-north-star"], coalition.AdoptNorthStar),
    (charter.FORMS["adopt-ground-rules"], coalition.AdoptGroundRules),
    (charter.FORMS["set-scope"], coalition.SetScope),
    (charter.FORMS["agree-boundary"], coalition.AgreeBoundary),
    (charter.FORMS["define-term"], coalition.DefineTerm),
    (charter.FORMS["enter-stage"], coalition.EnterStage),
    (charter.FORMS["open-review"], coalition.OpenReview),
    (charter.FORMS["close-review"], coalition.CloseReview),
    (charter.FORMS["list-coalition"], coalition.ListCoalition),
    (charter.FORMS["adjourn"], coalition.AdjournCoalition),
    (charter.FORMS["describe-scenario"], coalition.AgreeScenario),
    (charter.FORMS["agree-scenario"], coalition.AgreeScenario),
    (charter.FORMS["note-shift"], coalition.NoteContextShift),
    (charter.FORMS["accept-ground-rules"], membership.AcceptGroundRules),
    (structure.FORMS["acknowledge"], membership.AcknowledgeStructure),
    (structure.FORMS["publish"], coalition.PublishDecisionStructure),
    (structure.FORMS["constitute"], body.ConstituteBody),
    (structure.FORMS["change-mandate"], body.ChangeMandate),
    (structure.FORMS["reserve-seat"], body.ReserveSeat),
    (structure.FORMS["fill-seat"], body.FillSeat),
    (structure.FORMS["vacate-seat"], body.VacateSeat),
    (structure.FORMS["take-role"], body.TakeRole),
    (structure.FORMS["release-role"], body.ReleaseRole),
    (structure.FORMS["dissolve"], body.DissolveBody),
    (you.FORMS["give-consent"], person.GiveConsent),
    (you.FORMS["withdraw-consent"], person.WithdrawConsent),
    (you.FORMS["set-goal"], person.SetGrowthGoal),
    (you.FORMS["reach-goal"], person.ReachGrowthGoal),
    (you.FORMS["say-how-you-are"], person.SubmitWellbeing),
    (issues.RAISING["raise"], issue.RaiseIssue),
    (issues.FORMS["take-position"], issue.TakePosition),
    (issues.FORMS["change-position"], issue.ChangePosition),
    (issues.FORMS["agree-to-disagree"], issue.AgreeToDisagree),
    (issues.FORMS["reopen"], issue.ReopenDisagreement),
    (issues.FORMS["yield-lead"], issue.YieldLead),
    (issues.FORMS["assign-lead"], issue.AssignLead),
    (issues.FORMS["choose-messenger"], issue.ChooseMessenger),
    (issues.FORMS["scope"], issue.ScopeIssue),
    (concerns.FORMS["raise"], concern.RaiseConcern),
    (concerns.FORMS["raise-about"], concern.RaiseConcern),
    (concerns.FORMS["resolve"], concern.ResolveConcern),
    (concerns.FORMS["let-more-see"], disclosure.RequestDisclosure),
    (frontline_page.FORMS["consent"], frontline.ConsentToFrontLine),
    (frontline_page.FORMS["decide"], frontline.DecideFrontLine),
    (frontline_page.FORMS["review"], frontline.ReviewFrontLine),
    (TERMS["check"], frontline.CheckMandate),
    (TERMS["check-again"], frontline.CheckMandate),
    (claims.FORMS["claim"], claim.ClaimCredit),
    (claims.FORMS["review"], claim.ReviewClaim),
    (claims.FORMS["draft"], attribution.DraftAttribution),
    (claims.FORMS["redraft"], attribution.DraftAttribution),
    (claims.FORMS["approve"], attribution.ApproveAttribution),
    (claims.FORMS["release"], attribution.ReleaseAttribution),
    (claims.FORMS["dispute"], dispute.DisputeCredit),
    (claims.FORMS["mediate"], dispute.MediateDispute),
    (claims.FORMS["resolve"], dispute.ResolveDispute),
    (claims.FORMS["retract"], dispute.ResolveDispute),
    (contributions.FORMS["record"], contribution.RecordContribution),
    (contributions.FORMS["record-suggested"], contribution.RecordContribution),
    (contributions.FORMS["confirm"], contribution.ConfirmContribution),
    (contributions.FORMS["decline"], contribution.DeclineContribution),
    (lessons.FORMS["record"], lesson.RecordLesson),
    (lessons.FORMS["share"], lesson.ShareLesson),
    (impact.FORMS["define"], metric.DefineMetric),
    (impact.FORMS["record"], metric.RecordMetric),
    (impact.FORMS["correct"], metric.RecordMetric),
    (impact.FORMS["answer"], answer.AnswerEvaluation),
    (shares_page.FORMS["plan"], shares.PlanShares),
    (shares_page.FORMS["plan-again"], shares.PlanShares),
    (wins.OPENING["declare"], win.DeclareWin),
    (wins.OPENING["acknowledge"], win.AcknowledgeLoss),
    (wins.FORMS["thank"], credit.AssignCredit),
    (wins.FORMS["accept"], credit.AcceptCredit),
    (wins.FORMS["waive"], credit.WaiveCredit),
    (wins.FORMS["correct"], credit.CorrectCredit),
    (wins.FORMS["welcome"], win.WelcomeLatecomer),
    (wins.FORMS["announce"], win.AnnounceWin),
    (wins.FORMS["celebrate"], win.CelebrateWin),
    (registers.CONSTITUENCIES["identify"], constituency.IdentifyConstituency),
    (registers.CONSTITUENCIES["represent"], constituency.RepresentConstituency),
    (registers.CONSTITUENCIES["reach-out"], constituency.ReachOut),
    (registers.CONSTITUENCIES["listen"], constituency.HoldListening),
    (registers.THREATS["identify"], threat.IdentifyThreat),
    (registers.THREATS["share"], threat.ShareThreat),
    (registers.THREATS["retire"], threat.RetireThreat),
    (registers.EXCHANGES["offer"], exchange.OfferResource),
    (registers.EXCHANGES["request"], exchange.RequestResource),
    (registers.EXCHANGES["match"], exchange.MatchResource),
    (registers.EXCHANGES["agree-match"], exchange.MatchResource),
    (registers.EXCHANGES["deliver"], exchange.DeliverResource),
    (registers.CONFLICTS["name-area"], conflict.NameConflictArea),
    (registers.CONFLICTS["raise-turf"], conflict.RaiseTurfConcern),
    (registers.CONFLICTS["settle"], conflict.SettleTurf),
    (registers.CONFLICTS["agree-terms"], conflict.SettleTurf),
    (registers.RELATIONSHIPS["touchpoint"], relationship.LogTouchpoint),
    (registers.RELATIONSHIPS["tension"], relationship.RecordTension),
    (registers.RELATIONSHIPS["pulse"], relationship.SubmitTrustPulse),
    (registers.RELATIONSHIPS["breach"], relationship.ReportBreach),
    (registers.RELATIONSHIPS["amends"], relationship.OfferAmends),
    (registers.RELATIONSHIPS["accept-amends"], relationship.AcceptAmends),
    (messages.FORMS["draft-message"], message.DraftMessage),
    (messages.FORMS["approve-message"], message.ApproveMessage),
    (messages.FORMS["approve-variant"], message.ApproveVariant),
    (messages.FORMS["request-disclosure"], disclosure.RequestDisclosure),
    (messages.FORMS["approve-disclosure"], disclosure.ApproveDisclosure),
    (messages.FORMS["refuse-disclosure"], disclosure.RefuseDisclosure),
    (structure.FORMS["adopt-rule"], rule.AdoptRule),
    (structure.FORMS["revise-rule"], rule.AdoptRule),
    (structure.FORMS["retire-rule"], rule.RetireRule),
    (deciding.PROPOSING["propose"], proposal.DraftProposal),
    (deciding.PROPOSING["propose-instead"], proposal.DraftProposal),
    (deciding.FORMS["publish"], proposal.PublishProposal),
    (deciding.FORMS["amend"], proposal.AmendProposal),
    (deciding.FORMS["withdraw"], proposal.WithdrawProposal),
    (deciding.FORMS["open-voting"], voting.OpenVoting),
    (deciding.FORMS["close-voting"], voting.CloseVoting),
    (deciding.FORMS["withdraw-stance"], voting.WithdrawStance),
    (deciding.FORMS["decide"], proposal.MakeDecision),
    (deciding.FORMS["defer"], proposal.DeferDecision),
    (deciding.FORMS["reopen"], proposal.ReopenDecision),
    (deciding.FORMS["object"], objection.RaiseObjection),
    (deciding.FORMS["accommodate"], objection.AccommodateObjection),
    (deciding.FORMS["retract"], objection.RetractObjection),
    (deciding.FORMS["set-aside"], objection.SetAsideObjection),
    (deciding.FORMS["outweigh"], objection.OutweighObjection),
    (deciding.FORMS["take-further"], objection.RegisterFormalObjection),
    (deciding.FORMS["resolve"], objection.ResolveFormalObjection),
    (meetings.SCHEDULING["schedule"], meeting.ScheduleMeeting),
    (meetings.FORMS["reschedule"], meeting.RescheduleMeeting),
    (meetings.FORMS["cancel"], meeting.CancelMeeting),
    (meetings.FORMS["appoint"], meeting.AppointFacilitator),
    (meetings.FORMS["publish-agenda"], agenda.PublishAgenda),
    (meetings.FORMS["open"], meeting.OpenMeeting),
    (meetings.FORMS["came"], attendance.RecordAttendance),
    (meetings.FORMS["left"], attendance.RecordDeparture),
    (meetings.FORMS["next-step"], next_step.ProposeStep),
    (meetings.FORMS["close"], meeting.CloseMeeting),
    (meetings.FORMS["close-anyway"], meeting.CloseMeeting),
    (meetings.FORMS["draft-minutes"], minutes.DraftMinutes),
    (meetings.FORMS["approve-minutes"], minutes.ApproveMinutes),
    (meetings.FORMS["correct-minutes"], minutes.CorrectMinutes),
    (meetings.FORMS["propose-item"], agenda.ProposeAgendaItem),
    (steps.PROPOSING["propose"], next_step.ProposeStep),
    (steps.FORMS["volunteer"], next_step.VolunteerForStep),
    (steps.FORMS["assign"], next_step.AssignStep),
    (steps.FORMS["reassign"], next_step.ReassignStep),
    (steps.FORMS["accept"], next_step.AcceptStep),
    (steps.FORMS["decline"], next_step.DeclineStep),
    (steps.FORMS["start"], next_step.StartStep),
    (steps.FORMS["block"], next_step.BlockStep),
    (steps.FORMS["move"], next_step.MoveDueDate),
    (steps.FORMS["complete"], next_step.CompleteStep),
    (steps.FORMS["finish"], next_step.CompleteStep),
    (steps.FORMS["drop"], next_step.DropStep),
]
SAID: Mapping[str, str] = {
    "words": "Some words.", "line": "A line", "lines": "One\nTwo", "code": "A code",
    "codes": "One, two", "yes": "yes", "day": "2026-03-12", "whole": "7", "number": "2",
    "amount": "-7", "divided": f"{samples.LIBRARY['id']}: 10,000",
    "member": samples.LIBRARY["id"], "new_id": samples.uid("new"), "rating": "3",
    "fixed": samples.uid("fixed"), "alone": "meetings/9", "share": "2/3",
    "time": "2026-03-12T15:00", "version": "2",
    "who": "_".join(samples.uid(each) for each in ("org", "person", "accreditation")),
}  # fmt: skip
PLAIN = {"decision": "meetings/9", "period": "2026-Q1"}
FIXED = {"about": "credit/9", "result": "retracted"}
"""What pages say themselves of what is told of credit; elsewhere they name things by id."""


@pytest.mark.parametrize(
    ("form", "command"), COMMANDS, ids=[f"{form.name} {of.__name__}" for form, of in COMMANDS]
)
async def test_what_a_form_sends_is_the_command_that_the_service_takes(
    monkeypatch: pytest.MonkeyPatch, form: Form, command: type[Command]
) -> None:
    given = {}
    for ask in form.asks:
        if command is minutes.DraftMinutes and ask.name == "decisions":
            given["decisions:meetings/9"] = "yes"
        elif ask.kind in {"members", "parties", "some"}:
            given[f"{ask.name}:{samples.LIBRARY['id']}"] = "yes"
        elif ask.kind == "facts":
            given[f"{ask.name}:{samples.uid('deed')}.equal"] = "yes"
        elif ask.kind == "choice":
            given[ask.name] = ask.options[0][0] if ask.options else samples.LIBRARY["id"]
        elif ask.kind == "plain":
            given[ask.name] = PLAIN[ask.name]
        elif ask.kind == "fixed" and form in claims.FORMS.values():
            given[ask.name] = FIXED[ask.name]
        else:
            given[ask.name] = SAID[ask.kind]
    if form.name == "define-term":  # either choices or limits
        del given["min"], given["max"]
    if form is impact.FORMS["define"]:
        given["kind"] = "gauge"
    if form is impact.FORMS["correct"]:
        given["corrects"] = "credit/9"
    if form is contributions.FORMS["record-suggested"]:
        given["role"] = "hosting"
    if command is body.ReleaseRole:
        given["role"] = "chair"
    if command is person.SubmitWellbeing:
        given["period"] = "2026-03"
    tried = attempt(thing=samples.uid("thing"), **given)
    _, sent_ = await sent(monkeypatch, form, tried)
    assert tried.wrong == []
    command.model_validate_json(json.dumps(sent_))
    needed = {
        field.alias or name for name, field in command.model_fields.items() if field.is_required()
    }
    assert needed <= sent_.keys()


def test_every_form_but_those_that_ask_for_more_is_tried_out() -> None:
    described = {
        id(form)
        for of in (organisations.FORMS, organisation.FORMS, charter.FORMS, structure.FORMS,
                   issues.RAISING, issues.FORMS, registers.CONSTITUENCIES, registers.THREATS,
                   registers.EXCHANGES, registers.CONFLICTS, registers.RELATIONSHIPS,
                   messages.FORMS, you.FORMS, deciding.PROPOSING, deciding.FORMS, concerns.FORMS,
                   claims.FORMS, frontline_page.FORMS,
                   steps.PROPOSING, steps.FORMS, meetings.SCHEDULING, meetings.FORMS,
                   contributions.FORMS, wins.OPENING, wins.FORMS, impact.FORMS,
                   shares_page.FORMS)
        for form in of.values()
    }  # fmt: skip
    two = {organisation.FORMS["accredit"], organisation.FORMS["replace"], you.FORMS["erase"]}
    like = {
        organisations.FORMS["admit-new"], organisations.FORMS["invite-again"],
        issues.FORMS["join-disagreement"], registers.EXCHANGES["answer-offer"],
        registers.EXCHANGES["answer-request"],
    }  # fmt: skip
    tried = {id(form) for form, _ in COMMANDS}
    assert described - tried == {id(form) for form in two | like}


@pytest.mark.parametrize(
    ("written", "read_as"), [("7", 7), ("-7", -7), ("\N{MINUS SIGN}1,200", -1200), ("-", None)]
)
def test_an_amount_may_be_below_zero(written: str, read_as: int | None) -> None:
    tried = attempt(thing=samples.uid("thing"), value=written, on="2026-03-12")
    body = forms.asked_for(impact.FORMS["record"], tried, ())
    assert body.get("value") == read_as
    assert bool(tried.wrong) is (read_as is None)


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("2500", "Write “2500” as a name, a colon and basis points."),
        ("Clinic: a half", "Write “Clinic: a half” as a name, a colon and basis points."),
        (": 2500", "Write “: 2500” as a name, a colon and basis points."),
        ("Nobody: 1", "No member is called “Nobody”: write the name as the roster spells it."),
    ],
)
def test_a_share_is_a_name_and_basis_points(line: str, wrong: str) -> None:
    tried = attempt(thing=samples.uid("thing"), pot="A grant", shares=line)
    assert "shares" not in forms.asked_for(shares_page.FORMS["plan"], tried, ())
    assert tried.words_for("shares") == wrong


def test_every_role_and_degree_that_credit_knows_has_words() -> None:
    assert list(words.CREDIT_ROLES) == [*Role]
    assert list(words.DEGREES) == [*Degree]


def test_a_form_that_is_not_described_is_no_page() -> None:
    with pytest.raises(Exception, match="404"):
        found(charter.FORMS, "delete-everything")


@pytest.mark.parametrize("name", [name for name in PAGES if name.endswith("watched")])
def test_who_only_watches_is_offered_nothing(name: str) -> None:
    actions = [form.attributes["action"] for form in read(PAGES[name]()).all("form", method="post")]
    assert actions == ["/sign-out"]


def test_a_delegate_who_does_not_preside_is_offered_their_own_forms_only() -> None:
    page = read(charter_page(T.CHARTER, samples.ME))
    offered = {
        form.attributes["action"].rpartition("/")[2] for form in page.all("form", method="post")
    }
    assert offered == {"sign-out", *charter.MEMBERS}


def test_many_members_are_written_by_name_and_few_are_ticked() -> None:
    few = read(one(T.DETAIL, T.CAPACITY))
    assert few.all("input", type="checkbox", name=f"related:{samples.PARENTS['id']}")
    [textarea] = [
        each
        for each in read(_with_many_members()).all("textarea")
        if each.attributes["name"] == "orgs"
    ]
    assert "as the roster spells it" in _with_many_members()
    assert textarea.words == ""


def test_f46_an_organisations_page_says_how_it_took_part_in_each_period() -> None:
    page = read(one(T.DETAIL, T.CAPACITY))
    [table] = [each for each in page.all("table") if "the newest first" in each.words]
    newest, before = [[cell.words for cell in row.all("td")] for row in table.all("tr")[1:]]
    assert newest[1:] == ["4", "7", "2"]
    assert before[1:] == ["0", "0", "0"]
    assert "2026" in newest[0]


def _with_many_members() -> str:
    many = [Named.model_validate(samples.named(f"Member {n}")) for n in range(300)]
    return shown(
        "charter.html", "/charter", tried=None,
        charter=charter.Charter.model_validate(T.CHARTER), forms=charter.FORMS, members=many,
        issues=[], orphans=orphans.Orphans(),
    )  # fmt: skip


def test_what_was_written_into_a_form_that_is_gone_is_not_lost() -> None:
    page = read(PAGES["admission too late"]())
    [kept] = page.all("section", id="lost")
    assert "They are in another town." in kept.words
    [summary] = page.all("div", class_="errors")
    assert [link.attributes["href"] for link in summary.all("a")] == ["#lost"]


def test_a_refused_form_keeps_what_was_ticked_and_stays_open() -> None:
    page = read(PAGES["refused position"]())
    [oppose] = [
        each
        for each in page.all("input", type="radio", value="oppose")
        if "checked" in each.attributes
    ]
    assert oppose.attributes["id"].startswith("change-position-")
    [form] = [each for each in page.all("details") if "open" in each.attributes]
    assert form.attributes["id"].startswith("change-position-")
    assert page.all("title")[0].words.startswith("Error:")


def test_a_hidden_version_is_the_pages_not_that_of_the_refused_form() -> None:
    page = read(PAGES["refused acceptance"]())
    [version] = page.all("input", name="version")
    assert version.attributes["value"] == "2"


def test_gaps_are_named() -> None:
    assert "Nobody speaks for them" in read(PAGES["constituencies"]()).words
    assert read(PAGES["alignment"]()).words.count("No answer yet") == 3 + 3
    assert "1 seat is vacant" in read(structure_page(T.STRUCTURE)).words
    assert "Nobody chairs it." in read(structure_page(T.STRUCTURE)).words
    assert "Vacant" in read(PAGES["steering group"]()).words
    assert "7 are missing" in read(charter_page(T.CHARTER)).words


def test_a_pair_has_its_forms_on_its_own_page() -> None:
    listed = read(register_page("relationships", T.RELATIONSHIPS))
    assert [form.attributes["action"] for form in listed.all("form", method="post")] == [
        "/sign-out"
    ]
    alone = read(PAGES["one relationship"]())
    offered = {
        form.attributes["action"].rpartition("/")[2] for form in alone.all("form", method="post")
    }
    assert offered == {"sign-out", *registers.RELATIONSHIPS}
    assert OBSERVER["mandates"][0]["authority"] == "observer"


def test_a_body_says_who_of_those_who_sit_there_knows_who_decides() -> None:
    page = read(PAGES["steering group"]())
    [vacant, taken] = page.all("tr")[1:]
    assert taken.words.startswith("Harbour Public Library")
    assert "Acknowledged version 2" in taken.words
    assert "Not asked" in vacant.words
    assert "Harbour Public Library sits in it; 1 seat is vacant" in page.words


def test_a_person_may_answer_once_a_month_and_take_back_what_holds() -> None:
    page = read(PAGES["you"]())
    offered = [
        form.attributes["action"].rpartition("/")[2] for form in page.all("form", method="post")
    ]
    assert sorted(offered) == [
        "erase", "give-consent", "reach-goal", "set-goal", "sign-out", "withdraw-consent",
    ]  # fmt: skip
    new = read(PAGES["new person"]())
    assert new.all("input", name="period", value="2026-03")


@dataclass
class Asked:
    """Stands for the services: notes the commands that reach it, and on whose behalf."""

    commands: list[tuple[str, Mapping[str, Any], UUID | None]] = field(default_factory=list)

    async def command(
        self, _service: str, path: str, body: Mapping[str, Any], *, key: str,
        organisation: UUID | None, version: str,
    ) -> Recorded:  # fmt: skip
        assert key
        assert not version
        self.commands.append((path, body, organisation))
        return Recorded("members", 1)


def visit_of(asked: Asked) -> Any:
    return SimpleNamespace(ask=asked)


async def test_only_who_is_sure_is_erased_and_on_behalf_of_nobody() -> None:
    asked, form = Asked(), you.FORMS["erase"]
    for sure in ("", "erase", "yes"):
        tried = attempt(ground="Moved on", sure=sure)
        assert await you.send_own(visit_of(asked), "harbour", tried, form) is None
        assert tried.words_for("sure") == "Write ERASE, in capital letters."
    tried = attempt(ground="Moved on", sure="ERASE", idempotency_key="k")
    assert await you.send_own(visit_of(asked), "harbour", tried, form)
    path = f"coalitions/harbour/people/{OWN}/erasures"
    assert asked.commands == [(path, {"ground": "moved_on"}, None)]


async def test_what_is_said_for_an_organisation_is_said_on_its_behalf() -> None:
    asked, form = Asked(), structure.FORMS["acknowledge"]
    await forms.send(visit_of(asked), "harbour", attempt(version="2", idempotency_key="k"), form)
    assert [organisation for _, _, organisation in asked.commands] == [UUID(OWN)]


def test_unlikely_partners_are_named_without_oneself() -> None:
    page = read(PAGES["partners"]())
    [first, second] = page.all("h2")
    assert first.words == "Harbour Public Library Little trust"
    assert "Little trust" not in second.words
    assert "Teachers" not in first.words + second.words
    assert "say where your organisation stands" in read(PAGES["no partners"]()).words


def test_an_error_leads_to_its_field_or_to_the_form_where_it_has_none() -> None:
    tried = attempt(reason="")
    for field_, leads_to in (("reason", "f-reason"), ("send", "f-send"), ("max_members", "f")):
        tried.miss(field_, "Something is missing.")
        assert tried.leads_to(tried.wrong[-1]) == leads_to
