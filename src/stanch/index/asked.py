"""Which banks of a part of an index are searched, and where what is found of each is counted."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

MOST_COUNTS = 1 << 16
"""Parts count together while there are no more pairs of a query and a bank than these: room of 512 kilobytes."""

Counts = NDArray[np.int64]


class Banks(NamedTuple):
    """The banks of a part.

    Parameters
    ----------
    asked : bool array, which are searched.
    slots : int64 array, the place of each among those that are searched in all parts; 0 for others.
    """

    asked: NDArray[np.bool_]
    slots: NDArray[np.int64]


@lru_cache(maxsize=256)
def banks_among(held: tuple[int, ...], wanted: tuple[int, ...]) -> Banks | None:
    """Return which banks of a part are wanted; None if none is.

    Parameters
    ----------
    held, wanted : numbers of banks.
    """
    place = {bank: slot for slot, bank in enumerate(wanted)}
    if not any(bank in place for bank in held):
        return None
    banks = Banks(np.array([bank in place for bank in held]), np.array([place.get(bank, 0) for bank in held]))
    for column in banks:
        column.flags.writeable = False
    return banks


APART: Counts = np.empty((0, 0), np.int64)
"""No counts: each part counts by itself."""


def counts_for(queries: int, banks: int, limit: int | None) -> Counts | None:
    """Return room for how many entries of each bank each query has found, or None if that is too much.

    Parameters
    ----------
    limit : how many are wanted; of a search for all nothing has to be counted.
    """
    if limit is None:
        return APART
    return np.zeros((queries, banks), np.int64) if queries * banks <= MOST_COUNTS else None
