"""`accord witness`: cosign partners' logs, so that nobody can show two histories unseen.

A witness sees sizes and hashes, never content. It keeps a key and, of each log, the checkpoint that
it cosigned last: both in one folder, which no other witness may share.
"""

import signal
import sqlite3
import threading
import time
from pathlib import Path
from typing import Annotated

import typer

from accord.failed import Failed
from accord.witness_pull import pull as pull_from
from accord.witness_server import WitnessServer
from accord.witness_state import Contradicted, WitnessState
from shared.tlog.encoding import Unreadable, shown
from shared.tlog.fork import Fork, NoFork
from shared.tlog.note import NotSigned
from shared.tlog.policy import Log, Policy

FORKED = 4
"""The exit code where a log contradicted itself; the evidence is in a file."""

app = typer.Typer(no_args_is_help=True, help="Cosign the logs of others.")

State = Annotated[
    Path, typer.Option("--state", metavar="DIR", help="The witness's own folder: key and memory.")
]
PolicyFile = Annotated[
    Path,
    typer.Option(
        "--policy", metavar="FILE", exists=True, dir_okay=False, help="Its `log` lines are watched."
    ),
]
Name = Annotated[
    str | None,
    typer.Option("--name", help="At the first run: your address, such as org-b.example/witness."),
]


@app.command()
def serve(
    state: State,
    policy: PolicyFile,
    listen: Annotated[
        str, typer.Option(metavar="HOST:PORT", help="Where to listen; port 0 takes a free one.")
    ] = "127.0.0.1:8100",
    name: Name = None,
) -> None:
    """Answer logs that ask for a cosignature, until Ctrl-C."""
    logs = _logs(policy)
    witness = _open(state, name)
    try:
        server = WitnessServer(_address(listen), witness, logs, _say)
    except OSError as error:
        raise Failed(f"{listen} cannot be listened on: {error.strerror}.") from error
    with server:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: threading.Thread(target=server.shutdown).start())
        _say(f"Witnessing {len(logs)} logs on {server.url}")
        server.serve_forever(poll_interval=0.1)


@app.command()
def pull(
    state: State,
    policy: PolicyFile,
    name: Name = None,
    every: Annotated[
        float | None,
        typer.Option(metavar="SECONDS", min=1, help="Go on, with so long a rest between rounds."),
    ] = None,
) -> None:
    """Fetch the logs' checkpoints and hand in cosignatures: for a witness nobody can reach."""
    logs = _logs(policy)
    witness = _open(state, name)
    code = _round(witness, logs)
    while every is not None:
        time.sleep(every)
        code = _round(witness, logs)
    raise typer.Exit(code)


@app.command()
def evidence(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="Made by a witness.")],
    policy: PolicyFile,
) -> None:
    """Say whether a file shows that a log signed two histories. Nobody is asked."""
    logs = _logs(policy)
    known = [log for each in logs.values() for log in each]
    try:
        older, newer = Fork.parse(file.read_bytes()).check(known, int(time.time()))
    except (NoFork, NotSigned, Unreadable) as error:
        raise Failed(f"{file} shows no fork. {error}") from error
    typer.echo(
        f"{shown(newer.origin)} forked: it signed two histories.\n"
        f"  size {older.size} with root {older.root.hex()}\n"
        f"  size {newer.size} with root {newer.root.hex()}, which had another root at "
        f"{older.size}\n"
        "Whoever has its vkey can check this file: the signatures are the log's own."
    )


def _round(witness: WitnessState, logs: dict[str, list[Log]]) -> int:
    """Cosign each log once; return 0, 1 where one could not be, 4 where one contradicted itself."""
    return max(_pulled(witness, origin, keys) for origin, keys in logs.items())


def _pulled(witness: WitnessState, origin: str, logs: list[Log]) -> int:
    try:
        _say(pull_from(witness, origin, logs))
    except Contradicted as forked:
        _say(f"{shown(origin)} FORKED. {forked} The evidence is in {forked.evidence}")
        return FORKED
    except Failed as error:
        _say(str(error))
        return 1
    except (OSError, sqlite3.Error) as error:
        _say(f"{shown(origin)} is not cosigned, as nothing can be kept: {error}")
        return 1
    return 0


def _open(folder: Path, name: str | None) -> WitnessState:
    witness, born = WitnessState.open(folder, name)
    if born:
        _say(f"A new key lies in {folder}. Keep all of that folder; nobody can replace it.")
    _say(f"{witness.cosigner.key}")
    return witness


def _logs(file: Path) -> dict[str, list[Log]]:
    """Return the logs of a policy by their origins."""
    try:
        policy = Policy.parse(file.read_bytes())
    except (OSError, Unreadable) as error:
        raise Failed(f"{file}: {error}") from error
    if not policy.logs:
        raise Failed(f"{file} names no log to watch: add a line `log VKEY [URL]`.")
    logs: dict[str, list[Log]] = {}
    for log in policy.logs:
        logs.setdefault(log.key.name, []).append(log)
    return logs


def _address(listen: str) -> tuple[str, int]:
    host, _, port = listen.rpartition(":")
    if not host or not port.isdecimal() or int(port) >= 1 << 16:
        raise typer.BadParameter("--listen takes HOST:PORT, such as 127.0.0.1:8100.")
    return host.strip("[]"), int(port)


def _say(line: str) -> None:
    typer.echo(line)
