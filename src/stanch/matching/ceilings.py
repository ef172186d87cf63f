"""What the grams of entries weigh at most, as far as it was shown: enough to tell that most entries say nothing.

To know how much a gram says takes to count who holds it and is no kin to the entry, and for that, who holds any
gram of the entry. Of fifty entries that share formulae with a text, nearly all say nothing, and some fifty holders
of each gram that was hit, shown to be no kin, are enough to see it: the more hold a gram, the less it weighs. Of
entries that may say something all is counted, so that answers are the same.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stanch.index import PostingsIndex
from stanch.index.align import Effort
from stanch.index.shown import LOOKED_AT, MOST_ENTRIES, Shown
from stanch.matching.background import BOUNDS, Background
from stanch.matching.candidates import Candidate
from stanch.matching.compared import Compared, Together
from stanch.matching.frequency import TOGETHER, lots, several
from stanch.matching.rarity import weights_of
from stanch.matching.rehearsal import load_kernels
from stanch.matching.strands import AS_LINE, BARS, FEWEST, RULES, may_say_something
from stanch.values import GRAM, TEXT_GRAM, Fingerprint

SHOWN = 40
"""So many holders of a gram are enough as a rule: of a million texts nearly all entries need no more than 64,
and one that was missed is counted."""

SEVERAL = 4
"""Of fewer entries all is counted at once."""

REMEMBERED = 4096
"""Of so many entries it is remembered what was shown."""

UNKNOWN = 2.0
"""The ceiling of grams of which nothing was shown; -1 is that of common ones."""

SILENT, OPEN, SPEAKS = 0, 1, 2
"""What is known of an entry: it says nothing, it may be shown to say nothing, or all of it has to be counted."""

CONSTANTS = np.array([*AS_LINE, *RULES, *BARS], np.float64)
"""As the kernel takes them, one behind the other."""

Column = NDArray[np.float64]
Numbers = NDArray[np.int64]
Judged = NDArray[np.uint8]
Mask = NDArray[np.bool_]
Words = NDArray[np.uint64]


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Counted:
    """What grams are counted in: the index, the number of a bank, its texts, and what is common in any."""

    index: PostingsIndex
    number: int
    texts: int
    background: Background


class Ceilings:
    """What the grams of some entries weigh at most. It holds until a bank changes."""

    def __init__(self) -> None:
        self._kept: dict[int, Column] = {}

    def clear(self) -> None:
        """Forget all."""
        self._kept.clear()

    def load_kernels(self, bank: Counted) -> None:
        """Compile or load what texts are compared by, and what grams of large banks are counted by."""
        load_kernels()
        own = Candidate(0, *np.zeros((1, 1), np.int64), *np.zeros((2, 1)))
        nothing = np.empty((0, 1), np.uint64)
        known = Together.of([Compared(own, Fingerprint.of(TEXT_GRAM, nothing))] * 2)
        asked = several([-1, -1], [0, 0])
        shown = bank.index.show(nothing, known.bits, asked, bank=bank.number, now=0, most=SHOWN)
        bank.index.others(known.bits, asked, bank=bank.number, now=0)
        if shown is not None:
            lower(known, known.bits, np.full(2, -1), shown, bank, self._joined(known), compiled=True)
            judged(known, self._joined(known), 0, best=UNKNOWN, compiled=True)

    def silent(self, compared: Sequence[Compared], query: Fingerprint, bank: Counted, *, now: int) -> set[int]:
        """Return the numbers of those entries of a bank that say nothing, as far as that is shown for less than it
        takes to count.

        Parameters
        ----------
        compared : of which it is not known what counts.
        query : the text.
        now : seconds since 1970.
        """
        found = set[int]()
        if not bank.index.shows:
            return found
        for lot in _lots(compared):
            found |= self._silent(lot, query, bank, now)
        return found

    def _silent(self, compared: Sequence[Compared], query: Fingerprint, bank: Counted, now: int) -> set[int]:
        known, extent = Together.of(compared), int(query.extent)
        ceiling = self._joined(known)
        how = judged(known, ceiling, extent, best=shown_at_best(bank.texts))
        if np.count_nonzero(how == OPEN) >= SEVERAL:
            self._find_out(known, how == OPEN, ceiling, query, bank, now)
            how = judged(known, ceiling, extent, best=UNKNOWN)
        return {number for number, each in zip(known.numbers, how.tolist(), strict=True) if each == SILENT}

    def _find_out(
        self, known: Together, still: Mask, ceiling: Column, query: Fingerprint, bank: Counted, now: int
    ) -> None:
        """Find out what those grams weigh at most that were hit in entries that are still open, and keep it."""
        place, hit, bits = np.full(len(query), -1), known.rows, known.bits
        place[hit[np.repeat(still, np.diff(known.begin))]] = 0
        rows = np.flatnonzero(place == 0)
        place[rows] = np.arange(len(rows))
        asked, enough = several(known.numbers, np.diff(known.grams).tolist()), enough_of(bank.texts)
        shown = bank.index.show(query.bits[rows], bits, asked, bank=bank.number, now=now, most=enough)
        if shown is None:
            return
        lower(known, bits, place[hit], shown, bank, ceiling)
        for entry in np.flatnonzero(still).tolist():
            if len(self._kept) >= REMEMBERED:
                del self._kept[next(iter(self._kept))]
            self._kept[known.numbers[entry]] = ceiling[known.grams[entry] : known.grams[entry + 1]].copy()

    def _joined(self, known: Together) -> Column:
        """Return the ceilings of all grams of entries, as far as they are known."""
        kept = self._kept
        each = [(kept.get(number), one.entry) for number, one in zip(known.numbers, known.compared, strict=True)]
        return np.concatenate([np.full(len(entry), UNKNOWN) if own is None else own for own, entry in each])


def _lots(compared: Sequence[Compared]) -> Iterator[Sequence[Compared]]:
    """Yield entries, so many at a time that they can be asked about together."""
    if len(compared) <= MOST_ENTRIES and sum(len(each.entry) for each in compared) <= TOGETHER:
        yield compared
        return
    for lot in lots({place: each.entry for place, each in enumerate(compared)}):
        for few in range(0, len(lot), MOST_ENTRIES):
            yield [compared[place] for place in lot[few : few + MOST_ENTRIES]]


def enough_of(texts: int) -> int:
    """Return how many holders of a gram are enough in a bank of so many texts: as many as show that it is common,
    where these are few.
    """
    common = len(weights_of(texts))
    return SHOWN if common > LOOKED_AT else max(SHOWN, common)


def shown_at_best(texts: int) -> float:
    """Return what grams may be shown to weigh, in a bank of so many texts; 0 if to be common."""
    known = weights_of(texts)
    return float(known[LOOKED_AT + 1]) if len(known) > LOOKED_AT + 1 else 0.0


def judged(known: Together, ceiling: Column, extent: int, *, best: float, compiled: bool | None = None) -> Judged:
    """Return what is known of entries, see `SILENT`.

    Parameters
    ----------
    ceiling : float64 array, shape (grams,).
    extent : how many symbols the text has.
    best : what a gram of which nothing was shown may be shown to weigh; `UNKNOWN` if no more can be shown.
    compiled : whether by the kernel, which does the same; by default if it is worth it, see `align`.
    """
    if not (Effort.is_worth_it(len(known.at)) if compiled is None else compiled):
        each = [_judged(known, entry, ceiling, extent, best) for entry in range(len(known.numbers))]
        return np.array(each, np.uint8)
    from stanch.kernels.ceilings_numba import judge  # noqa: PLC0415 - imports numba

    found = np.empty(len(known.numbers), np.uint8)
    judge(
        known.begin, known.query_at, known.at, known.grams, known.begins, ceiling, known.extents, float(extent),
        best, FEWEST, CONSTANTS, found,
    )  # fmt: skip
    return found


def _judged(known: Together, entry: int, ceiling: Column, extent: int, best: float) -> int:
    """Do what `judged` does by numpy, of one entry."""
    own, empty = slice(*known.begin[entry : entry + 2]), known.grams[entry] == known.grams[entry + 1]
    weight = np.full(len(known.at[own]), UNKNOWN) if empty else ceiling[known.gram_of(entry)]
    unknown = bool((weight == UNKNOWN).any())
    if unknown and best > 1:
        return SPEAKS
    rare, weight = weight >= 0, np.where(weight == UNKNOWN, best, weight)
    extents = extent, int(known.extents[entry])
    if np.count_nonzero(rare) >= FEWEST and may_say_something(
        known.query_at[own][rare], known.at[own][rare], weight[rare], extents
    ):
        return SPEAKS
    return OPEN if unknown else SILENT


def lower(
    known: Together,
    bits: Words,
    of: Numbers,
    shown: Shown,
    bank: Counted,
    ceiling: Column,
    *,
    compiled: bool | None = None,
) -> None:
    """Write what was shown of the grams that were hit.

    A gram is as frequent as holders were shown, at least, and as it has rows, at most: so it is common, or it is
    not, or that stays unknown.

    Parameters
    ----------
    bits : those of `known`.
    of : int64 array, shape (hits,), which of the grams asked about each is; -1 if none.
    ceiling : float64 array, shape (grams,), to be written to.
    compiled : as for `judged`.
    """
    if not (Effort.is_worth_it(len(known.at)) if compiled is None else compiled):
        for entry in range(len(known.numbers)):
            _lower(known, entry, bits, of, shown, bank, ceiling)
        return
    from stanch.kernels.ceilings_numba import lower_ceilings  # noqa: PLC0415 - imports numba

    lower_ceilings(
        known.begin, of, known.at, shown.queries.reshape(-1), shown.rows, shown.bytes, weights_of(bank.texts),
        known.grams, known.begins, bits.reshape(-1), known.extents, bank.background.as_arrays, BOUNDS, GRAM,
        ceiling,
    )  # fmt: skip


def _lower(
    known: Together, entry: int, bits: Words, of: Numbers, shown: Shown, bank: Counted, ceiling: Column
) -> None:
    """Do what `lower` does by numpy, of one entry."""
    (low, high), own = known.grams[entry : entry + 2], slice(*known.begin[entry : entry + 2])
    if low == high:
        return
    hit = of[own] >= 0
    weights, gram, asked = weights_of(bank.texts), known.gram_of(entry)[hit], of[own][hit]
    grams = Fingerprint.of(
        TEXT_GRAM, bits[low:high], at=known.begins[low:high], extent=float(known.extents[entry])
    )
    equal = bits[gram, 0] == shown.queries[asked, 0]
    least, most = 1 + shown.counts[asked, entry].astype(np.int64), 1 + shown.rows[asked]
    common = bank.background.common_in(grams)[gram - low] | (equal & (least >= len(weights)))
    rare = ~common & equal & (most < len(weights))
    np.minimum.at(ceiling, gram[rare], weights[least[rare]])
    ceiling[gram[common]] = -1.0
