"""Entries that are shown to say nothing: the kernels against the plain forms, and both against what is counted."""

from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from stanch.fingerprints import as_entry
from stanch.index import PostingsIndex
from stanch.index.part import NO_HANDLES
from stanch.index.several import Several
from stanch.index.shown import Shown
from stanch.matching import Matcher, ceilings
from stanch.matching.background import Background
from stanch.matching.candidates import Candidate
from stanch.matching.ceilings import OPEN, SILENT, SPEAKS, UNKNOWN, Ceilings, Counted, judged, lower
from stanch.matching.compared import Compared, Together
from stanch.matching.strands import may_say_something, strands
from stanch.values import GRAM, TEXT_GRAM, Entry, Fingerprint, Kind, Match, TextPart
from tests.matching.archives import DECODERS, NONE, NOON, SCRIPTS, matcher, written
from tests.matching.test_strands import columns, hits
from tests.matching.writing import changed, writing

steps = st.integers(0, 256)
rarities = st.lists(steps, min_size=70, max_size=70)
ceilings_of = st.sampled_from([-1.0, 0.25, 0.5, 1.0, UNKNOWN])
words = st.integers(0, 30)
odd = st.sampled_from([-5.0, 2.0**40])


@given(points=hits, rarity=rarities, less=rarities, longer=st.tuples(st.integers(0, 900), st.integers(0, 900)))
@example(  # a strand that is loose once it weighs less, and of which a piece says something
    points=[(at, 0) for at in (*range(0, 54, 9), 130, 139, 215, 224)],
    rarity=[256] * 70,
    less=[256] * 6 + [0] * 64,
    longer=(900, 900),
)
def test_whatever_weighs_less_says_no_more(
    points: list[tuple[int, int]], rarity: list[int], less: list[int], longer: tuple[int, int]
) -> None:
    q, p = columns(points)
    extents = int(q.max()) + GRAM + longer[0], int(p.max()) + GRAM + longer[1]
    most = np.array(rarity[: len(q)]) / 256
    for weight in (most, np.minimum(most, np.array(less[: len(q)]) / 256)):
        if strands(q, p, weight).say_something(extents).any():
            assert may_say_something(q, p, most, extents)


entries = st.lists(
    st.tuples(
        st.lists(st.tuples(words, st.integers(0, 40).map(float) | odd), max_size=20),
        st.lists(
            st.tuples(st.integers(0, 20), st.integers(0, 300), st.integers(0, 40).map(float) | odd), max_size=25
        ),
        st.integers(0, 900),
    ),
    min_size=1,
    max_size=5,
)


def together(drawn: Sequence[tuple[list[tuple[int, float]], list[tuple[int, int, float]], int]]) -> Together:
    """Return entries of a text of 21 grams, of which hits may lie nowhere."""
    compared = []
    for number, (unsorted, found, extent) in enumerate(drawn):
        grams = sorted(unsorted, key=lambda gram: gram[1])
        bits = np.array([word for word, _ in grams], np.uint64).reshape(-1, 1)
        entry = Fingerprint.of(TEXT_GRAM, bits, at=[at for _, at in grams], extent=float(extent))
        rows, query_at, at = zip(*sorted(found, key=lambda hit: hit[1:]), strict=True) if found else ((),) * 3
        own = np.array(rows, np.int64), np.array(query_at, np.float64), np.array(at, np.float64)
        compared.append(Compared(Candidate(number, *own), entry))
    return Together.of(compared)


@given(
    drawn=entries,
    known=st.lists(ceilings_of, min_size=100, max_size=100),
    best=st.sampled_from([0.0, 0.3, UNKNOWN]),
)
def test_the_kernel_judges_as_the_plain_form_does(
    drawn: list[tuple[list[tuple[int, float]], list[tuple[int, int, float]], int]], known: list[float], best: float
) -> None:
    each = together(drawn)
    ceiling = np.array(known[: each.grams[-1]], np.float64)
    plain, kernel = (judged(each, ceiling, 320, best=best, compiled=compiled) for compiled in (False, True))
    assert plain.tolist() == kernel.tolist()
    assert set(plain.tolist()) <= {SILENT, OPEN, SPEAKS}


@given(
    drawn=entries,
    asked=st.lists(st.integers(-1, 9), min_size=125, max_size=125),
    values=st.lists(words, min_size=10, max_size=10),
    rows=st.lists(st.integers(0, 1200), min_size=10, max_size=10),
    shown=st.lists(st.integers(0, 240), min_size=50, max_size=50),
    texts=st.sampled_from([5, 100_000, 1_000_000]),
    known=st.lists(ceilings_of, min_size=100, max_size=100),
    background=st.tuples(st.lists(words, max_size=9), st.lists(words, max_size=9)),
)
def test_the_kernel_lowers_as_the_plain_form_does(
    drawn: list[tuple[list[tuple[int, float]], list[tuple[int, int, float]], int]],
    asked: list[int],
    values: list[int],
    rows: list[int],
    shown: list[int],
    texts: int,
    known: list[float],
    background: tuple[list[int], list[int]],
) -> None:
    sound = [([gram for gram in grams if 0 <= gram[1] < extent], found, extent) for grams, found, extent in drawn]
    each = together(sound)
    several = Several(np.array(each.numbers), each.grams, np.zeros(each.grams[-1], np.int64), 5)
    told = Shown.of(np.array(values, np.uint64).reshape(-1, 1), each.bits, several, 48)
    told.rows[:] = rows
    told.counts[:] = np.array(shown, np.uint8).reshape(10, 5)[:, : len(each.numbers)]
    stated, learnt = background
    where = Counted(
        index=PostingsIndex(1), number=0, texts=texts, background=Background(stated=stated, learnt=learnt)
    )
    before = np.array(known[: each.grams[-1]], np.float64)
    plain, kernel = before.copy(), before.copy()
    of = np.array(asked[: len(each.rows)], np.int64)
    lower(each, each.bits, of, told, where, plain, compiled=False)
    lower(each, each.bits, of, told, where, kernel, compiled=True)
    assert plain.tolist() == kernel.tolist()
    assert (plain <= before).all()


