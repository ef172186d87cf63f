"""Writing the tables: runs of code points that are mapped alike, and one pool of sequences.

The reader, `stanch.language.tables`, describes the layout.
"""

import hashlib
import struct
from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import NamedTuple

MAGIC = b"STANCHUT"
VERSION = 1
KINDS = {"drop": 0, "attached": 1, "unread": 2, "one": 3, "sequence": 4, "capital": 5, "hangul": 6, "control": 7}
_DELTA = 1 << 21
WIDE = _DELTA
"""Set in a symbol that counts as two."""
FOREIGN, GREEK = 1 << 22, 2 << 22
"""Set in the only symbol of a letter that Greek has nothing like, and of one that only Greek has."""


class Capital(NamedTuple):
    """A capital that is taken for one letter among Latin letters, and for another elsewhere."""

    far: int
    near: int


Target = tuple[int, ...] | str | Capital
"""The symbols of a code point, or the name of a kind that has none."""


def mapping_section(tag: bytes, target: Callable[[int], Target]) -> bytes:
    """Return the runs of a mapping of all code points, followed by its pool."""
    pool = _Pool()
    entries = [_entry(code, target(code), pool) for code in range(0x110000)]
    starts = [0, *(i + 1 for i, (a, b) in enumerate(pairwise(entries)) if a != b)]
    runs = words(number for start in starts for number in (start, entries[start]))
    return section(tag + b"r", runs) + section(tag + b"p", words(pool.symbols))


def _entry(code: int, target: Target, pool: "_Pool") -> int:
    if isinstance(target, str):
        return KINDS[target] << 29
    if isinstance(target, Capital):
        return KINDS["capital"] << 29 | target.near << 8 | target.far
    if not target:
        return KINDS["drop"] << 29
    if len(target) == 1:
        return KINDS["one"] << 29 | target[0] & -_DELTA | (target[0] - code) % _DELTA
    return KINDS["sequence"] << 29 | len(target) << 24 | pool.offset(target)


class _Pool:
    """Sequences laid end to end; equal ones share their place."""

    def __init__(self) -> None:
        self.symbols: list[int] = []
        self._known: dict[tuple[int, ...], int] = {}

    def offset(self, sequence: tuple[int, ...]) -> int:
        if sequence not in self._known:
            self._known[sequence] = len(self.symbols)
            self.symbols.extend(sequence)
        return self._known[sequence]


def classes_section(tag: bytes, class_of: Callable[[int], int]) -> bytes:
    """Return the runs of code points of one class: the first code point, the class, and so on."""
    classes = [class_of(code) for code in range(0x110000)]
    starts = [0, *(i + 1 for i, (a, b) in enumerate(pairwise(classes)) if a != b)]
    return section(tag, words(number for start in starts for number in (start, classes[start])))


def ranges_section(tag: bytes, codes: Iterable[int]) -> bytes:
    """Return the half-open ranges that ordered code points form: start, end, start, end, ..."""
    edges: list[int] = []
    for code in codes:
        if edges and edges[-1] == code:
            edges[-1] = code + 1
        else:
            edges += [code, code + 1]
    return section(tag, words(edges))


def words(numbers: Iterable[int]) -> bytes:
    """Return little-endian 32-bit words."""
    listed = list(numbers)
    return struct.pack(f"<{len(listed)}I", *listed)


def section(tag: bytes, data: bytes) -> bytes:
    """Return a tagged stretch of bytes."""
    return struct.pack("<4sI", tag, len(data)) + data


def file_of(*sections: bytes) -> bytes:
    """Return the whole file: magic, version, checksum of the rest, and the rest."""
    body = b"".join(sections)
    return struct.pack("<8sI32s", MAGIC, VERSION, hashlib.sha256(body).digest()) + body
