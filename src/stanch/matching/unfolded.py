"""Entries that texts were compared with lately, unfolded: what is known is posted again and again."""

from collections.abc import Collection

from stanch.matching.catalogue import Catalogue
from stanch.matching.listed import Listed
from stanch.values import Fingerprint

MOST = 400_000
"""So many grams are kept, of 33 bytes each: those of some 4,000 texts."""

LARGEST = MOST // 16
"""Entries of more grams are not kept: one would take the place of many."""

SMALL = 2048
"""Entries of no more grams are read together: those of posts."""


class Unfolded:
    """The entries of a catalogue with their grams, read when they are first asked for.

    An entry that has a number never changes, so what is kept is right; it is forgotten when banks change, so that
    nothing stays in memory that was removed.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._kept: dict[int, tuple[Listed, Fingerprint]] = {}
        self._grams = 0

    def __len__(self) -> int:
        return len(self._kept)

    def of(self, number: int) -> tuple[Listed, Fingerprint]:
        """Return an entry by its number, and its grams."""
        known = self._kept.get(number)
        if known is None:
            listed = self._catalogue.listed(number)
            known = listed, listed.grams()
            self._keep(number, known)
        return known

    def together(self, numbers: Collection[int]) -> dict[int, tuple[Listed, Fingerprint]]:
        """Return several entries, and keep them: sooner than one by one. Large ones are left out."""
        found = {number: self._kept[number] for number in numbers if number in self._kept}
        new = self._catalogue.small([number for number in numbers if number not in found], most=SMALL)
        for number, known in new.items():
            self._keep(number, known)
        return found | new

    def clear(self) -> None:
        """Forget all."""
        self._kept.clear()
        self._grams = 0

    def _keep(self, number: int, known: tuple[Listed, Fingerprint]) -> None:
        """Keep an entry; those that were kept first go."""
        grams = len(known[1])
        if not 0 < grams <= LARGEST:
            return
        self._kept[number] = known
        self._grams += grams
        while self._grams > MOST:
            _, gone = self._kept.pop(next(iter(self._kept)))
            self._grams -= len(gone)
