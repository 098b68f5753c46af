"""credit over HTTP, on a real PostgreSQL: commands in, rows out."""

from typing import Any

from tests.credit.ledger import (
    CARLA,
    CLINIC,
    DECISION,
    FOREIGN,
    SAM,
    SCHOOL,
    STRANGER,
    TEACHER,
    TESS,
    UMA,
    UNION,
    Ledger,
)

WORDS = {"lang": "en", "text": "Wrote the brief."}
TITLE = {"lang": "en", "text": "School meals are free."}
THANKS = "00000000-0000-0000-0000-0000000000a1"
OTHER = "00000000-0000-0000-0000-0000000000a2"


async def contribute(ledger: Ledger, person: Any, of: Any, *about: str, **more: str) -> str:
    told = {"role": "drafting", "degree": "lead"} | more
    answer = await ledger.post(
        person, "/contributions", of=str(of), about=about, what=WORDS, **told
    )
    assert answer.status_code == 201, answer.text
    return answer.headers["location"].rpartition("/")[2]


async def win(ledger: Ledger, *decisions: Any) -> str:
    answer = await ledger.post(
        UMA, "/wins", title=TITLE, size="major", decisions=[str(one) for one in decisions]
    )
    assert answer.status_code == 201, answer.text
    return answer.headers["location"].rpartition("/")[2]


async def thank(ledger: Ledger, key: str, person: Any, to: Any, **more: Any) -> Any:
    told = {"credit": THANKS, "role": "drafting", "degree": "lead", "basis": "gratitude"}
    return await ledger.post(person, f"/wins/{key}/credits", to=str(to), **(told | more))


async def test_k1_a_claim_is_confirmed_by_another(ledger: Ledger) -> None:
    key = await contribute(ledger, CARLA, CLINIC, "meetings/1")
    (row,) = (await ledger.get("/contributions"))["items"]
    assert row["state"] == "claimed"
    assert row["of"] == row["by"] == str(CLINIC)
    assert (row["what"], row["about"], row["ref"]) == (WORDS, ["meetings/1"], "credit/1")

    own = await ledger.post(CARLA, f"/contributions/{key}/confirmations")
    assert (own.status_code, own.json()["reason"]) == (409, "own_confirmation")
    assert (await ledger.post(SAM, f"/contributions/{key}/confirmations")).status_code == 201
    (row,) = (await ledger.get("/contributions"))["items"]
    assert (row["state"], row["confirmed_by"]) == ("confirmed", [str(SCHOOL)])
    assert (await ledger.post(SAM, f"/contributions/{key}/confirmations")).status_code == 200


async def test_k1_what_another_records_is_confirmed(ledger: Ledger) -> None:
    await contribute(ledger, SAM, CLINIC)
    (row,) = (await ledger.get("/contributions"))["items"]
    assert (row["state"], row["confirmed_by"]) == ("confirmed", [str(SCHOOL)])


async def test_k2_who_declines_is_counted_and_not_named(ledger: Ledger) -> None:
    hidden = await contribute(ledger, SAM, CLINIC)
    await contribute(ledger, SAM, UNION)
    await ledger.post(CARLA, f"/contributions/{hidden}/declinations")
    listed = await ledger.get("/contributions")
    assert [row["of"] for row in listed["items"]] == [str(UNION)]
    assert listed["undisclosed"] == 1
    of_one = await ledger.get("/contributions", organisation=str(CLINIC))
    assert (of_one["items"], of_one["undisclosed"]) == ([], None)


async def test_k6_rows_sort_by_time_whoever_did_more(ledger: Ledger) -> None:
    for org in (UNION, CLINIC, CLINIC, SCHOOL, CLINIC):
        await contribute(ledger, TESS, org)
    rows = (await ledger.get("/contributions"))["items"]
    assert [row["of"] for row in rows] == [str(o) for o in (CLINIC, SCHOOL, CLINIC, CLINIC, UNION)]
    assert not any("count" in name or "rank" in name or "total" in name for name in rows[0])


