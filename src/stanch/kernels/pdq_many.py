"""PDQ of many pictures, over threads: the compiled kernels run without the interpreter's lock."""

import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from stanch.errors import InvalidValueError, StanchError
from stanch.kernels.pdq import PdqResult, pdq

__all__ = ["pdq_many"]

_AT_ONCE = 1 << 22
"""So many pixels are handed to a thread together: to hand over one small picture takes as long as to hash it."""
_MOST = 256
"""So many pictures at most, however small they are."""
_AHEAD = 3
"""So many such lots a thread are taken ahead of what was asked for, so that no thread waits."""

Lot = list[NDArray[np.uint8]]


def pdq_many(lumas: Iterable[NDArray[np.uint8]], *, threads: int | None = None) -> Iterator[PdqResult]:
    """Yield the hash of each picture, in order.

    Pictures are taken from `lumas` as they are needed, in the thread that asks, so that any number of them may
    come from a generator. What is wrong with one is raised in its turn; after that, nothing more comes.

    Parameters
    ----------
    lumas : uint8 arrays, shape (height, width) each, as for `stanch.kernels.pdq.pdq`.
    threads : how many hash at once; as many as there are cores for this process, if not said.

    Raises
    ------
    InvalidValueError
        If `threads` is less than 1; and as `pdq` does.
    """
    count = _cores() if threads is None else threads
    if count < 1:
        raise InvalidValueError(what="threads", problem=f"{count} is less than 1")
    return map(pdq, lumas) if count == 1 else _over_threads(_lots(lumas), count)


def _over_threads(lots: Iterator[Lot], threads: int) -> Iterator[PdqResult]:
    pool = ThreadPoolExecutor(threads, thread_name_prefix="stanch-pdq")
    try:
        waiting = deque(pool.submit(_hashed, lot) for lot in islice(lots, _AHEAD * threads))
        while waiting:
            results, error = waiting.popleft().result()
            waiting.extend(pool.submit(_hashed, lot) for lot in islice(lots, 1))
            yield from results
            if error is not None:
                raise error
    finally:
        pool.shutdown(cancel_futures=True)


def _lots(lumas: Iterable[NDArray[np.uint8]]) -> Iterator[Lot]:
    """Yield pictures in lots that are worth handing over."""
    lot: Lot = []
    pixels = 0
    for luma in lumas:
        lot.append(luma)
        pixels += luma.size
        if pixels >= _AT_ONCE or len(lot) == _MOST:
            yield lot
            lot, pixels = [], 0
    if lot:
        yield lot


def _hashed(lot: Lot) -> tuple[list[PdqResult], StanchError | None]:
    """Return the hashes of pictures up to the first that is none, and what is wrong with that one."""
    results: list[PdqResult] = []
    try:
        results.extend(map(pdq, lot))
    except StanchError as error:
        return results, error
    return results, None


def _cores() -> int:
    """Return how many cores this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not every system says
        return os.cpu_count() or 1
