"""Hashed n-grams of words, in numpy: the reference that the kernels are tested against, and what training uses.

A word is a run of letters of one script, with a boundary (`EDGE`) before and after it. Its grams are all runs of
one to four symbols inside it (a boundary alone is none), and the word as a whole where it is longer than that. A
gram is hashed symbol by symbol, modulo 2^32, beginning with h = 0x811C9DC5 (whole words: that exclusive or 77):

    h = (h xor symbol) * 0x9E3779B1,    h = h xor (h >> 15)

and its row is the top bits of h * 0x9E3779B1. The constants are those of FNV (offset basis) and of Knuth's
multiplicative hashing; nothing rests on them but that they stay as they are, since the weights were trained so.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from stanch.language.identification.letters import APOSTROPHE, BREAK, DROPPED, MARK, SCRIPTS, letters

LONGEST_GRAM: Final = 4
LONGEST_WORD: Final = 24
"""Longer words, in letters, are not hashed as a whole."""
LETTERS_LOOKED_AT: Final = 300
"""So many letters of one script tell the language; what follows them is not looked at."""
LONGEST_RUN: Final = 2
"""A letter repeated more often than this counts as repeated this often."""
EDGE: Final = 2
FIRST_HASH: Final = 0x811C9DC5
WORD_HASH: Final = FIRST_HASH ^ 77
MULTIPLIER: Final = 0x9E3779B1
SHIFT: Final = 15
WIDTH: Final = 32

Codes = NDArray[np.uint32]
Counts = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True, slots=True)
class Texts:
    """Texts laid end to end.

    Parameters
    ----------
    codes : uint32 array, shape (characters,), code points.
    bounds : int64 array, shape (texts + 1,), where each text begins, and the end.
    """

    codes: Codes
    bounds: Counts

    def __len__(self) -> int:
        return len(self.bounds) - 1

    def owners(self) -> Counts:
        """Return the number of the text that each character belongs to."""
        return np.repeat(np.arange(len(self)), np.diff(self.bounds))


@dataclass(frozen=True, kw_only=True, slots=True)
class Grams:
    """Grams of texts, in no particular order.

    Parameters
    ----------
    hashes : uint32 array, shape (grams,).
    owners : int64 array, shape (grams,), the number of the text.
    """

    hashes: Codes
    owners: Counts


def script_counts(texts: Texts) -> Counts:
    """Count letters and marks by script, shape (texts, 1 + scripts); the first column counts nothing."""
    scripts = letters().scripts[texts.codes] & ~np.uint8(MARK)
    width = len(SCRIPTS) + 1
    flat = np.bincount(texts.owners() * width + scripts, minlength=len(texts) * width)
    counts = flat.reshape(len(texts), width)
    counts[:, 0] = 0
    return counts


def grams(texts: Texts, scripts: NDArray[np.uint8]) -> Grams:
    """Return the grams of texts, each in the script of which `scripts` holds the number."""
    padded, words, owners = _padded(*_letters_in_words(texts, scripts))
    found = [_runs(padded, words, length) for length in range(1, LONGEST_GRAM + 1)]
    hashes, places = (np.concatenate(parts) for parts in zip(*found, _whole_words(padded, words), strict=True))
    return Grams(hashes=_times(hashes), owners=owners[places])


def _letters_in_words(texts: Texts, scripts: NDArray[np.uint8]) -> tuple[Codes, Counts, Counts]:
    """Return the symbols that words are made of, the number of the word of each, and of its text."""
    symbols, owners = letters().symbols[texts.codes], texts.owners()
    own = (letters().scripts[texts.codes] & ~np.uint8(MARK)) == scripts[owners]
    there = symbols != DROPPED
    symbols, owners, own = symbols[there], owners[there], own[there]
    if not len(symbols):
        return symbols.astype(np.uint32), owners, owners
    same_text = owners[1:] == owners[:-1]
    before, after = _shifted(own[:-1] & same_text, 1), _shifted(own[1:] & same_text, -1)
    inside = own & (symbols != BREAK) & (symbols != APOSTROPHE) | (symbols == APOSTROPHE) & before & after
    symbols = np.where(inside, symbols, BREAK)
    kept = ~(inside & _repeated(symbols, owners))
    symbols, owners, inside = symbols[kept], owners[kept], inside[kept]
    words = np.cumsum(~inside | ~_shifted(owners[1:] == owners[:-1], 1))
    looked_at = inside & (_rank(inside, owners) < LETTERS_LOOKED_AT)
    return symbols[looked_at].astype(np.uint32), words[looked_at], owners[looked_at]


def _shifted(flags: NDArray[np.bool_], by: int) -> NDArray[np.bool_]:
    """Return flags of pairs of neighbours as flags of the second (1) or first (-1) of each pair."""
    ends = np.zeros(1, dtype=np.bool_)
    return np.concatenate([ends, flags] if by == 1 else [flags, ends])


def _repeated(symbols: NDArray[np.uint16], owners: Counts) -> NDArray[np.bool_]:
    """Whether each symbol follows `LONGEST_RUN` of the same."""
    places = np.arange(len(symbols))
    alike = _shifted((symbols[1:] == symbols[:-1]) & (owners[1:] == owners[:-1]), 1)
    first = np.maximum.accumulate(np.where(alike, 0, places))
    return places - first >= LONGEST_RUN


def _rank(inside: NDArray[np.bool_], owners: Counts) -> Counts:
    """Return how many letters come before each place in its text."""
    before: Counts = np.cumsum(inside) - inside
    firsts = np.flatnonzero(~_shifted(owners[1:] == owners[:-1], 1))
    return before - np.repeat(before[firsts], np.diff(np.append(firsts, len(owners))))


def _padded(symbols: Codes, words: Counts, owners: Counts) -> tuple[Codes, Counts, Counts]:
    """Put a boundary before and after each word: symbols, words from 0 on, and owners of the words' symbols."""
    firsts = np.flatnonzero(np.diff(words, prepend=-1))
    lengths = np.diff(np.append(firsts, len(words)))
    numbers = np.repeat(np.arange(len(firsts)), lengths)
    padded = np.full(len(symbols) + 2 * len(firsts), EDGE, dtype=np.uint32)
    padded[np.arange(len(symbols)) + 2 * numbers + 1] = symbols
    wide = lengths + 2
    return padded, np.repeat(np.arange(len(firsts)), wide), np.repeat(owners[firsts], wide)


