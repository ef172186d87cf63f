"""Who else holds the features of an entry is counted as sets would count it, over parts of every kind."""

from collections.abc import Mapping, Sequence

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from stanch.index import NEVER, PostingsIndex, Rows
from stanch.index.room import NO_LIMIT
from stanch.index.several import Several
from stanch.kernels import handles_numba
from stanch.kernels.hits_numba import FULL
from stanch.kernels.keys import keys_of
from tests.index.grams import Text, sealed_of, texts

FIRST, SECOND, LIVE = 1 << 32, 2 << 32, 1 << 62
ALWAYS, NEVER_YET = -1, 1 << 40
LEAST = 3

words = st.integers(0, 9)
place = st.just(1.0)


def live_rows(held: Sequence[Text]) -> Rows:
    each = [(word, LIVE + of, 4 + bank, NEVER) for of, (some, bank, _) in enumerate(held) for word, *_ in some]
    bits, entry, bank, expires = zip(*each, strict=True)
    return Rows(
        bits=np.array(bits, dtype=np.uint64).reshape(-1, 1),
        entry=np.array(entry),
        bank=np.array(bank),
        at=np.zeros(len(each)),
        expires=np.array(expires),
    )


def sound(held: Sequence[Text]) -> list[Text]:
    """Return texts of which one at least has a gram that is indexed."""
    return [*held, ([(99, 1.0, 1.0, 13.0, True)], 1, NEVER)]


def holders(
    parts: Sequence[tuple[int, Sequence[Text]]], bank: int, now: int, gone: frozenset[int]
) -> dict[int, set[int]]:
    """Say who holds each gram, by the definition."""
    found: dict[int, set[int]] = {}
    for base, held in parts:
        for place, (some, of, expires) in enumerate(held):
            lives = 4 + of == bank and (base == LIVE or expires > now) and base + place not in gone
            for word, _, _, _, kept in some:
                if lives and (kept or base == LIVE):
                    found.setdefault(word, set()).add(base + place)
    return found


def expected(held: dict[int, set[int]], queries: Sequence[int], stretch: Sequence[int], number: int) -> list[int]:
    spread: dict[int, set[int]] = {}
    for word, where in zip(queries, stretch, strict=True):
        for entry in held.get(word, ()):
            spread.setdefault(entry, set()).add(where)
    kin = {entry for entry, places in spread.items() if len(places) >= LEAST} | {number}
    return [len(held.get(word, set()) - kin) for word in queries]


def one(number: int, stretch: Sequence[int]) -> Several:
    return Several(np.array([number]), np.array([0, len(stretch)]), np.array(stretch, dtype=np.int64), LEAST)


def assert_collects_what_it_finds(
    index: PostingsIndex, queries: Sequence[int], banks: Mapping[int, int], limit: int | None, now: int
) -> None:
    """Hold what kernels find by themselves to hits in order, for few queries and more."""
    handles = index.handles(banks)
    assert handles is not None
    assert handles.suit(40)
    hits, at = np.empty((4, 1 << 14), np.int64), np.empty(1 << 14)
    for asked in ([*queries], [*queries, *range(100, 110)]):
        bits = np.array(asked, np.uint64).reshape(-1, 1)
        expected = index.search(bits, radius=banks, limit=limit, now=now)
        most = NO_LIMIT if limit is None else limit
        taken = np.zeros((len(bits), handles.banks), np.int64)
        count = handles_numba.collected(
            handles.lines, bits[:, 0].copy(), keys_of(bits), now, most, taken, hits, at
        )
        (query, bank, entry), begins = hits[:3, :count], at[:count]
        handles_numba.place(handles.lines, entry.copy(), begins)
        of_each = zip(*(column.tolist() for column in (query, bank, entry, begins)), strict=True)
        columns = (expected.query, expected.bank, expected.entry, expected.at)
        assert sorted(of_each) == list(zip(*(column.tolist() for column in columns), strict=True))
        for number in set(entry.tolist()):
            assert (np.diff(query[entry == number]) >= 0).all()
        small = hits[:, :1].copy(), at[:1].copy()
        again = handles_numba.collected(
            handles.lines, bits[:, 0].copy(), keys_of(bits), now, most, np.zeros_like(taken), *small
        )
        assert again == (count if count < 2 else FULL)


