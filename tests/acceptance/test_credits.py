"""Who contributed, who is thanked, and what came of it."""

import re
from typing import Any

from tests.end_to_end.coalition import Coalition, key_of, text
from tests.openapi.run import SERVICES

WELLBEING = {"score"}  # how somebody is, which no two people are compared by
STATEMENT = "reports/credit-statement"
RANKING = re.compile(
    r"(^|_)(rank(ing|ed)?|score|leader(s|board)|top|best|most|sort|order_?by)(_|$)"
)


async def seen(table: Coalition, path: str, name: str, receipt: Any = None) -> Any:
    """Return what the delegate of `name` reads in credit once `receipt` is in it."""
    more = {} if receipt is None else {"at_least": f"credit/{receipt['position']}"}
    answer = await table.get("credit", path, name, **more)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def statement(table: Coalition, of: str, receipt: Any, suffix: str = "json") -> Any:
    """Return the credit statement of an organisation, with `receipt` in it."""
    answer = await table.get(
        "transparency", f"{STATEMENT}.{suffix}", table.chair, organisation=table.orgs[of],
        at_least=f"credit/{receipt['position']}",
    )  # fmt: skip
    assert answer.status_code == 200, answer.text
    return answer.json() if suffix == "json" else answer.text


async def record(table: Coalition, by: str, of: str, what: str, /, **more: Any) -> Any:
    told = {"of": table.orgs[of], "role": "drafting", "degree": "equal", "what": text(what)}
    return await table.post("credit", "contributions", told | more, by)


async def declare(table: Coalition, title: str, /, **more: Any) -> tuple[str, Any]:
    told = {"title": text(title), "size": "step"} | more
    receipt = await table.post("credit", "wins", told, table.chair)
    return key_of(receipt), receipt


async def thank(table: Coalition, win: str, by: str, to: str, /, **more: Any) -> Any:
    told = {
        "credit": str(table.suite.new_id()), "to": table.orgs[to], "role": "drafting",
        "degree": "equal", "basis": "gratitude",
    }  # fmt: skip
    return await table.post("credit", f"wins/{win}/credits", told | more, by)


async def test_f87_a_contribution_is_claimed_until_another_organisation_confirms_it(
    table: Coalition,
) -> None:
    receipt = await record(
        table, "Union", "Union", "Put out the chairs.", role="care_and_logistics"
    )
    key = key_of(receipt)

    async def states(receipt: Any) -> tuple[str, str]:
        rows = (await seen(table, "contributions", "Library", receipt))["items"]
        [row] = [row for row in rows if row["contribution"] == key]
        [line] = [
            row for row in (await statement(table, "Union", receipt))["rows"] if row["id"] == key
        ]
        return row["state"], line["part"]

    assert await states(receipt) == ("claimed", "claimed")
    path = f"contributions/{key}/confirmations"
    own = await table.try_post("credit", path, {}, "Union")
    assert (own.status_code, own.json()["reason"]) == (409, "own_confirmation")
    receipt = await table.post("credit", path, {}, "Parents")
    assert await states(receipt) == ("confirmed", "contribution")

    declined = await table.post("credit", f"contributions/{key}/declinations", {}, "Union")
    listed = await seen(table, "contributions", "Library", declined)
    assert key not in {row["contribution"] for row in listed["items"]}
    assert listed["undisclosed"] == 1


async def test_f88_thanking_one_organisation_changes_no_others_record(table: Coalition) -> None:
    win, receipt = await declare(table, "A bus line")
    receipt = await thank(table, win, "Union", "Parents", degree="lead")

    async def others(receipt: Any) -> list[Any]:
        said = [await statement(table, name, receipt) for name in ("Parents", "Clinic")]
        credits_ = (await seen(table, f"wins/{win}", "Parents", receipt))["credits"]
        return [
            *[(each["summary"], each["rows"]) for each in said],
            [row for row in credits_ if row["to"] != table.orgs["Library"]],
        ]

    before = await others(receipt)
    thanks = str(table.suite.new_id())
    receipt = await thank(table, win, "Union", "Library", credit=thanks)
    assert await others(receipt) == before
    corrected = {"credit": thanks, "role": "data", "degree": "supporting", "reason": text("Data.")}
    receipt = await table.post("credit", f"wins/{win}/corrections", corrected, "Union")
    assert await others(receipt) == before
    receipt = await table.post("credit", f"wins/{win}/waivers", {"credit": thanks}, "Library")
    assert await others(receipt) == before
    shown = await seen(table, f"wins/{win}", "Parents", receipt)
    assert shown["undisclosed"] == 1
    [row] = shown["credits"]
    assert (row["to"], row["degree"]) == (table.orgs["Parents"], "lead")


async def test_f89_thanks_need_no_contribution_and_are_called_thanks_everywhere(
    table: Coalition,
) -> None:
    win, _ = await declare(table, "A crossing guard")
    refused = await table.try_post(
        "credit", f"wins/{win}/credits",
        {"credit": str(table.suite.new_id()), "to": table.orgs["Library"], "role": "media",
         "degree": "equal", "basis": "evidence"},
        "Union",
    )  # fmt: skip
    assert (refused.status_code, refused.json()["reason"]) == (409, "no_evidence")
    thanks = str(table.suite.new_id())
    receipt = await thank(table, win, "Union", "Library", role="media", credit=thanks)
    [shown] = (await seen(table, f"wins/{win}", "Parents", receipt))["credits"]
    received = (await seen(table, "credits/received", "Library"))["items"]
    [own] = [row for row in received if row["credit"] == thanks]
    told = (await statement(table, "Library", receipt))["rows"]
    [line] = [row for row in told if row["id"] == thanks]
    assert {shown["basis"], own["basis"], line["basis"]} == {"gratitude"}
    sheet = await statement(table, "Library", receipt, "csv")
    assert [row for row in sheet.splitlines() if "media" in row and "gratitude" in row]
    page = await statement(table, "Library", receipt, "html")
    assert "gratitude" in page


