"""What stands in an archive segment: entries in order of their ids, and for each method their features.

The columns of the file; E entries, of a method F fingerprints with N features. A column all of whose rows are the
same takes the room of one.

```
id          u8  (E, 2)      each entry's UUID as two numbers, rising; its place is its ordinal
bank        u2  (E,)        which of `About.banks`
confirmed   u1  (E,)        whether somebody confirmed it
expires     i8  (E,)        seconds since 1970, or `NEVER`
medium      u1  (E,)        which of `MEDIA`
M/entries   u4  (F,)        for method M, the ordinals with such a fingerprint; absent where all have one
M/first     u4  (F + 1,)    where the features of each begin; u8 where N needs it; absent where each has one
M/extent    f8  (F,)        as in `Fingerprint`; u2 or u4 where all are whole numbers that fit, as the next three
M/at        f8  (N,)
M/start     f8  (N,)
M/end       f8  (N,)
M/index/... what finds the features: the columns of `Sealed` or `SealedPostings`, over ordinals and banks' places
```

Of grams there are millions, so that they have a way of their own: `at`, `start` and `end` are packed, and bank and
expiry of a gram are those of its entry.

```
M/entries, M/first, M/extent  as above; first is never absent
M/index/bits    u2  (N, 3)        the grams, the lowest 16 bits first; u8 (N, 1) where one does not fit in 48
M/index/order   u4  (R,)          those that are indexed, as `SealedGrams` has them
M/index/begins  u4  (B + 1,)
M/index/codes   u1  (ceil(N/2)*3) where they stand, as `Stretches` has it
M/index/book    u2  (S, 3)
M/index/odd     u4  (O,)
M/index/places  u4  (O, 3)        f8 where one is no whole number that fits
M/index/marks   u2  (ceil(N/16),)
```

By the words of `text-simhash/1` nothing is found, and where one stands follows from how many its text has. So of
them there is nothing else:

```
M/entries  u4  (F,)      as above
M/first    u4  (F + 1,)  as above
M/bits     u8  (N,)      the words, text by text
```
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import numpy as np
from numpy.typing import NDArray

from stanch.formats import write_segment
from stanch.index import Rows
from stanch.index.sealed_grams import SealedGrams
from stanch.matching.indexing import sealed_index
from stanch.values import TEXT_GRAM, TEXT_SIMHASH, Medium, Method

VERSION = 2
MOST_BANKS = 1 << 16
MOST_ENTRIES = 1 << 32

MEDIA = (Medium.FILE, Medium.IMAGE, Medium.VIDEO, Medium.SOUND, Medium.TEXT, Medium.LINK)
"""The media by their numbers in a file."""

Array = NDArray[Any]


class About(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a segment says of itself.

    Parameters
    ----------
    version : of the layout.
    banks : whose entries it holds, rising.
    texts : how many entries of each bank have grams.
    entries : how many it holds.
    methods : the ids of those by which it has fingerprints.
    """

    version: int
    banks: tuple[UUID, ...]
    texts: tuple[int, ...]
    entries: int
    methods: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Prints:
    """The fingerprints of entries by one method, in order of their ordinals.

    Parameters
    ----------
    entries : int64 array, shape (F,), the ordinals, rising.
    counts : int64 array, shape (F,), how many features each has.
    extent : float64 array, shape (F,).
    at, start, end : float64 arrays, shape (N,).
    rows : what is indexed: all of it; entries are ordinals, banks are places among those of the segment.
    """

    method: Method
    entries: NDArray[np.int64]
    counts: NDArray[np.int64]
    extent: Array
    at: Array
    start: Array
    end: Array
    rows: Rows

    def columns(self, entries: int) -> Iterator[tuple[str, Array]]:
        """Yield the columns that are needed, by their names, if there are so many entries in all."""
        yield from _owners(self.entries, entries)
        yield from _firsts(self.counts)
        for name in ("extent", "at", "start", "end"):
            yield name, _constant(_narrow(getattr(self, name)))
        if len(self.rows):
            for name, column in sealed_index(self.method, self._in_order()).columns().items():
                yield f"index/{name}", column

    def _in_order(self) -> Rows:
        """Return what is indexed in order of entry and place; postings are put in order when they are sealed."""
        rows = self.rows
        if not self.method.radius or (np.diff(rows.entry) > 0).all():
            return rows
        return rows.take(np.lexsort((rows.at, rows.entry)))


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class GramPrints:
    """The grams of texts, in order of their ordinals.

    Parameters
    ----------
    entries, counts, extent, at, start, end : as in `Prints`, the last three in whole numbers or as they come.
    bits : uint64 array, shape (N, 1).
    kept : bool array, shape (N,), which are indexed; the others repeat one of their text.
    """

    entries: NDArray[np.int64]
    counts: NDArray[np.int64]
    extent: Array
    at: Array
    start: Array
    end: Array
    bits: NDArray[np.uint64]
    kept: NDArray[np.bool_]

    @property
    def method(self) -> Method:
        """By which they were made."""
        return TEXT_GRAM

    def columns(self, entries: int) -> Iterator[tuple[str, Array]]:
        """Yield the columns that are needed, by their names, if there are so many entries in all."""
        yield from _owners(self.entries, entries)
        first = _first(self.counts)
        yield "first", first
        yield "extent", _constant(_narrow(self.extent))
        if len(self.bits):
            places = self.at, self.start, self.end
            packed = SealedGrams.packed(self.bits, self.kept, first.astype(np.int64), places)
            yield from ((f"index/{name}", column) for name, column in packed.items())


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class WordPrints:
    """What texts keep of their short grams, in order of their ordinals.

    Parameters
    ----------
    entries, counts : as in `Prints`.
    bits : uint64 array, shape (N,).
    """

    entries: NDArray[np.int64]
    counts: NDArray[np.int64]
    bits: NDArray[np.uint64]

    @property
    def method(self) -> Method:
        """By which they were made."""
        return TEXT_SIMHASH

    def columns(self, entries: int) -> Iterator[tuple[str, Array]]:
        """Yield the columns that are needed, by their names, if there are so many entries in all."""
        yield from _owners(self.entries, entries)
        yield from _firsts(self.counts)
        yield "bits", self.bits


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Contents:
    """Entries in order of their ids, before they are written.

    Parameters
    ----------
    ids : uint64 array, shape (E, 2).
    bank, confirmed, expires, medium : arrays, shape (E,).
    prints : of each method that any of them has.
    """

    banks: tuple[UUID, ...]
    ids: NDArray[np.uint64]
    bank: Array
    confirmed: Array
    expires: Array
    medium: Array
    prints: tuple[Prints | GramPrints | WordPrints, ...]

    def write(self, path: Path) -> None:
        """Write it as a segment; the errors are those of `write_segment`."""
        columns = {
            "id": self.ids,
            "bank": _constant(self.bank.astype(np.uint16)),
            "confirmed": _constant(self.confirmed.astype(np.uint8)),
            "expires": _constant(self.expires.astype(np.int64)),
            "medium": _constant(self.medium.astype(np.uint8)),
        }
        prints = sorted(self.prints, key=lambda one: one.method.id)
        for one in prints:
            columns |= {f"{one.method.id}/{name}": column for name, column in one.columns(len(self.ids))}
        about = About(
            version=VERSION,
            banks=self.banks,
            texts=self._texts(),
            entries=len(self.ids),
            methods=tuple(one.method.id for one in prints),
        )
        write_segment(path, columns, about=msgspec.msgpack.encode(about))

    def _texts(self) -> tuple[int, ...]:
        texts = np.zeros(len(self.banks), np.int64)
        for one in self.prints:
            if one.method == TEXT_GRAM:
                np.add.at(texts, self.bank[one.entries].astype(np.int64), 1)
        return tuple(texts.tolist())


