"""One search of the Hamming index: tables, groups and plain rows, and the nearest of what they find.

Import this module only where a kernel is needed: it imports numba.
"""

import numpy as np
from numpy.typing import NDArray

from stanch.kernels.jit import compiled
from stanch.kernels.lanes import lowest_bit, near_centres
from stanch.kernels.ring_numba import (
    APART,
    ONE,
    QUERY,
    STEPS,
    Bytes,
    Numbers,
    Words,
    allowed,
    distance,
    plane_distance,
    ring_hits,
)

IN_ALL, CUT, TALLIED = 65, 66, 67
"""Behind the counts of distances 0 to 64: how many there are, and from which distance on nothing is kept."""


@compiled
def arrange(bits: Words, parts: Words, arranged: Words) -> None:
    """Put the bits of features in another order.

    Parameters
    ----------
    bits : uint64 array, shape (rows, words).
    parts : uint64 array, shape (8 * words * 256, words): what each byte, at each of its places, comes to.
    arranged : uint64 array, shape (rows, words), to be written to.
    """
    for row in range(len(bits)):
        for word in range(bits.shape[1]):
            arranged[row, word] = np.uint64(0)
        for byte in range(8 * bits.shape[1]):
            value = np.int64((bits[row, byte >> 3] >> np.uint64(8 * (byte & 7))) & np.uint64(255))
            for word in range(bits.shape[1]):
                arranged[row, word] |= parts[byte * 256 + value, word]


@compiled
def member_hits(
    bits: Words, centres: Words, members: Numbers, spread: NDArray[np.uint16], group: int, queries: Words,
    query: int, most: int, banks: NDArray[np.uint16], expires: Numbers, holders: NDArray[np.uint32], dead: Bytes,
    radii: Numbers, now: int, found: int, found_row: Numbers, found_apart: Numbers,
) -> int:  # fmt: skip
    """Add the members of a group that are near enough; one whose centre is farther than both radii has none."""
    if plane_distance(centres, group, queries, query) > most + spread[group]:
        return found
    for row in range(members[group], members[group + 1]):
        apart = distance(bits, row, queries, query)
        if apart <= most and allowed(row, apart, banks, expires, holders, dead, radii, now):
            if found < len(found_row):
                found_row[found], found_apart[found] = row, apart
            found += 1
    return found


@compiled
def group_hits(
    bits: Words, centres: Words, members: Numbers, spread: NDArray[np.uint16], queries: Words, query: int,
    most: int, banks: NDArray[np.uint16], expires: Numbers, holders: NDArray[np.uint32], dead: Bytes,
    radii: Numbers, now: int, found: int, found_row: Numbers, found_apart: Numbers,
) -> int:  # fmt: skip
    """Add the members of all groups that are near enough.

    Eight at a time are passed over by their first two words: what differs more in these differs more in all.
    """
    together = len(spread) & ~7 if centres.shape[0] > 1 else 0
    if together:
        one, two, first, second = centres[0], centres[1], queries[query, 0], queries[query, 1]
        for begin in range(0, together, 8):
            near = near_centres(one, two, spread, begin, first, second, np.uint64(most))
            while near:
                group = begin + lowest_bit(near)
                near &= near - ONE
                found = member_hits(
                    bits, centres, members, spread, group, queries, query, most, banks, expires, holders, dead,
                    radii, now, found, found_row, found_apart,
                )  # fmt: skip
    for group in range(together, len(spread)):
        found = member_hits(
            bits, centres, members, spread, group, queries, query, most, banks, expires, holders, dead, radii, now,
            found, found_row, found_apart,
        )  # fmt: skip
    return found


