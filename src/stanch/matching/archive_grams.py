"""The grams of texts in an archive, as columns of a file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from stanch.errors import UnknownMethodError
from stanch.index.hamming import SMALL
from stanch.index.sealed_grams import SealedGrams
from stanch.matching.archive_layout import Array
from stanch.matching.archive_prints import check_columns, check_ends, place_among
from stanch.values import TEXT_GRAM, Fingerprint, Method, Span


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class ArchivedGrams:
    """What a segment holds by `text-gram/1`; the columns are those of `archive_layout`.

    Parameters
    ----------
    count : how many texts have grams.
    features : how many grams there are.
    entries : None where all entries have grams.
    sealed : what finds the grams; None if there is none.
    """

    count: int
    features: int
    entries: NDArray[np.uint32] | None
    first: Array
    extent: Array
    sealed: SealedGrams | None

    @classmethod
    def of_columns(
        cls, columns: Mapping[str, Array], *, bank: NDArray[np.uint16], expires: NDArray[np.int64], banks: int
    ) -> Self:
        """Take the columns without the prefix of the method.

        Parameters
        ----------
        bank, expires : of each entry of the segment; `banks` says how many banks these are.

        Raises
        ------
        LookupError, ValueError or TypeError
            If one is missing, or they do not fit each other.
        """
        index = {name.removeprefix("index/"): each for name, each in columns.items() if name.startswith("index/")}
        count, features, first = len(columns["extent"]), len(index["bits"]) if index else 0, columns["first"]
        check_columns(TEXT_GRAM, columns, {"entries": (count,), "extent": (count,), "first": (count + 1,)})
        check_ends(TEXT_GRAM, columns, len(bank), count, features)
        ordinals = columns.get("entries")
        sealed = None
        if index:
            sealed = SealedGrams.of_columns(
                index, firsts=first, entries=ordinals, bank=bank, expires=expires, banks=banks
            )
        return cls(
            count=count, features=features, entries=ordinals, first=first, extent=columns["extent"], sealed=sealed
        )

    @property
    def method(self) -> Method:
        """By which they were made."""
        return TEXT_GRAM

    def holds(self, ordinal: int) -> bool:
        """Tell whether an entry has grams."""
        return place_among(self.entries, self.count, ordinal) is not None

    def held(self, ordinals: NDArray[np.uint32]) -> NDArray[np.uint32]:
        """Return those of these entries that have grams."""
        return ordinals if self.entries is None else ordinals[np.isin(ordinals, self.entries)]

    def span(self, ordinal: int, at: float) -> Span:
        """Return the stretch of the original that a gram of an entry covers, found by where it begins."""
        grams = self.grams(ordinal)
        place = int(np.searchsorted(grams.at, at))
        return Span(start=float(grams.start[place]), end=float(grams.end[place]))

    def grams(self, ordinal: int) -> Fingerprint:
        """Return the grams of an entry."""
        place = place_among(self.entries, self.count, ordinal)
        if place is None:
            raise UnknownMethodError(method=TEXT_GRAM.id, known="others, for this entry")
        if self.sealed is None:
            return Fingerprint.of(TEXT_GRAM, np.empty((0, 1), np.uint64), extent=float(self.extent[place]))
        return self._fingerprint(place, *self.sealed.of_text(place, compiled=self.features > SMALL))

    def small(self, ordinals: Sequence[int], *, most: int) -> dict[int, Fingerprint]:
        """Return the grams of those of some entries that have so many at most: sooner than one by one."""
        held = [(each, place_among(self.entries, self.count, each)) for each in ordinals]
        places = {each: place for each, place in held if place is not None}
        if self.sealed is None or not places:
            return {}
        counts = self.sealed.counts(np.array([*places.values()])).tolist()
        chosen = {
            each: place for (each, place), count in zip(places.items(), counts, strict=True) if count <= most
        }
        if self.features <= SMALL:
            return {each: self.grams(each) for each in chosen}
        unfolded = self.sealed.of_texts(np.array([*chosen.values()], np.int64))
        return {
            each: self._fingerprint(place, *grams)
            for (each, place), grams in zip(chosen.items(), unfolded, strict=True)
        }

    def _fingerprint(self, place: int, bits: NDArray[np.uint64], where: NDArray[np.float64]) -> Fingerprint:
        """Return the grams of a text, and where they stand, as a fingerprint."""
        at, start, end = where
        quality = np.full(len(at), 100, np.uint8)
        return Fingerprint(
            method=TEXT_GRAM,
            bits=bits,
            at=at,
            start=start,
            end=end,
            quality=quality,
            extent=float(self.extent[place]),
        )

    def firsts(self) -> NDArray[np.int64]:
        """Return where the grams of each text begin, and after the last where they end."""
        return self.first.astype(np.int64)

    def ordinals(self) -> NDArray[np.int64]:
        """Return the entries that have grams."""
        return np.arange(self.count) if self.entries is None else self.entries.astype(np.int64)
