"""From a draft to a decision over HTTP, on a real PostgreSQL."""

import asyncio
import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx2
import orjson

from shared.database import tenant
from shared.event import base64url
from tests.meetings.coalition import (
    CLINIC,
    NEWCOMER,
    PLENARY,
    SCHOOL,
    STEERING,
    TRANSPORT,
    UNION,
    YOUTH,
)
from tests.meetings.hall import CARLA, DELEGATES, SAM, UMA, YARA, Hall, accreditation, text

TOMORROW = (datetime.now(UTC) + timedelta(days=1)).isoformat()
DRAFT = {
    "body": str(PLENARY),
    "issue": str(TRANSPORT),
    "title": text("One van for all"),
    "text": text("Share the van."),
}


async def rule(hall: Hall, method: str, **terms: Any) -> str:
    body = {"body": str(PLENARY), "rule": {"method": method, **terms}}
    return await hall.make(CARLA, "/rules", body)


async def opened(
    hall: Hall, method: str = "majority", meeting: str | None = None, **rules: Any
) -> str:
    """Return the path of a proposal of the union that is being voted on."""
    terms = {"rule": await rule(hall, method, **rules), "closes_at": TOMORROW, "meeting": meeting}
    path = f"/proposals/{await hall.make(UMA, '/proposals', DRAFT)}"
    await hall.make(UMA, f"{path}/publications")
    await hall.make(CARLA, f"{path}/votings", terms)
    return path


async def decided(hall: Hall, path: str) -> dict[str, Any]:
    """Close and decide, and return the decision."""
    await hall.make(CARLA, f"{path}/votings/closings")
    await hall.make(CARLA, f"{path}/decisions", {"accountable": [str(UNION)]})
    made: dict[str, Any] = [data for kind, data in await hall.events() if kind == "DecisionMade"][
        -1
    ]
    return made


async def test_from_a_draft_to_a_decision(hall: Hall) -> None:
    path = await opened(hall)
    await hall.make(UMA, f"{path}/stances", {"option": "agree"})
    await hall.make(SAM, f"{path}/stances", {"option": "agree"})
    dissent = {"option": "disagree", "reason": text("The cost.")}
    await hall.make(YARA, f"{path}/stances", dissent)
    again = await hall.post(YARA, f"{path}/stances", dissent)
    assert (again.status_code, again.json()["events"]) == (200, [])
    made = await decided(hall, path)
    assert made["outcome"] == "adopted"
    assert made["counts"] == {"agree": 2, "disagree": 1, "abstain": 0, "object": 0}
    assert (made["voters"], made["entitled"]) == (3, 4)
    assert "dissent" not in made
    assert [kind for kind, _ in await hall.events()] == [
        "DecisionRuleAdopted",
        "ProposalDrafted",
        "ProposalPublished",
        "VotingOpened",
        "StanceTaken",
        "StanceTaken",
        "StanceTaken",
        "VotingClosed",
        "DecisionMade",
    ]


async def test_the_electorate_of_a_decision_is_the_digest_of_what_was_recorded(hall: Hall) -> None:
    path = await opened(hall)
    made = await decided_by(hall, path)
    opening = dict(await hall.events())["VotingOpened"]
    assert [each["class"] for each in opening["electorate"]] == [
        [str(org)] for org in (CLINIC, SCHOOL, UNION, YOUTH)
    ]
    listed = orjson.dumps(opening["electorate"], option=orjson.OPT_SORT_KEYS)
    assert made["electorate"] == base64url(hashlib.sha256(listed).digest())
    assert made["text"] == opening["text"]
    assert made["members_position"] == opening["members_position"]


async def decided_by(hall: Hall, path: str) -> dict[str, Any]:
    for person in (UMA, SAM):
        await hall.make(person, f"{path}/stances", {"option": "agree"})
    return await decided(hall, path)


