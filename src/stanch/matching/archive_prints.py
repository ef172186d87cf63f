"""The fingerprints of one method in an archive, as columns of a file."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from stanch.errors import UnknownMethodError
from stanch.index.sealed import Sealed
from stanch.index.sealed_postings import SealedPostings
from stanch.matching.archive_layout import Array
from stanch.matching.indexing import index_of
from stanch.values import Method, Span

_KINDS = {
    "entries": ("u4",),
    "first": ("u4", "u8"),
    **dict.fromkeys(("extent", "at", "start", "end"), ("u2", "u4", "f8")),
    "bits": ("u8",),
}

_HOLDERS = {"numbers": "i8", "holder": "u4", "bank": "u2", "banks": "i8", "expires": "i8", "at": "f8"}


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class ArchivedPrints:
    """What a segment holds by one method; the columns are those of `archive_layout`.

    Parameters
    ----------
    entries, first : None where they are absent.
    sealed : what finds the features; None if there is none.
    """

    method: Method
    count: int
    features: int
    entries: NDArray[np.uint32] | None
    first: Array | None
    extent: Array
    at: Array
    start: Array
    end: Array
    sealed: Sealed | SealedPostings | None

    @classmethod
    def of_columns(cls, method: Method, columns: Mapping[str, Array], *, entries: int, banks: int) -> Self:
        """Take the columns of a method, without its prefix, of a segment of so many entries and banks.

        Raises
        ------
        LookupError, ValueError or TypeError
            If one is missing, or they do not fit each other.
        """
        count, features = len(columns["extent"]), len(columns["at"])
        check_columns(method, columns, _shapes(count, features))
        check_ends(method, columns, entries, count, features)
        index = {name.removeprefix("index/"): each for name, each in columns.items() if name.startswith("index/")}
        sealed = index_of(method, index) if index else None
        if sealed is not None:
            _check_index(method, sealed, features, entries=entries, banks=banks)
        elif features:
            raise ValueError(f"{method.id}: there is no index")
        return cls(
            method=method,
            count=count,
            features=features,
            sealed=sealed,
            **{name: columns[name] for name in ("extent", "at", "start", "end")},
            entries=columns.get("entries"),
            first=columns.get("first"),
        )

    def holds(self, ordinal: int) -> bool:
        """Tell whether an entry has such a fingerprint."""
        return place_among(self.entries, self.count, ordinal) is not None

    def held(self, ordinals: NDArray[np.uint32]) -> NDArray[np.uint32]:
        """Return those of these entries that have such a fingerprint."""
        return ordinals if self.entries is None else ordinals[np.isin(ordinals, self.entries)]

    def span(self, ordinal: int, at: float) -> Span:
        """Return the stretch of the original that a feature of an entry covers, found by where it begins."""
        place, end = self._stretch(self._place_of(ordinal))
        if end - place > 1:
            place += int(np.searchsorted(self.at[place:end], at))
        return Span(start=float(self.start[place]), end=float(self.end[place]))

    def firsts(self) -> NDArray[np.int64]:
        """Return where the features of each fingerprint begin, and after the last where they end."""
        return np.arange(self.count + 1) if self.first is None else self.first.astype(np.int64)

    def ordinals(self) -> NDArray[np.int64]:
        """Return the entries that have such a fingerprint."""
        return np.arange(self.count) if self.entries is None else self.entries.astype(np.int64)

    def _place_of(self, ordinal: int) -> int:
        place = place_among(self.entries, self.count, ordinal)
        if place is None:
            raise UnknownMethodError(method=self.method.id, known="others, for this entry")
        return place

    def _stretch(self, place: int) -> tuple[int, int]:
        """Return where the features of a fingerprint begin and end."""
        if self.first is None:
            return place, place + 1
        return int(self.first[place]), int(self.first[place + 1])


def place_among(entries: NDArray[np.uint32] | None, count: int, ordinal: int) -> int | None:
    """Return which of so many fingerprints is that of an entry; None if it has none.

    Parameters
    ----------
    entries : the ordinals that have one, rising; None if all have.
    """
    if entries is None:
        return ordinal
    place = int(entries.searchsorted(np.uint32(ordinal)))
    return place if place < count and entries[place] == ordinal else None


def _shapes(count: int, features: int) -> dict[str, tuple[int, ...]]:
    return {
        **dict.fromkeys(("entries", "extent"), (count,)),
        "first": (count + 1,),
        **dict.fromkeys(("at", "start", "end"), (features,)),
    }


def check_columns(method: Method, columns: Mapping[str, Array], shapes: Mapping[str, tuple[int, ...]]) -> None:
    """Raise ValueError unless the columns that are there have these shapes and are of the right kinds."""
    for name, shape in shapes.items():
        column = columns.get(name)
        if column is not None and (column.shape != shape or column.dtype.str[1:] not in _KINDS[name]):
            problem = f"{method.id}/{name} is {column.dtype} of shape {column.shape}"
            raise ValueError(problem)


def check_ends(method: Method, columns: Mapping[str, Array], entries: int, count: int, features: int) -> None:
    """Compare numbers with what they point into, where they rise: there the last tells of all.

    Parameters
    ----------
    entries : of the segment; `count` of them have a fingerprint, of so many features together.

    Raises
    ------
    ValueError
        If they do not fit.
    """
    ordinals, first = (columns.get(name) for name in ("entries", "first"))
    fit = [
        count == entries if ordinals is None else not count or int(ordinals[-1]) < entries,
        count == features if first is None else (int(first[0]), int(first[-1])) == (0, features),
    ]
    if not all(fit):
        problem = f"{method.id}: {entries} entries, {count} fingerprints and {features} features do not fit"
        raise ValueError(problem)


def _check_index(method: Method, sealed: Sealed | SealedPostings, rows: int, *, entries: int, banks: int) -> None:
    """Compare what an index says of the rows with what the segment has; what finds them is not looked at."""
    holders = sealed.holders
    fit = [
        sealed.bits.shape == (rows, method.words) and sealed.bits.dtype == np.uint64,
        holders.count == rows if len(holders.holder) == 1 else len(holders.holder) == rows,
        len(holders.numbers) in (1, holders.count) and 0 <= holders.highest < entries,
        all(0 <= bank < banks for bank in holders.banks.tolist()),
        *(len(column) in (1, rows) for column in (holders.bank, holders.expires, holders.at)),
        *(getattr(holders, name).dtype == kind for name, kind in _HOLDERS.items()),
    ]
    if not all(fit):
        raise ValueError(f"{method.id}: its index is not of {rows} features of {entries} entries")
