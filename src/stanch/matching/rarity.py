"""How much a gram says: the rarer it is in its bank, the more."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

COMMON = 3
"""A gram in more texts of a bank than these, or than a thousandth of them, is common."""

SMALL_BANK = 1000
"""A bank of fewer texts counts as one of so many: what two of its five texts share is not known to be common."""

STEPS = 256
"""Weights are so fine: sums of them are exact, in whatever order they are added."""

Mask = NDArray[np.bool_]


def is_common(frequency: NDArray[np.int64], texts: int) -> Mask:
    """Return which grams are common.

    Parameters
    ----------
    frequency : int64 array, in how many texts of its bank each gram stands.
    texts : how many texts the bank holds.
    """
    return frequency > max(COMMON, texts / 1000)


def weights(frequency: NDArray[np.int64], texts: int) -> NDArray[np.float64]:
    """Return what grams weigh, 0 to 1: 1 in one text only, 0 where they are common.

    Parameters
    ----------
    frequency, texts : as for `is_common`.
    """
    known = weights_of(texts)
    rare: NDArray[np.float64] = known[np.minimum(frequency, len(known) - 1)]
    return np.where(frequency < len(known), rare, 0.0)


@lru_cache(maxsize=8)
def weights_of(texts: int) -> NDArray[np.float64]:
    """Return what a gram weighs by its frequency, from 0 on, as long as it is not common.

    (ln(N / f) / ln N)^2 of a gram in f of N texts, a squared inverse document frequency (K. Sparck Jones, "A
    statistical interpretation of term specificity and its application in retrieval", 1972), over its maximum.

    Parameters
    ----------
    texts : how many texts the bank holds; of a few banks the weights are remembered until they grow.
    """
    frequency = np.arange(int(max(COMMON, texts / 1000)) + 1)
    size = float(np.log(max(texts, SMALL_BANK)))
    weight = (1 - np.log(np.maximum(frequency, 1)) / size) ** 2
    steps: NDArray[np.float64] = np.rint(weight * STEPS) / STEPS
    steps.flags.writeable = False
    return steps
