"""PostgreSQL as our own child: found, initialised, reached through a socket of our own.

It never runs as root: started by root it runs as the user who owns its data, at first
`nobody`. Programs and data must then lie where that user can go; what does not is copied,
or kept elsewhere with a note in the data folder.
"""

import asyncio
import contextlib
import os
import shutil
import signal
import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import asyncpg

from accord.account import Account, run_as
from accord.failed import Failed
from accord.keyring import ADMIN
from accord.loopback import free_port
from accord.orphans import end
from accord.postgres_programs import Programs, choose
from accord.supervisor import Program
from accord.tether import tethered

NOTE = "postgres.place"
ELSEWHERE = (Path("/var/lib"), Path(tempfile.gettempdir()))
SOCKET = ".s.PGSQL.5432"
LONGEST_SOCKET = 106
BUILTIN_LOCALES = 17
UNREACHABLE = (
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    OSError,
    TimeoutError,
)


@dataclass(frozen=True)
class Postgres:
    """A server of our own; `folder` holds its data and its socket."""

    folder: Path
    programs: Programs
    account: Account | None
    password_file: Path
    port: int | None  # None: a Unix socket

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def dsn(self, user: str = ADMIN, database: str = "postgres", password: str = "") -> str:
        """Address a role and a database; the password usually stays in its file."""
        login = f"{user}:{password}" if password else user
        if self.port is not None:
            return f"postgresql://{login}@127.0.0.1:{self.port}/{database}"
        host = quote(str(self.folder / "socket"))
        return f"postgresql://{login}@/{database}?host={host}&port=5432"

    def program(self) -> Program:
        reached = (
            {"listen_addresses": "127.0.0.1", "port": self.port, "unix_socket_directories": ""}
            if self.port is not None
            else {"listen_addresses": "", "unix_socket_directories": self.folder / "socket"}
        )
        settings: dict[str, object] = {
            **reached,
            "unix_socket_permissions": "0700",
            "shared_buffers": "128MB",
            "max_connections": 150,
            "synchronous_commit": "on",
            "autovacuum_naptime": "10s",  # until a table is analysed, large reports plan badly
            "log_checkpoints": "off",
            "timezone": "UTC",
            "log_timezone": "UTC",
        }
        options = [f"--{name}={value}" for name, value in settings.items()]
        return Program(
            name="postgres",
            title="PostgreSQL",
            command=(str(self.programs.postgres), "-D", str(self.data), *options),
            ready=self.ready,
            environment={"LC_ALL": "C", "PATH": os.defpath},
            account=self.account,
            stop_by=signal.SIGINT,  # its "fast" way: clients are sent away, data is flushed
            patience=20,
        )

    async def ready(self) -> bool:
        """Answer a real query.

        Raises:
            Failed: the password does not fit, so waiting would not help.
        """
        try:
            db = await asyncpg.connect(
                self.dsn(), password=self.password_file.read_text().strip(), timeout=3
            )
            try:
                return bool(await db.fetchval("SELECT true", timeout=3))
            finally:
                await db.close(timeout=1)
        except asyncpg.InvalidPasswordError as error:
            raise Failed(
                f"The password in {self.password_file} is not that of the data in {self.data}. "
                "Bring back the files that belong together."
            ) from error
        except UNREACHABLE:
            return False


async def prepare(data: Path, elsewhere: tuple[Path, ...] = ELSEWHERE) -> Postgres:
    """Find programs and a place for the data, and initialise it the first time.

    Raises:
        Failed: there are no programs, or no place that its user can reach.
    """
    account, folder = _place(data, elsewhere)
    _folder(folder, account, 0o711)
    _folder(folder / "socket", account, 0o700)
    programs = choose(folder, account, _major(folder / "data"))
    password_file = data / "secrets" / ADMIN
    if not (folder / "data").exists():
        await _initialise(folder, programs, account, password_file.read_text())
    await _make_way(folder)
    short = len(os.fsencode(folder / "socket" / SOCKET)) <= LONGEST_SOCKET
    return Postgres(folder, programs, account, password_file, None if short else free_port())


def _place(data: Path, elsewhere: tuple[Path, ...]) -> tuple[Account | None, Path]:
    note, usual = data / NOTE, data / "postgres"
    if note.exists():
        folder = Path(note.read_text().strip())
        if not folder.exists():
            raise Failed(f"The database in {folder} is gone. Bring it back, or remove {data}.")
        return Account.for_data(folder / "data"), folder
    account = Account.for_data(usual / "data")
    if account is None or usual.exists() or account.reaches(data):
        return account, usual
    for parent in elsewhere:
        if os.access(parent, os.W_OK) and account.reaches(parent):
            folder = Path(tempfile.mkdtemp(prefix="accord-", dir=parent))
            note.write_text(f"{folder}\n")
            return account, folder
    raise Failed(f"The user {account.name} can reach neither {data} nor {elsewhere[0]}.")


def _folder(path: Path, account: Account | None, mode: int) -> None:
    path.mkdir(exist_ok=True)
    if account is not None:
        os.chown(path, account.uid, account.gid)
    path.chmod(mode if account else 0o700)


def _major(data: Path) -> int | None:
    version = data / "PG_VERSION"
    return int(version.read_text()) if version.exists() else None


async def _initialise(
    folder: Path, programs: Programs, account: Account | None, password: str
) -> None:
    """Make the data folder; it gets its name last, so that a half-made one is never used."""
    draft, word = folder / "data.draft", folder / "password"
    shutil.rmtree(draft, ignore_errors=True)
    word.unlink(missing_ok=True)
    descriptor = os.open(word, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(password)
    if account is not None:
        os.chown(word, account.uid, account.gid)
    locale = ["--locale=C"]
    if programs.major >= BUILTIN_LOCALES:
        locale += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    making = await asyncio.create_subprocess_exec(
        programs.initdb,
        *(f"--pgdata={draft}", f"--username={ADMIN}", f"--pwfile={word}"),
        *("--auth=scram-sha-256", "--data-checksums", "--encoding=UTF8", *locale),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        env={"LC_ALL": "C", "PATH": os.defpath},
        cwd=folder,
        start_new_session=True,
        preexec_fn=tethered(signal.SIGKILL),
        **run_as(account),
    )
    try:
        _, said = await making.communicate()
    finally:
        if making.returncode is None:
            making.kill()
            await making.wait()
        word.unlink()
    if making.returncode:
        raise Failed(f"The database cannot be made in {folder}: {said.decode().strip()}")
    draft.rename(folder / "data")


async def _make_way(folder: Path) -> None:
    """Stop a server that still runs on this data, and drop locks that outlived theirs.

    A lock names a process; after a restart of the machine or container another process may
    have that number, and PostgreSQL would take it for a server and refuse.
    """
    data, proc = (folder / "data").resolve(), Path("/proc")
    lock = data / "postmaster.pid"
    with contextlib.suppress(FileNotFoundError, ValueError, IndexError):
        pid = int(lock.read_text().splitlines()[0])
        if _serves(proc / str(pid), data):
            await end(pid, signal.SIGINT, 20)
    if proc.joinpath("self").exists() and not _served(data):
        lock.unlink(missing_ok=True)
        (folder / "socket" / f"{SOCKET}.lock").unlink(missing_ok=True)


def _served(data: Path) -> bool:
    return any(_serves(process, data) for process in Path("/proc").glob("[0-9]*"))


def _serves(process: Path, data: Path) -> bool:
    """Say whether a process works in the data folder, as every PostgreSQL process does."""
    with contextlib.suppress(OSError):
        return (process / "cwd").readlink() == data
    return False
