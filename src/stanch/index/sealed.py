"""Rows that no longer change, and what finds those near a query: tables, groups, or nothing but the rows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from stanch.index.holders import Holders
from stanch.index.rows import Hits, Rows
from stanch.kernels.ring import Chunks, Plan, plan_for, probes_within

Arrays = Mapping[str, NDArray[Any]]

PROBE, SCAN, ROW = 30.0, 0.8, 2.0
"""What it costs to look one value up, to compare one tag, and to compare one row of a scan; nanoseconds,
measured."""

TOGETHER = 4096
"""So many queries go through the tables together: what one has fetched of a table is there for the next."""

EACH = 256
"""Hits that there is room for, a query, where many go together. Room that is not written to takes no memory."""

ROOM, MOST_ROOM = 4096, 1 << 20
"""Hits that there is room for at first, and in the end; then what one query finds needs no more room at once."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Tables:
    """The first rows by each of their chunks; the arrays are those of `kernels.ring_numba.fill_table`.

    Parameters
    ----------
    begins : uint32 array, the tables of all chunks, one behind the other.
    rows : uint8 array, row numbers of `row_size` bytes, those of each chunk behind those of the one before.
    tags : uint16 array, likewise; 32 more may be read behind the last.
    size : how many rows the tables hold.
    crowding : how many rows a query finds under one value, compared with evenly filled tables.
    """

    chunks: Chunks
    begins: NDArray[np.uint32]
    rows: NDArray[np.uint8]
    tags: NDArray[np.uint16]
    size: int
    row_size: int
    crowding: float

    @property
    def columns(self) -> tuple[NDArray[np.uint32], NDArray[np.uint8], NDArray[np.uint16], int, int]:
        """What the kernel takes."""
        return self.begins, self.rows, self.tags, self.size, self.row_size

    def cost(self, radius: int) -> float:
        """Return about how many nanoseconds a search takes."""
        probes = probes_within(self.chunks, radius)
        return probes * (PROBE + SCAN * self.crowding * self.size / (1 << min(self.chunks.widths)))


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Groups:
    """The last rows: near-identical ones side by side, found by way of their centre.

    Rows that are only scanned are groups of one.

    Parameters
    ----------
    centres : uint64 array, shape (words, groups), arranged as the rows are.
    members : int64 array, shape (groups + 1,), where the rows of each begin.
    spread : uint16 array, shape (groups,), how far the farthest lies from the centre.
    """

    centres: NDArray[np.uint64]
    members: NDArray[np.int64]
    spread: NDArray[np.uint16]


