"""What a log shows of itself to anybody, and what a witness that nobody can reach hands in."""

import time
from pathlib import Path
from uuid import UUID

import pytest

from accord.witness_state import WitnessState
from services.audit.views.served import Log as Served
from shared.tlog.about import read_about
from shared.tlog.checkpoint import Checkpoint
from shared.tlog.cosignature import Cosigner
from shared.tlog.key import vkey
from shared.tlog.note import Note, Signer
from shared.tlog.policy import Policy
from shared.tlog.tree import leaf_hash, root_of
from tests.accord.witnessing import state_in
from tests.audit.house import House
from tests.audit.test_witnesses import NAMES

OTHER = Cosigner("stranger.example/w", b"\x07" * 32)


async def sealed(home: House, coalition: UUID, count: int) -> Served:
    """Return a log with so many more entries, published; nobody witnessed it."""
    await home.put(coalition, count)
    await home.sealer.seal(coalition)
    await home.asking().round(coalition)
    return await home.published(coalition)


def policy_in(folder: Path, states: list[WitnessState], needed: int) -> Path:
    """Write a policy of organisations with one witness each."""
    lines = [f"witness w{n} {state.cosigner.key}" for n, state in enumerate(states)]
    lines += [f"group org{n} any w{n}" for n in range(len(states))]
    orgs = " ".join(f"org{n}" for n in range(len(states)))
    lines += [f"group partners {needed} {orgs}", "quorum partners", ""]
    (folder / "policy").write_text("\n".join(lines))
    return folder / "policy"


@pytest.fixture
def states(tmp_path: Path) -> list[WitnessState]:
    return [state_in(tmp_path / str(number), name) for number, name in enumerate(NAMES)]


def note_of(log: Served) -> Note:
    assert log.note is not None
    return log.note


def cosigned(note: Note, *cosigners: Cosigner, at: int | None = None) -> bytes:
    now = int(time.time()) if at is None else at
    return bytes(note.signed_by(*(each.cosign(note.text, now) for each in cosigners)))


async def test_a_log_says_who_it_is_and_its_keys_sign_that(home: House, coalition: UUID) -> None:
    log = await sealed(home, coalition, 2)
    async with home.site() as site:
        answer = await site.get(f"/c/{log.id}/about")
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "text/plain; charset=utf-8"
        note = Note.parse(answer.content)
        about = read_about(note, int(time.time()))
        assert (about.origin, about.current) == (log.origin, (vkey(log.vkey),))
        assert note.text == f"accord-log/1\norigin {log.origin}\nkey {log.vkey} from 0\n"
        assert (await site.get(f"/c/{'0' * 32}/about")).status_code == 404


async def test_its_policy_names_the_log_and_its_witnesses(
    home: House, coalition: UUID, tmp_path: Path, states: list[WitnessState]
) -> None:
    log = await sealed(home, coalition, 2)
    async with home.site(policy_in(tmp_path, states, 2)) as site:
        raw = (await site.get(f"/c/{log.id}/policy")).content
    policy = Policy.parse(raw)
    assert [(str(each.key), each.url) for each in policy.logs] == [
        (log.vkey, f"https://{log.origin}")
    ]
    assert len(policy.witnesses) == 3
    judged = policy.judge(cosigned(note_of(log), *(s.cosigner for s in states[:2])), 4_000_000_000)
    assert judged.met
    async with home.site() as site:
        alone = Policy.parse((await site.get(f"/c/{log.id}/policy")).content)
    assert (alone.witnesses, alone.quorum) == ((), None)


async def test_cosignatures_that_are_handed_in_make_a_quorum(
    home: House, coalition: UUID, tmp_path: Path, states: list[WitnessState]
) -> None:
    log = await sealed(home, coalition, 3)
    note, where = note_of(log), f"/c/{log.id}/cosignature"
    first, second, _ = (state.cosigner for state in states)
    async with home.site(policy_in(tmp_path, states, 2)) as site:
        answer = await site.post(where, content=cosigned(note, first))
        assert answer.status_code == 204, answer.text
        assert not (await home.published(coalition)).witnessed
        line = second.cosign(note.text, int(time.time())).line
        answer = await site.post(where, content=line.encode())
        assert answer.status_code == 204, answer.text
    shown = await home.published(coalition)
    assert shown.witnessed
    assert {each.name for each in note_of(shown).signatures} == {log.origin, *NAMES[:2]}


