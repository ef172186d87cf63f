"""Near-identical rows, side by side.

One work stands in many banks, and is edited, cut and stored again a thousand times. All its versions are near a
query together, so tables lead to each of them one by one, by way of memory. Side by side behind one centre they
cost a glance where the query is far from the centre, and a stroll through memory where it is near.

It is exact whatever the groups are: a row within r of the query lies in a group whose centre is within r and the
spread of the group, by the triangle inequality.
"""

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from stanch.index.sealed import Groups, no_groups, still
from stanch.kernels.ring import chunk_values

KEY = 28
"""Rows that agree in so many bits are looked at together; unlike rows hardly ever do."""

FEW = 3
"""So many near rows under one key promise a group."""

SMALLEST = 48
"""A smaller group is none: to look at its centre for every query costs more than its rows in the tables."""

CROWDED = 8
"""There are at most as many centres as rows divided by this."""


def grouped(bits: NDArray[np.uint64], *, threads: int) -> tuple[NDArray[np.int64], Groups]:
    """Return the order in which near-identical rows stand side by side behind all others, and their groups.

    Parameters
    ----------
    bits : uint64 array, shape (rows, words), that cannot be written to.

    Returns
    -------
    int64 array, shape (rows,), empty where no two rows need to change places; and the groups in that order.
    """
    words = bits.shape[1]
    centres = _candidates(bits)
    if not len(centres):
        return np.empty(0, np.int64), no_groups(words, after=len(bits))
    chosen, apart, centres = _assigned(bits, centres, threads)
    sizes = np.bincount(chosen[chosen >= 0], minlength=len(centres))
    lasting = np.flatnonzero(sizes >= SMALLEST)
    number = np.full(len(centres) + 1, -1, np.int64)  # one more, so that -1 stays -1
    number[lasting] = np.arange(len(lasting))
    group = number[chosen]
    order = np.argsort(group, kind="stable")
    alone = int((group < 0).sum())
    members = alone + np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes[lasting])])
    spread = np.zeros(len(lasting), np.uint16)
    np.maximum.at(spread, group[order[alone:]], apart[order[alone:]])
    found = Groups(
        centres=still(np.array(centres[lasting].T, order="C")), members=still(members), spread=still(spread)
    )
    return (order, found) if len(lasting) else (np.empty(0, np.int64), no_groups(words, after=len(bits)))


def _candidates(bits: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return the middle of each crowd of rows that agree in some bits and are near in all."""
    from stanch.kernels.groups_numba import centres_of_runs  # noqa: PLC0415 - only large indexes need numba

    width = 64 * bits.shape[1]
    found = []
    for start in range(0, width - KEY, max(KEY, width // 3)):
        order, keys = _by_key(bits, start)
        room = np.empty((len(bits) // CROWDED, bits.shape[1]), np.uint64)
        near = 2 * _radius(bits)
        found.append(room[: centres_of_runs(bits, order, keys, near, FEW, room)].copy())
    return np.concatenate(found)


def _by_key(bits: NDArray[np.uint64], start: int) -> tuple[NDArray[np.int64], NDArray[np.uint32]]:
    """Return the rows in order of some of their bits, and these; keys and rows are sorted as one number each."""
    both = chunk_values(bits, start, KEY) << np.uint64(32) | np.arange(len(bits), dtype=np.uint64)
    both.sort()
    return (both & np.uint64(0xFFFFFFFF)).astype(np.int64), (both >> np.uint64(32)).astype(np.uint32)


def _assigned(
    bits: NDArray[np.uint64], candidates: NDArray[np.uint64], threads: int
) -> tuple[NDArray[np.int32], NDArray[np.uint8], NDArray[np.uint64]]:
    """Return the nearest centre of each row, how far it is, and the centres: candidates that are not near
    another.
    """
    from stanch.kernels.groups_numba import assign, distinct  # noqa: PLC0415 - only large indexes need numba

    chunks = 4 * bits.shape[1]
    heads = np.full((chunks, 1 << 16), -1, np.int32)
    following = np.empty((chunks, len(candidates)), np.int32)
    radius = _radius(bits)
    centres = candidates[: distinct(candidates, radius, heads, following)]
    chosen, apart = np.empty(len(bits), np.int32), np.empty(len(bits), np.uint8)

    def fill(stretch: tuple[int, int]) -> None:
        assign(bits, *stretch, centres, radius, heads, following, chosen, apart)

    bounds = np.linspace(0, len(bits), 8 * threads + 1).astype(int).tolist()
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(fill, pairwise(bounds)))
    return chosen, apart, centres


def _radius(bits: NDArray[np.uint64]) -> int:
    """Return how far a member may be from its centre: so little that it shares a 16-bit chunk with it."""
    return 4 * int(bits.shape[1]) - 1