@compiled
def nearest(
    found: int, found_row: Numbers, found_apart: Numbers, banks: NDArray[np.uint16], holders: NDArray[np.uint32],
    limit: int, tally: Numbers, order: Numbers,
) -> int:  # fmt: skip
    """Put what was found in order of bank, distance and entry, and keep the nearest `limit` of each bank.

    For indexes in which no entry has two rows. First the distances of each bank are counted, which says up to
    which distance anything can be kept, so that only as many have to be sorted.

    Parameters
    ----------
    tally : int64 array, shape (banks, TALLIED), all 0; how many were found at each distance, and in all. It is for
        the caller to clear.
    order : int64 array, what was kept, as places in `found_row`.

    Returns
    -------
    int, how many were kept.
    """
    for place in range(found):
        row = found_row[place]
        bank = banks[row] if len(banks) > 1 else banks[0]
        tally[bank, found_apart[place]] += 1
        tally[bank, IN_ALL] += 1
        order[place] = place
    if found < 2:
        return found
    keys = np.empty(found, np.uint64)
    chosen = np.empty(found, np.int64)
    kept = 0
    for place in range(found):
        row = found_row[place]
        bank = banks[row] if len(banks) > 1 else banks[0]
        if tally[bank, IN_ALL] > limit:
            if tally[bank, CUT] == 0:
                tally[bank, CUT] = _cut(tally, bank, limit)
            if found_apart[place] >= tally[bank, CUT]:
                continue
        holder = np.int64(holders[row]) if len(holders) > 1 else row
        keys[kept] = np.uint64(bank) << np.uint64(48) | np.uint64(found_apart[place]) << np.uint64(40)
        keys[kept] |= np.uint64(holder)
        chosen[kept] = place
        kept += 1
    return _first_of_each(keys[:kept], chosen, found_row, banks, limit, order)


@compiled
def _cut(tally: Numbers, bank: int, limit: int) -> int:
    """Return from which distance on as many of a bank are nearer as are kept."""
    apart = nearer = 0
    while nearer < limit:
        nearer += tally[bank, apart]
        apart += 1
    return apart


@compiled
def _first_of_each(
    keys: Words, chosen: Numbers, found_row: Numbers, banks: NDArray[np.uint16], limit: int, order: Numbers
) -> int:
    """Write what was chosen in order of its keys, up to `limit` of each bank."""
    kept = run = 0
    last = np.int64(-1)
    for place in np.argsort(keys):
        row = found_row[chosen[place]]
        bank = np.int64(banks[row] if len(banks) > 1 else banks[0])
        run = run + 1 if bank == last else 1
        last = bank
        if run <= limit:
            order[kept] = chosen[place]
            kept += 1
    return kept


