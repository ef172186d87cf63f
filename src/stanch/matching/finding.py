"""Which entries a text is compared with, of a large bank: in one call of a kernel."""

from collections.abc import Callable
from functools import cache, partial
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from stanch.index.handles import Handles
from stanch.index.room import Room, give_back, lent_room
from stanch.matching.background import Background
from stanch.matching.candidates import CANDIDATES, HOLDERS, Candidate, Led
from stanch.matching.faint import CONSTANTS as AGREEING
from stanch.matching.faint import Column, Faint, Places
from stanch.matching.indexing import REPEATS
from stanch.matching.simhashes import Held
from stanch.matching.strands import APART, AS_LINE, BARS, FEWEST, PASSAGE, RULES, WIDE
from stanch.matching.weighing import own
from stanch.values import GRAM, Fingerprint

CONSTANTS = np.array(
    [REPEATS, FEWEST, GRAM, PASSAGE, APART * GRAM, WIDE, *AS_LINE, *RULES, *BARS, HOLDERS], np.float64
)
"""As the kernel takes them, one behind the other."""

_NONE = np.empty(0, np.uint64)
NOTHING_HELD = Held.of({})


def find_candidates(
    handles: Handles,
    background: Background,
    text: Fingerprint,
    shorts: NDArray[np.uint64] | None = None,
    held: Held = NOTHING_HELD,
    *,
    now: int,
    limit: int,
) -> Led:
    """Return what `LookedUp.of`, a search, `candidates` and `faint` do, one after the other.

    Parameters
    ----------
    handles : of the grams of all banks that are searched; it suits so many grams as the text has.
    text : every gram of the text.
    shorts : its short grams, if they are known: no entry is `faint` where it is seen at once that none of them
        agrees with the text.
    held : what archived entries keep of theirs.
    now : seconds since 1970.
    limit : how many entries of a bank one gram is followed into.
    """
    repeated, faint = np.zeros(int(text.extent), np.bool_), np.zeros(1, np.int64)
    stated, likely, *_ = background.as_arrays
    room = lent_room()
    count = room.filled(
        _kernel(), own(text.bits), own(text.at), stated, likely, handles.lines, handles.banks, now, limit,
        CANDIDATES, CONSTANTS, repeated, _NONE if shorts is None else shorts, held.lines, AGREEING, faint,
    )  # fmt: skip
    found = _told(room, count) if count else []
    few = _faint(room, count, int(faint[0]), handles) if faint[0] else None
    give_back(room)
    return Led(repeated, found, few)


def _told(room: Room, count: int) -> list[Candidate]:
    """Return the entries that a kernel wrote, in memory of their own."""
    begin, numbers = room.hits[1, : count + 1].tolist(), room.hits[2, :count].tolist()
    rows, at = room.hits[0, : begin[-1]].copy(), room.at[: begin[-1]].copy()
    query_at = room.hits[3, : begin[-1]].view(np.float64).copy()
    return [
        Candidate(number, rows[first:behind], query_at[first:behind], at[first:behind])
        for number, (first, behind) in zip(numbers, pairwise(begin), strict=True)
    ]


def _faint(room: Room, before: int, count: int, handles: Handles) -> Faint:
    """Return the entries that a kernel wrote behind others, in memory of their own; hits are not placed yet."""
    begin = room.hits[1, before : before + count + 1]
    of = slice(int(begin[0]), int(begin[-1]))
    return Faint(
        numbers=room.hits[2, before : before + count].copy(),
        begin=begin - begin[0],
        query_at=room.hits[3, of].view(np.float64).copy(),
        at=room.at[of].copy(),
        place=partial(_place, handles),
    )


def _place(handles: Handles, numbers: Places, begin: Places, rows: Column) -> Column:
    """Return where hits begin that a kernel left in entries as it found them."""
    from stanch.kernels.found_numba import placed  # noqa: PLC0415 - imports numba

    return placed(handles.lines, numbers, begin, rows)


@cache
def _kernel() -> Callable[..., int]:
    from stanch.kernels.found_numba import find  # noqa: PLC0415 - imports numba

    return find
