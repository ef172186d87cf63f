"""The front of the library: posts in, matches out."""

import threading
from collections.abc import Container, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from types import TracebackType
from typing import Self
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from stanch.fingerprints import Queries, Reading, as_queries, as_query
from stanch.matching.archive import Archive
from stanch.matching.asking import Content, by_method, short_grams
from stanch.matching.background import Background
from stanch.matching.background_listing import LearntOfEntry, learnt_of_entries
from stanch.matching.background_sightings import Sightings, sightings
from stanch.matching.bank import Bank
from stanch.matching.catalogue import Catalogue
from stanch.matching.passages import find_passages
from stanch.matching.results import best_of_each_entry, result_of
from stanch.matching.unfolded import Unfolded
from stanch.matching.wholes import find_wholes
from stanch.media import Decoders
from stanch.values import (
    TEXT_GRAM,
    BankInfo,
    Entry,
    Fingerprint,
    Match,
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
        self._unfolded = Unfolded(self._catalogue)
        self._decoders = decoders or Decoders()
        self._lock = threading.RLock()
        for bank in banks:
            self._catalogue.add_bank(bank)

    def add_bank(self, bank: Bank) -> None:
        """Add a bank with all its entries, or raise BankExistsError."""
        with self._lock:
            self._catalogue.add_bank(bank)

    def attach(self, archive: Archive, names: Mapping[UUID, str]) -> None:
        """Search an archive too; once, after its banks were added and before anything else has entries.

        Its entries count as those of their banks: they may be removed and replaced, and none of their ids may be
        added again. They stay in the files, and the banks themselves do not list them.

        Parameters
        ----------
        names : of its banks.

        Raises
        ------
        UnknownBankError
            If a bank of the archive has no name, or no bank of that name was added.
        InvalidValueError
            If there are entries already, or two banks have one name.
        """
        with self._lock:
            self._catalogue.attach(archive, names)
            self._unfolded.clear()

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
            self._unfolded.clear()

    def replace(self, bank: str, *entries: Entry) -> None:
        """Put entries in the place of those of the same id, or raise as `remove` does.

        No match falls in between: one that is held is always found, as it was or as it is now.
        """
        with self._lock:
            self.remove(bank, *[entry.id for entry in entries])
            self._catalogue.add(bank, entries)

    def use_background(self, background: Background) -> None:
        """Let other grams weigh nothing from now on; without this, it is the formulae that are shipped."""
        with self._lock:
            self._catalogue.background = background

    def sightings(
        self,
        readings: Iterable[Reading],
        matches: Iterable[Match],
        *,
        now: datetime | None = None,
        banks: Container[str] | None = None,
    ) -> list[Sightings]:
        """Return what benign texts share with entries outside of whatever matched, for a `BackgroundLearner`.

        Parameters
        ----------
        readings : of a part that a person cleared, or that matched nothing of effect.
        matches : all that were found in it, those without effect too.
        now, banks : as for `match`.
        """
        moment = int((now or datetime.now(UTC)).timestamp())
        found, texts = list(matches), [each for reading in readings for each in reading.fingerprints]
        with self._lock:
            return [
                sightings(self._catalogue, text, found, now=moment, banks=banks)
                for text in texts
                if text.method == TEXT_GRAM and len(text)
            ]

    def learnt_of_entries(self, *, now: datetime | None = None) -> list[LearntOfEntry]:
        """Return each entry that holds something that was learnt on site, and whether that is believed of it."""
        with self._lock:
            return learnt_of_entries(self._catalogue, now=int((now or datetime.now(UTC)).timestamp()))

    def match(self, post: Post, *, now: datetime | None = None, banks: Container[str] | None = None) -> PostResult:
        """Return what was found in every part of a post, and what could not be looked at.

        Parameters
        ----------
        now : the time by which entries may have expired; by default the present.
        banks : the names of those to look in, None for all. The others are not searched, and nothing in the
            result depends on what they hold.
        """
        parts = self.match_many(as_queries(post.parts, self._decoders), now=now, banks=banks)
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
        (result,) = self.match_many(Queries(names=[name], readings={0: tuple(readings)}), now=now, banks=banks)
        return result

    def match_many(
        self, queries: Queries, *, now: datetime | None = None, banks: Container[str] | None = None
    ) -> tuple[PartResult, ...]:
        """Return what each of many parts finds: the same as one by one, in a fraction of the time.

        Parameters
        ----------
        now, banks : as for `match`.
        """
        found = self._find(queries, int((now or datetime.now(UTC)).timestamp()), banks)
        results = {
            place: result_of(queries.names[place], some, found, place) for place, some in queries.readings.items()
        }
        for hashes in queries.hashes:
            medium = hashes.methods[0].medium
            for place in hashes.places:
                matches = found.get((place, 0), ())
                results[place] = PartResult(
                    name=queries.names[place], medium=medium, matches=best_of_each_entry(matches)
                )
        return tuple([results[place] for place in range(len(queries.names))])

    def close(self) -> None:
        """End the decoder processes."""
        self._decoders.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _find(self, queries: Queries, now: int, banks: Container[str] | None) -> Mapping[Content, Sequence[Match]]:
        """Return what each content finds that finds anything, one method after the other.

        Media were read before. What is left are looks into the indexes, one for all contents of a method but for
        passages; in between, others may look or change what is held.
        """
        found: dict[Content, list[Match]] = {}
        for one in by_method(queries):
            if one.method == TEXT_GRAM:
                looked = [
                    (content, self._passages(text, short_grams(queries, content), now, banks))
                    for content, text in one.fingerprints()
                ]
            else:
                with self._lock:
                    looked = list(find_wholes(self._catalogue, one, now=now, banks=banks))
            for content, matches in looked:
                found.setdefault(content, []).extend(matches)
        return found

    def _passages(
        self, text: Fingerprint, shorts: NDArray[np.uint64] | None, now: int, banks: Container[str] | None
    ) -> list[Match]:
        with self._lock:
            return find_passages(self._catalogue, self._unfolded, text, shorts, now=now, banks=banks)
