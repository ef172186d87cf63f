"""What a first match of texts would wait for: kernels are compiled once a machine, and loaded once a process."""

import numpy as np

from stanch.fingerprints.link import find
from stanch.fingerprints.text import as_query
from stanch.matching.frequency import frequencies
from stanch.matching.passages import grouped
from stanch.matching.strands import promising, strands
from stanch.values import GRAM

HITS = 3 * GRAM


def load_kernels() -> None:
    """Compile or load what texts are read and compared by, where too few came so far to ask for it.

    What large banks are looked up by takes long to compile, and is left to whoever has one.
    """
    find("", compiled=True)
    as_query("", compiled=True)
    places, entries = np.arange(HITS, dtype=np.float64), np.zeros(HITS, dtype=np.int64)
    grouped(entries, 1, compiled=True)
    promising(places, places, np.array([0], np.int64), np.array([HITS], np.int64), HITS, compiled=True)
    strands(places, places, np.ones(HITS), compiled=True)
    frequencies(np.arange(HITS, dtype=np.int64), entries, 0, HITS, few=0)
