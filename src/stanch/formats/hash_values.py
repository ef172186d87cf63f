"""One value of a partner's list: what it is, and whether it is well made. Problems are `ValueError`s."""

import re
from dataclasses import dataclass

from stanch.errors import InvalidValueError
from stanch.values import FILE_MD5, FILE_SHA256, LINK, PDQ, PDQ_RAW, Method

METHODS = {"pdq": PDQ_RAW, "sha256": FILE_SHA256, "md5": FILE_MD5, "link": LINK}
"""What may stand in a list, by the name that messages use."""

_NAMES = {method.id: name for name, method in METHODS.items()}
_HEXADECIMAL = re.compile(r"[0-9a-f]+")
_BLANK = re.compile(r"[\s\x00-\x1f]")
_LINK_SIGN = re.compile(r"[^.:][.:]+[^.:]")
_SHOWN = 80


@dataclass(frozen=True, kw_only=True, slots=True)
class Listed:
    """One hash or link of a list.

    Parameters
    ----------
    method : what the value is: `pdq-raw/1`, `file-md5/1`, `file-sha256/1` or `link/1`.
    value : a hash in lower-case hexadecimal, a link as written.
    labels : what the list says of it.
    line : where it stands, from 1; the first place if there are several.
    quality : of a PDQ hash, 0 to 100; None if the list does not tell.
    """

    method: Method
    value: str
    labels: tuple[str, ...] = ()
    line: int
    quality: int | None = None


def name_of(method: Method) -> str:
    """Return what messages and columns call a method of a list."""
    return _NAMES[method.id]


def listable(method: Method | None) -> Method | None:
    """Return the method that values of a list get if they are said to be of `method`.

    Raises
    ------
    InvalidValueError
        If no list holds such values.
    """
    if method is None or method.id in _NAMES:
        return method
    if method == PDQ:
        return PDQ_RAW
    raise InvalidValueError(what=f"method {method.id}", problem=f"lists hold {', '.join(METHODS)} only")


def value_of(text: str, method: Method) -> str:
    """Return the value as it is kept; `text` has no blanks around it."""
    if method is LINK:
        if not _could_be_link(text):
            raise ValueError(f"{shown(text)} is no link")
        return text
    value, digits = text.lower(), method.bits // 4
    if not _HEXADECIMAL.fullmatch(value):
        raise ValueError(f"{shown(text)} is no {name_of(method)} hash: it is not hexadecimal")
    if len(value) != digits:
        raise ValueError(f"{shown(text)} is no {name_of(method)} hash: {len(value)} digits instead of {digits}")
    return value


def method_by_shape(text: str) -> Method:
    """Return what a value must be by its looks; a problem if it could be two things."""
    if not _HEXADECIMAL.fullmatch(text.lower()):
        if _could_be_link(text):
            return LINK
        raise ValueError(
            f"{shown(text)} is neither a hash nor a link; a table needs a header that names its columns"
        )
    if len(text) == FILE_MD5.bits // 4:
        return FILE_MD5
    if len(text) == PDQ_RAW.bits // 4:
        raise ValueError(
            "64 hexadecimal digits may be a PDQ or a SHA-256: say which with the method (pdq or sha256)"
        )
    raise ValueError(f"{len(text)} hexadecimal digits: an MD5 has 32, a PDQ or a SHA-256 has 64")


def _could_be_link(text: str) -> bool:
    return not _BLANK.search(text) and _LINK_SIGN.search(text) is not None


def shown(text: str) -> str:
    """Return a text as messages quote it, cut where it is long."""
    return repr(text if len(text) <= _SHOWN else text[:_SHOWN] + "\u2026")
