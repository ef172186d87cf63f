"""From rows to tables: in what order the bits stand, how many chunks there are, and which rows are
near-identical.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from stanch.index.grouping import grouped
from stanch.index.holders import Holders
from stanch.index.rows import Rows
from stanch.index.sealed import Sealed, Tables, arranged, byte_parts, still
from stanch.kernels.ring import Chunks, chunk_values

THREADS = 2
SAMPLE = 100_000
"""So many rows tell how evenly the values of chunks are spread."""

CHUNKS_A_WORD = (8, 4, 3)
"""Numbers of chunks that are tried, for each 64 bits: chunks of 8, 16 and 21 or 22 bits."""

EMPTY = 8
"""Tables with more values than this for each row are not worth a try."""

MARGIN = 1.1
"""To put bits in another order, or to take fewer chunks than four a word, must pay by so much."""

TAGS_BEHIND = 32
"""The kernel reads so many tags at once, and may begin at the last."""


def seal(rows: Rows, *, radius: int, threads: int = THREADS) -> Sealed:
    """Make tables of rows, for searches within about `radius` bits; any other radius is answered exactly as well.

    Parameters
    ----------
    rows : at least one.
    threads : how many tables are made at a time.
    """
    order, chunks = _layout(rows.bits, radius)
    words = rows.bits.shape[1]
    bits = arranged(rows.bits, byte_parts(order, words)) if len(order) else _kept(rows.bits)
    sequence, groups = grouped(still(bits), threads=threads)
    if len(sequence):
        bits = still(bits[sequence])
    holders = Holders.of(rows)
    alone = bits[: groups.members[0]]
    return Sealed(
        words=words,
        bits=bits,
        order=still(order),
        tables=_tables(alone, chunks, _crowding(_sample(alone), chunks), threads),
        groups=groups,
        holders=holders.reordered(sequence) if len(sequence) else holders,
    )


def _layout(bits: NDArray[np.uint64], radius: int) -> tuple[NDArray[np.int64], Chunks]:
    """Return the order of bits and the chunks that make searches cheapest, by a sample of the rows."""
    sample = _sample(bits)
    words = bits.shape[1]
    best: tuple[float, NDArray[np.int64], Chunks] | None = None
    for a_word in CHUNKS_A_WORD:
        chunks = Chunks.of(64 * words, a_word * words)
        if best is not None and 1 << min(chunks.widths) > EMPTY * len(bits):
            break
        for order in _orders(chunks):
            shown = arranged(sample, byte_parts(order, words)) if len(order) else sample
            crowding = _crowding(shown, chunks)
            cost = _cost(len(bits), chunks, crowding, radius)
            if best is None or cost * MARGIN < best[0]:
                best = cost, order, chunks
    assert best is not None
    return best[1:]


def _kept(bits: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return features as they are if nobody can change them, else a copy."""
    return bits if not bits.flags.writeable and bits.flags.c_contiguous else np.array(bits, order="C")


def _sample(bits: NDArray[np.uint64]) -> NDArray[np.uint64]:
    return bits[:: max(1, len(bits) // SAMPLE)]


def _orders(chunks: Chunks) -> Sequence[NDArray[np.int64]]:
    """Return the orders that are tried: as it is, and each chunk from bits that stand far apart.

    Neighbouring bits of a picture's hash tell of neighbouring frequencies and often go together; where they do, a
    chunk of neighbours has few values, each with many rows. Chunks of distant bits are then filled more evenly.
    """
    total = sum(chunks.widths)
    apart = [bit for first in range(len(chunks)) for bit in range(first, total, len(chunks))]
    return np.empty(0, np.int64), np.array(apart, dtype=np.int64)


def _crowding(bits: NDArray[np.uint64], chunks: Chunks) -> float:
    """Return how many more rows a stored feature meets under its own values than if all values were as frequent.

    Pairs of rows with one value are counted, without those of a row with itself, and compared with how many there
    would be by chance; sums over all chunks.
    """
    pairs = chance = 0.0
    for start, width in zip(chunks.starts, chunks.widths, strict=True):
        counts = np.bincount(chunk_values(bits, start, width).astype(np.int64))
        pairs += float((counts * (counts - 1)).sum())
        chance += len(bits) * (len(bits) - 1) / (1 << width)
    return max(1.0, pairs / chance) if chance else 1.0


def _cost(rows: int, chunks: Chunks, crowding: float, radius: int) -> float:
    empty = still(np.empty(0, np.uint32)), still(np.empty(0, np.uint8)), still(np.empty(0, np.uint16))
    begins, numbers, tags = empty
    return Tables(
        chunks=chunks, begins=begins, rows=numbers, tags=tags, size=rows, row_size=4, crowding=crowding
    ).cost(radius)


def _tables(bits: NDArray[np.uint64], chunks: Chunks, crowding: float, threads: int) -> Tables:
    """Make the tables, several at a time: the kernel holds no lock."""
    from stanch.kernels.ring_numba import fill_table  # noqa: PLC0415 - only large indexes need numba

    size, row_size = len(bits), 3 if len(bits) < 1 << 24 else 4
    ends = chunks.tables
    begins = np.zeros(ends[-1], np.uint32)
    rows = np.zeros(len(chunks) * size * row_size, np.uint8)
    tags = np.zeros(len(chunks) * size + TAGS_BEHIND, np.uint16)

    def fill(place: int) -> None:
        fill_table(
            bits,
            chunks.starts[place],
            chunks.widths[place],
            begins[ends[place] : ends[place + 1]],
            rows[place * size * row_size : (place + 1) * size * row_size],
            row_size,
            tags[place * size : (place + 1) * size],
        )

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(fill, range(len(chunks))))
    return Tables(
        chunks=chunks,
        begins=still(begins),
        rows=still(rows),
        tags=still(tags),
        size=size,
        row_size=row_size,
        crowding=crowding,
    )
