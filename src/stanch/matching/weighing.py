"""What of an entry counts, whatever it is compared with: worked out once for each, and kept."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from stanch.index.align import Effort
from stanch.matching.background import BOUNDS, Background
from stanch.matching.indexing import REPEATS, first_occurrences
from stanch.matching.kinds import covered
from stanch.matching.rarity import is_common, weights, weights_of
from stanch.values import GRAM, Fingerprint


class Weighed(NamedTuple):
    """How much the grams of an entry say, and which of its symbols count.

    Parameters
    ----------
    weight : float64 array, shape (grams,), 0 to 1; -1 of those that are common.
    common : bool array, shape (extent,): which symbols lie in common grams, or in those that repeat themselves.
    """

    weight: NDArray[np.float64]
    common: NDArray[np.bool_]

    @classmethod
    def of(
        cls,
        entry: Fingerprint,
        *,
        frequency: NDArray[np.int64],
        texts: int,
        background: Background,
        compiled: bool | None = None,
    ) -> Self:
        """Weigh an entry.

        Parameters
        ----------
        entry : its grams.
        frequency : int64 array, in how many texts of the bank each of these stands.
        texts : how many texts the bank holds.
        compiled : whether by the kernel, which does the same; by default if it is worth it, see `align`.
        """
        each = cls.of_each([entry], frequency=[frequency], texts=texts, background=background, compiled=compiled)
        return each[0]

    @classmethod
    def of_each(
        cls,
        entries: Sequence[Fingerprint],
        *,
        frequency: Sequence[NDArray[np.int64]],
        texts: int,
        background: Background,
        compiled: bool | None = None,
    ) -> list[Self]:
        """Weigh several entries; each is kept in memory of its own.

        Parameters
        ----------
        frequency : of the grams of each, as for `of`; the others are those of `of`, too.
        """
        grams = sum(map(len, entries))
        if not grams or not (Effort.is_worth_it(grams) if compiled is None else compiled):
            return [
                cls._plain(entry, known, texts, background)
                for entry, known in zip(entries, frequency, strict=True)
            ]
        if len(entries) == 1:
            return [cls._by_kernel(entries[0], frequency[0], texts, background)]
        from stanch.kernels.weighing_numba import weigh_each  # noqa: PLC0415 - imports numba

        begin = np.cumsum([0, *map(len, entries)])
        symbols = np.cumsum([0, *[int(entry.extent) for entry in entries]])
        at, bits = (np.concatenate([getattr(entry, name) for entry in entries]) for name in ("at", "bits"))
        weight, common = np.empty(len(at)), np.zeros(symbols[-1], np.bool_)
        weigh_each(
            begin, symbols, at, bits[:, 0], np.concatenate(frequency), weights_of(texts), background.as_arrays,
            BOUNDS, REPEATS, GRAM, weight, common,
        )  # fmt: skip
        ends = zip(pairwise(begin.tolist()), pairwise(symbols.tolist()), strict=True)
        return [cls(weight[low:high].copy(), common[first:last].copy()) for (low, high), (first, last) in ends]

    @classmethod
    def _by_kernel(
        cls, entry: Fingerprint, frequency: NDArray[np.int64], texts: int, background: Background
    ) -> Self:
        """Do what `of` does by the kernel for one entry, whose columns need not be put together."""
        from stanch.kernels.weighing_numba import weigh  # noqa: PLC0415 - imports numba

        weight, common = np.empty(len(entry)), np.zeros(int(entry.extent), np.bool_)
        weigh(
            own(entry.at), own(entry.bits[:, 0]), own(frequency), weights_of(texts), background.as_arrays, BOUNDS,
            REPEATS, GRAM, weight, common,
        )  # fmt: skip
        return cls(weight, common)

    @classmethod
    def _plain(cls, entry: Fingerprint, frequency: NDArray[np.int64], texts: int, background: Background) -> Self:
        """Do what `of` does by numpy."""
        known = is_common(frequency, texts) | background.common_in(entry)
        late = known | ~first_occurrences(entry.bits)
        weight = np.where(known, -1.0, weights(frequency, texts))
        return cls(weight, covered(entry.at[late], int(entry.extent)))


def own(column: NDArray[Any]) -> NDArray[Any]:
    """Return a column as all kernels are compiled for: in one piece, and one that may be written to."""
    return column if column.flags.carray else np.array(column)
