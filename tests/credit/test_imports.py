"""History comes in through the same commands and rules."""

from typing import Any
from uuid import UUID

import orjson

from tests.credit.ledger import CLINIC, SAM, SCHOOL, STRANGER, UMA, Ledger

DEED = "0195c5e0-1a20-7b31-8c42-5d6e7f809102"
HIDDEN = "0195c5e0-1a21-7b32-8c43-5d6e7f809103"
WORDS = {"lang": "en", "text": "doc"}


def line(key: str, of: Any = CLINIC, by: Any = SCHOOL, **more: Any) -> dict[str, Any]:
    body = {"of": str(of), "role": "drafting", "degree": "equal", "about": [], "what": WORDS}
    told = {"command": "RecordContribution", "id": key, "at": "2020-03-01T00:00:00.000Z"}
    return told | {"version": 1, "body": body, "by": str(by) if by else None} | more


async def bring(ledger: Ledger, *lines: dict[str, Any]) -> list[dict[str, Any]]:
    """Import lines as the chair, and return what was answered."""
    answer = await ledger.running.client.post(
        f"{ledger.base}/import",
        content=b"\n".join(map(orjson.dumps, lines)),
        headers={
            "Authorization": ledger.bearer(UMA),
            "Content-Type": "application/x-ndjson",
        },
    )
    assert answer.status_code == 200, answer.text
    await ledger.running.views.heal(ledger.coalition)
    return [orjson.loads(said) for said in answer.text.splitlines()]


async def test_a_contribution_of_the_past_is_told_once(ledger: Ledger) -> None:
    for recorded, skipped in ((1, 0), (0, 1)):
        (total,) = await bring(ledger, line(DEED))
        assert (total["recorded"], total["skipped"], total["refused"]) == (recorded, skipped, 0)
    (row,) = (await ledger.get("/contributions"))["items"]
    assert (row["contribution"], row["state"]) == (DEED, "confirmed")
    assert row["at"] == "2020-03-01T00:00:00Z"
    assert row["what"] == WORDS


async def test_the_rules_hold_for_the_past_too(ledger: Ledger) -> None:
    *refused, total = await bring(ledger, line(DEED, STRANGER), line(HIDDEN, by=None))
    assert [one["reason"] for one in refused] == ["unknown_organisation", "no_organisation"]
    assert (total["recorded"], total["refused"]) == (0, 2)


async def test_i8_a_row_is_seen_by_its_class_only(ledger: Ledger) -> None:
    await bring(ledger, line(DEED, visibility="public"), line(HIDDEN, visibility="body"))
    rows = (await ledger.get("/contributions", SAM))["items"]
    assert [row["contribution"] for row in rows] == [DEED]


async def test_a_win_and_its_thanks_are_told(ledger: Ledger) -> None:
    win, thanks = str(UUID(int=91)), str(UUID(int=92))
    told = {
        "credit": thanks,
        "to": str(CLINIC),
        "role": "drafting",
        "degree": "lead",
        "basis": "evidence",
        "contributions": [DEED],
    }
    (total,) = await bring(
        ledger,
        line(DEED),
        line(win, command="DeclareWin", body={"title": WORDS, "size": "step"}),
        line(win, command="AssignCredit", body=told, version=2),
        line(win, command="AcceptCredit", body={"credit": thanks}, by=CLINIC, version=3),
    )
    assert (total["recorded"], total["refused"]) == (4, 0)
    (row,) = (await ledger.get(f"/wins/{win}"))["credits"]
    assert (row["to"], row["by"], row["accepted"]) == (str(CLINIC), str(SCHOOL), True)
