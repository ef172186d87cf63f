"""The kernels of the Hamming index, compiled. Import this module only where one is needed: it imports numba.

`stanch.kernels.ring` says what they rest on. Whatever they find is held to a plain scan by tests.
"""

import numpy as np
from numpy.typing import NDArray

from stanch.kernels.jit import compiled
from stanch.kernels.lanes import count_bits, fetch, lowest_bit, near

Words = NDArray[np.uint64]
Numbers = NDArray[np.int64]
Bytes = NDArray[np.uint8]

TAG = np.int64(16)
LANES = np.int64(32)
"""Tags in one comparison."""

ONE = np.uint64(1)

AHEAD, STEPS = 4, 8
"""So many steps ahead of its use a thing is asked for, and of so many it is remembered where they look."""

APART, QUERY = 40, 48
"""A hit is one number: its row, from this bit on its distance, from that one on how many queries before it."""

ROWS_AHEAD = 16
"""So many survivors ahead of its use a row is asked for."""


@compiled
def field(bits: Words, row: int, start: int, width: int) -> np.uint64:
    """Return `width` bits of one row from bit `start` on; the plain form is `ring.chunk_values`."""
    words = bits.shape[1]
    word, offset = start >> 6, start & 63
    if word >= words:  # once round at most; a division would take longer than all the rest
        word -= words
    value = bits[row, word] >> np.uint64(offset)
    if offset + width > 64:
        following = word + 1 if word + 1 < words else 0
        value |= bits[row, following] << np.uint64(64 - offset)
    return value & ((ONE << np.uint64(width)) - ONE)


@compiled
def read_row(rows: Bytes, place: int, size: int) -> int:
    """Return the row number at a place of a table; numbers have 3 bytes or 4."""
    at = place * size
    row = np.int64(rows[at]) | np.int64(rows[at + 1]) << 8 | np.int64(rows[at + 2]) << 16
    if size == 4:
        row |= np.int64(rows[at + 3]) << 24
    return row


@compiled
def fill_table(
    bits: Words,
    start: int,
    width: int,
    begins: NDArray[np.uint32],
    rows: Bytes,
    size: int,
    tags: NDArray[np.uint16],
) -> None:
    """Sort all rows by one chunk, in two passes: count, then place.

    Parameters
    ----------
    begins : uint32 array, shape (2^width + 1,), all 0; where the rows of each value begin, afterwards.
    rows : uint8 array, shape (rows * size,), the numbers of the rows by value.
    tags : uint16 array, shape (rows,), for each of these the bits that follow the chunk.
    """
    for row in range(len(bits)):
        begins[np.int64(field(bits, row, start, width)) + 1] += np.uint32(1)
    for value in range(len(begins) - 1):
        begins[value + 1] += begins[value]
    following = begins[:-1].copy()
    for row in range(len(bits)):
        value = np.int64(field(bits, row, start, width))
        place = np.int64(following[value])
        following[value] = np.uint32(place + 1)
        for byte in range(size):
            rows[place * size + byte] = np.uint8((row >> (8 * byte)) & 255)
        tags[place] = np.uint16(field(bits, row, start + width, TAG))


@compiled
def distance(bits: Words, row: int, queries: Words, query: int) -> int:
    """Return in how many bits a row and a query differ."""
    apart = 0
    for word in range(bits.shape[1]):
        apart += count_bits(bits[row, word] ^ queries[query, word])
    return apart


@compiled
def plane_distance(planes: Words, centre: int, queries: Words, query: int) -> int:
    """Return in how many bits a centre and a query differ; centres lie word by word."""
    apart = 0
    for word in range(planes.shape[0]):
        apart += count_bits(planes[word, centre] ^ queries[query, word])
    return apart


@compiled
def allowed(
    row: int, apart: int, banks: NDArray[np.uint16], expires: Numbers, holders: NDArray[np.uint32], dead: Bytes,
    radii: Numbers, now: int,
) -> bool:  # fmt: skip
    """Return whether a row may be found at this distance: its bank is asked, it has not expired, nor was removed.

    A column that is the same for all rows has one element.
    """
    bank = banks[row] if len(banks) > 1 else banks[0]
    if apart > radii[bank]:
        return False
    if (expires[row] if len(expires) > 1 else expires[0]) <= now:
        return False
    holder = np.int64(holders[row]) if len(holders) > 1 else np.int64(row)
    return (dead[holder >> 3] >> np.uint8(holder & 7)) & 1 == 0


