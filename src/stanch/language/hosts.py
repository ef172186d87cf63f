"""Host names as they are compared: lower case, one form for each look-alike spelling."""

from functools import cache

import numpy as np

from stanch.language.nfc import nfc
from stanch.language.tables import KIND, Kind, tables


def map_host(text: str) -> str:
    """Return a host name, or one label of it, mapped and in NFC.

    The first two steps of UTS #46 (https://www.unicode.org/reports/tr46/#Processing), non-transitional, with
    the mapping table of Unicode 15.0.0: capitals, full-width and other compatibility forms become plain
    letters, ideographic and full-width full stops become `.`, soft hyphens and other ignorable characters go.
    Unlike there, ZWNJ and ZWJ go too, since labels with and without one look the same.

    Characters that UTS #46 refuses stay as they are; so do underscores, spaces and the like.
    """
    return text.lower() if text.isascii() else nfc(text.translate(_replacements()))


@cache
def _replacements() -> dict[int, str]:
    """Return what each code point that changes is replaced by."""
    mapping = tables().hosts
    flat = mapping.flat()
    same = Kind.ONE << KIND | np.arange(len(flat), dtype=np.uint32)
    return {int(code): mapping.text(int(flat[code])) for code in np.flatnonzero(flat != same)}
