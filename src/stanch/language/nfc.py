"""NFC that is the same on every supported Python."""

import re
import unicodedata
from functools import cache

from stanch.language.tables import tables


def nfc(text: str) -> str:
    """Return `text` in normalisation form C, as of Unicode 14.0.

    The oldest supported Python knows Unicode 14.0. Unicode's stability policy promises that text of
    characters assigned there is normalised alike by every later version. A character that came later has no
    decomposition and no combining class in 14.0, so that text on both sides of it is normalised on its own.
    """
    if text.isascii():
        return text
    return "".join(
        unicodedata.normalize("NFC", piece) if known else piece
        for known, piece in ((match.lastgroup == "known", match[0]) for match in _pieces().finditer(text))
    )


@cache
def _pieces() -> re.Pattern[str]:
    edges = tables().stable.tolist()
    ranges = zip(edges[::2], edges[1::2], strict=True)
    known = "".join(f"\\U{first:08x}-\\U{end - 1:08x}" for first, end in ranges)
    return re.compile(f"(?P<known>[{known}]+)|[^{known}]+")
