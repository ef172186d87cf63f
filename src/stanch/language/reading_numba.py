"""In which order a reader meets the characters of a line whose order was tampered with, compiled.

What is seen, by the bidirectional algorithm, is read back by the same algorithm: it turns words of the other
direction round, whichever way one starts. Import this module only where a text holds formatting characters.
"""

import numpy as np

from stanch.kernels.jit import compiled
from stanch.language.bidi_numba import (
    AL,
    AN,
    EN,
    LRE,
    NSM,
    REMOVED,
    Classes,
    L,
    Places,
    R,
    arranged,
    first_strong,
    partners,
    resolve,
)


@compiled
def _is_letter(kind: int) -> bool:
    return kind in (L, R, AL, EN, AN)


@compiled
def _same_letters(classes: Classes, first: Places, second: Places) -> bool:
    """Whether two orders of the same characters show letters and digits alike."""
    j = 0
    for i in range(first.size):
        if _is_letter(classes[first[i]]):
            while not _is_letter(classes[second[j]]):
                j += 1
            if first[i] != second[j]:
                return False
            j += 1
    return True


@compiled
def _join_numbers(line: Places, kinds: Classes, mirrored: bool) -> None:  # noqa: FBT001 - numba calls by position
    """Let numbers that stand in the order in which they are stored be read from left to right, as one."""
    last = -1
    for i in range(line.size):
        if kinds[i] in (EN, AN):
            if last >= 0 and i - last > 1 and (line[i] > line[last]) != mirrored:
                kinds[i] = kinds[last] = L
            last = i
        elif _is_letter(kinds[i]):
            last = -1


@compiled
def _read_back(seen: Places, classes: Classes, base: int) -> Places:
    """Return what is seen in the order in which it is read, by a reader who starts at the left or the right."""
    line = seen.copy() if base == 0 else seen[::-1].copy()
    kinds = classes[line]
    _join_numbers(line, kinds, base == 1)
    back = arranged(line, resolve(kinds, np.zeros(line.size, np.int32), base))
    read: Places = back if base == 0 else back[::-1].copy()
    return read


@compiled
def _steps_forward(order: Places) -> int:
    count = 0
    for i in range(1, order.size):
        count += order[i] > order[i - 1]
    return count


@compiled
def _order_of_bases(classes: Classes, brackets: Places) -> Places:
    """Return characters that are seen and carry their marks, in the order in which they are read."""
    base = first_strong(classes, partners(classes), 0, classes.size)
    levels = resolve(classes, brackets, base)
    left = np.flatnonzero(levels != REMOVED).astype(np.int32)
    is_base = (classes != NSM) & (classes < LRE)
    plain, line = left[is_base[left]], arranged(left, levels[left])
    seen = line[is_base[line]]
    still = np.flatnonzero(classes < LRE).astype(np.int32)
    for side in (base, 1 - base):
        own = resolve(classes[still], brackets[still], side)
        alone = arranged(still[own != REMOVED], own[own != REMOVED])
        if _same_letters(classes, seen, alone[is_base[alone]]):
            stored: Places = plain
            return stored
    ways = (_read_back(seen, classes, base), _read_back(seen, classes, 1 - base))
    other: Places = ways[1] if _steps_forward(ways[1]) > _steps_forward(ways[0]) else ways[0]
    return other


@compiled
def reading_order(classes: Classes, brackets: Places) -> Places:
    """Return the places of a paragraph in the order in which a reader meets them; marks follow their bases.

    What the explicit characters do not move stays as stored: what is seen is compared with what would be seen
    without them. Otherwise the line is read as it is seen: words of each direction in theirs, and the whole from
    the side that keeps more of the stored order, of equal ones that of the paragraph.
    """
    bases = _order_of_bases(classes, brackets)
    is_base = np.zeros(classes.size + 1, np.bool_)
    is_base[bases] = True
    is_base[classes.size] = True
    order, filled = np.empty(classes.size, np.int32), 0
    for k in range(-1, bases.size):
        i = 0 if k < 0 else bases[k]
        while i < classes.size and (not is_base[i] or (k >= 0 and i == bases[k])):
            order[filled] = i
            filled, i = filled + 1, i + 1
    return order
