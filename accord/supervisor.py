"""Our own children: started, watched, started again, and ended when we end.

They end with us even when we are killed outright: Linux sends them a signal then. Where that
fails, the next start finds their pid files and stops them; it never adopts them, because what
they were started with is not known.
"""

import asyncio
import contextlib
import fcntl
import itertools
import signal
from asyncio import FIRST_COMPLETED
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from accord.account import Account, run_as
from accord.failed import Failed
from accord.orphans import PidFile, stop_orphans
from accord.tether import tethered

LOOK_EVERY = 2.0
ANSWERS_WITHIN = 5.0
STARTS_WITHIN = 120.0
MISSES = 3
ATTEMPTS = 3
POLL = 0.03
PAUSE, LONGEST_PAUSE = 0.1, 5.0
SETTLED = 10.0  # who ran this long was fine: the next pause is short again
LARGE_LOG = 16 << 20

Say = Callable[[str], None]


@dataclass(frozen=True)
class Program:
    """A child to be: `ready` says whether it answers, `stop_by` asks it to end."""

    name: str
    title: str
    command: tuple[str, ...]
    ready: Callable[[], Awaitable[bool]]
    environment: Mapping[str, str] | None = None
    account: Account | None = None
    stop_by: signal.Signals = signal.SIGTERM
    patience: float = 10.0
    stops_first: bool = False  # though it was started before what it needs


class Supervisor:
    """Holds a data folder for us alone, and keeps programs running in it."""

    def __init__(self, folder: Path, say: Say) -> None:
        self.folder = folder
        self.logs = folder / "logs"
        self.run = folder / "run"
        self.say = say
        self._children: list[_Child] = []
        self._lock: IO[str] | None = None

    async def __aenter__(self) -> Self:
        """Take the folder, and end what a killed supervisor left behind.

        Raises:
            Failed: another supervisor holds it, or another user owns it.
        """
        try:
            self.logs.mkdir(mode=0o700, exist_ok=True)
            self.run.mkdir(mode=0o700, exist_ok=True)
            self._lock = (self.folder / "lock").open("w")
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            self._release()
            raise Failed(
                f"{self.folder} is in use by another `accord up`. "
                "Stop that one, or name another folder with --data."
            ) from error
        except PermissionError as error:
            raise Failed(f"{self.folder} belongs to another user. Run as that user.") from error
        await stop_orphans(self.run, self.say)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End all children, last started first."""
        self._children.sort(key=lambda child: child.program.stops_first)
        try:
            while self._children:
                await self._children.pop().stop()
        finally:
            self._release()

    async def start(self, program: Program) -> None:
        """Start a program and return when it is ready; from then on it is kept running.

        Raises:
            Failed: it does not start; the message ends with the last line of its log.
        """
        child = _Child(program, self)
        self._children.append(child)
        await child.start()

    async def finish(self, title: str, command: tuple[str, ...], env: Mapping[str, str]) -> None:
        """Run a command to its end.

        Raises:
            Failed: it ended with another code than 0.
        """
        program = Program(title.lower(), title, command, _never, env)
        child = _Child(program, self)
        process = await child.spawn()
        try:
            code = await process.wait()
        finally:
            await child.end()
        if code:
            raise Failed(f"{title} failed. {child.last_words()}")

    def kill(self, name: str) -> None:
        """Kill a program outright; it is started again like any that has ended."""
        for child in self._children:
            if child.program.name == name and child.process is not None:
                with contextlib.suppress(ProcessLookupError):
                    child.process.kill()

    def pids(self) -> dict[str, int]:
        """Say which processes serve now."""
        return {child.program.name: child.process.pid for child in self._children if child.process}

    def _release(self) -> None:
        if self._lock is not None:
            self._lock.close()
            self._lock = None


class _Child:
    def __init__(self, program: Program, supervisor: Supervisor) -> None:
        self.program = program
        self.say = supervisor.say
        self.log = supervisor.logs / f"{program.name}.log"
        self.pid_file = PidFile(supervisor.run / f"{program.name}.json")
        self.process: asyncio.subprocess.Process | None = None
        self._up = asyncio.Event()
        self._keeper: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._keeper = asyncio.create_task(self._keep(), name=self.program.name)
        up = asyncio.create_task(self._up.wait())
        try:
            await asyncio.wait(
                {self._keeper, up}, timeout=STARTS_WITHIN, return_when=FIRST_COMPLETED
            )
        finally:
            up.cancel()
        if self._keeper.done():
            self._keeper.result()
        if not self._up.is_set():
            raise Failed(f"{self.program.title} does not answer. {self.last_words()}")

    async def stop(self) -> None:
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.wait([self._keeper])
        await self.end()

    async def spawn(self) -> asyncio.subprocess.Process:
        with contextlib.suppress(FileNotFoundError):
            if self.log.stat().st_size > LARGE_LOG:
                self.log.replace(self.log.with_suffix(".log.1"))
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *self.program.command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self.program.environment,
                start_new_session=True,  # Ctrl-C in the terminal is ours to pass on
                preexec_fn=tethered(self.program.stop_by),
                **run_as(self.program.account),
            )
        self.pid_file.write(self.process.pid, self.program.stop_by, self.program.patience)
        return self.process

    async def end(self) -> None:
        """Ask the process to end, and kill it when it does not."""
        process, self.process = self.process, None
        if process is None:
            return
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(self.program.stop_by)
            try:
                async with asyncio.timeout(self.program.patience):
                    await process.wait()
            except TimeoutError:
                process.kill()
                await process.wait()
        self.pid_file.remove()

    def last_words(self) -> str:
        lines = self.log.read_text("utf-8", "replace").split("\n") if self.log.exists() else []
        said = next((line.strip() for line in reversed(lines) if line.strip()), "")
        return f"Its log, {self.log}, ends: {said}" if said else f"Its log is {self.log}."

    async def _keep(self) -> None:
        loop = asyncio.get_running_loop()
        pause = PAUSE
        for attempt in itertools.count(1):
            began = loop.time()
            try:
                await self._live()
            except OSError as error:
                if not self._up.is_set():
                    raise Failed(f"{self.program.title} cannot be started: {error}.") from error
            if attempt == ATTEMPTS and not self._up.is_set():
                raise Failed(f"{self.program.title} does not start. {self.last_words()}")
            if loop.time() - began > SETTLED:
                pause = PAUSE
            title, words = self.program.title, self.last_words()
            self.say(f"{title} has ended; starting it again in {pause} s. {words}")
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    async def _live(self) -> None:
        """Start the process; return when it has ended, or was ended for not answering."""
        process = await self.spawn()
        while process.returncode is None:
            if await self._answers():
                self._up.set()
                await self._watch(process)
                break
            await asyncio.sleep(POLL)
        await self.end()

    async def _watch(self, process: asyncio.subprocess.Process) -> None:
        misses = 0
        while misses < MISSES:
            try:
                async with asyncio.timeout(LOOK_EVERY):
                    await process.wait()
            except TimeoutError:
                misses = 0 if await self._answers() else misses + 1
            else:
                return
        self.say(f"{self.program.title} no longer answers.")

    async def _answers(self) -> bool:
        try:
            async with asyncio.timeout(ANSWERS_WITHIN):
                return await self.program.ready()
        except TimeoutError:
            return False


async def _never() -> bool:
    return False
