"""A text compared with one entry: the kernel against the plain form, and what is left out."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from stanch.fingerprints import text as text_fingerprints
from stanch.matching.background import Background, believes, symbols_of
from stanch.matching.candidates import Candidate, LookedUp
from stanch.matching.comparing import Mask, Numbers, Shared, compare
from stanch.matching.indexing import first_occurrences
from stanch.matching.kinds import covered
from stanch.matching.weighing import Weighed
from stanch.values import GRAM, TEXT_GRAM, Fingerprint
from tests.matching.test_kinds import MIXED, written
from tests.matching.writing import ALPHABETS, changed, writing
from tests.prints import print_of

NOTHING = Background()


@dataclass(frozen=True)
class Pair:
    """A text, an entry, and which grams of the text were found where."""

    hits: Candidate
    repeated: Mask
    entry: Fingerprint
    frequency: Numbers
    texts: int = 1
    background: Background = NOTHING

    def compared(self, *, compiled: bool) -> Shared | None:
        named: Any = {name: getattr(self, name) for name in ("frequency", "texts", "background")}
        plain, weighed = (Weighed.of(self.entry, **named, compiled=each) for each in (False, compiled))
        assert [column.tolist() for column in plain] == [column.tolist() for column in weighed]
        return compare(self.hits, self.repeated, self.entry, weighed, compiled=compiled)


def told(shared: Shared | None) -> object:
    return shared and (shared.query, shared.bank, shared.spans.tolist(), shared.slope.tolist())


def both(pair: Pair) -> Shared | None:
    plain, kernel = (pair.compared(compiled=compiled) for compiled in (False, True))
    assert told(plain) == told(kernel)
    return kernel


def entries(bits: list[int], at: list[int], extent: int) -> Fingerprint:
    starts = np.array(at, np.float64)
    words = np.array(bits, np.uint64).reshape(-1, 1)
    return Fingerprint.of(TEXT_GRAM, words, at=starts, start=starts, end=starts + GRAM, extent=extent)


@st.composite
def pairs(draw: st.DrawFn) -> Pair:
    """Draw an entry, and a text that holds pieces of it, moved a little, in any order."""
    count = draw(st.integers(1, 60))
    place = st.integers(0, count - 1)
    at = np.cumsum(draw(st.lists(st.integers(1, 25), min_size=count, max_size=count))) - 1
    bits = draw(st.lists(st.integers(0, 60), min_size=count, max_size=count))
    frequency = draw(st.lists(st.sampled_from([1, 1, 1, 2, 3, 4, 90]), min_size=count, max_size=count))
    pieces = draw(
        st.lists(st.tuples(place, place, st.integers(0, 700), st.integers(-6, 6)), min_size=1, max_size=4)
    )
    hits = sorted(
        (max(0, int(at[gram]) + moved + (gram - first) * off // 20), int(at[gram]))
        for first, last, moved, off in pieces
        for gram in range(min(first, last), max(first, last) + 1)
        if draw(st.integers(0, 9))
    ) or [(0, int(at[0]))]
    query_at, bank_at = np.array(hits, np.float64).T.copy()
    extent = int(query_at[-1]) + GRAM + draw(st.integers(0, 60))
    return Pair(
        hits=Candidate(7, np.unique(query_at, return_inverse=True)[1], query_at, bank_at),
        repeated=np.array(draw(st.lists(st.booleans(), min_size=4, max_size=4))).repeat(extent // 4 + 1)[:extent],
        entry=entries(bits, at.tolist(), int(at[-1]) + GRAM + draw(st.integers(0, 60))),
        frequency=np.array(frequency),
        texts=draw(st.sampled_from([1, 60, 2_500])),
        background=Background(
            stated=draw(st.lists(st.integers(0, 60), max_size=6)),
            learnt=draw(st.lists(st.integers(0, 60), max_size=6)),
        ),
    )


@given(pair=pairs())
def test_the_kernel_agrees_with_the_plain_form(pair: Pair) -> None:
    both(pair)


EMPTY = Pair(
    hits=Candidate(7, np.empty(0, np.int64), np.empty(0), np.empty(0)),
    repeated=np.zeros(0, np.bool_),
    entry=entries([], [], 30),
    frequency=np.empty(0, np.int64),
)


@given(some=st.lists(pairs() | st.just(EMPTY), min_size=1, max_size=4))
@example(some=[EMPTY])
@example(some=[EMPTY, EMPTY])
def test_entries_are_weighed_together_as_one_by_one(some: list[Pair]) -> None:
    texts, background = some[0].texts, some[0].background
    named: Any = {"texts": texts, "background": background}
    for compiled in (False, True):
        together = Weighed.of_each(
            [pair.entry for pair in some],
            frequency=[pair.frequency for pair in some],
            **named,
            compiled=compiled,
        )
        for pair, weighed in zip(some, together, strict=True):
            alone = Weighed.of(pair.entry, frequency=pair.frequency, **named, compiled=False)
            assert [column.tolist() for column in weighed] == [column.tolist() for column in alone]
            assert all(column.flags.owndata for column in weighed)


def found_in(came: str, banked: str) -> Pair:
    """Compare two texts as a matcher does that holds nothing else."""
    text = print_of(text_fingerprints.as_query(came), TEXT_GRAM)
    entry = print_of(text_fingerprints.as_entry(banked, name="b"), TEXT_GRAM)
    looked_up, held = LookedUp.of(text, NOTHING), first_occurrences(entry.bits)
    points = [
        (row, begin, place)
        for row, gram, begin in zip(looked_up.rows, looked_up.bits[:, 0], looked_up.at, strict=True)
        for place in entry.at[held & (entry.bits[:, 0] == gram)]
    ]
    rows, query_at, at = np.array(points, np.float64).reshape(-1, 3).T.copy()
    hits = Candidate(7, rows.astype(np.int64), query_at, at)
    return Pair(hits, looked_up.repeated, entry, np.ones(len(entry), np.int64))


@pytest.mark.parametrize("script", [*ALPHABETS, MIXED])
def test_both_forms_agree_in_every_script(script: str) -> None:
    text = written(1, 120, script)
    for came in (
        text,
        changed(text, 0.2, seed=2),
        f"{written(3, 60, script)} {text[100:400]} {written(4, 60, script)}",
        " ".join([text[: len(text) // 2]] * 5),
        " ".join(reversed(text.split())),
    ):
        both(found_in(came, text))
        both(found_in(came, " ".join([text[:120]] * 6)))
    assert both(found_in(text, text)) is not None


def test_a_text_shares_all_of_itself_but_what_repeats_itself() -> None:
    text = writing(1, 120)
    whole = both(found_in(text, text))
    assert whole is not None
    assert (whole.query.cover, whole.bank.cover) == (1.0, 1.0)
    again = f"{text} {' '.join([writing(2, 12)] * 6)}"
    pair = found_in(again, again)
    shared = both(pair)
    assert shared is not None
    assert shared.query.of == np.count_nonzero(~pair.repeated) < len(pair.repeated)
    late = pair.entry.at[~first_occurrences(pair.entry.bits)]
    assert shared.bank.of == np.count_nonzero(~covered(late, int(pair.entry.extent))) < pair.entry.extent


def test_common_grams_count_in_neither() -> None:
    text = writing(1, 120)
    pair = found_in(text, text)
    half, extent = pair.entry.at < 300, int(pair.entry.extent)
    rare = extent - covered(pair.entry.at[half], extent).sum()
    for common in (
        replace(pair, frequency=np.where(half, 4, 1)),
        replace(pair, background=Background(stated=pair.entry.bits[half, 0])),
    ):
        shared = both(common)
        assert shared is not None
        assert shared.query.of == shared.bank.of == rare
    assert both(replace(pair, frequency=pair.frequency + 3)) is None


@pytest.mark.parametrize(("share", "believed"), [(0.1, True), (0.5, False)])
def test_what_was_learnt_is_common_while_it_is_little_of_the_entry(share: float, *, believed: bool) -> None:
    text = writing(1, 120)
    pair = found_in(text, text)
    extent = int(pair.entry.extent)
    learnt = pair.entry.at < share * extent
    nothing = np.zeros(len(learnt), np.bool_)
    assert believes(pair.entry, learnt=learnt, stated=nothing) == believed
    shared = both(replace(pair, background=Background(learnt=pair.entry.bits[learnt, 0])))
    assert shared is not None
    assert shared.bank.of == extent - believed * symbols_of(pair.entry, learnt).sum()