def runs(starts: NDArray[np.int64], counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the numbers of stretches, one behind the other: `counts` numbers each, from `starts` on."""
    before = np.cumsum(counts) - counts
    return np.repeat(starts - before, counts) + np.arange(int(counts.sum()))


def _owners(ordinals: NDArray[np.int64], entries: int) -> Iterator[tuple[str, Array]]:
    if len(ordinals) < entries:
        yield "entries", ordinals.astype(np.uint32)


def _firsts(counts: NDArray[np.int64]) -> Iterator[tuple[str, Array]]:
    if not (counts == 1).all():
        yield "first", _first(counts)


def _first(counts: NDArray[np.int64]) -> Array:
    """Return where the features of each fingerprint begin, and where the last end."""
    first = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])
    return first.astype(np.uint32 if first[-1] < 1 << 32 else np.uint64)


def _narrow(column: Array) -> Array:
    """Return whole numbers that fit in two or four bytes as such."""
    if not len(column) or not ((column >= 0) & (column < 1 << 32)).all():
        return column
    whole = column.astype(np.uint32 if (column >= 1 << 16).any() else np.uint16)
    return whole if (whole == column).all() else column


def _constant(column: Array) -> Array:
    """Return a column, or one row of it that stands for all if they are equal."""
    if len(column) > 1 and (column == column[0]).all():
        return np.broadcast_to(column[:1], column.shape)
    return column
