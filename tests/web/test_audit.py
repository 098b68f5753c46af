"""The proof of a decision on its page, and the log behind it, without JavaScript."""

import asyncio
import time

import pytest

from accord.statement import Verdict
from accord.verify_proof import verify_proof
from services.web.page import to_html
from services.web.pages import audit
from shared.tlog.policy import Policy
from tests.end_to_end.test_proved_report import formed
from tests.suite import suite
from tests.web import samples
from tests.web.browsing import Person, Shown, person
from tests.web.shown import chrome, decision_page, read

ORIGIN = "host.example/audit/c/7f3a"
WITNESS = {"name": "clinic.example/witness", "at": "2026-11-23T10:00:00Z"}


async def once_sealed(someone: Person, path: str) -> Shown:
    """Return a page when it says that its event is sealed."""
    end = time.monotonic() + 20
    while True:
        page = await someone.open(path)
        assert page.status == 200
        if page.page.all("strong", class_="proof__state--sealed"):
            return page
        assert time.monotonic() < end, page.words
        await asyncio.sleep(0.3)


@pytest.mark.servers
async def test_the_page_of_a_decision_leads_to_files_that_prove_it() -> None:
    async with suite(ACCORD_DEMO="true") as running:
        coalition, _ = await formed(running, "proof")
        register = await coalition.get("transparency", "reports/decision-register.json", "Union")
        [row] = register.json()["rows"]
        async with person(running, "proof", "Union") as union:
            page = await once_sealed(union, f"/decisions/{row['decision']}")
            [badge] = page.page.all("section", class_="proof")
            assert "Sealed in the log" in badge.words
            assert "erified" not in badge.words, "that is for the reader to find out"
            proof, leaf, log = (link.attributes["href"] for link in badge.all("a"))
            files = [await union.raw(each.removeprefix(ROOT_OF)) for each in (proof, leaf)]
            assert [each.status_code for each in files] == [200, 200]
            shown = await union.open(log.removeprefix(ROOT_OF))
            assert "Nobody yet" in shown.words
            told = (await union.raw("/audit.json")).json()
            assert told["vkey"] in shown.words
        trusted = Policy.parse(f"log {told['vkey']}\nquorum none\n".encode())
        said = verify_proof(files[0].content, files[1].content, trusted, int(time.time()))
        assert said.verdict is Verdict.VERIFIED, said.reason
        assert "DecisionMade" in said.text()
        async with person(running, "proof", "Stranger") as stranger:
            assert (await stranger.open("/audit")).status == 404


ROOT_OF = "/c/proof"


def badge(**told: object) -> str:
    """Return what the badge of an event says."""
    found = audit.Proof.model_validate({"ref": "meetings/98123"} | told)
    return (
        read(decision_page(samples.BREAKFAST, proof=found)).all("section", class_="proof")[0].words
    )


def logged(**told: object) -> str:
    raw = {"origin": ORIGIN, "vkey": f"{ORIGIN}+00000000+key", "state": "open", "kept": 9} | told
    rows = [
        {"size": 9, "root": "cm9vdA==", "state": "witnessed", "witnesses": [WITNESS]},
        {"size": 5, "root": "cm9vdA==", "state": "sealed", "witnesses": [WITNESS]},
        {"size": 2, "root": "cm9vdA==", "state": "sealed"},
    ]
    html = to_html(
        "audit.html", chrome("/audit"), log=audit.Log.model_validate(raw), first=True,
        found=audit.Checkpoints.model_validate({"items": rows}),
    )  # fmt: skip
    return read(html).words


def test_each_state_of_a_proof_has_its_words() -> None:
    assert "Recorded, position 98,123 . The log does not answer" in badge()
    assert "Recorded, position 98,123 . It is sealed within seconds." in badge(state="recorded")
    sealed = badge(state="sealed", sealed_at="2026-11-23T10:00:00Z")
    assert "Sealed in the log ," in sealed
    assert "accord verify meetings-98123.tlog-proof --leaf meetings-98123.json" in sealed
    seen = badge(state="witnessed", witnesses=[WITNESS])
    assert "Witnessed by 1 organisation : clinic.example (" in seen


def test_the_log_says_who_witnessed_what() -> None:
    said = logged()
    assert "clinic.example (" in said
    assert said.count("Not enough of them") == 1
    assert said.count("Nobody yet") == 1
    assert "frozen" not in said


def test_a_frozen_log_says_so_first_and_where_it_does_not_fit() -> None:
    found = [{"service": "meetings", "position": 7, "at": "2026-11-23T10:00:00Z", "evidence": {}}]
    said = logged(state="frozen", reason="meetings at 7", inconsistencies=found)
    assert "The log is frozen" in said
    assert "The journal of meetings, at position 7: found" in said
    own = [found[0] | {"service": "audit"}]
    assert "The log itself, at entry 7" in logged(inconsistencies=own)
