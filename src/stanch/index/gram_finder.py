"""What finds the grams that equal a query's, in ten bytes each."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from stanch.index.gram_columns import joined_words, narrowed, width_of
from stanch.index.handles import Field
from stanch.index.key_order import LARGE, directory, from_each, in_key_order
from stanch.index.sealed import still
from stanch.kernels import fields as f

CROWD = 4
"""A bucket of the directory holds 8 to 16 rows, as logarithms of two are rounded."""

MARKS = 7
"""A mark has so many more bits than the number of a bucket, or as many as tags have: up to 16 marks a row."""

NUMBER = 32
"""Bits of a place in `order`: a row's number, and above it as many bits of its key as are left."""

Places = NDArray[np.int64]
Words = NDArray[np.uint64]
_COLUMNS = ("bits", "order", "begins")


@dataclass(frozen=True, kw_only=True, eq=False)
class GramFinder:
    """Grams, and a directory of those that are indexed.

    A gram is one word, and most fit in 48 bits. A bucket of the directory leads to some ten places in `order`, in
    order of their keys; each holds beside a row's number the next bits of its key, its tag, so that few rows are
    looked at in vain.

    Parameters
    ----------
    bits : the grams of texts, one text behind the other, each in order of place: uint16 array, shape (rows, 3),
        the lowest 16 bits first; uint64 array, shape (rows, 1), where one needs more than 48.
    order : uint32 array, the rows that are indexed, by key, then as they stand; tags above the numbers.
    begins : uint32 array, shape (buckets + 1,), where in `order` each bucket begins; a power of two of them.
    """

    bits: NDArray[Any]
    order: NDArray[np.uint32]
    begins: NDArray[np.uint32]

    @staticmethod
    def packed(bits: Words, kept: NDArray[np.bool_]) -> dict[str, NDArray[Any]]:
        """Return the columns of rows for a file, fewer than 2 ** 32; the parameters are those of
        `SealedGrams.packed`.
        """
        number = width_of(len(bits))
        order, cut = in_key_order(bits, np.flatnonzero(kept).astype(np.uint64), np.uint64(number))
        width = max(1, width_of(len(order)) - CROWD)
        tags = cut >> np.uint64(NUMBER - width) & np.uint64((1 << NUMBER - number) - 1)
        return {
            "bits": narrowed(bits),
            "order": order | (tags << np.uint64(number)).astype(np.uint32),
            "begins": directory(cut >> np.uint64(64 - number - width), 1 << width),
        }

    @classmethod
    def of_columns(cls, columns: Mapping[str, NDArray[Any]]) -> Self:
        """Take the arrays that `packed` gave; they are not copied, and must not change.

        Raises
        ------
        KeyError or ValueError
            If one is missing, or they do not fit each other.
        """
        bits, order, begins = (columns[name] for name in _COLUMNS)
        kinds = [(bits.dtype.str[1:], bits.shape[1:]), (order.dtype.str[1:], order.ndim), begins.dtype.str[1:]]
        buckets = len(begins) - 1
        fit = [
            kinds[0] in [("u2", (3,)), ("u8", (1,))] and kinds[1:] == [("u4", 1), "u4"],
            begins.ndim == 1 and buckets > 1 and buckets & (buckets - 1) == 0,
            0 < len(order) <= len(bits),
        ]
        if not all(fit):
            raise ValueError(f"the index of {len(bits)} grams does not fit them")
        return cls(bits=bits, order=order, begins=begins)

    @cached_property
    def kept(self) -> NDArray[np.bool_]:
        """Which rows are indexed."""
        kept = np.zeros(len(self.bits), np.bool_)
        kept[self.rows(np.arange(len(self.order)))] = True
        return kept

    def rows(self, places: Places) -> Places:
        """Return the rows at places of `order`."""
        return self.order[places].astype(np.int64) & (1 << int(self._width)) - 1

    def words(self, first: int, last: int) -> Words:
        """Return the grams of rows, shape (last - first, 1)."""
        rows = self.bits[first:last]
        return np.asarray(rows, np.uint64) if rows.shape[1] == 1 else joined_words(rows).reshape(-1, 1)

    def equal(self, queries: Words, keys: Words) -> tuple[Places, Places]:
        """Return which queries equal which rows, in order; what the kernels do by `looked_up`.

        Parameters
        ----------
        queries, keys : from `with_keys`.
        """
        bucket = (keys >> self._to_bucket).view(np.int64)
        begin, end = self.begins[bucket].astype(np.int64), self.begins[bucket + 1].astype(np.int64)
        query, place = np.repeat(np.arange(len(keys)), end - begin), from_each(begin, end - begin)
        tags = self.order[place] >> np.uint32(self._width) if self._width < NUMBER else np.zeros(len(place))
        tag = keys[query] >> self._to_bucket - np.uint64(NUMBER) + self._width
        alike = np.flatnonzero(tags == (tag & np.uint64((1 << NUMBER - int(self._width)) - 1)))
        query, row = query[alike], self.rows(place[alike])
        equal = np.flatnonzero(self._words_of(row) == queries[query, 0])
        return query[equal], row[equal]

    @cached_property
    def looked_up(self) -> tuple[Any, ...]:
        """What `grams_numba.gram_runs` takes beside the queries."""
        steps = self._width, self._to_bucket, self._to_bucket - self._more
        return self.bits, self.order, self.begins, self._likely(), *steps, LARGE

    @property
    def fields(self) -> dict[int, Field]:
        """What `Handles` takes of it."""
        bits, order, begins, likely, width, to_bucket, to_mark, large = self.looked_up
        columns = {f.BITS: bits.view(np.uint16), f.ORDER: order, f.BEGINS: begins, f.LIKELY: likely}
        steps = {f.WIDTH: int(width), f.TO_BUCKET: int(to_bucket), f.TO_MARK: int(to_mark), f.LARGE: large}
        return {**columns, **steps, f.WORDS: 3 if bits.shape[1] > 1 else 4, f.SORTS: len(likely)}

    def _words_of(self, rows: Places) -> Words:
        if self.bits.shape[1] == 1:
            return np.asarray(self.bits[rows, 0])
        return joined_words(self.bits[rows])

    def _likely(self) -> NDArray[np.uint8]:
        """Return a bit for each beginning that a key may have, set where a row's key has it, and one for each end.

        Of what is not stored one in six has a beginning that is, and of these one in six an end. In memory of its
        own, since that comes in large pages: a look-up in vain then costs one step out of the processor, and not
        three. To say how keys end, all grams are read once.
        """
        from stanch.kernels.grams_numba import fill_ends, fill_likely  # noqa: PLC0415 - only large indexes need it

        marks = len(self.begins) - 1 << int(self._more)
        likely = np.empty((2, max(1, marks >> 3)), np.uint8)
        likely[:] = 0
        fill_likely(self.order, self.begins, self._width, self._more, likely[0])
        fill_ends(self.bits, np.uint64(marks), likely[1])
        return still(likely)

    @cached_property
    def _width(self) -> np.uint64:
        return np.uint64(width_of(len(self.bits)))

    @cached_property
    def _more(self) -> np.uint64:
        return np.uint64(max(0, min(MARKS, NUMBER - int(self._width))))

    @cached_property
    def _to_bucket(self) -> np.uint64:
        return np.uint64(65 - (len(self.begins) - 1).bit_length())