@dataclass(frozen=True, kw_only=True, eq=False)
class Sealed:
    """Rows that do not change, with what finds them.

    Parameters
    ----------
    bits : uint64 array, shape (rows, words), arranged: those in tables first, then those in groups.
    order : int64 array, shape (64 * words,): bit p of an arranged feature is bit order[p] of the feature; empty
        where they are as they were.
    holders : whose each row is.
    """

    words: int
    bits: NDArray[np.uint64]
    order: NDArray[np.int64]
    tables: Tables | None
    groups: Groups
    holders: Holders

    def __len__(self) -> int:
        return len(self.bits)

    @classmethod
    def plain(cls, rows: Rows) -> Self:
        """Seal rows as they are, to be scanned."""
        words = rows.bits.shape[1]
        return cls(
            words=words,
            bits=still(np.array(rows.bits, order="C")),
            order=still(np.empty(0, np.int64)),
            tables=None,
            groups=groups_of_one(rows.bits),
            holders=Holders.of(rows),
        )

    @classmethod
    def of_columns(cls, columns: Arrays) -> Self:
        """Take the arrays that `columns` gave; they are not copied, and must not change."""
        words, table_rows, row_size, *widths = columns["shape"].tolist()
        return cls(
            words=words,
            bits=columns["bits"],
            order=columns["order"],
            tables=_tables_of(columns, table_rows, row_size, widths) if widths else None,
            groups=Groups(**{name: columns[name] for name in ("centres", "members", "spread")}),
            holders=Holders.of_columns(columns),
        )

    def columns(self) -> dict[str, NDArray[Any]]:
        """Return everything as named arrays, for a file."""
        tables, groups = self.tables, self.groups
        widths = () if tables is None else tables.chunks.widths
        begins, rows, tags, size, row_size = _NO_TABLES if tables is None else tables.columns
        crowding = 1.0 if tables is None else tables.crowding
        return {
            "shape": np.array([self.words, size, row_size, *widths], dtype=np.int64),
            "crowding": np.array([crowding]),
            "bits": self.bits,
            "order": self.order,
            "begins": begins,
            "rows": rows,
            "tags": tags,
            "centres": groups.centres,
            "members": groups.members,
            "spread": groups.spread,
            **self.holders.columns(),
        }

    @property
    def places_of_banks(self) -> NDArray[np.int64]:
        """The numbers of the banks; in a file, their places among those of the segment."""
        return self.holders.banks

    def placed(self, base: int, banks: Sequence[int]) -> Self:
        """Return the same rows under other numbers of entries and banks; see `Holders.placed`."""
        return replace(self, holders=self.holders.placed(base, banks))

    @cached_property
    def _known_ways(self) -> dict[int, tuple[object, ...]]:
        return {}

    @cached_property
    def parts(self) -> NDArray[np.uint64]:
        """What each byte of a feature comes to when it is arranged; see `kernels.search_numba.arrange`."""
        return byte_parts(self.order, self.words)

    def arranged(self, bits: NDArray[np.uint64]) -> NDArray[np.uint64]:
        """Return features with their bits in the order of these rows."""
        if not len(self.order):
            return np.ascontiguousarray(bits)
        return arranged(bits, self.parts)

    def rows(self, *, dead: NDArray[np.uint8]) -> Rows:
        """Return the rows as they came, without those of dead entries; their order is another."""
        alive = self.holders.alive(len(self), dead)
        bits = self.bits if alive.all() else self.bits[alive]
        if len(self.order):
            back = np.empty_like(self.order)
            back[self.order] = np.arange(len(self.order))
            bits = arranged(bits, byte_parts(back, self.words))
        chosen = np.flatnonzero(alive)
        return Rows(
            bits=np.array(bits, dtype=np.uint64),
            entry=self.holders.entries(chosen),
            bank=self.holders.bank_numbers(chosen),
            at=self.holders.places(chosen),
            expires=self.holders.expiries(chosen),
        )

    def search(
        self,
        queries: NDArray[np.uint64],
        *,
        radius: Mapping[int, int],
        dead: NDArray[np.uint8],
        limit: int | None,
        now: int,
    ) -> Hits | None:
        """Return what of these rows is near a query; None if nothing is.

        Parameters
        ----------
        dead : of the entries of `holders`, a bit for each that was removed.
        limit : for rows of which no two are of one entry, how many entries to keep for each query and bank. Rows
            of which two may be of one entry come in any order and without totals.
        """
        radii = self.holders.radii(radius)
        most = int(radii.max(initial=-1))
        if most < 0 or not len(queries):
            return None
        query, row, distance, total = self._found(self.arranged(queries), radii, most, dead, limit, now)
        if not len(query):
            return None
        hits = Hits(
            query=query,
            bank=self.holders.bank_numbers(row),
            entry=self.holders.entries(row),
            at=self.holders.places(row),
            distance=distance,
            total=total,
        )
        return hits if self.holders.banks_rise else hits.take(np.lexsort((hits.entry, distance, hits.bank, query)))

    def _found(
        self,
        queries: NDArray[np.uint64],
        radii: NDArray[np.int64],
        most: int,
        dead: NDArray[np.uint8],
        limit: int | None,
        now: int,
    ) -> NDArray[np.int64]:
        """Call the kernel until it has had room for everything; return its hits, shape (4, hits)."""
        from stanch.kernels import search_numba  # noqa: PLC0415 - only large indexes need numba

        search: Callable[..., Any] = search_numba.search
        keep = -1 if not self.holders.single else (1 << 40 if limit is None else limit)
        if most not in self._known_ways:
            self._known_ways[most] = self._ways(most)
        ways = self._known_ways[most]
        who = (*self.holders.asked, dead, radii, most, now, keep)
        first, parts = 0, []
        together = min(len(queries), TOGETHER)
        crowd, room = ROOM, max(ROOM, EACH * together)
        hits = room  # less would be found out in the midst of many queries, and these begun again
        while True:
            written = np.empty((4, hits), np.int64)
            looked_up, rows, apart = np.empty((3, room), np.int64)
            spaces = (np.empty((3, crowd), np.int64), looked_up, rows, apart, written)
            first, count, wanted, found = search(queries, first, together, *ways, *who, *spaces)
            parts.append(written[:, :count])
            if first == len(queries):
                return parts[0] if len(parts) == 1 else np.concatenate(parts, axis=1)
            if wanted > crowd:
                crowd = max(2 * crowd, wanted)
            elif found > room:
                room = max(2 * room, found)
            else:
                hits = max(min(2 * hits, MOST_ROOM), found)

    def _ways(self, most: int) -> tuple[object, ...]:
        """Return how the rows are searched: by their tables, or all one by one where that costs less."""
        tables, groups = self.tables, self.groups
        if tables is not None and tables.cost(most) > ROW * tables.size:
            tables, groups = None, every_row(self.words, len(self.bits))
        looked_up = _NO_TABLES if tables is None else tables.columns
        plan = NO_PLAN if tables is None else plan_for(tables.chunks, most)
        steps = (plan.chunks, plan.masks, plan.counts)
        return (self.bits, *looked_up, *steps, groups.centres, groups.members, groups.spread)


