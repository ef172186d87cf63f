"""All banks as numbers: what the indexes hold, and what their answers mean."""

from collections import Counter, defaultdict
from collections.abc import Container, Iterable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from stanch.errors import BankExistsError, UnknownBankError, UnknownEntryError, UnknownMethodError
from stanch.index import NEVER, FeatureIndex, HammingIndex, Hits, PostingsIndex, Rows
from stanch.matching.bank import Bank
from stanch.values import METHODS, TEXT_GRAM, BankInfo, Entry, Fingerprint, Medium, Method

REPEATS = 3
"""A gram counts this often in one text; what repeats itself more often is a formula of a list, or a refrain."""

STRETCHES, KIN = 8, 5
"""An entry that holds grams from so many (5) of the stretches (8) of a text is kin to it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Listed:
    """An entry under its number, in a bank under its own."""

    bank: Bank
    bank_number: int
    entry: Entry

    @property
    def medium(self) -> Medium:
        """What the entry shows; `FILE` where only its bytes are known."""
        media = [found.method.medium for found in self.entry.fingerprints]
        return next((medium for medium in media if medium is not Medium.FILE), Medium.FILE)

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
        self._grams = PostingsIndex(TEXT_GRAM.words)
        self._indexes[TEXT_GRAM.id] = self._grams
        self._banks: dict[int, Bank] = {}
        self._bank_numbers: dict[str, int] = {}
        self._listed: dict[int, Listed] = {}
        self._numbers: dict[tuple[int, str], int] = {}
        self._texts: Counter[int] = Counter()
        self._frequencies: dict[int, NDArray[np.int64]] = {}
        self._next = 0

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
        self._banks[number].add(*entries)
        self._list(number, entries)

    def remove(self, bank_name: str, entry_ids: Iterable[str]) -> None:
        """Remove entries from a listed bank, all or none; they are no longer found from now on."""
        bank = self._number_of(bank_name)
        chosen = {entry_id: self._numbers.get((bank, entry_id)) for entry_id in entry_ids}
        numbers = [number for number in chosen.values() if number is not None]
        if len(numbers) < len(chosen):
            unknown = next(entry_id for entry_id, number in chosen.items() if number is None)
            raise UnknownEntryError(bank=bank_name, entry=unknown)
        for entry_id in chosen:
            self._banks[bank].remove(entry_id)
            del self._numbers[bank, entry_id]
        for number in numbers:
            self._texts[bank] -= _fingerprint(self._listed.pop(number).entry, TEXT_GRAM) is not None
        self._frequencies.clear()
        for index in self._indexes.values():
            index.remove(numbers)

    def listed(self, number: int) -> Listed:
        """Return what an index calls by this number."""
        return self._listed[number]

    def texts(self, bank: int) -> int:
        """Return how many texts this bank holds."""
        return self._texts[bank]

    def frequency(self, number: int, *, now: int) -> NDArray[np.int64]:
        """Return in how many texts of its bank each gram of an entry stands, counting the entry and its kin once.

        Kept until a bank changes; an expiry in between is noticed with the next change.
        """
        if number not in self._frequencies:
            listed = self._listed[number]
            bits = listed.fingerprint(TEXT_GRAM).bits
            holders = self._grams.holders(bits, bank=listed.bank_number, now=now)
            kin = _kin(holders) | {number}
            self._frequencies[number] = np.array([1 + len(held - kin) for held in holders], dtype=np.int64)
        return self._frequencies[number]

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
        radius = {
            number: bank.info.radius.get(method.id, method.radius)
            for number, bank in self._banks.items()
            if banks is None or bank.info.name in banks
        }
        return self._indexes[method.id].search(bits, radius=radius, limit=limit, now=now)

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
            self._listed[number] = Listed(bank=listed, bank_number=bank, entry=entry)
            self._numbers[bank, entry.id] = number
            for fingerprint in entry.fingerprints:
                prints[fingerprint.method.id].append((number, entry, fingerprint))
        self._texts[bank] += len(prints.get(TEXT_GRAM.id, ()))
        self._frequencies.clear()
        for method, chosen in prints.items():
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
    if max(counts) <= REPEATS:
        return rows
    return rows.take(first_occurrences(np.column_stack([numbers.astype(np.uint64), bits])))


def first_occurrences(bits: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Return which rows are among the first `REPEATS` of their value.

    Parameters
    ----------
    bits : uint64 array, shape (rows, words).
    """
    order = np.lexsort(bits.T)  # stable: equal rows stay in order
    sorted_bits, places = bits[order], np.arange(len(bits))
    begins = np.ones(len(bits), dtype=np.bool_)
    begins[1:] = (sorted_bits[1:] != sorted_bits[:-1]).any(axis=1)
    kept = np.empty(len(bits), dtype=np.bool_)
    kept[order] = places - np.maximum.accumulate(np.where(begins, places, 0)) < REPEATS
    return kept


def _kin(holders: list[frozenset[int]]) -> frozenset[int]:
    """Return the entries that hold grams from all over a text: versions of it, and books that hold it whole.

    A formula, a verse or an excerpt stands in one stretch; versions share what they share from end to end.

    Parameters
    ----------
    holders : for each gram of the text in order, the entries that hold it.
    """
    stretches = [
        range(*bounds) for bounds in pairwise(np.linspace(0, len(holders), STRETCHES + 1).astype(int).tolist())
    ]
    spread = Counter(
        entry for stretch in stretches for entry in frozenset[int]().union(*(holders[gram] for gram in stretch))
    )
    return frozenset(entry for entry, count in spread.items() if count >= KIN)


def _fingerprint(entry: Entry, method: Method) -> Fingerprint | None:
    return next((found for found in entry.fingerprints if found.method == method), None)