async def test_two_keys_of_one_organisation_are_no_quorum(
    home: House, coalition: UUID, tmp_path: Path, states: list[WitnessState]
) -> None:
    log = await sealed(home, coalition, 3)
    keys = [state.cosigner.key for state in states]
    (tmp_path / "policy").write_text(
        f"witness b1 {keys[0]}\nwitness b2 {keys[1]}\nwitness c1 {keys[2]}\n"
        "group org-b any b1 b2\ngroup org-c any c1\ngroup partners 2 org-b org-c\n"
        "quorum partners\n"
    )
    async with home.site(tmp_path / "policy") as site:
        for state in states[:2]:
            content = cosigned(note_of(log), state.cosigner)
            answer = await site.post(f"/c/{log.id}/cosignature", content=content)
            assert answer.status_code == 204
        assert not (await home.published(coalition)).witnessed
        content = cosigned(note_of(log), states[2].cosigner)
        await site.post(f"/c/{log.id}/cosignature", content=content)
    assert (await home.published(coalition)).witnessed


async def test_what_is_no_cosignature_of_this_log_is_declined_in_words(
    home: House, coalition: UUID, tmp_path: Path, states: list[WitnessState]
) -> None:
    before = await sealed(home, coalition, 3)
    log = await sealed(home, coalition, 2)
    note, one = note_of(log), states[0].cosigner
    elsewhere = Note(str(Checkpoint("elsewhere.example", 5, bytes(32))), ())
    unknown = Note(str(Checkpoint(log.origin, 4, bytes(32))), ())
    unsigned = Note(str(Checkpoint(log.origin, 5, bytes(32))), ())
    beyond = Note(str(Checkpoint(log.origin, 9, bytes(32))), ())
    false = cosigned(note, one).replace(b"\n5\n", b"\n6\n")
    cases = [
        (b"", 400, "no signatures"),
        (b"\xff\n\nx\n", 400, "UTF-8"),
        ("— w !\n".encode(), 400, "base64"),
        (bytes(note), 403, "None of the keys"),
        (cosigned(note, OTHER), 403, "None of the keys"),
        (cosigned(note, one, at=int(time.time()) + 4_000), 403, "clocks"),
        (false, 403, "does not hold"),
        (cosigned(elsewhere, one), 404, "This log is"),
        (cosigned(unknown, one), 404, "no checkpoint of size 4"),
        (cosigned(unsigned, one), 409, "another root"),
        (cosigned(beyond, one), 409, "ends at size 5"),
        (b"x" * 2_000_000, 413, ""),
    ]
    async with home.site(policy_in(tmp_path, states, 1)) as site:
        for content, status, why in cases:
            answer = await site.post(f"/c/{log.id}/cosignature", content=content)
            assert (answer.status_code, why in answer.text) == (status, True), answer.text
        assert await home.state(coalition) == "open", "what anybody can make freezes nothing"
        late = await site.post(f"/c/{log.id}/cosignature", content=cosigned(note_of(before), one))
        assert late.status_code == 204, "an older checkpoint is cosigned late"
    assert not (await home.published(coalition)).witnessed


@pytest.mark.parametrize("size", [3, 7])
async def test_a_history_that_the_log_signed_and_does_not_have_freezes_it(
    home: House, coalition: UUID, tmp_path: Path, states: list[WitnessState], size: int
) -> None:
    log = await sealed(home, coalition, 3)
    key = Signer(log.origin, home.store.open(log.origin)[0].seed)
    leaves = [leaf_hash(f"another {number}".encode()) for number in range(size)]
    text = str(Checkpoint(log.origin, size, root_of(leaves)))
    other = cosigned(Note(text, (key.sign(text),)), states[0].cosigner)
    async with home.site(policy_in(tmp_path, states, 1)) as site:
        answer = await site.post(f"/c/{log.id}/cosignature", content=other)
    assert answer.status_code == 409
    assert await home.state(coalition) == "frozen"
    [found] = await home.inconsistencies(coalition)
    assert (found["service"], found["position"]) == ("audit", size)
    assert str(size) in found["evidence"]
