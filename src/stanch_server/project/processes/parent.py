"""A process that ends with the one that started it, however that one ends."""

import ctypes
import os
import signal
import sys
import threading
import time

PARENT = "STANCH_PARENT"
PR_SET_PDEATHSIG = 1
LOOK_EVERY = 0.5


def announce() -> dict[str, str]:
    """Return what goes into the environment of a process that is to end with this one."""
    return {PARENT: str(os.getpid())}


def end_with_parent() -> None:
    """End this process as soon as its parent is gone, if the parent said so; nothing is left to tidy up.

    Linux does it by itself (prctl(2)); elsewhere a thread looks. A parent that was gone before this was called is
    noticed too. Everything that the service keeps bears being killed at any instant.
    """
    expected = int(os.environ.get(PARENT, "0"))
    if not expected:
        return
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    else:
        threading.Thread(target=_look, args=(expected,), daemon=True).start()
    if os.getppid() != expected:
        os.kill(os.getpid(), signal.SIGKILL)


def _look(expected: int) -> None:
    while os.getppid() == expected:
        time.sleep(LOOK_EVERY)
    os.kill(os.getpid(), signal.SIGKILL)
