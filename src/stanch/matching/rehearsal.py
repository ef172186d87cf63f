"""What a first match of texts would wait for: kernels are compiled once a machine, and loaded once a process."""

import numpy as np

from stanch.matching.background import Background
from stanch.matching.candidates import chosen, counted
from stanch.matching.comparing import Came, Known, compare
from stanch.matching.frequency import frequencies
from stanch.matching.strands import promising
from stanch.values import GRAM, TEXT_GRAM, Fingerprint

HITS = 3 * GRAM


def load_kernels() -> None:
    """Compile or load what two texts are compared by, where the banks are still too small to ask for it.

    What large banks are looked up by takes long to compile, and is left to whoever has one.
    """
    rows, one = np.arange(HITS), np.zeros(HITS, np.int64)
    at = rows.astype(np.float64)
    grams = Fingerprint.of(TEXT_GRAM, rows.reshape(-1, 1), at=at, start=at, end=at + GRAM, extent=HITS + GRAM)
    counts = counted(grams.bits[:, 0], Background(), compiled=True)
    _, begin = chosen(rows, one, at, HITS, compiled=True)
    promising(at, at, begin, one[:1], HITS, most=1, compiled=True)
    known = Known(grams=grams, frequency=one, texts=1, common=~counts)
    compare(Came.of(grams, counts), rows, at, known, compiled=True)
    frequencies(rows, one, 0, HITS, few=0)
