"""Which entries a text is compared with, of a large bank: in one call of a kernel."""

from collections.abc import Callable
from functools import cache
from itertools import pairwise
from typing import NamedTuple

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
    few = _Few.of(room, count, int(faint[0]), handles) if faint[0] else None
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


class _Few(NamedTuple):
    """What a kernel wrote of entries that few hold a gram in common with, in memory of its own.

    Parameters
    ----------
    entries : int64 array, shape (2, entries + 1), where the hits of each begin, and the last end; and the numbers.
    query_at : int64 array, shape (hits,), as floats where hits begin in the text.
    rows : float64 array, shape (hits,), in which rows of its part of the index each lies.
    """

    entries: Places
    query_at: Places
    rows: Column
    handles: Handles

    @classmethod
    def of(cls, room: Room, before: int, count: int, handles: Handles) -> "_Few":
        """Take so many entries that stand behind others."""
        entries = room.hits[1:3, before : before + count + 1].copy()
        first, behind = int(entries[0, 0]), int(entries[0, -1])
        return cls(entries, room.hits[3, first:behind].copy(), room.at[first:behind].copy(), handles)

    def placed(self) -> Faint:
        """Find out where hits begin in entries: it stands far from the processor, and few texts need be told."""
        from stanch.kernels.found_numba import placed  # noqa: PLC0415 - imports numba

        begin, numbers = self.entries[0] - self.entries[0, 0], self.entries[1, :-1]
        at = placed(self.handles.lines, numbers, begin, self.rows)
        return Faint(numbers=numbers, begin=begin, query_at=self.query_at.view(np.float64), at=at)


@cache
def _kernel() -> Callable[..., int]:
    from stanch.kernels.found_numba import find  # noqa: PLC0415 - imports numba

    return find
