"""One file of an archive, mapped into memory."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Self
from uuid import UUID

import msgspec
import numpy as np
from numpy.typing import NDArray

from stanch.errors import DamagedSegmentError, NewerVersionError, UnknownMethodError
from stanch.formats import SegmentFile, open_segment
from stanch.index import NEVER
from stanch.matching.archive_grams import ArchivedGrams
from stanch.matching.archive_layout import MEDIA, VERSION, About, Array
from stanch.matching.archive_prints import ArchivedPrints
from stanch.matching.archive_words import ArchivedWords
from stanch.values import TEXT_GRAM, TEXT_SIMHASH, Medium, method

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LOW = (1 << 64) - 1
_KINDS = {"id": "u8", "bank": "u2", "confirmed": "u1", "expires": "i8", "medium": "u1"}


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class ArchiveSegment:
    """An open file of an archive: entries that do not change, under ordinals from 0 on in order of their ids.

    Opened without reading the columns, so in the same time whatever their size. Shapes and the ends of columns are
    compared, single numbers are not: whether they are as they were written, `stanch.formats.check_blocks` tells.
    Until it has, searches compute on what stands there: a damaged number of an entry or a bank is an IndexError or
    a wrong answer; one in what finds features may be read by a kernel that does not look where it reads.

    Attributes
    ----------
    file : the segment file itself.
    name : of the file.
    entries : how many there are.
    banks : whose they are.
    texts : how many entries of each bank have grams.
    prints : by method id, what finds its features; of all methods but the two below.
    grams : what finds the grams of texts; None if there are none.
    words : what texts keep of their short grams; None if none does.
    """

    file: SegmentFile
    name: str
    entries: int
    banks: tuple[UUID, ...]
    texts: tuple[int, ...]
    prints: Mapping[str, ArchivedPrints]
    grams: ArchivedGrams | None
    words: ArchivedWords | None
    ids: NDArray[np.uint64]
    bank: Array
    confirmed: Array
    expires: Array
    medium: Array

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open a file that `write_archive` or `merge_archives` wrote.

        Raises
        ------
        NewerVersionError
            If a later Stanch wrote it.
        DamagedSegmentError
            If it is none, or its head is not as it was written, or its columns do not fit each other.
        OSError
            If there is no such file, or it may not be read or mapped.
        """
        file = open_segment(path)
        about = _about(file)
        try:
            _check(file, about)
            prints = {
                id_: ArchivedPrints.of_columns(
                    method(id_), _below(file, id_), entries=about.entries, banks=len(about.banks)
                )
                for id_ in about.methods
                if id_ not in (TEXT_GRAM.id, TEXT_SIMHASH.id)
            }
            grams = _grams(file, about) if TEXT_GRAM.id in about.methods else None
            words = _words(file, about) if TEXT_SIMHASH.id in about.methods else None
        except (LookupError, ValueError, TypeError, UnknownMethodError) as error:
            raise DamagedSegmentError(path=path, place="columns", problem=str(error)) from error
        return cls(
            file=file,
            name=path.name,
            entries=about.entries,
            banks=about.banks,
            texts=about.texts,
            prints=MappingProxyType(prints),
            grams=grams,
            words=words,
            ids=file.columns["id"],
            **{name: file.columns[name] for name in ("bank", "confirmed", "expires", "medium")},
        )

    def held_by(self, method_id: str) -> ArchivedPrints | ArchivedGrams | None:
        """Return what is found by a method; None if there is nothing, or if nothing is found by it."""
        return self.grams if method_id == TEXT_GRAM.id else self.prints.get(method_id)

    def find(self, ids: Sequence[UUID]) -> NDArray[np.int64]:
        """Return the ordinal of each of these ids, -1 for those that are not here."""
        wanted = np.array([divmod(id_.int, 1 << 64) for id_ in ids], dtype=np.uint64).reshape(-1, 2)
        if not self.entries:
            return np.full(len(wanted), -1)
        high, low = self.ids[:, 0], self.ids[:, 1]
        place, end = (high.searchsorted(wanted[:, 0], side=side) for side in ("left", "right"))
        last = end
        while (apart := place < last).any():  # among ids with one upper half, of which there is one as a rule
            middle = (place + last) // 2
            below = apart & (low[np.minimum(middle, self.entries - 1)] < wanted[:, 1])
            place, last = np.where(below, middle + 1, place), np.where(apart & ~below, middle, last)
        there = np.minimum(place, self.entries - 1)
        return np.where((place < end) & (low[there] == wanted[:, 1]), there, -1)

    def ordinal(self, number: int) -> int:
        """Return the ordinal of an id, given as one number, or -1: what `find` does for many, in less time."""
        high, low = number >> 64, number & _LOW
        column = self.ids[:, 0]
        place = int(column.searchsorted(np.uint64(high)))
        if place == self.entries or int(column[place]) != high:
            return -1
        if int(self.ids[place, 1]) == low:
            return place
        end = int(column.searchsorted(np.uint64(high), side="right"))
        place += int(self.ids[place:end, 1].searchsorted(np.uint64(low)))
        return place if place < end and int(self.ids[place, 1]) == low else -1

    def id_of(self, ordinal: int) -> str:
        """Return the id of an entry."""
        high, low = self.ids[ordinal].tolist()
        return str(UUID(int=high << 64 | low))

    def bank_of(self, ordinal: int) -> UUID:
        """Return whose an entry is."""
        return self.banks[int(self.bank[ordinal])]

    def medium_of(self, ordinal: int) -> Medium:
        """Return what an entry shows."""
        return MEDIA[int(self.medium[ordinal])]

    def expiry_of(self, ordinal: int) -> datetime | None:
        """Return when an entry expires, to the second; None if it does not."""
        seconds = int(self.expires[ordinal])
        return None if seconds == NEVER else _EPOCH + timedelta(seconds=seconds)


