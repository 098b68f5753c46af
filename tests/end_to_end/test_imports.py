"""An assembly's record in, its reports out: equal to the source, once, whatever is killed."""

import asyncio
import csv
import random
import shutil
import signal
from collections import Counter
from pathlib import Path

import httpx2
import pytest

from tests.end_to_end.imports import all_csvs, begin, caught_up, imported, register
from tests.suite import Suite, suite

STATES = [f"State {n:02}" for n in range(1, 31)]
ROLL_CALLS = 60
VOTES = ("yes", "yes", "yes", "no", "abstain", None)


def write_assembly(folder: Path) -> None:
    """Write an invented assembly whose membership grows, in the form of the real one."""
    chance = random.Random(7)  # noqa: S311 - an example, not a secret
    folder.mkdir()
    with (folder / "roll_calls.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(
            ["rcid", "session", "importantvote", "date", "unres", "amend", "para", "short", "descr"]
        )
        for n in range(ROLL_CALLS):
            day = f"19{50 + n // 20}-0{1 + n % 9}-1{n % 8}"
            important = "1.0" if n % 5 == 0 else "0.0"
            rows.writerow(
                [100 + n, 1, important, day, f"R/{n}", 0.0, 0.0, f"ITEM {n}", f"=Text {n}"]
            )
    with (folder / "votes.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["rcid", "country", "country_code", "vote"])
        for n in range(ROLL_CALLS):
            for state in STATES[: 12 + n // 3]:
                if vote := chance.choice(VOTES):
                    rows.writerow([100 + n, state, state[-2:], vote])
    with (folder / "issues.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["rcid", "short_name", "issue"])
        rows.writerows([100 + n, "ec", "Economy"] for n in range(0, ROLL_CALLS, 3))


def counts(folder: Path) -> dict[str, Counter[str]]:
    """Count a source's votes in the plainest way there is."""
    found: dict[str, Counter[str]] = {}
    with (folder / "votes.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["rcid"], Counter())[row["vote"]] += 1
    return found


@pytest.fixture(scope="module")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("source") / "assembly"
    write_assembly(folder)
    return folder


async def test_every_count_equals_the_source_and_a_second_import_adds_nothing(
    running: Suite, assembly: Path
) -> None:
    first = await imported(running, "roll-calls", assembly, slug="assembly")
    assert first["code"] == 0, first
    assert first["refused"] == 0
    await caught_up(running, "assembly", ROLL_CALLS)
    source = counts(assembly)
    rows = {row["source_id"]: row for row in await register(running, "assembly")}
    assert rows.keys() == source.keys()
    for rcid, votes in source.items():
        row = rows[rcid]
        agree, against = votes["yes"], votes["no"]
        assert (int(row["agree"]), int(row["disagree"]), int(row["abstain"])) == (
            agree, against, votes["abstain"],
        )  # fmt: skip
        important = (int(rcid) - 100) % 5 == 0
        passed = agree * 3 >= (agree + against) * 2 if important else agree > against
        assert row["outcome"] == ("adopted" if passed and agree + against else "rejected")
    again = await imported(running, "roll-calls", assembly, slug="assembly")
    assert (again["code"], again["recorded"], again["refused"]) == (0, 0, 0)


async def test_minutes_and_credits_import_once(running: Suite) -> None:
    samples = Path(__file__).parent.parent / "accord" / "samples"
    for kind, path in (("minutes", samples / "minutes"), ("credits", samples / "thanks.json")):
        first = await imported(running, kind, path, slug="projects")
        assert first["recorded"] > 0, first
        again = await imported(running, kind, path, slug="projects")
        assert again["recorded"] == 0, again
    answer = await running.get(
        "/meetings/api/v1/coalitions/projects/meetings", "operator", at_least="meetings/1"
    )
    assert len(answer.json()["items"]) == 4  # one of the five files says nobody was present


async def decided(running: Suite, slug: str) -> int:
    path = f"/transparency/api/v1/coalitions/{slug}/reports/decision-register.csv"
    try:
        answer = await running.get(path, "operator")
    except httpx2.TransportError:
        return 0
    return answer.text.count("\r\n") - 1 if answer.status_code == 200 else 0


async def test_killed_in_the_middle_restarted_and_repeated_it_ends_the_same(
    running: Suite, assembly: Path
) -> None:
    undisturbed = await all_csvs(running, "assembly")
    async with suite() as killed:
        refused = killed.data.parent / "refused.csv"
        first = await begin(killed, "roll-calls", assembly, slug="assembly", refused=refused)
        while await decided(killed, "assembly") < 5:
            assert first.returncode is None, (await first.communicate())[1].decode()
            await asyncio.sleep(0.05)
        await killed.stop(signal.SIGKILL)
        if first.returncode is None:
            first.kill()
        await first.wait()

        await killed.start()
        before = await decided(killed, "assembly")
        assert before < ROLL_CALLS
        report = await imported(killed, "roll-calls", assembly, slug="assembly")
        assert (report["code"], report["refused"]) == (0, 0), report
        await caught_up(killed, "assembly", ROLL_CALLS)
        assert await all_csvs(killed, "assembly") == undisturbed

        await killed.stop()
        shutil.rmtree(killed.data / "nats")
        await killed.start()
        assert await all_csvs(killed, "assembly") == undisturbed
        more = await imported(killed, "roll-calls", assembly, slug="another")
        assert more["code"] == 0  # the bus was made anew
        await caught_up(killed, "another", ROLL_CALLS)
