"""Witnesses for tests: real ones, each with its folder, behind a real port."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from accord.witness_server import WitnessServer
from accord.witness_state import WitnessState
from shared.tlog.policy import Log, Witness
from tests.shared.tlog.growing import GrowingLog


def state_in(folder: Path, name: str = "org-b.example/witness") -> WitnessState:
    return WitnessState.open(folder, name)[0]


@contextmanager
def serving(state: WitnessState, *logs: GrowingLog) -> Iterator[WitnessServer]:
    """Serve in a thread; the address is the server's `url`."""
    with served(state, {log.signer.name: [Log(log.signer.key)] for log in logs}) as server:
        yield server


@contextmanager
def served(state: WitnessState, known: dict[str, list[Log]]) -> Iterator[WitnessServer]:
    """Serve these logs, by their origins."""
    said: list[str] = []
    with WitnessServer(("127.0.0.1", 0), state, known, said.append) as server:
        server.heard = said  # type: ignore[attr-defined]  # for the tests
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def witness_at(state: WitnessState, url: str | None) -> Witness:
    return Witness(state.cosigner.name.encode(), state.cosigner.key, url)
