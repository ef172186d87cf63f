"""Compile a kernel when it is first called, and keep what was compiled in a folder of our own.

Numba is imported on the first call of a kernel and no sooner: importing it costs more than a small scan.
Its cache holds machine code, so it lies in a folder that only this user can write to. It is never shipped.
"""

import hashlib
import os
import stat
import threading
from collections.abc import Callable
from functools import cache, wraps
from pathlib import Path
from typing import Literal, ParamSpec, TypeVar, cast

import platformdirs

P = ParamSpec("P")
R = TypeVar("R")

_ONE_AT_A_TIME = threading.Lock()


def jit(function: Callable[P, R]) -> Callable[P, R]:
    """Return `function` compiled by numba, without the interpreter's lock, at its first call.

    The function must be of the kind that numba compiles in nopython mode. Its plain form stays readable as
    `__wrapped__`, so that a test can hold the two together.
    """
    compiled: list[Callable[P, R]] = []

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        if not compiled:
            with _ONE_AT_A_TIME:
                if not compiled:
                    compiled.append(_compile(function))
        return compiled[0](*args, **kwargs)

    return call


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Return `function` compiled by numba at its first call, for kernels that call one another.

    For modules that import numba themselves, and are imported only where a kernel is needed. Numba has to see the
    other kernel behind its name, so these are its own dispatchers, without the layer that `jit` puts between.
    """
    with _ONE_AT_A_TIME:
        return _compile(function)


def inlined(function: Callable[P, R]) -> Callable[P, R]:
    """Return what `compiled` does, for kernels that become part of those that call them.

    Whatever a kernel calls is compiled once more with it, layer by layer: this takes a layer out.
    """
    with _ONE_AT_A_TIME:
        return _compile(function, inline="always")


def _compile(function: Callable[P, R], inline: Literal["never", "always"] = "never") -> Callable[P, R]:
    """Hand a function to numba, its cache folder set for as long as numba takes to note it down.

    The setting is numba's own, for the whole process, so it is put back for others who use numba here.
    """
    import numba  # noqa: PLC0415 - takes about a second, and only large scans need it

    folder = cache_folder()
    settings = vars(numba.config)
    before = settings["CACHE_DIR"]
    settings["CACHE_DIR"] = str(folder or "")
    try:
        return cast("Callable[P, R]", numba.njit(nogil=True, cache=folder is not None, inline=inline)(function))
    finally:
        settings["CACHE_DIR"] = before


@cache
def cache_folder() -> Path | None:
    """Return the folder for compiled kernels, or None where there is none that only this user can write to.

    Without it kernels are compiled afresh in each process, which is slower and as right. What was compiled holds
    the code of all kernels that it calls, and numba looks at the file of the one alone, so that other sources have
    another folder. Older ones may be deleted.
    """
    private = Path(platformdirs.user_cache_dir("stanch")) / "numba"
    try:
        private.mkdir(mode=0o700, parents=True, exist_ok=True)
        return private / _digest_of_sources() if _is_private(private) else None
    except OSError:
        return None


def _digest_of_sources() -> str:
    """Return a name for what the kernels say, wherever they stand in this package."""
    sources = {*Path(__file__).parents[1].rglob("*_numba.py"), *Path(__file__).parent.glob("*.py")}
    whole = hashlib.sha256()
    for source in sorted(sources):
        whole.update(hashlib.sha256(source.read_bytes()).digest())
    return whole.hexdigest()[:16]


def _is_private(folder: Path) -> bool:
    """Whether it is a folder (no link to one) that nobody but this user may enter."""
    status = folder.lstat()
    return (
        stat.S_ISDIR(status.st_mode)
        and status.st_uid == os.geteuid()
        and not status.st_mode & (stat.S_IRWXG | stat.S_IRWXO)
        and os.access(folder, os.W_OK | os.X_OK)
    )
