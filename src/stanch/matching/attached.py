"""An archive below a catalogue: what of it still holds, under the catalogue's numbers."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

import numpy as np

from stanch.errors import UnknownMethodError
from stanch.matching.archive import BITS, Archive, number_of, place_of
from stanch.matching.archive_segment import ArchiveSegment
from stanch.matching.bank import Bank
from stanch.matching.indexing import SealedIndex
from stanch.matching.simhashes import Held
from stanch.values import TEXT_GRAM, Fingerprint, Medium, Method, Span


@dataclass(frozen=True, kw_only=True, slots=True)
class ArchivedEntry:
    """An entry of a segment, read as it is asked for; see `Listed`."""

    bank: Bank
    bank_number: int
    segment: ArchiveSegment
    ordinal: int

    @property
    def id(self) -> str:
        """Its id."""
        return self.segment.id_of(self.ordinal)

    @property
    def confirmed(self) -> bool:
        """Whether somebody confirmed it."""
        return bool(self.segment.confirmed[self.ordinal])

    @property
    def medium(self) -> Medium:
        """What it shows."""
        return self.segment.medium_of(self.ordinal)

    def span(self, method: Method, at: float) -> Span:
        """Return the stretch of the original that a feature covers."""
        prints = self.segment.held_by(method.id)
        if prints is None:
            raise UnknownMethodError(method=method.id, known="others, for this entry")
        return prints.span(self.ordinal, at)

    def grams(self) -> Fingerprint:
        """Return its grams."""
        if self.segment.grams is None:
            raise UnknownMethodError(method=TEXT_GRAM.id, known="others, for this entry")
        return self.segment.grams.grams(self.ordinal)


class Attached:
    """An archive, the numbers of its banks, and which of its entries were removed since.

    Parameters
    ----------
    numbers : of each bank of its segments.
    """

    def __init__(self, archive: Archive, numbers: Mapping[UUID, int]) -> None:
        self._archive = archive
        self._banks = [[numbers[bank] for bank in segment.banks] for segment in archive.segments]
        self._removed: set[int] = set()
        self._words = Held.of(
            {
                number_of(place, 0) >> BITS: segment.words
                for place, segment in enumerate(archive.segments)
                if segment.words is not None
            }
        )

    def indexes(self, method: Method) -> list[SealedIndex]:
        """Return what finds features of a method, under the catalogue's numbers."""
        return list(self._indexes(method))

    def dead(self, method: Method) -> Iterator[list[int]]:
        """Yield the numbers of entries that such an index holds and that were dead already, segment by segment."""
        for place, (segment, dead) in enumerate(zip(self._archive.segments, self._archive.dead, strict=True)):
            prints = segment.held_by(method.id)
            if prints is not None and len(dead):
                yield (prints.held(dead).astype(np.int64) + number_of(place, 0)).tolist()

    def texts(self) -> Counter[int]:
        """Return how many entries of each bank have grams."""
        texts = Counter[int]()
        for segment, dead, banks in zip(self._archive.segments, self._archive.dead, self._banks, strict=True):
            texts.update(dict(zip(banks, segment.texts, strict=True)))
            if segment.grams is not None:
                gone = segment.grams.held(dead)
                texts.subtract(banks[bank] for bank in segment.bank[gone].tolist())
        return texts

    def number(self, bank: int, entry_id: str) -> int | None:
        """Return the number of an entry of a bank; None if it is not here, or no longer."""
        number = self._archive.number(entry_id)
        if number is None or number in self._removed:
            return None
        segment, ordinal = place_of(number)
        return number if self._bank_of(segment, ordinal) == bank else None

    def listed(self, number: int, banks: Mapping[int, Bank]) -> ArchivedEntry:
        """Return the entry of a number; `banks` are those of the catalogue."""
        segment, ordinal = place_of(number)
        bank = self._bank_of(segment, ordinal)
        return ArchivedEntry(
            bank=banks[bank], bank_number=bank, segment=self._archive.segments[segment], ordinal=ordinal
        )

    def small(self, numbers: Iterable[int], *, most: int) -> dict[int, Fingerprint]:
        """Return the grams of those of some entries that have so many at most."""
        ordinals = defaultdict[int, list[int]](list)
        for segment, ordinal in map(place_of, numbers):
            ordinals[segment].append(ordinal)
        small = dict[int, Fingerprint]()
        for segment, some in ordinals.items():
            grams = self._archive.segments[segment].grams
            if grams is not None:
                found = grams.small(some, most=most)
                small.update({number_of(segment, ordinal): each for ordinal, each in found.items()})
        return small

    @property
    def words(self) -> Held:
        """What segments hold by `text-simhash/1`."""
        return self._words

    def has_grams(self, number: int) -> bool:
        """Tell whether an entry has grams."""
        segment, ordinal = place_of(number)
        grams = self._archive.segments[segment].grams
        return grams is not None and grams.holds(ordinal)

    def remove(self, numbers: Iterable[int]) -> None:
        """Forget entries."""
        self._removed.update(numbers)

    def _bank_of(self, segment: int, ordinal: int) -> int:
        return self._banks[segment][int(self._archive.segments[segment].bank[ordinal])]

    def _indexes(self, method: Method) -> Iterator[SealedIndex]:
        for place, (segment, banks) in enumerate(zip(self._archive.segments, self._banks, strict=True)):
            prints = segment.held_by(method.id)
            if prints is not None and prints.sealed is not None:
                of_rows = [banks[bank] for bank in prints.sealed.places_of_banks.tolist()]
                yield prints.sealed.placed(number_of(place, 0), of_rows)
