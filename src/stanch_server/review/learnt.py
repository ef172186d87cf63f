"""What was learnt to be common of the entries of a bank, and who printed it: for people and for programs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from stanch.matching import LearntOfEntry
from stanch_server.accounts.principals import Caller
from stanch_server.banks.access import banks_with
from stanch_server.banks.background import learnt_at
from stanch_server.banks.live import follower
from stanch_server.banks.models import Bank, Entry
from stanch_server.intake.operations import publishers_of


@dataclass(frozen=True, kw_only=True, slots=True)
class Learnt:
    """What was learnt of an entry.

    Parameters
    ----------
    of : which grams, how much of the entry they are, and whether that is believed.
    publishers : how many are still known that printed the gram that the fewest printed.
    since : when the first of the grams was learnt.
    """

    row: Entry
    of: LearntOfEntry
    publishers: int
    since: datetime

    @property
    def share(self) -> str:
        """How much of the entry it is, with the sign: at least one per cent."""
        return f"{max(self.of.share, 0.01):.0%}"


def learnt_anywhere(*, now: datetime) -> list[LearntOfEntry]:
    """Return what was learnt of each entry of any bank, whoever may see it."""
    return follower().learnt_of_entries(now=now)


def learnt_in(bank: Bank, *, now: datetime) -> list[LearntOfEntry]:
    """Return what was learnt of each entry of a bank: first what waits for a person, most of an entry first."""
    found = [one for one in learnt_anywhere(now=now) if one.bank == bank.name]
    return sorted(found, key=lambda one: (one.believed, -one.share, one.entry))


def learnt_of(entry: Entry, *, now: datetime) -> Learnt | None:
    """Return what was learnt of an entry; None if nothing was."""
    found = [one for one in learnt_in(entry.bank, now=now) if one.entry == str(entry.id)]
    return next(iter(described(found, bank=entry.bank)), None)


def described(found: Sequence[LearntOfEntry], *, bank: Bank) -> list[Learnt]:
    """Return what is known of these beside; an entry that was removed or unlearnt meanwhile is left out."""
    rows = Entry.objects.filter(bank=bank, removed=None).in_bulk([UUID(one.entry) for one in found])
    grams = grams_of(found)
    known, at = publishers_of(grams), learnt_at(grams)
    return [
        Learnt(
            row=rows[UUID(one.entry)],
            of=one,
            publishers=min(known.get(gram, 0) for gram in one.grams),
            since=min(at[gram] for gram in one.grams if gram in at),
        )
        for one in found
        if UUID(one.entry) in rows and at.keys() & one.grams
    ]


def grams_of(found: Iterable[LearntOfEntry]) -> set[int]:
    """Return the grams that were learnt of any of these."""
    return {gram for one in found for gram in one.grams}


def others_with(grams: set[int], others: Iterable[LearntOfEntry], *, caller: Caller) -> int:
    """Return how many of the other entries that a caller may see hold some of these grams, too."""
    seen = set(banks_with(caller, "banks.read").values_list("name", flat=True))
    return sum(one.bank in seen and not grams.isdisjoint(one.grams) for one in others)
