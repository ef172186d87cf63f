"""What a process knows of the banks: a matcher, and whose each bank is."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from stanch.matching import Bank, Matcher
from stanch.media import Decoders
from stanch.values import BankInfo, Entry


class _Held(NamedTuple):
    """Where an entry stands, and what of it may change."""

    bank: str
    confirmed: bool
    expires: datetime | None


class Known:
    """Banks and entries in memory, changed by one thread at a time and asked by any number.

    Parameters
    ----------
    decoders : worker processes that open media.
    """

    def __init__(self, decoders: Decoders) -> None:
        self.matcher = Matcher(decoders=decoders)
        self._names: dict[UUID, str] = {}
        self._owners: dict[str, UUID | None] = {}
        self._allowed: dict[UUID | None, frozenset[str]] = {}
        self._held: dict[str, _Held] = {}

    def take_bank(self, bank: UUID, info: BankInfo, *, source: UUID | None) -> None:
        """Take a bank in, or what has changed of it.

        Parameters
        ----------
        source : whose it is; None for all sources.
        """
        if bank in self._names:
            self.matcher.describe(info)
        else:
            self.matcher.add_bank(Bank(info))
            self._names[bank] = info.name
        # Replaced in this order: whoever keeps an answer in the new dictionary has asked the new owners.
        self._owners = {**self._owners, info.name: source}
        self._allowed = {}

    def take(self, entries: Iterable[tuple[UUID, Entry]]) -> None:
        """Take entries in, each with its bank, or what has changed of them.

        Those of a bank that is not known are passed over: it was made after the banks were read, and its changes
        are still to be followed.
        """
        fresh: dict[str, list[Entry]] = defaultdict(list)
        changed: dict[str, list[Entry]] = defaultdict(list)
        for bank, entry in entries:
            if entry.id not in self._held and bank in self._names:
                fresh[self._names[bank]].append(entry)
            elif bank in self._names and self._held[entry.id] != _held(self._names[bank], entry):
                changed[self._names[bank]].append(entry)
        for act, chosen in ((self.matcher.add, fresh), (self.matcher.replace, changed)):
            for name, some in chosen.items():
                act(name, *some)
                self._held.update((entry.id, _held(name, entry)) for entry in some)

    def drop(self, entries: Iterable[str]) -> None:
        """Forget entries; those that are not known are passed over."""
        gone: dict[str, list[str]] = defaultdict(list)
        for entry in entries:
            held = self._held.pop(entry, None)
            if held is not None:
                gone[held.bank].append(entry)
        for bank, chosen in gone.items():
            self.matcher.remove(bank, *chosen)

    def allowed(self, source: UUID | None) -> frozenset[str]:
        """Return the names of the banks that a source is matched against: its own, and those of all sources.

        Parameters
        ----------
        source : None for nobody's: only the banks of all sources.
        """
        answers = self._allowed
        if source not in answers:
            owners = self._owners
            answers[source] = frozenset(name for name, owner in owners.items() if owner in (None, source))
        return answers[source]


def _held(bank: str, entry: Entry) -> _Held:
    return _Held(bank=bank, confirmed=entry.confirmed_by is not None, expires=entry.expires)
