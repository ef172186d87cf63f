"""All banks as numbers: what the indexes hold, and what their answers mean."""

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from stanch.errors import (
    BankExistsError,
    EntryExistsError,
    InvalidValueError,
    UnknownBankError,
    UnknownEntryError,
)
from stanch.index import NEVER, Hits, Rows
from stanch.index.handles import Handles
from stanch.matching.archive import BITS, LIVE, Archive
from stanch.matching.archive_words import Words
from stanch.matching.attached import Attached
from stanch.matching.background import Background
from stanch.matching.bank import Bank
from stanch.matching.ceilings import Ceilings, Counted
from stanch.matching.compared import Compared
from stanch.matching.frequency import frequencies_of_each, lots
from stanch.matching.indexing import indexed, live_index, postings_index
from stanch.matching.listed import Listed, ListedEntry, fingerprint_of
from stanch.matching.simhashes import Held, gathered, words_of_live
from stanch.matching.weighing import Weighed
from stanch.values import FINDING, TEXT_GRAM, BankInfo, Entry, Fingerprint, Method

REMEMBERED = 4096
"""Of so many entries it is remembered how common their grams are: some megabytes, whatever is stored."""


class Catalogue:
    """The entries of several banks, in one index a method.

    Those of an archive stay in its files; others, and what has changed since, are held as objects.
    """

    def __init__(self) -> None:
        self._banks: dict[int, Bank] = {}
        self._bank_numbers: dict[str, int] = {}
        self._listed: dict[int, ListedEntry] = {}
        self._numbers: dict[tuple[int, str], int] = {}
        self._weighed: dict[int, Weighed] = {}
        self._ceilings = Ceilings()
        self._loaded = False
        self._next = LIVE
        self._archive: Archive | None = None
        self._background: Background | None = None
        self._stand_on(Attached(Archive(()), {}))

    @property
    def background(self) -> Background:
        """The grams that weigh nothing; what is shipped, unless another was set."""
        return self._background or Background.shipped()

    @background.setter
    def background(self, background: Background) -> None:
        self._background = background
        self._forget()

    def attach(self, archive: Archive, names: Mapping[UUID, str]) -> None:
        """Put an archive below: its entries are found from now on.

        Parameters
        ----------
        names : of its banks, each of which is listed.

        Raises
        ------
        UnknownBankError
            If a bank of the archive has no name, or no bank of that name is listed.
        InvalidValueError
            If there are entries already, or two banks have one name.
        """
        if self._listed or self._archive is not None:
            raise InvalidValueError(what="archive", problem="can only be put below banks that hold nothing yet")
        banks = {bank for segment in archive.segments for bank in segment.banks}
        numbers = {bank: self._number_of(names.get(bank, str(bank))) for bank in banks}
        if len(set(numbers.values())) < len(numbers):
            raise InvalidValueError(what="archive", problem="two of its banks have one name")
        self._archive = archive
        self._stand_on(Attached(archive, numbers))

    def add_bank(self, bank: Bank) -> None:
        """List a bank and all its entries, or raise BankExistsError."""
        name = bank.info.name
        if name in self._bank_numbers:
            raise BankExistsError(bank=name)
        number = len(self._banks)
        self._banks[number] = bank
        self._bank_numbers[name] = number
        self._list(number, bank)

    def describe(self, info: BankInfo) -> None:
        """Change what is said of a listed bank: its state and thresholds hold from now on."""
        self._banks[self._number_of(info.name)].info = info

    def add(self, bank_name: str, entries: Iterable[Entry]) -> None:
        """Add entries to a listed bank, all or none; they are found from now on."""
        number, entries = self._number_of(bank_name), list(entries)
        for entry in entries:
            if self._attached.number(number, entry.id) is not None:
                raise EntryExistsError(bank=bank_name, entry=entry.id)
        self._banks[number].add(*entries)
        self._list(number, entries)

    def remove(self, bank_name: str, entry_ids: Iterable[str]) -> None:
        """Remove entries from a listed bank, all or none; they are no longer found from now on."""
        bank = self._number_of(bank_name)
        chosen = {entry_id: self._number(bank, entry_id) for entry_id in entry_ids}
        numbers = [number for number in chosen.values() if number is not None]
        if len(numbers) < len(chosen):
            unknown = next(entry_id for entry_id, number in chosen.items() if number is None)
            raise UnknownEntryError(bank=bank_name, entry=unknown)
        self._texts[bank] -= sum([self._has_grams(number) for number in numbers])
        for entry_id in chosen:
            if self._numbers.pop((bank, entry_id), None) is not None:
                self._banks[bank].remove(entry_id)
        for number in numbers:
            self._listed.pop(number, None)
        self._attached.remove(number for number in numbers if number < LIVE)
        self._forget()
        for index in self._indexes.values():
            index.remove(numbers)

    def listed(self, number: int) -> Listed:
        """Return what an index calls by this number."""
        return self._listed[number] if number >= LIVE else self._attached.listed(number, self._banks)

    def small(self, numbers: Iterable[int], *, most: int) -> dict[int, tuple[Listed, Fingerprint]]:
        """Return those of some archived entries that have so many grams at most, with their grams."""
        found = self._attached.small([number for number in numbers if number < LIVE], most=most)
        return {number: (self.listed(number), grams) for number, grams in found.items()}

    @property
    def held(self) -> Held:
        """What archived entries keep of their short grams."""
        return self._attached.words

    def simhashes(self, numbers: Sequence[int] | NDArray[np.int64]) -> Words:
        """Return the words of some entries by `text-simhash/1`.

        Parameters
        ----------
        numbers : of the entries, in any order, any of them several times.

        Returns
        -------
        uint64 array, shape (words,), those of the first, those of the second, and so on; int64 array of how many
        each has, 0 where it keeps none.
        """
        wanted = np.asarray(numbers, np.int64)
        held = self._attached.words
        if len(wanted) and wanted.max() >= LIVE:
            live = {number: self._listed[number].entry for number in wanted.tolist() if number >= LIVE}
            held = held.beside(LIVE >> BITS, words_of_live(live))
        return gathered(wanted, held)

    def texts(self, bank: int) -> int:
        """Return how many texts this bank holds."""
        return self._texts[bank]

    def is_weighed(self, number: int) -> bool:
        """Tell whether it is remembered what of an entry counts."""
        return number in self._weighed

    def weighed(self, number: int, bank: int, entry: Fingerprint, *, now: int) -> Weighed:
        """Return what of an entry counts: the less, the more texts of its bank hold it, it and its kin being one.

        Parameters
        ----------
        number, bank : of the entry.
        entry : its grams.
        now : seconds since 1970.

        Kept until a bank changes, or `REMEMBERED` others were asked for; an expiry in between is noticed then.
        """
        known = self._weighed.get(number)
        if known is None:
            self.weigh(bank, {number: entry}, now=now)
            known = self._weighed[number]
        return known

    def weigh(self, bank: int, entries: Mapping[int, Fingerprint], *, now: int) -> None:
        """Find out what of several entries counts, for whoever asks for `weighed` next: sooner than one by one.

        Parameters
        ----------
        bank : of all of them.
        entries : the grams of each, by its number.
        """
        new = {number: entry for number, entry in entries.items() if number not in self._weighed}
        for lot in lots(new):
            each = [new[number] for number in lot]
            bits = [entry.bits for entry in each]
            frequency = frequencies_of_each(self._grams, bits, bank=bank, numbers=lot, now=now)
            weighed = Weighed.of_each(
                each, frequency=frequency, texts=self.texts(bank), background=self.background
            )
            for number, known in zip(lot, weighed, strict=True):
                if len(self._weighed) >= REMEMBERED:
                    del self._weighed[next(iter(self._weighed))]
                self._weighed[number] = known

    def silent(self, bank: int, compared: Sequence[Compared], query: Fingerprint, *, now: int) -> set[int]:
        """Return which of several entries say nothing, as far as that is shown for less than it takes to weigh.

        Parameters
        ----------
        bank : of all of them.
        compared : the entries that a text is compared with, which are not weighed yet.
        query : the text.
        """
        return self._ceilings.silent(compared, query, self._counted(bank), now=now)

    def search(
        self,
        method: Method,
        bits: NDArray[np.uint64],
        *,
        now: int,
        limit: int | None,
        banks: Container[str] | None = None,
    ) -> Hits:
        """Return the stored features of a method near these, by the banks' own radii.

        Parameters
        ----------
        banks : the names of those that are searched; None for all.
        """
        return self._indexes[method.id].search(bits, radius=self._radius(method, banks), limit=limit, now=now)

    def handles(self, banks: Container[str] | None = None) -> Handles | None:
        """Return all grams as `PostingsIndex.handles` does; `banks` as for `search`.

        When it is first asked, what grams of large banks are counted by is loaded, too: else one text of a hundred
        would wait for it.
        """
        radius = self._radius(TEXT_GRAM, banks)
        found = self._grams.handles(radius)
        if found is not None and not self._loaded:
            self._loaded = True
            for bank in radius:
                self._ceilings.load_kernels(self._counted(bank))
        return found

    def _radius(self, method: Method, banks: Container[str] | None) -> dict[int, int]:
        return {
            number: bank.info.radius.get(method.id, method.radius)
            for number, bank in self._banks.items()
            if banks is None or bank.info.name in banks
        }

    def _stand_on(self, attached: Attached) -> None:
        """Make the indexes, upon those of an archive."""
        self._attached = attached
        self._texts = attached.texts()
        self._grams = postings_index(TEXT_GRAM, attached.indexes(TEXT_GRAM))
        others = [method for method in FINDING if method != TEXT_GRAM]
        self._indexes = {
            **{method.id: live_index(method, attached.indexes(method)) for method in others},
            TEXT_GRAM.id: self._grams,
        }
        for method in FINDING:
            for dead in attached.dead(method):
                self._indexes[method.id].remove(dead)

    def _counted(self, bank: int) -> Counted:
        return Counted(index=self._grams, number=bank, texts=self.texts(bank), background=self.background)

    def _forget(self) -> None:
        """Forget what was found out of entries: what they weigh has changed."""
        self._weighed.clear()
        self._ceilings.clear()

    def _number(self, bank: int, entry_id: str) -> int | None:
        """Return the number of an entry of a bank; None if it is not held."""
        number = self._numbers.get((bank, entry_id))
        return self._attached.number(bank, entry_id) if number is None else number

    def _has_grams(self, number: int) -> bool:
        if number < LIVE:
            return self._attached.has_grams(number)
        return fingerprint_of(self._listed[number].entry, TEXT_GRAM) is not None

    def _number_of(self, bank: str) -> int:
        if bank not in self._bank_numbers:
            raise UnknownBankError(bank=bank, known=", ".join(self._bank_numbers) or "none")
        return self._bank_numbers[bank]

    def _list(self, bank: int, entries: Iterable[Entry]) -> None:
        """Give entries their numbers, and hand each index all its rows at once."""
        listed = self._banks[bank]
        prints: dict[str, list[tuple[int, Entry, Fingerprint]]] = defaultdict(list)
        for number, entry in enumerate(entries, start=self._next):
            self._next = number + 1
            self._listed[number] = ListedEntry(bank=listed, bank_number=bank, entry=entry)
            self._numbers[bank, entry.id] = number
            for fingerprint in entry.fingerprints:
                prints[fingerprint.method.id].append((number, entry, fingerprint))
        self._texts[bank] += len(prints.get(TEXT_GRAM.id, ()))
        self._forget()
        for method, chosen in prints.items():
            if method in self._indexes:
                self._indexes[method].add(_rows(bank, chosen))


def _rows(bank: int, prints: list[tuple[int, Entry, Fingerprint]]) -> Rows:
    """Return the rows of fingerprints of one method, as they are indexed."""
    counts = [len(fingerprint) for _, _, fingerprint in prints]
    numbers = np.repeat(np.array([number for number, _, _ in prints], dtype=np.int64), counts)
    expires = [NEVER if each.expires is None else int(each.expires.timestamp()) for _, each, _ in prints]
    bits = np.concatenate([fingerprint.bits for _, _, fingerprint in prints])
    rows = Rows(
        bits=bits,
        entry=numbers,
        bank=np.full(len(bits), bank, dtype=np.int64),
        at=np.concatenate([fingerprint.at for _, _, fingerprint in prints]),
        expires=np.repeat(np.array(expires, dtype=np.int64), counts),
    )
    return rows.take(indexed(rows, counts))
