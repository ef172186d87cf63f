"""What archived texts keep of their short grams, as columns of a file."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from stanch.index.sealed import still
from stanch.matching.archive_layout import Array, runs
from stanch.matching.archive_prints import check_columns, check_ends
from stanch.values import TEXT_SIMHASH

Words = tuple[NDArray[np.uint64], NDArray[np.int64]]
"""The words of entries, one behind the other, and how many each has."""


NOTHING = still(np.empty(0, np.uint32))


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class ArchivedWords:
    """What a segment holds by `text-simhash/1`; the columns are those of `archive_layout`.

    Parameters
    ----------
    count : how many entries have words.
    entries, first : None where they are absent.
    bits : uint64 array, shape (words,).
    """

    count: int
    entries: NDArray[np.uint32] | None
    first: Array | None
    bits: NDArray[np.uint64]

    @classmethod
    def of_columns(cls, columns: Mapping[str, Array], *, entries: int) -> Self:
        """Take the columns without the prefix of the method, of a segment of so many entries.

        Raises
        ------
        LookupError, ValueError or TypeError
            If one is missing, or they do not fit each other.
        """
        bits, ordinals, first = columns["bits"], columns.get("entries"), columns.get("first")
        count = entries if ordinals is None else len(ordinals)
        shapes = {"entries": (count,), "first": (count + 1,), "bits": (bits.size,)}
        check_columns(TEXT_SIMHASH, columns, shapes)
        check_ends(TEXT_SIMHASH, columns, entries, count, len(bits))
        return cls(count=count, entries=ordinals, first=first, bits=bits)

    def of(self, ordinals: NDArray[np.int64]) -> Words:
        """Return the words of these entries, in any order, any of them several times.

        Returns
        -------
        uint64 array, shape (words,), those of the first, those of the second, and so on; int64 array of how many
        each has, 0 of one without.
        """
        if not self.count:
            return none(len(ordinals))
        places, held = self._places(ordinals)
        begin, end = self._stretches(places)
        counts = (end - begin) * held
        return self.bits[runs(begin, counts)], counts

    def firsts(self) -> NDArray[np.int64]:
        """Return where the words of each fingerprint begin, and after the last where they end."""
        return np.arange(self.count + 1) if self.first is None else self.first.astype(np.int64)

    def ordinals(self) -> NDArray[np.int64]:
        """Return the entries that have words."""
        return np.arange(self.count) if self.entries is None else self.entries.astype(np.int64)

    @property
    def told(self) -> tuple[NDArray[np.uint32], Array]:
        """`entries` and `first` as kernels take them: empty where they are absent."""
        return NOTHING if self.entries is None else self.entries, NOTHING if self.first is None else self.first

    def _places(self, ordinals: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Return which fingerprints are those of entries, and whether these have one; if not, any."""
        if self.entries is None:
            return np.minimum(ordinals, self.count - 1), ordinals < self.count
        wanted = ordinals.astype(np.uint32)  # as the column is, of which a copy would be made otherwise
        places = np.minimum(self.entries.searchsorted(wanted), self.count - 1)
        return places, self.entries.take(places) == wanted

    def _stretches(self, places: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return where the words of fingerprints begin and end: among `bits`, even if `first` is damaged."""
        if self.first is None:
            return places, places + 1
        begin, end = (
            np.minimum(self.first.take(places + step), len(self.bits)).astype(np.int64) for step in (0, 1)
        )
        return begin, np.maximum(begin, end)


def none(entries: int) -> Words:
    """Return what so many entries without words have."""
    return np.empty(0, np.uint64), np.zeros(entries, np.int64)
