"""Ports that are given out: free, each only once, and none that a connection gets by chance."""

import socket

import pytest

from accord import loopback
from accord.loopback import free_port, promise


def test_no_port_is_given_twice() -> None:
    given = [free_port() for _ in range(200)]
    assert len(set(given)) == len(given)


def test_no_port_is_given_that_the_kernel_gives_to_connections() -> None:
    lowest = int(loopback.GIVEN_TO_CONNECTIONS.read_text().split()[0])
    assert all(free_port() < lowest for _ in range(50))


def test_neither_a_taken_port_is_given_nor_a_promised_one(monkeypatch: pytest.MonkeyPatch) -> None:
    taken, promised, left = (free_port() for _ in range(3))
    monkeypatch.setattr(loopback, "_promised", set[int]())
    monkeypatch.setattr("random.sample", lambda *_: [taken, promised, left])
    promise(promised)
    with socket.create_server(("127.0.0.1", taken)):
        assert free_port() == left
        with pytest.raises(OSError, match="is free"):
            free_port()
