"""What people do to a link so that it is not clicked, and what surrounds it in prose: taken back here.

Everything in this file belongs to the frozen method `link/1`.
"""

import re

INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
"""Ranges for a character class: the default-ignorable code points of Unicode 15.0, and U+FFF9 to U+FFFB."""

PAIRS = {")": "(", "]": "[", "}": "{", ">": "<", "\uff09": "\uff08", "\u3011": "\u3010", "\u300b": "\u300a"}
"""Closing brackets, and what opens them."""

UNSEEN = re.compile(f"[{INVISIBLE}]")
BRACKETED = re.compile(r" ?[\[({]{1,2} ?(://|:/|//|[.:/]|dot) ?[\])}]{1,2} ?", re.ASCII | re.IGNORECASE)
"""`[.]`, `(dot)`, `{.}`, `[:]`, `[://]`, `[/]`."""
SCHEME = re.compile(
    r"(?<![a-z0-9.-])(?:h[tx*]{2}(p)(s?)|f[tx*]p(s?)) {0,2}[:\uff1a] {0,2}[/\\\uff0f\uff3c]{2} {0,2}",
    re.ASCII | re.IGNORECASE,
)
"""`hxxp://`, `h**ps://`, `fxp://`, with full-width signs or blanks between."""

_SPACED_DOT = re.compile(r"(?<=\S) dot (?=\S)", re.ASCII | re.IGNORECASE)
_BREAKS = re.compile("[\t\r\n]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_FULL_WIDTH_SIGNS = str.maketrans("\uff1a\uff0f\uff3c", ":/\\")
_LEADING = "<({*\"'`|\u00ab\u2039\u201c\u201d\u201e\u2018\u2019\u300c\u300e\u3008\u300a\u3010\uff08\u061f"
_TRAILING = (
    ".,;:!?*\"'`|<([{"
    "\u2026\u00bb\u203a\u00ab\u2039\u201c\u201d\u201e\u2018\u2019"  # typographic quotation marks and dots
    "\u060c\u061b\u061f\u06d4"  # Arabic and Urdu
    "\u3001\u3002\uff61\uff0c\uff0e\uff1b\uff1a\uff01\uff1f\u300d\u300f\u3009"  # Chinese and Japanese
    "\u0964\u0965"  # Devanagari and Bengali
    "\u1361\u1362\u1363\u1364\u1365\u1366\u1367\u1368"  # Ethiopic
    "\u0589\u05c3\u104a\u104b\u17d4\u17d5"  # Armenian, Hebrew, Burmese, Khmer
)
_IPV6 = re.compile(r"\[[0-9A-Fa-f:.]+\]")


def bare(link: str) -> str:
    """Return a link as it was before it was defanged, wrapped, quoted or ended a sentence."""
    text = UNSEEN.sub("", _SURROGATE.sub("\ufffd", link)).strip()
    text = SCHEME.sub(scheme, BRACKETED.sub(bracketed, text))
    text = _SPACED_DOT.sub(".", text).translate(_FULL_WIDTH_SIGNS)
    if "://" in text:
        # Browsers take these out of a link: https://url.spec.whatwg.org/#concept-basic-url-parser, step 3.
        text = _BREAKS.sub("", text)
    return trimmed(_without_opening(text))


def bracketed(found: re.Match[str]) -> str:
    """Return what stood in the brackets."""
    return "." if found[1].lower() == "dot" else found[1]


def scheme(found: re.Match[str]) -> str:
    """Return the scheme as it should be."""
    return f"http{found[2]}://" if found[1] else f"ftp{found[3]}://"


def trimmed(text: str) -> str:
    """Return `text` without the punctuation that ends it; a bracket that closes one within it stays."""
    surplus = {close: text.count(close) - text.count(PAIRS[close]) for close in PAIRS if close in text}
    end = len(text)
    while end and ((last := text[end - 1]) in _TRAILING or surplus.get(last, 0) > 0 or last.isspace()):
        end -= 1
        if last in surplus:
            surplus[last] -= 1
    return text[:end]


def _without_opening(text: str) -> str:
    text = text.lstrip(_LEADING).lstrip()
    return text if _IPV6.match(text) else text.lstrip("[" + _LEADING).lstrip()
