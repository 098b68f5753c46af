"""Programs of others read our logs of every awkward size, and refuse each that was tampered with.

`tlog-scales` (PyPI) reads checkpoints, tiles and bundles as a public client does, over HTTP from
the service, and checks proofs; `@sigstore/verify` (npm) judges the proofs that members get. One
log grows from size to size, so that each is also the beginning of the next.
"""

import asyncio
import base64
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from uuid import UUID

import httpx2
import pytest
from tlog_scales.backend import TilesBackend
from tlog_scales.reader import TilesReader
from tlog_scales.signing import Vkey
from tlog_scales.tlog import (
    Checkpoint,
    ConsistencyProof,
    ConsistencyProofInvalid,
    InclusionProof,
)

from accord.log_copy import Address
from accord.statement import Verdict
from accord.verify_log import verify_log
from services.audit.inbox import Intake
from services.audit.views.served import Log
from shared.database import tenant
from shared.inbox import Reader
from shared.tlog import checkpoint as ours
from shared.tlog.key import vkey
from shared.tlog.note import Note, Signature, Signer
from shared.tlog.policy import Policy
from shared.tlog.tiles import WIDTH, bundled, bundles, entries, tiles, top
from shared.tlog.tree import EMPTY, leaf_hash, root_of
from tests.audit.house import House
from tests.audit.reading import Files, Shelf, Tampered, audited, refuses
from tests.audit.sigstore import Claim, judged
from tests.audit.site import MEMBER, STRANGER, Site, site
from tests.audit.written import Written, id_of

SIZES = 0, 1, 2, 255, 256, 257, 65_535, 65_536, 65_537, 70_000
COALITION = UUID(int=0xC11E_0000)
Change = Callable[[bytes], bytes | None]


@dataclass
class Grown:
    """A log of one size as others find it, and every size that it had.

    Args:
        roots: By size, as its checkpoints stated them.
    """

    home: House
    site: Site
    journal: Written
    reader: Reader
    log: Log
    files: Files
    roots: dict[int, bytes] = field(default_factory=dict)

    async def to(self, size: int) -> "Grown":
        """Let events come until the log has this size, and seal and publish that."""
        self.journal.write(size - len(self.journal.entries))
        assert await self.reader.heal(COALITION)
        await self.home.sealer.seal(COALITION)
        self.log = await self.home.log(COALITION)
        assert self.log.size == size
        self.files.grown()
        return self

    @property
    def vkey(self) -> str:
        return self.log.vkey

    @property
    def checkpoint(self) -> str:
        assert self.log.note is not None
        return bytes(self.log.note).decode()

    def signer(self) -> Signer:
        """Return the log's own key, as whoever holds the host has it."""
        return self.home.store.open(self.log.origin)[0]


@pytest.fixture(scope="module")
async def growing(home: House) -> AsyncIterator[Grown]:
    async with site(home) as served:
        served.enter(COALITION)
        async with tenant(home.app, [COALITION]) as db:
            await Intake("members").keep(db, COALITION, 1, [], [])
        await home.sealer.seal(COALITION)
        log = await home.log(COALITION)
        journal = Written(COALITION)
        reader = Reader(Intake("members"), journal, home.app, home.watch, None)
        files = Files(served.log(log.id), served.token(MEMBER))
        yield Grown(home, served, journal, reader, log, files)


@pytest.fixture(params=SIZES, scope="module")
async def grown(growing: Grown, request: pytest.FixtureRequest) -> Grown:
    """The log at one size; each test of this module sees one size after another."""
    return await growing.to(request.param)


async def test_tlog_scales_reads_it_whole(grown: Grown) -> None:
    size = len(grown.journal.entries)
    checkpoint, reader = await asyncio.to_thread(audited, grown.files, grown.vkey)
    assert (checkpoint.origin, checkpoint.size) == (grown.log.origin, size)
    assert size or checkpoint.root_hash == EMPTY
    for index in {0, size // 2, size - 1} if size else set():
        assert await asyncio.to_thread(reader.get_entry, index) == grown.journal.entries[index]
    grown.roots[size] = checkpoint.root_hash
    for old, root in grown.roots.items():
        proof = ConsistencyProof(0, size, [])  # which tlog-scales checks, and does not make
        if old:
            proof = await asyncio.to_thread(reader.get_consistency_proof, old, size)
        proof.check(root, checkpoint.root_hash)
        for wrong in other_consistency(proof):
            with pytest.raises(ConsistencyProofInvalid):
                wrong.check(root, checkpoint.root_hash)
        with pytest.raises(ConsistencyProofInvalid):
            proof.check(flipped(root), checkpoint.root_hash)


def other_consistency(proof: ConsistencyProof) -> Iterator[ConsistencyProof]:
    """Yield a proof cut, extended, changed, and lying about the old size."""
    hashes = proof.node_hashes
    if 0 < proof.old_size < proof.new_size:
        yield replace(proof, node_hashes=hashes[:-1])
        yield replace(proof, node_hashes=hashes[1:])
        yield replace(proof, old_size=proof.old_size - 1)
        if proof.old_size + 1 < proof.new_size:
            yield replace(proof, old_size=proof.old_size + 1)
    yield replace(proof, node_hashes=[*hashes, bytes(32)])
    yield replace(proof, node_hashes=[bytes(32), *hashes])
    for at, each in enumerate(hashes):
        yield replace(proof, node_hashes=[*hashes[:at], flipped(each), *hashes[at + 1 :]])


def flipped(raw: bytes, at: int = 0) -> bytes:
    return raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]


