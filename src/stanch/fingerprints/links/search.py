"""Links within a text: plain, defanged, or without a scheme. In time linear in the text.

A text is searched twice: once for links that may hold any letter, once for those of ASCII alone. Chinese, Thai
and other scripts put no space around a link, so that only one of the two ends, or begins, where the link does.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from importlib import resources
from itertools import chain, pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from stanch.errors import NotALinkError
from stanch.fingerprints.effort import Effort
from stanch.fingerprints.links.canonical import CanonicalLink, canonical
from stanch.fingerprints.links.promise import FOUND, machine
from stanch.fingerprints.links.refang import BRACKETED, SCHEME, UNSEEN, bracketed, scheme, trimmed
from stanch.language.normalised import Codes, code_points


@dataclass(frozen=True, kw_only=True, slots=True)
class FoundLink:
    """A link in a text.

    Parameters
    ----------
    start, end : where it stands in the text, in code points, half-open.
    link : the link, refanged and without invisible characters.
    place : what it leads to.
    """

    start: int
    end: int
    link: str
    place: CanonicalLink


_ENDS = (
    '\\s\x00-\x1f\x7f<>"`|{}^'
    "\u00ab\u00bb\u2039\u203a\u201c\u201d\u201e\u2026\u3000-\u3003\u3008-\u3011\u3014-\u301b\uff61-\uff64"
    "\uff01\uff08\uff09\uff0c\uff1a\uff1b\uff1f\uff5e\u060c\u061b\u061f\u06d4\u0964\u0965\u1361-\u1368"
)
"""What no link holds as it stands: blanks, quotation marks, punctuation that only prose uses."""
_DOTS, _STOPS = ".\uff0e", "\u3002\uff61"
"""What IDNA reads as dots. The second sort is a disguise in a name of ASCII, elsewhere it ends a sentence."""
_NO_LABEL = "\x00-,./:-@\\[-^`{-\x7f" + _DOTS + _ENDS
_KNOWN = r"(?ai:https?|ftps?|wss?)://"
_ANY_SCHEME = rf"(?:(?<![A-Za-z0-9+\-])[A-Za-z][A-Za-z0-9+\-]{{1,30}}+://|{_KNOWN})"
_BEYOND_A_NAME = re.compile(r"[/\\?#]")
_ABBREVIATION = re.compile(r"[^\W\d]\.[^\W\d]{2}")
"""`p.sh`, `m.in`, `f.Kr`: words of Albanian, Polish and Danish that look like names of hosts."""
_KNOWN_SCHEME = re.compile(_KNOWN)


def _pattern(foreign: str, dots: str) -> re.Pattern[str]:
    """Return the pattern of a link in which the characters `foreign` do not occur, and `dots` part a name.

    Every repetition is bounded or possessive, and a name is tried only where a word begins: no text makes it
    go over the same characters again and again.
    """
    label, first = f"[^{_NO_LABEL}{foreign}]", f"[^{_NO_LABEL}{foreign}_\\-]"
    top = rf"(?:[Xx][Nn]--[A-Za-z0-9\-]{{2,59}}+|[A-Za-z]{{2,63}}+|[^{_NO_LABEL}{foreign}\x00-\x7f]{{2,63}}+)"
    above = rf"(?:{first}{label}{{0,62}}+[{dots}](?={first}))"
    address = r"[0-9]{1,3}+(?:\.[0-9]{1,3}+){3}+(?=[:/])"
    rest = rf"(?::[0-9]{{1,5}}+)?+(?:[/?\\#][^{_ENDS}{foreign}]*+)?+"
    alone = rf"(?<!{label})(?<![.@%])(?<!{label}[{dots}])(?<![\w.\-]/)[_\-]{{0,3}}+"
    return re.compile(
        rf"(?P<whole>{_ANY_SCHEME}(?>{above}{{0,126}})[^{_ENDS}{foreign}]++)"
        rf"|{alone}(?P<name>(?:(?>{above}{{1,126}}){top}|{address})(?!\.?{first}|[@\-]){rest})"
    )


def _promise(foreign: str, dots: str) -> re.Pattern[str]:
    """Return what stands in every text in which `_pattern` finds a link: a scheme, the last label of a name, or
    the end of an address with a port or a path.

    Most dots end a sentence and are followed by a blank, or stand in a number, which is seen many times sooner.
    """
    letters = rf"[A-Za-z]{{2}}|[^{_NO_LABEL}{foreign}\x00-\x7f]{{2}}"
    return re.compile(rf"://|[{dots}](?:{letters}|[0-9]{{1,3}}[:/])")


_Span = tuple[int, int]


class _Way(NamedTuple):
    """How links of one sort are found.

    Parameters
    ----------
    promise : what every one of them holds.
    border : what none of them holds, and what ends a link wherever it stands.
    pattern : of the link.
    """

    promise: re.Pattern[str]
    border: re.Pattern[str]
    pattern: re.Pattern[str]


_FOREIGN = "\x80-\U0010ffff"
_ANY_LETTERS = _Way(_promise("", _DOTS), re.compile(f"[{_ENDS}]"), _pattern("", _DOTS))
_ASCII_ONLY = _Way(
    _promise(_FOREIGN, _DOTS + _STOPS),
    re.compile(f"(?![{_DOTS}{_STOPS}])[{_ENDS}{_FOREIGN}]"),
    _pattern(_FOREIGN, _DOTS + _STOPS),
)


def find(text: str, codes: Codes | None = None, *, compiled: bool | None = None) -> list[FoundLink]:
    """Return the links in a text, in the order they begin.

    Where it is open whether letters of another script belong to a link, both readings are returned, and a link
    that holds another one (`https://archive.example/https://example.org/a`) is followed by it: they overlap.
    Mail addresses are left out, and so are names without scheme and path that do not end in a known top-level
    domain (`report.txt`, `e.g.`) or look like an abbreviation (`p.sh`).

    Parameters
    ----------
    codes : what `code_points` returns for it, if that is known.
    compiled : whether a kernel says first which texts hold nothing of the kind; by default if numba is loaded
        anyway, or worth loading.
    """
    if (Effort.is_worth_it() if compiled is None else compiled) and _promises_none(text, codes):
        return []
    plain, origin = _refanged(text)
    places: dict[_Span, CanonicalLink] = {}
    for way in (_ANY_LETTERS,) if plain.isascii() else (_ANY_LETTERS, _ASCII_ONLY):
        _look_up(plain, way, places)
    kept = sorted(_without_prefixes(places), key=lambda span: (span[0], -span[1])) if places else ()
    return [
        FoundLink(
            start=int(origin[start]),
            end=int(origin[end - 1]) + 1,
            link=plain[start:end],
            place=places[start, end],
        )
        for start, end in kept
    ]


def _promises_none(text: str, codes: Codes | None) -> bool:
    return _kernel()(code_points(text) if codes is None else codes) != FOUND


@cache
def _kernel() -> Callable[[Codes], int]:
    """Return the kernel and the machine that it goes through a text with."""
    from stanch.fingerprints.links.promise_numba import last_state  # noqa: PLC0415 - imports numba

    way = machine(_DOTS, _STOPS, _NO_LABEL)
    return partial(last_state, way.sorts, way.moves)


def is_link_list(text: str) -> bool:
    """Return whether every line of a text, but blank ones and `#` comments, is one link; and there is one."""
    lines = [
        stripped for line in text.splitlines() if (stripped := line.strip("\ufeff \t")) and stripped[0] != "#"
    ]
    return bool(lines) and all(_is_one_link(line) for line in lines)


def _is_one_link(line: str) -> bool:
    return any(found.start == 0 and found.end == len(trimmed(line)) for found in find(line))


def _refanged(text: str) -> tuple[str, NDArray[np.intp]]:
    """Return the text with its links as they should be, and where each of its characters stood before."""
    origin = np.arange(len(text))
    for finder, replace, signs, promise in _REFANGING:
        if not any(sign in text for sign in signs) if signs else text.isascii():
            continue
        if not promise.search(text):
            continue
        edits = [(*found.span(), new) for found in finder(text) if (new := replace(found)) != found[0]]
        if edits:
            text, moved = _edited(text, edits)
            origin = origin[moved]
    return text, origin


def _schemes(text: str) -> Iterator[re.Match[str]]:
    """Yield what `SCHEME` finds in a text, looking for it only around its colon and slash."""
    behind = 0
    for sign in _COLON_AND_SLASH.finditer(text):
        colon = sign.start()
        found = SCHEME.search(text, max(behind, colon - 7), colon + 7)  # `https`, blanks; blanks, slashes, blanks
        if found:
            behind = found.end()
            yield found


_COLON_AND_SLASH = re.compile(r"[:\uff1a] {0,2}[/\\\uff0f\uff3c]")
_Finder = Callable[[str], Iterator[re.Match[str]]]
_REFANGING: tuple[tuple[_Finder, Callable[[re.Match[str]], str], str, re.Pattern[str]], ...] = (
    (UNSEEN.finditer, lambda _: "", "", UNSEEN),
    (BRACKETED.finditer, bracketed, "[({", re.compile(r"(?i)[\[({] ?(?:[.:/]|dot)")),
    (_schemes, scheme, "/\\\uff0f\uff3c", _COLON_AND_SLASH),
)
"""What is undone, in this order, by what; characters of which one at least stands in whatever is found, none if it
is all beyond ASCII; and what is found sooner, and stands in all of it.
"""


def _edited(text: str, edits: list[tuple[int, int, str]]) -> tuple[str, NDArray[np.intp]]:
    """Return the text with `edits` made, and where each of its characters stood before.

    The first and last of new characters stand for the first and last of what they replace, so that a link that
    begins or ends with them keeps its borders.
    """
    starts = np.array([start for start, _, _ in edits])
    ends = np.array([end for _, end, _ in edits])
    sizes = np.array([len(new) for _, _, new in edits])
    borders = [0, *ends.tolist()]
    pieces = [
        part for border, (start, _, new) in zip(borders, edits, strict=False) for part in (text[border:start], new)
    ]
    edited = "".join([*pieces, text[borders[-1] :]])
    # What is kept, and the first of what is new, moves by what the edits before it took out.
    shift = np.cumsum(ends - starts - sizes)
    begin = starts - (shift - (ends - starts - sizes))
    moved = np.arange(len(edited)) + np.repeat([0, *shift], np.diff([0, *(begin + sizes), len(edited)]))
    filled = sizes > 0
    moved[(begin + sizes - 1)[filled]] = ends[filled] - 1
    return edited, moved


def _windows(text: str, way: _Way) -> Iterator[_Span]:
    """Yield the stretches between borders in which there is a promise: all links lie in these."""
    end = 0
    for promise in way.promise.finditer(text):
        start = promise.start()
        if start >= end:
            while start > end and not way.border.match(text, start - 1):
                start -= 1
            behind = way.border.search(text, promise.end())
            end = behind.start() if behind else len(text)
            yield start, end


def _look_up(text: str, way: _Way, places: dict[_Span, CanonicalLink]) -> None:
    """Note where each link stands that is found in a way, and what it leads to, unless that is known."""
    for found in chain.from_iterable(way.pattern.finditer(text, *window) for window in _windows(text, way)):
        start, end = found.span(found.lastgroup or 0)
        inner = [within.start() for within in _KNOWN_SCHEME.finditer(text, start + 1, end)]
        borders = [start, *inner, end]
        for first, last in {(start, end), *pairwise(borders)}:
            piece = trimmed(text[first:last])
            span = first, first + len(piece)
            place = None if span in places else _place(piece)
            if place:
                places[span] = place


def _place(piece: str) -> CanonicalLink | None:
    try:
        place = canonical(piece)
    except NotALinkError:
        return None
    top = place.host.rpartition(".")[2]
    with_path = _BEYOND_A_NAME.search(piece) is not None and not top.startswith("xn--")
    stands_out = "://" in piece or with_path or top.isdigit()
    return place if stands_out or (top in _top_level() and not _ABBREVIATION.fullmatch(piece)) else None


def _without_prefixes(spans: dict[_Span, CanonicalLink]) -> Iterator[_Span]:
    """Leave out what another link with the same start leads through: it is looked up with that one."""
    longest: tuple[int, CanonicalLink] | None = None
    for (start, end), place in sorted(spans.items(), key=lambda item: (item[0][0], -item[0][1])):
        if longest and longest[0] == start and _leads_through(longest[1], place):
            continue
        longest = start, place
        yield start, end


def _leads_through(longer: CanonicalLink, place: CanonicalLink) -> bool:
    same_host = (longer.scheme, longer.host, longer.port) == (place.scheme, place.host, place.port)
    return same_host and longer.steps[: len(place.steps)] == place.steps


@cache
def _top_level() -> frozenset[str]:
    """Return the top-level domains of the public network, and those of the networks over it."""
    lines = (resources.files(__package__) / "tlds.txt").read_text("ascii").splitlines()
    return frozenset(line for line in lines if not line.startswith("#")) | {"onion", "i2p"}
