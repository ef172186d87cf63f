"""What an index's answer means: an entry, as matching asks for it."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from stanch.errors import UnknownMethodError
from stanch.matching.bank import Bank
from stanch.values import TEXT_GRAM, Entry, Fingerprint, Medium, Method, Span


class Listed(Protocol):
    """An entry in a bank, wherever it is kept."""

    @property
    def bank(self) -> Bank:
        """Its bank."""
        ...

    @property
    def bank_number(self) -> int:
        """What indexes call the bank."""
        ...

    @property
    def id(self) -> str:
        """Its id."""
        ...

    @property
    def confirmed(self) -> bool:
        """Whether somebody confirmed it."""
        ...

    @property
    def medium(self) -> Medium:
        """What it shows; `FILE` where only its bytes are known."""
        ...

    def span(self, method: Method, at: float) -> Span:
        """Return the stretch of the original that a feature of this method covers, found by where it begins."""
        ...

    def grams(self) -> Fingerprint:
        """Return its fingerprint by `text-gram/1`, or raise UnknownMethodError if it has none."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class ListedEntry:
    """An entry in memory."""

    bank: Bank
    bank_number: int
    entry: Entry

    @property
    def id(self) -> str:
        """Its id."""
        return self.entry.id

    @property
    def confirmed(self) -> bool:
        """Whether somebody confirmed it."""
        return self.entry.confirmed_by is not None

    @property
    def medium(self) -> Medium:
        """What it shows."""
        return medium_of(self.entry)

    def span(self, method: Method, at: float) -> Span:
        """Return the stretch of the original that a feature covers."""
        found = self._fingerprint(method)
        place = int(np.searchsorted(found.at, at)) if len(found) > 1 else 0
        return Span(start=float(found.start[place]), end=float(found.end[place]))

    def grams(self) -> Fingerprint:
        """Return its grams."""
        return self._fingerprint(TEXT_GRAM)

    def _fingerprint(self, method: Method) -> Fingerprint:
        found = fingerprint_of(self.entry, method)
        if found is None:
            raise UnknownMethodError(
                method=method.id, known=", ".join(f.method.id for f in self.entry.fingerprints)
            )
        return found


def medium_of(entry: Entry) -> Medium:
    """Return what an entry shows; `FILE` where only its bytes are known."""
    media = [found.method.medium for found in entry.fingerprints]
    return next((medium for medium in media if medium is not Medium.FILE), Medium.FILE)


def fingerprint_of(entry: Entry, method: Method) -> Fingerprint | None:
    """Return an entry's fingerprint by a method, if it has one."""
    wanted = method.id
    for found in entry.fingerprints:  # ids are compared in a fraction of the time of methods
        if found.method.id == wanted:
            return found
    return None
