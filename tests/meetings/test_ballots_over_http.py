"""What is answered in secret over HTTP, on a real PostgreSQL, and what its database reveals."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID, uuid4

from shared.database import tenant
from tests.meetings.coalition import CLINIC, PLENARY, TRANSPORT, UNION
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
