import os
from pathlib import Path

import pytest

from shared.settings import BadSettings, Settings


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Start in a folder without `.env`, with an environment that says nothing."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("ACCORD_")]:
        monkeypatch.delenv(name)


def test_nothing_set_means_embedded_servers_on_the_usual_port() -> None:
    settings = Settings.load()
    assert settings.database.dsn is None
    assert settings.nats.url is None
    assert settings.http.port == 8080
    assert settings.data == Path(".accord")


def test_the_environment_reaches_every_depth(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACCORD_ENV", "prod")
    monkeypatch.setenv("ACCORD_HTTP__PORT", "9000")
    monkeypatch.setenv("ACCORD_PEERS__LEDGER", "http://ledger:8080")
    monkeypatch.setenv("ACCORD_HTTP__TRUSTED_PROXIES", '["10.0.0.1"]')
    settings = Settings.load()
    assert settings.env == "prod"
    assert settings.http.port == 9000
    assert settings.peers == {"ledger": "http://ledger:8080"}
    assert settings.http.trusted_proxies == ("10.0.0.1",)


def test_flag_environment_file_and_dotenv_win_in_this_order(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("ACCORD_NATS__URL=from-dotenv\nOTHER=ignored\n")
    assert Settings.load().nats.url == "from-dotenv"
    (tmp_path / "url").write_text("from-file\n")
    monkeypatch.setenv("ACCORD_NATS__URL_FILE", str(tmp_path / "url"))
    assert Settings.load().nats.url == "from-file"
    monkeypatch.setenv("ACCORD_NATS__URL", "from-environment")
    assert Settings.load().nats.url == "from-environment"
    assert Settings.load(nats={"url": "from-flag"}).nats.url == "from-flag"


def test_an_empty_variable_counts_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACCORD_NATS__URL", "")
    assert Settings.load().nats.url is None


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("ACCORD_HTTP__PROT", "Did you mean ACCORD_HTTP__PORT?"),
        ("ACCORD_DATABSE__DSN", "Did you mean ACCORD_DATABASE__DSN?"),
        ("ACCORD_SOMETHING_ELSE_ENTIRELY_X", "Remove it."),
    ],
)
def test_an_unknown_name_is_an_error(monkeypatch: pytest.MonkeyPatch, name: str, hint: str) -> None:
    monkeypatch.setenv(name, "1")
    with pytest.raises(BadSettings) as refused:
        Settings.load()
    assert str(refused.value) == f"{name} is not a setting of Accord. {hint}"


def test_an_unknown_name_in_dotenv_is_an_error_too(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("ACCORD_COLOUR=green\n")
    with pytest.raises(BadSettings, match="ACCORD_COLOUR is not a setting"):
        Settings.load()


def test_a_value_that_does_not_fit_is_named_and_not_repeated(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ACCORD_HTTP__PORT", "hunter2")
    with pytest.raises(BadSettings, match="ACCORD_HTTP__PORT does not fit") as refused:
        Settings.load()
    assert "hunter2" not in str(refused.value)


def test_lists_must_be_json(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACCORD_AUTH__ISSUERS", "no list")
    with pytest.raises(BadSettings):
        Settings.load()


def test_each_service_gets_its_own_addresses_and_files(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(
        "ACCORD_DATABASE__DSN", "postgresql://accord_{service}_app@/accord_{service}"
    )
    monkeypatch.setenv("ACCORD_DATABASE__PASSWORD_FILE", str(tmp_path / "accord_{service}_app"))
    monkeypatch.setenv("ACCORD_NATS__NKEY_SEED_FILE", str(tmp_path / "nkey_{service}"))
    (tmp_path / "accord_ledger_app").write_text("open sesame\n")
    ledger = Settings.load().for_service("ledger")
    assert ledger.database.dsn == "postgresql://accord_ledger_app@/accord_ledger"
    assert ledger.database.password() == "open sesame"
    assert ledger.nats.nkey_seed_file == tmp_path / "nkey_ledger"


def test_a_secret_that_cannot_be_read_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ACCORD_DATABASE__PASSWORD_FILE", str(tmp_path / "absent"))
    with pytest.raises(BadSettings, match=str(tmp_path / "absent")):
        Settings.load().database.password()


def test_the_wrapping_key_is_32_bytes_or_refused(tmp_path: Path) -> None:
    path = tmp_path / "kek"
    path.write_text("ab" * 32 + "\n")
    assert Settings.load(keys={"kek_file": path}).keys.kek() == b"\xab" * 32
    path.write_text("abc")
    with pytest.raises(BadSettings, match="64 hexadecimal digits"):
        Settings.load(keys={"kek_file": path}).keys.kek()
    with pytest.raises(BadSettings, match="ACCORD_KEYS__KEK_FILE is not set"):
        Settings.load().keys.kek()


def test_no_password_shows_in_the_repr() -> None:
    settings = Settings.load(database={"dsn": "postgresql://admin:hunter2@host/db"})
    assert "hunter2" not in repr(settings)


def test_failpoints_are_refused_outside_of_tests(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ACCORD_FAILPOINTS", str(tmp_path))
    with pytest.raises(BadSettings, match="ACCORD_FAILPOINTS does not fit"):
        Settings.load()
    monkeypatch.setenv("ACCORD_ENV", "test")
    assert Settings.load().failpoints == tmp_path
