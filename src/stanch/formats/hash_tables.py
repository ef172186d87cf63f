"""Tables of a partner's list: which column is what, and what a row holds. Problems are `ValueError`s."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from stanch.formats.hash_values import METHODS, Listed, method_by_shape, name_of, shown, value_of
from stanch.values import FILE_MD5, FILE_SHA256, LINK, PDQ_RAW, Method

DELIMITERS = ",;\t"
NO_DELIMITER = "\x1f"
"""For tables of one column, whose links may hold any other sign."""

_KINDS = {
    **dict.fromkeys(("pdq", "pdq_hash", "pdqhash", "hash_pdq", "pdq_256"), PDQ_RAW),
    **dict.fromkeys(("md5", "md5_hash", "md5hash", "hash_md5", "md5sum", "file_md5"), FILE_MD5),
    **dict.fromkeys(("sha256", "sha_256", "sha256_hash", "hash_sha256", "sha256sum", "file_sha256"), FILE_SHA256),
    **dict.fromkeys(("url", "urls", "link", "links", "uri"), LINK),
}
_UNTOLD = frozenset({"hash", "hash_value", "value", "indicator"})
_TYPES = frozenset({"hash_type", "type", "algorithm", "algo", "hash_algorithm", "signal_type", "method"})
_LABELS = frozenset({"label", "labels", "tag", "tags"})
_QUALITY = frozenset({"quality", "pdq_quality"})
_BETWEEN_LABELS = re.compile(r"[,;|\n\u060c\u061b]")


@dataclass(kw_only=True, slots=True)
class Columns:
    """What the columns of a table hold, by place.

    Parameters
    ----------
    names : as the header writes them.
    values : the columns of hashes and links; None where a column of types, or the caller, has to tell the kind.
    kind, quality : the column of it, None if there is none.
    labels : the columns of labels.
    ignored : names of all others.
    """

    names: list[str]
    values: dict[int, Method | None] = field(default_factory=dict)
    kind: int | None = None
    quality: int | None = None
    labels: list[int] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, names: list[str]) -> "Columns":
        """Return what a header says, whether or not it names a column of hashes or links."""
        columns = cls(names=names)
        for place, name in enumerate(names):
            columns._take(place, _plain(name))
        if columns.kind is not None and None not in columns.values.values():
            columns.ignored.append(names[columns.kind])
            columns.kind = None
        return columns

    def _take(self, place: int, name: str) -> None:
        if name in _KINDS or name in _UNTOLD:
            self.values[place] = _KINDS.get(name)
        elif name in _LABELS:
            self.labels.append(place)
        elif name in _TYPES and self.kind is None:
            self.kind = place
        elif name in _QUALITY and self.quality is None:
            self.quality = place
        else:
            self.ignored.append(self.names[place].strip())

    def check(self, asked: Method | None) -> None:
        """Refuse two columns of one kind, and a kind other than the caller asked for."""
        kinds = list(self.values.values())
        for kind in kinds:
            name = "hash" if kind is None else name_of(kind)
            if kinds.count(kind) > 1:
                raise ValueError(f"two columns hold {name}: keep one")
            if kind and asked and kind != asked:
                raise ValueError(
                    f"a column holds {name}, but {name_of(asked)} was asked for: leave the method out"
                )


def header_of(line: str) -> tuple[Columns, str] | None:
    """Return the columns and the delimiter if a line is the header of a table of hashes or links, else None."""
    found = []
    for delimiter in DELIMITERS:
        names = next(csv.reader([line], delimiter=delimiter), [])
        columns = Columns.of(names)
        if columns.values:
            found.append((len(names), columns, delimiter if len(names) > 1 else NO_DELIMITER))
    if not found:
        return None
    _, columns, delimiter = max(found, key=lambda candidate: candidate[0])
    return columns, delimiter


def listed_in(row: list[str], columns: Columns, asked: Method | None, line: int) -> Iterator[Listed]:
    """Yield each value of a row."""
    if len(row) != len(columns.names):
        raise ValueError(f"{len(row)} cells where the header has {len(columns.names)}")
    cells = {place: cell for place in columns.values if (cell := row[place].strip())}
    if not cells:
        raise ValueError("this row holds no hash and no link")
    labels, quality = _labels(row, columns), _quality(row, columns)
    for place, cell in cells.items():
        method = columns.values[place] or _told(row, columns, asked) or method_by_shape(cell)
        yield Listed(
            method=method,
            value=value_of(cell, method),
            labels=labels,
            line=line,
            quality=quality if method is PDQ_RAW else None,
        )


def _told(row: list[str], columns: Columns, asked: Method | None) -> Method | None:
    """Return the kind of a hash that its column does not tell: from the column of types, or the caller."""
    if columns.kind is None:
        return asked
    told = row[columns.kind]
    method = _KINDS.get(_plain(told))
    if method is None:
        raise ValueError(f"{shown(told.strip())} is no kind of hash that is read here; {', '.join(METHODS)} are")
    if asked and method != asked:
        raise ValueError(f"this is a {name_of(method)}, but {name_of(asked)} was asked for: leave the method out")
    return method


def _labels(row: list[str], columns: Columns) -> tuple[str, ...]:
    labels = (label.strip() for place in columns.labels for label in _BETWEEN_LABELS.split(row[place]))
    return tuple(dict.fromkeys(label for label in labels if label))


def _quality(row: list[str], columns: Columns) -> int | None:
    if columns.quality is None or not (cell := row[columns.quality].strip()):
        return None
    if not re.fullmatch(r"[0-9]{1,3}", cell) or int(cell) > 100:
        raise ValueError(f"quality {shown(cell)} is no number from 0 to 100")
    return int(cell)


def _plain(name: str) -> str:
    return name.strip().casefold().replace("-", "_").replace(" ", "_")
