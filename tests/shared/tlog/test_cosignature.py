"""A cosignature states when its witness saw the checkpoint, and of which tree."""

import base64
import time
from dataclasses import replace
from hashlib import sha256

import pytest
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey
from hypothesis import strategies as st
from tlog_scales.signing import MLDSA44CosignatureSigner, PlainEd25519Signer, Vkey, VkeySet
from tlog_scales.tlog import Checkpoint as Theirs

from shared.tlog import cosignature
from shared.tlog.checkpoint import Checkpoint
from shared.tlog.cosignature import (
    AHEAD_SECONDS,
    Cosigner,
    CosignerKey,
    MlDsaCosignerKey,
    cosigned,
    cosigned_at,
    cosigned_tree,
)
from shared.tlog.encoding import Unreadable
from shared.tlog.key import vkey
from shared.tlog.note import Note, NotSigned, Signature, Signer
from tests.laws import over

NOW = 1_760_000_000
LOG = Signer("coalition.example/log/a", b"\x01" * 32)
WITNESS = Cosigner("org-b.example/witness", b"\x02" * 32)
LOG_VKEY = "coalition.example/log/a+51cac59b+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c"
WITNESS_VKEY = "org-b.example/witness+cc45e301+BIE5dw6ofRdfVqNUZsNMfszLjYqRtO43ol32D1uPybOU"
LEAVES = [
    b'{"specversion":"1.0","id":"%d","type":"decision.recorded","data":{"v":%d}}' % each
    for each in ((0, 0), (1, 7_919))
]
FIXTURE = """coalition.example/log/a
2
IRJlsh2fCqEx+zRmLUdRvbZLXfObhDvR/fd8nojDREI=

— coalition.example/log/a UcrFm+7wZKvbLApSLIroWDTQBsI2Dw5plFvAxwfGkwRpkJuvvsFzKI0xUOjwJJt3D5jPfpQAH3PBcQCpNTKapRFwcgY=
— org-b.example/witness zEXjAQAAAABo53gApG4lW7wSIYGR8yCULpzQc4FYUmhjp7E/9W/SKYk3onE8JOoudx+RE+zmw1Ct778+cVTpN3kKf4lEEUcNrFlLCQ==
"""  # noqa: E501 - signature lines are as long as they are
TEXT = FIXTURE.partition("\n\n")[0] + "\n"

ML_DSA = MLDSA44PrivateKey.from_seed_bytes(b"\x04" * 32)
ML_DSA_KEY = MlDsaCosignerKey("org-c.example/pq", ML_DSA.public_key().public_bytes_raw())


def ml_dsa(message: bytes, at: int = NOW) -> Signature:
    return Signature.of(ML_DSA_KEY, at.to_bytes(8, "big") + ML_DSA.sign(message))


def timed(at: int) -> Signature:
    value = WITNESS.private.sign(cosigned(TEXT, at))
    return Signature.of(WITNESS.key, at.to_bytes(8, "big") + value)


def test_the_fixture_is_written_byte_for_byte() -> None:
    left, right = (sha256(b"\0" + leaf).digest() for leaf in LEAVES)
    checkpoint = Checkpoint(LOG.name, 2, sha256(b"\1" + left + right).digest())
    text = str(checkpoint)
    assert bytes(Note(text, (LOG.sign(text), WITNESS.cosign(text, NOW)))).decode() == FIXTURE
    assert [str(LOG.key), str(WITNESS.key)] == [LOG_VKEY, WITNESS_VKEY]


def test_the_fixture_is_believed() -> None:
    note = Note.parse(FIXTURE.encode())
    keys = [vkey(LOG_VKEY), vkey(WITNESS_VKEY)]
    assert [key.name for key, _ in note.verified(keys, NOW)] == [LOG.name, WITNESS.name]
    assert cosigned_at(note.signatures[1]) == NOW
    for at in range(len(FIXTURE.encode())):
        raw = bytearray(FIXTURE.encode())
        raw[at] ^= 1
        assert not believed_by_both(bytes(raw)), f"byte {at} may be changed"


