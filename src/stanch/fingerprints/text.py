"""Text: a digest of the whole, and hashed grams of the normalised text.

An entry keeps a thinned selection of grams, a query all of them, so that what survives of a passage is found
whatever stands around it. Thinned by winnowing: S. Schleimer, D. S. Wilkerson, A. Aiken, "Winnowing: Local
Algorithms for Document Fingerprinting", SIGMOD 2003.
"""

import hashlib
from collections.abc import Callable
from functools import cache, partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from stanch.errors import EmptyTextError
from stanch.fingerprints.effort import Effort
from stanch.fingerprints.reading import Reading
from stanch.fingerprints.simhash import banked
from stanch.language import LONGEST_TEXT, NormalisedText, nfc
from stanch.language.evading import evasion_of_codes
from stanch.language.evading_tables import telling
from stanch.language.normalised import Codes, code_points, normalise_codes
from stanch.language.problems import problems_of_codes
from stanch.language.rules import rules
from stanch.values import (
    GRAM,
    SHORT_GRAM,
    TEXT_EXACT,
    TEXT_GRAM,
    Fingerprint,
    Medium,
    NotScanned,
    words_from_bytes,
)

WINDOW = 18
"""Of as many grams in a row, an entry keeps at least one, and one in ten overall: `docs/decisions/grams.md`."""
GRAM_BITS = 48
"""Of a gram's hash so many bits are kept: two thirds of the room, and chance makes no two entries alike."""
FLOOR_EXACT = 40
"""From this many symbols on, equal normalised text counts as identical; below, only equal NFC text."""
FLOOR_GRAMS = 40
"""Texts of fewer symbols are banked without grams."""
FLOOR_THINNED = 400
"""Texts of fewer symbols keep every gram."""

MOVING, EVADING, UNREADABLE = 1, 2, 4
"""What is to be asked of a text: it moves or deletes its own characters, which the kernel leaves alone; it may
have an evasion score; it may hold what cannot be read.
"""
BASE = 0x9E3779B97F4A7C15
"""Of the polynomial that a gram is; odd, so that no power of it loses bits."""

Words = NDArray[np.uint64]
Column = NDArray[np.float64]

# Different prefixes, so that a short text never has the digest of a long one.
_OF_SYMBOLS = b"stanch text-exact/1 symbols\0"
_OF_NFC = b"stanch text-exact/1 nfc\0"
_POWERS = {covered: np.uint64(pow(BASE, covered, 1 << 64)) for covered in (1, 2, 4)}
_STIRRING = (
    (np.uint64(30), np.uint64(0xBF58476D1CE4E5B9)),
    (np.uint64(27), np.uint64(0x94D049BB133111EB)),
)
_NOUGHT, _FULL = np.zeros(1), np.full(1 << 12, 100, dtype=np.uint8)
_NOUGHT.flags.writeable = _FULL.flags.writeable = False
_LAST_SHIFT = np.uint64(31)
_LOWER_BITS = np.uint64(64 - GRAM_BITS)


class ReadText(NamedTuple):
    """What is read of a text in any case.

    Parameters
    ----------
    asked : what else is to be asked of it: `EVADING`, `UNREADABLE`, both or none.
    symbols : uint32 array, the normalised text.
    grams : all of them, in order; none of a text of fewer than `GRAM` symbols.
    shorts : uint64 array, shape (short grams,), hashes of all of them, in order.
    places : float64 array, shape (3, symbols), of each symbol its place, and where it begins and ends in the text.
    """

    asked: int
    symbols: Codes
    grams: Fingerprint
    shorts: Words
    places: Column


def as_entry(text: str, name: str, *, compiled: bool | None = None) -> Reading:
    """Read a text that is to be banked; `name` is what errors call it, `compiled` is as for `read`.

    Raises
    ------
    EmptyTextError
        If nothing is left of it once it is normalised.
    """
    codes = code_points(text[:LONGEST_TEXT])
    found = read(codes, compiled=compiled)
    if not len(found.symbols):
        raise EmptyTextError(name=name)
    grams, symbols = found.grams, len(found.symbols)
    kept = winnow(grams.bits[:, 0]) if symbols >= FLOOR_THINNED else np.arange(len(grams))
    by_passage = (_selected(grams, kept), banked(found.shorts, found.places)) if symbols >= FLOOR_GRAMS else ()
    return _reading(text, codes, found, by_passage)


