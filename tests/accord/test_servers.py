"""Our own PostgreSQL and NATS: what they refuse, what they keep, and how they end."""

import asyncio
import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest
from nats.errors import Error as NatsError
from nats.js.errors import ServerError

from accord import environment, keyring, supervisor
from accord import nats as our_nats
from accord import postgres as our_postgres
from accord.account import Account, run_as
from accord.environment import Database
from accord.failed import Failed
from accord.loopback import free_port
from accord.orphans import PidFile, born, stop_orphans
from accord.postgres_programs import installed
from accord.provision import DURABLES, SPEAKERS, connect, keep_provisioned, provision
from accord.supervisor import Program, Supervisor
from shared.bus import Bus
from shared.nkeys import NKey
from shared.settings import Settings
from tests.conftest import Nats

ROOT = os.geteuid() == 0
CHECKOUT = Path(__file__).parents[2]
pytestmark = pytest.mark.servers
needs_root = pytest.mark.skipif(not ROOT, reason="only root can become somebody else")
SUBJECT = "accord.evt.1.0195a3c2-0000-7000-8000-000000000001"

PARENT = """
import asyncio, json, sys
from functools import partial
from pathlib import Path
# What is imported later could not be read after a change of user.
import encodings.ascii, encodings.idna
from accord import keyring, nats, postgres, supervisor, up
from accord.tether import tethered

async def main(data, untied):
    if untied:
        supervisor.tethered = lambda by: lambda: None
    keyring.fill(data / "secrets")
    async with supervisor.Supervisor(data, print) as servers:
        database, bus = await postgres.prepare(data), nats.prepare(data)
        await servers.start(database.program())
        await servers.start(bus.program())
        print(json.dumps(servers.pids()), flush=True)
        told = asyncio.Event()
        asyncio.get_running_loop().add_reader(sys.stdin, told.set)
        await told.wait()

if len(sys.argv) > 3:
    import os
    os.setgroups([]), os.setgid(int(sys.argv[4])), os.setuid(int(sys.argv[3]))
asyncio.run(main(Path(sys.argv[1]), sys.argv[2] == "untied"))
"""


def new_folder() -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(prefix="accord-test-")).resolve()
    path.chmod(0o711)
    keyring.fill(path / "secrets")
    yield path
    with contextlib.suppress(FileNotFoundError):
        shutil.rmtree((path / "postgres.place").read_text().strip())
    shutil.rmtree(path)


@pytest.fixture
def folder() -> Iterator[Path]:
    """An empty data folder where any user may pass."""
    yield from new_folder()


@pytest.fixture(scope="module")
def used() -> Iterator[Path]:
    """A data folder that tests start again and again, so that its data is made once."""
    yield from new_folder()


@pytest.fixture
async def own(folder: Path) -> AsyncIterator[Supervisor]:
    async with Supervisor(folder, print) as servers:
        yield servers


async def query(server: our_postgres.Postgres, sql: str) -> object:
    db = await asyncpg.connect(server.dsn(), password=server.password_file.read_text().strip())
    try:
        return await db.fetchval(sql)
    finally:
        await db.close()


async def eventually(holds: Callable[[], bool], seconds: float = 15) -> None:
    for _ in range(int(seconds / 0.02)):
        if holds():
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"not within {seconds} s")


@contextlib.contextmanager
def sleeper(account: Account | None = None) -> Iterator[subprocess.Popen[bytes]]:
    """Run a process that has nothing to do with us."""
    with subprocess.Popen(["/bin/sleep", "60"], **run_as(account)) as process:
        yield process
        process.kill()


def owner(pid: int) -> int:
    return Path(f"/proc/{pid}").stat().st_uid


def searched(*folders: Path) -> str:
    return os.pathsep.join([*map(str, folders), os.environ.get("PYTHONPATH", "")])