async def test_a_proposal_is_shown_as_it_stands(hall: Hall) -> None:
    path = await opened(hall)
    await hall.make(YARA, f"{path}/stances", {"option": "object", "reason": text("The cost.")})
    shown = await hall.get(path, YARA, by=YOUTH)
    assert (shown["state"], shown["round"], shown["version"]) == ("voting", 1, 5)
    assert shown["my_stance"] == {"organisation": str(YOUTH), "option": "object"}
    assert (shown["entitled"], shown["heard"], len(shown["objections"])) == (4, 1, 1)
    assert shown["title"] == text("One van for all")
    assert shown["proposer"] == {"id": str(UNION), "name": text(f"Org {UNION.int}")}
    assert (await hall.get(path, SAM, by=SCHOOL))["my_stance"] is None


async def test_what_is_not_there_is_not_found(hall: Hall) -> None:
    for path in ("/proposals", "/meetings"):
        answer = await hall.running.client.get(
            f"{hall.base}{path}/{UUID(int=404)}",
            headers={"Authorization": f"Bearer {hall.token(SAM)}"},
        )
        assert answer.status_code == 404


async def test_an_amendment_names_the_version_that_was_read(hall: Hall) -> None:
    path = await opened(hall)
    amendment = {"text": text("Share the bus."), "because": text("More seats.")}
    assert await hall.refuse(UMA, f"{path}/amendments", amendment) == "precondition_required"
    assert await hall.refuse(UMA, f"{path}/amendments", amendment, If_Match='"2"') == "stale"
    await hall.make(UMA, f"{path}/amendments", amendment, If_Match='"3"')
    shown = await hall.get(path)
    assert (shown["state"], shown["text"], shown["text_version"]) == (
        "published",
        text("Share the bus."),
        2,
    )


async def test_objections_are_raised_and_disposed_of(hall: Hall) -> None:
    path = await opened(hall, "consensus")
    one, two = str(UUID(int=71)), str(UUID(int=72))
    for person, objection in ((YARA, one), (SAM, two)):
        body = {"objection": objection, "grounds": text("The cost.")}
        await hall.make(person, f"{path}/objections", body)
    retract = {"objection": two, "reason": text("Answered.")}
    assert await hall.refuse(YARA, f"{path}/objections/retractions", retract) == "not_the_objector"
    await hall.make(SAM, f"{path}/objections/retractions", retract)
    aside = {"objection": one, "reasoning": text("Of another proposal.")}
    assert await hall.refuse(YARA, f"{path}/objections/settings-aside", aside) == "not_allowed"
    await hall.make(CARLA, f"{path}/objections/settings-aside", aside)
    for person in (UMA, SAM, CARLA):
        await hall.make(person, f"{path}/stances", {"option": "agree"})
    made = await decided(hall, path)
    assert made["objections"] == {one: "set_aside", two: "retracted"}
    assert made["outcome"] == "adopted"


async def test_a_formal_objection_is_resolved_by_the_chair_of_the_body_it_went_to(
    hall: Hall,
) -> None:
    await hall.hear("BodyConstituted", STEERING, kind="working_group", scope="all")
    sams = str(UUID(int=8_001))
    await hall.accredit(SCHOOL, SAM, accreditation=sams, body=str(STEERING))
    await hall.hear("RoleTaken", STEERING, role="chair", accreditation=sams)
    path = await opened(hall)
    objection = {"objection": str(UUID(int=71))}
    await hall.make(YARA, f"{path}/objections", objection | {"grounds": text("The cost.")})
    await hall.make(YARA, f"{path}/objections/registrations", objection | {"to": str(STEERING)})
    answer = objection | {"result": "overruled", "reasoning": text("It is cheap.")}
    assert await hall.refuse(CARLA, f"{path}/objections/resolutions", answer) == "not_allowed"
    await hall.make(SAM, f"{path}/objections/resolutions", answer)


async def test_d1_who_joins_later_has_no_vote_and_changes_no_quorum(hall: Hall) -> None:
    path = await opened(hall)
    await hall.admit(NEWCOMER, UUID(int=40))
    ask = {"option": "agree"}
    assert await hall.refuse(UUID(int=40), f"{path}/stances", ask) == "not_accredited"
    assert (await decided_by(hall, path))["entitled"] == 4


