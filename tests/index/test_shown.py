"""What some holders of grams show is never more than is counted, and all of it where all are looked at."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from stanch.index import NEVER, PostingsIndex
from stanch.index import shown as room
from stanch.index.several import Several
from stanch.index.shown import LOOKED_AT, MOST_ENTRIES, Shown
from tests.index.grams import Text, sealed_of, texts
from tests.index.test_others import ALWAYS, FIRST, LEAST, LIVE, SECOND, expected, holders, live_rows, sound

HIGH = 1 << 50
"""Grams that say the same in their lower 48 bits are one: fewer are shown then, never more."""

words = st.integers(0, 9) | st.sampled_from([1 + (1 << 16), 2 + (1 << 47)])
place = st.just(1.0)
Asked = tuple[int, list[int]]
asked_of = st.tuples(
    st.sampled_from([FIRST, FIRST + 1, SECOND, SECOND + 2, LIVE, 77]), st.lists(words, min_size=1, max_size=20)
)


def stretches_of(grams: int) -> list[int]:
    return [8 * number // max(1, grams) for number in range(grams)]


def shown_by(
    index: PostingsIndex, queries: Sequence[int], entries: Sequence[Asked], bank: int, now: int, most: int
) -> Shown:
    numbers, grams = zip(*entries, strict=True)
    several = Several(
        np.array(numbers),
        np.cumsum([0, *map(len, grams)]),
        np.array([where for some in grams for where in stretches_of(len(some))], np.int64),
        LEAST,
    )
    bits = np.array([word for some in grams for word in some], np.uint64).reshape(-1, 1)
    found = index.show(np.array(queries, np.uint64).reshape(-1, 1), bits, several, bank=bank, now=now, most=most)
    assert found is not None
    return found


def counted(
    held: dict[int, set[int]], read: dict[int, set[int]], queries: Sequence[int], entry: Asked
) -> list[int]:
    """Say how many hold each query that are neither the entry nor kin to it, by the definition.

    Parameters
    ----------
    held : who holds each gram, as the index finds it.
    read : who holds it, as his own grams say: those that are not indexed, too.
    """
    number, grams = entry
    spread: dict[int, set[int]] = {}
    for word, where in zip(grams, stretches_of(len(grams)), strict=True):
        for holder in read.get(word, ()):
            spread.setdefault(holder, set()).add(where)
    kin = {holder for holder, places in spread.items() if len(places) >= LEAST} | {number}
    return [len(held.get(word, set()) - kin) for word in queries]


def whole(text: Text) -> Text:
    """Return a text of which all is indexed."""
    grams, bank, expires = text
    return [(*gram[:4], True) for gram in grams], bank, expires


@given(
    archived=st.tuples(texts(words, place), texts(words, place)),
    added=texts(words, place),
    queries=st.lists(words, min_size=1, max_size=12, unique=True),
    often=st.sampled_from([0, 20, 300]),
    entries=st.lists(asked_of, min_size=1, max_size=4),
    gone=st.frozensets(st.tuples(st.sampled_from([FIRST, SECOND, LIVE]), st.integers(0, 9)), max_size=4),
    bank=st.sampled_from([4, 5, 6, 8]),
    now=st.sampled_from([0, 5]),
    high=st.booleans(),
)
@settings(max_examples=150)
@example(  # of two parts, with holders of grams of two and of three stretches
    archived=(
        [([(word, 1.0, 1.0, 13.0, True) for word in some], 0, NEVER) for some in ((1, 3, 5), (1, 3), (3, 3, 3))],
        [([(3, 1.0, 1.0, 13.0, True)], 0, NEVER)],
    ),
    added=[([(3, 1.0, 1.0, 13.0, True)], 0, NEVER)],
    queries=[3, 1],
    often=0,
    entries=[(FIRST + 1, [0, 1, 2, 3, 4, 5, 6, 7]), (77, [3])],
    gone=frozenset(),
    bank=4,
    now=0,
    high=False,
)
def test_no_more_is_shown_than_sets_count(
    archived: tuple[list[Text], list[Text]],
    added: list[Text],
    queries: list[int],
    often: int,
    entries: list[Asked],
    gone: frozenset[tuple[int, int]],
    bank: int,
    now: int,
    high: bool,  # noqa: FBT001 - as it is drawn
) -> None:
    common = [([(2, 1.0, 1.0, 13.0, True)], number % 2, NEVER) for number in range(often)]
    first, second, live = sound(archived[0] + common), sound(archived[1]), sound(added + common[:40])
    if high:
        first = [*first, ([(HIGH, 1.0, 1.0, 13.0, True)], 1, NEVER)]
    ordinals = [2 * number for number in range(len(second))]
    index = PostingsIndex(
        1,
        sealed=[
            sealed_of(first, None).placed(FIRST, [4, 5, 6]),
            sealed_of(second, ordinals).placed(SECOND, [4, 5, 6]),
        ],
        small=ALWAYS,
    )
    index.add(live_rows(live))
    removed = frozenset(base + number for base, number in gone)
    index.remove(removed)
    spaced = [text for each in second for text in (each, ([], 0, NEVER))]  # ordinals are every second number
    parts = [(FIRST, first), (SECOND, spaced)]
    held = holders(parts, bank, now, removed)
    read = holders([(base, [whole(text) for text in some]) for base, some in parts], bank, now, removed)
    everywhere = holders([*parts, (LIVE, live)], bank, now, removed)
    for most in (1000, 1, 3, 1000):  # what is lent comes back as it was
        found = shown_by(index, queries, entries, bank, now, most)
        assert found.counts.shape == (len(queries), len(entries))
        assert (found.rows >= [len(everywhere.get(word, ())) for word in queries]).all()
        for entry, counts in zip(entries, found.counts.T.tolist(), strict=True):
            limits = counted(held, held, queries, entry)
            by_own = counted(held, read, queries, entry)
            columns = queries, counts, limits, by_own, found.rows.tolist()
            for word, count, limit, all_, rows in zip(*columns, strict=True):
                assert count <= limit
                if not high:
                    kin = len(held.get(word, ())) - all_
                    assert count <= all_
                    assert count >= min(all_, most - kin) or rows > LOOKED_AT


def test_an_entry_that_asks_of_its_own_grams_gets_what_is_counted() -> None:
    some = [([(word, 1.0, 1.0, 13.0, True) for word in range(of, of + 4)], 0, NEVER) for of in range(9)]
    index = PostingsIndex(1, sealed=[sealed_of(some, None).placed(FIRST, [4, 5, 6])], small=ALWAYS)
    queries = [*range(1, 5)]
    found = shown_by(index, queries, [(FIRST + 1, queries)], 4, 0, 1000)
    held = holders([(FIRST, some)], 4, 0, frozenset())
    assert found.counts[:, 0].tolist() == expected(held, queries, stretches_of(4), FIRST + 1)
    assert found.rows.tolist() == [2, 3, 4, 4]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words_held=st.lists(words, min_size=4, max_size=9), longest=st.integers(0, 9))
def test_of_long_texts_nothing_is_shown(
    words_held: list[int], longest: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "LONGEST", longest)
    some = [([(word, 1.0, 1.0, 13.0, True) for word in words_held], 0, NEVER)]
    index = PostingsIndex(1, sealed=[sealed_of(some, None).placed(FIRST, [4, 5, 6])], small=ALWAYS)
    found = shown_by(index, words_held[:1], [(77, [99])], 4, 0, 9)
    assert found.counts.tolist() == [[int(len(words_held) <= longest)]]


def test_as_many_entries_as_a_word_of_bytes_holds_are_told_apart() -> None:
    some = [([(word, 1.0, 1.0, 13.0, True)], 0, NEVER) for word in (1, 1, 2)]
    index = PostingsIndex(1, sealed=[sealed_of(some, None).placed(FIRST, [4, 5, 6])], small=ALWAYS)
    every_third = [(FIRST if number % 3 == 0 else 77, [1, 2]) for number in range(MOST_ENTRIES)]
    found = shown_by(index, [1], every_third, 4, 0, 9)
    assert found.counts[0].tolist() == [1 if number % 3 == 0 else 2 for number in range(MOST_ENTRIES)]


def test_few_rows_are_left_to_others() -> None:
    index = PostingsIndex(1, small=1 << 40)
    several = Several(np.array([1]), np.array([0, 1]), np.zeros(1, np.int64), LEAST)
    one = np.ones((1, 1), np.uint64)
    assert not index.shows
    assert index.show(one, one, several, bank=4, now=0, most=9) is None
