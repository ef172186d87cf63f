"""Banks and entries as the blocks of an index file: descriptions as records, entries and features as columns.

Of an entry stands here what matching asks for: neither its labels nor its note, and not who confirmed it but that
somebody did.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

import msgspec
import numpy as np
from numpy.typing import NDArray

from stanch.errors import StanchError
from stanch.values import BankInfo, Entry, Fingerprint, method
from stanch_server.banks.blocks import DamagedIndexError
from stanch_server.banks.folded import Folded, HeldBank
from stanch_server.banks.marks import Mark

CONFIRMED = "a person"
"""Stands for the name of whoever confirmed an entry."""

Blocks = Mapping[str, memoryview]

_NEVER = np.iinfo(np.int64).max
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_FEATURES = {"bits": "<u8", "at": "<f8", "start": "<f8", "end": "<f8", "quality": "u1"}


class About(msgspec.Struct, frozen=True, kw_only=True):
    """What an index file says of itself.

    Parameters
    ----------
    mark : of the last change that is certainly in it; later ones may be too.
    made : when.
    folds : how many times it was made from an earlier file since all was read from the database.
    entries : how many it holds.
    """

    mark: Mark
    made: datetime
    folds: int
    entries: int


class _Bank(msgspec.Struct, frozen=True):
    id: UUID
    source: UUID | None
    info: BankInfo


def to_blocks(folded: Folded, about: About) -> dict[str, bytes]:
    """Return the blocks that hold all of this."""
    banks = [_Bank(bank, held.source, held.info) for bank, held in folded.banks.items()]
    entries = list(folded.entries.values())
    number = {bank.id: place for place, bank in enumerate(banks)}
    blocks = {
        "about": msgspec.msgpack.encode(about),
        "banks": msgspec.msgpack.encode(banks),
        "entries id": b"".join(UUID(entry.id).bytes for _, entry in entries),
        "entries bank": _column([number[bank] for bank, _ in entries], "<u4"),
        "entries added": _column([_stamp(entry.added) for _, entry in entries], "<i8"),
        "entries expires": _column([_stamp(entry.expires) for _, entry in entries], "<i8"),
        "entries confirmed": _column([entry.confirmed_by is not None for _, entry in entries], "u1"),
        "entries prints": _column([len(entry.fingerprints) for _, entry in entries], "u1"),
    }
    prints: dict[str, list[tuple[int, int, Fingerprint]]] = defaultdict(list)
    for row, (_, entry) in enumerate(entries):
        for place, fingerprint in enumerate(entry.fingerprints):
            prints[fingerprint.method.id].append((row, place, fingerprint))
    for method_id, chosen in prints.items():
        blocks |= _print_blocks(method_id, chosen)
    return blocks


def about_of(blocks: Blocks) -> About:
    """Return what a file says of itself; raises as `from_blocks` does."""
    try:
        return msgspec.msgpack.decode(blocks["about"], type=About)
    except (msgspec.MsgspecError, KeyError) as error:
        raise DamagedIndexError(problem="it does not say what it is") from error


def from_blocks(blocks: Blocks) -> Folded:
    """Return the banks and entries that stand in these blocks.

    Raises
    ------
    DamagedIndexError
        If the blocks do not fit each other.
    """
    try:
        banks = msgspec.msgpack.decode(blocks["banks"], type=list[_Bank])
        folded = Folded(banks={bank.id: HeldBank(info=bank.info, source=bank.source) for bank in banks})
        folded.take(_entries(blocks, [bank.id for bank in banks]))
        if len(folded.entries) != about_of(blocks).entries:
            raise DamagedIndexError(problem="it holds another number of entries than it says")
    except (msgspec.MsgspecError, StanchError, LookupError, ValueError, OverflowError) as error:
        problem = f"its blocks do not fit each other ({type(error).__name__})"
        raise DamagedIndexError(problem=problem) from error
    return folded


def _print_blocks(method_id: str, prints: list[tuple[int, int, Fingerprint]]) -> dict[str, bytes]:
    """Return the columns of one method: a row for each fingerprint, and below it for each of its features."""
    found = [fingerprint for _, _, fingerprint in prints]
    return {
        f"prints {method_id} entry": _column([row for row, _, _ in prints], "<u4"),
        f"prints {method_id} place": _column([place for _, place, _ in prints], "u1"),
        f"prints {method_id} features": _column([len(each) for each in found], "<u8"),
        f"prints {method_id} extent": _column([each.extent for each in found], "<f8"),
        **{
            f"features {method_id} {name}": np.concatenate([getattr(each, name) for each in found])
            .astype(kind)
            .tobytes()
            for name, kind in _FEATURES.items()
        },
    }


def _entries(blocks: Blocks, banks: list[UUID]) -> Iterator[tuple[UUID, Entry]]:
    ids = blocks["entries id"].hex()
    columns = [
        _read(blocks, f"entries {name}", kind).tolist()
        for name, kind in (("bank", "<u4"), ("added", "<i8"), ("expires", "<i8"), ("confirmed", "u1"))
    ]
    prints = _fingerprints(blocks)
    if len(ids) != 32 * len(prints):
        raise DamagedIndexError(problem="entries lack an id")
    for row, (bank, added, expires, confirmed) in enumerate(zip(*columns, strict=True)):
        digits = ids[32 * row : 32 * row + 32]
        yield (
            banks[bank],
            Entry(
                id=f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}",
                fingerprints=tuple(prints[row]),
                added=_moment(added),
                confirmed_by=CONFIRMED if confirmed else None,
                expires=None if expires == _NEVER else _moment(expires),
            ),
        )


def _fingerprints(blocks: Blocks) -> list[list[Fingerprint]]:
    """Return the fingerprints of each entry, in their order."""
    counts = _read(blocks, "entries prints", "u1").tolist()
    held: list[list[Any]] = [[None] * count for count in counts]
    for name in blocks:
        if name.startswith("prints ") and name.endswith(" entry"):
            for row, place, fingerprint in _of_method(blocks, name.split()[1]):
                held[row][place] = fingerprint
    if any(fingerprint is None for found in held for fingerprint in found):
        raise DamagedIndexError(problem="an entry lacks a fingerprint")
    return held


def _of_method(blocks: Blocks, method_id: str) -> Iterator[tuple[int, int, Fingerprint]]:
    found = method(method_id)
    rows, places, extents = (
        _read(blocks, f"prints {method_id} {name}", kind).tolist()
        for name, kind in (("entry", "<u4"), ("place", "u1"), ("extent", "<f8"))
    )
    ends = np.cumsum(_read(blocks, f"prints {method_id} features", "<u8")).tolist()
    columns = {name: _read(blocks, f"features {method_id} {name}", kind) for name, kind in _FEATURES.items()}
    columns["bits"] = columns["bits"].reshape(-1, found.words)
    stretches = pairwise([0, *ends])
    for row, place, extent, (begin, end) in zip(rows, places, extents, stretches, strict=True):
        fingerprint = Fingerprint(
            method=found,
            bits=columns["bits"][begin:end],
            at=columns["at"][begin:end],
            start=columns["start"][begin:end],
            end=columns["end"][begin:end],
            quality=columns["quality"][begin:end],
            extent=extent,
        )
        yield row, place, fingerprint


def _column(values: list[Any], kind: str) -> bytes:
    return np.array(values, dtype=kind).tobytes()


def _read(blocks: Blocks, name: str, kind: str) -> NDArray[Any]:
    return np.frombuffer(blocks[name], dtype=kind)


def _stamp(moment: datetime | None) -> int:
    return _NEVER if moment is None else (moment - _EPOCH) // _MICROSECOND


def _moment(stamp: int) -> datetime:
    return _EPOCH + timedelta(microseconds=stamp)
