"""What a worker takes from itself before it looks at any data."""

import contextlib
import os
import resource
import signal
from collections.abc import Iterator

from stanch.media.limits import Limits

CPU_SECONDS = 600
"""Processor time of a worker in all; a worker steps down long before, so that no item is cut short by it."""
GRACE_SECONDS = 2.0
"""How much later than its asker's deadline a worker's own alarm goes off."""

_OPEN_FILES = 32


def confine(limits: Limits) -> None:
    """Set the system's limits on this process, and let nothing it writes reach the terminal.

    No file can be made longer than it is, no core is left, and, but for the superuser, no process is started.
    """
    cpu = cpu_seconds(limits)
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_FSIZE, 0)
    _limit(resource.RLIMIT_NOFILE, _OPEN_FILES)
    _limit(resource.RLIMIT_CPU, cpu)
    _limit(resource.RLIMIT_AS, limits.memory)
    _limit(getattr(resource, "RLIMIT_NPROC", None), 0)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def cpu_seconds(limits: Limits) -> int:
    """Return the processor time that a worker is allowed in all."""
    return max(CPU_SECONDS, 4 * round(limits.seconds))


def private_output() -> int:
    """Return a descriptor for answers, and turn the standard output to where nothing is heard."""
    answers = os.dup(1)
    _deafen(1)
    return answers


def silence() -> None:
    """Turn the standard error to where nothing is heard: decoders write there what a file makes them write."""
    _deafen(2)


@contextlib.contextmanager
def alarm(limits: Limits) -> Iterator[None]:
    """End this process, even inside a decoder, if what is done here takes much too long.

    The asker's own deadline comes first; this one is for a worker whose asker has died.
    """
    signal.setitimer(signal.ITIMER_REAL, limits.seconds + GRACE_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _limit(kind: int | None, amount: int) -> None:
    """Set one limit, if the system has it and no stricter one is set already."""
    if kind is None:
        return
    _, hard = resource.getrlimit(kind)
    most = amount if hard == resource.RLIM_INFINITY else min(amount, hard)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(kind, (most, most))


def _deafen(descriptor: int) -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, descriptor)
    os.close(nowhere)
