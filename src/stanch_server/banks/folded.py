"""Banks and entries as plain values: what the indexer folds changes into."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from stanch.values import BankInfo, Entry
from stanch_server.banks.tail import Holder


@dataclass(frozen=True, kw_only=True, slots=True)
class HeldBank:
    """A bank's description, and whose it is; None for all sources."""

    info: BankInfo
    source: UUID | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Folded:
    """Banks by id, and entries by id, each with its bank."""

    banks: dict[UUID, HeldBank] = field(default_factory=dict)
    entries: dict[str, tuple[UUID, Entry]] = field(default_factory=dict)

    def take_bank(self, bank: UUID, info: BankInfo, *, source: UUID | None) -> None:
        """Take a bank in, or what has changed of it."""
        self.banks[bank] = HeldBank(info=info, source=source)

    def take(self, entries: Iterable[tuple[UUID, Entry]]) -> None:
        """Take entries in, each with its bank; those of a bank that is not known are passed over."""
        self.entries.update((entry.id, (bank, entry)) for bank, entry in entries if bank in self.banks)

    def drop(self, entries: Iterable[str]) -> None:
        """Forget entries; those that are not known are passed over."""
        for entry in entries:
            self.entries.pop(entry, None)

    def pour(self, holder: Holder) -> None:
        """Give all of it to another holder."""
        for bank, held in self.banks.items():
            holder.take_bank(bank, held.info, source=held.source)
        holder.take(self.entries.values())
