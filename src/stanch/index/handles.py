"""Parts of an index as lines of numbers: kernels take these in the place of some thirty arrays a part.

A kernel waits for each array that it is handed: what Python knows of it is far from the processor by the time of
the next search.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from stanch.kernels import fields

Field = NDArray[Any] | int

MOST_COUNTS = 1 << 16
"""Parts count together while there are no more pairs of a query and a bank than these: room of 512 kilobytes."""

_KINDS = {
    fields.ORDER: np.uint32,
    fields.BEGINS: np.uint32,
    fields.LIKELY: np.uint8,
    fields.BANK: np.uint16,
    fields.EXPIRES: np.int64,
    fields.ASKED: np.bool_,
    fields.SLOTS: np.int64,
    fields.NUMBERS: np.int64,
    fields.DEAD: np.uint8,
}
_OF_GRAMS = {
    fields.BITS: np.uint16,
    fields.TABLE: np.uint64,
    fields.FILLED: np.uint32,
    fields.ENTRIES: np.uint32,
    fields.FIRSTS: np.uint32,
    fields.CODES: np.uint8,
    fields.BOOK: np.uint16,
    fields.ODD: np.uint32,
    fields.MARKS: np.uint16,
}
_OF_ROWS = {
    fields.BITS: np.uint64,
    fields.HOLDER: np.uint32,
    fields.HELD: np.int64,
    fields.AT: np.float64,
}
_NUMBERS = {
    fields.GRAMS: {*range(fields.FIELDS)} - _KINDS.keys() - _OF_GRAMS.keys() - {fields.PLACES},
    fields.ROWS: {*range(fields.HOLDER)} - _KINDS.keys() - {fields.BITS},
}
"""The fields that are numbers, of both kinds of parts."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Handles:
    """Parts of an index, as kernels are told of them.

    Parameters
    ----------
    lines : int64 array, shape (parts, 2 * FIELDS), see `kernels.fields`.
    banks : how many banks are searched.
    kept : the arrays whose addresses stand there, which live as long as this does.
    """

    lines: NDArray[np.int64]
    banks: int
    kept: tuple[NDArray[Any], ...]

    def suit(self, queries: int) -> bool:
        """Whether so many queries can be looked up at a time."""
        return queries * self.banks <= MOST_COUNTS

    @classmethod
    def of(cls, parts: Sequence[Mapping[int, Field]], banks: int) -> Self:
        """Take the fields of parts.

        Raises
        ------
        ValueError
            If one is missing, or there is one too many.
        """
        lines, kept = np.zeros((len(parts), 2 * fields.FIELDS), np.int64), []
        for line, part in zip(lines, parts, strict=True):
            kinds = _kinds(part)
            if part.keys() != kinds.keys() | _NUMBERS[int(part[fields.KIND])]:
                raise ValueError("a part of an index has other fields than kernels know")
            for field, value in part.items():
                if isinstance(value, np.ndarray):
                    column = np.require(value, kinds[field], ["C", "A"])
                    line[2 * field : 2 * field + 2] = column.ctypes.data, column.size
                    kept.append(column)
                else:
                    line[2 * field] = value
        return cls(lines=lines, banks=banks, kept=tuple(kept))


def _kinds(part: Mapping[int, Field]) -> dict[int, type]:
    """Return of which type the arrays of a part are."""
    if part[fields.KIND] == fields.ROWS:
        return _KINDS | _OF_ROWS
    return _KINDS | _OF_GRAMS | {fields.PLACES: np.uint32 if part[fields.WHOLE] else np.float64}
