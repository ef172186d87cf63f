"""The rules of normalised text, laid out for looking up whole arrays at once."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from stanch.language.tables import KIND, LENGTH, Kind, Mapping, tables

_SYLLABLES = np.arange(11_172, dtype=np.uint32)
_FIRST_SYLLABLE = 0xAC00
_INITIAL, _VOWEL, _FINAL = 0x1100, 0x1161, 0x11A7
_LONGEST = 4
"""An initial, a vowel and a cluster of two final consonants."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Rules:
    """What becomes of every code point.

    Parameters
    ----------
    table : uint32 array, shape (0x110000,), entries as `stanch.language.tables` describes them, but that
        `ONE` holds the symbol itself and that syllables of Hangul are sequences.
    pool : uint32 array, what sequences are cut from.
    """

    table: NDArray[np.uint32]
    pool: NDArray[np.uint32]


@cache
def rules() -> Rules:
    """Return the rules, laid out once."""
    mapping = tables().symbols
    table = mapping.flat()
    sequences, lengths = _syllables(mapping, table)
    places = len(mapping.pool) + _LONGEST * _SYLLABLES
    table[_FIRST_SYLLABLE + _SYLLABLES] = Kind.SEQUENCE << KIND | lengths << LENGTH | places
    return Rules(table=table, pool=np.concatenate([mapping.pool, sequences.ravel()]))


def _syllables(mapping: Mapping, table: NDArray[np.uint32]) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """Take every syllable apart into letters (The Unicode Standard, 3.12), finals into initials.

    Returns
    -------
    sequences : uint32 array, shape (syllables, 4), padded with zeros.
    lengths : uint32 array, shape (syllables,).
    """
    finals = np.zeros((28, _LONGEST - 2), dtype=np.uint32)
    for i in range(1, 28):
        letters = [ord(letter) for letter in mapping.text(int(table[_FINAL + i]))]
        finals[i, : len(letters)] = letters
    sequences = np.empty((len(_SYLLABLES), _LONGEST), dtype=np.uint32)
    sequences[:, 0] = _INITIAL + _SYLLABLES // (21 * 28)
    sequences[:, 1] = _VOWEL + _SYLLABLES // 28 % 21
    sequences[:, 2:] = finals[_SYLLABLES % 28]
    return sequences, np.count_nonzero(sequences, axis=1).astype(np.uint32)
