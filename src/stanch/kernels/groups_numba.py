"""Finding near-identical rows, compiled. Import this module only where a kernel is needed: it imports numba.

What is found decides how fast a search is, never what it finds: any rows may stand in any group.
"""

import numpy as np
from numpy.typing import NDArray

from stanch.kernels.jit import compiled
from stanch.kernels.ring_numba import Bytes, Numbers, Words, distance, field

CHUNK = np.int64(16)
LEADERS = 32
"""So many different centres are sought among the rows of one key."""

VOTERS = np.int32(255)
"""A centre is what the majority of so many members says, at most."""

PATIENCE = 64
"""So many centres of one chunk value are compared with a row."""


@compiled
def centres_of_runs(
    bits: Words, order: Numbers, keys: NDArray[np.uint32], near: int, few: int, centres: Words
) -> int:
    """Find rows that share a key and are near each other, and write the majority of each such crowd.

    Parameters
    ----------
    bits : uint64 array, shape (rows, words).
    order : int64 array, the rows in order of their keys.
    keys : uint32 array, shape (rows,), in that order.
    near : how far a member may be from the first.
    few : smaller crowds than this are passed over.
    centres : uint64 array, shape (room, words), to be written to.

    Returns
    -------
    int, how many were found; no more than there is room for.
    """
    words = bits.shape[1]
    votes = np.zeros((LEADERS, 64 * words), np.int32)
    leaders = np.zeros(LEADERS, np.int64)
    counts = np.zeros(LEADERS, np.int32)
    found = begin = 0
    while begin < len(order):
        end = begin + 1
        while end < len(order) and keys[end] == keys[begin]:
            end += 1
        if end - begin >= few:
            kinds = _crowds(bits, order, begin, end, near, leaders, counts, votes)
            for kind in range(kinds):
                if counts[kind] >= few and found < len(centres):
                    for word in range(words):
                        centres[found, word] = _majority(votes, kind, word, counts[kind])
                    found += 1
        begin = end
    return found


@compiled
def _crowds(
    bits: Words, order: Numbers, begin: int, end: int, near: int, leaders: Numbers, counts: NDArray[np.int32],
    votes: NDArray[np.int32],
) -> int:  # fmt: skip
    """Divide the rows of one key by the first that each is near to, and count their bits. Return how many
    kinds.
    """
    kinds = 0
    for place in range(begin, end):
        row = order[place]
        kind = 0
        while kind < kinds and distance(bits, row, bits, leaders[kind]) > near:
            kind += 1
        if kind == LEADERS:
            continue
        if kind == kinds:
            leaders[kind], counts[kind] = row, np.int32(0)
            votes[kind] = 0
            kinds += 1
        if counts[kind] < VOTERS:
            counts[kind] += np.int32(1)
            for bit in range(votes.shape[1]):
                votes[kind, bit] += np.int32((bits[row, bit >> 6] >> np.uint64(bit & 63)) & np.uint64(1))
    return kinds


@compiled
def _majority(votes: NDArray[np.int32], kind: int, word: int, count: int) -> np.uint64:
    value = np.uint64(0)
    for bit in range(64):
        if 2 * votes[kind, 64 * word + bit] > count:
            value |= np.uint64(1) << np.uint64(bit)
    return value


@compiled
def distinct(candidates: Words, radius: int, heads: NDArray[np.int32], following: NDArray[np.int32]) -> int:
    """Keep each candidate that is not within a radius of one that was kept, moving these to the front.

    Parameters
    ----------
    candidates : uint64 array, shape (candidates, words), rearranged.
    radius : less than the number of 16-bit chunks, so that two within it have a chunk in common.
    heads : int32 array, shape (chunks, 65536), all -1; the last centre of each chunk value, afterwards.
    following : int32 array, shape (chunks, candidates), to be written to: the one before it, or -1.

    Returns
    -------
    int, how many were kept.
    """
    kept = 0
    for candidate in range(len(candidates)):
        if nearest_centre(candidates, candidate, candidates, radius, heads, following)[0] >= 0:
            continue
        candidates[kept] = candidates[candidate]
        for chunk in range(len(heads)):
            value = np.int64(field(candidates, kept, CHUNK * chunk, CHUNK))
            following[chunk, kept] = heads[chunk, value]
            heads[chunk, value] = kept
        kept += 1
    return kept


@compiled
def nearest_centre(
    bits: Words, row: int, centres: Words, radius: int, heads: NDArray[np.int32], following: NDArray[np.int32]
) -> tuple[int, int]:
    """Return the nearest centre within a radius that shares a chunk with a row, and how far it is; -1 for none."""
    best, least = -1, radius + 1
    for chunk in range(len(heads)):
        centre = np.int64(heads[chunk, np.int64(field(bits, row, CHUNK * chunk, CHUNK))])
        looks = 0
        while centre >= 0 and looks < PATIENCE:
            apart = distance(bits, row, centres, centre)
            if apart < least:
                best, least = centre, apart
            centre = np.int64(following[chunk, centre])
            looks += 1
    return best, least


@compiled
def assign(
    bits: Words, begin: int, end: int, centres: Words, radius: int, heads: NDArray[np.int32],
    following: NDArray[np.int32], chosen: NDArray[np.int32], apart: Bytes,
) -> None:  # fmt: skip
    """Write which centre each row from `begin` to `end` is nearest to, -1 for none, and how far from it."""
    for row in range(begin, end):
        centre, away = nearest_centre(bits, row, centres, radius, heads, following)
        chosen[row] = centre
        apart[row] = np.uint8(away)