async def test_f90_a_latecomer_heads_the_thanks_with_the_view_held_before_and_now(
    table: Coalition,
) -> None:
    win, _ = await declare(table, "A warm meal")
    await thank(table, win, "Union", "Library")
    late = {
        "external": text("The mayor"), "from": text("Too dear."), "now": text("Cheaper than not."),
    }  # fmt: skip
    receipt = await table.post("credit", f"wins/{win}/latecomers", late, "Union")
    ours = {"to": table.orgs["Parents"], "from": text("Too late."), "now": text("Not for us.")}
    receipt = await table.post("credit", f"wins/{win}/latecomers", ours, "Union")
    own = await table.try_post("credit", f"wins/{win}/latecomers", ours, "Parents")
    assert (own.status_code, own.json()["reason"]) == (409, "own_confirmation")
    shown = await seen(table, f"wins/{win}", "Library", receipt)
    names = list(shown)
    assert names.index("latecomers") < names.index("credits")
    mayor, parents = shown["latecomers"]
    assert (mayor["external"], mayor["before"], mayor["now"]) == tuple(late.values())
    assert (parents["to"], parents["before"], parents["now"]) == tuple(ours.values())


async def test_f93_announcing_a_win_lists_who_contributed_and_has_no_credit(
    table: Coalition,
) -> None:
    win, declared = await declare(table, "A safe way to school", size="major")
    about = [f"credit/{declared['position']}"]
    for by, of in (("Union", "Library"), ("Clinic", "Parents"), ("Union", "Clinic")):
        await record(table, by, of, "Counted cars.", about=about)
    await record(table, "Union", "Union", "Says so itself.", about=about)
    await thank(table, win, "Union", "Clinic")

    def ids(*names: str) -> list[str]:
        return sorted(table.orgs[name] for name in names)

    before = await seen(table, f"wins/{win}/uncredited", table.chair)
    assert before == {"uncredited": ids("Library", "Parents")}
    assert await seen(table, f"wins/{win}/uncredited", "Library") == before, "nobody is forgotten"
    path, audience = f"wins/{win}/announcements", {"audience": "members"}
    receipt = await table.post("credit", path, audience, table.chair)
    [first] = (await seen(table, f"wins/{win}", "Library", receipt))["announcements"]
    assert first["uncredited"] == before["uncredited"]
    await thank(table, win, "Union", "Library")
    receipt = await table.post("credit", path, audience, table.chair)
    lists = (await seen(table, f"wins/{win}", "Library", receipt))["announcements"]
    assert [each["uncredited"] for each in lists] == [ids("Library", "Parents"), ids("Parents")]
    missing = await table.get("credit", f"wins/{table.suite.new_id()}/uncredited", table.chair)
    assert missing.status_code == 404


async def test_f99_wins_and_losses_are_listed_together(table: Coalition) -> None:
    win, _ = await declare(table, "A lollipop lady")
    receipt = await table.post(
        "credit", "losses", {"title": text("No bus after nine.")}, table.chair
    )
    rows = (await seen(table, "wins", "Library", receipt))["items"]
    assert [(row["kind"], row["win"]) for row in rows[:2]] == [
        ("loss", key_of(receipt)),
        ("win", win),
    ]
    assert rows[0]["title"] == text("No bus after nine.")
    refused = await table.try_post(
        "credit", f"wins/{key_of(receipt)}/announcements", {"audience": "public"}, table.chair
    )
    assert (refused.status_code, refused.json()["reason"]) == (409, "not_a_win")


async def test_f110_nothing_ranks_organisations_or_people(table: Coalition) -> None:
    for service in SERVICES:
        answer = await table.suite.client.get(f"{table.suite.url}/{service}/openapi.json")
        assert answer.status_code == 200, answer.text
        api = answer.json()
        fields = {
            name
            for shape in api["components"]["schemas"].values()
            for name in shape.get("properties", {})
        }
        asked = {
            parameter["name"]
            for path in api["paths"].values()
            for operation in path.values()
            if isinstance(operation, dict)
            for parameter in operation.get("parameters", ())
        }
        assert {name for name in fields | asked if RANKING.search(name)} <= WELLBEING

    for _ in range(3):
        receipt = await record(table, "Clinic", "Union", "Called round.", about=["credit/1"])
    receipt = await record(table, "Clinic", "Library", "Called once.", about=["credit/1"])
    receipt = await record(table, "Union", "Parents", "Called twice.", about=["credit/1"])
    told = await statement(table, "Parents", receipt)
    together = [
        each["organisation"]["name"]["text"]
        for each in told["summary"]
        if each["figure"] == "co_contributor"
    ]
    assert {"Library", "Union"} <= {*together}
    assert together == sorted(together), "by name, whoever did more"
    sheet = await statement(table, "Parents", receipt, "csv")
    assert not any(RANKING.search(name) for name in sheet.splitlines()[0].split(","))
    rows = (await seen(table, "contributions", "Library", receipt))["items"]
    newest = int(receipt["position"])
    assert [row["ref"] for row in rows[:2]] == [f"credit/{newest}", f"credit/{newest - 1}"]
