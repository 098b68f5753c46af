"""What is answered in secret over HTTP, on a real PostgreSQL, and what its database reveals."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID, uuid4

import orjson

from services.meetings.__main__ import service
from services.meetings.domain import proposal
from services.transparency.views import proposals
from shared import feed
from shared.database import tenant
from shared.decoding import event_id, recorded
from shared.hot import Rules
from shared.journal import Journal
from shared.sealing import open_disclosure
from shared.service import _serves
from tests.meetings.coalition import CLINIC, PLENARY, SCHOOL, TRANSPORT, UNION
from tests.meetings.hall import CARLA, SAM, UMA, YARA, Hall, accreditation, text

TOMORROW = (datetime.now(UTC) + timedelta(days=1)).isoformat()
DRAFT = {
    "body": str(PLENARY),
    "issue": str(TRANSPORT),
    "title": text("One van for all"),
    "text": text("Share the van."),
}
EVERYBODY = CARLA, SAM, UMA, YARA


async def published(hall: Hall) -> str:
    path = f"/proposals/{await hall.make(UMA, '/proposals', DRAFT)}"
    await hall.make(UMA, f"{path}/publications")
    return path


async def fetch(hall: Hall, statement: str) -> list[Any]:
    """Return rows of the coalition as whoever holds the database sees them."""
    async with tenant(hall.running.host.pool, [hall.coalition]) as db:
        found: list[Any] = await db.fetch(statement)
        return found


async def asked(hall: Hall, path: str) -> dict[str, str]:
    """Open a sense check; four organisations are asked, and three are enough to say."""
    await hall.hear("BoundaryAgreed", hall.coalition, version=1, defaults={}, min_group=3)
    check = {"check": str(uuid4())}
    await hall.make(CARLA, f"{path}/sense-checks", check | {"closes_at": TOMORROW})
    return check


async def test_f79_a_sense_check_is_answered_taken_and_compared(hall: Hall) -> None:
    path = await published(hall)
    check = await asked(hall, path)
    for person, answer in ((SAM, "concerned"), (UMA, "comfortable")):
        receipt = await hall.post(
            person, f"{path}/sense-checks/answers", check | {"answer": answer}
        )
        assert receipt.json()["events"] == []
    again = check | {"answer": "unsure"}
    assert await hall.refuse(SAM, f"{path}/sense-checks/answers", again) == "one_vote"
    taking = f"{path}/sense-checks/takings"
    assert await hall.refuse(CARLA, taking, check) == "sense_check_only"
    assert await hall.refuse(YARA, taking, check) == "not_the_facilitator"
    await hall.make(YARA, f"{path}/sense-checks/answers", check | {"answer": "concerned"})
    (row,) = (await hall.get(path))["sense_checks"]
    assert (row["concerned"], row["gap"]) == (None, None)

    await hall.make(CARLA, taking, check)
    (row,) = (await hall.get(path))["sense_checks"]
    assert (row["comfortable"], row["unsure"], row["concerned"]) == (1, 0, 2)
    assert await fetch(hall, "select from box.paper union all select from box.answered") == []

    rule = {"body": str(PLENARY), "rule": {"method": "majority"}}
    terms = {"rule": await hall.make(CARLA, "/rules", rule), "closes_at": TOMORROW}
    await hall.make(CARLA, f"{path}/votings", terms)
    for person in EVERYBODY:
        await hall.make(person, f"{path}/stances", {"option": "agree"})
    assert (await hall.get(path))["sense_checks"][0]["gap"] is None
    await hall.make(CARLA, f"{path}/votings/closings")
    assert (await hall.get(path))["sense_checks"][0]["gap"] == [8, 12]


async def test_d24_no_row_leads_from_an_organisation_to_its_answer(hall: Hall) -> None:
    path = await published(hall)
    check = await asked(hall, path)
    people = {SAM: "concerned", UMA: "comfortable", YARA: "unsure"}
    for person, answer in people.items():
        await hall.make(person, f"{path}/sense-checks/answers", check | {"answer": answer})
    papers = await fetch(hall, "select *, xmin::text from box.paper")
    assert sorted(row["answer"] for row in papers) == ["comfortable", "concerned", "unsure"]
    assert {*papers[0].keys()} == {"coalition_id", "box", "key", "answer", "xmin"}
    assert len({row["xmin"] for row in papers}) == 1  # no transaction wrote one of them alone
    ticks = await fetch(hall, "select * from box.answered")
    assert {*ticks[0].keys()} == {"coalition_id", "box", "who"}
    assert len(ticks) == 3

    assert not [kind for kind, _ in await hall.events() if kind.startswith("Answer")]
    kept = await fetch(hall, "select principal, answer::text, fingerprint from journal.idempotency")
    named = [row for row in kept if row["principal"]]
    veiled = [row for row in kept if not row["principal"]]
    assert len(veiled) == 3
    assert all(str(person) not in str(dict(row)) for row in veiled for person in people)
    assert all("sense-checks/answers" not in str(dict(row)) for row in named)


async def test_d24_where_papers_lie_does_not_follow_the_order_of_answers(hall: Hall) -> None:
    """Put a hundred answers into a box; in the order they came, the rows would be sorted."""
    box, put = uuid4(), "select box.put($1, $2, $3)"
    async with tenant(hall.running.host.pool, [hall.coalition]) as db:
        for n in range(100):
            await db.execute(put, hall.coalition, box, f"{n:03}")
    rows = [
        row["answer"] for row in await fetch(hall, "select answer from box.paper order by ctid")
    ]
    assert sorted(rows) == [f"{n:03}" for n in range(100)]
    in_order = sum(later > earlier for earlier, later in pairwise(rows))
    assert 25 < in_order < 75  # of 99; each way is as likely


async def test_an_answer_that_is_sent_again_counts_once(hall: Hall) -> None:
    path = await published(hall)
    check = await asked(hall, path)
    answers = f"{path}/sense-checks/answers"
    for answer in ("concerned", "comfortable"):
        said = await hall.post(SAM, answers, check | {"answer": answer}, Idempotency_Key="once")
        assert said.status_code == 200
    assert [row["answer"] for row in await fetch(hall, "select answer from box.paper")] == [
        "concerned"
    ]


async def test_a_refused_answer_leaves_nothing_in_the_box(hall: Hall) -> None:
    path = await published(hall)
    check = await asked(hall, path)
    await hall.admit(UUID(int=51), UUID(int=52), voting_right=False)
    answers = f"{path}/sense-checks/answers"
    refused = await hall.refuse(UUID(int=52), answers, check | {"answer": "unsure"})
    assert refused == "not_accredited"
    assert await fetch(hall, "select from box.paper union all select from box.answered") == []


async def test_the_facilitator_of_a_meeting_about_it_asks_too(hall: Hall) -> None:
    path = await published(hall)
    check = {"check": str(uuid4()), "closes_at": TOMORROW}
    assert await hall.refuse(SAM, f"{path}/sense-checks", check) == "not_the_facilitator"
    later = datetime.now(UTC) + timedelta(hours=2)
    gathering = {
        "body": str(PLENARY), "host": str(CLINIC), "title": text("Vans"), "place": text("Here"),
        "starts_at": later.isoformat(), "ends_at": (later + timedelta(hours=1)).isoformat(),
    }  # fmt: skip
    meeting = f"/meetings/{await hall.make(CARLA, '/meetings', gathering)}"
    item = {
        "item": str(uuid4()), "kind": "decision", "title": text("Vans"), "minutes": 10,
        "proposal": path.rpartition("/")[2],
    }  # fmt: skip
    await hall.make(UMA, f"{meeting}/items", item)
    facilitator = {
        "person": str(SAM), "accreditation": str(accreditation(SAM)), "external": False,
    }  # fmt: skip
    await hall.make(CARLA, f"{meeting}/facilitators", facilitator)
    await hall.make(SAM, f"{path}/sense-checks", check)
    assert (await hall.get(path))["proposer"]["id"] == str(UNION)


async def voting(hall: Hall, ballot: str, **more: Any) -> str:
    """Return the path of a proposal of the union that is voted on in secret."""
    path = await published(hall)
    rule = {"body": str(PLENARY), "rule": {"method": "majority", "ballot": ballot} | more}
    terms = {"rule": await hall.make(CARLA, "/rules", rule), "closes_at": TOMORROW}
    await hall.make(CARLA, f"{path}/votings", terms)
    return path


async def written(hall: Hall, kind: str) -> list[Any]:
    rows = await fetch(hall, "select position, type, bytes, traceparent from journal.event")
    return [row for row in rows if row["type"] == kind]


async def test_d10_ballots_are_cast_counted_and_lead_to_nobody(hall: Hall) -> None:
    path = await voting(hall, "detached_anonymous")
    options = {CARLA: "agree", SAM: "disagree", UMA: "agree"}
    shown = []
    for person, option in options.items():
        await hall.make(person, f"{path}/ballots", {"option": option})
        shown.append((await hall.get(path))["heard"])
    assert shown == [None, None, 3]
    assert await hall.refuse(SAM, f"{path}/ballots", {"option": "agree"}) == "one_vote"
    assert (await hall.get(path, SAM, by=SCHOOL))["my_stance"] is None

    for row in await written(hall, "BallotReceived"):
        event = orjson.loads(row["bytes"])
        assert not {"onbehalfof", "accreditation", "authority"} & event.keys()
        assert event["data"].keys() == {"_sd", "_sd_alg", "members_position"}
        assert row["traceparent"] is None
    closed = await fetch(hall, "select audience from journal.disclosure join journal.event"
        " using (coalition_id, position) where type = 'BallotReceived'")  # fmt: skip
    assert {row["audience"] for row in closed} == {"own:meetings"}
    papers = await fetch(hall, "select answer, xmin::text from box.paper")
    assert sorted(row["answer"] for row in papers) == ["agree", "agree", "disagree"]
    assert len({row["xmin"] for row in papers}) == 1
    kept = await fetch(hall, "select * from journal.idempotency where principal <> ''")
    assert all("ballots" not in str(dict(row)) for row in kept)

    await hall.make(CARLA, f"{path}/votings/closings")
    assert await fetch(hall, "select from box.paper") == []
    await hall.make(CARLA, f"{path}/decisions", {"accountable": [str(UNION)]})
    events = dict(await hall.events())
    told = {"agree": 2, "disagree": 1, "abstain": 0, "object": 0}
    assert events["VotingClosed"]["counts"] == events["DecisionMade"]["counts"] == told
    assert (events["DecisionMade"]["outcome"], events["DecisionMade"]["voters"]) == ("adopted", 3)


async def test_d10_an_amendment_destroys_the_ballots_of_its_round(hall: Hall) -> None:
    path = await voting(hall, "detached_anonymous")
    for person in (CARLA, SAM, UMA):
        await hall.make(person, f"{path}/ballots", {"option": "agree"})
    version = (await hall.get(path))["version"]
    amendment = {"text": text("Two vans."), "because": text("One is small.")}
    await hall.make(UMA, f"{path}/amendments", amendment, If_Match=f'"{version}"')
    assert await fetch(hall, "select from box.paper") == []
    assert set(dict(await hall.events())["VotingClosed"]["counts"].values()) == {0}


async def test_d10_sealed_stances_are_revealed_with_their_reasons_when_voting_closes(
    hall: Hall,
) -> None:
    path = await voting(hall, "sealed_until_close")
    for person in (CARLA, UMA):
        await hall.make(person, f"{path}/stances", {"option": "agree"})
    against = {"option": "object", "reason": text("Who pays for fuel?")}
    await hall.make(SAM, f"{path}/stances", against)
    change = {"to": "object", "because": text("Nobody asked us.")}
    await hall.make(CARLA, f"{path}/stances/changes", change)
    assert (await hall.get(path, SAM, by=SCHOOL))["my_stance"]["option"] == "object"
    assert (await hall.get(path, UMA, by=SCHOOL))["my_stance"] is None
    assert (await hall.get(path))["objections"] == []

    statement = (
        "select type, audience from journal.disclosure join journal.event"
        " using (coalition_id, position) where type like 'Stance%'"
    )
    assert {row["audience"] for row in await fetch(hall, statement)} == {"own:meetings"}
    assert not [1 for kind, _ in await hall.events() if kind == "ObjectionRaised"]

    await hall.make(CARLA, f"{path}/votings/closings")
    audiences = {row["type"]: row["audience"] for row in await fetch(hall, statement)}
    assert audiences["StanceRevealed"] == "members"
    revealed = [data for kind, data in await hall.events() if kind == "StanceRevealed"]
    assert [one["org"] for one in revealed] == [str(CLINIC), str(SCHOOL), str(UNION)]
    assert len((await hall.get(path))["objections"]) == 2
    await hall.make(CARLA, f"{path}/decisions", {"accountable": [str(UNION)]})
    assert dict(await hall.events())["DecisionMade"]["outcome"] == "rejected"


def test_d10_what_is_kept_is_given_to_no_peer() -> None:
    assert not _serves("transparency", "own:meetings")
    assert not _serves("credit", "own:meetings")
    assert _serves("transparency", "members")


async def test_f45_a_stance_ad_referendum_counts_once_it_is_ratified(hall: Hall) -> None:
    path = await voting(hall, "named", ratify_within_days=7)
    delegate = UUID(int=61)
    await hall.accredit(SCHOOL, delegate, authority="ad_referendum")
    await hall.make(delegate, f"{path}/stances", {"option": "agree"})
    for person in (CARLA, UMA):
        await hall.make(person, f"{path}/stances", {"option": "agree"})
    await hall.make(CARLA, f"{path}/votings/closings")
    make = {"accountable": [str(UNION)]}
    assert await hall.refuse(CARLA, f"{path}/decisions", make) == "not_ratified"
    assert await hall.refuse(delegate, f"{path}/ratifications") == "not_accredited"
    assert await hall.refuse(UMA, f"{path}/ratifications/refusals") == "already_ratified"
    await hall.make(SAM, f"{path}/ratifications", {"reason": text("The board agreed.")})
    await hall.make(CARLA, f"{path}/decisions", make)
    events = dict(await hall.events())
    assert events["RatificationRequested"]["org"] == str(SCHOOL)
    assert (events["VotingClosed"]["counts"]["agree"], events["DecisionMade"]["voters"]) == (2, 3)


async def test_d6_who_joins_during_a_voting_is_let_in_with_a_reason(hall: Hall) -> None:
    path = await voting(hall, "named")
    late, person = UUID(int=62), UUID(int=63)
    ask = {"orgs": [str(late)], "reason": text("They joined on Monday.")}
    extensions = f"{path}/electorate/extensions"
    assert await hall.refuse(CARLA, extensions, ask) == "additions_only"
    await hall.admit(late, person)
    assert await hall.refuse(person, f"{path}/stances", {"option": "agree"}) == "not_accredited"
    assert await hall.refuse(SAM, extensions, ask) == "not_allowed"
    await hall.make(CARLA, extensions, ask)
    await hall.make(person, f"{path}/stances", {"option": "agree"})
    assert (await hall.get(path))["entitled"] == 5


async def crowd(hall: Hall, size: int) -> None:
    """Let it hear of that many more organisations, all at once."""
    async with tenant(hall.running.host.pool, [hall.coalition]) as db:
        await db.execute(
            "insert into heard.organisation (coalition_id, org, standing, commitment, voting_right,"
            " audience) select $1, ('00000000-0000-0000-0001-' || lpad(n::text, 12, '0'))::uuid,"
            " 'joined', 'homework', true, '{members}' from generate_series(1, $2) n",
            *(hall.coalition, size),
        )
    await hall.hear("IssueRaised", uuid4())


async def test_d1_five_thousand_organisations_decide(hall: Hall) -> None:
    await crowd(hall, 4_996)
    path = await voting(hall, "named", quorum={"at_least": [0, 1]})
    for person, option in ((CARLA, "agree"), (UMA, "agree"), (SAM, "disagree")):
        stance = {"option": option, "reason": text("So we think.")}
        await hall.make(person, f"{path}/stances", stance)
    shown = await hall.get(path)
    assert (shown["entitled"], shown["heard"]) == (5_000, 3)

    data = dict(await hall.events())["VotingOpened"]
    assert len(str(data["electorate"])) == 43
    async with tenant(hall.running.host.pool, [hall.coalition]) as db:
        stored = await feed.read(db, hall.coalition, 0, 2_000)
    (opening,) = (event for event in stored if event.type == "VotingOpened")
    keys = hall.running.host.keys
    assert keys is not None
    known = await keys.known(hall.coalition, [each.key for each in opening.disclosures])
    opened = {
        each.digest: found
        for each in opening.disclosures
        if (found := open_disclosure(
            known[each.key], hall.coalition, event_id(opening.entry), each))
    }  # fmt: skip
    heard = recorded(opening.entry, opened)
    assert len(heard.data["listed"]) == 5_000
    ((_, row),) = proposals.opened(heard)
    electorate = row[10]
    assert isinstance(electorate, list)
    assert len(electorate) == 5_000  # transparency knows who was entitled

    rules = Rules("meetings", service.deciders, service.folds)
    cold = Journal(hall.running.host.pool, rules, keys)  # as after a restart
    state = await cold.look(
        hall.coalition, lambda read: read.stream(proposal.decider, path.rpartition("/")[2])
    )
    assert state is not None
    assert state.voting is not None
    assert len(state.voting.electorate) == 5_000

    await hall.make(CARLA, f"{path}/votings/closings")
    await hall.make(CARLA, f"{path}/decisions", {"accountable": [str(UNION)]})
    made = dict(await hall.events())["DecisionMade"]
    assert (made["entitled"], made["voters"], made["outcome"]) == (5_000, 3, "adopted")
    assert made["electorate"] == data["electorate"]
