"""Parts of an index that a kernel knows by lines of numbers; `index.handles` makes these.

Import this module only where a kernel is needed: it imports numba. Whoever calls a kernel keeps the arrays alive
until it returns.
"""

from typing import Any

import numpy as np
from numba.np.numpy_support import carray
from numpy.typing import NDArray

from stanch.kernels import fields as f
from stanch.kernels.gram_owners_numba import gram_hits
from stanch.kernels.jit import inlined
from stanch.kernels.lanes import pointer
from stanch.kernels.posting_owners_numba import row_hits
from stanch.kernels.stretches_numba import placed

Column = NDArray[np.float64]
Places = NDArray[np.int64]
Words = NDArray[np.uint64]


@inlined
def column_of(line: Places, field: int, kind: type[Any]) -> NDArray[Any]:
    """Return the array that stands in a field, of elements of a kind."""
    return carray(pointer(line[2 * field], kind), (line[2 * field + 1],))


@inlined
def rows_of(line: Places, field: int, kind: type[Any], width: int) -> NDArray[Any]:
    """Return the array that stands in a field, of rows of so many elements of a kind."""
    return carray(pointer(line[2 * field], kind), (line[2 * field + 1] // max(width, 1), width))


@inlined
def marks_of(line: Places) -> NDArray[np.uint8]:
    """Return the marks of a part, one line for each sort."""
    width = line[2 * f.LIKELY + 1] // line[2 * f.SORTS]
    return rows_of(line, f.LIKELY, np.uint8, width)


@inlined
def hits_of_grams(
    line: Places, queries: Words, keys: Words, now: int, limit: int, taken: Places, hits: Places, at: Column,
    first: int,
) -> int:  # fmt: skip
    """Write the hits of a part of grams; the parameters are those of `gram_hits`."""
    return gram_hits(
        queries, keys, rows_of(line, f.BITS, np.uint16, line[2 * f.WORDS]), column_of(line, f.ORDER, np.uint32),
        column_of(line, f.BEGINS, np.uint32), marks_of(line), np.uint64(line[2 * f.WIDTH]),
        np.uint64(line[2 * f.TO_BUCKET]), np.uint64(line[2 * f.TO_MARK]), line[2 * f.LARGE],
        rows_of(line, f.TABLE, np.uint64, 2), column_of(line, f.FILLED, np.uint32), line[2 * f.COUNT],
        column_of(line, f.ENTRIES, np.uint32), column_of(line, f.BANK, np.uint16),
        column_of(line, f.EXPIRES, np.int64), column_of(line, f.ASKED, np.bool_),
        column_of(line, f.DEAD, np.uint8), now, column_of(line, f.NUMBERS, np.int64), limit,
        column_of(line, f.SLOTS, np.int64), taken, line[2 * f.BASE], hits, at, first,
    )  # fmt: skip


@inlined
def hits_of_rows(
    line: Places, queries: Words, keys: Words, now: int, limit: int, taken: Places, hits: Places, at: Column,
    first: int,
) -> int:  # fmt: skip
    """Write the hits of a part of rows; the parameters are those of `row_hits`."""
    return row_hits(
        queries.reshape((len(queries), 1)), keys, rows_of(line, f.BITS, np.uint64, 1),
        column_of(line, f.ORDER, np.uint32), column_of(line, f.BEGINS, np.uint32), marks_of(line),
        np.uint64(line[2 * f.TO_MARK]), np.uint64(line[2 * f.TO_BUCKET]), line[2 * f.LARGE], line[2 * f.COUNT],
        column_of(line, f.HOLDER, np.uint32), column_of(line, f.BANK, np.uint16),
        column_of(line, f.EXPIRES, np.int64), column_of(line, f.ASKED, np.bool_),
        column_of(line, f.DEAD, np.uint8), now, column_of(line, f.HELD, np.int64),
        column_of(line, f.NUMBERS, np.int64), column_of(line, f.AT, np.float64), limit,
        column_of(line, f.SLOTS, np.int64), taken, line[2 * f.BASE], hits, at, first,
    )  # fmt: skip


@inlined
def collected(
    lines: Places, queries: Words, keys: Words, now: int, limit: int, taken: Places, hits: Places, at: Column
) -> int:
    """Write the hits of all parts, part by part; return how many they are, or `FULL`.

    Parameters
    ----------
    lines : of `index.handles.Handles`.
    queries, keys : uint64 arrays, shape (queries,).
    limit : how many entries of a bank to write for each query, of all parts together.
    taken : int64 array, shape (queries, banks that are searched), all 0, to be written to, as for `gram_hits`.
    hits, at : to be written to, as for `gram_hits`.
    """
    end = np.int64(0)
    for part in range(len(lines)):
        if lines[part, 2 * f.KIND] == f.GRAMS:
            end = hits_of_grams(lines[part], queries, keys, now, limit, taken, hits, at, end)
        else:
            end = hits_of_rows(lines[part], queries, keys, now, limit, taken, hits, at, end)
        if end < 0:
            break
    return end


@inlined
def place(lines: Places, entry: Places, at: Column) -> None:
    """Write where hits begin, in the place of what `collected` wrote."""
    for part in range(len(lines)):
        line = lines[part]
        if line[2 * f.KIND] == f.GRAMS and line[2 * f.WHOLE]:
            place_in(line, entry, rows_of(line, f.PLACES, np.uint32, 3), at)
        elif line[2 * f.KIND] == f.GRAMS:
            place_in(line, entry, rows_of(line, f.PLACES, np.float64, 3), at)


@inlined
def place_in(line: Places, entry: Places, places: NDArray[Any], at: Column) -> None:
    """Write where those hits begin that are with entries of a part of grams; the parameters are those of
    `placed`.
    """
    rows = line[2 * f.BITS + 1] // line[2 * f.WORDS]
    placed(
        entry, line[2 * f.BASE], line[2 * f.HIGHEST], rows, column_of(line, f.FIRSTS, np.uint32),
        rows_of(line, f.TABLE, np.uint64, 2), column_of(line, f.FILLED, np.uint32),
        column_of(line, f.CODES, np.uint8), rows_of(line, f.BOOK, np.uint16, 3), column_of(line, f.ODD, np.uint32),
        places, column_of(line, f.MARKS, np.uint16), at,
    )  # fmt: skip