@compiled
def search(
    queries: Words, first: int, together: int, bits: Words, begins: NDArray[np.uint32], rows: Bytes,
    tags: NDArray[np.uint16], size: int, row_size: int, plan: Numbers, masks: Numbers, counts: Numbers,
    centres: Words, members: Numbers, spread: NDArray[np.uint16], banks: NDArray[np.uint16], expires: Numbers,
    holders: NDArray[np.uint32], dead: Bytes, radii: Numbers, most: int, now: int, limit: int, survivors: Numbers,
    looked_up: Numbers, found_row: Numbers, found_apart: Numbers, hits: Numbers,
) -> tuple[int, int, int, int]:  # fmt: skip
    """Search for some queries at a time, until all are done or there is no more room for what they find.

    Parameters
    ----------
    queries : uint64 array, shape (queries, words), arranged as the rows are.
    first : the query to begin with.
    together : how many go through the tables at a time; fewer where there is no room for what so many find.
    bits, begins, rows, tags, size, row_size : the rows, and the tables of the first `size` of them.
    plan, masks, counts : of the radius `most`, see `ring.Plan`.
    centres, members, spread : groups: planes of their centres, where the rows of each begin, and how far they lie.
    banks, expires, holders, dead, radii, now : who may be found, see `allowed`.
    limit : how many to keep for each query and bank, in order of bank, distance and holder; -1 leaves all of them,
        in any order.
    survivors, looked_up : room for those that go through the tables together, see `ring_hits`.
    found_row, found_apart : room for one query.
    hits : int64 array, shape (4, room): query, row, distance, and how many its query found in its bank.

    Returns
    -------
    The first query that is not done, how many hits there are, and how much room that query needs: of survivors,
    and of what is found.
    """
    written = 0
    steps, spans = np.empty((3, 2), np.int64), np.empty((STEPS, max(1, len(masks)), 2), np.int64)
    tally, order = np.zeros((len(radii), TALLIED), np.int64), np.empty(len(found_row), np.int64)
    while first < len(queries):
        behind, count = min(first + together, len(queries)), 0
        if size:
            count, crowd = ring_hits(
                bits, begins, rows, tags, size, row_size, plan, masks, counts, queries, first, behind, most, steps,
                spans, survivors, banks, expires, holders, dead, radii, now, looked_up,
            )  # fmt: skip
            if crowd > survivors.shape[1]:
                return first, written, crowd, 0
            if count > len(looked_up):
                if behind - first == 1:
                    return first, written, 0, count
                together = (behind - first) // 2
                continue
        ends = np.zeros(behind - first + 1, np.int64)
        by_query = _by_query(looked_up[:count], ends)
        for query in range(first, behind):
            own = by_query[ends[query - first] : ends[query - first + 1]]
            found = _taken(own, found_row, found_apart)
            if len(spread):
                found = group_hits(
                    bits, centres, members, spread, queries, query, most, banks, expires, holders, dead, radii,
                    now, found, found_row, found_apart,
                )  # fmt: skip
            if found > len(found_row) or written + found > hits.shape[1]:
                return query, written, 0, found
            written = _write(
                query, found, found_row, found_apart, banks, holders, limit, tally, order, hits, written
            )  # fmt: skip
        first = behind
    return len(queries), written, 0, 0


@compiled
def _taken(own: Numbers, found_row: Numbers, found_apart: Numbers) -> int:
    """Write rows and distances of the hits of one query, as many as there is room for. Return how many it has."""
    for place in range(min(len(own), len(found_row))):
        found_row[place] = own[place] & ((1 << APART) - 1)
        found_apart[place] = (own[place] >> APART) & ((1 << (QUERY - APART)) - 1)
    return len(own)


@compiled
def _by_query(hits: Numbers, ends: Numbers) -> Numbers:
    """Return hits query by query, and write where those of each begin.

    Parameters
    ----------
    ends : int64 array, shape (queries + 1,), all 0.
    """
    for place in range(len(hits)):
        ends[(hits[place] >> QUERY) + 1] += 1
    for number in range(1, len(ends)):
        ends[number] += ends[number - 1]
    following, ordered = ends.copy(), np.empty(len(hits), np.int64)
    for place in range(len(hits)):
        number = hits[place] >> QUERY
        ordered[following[number]] = hits[place]
        following[number] += 1
    return ordered


@compiled
def _write(
    query: int, found: int, found_row: Numbers, found_apart: Numbers, banks: NDArray[np.uint16],
    holders: NDArray[np.uint32], limit: int, tally: Numbers, order: Numbers, hits: Numbers, written: int,
) -> int:  # fmt: skip
    """Write the hits of one query behind the others, and clear the tally. Return how many there are now."""
    if limit < 0:
        for place in range(found):
            hits[0, written + place] = query
            hits[1, written + place] = found_row[place]
            hits[2, written + place] = found_apart[place]
        return written + found
    kept = nearest(found, found_row, found_apart, banks, holders, limit, tally, order)
    for place in range(kept):
        row = found_row[order[place]]
        hits[0, written + place] = query
        hits[1, written + place] = row
        hits[2, written + place] = found_apart[order[place]]
        hits[3, written + place] = tally[banks[row] if len(banks) > 1 else banks[0], IN_ALL]
    for place in range(found):
        tally[banks[found_row[place]] if len(banks) > 1 else banks[0]] = 0
    return written + kept