def _tables_of(columns: Arrays, size: int, row_size: int, widths: list[int]) -> Tables:
    return Tables(
        chunks=Chunks.of(sum(widths), len(widths)),
        begins=columns["begins"],
        rows=columns["rows"],
        tags=columns["tags"],
        size=size,
        row_size=row_size,
        crowding=float(columns["crowding"][0]),
    )


def still(array: NDArray[Any]) -> NDArray[Any]:
    """Return an array that cannot be written to, as those of a file cannot: kernels are compiled for these
    alone.
    """
    array.flags.writeable = False
    return array


def arranged(bits: NDArray[np.uint64], parts: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return features with their bits in another order; `parts` is from `byte_parts`."""
    from stanch.kernels.search_numba import arrange  # noqa: PLC0415 - only large indexes need numba

    result = np.empty(bits.shape, np.uint64)
    arrange(still(np.ascontiguousarray(bits).view()), parts, result)
    return result


def byte_parts(order: NDArray[np.int64], words: int) -> NDArray[np.uint64]:
    """Return what each value of each byte of a feature comes to under an order of bits.

    Returns
    -------
    uint64 array, shape (8 * words * 256, words)
    """
    parts = np.zeros((8 * words, 256, words), np.uint64)
    values = np.arange(256, dtype=np.uint64)
    for place, bit in enumerate(order.tolist()):
        set_ = values >> np.uint64(bit % 8) & np.uint64(1)
        parts[bit // 8, :, place // 64] |= set_ << np.uint64(place % 64)
    return np.asarray(still(parts.reshape(-1, words)))


def no_groups(words: int, *, after: int) -> Groups:
    """Return that there are none after so many rows."""
    return Groups(
        centres=still(np.empty((words, 0), np.uint64)),
        members=still(np.full(1, after)),
        spread=still(np.empty(0, np.uint16)),
    )


def groups_of_one(bits: NDArray[np.uint64]) -> Groups:
    """Return each row as a group of its own."""
    return Groups(
        centres=still(np.array(bits.T, order="C")),
        members=still(np.arange(len(bits) + 1)),
        spread=still(np.zeros(len(bits), np.uint16)),
    )


def every_row(words: int, count: int) -> Groups:
    """Return one group that every query has to look through."""
    return Groups(
        centres=still(np.zeros((words, 1), np.uint64)),
        members=still(np.array([0, count], np.int64)),
        spread=still(np.array([64 * words], np.uint16)),
    )


NO_PLAN = Plan(
    chunks=still(np.empty((0, 6), np.int64)),
    masks=still(np.empty(0, np.int64)),
    counts=still(np.empty((0, 1), np.int64)),
)
_NO_TABLES: tuple[NDArray[np.uint32], NDArray[np.uint8], NDArray[np.uint16], int, int] = (
    still(np.zeros(0, np.uint32)),
    still(np.zeros(0, np.uint8)),
    still(np.zeros(0, np.uint16)),
    0,
    4,
)
