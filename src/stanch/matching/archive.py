"""Entries in files: several archive segments, seen as one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from stanch.errors import InvalidValueError
from stanch.matching.archive_segment import ArchiveSegment
from stanch.matching.archive_writing import ID

BITS = 32
"""Entry numbers: those of segment k begin at (k + 1) << 32, each with its ordinal behind."""

LIVE = 1 << 62
"""Entries that are in no segment have numbers from here on."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where an archived entry stands, and what of it may change.

    Parameters
    ----------
    segment : which of the archive's, from 0 on.
    ordinal : which of its entries.
    bank : whose it is.
    expires : to the second; None if it does not.
    """

    segment: int
    ordinal: int
    bank: UUID
    confirmed: bool
    expires: datetime | None


class Archive:
    """Archive segments, each without its dead entries, seen as one collection that does not change.

    Parameters
    ----------
    segments : each with the ordinals of its entries that are dead, in any order. No id is alive in two of them.

    Raises
    ------
    InvalidValueError
        If an ordinal is dead that a segment does not have.
    """

    def __init__(self, segments: Sequence[tuple[ArchiveSegment, NDArray[np.uint32]]]) -> None:
        self.segments = tuple(segment for segment, _ in segments)
        self.dead = tuple(np.unique(np.asarray(dead, dtype=np.uint32)) for _, dead in segments)
        for segment, dead in zip(self.segments, self.dead, strict=True):
            if len(dead) and dead[-1] >= segment.entries:
                problem = f"entry {dead[-1]} is dead, but it has {segment.entries}"
                raise InvalidValueError(what=f"archive segment {segment.name}", problem=problem)

    def __len__(self) -> int:
        return sum(segment.entries for segment in self.segments) - sum(map(len, self.dead))

    def place(self, id: str) -> Place | None:  # noqa: A002 - what an entry calls it
        """Return where an entry stands; None if it is not alive here, or if this is no UUID in lower case."""
        number = self.number(id)
        if number is None:
            return None
        segment, ordinal = place_of(number)
        held = self.segments[segment]
        return Place(
            segment=segment,
            ordinal=ordinal,
            bank=held.bank_of(ordinal),
            confirmed=bool(held.confirmed[ordinal]),
            expires=held.expiry_of(ordinal),
        )

    def number(self, id: str) -> int | None:  # noqa: A002 - what an entry calls it
        """Return the number of an entry in indexes; None as for `place`."""
        if not ID.fullmatch(id):
            return None
        wanted = int(id.replace("-", ""), 16)
        for place, (segment, dead) in enumerate(zip(self.segments, self.dead, strict=True)):
            ordinal = segment.ordinal(wanted)
            if ordinal >= 0 and not _among(dead, ordinal):
                return number_of(place, ordinal)
        return None


def number_of(segment: int, ordinal: int) -> int:
    """Return what indexes call an entry of a segment."""
    return (segment + 1 << BITS) + ordinal


def place_of(number: int) -> tuple[int, int]:
    """Return the segment and the ordinal of an archived entry."""
    return (number >> BITS) - 1, number & (1 << BITS) - 1


def _among(dead: NDArray[np.uint32], ordinal: int) -> bool:
    place = int(dead.searchsorted(np.uint32(ordinal)))
    return place < len(dead) and int(dead[place]) == ordinal
