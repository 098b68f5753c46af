"""The tie between us and a child: when we end, however we end, it gets a signal."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable

PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None, use_errno=True)  # loaded before any fork


def tethered(by: signal.Signals) -> Callable[[], None]:
    """Return what the child runs between fork and exec.

    The kernel forgets the tie when a process changes its user, and `subprocess` does that
    before it calls this. It is tied to the thread that forks: start children from a thread
    that lives as long as they should.
    """
    parent = os.getpid()

    def tie() -> None:
        if sys.platform == "linux":
            LIBC.prctl(PR_SET_PDEATHSIG, int(by), 0, 0, 0)
        if os.getppid() != parent:  # it died before the tie was made
            os._exit(1)

    return tie
