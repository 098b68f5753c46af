"""What partners need for their own people, and how they say what was agreed."""

from typing import Any
from uuid import uuid4

from tests.acceptance.test_charter import own, post
from tests.acceptance.test_issues import shown
from tests.acceptance.test_mandates import raised, refusal
from tests.end_to_end.coalition import Coalition, key_of, text


async def test_f64_each_variant_names_its_audience_and_its_approved_message(
    table: Coalition,
) -> None:
    need = {"need": text("A page without jargon"), "stakeholders": text("Our members")}
    last = await post(table, own(table, "Union", "needs"), need, "Union")
    detail = await shown(table, own(table, "Union", "").rstrip("/"), last)
    assert detail["needs"][0]["answers"]["stakeholders"]["text"] == "Our members"

    issue = await raised(table, "Tutoring")
    draft = {"issue": issue, "text": text("Every child gets a tutor.")}
    message = key_of(await table.post("meetings", "messages", draft, "Clinic"))
    path = f"messages/{message}"
    variant: dict[str, Any] = {
        "variant": str(uuid4()), "audience": "funders", "text": text("Tutors cost little."),
    }  # fmt: skip
    early = await table.try_post("meetings", f"{path}/variants", variant, "Union")
    assert refusal(early) == (409, "not_approved")
    for name in ("Union", "Parents"):
        await table.post("meetings", f"{path}/approvals", {}, name)
    await table.post("meetings", f"{path}/variants", variant, "Union")
    plain = {"variant": str(uuid4()), "audience": "public", "text": text("Help with homework!")}
    approved = await table.post("meetings", f"{path}/variants", plain, "Parents")

    reached = f"meetings/{approved['position']}"
    answer = await table.get("meetings", "messages", "Library", at_least=reached)
    [row] = answer.json()["items"]
    assert (row["text"]["text"], row["approved"]) == ("Every child gets a tutor.", True)
    assert {org["name"]["text"] for org in row["approved_by"]} == {"Union", "Parents"}
    assert [
        (one["audience"], one["text"]["text"], one["approved_by"]["name"]["text"])
        for one in row["variants"]
    ] == [
        ("funders", "Tutors cost little.", "Union"), ("public", "Help with homework!", "Parents"),
    ]  # fmt: skip
