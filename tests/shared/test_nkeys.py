import base64
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from shared.nkeys import NKey, NotASeed

# The pair that the NATS documentation prints as its example of an nkey user.
SEED = "SUACSSL3UAHUDXKFSNVUZRF5UHPMWZ6BFDTJ7M6USDXIEDNPPQYYYCU3VY"
PUBLIC = "UDXU4RCSJNZOIQHZNWXHXORDPRTGNJAHAHFRGZNEEJCPQTT2M7NLCNF4"


def test_a_known_seed_has_its_known_public_key() -> None:
    assert NKey.from_seed(SEED).public == PUBLIC


def test_a_seed_survives_reading_and_writing() -> None:
    assert NKey.from_seed(f"{SEED}\n").seed == SEED


def test_generated_keys_differ_and_can_be_read_back() -> None:
    one, other = NKey.generate(), NKey.generate()
    assert one.seed != other.seed
    assert NKey.from_seed(one.seed) == one
    assert one.seed.startswith("SU")
    assert one.public.startswith("U")


def test_a_signature_is_verified_by_the_public_key_in_its_text() -> None:
    raw = base64.b32decode(PUBLIC)[1:33]
    signature = base64.b64decode(NKey.from_seed(SEED).sign("a nonce"))
    Ed25519PublicKey.from_public_bytes(raw).verify(signature, b"a nonce")


@pytest.mark.parametrize(
    "text",
    ["", "not base32 at all", SEED[:-1] + "A", SEED[:-2], PUBLIC, SEED.lower()],
    ids=["empty", "words", "one letter changed", "cut", "a public key", "lower case"],
)
def test_what_is_no_seed_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(NotASeed) as refused:
        NKey.from_seed(text)
    assert not text or text not in str(refused.value)


def test_a_file_without_a_seed_is_named(tmp_path: Path) -> None:
    path = tmp_path / "nkey"
    path.write_text("nothing useful")
    with pytest.raises(NotASeed, match=str(path)):
        NKey.from_file(path)


def test_a_key_keeps_its_secret_out_of_its_repr() -> None:
    assert SEED not in repr(NKey.from_seed(SEED))
    assert "secret" not in repr(NKey.from_seed(SEED))
