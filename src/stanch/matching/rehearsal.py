"""What a first match of texts would wait for: kernels are compiled once a machine, and loaded once a process."""

import numpy as np

from stanch.fingerprints.link import find
from stanch.fingerprints.simhash import simhash
from stanch.fingerprints.text import as_query
from stanch.index import Hits
from stanch.index.sealed import still
from stanch.matching.archive_words import ArchivedWords
from stanch.matching.background import Background
from stanch.matching.candidates import Candidate, LookedUp, grouped
from stanch.matching.comparing import compare
from stanch.matching.faint import Faint
from stanch.matching.frequency import frequencies
from stanch.matching.simhashes import Held, gathered
from stanch.matching.strands import promising
from stanch.matching.weighing import Weighed
from stanch.values import GRAM, TEXT_GRAM, Fingerprint

HITS = 3 * GRAM


def load_kernels() -> None:
    """Compile or load what texts are read and compared by, where too few came so far to ask for it.

    What large banks are looked up by takes long to compile, and is left to whoever has one.
    """
    find("", compiled=True)
    as_query("", compiled=True)
    rows, one = np.arange(HITS), np.zeros(HITS, np.int64)
    at = rows.astype(np.float64)
    grams = Fingerprint.of(TEXT_GRAM, rows.reshape(-1, 1), at=at, start=at, end=at + GRAM, extent=HITS + GRAM)
    looked_up = LookedUp.of(grams, Background(), compiled=True)
    own = grouped(Hits(query=rows, bank=one, entry=one, at=at, distance=one, total=one), looked_up, compiled=True)
    promising(own.query_at, own.at, own.begin, own.bank, HITS, most=1, compiled=True)
    hits = Candidate(0, rows, at, at)
    weighed = Weighed.of(grams, frequency=one, texts=1, background=Background(), compiled=True)
    Weighed.of_each([grams] * 2, frequency=[one] * 2, texts=1, background=Background(), compiled=True)
    compare(hits, looked_up.repeated, grams, weighed, compiled=True)
    frequencies(rows, one, 0, HITS, few=0)
    first, bits = still(np.arange(2, dtype=np.uint32)), still(np.zeros(1, np.uint64))
    gathered(one, Held.of({0: ArchivedWords(count=1, entries=None, first=first, bits=bits)}), compiled=True)
    laid = Faint(numbers=one[:1], begin=rows[:2], query_at=at[:1], at=at[:1])
    words = simhash(rows.astype(np.uint64), compiled=True)
    laid.lines(words, np.ones(1, np.int64), rows.astype(np.uint64), looked_up.repeated, compiled=True)