async def test_the_electorate_is_of_active_members_with_a_vote(hall: Hall) -> None:
    await hall.admit(NEWCOMER, UUID(int=40), commitment="observer")
    await hall.admit(UUID(int=50), UUID(int=41), voting_right=False)
    await hall.hear("MemberSuspended", SCHOOL)
    await hall.hear("RelatedOrganizationDeclared", UNION, related=[str(YOUTH)])
    await opened(hall)
    opening = dict(await hall.events())["VotingOpened"]
    assert [each["class"] for each in opening["electorate"]] == [
        [str(CLINIC)],
        [str(UNION), str(YOUTH)],
    ]


async def test_d7_a_representative_replaced_during_the_voting_is_heard(hall: Hall) -> None:
    path = await opened(hall)
    successor = UUID(int=42)
    await hall.hear(
        "RepresentativeReplaced",
        YOUTH,
        ended=str(accreditation(YARA)),
        accreditation=str(accreditation(successor)),
        body=str(PLENARY),
        person=str(successor),
        authority="full",
        voting=True,
        **dict[str, Any]({"from": "2020-01-01"}),
    )
    assert await hall.refuse(YARA, f"{path}/stances", {"option": "agree"}) == "not_found"
    await hall.make(successor, f"{path}/stances", {"option": "agree"})
    taken = dict(await hall.events())["StanceTaken"]
    assert taken["members_position"] > dict(await hall.events())["VotingOpened"]["members_position"]


async def test_d7_an_organisation_votes_for_another_by_proxy_until_it_is_revoked(
    hall: Hall,
) -> None:
    path = await opened(hall, proxies="one_hop")
    proxy, days = uuid4(), dict[str, Any]({"from": "2020-01-01", "until": "2099-01-01"})
    ask = {"option": "agree", "proxy": str(proxy)}
    assert await hall.refuse(UMA, f"{path}/stances", ask) == "not_accredited"
    grant = {"proxy": str(proxy), "to": str(UNION), "body": str(PLENARY)}
    await hall.hear("ProxyGranted", SCHOOL, **(days | grant))
    assert await hall.refuse(YARA, f"{path}/stances", ask) == "not_accredited"
    await hall.make(UMA, f"{path}/stances", ask)
    async with tenant(hall.running.host.pool, [hall.coalition]) as db:
        entry = await db.fetchval("select bytes from journal.event where type = 'StanceTaken'")
    written = orjson.loads(entry)
    assert written["onbehalfof"] == str(SCHOOL)
    assert written["accreditation"] == str(accreditation(UMA))
    assert written["data"]["proxy"] == str(proxy)
    assert (await hall.get(path, SAM, SCHOOL))["my_stance"] == {
        "organisation": str(SCHOOL),
        "option": "agree",
    }
    assert (await hall.get(path, UMA, UNION))["my_stance"] is None

    change = {"to": "abstain", "because": text("It costs."), "proxy": str(proxy)}
    await hall.hear("ProxyRevoked", SCHOOL, proxy=str(proxy))
    assert await hall.refuse(UMA, f"{path}/stances/changes", change) == "not_accredited"
    del change["proxy"]
    await hall.make(SAM, f"{path}/stances/changes", change)


async def test_d7_a_proxy_holds_in_its_body_on_its_days(hall: Hall) -> None:
    path = await opened(hall, proxies="one_hop")
    terms: dict[str, Any] = {"to": str(UNION), "body": str(PLENARY)}
    terms |= {"from": "2020-01-01", "until": "2099-01-01"}
    for other in ({"body": str(STEERING)}, {"until": "2020-02-01"}, {"from": "2098-01-01"}):
        proxy = str(uuid4())
        await hall.hear("ProxyGranted", SCHOOL, proxy=proxy, **(terms | other))
        ask = {"option": "agree", "proxy": proxy}
        assert await hall.refuse(UMA, f"{path}/stances", ask) == "not_accredited"