def believed_by_both(raw: bytes) -> bool:
    try:
        return len(Note.parse(raw).verified([vkey(LOG_VKEY), vkey(WITNESS_VKEY)], NOW)) == 2
    except (Unreadable, NotSigned):
        return False


@over(st.integers(1, 2**63 - 1))
def test_the_time_is_signed(at: int) -> None:
    cosignature = WITNESS.cosign(TEXT, at)
    assert cosigned_at(cosignature) == at
    WITNESS.key.check(TEXT, cosignature, at)
    moved = Signature.of(WITNESS.key, (at ^ 1).to_bytes(8, "big") + cosignature.value[8:])
    with pytest.raises(NotSigned):
        WITNESS.key.check(TEXT, moved, at + 1)


@pytest.mark.parametrize("at", [0, 2**63, 2**64 - 1])
def test_a_time_that_is_none_is_refused(at: int) -> None:
    with pytest.raises(NotSigned, match="states no time"):
        WITNESS.key.check(TEXT, timed(at), 2**64)


def test_a_cosignature_without_its_time_is_refused() -> None:
    bare = Signature.of(WITNESS.key, WITNESS.private.sign(TEXT.encode()))
    with pytest.raises(NotSigned):
        WITNESS.key.check(TEXT, bare, 2**64)
    with pytest.raises(NotSigned, match="states no time"):
        WITNESS.key.check(TEXT, Signature.of(WITNESS.key, NOW.to_bytes(8, "big")), NOW)


def test_five_minutes_ahead_is_ahead_enough() -> None:
    WITNESS.key.check(TEXT, timed(NOW + AHEAD_SECONDS), NOW)
    with pytest.raises(NotSigned, match="301 seconds from now"):
        WITNESS.key.check(TEXT, timed(NOW + AHEAD_SECONDS + 1), NOW)
    with pytest.raises(NotSigned, match="from now"):
        Note(TEXT, (LOG.sign(TEXT), timed(NOW + 301))).verified([LOG.key, WITNESS.key], NOW)


def test_a_cosignature_is_no_signature_of_a_log() -> None:
    """The same secret under both types has two ids, and neither message is the other's."""
    both = Signer(WITNESS.name, WITNESS.seed)
    assert both.key.id != WITNESS.key.id
    crossed = Signature.of(both.key, WITNESS.cosign(TEXT, NOW).value)
    with pytest.raises(NotSigned):
        Note(TEXT, (crossed,)).verified([both.key], NOW)


CHECKPOINT = Checkpoint.parse(TEXT)
MESSAGE = b"".join((
    b"subtree/v1\n\x00",
    b"\x10org-c.example/pq",
    NOW.to_bytes(8, "big"),
    b"\x17coalition.example/log/a",
    bytes(8),
    (2).to_bytes(8, "big"),
    base64.b64decode("IRJlsh2fCqEx+zRmLUdRvbZLXfObhDvR/fd8nojDREI="),
))  # fmt: skip


def test_ml_dsa_signs_name_time_origin_size_and_root() -> None:
    assert cosigned_tree(ML_DSA_KEY.name, CHECKPOINT, NOW) == MESSAGE
    assert vkey(str(ML_DSA_KEY)) == ML_DSA_KEY
    note = Note.parse(FIXTURE.encode()).signed_by(ml_dsa(MESSAGE))
    read = Note.parse(bytes(note))
    assert [key for key, _ in read.verified([ML_DSA_KEY], NOW)] == [ML_DSA_KEY]


@pytest.mark.parametrize(
    "message",
    [
        MESSAGE.replace(b"subtree/v1", b"subtree/v2"),
        MESSAGE.replace(b"org-c", b"org-d"),
        MESSAGE.replace(NOW.to_bytes(8, "big"), (NOW + 1).to_bytes(8, "big")),
        MESSAGE.replace(b"log/a", b"log/b"),
        MESSAGE[:-33] + b"\x03" + MESSAGE[-32:],
        MESSAGE[:-1] + b"\0",
        cosigned(TEXT, NOW),
    ],
)
def test_an_ml_dsa_cosignature_of_something_else_is_refused(message: bytes) -> None:
    assert message != MESSAGE
    with pytest.raises(NotSigned, match="does not hold"):
        Note(TEXT, (ml_dsa(message),)).verified([ML_DSA_KEY], NOW)


