"""All banks as numbers: what the indexes hold, and what their answers mean."""

from collections import Counter, defaultdict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stanch.errors import BankExistsError, UnknownMethodError
from stanch.index import NEVER, FeatureIndex, HammingIndex, Hits, PostingsIndex, Rows
from stanch.matching.bank import Bank
from stanch.values import METHODS, TEXT_GRAM, Entry, Fingerprint, Method

SAME_TEXT = 0.5
"""Share of its grams that an entry has in common with another from which on both are one text."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Listed:
    """An entry under its number.

    Parameters
    ----------
    work : the number of the first entry of its bank that it is a version of; its own if it is the first.
    """

    bank: Bank
    entry: Entry
    work: int

    def fingerprint(self, method: Method) -> Fingerprint:
        """Return the entry's fingerprint of this method."""
        found = _fingerprint(self.entry, method)
        if found is None:
            raise UnknownMethodError(
                method=method.id, known=", ".join(f.method.id for f in self.entry.fingerprints)
            )
        return found


class Catalogue:
    """The entries of several banks, in one index a method."""

    def __init__(self) -> None:
        self._indexes: dict[str, FeatureIndex] = {
            method.id: HammingIndex(method.words) if method.radius else PostingsIndex(method.words)
            for method in METHODS.values()
        }
        self._banks: dict[int, Bank] = {}
        self._bank_numbers: dict[str, int] = {}
        self._listed: dict[int, Listed] = {}
        self._numbers: dict[tuple[int, str], int] = {}
        self._texts: dict[int, Counter[int]] = defaultdict(Counter)
        self._next = 0

    def add_bank(self, bank: Bank) -> None:
        """List a bank and all its entries, or raise BankExistsError."""
        name = bank.info.name
        if name in self._bank_numbers:
            raise BankExistsError(bank=name)
        number = len(self._banks)
        self._banks[number] = bank
        self._bank_numbers[name] = number
        for entry in bank:
            self._list(number, entry)

    def add(self, bank_name: str, entry: Entry) -> None:
        """Add an entry to a listed bank; it is found from now on."""
        number = self._bank_numbers[bank_name]
        self._banks[number].add(entry)
        self._list(number, entry)

    def remove(self, bank_name: str, entry_id: str) -> None:
        """Remove an entry from a listed bank; it is no longer found from now on."""
        bank = self._bank_numbers[bank_name]
        self._banks[bank].remove(entry_id)
        number = self._numbers.pop((bank, entry_id))
        work = self._listed.pop(number).work
        self._texts[bank] -= Counter([work])
        for index in self._indexes.values():
            index.remove([number])

    def listed(self, number: int) -> Listed:
        """Return what an index calls by this number."""
        return self._listed[number]

    def texts(self, bank: int) -> int:
        """Return how many different texts this bank holds; versions of one count as one."""
        return len(self._texts[bank])

    def search(
        self, method: Method, bits: NDArray[np.uint64], *, now: int, limit: int | None, bank: int | None = None
    ) -> Hits:
        """Return the stored features of a method near these, in all banks or in one, by the banks' own radii."""
        banks = self._banks if bank is None else {bank: self._banks[bank]}
        radius = {number: each.info.radius.get(method.id, method.radius) for number, each in banks.items()}
        return self._indexes[method.id].search(bits, radius=radius, limit=limit, now=now)

    def works_of(self, entries: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the number of the work that each entry is a version of."""
        numbers, where = np.unique(entries, return_inverse=True)
        works = np.array([self._listed[int(number)].work for number in numbers], dtype=np.int64)
        return works[where]

    def _list(self, bank: int, entry: Entry) -> None:
        number, self._next = self._next, self._next + 1
        grams = _fingerprint(entry, TEXT_GRAM)
        work = number if grams is None else self._work_of(bank, grams, number)
        self._texts[bank][work] += grams is not None
        self._listed[number] = Listed(bank=self._banks[bank], entry=entry, work=work)
        self._numbers[bank, entry.id] = number
        expires = NEVER if entry.expires is None else int(entry.expires.timestamp())
        for fingerprint in entry.fingerprints:
            rows = Rows.of_entry(fingerprint.bits, entry=number, bank=bank, at=fingerprint.at, expires=expires)
            self._indexes[fingerprint.method.id].add(rows)

    def _work_of(self, bank: int, grams: Fingerprint, number: int) -> int:
        """Return the work that a text is a version of: the one that it shares most of its grams with.

        Versions of one text count as one where common grams are counted; else a statement that was banked
        four times would be taken for a formula, and no copy of it would be found.
        """
        hits = self.search(TEXT_GRAM, np.unique(grams.bits, axis=0), now=0, limit=None, bank=bank)
        shared = Counter(np.unique(np.stack([hits.entry, hits.query]), axis=1)[0].tolist())
        for other, count in shared.most_common(1):
            listed = self._listed[other]
            theirs = listed.fingerprint(TEXT_GRAM)
            alike = count >= SAME_TEXT * min(len(grams), len(theirs))
            sizes = sorted([grams.extent, theirs.extent])
            if alike and sizes[0] >= SAME_TEXT * sizes[1]:
                return listed.work
        return number


def _fingerprint(entry: Entry, method: Method) -> Fingerprint | None:
    return next((found for found in entry.fingerprints if found.method == method), None)
