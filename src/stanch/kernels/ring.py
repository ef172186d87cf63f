"""Multi-index hashing with a pigeonring filter: how features are cut into chunks, and what a search has to look
at.

A feature of B bits is cut into m chunks that stand in a ring. For each chunk there is a table of the stored
features by the chunk's value. Let d_i be the bits in which chunk i of a query and of a stored feature differ, and
let whole numbers T_i add up to r - m + 1. If the two differ by r bits at most, then the numbers d_i - T_i - 1 add
up to -1 or less, so that from some chunk i on, all their sums along the ring are -1 or less. For that chunk,
whatever the number l of chunks from it on:

    d_i + ... + d_(i+l-1)  <=  T_i + ... + T_(i+l-1) + l - 1

With l = 1 this says in which places of table i to look: those whose value differs from the query's by T_i bits or
less. With as many chunks as the next 16 bits touch, it says how much these bits may differ; they lie in the table
beside each row, so that nearly all rows are passed over without being looked at themselves. Every stored feature
within r is found so, none is missed.

Source: the principle and its proof, J. Qin and C. Xiao, Pigeonring: A Principle for Faster Thresholded Similarity
Search, PVLDB 12(1), 2018; tables by chunk, M. Norouzi, A. Punjani and D. J. Fleet, Fast Search in Hamming Space
with Multi-Index Hashing, CVPR 2012. To keep the next bits inline is this project's own, and so are the whole
numbers.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, combinations
from math import comb

import numpy as np
from numpy.typing import NDArray

TAG = 16
"""So many bits beyond a chunk lie beside each row of its table."""

START, WIDTH, REACH, LIMIT, TABLE, MASKS = range(6)
"""Columns of `Plan.chunks`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Chunks:
    """How a feature is cut.

    Parameters
    ----------
    starts, widths : for each chunk its first bit, and how many it has.
    """

    starts: tuple[int, ...]
    widths: tuple[int, ...]

    @classmethod
    def of(cls, bits: int, count: int) -> "Chunks":
        """Cut `bits` bits into `count` chunks as equal as can be, the wider ones first."""
        widths = tuple(bits // count + (place < bits % count) for place in range(count))
        return cls(starts=tuple(accumulate(widths, initial=0))[:-1], widths=widths)

    @property
    def tables(self) -> tuple[int, ...]:
        """Where the table of each chunk begins when all lie one behind the other, and last where they end."""
        return tuple(accumulate(((1 << width) + 1 for width in self.widths), initial=0))

    def __len__(self) -> int:
        return len(self.widths)


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Plan:
    """What a search within a radius looks at.

    Parameters
    ----------
    chunks : int64 array, shape (chunks, 6): start, width, T, limit (what the chunk and the next 16 bits may differ
        by together), where its table begins, and where its masks begin.
    masks : int64 array, what to change in a chunk to get the values to look up, in order of bits changed.
    counts : int64 array, shape (chunks, most + 1): how many of its masks change so many bits or fewer.
    """

    chunks: NDArray[np.int64]
    masks: NDArray[np.int64]
    counts: NDArray[np.int64]

    @property
    def probes(self) -> int:
        """How many values are looked up, in all tables."""
        return int(self.counts[:, -1].sum())


@lru_cache(maxsize=512)
def plan_for(chunks: Chunks, radius: int) -> Plan:
    """Return what to look at so that nothing within a radius is missed.

    Parameters
    ----------
    radius : 0 or more bits.
    """
    reach = _reach(chunks, radius)
    most = max(*reach, 0)
    masks = [_masks(width, own, most) for width, own in zip(chunks.widths, reach, strict=True)]
    begins = list(accumulate((len(own) for own, _ in masks), initial=0))
    columns = (chunks.starts, chunks.widths, reach, _limits(chunks, reach), chunks.tables[:-1], begins[:-1])
    return Plan(
        chunks=_frozen(np.array(columns, dtype=np.int64).T.copy()),
        masks=_frozen(np.array([mask for own, _ in masks for mask in own], dtype=np.int64)),
        counts=_frozen(np.array([counts for _, counts in masks], dtype=np.int64)),
    )


def probes_within(chunks: Chunks, radius: int) -> int:
    """Return how many values a search looks up, without making the list of them."""
    reach = _reach(chunks, radius)
    return sum(
        comb(width, changed)
        for width, own in zip(chunks.widths, reach, strict=True)
        for changed in range(min(own, width) + 1)
    )


def chunk_values(bits: NDArray[np.uint64], start: int, width: int) -> NDArray[np.uint64]:
    """Return `width` bits of each feature from bit `start` on, the ring closing behind the last.

    Bit b is bit b % 64, from the least on, of word b // 64. The plain form of `ring_numba.field`.

    Parameters
    ----------
    bits : uint64 array, shape (rows, words).
    """
    words = bits.shape[1]
    word, offset = divmod(start % (64 * words), 64)
    values = bits[:, word] >> np.uint64(offset)
    if offset + width > 64:
        values = values | bits[:, (word + 1) % words] << np.uint64(64 - offset)
    chosen: NDArray[np.uint64] = values & np.uint64((1 << width) - 1)
    return chosen


def _reach(chunks: Chunks, radius: int) -> list[int]:
    """Return T: as equal as can be, the greater ones where chunks are narrow and there are fewer masks to try."""
    each, more = divmod(radius - len(chunks) + 1, len(chunks))
    return [each + (place >= len(chunks) - more) for place in range(len(chunks))]


def _limits(chunks: Chunks, reach: list[int]) -> list[int]:
    return [
        reach[place] + sum(reach[other] + 1 for other in _behind(chunks, place)) for place in range(len(reach))
    ]


def _behind(chunks: Chunks, place: int) -> Iterable[int]:
    """Yield the chunks that the bits of a tag lie in."""
    covered = 0
    while covered < TAG:
        place = (place + 1) % len(chunks)
        covered += chunks.widths[place]
        yield place


def _masks(width: int, reach: int, most: int) -> tuple[list[int], list[int]]:
    """Return the masks of one chunk, and how many of them change up to 0, 1, ... `most` bits."""
    masks: list[int] = []
    counts = []
    for changed in range(most + 1):
        if changed <= min(reach, width):
            masks += [sum(1 << bit for bit in chosen) for chosen in combinations(range(width), changed)]
        counts.append(len(masks))
    return masks, counts


def _frozen(array: NDArray[np.int64]) -> NDArray[np.int64]:
    array.flags.writeable = False
    return array
