"""Words are redacted and found nowhere any more; their digest, who did it and why stay."""

import asyncio
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from tests.acceptance.test_deliberations import opened, page_of
from tests.acceptance.test_erasure import (
    browser,
    connected,
    dumped,
    journals,
    reports,
    typed,
    until,
)
from tests.acceptance.test_mandates import raised, refusal, work
from tests.end_to_end.coalition import Coalition, key_of, mail, text
from tests.suite import Suite

TRACE = "marmalade"
WORDS = text("Nobody asked the Marmalade family.")
CODE = "names_a_person"
WRITERS = ("members", "meetings", "credit")


def redactions(position: int, field: str) -> str:
    return f"events/{position}/fields/{field}/redactions"


async def redact(table: Coalition, service: str, receipt: Any, field: str, name: str) -> Any:
    """Redact a text of the newest event of a receipt; return what that is recorded as."""
    path = redactions(receipt["events"][-1]["position"], field)
    return await table.post(service, path, {"reason": CODE}, name)


async def knowing(data: Path) -> set[str]:
    """Return the tables in which the words can be read."""
    found = await dumped(data)
    return {name for name, rows in found.items() if any(TRACE in row.lower() for row in rows)}


async def data_of(data: Path, coalition: str, service: str, position: int) -> Mapping[str, Any]:
    """Return the data of an event, as it stands in the journal."""
    db = await connected(data, f"accord_{service}")
    written = await db.fetchval(
        "select bytes from journal.event where coalition_id = $1::uuid and position = $2",
        *(coalition, position),
    )
    await db.close()
    held: Mapping[str, Any] = orjson.loads(written)["data"]
    return held


