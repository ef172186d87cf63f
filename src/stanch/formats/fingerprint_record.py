"""A fingerprint as a record of JSON: hexadecimal features, and only those columns that say anything."""

from typing import Annotated, Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from stanch.errors import InvalidValueError
from stanch.values import GRAM, SHORT_GRAM, TEXT_GRAM, TEXT_SIMHASH, Fingerprint, Medium, method

LONGEST = 100_000_000
"""No content is longer, in whatever unit."""

_REACH = {TEXT_GRAM.id: GRAM, TEXT_SIMHASH.id: SHORT_GRAM}
"""How many symbols a feature covers at least; of other methods there is no saying."""

Percent = Annotated[int, msgspec.Meta(ge=0, le=100)]


class FingerprintRecord(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One fingerprint as it is written; `docs/reference/bank-file.md` says what each field holds."""

    method: str
    bits: str
    extent: float
    at: list[float] = []
    start: list[float] = []
    end: list[float] = []
    quality: list[Percent] = []


def record_of(fingerprint: Fingerprint) -> FingerprintRecord:
    """Return the record of a fingerprint, without the columns that `Fingerprint.of` fills in by itself."""
    plain = Fingerprint.of(fingerprint.method, fingerprint.bits, extent=fingerprint.extent)

    def column(name: str) -> list[Any]:
        mine = getattr(fingerprint, name)
        same = np.array_equal(mine, getattr(plain, name))
        return [] if same else [int(value) if value == int(value) else value for value in mine.tolist()]

    return FingerprintRecord(
        method=fingerprint.method.id,
        bits="".join(fingerprint.hex()),
        extent=fingerprint.extent,
        at=column("at"),
        start=column("start"),
        end=column("end"),
        quality=column("quality"),
    )


def fingerprint_from(written: FingerprintRecord) -> Fingerprint:
    """Return the fingerprint that a record describes.

    Raises
    ------
    UnknownMethodError
        If its method is not known.
    InvalidValueError
        If its columns contradict each other.
    ValueError
        If its features or columns do not fit the method, or each other.
    """
    found = method(written.method)
    data = bytes.fromhex(written.bits)
    bits: NDArray[np.uint64] = np.frombuffer(data, dtype=">u8").astype(np.uint64).reshape(-1, found.words)
    made = Fingerprint.of(
        found,
        bits,
        at=written.at or None,
        start=written.start or None,
        end=written.end or None,
        quality=written.quality or 100,
        extent=written.extent,
    )
    _check(made)
    return made


def _check(fingerprint: Fingerprint) -> None:
    """Refuse columns that contradict each other: a file may say anything, and an alignment relies on them."""
    columns = (fingerprint.at, fingerprint.start, fingerprint.end)
    if not all(np.isfinite(column).all() for column in columns) or not 0 <= fingerprint.extent <= LONGEST:
        raise InvalidValueError(what="fingerprint", problem=f"extent and places must be 0 to {LONGEST:,}")
    reach = _REACH.get(fingerprint.method.id, 0)
    if not len(fingerprint) or fingerprint.at.min() < 0 or fingerprint.at.max() + reach > fingerprint.extent:
        raise InvalidValueError(what="fingerprint", problem="a feature lies outside its extent, or there is none")
    if (np.diff(fingerprint.at) < 0).any() or (fingerprint.start > fingerprint.end).any():
        raise InvalidValueError(what="fingerprint", problem="features are not in order, or end before they begin")
    if fingerprint.method.medium is Medium.FILE and len(fingerprint) > 1:
        raise InvalidValueError(what="fingerprint", problem="a file has one hash by each method")
