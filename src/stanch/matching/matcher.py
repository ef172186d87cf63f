"""The front of the library: posts in, matches out."""

from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import groupby
from types import TracebackType
from typing import Self

from stanch.fingerprints import Reading, as_query
from stanch.matching.bank import Bank
from stanch.matching.catalogue import Catalogue
from stanch.matching.passages import find_passages
from stanch.matching.wholes import EQUAL, find_wholes
from stanch.media import Decoders
from stanch.values import TEXT_GRAM, Entry, Fingerprint, Match, Medium, Part, PartResult, Post, PostResult


class Matcher:
    """Hold banks ready, and say what of a post is in them.

    Entries may be added and removed at any time; the next match knows of it. Use it as a context manager, or
    call `close`, so that its decoder processes end with it.

    Parameters
    ----------
    banks : the banks to look in; enabled, in shadow, and known-good ones.
    decoders : worker processes that open media; by default the matcher starts its own.

    Raises
    ------
    BankExistsError
        If two banks have one name.
    """

    def __init__(self, banks: Iterable[Bank] = (), *, decoders: Decoders | None = None) -> None:
        self._catalogue = Catalogue()
        self._decoders = decoders or Decoders()
        for bank in banks:
            self._catalogue.add_bank(bank)

    def add(self, bank: str, entry: Entry) -> None:
        """Add an entry to a bank, or raise EntryExistsError."""
        self._catalogue.add(bank, entry)

    def remove(self, bank: str, entry: str) -> None:
        """Remove an entry from a bank, or raise UnknownEntryError."""
        self._catalogue.remove(bank, entry)

    def match(self, post: Post, *, now: datetime | None = None) -> PostResult:
        """Return what was found in every part of a post, and what could not be looked at.

        Parameters
        ----------
        now : the time by which entries may have expired; by default the present.
        """
        return PostResult(post=post.id, parts=tuple(self.match_part(part, now=now) for part in post.parts))

    def match_part(self, part: Part, *, now: datetime | None = None) -> PartResult:
        """Return what was found in one part."""
        return self.match_readings(part.name, as_query(part, self._decoders), now=now)

    def match_readings(self, name: str, readings: Iterable[Reading], *, now: datetime | None = None) -> PartResult:
        """Return what the readings of one part find; for fingerprints that were made elsewhere."""
        readings = tuple(readings)
        seconds = int((now or datetime.now(UTC)).timestamp())
        found = [match for reading in readings for match in self._find(reading.fingerprints, seconds)]
        return PartResult(
            name=name,
            medium=readings[-1].medium if readings else Medium.FILE,
            matches=tuple(_best_of_each_entry(found)),
            not_scanned=tuple(reason for reading in readings for reason in reading.not_scanned),
            symbols=sum(reading.symbols for reading in readings),
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

    def _find(self, fingerprints: Iterable[Fingerprint], now: int) -> Iterable[Match]:
        by_method = sorted(fingerprints, key=lambda fingerprint: fingerprint.method.id)
        for method, variants in groupby(by_method, key=lambda fingerprint: fingerprint.method):
            if method == TEXT_GRAM:
                for variant in variants:
                    yield from find_passages(self._catalogue, variant, now=now)
            else:
                yield from find_wholes(self._catalogue, variants, now=now)


def _best_of_each_entry(matches: Iterable[Match]) -> list[Match]:
    """Return one match an entry, the strongest, strongest first.

    SHA-256 goes before MD5, which can be forged, and an identical text keeps the spans of its passages.
    """
    best: dict[tuple[str, str], Match] = {}
    for match in sorted(matches, key=_weakness):
        best.setdefault((match.bank, match.entry), match)
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
