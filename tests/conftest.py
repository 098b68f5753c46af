"""Real servers for the tests that ask for them; their absence fails, never skips."""

import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import structlog

from accord import keyring
from accord import nats as our_nats
from accord import postgres as our_postgres
from accord.provision import connect, provision
from accord.supervisor import Supervisor
from shared.bus import Bus
from tests.suite import Suite, suite

SERVERS = {"postgres", "nats", "servers", "running", "house"}


@dataclass(frozen=True)
class Nats:
    """A provisioned NATS; the seed of a user lies in `seeds / f"nkey_{user}"`."""

    url: str
    seeds: Path

    def bus(self, user: str) -> Bus:
        """Return a bus of one user, not yet connected."""
        return Bus(self.url, user, self.seeds / f"nkey_{user}")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what starts a server, so that `make fast` can leave it out."""
    for item in items:
        if SERVERS & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.servers)


@pytest.fixture(autouse=True)
def logs_of_our_own() -> Iterator[None]:
    """Forget where a command that was tested told the logs to go."""
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def data() -> Iterator[Path]:
    """A data folder with all its secrets, where any user may pass."""
    folder = Path(tempfile.mkdtemp(prefix="accord-test-")).resolve()
    folder.chmod(0o711)
    keyring.fill(folder / "secrets")
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
async def servers(data: Path) -> AsyncIterator[Supervisor]:
    """Keep what the session's tests start, in one data folder, until they have run."""
    async with Supervisor(data, print) as supervisor:
        yield supervisor


@pytest.fixture(scope="session")
async def postgres(servers: Supervisor, data: Path) -> str:
    """The address of a real server for its superuser, password included."""
    server = await our_postgres.prepare(data)
    await servers.start(server.program())
    return server.dsn(password=server.password_file.read_text().strip())


@pytest.fixture(scope="session")
async def nats(servers: Supervisor, data: Path) -> Nats:
    """A real bus with the streams and durables that services bind to."""
    server = our_nats.prepare(data)
    await servers.start(server.program())
    operations = await connect(server.url, data / "secrets" / "nkey_ops")
    await provision(operations)
    await operations.close()
    return Nats(server.url, data / "secrets")


@pytest.fixture(scope="session")
async def running() -> AsyncIterator[Suite]:
    """`accord up` in a folder of its own; demo tokens may claim times and are not slowed down."""
    async with suite(ACCORD_DEMO="true") as started:
        yield started
