"""How many entries hold each gram of a text and are no kin to it, compiled; `matching.frequency` has the plain
form.

Import this module only where a kernel is needed: it imports numba.
"""

import numpy as np
from numpy.typing import NDArray

from stanch.kernels.jit import compiled
from stanch.kernels.lanes import count_bits
from stanch.kernels.postings_numba import mixed

Places = NDArray[np.int64]
Numbers = NDArray[np.uint32]


@compiled
def slot_of(slots: Places, entry: np.int64) -> np.int64:
    """Return where an entry stands in a table, or would: an open one, of a power of two of slots, -1 if free."""
    place = np.int64(mixed(np.uint64(entry)) & np.uint64(len(slots) - 1))
    while slots[place] != -1 and slots[place] != entry:
        place = (place + 1) & (len(slots) - 1)
    return place


@compiled
def table_for(entries: np.int64) -> Places:
    """Return an open table of which so many entries take a quarter at most: what is not in it is soon seen."""
    size = np.int64(8)
    while size < 4 * entries:
        size *= 2
    return np.full(size, np.int64(-1))


@compiled
def rarest(sums: Places, chosen: int) -> NDArray[np.bool_]:
    """Return which so many stretches of a text have the least sums."""
    rare = np.zeros(len(sums), np.bool_)
    for _ in range(chosen):
        least = np.int64(-1)
        for place in range(len(sums)):
            if not rare[place] and (least < 0 or sums[place] < sums[least]):
                least = np.int64(place)
        if least >= 0:
            rare[least] = True
    return rare


@compiled
def kin_to(gram: Places, entry: Places, stretch: Places, stretches: int, kin: int, number: int) -> Places:
    """Return a table of the entries that are kin to a text, and its own.

    Whatever holds grams of `kin` stretches holds one in the rarest few, of which it can lack no more than the
    others: only those entries are counted. The parameters are those of `count_others`.
    """
    sums, few, related = np.zeros(stretches, np.int64), np.int64(0), np.int64(1)
    for pair in range(len(gram)):
        sums[stretch[gram[pair]]] += 1
    rare = rarest(sums, stretches - kin + 1)
    for place in range(stretches):
        few += sums[place] if rare[place] else 0
    slots = table_for(few)
    spread = np.zeros(len(slots), np.uint64)
    for turn in range(2):  # first what is rare, then what else these entries hold
        for pair in range(len(gram)):
            if rare[stretch[gram[pair]]] == (turn == 0):
                place = slot_of(slots, entry[pair])
                slots[place] = entry[pair] if turn == 0 else slots[place]
                spread[place] |= np.uint64(1) << np.uint64(stretch[gram[pair]])
    for place in range(len(slots)):
        related += 1 if slots[place] >= 0 and count_bits(spread[place]) >= kin else 0
    table = table_for(related)
    table[slot_of(table, np.int64(number))] = number
    for place in range(len(slots)):
        if slots[place] >= 0 and count_bits(spread[place]) >= kin:
            table[slot_of(table, slots[place])] = slots[place]
    return table


@compiled
def count_others(
    gram: Places, entry: Places, stretch: Places, stretches: int, kin: int, number: int, out: Places
) -> None:
    """Add to each gram of a text the entries that hold it and are no kin to it; see `matching.frequency`.

    Parameters
    ----------
    gram, entry : which gram stands in which entry, equal pairs side by side.
    stretch : int64 array, shape (grams,), in which stretch of the text each gram is, rising.
    stretches, kin : an entry that holds grams of `kin` of so many stretches is kin.
    number : of the text's own entry.
    out : int64 array, shape (grams,), to be added to.
    """
    left_out = kin_to(gram, entry, stretch, stretches, kin, number)
    for pair in range(len(gram)):
        if pair == 0 or gram[pair] != gram[pair - 1] or entry[pair] != entry[pair - 1]:
            out[gram[pair]] += 1 if left_out[slot_of(left_out, entry[pair])] < 0 else 0
