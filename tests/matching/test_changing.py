"""Adding, removing and replacing many entries at once, and which grams are counted."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stanch.errors import EntryExistsError, UnknownEntryError
from stanch.fingerprints import as_entry
from stanch.matching import Bank, Matcher
from stanch.matching.indexing import REPEATS, first_occurrences
from stanch.media import Decoders
from stanch.values import (
    BEHAVIOUR_BASED,
    PDQ,
    BankInfo,
    ContentType,
    Entry,
    HashPart,
    LinkPart,
    Part,
    PartResult,
    State,
    TextPart,
)
from tests.matching.writing import ALPHABETS, writing

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
DECODERS = Decoders()  # nothing here is decoded, so that no process is started
INFO = BankInfo(
    name="b",
    owner="us",
    legal_basis="terms",
    content_type=ContentType.INCITES,
    designation=BEHAVIOUR_BASED,
    state=State.ENABLED,
)
REFRAIN = "the grey lantern burns above the harbour "
PARTS: dict[str, Part] = {
    **{name: TextPart(name=name, text=writing(7, 80, name)) for name in ALPHABETS},
    "refrain": TextPart(name="r", text=REFRAIN * 9 + writing(8, 50)),
    "link": LinkPart(name="l", link="https://lantern.example/a"),
    "image": HashPart(name="h", method=PDQ, value="0f" * 32),
}


def entry(name: str, **changes: object) -> Entry:
    prints = tuple(found for reading in as_entry(PARTS[name], DECODERS) for found in reading.fingerprints)
    return Entry(id=name, fingerprints=prints, added=NOON, **changes)  # type: ignore[arg-type]


ENTRIES = {name: entry(name) for name in PARTS}
names = st.lists(st.sampled_from(sorted(PARTS)), unique=True)


def results(where: Matcher) -> list[PartResult]:
    return [where.match_part(part, now=NOON) for part in PARTS.values()]


def empty() -> Matcher:
    return Matcher([Bank(INFO)], decoders=DECODERS)


@given(added=names, removed=st.sets(st.sampled_from(sorted(PARTS))))
def test_many_at_once_are_what_one_by_one_would_be(added: list[str], removed: set[str]) -> None:
    at_once, one_by_one = empty(), empty()
    gone = [name for name in added if name in removed]
    at_once.add("b", *(ENTRIES[name] for name in added))
    at_once.remove("b", *gone)
    for name in added:
        one_by_one.add("b", ENTRIES[name])
    for name in gone:
        one_by_one.remove("b", name)
    assert results(at_once) == results(one_by_one)


@given(kept=names)
def test_what_was_removed_leaves_no_trace(kept: list[str]) -> None:
    where, fresh = empty(), empty()
    where.add("b", *ENTRIES.values())
    where.remove("b", *(set(PARTS) - set(kept)))
    fresh.add("b", *(ENTRIES[name] for name in kept))
    assert results(where) == results(fresh)


def test_all_or_none_are_added_or_removed() -> None:
    where = empty()
    where.add("b", ENTRIES["link"])
    before = results(where)
    for twice in ([ENTRIES["image"], ENTRIES["link"]], [ENTRIES["image"], ENTRIES["image"]]):
        with pytest.raises(EntryExistsError):
            where.add("b", *twice)
    with pytest.raises(UnknownEntryError, match="image"):
        where.remove("b", "link", "image")
    assert results(where) == before


def test_a_replaced_entry_is_what_it_is_now() -> None:
    where = empty()
    where.add("b", ENTRIES["link"], ENTRIES["latin"])
    later = NOON + timedelta(hours=1)
    where.replace("b", entry("link", confirmed_by="alice", expires=later))
    (match,) = where.match_part(PARTS["link"], now=NOON).matches
    assert match.confirmed
    assert where.match_part(PARTS["link"], now=later).matches == ()
    with pytest.raises(UnknownEntryError):
        where.replace("b", ENTRIES["image"])
    assert where.match_part(PARTS["latin"], now=NOON).matches != ()


@pytest.mark.parametrize("words", [1, 4])
@given(values=st.lists(st.integers(0, 3), max_size=40), shift=st.sampled_from([0, 62]))
def test_only_the_first_occurrences_of_a_value_are_counted(words: int, values: list[int], shift: int) -> None:
    bits = np.array([[value << shift] * words for value in values], dtype=np.uint64).reshape(-1, words)
    seen: Counter[int] = Counter()
    expected = []
    for value in values:
        seen[value] += 1
        expected.append(seen[value] <= REPEATS)
    assert first_occurrences(bits).tolist() == expected
