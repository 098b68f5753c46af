"""A person is erased, and nothing of them is left anywhere, but all that was decided.

Zilpah Quetzal is a one-person member, and busy: her name is typed into every field that is hers.
"""

import asyncio
import json
import re
import shlex
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import httpx2

from services.members.views.sheets import COLUMNS
from shared.identity import EmbeddedIssuer
from tests.acceptance.test_issues import raise_issue, say, shown
from tests.end_to_end.coalition import Coalition, key_of, made, mail, text
from tests.end_to_end.test_rebuild import admin_of
from tests.end_to_end.test_voting import later
from tests.suite import Suite

CANARY = "Zilpah Quetzal"
TRACE = "quetzal"
WORDS = text(CANARY)
WRITERS = ("members", "meetings", "credit")
DATABASES = tuple(f"accord_{name}" for name in (*WRITERS, "transparency", "web"))
REPORTS = ("decision-register", "who-decided-what", "open-next-steps", "credit-statement")
WAIT_SECONDS = 20
GUIDE = Path(__file__).parents[2] / "docs" / "how-to" / "erase-a-person.md"


async def until(what: Any, *, within: float = WAIT_SECONDS) -> Any:
    """Return what `what` gives once that is something."""
    end = asyncio.get_running_loop().time() + within
    while not (found := await what()):
        assert asyncio.get_running_loop().time() < end, "it did not come"
        await asyncio.sleep(0.2)
    return found


async def join(table: Coalition) -> str:
    """Let her register herself, apply as a person, and be admitted; return her id."""
    suite = table.suite
    base = f"/members/api/v1/coalitions/{table.slug}"
    here = mail(CANARY)
    register = {"name": WORDS, "contact": text(here), "locale": "en"}
    person = key_of(made(await suite.post(f"{base}/people", register, here)))
    applying = {
        "name": WORDS, "kind": "person", "sector": "education", "why": WORDS,
        "interest": {"mutual_benefit": WORDS, "answers_to": [WORDS]},
    }  # fmt: skip

    async def applied() -> Any:
        answer = await suite.post(f"{base}/applications", applying, here)
        return answer if answer.status_code == 201 else None

    org = key_of((await until(applied)).json())
    admission = {
        "name": WORDS, "kind": "person", "sector": "education", "commitment": "homework",
        "voting_right": True, "person": person,
    }  # fmt: skip
    admitted = await table.post("members", f"members/{org}/admissions", admission, table.chair)
    table.orgs[CANARY] = org
    await table.settled(f"members/{admitted['position']}")
    return person


async def live(table: Coalition, person: str) -> None:
    """Type the name wherever something is hers."""
    org = table.orgs[CANARY]

    async def post(path: str, body: Any, service: str = "members", name: str = CANARY) -> Any:
        return await table.post(service, path, body, name)

    month = f"{datetime.now(UTC):%Y-%m}"
    await post(
        f"people/{person}/goals", {"goal": table_id(table), "text": WORDS, "due": "2999-01-01"}
    )
    await post(f"people/{person}/wellbeings", {"period": month, "score": 4})
    await post(f"people/{person}/consents", {"consent": table_id(table), "purpose": "story"})
    own = f"members/{org}"
    await post(f"{own}/alignments", dict.fromkeys(("brings", "problem", "goals"), WORDS))
    await post(f"{own}/interests", {"mutual_benefit": WORDS, "answers_to": [WORDS]})
    await post(f"{own}/needs", {"need": WORDS, "stakeholders": WORDS})
    await post(f"{own}/point-people", {"person": person})
    issue = key_of(await post("issues", {"name": WORDS, "summary": WORDS}))
    await say(table, issue, "positions", {"position": "oppose", "reason": WORDS}, CANARY)
    await say(table, issue, "position-changes", {"to": "support", "reason": WORDS}, CANARY)
    await post("threats", {"name": WORDS, "issues": []})
    await post("context-shifts", {"what": WORDS, "issues": []})
    people = (await table.get("members", "people", "Clinic")).json()["items"]
    other = next(row["id"] for row in people if row["name"]["text"] == "Union's delegate")
    await post("mentorships", {"mentor": person, "mentees": [other]})
    last = await post("mentorships", {"mentor": other, "mentees": [person]}, name="Union")
    await table.settled(f"members/{last['position']}")

    recorded = await post(
        f"contributions?at_least=members/{last['position']}",
        {"of": table.orgs["Union"], "role": "drafting", "degree": "lead", "what": WORDS},
        "credit",
    )  # fmt: skip
    assert recorded["events"]
    won = key_of(
        await post("wins", {"title": text("The meals came."), "size": "step"}, "credit", "Union")
    )
    for to, by in ((org, "Union"), (table.orgs["Union"], CANARY)):
        given = {
            "credit": table_id(table), "to": to, "role": "drafting", "degree": "equal",
            "basis": "gratitude",
        }  # fmt: skip
        await post(f"wins/{won}/credits", given, "credit", by)


