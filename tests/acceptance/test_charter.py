"""What the coalition is for, who accepted how it works, and when it looks at that again."""

from typing import Any

from tests.acceptance.test_issues import raise_issue, say, shown
from tests.end_to_end.coalition import Coalition, key_of, mail, text


async def post(table: Coalition, path: str, body: Any, name: str = "Clinic") -> dict[str, Any]:
    receipt: dict[str, Any] = await table.post("members", path, body, name)
    return receipt


def own(table: Coalition, name: str, what: str) -> str:
    """Return the path of what an organisation says of itself."""
    return f"members/{table.orgs[name]}/{what}"


def named(rows: list[Any]) -> set[str]:
    return {row["name"]["text"] for row in rows}


async def test_f6_a_context_shift_opens_a_review_naming_who_is_affected(table: Coalition) -> None:
    issue = await raise_issue(table, "School closures")
    for name in ("Union", "Parents"):
        stand = {"position": "oppose", "reason": text("Children need places.")}
        await say(table, issue, "positions", stand, name)
    shift = {"what": text("A new minister."), "issues": [issue]}
    last = await post(table, "context-shifts", shift, "Library")

    [review] = (await shown(table, "reviews", last))["items"]
    assert (review["kind"], review["trigger"]) == ("positions", "context_shift")
    assert named(review["asked"]) == {"Union", "Parents"}
    assert review["result"] is None
    charter = await shown(table, "charter", last)
    assert charter["context_shifts"][0]["what"]["text"] == "A new minister."
    assert charter["context_shifts"][0]["noted_by"]["name"]["text"] == "Library"

    done = {"review": review["review"], "result": "changed", "note": text("Two moved.")}
    last = await post(table, "review-closings", done)
    for name, asked in (("Union", 1), ("Library", 0)):
        found = await table.get(
            "members", "reviews", name,
            organisation=table.orgs[name], at_least=f"members/{last['position']}",
        )  # fmt: skip
        reviews = found.json()["items"]
        assert len(reviews) == asked
        assert all(
            (row["result"], row["note"]["text"]) == ("changed", "Two moved.") for row in reviews
        )


async def test_f13_where_an_interest_is_required_nobody_joins_without_one(
    table: Coalition,
) -> None:
    await post(table, "scopes", {"interest_required": True})
    asked = {
        "name": text("Bakery"), "kind": "organization", "sector": "food",
        "why": text("We feed people."),
    }  # fmt: skip
    bakery = key_of(await post(table, "applications", asked))
    admission = {
        "name": text("Bakery"), "kind": "organization", "sector": "food", "commitment": "homework",
        "voting_right": True,
    }  # fmt: skip
    path = f"members/{bakery}/admissions"
    refused = await table.try_post("members", path, admission, "Clinic")
    assert (refused.status_code, refused.json()["reason"]) == (409, "interest_missing")

    interest = {"mutual_benefit": text("We find customers."), "answers_to": [text("Our cooks.")]}
    again = f"members/{bakery}/applications"
    await post(table, again, asked | {"interest": interest})
    last = await post(table, path, admission)
    detail = await shown(table, f"members/{bakery}", last)
    [stated] = detail["interest"]
    assert stated["answers"]["mutual_benefit"]["text"] == "We find customers."
    assert [one["text"] for one in stated["answers"]["answers_to"]] == ["Our cooks."]
    await post(table, "scopes", {"interest_required": False})
    await post(table, f"members/{bakery}/departures", {"reason_code": "other"})


