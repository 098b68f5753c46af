from tests.accord.wire import server, wire

__all__ = ["server", "wire"]