async def test_d7_an_accreditation_without_a_vote_is_not_enough(hall: Hall) -> None:
    path = await opened(hall)
    mute = UUID(int=43)
    await hall.accredit(YOUTH, mute, voting=False)
    assert await hall.refuse(mute, f"{path}/stances", {"option": "agree"}) == "not_accredited"


async def test_d2_d3_a_body_decides_what_it_covers_and_the_coalition_decides(hall: Hall) -> None:
    path = await opened(hall)
    for person in (UMA, SAM):
        await hall.make(person, f"{path}/stances", {"option": "agree"})
    await hall.make(CARLA, f"{path}/votings/closings")
    ask = {"accountable": [str(UNION)]}
    await hall.hear("BodyMandateChanged", PLENARY, scope=[])
    assert await hall.refuse(CARLA, f"{path}/decisions", ask) == "out_of_mandate"
    await hall.hear("BodyMandateChanged", PLENARY, scope=[str(TRANSPORT)])
    await hall.hear("IssueScoped", TRANSPORT, scope="out")
    assert await hall.refuse(CARLA, f"{path}/decisions", ask) == "out_of_scope"
    await hall.hear("IssueScoped", TRANSPORT, scope="in")
    parties = [str(YOUTH), str(UNION)]
    await hall.hear("AgreedToDisagree", TRANSPORT, by=YOUTH, parties=parties)
    await hall.hear("AgreedToDisagree", TRANSPORT, by=UNION)
    assert await hall.refuse(CARLA, f"{path}/decisions", ask) == "out_of_scope"
    await hall.hear("DisagreementReopened", TRANSPORT, by=YOUTH)
    await hall.make(CARLA, f"{path}/decisions", ask)


async def test_the_lead_that_was_heard_of_is_frozen_at_opening(hall: Hall) -> None:
    rule_id = await rule(hall, "lead_decides")
    path = f"/proposals/{await hall.make(UMA, '/proposals', DRAFT)}"
    await hall.make(UMA, f"{path}/publications")
    ask = {"rule": rule_id, "closes_at": TOMORROW}
    assert await hall.refuse(CARLA, f"{path}/votings", ask) == "no_lead"
    await hall.hear("LeadAssigned", TRANSPORT, lead=str(UNION))
    await hall.hear("LeadYielded", TRANSPORT, by=UNION)
    assert await hall.refuse(CARLA, f"{path}/votings", ask) == "no_lead"
    await hall.hear("LeadAssigned", TRANSPORT, lead=str(UNION))
    await hall.hear("LeadYielded", TRANSPORT, by=UNION, successor=str(SCHOOL))
    await hall.make(CARLA, f"{path}/votings", ask)
    await hall.hear("LeadYielded", TRANSPORT, by=SCHOOL)
    await hall.make(SAM, f"{path}/stances", {"option": "agree"})
    await hall.make(UMA, f"{path}/stances", {"option": "disagree", "reason": text("No.")})
    await hall.make(CARLA, f"{path}/votings/closings")
    await hall.make(CARLA, f"{path}/decisions", {"accountable": [str(SCHOOL)]})
    events = dict(await hall.events())
    assert events["VotingOpened"]["lead"] == str(SCHOOL)
    assert events["DecisionMade"]["outcome"] == "adopted"


async def test_d3_one_party_alone_parks_nothing(hall: Hall) -> None:
    parties = [str(YOUTH), str(UNION)]
    await hall.hear("AgreedToDisagree", TRANSPORT, by=YOUTH, parties=parties)
    await opened(hall)


async def test_d23_a_second_rule_cites_a_decision_under_the_first(hall: Hall) -> None:
    path = await opened(hall)
    more = {"body": str(PLENARY), "rule": {"method": "consent"}}
    assert await hall.refuse(CARLA, "/rules", more) == "rule_by_rule"
    await decided_by(hall, path)
    position = len(await hall.events())
    wrong = more | {"decision": f"meetings/{position - 1}"}
    assert await hall.refuse(CARLA, "/rules", wrong) == "rule_by_rule"
    await hall.make(CARLA, "/rules", more | {"decision": f"meetings/{position}"})
    listed = (await hall.get("/rules"))["items"]
    assert {row["terms"]["method"] for row in listed} == {"majority", "consent"}