def table_id(table: Coalition) -> str:
    return str(table.suite.new_id())


async def decide(table: Coalition, person: str) -> int:
    """Meet, with her in the room and in the chair; decide something, and leave her a step."""

    async def post(path: str, body: Any, name: str = "Clinic") -> Any:
        return await table.post("meetings", path, body, name)

    issue = await raise_issue(table, "Meals at noon")
    now = datetime.now(UTC)
    meeting = key_of(
        await post("meetings", {
            "title": text("The first one"), "body": table.plenary, "starts_at": now.isoformat(),
            "ends_at": later(hours=1), "host": table.orgs["Union"], "place": text("The clinic"),
        })
    )  # fmt: skip
    await post(
        f"meetings/{meeting}/facilitators",
        {"person": person, "org": table.orgs[CANARY], "external": False},
    )
    for name, who in ((CANARY, person),):
        there = {
            "attendance": table_id(table),
            "org": table.orgs[name],
            "person": who,
            "mode": "remote",
        }
        await post(f"meetings/{meeting}/attendances", there)
    rule = key_of(await post("rules", {"body": table.plenary, "rule": {"method": "majority"}}))
    draft = {
        "body": table.plenary, "issue": issue, "affected": [], "title": text("Meals for all"),
        "text": text("The whole text."),
    }  # fmt: skip
    proposal = key_of(await post("proposals", draft))
    await post(f"proposals/{proposal}/publications", {})
    await post(f"proposals/{proposal}/votings", {"rule": rule, "closes_at": later(hours=2)})
    for name in ("Clinic", "Union", "Parents"):
        await post(f"proposals/{proposal}/stances", {"option": "agree"}, name)
    against = {"option": "disagree", "reason": WORDS}
    await post(f"proposals/{proposal}/stances", against, CANARY)
    await post(f"proposals/{proposal}/votings/closings", {})
    await post(f"proposals/{proposal}/decisions", {"accountable": [table.orgs[CANARY]]})
    step = key_of(await post("steps", {"what": text("Buy the pots")}))
    given = {"owner": table.orgs[CANARY], "owners": [person], "due": "2999-01-01"}
    last = await post(f"steps/{step}/assignments", given)
    return int(last["position"])


def connected(data: Path, database: str) -> Any:
    dsn, password = admin_of(data)
    return asyncpg.connect(dsn, database=database, password=password)


async def dumped(data: Path) -> dict[str, list[str]]:
    """Return every row of every database, bytes as the letters that they hold."""
    admin = await connected(data, "postgres")
    names = await admin.fetch("select datname from pg_database where datname like 'accord%'")
    await admin.close()
    found: dict[str, list[str]] = {}
    for (name,) in names:
        found |= await _held(data, name)
    assert set(DATABASES) <= {name for (name,) in names}
    return found