async def test_contributions_come_in_pages(ledger: Ledger) -> None:
    for org in (UNION, CLINIC, SCHOOL):
        await contribute(ledger, TESS, org)
    first = await ledger.get("/contributions", limit=2)
    rest = await ledger.get("/contributions", limit=2, cursor=first["next_cursor"])
    assert [row["ref"] for row in first["items"]] == ["credit/3", "credit/2"]
    assert [row["ref"] for row in rest["items"]] == ["credit/1"]
    assert rest["next_cursor"] is None
    only = await ledger.get("/contributions", organisation=str(CLINIC))
    assert [row["ref"] for row in only["items"]] == ["credit/2"]


async def test_a_stranger_is_refused_and_leaves_no_trace(ledger: Ledger) -> None:
    told = {"role": "data", "degree": "equal", "what": WORDS}
    answer = await ledger.post(CARLA, "/contributions", of=str(STRANGER), **told)
    assert (answer.status_code, answer.json()["reason"]) == (409, "unknown_organisation")
    assert await ledger.events() == 0


async def test_a_win_refers_to_decisions_that_were_heard(ledger: Ledger) -> None:
    answer = await ledger.post(UMA, "/wins", title=TITLE, size="step", decisions=[str(FOREIGN)])
    assert (answer.status_code, answer.json()["reason"]) == (409, "unknown_decision")
    key = await win(ledger, DECISION)
    shown = await ledger.get(f"/wins/{key}")
    assert (shown["kind"], shown["size"], shown["title"]) == ("win", "major", TITLE)
    assert shown["decisions"] == [str(DECISION)]
    assert shown["by"] == str(UNION)


async def test_a_loss_is_listed_with_the_wins(ledger: Ledger) -> None:
    key = await win(ledger)
    assert (await ledger.post(UMA, "/losses", title=TITLE)).status_code == 201
    rows = (await ledger.get("/wins"))["items"]
    assert [row["kind"] for row in rows] == ["loss", "win"]
    page = await ledger.get("/wins", limit=1)
    (last,) = (await ledger.get("/wins", cursor=page["next_cursor"]))["items"]
    assert last["win"] == key


async def test_thanks_rest_on_evidence_and_are_accepted(ledger: Ledger) -> None:
    deed, key = await contribute(ledger, CARLA, CLINIC), await win(ledger)
    early = await thank(ledger, key, UMA, CLINIC, basis="evidence", contributions=[deed])
    assert (early.status_code, early.json()["reason"]) == (409, "unconfirmed")
    await ledger.post(SAM, f"/contributions/{deed}/confirmations")
    given = await thank(ledger, key, UMA, CLINIC, basis="evidence", contributions=[deed])
    assert given.status_code == 201
    assert (await ledger.post(CARLA, f"/wins/{key}/acceptances", credit=THANKS)).status_code == 201
    (row,) = (await ledger.get(f"/wins/{key}"))["credits"]
    assert (row["to"], row["by"], row["accepted"]) == (str(CLINIC), str(UNION), True)
    assert (row["role"], row["degree"], row["contributions"]) == ("drafting", "lead", [deed])


async def test_k1_nobody_credits_itself(ledger: Ledger) -> None:
    answer = await thank(ledger, await win(ledger), CARLA, CLINIC)
    assert (answer.status_code, answer.json()["reason"]) == (409, "own_confirmation")


async def test_k2_who_waives_is_counted_and_not_named(ledger: Ledger) -> None:
    key = await win(ledger)
    await thank(ledger, key, UMA, CLINIC)
    await thank(ledger, key, UMA, SCHOOL, credit=OTHER, degree="equal")
    await ledger.post(CARLA, f"/wins/{key}/waivers", credit=THANKS)
    shown = await ledger.get(f"/wins/{key}")
    assert [row["to"] for row in shown["credits"]] == [str(SCHOOL)]
    assert shown["undisclosed"] == 1
    assert str(CLINIC) not in str(shown)


async def test_a_correction_stands_beside_what_it_corrects(ledger: Ledger) -> None:
    key = await win(ledger)
    await thank(ledger, key, SAM, CLINIC)
    told = {"credit": THANKS, "role": "research", "degree": "equal", "reason": WORDS}
    other = await ledger.post(TESS, f"/wins/{key}/corrections", **told)
    assert (other.status_code, other.json()["reason"]) == (409, "not_the_assigner")
    assert (await ledger.post(UMA, f"/wins/{key}/corrections", **told)).status_code == 201
    (row,) = (await ledger.get(f"/wins/{key}"))["credits"]
    assert (row["role"], row["degree"], row["by"]) == ("research", "equal", str(SCHOOL))
    (corrected,) = row["corrections"]
    assert (corrected["reason"], corrected["by"]) == (WORDS, str(UNION))


