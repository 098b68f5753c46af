"""A running suite's log beside what people hold: their receipts, other programs, the time."""

import asyncio
import base64
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
from tlog_scales.tiles import leaf_hash

from shared.identity import EmbeddedIssuer
from shared.tlog.key import vkey
from tests.audit.reading import Files, audited
from tests.audit.sigstore import Claim, judged
from tests.end_to_end.coalition import Coalition, made, mail, text
from tests.end_to_end.imports import imported
from tests.suite import Suite

SAMPLES = Path(__file__).parents[1] / "accord" / "samples"
SEALED_WITHIN = 60.0
LITTLE = timedelta(minutes=10)


@dataclass(frozen=True)
class Read:
    """A log as it was read from outside, all of it."""

    suite: Suite
    slug: str
    files: Files
    vkey: str
    leaves: list[bytes]

    @property
    def events(self) -> list[dict[str, Any]]:
        return [orjson.loads(leaf) for leaf in self.leaves]

    def at(self, event: str) -> int:
        """Return where an event stands."""
        return next(n for n, each in enumerate(self.events) if each["id"] == event)


async def published(suite: Suite, slug: str, event: str | None = None) -> dict[str, Any]:
    """Return where a coalition's log is, once it covers an event, or all that came."""
    path = f"/audit/api/v1/coalitions/{slug}/"
    end = asyncio.get_running_loop().time() + SEALED_WITHIN
    while True:
        answer = await suite.get(f"{path}log", "operator")
        log: dict[str, Any] = answer.json()
        if event is None:
            done = answer.status_code == 200 and log["size"] == log["kept"]
        else:
            receipt = await suite.get(f"{path}events/{event}/receipt", "operator")
            done = receipt.status_code == 200 and receipt.json()["state"] != "recorded"
        if done:
            return log
        assert asyncio.get_running_loop().time() < end, answer.text
        await asyncio.sleep(0.1)


async def read(suite: Suite, slug: str, event: str | None = None) -> Read:
    """Read a log over HTTP as tlog-scales does, and check all of it."""
    await published(suite, slug, event)
    log = await published(suite, slug)
    place = f"{suite.url}/audit/c/{log['origin'].rpartition('/')[2]}"
    files = Files(place, suite.token("operator"))
    checkpoint, reader = await asyncio.to_thread(audited, files, log["vkey"])
    assert checkpoint.origin == log["origin"]
    leaves = [await asyncio.to_thread(reader.get_entry, n) for n in range(checkpoint.size)]
    return Read(suite, slug, files, log["vkey"], leaves)


async def recorded(coalition: Coalition, words: str, name: str) -> dict[str, Any]:
    """Let somebody record something; return the event as the answer told of it."""
    body = {"name": text(words), "contact": text(mail(words)), "locale": "en"}
    receipt = await coalition.post("members", "people", body, name)
    told: dict[str, Any] = receipt["events"][0]
    return told


async def test_what_the_answer_to_a_command_said_is_in_the_log(schools: Coalition) -> None:
    """Who keeps the answer can show later that the event is missing, or is another."""
    told = await recorded(schools, "Iris", "Clinic")
    log = await read(schools.suite, schools.slug, told["id"])
    at = log.at(told["id"])
    promised = base64.urlsafe_b64decode(told["leaf"] + "=")
    assert leaf_hash(log.leaves[at]) == promised

    answer = await schools.get("audit", f"events/{told['id']}/receipt.tlog-proof", "Clinic")
    head, _, checkpoint = answer.text.partition("\n\n")
    _, index, *hashes = head.split("\n")
    assert index == f"index {at}"
    decoded = tuple(base64.b64decode(each) for each in hashes)
    claim = Claim(vkey(log.vkey), log.leaves[at], at, decoded, checkpoint)
    assert judged([claim])[0]["holds"]


async def test_nobody_dates_back_what_they_record(schools: Coalition) -> None:
    began = datetime.now(UTC)
    told = await as_anybody(schools.suite, schools, "Klara", "2001-02-03T04:05:06Z")
    log = await read(schools.suite, schools.slug, told["id"])
    event = log.events[log.at(told["id"])]
    assert event["time"] == event["recordedtime"]
    assert abs(datetime.fromisoformat(event["time"]) - began) < LITTLE


async def as_anybody(
    suite: Suite, coalition: Coalition, words: str, claimed: str
) -> dict[str, Any]:
    """Record something with a token that is no demo's, and claim a time."""
    issuer = EmbeddedIssuer.read(suite.data / "secrets" / "issuer")
    headers = {
        "Authorization": f"Bearer {issuer.mint(mail(coalition.chair))}",
        "Accord-On-Behalf-Of": coalition.orgs[coalition.chair],
        "Accord-Occurred-At": claimed,
        "Idempotency-Key": words,
    }
    body = {"name": text(words), "contact": text(mail(words)), "locale": "en"}
    path = f"{suite.url}/members/api/v1/coalitions/{coalition.slug}/people"
    told: dict[str, Any] = made(await suite.client.post(path, json=body, headers=headers))
    event: dict[str, Any] = told["events"][0]
    return event


async def test_what_is_imported_is_marked_and_says_when_it_was_recorded(running: Suite) -> None:
    began = datetime.now(UTC)
    report = await imported(running, "minutes", SAMPLES / "minutes", slug="dated")
    assert report["recorded"] > 0, report
    log = await read(running, "dated")
    events = log.events
    older = [each for each in events if datetime.fromisoformat(each["time"]) < began - LITTLE]
    assert older
    assert all(each["authority"] == "imported" for each in older)
    for each in events:
        assert abs(datetime.fromisoformat(each["recordedtime"]) - began) < LITTLE, each["id"]