async def _held(data: Path, name: str) -> dict[str, list[str]]:
    """Return every row of a database; again, where a replaced read model went meanwhile."""
    db = await connected(data, name)
    try:
        for _ in range(20):
            found: dict[str, list[str]] = {}
            with suppress(asyncpg.UndefinedTableError):
                tables = await db.fetch(
                    "select schemaname, tablename from pg_tables"
                    " where schemaname not in ('pg_catalog', 'information_schema')"
                )
                for schema, table in tables:
                    rows = await db.fetch(f'select * from "{schema}"."{table}"')  # noqa: S608 - from the catalogue
                    found[f"{name}.{schema}.{table}"] = [_letters(row) for row in rows]
                return found
        raise AssertionError(f"The tables of {name} do not stay.")
    finally:
        await db.close()


def _letters(row: asyncpg.Record) -> str:
    return " ".join(
        value.decode("latin-1") if isinstance(value, bytes) else str(value) for value in row
    )


def traces(tables: Mapping[str, list[str]]) -> set[str]:
    """Return the tables that know her."""
    return {name for name, rows in tables.items() if any(TRACE in row.lower() for row in rows)}


def files(data: Path) -> list[Path]:
    """Return the logs, and the files of the bus; those of PostgreSQL are dumped instead."""
    logs = [data.parent / f"{data.name}.log", *data.rglob("*.log")]
    store = [path for path in (data / "nats").rglob("*") if path.is_file()]
    assert store
    return [*logs, *store]


async def journals(data: Path, coalition: str) -> dict[str, list[tuple[bytes, bytes]]]:
    """Return the bytes and the chain of all that was recorded, by service."""
    found = {}
    for name in WRITERS:
        db = await connected(data, f"accord_{name}")
        rows = await db.fetch(
            "select bytes, chain from journal.event where coalition_id = $1::uuid"
            " order by position",
            coalition,
        )
        found[name] = [(row["bytes"], row["chain"]) for row in rows]
        await db.close()
    return found


async def reports(table: Coalition, as_of: str) -> dict[str, bytes]:
    """Return each report as of some positions, in each form that is exported."""
    found = {}
    for name in REPORTS:
        for form_ in ("json", "csv", "html"):
            query = {"as_of": as_of}
            if name == "credit-statement":
                query["organisation"] = table.orgs["Union"]
            answer = await table.get("transparency", f"reports/{name}.{form_}", "Union", **query)
            assert answer.status_code == 200, answer.text
            found[f"{name}.{form_}"] = answer.content
    return found


def erased(report: bytes, kind: str) -> bytes:
    """Return a report as it has to be afterwards: her name is marked as erased, and no more."""
    if not kind.endswith("json"):
        return report.replace(CANARY.encode(), b"[erased]")

    def gone(value: Any) -> Any:
        if value == WORDS:
            return {"withheld": "erased"}
        if isinstance(value, dict):
            return {name: gone(one) for name, one in value.items()}
        return [gone(one) for one in value] if isinstance(value, list) else value

    return json.dumps(gone(without_cover(report)), sort_keys=True).encode()


def without_cover(report: bytes) -> Any:
    said = json.loads(report)
    said.pop("cover")
    return said


@asynccontextmanager
async def browser(suite: Suite, subject: str) -> AsyncIterator[httpx2.AsyncClient]:
    """A browser in which somebody has signed in."""
    issuer = EmbeddedIssuer.read(suite.data / "secrets" / "issuer")
    async with httpx2.AsyncClient(base_url=suite.url, timeout=30, trust_env=False) as client:
        answer = await client.get(f"/sign-in?token={issuer.once(subject)}")
        assert answer.status_code == 303
        yield client