async def test_an_office_ends_on_its_day(ledger: Ledger) -> None:
    key = await win(ledger)
    await thank(ledger, key, SAM, CLINIC)
    told = {"credit": THANKS, "role": "research", "degree": "equal", "reason": WORDS}
    await ledger.take_role(TESS, "secretary", until="2026-01-31")
    over = await ledger.post(TESS, f"/wins/{key}/corrections", **told)
    assert over.status_code == 409
    await ledger.take_role(TESS, "secretary", until="2999-01-31")
    assert (await ledger.post(TESS, f"/wins/{key}/corrections", **told)).status_code == 201


async def test_k3_the_announcement_names_who_took_part_without_credit(ledger: Ledger) -> None:
    decided = "meetings/1"
    step = TEACHER  # any id
    await ledger.hear("meetings", "NextStepProposed", step, decision=str(DECISION))
    await ledger.hear("meetings", "NextStepAssigned", step, owner=str(TEACHER))
    await ledger.hear("meetings", "NextStepReassigned", step, owner=str(UNION))
    key = await win(ledger, DECISION)
    about_it = f"credit/{(await ledger.get(f'/wins/{key}'))['ref'].rpartition('/')[2]}"
    await contribute(ledger, UMA, CLINIC, decided)
    await contribute(ledger, UMA, SCHOOL, about_it)
    await contribute(ledger, TESS, TEACHER, decided)  # a claim
    declined = await contribute(ledger, UMA, TEACHER, decided)
    await ledger.post(TESS, f"/contributions/{declined}/declinations")

    async def told() -> list[str]:
        answer = await ledger.post(UMA, f"/wins/{key}/announcements", audience="public")
        assert answer.status_code == 201, answer.text
        last: list[str] = (await ledger.get(f"/wins/{key}"))["announcements"][-1]["uncredited"]
        return last

    assert await told() == [str(CLINIC), str(SCHOOL)]
    await ledger.hear("meetings", "NextStepCompleted", step)
    assert await told() == [str(CLINIC), str(SCHOOL), str(UNION)]
    await thank(ledger, key, UMA, CLINIC)
    assert await told() == [str(SCHOOL), str(UNION)]
    shown = await ledger.get(f"/wins/{key}")
    assert [len(one["uncredited"]) for one in shown["announcements"]] == [2, 3, 2]
    assert shown["told"] == ["public"]


async def test_only_the_chair_announces(ledger: Ledger) -> None:
    key = await win(ledger)
    answer = await ledger.post(SAM, f"/wins/{key}/announcements", audience="public")
    assert answer.status_code == 403
    await ledger.hear("members", "OperatingModeSet", ledger.coalition, mode="informal")
    answer = await ledger.post(SAM, f"/wins/{key}/announcements", audience="public")
    assert answer.status_code == 201


async def test_latecomers_and_celebrations_are_shown(ledger: Ledger) -> None:
    key = await win(ledger)
    words = {"external": TITLE, "from": WORDS, "now": TITLE}
    assert (await ledger.post(UMA, f"/wins/{key}/latecomers", **words)).status_code == 201
    party = {"on": "2026-05-01", "orgs": [str(UNION), str(CLINIC)]}
    assert (await ledger.post(UMA, f"/wins/{key}/celebrations", **party)).status_code == 201
    shown = await ledger.get(f"/wins/{key}")
    (late,) = shown["latecomers"]
    assert (late["external"], late["before"], late["now"]) == (TITLE, WORDS, TITLE)
    (held,) = shown["celebrations"]
    assert (held["on"], held["orgs"]) == ("2026-05-01", [str(CLINIC), str(UNION)])


async def test_another_coalitions_win_is_not_there(ledger: Ledger) -> None:
    answer = await ledger.running.client.get(
        f"{ledger.base}/wins/{THANKS}",
        headers={"Authorization": ledger.bearer(SAM)},
    )
    assert answer.status_code == 404
