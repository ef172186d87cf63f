"""What a first match of texts would wait for: kernels are compiled once a machine, and loaded once a process."""

import numpy as np

from stanch.matching.frequency import frequencies
from stanch.matching.strands import promising, strands
from stanch.values import GRAM

HITS = 3 * GRAM


def load_kernels() -> None:
    """Compile or load what two texts are compared by, where the banks are still too small to ask for it."""
    places = np.arange(HITS, dtype=np.float64)
    one = np.array([0], dtype=np.int64), np.array([HITS], dtype=np.int64)
    promising(places, places, *one, HITS, compiled=True)
    strands(places, places, np.ones(HITS), compiled=True)
    pairs = np.arange(HITS, dtype=np.int64)
    frequencies(pairs, np.zeros(HITS, dtype=np.int64), 0, HITS, few=0)
