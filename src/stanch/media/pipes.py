"""Both ends of a worker's pipes, seen from the process that asks: every wait has a deadline."""

import contextlib
import fcntl
import os
import select
import time
from collections.abc import Sequence

_ROOM = 1 << 20


class Pipes:
    """Sends to one pipe and receives from another, never past a deadline.

    Parameters
    ----------
    outward, inward : file descriptors; borrowed, and made non-blocking.
    """

    def __init__(self, *, outward: int, inward: int) -> None:
        self._outward, self._inward = outward, inward
        for end in (outward, inward):
            os.set_blocking(end, False)
            _widen(end)

    def send(self, parts: Sequence[bytes], *, deadline: float) -> None:
        """Send all parts.

        Raises
        ------
        TimeoutError
            If `deadline`, on the clock of `time.monotonic`, passes first.
        BrokenPipeError
            If nobody reads any more.
        """
        for part in parts:
            rest = memoryview(part)
            while rest:
                _wait(self._outward, select.POLLOUT, deadline)
                with contextlib.suppress(BlockingIOError):
                    rest = rest[os.write(self._outward, rest) :]

    def receive(self, count: int, *, deadline: float) -> bytearray:
        """Return the next `count` bytes.

        Raises
        ------
        TimeoutError
            If `deadline` passes first.
        EOFError
            If the pipe ends first.
        """
        received = bytearray(count)
        rest = memoryview(received)
        while rest:
            _wait(self._inward, select.POLLIN, deadline)
            with contextlib.suppress(BlockingIOError):
                size = os.readv(self._inward, [rest])
                if not size:
                    raise EOFError
                rest = rest[size:]
        return received


def _wait(end: int, event: int, deadline: float) -> None:
    left = deadline - time.monotonic()
    poll = select.poll()
    poll.register(end, event)
    if left <= 0 or not poll.poll(left * 1000):
        raise TimeoutError


def _widen(end: int) -> None:
    """Ask for a roomier pipe, where the system has such a thing: fewer turns for the same bytes."""
    with contextlib.suppress(AttributeError, OSError):
        fcntl.fcntl(end, fcntl.F_SETPIPE_SZ, _ROOM)
