"""A text compared with one entry: the kernel against the plain form, and what is left out."""

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stanch.fingerprints import text as text_fingerprints
from stanch.matching.comparing import Came, Known, Mask, Rows, Shared, compare, covered
from stanch.matching.indexing import first_occurrences
from stanch.values import GRAM, TEXT_GRAM, Fingerprint
from tests.matching.test_kinds import MIXED, written
from tests.matching.writing import ALPHABETS, changed, writing


def grams(bits: list[int], at: list[int], extent: int) -> Fingerprint:
    starts = np.array(at, np.float64)
    words = np.array(bits, np.uint64).reshape(-1, 1)
    return Fingerprint.of(TEXT_GRAM, words, at=starts, start=starts, end=starts + GRAM, extent=extent)


@dataclass(frozen=True)
class Pair:
    """A text, an entry, and which of its grams were found where."""

    came: Came
    rows: Rows
    at: np.ndarray
    entry: Known


@st.composite
def pairs(draw: st.DrawFn) -> Pair:
    """Draw an entry, and a text that holds pieces of it, moved a little, in any order."""
    count = draw(st.integers(1, 60))
    at = np.cumsum(draw(st.lists(st.integers(1, 25), min_size=count, max_size=count))) - 1
    bits = draw(st.lists(st.integers(0, 40), min_size=count, max_size=count))
    entry = Known(
        grams=grams(bits, at.tolist(), int(at[-1]) + GRAM + draw(st.integers(0, 60))),
        frequency=np.array(
            draw(st.lists(st.sampled_from([1, 1, 1, 2, 3, 4, 90]), min_size=count, max_size=count))
        ),
        texts=draw(st.sampled_from([1, 60, 2_500])),
        common=np.array(draw(st.lists(st.sampled_from([False] * 9 + [True]), min_size=count, max_size=count))),
    )
    pieces = draw(
        st.lists(
            st.tuples(
                st.integers(0, count - 1), st.integers(0, count - 1), st.integers(0, 700), st.integers(-6, 6)
            ),
            min_size=1,
            max_size=4,
        )
    )
    hits = sorted(
        (max(0, int(at[gram]) + moved + (gram - first) * off // 20), int(at[gram]))
        for first, last, moved, off in pieces
        for gram in range(min(first, last), max(first, last) + 1)
        if draw(st.integers(0, 9))
    ) or [(0, int(at[0]))]
    query_at = sorted({place for place, _ in hits})
    rows = np.array([query_at.index(place) for place, _ in hits])
    query = grams(list(range(len(query_at))), query_at, query_at[-1] + GRAM + draw(st.integers(0, 60)))
    counts = np.array(
        draw(st.lists(st.sampled_from([True] * 9 + [False]), min_size=len(query), max_size=len(query)))
    )
    return Pair(Came.of(query, counts), rows, np.array([place for _, place in hits], np.float64), entry)


def told(shared: Shared | None) -> object:
    return shared and (shared.query, shared.bank, shared.spans.tolist(), shared.slope.tolist())


def both(pair: Pair) -> object:
    plain, kernel = (
        told(compare(pair.came, pair.rows, pair.at, pair.entry, compiled=compiled)) for compiled in (False, True)
    )
    assert plain == kernel
    return plain


@given(pair=pairs())
def test_the_kernel_agrees_with_the_plain_form(pair: Pair) -> None:
    both(pair)


def found_in(came: str, banked: str, common: Mask | None = None) -> Pair:
    """Compare two texts as a matcher does that holds nothing else."""
    (_, query), (_, entry) = (
        reading.fingerprints
        for reading in (text_fingerprints.as_query(came), text_fingerprints.as_entry(banked, name="b"))
    )
    counts, held = first_occurrences(query.bits), first_occurrences(entry.bits)
    hits = [
        (row, place)
        for row in np.flatnonzero(counts).tolist()
        for place in entry.at[held & (entry.bits[:, 0] == query.bits[row, 0])].tolist()
    ]
    rows, at = np.array(hits, np.float64).reshape(-1, 2).T.copy()
    nothing = np.zeros(len(entry), np.bool_)
    known = Known(
        grams=entry,
        frequency=np.ones(len(entry), np.int64),
        texts=1,
        common=nothing if common is None else common[: len(entry)],
    )
    return Pair(Came.of(query, counts), rows.astype(np.int64), at, known)


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
    whole = compare(*vars(found_in(text, text)).values())
    assert whole is not None
    assert (whole.query.cover, whole.bank.cover) == (1.0, 1.0)
    refrain = " ".join([writing(2, 12)] * 6)
    pair = found_in(f"{text} {refrain}", f"{text} {refrain}")
    half = compare(*vars(pair).values())
    assert half is not None
    assert half.query.of < int(pair.came.grams.extent)
    assert half.bank.of < int(pair.entry.grams.extent)


def test_common_grams_count_in_neither() -> None:
    text = writing(1, 120)
    pair = found_in(text, text)
    half = pair.entry.grams.at < 300
    shared = compare(*vars(found_in(text, text, half)).values())
    assert shared is not None
    extent = int(pair.entry.grams.extent)
    assert shared.query.of == shared.bank.of == extent - covered(pair.entry.grams.at[half], extent).sum()
    assert compare(*vars(found_in(text, text, half | True)).values()) is None
