"""What kernels write to is lent from search to search: it grows, and never holds what another search found."""

import threading

import numpy as np
from numpy.typing import NDArray

from stanch.index import NEVER, Hits, PostingsIndex, Rows
from stanch.index.handles import Handles
from stanch.index.room import KEPT, NO_LIMIT, ROOM, Lender, Room, give_back, lent_room
from stanch.index.several import Several
from stanch.kernels.handles_numba import place
from stanch.kernels.keys import keys_of
from tests.index.grams import Text, counted_anew, sealed_of

EACH = ROOM // 3
"""Of so many texts in each of three parts there is no room for all hits."""


def texts(count: int) -> list[Text]:
    """Return texts that all hold one gram, and some another."""
    grams = [(5, 3.0, 4.0, 16.0, True), (6, 9.0, 10.0, 22.0, True)]
    return [(grams if number % 3 else grams[:1], number % 2, NEVER) for number in range(count)]


def index(small: int) -> PostingsIndex:
    sealed = [sealed_of(texts(EACH), None).placed(base << 32, [7, 8, 9]) for base in (1, 2)]
    made = PostingsIndex(1, sealed=sealed, small=small)
    entry = (1 << 62) + np.arange(EACH)
    made.add(
        Rows(
            bits=np.full((EACH, 1), 5, np.uint64),
            entry=entry,
            bank=7 + entry % 2,
            at=np.zeros(EACH),
            expires=np.full(EACH, NEVER),
        )
    )
    return made


def columns(hits: Hits) -> NDArray[np.float64]:
    return np.stack([hits.query, hits.bank, hits.entry, hits.at, hits.distance, hits.total])


QUERIES = np.array([[6], [4], [5]], np.uint64)


def test_there_is_room_for_all_hits_however_many_they_are() -> None:
    by_kernel, by_numpy = index(-1), index(1 << 40)
    for banks, limit in (({7: 0, 8: 0}, None), ({8: 0, 7: 0}, 200)):
        found, expected = (one.search(QUERIES, radius=banks, limit=limit) for one in (by_kernel, by_numpy))
        assert np.array_equal(columns(found), columns(expected))
    assert len(by_kernel.search(QUERIES, radius={7: 0, 8: 0})) > ROOM


def test_a_kernel_that_finds_by_itself_is_given_the_room_that_it_needs() -> None:
    by_kernel = index(-1)
    for banks, limit in (((7, 8), NO_LIMIT), ((8, 7), 200), ((8, 7), EACH), ((7, 9), EACH)):
        handles, room = by_kernel.handles(banks), Room()
        assert handles is not None
        asked = QUERIES[:, 0].copy(), keys_of(QUERIES)
        count = room.filled(counted_anew, handles.lines, *asked, 0, limit, handles.banks)
        place(handles.lines, room.hits[2, :count].copy(), room.at[:count])
        expected = by_kernel.search(QUERIES, radius=dict.fromkeys(banks, 0), limit=limit)
        order = np.lexsort((room.at[:count], *room.hits[2::-1, :count]))
        for column, found in zip(("query", "bank", "entry"), room.hits[:3, :count], strict=True):
            assert np.array_equal(found[order], getattr(expected, column))
        assert np.array_equal(room.at[:count][order], expected.at)


def test_what_was_added_or_removed_is_seen_by_whoever_asks_again() -> None:
    held = index(-1)
    before = held.handles((7, 8))
    assert before is held.handles((7, 8))
    asked = QUERIES[:, 0].copy(), keys_of(QUERIES)

    def entries(handles: Handles | None) -> set[int]:
        assert handles is not None
        room = Room()
        count = room.filled(counted_anew, handles.lines, *asked, 0, NO_LIMIT, handles.banks)
        return set(room.hits[2, :count].tolist())

    one, first = entries(before), 1 << 32
    held.remove([first])
    assert entries(held.handles((7, 8))) == one - {first}
    held.add(Rows.of_entry(QUERIES[2:], entry=(1 << 62) + EACH, bank=8))
    assert entries(held.handles((7, 8))) == one - {first} | {(1 << 62) + EACH}
    assert entries(before) == one, "what was handed out stays as it was"


def test_a_room_that_became_large_is_not_kept() -> None:
    large = Room(KEPT + 1)
    give_back(large)
    assert lent_room() is not large
    small = lent_room()
    give_back(small)
    assert lent_room() is small


def test_what_is_lent_has_one_borrower() -> None:
    lender = Lender(lambda: np.zeros(1))
    one, two = lender.lent(), lender.lent()
    assert one is not two
    lender.give_back(one)
    assert lender.lent() is one


def test_searches_side_by_side_find_what_each_finds_alone() -> None:
    made = index(-1)
    chosen = [QUERIES, QUERIES[::-1].copy(), QUERIES[:2].copy()]
    alone = [columns(made.search(bits, radius={7: 0, 8: 0}, limit=300)) for bits in chosen]

    def others(bits: NDArray[np.uint64]) -> NDArray[np.int64] | None:
        one = Several(np.array([1 << 32]), np.array([0, len(bits)]), np.arange(len(bits)), 2)
        return made.others(bits, one, bank=7, now=0)

    counted = [others(bits) for bits in chosen]
    failures = list[int]()

    def ask(first: int) -> None:
        for turn in range(first, first + 60):
            place = turn % len(chosen)
            hits = made.search(chosen[place], radius={7: 0, 8: 0}, limit=300)
            again = others(chosen[place])
            if not (np.array_equal(columns(hits), alone[place]) and np.array_equal(again, counted[place])):  # type: ignore[arg-type]
                failures.append(turn)

    threads = [threading.Thread(target=ask, args=(first,)) for first in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
