"""What keeps a text from being read in full, in sentences that name the place."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from stanch.language.normalised import Codes, code_points
from stanch.language.rules import rules
from stanch.language.tables import KIND, Kind

LONGEST_TEXT = 5_000_000
"""How many characters of a text are read."""
LONGEST_SILENCE = 1_000
"""How many characters in a row may be nothing but marks, joiners and unknown characters."""
_FIRST_SURROGATE, _AFTER_SURROGATES = 0xD800, 0xE000

TOO_LONG = "text-too-long"
LONE_SURROGATES = "lone-surrogates"
SILENCE = "nothing-to-read"
NOT_UNICODE = "undecodable-bytes"


class Problem(NamedTuple):
    """A stable code, and a sentence that names the place."""

    code: str
    sentence: str


def problems(text: str) -> list[Problem]:
    """Return what in the first `LONGEST_TEXT` characters cannot be read, and whether there are more.

    Spaces, signs and emoji leave nothing either, but everyone can see what they are.
    """
    return problems_of_codes(code_points(text[:LONGEST_TEXT]), length=len(text))


def problems_of_codes(codes: Codes, *, length: int) -> list[Problem]:
    """Return what cannot be read of the code points of a text that has so many, of which these are the first."""
    found = [*_surrogates(codes), *_silences(codes)]
    if length > LONGEST_TEXT:
        sentence = f"of {length:,} characters only the first {LONGEST_TEXT:,} were read"
        found.insert(0, Problem(TOO_LONG, sentence))
    return found


def counted(number: int, thing: str) -> str:
    """Return a number with its thing, in the plural where that is due."""
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"


def _surrogates(codes: Codes) -> Iterator[Problem]:
    if not codes.size or codes.max() < _FIRST_SURROGATE:
        return
    places = np.flatnonzero((codes >= _FIRST_SURROGATE) & (codes < _AFTER_SURROGATES))
    if places.size:
        yield Problem(
            LONE_SURROGATES, f"{counted(places.size, 'lone surrogate')}, first at character {places[0]:,}"
        )


def _silences(codes: Codes) -> Iterator[Problem]:
    among = codes[LONGEST_SILENCE :: LONGEST_SILENCE + 1]  # a longer run holds one of these places
    if not among.size or not _silent(among).any():
        return
    starts, lengths = _runs(_silent(codes))
    long = lengths > LONGEST_SILENCE
    if long.any():
        first = int(starts[long][0])
        others = int(long.sum()) - 1
        more = f", and {counted(others, 'more such run')}" if others else ""
        where = f"in a row at character {first:,}"
        yield Problem(SILENCE, f"{lengths[long][0]:,} characters {where} leave nothing to read{more}")


def _silent(codes: Codes) -> NDArray[np.bool_]:
    kinds = rules().table.take(codes, mode="clip") >> KIND
    found: NDArray[np.bool_] = (kinds == Kind.ATTACHED) | (kinds == Kind.UNREAD) | (kinds == Kind.CONTROL)
    return found


def _runs(silent: NDArray[np.bool_]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return where each run of True starts, and its length."""
    padded = np.concatenate([[False], silent, [False]])
    edges = np.flatnonzero(padded[1:] != padded[:-1])
    return edges[::2], edges[1::2] - edges[::2]