@given(
    archived=st.tuples(texts(words, place), texts(words, place)),
    added=texts(words, place),
    queries=st.lists(words, max_size=20),
    often=st.sampled_from([0, 20, 300]),
    chosen=st.tuples(st.sampled_from([FIRST, SECOND, LIVE, 77]), st.integers(0, 9)),
    gone=st.frozensets(st.tuples(st.sampled_from([FIRST, SECOND, LIVE]), st.integers(0, 9)), max_size=4),
    bank=st.sampled_from([4, 5, 6, 8]),
    now=st.sampled_from([0, 5]),
)
@settings(max_examples=150)
@example(  # eight stretches, and an entry that holds grams of three of them
    archived=([([(word, 1.0, 1.0, 13.0, True) for word in (1, 3, 5)], 0, NEVER)], []),
    added=[([(2, 1.0, 1.0, 13.0, True)], 0, NEVER)],
    queries=[0, 1, 2, 3, 4, 5, 6, 7],
    often=0,
    chosen=(SECOND, 9),
    gone=frozenset(),
    bank=4,
    now=0,
)
@example(  # of two stretches, of which others are two when asked again; and texts that were removed
    archived=(
        [([(word, 1.0, 1.0, 13.0, True) for word in (0, 2)], 0, NEVER), ([(4, 1.0, 1.0, 13.0, True)], 0, 9)],
        [],
    ),
    added=[([(4, 1.0, 1.0, 13.0, True)], 0, NEVER), ([(4, 1.0, 1.0, 13.0, True)], 0, NEVER)],
    queries=[0, 1, 2, 3, 4, 5, 6, 7],
    often=0,
    chosen=(SECOND, 9),
    gone=frozenset({(FIRST, 1), (LIVE, 0)}),
    bank=4,
    now=0,
)
def test_others_are_counted_as_sets_are(
    archived: tuple[list[Text], list[Text]],
    added: list[Text],
    queries: list[int],
    often: int,
    chosen: tuple[int, int],
    gone: frozenset[tuple[int, int]],
    bank: int,
    now: int,
) -> None:
    common = [([(2, 1.0, 1.0, 13.0, True)], number % 2, NEVER) for number in range(often)]
    first, second, live = sound(archived[0] + common), sound(archived[1]), sound(added + common[:40])
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
    parts = [(FIRST, first), (LIVE, live)]
    spaced = [text for each in second for text in (each, ([], 0, NEVER))]  # ordinals are every second number
    parts.append((SECOND, spaced))
    removed = frozenset(base + number for base, number in gone)
    index.remove(removed)
    for limit in (None, 1, 3, 50):
        for banks in ({bank: 0}, {6: 0, bank: 0, 4: 0}):
            assert_collects_what_it_finds(index, queries, banks, limit, now)
    held = holders(parts, bank, now, removed)
    bits = np.array(queries, dtype=np.uint64).reshape(-1, 1)
    rising = [8 * number // max(1, len(queries)) for number in range(len(queries))]
    for stretch in (rising, rising[::-1], rising):  # what is lent comes back as it was
        others = index.others(bits, one(sum(chosen), stretch), bank=bank, now=now)
        assert others is not None
        assert others.tolist() == expected(held, queries, stretch, sum(chosen))
    whole = (sum(chosen), queries, rising)
    several = [whole, (LIVE, [], []), (FIRST, queries[::-1], rising), whole]
    for entries in (several, [whole], several[::-1]):  # what is lent comes back as it was
        assert_counts_together(index, entries, held, bank, now)


def assert_counts_together(
    index: PostingsIndex,
    entries: Sequence[tuple[int, Sequence[int], Sequence[int]]],
    held: dict[int, set[int]],
    bank: int,
    now: int,
) -> None:
    """Hold what is counted of several entries at once to what each has: its number, its grams, their stretches."""
    numbers, grams, stretches = zip(*entries, strict=True)
    several = Several(
        np.array(numbers),
        np.cumsum([0, *map(len, grams)]),
        np.array([where for stretch in stretches for where in stretch], np.int64),
        LEAST,
    )
    bits = np.array([word for some in grams for word in some], np.uint64).reshape(-1, 1)
    others = index.others(bits, several, bank=bank, now=now)
    assert others is not None
    assert others.tolist() == [
        count for number, some, stretch in entries for count in expected(held, some, stretch, number)
    ]


def test_few_rows_and_parts_that_share_an_entry_are_left_to_others() -> None:
    rows = Rows.of_entry(np.array([[1], [2]], np.uint64), entry=3, bank=4)
    few = PostingsIndex(1, small=NEVER_YET)
    few.add(rows)
    shared = PostingsIndex(1, sealed=[sealed_of(sound([]), None).placed(3, [4, 5, 6])], small=ALWAYS)
    shared.add(rows)
    for index in (few, shared):
        assert index.others(rows.bits, one(3, [0, 0]), bank=4, now=0) is None
        assert index.handles((4,)) is None
