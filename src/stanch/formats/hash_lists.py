"""Lists of hashes and links as partners send them: plain, one a line, or as a table with a header.

Nothing is guessed and nothing is imported in part: a list is read whole, or refused with the line and the reason.
64 hexadecimal digits may be a PDQ or a SHA-256; unless a column says which, the caller has to. A PDQ hash of such
a list becomes `pdq-raw/1`, since partners hash images without our normalisation.
"""

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from stanch.errors import FormatError
from stanch.formats.hash_tables import Columns, header_of, listed_in
from stanch.formats.hash_values import Listed, listable, method_by_shape, value_of
from stanch.values import Method

__all__ = ["LONGEST_LINE", "HashList", "Listed", "read_hash_list"]

LONGEST_LINE = 65_536
"""Bytes of one line; more than any hash with its labels takes, or any link that a server answers."""

_BOM = b"\xef\xbb\xbf"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_COMMENT = re.compile(r"(?:^|\s)#.*")

Line = tuple[int, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class HashList:
    """A list that was read whole.

    Parameters
    ----------
    listed : each value once, in the order of the list; repetitions add their labels to the first.
    duplicates : how many repetitions there were.
    ignored_columns : names of the columns that were not read.
    """

    listed: tuple[Listed, ...]
    duplicates: int = 0
    ignored_columns: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[Listed]:
        return iter(self.listed)

    def __len__(self) -> int:
        return len(self.listed)


def read_hash_list(path: Path, *, method: Method | None = None) -> HashList:
    """Return the hashes and links of a file in UTF-8.

    A plain list holds one value a line; blank lines are skipped, and what follows a `#`. A table has a header
    with a column of hashes or links (`pdq`, `md5`, `sha256`, `url`, or `hash` beside `type`), and is separated by
    commas, semicolons or tabs.

    Parameters
    ----------
    method : what the values are where the file does not tell. A plain list then holds nothing else.

    Raises
    ------
    FormatError
        If any line is not what it should be, or nothing is listed.
    InvalidValueError
        If no list holds values of `method`.
    OSError
        If the file cannot be opened.
    """
    asked = listable(method)
    lines = _lines(path)
    opening = next((line for line in lines if _significant(line)), None)
    if opening is None:
        raise FormatError(path=path, line=1, problem="the list is empty")
    header = _header(path, opening, asked)
    if header is None:
        return _collected(_plain(path, _and_then(opening, lines), asked))
    columns, delimiter = header
    found = _collected(_table(path, lines, columns, delimiter, asked))
    if not found.listed:
        raise FormatError(path=path, line=opening[0], problem="nothing follows the header")
    return replace(found, ignored_columns=tuple(columns.ignored))


def _lines(path: Path) -> Iterator[Line]:
    """Yield each line with its number; never hold more than one, however long."""
    with path.open("rb") as stream:
        number = 0
        while raw := stream.readline(LONGEST_LINE + 1):
            number += 1
            try:
                yield number, _decoded(raw, first=number == 1)
            except ValueError as problem:
                raise FormatError(path=path, line=number, problem=str(problem)) from None


def _decoded(raw: bytes, *, first: bool) -> str:
    if len(raw) > LONGEST_LINE:
        raise ValueError(f"longer than {LONGEST_LINE:,} bytes")
    if first and raw.startswith(_UTF_16):
        raise ValueError("this is UTF-16: save it as UTF-8")
    if b"\0" in raw:
        raise ValueError("holds a NUL byte: this is no text")
    try:
        text = (raw.removeprefix(_BOM) if first else raw).decode()
    except UnicodeDecodeError as error:
        raise ValueError(f"not in UTF-8 (byte {error.start + 1}): save it as UTF-8") from None
    text = text.removesuffix("\n").removesuffix("\r")
    if "\r" in text:
        raise ValueError("holds a carriage return: save it with line ends LF or CRLF")
    return text


def _significant(line: Line) -> bool:
    return bool(line[1].strip()) and not line[1].lstrip().startswith("#")


def _and_then(first: Line, rest: Iterable[Line]) -> Iterator[Line]:
    yield first
    yield from rest


def _header(path: Path, opening: Line, asked: Method | None) -> tuple[Columns, str] | None:
    number, text = opening
    header = header_of(text)
    if header is not None:
        try:
            header[0].check(asked)
        except ValueError as problem:
            raise FormatError(path=path, line=number, problem=str(problem)) from None
    return header


def _plain(path: Path, lines: Iterable[Line], asked: Method | None) -> Iterator[Listed]:
    for number, line in lines:
        text = (_COMMENT.sub("", line) if "#" in line else line).strip()
        if not text:
            continue
        try:
            method = asked or method_by_shape(text)
            value = value_of(text, method)
        except ValueError as problem:
            raise FormatError(path=path, line=number, problem=str(problem)) from None
        yield Listed(method=method, value=value, line=number)


def _table(
    path: Path, lines: Iterable[Line], columns: Columns, delimiter: str, asked: Method | None
) -> Iterator[Listed]:
    for number, row in _rows(path, lines, delimiter):
        try:
            yield from listed_in(row, columns, asked, number)
        except ValueError as problem:
            raise FormatError(path=path, line=number, problem=str(problem)) from None


def _rows(path: Path, lines: Iterable[Line], delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each row that holds anything, with the line it begins on."""
    first, last = 0, 0

    def texts() -> Iterator[str]:
        nonlocal first, last
        for number, text in lines:
            first, last = first or number, number
            yield text + "\n"

    try:
        for row in csv.reader(texts(), delimiter=delimiter, strict=True):
            if any(cell.strip() for cell in row):
                yield first, row
            first = 0
    except csv.Error as problem:
        raise FormatError(path=path, line=first or last, problem=str(problem)) from None


def _collected(listed: Iterable[Listed]) -> HashList:
    """Return each value once, with the labels of its repetitions, and the count of these."""
    kept: dict[tuple[str, str], Listed] = {}
    count = 0
    for one in listed:
        count += 1
        key = (one.method.id, one.value)
        earlier = kept.setdefault(key, one)
        if earlier is not one and not set(one.labels) <= set(earlier.labels):
            kept[key] = replace(earlier, labels=tuple(dict.fromkeys((*earlier.labels, *one.labels))))
    return HashList(listed=tuple(kept.values()), duplicates=count - len(kept))