def parent(folder: Path, *how: str) -> tuple[subprocess.Popen[str], dict[str, int]]:
    """Start a supervisor in a process of its own; return it and what it started."""
    process = subprocess.Popen(  # noqa: S603 - this very interpreter
        [sys.executable, "-c", PARENT, str(folder), *how],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": searched(CHECKOUT)},
    )
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("{"):
            return process, json.loads(line)
    raise AssertionError("the servers did not start")


def finish(process: subprocess.Popen[str]) -> int:
    process.communicate("")
    return process.returncode


def alive(pids: dict[str, int]) -> set[str]:
    return {name for name, pid in pids.items() if born(pid)}


# What PostgreSQL promises


async def test_a_password_is_asked_for_and_a_wrong_one_refused(postgres: str) -> None:
    db = await asyncpg.connect(postgres)
    methods = await db.fetch("SELECT DISTINCT auth_method FROM pg_hba_file_rules")
    stored = await db.fetchval("SELECT rolpassword FROM pg_authid WHERE rolname = current_user")
    await db.close()
    assert [row["auth_method"] for row in methods] == ["scram-sha-256"]
    assert stored.startswith("SCRAM-SHA-256$")
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(postgres, password="not the password")  # noqa: S106 - a wrong one
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(postgres, password="")


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("data_checksums", "on"),
        ("fsync", "on"),
        ("full_page_writes", "on"),
        ("synchronous_commit", "on"),
        ("shared_buffers", "128MB"),
        ("max_connections", "150"),
        ("server_encoding", "UTF8"),
        ("TimeZone", "UTC"),
    ],
)
async def test_settings_that_guarantees_rest_on(postgres: str, setting: str, value: str) -> None:
    db = await asyncpg.connect(postgres)
    assert await db.fetchval(f"SHOW {setting}") == value
    await db.close()


async def test_nobody_but_its_user_enters_the_socket_and_it_is_never_root(
    postgres: str, servers: Supervisor, data: Path
) -> None:
    assert "host=" in postgres
    assert (data / "postgres" / "socket").stat().st_mode & 0o777 == 0o700
    assert owner(servers.pids()["postgres"]) != 0


async def test_secrets_are_for_their_owner_alone(data: Path) -> None:
    assert (data / "secrets").stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in (data / "secrets").iterdir()} == {0o600}


async def test_secrets_once_drawn_stay(folder: Path) -> None:
    before = {path: path.read_text() for path in (folder / "secrets").iterdir()}
    (folder / "secrets" / "kek").unlink()
    keyring.fill(folder / "secrets")
    after = {path: path.read_text() for path in (folder / "secrets").iterdir()}
    assert {path.name for path in before if before[path] != after[path]} == {"kek"}


async def test_data_survives_stopping_killing_and_locks_of_strangers(used: Path) -> None:
    (used / "postgres" / "data.draft").mkdir(parents=True)
    (used / "postgres" / "data.draft" / "left").write_text("by an initdb that was killed")
    async with Supervisor(used, print) as servers:
        server = await our_postgres.prepare(used)
        await servers.start(server.program())
        await query(server, "CREATE TABLE kept AS SELECT 42 AS answer")
        first = servers.pids()["postgres"]
        os.kill(first, signal.SIGKILL)
        await eventually(lambda: servers.pids().get("postgres", first) != first)
    # After a restart of the machine the lock may name a process that is somebody else's.
    with sleeper(server.account) as stranger:
        lock = server.data / "postmaster.pid"
        lock.write_text(f"{stranger.pid}\n{server.data}\n0\n5432\n\n\n\n")
        async with Supervisor(used, print) as servers:
            server = await our_postgres.prepare(used)
            await servers.start(server.program())
            assert await query(server, "SELECT answer FROM kept") == 42
        assert stranger.poll() is None


