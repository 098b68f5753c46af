from pathlib import Path

import pytest
from typer.testing import CliRunner

from accord import keyring
from accord.__main__ import app
from accord.token import sign_in_line
from shared.identity import EmbeddedIssuer

LINK = ["token", "--as", "Ada@example.org", "--link"]


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a data folder with secrets, which the settings name."""
    keyring.fill(tmp_path / "secrets")
    monkeypatch.setenv("ACCORD_DATA", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize(
    ("setting", "value", "address"),
    [
        ("ACCORD_HTTP__PORT", "8123", "http://127.0.0.1:8123"),
        ("ACCORD_PUBLIC_URL", "https://accord.example.org/", "https://accord.example.org"),
    ],
)
def test_a_link_leads_to_the_pages_address_and_signs_in_whom_it_names(
    kept: Path, monkeypatch: pytest.MonkeyPatch, setting: str, value: str, address: str
) -> None:
    monkeypatch.setenv(setting, value)
    said = CliRunner().invoke(app, LINK).stdout.strip()
    page, _, token = said.partition("?token=")
    assert page == f"{address}/sign-in"
    person, _ = EmbeddedIssuer.read(kept / "secrets" / "issuer").redeem(token)
    assert person == "ada@example.org"


def test_an_operator_is_linked_in_as_the_operator(kept: Path) -> None:
    said = CliRunner().invoke(app, ["token", "--operator", "--link"]).stdout.strip()
    person, _ = EmbeddedIssuer.read(kept / "secrets" / "issuer").redeem(said.partition("=")[2])
    assert person == "operator"


@pytest.mark.parametrize(
    ("path", "called"),
    [
        ("/usr/bin", ".venv/bin/accord"),
        (".venv/bin:/usr/bin", ".venv/bin/accord"),  # as `make run` has it, and the reader not
        ("elsewhere:/usr/bin", "accord"),
    ],
)
def test_the_line_at_the_start_can_be_typed_as_it_stands(
    kept: Path, monkeypatch: pytest.MonkeyPatch, path: str, called: str
) -> None:
    for folder in (kept / ".venv/bin", kept / "elsewhere"):
        folder.mkdir(parents=True)
        (folder / "accord").touch(mode=0o755)
    monkeypatch.chdir(kept)
    monkeypatch.setattr("sys.executable", str(kept / ".venv/bin/python"))
    monkeypatch.setenv("PATH", ":".join(str(kept / one) for one in path.split(":")))
    assert sign_in_line(kept, 8080).splitlines()[1] == f"Later: {called} token --as EMAIL --link"