async def test_only_a_chair_opens_closes_and_decides(hall: Hall) -> None:
    path = await opened(hall)
    asked: dict[str, dict[str, Any]] = {
        "votings/closings": {},
        "decisions": {"accountable": [str(UNION)]},
        "deferrals": {"until": "2030-01-01", "reason": text("Later.")},
        "reopenings": {"decision": str(UUID(int=1))},
    }
    for sub, body in asked.items():
        assert await hall.refuse(UMA, f"{path}/{sub}", body) == "not_allowed"


async def test_what_nobody_asked_for_is_refused(hall: Hall) -> None:
    path = await opened(hall)
    for body in ({"option": "agree", "by": str(UNION)}, {"option": "maybe"}, {}):
        assert await hall.refuse(UMA, f"{path}/stances", body) == "invalid"


async def votes(hall: Hall, person: UUID, path: str) -> httpx2.Response:
    """Agree; where the service asks to come again, come again with the same key."""
    key = f"vote-of-{person}"
    while True:
        answer = await hall.post(
            person, f"{path}/stances", {"option": "agree"}, Idempotency_Key=key
        )
        if answer.status_code != 503:
            return answer
        await asyncio.sleep(float(answer.headers["retry-after"]))


async def test_200_organisations_vote_at_once(hall: Hall) -> None:
    people = [UUID(int=300_000 + n) for n in range(200 - len(DELEGATES))]
    for person in people:
        await hall.admit(UUID(int=person.int + 500_000), person)
    path = await opened(hall)
    everybody = [*people, *DELEGATES]
    answers = await asyncio.gather(*(votes(hall, person, path) for person in everybody))
    assert {answer.text for answer in answers if answer.status_code != 201} == set()
    assert len({answer.json()["position"] for answer in answers}) == 200
    made = await decided(hall, path)
    assert (made["voters"], made["entitled"]) == (200, 200)
    assert made["counts"]["agree"] == 200


async def test_f15_what_is_adopted_in_its_place_supersedes_a_decision(hall: Hall) -> None:
    older = await opened(hall)
    first = (await decided_by(hall, older))["decision"]
    issue = {"decision": first, "what": text("Nobody has the keys.")}
    await hall.make(YARA, f"{older}/implementation-issues", issue)
    reported = f"meetings/{len(await hall.events())}"
    unheard = {"decision": first, "because": "meetings/1"}
    assert await hall.refuse(CARLA, f"{older}/reopenings", unheard) == "no_new_information"
    await hall.make(CARLA, f"{older}/reopenings", {"decision": first, "because": reported})

    instead = DRAFT | {"supersedes": {"decision": first, "effect": "replaced"}}
    for option, follows in (("disagree", []), ("agree", ["DecisionSuperseded"])):
        path = f"/proposals/{await hall.make(UMA, '/proposals', instead)}"
        await hall.make(UMA, f"{path}/publications")
        opening = dict(await hall.events())["VotingOpened"]
        terms = {"rule": opening["rule"], "closes_at": TOMORROW}
        await hall.make(CARLA, f"{path}/votings", terms)
        for person in (UMA, SAM):
            stance = {"option": option, "reason": text("The keys.")}
            await hall.make(person, f"{path}/stances", stance)
        made = await decided(hall, path)
        kinds = [kind for kind, _ in await hall.events()]
        assert kinds[len(kinds) - 1 - kinds[::-1].index("DecisionMade") + 1 :] == follows
    superseded = dict(await hall.events())["DecisionSuperseded"]
    assert superseded == superseded | {
        "decision": first, "successor": made["decision"], "effect": "replaced",
    }  # fmt: skip
    assert (await hall.get(older))["state"] == "superseded"
    again = await hall.post(CARLA, f"{path}/decisions", {"accountable": [str(UNION)]})
    assert (again.status_code, again.json()["events"]) == (200, [])