async def pages(client: httpx2.AsyncClient, slug: str) -> str:
    found = []
    for path in (
        "", "/organisations", "/decisions", "/meetings", "/steps", "/reports", "/charter",
        "/structure", "/alignment", "/issues", "/threats", "/reviews", "/relationships",
    ):  # fmt: skip
        answer = await client.get(f"/c/{slug}{path}")
        assert answer.status_code == 200, f"{path} {answer.status_code}"
        found.append(answer.text)
    return "\n".join(found)


async def people_of(table: Coalition) -> list[str]:
    """Return what members shows of people and organisations."""
    found = []
    for path in ("people", "members", "mentorships", "issues", "threats", "erasures"):
        answer = await table.get("members", path, "Union", limit=200)
        assert answer.status_code == 200, answer.text
        found.append(answer.text)
    for sheet in COLUMNS:
        answer = await table.get("members", f"{sheet}.csv", "Union")
        assert answer.status_code == 200, answer.text
        found.append(answer.text)
    return found


async def erasure_of(table: Coalition, person: str) -> Any:
    rows = (await table.get("members", "erasures", "Union")).json()["items"]
    return next((row for row in rows if row["person"] == person), None)


async def confirmed(table: Coalition, person: str) -> Any:
    row = await erasure_of(table, person)
    return row if row and row["services"] else None


async def test_f121_nothing_of_an_erased_person_is_left_but_all_that_was_decided(  # noqa: PLR0915 - one story
    table: Coalition,
) -> None:
    suite, data = table.suite, table.suite.data
    person = await join(table)
    await live(table, person)
    position = await decide(table, person)
    heads = {}
    for name in WRITERS:
        db = await connected(data, f"accord_{name}")
        heads[name] = await db.fetchval(
            "select position from journal.head where coalition_id = $1::uuid", table.id
        )
        await db.close()
    assert heads["meetings"] >= position
    as_of = ",".join(f"{name}/{head}" for name, head in heads.items())
    await table.settled(f"members/{heads['members']}", f"meetings/{heads['meetings']}")
    ready = await table.get(
        "transparency", "coalition", "Union", at_least=f"credit/{heads['credit']}"
    )
    assert ready.status_code == 200

    # Before: she is found, so this test can fail.
    before = await reports(table, as_of)
    known = traces(await dumped(data))
    for name in ("members", "meetings", "credit", "transparency"):
        assert any(each.startswith(f"accord_{name}.") for each in known), name
    for name in ("decision-register", "who-decided-what", "open-next-steps", "credit-statement"):
        assert CANARY.encode() in b"".join(before[f"{name}.{kind}"] for kind in ("json", "csv"))
    assert CANARY in "".join(await people_of(table))
    written = await journals(data, table.id)
    async with browser(suite, mail("Union")) as other, browser(suite, mail(CANARY)) as hers:
        assert CANARY in await pages(other, table.slug)
        assert CANARY in await pages(hers, table.slug)

        # One organisation alone erases nobody; two do.
        path, why = f"people/{person}/erasures", {"ground": "left"}
        refused = await table.try_post("members", path, why, "Union")
        assert (refused.status_code, refused.json()["reason"]) == (409, "not_erasable")
        asked = await typed(table, "Clinic", "## Somebody else", PERSON=person)
        assert json.loads(asked)["events"][0]["type"] == "ErasureRequested"
        refused = await table.try_post("members", path, why, "Clinic")
        assert (refused.status_code, refused.json()["reason"]) == (409, "not_erasable")
        asked_for = await table.post("members", path, why, "Union")
        [event] = asked_for["events"]
        assert event["type"] == "PersonErased"

        row = await until(lambda: confirmed(table, person))
        assert set(row["services"]) == {"members", "meetings", "credit", "transparency"}
        assert min(row["services"].values()) >= asked_for["position"]
        assert {org["id"] for org in row["approved_by"]} == {
            table.orgs["Clinic"],
            table.orgs["Union"],
        }

        # After: she is nowhere.
        assert TRACE not in (await pages(other, table.slug)).lower()

        async def signed_out() -> bool:
            answer = await hers.get(f"/c/{table.slug}")
            return answer.status_code == 303 and "/sign-in" in answer.headers["location"]

        await until(signed_out)
        assert (await hers.get("/")).status_code in {200, 303}
    assert traces(await dumped(data)) == set()
    for file in files(data):
        assert TRACE.encode() not in file.read_bytes().lower(), file
    assert TRACE not in "".join(await people_of(table)).lower()

    # And every report says what it said, but for the name; all bytes and chains are as they were.
    after = await reports(table, as_of)
    for kind, report in after.items():
        assert TRACE.encode() not in report.lower()
        if kind.endswith("json"):
            assert json.loads(report)["cover"]["erased_since"] == 1
            assert json.loads(before[kind])["cover"]["erased_since"] == 0
            report = json.dumps(without_cover(report), sort_keys=True).encode()  # noqa: PLW2901 - its hashed part
        if kind.endswith("html"):
            assert b"Persons erased since" in report
            continue
        assert report == erased(before[kind], kind), kind
    now = await journals(data, table.id)
    for name, events in written.items():
        assert now[name][: len(events)] == events


