"""Which grams of a text are looked up, and which entries it is compared with: by numpy and by kernels alike."""

from collections import Counter
from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from stanch.fingerprints import text as text_fingerprints
from stanch.index import Hits
from stanch.matching.background import Background
from stanch.matching.background_formulae import formulae
from stanch.matching.candidates import Grouped, LookedUp, grouped
from stanch.matching.indexing import REPEATS
from stanch.matching.strands import FEWEST, promising, strands
from stanch.values import GRAM, TEXT_GRAM, Fingerprint
from tests.matching.test_kinds import MIXED, written
from tests.matching.writing import ALPHABETS
from tests.prints import print_of, print_or_none

grams = st.integers(0, 12) | st.integers(0, (1 << 64) - 1)
entries = st.integers(0, 5) | st.integers(0, 1 << 40)
hits = st.lists(st.tuples(st.integers(0, 400), entries), min_size=1, max_size=80)
BANKS = 3


def text_of(bits: list[int], more: int = 0) -> Fingerprint:
    """Return a text whose grams are these, one at each symbol."""
    words, at = np.array(bits, np.uint64).reshape(-1, 1), np.arange(len(bits), dtype=np.float64)
    extent = len(bits) + GRAM - 1 + more
    return Fingerprint.of(TEXT_GRAM, words, at=at, start=at, end=at + GRAM, extent=extent)


def told(looked_up: LookedUp) -> list[object]:
    return [getattr(looked_up, name).tolist() for name in ("rows", "bits", "at", "repeated")]


def both(text: Fingerprint, background: Background) -> LookedUp:
    plain, kernel = (LookedUp.of(text, background, compiled=compiled) for compiled in (False, True))
    assert told(plain) == told(kernel)
    return plain


@given(bits=st.lists(grams, min_size=1, max_size=80), stated=st.sets(grams, max_size=20), more=st.integers(0, 9))
def test_the_first_few_of_each_gram_are_looked_up_unless_it_is_stated_to_be_common(
    bits: list[int], stated: set[int], more: int
) -> None:
    seen: Counter[int] = Counter()
    rows = []
    repeated = np.zeros(len(bits) + GRAM - 1 + more, np.bool_)
    for row, gram in enumerate(bits):
        seen[gram] += 1
        if seen[gram] <= REPEATS and gram not in stated:
            rows.append(row)
        else:
            repeated[row : row + GRAM] = True
    found = both(text_of(bits, more), Background(stated=np.array(sorted(stated), np.uint64)))
    assert (found.rows.tolist(), found.repeated.tolist()) == (rows, repeated.tolist())
    assert found.bits[:, 0].tolist() == [bits[row] for row in rows]
    assert found.at.tolist() == rows


def test_no_gram_of_what_is_shipped_is_looked_up_wherever_it_stands() -> None:
    shipped = Background.shipped()
    for formula in formulae():
        alone = print_or_none(text_fingerprints.as_query(formula.text), TEXT_GRAM)
        if alone is not None:
            assert not len(both(alone, shipped).rows), formula


def test_both_forms_agree_in_every_script_where_text_repeats_itself() -> None:
    shipped = Background.shipped()
    for script in (*ALPHABETS, MIXED):
        refrain = written(2, 8, script)
        came = " ".join([written(1, 60, script), *[refrain] * 6, formulae()[0].text])
        text = print_of(text_fingerprints.as_query(came), TEXT_GRAM)
        found = both(text, shipped)
        assert 0 < len(found.rows) < len(text)


def looked_up(extent: int) -> LookedUp:
    """Return what stands for a text of which every second gram is looked up, and begins at every second symbol."""
    at = np.arange(401, dtype=np.float64) * 2
    nothing = np.zeros((401, 1), np.uint64)
    return LookedUp(rows=np.arange(401) * 2, bits=nothing, at=at, repeated=np.zeros(extent, np.bool_))


def hits_of(points: list[tuple[int, int]]) -> Hits:
    query, entry = np.array(sorted(points), np.int64).T.copy()
    at = np.arange(len(points), dtype=np.float64) * 7 % 31
    return Hits(query=query, bank=entry % BANKS, entry=entry, at=at, distance=query, total=query)


def as_lists(own: Grouped) -> list[object]:
    return [column.tolist() for column in own]


@given(points=hits, extent=st.integers(1, 4000))
def test_hits_are_put_together_by_entry(points: list[tuple[int, int]], extent: int) -> None:
    found, text = hits_of(points), looked_up(extent)
    plain, own = (grouped(found, text, compiled=compiled) for compiled in (False, True))
    assert as_lists(plain) == as_lists(own)
    counts = Counter(found.entry.tolist())
    each = list(pairwise(own.begin.tolist()))
    rank = [(first - behind, int(own.entry[first])) for first, behind in each]
    assert rank == sorted(rank)
    assert own.bank.tolist() == [number % BANKS for _, number in rank]
    for first, behind in each:
        mine = np.flatnonzero(found.entry == own.entry[first])
        assert behind - first == len(mine) == counts[int(own.entry[first])] >= FEWEST
        assert own.rows[first:behind].tolist() == (2 * found.query[mine]).tolist()
        assert own.query_at[first:behind].tolist() == text.at[found.query[mine]].tolist()
        assert own.at[first:behind].tolist() == found.at[mine].tolist()


@given(
    places=st.lists(st.tuples(st.integers(0, 120), st.integers(-9, 9)), min_size=1, max_size=30),
    extent=st.integers(250, 1500),
)
def test_no_entry_is_left_out_that_may_say_something(places: list[tuple[int, int]], extent: int) -> None:
    text = looked_up(extent)
    query, off = np.array(sorted(places)).T
    query_at = text.at[query]
    bank_at = np.maximum(query_at + off, 0)
    bank_at = bank_at[np.lexsort((bank_at, query))]
    both_ = np.array([0, len(query)]), np.array([0])
    if len(query) >= FEWEST and len(promising(query_at, bank_at, *both_, extent, most=1, compiled=False)):
        for compiled in (False, True):
            assert len(grouped(hits_of([(row, 3) for row in query.tolist()]), text, compiled=compiled).bank) == 1


def test_entries_are_left_out_whose_grams_lie_too_near_each_other_to_say_anything() -> None:
    text = looked_up(600)
    for rows, kept in (([0, 4, 10, 15], False), ([0, 6, 12, 17], True), ([0, 6, 50, 51], True)):
        at = text.at[rows]
        assert strands(at, at, np.ones(4)).say_something((600, 600)).any() == kept
        for compiled in (False, True):
            assert len(grouped(hits_of([(row, 3) for row in rows]), text, compiled=compiled).bank) == kept