async def accord(suite: Suite, *arguments: str) -> str:
    """Run the command; return what it said."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "accord", *arguments, "--url", suite.url, "--data", str(suite.data),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    said, _ = await process.communicate()
    assert process.returncode == 0, said.decode()
    return said.decode()


async def test_f81_a_redacted_objection_shows_digest_reason_code_and_who_and_no_words(
    table: Coalition,
) -> None:
    data = table.suite.data
    proposal = await opened(table, await raised(table, "Kitchens"))
    objection = str(table.suite.new_id())
    told = {"objection": objection, "grounds": WORDS, "remove_by": text("Ask them.")}
    objected = await table.post("meetings", f"proposals/{proposal}/objections", told, "Library")
    position = objected["events"][-1]["position"]
    before = await page_of(table, proposal, objected)
    [shown] = before["objections"]
    assert shown["grounds"] == WORDS
    assert await until(lambda: knowing(data))
    written = await journals(data, table.id)

    # Neither who did not write it, nor what is no text, nor what is not there.
    path, why = redactions(position, "grounds"), {"reason": CODE}
    await work(table, "formal")  # where not everybody presides
    refused = await table.try_post("meetings", path, why, "Union")
    assert refusal(refused) == (409, "not_the_author")
    refused = await table.try_post("meetings", redactions(position, "objection"), why, "Library")
    assert refusal(refused) == (409, "not_sealed_text")
    beyond = await table.try_post("meetings", redactions(1_000_000, "grounds"), why, "Library")
    assert beyond.status_code == 404
    assert (await page_of(table, proposal, objected))["objections"] == [shown]

    meant = {"412": str(position), "/reason/": "/grounds/"}
    heading = "## Words of others that name them"
    redacted = json.loads(await typed(table, "Library", heading, **meant))
    await work(table, "informal")
    assert [event["type"] for event in redacted["events"]] == ["FieldRedacted"]
    assert redacted["stream"] == f"proposal-{proposal}"
    again = await table.try_post("meetings", path, why, "Library")
    assert (again.status_code, again.json()["events"]) == (200, [])
    otherwise = await table.try_post("meetings", path, {"reason": "a_mistake"}, "Library")
    assert refusal(otherwise) == (409, "already_redacted")

    after = await page_of(table, proposal, redacted)
    [held] = after["objections"]
    digest = held["grounds"]["digest"]
    assert held["grounds"] == {
        "withheld": "redacted", "reason": CODE, "digest": digest, "by": table.orgs["Library"],
        "ref": f"meetings/{redacted['position']}",
    }  # fmt: skip
    assert held == shown | {"grounds": held["grounds"]}
    assert digest in (await data_of(data, table.id, "meetings", position))["_sd"]
    assert await journals_begin(data, table.id, written)

    # Whoever hears of it, and whoever is slow, has done it once they have read that far.
    assert await until(lambda: gone(data))
    async with browser(table.suite, mail("Union")) as union:
        answer = await union.get(f"/c/{table.slug}/decisions/{proposal}")
        assert answer.status_code == 200
        assert TRACE not in answer.text.lower()
        for words in ("Redacted by Library: names a person", digest):
            assert words in answer.text
    await accord(table.suite, "rebuild", "transparency", "--json")
    assert (await page_of(table, proposal, redacted))["objections"] == [held]
    assert await knowing(data) == set()


async def gone(data: Path) -> bool:
    return not await knowing(data)


async def journals_begin(data: Path, coalition: str, written: Mapping[str, Any]) -> bool:
    """Say whether the journals begin with the bytes and the chain that were written."""
    now = await journals(data, coalition)
    return all(now[name][: len(rows)] == rows for name, rows in written.items())


async def test_f81_so_does_every_text_of_every_service(table: Coalition) -> None:
    """Words that other services keep too: what an organisation, a body, an issue is called."""
    data = table.suite.data
    joined = await table.admit("Hall", name=WORDS)
    issue = await table.post(
        "members", "issues", {"name": WORDS, "summary": WORDS}, "Union"
    )  # fmt: skip
    group = {"name": WORDS, "kind": "working_group", "scope": "all"}
    body = await table.post("members", "bodies", group, "Clinic")
    need = {"need": WORDS, "stakeholders": text("All.")}
    needed = await table.post("members", f"members/{table.orgs['Union']}/needs", need, "Union")
    await table.settled(f"members/{needed['position']}")
    step = await table.post("meetings", "steps", {"what": WORDS}, "Union")
    proposal = await opened(table, key_of(issue))
    stance = {"option": "disagree", "reason": WORDS}
    stood = await table.post("meetings", f"proposals/{proposal}/stances", stance, "Union")
    won = await table.post("credit", "wins", {"title": WORDS, "size": "step"}, "Union")
    given = {
        "credit": str(table.suite.new_id()), "external": WORDS, "role": "drafting",
        "degree": "lead", "basis": "gratitude",
    }  # fmt: skip
    thanked = await table.post("credit", f"wins/{key_of(won)}/credits", given, "Union")
    assert len({name.partition(".")[0] for name in await until(lambda: knowing(data))}) > 1

    last = {}
    membership = await first_of(table, joined)
    for service, receipt, field, name in (
        ("members", issue, "name", "Union"), ("members", issue, "summary", "Union"),
        ("members", body, "name", "Clinic"), ("members", needed, "need", "Union"),
        ("members", membership, "name", "Clinic"),
        ("meetings", step, "what", "Union"), ("meetings", stood, "reason", "Clinic"),
        ("credit", won, "title", "Union"), ("credit", thanked, "external", "Union"),
    ):  # fmt: skip
        last[service] = (await redact(table, service, receipt, field, name))["position"]
    assert await until(lambda: gone(data))
    await table.settled(*(f"{service}/{last[service]}" for service in ("members", "meetings")))

    page = await page_of(table, proposal, {"position": last["meetings"]})
    [reason] = [row["reason"] for row in page["stances"]]
    assert (reason["withheld"], reason["by"]) == ("redacted", table.orgs["Clinic"])
    assert page["issue"]["name"]["reason"] == CODE
    as_of = ",".join(f"{service}/{last[service]}" for service in WRITERS)
    found = await reports(table, as_of)
    assert b"[redacted]" in found["open-next-steps.csv"]
    assert not [name for name, said in found.items() if TRACE in said.decode().lower()]
    for service, path in (
        ("members", "issues"), ("members", "bodies"), ("members", "members"), ("members", "names"),
        ("members", "roster"), ("members", "issues.csv"), ("members", "bodies.csv"),
        ("members", "members.csv"), ("meetings", "steps"), ("meetings", f"proposals/{proposal}"),
        ("credit", "wins"), ("credit", f"wins/{key_of(won)}"),
    ):  # fmt: skip
        answer = await table.get(service, path, "Clinic")
        assert answer.status_code == 200, f"{path} {answer.text}"
        assert TRACE not in answer.text.lower()
    async with browser(table.suite, mail("Clinic")) as clinic:
        for path in (
            "", "/organisations", "/decisions", "/steps", "/issues", f"/issues/{key_of(issue)}",
            "/structure", "/alignment", f"/organisations/{table.orgs['Hall']}",
            f"/organisations/{table.orgs['Union']}", f"/decisions/{proposal}", "/reports",
        ):  # fmt: skip
            answer = await clinic.get(f"/c/{table.slug}{path}")
            assert answer.status_code == 200, f"{path} {answer.status_code}"
            assert TRACE not in answer.text.lower(), path
    for service in (*WRITERS, "transparency"):
        await accord(table.suite, "rebuild", service, "--json")
    assert await knowing(data) == set()


async def first_of(table: Coalition, upto: int) -> dict[str, Any]:
    """Return the event in which the newest member joined, as a receipt would name it."""
    db = await connected(table.suite.data, "accord_members")
    position = await db.fetchval(
        "select max(position) from journal.event where coalition_id = $1::uuid"
        " and type = 'MemberJoined' and position <= $2",
        *(table.id, upto),
    )
    await db.close()
    return {"events": [{"position": position}]}


async def test_f81_nobody_redacts_what_they_may_not_see(table: Coalition) -> None:
    """An event between two organisations is not there for a third, its chair included."""
    pair = "_".join(sorted((table.orgs["Union"], table.orgs["Parents"])))
    tension = {"cause": WORDS}
    said = await table.try_post("members", f"relationships/{pair}/tensions", tension, "Union")
    assert said.status_code == 201, said.text
    path = redactions(said.json()["events"][-1]["position"], "cause")
    hidden = await table.try_post("members", path, {"reason": CODE}, "Clinic")
    assert hidden.status_code == 404
    other = await table.try_post("members", path, {"reason": CODE}, "Parents")
    assert refusal(other) == (409, "not_the_author")
    done = await table.post("members", path, {"reason": CODE}, "Union")
    after = f"members/{done['position']}"
    answer = await table.get("members", "relationships", "Parents", at_least=after)
    assert answer.status_code == 200
    shown = json.dumps(answer.json())
    assert TRACE not in shown.lower()
    assert CODE in shown
