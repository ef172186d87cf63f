"""What entries keep of their short grams comes back from files, for many entries at once."""

from collections.abc import Sequence
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from stanch.errors import UnknownMethodError
from stanch.index.sealed import still
from stanch.matching import Archive, ArchiveSegment, Bank, merge_archives
from stanch.matching.archive import BITS, LIVE, number_of
from stanch.matching.archive_layout import WordPrints
from stanch.matching.archive_words import ArchivedWords, Words
from stanch.matching.catalogue import Catalogue
from stanch.matching.simhashes import Held, gathered
from stanch.values import TEXT_SIMHASH, Entry
from tests.matching.archives import BANKS, KNOWN, NAMES, NONE, SCRIPTS, entry, info, matcher, written
from tests.matching.test_archive import ids
from tests.prints import print_or_none

WORDLESS = ("short", "link", "md5", "picture", "raw")
HELD = [("known" if place % 3 else "good", entry(key, key)) for place, key in enumerate(KNOWN)]


def words_of(each: Entry) -> list[int]:
    """Return the words of an entry, as it holds them."""
    own = print_or_none(each, TEXT_SIMHASH)
    return [] if own is None else own.bits[:, 0].tolist()


def divided(words: Words) -> list[list[int]]:
    """Return the words of each entry."""
    bits, counts = words
    assert (bits.dtype.str, counts.dtype.str, len(bits)) == ("<u8", "<i8", counts.sum())
    return [some.tolist() for some in np.split(bits, np.cumsum(counts))[:-1]]


def ordinals(segment: ArchiveSegment, entries: Sequence[Entry]) -> NDArray[np.int64]:
    found = segment.find(ids(*entries))
    assert (found >= 0).all()
    return found


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> ArchiveSegment:
    return written(tmp_path_factory.mktemp("words") / "whole.segment", HELD)


def test_what_is_banked_has_words_or_has_none() -> None:
    """Else what follows compares nothing."""
    sizes = {key: len(words_of(entry(key, key))) for key in KNOWN}
    assert all(sizes[key] >= 1 for key in SCRIPTS)
    assert {sizes[key] for key in WORDLESS} == {0}
    assert len(set(sizes.values())) >= 4


@given(chosen=st.lists(st.sampled_from(sorted(KNOWN)), max_size=40))
def test_words_come_back_in_the_order_asked(whole: ArchiveSegment, chosen: list[str]) -> None:
    assert whole.words is not None
    entries = [entry(key, key) for key in chosen]
    found = whole.words.of(ordinals(whole, entries))
    assert divided(found) == [words_of(each) for each in entries]


@pytest.mark.parametrize(
    ("keys", "columns"),
    [
        (("arabic", "link", "han", "short"), {"entries", "first", "bits"}),
        (("arabic", "litany", "mixed"), {"first", "bits"}),
        (("link", "litany"), {"entries", "first", "bits"}),
        (("link", "short"), set()),
        ((), set()),
    ],
)
def test_only_columns_that_say_something_are_written(
    tmp_path: Path, keys: tuple[str, ...], columns: set[str]
) -> None:
    held = [("known", entry(key, key)) for key in keys]
    segment = written(tmp_path / "a", held)
    prefix = f"{TEXT_SIMHASH.id}/"
    assert {name.removeprefix(prefix) for name in segment.file.columns if name.startswith(prefix)} == columns
    assert (segment.words is not None) == bool(columns)
    if segment.words is not None:
        entries = [each for _, each in held]
        assert divided(segment.words.of(ordinals(segment, entries))) == [words_of(each) for each in entries]


@pytest.mark.parametrize("link", [False, True])
def test_of_texts_with_one_word_each_the_words_alone_are_kept(tmp_path: Path, *, link: bool) -> None:
    """And whose they are, if others have none."""
    key = next(key for key in KNOWN if len(words_of(entry(key, key))) == 1)
    held = [("known", entry(key, number)) for number in range(5)] + [("known", entry("link", "x"))] * link
    segment = written(tmp_path / "a", held)
    assert segment.words is not None
    assert segment.words.first is None
    assert (segment.words.entries is None) == (not link)
    entries = [each for _, each in held]
    assert divided(segment.words.of(ordinals(segment, entries))) == [words_of(each) for each in entries]