async def test_f23_f47_every_member_accepts_each_version_of_the_rules_or_is_missing(
    table: Coalition,
) -> None:
    last = await post(table, "ground-rules", {"text": text("We speak to each other first.")})
    rules = (await shown(table, "charter", last))["accepted_rules"]
    everybody = {"Clinic", "Union", "Parents", "Library"}
    assert (rules["version"], named(rules["missing"])) == (1, everybody)
    for name in everybody:
        last = await post(table, own(table, name, "acceptances"), {"version": 1}, name)
    rules = (await shown(table, "charter", last))["accepted_rules"]
    assert (rules["missing"], named(rules["accepted"])) == ([], everybody)

    await post(table, "ground-rules", {"text": text("We speak first, and to nobody else.")})
    path = own(table, "Union", "acceptances")
    late = await table.try_post("members", path, {"version": 1}, "Union")
    assert (late.status_code, late.json()["reason"]) == (409, "unknown_version")
    last = await post(table, path, {"version": 2}, "Union")
    charter = await shown(table, "charter", last)
    assert named(charter["accepted_rules"]["missing"]) == everybody - {"Union"}
    assert [row["version"] for row in charter["ground_rules"]] == [2, 1]


async def test_f29_the_alignment_matrix_shows_answers_and_gaps(table: Coalition) -> None:
    answers = {
        "brings": text("Forty nurses."), "problem": text("Nobody comes."),
        "goals": text("Every child seen."),
    }  # fmt: skip
    last = await post(table, own(table, "Clinic", "alignments"), answers)
    rows = {
        row["organisation"]["name"]["text"]: row
        for row in (await shown(table, "alignments", last))["items"]
    }
    assert rows["Clinic"]["complete"] is True
    assert rows["Clinic"]["answers"]["goals"]["text"] == "Every child seen."
    assert not any(row["complete"] for name, row in rows.items() if name != "Clinic")
    assert set(rows["Union"]["answers"].values()) == {None}


async def test_f34_who_has_not_acknowledged_the_structure_is_listed(table: Coalition) -> None:
    structure = {"bodies": [table.plenary], "text": text("The plenary decides all of it.")}
    await post(table, "decision-structures", structure)
    for name in ("Clinic", "Parents"):
        last = await post(table, own(table, name, "acknowledgements"), {"version": 1}, name)
    known = (await shown(table, "charter", last))["acknowledged_structure"]
    assert named(known["missing"]) == {"Union", "Library"}
    assert named(known["accepted"]) == {"Clinic", "Parents"}


async def test_f51_each_organisation_shows_its_point_person_and_last_briefing(
    table: Coalition,
) -> None:
    person = (await table.get("members", "me", "Library")).json()["person"]
    await post(table, own(table, "Library", "point-people"), {"person": person}, "Library")
    for day, attended in (("2026-03-02", 4), ("2026-03-09", 6), ("2026-02-02", 9)):
        held = {"on": day, "attended": attended}
        last = await post(table, own(table, "Library", "briefings"), held, "Library")
    detail = await shown(table, own(table, "Library", "").rstrip("/"), last)
    assert detail["point_person"] == person
    assert [(row["on"], row["attended"]) for row in detail["briefings"]] == [
        ("2026-03-09", 6), ("2026-03-02", 4), ("2026-02-02", 9),
    ]  # fmt: skip


async def test_f61_replacing_a_representative_opens_one_review_of_roles(table: Coalition) -> None:
    person = key_of(
        await post(
            table, "people",
            {"name": text("A new face"), "contact": text(mail("Newer Face")), "locale": "en"},
            "Parents",
        )
    )  # fmt: skip
    replacement = {
        "ended": table.accreditations["Parents"], "accreditation": str(table.suite.new_id()),
        "body": table.plenary, "person": person, "authority": "full", "voting": True,
    }  # fmt: skip
    first = await post(table, own(table, "Parents", "replacements"), replacement, "Parents")
    await shown(table, "reviews", first)  # until then nobody knows the new face
    table.orgs["Newer Face"] = table.orgs["Parents"]
    last = await post(table, own(table, "Parents", "replacements"), replacement, "Newer Face")
    [review] = [
        row for row in (await shown(table, "reviews", last))["items"] if row["kind"] == "roles"
    ]
    assert (review["trigger"], named(review["asked"])) == ("replacement", {"Parents"})
