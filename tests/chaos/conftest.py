"""What the scenarios share."""

import pytest

from shared import inbox
from shared.telemetry import start
from tests.chaos.line import Say


@pytest.fixture(autouse=True)
def logs() -> None:
    """Log as the services do: pictures of tracebacks would hold everything up."""
    start("chaos", level="error")


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let reconcilers look more often than every few seconds."""
    monkeypatch.setattr(inbox, "LOOK_SECONDS", (0.3, 0.5))


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Say:
    """Print what a scenario measured, whether it passes or not."""

    def aloud(words: str) -> None:
        with capsys.disabled():
            print(f"\n{words}")  # noqa: T201 - the report

    return aloud
