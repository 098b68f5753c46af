"""Contributions as a sheet over HTTP, on a real PostgreSQL."""

import csv
import io
from typing import Any
from uuid import UUID

from tests.credit.ledger import CARLA, CLINIC, SAM, SCHOOL, UMA, UNION, Ledger
from tests.credit.test_imports import bring, line

HIDDEN = str(UUID(int=71))


async def rows(ledger: Ledger, person: UUID = SAM, **query: Any) -> list[dict[str, str]]:
    answer = await ledger.running.client.get(
        f"{ledger.base}/contributions.csv", params=query,
        headers={"Authorization": ledger.bearer(person)},
    )  # fmt: skip
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/csv; charset=utf-8; header=present"
    assert int(answer.headers["accord-position"]) >= 0
    text = answer.content.decode("utf-8-sig" if query else "utf-8")
    return [*csv.DictReader(io.StringIO(text, newline=""), strict=True)]


async def test_each_contribution_has_a_row_oldest_first(ledger: Ledger) -> None:
    assert await rows(ledger) == []
    told = {"of": str(SCHOOL), "role": "media", "degree": "lead", "about": ["credit/1"]}
    words = {"lang": "de", "text": '=1+1 "zwei";\ndrei'}
    await ledger.post(SAM, "/contributions", **told, what=words)
    second = await ledger.post(CARLA, "/contributions", **told, what=words)
    key = second.json()["stream"].removeprefix("contribution-")
    await ledger.post(UMA, f"/contributions/{key}/confirmations")
    first, last = await rows(ledger, bom=True)
    assert (first["organisation"], first["recorded_by"], first["confirmed_by"]) == (
        str(SCHOOL), str(SCHOOL), "",
    )  # fmt: skip
    assert (first["what"], first["language"], first["about"]) == (
        "'" + words["text"], "de", "credit/1",
    )  # fmt: skip
    assert (last["id"], last["recorded_by"], last["confirmed_by"]) == (
        key, str(CLINIC), str(UNION),
    )  # fmt: skip


async def test_k2_who_declined_is_not_in_it(ledger: Ledger) -> None:
    told = {"of": str(SCHOOL), "role": "media", "degree": "lead", "about": []}
    made = await ledger.post(UMA, "/contributions", **told, what={"lang": "en", "text": "It."})
    key = made.json()["stream"].removeprefix("contribution-")
    assert len(await rows(ledger)) == 1
    await ledger.post(SAM, f"/contributions/{key}/declinations")
    assert await rows(ledger) == []


async def test_i8_a_row_is_in_the_sheet_of_its_class_only(ledger: Ledger) -> None:
    await bring(ledger, line(HIDDEN, visibility="body"))
    assert await rows(ledger) == []
