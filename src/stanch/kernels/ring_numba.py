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

ONE, ALL = np.uint64(1), np.uint64(64)


@compiled
def field(bits: Words, row: int, start: int, width: int) -> np.uint64:
    """Return `width` bits of one row from bit `start` on; the plain form is `ring.chunk_values`."""
    words = bits.shape[1]
    begin = start % (64 * words)
    word, offset = begin >> 6, begin & 63
    value = bits[row, word] >> np.uint64(offset)
    if offset + width > 64:
        value |= bits[row, (word + 1) % words] << np.uint64(64 - offset)
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
def seen_before(
    bits: Words, row: int, queries: Words, query: int, plan: Numbers, keys: Numbers, before: int
) -> bool:
    """Return whether an earlier chunk has led to this row as well."""
    for chunk in range(before):
        apart = count_bits(field(bits, row, plan[chunk, 0], plan[chunk, 1]) ^ np.uint64(keys[chunk]))
        if apart <= plan[chunk, 2]:
            behind = plan[chunk, 0] + plan[chunk, 1]
            tag = field(bits, row, behind, TAG) ^ field(queries, query, behind, TAG)
            if count_bits(tag) <= plan[chunk, 3] - apart:
                return True
    return False


@compiled
def look_up(
    begins: NDArray[np.uint32], tags: NDArray[np.uint16], plan: Numbers, masks: Numbers, counts: Numbers, chunk:
    int, key: int, size: int, spans: Numbers,
) -> None:  # fmt: skip
    """Write where the rows of each value near a key lie in the tables, and ask for their tags."""
    for probe in range(counts[chunk, counts.shape[1] - 1]):
        place = plan[chunk, 4] + (key ^ masks[plan[chunk, 5] + probe])
        begin, end = chunk * size + np.int64(begins[place]), chunk * size + np.int64(begins[place + 1])
        spans[probe, 0], spans[probe, 1] = begin, end
        if end > begin:
            fetch(tags, begin)
            if end - begin > LANES:  # the machine itself asks for what follows
                fetch(tags, begin + LANES)
                fetch(tags, begin + 2 * LANES)
                fetch(tags, begin + 3 * LANES)


@compiled
def passing(
    tags: NDArray[np.uint16], counts: Numbers, chunk: int, limit: int, tag: np.uint64, spans: Numbers,
    survivors: Numbers, rows: Bytes, row_size: int,
) -> int:  # fmt: skip
    """Write the places whose tag is near enough, and ask for their row numbers. Return how many there are.

    More than `survivors` has room for are counted all the same.
    """
    found = changed = 0
    for probe in range(counts[chunk, counts.shape[1] - 1]):
        while probe >= counts[chunk, changed]:
            changed += 1
        most = np.uint64(limit - changed)
        begin, end = spans[probe, 0], spans[probe, 1]
        while begin < end:
            lanes = near(tags, begin, tag, most)
            if end - begin < LANES:
                lanes &= (ONE << np.uint64(end - begin)) - ONE
            while lanes:
                place = begin + lowest_bit(lanes)
                lanes &= lanes - ONE
                if found < len(survivors):
                    survivors[found] = place
                    fetch(rows, place * row_size)
                found += 1
            begin += LANES
    return found


@compiled
def ring_hits(
    bits: Words, begins: NDArray[np.uint32], rows: Bytes, tags: NDArray[np.uint16], size: int, row_size: int,
    plan: Numbers, masks: Numbers, counts: Numbers, queries: Words, query: int, most: int, keys: Numbers, spans:
    Numbers, survivors: Numbers, banks: NDArray[np.uint16], expires: Numbers, holders: NDArray[np.uint32], dead:
    Bytes, radii: Numbers, now: int, found_row: Numbers, found_apart: Numbers,
) -> tuple[int, int]:  # fmt: skip
    """Write the rows within `most` bits that the tables lead to. Return how many, and how many survivors at most.

    The next chunk is looked up before this one is read, so that its tags are on their way meanwhile.
    """
    found = crowd = 0
    for chunk in range(len(plan) + 1):
        if chunk < len(plan):
            look_up(begins, tags, plan, masks, counts, chunk, keys[chunk], size, spans[chunk & 1])
        if chunk == 0:
            continue
        this = chunk - 1
        tag = field(queries, query, plan[this, 0] + plan[this, 1], TAG)
        count = passing(tags, counts, this, plan[this, 3], tag, spans[this & 1], survivors, rows, row_size)
        crowd = max(crowd, count)
        if count > len(survivors):
            return 0, crowd
        for place in range(count):
            survivors[place] = read_row(rows, survivors[place], row_size)
            fetch(bits, survivors[place] * bits.shape[1])
        for place in range(count):
            row = survivors[place]
            apart = distance(bits, row, queries, query)
            if (
                apart <= most
                and allowed(row, apart, banks, expires, holders, dead, radii, now)
                and not seen_before(bits, row, queries, query, plan, keys, this)
            ):
                if found < len(found_row):
                    found_row[found], found_apart[found] = row, apart
                found += 1
    return found, crowd