@compiled
def seen_before(bits: Words, row: int, queries: Words, query: int, plan: Numbers, before: int) -> bool:
    """Return whether an earlier chunk has led to this row as well."""
    for chunk in range(before):
        start, width = plan[chunk, 0], plan[chunk, 1]
        apart = count_bits(field(bits, row, start, width) ^ field(queries, query, start, width))
        if apart <= plan[chunk, 2]:
            behind = start + width
            tag = field(bits, row, behind, TAG) ^ field(queries, query, behind, TAG)
            if count_bits(tag) <= plan[chunk, 3] - apart:
                return True
    return False


@compiled
def ask_ahead(
    begins: NDArray[np.uint32], plan: Numbers, masks: Numbers, counts: Numbers, queries: Words, query: int,
    chunk: int,
) -> int:  # fmt: skip
    """Ask for the places of a table that one query will look at. Return its value there."""
    key = np.int64(field(queries, query, plan[chunk, 0], plan[chunk, 1]))
    for probe in range(counts[chunk, counts.shape[1] - 1]):
        fetch(begins, plan[chunk, 4] + (key ^ masks[plan[chunk, 5] + probe]))
    return key


@compiled
def look_up(
    begins: NDArray[np.uint32], tags: NDArray[np.uint16], plan: Numbers, masks: Numbers, counts: Numbers,
    chunk: int, key: int, size: int, spans: Numbers,
) -> None:  # fmt: skip
    """Write where the rows of each value near a query's lie in one table, and ask for their tags."""
    for probe in range(counts[chunk, counts.shape[1] - 1]):
        place = plan[chunk, 4] + (key ^ masks[plan[chunk, 5] + probe])
        begin, end = chunk * size + np.int64(begins[place]), chunk * size + np.int64(begins[place + 1])
        spans[probe, 0], spans[probe, 1] = begin, end
        if end > begin:
            fetch(tags, begin)
            fetch(tags, min(end - 1, begin + LANES))
            if end - begin > LANES:  # the machine itself asks for what follows
                fetch(tags, begin + 2 * LANES)
                fetch(tags, begin + 3 * LANES)


@compiled
def passing(
    tags: NDArray[np.uint16], counts: Numbers, chunk: int, limit: int, tag: np.uint64, spans: Numbers,
    survivors: Numbers, before: int,
) -> int:  # fmt: skip
    """Write the places whose tag is near enough behind the `before` that are there. Return how many these are.

    More than `survivors` has room for are counted all the same.
    """
    found = changed = 0
    room = survivors.shape[1] - before
    for probe in range(counts[chunk, counts.shape[1] - 1]):
        while probe >= counts[chunk, changed]:
            changed += 1
        most = np.uint64(limit - changed)
        begin, end = spans[probe, 0], spans[probe, 1]
        while begin < end:
            line = begin & -LANES  # what lies in one line is read from there, and no second line waited for
            base = line if end - line <= LANES else begin
            lanes = near(tags, base, tag, most) >> np.uint64(begin - base)
            if end - begin < LANES:
                lanes &= (ONE << np.uint64(end - begin)) - ONE
            while lanes:
                place = begin + lowest_bit(lanes)
                lanes &= lanes - ONE
                if found < room:
                    survivors[0, before + found] = place
                found += 1
            begin += LANES
    return found