def _about(file: SegmentFile) -> About:
    """Return what a segment says of itself; its version first, since a later one may say other things."""
    try:
        version = msgspec.msgpack.decode(file.about, type=_Version).version
        if version > VERSION:
            raise NewerVersionError(path=file.path, version=version, supported=VERSION)
        if version < VERSION:
            problem = f"layout {version} is no longer read; the file has to be made again"
            raise DamagedSegmentError(path=file.path, place="description", problem=problem)
        about = msgspec.msgpack.decode(file.about, type=About)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise DamagedSegmentError(path=file.path, place="description", problem=str(error)) from error
    return about


class _Version(msgspec.Struct, frozen=True):
    version: int


def _check(file: SegmentFile, about: About) -> None:
    """Raise KeyError or ValueError unless the columns of entries fit what the segment says of itself."""
    if len(about.texts) != len(about.banks):
        raise ValueError("not every bank says how many texts it has")
    for name, kind in _KINDS.items():
        column, shape = file.columns[name], (about.entries, 2) if name == "id" else (about.entries,)
        if column.shape != shape or column.dtype.str[1:] != kind:
            raise ValueError(f"column {name!r} is {column.dtype} of shape {column.shape}, not {kind} of {shape}")


def _grams(file: SegmentFile, about: About) -> ArchivedGrams:
    bank, expires = file.columns["bank"], file.columns["expires"]
    return ArchivedGrams.of_columns(_below(file, TEXT_GRAM.id), bank=bank, expires=expires, banks=len(about.banks))


def _words(file: SegmentFile, about: About) -> ArchivedWords:
    return ArchivedWords.of_columns(_below(file, TEXT_SIMHASH.id), entries=about.entries)


def _below(file: SegmentFile, method_id: str) -> dict[str, Array]:
    """Return the columns of a method, without its prefix."""
    prefix = f"{method_id}/"
    return {name.removeprefix(prefix): each for name, each in file.columns.items() if name.startswith(prefix)}
