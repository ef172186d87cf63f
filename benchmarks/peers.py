"""What others make of the same hashes and queries, each as its users run it, on one thread."""

import time
from importlib import import_module

from benchmarks.hashes import Words
from benchmarks.stocked import hexadecimal

BATCH = 100


def pdq_index_rate(stored: Words, asked: Words) -> float:
    """Return the queries a second of processor time of threatexchange's `PDQIndex`, one by one or in batches.

    The faster of both counts. Faiss, which it rests on, is held to one thread; with more it is slower.
    """
    faiss = import_module("faiss")  # both are installed for benchmarks alone
    PDQIndex = import_module("threatexchange.signal_type.pdq.pdq_index").PDQIndex  # noqa: N806 - a class
    faiss.omp_set_num_threads(1)
    index = PDQIndex((digits, None) for digits in hexadecimal(stored))
    digits = hexadecimal(asked)
    index.query(digits[0])
    began = time.thread_time()
    for one in digits:
        index.query(one)
    one_by_one = time.thread_time() - began
    began = time.thread_time()
    for first in range(0, len(digits), BATCH):
        index.index.search_with_distance_in_result(digits[first : first + BATCH], PDQIndex.get_match_threshold())
    return len(digits) / min(one_by_one, time.thread_time() - began)
