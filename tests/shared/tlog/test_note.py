"""Signed notes are read strictly, and believed only with a signature of a key that is trusted."""

import base64
import json

import pytest
from hypothesis import strategies as st

from shared.tlog.encoding import Unreadable, base64_bytes
from shared.tlog.key import vkey
from shared.tlog.note import LogKey, Note, NotSigned, Secret, Signature, Signer
from tests.laws import over
from tests.shared.tlog.vectors import SPECS, VECTORS, with_vectors

NOW = 1_760_000_000
LOG = Signer("coalition.example/log/a", b"\x01" * 32)
OTHER = Signer("other.example/log", b"\x03" * 32)
TEXT = "first\n\nthird, ö\n"
SIGNED = Note(TEXT, (LOG.sign(TEXT),))

names = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Z"], exclude_characters="+"), min_size=1
)
lines = st.text(st.characters(exclude_categories=["Cs", "Cc"]))


def signed_twice(signature: Signature) -> Note:
    return Note(TEXT, (LOG.sign(TEXT), signature))


@over(names, st.lists(lines, min_size=1, max_size=5), st.binary(min_size=32, max_size=32))
def test_what_is_signed_is_read_and_believed(name: str, texts: list[str], seed: bytes) -> None:
    text, signer = "\n".join(texts) + "\n", Signer(name, seed)
    note = Note(text, (signer.sign(text), OTHER.sign(text)))
    read = Note.parse(bytes(note))
    assert read == note
    assert bytes(read) == bytes(note)
    assert read.verified([vkey(str(signer.key))], NOW) == [(signer.key, note.signatures[0])]
    with pytest.raises(NotSigned):
        Note(text + "\n", note.signatures).verified([signer.key], NOW)


@over(st.integers(0, len(bytes(SIGNED)) - 1), st.integers(0, 7))
def test_no_bit_of_a_signed_note_can_be_changed(at: int, bit: int) -> None:
    raw = bytearray(bytes(SIGNED))
    raw[at] ^= 1 << bit
    with pytest.raises((Unreadable, NotSigned)):
        Note.parse(bytes(raw)).verified([LOG.key], NOW)


@over(st.binary(max_size=80) | lines.map(str.encode))
def test_whatever_is_no_note_is_refused_in_words(raw: bytes) -> None:
    with pytest.raises((Unreadable, NotSigned), match=r"[.:,'\"]"):
        Note.parse(raw).verified([LOG.key], NOW)


GOOD = LOG.sign(TEXT)


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", "no signatures"),
        (b"a\n", "no signatures"),
        (b"a\n\n", "no signatures"),
        (b"a\n" + GOOD.line.encode(), "no signatures"),
        (bytes(SIGNED)[:-1], "does not end in a newline"),
        (bytes(SIGNED) + b"\n", "no signatures"),
        (bytes(SIGNED).replace(b"first\n", b"first\r\n"), "Line 1 has a control character"),
        (bytes(SIGNED)[:-1] + b"\r\n", "Line 5 has a control character"),
        (b"a\tb" + bytes(SIGNED), "control character"),
        (b"\xff" + bytes(SIGNED), "not UTF-8 at byte 0"),
        (bytes(SIGNED).replace("—".encode(), b"-"), "em dash"),
        (bytes(SIGNED).replace("— ".encode(), "—".encode()), "em dash"),
        (bytes(SIGNED) + b"and more\n", "em dash"),
        (b"a\n\n" + "— x\n".encode(), "em dash"),
        (b"a\n\n" + "— x \n".encode(), "em dash"),
        (b"a\n\n" + "—  UcrFmw==\n".encode(), "em dash|key name"),
        (b"a\n\n" + "— x+y UcrFm+7w\n".encode(), "no space or \\+"),
        (b"a\n\n" + "— x\u00a0y UcrFm+7w\n".encode(), "no space or \\+"),
        (b"a\n\n" + "— x UcrFm+7w UcrF\n".encode(), "not base64"),
        (b"a\n\n" + "— x UcrFm+7\n".encode(), "not base64"),
        (b"a\n\n" + "— x UcrFm-7w\n".encode(), "not base64"),
        (b"a\n\n" + "— x UcrFmw==\n".encode(), "too short"),
        (b"a\n\n" + "— x UcrFm+7w\n".encode() * 101, "101 signatures; 100 are the most"),
        (b"a" * (1 << 20) + b"\n\n" + GOOD.line.encode(), "1048576 are the most"),
    ],
)
def test_notes_are_read_strictly(raw: bytes, why: str) -> None:
    with pytest.raises(Unreadable, match=why):
        Note.parse(raw)


def test_a_hundred_signatures_are_read() -> None:
    more = tuple(Signer(f"w{number}", b"\x05" * 32).sign(TEXT) for number in range(99))
    note = Note(TEXT, (*more, GOOD))
    assert len(Note.parse(bytes(note)).signatures) == 100
    assert Note.parse(bytes(note)).verified([LOG.key], NOW) == [(LOG.key, GOOD)]


def test_keys_that_are_not_known_are_let_pass() -> None:
    """A name or an id alone makes nobody known."""
    same_name = Signer(LOG.name, OTHER.seed)
    raw = LOG.key.id + bytes(64)
    same_id = Signature("someone.else", base64.b64encode(raw).decode())
    for unknown in (OTHER.sign("other\n"), same_name.sign("other\n"), same_id):
        assert signed_twice(unknown).verified([LOG.key], NOW) == [(LOG.key, GOOD)]
        with pytest.raises(NotSigned, match=r"None of the keys .*coalition\.example"):
            Note(TEXT, (unknown,)).verified([LOG.key], NOW)


