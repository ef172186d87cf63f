"""The Unicode tables that ship with Stanch: frozen, so that a method means the same on every Python.

`scripts/make_unicode_tables.py` writes them from pinned data. The file `unicode_tables.bin`, little-endian:

- `STANCHUT`, the version (u32), the SHA-256 of everything that follows;
- sections: a tag of 4 bytes, a length in bytes (u32), that many bytes of 32-bit words;
- `bidi` lists runs too: the first code point of the run and the number of its bidirectional class, in the order
  of `stanch.language.bidi_numba`; `brkt` lists brackets that open, each with the one that closes it;
- a mapping is two sections. `...r` lists runs, each the first code point of the run and an entry;
  `...p` is the pool that sequences are cut from;
- an entry: the kind in the top 3 bits; then for `ONE` the distance to the symbol (21 bits, modulo 2^21), the
  mark of a wide symbol (bit 21) and which script only has a letter of this look (bits 22 and 23: 1 Latin or
  Cyrillic, 2 Greek); for `SEQUENCE` the length (bits 24 to 28) and the place in the pool.
"""

import hashlib
import struct
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from stanch.errors import DamagedFileError, NewerVersionError

FILE = "unicode_tables.bin"
MAGIC = b"STANCHUT"
VERSION = 1
WIDE = 1 << 21
"""Set in a symbol that counts as two."""
CODE = WIDE - 1
"""The bits of a symbol that are its code point."""
KIND, VOTE, LENGTH, PLACE = 29, 22, 24, (1 << 24) - 1
"""Where an entry holds its kind and its look, and a sequence its length and place."""

_HEADER = struct.Struct("<8sI32s")
_SECTION = struct.Struct("<4sI")
_END = 0x110000


class Kind(IntEnum):
    """What becomes of a code point. From `ONE` on it leaves something."""

    DROP = 0
    ATTACHED = 1
    """Dropped, and part of the character before it: a combining mark, a joiner."""
    UNREAD = 2
    """Dropped, since nobody can say what it is: not assigned, private use, a surrogate."""
    ONE = 3
    SEQUENCE = 4
    CAPITAL = 5
    """One symbol among letters of Latin and Cyrillic (bits 8 to 15), another elsewhere (bits 0 to 7)."""
    HANGUL = 6
    """A precomposed syllable, to be taken apart by arithmetic."""
    CONTROL = 7
    """It moves or deletes other characters: `stanch.language.display` comes first."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Mapping:
    """What a set of rules makes of each code point.

    Parameters
    ----------
    starts : uint32 array, shape (runs,), the first code point of each run.
    entries : uint32 array, shape (runs,), as the file holds them.
    pool : uint32 array, the sequences.
    """

    starts: NDArray[np.uint32]
    entries: NDArray[np.uint32]
    pool: NDArray[np.uint32]

    def flat(self) -> NDArray[np.uint32]:
        """Return one entry for each code point, shape (0x110000,); `ONE` holds the symbol itself."""
        ends = np.append(self.starts[1:], np.uint32(_END))
        entries: NDArray[np.uint32] = np.repeat(self.entries, (ends - self.starts).astype(np.intp))
        codes: NDArray[np.uint32] = np.arange(_END, dtype=np.uint32)
        moved = entries & ~np.uint32(CODE) | (entries + codes) & np.uint32(CODE)
        return np.where(entries >> KIND == Kind.ONE, moved, entries)

    def text(self, entry: int) -> str:
        """Return what one entry of `flat` stands for; nothing where it is dropped."""
        kind = entry >> KIND
        if kind == Kind.ONE:
            return chr(entry & CODE)
        if kind != Kind.SEQUENCE:
            return ""
        at = entry & PLACE
        symbols = self.pool[at : at + (entry >> LENGTH & 31)] & CODE
        return "".join(map(chr, symbols.tolist()))


@dataclass(frozen=True, kw_only=True, slots=True)
class Tables:
    """Every table of the file.

    Parameters
    ----------
    symbols : the rules of normalised text.
    fold : the rules of the fold.
    hosts : the rules of host names.
    bidi : uint8 array, shape (0x110000,), bidirectional classes.
    brackets : uint32 array, shape (pairs, 2), the code points of brackets.
    stable : uint32 array, the edges of the ranges of code points that every supported Python knows alike.
    """

    symbols: Mapping
    fold: Mapping
    hosts: Mapping
    bidi: NDArray[np.uint8]
    brackets: NDArray[np.uint32]
    stable: NDArray[np.uint32]


@cache
def tables() -> Tables:
    """Return the tables, read once.

    Raises
    ------
    DamagedFileError, NewerVersionError
        If the file is not what this version of Stanch ships.
    """
    return read(resources.files("stanch.language").joinpath(FILE).read_bytes())


def read(data: bytes) -> Tables:
    """Read the bytes of a table file, which `tables` describes."""
    sections = _sections(_checked(data))
    return Tables(
        symbols=_mapping(sections, b"sym"),
        fold=_mapping(sections, b"fld"),
        hosts=_mapping(sections, b"hst"),
        bidi=_classes(sections[b"bidi"]),
        brackets=sections[b"brkt"].reshape(-1, 2),
        stable=sections[b"stbl"],
    )


def _mapping(sections: dict[bytes, NDArray[np.uint32]], tag: bytes) -> Mapping:
    runs = sections[tag + b"r"].reshape(-1, 2)
    return Mapping(starts=runs[:, 0], entries=runs[:, 1], pool=sections[tag + b"p"])


def _classes(words: NDArray[np.uint32]) -> NDArray[np.uint8]:
    starts, classes = words.reshape(-1, 2).T
    lengths = np.diff(np.append(starts, np.uint32(_END)))
    return np.repeat(classes.astype(np.uint8), lengths.astype(np.intp))


def _checked(data: bytes) -> bytes:
    if len(data) < _HEADER.size or not data.startswith(MAGIC):
        raise DamagedFileError(path=FILE, problem="it is not a table file")
    _, version, checksum = _HEADER.unpack_from(data)
    if version > VERSION:
        raise NewerVersionError(path=FILE, version=version, supported=VERSION)
    body = data[_HEADER.size :]
    if hashlib.sha256(body).digest() != checksum:
        raise DamagedFileError(path=FILE, problem="its checksum does not match")
    return body


def _sections(body: bytes) -> dict[bytes, NDArray[np.uint32]]:
    found: dict[bytes, NDArray[np.uint32]] = {}
    at = 0
    while at < len(body):
        tag, length = _SECTION.unpack_from(body, at)
        at += _SECTION.size
        found[tag] = np.frombuffer(body, dtype="<u4", count=length // 4, offset=at).astype(np.uint32, copy=False)
        at += length
    return found
