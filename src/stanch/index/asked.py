"""Which banks of a part of an index are searched, and where what is found of each is counted."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

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