def as_query(text: str, codes: Codes | None = None, *, compiled: bool | None = None) -> Reading:
    """Read a text that came in.

    Parameters
    ----------
    codes : what `code_points` returns for it, if that is known.
    compiled : as for `read`.
    """
    codes = (code_points(text) if codes is None else codes)[:LONGEST_TEXT]
    found = read(codes, compiled=compiled)
    grams = (found.grams,) if len(found.grams) else ()
    if not found.asked & EVADING:
        return _reading(text, codes, found, grams, shorts=found.shorts)
    evasion = evasion_of_codes(codes)
    score = evasion.score
    undone = evasion.undone if score else ()
    return _reading(text, codes, found, grams, evasion=score, undone=undone, shorts=found.shorts)


def read(codes: Codes, *, compiled: bool | None = None) -> ReadText:
    """Read the code points of a text.

    Parameters
    ----------
    codes : as `code_points` returns them.
    compiled : whether by the kernel, which does the same; by default if numba is loaded anyway, or worth loading.
    """
    if not (Effort.is_worth_it() if compiled is None else compiled):
        return _read_plainly(codes)
    asked, symbols, hashes, shorts, columns = _kernel()(codes)
    if asked & MOVING:
        return _read_plainly(codes)
    return ReadText(asked, symbols, _grams(hashes, columns), shorts, columns)


@cache
def _kernel() -> Callable[[Codes], tuple[int, Codes, Words, Words, Column]]:
    """Return the kernel and the tables that it reads by."""
    from stanch.fingerprints.text_numba import read_codes  # noqa: PLC0415 - imports numba

    laid_out = rules()
    return partial(read_codes, laid_out.table, laid_out.pool, telling())


def _read_plainly(codes: Codes) -> ReadText:
    normalised = normalise_codes(codes)
    symbols, places = normalised.symbols, _places(normalised)
    grams = _grams(gram_hashes(symbols).reshape(-1, 1), places)
    return ReadText(EVADING | UNREADABLE, symbols, grams, short_hashes(symbols), places)


def gram_fingerprint(normalised: NormalisedText) -> Fingerprint:
    """Return every gram, in order; none of a text of fewer than `GRAM` symbols."""
    return _grams(gram_hashes(normalised.symbols).reshape(-1, 1), _places(normalised))


def _places(normalised: NormalisedText) -> Column:
    """Return of each symbol its place, and where it begins and ends in the text; shape (3, symbols)."""
    at = np.arange(len(normalised.symbols))
    return np.array([at, normalised.start, normalised.end], np.float64)


def _grams(hashes: Words, places: Column) -> Fingerprint:
    """Return hashes of grams, one behind the other, as a fingerprint; `places` as from `_places`."""
    count, symbols = len(hashes), places.shape[1]
    return Fingerprint(
        method=TEXT_GRAM,
        bits=hashes,
        at=places[0, :count],
        start=places[1, :count],
        end=places[2, symbols - count :],
        quality=_FULL[:count] if count <= len(_FULL) else np.full(count, 100, dtype=np.uint8),
        extent=float(symbols),
    )


def gram_hashes(symbols: NDArray[np.uint32]) -> Words:
    """Return a hash of every `GRAM` symbols in a row; shape (max(0, len(symbols) - GRAM + 1),).

    A polynomial over the mixed symbols, modulo 2^64, mixed again; the upper `GRAM_BITS` of it, below 2^48. Grams
    of 12 are put together from grams of 8 and 4, and these from pairs.
    """
    if len(symbols) < GRAM:
        return np.empty(0, dtype=np.uint64)
    ones = _mix(symbols.astype(np.uint64))
    twos = _joined(ones, ones, 1, 1)
    fours = _joined(twos, twos, 2, 2)
    eights = _joined(fours, fours, 4, 4)
    grams = _mix(_joined(eights, fours, 8, 4))
    grams >>= _LOWER_BITS
    return grams