def told(heading: str) -> str:
    """Return what the guide lets people type under a heading."""
    part = GUIDE.read_text().partition(f"{heading}\n")[2].partition("\n## ")[0]
    return "\n".join(re.findall(r"```sh\n(.*?)```", part, re.DOTALL))


async def typed(table: Coalition, name: str, *headings: str, **words: str) -> str:
    """Type what the guide says as somebody of an organisation; return what is printed last."""
    lines = "\n".join(told(heading) for heading in ("# Erase a person", *headings))
    words |= {"YOU": mail(name), "SLUG": table.slug, "http://127.0.0.1:8080": table.suite.url}
    for word, meant in words.items():
        lines = lines.replace(word, meant)
    data = shlex.quote(str(table.suite.data))
    accord = f'accord() {{ {shlex.quote(sys.executable)} -m accord "$@" --data {data}; }}'
    typing = await asyncio.create_subprocess_exec(
        "bash", "-euo", "pipefail", "-c", f"{accord}\n{lines}",
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    said, complaints = await typing.communicate()
    assert typing.returncode == 0, complaints.decode()
    return said.decode()


async def test_f121_who_asks_to_be_erased_is_erased_at_once(table: Coalition) -> None:
    person = (await table.get("members", "me", "Library")).json()["person"]
    by_another = await table.try_post(
        "members", f"people/{person}/erasures", {"ground": "wish"}, "Parents"
    )
    assert by_another.json()["reason"] == "not_erasable"
    said = await typed(table, "Library", "## Yourself", PERSON=person)
    me, done = map(json.loads, said.replace("}{", "}\n{").splitlines())
    assert me["person"] == person
    db = await connected(table.suite.data, "accord_members")
    raw = await db.fetchval(
        "select bytes from journal.event where coalition_id = $1::uuid and position = $2",
        table.id, done["position"],
    )  # fmt: skip
    await db.close()
    event = json.loads(raw)
    assert event["data"] == {"approved_by": [], "ground": "wish"}
    assert not {"onbehalfof", "accreditation", "authority"} & event.keys()
    row = await until(lambda: confirmed(table, person))
    assert row["approved_by"] == []

    async def nobody() -> bool:
        return (await table.get("members", "me", "Library")).status_code == 404

    await until(nobody)
    late = await table.try_post(
        "members", "issues", {"name": text("One more"), "summary": text("Word")}, "Library"
    )
    assert late.status_code in {403, 404}
    reading = await shown(table, "people", done, "Union")
    [gone] = [each for each in reading["items"] if each["id"] == person]
    assert (gone["name"], gone["mandates"]) == (None, [])
    [listed] = [
        each
        for each in json.loads(await typed(table, "Union", "## See that it is done"))["items"]
        if each["person"] == person
    ]
    assert listed == row
