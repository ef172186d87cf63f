"""The front of the library: posts in, matches out."""

import threading
from collections.abc import Container, Iterable
from datetime import UTC, datetime
from itertools import groupby
from types import TracebackType
from typing import Self

import numpy as np

from stanch.fingerprints import IN_TEXT, Reading, as_query
from stanch.matching.bank import Bank
from stanch.matching.catalogue import Catalogue
from stanch.matching.passages import find_passages
from stanch.matching.wholes import EQUAL, find_wholes
from stanch.media import Decoders
from stanch.values import (
    TEXT_GRAM,
    BankInfo,
    Entry,
    Fingerprint,
    Kind,
    Match,
    Medium,
    Part,
    PartResult,
    Post,
    PostResult,
)


class Matcher:
    """Hold banks ready, and say what of a post is in them.

    Banks and entries may be added and removed at any time, by any thread; the next match knows of it. Use it as a
    context manager, or call `close`, so that its decoder processes end with it.

    Parameters
    ----------
    banks : the banks to look in; enabled, in shadow, and known-good ones. They are the matcher's from now on:
        change them through it, since what is added to a bank behind its back is not found.
    decoders : worker processes that open media; by default the matcher starts its own.

    Raises
    ------
    BankExistsError
        If two banks have one name.
    """

    def __init__(self, banks: Iterable[Bank] = (), *, decoders: Decoders | None = None) -> None:
        self._catalogue = Catalogue()
        self._decoders = decoders or Decoders()
        self._lock = threading.RLock()
        for bank in banks:
            self._catalogue.add_bank(bank)

    def add_bank(self, bank: Bank) -> None:
        """Add a bank with all its entries, or raise BankExistsError."""
        with self._lock:
            self._catalogue.add_bank(bank)

    def describe(self, info: BankInfo) -> None:
        """Change the description of a bank, its state and thresholds too, or raise UnknownBankError."""
        with self._lock:
            self._catalogue.describe(info)

    def add(self, bank: str, *entries: Entry) -> None:
        """Add entries to a bank, all or none, or raise EntryExistsError or UnknownBankError.

        Many at once are added several times as fast as one by one.
        """
        with self._lock:
            self._catalogue.add(bank, entries)

    def remove(self, bank: str, *entries: str) -> None:
        """Remove entries from a bank, all or none, or raise UnknownEntryError or UnknownBankError."""
        with self._lock:
            self._catalogue.remove(bank, entries)

    def replace(self, bank: str, *entries: Entry) -> None:
        """Put entries in the place of those of the same id, or raise as `remove` does.

        No match falls in between: one that is held is always found, as it was or as it is now.
        """
        with self._lock:
            self._catalogue.remove(bank, [entry.id for entry in entries])
            self._catalogue.add(bank, entries)

    def match(self, post: Post, *, now: datetime | None = None, banks: Container[str] | None = None) -> PostResult:
        """Return what was found in every part of a post, and what could not be looked at.

        Parameters
        ----------
        now : the time by which entries may have expired; by default the present.
        banks : the names of those to look in, None for all. The others are not searched, and nothing in the
            result depends on what they hold.
        """
        parts = tuple(self.match_part(part, now=now, banks=banks) for part in post.parts)
        return PostResult(post=post.id, parts=parts)

    def match_part(
        self, part: Part, *, now: datetime | None = None, banks: Container[str] | None = None
    ) -> PartResult:
        """Return what was found in one part."""
        return self.match_readings(part.name, as_query(part, self._decoders), now=now, banks=banks)

    def match_readings(
        self,
        name: str,
        readings: Iterable[Reading],
        *,
        now: datetime | None = None,
        banks: Container[str] | None = None,
    ) -> PartResult:
        """Return what the readings of one part find; for fingerprints that were made elsewhere."""
        readings = tuple(readings)
        seconds = int((now or datetime.now(UTC)).timestamp())
        with self._lock:  # media were read before; what is left is one look into the indexes
            found = [match for reading in readings for match in self._find(reading.fingerprints, seconds, banks)]
        best = tuple(_best_of_each_entry(found))
        return PartResult(
            name=name,
            medium=readings[-1].medium if readings else Medium.FILE,
            matches=best,
            not_scanned=tuple(reason for reading in readings for reason in reading.not_scanned),
            symbols=sum(reading.symbols for reading in readings),
            unmatched=sum(_unmatched(reading, best) for reading in readings),
            remarks=tuple(remark for reading in readings for remark in reading.remarks),
        )

    def close(self) -> None:
        """End the decoder processes."""
        self._decoders.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _find(
        self, fingerprints: Iterable[Fingerprint], now: int, banks: Container[str] | None
    ) -> Iterable[Match]:
        by_method = sorted(fingerprints, key=lambda fingerprint: fingerprint.method.id)
        for method, variants in groupby(by_method, key=lambda fingerprint: fingerprint.method):
            if method == TEXT_GRAM:
                for variant in variants:
                    yield from find_passages(self._catalogue, variant, now=now, banks=banks)
            else:
                yield from find_wholes(self._catalogue, variants, now=now, banks=banks)


def _unmatched(reading: Reading, matches: Iterable[Match]) -> int:
    """Return how many symbols of a text lie outside every span that is aligned with known content."""
    counted = [match for match in matches if match.medium is Medium.TEXT and match.has_effect]
    if any(match.kind is Kind.IDENTICAL for match in counted):
        return 0
    grams = next((found for found in reading.fingerprints if found.method == TEXT_GRAM), None)
    if grams is None or not counted:
        return reading.symbols
    outside = np.ones(len(grams), dtype=np.bool_)
    for pair in (pair for match in counted for pair in match.spans):
        outside &= (grams.start < pair.query.start) | (grams.end > pair.query.end)
    return round(reading.symbols * float(outside.mean()))


def _best_of_each_entry(matches: Iterable[Match]) -> list[Match]:
    """Return one match an entry, the strongest, strongest first; one for each link to it in a text.

    SHA-256 goes before MD5, which can be forged, and an identical text keeps the spans of its passages.
    """
    best: dict[tuple[str, str, str], Match] = {}
    for match in sorted(matches, key=_weakness):
        place = match.variant if match.variant.startswith(IN_TEXT) else ""
        best.setdefault((match.bank, match.entry, place), match)
    return list(best.values())


def _weakness(match: Match) -> tuple[int, int, float, float, str, str]:
    order = [method.id for method in EQUAL]
    return (
        -match.kind.rank,
        order.index(match.method) if match.method in order else len(order),
        match.distance or 0,
        -(match.query_cover or 0),
        match.bank,
        match.entry,
    )
