"""Grams in little room answer as plain rows do: by numpy, by the kernel, and from columns of a file."""

from collections.abc import Callable
from itertools import pairwise, product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from stanch.index import NEVER, Hits, PostingsIndex, Rows
from stanch.index.key_order import with_keys
from stanch.index.room import Room
from stanch.index.sealed import still
from stanch.index.sealed_grams import SealedGrams
from stanch.index.sealed_postings import SealedPostings
from stanch.index.stretches import Stretches
from stanch.kernels.handles_numba import place as place_hits
from tests.index.grams import (
    Text,
    columns_of,
    counted_anew,
    odd_places,
    places,
    plain_rows,
    sealed_of,
    steps,
    texts,
    words,
)


def as_tuples(hits: Hits | None) -> list[tuple[float, ...]]:
    columns = () if hits is None else (hits.query, hits.bank, hits.entry, hits.at, hits.distance, hits.total)
    return list(zip(*(column.tolist() for column in columns), strict=True))


@pytest.mark.parametrize("wide", [False, True])
@given(data=st.data())
@settings(max_examples=60)
def test_they_are_found_as_plain_rows_are(data: st.DataObject, *, wide: bool) -> None:
    word = words | st.just(1 << 63) if wide else words
    held = steps(data.draw(texts(word, places)))
    often = data.draw(st.sampled_from([0, 20, 300]))
    held += [([(2, 5.0, 7.0, 19.0, True)], number % 2, NEVER) for number in range(often)]
    held.append(([(7, 1.0, 1.0, 13.0, True)], 1, NEVER))
    apart = data.draw(st.booleans())
    ordinals = [2 * place + 1 for place in range(len(held))] if apart else None
    packed, plain = sealed_of(held, ordinals), SealedPostings.of(plain_rows(held, ordinals))
    assert len(packed) == len(plain)
    dead = data.draw(st.frozensets(st.integers(0, 12)))
    asked = data.draw(st.sampled_from([[1], [0, 1, 2], [0, 2, 9], [9]]))
    limit, now = data.draw(st.sampled_from([None, 1, 2, 50])), data.draw(st.sampled_from([0, 5]))
    queries = np.array([[0], [1], [2], [3], [4], [7], [1 << 47], [(1 << 48) - 1], [1 << 63]], dtype=np.uint64)
    found = []
    for sealed in (packed, plain):
        bits = sealed.no_dead()
        for place in sealed.find(dead).tolist():
            bits[place >> 3] |= 1 << (place & 7)
        entries = sealed.rows(dead=sealed.no_dead()).entry
        assert sealed.rows_held(sealed.find(dead)) == int(np.isin(entries, sorted(dead)).sum())
        for compiled, told in product((False, True), repeat=2):
            ready, keys = with_keys(queries, compiled=compiled)
            hits = sealed.search(
                ready,
                radius=dict.fromkeys(asked, 0),
                dead=bits,
                now=now,
                keys=keys,
                compiled=compiled,
                limit=limit,
                told=told,
            )
            if hits is not None and not told and isinstance(sealed, SealedGrams):
                sealed.place_hits(hits.entry, hits.at, compiled=compiled)
            found.append(as_tuples(hits))
        rows = sealed.rows(dead=bits)
        columns = (rows.bits[:, 0], rows.entry, rows.bank, rows.at, rows.expires)
        found.append(sorted(zip(*(column.tolist() for column in columns), strict=True)))
    of_packed, of_plain = found[:5], found[5:]
    assert all(each == of_plain[0] for each in of_packed[:4] + of_plain[:4])
    assert of_packed[4] == of_plain[4]


@given(held=texts(words, odd_places), straight=st.booleans(), long=st.integers(0, 700))
@settings(max_examples=60)
def test_stretches_come_back_as_they_were(held: list[Text], long: int, *, straight: bool) -> None:
    """Whatever they are: halves, negative numbers, leaps back and forth; and of a text of many grams."""
    held = steps(held) if straight else held
    held = [*held, ([(1, 2.0 * number, 3.0 * number, 3.0 * number + 12, True) for number in range(long)], 0, 5)]
    _, _, firsts, stretch = columns_of(held)
    at, start, end = stretch
    packed = Stretches.of(at, start, end, firsts)
    packed = Stretches.of_columns(packed.columns(), int(firsts[-1]))
    assert np.array_equal(packed.all(firsts), np.stack(stretch))
    for first, last in pairwise(firsts.tolist()):
        for compiled in (False, True):
            assert np.array_equal(packed.of_text(first, last, compiled=compiled), np.stack(stretch)[:, first:last])


