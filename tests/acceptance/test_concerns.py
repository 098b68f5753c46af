"""What worries people, said early and inside: whose it is, where it stands, how it ended."""

from typing import Any

from tests.acceptance.test_circles import dump
from tests.acceptance.test_erasure import until
from tests.acceptance.test_mandates import presided, publish, raised, refusal, settle
from tests.end_to_end.coalition import Coalition, key_of, mail, text
from tests.web.browsing import person

MEMBER = {"source": "member", "kind": "policy"}
COMMUNITY = {"source": "community", "kind": "implementation"}


async def raise_(table: Coalition, words: str, name: str, **more: Any) -> Any:
    return await table.post("meetings", "concerns", MEMBER | {"text": text(words)} | more, name)


async def resolve(table: Coalition, concern: str, how: str, words: str) -> Any:
    said = {"how": how, "text": text(words)}
    return await table.post("meetings", f"concerns/{concern}/resolutions", said, "Clinic")


async def row_of(table: Coalition, receipt: Any, name: str) -> Any:
    """Return a concern as somebody reads it; `None` where they do not."""
    reached = f"meetings/{receipt['position']}"
    answer = await table.get("meetings", "concerns", name, at_least=reached)
    assert answer.status_code == 200, answer.text
    rows = {row["concern"]: row for row in answer.json()["items"]}
    return rows.get(key_of(receipt))


async def test_f72_an_anonymous_concern_shows_age_and_resolution_but_not_who_raised_it(
    table: Coalition,
) -> None:
    office = {"role": "chair", "accreditation": table.accreditations["Clinic"]}
    path = f"bodies/{table.plenary}/roles"
    await settle(table, await table.post("members", path, office, "Clinic"))
    me = (await table.get("members", "me", "Parents")).json()
    leads = {me["person"], table.orgs["Parents"], table.accreditations["Parents"], mail("Parents")}
    before = await dump(table)
    assert any(lead in said for lead in leads for _, _, said in before)

    receipt = await raise_(table, "We never vote.", "Parents", anonymous=True)
    concern = key_of(receipt)
    row = await row_of(table, receipt, "Library")
    assert (row["anonymous"], row["raised_by"], row["days"]) == (True, None, 0)
    await table.settled(f"meetings/{receipt['position']}")
    new = await dump(table) - before
    assert any(concern in said for _, _, said in new)
    for _, where, said in new:
        for lead in leads:
            assert lead not in said, (where, lead)

    path = f"concerns/{concern}/raiser"
    assert (await table.get("meetings", path, "Library")).status_code == 403
    assert (await table.get("meetings", path, "Parents")).status_code == 403
    told = (await table.get("meetings", path, "Clinic")).json()
    assert told["raised_by"]["name"]["text"] == "Parents"
    resolved = await resolve(table, concern, "changed", "We vote from now on.")
    row = await row_of(table, resolved, "Parents")
    assert row["resolution"]["how"] == "changed"
    assert row["resolution"]["text"]["text"] == "We vote from now on."
    assert (await table.get("meetings", path, "Clinic")).json() == {"raised_by": None}


async def test_f85_a_concern_from_the_community_stands_with_the_proposal_it_is_about(
    table: Coalition,
) -> None:
    proposal = await publish(table, await raised(table, "Night buses"))
    said = COMMUNITY | {"about": proposal}
    receipt = await raise_(table, "The last stop is dark.", "Union", **said)
    row = await row_of(table, receipt, "Parents")
    assert (row["source"], row["about"]["id"]) == ("community", proposal)
    async with person(table.suite, table.slug, "Parents") as parent:
        reached = f"?at_least=meetings/{receipt['position']}"
        shown = await parent.open(f"/decisions/{proposal}{reached}")
        assert "The last stop is dark." in shown.words
        assert "From the community" in shown.words
        page = await parent.open(f"/concerns?about={proposal}")
        words = {"text": "It is cold there.", "source": "member", "kind": "policy"}
        after = await parent.send(page, "raise-about", **words)
        assert (after.status, after.errors) == (200, [])
        assert "It is cold there." in after.words
        missing = await parent.send(after, "raise-about", source="member", kind="policy")
        assert missing.errors == ["Say what worries you."]
        assert "It is cold there." in (await parent.open(f"/decisions/{proposal}")).words


async def test_f86_an_interpersonal_concern_cannot_be_disclosed_above_its_body(
    table: Coalition,
) -> None:
    group = await presided(table, "all")
    receipt = await raise_(
        table, "They do not listen to us.", "Clinic", kind="interpersonal", body=group
    )
    row = await until(lambda: row_of(table, receipt, "Clinic"))  # the seat is new to meetings
    assert row["kind"] == "interpersonal"
    assert await row_of(table, receipt, "Union") is None
    ref = f"meetings/{receipt['position']}"
    for to in ("members", "public"):
        asked = {"items": [ref], "to": to}
        answer = await table.try_post("meetings", "disclosures", asked, "Clinic")
        assert refusal(answer) == (409, "interpersonal")
    reports = await table.get("transparency", "reports/decision-register.json", "Union")
    assert "They do not listen to us." not in reports.text


async def test_f115_a_mediated_concern_closes_with_its_outcome_and_stays_in_its_class(
    table: Coalition,
) -> None:
    group = await presided(table, "all")
    receipt = await raise_(table, "We shout.", "Clinic", kind="interpersonal", body=group)
    concern = key_of(receipt)
    resolved = await resolve(table, concern, "mediated", "Both talked, and agreed on a signal.")
    row = await until(lambda: row_of(table, resolved, "Clinic"))
    assert row["resolution"]["how"] == "mediated"
    assert row["resolution"]["text"]["text"] == "Both talked, and agreed on a signal."
    assert await row_of(table, resolved, "Union") is None
    said = {"how": "withdrawn", "text": text("It is over.")}
    again = await table.try_post("meetings", f"concerns/{concern}/resolutions", said, "Clinic")
    assert refusal(again) == (409, "already_resolved")
    for position in (receipt["position"], resolved["position"]):
        asked = {"items": [f"meetings/{position}"], "to": "members"}
        answer = await table.try_post("meetings", "disclosures", asked, "Clinic")
        assert refusal(answer) == (409, "interpersonal")