def _step(hashes: Codes, symbols: Codes) -> Codes:
    mixed = _times(hashes ^ symbols)
    return mixed ^ (mixed >> np.uint32(SHIFT))


def _times(hashes: Codes) -> Codes:
    return hashes * np.uint32(MULTIPLIER)


def _runs(padded: Codes, words: Counts, length: int) -> tuple[Codes, Counts]:
    """Return the hash and the place of each run of a length inside one word."""
    places = np.flatnonzero(words[length - 1 :] == words[: len(words) - length + 1])
    if length == 1:
        places = places[padded[places] != EDGE]
    hashes = np.full(len(places), FIRST_HASH, dtype=np.uint32)
    for i in range(length):
        hashes = _step(hashes, padded[places + i])
    return hashes, places


def _whole_words(padded: Codes, words: Counts) -> tuple[Codes, Counts]:
    """Return the hash and the place of each word that no gram takes in."""
    firsts = np.flatnonzero(np.diff(words, prepend=-1))
    lengths = np.diff(np.append(firsts, len(words)))
    told = (lengths > LONGEST_GRAM) & (lengths <= LONGEST_WORD + 2)
    firsts, lengths = firsts[told], lengths[told]
    hashes = np.full(len(firsts), WORD_HASH, dtype=np.uint32)
    for i in range(int(lengths.max(initial=0))):
        still = i < lengths
        hashes[still] = _step(hashes[still], padded[firsts[still] + i])
    return hashes, firsts
