"""Whether a text could have an evasion score at all, compiled; `stanch.language.evading` counts it.

Import this module only where a kernel is needed: it imports numba. Of nearly all texts nothing was undone, which
is seen many times sooner than what was: `may_evade` is False only where every count is 0.
"""

import numpy as np
from numpy.typing import NDArray

from stanch.kernels.jit import compiled
from stanch.language.evading import FANCY, FEW_JOINERS, FEW_MARKS, SPLIT
from stanch.language.evading_tables import (
    ALPHABETS,
    DIVIDER,
    EMOJI,
    HEAPED,
    HIDDEN,
    JOINER,
    JOINING,
    MARK,
    SIGN,
    SMALL,
    SPACE,
    SPELT,
    STRUCK,
    SURE,
    TAG,
    WORD,
)
from stanch.language.evading_tables import FANCY as UNUSUAL

Bits = NDArray[np.uint32]


@compiled
def may_evade(bits: Bits, holds: int) -> bool:
    """Whether any count of `Evasion` but `moved` and `deleted` may be more than 0.

    Parameters
    ----------
    bits : uint32 array, shape (n,), what `evading_tables.telling` says of each character; rearranged.
    holds : all of them together.
    """
    if (holds & HIDDEN and _may_hide(bits)) or (holds & HEAPED and _may_heap(bits)):
        return True
    seen = _seen(bits) if holds & (HIDDEN | MARK) else bits
    several = (holds & ALPHABETS) & ((holds & ALPHABETS) - 1)
    return (
        (several != 0 and _may_mix(seen))
        or (holds & UNUSUAL != 0 and _may_be_fancy(seen))
        or (holds & SPELT != 0 and _is_split(seen))
        or (holds & SURE != 0 and holds & 1 != 0 and _may_be_leet(seen))
    )


@compiled
def _may_hide(bits: Bits) -> bool:
    """Whether something without width stands between letters that need none of it, or often, or is a tag."""
    before, words, joiners, used, others = 0, 0, 0, 0, 0
    for place in range(len(bits)):
        own = np.int64(bits[place])
        words += own & WORD != 0
        if own & HIDDEN:
            if own & TAG:
                return True
            joiners += own & JOINER != 0
            others += own & JOINER == 0
        elif own & MARK == 0:
            if joiners + others and before & own & WORD:
                if others or (before | own) & JOINING == 0:
                    return True
                used += joiners
            before, joiners, others = own, 0, 0
    return used > max(3.0, FEW_JOINERS * words)


@compiled
def _may_heap(bits: Bits) -> bool:
    """Whether more marks stand in a row than writers heap up, or so many are struck through as to be counted."""
    struck, run = 0, 0
    for place in range(len(bits)):
        own = np.int64(bits[place])
        run = run + 1 if own & HEAPED else 0
        struck += own & STRUCK != 0
        if run > FEW_MARKS or struck >= FANCY:
            return True
    return False


@compiled
def _seen(bits: Bits) -> Bits:
    """Return the bits of what has width and is no mark, moved to the front."""
    count = 0
    for place in range(len(bits)):
        bits[count] = bits[place]
        count += np.int64(bits[place]) & (HIDDEN | MARK) == 0
    return bits[:count]


@compiled
def _may_mix(bits: Bits) -> bool:
    """Whether letters of two alphabets stand side by side."""
    before, mixed = 0, False
    for place in range(len(bits)):
        own = np.int64(bits[place]) & ALPHABETS
        mixed |= (own != 0) & (before != 0) & (own != before)
        before = own
    return mixed


@compiled
def _may_be_fancy(bits: Bits) -> bool:
    """Whether so many characters stand in a row that were made for something else than words."""
    run = 0
    for place in range(len(bits)):
        run = run + 1 if np.int64(bits[place]) & UNUSUAL else 0
        if run >= FANCY:
            return True
    return False


@compiled
def _is_split(bits: Bits) -> bool:
    """Whether so many letters stand alone in a row, or pairs with emoji between, as `evading._split` counts."""
    previous, length, gap, between, chain = 0, 0, 0, 0, 1
    for place in range(len(bits) + 1):
        if place < len(bits) and np.int64(bits[place]) & SPELT:
            length += 1
            continue
        if (
            length
        ):  # a run ends here; `gap` and `between` are of what stands before it, `previous` is the run there
            decked = gap <= 6 and between & EMOJI != 0
            spaced = gap <= (2 if between & SPACE else 1) and between & DIVIDER != 0
            short = 2 if decked else 1
            chained = (decked or spaced) and 0 < previous <= short and length <= short
            chain = chain + 1 if chained else 1
            if chain >= SPLIT:
                return True
            previous, length, gap = length, 0, 0
        if place < len(bits):
            between = between if gap else np.int64(bits[place])
            gap += 1
    return False


@compiled
def _may_be_leet(bits: Bits) -> bool:
    """Whether two signs, sure to be of leet, have small letters or signs on both sides, a letter on one."""
    found = 0
    for place in range(1, len(bits) - 1):
        if np.int64(bits[place]) & SURE:
            before, after = np.int64(bits[place - 1]), np.int64(bits[place + 1])
            around = before & (SMALL | SIGN) != 0 and after & (SMALL | SIGN) != 0
            found += around and (before | after) & SMALL != 0
    return found > 1
