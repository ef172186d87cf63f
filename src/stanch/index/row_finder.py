"""What finds the rows that equal a query's, of as many words as there are."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from stanch.index.handles import Field
from stanch.index.key_order import LARGE, directory, from_each, in_key_order, marks_of
from stanch.index.sealed import still
from stanch.kernels import fields as f
from stanch.kernels.keys import keys_of

Words = NDArray[np.uint64]
Places = NDArray[np.int64]
_COLUMNS = ("bits", "order", "begins", "marks")

CROWD = 2
"""A bucket of the directory holds 2 to 4 rows, as logarithms of two are rounded."""

MARKS = 5
"""A mark has so many more bits than the number of a bucket; there are 8 to 16 marks a row.

A value that nobody stored finds its mark set once in nine to seventeen times; only then is the directory asked.
"""


@dataclass(frozen=True, kw_only=True, eq=False)
class RowFinder:
    """Features, and a directory of them.

    Every feature has a key, see `keys_of`. A bit tells whether any row's key begins as the query's does. Where one
    does, the directory says where in `order` the rows of that beginning stand: two to four of them, which are
    compared word by word, or more, which are halved until the first and the last that equal the query are found.
    Nothing rests on features being random: a value that a million rows share is one run, and features that share
    words have keys that are far apart.

    Parameters
    ----------
    bits : uint64 array, shape (rows, words), in the order of their entries, those of one as they came.
    order : uint32 array, shape (rows,), the rows by key, then by their words but the first, then as they stand.
    begins : uint32 array, shape (buckets + 1,), where in `order` the rows of each bucket begin. A bucket has the
        number that the first bits of a key are; there are a power of two of them.
    marks : uint8 array, a power of two in size: bit k % 8 of byte k // 8 is set if a row's key begins with k.
    """

    bits: Words
    order: NDArray[np.uint32]
    begins: NDArray[np.uint32]
    marks: NDArray[np.uint8]

    @classmethod
    def of(cls, bits: Words) -> Self:
        """Make what finds these features, fewer than 2 ** 32; they are not copied."""
        number = max(1, (len(bits) - 1).bit_length())
        width, left = max(1, number - CROWD), 64 - number
        order, cut = in_key_order(bits, np.arange(len(bits), dtype=np.uint64), np.uint64(number))
        return cls(
            bits=still(np.ascontiguousarray(bits).view()),
            order=still(order),
            begins=still(directory(cut >> np.uint64(left - width), 1 << width)),
            marks=still(marks_of(cut, left, min(left, width + MARKS))),
        )

    @classmethod
    def of_columns(cls, columns: Mapping[str, NDArray[Any]]) -> Self:
        """Take the arrays that `columns` gave; they are not copied, and must not change."""
        return cls(**{name: columns[name] for name in _COLUMNS})

    def columns(self) -> dict[str, NDArray[Any]]:
        """Return everything as named arrays, for a file."""
        return {name: getattr(self, name) for name in _COLUMNS}

    def equal(self, queries: Words, keys: Words) -> tuple[Places, Places]:
        """Return which queries equal which rows, in order; what the kernels do by `looked_up`.

        Parameters
        ----------
        queries, keys : from `with_keys`.
        """
        asked = self._marked(keys)
        if not len(asked):
            return asked, asked
        bucket = (keys[asked] >> self._to_bucket).view(np.int64)
        begin, end = self.begins[bucket].astype(np.int64), self.begins[bucket + 1].astype(np.int64)
        large = np.flatnonzero(end - begin > LARGE)
        if len(large):
            chosen = queries[asked[large]], keys[asked[large]]
            begin[large] = self._border(*chosen, begin[large], end[large], behind=False)
            end[large] = self._border(*chosen, begin[large], end[large], behind=True)
        counts = end - begin
        query, row = np.repeat(asked, counts), self.order[from_each(begin, counts)].astype(np.int64)
        equal = np.flatnonzero((self.bits[row] == queries[query]).all(axis=1))
        return query[equal], row[equal]

    def add_counts(self, queries: Words, keys: Words, rows: Places) -> None:
        """Add to `rows` how many rows equal each query, by a kernel; the parameters are those of `equal`."""
        from stanch.kernels.postings_numba import runs  # noqa: PLC0415 - only large indexes need numba

        which, begin, count = np.empty((3, len(queries)), np.int64)
        what: tuple[Any, ...] = which, begin, count
        found = runs(queries, keys, *(self.looked_up + what))
        rows[which[:found]] += count[:found]

    def may_hold(self, words: list[int], key: int) -> bool:
        """Tell whether a row may equal a query; False is sure, and so is True unless a bucket is large.

        Parameters
        ----------
        words, key : of the query; the latter from `key_of`.
        """
        mark = key >> int(self._to_mark)
        if not self.marks.item(mark >> 3) >> (mark & 7) & 1:
            return False
        begin, end = self.begins[key >> int(self._to_bucket) :][:2].tolist()
        return end - begin > LARGE or any(
            row >= len(self.bits) or self.bits[row].tolist() == words for row in self.order[begin:end].tolist()
        )

    def _marked(self, keys: Words) -> Places:
        """Return which queries have their mark set: all that equal a row, and a few that do not."""
        place = (keys >> self._to_mark).view(np.int64)
        return np.flatnonzero(self.marks[place >> 3] >> (place & 7).astype(np.uint8) & 1)

    def _border(self, queries: Words, keys: Words, low: Places, high: Places, *, behind: bool) -> Places:
        """Return where between `low` and `high` the rows begin that are not before a query, or that are behind it.

        Both are written to.
        """
        among = np.flatnonzero(low < high)
        while len(among):
            middle = (low[among] + high[among]) >> 1
            before = self._before(self.order[middle], queries[among], keys[among], behind=behind)
            low[among[before]] = middle[before] + 1
            high[among[~before]] = middle[~before]
            among = among[low[among] < high[among]]
        return low

    def _before(self, rows: NDArray[np.uint32], queries: Words, keys: Words, *, behind: bool) -> NDArray[np.bool_]:
        """Return which rows stand before queries; those that equal them do if `behind`."""
        stored = self.bits[rows]
        before = np.full(len(rows), behind)
        for word in range(stored.shape[1] - 1, 0, -1):
            before = _less(stored[:, word], queries[:, word], before)
        return _less(keys_of(stored), keys, before)

    @cached_property
    def looked_up(self) -> tuple[Any, ...]:
        """What `postings_numba.runs` takes beside the queries."""
        marks = still(self.marks.reshape(1, -1).view())
        return self.bits, self.order, self.begins, marks, self._to_mark, self._to_bucket, LARGE

    @cached_property
    def fields(self) -> dict[int, Field]:
        """What `Handles` takes of it, if features have one word; kept, as marks take longer than handles."""
        bits, order, begins, marks, to_mark, to_bucket, large = self.looked_up
        columns = {f.BITS: bits, f.ORDER: order, f.BEGINS: begins, f.LIKELY: self._with_ends(marks)}
        steps = {f.TO_BUCKET: int(to_bucket), f.TO_MARK: int(to_mark), f.LARGE: large}
        return {**columns, **steps, f.WORDS: 1, f.SORTS: 2}

    def _with_ends(self, marks: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Return marks, and behind them as many for how keys end, as `GramFinder` has them."""
        from stanch.kernels.grams_numba import fill_ends  # noqa: PLC0415 - only large indexes need numba

        ends = np.zeros_like(marks)
        fill_ends(self.bits, np.uint64(8 * marks.size), ends[0])
        return still(np.concatenate([marks, ends]))

    @cached_property
    def _to_bucket(self) -> np.uint64:
        return np.uint64(65 - (len(self.begins) - 1).bit_length())

    @cached_property
    def _to_mark(self) -> np.uint64:
        return np.uint64(65 - (8 * len(self.marks)).bit_length())


def _less(stored: Words, asked: Words, otherwise: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which are less; for those that are equal, the answer is given."""
    less: NDArray[np.bool_] = (stored < asked) | ((stored == asked) & otherwise)
    return less