def test_a_known_key_that_fails_condemns_the_note() -> None:
    wrong = LOG.sign("other\n")
    cut = Signature.of(LOG.key, GOOD.value[:-1])
    for false in (wrong, cut):
        with pytest.raises(NotSigned, match="does not hold"):
            signed_twice(false).verified([LOG.key], NOW)
        with pytest.raises(NotSigned, match="does not hold"):
            signed_twice(false).verified([OTHER.key, LOG.key], NOW)


def test_a_known_key_signs_in_canonical_base64() -> None:
    """Other spare bits in the last digit stand for the same bytes: two lines for one signature."""
    assert GOOD.encoded.endswith("E=")
    other = Signature(GOOD.name, GOOD.encoded.removesuffix("E=") + "F=")
    assert base64.b64decode(other.encoded) == base64.b64decode(GOOD.encoded)
    with pytest.raises(NotSigned, match="not in canonical base64"):
        Note(TEXT, (other,)).verified([LOG.key], NOW)


def test_a_signature_is_added_once() -> None:
    note = SIGNED.signed_by(OTHER.sign(TEXT), GOOD)
    assert note.signatures == (GOOD, OTHER.sign(TEXT))
    assert note.signed_by(*note.signatures) == note


def test_the_same_line_twice_is_the_same_signature() -> None:
    twice = Note.parse(bytes(SIGNED) + GOOD.line.encode())
    assert [key for key, _ in twice.verified([LOG.key], NOW)] == [LOG.key] * 2
    false = LOG.sign("other\n")
    for order in ((GOOD, GOOD, false), (false, GOOD, GOOD)):
        with pytest.raises(NotSigned, match="does not hold"):
            Note(TEXT, order).verified([LOG.key], NOW)


def test_without_keys_nothing_is_believed() -> None:
    with pytest.raises(NotSigned, match="nobody"):
        SIGNED.verified([], NOW)


@over(names, st.binary(min_size=32, max_size=32))
def test_a_secret_is_kept_as_text(name: str, seed: bytes) -> None:
    secret = Signer(name, seed)
    assert Signer.parse(secret.text + "\n") == secret
    assert secret.text not in repr(secret)
    assert repr(seed) not in repr(secret)


@pytest.mark.parametrize("change", [1, -2, 20, 40])
def test_a_damaged_secret_is_refused_and_not_repeated(change: int) -> None:
    text = LOG.text
    damaged = text[:change] + ("B" if text[change] != "B" else "C") + text[change + 1 or None :]
    with pytest.raises(Unreadable, match="not a secret key") as refused:
        Signer.parse(damaged)
    assert text[-20:-3] not in str(refused.value)


class Unlike(Secret):
    """A secret of a type that is not that of the text."""

    of = type("Unread", (LogKey,), {"kind": 0x7F})


def test_a_secret_of_another_type_is_refused() -> None:
    with pytest.raises(Unreadable, match="type 0x7f"):
        Unlike.parse(LOG.text)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "A vkey is"),
        ("example.com/foo", "A vkey is"),
        ("example.com/foo+530d903a", "A vkey is"),
        ("+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", "key name"),
        ("a b+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", "key name"),
        ("example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", "is 530d903a"),
        ("example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", "is 530d903a"),
        ("example.com/fob+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", "key id of"),
        ("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2", "base64"),
        ("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3Q==", "30 bytes"),
        ("example.com/foo+530d903a+", "type not read"),
        ("example.com/foo+530d903a+Aukz", "type not read here; 0x01, 0x04, 0x06 are"),
    ],
)
def test_vkeys_are_read_strictly(text: str, why: str) -> None:
    with pytest.raises(Unreadable, match=why):
        vkey(text)


def test_the_example_key_is_read() -> None:
    text = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
    key = vkey(text)
    assert (type(key), key.name, key.id.hex()) == (LogKey, "example.com/foo", "530d903a")
    assert str(key) == text


@over(st.binary(max_size=40))
def test_base64_has_one_form(raw: bytes) -> None:
    assert base64_bytes(base64.b64encode(raw).decode()) == raw


@pytest.mark.parametrize("text", ["QQ", "QR==", "Q Q=", "QQ==\n", "QQ==QQ==", "ö", "QUJ=", "-_=="])
def test_other_forms_of_base64_are_refused(text: str) -> None:
    with pytest.raises(Unreadable, match="base64"):
        base64_bytes(text)


@with_vectors
def test_the_example_of_the_specification_is_believed() -> None:
    said = (SPECS / "signed-note.md").read_text()
    example = said[said.index("### Example") :]
    key = next(word for word in example.split() if word.startswith("example.com/foo+"))
    note = example.split("```\n")[1].encode()
    assert Note.parse(note).verified([vkey(key)], NOW)
    with pytest.raises(NotSigned):
        Note.parse(note.replace(b"example m", b"Example m")).verified([vkey(key)], NOW)


@with_vectors
def test_edge_cases_of_ed25519_hold_or_fail_and_nothing_else() -> None:
    """208 hold with this library: a signature is no identifier of what it signs."""
    cases = json.loads((VECTORS / "c2sp-cctv/ed25519/ed25519vectors.json").read_text())
    held = 0
    for case in cases:
        key = LogKey("edge.example", bytes.fromhex(case["key"]))
        signature = Signature.of(key, bytes.fromhex(case["sig"]))
        try:
            key.check(case["msg"], signature, NOW)
        except NotSigned:
            continue
        held += 1
    assert (len(cases), held) == (914, 208)