@compiled
def verified(
    bits: Words, rows: Bytes, row_size: int, plan: Numbers, queries: Words, most: int, survivors: Numbers, count:
    int, banks: NDArray[np.uint16], expires: Numbers, holders: NDArray[np.uint32], dead: Bytes, radii: Numbers,
    now: int, first: int, found: int, hits: Numbers,
) -> int:  # fmt: skip
    """Add those of the first `count` survivors that are near enough to `hits`. Return how many these are now.

    What is read of one is asked for while others are compared, its number first, then the row itself.
    """
    for ahead in range(count + 2 * ROWS_AHEAD):
        if ahead < count:
            fetch(rows, survivors[0, ahead] * row_size)
        place = ahead - ROWS_AHEAD
        if 0 <= place < count:
            survivors[0, place] = read_row(rows, survivors[0, place], row_size)
            fetch(bits, survivors[0, place] * bits.shape[1])
        place -= ROWS_AHEAD
        if place < 0:
            continue
        row, query, chunk = survivors[0, place], survivors[1, place], survivors[2, place]
        apart = distance(bits, row, queries, query)
        if (
            apart <= most
            and allowed(row, apart, banks, expires, holders, dead, radii, now)
            and not seen_before(bits, row, queries, query, plan, chunk)
        ):
            if found < len(hits):
                hits[found] = (query - first) << QUERY | apart << APART | row
            found += 1
    return found


@compiled
def step_on(step: Numbers, first: int, behind: int) -> None:
    """Go on to the next query, or to the next table with the first."""
    step[0] += 1
    if step[0] == behind:
        step[0] = first
        step[1] += 1


@compiled
def ring_hits(
    bits: Words, begins: NDArray[np.uint32], rows: Bytes, tags: NDArray[np.uint16], size: int, row_size: int,
    plan: Numbers, masks: Numbers, counts: Numbers, queries: Words, first: int, behind: int, most: int, steps:
    Numbers, spans: Numbers, survivors: Numbers, banks: NDArray[np.uint16], expires: Numbers,
    holders: NDArray[np.uint32], dead: Bytes, radii: Numbers, now: int, hits: Numbers,
) -> tuple[int, int]:  # fmt: skip
    """Write the rows within `most` bits of some queries that the tables lead to.

    One table is asked for all queries before the next is: what of it the processor has fetched serves several. A
    step is one query at one table; its places and tags are on their way while earlier steps are compared, and
    what passes is verified many at a time.

    Parameters
    ----------
    first, behind : the first of the queries, and the one behind the last.
    steps : int64 array, shape (3, 2), to be written to: which query at which table is asked for, looked up, read.
    spans : int64 array, shape (STEPS, probes, 2), to be written to; `STEPS` is a power of 2.
    survivors : int64 array, shape (3, room), to be written to: places of tables, and the query and table of each.
    hits : int64 array, to be written to, in no order: row, distance and query, see `APART` and `QUERY`.

    Returns
    -------
    How many hits there are, which may be more than there is room for; and how many survivors one step has, if
    these are too many for the room, else 0.
    """
    found = waiting = 0
    count = (behind - first) * len(plan)
    steps[:, 0], steps[:, 1] = first, 0
    keys = np.empty(STEPS, np.int64)
    asked, looked, read = steps[0], steps[1], steps[2]
    for ahead in range(count + 2 * AHEAD):
        if ahead < count:
            key = ask_ahead(begins, plan, masks, counts, queries, asked[0], asked[1])
            keys[ahead & (STEPS - 1)] = key
            step_on(asked, first, behind)
        step = ahead - AHEAD
        if 0 <= step < count:
            slot = step & (STEPS - 1)
            look_up(begins, tags, plan, masks, counts, looked[1], keys[slot], size, spans[slot])
            step_on(looked, first, behind)
        step -= AHEAD
        if step < 0:
            continue
        query, chunk, span = read[0], read[1], spans[step & (STEPS - 1)]
        step_on(read, first, behind)
        tag = field(queries, query, plan[chunk, 0] + plan[chunk, 1], TAG)
        passed = passing(tags, counts, chunk, plan[chunk, 3], tag, span, survivors, waiting)
        if waiting + passed > survivors.shape[1]:
            found = verified(
                bits, rows, row_size, plan, queries, most, survivors, waiting, banks, expires, holders, dead,
                radii, now, first, found, hits,
            )  # fmt: skip
            waiting = 0
            if passed > survivors.shape[1] or found > len(hits):
                return found, passed
            passing(tags, counts, chunk, plan[chunk, 3], tag, span, survivors, waiting)
        for place in range(waiting, waiting + passed):
            survivors[1, place], survivors[2, place] = query, chunk
        waiting += passed
    found = verified(
        bits, rows, row_size, plan, queries, most, survivors, waiting, banks, expires, holders, dead, radii, now,
        first, found, hits,
    )  # fmt: skip
    return found, 0