async def test_so_does_accord_verify(grown: Grown) -> None:
    size = len(grown.journal.entries)
    if 257 < size < 70_000:
        return  # seconds each, and all in `tests/accord/test_verify_log.py`
    policy = Policy.parse(f"log {grown.vkey}\nquorum none\n".encode())
    at = Address(grown.files.prefix, grown.files.token)
    said, fork = await asyncio.to_thread(verify_log, at, policy, int(time.time()))
    assert (said.verdict, fork) == (Verdict.VERIFIED, None), said.text()
    assert (said.facts["entries"], said.facts["origin"]) == (size, grown.log.origin)


async def test_tlog_scales_refuses_files_that_were_tampered_with(grown: Grown) -> None:
    size = len(grown.journal.entries)
    some = few_bundles(size)
    await asyncio.to_thread(audited, grown.files, grown.vkey, some)
    tried = 0
    for path in edges(size):
        served = grown.files.held[path]
        assert served is not None
        for what, change in changes(path, served):
            tampered = Tampered(grown.files, path, change)
            noticed = await asyncio.to_thread(refuses, audited, tampered, grown.vkey, some)
            assert noticed, f"{path}: {what}"
            assert tampered.read, path
            tried += 1
    assert tried >= 10 * (size > 0)


def few_bundles(size: int) -> list[int]:
    last = (size - 1) // WIDTH
    return sorted({0, min(1, last), last}) if size else []


def edges(size: int) -> list[str]:
    """Return the first and last tile of each level, and the first and last bundle."""
    ends: dict[int | None, list[str]] = {}
    for each in (*tiles(size), *bundles(size)):
        ends.setdefault(each.level, []).append(each.path)
    return [path for paths in ends.values() for path in dict.fromkeys((paths[0], paths[-1]))]


