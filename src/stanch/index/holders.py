"""Whose each row is: entry, bank, expiry and place, in as few bytes as they need."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from stanch.errors import InvalidValueError
from stanch.index.asked import Banks, banks_among
from stanch.index.rows import Rows

MOST_BANKS = 1 << 16
_COLUMNS = ("numbers", "holder", "bank", "banks", "expires", "at")


@dataclass(frozen=True, kw_only=True, eq=False)
class Holders:
    """Columns beside the rows of a part of an index. A column that says the same of every row has one element.

    Parameters
    ----------
    numbers : int64 array, the numbers of the entries, rising; where they follow one another, only the first.
    count : how many entries there are.
    holder : uint32 array, shape (rows,), which of the entries each row belongs to; one element where row k belongs
        to entry k.
    single : whether no two rows belong to one entry.
    bank : uint16 array, shape (rows,), which of `banks`.
    banks : int64 array, the numbers of the banks.
    expires : int64 array, shape (rows,), see `Rows`.
    at : float64 array, shape (rows,), see `Rows`.
    base : what is added to a number of `numbers` to get that of an entry.
    """

    numbers: NDArray[np.int64]
    count: int
    holder: NDArray[np.uint32]
    single: bool
    bank: NDArray[np.uint16]
    banks: NDArray[np.int64]
    expires: NDArray[np.int64]
    at: NDArray[np.float64]
    base: int = 0

    @classmethod
    def of(cls, rows: Rows) -> Self:
        """Take the columns of rows.

        Raises
        ------
        InvalidValueError
            If there are more banks than 65,536.
        """
        numbers, holder = _numbered(rows.entry)
        banks, bank = np.unique(rows.bank, return_inverse=True)
        if len(banks) > MOST_BANKS:
            raise InvalidValueError(what="rows", problem=f"are of more than {MOST_BANKS:,} banks")
        return cls(
            numbers=_still(_run(numbers), np.int64),
            count=len(numbers),
            holder=_still(holder if len(holder) else np.zeros(1), np.uint32),
            single=len(numbers) == len(rows),
            bank=_still(_constant(bank), np.uint16),
            banks=_still(banks, np.int64),
            expires=_still(_constant(rows.expires), np.int64),
            at=_still(_constant(rows.at), np.float64),
        )

    def reordered(self, sequence: NDArray[np.int64]) -> Self:
        """Return the columns of the same rows in another order.

        Parameters
        ----------
        sequence : int64 array, shape (rows,), which row stands where.
        """
        holder = sequence if len(self.holder) == 1 else self.holder[sequence]
        taken: dict[str, Any] = {
            name: _still(column[sequence] if len(column) > 1 else column, column.dtype.type)
            for name, column in (("bank", self.bank), ("expires", self.expires), ("at", self.at))
        }
        return replace(self, holder=_still(holder, np.uint32), **taken)

    def placed(self, base: int, banks: Sequence[int]) -> Self:
        """Return the same columns under other numbers: entries from `base` on, and these banks instead of
        `banks`.
        """
        return replace(self, base=base, banks=_still(np.array(banks), np.int64))

    @cached_property
    def highest(self) -> int:
        """The highest number of an entry; -1 if there is none."""
        if not self.count:
            return -1
        return self.base + int(self.numbers[0] + self.count - 1 if self._in_a_row else self.numbers[-1])

    @property
    def lowest(self) -> int:
        """The lowest number of an entry; 0 if there is none."""
        return self.base + int(self.numbers[0]) if self.count else 0

    @cached_property
    def banks_rise(self) -> bool:
        """Whether banks are in order of their numbers, as hits have to be."""
        return bool((np.diff(self.banks) > 0).all())

    @classmethod
    def of_columns(cls, columns: Mapping[str, NDArray[Any]]) -> Self:
        """Take the arrays that `columns` gave."""
        count, single = columns["entries"].tolist()
        named: dict[str, Any] = {name: columns[name] for name in _COLUMNS}
        return cls(count=count, single=bool(single), **named)

    def columns(self) -> dict[str, NDArray[Any]]:
        """Return everything as named arrays, for a file."""
        return {"entries": np.array([self.count, self.single]), **{name: getattr(self, name) for name in _COLUMNS}}

    @property
    def asked(self) -> tuple[NDArray[np.uint16], NDArray[np.int64], NDArray[np.uint32]]:
        """What the kernels ask of a row: its bank, its expiry, its entry."""
        return self.bank, self.expires, self.holder

    @cached_property
    def _numbers_of_banks(self) -> tuple[int, ...]:
        return tuple(self.banks.tolist())

    def among(self, banks: Iterable[int]) -> Banks | None:
        """Return which of the banks are among these; None if none is."""
        return banks_among(self._numbers_of_banks, tuple(banks))

    def radii(self, radius: Mapping[int, int]) -> NDArray[np.int64]:
        """Return the radius of each of `banks`; -1 for those that are not asked."""
        return np.array([radius.get(bank, -1) for bank in self._numbers_of_banks], dtype=np.int64)

    def no_dead(self) -> NDArray[np.uint8]:
        """Return a bit for each entry, none set."""
        return np.zeros(self.count // 8 + 1, np.uint8)

    def entries(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the numbers of the entries of these rows."""
        places = self.places_of(rows)
        return places + (self.base + self.numbers[0]) if self._in_a_row else self.base + self.numbers[places]

    def places_of(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return which of the entries these rows belong to."""
        return rows if len(self.holder) == 1 else self.holder[rows].astype(np.int64)

    def bank_numbers(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the numbers of the banks of these rows."""
        return np.asarray(self.banks[_of(self.bank, rows)])

    def places(self, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return where in their entries these rows begin."""
        return _of(self.at, rows)

    def expiries(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return when these rows expire."""
        return _of(self.expires, rows)

    def alive(self, rows: int, dead: NDArray[np.uint8]) -> NDArray[np.bool_]:
        """Return which of so many rows are not of a dead entry."""
        gone = np.unpackbits(dead, bitorder="little")[: self.count].view(np.bool_)
        alive: NDArray[np.bool_] = ~gone[self.places_of(np.arange(rows))]
        return alive

    def find(self, entries: Iterable[int]) -> NDArray[np.int64]:
        """Return the places of those of these entries that are here."""
        places = self.each_place(np.fromiter(set(entries), dtype=np.int64))
        return places[places >= 0]

    def each_place(self, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the place of each of these entries; -1 of those that are not here."""
        wanted = numbers - self.base
        if not self.count:
            return np.full(len(wanted), -1)
        if self._in_a_row:
            places = wanted - self.numbers[0]
            here = (places >= 0) & (places < self.count)
        else:
            places = np.minimum(np.searchsorted(self.numbers, wanted), self.count - 1)
            here = self.numbers[places] == wanted
        return np.where(here, places, -1)

    @cached_property
    def rows_of_each(self) -> NDArray[np.int64]:
        """How many rows each entry has."""
        return np.bincount(self.holder.astype(np.int64), minlength=self.count)

    def rows_held(self, places: NDArray[np.int64]) -> int:
        """Return how many rows these entries have together."""
        return len(places) if self.single else int(self.rows_of_each[places].sum())

    @property
    def _in_a_row(self) -> bool:
        return len(self.numbers) != self.count or self.count == 1


def _numbered(entry: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the entries in order, and which of them each row belongs to; nothing if row k belongs to entry k."""
    steps = np.diff(entry)
    if (steps > 0).all():
        return entry, np.empty(0, np.int64)
    if (steps < 0).any():
        numbers, holder = np.unique(entry, return_inverse=True)
        return numbers, holder
    first = np.concatenate([np.ones(1, np.bool_), steps > 0])
    return entry[first], np.cumsum(first) - 1


def _run(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return numbers, or the first alone if each is one more than the last."""
    follow = len(numbers) > 1 and numbers[-1] - numbers[0] == len(numbers) - 1
    return numbers[:1] if follow else numbers


def _constant(column: NDArray[Any]) -> NDArray[Any]:
    """Return a column, or one element of it if all are equal."""
    return column[:1] if len(column) > 1 and (column == column[0]).all() else column


def _of(column: NDArray[Any], rows: NDArray[np.int64]) -> NDArray[Any]:
    return np.broadcast_to(column, rows.shape) if len(column) == 1 else column[rows]


def _still(column: NDArray[Any], kind: type) -> NDArray[Any]:
    """Return a column of this kind that cannot be written to, laid out as the kernels expect it."""
    settled: NDArray[Any] = np.array(column, dtype=kind)
    settled.flags.writeable = False
    return settled
