"""What a process knows of the banks: a matcher, and whose each bank is."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from stanch.matching import Archive, Background, Bank, Matcher
from stanch.media import Decoders
from stanch.values import BankInfo, Entry


class Held(NamedTuple):
    """Where an entry stands, and what of it may change and is matched.

    Attributes
    ----------
    expires : seconds since 1970, to which expiries are matched; None for never.
    """

    bank: UUID
    confirmed: bool
    expires: int | None

    @classmethod
    def of(cls, bank: UUID, entry: Entry) -> "Held":
        """Return what is held of an entry."""
        return cls(bank, entry.confirmed_by is not None, seconds_of(entry.expires))

    @classmethod
    def archived(cls, archive: Archive, entry: str) -> "Held | None":
        """Return what an archive holds of an entry; None if it does not."""
        place = archive.place(entry)
        return None if place is None else cls(place.bank, place.confirmed, seconds_of(place.expires))


def seconds_of(moment: datetime | None) -> int | None:
    """Return a moment in seconds since 1970."""
    return None if moment is None else int(moment.timestamp())


class Known:
    """Banks and entries, changed by one thread at a time and asked by any number.

    Those of an archive stay in its files; only what has changed since is held in memory.

    Parameters
    ----------
    decoders : worker processes that open media.
    """

    def __init__(self, decoders: Decoders) -> None:
        self.matcher = Matcher(decoders=decoders)
        self._archive: Archive | None = None
        self._names: dict[UUID, str] = {}
        self._owners: dict[str, UUID | None] = {}
        self._allowed: dict[UUID | None, frozenset[str]] = {}
        self._changed: dict[str, Held | None] = {}
        self._learnt: list[int] = []

    @property
    def changed(self) -> int:
        """How many entries are held in memory, or were taken out of the archive."""
        return len(self._changed)

    def attach(self, archive: Archive) -> None:
        """Take the entries of an archive in. Once, after the banks, and before any other entry."""
        self.matcher.attach(archive, self._names)
        self._archive = archive

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

    def take_background(self, grams: Sequence[int]) -> None:
        """Let these grams weigh nothing, beside what is shipped."""
        if list(grams) != self._learnt:
            self._learnt = list(grams)
            self.matcher.use_background(Background.shipped().joined(learnt=self._learnt))

    def take(self, entries: Iterable[tuple[UUID, Entry]]) -> None:
        """Take entries in, each with its bank, or what has changed of them.

        Those of a bank that is not known are passed over: it was made after the banks were read, and its changes
        are still to be followed.
        """
        fresh: dict[UUID, list[Entry]] = defaultdict(list)
        changed: dict[UUID, list[Entry]] = defaultdict(list)
        for bank, entry in entries:
            if bank not in self._names:
                continue
            held = self._held(entry.id)
            if held is None:
                fresh[bank].append(entry)
            elif held != Held.of(bank, entry):
                changed[bank].append(entry)
        for act, chosen in ((self.matcher.add, fresh), (self.matcher.replace, changed)):
            for bank, some in chosen.items():
                act(self._names[bank], *some)
                self._changed.update((entry.id, Held.of(bank, entry)) for entry in some)

    def drop(self, entries: Iterable[str]) -> None:
        """Forget entries; those that are not known are passed over."""
        gone: dict[UUID, list[str]] = defaultdict(list)
        for entry in entries:
            held = self._held(entry)
            if held is not None:
                gone[held.bank].append(entry)
        for bank, chosen in gone.items():
            self.matcher.remove(self._names[bank], *chosen)
            self._changed.update(dict.fromkeys(chosen))

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

    def _held(self, entry: str) -> Held | None:
        """Return where an entry stands; None if it is not held."""
        if entry in self._changed or self._archive is None:
            return self._changed.get(entry)
        return Held.archived(self._archive, entry)