def changes(path: str, served: bytes) -> Iterator[tuple[str, Change]]:
    """Yield what may happen to a file, in words, and how."""
    for at in sorted({0, len(served) // 2, len(served) - 1}):
        yield f"byte {at} flipped", partial(flipped, at=at)
    yield "a byte appended", lambda raw: raw + b"\0"
    yield "cut by a byte", lambda raw: raw[:-1]
    yield "emptied", lambda _: b""
    yield "missing", lambda _: None
    cut, swapped = parts(path, served)
    if cut:
        yield "cut by its last part", lambda _: cut
    if swapped != served:
        yield "two parts swapped", lambda _: swapped


def parts(path: str, served: bytes) -> tuple[bytes, bytes]:
    """Return a file without its last hash or entry, and with its first two exchanged."""
    if "entries" in path:
        held = entries(served)
        return bundled(held[:-1]), bundled([*held[1::-1], *held[2:]])
    return served[:-32], served[32:64] + served[:32] + served[64:]


async def test_checkpoints_that_were_tampered_with_are_refused_by_both(grown: Grown) -> None:
    believed(grown.files, grown.vkey)
    claims = []
    for what, text in other_checkpoints(grown):
        shelf = Shelf({"checkpoint": text.encode()})
        assert refuses(believed, shelf, grown.vkey), what
        claims.append(Claim(vkey(grown.vkey), b"", 0, (), text))
    for claim, said in zip(claims, judged(claims), strict=True):
        assert not said["holds"], claim.checkpoint


def believed(files: TilesBackend, key: str) -> None:
    TilesReader(files).get_checkpoint().verify(Vkey.from_string(key))


def other_checkpoints(grown: Grown) -> Iterator[tuple[str, str]]:
    """Yield what may happen to a checkpoint, in words, and what stands there then."""
    assert grown.log.note is not None
    note, size = grown.log.note, len(grown.journal.entries)
    origin, _, root, _ = note.text.split("\n")
    lines = "".join(each.line for each in note.signatures)
    texts = {
        "a larger size": f"{origin}\n{size + 1}\n{root}\n",
        "a smaller size": f"{origin}\n{max(size - 1, 0) if size else 7}\n{root}\n",
        "another root": str(ours.Checkpoint(origin, size, flipped(base64.b64decode(root)))),
        "another origin": note.text.replace("host.example", "ghost.example"),
    }
    for what, text in texts.items():
        yield what, f"{text}\n{lines}"
        stranger = Signer(grown.log.origin, bytes(range(32))).sign(text)
        yield f"{what}, signed by a stranger of this name", f"{text}\n{stranger.line}"
    value = note.signatures[0].value
    for at in (0, 31, 32, 63):
        line = Signature.of(vkey(grown.vkey), flipped(value, at)).line
        yield f"byte {at} of the signature flipped", f"{note.text}\n{line}"
    yield "half a signature", (f"{note.text}\n{Signature.of(vkey(grown.vkey), value[:32]).line}")
    yield "no signature", f"{note.text}\n"
    other = Signer("ghost.example/log", bytes(range(32))).sign(note.text)
    yield "the signature of another log", f"{note.text}\n{other.line}"


async def test_proofs_as_members_get_them_hold_for_sigstore(grown: Grown) -> None:
    size = len(grown.journal.entries)
    if size == 0:
        nothing = Claim(vkey(grown.vkey), b"", 0, (), grown.checkpoint)
        assert judged([nothing])[0]["why"].endswith("invalid index: 0")
        return
    async with httpx2.AsyncClient(trust_env=False) as client:
        claims = [
            await claim_of(grown, client, index)
            for index in sorted({0, 1, size // 2, min(256, size - 1), size - 1} & set(range(size)))
        ]
    for claim, said in zip(claims, judged(claims), strict=True):
        assert said == {"holds": True, "origin": grown.log.origin, "size": str(size)}
        checkpoint = Checkpoint.from_text(claim.checkpoint)
        proof = InclusionProof(claim.index, size, [*claim.hashes])
        proof.check(leaf_hash(claim.leaf), checkpoint.root_hash)
    others = [(claim, *other) for claim in claims for other in other_claims(claim, size)]
    for (claim, what, other), said in zip(others, judged([o for _, _, o in others]), strict=True):
        assert not said["holds"], (claim.index, what)
        checkpoint = Checkpoint.from_text(other.checkpoint)
        wrong = InclusionProof(other.index, size, [*other.hashes])
        root = checkpoint.root_hash
        assert refuses(wrong.check, leaf_hash(other.leaf), root), (claim.index, what)


async def claim_of(grown: Grown, client: httpx2.AsyncClient, index: int) -> Claim:
    """Return what a `.tlog-proof` says, as a member gets it; read with nothing of ours."""
    event = id_of(COALITION, index + 1)
    answer = await client.get(
        f"{grown.site.url}/api/v1/coalitions/c-{COALITION}/events/{event}/receipt.tlog-proof",
        headers={"Authorization": f"Bearer {grown.site.token()}"},
    )
    assert answer.status_code == 200, answer.text
    head, _, checkpoint = answer.text.partition("\n\n")
    form, said, *hashes = head.split("\n")
    assert (form, said) == ("c2sp.org/tlog-proof@v1", f"index {index}")
    decoded = tuple(base64.b64decode(each) for each in hashes)
    return Claim(vkey(grown.vkey), grown.journal.entries[index], index, decoded, checkpoint)


def other_claims(claim: Claim, size: int) -> Iterator[tuple[str, Claim]]:
    """Yield what may happen to a proof, in words, and the claim that it makes then."""
    yield "another leaf", replace(claim, leaf=flipped(claim.leaf, 40))
    yield "no leaf", replace(claim, leaf=b"")
    for index in {claim.index - 1, claim.index + 1, size} - {-1}:
        yield f"index {index}", replace(claim, index=index)
    yield "a hash too many", replace(claim, hashes=(*claim.hashes, bytes(32)))
    if claim.hashes:
        yield "the last hash cut", replace(claim, hashes=claim.hashes[:-1])
        yield "the first hash cut", replace(claim, hashes=claim.hashes[1:])
    if len(claim.hashes) > 1:
        yield "hashes out of order", replace(claim, hashes=claim.hashes[::-1])
    for at, each in enumerate(claim.hashes):
        changed = (*claim.hashes[:at], flipped(each, 31), *claim.hashes[at + 1 :])
        yield f"hash {at} changed", replace(claim, hashes=changed)


async def test_a_fork_with_the_true_key_shows_only_beside_what_was_seen(grown: Grown) -> None:
    """Alone it is as good as the truth: who keeps nothing, and asks nobody, cannot tell."""
    size = len(grown.journal.entries)
    if size == 0:
        return  # of nothing there is one history
    leaves = [*grown.journal.entries]
    at = size // 2
    leaves[at] = leaves[at].replace(b"app_user", b"api_user")
    text = str(ours.Checkpoint(grown.log.origin, size, root_of([*map(leaf_hash, leaves)])))
    note = Note(text, (grown.signer().sign(text),))
    fork = Shelf(files_of(leaves, note))
    checkpoint, reader = await asyncio.to_thread(audited, fork, grown.vkey, few_bundles(size))
    proof = tuple(reader.get_inclusion_proof(at, size).node_hashes)
    said = judged([Claim(vkey(grown.vkey), leaves[at], at, proof, bytes(note).decode())])
    assert said == [{"holds": True, "origin": grown.log.origin, "size": str(size)}]
    for old, root in grown.roots.items():
        if old == 0:
            continue  # in which there is nothing to contradict
        between = reader.get_consistency_proof(old, size)
        if old <= at:  # what was seen then is in both
            between.check(root, checkpoint.root_hash)
            continue
        assert refuses(between.check, root, checkpoint.root_hash), old


def files_of(leaves: Sequence[bytes], note: Note) -> dict[str, bytes]:
    """Return all files of a log with these leaves."""
    levels = [[leaf_hash(leaf) for leaf in leaves]]
    while len(row := levels[-1]) >= WIDTH:
        full = range(0, len(row) - len(row) % WIDTH, WIDTH)
        levels.append([top(row[at : at + WIDTH]) for at in full])
    held = {"checkpoint": bytes(note)}
    for each in tiles(len(leaves)):
        first = each.n * WIDTH
        held[each.path] = b"".join(levels[each.level or 0][first : first + each.width])
    for each in bundles(len(leaves)):
        first = each.n * WIDTH
        held[each.path] = bundled(leaves[first : first + each.width])
    return held


async def test_the_longest_entries_are_kept_and_read_and_none_beyond(growing: Grown) -> None:
    home, coalition = growing.home, UUID(int=COALITION.int + 1)
    growing.site.enter(coalition)
    journal = Written(coalition)
    for length in (0, 65_280, 65_535):
        journal.write(1, of_bytes=length)
    assert [len(entry) for entry in journal.entries[1:]] == [65_280, 65_535]
    reader = Reader(Intake("members"), journal, home.app, home.watch, None)
    assert await reader.heal(coalition)
    await home.sealer.seal(coalition)
    log = await home.log(coalition)
    files = Files(growing.site.log(log.id), growing.site.token(MEMBER))
    checkpoint, read = await asyncio.to_thread(audited, files, log.vkey)
    assert checkpoint.size == 3
    assert [read.get_entry(index) for index in range(3)] == journal.entries

    journal.write(1, of_bytes=65_536)
    assert await reader.heal(coalition)
    parked = await home.admin.fetchrow(
        "select position, reason, error from inbox.parked where coalition_id = $1", coalition
    )
    assert parked is not None
    assert tuple(parked) == (
        4,
        "unfit_entry",
        "event 4 has 65536 bytes; an entry has 65535 at most",
    )
    assert (await home.published(coalition)).kept == 3


async def test_hashes_are_everybodys_and_entries_are_for_members(growing: Grown) -> None:
    size = max(len(growing.journal.entries), 1)
    await growing.to(size)
    at, width = divmod(size, WIDTH)
    part = f"{at % 1_000:03d}" + (f".p/{width}" if width else "")
    prefix = growing.site.log(growing.log.id)
    async with httpx2.AsyncClient(trust_env=False) as client:
        for path, kind, kept in (
            ("checkpoint", "text/plain; charset=utf-8", "public, max-age=2"),
            (f"tile/0/{part}", "application/octet-stream", "public, max-age=31536000, immutable"),
        ):
            answer = await client.get(f"{prefix}/{path}")
            assert answer.status_code == 200, path
            assert answer.headers["content-type"] == kind
            assert answer.headers["cache-control"] == kept
        bundle = f"{prefix}/tile/entries/{part}"
        assert (await client.get(bundle)).status_code == 401
        for subject, status in ((STRANGER, 404), (MEMBER, 200)):
            signed = {"Authorization": f"Bearer {growing.site.token(subject)}"}
            answer = await client.get(bundle, headers=signed)
            assert answer.status_code == status, subject
        assert answer.headers["cache-control"].startswith("private")
