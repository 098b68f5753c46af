"""Proof files (C2SP tlog-proof) are read in one way only."""

import base64

import pytest

from shared.tlog.encoding import Unreadable
from shared.tlog.note import Note, Signer
from shared.tlog.proof import VERSION, Proof

TEXT = "host.example/log\n2\n" + base64.b64encode(bytes(32)).decode() + "\n"
NOTE = Note(TEXT, (Signer("host.example/log", b"\x01" * 32).sign(TEXT),))
PROOF = Proof(1, (b"\x02" * 32, b"\x03" * 32), NOTE)
WHOLE = bytes(PROOF)
HASH = base64.b64encode(b"\x02" * 32).decode()


def test_what_is_written_is_read() -> None:
    assert WHOLE.startswith(f"{VERSION}\nindex 1\n{HASH}\n".encode())
    assert Proof.parse(WHOLE) == PROOF
    single = Proof(0, (), NOTE)
    assert Proof.parse(bytes(single)) == single


def test_what_nothing_vouches_for_is_passed_over() -> None:
    extra = WHOLE.replace(b"index 1", b"extra aGk=\nindex 1")
    assert Proof.parse(extra) == PROOF


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("tlog-proof@v1", "tlog-proof@v2", "begins with"),
        ("\n", "\r\n", "no empty line"),
        ("index 1", "index 01", "no size"),
        ("index 1", "index -1", "no size"),
        ("index 1", "index +1", "no size"),
        ("index 1\n", "", "does not say its index"),
        ("index 1", "extra !\nindex 1", "not base64"),
        ("index 1", "extra aGk=\nextra aGk=\nindex 1", "does not say its index"),
        (HASH, HASH[:-2] + "J=", "not canonical base64"),
        (HASH, HASH[:40], "Hash 0 of the proof has 30 bytes"),
        (HASH, HASH + " ", "not base64"),
        (HASH, "\n".join([HASH] * 64), "65 hashes"),
        (HASH, "é", "ASCII"),
        ("\n\nhost", "\nhost", "not base64"),
        ("\u2014 host", "- host", "signature"),
    ],
)  # fmt: skip
def test_what_is_no_proof_is_refused_in_words(old: str, new: str, why: str) -> None:
    content = WHOLE.decode()
    assert old in content
    with pytest.raises(Unreadable, match=why):
        Proof.parse(content.replace(old, new).encode())


def test_a_proof_has_an_end() -> None:
    with pytest.raises(Unreadable, match="bytes"):
        Proof.parse(WHOLE + b" " * (2 << 20))
    with pytest.raises(Unreadable):
        Proof.parse(WHOLE[:-1])
