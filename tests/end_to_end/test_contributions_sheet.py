"""Contributions out of a living coalition and into another: the same sheet, once."""

from pathlib import Path
from typing import Any

from tests.end_to_end.coalition import form, key_of, text
from tests.end_to_end.test_sheets import accord, brought
from tests.suite import Suite

HEADER = "id,organisation,role,degree,what,language,about,from,recorded_by,confirmed_by"


async def taken(suite: Suite, folder: Path, slug: str, name: str) -> list[str]:
    """Export contributions, and return the lines without what they are about."""
    code, _, remarks = await accord(
        suite, folder, "export", name, "--coalition", slug, "--only", "contributions"
    )
    assert (code, remarks) == (0, "")
    return (folder / name / "contributions.csv").read_text().splitlines()


async def test_a_round_trip_gives_the_same_contributions(running: Suite, tmp_path: Path) -> None:
    league = await form(running, "deeds")
    for name in ("School", "Union"):
        position = await league.admit(name)
    await league.settled(f"members/{position}")

    async def record(by: str, of: str, what: str) -> str:
        told: dict[str, Any] = {"of": league.orgs[of], "role": "media", "degree": "lead"}
        words = {"what": text(what), "about": []}
        return key_of(await league.post("credit", "contributions", told | words, by))

    claim = await record("School", "School", '=Called "everybody", late')
    confirmed = await record("Union", "Union", "Printed it.")
    await league.post("credit", f"contributions/{confirmed}/confirmations", {}, "School")
    await record("Clinic", "School", "Lent a van.")
    gone = await record("Clinic", "Union", "Not to be named.")
    last = await league.post("credit", f"contributions/{gone}/declinations", {}, "Union")
    await league.get("credit", "contributions", "Clinic", at_least=f"credit/{last['position']}")

    out = await taken(running, tmp_path, "deeds", "out")
    assert out[0] == HEADER
    assert [line.partition(",")[0] for line in out[1:3]] == [claim, confirmed]
    assert len(out) == 4
    assert out[2].endswith(f"{league.orgs['Union']},{league.orgs['School']}")
    sheet = ("contributions", "out/contributions.csv", "--coalition")
    again = await brought(running, tmp_path, *sheet, "deeds")
    assert (again["code"], again["recorded"], again["refused"], again["skipped"]) == (0, 0, 0, 3)

    code, _, remarks = await accord(running, tmp_path, "export", "table", "--coalition", "deeds")
    assert code == 0, remarks
    await brought(running, tmp_path, "csv", "table", "--coalition", "deeds-copy")
    for recorded in (4, 0):
        report = await brought(running, tmp_path, *sheet, "deeds-copy")
        assert (report["code"], report["refused"]) == (0, 0), report
        assert report["recorded"] == recorded
    answer = await running.get("/credit/api/v1/coalitions/deeds-copy/contributions", "operator")
    states = {row["contribution"]: row["state"] for row in answer.json()["items"]}
    assert (states[claim], states[confirmed], len(states)) == ("claimed", "confirmed", 3)
    assert await taken(running, tmp_path, "deeds-copy", "back") == out


async def test_a_coalition_has_to_be_there(running: Suite, tmp_path: Path) -> None:
    (tmp_path / "it.csv").write_text("organisation,role,what\nClinic,media,Called.\n")
    code, _, remarks = await accord(
        running, tmp_path, "import", "contributions", "it.csv", "--coalition", "nobody"
    )
    assert code == 1
    assert "import its members first" in remarks