def made(script: str, seed: int, words_: int) -> str:
    """Return a text in a script, or in two of both directions."""
    if script == "mixed":
        return f"{writing(seed, words_ // 2, 'arabic')} {writing(seed, words_ // 2)}"
    return writing(seed, words_, script)


def held(texts: Sequence[str]) -> list[tuple[str, Entry]]:
    each = []
    for number, text in enumerate(texts):
        (reading,) = as_entry(TextPart(name="t", text=text), DECODERS)
        each.append(("known", Entry(id=str(UUID(int=number)), fingerprints=reading.fingerprints, added=NOON)))
    return each


def found(where: Matcher, text: str) -> Sequence[Match]:
    return where.match_part(TextPart(name="t", text=text), now=NOON).matches


@pytest.mark.parametrize("script", [*SCRIPTS, "mixed"])
def test_answers_are_those_of_entries_that_are_counted(
    script: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A passage that many entries share, versions of a text, a book that holds it; and again after a removal."""
    text, passage, other = (made(script, seed, words_) for seed, words_ in ((1, 60), (2, 20), (3, 14)))
    texts = [text, *(changed(text, 0.08, seed) for seed in range(4)), f"{made(script, 60, 300)} {text}"]
    texts += [f"{made(script, seed, 25)} {passage} {made(script, seed + 40, 25)}" for seed in range(4, 20)]
    texts += [f"{made(script, seed, 25)} {other} {passage}" for seed in range(20, 24)]
    texts += [f"{passage} {passage} {passage} {passage} {made(script, 70, 20)}"]
    segment = written(tmp_path / "a.segment", held(texts))
    asked = [
        f"{made(script, 90, 30)} {passage} {made(script, 91, 30)}",
        f"{changed(text, 0.1, 77)} {passage}",
        f"{other} {changed(text, 0.3, 8)}",
        f"{passage} {other}",
    ]
    told, silent = [], []
    own = Ceilings.silent

    def noted(*args: object, **named: object) -> set[int]:
        silent.append(own(*args, **named))  # type: ignore[arg-type]
        return silent[-1]

    monkeypatch.setattr(Ceilings, "silent", noted)
    for several in (1, 1 << 40):
        monkeypatch.setattr(ceilings, "SEVERAL", several)
        where = matcher([(segment, NONE)])
        where._catalogue._grams._small = -1  # as of a large bank
        answers = [found(where, each) for each in asked * 2]
        where.remove("known", *(str(UUID(int=number)) for number in (0, 7, 9)))
        answers += [found(where, each) for each in asked * 2]
        told.append((answers, sum(map(len, silent))))
        silent.clear()
    (shown, many), (counted, none) = told
    assert shown == counted
    assert {Kind.COPY, Kind.COPY_WITH_ADDITIONS} & {match.kind for each in shown for match in each}
    assert many > 20
    assert none == 0


def test_what_was_shown_is_kept_of_so_many_entries_and_forgotten_when_a_bank_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ceilings, "REMEMBERED", 9)
    passage = writing(2, 20)
    texts = [f"{writing(seed, 25)} {passage} {writing(seed + 40, 25)}" for seed in range(4, 30)]
    where = matcher([(written(tmp_path / "a.segment", held(texts)), NONE)])
    where._catalogue._grams._small = -1
    assert found(where, f"{writing(90, 30)} {passage} {writing(91, 30)}") == ()
    assert len(where._catalogue._ceilings._kept) == 9
    where.remove("known", str(UUID(int=3)))
    assert not where._catalogue._ceilings._kept


def test_nothing_is_looked_at_where_it_was_shown_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    passage = writing(2, 20)
    texts = [f"{writing(seed, 25)} {passage} {writing(seed + 40, 25)}" for seed in range(4, 30)]
    where = matcher([(written(tmp_path / "a.segment", held(texts)), NONE)])
    where._catalogue._grams._small = -1
    asked = f"{writing(90, 30)} {passage} {writing(91, 30)}"
    first = found(where, asked)
    monkeypatch.setattr(PostingsIndex, "show", None)
    monkeypatch.setattr(PostingsIndex, "others", None)
    assert found(where, asked) == first == ()


def test_what_large_banks_are_counted_by_is_loaded_with_the_first_search(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = list[int]()
    own = Ceilings.load_kernels

    def noted(self: Ceilings, bank: Counted) -> None:
        asked.append(bank.number)
        own(self, bank)

    monkeypatch.setattr(Ceilings, "load_kernels", noted)
    where = matcher([(written(tmp_path / "a.segment", held([writing(seed, 25) for seed in range(4)])), NONE)])
    assert found(where, writing(50, 25)) == ()
    assert asked == []  # of small banks all is counted by numpy
    where._catalogue._grams._small = -1
    where._catalogue._grams._handles = NO_HANDLES
    for _ in range(2):
        assert found(where, writing(50, 25)) == ()
    assert sorted(asked) == sorted(where._catalogue._banks)