def short_hashes(symbols: NDArray[np.uint32]) -> Words:
    """Return a hash of every `SHORT_GRAM` symbols in a row, all 64 bits; as `gram_hashes` otherwise."""
    if len(symbols) < SHORT_GRAM:
        return np.empty(0, dtype=np.uint64)
    ones = _mix(symbols.astype(np.uint64))
    return _mix(_joined(_joined(ones, ones, 1, 1), ones, 2, 1))


def winnow(hashes: Words) -> NDArray[np.intp]:
    """Return the places of the grams that winnowing keeps, in order.

    Of every `WINDOW` hashes in a row the smallest is kept, of equal ones the last.
    """
    if not len(hashes):
        return np.empty(0, dtype=np.intp)
    least, place = hashes, np.arange(len(hashes))
    width = 1
    while width < min(WINDOW, len(hashes)):
        step = min(width, min(WINDOW, len(hashes)) - width)
        later = least[step:] <= least[:-step]
        least = np.where(later, least[step:], least[:-step])
        place = np.where(later, place[step:], place[:-step])
        width += step
    return np.unique(place)


def exact_digest(text: str, symbols: Codes) -> bytes:
    """Return the SHA-256 by which two texts count as identical; `symbols` are the normalised text."""
    if len(symbols) >= FLOOR_EXACT:
        return hashlib.sha256(_OF_SYMBOLS + symbols.astype("<u4", copy=False).tobytes()).digest()
    return hashlib.sha256(_OF_NFC + nfc(text).encode("utf-8", "surrogatepass")).digest()


def _reading(
    text: str,
    codes: Codes,
    found: ReadText,
    grams: tuple[Fingerprint, ...],
    *,
    evasion: float = 0.0,
    undone: tuple[str, ...] = (),
    shorts: Words | None = None,
) -> Reading:
    unread: tuple[NotScanned, ...] = ()
    if found.asked & UNREADABLE or len(text) > LONGEST_TEXT:
        problems = problems_of_codes(codes, length=len(text))
        unread = tuple([NotScanned(code=code, reason=sentence) for code, sentence in problems])
    return Reading(
        medium=Medium.TEXT,
        fingerprints=(*_exact(text, found.symbols), *grams),
        not_scanned=unread,
        symbols=len(found.symbols),
        evasion=evasion,
        undone=undone,
        shorts=shorts,
    )


def _exact(text: str, symbols: Codes) -> tuple[Fingerprint, ...]:
    """Return the fingerprint of the whole; none of a text that is empty or was not read to its end."""
    if not len(symbols) or len(text) > LONGEST_TEXT:
        return ()
    whole = Fingerprint(
        method=TEXT_EXACT,
        bits=words_from_bytes(exact_digest(text, symbols)).reshape(1, -1),
        at=_NOUGHT,
        start=_NOUGHT,
        end=np.array([float(len(text))]),
        quality=_FULL[:1],
        extent=float(len(symbols)),
    )
    return (whole,)


def _selected(grams: Fingerprint, kept: NDArray[np.intp]) -> Fingerprint:
    return Fingerprint.of(
        grams.method,
        grams.bits[kept],
        at=grams.at[kept],
        start=grams.start[kept],
        end=grams.end[kept],
        extent=grams.extent,
    )


def _joined(first: Words, second: Words, distance: int, covered: int) -> Words:
    """Return the polynomials of grams of `first`, each with the gram of `second` that follows `distance` on.

    The grams of `first` have `distance` symbols, those of `second` have `covered`.
    """
    grams = first[: len(second) - distance] * _POWERS[covered]
    grams += second[distance:]
    return grams


def _mix(values: Words) -> Words:
    """Stir each value through all 64 bits, in place, and return the array.

    The finaliser of SplitMix64 with its second set of constants: D. Stafford, "Better Bit Mixing", 2011.
    """
    for shift, factor in _STIRRING:
        values ^= values >> shift
        values *= factor
    values ^= values >> _LAST_SHIFT
    return values