def test_words_take_eight_bytes_and_an_entry_four(whole: ArchiveSegment) -> None:
    total = sum(len(words_of(each)) for _, each in HELD)
    texts = sum(bool(words_of(each)) for _, each in HELD)
    sizes = {
        name: column.nbytes for name, column in whole.file.columns.items() if name.startswith(TEXT_SIMHASH.id)
    }
    assert {name.removeprefix(f"{TEXT_SIMHASH.id}/"): size for name, size in sizes.items()} == {
        "entries": 4 * texts,
        "first": 4 * (texts + 1),
        "bits": 8 * total,
    }


def test_nothing_is_found_by_words(whole: ArchiveSegment) -> None:
    assert whole.held_by(TEXT_SIMHASH.id) is None
    assert TEXT_SIMHASH.id not in whole.prints
    with pytest.raises(UnknownMethodError):
        matcher([(whole, NONE)])._catalogue.listed(number_of(0, 0)).span(TEXT_SIMHASH, 0)


@given(alive=st.sets(st.sampled_from(sorted(KNOWN))), cut=st.integers(0, len(HELD)))
def test_merged_segments_have_the_words_of_entries_that_are_alive(
    tmp_path_factory: pytest.TempPathFactory, alive: set[str], cut: int
) -> None:
    folder = tmp_path_factory.mktemp("merged")
    dead = {each.id for key, (_, each) in zip(KNOWN, HELD, strict=True) if key not in alive}
    parts = []
    for place, some in enumerate((HELD[:cut], HELD[cut:])):
        segment = written(folder / str(place), some)
        gone = [each for _, each in some if each.id in dead]
        parts.append((segment, ordinals(segment, gone).astype(np.uint32)))
    merge_archives(folder / "merged", parts)
    merged = ArchiveSegment.open(folder / "merged")
    entries = [each for _, each in HELD if each.id not in dead]
    assert (merged.words is not None) == any(words_of(each) for each in entries)
    if merged.words is not None:
        assert divided(merged.words.of(ordinals(merged, entries))) == [words_of(each) for each in entries]


ENTRIES = 9
HALVES = (1, 2, 3, LIVE >> BITS)
"""Of numbers: three segments, and what is in memory."""

counted = st.lists(st.integers(-1, 20), min_size=ENTRIES, max_size=ENTRIES) | st.just([1] * ENTRIES)


def columns_of(counts: Sequence[int], half: int) -> tuple[ArchivedWords, list[list[int]]]:
    """Return the words of entries, each of which has so many or, with -1, is not told, and the same as lists."""
    words = [[1000 * half + 50 * ordinal + step for step in range(count)] for ordinal, count in enumerate(counts)]
    owners = [ordinal for ordinal, count in enumerate(counts) if count >= 0]
    made = WordPrints(
        entries=np.array(owners, np.int64),
        counts=np.array([counts[owner] for owner in owners], np.int64),
        bits=np.array([word for each in words for word in each], np.uint64),
    )
    columns = {name: still(column) for name, column in made.columns(len(counts))}
    return ArchivedWords.of_columns(columns, entries=len(counts)), words


@given(
    counts=st.lists(counted, min_size=len(HALVES), max_size=len(HALVES)),
    asked=st.lists(st.tuples(st.integers(0, len(HALVES) - 1), st.integers(0, ENTRIES - 1)), max_size=40),
    kept=st.lists(st.booleans(), min_size=len(HALVES), max_size=len(HALVES)),
)
def test_words_are_those_that_stand_between_the_numbers_of_the_columns(
    counts: list[list[int]], asked: list[tuple[int, int]], kept: list[bool]
) -> None:
    """Of entries of several segments, plainly and compiled; some have no words, and some segments none at all."""
    made = [columns_of(each, half) for each, half in zip(counts, HALVES, strict=True)]
    for place, (held, words) in enumerate(made):
        ordinals = [ordinal for half, ordinal in asked if half == place]
        assert divided(held.of(np.array(ordinals, np.int64))) == [words[ordinal] for ordinal in ordinals]
    told = {half: held for half, (held, _), one in zip(HALVES, made, kept, strict=True) if one}
    numbers = np.array([(HALVES[place] << BITS) + ordinal for place, ordinal in asked], np.int64)
    expected = [made[place][1][ordinal] if kept[place] else [] for place, ordinal in asked]
    for compiled in (False, True):
        assert divided(gathered(numbers, Held.of(told), compiled=compiled)) == expected


