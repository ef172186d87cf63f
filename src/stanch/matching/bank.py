"""A bank in memory: its description and its entries."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Self

from stanch.errors import EntryExistsError, UnknownEntryError
from stanch.formats import read_bank_file, write_bank_file
from stanch.values import BankInfo, Entry


class Bank:
    """A curated collection of known content.

    Parameters
    ----------
    info : what the bank is, who answers for it and on what basis.
    entries : what it holds.

    Raises
    ------
    EntryExistsError
        If two entries have one id.
    """

    def __init__(self, info: BankInfo, entries: Iterable[Entry] = ()) -> None:
        self.info = info
        self._entries: dict[str, Entry] = {}
        self.add(*entries)

    @classmethod
    def open(cls, path: Path) -> Self:
        """Read a bank file; the errors are those of `read_bank_file`."""
        file = read_bank_file(path)
        return cls(file.info, file.entries)

    def save(self, path: Path) -> None:
        """Write a bank file, replacing an older one in a single step."""
        write_bank_file(path, self.info, self)

    def add(self, *entries: Entry) -> None:
        """Take entries in, all or none, or raise EntryExistsError."""
        added = dict[str, Entry]()
        for entry in entries:
            if entry.id in self._entries or entry.id in added:
                raise EntryExistsError(bank=self.info.name, entry=entry.id)
            added[entry.id] = entry
        self._entries.update(added)

    def remove(self, entry_id: str) -> Entry:
        """Take an entry out and return it, or raise UnknownEntryError."""
        if entry_id not in self._entries:
            raise UnknownEntryError(bank=self.info.name, entry=entry_id)
        return self._entries.pop(entry_id)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries.values())

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, entry_id: object) -> bool:
        return entry_id in self._entries