async def test_a_killed_server_answers_again_with_its_data(used: Path) -> None:
    async with Supervisor(used, print) as servers:
        server = await our_postgres.prepare(used)
        await servers.start(server.program())
        await query(server, "CREATE TABLE killed AS SELECT 7 AS answer")
        os.kill(servers.pids()["postgres"], signal.SIGKILL)
        for _ in range(200):
            with contextlib.suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                assert await query(server, "SELECT answer FROM killed") == 7
                return
            await asyncio.sleep(0.05)
    raise AssertionError("it does not answer again")


async def test_a_deep_folder_has_no_room_for_a_socket_and_gets_a_port(folder: Path) -> None:
    deep = folder / ("deep" * 20)
    deep.mkdir(mode=0o711)
    keyring.fill(deep / "secrets")
    async with Supervisor(deep, print) as servers:
        server = await our_postgres.prepare(deep)
        assert server.port is not None
        await servers.start(server.program())
        assert await query(server, "SHOW listen_addresses") == "127.0.0.1"


async def test_data_and_password_that_do_not_belong_together_are_told_apart(
    used: Path,
) -> None:
    async with Supervisor(used, print) as servers:
        server = await our_postgres.prepare(used)
        word = server.password_file.read_text()
        server.password_file.write_text("of another folder")
        with pytest.raises(Failed, match="is not that of the data"):
            await servers.start(server.program())
        server.password_file.write_text(word)


def run_there(script: str, data: Path, packages: Path) -> None:
    subprocess.run(  # noqa: S603 - this very interpreter
        [sys.executable, "-c", script, str(data), "tied"],
        input="",
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": searched(packages, CHECKOUT)},
    )


@needs_root
async def test_root_serves_from_where_nobody_else_may_look(folder: Path) -> None:
    """As in a checkout below a home of mode 0700, with its packages there too."""
    home, elsewhere = folder / "home", folder / "elsewhere"
    home.mkdir(mode=0o700)
    elsewhere.mkdir(mode=0o711)
    (home / "data").mkdir()
    wheel = next(installed())
    assert wheel.wheel is not None
    package = wheel.wheel.name
    shutil.copytree(wheel.wheel, home / "packages" / package)
    shutil.copytree(wheel.wheel.with_name(f"{package}.libs"), home / "packages" / f"{package}.libs")
    script = PARENT.replace("(data), nats", f"(data, (Path({str(elsewhere)!r}),)), nats")
    for _ in range(2):  # the second time it must find what the first time made
        await asyncio.to_thread(run_there, script, home / "data", home / "packages")
    (place,) = elsewhere.iterdir()
    assert (home / "data" / "postgres.place").read_text() == f"{place}\n"
    assert (place / f"programs-{wheel.version}").is_dir()
    assert (place / "data").stat().st_uid == Account.for_data(place / "absent").uid  # type: ignore[union-attr]  # we are root
    shutil.rmtree(place)
    with pytest.raises(Failed, match="is gone"):
        await our_postgres.prepare(home / "data")


@needs_root
async def test_an_ordinary_user_serves_from_a_folder_of_their_own(folder: Path) -> None:
    account = Account.for_data(folder / "absent")
    assert account is not None
    if not account.reaches(CHECKOUT):
        pytest.skip("only root can reach this checkout, so nobody else can run it")
    home = folder / "home"
    home.mkdir(mode=0o700)
    os.chown(home, account.uid, account.gid)
    process, pids = parent(home, "tied", str(account.uid), str(account.gid))
    assert {owner(pid) for pid in pids.values()} == {account.uid}
    assert finish(process) == 0
    assert not alive(pids)


# What NATS refuses


async def greeted(url: str, key: NKey | None) -> str:
    """Connect in the bus's own words and return the answer, errors included."""
    reader, writer = await asyncio.open_connection("127.0.0.1", urlsplit(url).port)
    offered = json.loads((await reader.readline()).removeprefix(b"INFO "))
    signed = {"nkey": key.public, "sig": key.sign(offered["nonce"]).decode()} if key else {}
    writer.write(f"CONNECT {json.dumps({'verbose': False, **signed})}\r\nPING\r\n".encode())
    answer = await reader.readline()
    writer.close()
    await writer.wait_closed()
    return answer.decode().strip()