def test_an_ml_dsa_cosignature_is_timed_too() -> None:
    late = cosigned_tree(ML_DSA_KEY.name, CHECKPOINT, NOW + 301)
    with pytest.raises(NotSigned, match="from now"):
        ML_DSA_KEY.check(TEXT, ml_dsa(late, NOW + 301), NOW)
    never = cosigned_tree(ML_DSA_KEY.name, CHECKPOINT, 0)
    with pytest.raises(NotSigned, match="states no time"):
        ML_DSA_KEY.check(TEXT, ml_dsa(never, 0), NOW)


def test_an_ml_dsa_cosignature_is_of_a_checkpoint_only() -> None:
    with pytest.raises(NotSigned, match="does not hold"):
        ML_DSA_KEY.check("no checkpoint\n", ml_dsa(MESSAGE), NOW)
    with pytest.raises(Unreadable, match="255 are the most"):
        cosigned_tree("x" * 256, CHECKPOINT, NOW)


def test_where_ml_dsa_is_not_offered_its_lines_are_let_pass(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Absent(MLDSA44PublicKey):
        @classmethod
        def from_public_bytes(cls, data: object) -> MLDSA44PublicKey:
            del data
            raise UnsupportedAlgorithm("no ML-DSA in this OpenSSL")

    monkeypatch.setattr(cosignature, "MLDSA44PublicKey", Absent)
    note = Note(TEXT, (LOG.sign(TEXT), ml_dsa(b"whatever")))
    assert [key for key, _ in note.verified([LOG.key, ML_DSA_KEY], NOW)] == [LOG.key]
    with pytest.raises(NotSigned, match="None of the keys"):
        note.verified([ML_DSA_KEY], NOW)


def test_the_keys_of_both_types_have_their_lengths() -> None:
    with pytest.raises(Unreadable, match="has 33 bytes; a key of type 0x04 has 32"):
        CosignerKey("a", bytes(33))
    with pytest.raises(Unreadable, match="has 32 bytes; a key of type 0x06 has 1312"):
        MlDsaCosignerKey("a", bytes(32))


THEIRS = Theirs.from_text(FIXTURE)


def test_others_read_our_cosignatures() -> None:
    """tlog-scales knows all three types: 0x01, 0x04 and 0x06."""
    all_three = Theirs.from_text(FIXTURE + ml_dsa(MESSAGE).line)
    keys = [Vkey.from_string(key) for key in (LOG_VKEY, WITNESS_VKEY, str(ML_DSA_KEY))]
    for key in keys:
        all_three.verify(key)
    assert len(VkeySet(*keys).verify(all_three.signatures, all_three)) == 3
    later = replace(all_three, size=3)
    for key in keys:
        with pytest.raises(InvalidSignature):
            later.verify(key)


@pytest.mark.parametrize("kind", [PlainEd25519Signer, MLDSA44CosignatureSigner])
def test_we_read_the_signatures_of_others(
    kind: type[PlainEd25519Signer | MLDSA44CosignatureSigner],
) -> None:
    theirs = kind("org-d.example/other", b"\x07" * 32)
    key = vkey(theirs.vkey.serialize())  # type: ignore[no-untyped-call]  # tlog-scales has types, save for this
    line = theirs.sign(THEIRS).serialize()
    note = Note.parse(f"{TEXT}\n{line}\n".encode())
    now = int(time.time())
    assert [found for found, _ in note.verified([key], now)] == [key]
    with pytest.raises(NotSigned):
        Note(TEXT.replace("\n2\n", "\n3\n"), note.signatures).verified([key], now)
