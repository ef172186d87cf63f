"""What of which entry was learnt."""

from dataclasses import dataclass

import numpy as np

from stanch.matching.background import believes, symbols_of
from stanch.matching.catalogue import Catalogue
from stanch.values import TEXT_GRAM


@dataclass(frozen=True, kw_only=True, slots=True)
class LearntOfEntry:
    """What was learnt on site of the grams of one entry.

    Parameters
    ----------
    grams : which, in order of their place in the entry.
    share : of the entry's symbols, how many they cover; 0 to 1.
    believed : whether they are common in the entry. If not, they are too much of it: a person says whether it is
        a formula, and until then the entry is found as if nothing had been learnt of it.
    """

    bank: str
    entry: str
    confirmed: bool
    grams: tuple[int, ...]
    share: float
    believed: bool


def learnt_of_entries(catalogue: Catalogue, *, now: int) -> list[LearntOfEntry]:
    """Return each entry that holds something that was learnt, by bank and id.

    Parameters
    ----------
    now : seconds since 1970; expired entries are left out.
    """
    grams = catalogue.background.learnt.reshape(-1, 1)
    hits = catalogue.search(TEXT_GRAM, grams, now=now, limit=None)
    listed = [_of_entry(catalogue, number) for number in np.unique(hits.entry).tolist()]
    return sorted(listed, key=lambda one: (one.bank, one.entry))


def _of_entry(catalogue: Catalogue, number: int) -> LearntOfEntry:
    entry, background = catalogue.listed(number), catalogue.background
    print_ = entry.grams()
    stated, held = (mask(print_.bits[:, 0]) for mask in (background.states, background.holds))
    learnt = held & ~stated
    return LearntOfEntry(
        bank=entry.bank.info.name,
        entry=entry.id,
        confirmed=entry.confirmed,
        grams=tuple(dict.fromkeys(print_.bits[learnt, 0].tolist())),
        share=float(symbols_of(print_, learnt).mean()),
        believed=believes(print_, learnt=learnt, stated=stated),
    )
