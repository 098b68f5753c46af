import json
from pathlib import Path

import pytest
from joserfc.jwk import KeySet

from accord import keyring
from accord.provision import USERS
from deploy.secrets import CONFIGURATION, ISSUER_KEYS, deal, hands
from shared.identity import EmbeddedIssuer, Tokens, TrustedIssuer, Unauthenticated
from shared.nkeys import NKey


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    """Return a vault whose secrets have been dealt out beside it."""
    for container in hands():
        (tmp_path / container).mkdir()
    deal(tmp_path / "vault", tmp_path)
    return tmp_path / "vault"


def other(vault: Path) -> Path:
    """Return the vault of somebody else."""
    keyring.fill(vault.parent / "other")
    return vault.parent / "other"


def test_everybody_gets_what_is_theirs_and_only_to_read(vault: Path) -> None:
    for container, names in hands().items():
        files = {file.name: file for file in (vault.parent / container).iterdir()}
        assert files.keys() == names
        assert {file.stat().st_mode & 0o777 for file in files.values()} == {0o400}
        for name in names - {CONFIGURATION, ISSUER_KEYS}:
            assert files[name].read_text() == (vault / name).read_text()


def test_dealing_again_changes_nothing(vault: Path) -> None:
    before = {file: file.read_bytes() for file in vault.parent.rglob("*") if file.is_file()}
    deal(vault, vault.parent)
    assert before == {file: file.read_bytes() for file in vault.parent.rglob("*") if file.is_file()}


def test_the_bus_knows_public_keys_only_and_keeps_its_monitor_to_itself(vault: Path) -> None:
    written = (vault.parent / "nats" / CONFIGURATION).read_text()
    for user in USERS:
        key = NKey.from_file(vault / f"nkey_{user}")
        assert key.public in written
        assert key.seed not in written
    assert 'listen: "0.0.0.0:4222"' in written
    assert 'http: "127.0.0.1:8222"' in written


def test_a_service_verifies_tokens_but_holds_nothing_to_make_them(vault: Path) -> None:
    written = (vault.parent / "credit" / ISSUER_KEYS).read_text()
    (public,) = KeySet.import_key_set(json.loads(written)).keys
    assert not public.is_private
    tokens = Tokens([TrustedIssuer("accord", (public,))])
    own, foreign = (EmbeddedIssuer.read(each / "issuer") for each in (vault, other(vault)))
    assert tokens.verify(own.mint("ada@example.org")).subject == "ada@example.org"
    with pytest.raises(Unauthenticated):
        tokens.verify(foreign.mint("ada@example.org"))
