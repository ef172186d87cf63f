"""Where grams begin in their texts, and which stretches of the originals they cover, in a byte and a half each."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from stanch.index.handles import Field
from stanch.index.sealed import still
from stanch.kernels import fields as f

CODES = (1 << 12) - 1
"""So many different steps have a code; the next higher number stands for all others."""

STEP = 64
"""Of each of the three numbers of a step, those below this may have a code."""

LONGEST = 256
"""At the latest after so many rows of a text one is told as it is, so that no long way leads back to it."""

LOT = 1 << 20
"""Rows that are packed at a time."""

Places = NDArray[np.int64]
_COLUMNS = ("codes", "book", "odd", "places", "marks")

EVERY = 16
"""Where every 16th row begins is marked, so that at most 15 steps lead to any other."""

UNMARKED = (1 << 16) - 1


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Stretches:
    """Of each row of texts: `at`, where it begins in symbols, and `start` and `end` in the original.

    From one row of a text to the next these take small steps, and of these a few thousand tell nearly all: how
    far `at` and `start` are from those of the row before, or from 0, and how far `end` is from `start`. Each row
    has the number of its step in a book, the most frequent first; rows whose step is not in the book are told as
    they are.

    Parameters
    ----------
    codes : uint8 array, shape (3 * ceil(rows / 2),): three bytes hold the 12 bits of two rows, the lower first.
    book : uint16 array, shape (steps, 3), at most `CODES` of them.
    odd : uint32 array, the rows that are told as they are, rising.
    places : uint32 or float64 array, shape (len(odd), 3): `at`, `start` and `end` of these.
    marks : uint16 array, shape (ceil(rows / 16),): `at` of rows 0, 16 and so on; `UNMARKED` where it does not fit.
    """

    codes: NDArray[np.uint8]
    book: NDArray[np.uint16]
    odd: NDArray[np.uint32]
    places: NDArray[Any]
    marks: NDArray[np.uint16]

    @classmethod
    def of(cls, at: NDArray[Any], start: NDArray[Any], end: NDArray[Any], firsts: Places) -> Self:
        """Pack the columns of rows; `firsts` says where each text begins, and where the last ends."""
        steps = np.concatenate(
            [np.empty(0, np.int32), *(_steps(at, start, end, firsts, *lot) for lot in _lots(len(at)))]
        )
        book, numbers = _book(steps)
        codes = np.where(steps < 0, CODES, numbers[steps]).astype(np.uint16)
        odd = np.flatnonzero(codes == CODES)
        places = np.column_stack([at[odd], start[odd], end[odd]]).astype(np.float64)
        whole = ((places >= 0) & (places < 1 << 32)).all() and (places == np.floor(places)).all()
        return cls(
            codes=still(_packed(codes)),
            book=still(book),
            odd=still(odd.astype(np.uint32)),
            places=still(places.astype(np.uint32) if whole else places),
            marks=still(_marks(at[::EVERY])),
        )

    @classmethod
    def of_columns(cls, columns: Mapping[str, NDArray[Any]], rows: int) -> Self:
        """Take the arrays that `columns` gave for so many rows.

        Raises
        ------
        KeyError or ValueError
            If one is missing, or they do not fit each other.
        """
        made = cls(**{name: columns[name] for name in _COLUMNS})
        steps, odd = len(made.book), len(made.odd)
        kinds = [column.dtype.str[1:] for column in (made.codes, made.book, made.odd, made.marks)]
        fit = [
            made.codes.shape == (3 * ((rows + 1) // 2),),
            made.book.shape == (steps, 3) and steps <= CODES,
            made.odd.shape == (odd,) and (not odd or int(made.odd[-1]) < rows),
            made.places.shape == (odd, 3),
            made.marks.shape == ((rows + EVERY - 1) // EVERY,),
            kinds == ["u1", "u2", "u4", "u2"] and made.places.dtype.str[1:] in {"u4", "f8"},
        ]
        if not all(fit):
            raise ValueError(f"the stretches of {rows} rows do not fit each other")
        return made

    def columns(self) -> dict[str, NDArray[Any]]:
        """Return everything as named arrays, for a file."""
        return {name: getattr(self, name) for name in _COLUMNS}

    @property
    def told(self) -> tuple[NDArray[np.uint8], NDArray[np.uint16], NDArray[np.uint32], NDArray[Any]]:
        """What the kernels take, beside the marks."""
        return self.codes, self.book, self.odd, self.places

    @property
    def fields(self) -> dict[int, Field]:
        """What `Handles` takes of it."""
        columns: dict[int, Field] = {
            f.CODES: self.codes,
            f.BOOK: self.book,
            f.ODD: self.odd,
            f.PLACES: self.places,
        }
        return {**columns, f.MARKS: self.marks, f.WHOLE: int(self.places.dtype.kind == "u")}

    def of_text(self, first: int, last: int, *, compiled: bool) -> NDArray[np.float64]:
        """Return `at`, `start` and `end` of the rows of one text, shape (3, last - first)."""
        if not compiled:
            return self.unpacked(first, np.array([first, last]))
        from stanch.kernels.stretches_numba import unfolded  # noqa: PLC0415 - only large indexes need numba

        out = np.empty((3, last - first))
        unfolded(np.int64(first), np.int64(last), *self.told, out)
        return out

    def all(self, firsts: Places) -> NDArray[Any]:
        """Return `at`, `start` and `end` of all rows, shape (3, rows), in four bytes each if all are whole.

        Parameters
        ----------
        firsts : where each text begins, and where the last ends.
        """
        out = np.empty((3, int(firsts[-1])), self.places.dtype)
        low = 0
        while low < len(firsts) - 1:
            high = max(low + 1, int(firsts.searchsorted(firsts[low] + LOT)))
            high = min(high, len(firsts) - 1)
            out[:, firsts[low] : firsts[high]] = self.unpacked(int(firsts[low]), firsts[low : high + 1])
            low = high
        return out

    def unpacked(self, first: int, firsts: Places) -> NDArray[np.float64]:
        """Return `at`, `start` and `end` of rows from `first` on, shape (3, rows); `firsts` as for `of`.

        Each is so many steps behind the last row that is told, or behind the beginning of its text.
        """
        last = int(firsts[-1])
        codes = self._codes(first, last)
        coded = codes < len(self.book)
        steps = np.zeros((3, last - first), np.int64)
        steps[:, coded] = self.book[codes[coded]].T
        walked = np.cumsum(steps[:2], axis=1)
        begins = np.unique(firsts[firsts < last]) - first
        told = np.flatnonzero(~coded)
        place = np.searchsorted(self.odd, told + first)
        known = np.zeros((3, last - first))
        known[:, told] = self.places[place].T
        since = np.zeros_like(walked)
        since[:, begins] = walked[:, begins] - steps[:2, begins]
        since[:, told] = walked[:, told]
        anchor = np.zeros(last - first, np.int64)
        anchor[begins], anchor[told] = begins, told
        anchor = np.maximum.accumulate(anchor)
        out = np.empty((3, last - first))
        out[:2] = known[:2, anchor] + (walked - since[:, anchor])
        out[2] = np.where(coded, out[1] + steps[2], known[2])
        return out

    def _codes(self, first: int, last: int) -> NDArray[np.uint16]:
        low, pairs = first // 2, (last + 1) // 2
        shared = self.codes[3 * low : 3 * pairs].reshape(-1, 3).astype(np.uint16)
        both = np.empty((len(shared), 2), np.uint16)
        both[:, 0] = shared[:, 0] | (shared[:, 1] & 15) << 8
        both[:, 1] = shared[:, 2] << 4 | shared[:, 1] >> 4
        return both.reshape(-1)[first - 2 * low : last - 2 * low]


def _lots(rows: int) -> Iterator[tuple[int, int]]:
    for low in range(0, rows, LOT):
        yield low, min(low + LOT, rows)


def _steps(
    at: NDArray[Any], start: NDArray[Any], end: NDArray[Any], firsts: Places, low: int, high: int
) -> NDArray[np.int32]:
    """Return the steps of some rows as one number each; -1 where they have to be told as they are."""
    rows = np.arange(low, high)
    within = rows - firsts[np.searchsorted(firsts, rows, side="right") - 1]
    numbers = np.zeros((3, high - low + 1))
    for column, values in zip(numbers, (at, start, end), strict=True):
        column[1:] = values[low:high]
        if low:
            column[0] = values[low - 1]
    whole = ((numbers >= 0) & (numbers < 1 << 32) & (numbers == np.floor(numbers))).all(axis=0)
    before = np.where(within == 0, 0, numbers[:2, :-1])
    three = np.stack([*(numbers[:2, 1:] - before), numbers[2, 1:] - numbers[1, 1:]])
    small = ((three >= 0) & (three < STEP)).all(axis=0)
    coded = small & whole[1:] & (whole[:-1] | (within == 0)) & ((within == 0) | (within % LONGEST > 0))
    one = three.clip(0, STEP - 1).astype(np.int32)
    return np.where(coded, (one[0] * STEP + one[1]) * STEP + one[2], -1).astype(np.int32)


def _book(steps: NDArray[np.int32]) -> tuple[NDArray[np.uint16], NDArray[np.uint16]]:
    """Return the steps that get codes, and the code of each step; `CODES` for those that get none."""
    counts = np.bincount(steps[steps >= 0], minlength=STEP**3)
    chosen = np.argsort(-counts, kind="stable")[: min(CODES, int((counts > 0).sum()))]
    numbers = np.full(STEP**3, CODES, np.uint16)
    numbers[chosen] = np.arange(len(chosen))
    book = np.column_stack([chosen // STEP**2, chosen // STEP % STEP, chosen % STEP]).astype(np.uint16)
    return book, numbers


def _marks(at: NDArray[Any]) -> NDArray[np.uint16]:
    """Return places that fit in 16 bits as such, and `UNMARKED` for others."""
    fit = (at >= 0) & (at < UNMARKED) & (at == np.floor(at))
    return np.where(fit, at, UNMARKED).astype(np.uint16)


def _packed(codes: NDArray[np.uint16]) -> NDArray[np.uint8]:
    """Put two codes of 12 bits into three bytes each."""
    both = np.concatenate([codes, np.zeros(len(codes) % 2, np.uint16)]).reshape(-1, 2)
    packed = np.empty((len(both), 3), np.uint8)
    packed[:, 0] = both[:, 0] & 0xFF
    packed[:, 1] = both[:, 0] >> 8 | (both[:, 1] & 15) << 4
    packed[:, 2] = both[:, 1] >> 4
    return packed.reshape(-1)