@pytest.mark.parametrize("wide", [False, True])
@given(data=st.data())
@settings(max_examples=60)
def test_texts_are_read_together_as_they_were(data: st.DataObject, *, wide: bool) -> None:
    """In any order, twice, none, and without grams; whatever their places are, and of a text of many grams."""
    word = words | st.just(1 << 63) if wide else words
    long = data.draw(st.integers(0, 700))
    many = [(1, 2.0 * number, 3.0 * number, 3.0 * number + 12, True) for number in range(long)]
    held = [*data.draw(texts(word, odd_places)), (many, 0, 5), ([(2, 5.0, 7.0, 19.0, True)], 1, 5)]
    bits, _, firsts, stretch = columns_of(held)
    asked = data.draw(st.lists(st.integers(0, len(held) - 1), max_size=9))
    sealed = sealed_of(held, None)
    assert sealed.counts(np.array(asked, np.int64)).tolist() == [len(held[place][0]) for place in asked]
    plain = [sealed.of_text(place, compiled=False) for place in asked]
    for found in (plain, sealed.of_texts(np.array(asked, np.int64))):
        assert len(found) == len(asked)
        for place, (grams, where) in zip(asked, found, strict=True):
            first, last = firsts[place : place + 2].tolist()
            assert np.array_equal(grams, bits[first:last])
            assert np.array_equal(where, np.stack(stretch)[:, first:last])


def text_like(texts: int, seed: int) -> tuple[SealedGrams, NDArray[np.float64]]:
    """Return grams of texts that look like texts, each gram of its own, and where they begin."""
    rng = np.random.default_rng(seed)
    sizes = rng.integers(1, 1200, texts)
    firsts = np.concatenate([[0], np.cumsum(sizes)])
    at, start = np.empty((2, firsts[-1]))
    for first, last in pairwise(firsts.tolist()):
        gaps = rng.integers(1, 19, last - first)
        at[first:last], start[first:last] = np.cumsum(gaps) - 1, np.cumsum(gaps + rng.integers(0, 4, last - first))
        if last - first > 50:
            start[first + 40 : last] += 100_000  # a step that no code tells
    bits = rng.integers(0, 1 << 48, (len(at), 1), dtype=np.uint64)
    packed = SealedGrams.packed(bits, np.ones(len(at), np.bool_), firsts, (at, start, start + 14))
    same = {"bank": np.zeros(texts, np.uint16), "expires": np.full(texts, NEVER)}
    sealed = SealedGrams.of_columns(
        {name: still(column) for name, column in packed.items()},
        firsts=still(firsts.astype(np.uint32)), entries=None, banks=1, **{k: still(v) for k, v in same.items()},
    )  # fmt: skip
    return sealed, at


def test_a_gram_takes_twelve_bytes_and_is_found_where_it_stands(seed: int) -> None:
    sealed, at = text_like(200, seed)
    assert len(sealed.stretches.odd) > 200
    columns = (sealed.finder.bits, sealed.finder.order, sealed.finder.begins, *sealed.stretches.columns().values())
    assert sum(column.nbytes for column in columns) <= 12.5 * len(sealed)
    queries, keys = with_keys(sealed.words(0, len(sealed))[::70], compiled=True)
    for compiled in (False, True):
        hits = sealed.search(
            queries, radius={0: 0}, dead=sealed.no_dead(), now=0, keys=keys, compiled=compiled, limit=9
        )
        assert hits is not None
        assert hits.at.tolist() == at[::70].tolist()
        assert hits.query.tolist() == list(range(len(queries)))


