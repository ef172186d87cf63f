"""How much a gram says: the rarer it is in its bank, the more."""

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

    (ln(N / f) / ln N)^2 of a gram in f of N texts, a squared inverse document frequency (K. Sparck Jones, "A
    statistical interpretation of term specificity and its application in retrieval", 1972), over its maximum.
    """
    size = float(np.log(max(texts, SMALL_BANK)))
    weight = (1 - np.log(np.maximum(frequency, 1)) / size) ** 2
    return np.where(is_common(frequency, texts), 0.0, np.rint(weight * STEPS) / STEPS)