numbers = st.integers(0, (1 << 32) - 1)


@given(first=st.lists(numbers, min_size=7, max_size=7), entries=st.lists(numbers, min_size=6, max_size=6))
def test_damaged_numbers_give_other_words_of_the_file(first: list[int], entries: list[int]) -> None:
    """The ends are compared when a file is opened; what stands between is not, until its blocks are checked."""
    bits = np.arange(20, dtype=np.uint64)
    asked = np.concatenate([np.arange(8), entries])
    for column in (np.array(first, np.uint32), np.array(first, np.uint64) << np.uint64(32)):
        held = ArchivedWords(
            count=6, entries=still(np.array(entries, np.uint32)), first=still(column), bits=still(bits.copy())
        )
        for compiled in (False, True):
            found, counts = gathered(asked + (1 << BITS), Held.of({1: held}), compiled=compiled)
            assert (len(counts), len(found)) == (len(asked), counts.sum())
            assert (counts >= 0).all()
            assert np.isin(found, bits).all()


def test_an_ordinal_that_a_segment_does_not_have_has_no_words() -> None:
    for counts in ([2, 3, 4], [1, 1, 1], [2, -1, 3], [-1, -1, -1]):
        held, words = columns_of(counts, 1)
        for compiled in (False, True):
            numbers = np.array([0, 3, 1 << 31, (1 << 32) - 1, 2]) + (1 << BITS)
            assert divided(gathered(numbers, Held.of({1: held}), compiled=compiled)) == [
                words[0],
                [],
                [],
                [],
                words[2],
            ]


def catalogue(
    folder: Path, archived: Sequence[Sequence[str]], live: Sequence[str]
) -> tuple[Catalogue, dict[str, int]]:
    """Return a catalogue with segments of these entries of `KNOWN`, and more in memory, and the number of each."""
    made = Catalogue()
    for name in BANKS:
        made.add_bank(Bank(info(name)))
    segments = [
        written(folder / f"{place}.segment", [("known", entry(key, key)) for key in keys])
        for place, keys in enumerate(archived)
    ]
    made.attach(Archive([(segment, NONE) for segment in segments]), NAMES)
    made.add("known", [entry(key, key) for key in live])
    known = {
        key: number_of(place, int(segment.find(ids(entry(key, key)))[0]))
        for place, (segment, keys) in enumerate(zip(segments, archived, strict=True))
        for key in keys
    }
    return made, known | {key: LIVE + place for place, key in enumerate(live)}


KEYS = sorted(KNOWN)
DIVISIONS = {
    "archived": ([KEYS], []),
    "live": ([], KEYS),
    "two segments": ([KEYS[::2], KEYS[1::2]], []),
    "all at once": ([KEYS[::4], KEYS[1::4]], KEYS[2::4] + KEYS[3::4]),
    "without words": ([["short", "md5"], ["arabic"]], ["raw", "picture"]),
}


@pytest.mark.parametrize("division", DIVISIONS)
def test_words_of_entries_wherever_they_are_kept(tmp_path: Path, seed: int, division: str) -> None:
    made, numbers = catalogue(tmp_path, *DIVISIONS[division])
    random = Random(seed)
    for size in (0, 1, 2, 3, 7, 15, 50):
        chosen = [random.choice(sorted(numbers)) for _ in range(size)]
        asked = [numbers[key] for key in chosen]
        expected = [words_of(entry(key, key)) for key in chosen]
        assert divided(made.simhashes(asked)) == expected
        assert divided(made.simhashes(np.array(asked, np.int64))) == expected


def test_words_of_what_stays_and_of_what_is_new(tmp_path: Path) -> None:
    """Numbers stay, whatever else is removed; what comes back has another, and the words it has now."""
    made, numbers = catalogue(tmp_path, [["arabic", "urdu"], ["han"]], ["thaana", "latin"])
    made.remove("known", [entry(key, key).id for key in ("urdu", "thaana")])
    left = ["latin", "arabic", "han"]
    asked = [numbers[key] for key in left]
    assert divided(made.simhashes(asked)) == [words_of(entry(key, key)) for key in left]
    made.add("known", [entry("ethiopic", "urdu")])
    assert divided(made.simhashes([*asked, LIVE + 2]))[-1] == words_of(entry("ethiopic", "x"))
    with pytest.raises(KeyError):
        made.simhashes([numbers["thaana"]])