def test_columns_that_were_damaged_lead_nowhere_else(seed: int) -> None:
    """Each number may be any, and all searches end, with hits inside the banks there are."""
    sealed, _ = text_like(40, seed)
    rng = np.random.default_rng(seed)
    queries, keys = with_keys(sealed.words(0, len(sealed)), compiled=True)
    parts = {
        **{name: getattr(sealed.finder, name) for name in ("bits", "order", "begins")},
        **sealed.stretches.columns(),
    }

    def drawn(column: NDArray[Any]) -> NDArray[Any]:
        made = rng.integers(0, 1 << 63, column.shape, dtype=np.int64).astype(column.dtype)
        return still(
            np.where(rng.random(column.shape) < rng.choice([0.001, 1.0]), made, column).astype(column.dtype)
        )

    for name in [*parts, "firsts", "bank"] * 3:
        changed = {key: drawn(column) if key == name and len(column) else column for key, column in parts.items()}
        try:
            damaged = SealedGrams.of_columns(
                changed,
                firsts=drawn(sealed.owners.firsts) if name == "firsts" else sealed.owners.firsts,
                entries=None,
                bank=drawn(np.zeros(40, np.uint16)) if name == "bank" else sealed.owners.bank,
                expires=still(np.full(40, NEVER)),
                banks=1,
            )
        except ValueError:
            continue  # the last of `odd` is beyond the rows
        hits = damaged.search(queries, radius={0: 0}, dead=sealed.no_dead(), now=0, keys=keys, limit=9)
        assert hits is None or ((hits.entry >= 0) & (hits.entry < 40) & (hits.bank == 0)).all()
        handles = PostingsIndex(1, sealed=[damaged], small=-1).handles([0])
        assert handles is not None
        room, own = Room(), (queries[:, 0].copy(), keys.copy())
        count = room.filled(counted_anew, handles.lines, *own, 0, 9, handles.banks)
        assert ((room.hits[2, :count] >= 0) & (room.hits[2, :count] < 40) & (room.hits[1, :count] == 0)).all()
        place_hits(handles.lines, room.hits[2, :count].copy(), room.at[:count])
        for bits, stretch in damaged.of_texts(np.arange(40)):
            assert stretch.shape == (3, len(bits))


def _shorter(column: NDArray[Any]) -> NDArray[Any]:
    return column[:-1]


def _other_kind(column: NDArray[Any]) -> NDArray[Any]:
    return column.astype(np.float32)


@pytest.mark.parametrize("name", ["bits", "order", "begins", "codes", "book", "odd", "places", "marks"])
@pytest.mark.parametrize("change", [None, _shorter, _other_kind])
def test_columns_that_do_not_fit_are_refused(
    name: str, change: Callable[[NDArray[Any]], NDArray[Any]] | None, seed: int
) -> None:
    sealed, _ = text_like(40, seed)
    columns = {
        **{key: getattr(sealed.finder, key) for key in ("bits", "order", "begins")},
        **sealed.stretches.columns(),
    }
    column = columns.pop(name)
    if change is not None:
        columns[name] = change(column)
    if (name, change) in {("order", _shorter), ("book", _shorter)}:
        return  # fewer rows that are indexed, fewer codes: nothing else is as long
    with pytest.raises((KeyError, ValueError)):
        SealedGrams.of_columns(
            columns,
            firsts=sealed.owners.firsts,
            entries=None,
            bank=sealed.owners.bank,
            expires=sealed.owners.expires,
            banks=1,
        )


def test_the_limit_leaves_the_true_total_whatever_parts_there_are() -> None:
    """A gram of 1,000 archived texts and of 500 that were added since."""
    held = [([(5, 1.0, 2.0, 14.0, True)], 0, NEVER) for _ in range(1000)]
    index = PostingsIndex(1, sealed=[sealed_of(held, None).placed(1 << 32, [7, 8, 9])], small=-1)
    index.add(
        Rows(
            bits=np.full((500, 1), 5, np.uint64),
            entry=(1 << 62) + np.arange(500),
            bank=np.full(500, 7),
            at=np.zeros(500),
            expires=np.full(500, NEVER),
        )
    )
    queries = np.array([[5]], np.uint64)
    hits = index.search(queries, radius={7: 0}, limit=200)
    assert (len(hits), set(hits.total.tolist())) == (200, {1500})
    assert hits.entry.tolist() == list(range(1 << 32, (1 << 32) + 200))
    assert index.remove(range((1 << 32) + 1, 1 << 32 | 999)) == 998
    hits = index.search(queries, radius={7: 0}, limit=200)
    assert (len(hits), set(hits.total.tolist())) == (200, {502})
    assert hits.entry.tolist()[:3] == [1 << 32, (1 << 32) + 999, 1 << 62]