async def test_only_keys_that_were_drawn_for_it_enter_the_bus(nats: Nats) -> None:
    known = NKey.from_file(nats.seeds / "nkey_members")
    assert await greeted(nats.url, known) == "PONG"
    assert await greeted(nats.url, None) == "-ERR 'Authorization Violation'"
    assert await greeted(nats.url, NKey.generate()) == "-ERR 'Authorization Violation'"


async def test_a_bus_that_is_not_there_is_one_sentence(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accord.provision.CONNECTS_WITHIN", 0.3)
    with pytest.raises(Failed, match="does not let the provisioner in"):
        await connect(f"nats://127.0.0.1:{free_port()}", folder / "secrets" / "nkey_ops")


@pytest.fixture
async def members(nats: Nats) -> AsyncIterator[Bus]:
    bus = nats.bus("members")
    await bus.connect()
    yield bus
    await bus.close()


async def test_what_one_service_says_another_hears_and_acknowledges(
    nats: Nats, members: Bus
) -> None:
    said = await members.client.request(f"{SUBJECT}.members.MemberJoined", b"{}", timeout=5)
    assert json.loads(said.data)["stream"] == "MEMBERS"
    meetings = nats.bus("meetings")
    await meetings.connect()
    stream = meetings.client.jetstream(timeout=5)
    reader = await stream.pull_subscribe_bind("meetings-keeps-the-roll", "MEMBERS")
    (heard,) = await reader.fetch(1, timeout=5)
    await heard.ack_sync(timeout=5)
    assert heard.data == b"{}"
    about = await reader.consumer_info()
    assert about.num_ack_pending == 0
    assert meetings.errors == 0
    await meetings.close()


@pytest.mark.parametrize(
    "subject",
    [
        f"{SUBJECT}.meetings.DecisionMade",
        "accord.evt.everything",
        "$JS.API.STREAM.INFO.MEMBERS",
        "$JS.API.STREAM.PURGE.MEMBERS",
        "$JS.API.STREAM.DELETE.MEMBERS",
        "$JS.API.STREAM.CREATE.OTHER",
        "$JS.API.CONSUMER.DURABLE.CREATE.MEMBERS.mine",
        "$JS.API.CONSUMER.MSG.NEXT.MEMBERS.credit-keeps-the-roll",
        "_INBOX_credit.x",
        "$SYS.REQ.SERVER.PING",
    ],
)
async def test_what_is_not_a_services_own_is_refused(members: Bus, subject: str) -> None:
    with pytest.raises((NatsError, TimeoutError)):
        await members.client.request(subject, b"{}", timeout=0.3)
    await eventually(lambda: members.errors > 0, 3)


@pytest.mark.parametrize("subject", ["accord.>", "_INBOX_credit.>", "$JS.>", "$SYS.>"])
async def test_nobody_listens_past_the_durables(members: Bus, subject: str) -> None:
    await members.client.subscribe(subject)
    await members.client.flush()
    await eventually(lambda: members.errors > 0, 3)


async def test_the_provisioner_may_not_destroy(nats: Nats) -> None:
    operations = nats.bus("ops")
    await operations.connect()
    for call in ("STREAM.DELETE.MEMBERS", "STREAM.PURGE.MEMBERS", "STREAM.MSG.DELETE.MEMBERS"):
        with pytest.raises((NatsError, TimeoutError)):
            await operations.client.request(f"$JS.API.{call}", b"{}", timeout=0.3)
    await operations.close()


async def test_wakes_travel_between_services(nats: Nats, members: Bus) -> None:
    credit = nats.bus("credit")
    await credit.connect()
    woken = await credit.client.subscribe("accord.wake.credit")
    await credit.client.flush()
    await members.client.publish("accord.wake.credit", b"")
    assert (await woken.next_msg(timeout=5)).subject == "accord.wake.credit"
    await credit.close()


# What is made again


async def test_streams_are_made_once_and_again_after_the_store_was_wiped(
    folder: Path, own: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accord.provision.LOOK_EVERY", 0.1)
    server = our_nats.prepare(folder)
    assert (server.folder / "nats.conf").stat().st_mode & 0o777 == 0o600
    await own.start(server.program())
    operations = await connect(server.url, folder / "secrets" / "nkey_ops")
    everything = {speaker.upper() for speaker in SPEAKERS}
    everything |= {f"{durable.stream}/{durable.name}" for durable in DURABLES}
    assert set(await provision(operations)) == everything
    assert await provision(operations) == []
    said: list[str] = []
    keeper = asyncio.create_task(keep_provisioned(operations, 1, said.append))
    first = own.pids()["nats"]
    shutil.rmtree(server.folder / "store")
    os.kill(first, signal.SIGKILL)
    await eventually(lambda: bool(said))
    keeper.cancel()
    assert own.pids()["nats"] != first
    await eventually(lambda: operations.client.is_connected)
    assert await provision(operations) == []
    await operations.close()


async def test_a_store_counts_as_damaged_whatever_came_before_its_failures(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fails, silent = ServerError(), TimeoutError()
    answers = [fails] * 4 + [silent] * 3 + [fails] * 5
    given: list[Exception] = []

    async def failing(_bus: Bus, _replicas: int) -> list[str]:
        given.append(answers[len(given)] if len(given) < len(answers) else silent)
        raise given[-1]

    monkeypatch.setattr("accord.provision.LOOK_EVERY", 0.0)
    monkeypatch.setattr("accord.provision.provision", failing)
    begun: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    bus = Bus("nats://127.0.0.1:1", "ops", folder / "secrets" / "nkey_ops")
    keeper = asyncio.create_task(
        keep_provisioned(bus, 1, lambda _line: None, lambda: begun.set_result(len(given)))
    )
    async with asyncio.timeout(5):
        assert await begun == len(answers)
    keeper.cancel()


async def test_a_store_that_is_damaged_is_begun_anew(
    folder: Path, own: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accord.provision.LOOK_EVERY", 0.1)
    server = our_nats.prepare(folder)
    await own.start(server.program())
    operations = await connect(server.url, folder / "secrets" / "nkey_ops")
    await provision(operations)
    buses = [Bus(server.url, user, folder / "secrets" / f"nkey_{user}") for user in SPEAKERS]
    for bus in buses:
        await bus.connect()
    members, meetings, _ = buses
    await members.client.request(f"{SUBJECT}.members.MemberJoined", b"{}", timeout=5)
    async with meetings.pull("MEMBERS", "meetings-keeps-the-roll") as pull:
        [heard] = await pull.some()
        await heard.ack_sync(timeout=5)
    state = next(iter((server.folder / "store").rglob("meetings-keeps-the-roll"))) / "o.dat"
    await eventually(lambda: state.exists() and state.stat().st_size > 0)
    said: list[str] = []
    damaged = partial(server.forget, partial(own.kill, "nats"))
    keeper = asyncio.create_task(keep_provisioned(operations, 1, said.append, damaged))
    os.kill(own.pids()["nats"], signal.SIGSTOP)
    state.write_bytes(state.read_bytes()[:3])
    own.kill("nats")
    await eventually(lambda: any("made again" in line for line in said), 15)
    keeper.cancel()
    assert "Its store is damaged: it starts again without." in said
    await eventually(lambda: operations.client.is_connected)
    assert await provision(operations) == []
    for bus in (operations, *buses):
        await bus.close()


async def test_a_stream_that_was_changed_is_mended(nats: Nats) -> None:
    operations = nats.bus("ops")
    await operations.connect()
    streams = operations.client.jetstream(timeout=5)
    changed = (await streams.stream_info("CREDIT")).config
    changed.max_age = 3600.0
    changed.metadata = {"owner": "credit"}
    await streams.update_stream(changed)
    assert await provision(operations) == ["CREDIT"]
    assert (await streams.stream_info("CREDIT")).config.max_age == 14 * 86400
    await operations.close()


# How children live and end


async def test_a_child_that_no_longer_answers_is_replaced(
    folder: Path, own: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "LOOK_EVERY", 0.05)
    monkeypatch.setattr(supervisor, "ANSWERS_WITHIN", 0.3)
    server = our_nats.prepare(folder)
    program = server.program()
    await own.start(Program(program.name, "NATS", program.command, program.ready, patience=0.2))
    first = own.pids()["nats"]
    os.kill(first, signal.SIGSTOP)
    await eventually(lambda: born(first) is None)
    await eventually(lambda: own.pids().get("nats", first) != first)
    await eventually((folder / "run" / "nats.json").exists)


async def test_a_program_that_does_not_start_says_its_last_words(own: Supervisor) -> None:
    async def never() -> bool:
        return False

    with pytest.raises(Failed, match=r"Broken does not start\. .* ends: the disk is on fire"):
        await own.start(
            Program(
                "broken", "Broken", ("/bin/sh", "-c", "echo the disk is on fire; exit 3"), never
            )
        )
    with pytest.raises(Failed, match="Absent cannot be started"):
        await own.start(Program("absent", "Absent", ("/no/such/program",), never))
    with pytest.raises(Failed, match="Migrations failed"):
        await own.finish("Migrations", ("/bin/sh", "-c", "exit 1"), {})


async def test_one_supervisor_at_a_time_holds_a_folder(folder: Path, own: Supervisor) -> None:
    assert own.folder == folder
    with pytest.raises(Failed, match="in use by another"):
        async with Supervisor(folder, print):
            pass


async def test_children_end_when_their_parent_is_killed(used: Path) -> None:
    process, pids = parent(used, "tied")
    assert alive(pids) == {"postgres", "nats"}
    process.kill()
    process.communicate()
    await eventually(lambda: not alive(pids))


async def test_orphans_are_stopped_at_the_next_start_and_never_adopted(used: Path) -> None:
    process, pids = parent(used, "untied")
    process.kill()
    process.communicate()
    assert alive(pids) == {"postgres", "nats"}
    said: list[str] = []
    async with Supervisor(used, said.append) as servers:
        assert not alive(pids)
        assert len(said) == 2
        server = await our_postgres.prepare(used)
        await servers.start(server.program())
        assert servers.pids()["postgres"] != pids["postgres"]
        assert await query(server, "SELECT 1") == 1


async def test_a_server_without_our_pid_file_is_stopped_by_its_own(used: Path) -> None:
    process, pids = parent(used, "untied")
    process.kill()
    process.communicate()
    (used / "run" / "postgres.json").unlink()
    async with Supervisor(used, print):
        assert alive(pids) == {"postgres"}
        await our_postgres.prepare(used)
        assert not alive(pids)


async def test_a_pid_file_ends_nobody_elses_process(tmp_path: Path) -> None:
    original, copy = tmp_path / "run", tmp_path / "copy"
    original.mkdir()
    with sleeper() as stranger:
        PidFile(original / "sleep.json").write(stranger.pid, signal.SIGTERM, 1)
        shutil.copytree(original, copy)
        await stop_orphans(copy, print)
        about = json.loads((original / "sleep.json").read_text())
        (original / "other.json").write_text(json.dumps({**about, "born": "long ago"}))
        (original / "damaged.json").write_text("{")
        (original / "sleep.json").rename(tmp_path / "sleep.json")
        await stop_orphans(original, print)
        assert stranger.poll() is None
        assert list(original.iterdir()) == []
        (tmp_path / "sleep.json").rename(original / "sleep.json")
        await stop_orphans(original, print)
        assert stranger.wait(5) == -signal.SIGTERM


# What `accord up` says when it cannot


def up(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("ACCORD_")}
    return subprocess.run(  # noqa: S603 - this very interpreter
        [sys.executable, "-m", "accord", "up", *arguments],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
        env={**clean, **variables},
    )


def test_a_port_in_use_is_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ran = up("--port", str(port), "--data", str(tmp_path / "data"))
    assert ran.returncode == 1
    assert ran.stderr.startswith(f"accord: Port {port} is in use.")
    assert "Traceback" not in ran.stderr
    assert not (tmp_path / "data").exists()


async def test_a_folder_in_use_is_one_sentence(folder: Path, own: Supervisor) -> None:
    ran = await asyncio.to_thread(up, "--port", "18080", "--data", str(own.folder))
    assert ran.returncode == 1
    assert ran.stderr.startswith(f"accord: {folder} is in use by another `accord up`.")


def test_a_data_folder_that_is_a_file_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    ran = up("--port", "18080", "--data", str(tmp_path / "data"))
    assert ran.returncode == 1
    assert ran.stderr.startswith(f"accord: The folder {tmp_path / 'data'} cannot be made")


def test_a_misspelt_setting_is_one_sentence() -> None:
    ran = up(ACCORD_DATABASE__DNS="postgresql://localhost")
    assert ran.returncode == 1
    assert ran.stderr.startswith("accord: ACCORD_DATABASE__DNS is not a setting")


async def test_missing_programs_are_one_sentence(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accord.postgres_programs.WHEELS", ("no_such_wheel",))
    monkeypatch.setattr("accord.postgres_programs.SYSTEM", ())
    monkeypatch.setattr("sysconfig.get_path", lambda _name: str(folder))
    monkeypatch.setenv("PATH", str(folder))
    with pytest.raises(Failed, match="PostgreSQL 15 or newer is missing"):
        await our_postgres.prepare(folder)
    with pytest.raises(Failed, match="nats-server is missing"):
        our_nats.prepare(folder)


def test_addresses_for_services_come_from_the_servers(tmp_path: Path) -> None:
    given = Database("postgresql://admin:word@db.example:6543/all?sslmode=require&user=x", None)
    assert given.dsn_for("accord_{service}_app", "accord_{service}") == (
        "postgresql://accord_{service}_app@db.example:6543/accord_{service}?sslmode=require"
    )
    ours = Database("postgresql://admin@/postgres?host=/some/where&port=5432", tmp_path)
    assert ours.dsn_for("app", "db") == "postgresql://app@/db?host=%2Fsome%2Fwhere&port=5432"


def test_services_are_not_told_the_way_in_as_superuser(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ACCORD_DATABASE__DSN", "postgresql://admin:word@db.example/all")
    monkeypatch.setenv("ACCORD_ADMIN__PASSWORD_FILE", "/the/admins")
    given = Database(os.environ["ACCORD_DATABASE__DSN"], None)
    settings = Settings(keys={"kek_file": "/elsewhere/kek"})
    told = environment.of_services(settings, tmp_path, given, "nats://bus.example", demo=False)
    assert not [name for name, value in told.items() if "word" in value or "ADMIN" in name]
    assert told["ACCORD_DATABASE__DSN"] == (
        "postgresql://accord_{service}_app@db.example/accord_{service}"
    )
    assert told["ACCORD_KEYS__KEK_FILE"] == "/elsewhere/kek"
    migrating = environment.of_migrations(told, given)
    assert migrating["ACCORD_ADMIN__DSN"] == given.dsn


async def test_what_follows_takes_what_is_left_of_the_processor() -> None:
    code = "import os; from services.__main__ import give_way; give_way();"
    code += " print(os.sched_getscheduler(0) == os.SCHED_IDLE, os.nice(0) >= 10)"
    told = await asyncio.create_subprocess_exec(sys.executable, "-c", code, stdout=subprocess.PIPE)
    assert (await told.communicate())[0] == b"True True\n"
