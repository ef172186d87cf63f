"""Which entries a text is compared with, of a large bank: in one call of a kernel."""

from collections.abc import Callable
from functools import cache

import numpy as np

from stanch.index.handles import Handles
from stanch.index.room import give_back, lent_room
from stanch.matching.background import Background
from stanch.matching.candidates import CANDIDATES, Candidate, Mask
from stanch.matching.indexing import REPEATS
from stanch.matching.strands import APART, AS_LINE, BARS, FEWEST, PASSAGE, RULES, WIDE
from stanch.matching.weighing import own
from stanch.values import GRAM, Fingerprint

CONSTANTS = np.array([REPEATS, FEWEST, GRAM, PASSAGE, APART * GRAM, WIDE, *AS_LINE, *RULES, *BARS], np.float64)
"""As the kernel takes them, one behind the other."""


def find_candidates(
    handles: Handles, background: Background, text: Fingerprint, *, now: int, limit: int
) -> tuple[Mask, list[Candidate]]:
    """Return what `LookedUp.of`, a search and `candidates` do, one after the other.

    Parameters
    ----------
    handles : of the grams of all banks that are searched; it suits so many grams as the text has.
    text : every gram of the text.
    now : seconds since 1970.
    limit : how many entries of a bank one gram is followed into.

    Returns
    -------
    bool array, one a symbol, those that lie in grams not looked up; and the entries that may match.
    """
    repeated = np.zeros(int(text.extent), np.bool_)
    stated, likely, *_ = background.as_arrays
    room = lent_room()
    count = room.filled(
        _kernel(), own(text.bits), own(text.at), stated, likely, handles.lines, handles.banks, now, limit,
        CANDIDATES, CONSTANTS, repeated,
    )  # fmt: skip
    found: list[Candidate] = []
    if count:
        begin, numbers = room.hits[1, : count + 1].tolist(), room.hits[2, :count].tolist()
        rows, at = room.hits[0, : begin[-1]].copy(), room.at[: begin[-1]].copy()
        query_at = room.hits[3, : begin[-1]].view(np.float64).copy()
        for number, first, behind in zip(numbers, begin, begin[1:], strict=False):
            found.append(Candidate(number, rows[first:behind], query_at[first:behind], at[first:behind]))
    give_back(room)
    return repeated, found


@cache
def _kernel() -> Callable[..., int]:
    from stanch.kernels.found_numba import find  # noqa: PLC0415 - imports numba

    return find
