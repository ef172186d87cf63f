"""From bytes to text, without losing the readable rest where some bytes are wrong."""

import codecs

import numpy as np

from stanch.language.normalised import code_points
from stanch.language.problems import NOT_UNICODE, Problem, counted

_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
# UTF-32 first: its little-endian mark begins like that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF32_LE, "UTF-32-LE"),
    (codecs.BOM_UTF32_BE, "UTF-32-BE"),
    (codecs.BOM_UTF16_LE, "UTF-16-LE"),
    (codecs.BOM_UTF16_BE, "UTF-16-BE"),
    (codecs.BOM_UTF8, "UTF-8"),
)


def decode(data: bytes) -> tuple[str, list[Problem]]:
    """Return bytes as text: by their byte order mark, which goes, else as UTF-8.

    Each byte that is no part of a character becomes U+FFFD, is counted, and the first is named. Surrogates
    that UTF-16 or UTF-32 leave alone stay in the text: `problems` reports them.
    """
    mark, encoding = next((known for known in _MARKS if data.startswith(known[0])), (b"", "UTF-8"))
    body = data[len(mark) :]
    text, wrong = _utf_8(body) if encoding == "UTF-8" else _wide(body, encoding)
    return text, [_report(wrong[0], wrong[1] + len(mark), encoding)] if wrong else []


def _report(count: int, first: int, encoding: str) -> Problem:
    verb = "is" if count == 1 else "are"
    place = f", first at byte {first:,}" if count > 1 else f", at byte {first:,}"
    return Problem(NOT_UNICODE, f"{counted(count, 'byte')} {verb} not {encoding}{place}")


def _utf_8(data: bytes) -> tuple[str, tuple[int, int] | None]:
    """Return the text, and how many bytes are wrong and where the first is."""
    escaped = data.decode("utf-8", "surrogateescape")  # each wrong byte becomes one of U+DC80 to U+DCFF
    codes = code_points(escaped)
    wrong = np.flatnonzero((codes >= 0xDC80) & (codes <= 0xDCFF))
    if not wrong.size:
        return escaped, None
    codes = codes.copy()
    codes[wrong] = ord(_REPLACEMENT)
    return codes.tobytes().decode("utf-32-le"), (wrong.size, len(escaped[: wrong[0]].encode()))


def _wide(data: bytes, encoding: str) -> tuple[str, tuple[int, int] | None]:
    """Read UTF-16 or UTF-32; beyond surrogates, only the end and too large a number can be wrong."""
    size = 2 if "16" in encoding else 4
    whole = len(data) - len(data) % size
    units = np.frombuffer(data, dtype=f"{'<' if encoding.endswith('LE') else '>'}u{size}", count=whole // size)
    large = np.flatnonzero(units > 0x10FFFF)
    units = np.where(units > 0x10FFFF, ord(_REPLACEMENT), units)
    text = units.astype(f"<u{size}").tobytes().decode(f"utf-{8 * size}-le", "surrogatepass")
    count = size * large.size + len(data) - whole
    first = size * int(large[0]) if large.size else whole
    return text + _REPLACEMENT * (len(data) - whole), (count, first) if count else None
