"""From entries to an archive segment."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from stanch.errors import InvalidValueError
from stanch.index import NEVER, Rows
from stanch.matching.archive_layout import MEDIA, MOST_BANKS, Contents, GramPrints, Prints, WordPrints
from stanch.matching.indexing import indexed
from stanch.matching.listed import medium_of
from stanch.values import TEXT_GRAM, TEXT_SIMHASH, Entry, Fingerprint

ID = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
"""How the id of an archived entry is written."""


def write_archive(path: Path, entries: Iterable[tuple[UUID, Entry]]) -> None:
    """Write entries as an archive segment, replacing the file in one step; the same entries give the same bytes.

    Parameters
    ----------
    entries : each with the id of its bank; at most some hundred thousand at a time, since they are held together.

    Raises
    ------
    InvalidValueError
        If an entry's id is no UUID, in lower case with hyphens, or stands twice, or there are too many banks.
    CannotWriteError
        If the system refuses; then what stood there is untouched.
    """
    collected = _Collected()
    for bank, entry in entries:
        collected.take(bank, entry)
    collected.contents().write(path)


@dataclass(slots=True, eq=False)
class _Collected:
    """Entries, column by column, in the order in which they came."""

    ids: list[str] = field(default_factory=list)
    banks: list[UUID] = field(default_factory=list)
    confirmed: list[bool] = field(default_factory=list)
    expires: list[int] = field(default_factory=list)
    media: list[int] = field(default_factory=list)
    prints: dict[str, list[tuple[int, Fingerprint]]] = field(default_factory=lambda: defaultdict(list))

    def take(self, bank: UUID, entry: Entry) -> None:
        if not ID.fullmatch(entry.id):
            problem = "is no UUID in lower case, as all ids in an archive are"
            raise InvalidValueError(what=f"entry id {entry.id!r}", problem=problem)
        for fingerprint in entry.fingerprints:
            self.prints[fingerprint.method.id].append((len(self.ids), fingerprint))
        self.ids.append(entry.id)
        self.banks.append(bank)
        self.confirmed.append(entry.confirmed_by is not None)
        self.expires.append(NEVER if entry.expires is None else int(entry.expires.timestamp()))
        self.media.append(MEDIA.index(medium_of(entry)))

    def contents(self) -> Contents:
        ids = words_of_ids(self.ids)
        order = order_of_ids(ids)
        banks = sorted(set(self.banks), key=lambda bank: bank.int)
        if len(banks) > MOST_BANKS:
            raise InvalidValueError(what="entries", problem=f"are of more than {MOST_BANKS:,} banks")
        place = {bank: number for number, bank in enumerate(banks)}
        bank = np.array([place[bank] for bank in self.banks], dtype=np.int64)[order]
        expires = np.array(self.expires, dtype=np.int64)[order]
        ordinals = np.empty_like(order)
        ordinals[order] = np.arange(len(order))
        return Contents(
            banks=tuple(banks),
            ids=ids[order],
            bank=bank,
            confirmed=np.array(self.confirmed, dtype=np.bool_)[order],
            expires=expires,
            medium=np.array(self.media, dtype=np.uint8)[order],
            prints=tuple(_prints(chosen, ordinals, bank, expires) for chosen in self.prints.values()),
        )


def words_of_ids(ids: list[str]) -> NDArray[np.uint64]:
    """Return ids as pairs of numbers, shape (ids, 2)."""
    data = bytes.fromhex("".join(ids).replace("-", ""))
    return np.frombuffer(data, dtype=">u8").astype(np.uint64).reshape(-1, 2)


def order_of_ids(ids: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Return the order in which ids rise, or raise InvalidValueError if two are the same."""
    order = np.lexsort((ids[:, 1], ids[:, 0]))
    same = (ids[order[1:]] == ids[order[:-1]]).all(axis=1)
    if same.any():
        high, low = ids[order[int(np.argmax(same))]].tolist()
        raise InvalidValueError(what=f"entry {UUID(int=high << 64 | low)}", problem="stands there twice")
    return order


def _prints(
    chosen: list[tuple[int, Fingerprint]],
    ordinals: NDArray[np.int64],
    bank: NDArray[np.int64],
    expires: NDArray[np.int64],
) -> Prints | GramPrints | WordPrints:
    """Put the fingerprints of one method, each with the number of its entry as they came, in order of ordinals."""
    numbers = ordinals[[number for number, _ in chosen]]
    order = np.argsort(numbers)
    prints = [chosen[place][1] for place in order.tolist()]
    entries, counts = numbers[order], np.array([len(one) for one in prints])
    if prints[0].method == TEXT_SIMHASH:
        return WordPrints(entries=entries, counts=counts, bits=np.concatenate([one.bits[:, 0] for one in prints]))
    owner = np.repeat(entries, counts)
    bits, at, start, end = (np.concatenate([getattr(one, name) for one in prints]) for name in _FEATURES)
    rows = Rows(bits=bits, entry=owner, bank=bank[owner], at=at, expires=expires[owner])
    extent = np.array([one.extent for one in prints], dtype=np.float64)
    columns: dict[str, Any] = {"counts": counts, "extent": extent, "at": at, "start": start, "end": end}
    if prints[0].method == TEXT_GRAM:
        return GramPrints(entries=entries, bits=bits, kept=indexed(rows, counts), **columns)
    return Prints(method=prints[0].method, entries=entries, rows=rows.take(indexed(rows, counts)), **columns)


_FEATURES = ("bits", "at", "start", "end")
