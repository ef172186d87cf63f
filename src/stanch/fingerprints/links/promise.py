"""Whether a text may hold a link at all, seen in one pass: most hold none.

Every link that `search.find` finds holds one of these, once invisible characters are left out:

- a dot and two letters, of ASCII or of none of it (`example.org`), or a dot, digits, and a colon or slash
  (`192.0.2.1/a`);
- a colon and a slash, blanks between (`https : //`);
- a bracket and a dot, colon, slash or `do` (`[.]`, `(dot)`), a blank between.

An ideographic full stop counts as a dot before letters of ASCII and digits. The pass is a machine of a few states,
each what the last characters may become part of.
"""

import re
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from stanch.fingerprints.links.refang import UNSEEN

END = 0x110000
_SORTS = (
    "else",
    "unseen",
    "letter",
    "d",
    "o",
    "digit",
    "beyond",
    "blank",
    "dot",
    "stop",
    "colon",
    "slash",
    "open",
)
_STATES = ("nothing", "dot", "letter", "beyond", "number", "stop", "colon", "open", "d", "found")
FOUND = _STATES.index("found")
"""The state that no character leads out of."""

_BEGINS = {"dot": "dot", "stop": "stop", "colon": "colon", "open": "open"}
_LETTERS = ("letter", "d", "o")
_GOES_ON = {
    "dot": {**dict.fromkeys(_LETTERS, "letter"), "beyond": "beyond", "digit": "number"},
    "letter": dict.fromkeys(_LETTERS, "found"),
    "beyond": {"beyond": "found"},
    "number": {"digit": "number", "colon": "found", "slash": "found"},
    "stop": {**dict.fromkeys(_LETTERS, "letter"), "digit": "number"},
    "colon": {"blank": "colon", "slash": "found"},
    "open": {"blank": "open", "d": "d", "dot": "found", "colon": "found", "slash": "found"},
    "d": {"o": "found"},
}


class Machine(NamedTuple):
    """What a text is looked through by.

    Parameters
    ----------
    sorts : uint8 array, shape (0x110000,), what sort of character each code point is.
    moves : uint8 array, shape (states, 16), the next state by state and sort.
    """

    sorts: NDArray[np.uint8]
    moves: NDArray[np.uint8]


def may_hold_links(codes: NDArray[np.uint32], machine: Machine) -> bool:
    """Return whether a text may hold a link, one character at a time: what the kernel must agree with."""
    state = 0
    for sort in machine.sorts.take(codes, mode="clip").tolist():
        state = int(machine.moves[state, sort])
    return state == FOUND


@cache
def machine(dots: str, stops: str, no_label: str) -> Machine:
    """Return the machine, made once.

    Parameters
    ----------
    dots, stops : what parts a name; what does so only in names of ASCII.
    no_label : of characters beyond ASCII, those that are in no label: as it stands in a class of characters.
    """
    return Machine(sorts=_sorts(dots, stops, no_label), moves=_moves())


def _sorts(dots: str, stops: str, no_label: str) -> NDArray[np.uint8]:
    every = "".join(map(chr, range(END)))
    sorts = np.zeros(END, dtype=np.uint8)
    patterns = {
        "beyond": f"[^{no_label}\x00-\x7f]+",
        "letter": "[A-Za-z]+",
        "d": "[Dd]",
        "o": "[Oo]",
        "digit": "[0-9]+",
        "blank": " ",
        "dot": f"[{dots}]",
        "stop": f"[{stops}]",
        "colon": "[:\uff1a]",
        "slash": r"[/\\\uff0f\uff3c]",
        "open": r"[\[({]",
        "unseen": f"{UNSEEN.pattern}+",
    }
    for sort, pattern in patterns.items():
        for found in re.finditer(pattern, every):
            sorts[found.start() : found.end()] = _SORTS.index(sort)
    return sorts


def _moves() -> NDArray[np.uint8]:
    moves = np.zeros((len(_STATES), 16), dtype=np.uint8)
    for number, state in enumerate(_STATES):
        leads = {**_BEGINS, **_GOES_ON.get(state, {}), "unseen": state}
        if number == FOUND:
            leads = dict.fromkeys(_SORTS, state)
        for sort, into in leads.items():
            moves[number, _SORTS.index(sort)] = _STATES.index(into)
    return moves
