"""What a text is compared with is found by one kernel as it is step by step, over parts of every kind."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stanch.fingerprints import text as texts
from stanch.index import NEVER, PostingsIndex, Rows
from stanch.matching.archive_words import ArchivedWords
from stanch.matching.background import Background
from stanch.matching.background_formulae import formulae
from stanch.matching.candidates import CANDIDATES, HOLDERS, Candidate, Led, LookedUp, faint, grouped
from stanch.matching.faint import ENOUGH
from stanch.matching.finding import find_candidates
from stanch.matching.simhashes import Held, gathered
from stanch.matching.strands import promising
from stanch.values import GRAM, TEXT_GRAM, TEXT_SIMHASH, Fingerprint
from tests.index.grams import Text, sealed_of
from tests.matching.test_faint import edited
from tests.matching.test_kinds import MIXED, written
from tests.matching.writing import ALPHABETS
from tests.prints import print_of, print_or_none

FIRST, SECOND, LIVE = 1 << 32, 2 << 32, 1 << 62
ALWAYS = -1
FROM = (4, 5, 6)
"""Numbers of banks."""

passages = st.tuples(st.integers(0, 60), st.integers(0, 40), st.integers(0, 30))
"""From which gram on a text holds so many, and how far on they begin."""
held_texts = st.lists(st.tuples(st.lists(passages, max_size=3), st.integers(0, 2), st.sampled_from([5, NEVER])))
Contents = list[tuple[list[tuple[int, int, int]], int, int]]


COLUMNS = ("numbers", "begin", "query_at", "at")


def entries_of(held: Contents) -> list[Text]:
    """Return entries that hold these passages; one that holds another gram is behind them."""
    made: list[Text] = []
    for some, bank, expires in held:
        grams, end = list[tuple[int, float, float, float, bool]](), 0
        for first, count, before in some:
            end += before
            for gram in range(first, first + count):
                grams.append((gram, float(end), float(end), float(end + GRAM), gram % 5 > 0))
                end += 1
        made.append((grams, bank, expires))
    return [*made, ([(9999, 0.0, 0.0, 12.0, True)], 0, NEVER)]


def rows_of(held: Sequence[Text]) -> Rows:
    each = [
        (word, LIVE + number, FROM[bank], at, expires)
        for number, (some, bank, expires) in enumerate(held)
        for word, at, _, _, _ in some
    ]
    bits, entry, bank, at, expires = zip(*each, strict=True)
    return Rows(
        bits=np.array(bits, np.uint64).reshape(-1, 1), entry=np.array(entry), bank=np.array(bank),
        at=np.array(at, np.float64), expires=np.array(expires),
    )  # fmt: skip


def text_of(grams: Sequence[int], more: int) -> Fingerprint:
    at = np.arange(len(grams), dtype=np.float64)
    bits = np.array(grams, np.uint64).reshape(-1, 1)
    return Fingerprint.of(TEXT_GRAM, bits, at=at, start=at, end=at + GRAM, extent=len(grams) + GRAM - 1 + more)


def step_by_step(
    index: PostingsIndex, text: Fingerprint, background: Background, banks: Iterable[int], now: int, limit: int
) -> Led:
    """Return what `find_candidates` does, by numpy."""
    looked_up = LookedUp.of(text, background, compiled=False)
    hits = index.search(looked_up.bits, radius=dict.fromkeys(banks, 0), limit=limit, now=now)
    found = []
    if len(hits):
        own = grouped(hits, looked_up, compiled=False)
        extent = len(looked_up.repeated)
        chosen = promising(own.query_at, own.at, own.begin, own.bank, extent, most=CANDIDATES, compiled=False)
        each = list(pairwise(own.begin.tolist()))
        for group in chosen.tolist():
            of = slice(*each[group])
            found.append(Candidate(int(own.entry[of.start]), own.rows[of], own.query_at[of], own.at[of]))
    return Led(looked_up.repeated, found, faint(hits, looked_up, compiled=False))


def as_lists(led: Led) -> list[object]:
    each = [(one[0], *(column.tolist() for column in one[1:])) for one in led.compared]
    few = led.faint and led.faint.placed()
    return [led.repeated.tolist(), each, few and [getattr(few, name).tolist() for name in COLUMNS]]


def assert_alike(
    index: PostingsIndex, text: Fingerprint, background: Background, banks: Sequence[int], now: int, limit: int
) -> int:
    """Hold the kernel to its plain form; return how many entries a text is compared with."""
    handles = index.handles(banks)
    assert handles is not None
    by_kernel = find_candidates(handles, background, text, now=now, limit=limit)
    expected = step_by_step(index, text, background, banks, now, limit)
    assert as_lists(by_kernel) == as_lists(expected)
    return len(expected.compared)


@given(
    archived=st.tuples(held_texts, held_texts),
    added=held_texts,
    pieces=st.lists(st.tuples(st.integers(0, 60), st.integers(1, 50)), max_size=4),
    stated=st.sets(st.integers(0, 99), max_size=8),
    gone=st.frozensets(st.tuples(st.sampled_from([FIRST, SECOND, LIVE]), st.integers(0, 5)), max_size=3),
    banks=st.sampled_from([[4], [5, 4], [6, 9, 4, 5], [9]]),
    more=st.integers(0, 30),
    asked=st.tuples(st.sampled_from([0, 5]), st.sampled_from([1, 3, 200])),
)
@settings(max_examples=150)
def test_entries_are_found_as_step_by_step(
    archived: tuple[Contents, Contents],
    added: Contents,
    pieces: list[tuple[int, int]],
    stated: set[int],
    gone: frozenset[tuple[int, int]],
    banks: list[int],
    more: int,
    asked: tuple[int, int],
) -> None:
    first, second, live = map(entries_of, (*archived, added))
    ordinals = [2 * number for number in range(len(second))]
    sealed = sealed_of(first, None).placed(FIRST, FROM), sealed_of(second, ordinals).placed(SECOND, FROM)
    index = PostingsIndex(1, sealed=sealed, small=ALWAYS)
    index.add(rows_of(live))
    index.remove({base + number for base, number in gone})
    grams = [gram for begin, count in pieces for gram in range(begin, begin + count)]
    assert_alike(
        index, text_of(grams, more), Background(stated=np.array(sorted(stated), np.uint64)), banks, *asked
    )


def holding(content: str, copies: int) -> PostingsIndex:
    """Return an index in which so many entries hold a text, in an archive and as many beside it, in two banks."""
    whole = print_of(texts.as_entry(content, "t"), TEXT_GRAM)
    stand = zip(whole.bits[:, 0].tolist(), whole.at.tolist(), strict=True)
    grams = [(word, at, at, at + GRAM, True) for word, at in stand]
    held: list[Text] = [(grams, number % 2, NEVER) for number in range(copies)]
    index = PostingsIndex(1, sealed=[sealed_of(held, None).placed(FIRST, FROM)], small=ALWAYS)
    index.add(rows_of(held))
    return index


def test_texts_in_every_script_find_what_they_were_cut_from() -> None:
    """Whole, in pieces, repeated, with formulae."""
    background = Background.shipped()
    for script in (*ALPHABETS, MIXED):
        content = written(3, 70, script)
        index = holding(content, 2)
        changed = content[: len(content) // 2] + written(4, 20, script) + formulae()[0].text
        found = []
        for came in (content, changed, f"{content} {changed}", content[:60], "", written(5, 90, script)):
            asked = print_or_none(texts.as_query(came), TEXT_GRAM) or text_of([], 0)
            found += [assert_alike(index, asked, background, banks, 0, 200) for banks in ([4], [6, 4, 5])]
        assert found[:6] == [2, 4] * 3
        assert found[-4:] == [0, 0, 0, 0]


def test_of_many_entries_of_a_bank_the_first_are_compared() -> None:
    content = written(3, 30, MIXED)
    index, asked = holding(content, CANDIDATES + 3), print_of(texts.as_query(content), TEXT_GRAM)
    for banks, found in (([4], CANDIDATES), ([6, 4, 5], 2 * CANDIDATES)):
        assert assert_alike(index, asked, Background(), banks, 0, 200) == found


def test_of_many_entries_that_few_hold_a_gram_in_common_with_the_first_of_a_bank_are_told() -> None:
    """Those with most such grams come first, and grams that many of a bank hold do not count."""
    text = text_of(range(4 * CANDIDATES), 0)
    alone: list[Text] = [([(gram, 0.0, 0.0, 12.0, True)], gram % 2, NEVER) for gram in range(3 * CANDIDATES)]
    twice: list[Text] = [([(gram, 1.0, 1.0, 13.0, True) for gram in (3, 5)], 1, NEVER)]
    often: list[Text] = [([(9, 2.0, 2.0, 14.0, True)], 0, NEVER)] * (HOLDERS + 1)
    held = [*alone, *twice, *often]
    index = PostingsIndex(1, sealed=[sealed_of(held, None).placed(FIRST, FROM)], small=ALWAYS)
    index.add(rows_of(held[: 2 * CANDIDATES]))
    for banks, found in (([4], CANDIDATES), ([6, 4, 5], 2 * CANDIDATES)):
        assert_alike(index, text, Background(), banks, 0, 200)
        handles = index.handles(banks)
        assert handles is not None
        led = find_candidates(handles, Background(), text, now=0, limit=200)
        assert led.faint is not None
        numbers = led.faint.placed().numbers.tolist()
        assert len(numbers) == found
        assert (FIRST + len(alone) == numbers[0]) == (5 in banks)
        assert all(number <= FIRST + len(alone) for number in numbers if number < LIVE)


@pytest.mark.parametrize("script", [*ALPHABETS, MIXED])
def test_short_grams_leave_entries_out_only_where_none_of_them_agrees(script: str) -> None:
    """In memory as in segments, and where grams lead to something else too."""
    bodies = [written(seed, 130, script) for seed in range(4)]
    read = [texts.as_entry(body, "t") for body in bodies]
    words = [print_of(one, TEXT_SIMHASH).bits[:, 0] for one in read]
    first = np.cumsum([0, *map(len, words)]).astype(np.uint32)
    held = Held.of({FIRST >> 32: ArchivedWords(count=4, entries=None, first=first, bits=np.concatenate(words))})
    grams = [print_of(one, TEXT_GRAM) for one in read]
    stand = list[Text]()
    for one in grams:
        placed = zip(one.bits[:, 0].tolist(), one.at.tolist(), strict=True)
        stand.append(([(word, at, at, at + GRAM, True) for word, at in placed], 0, NEVER))
    index = PostingsIndex(1, sealed=[sealed_of(stand, None).placed(FIRST, FROM)], small=ALWAYS)
    told = []
    for number, in_memory in ((0, False), (1, False), (2, True)):
        if in_memory:
            index.add(rows_of(stand[:3]))
        handles = index.handles([4])
        assert handles is not None
        passage = bodies[number][100:130]
        for came in (
            edited(bodies[number], script, number),
            f"{written(60, 90, script)} {passage} {written(61, 90, script)}",
            bodies[number],
            written(62, 90, script),
        ):
            reading = texts.as_query(came)
            asked, background = print_of(reading, TEXT_GRAM), Background()
            without = find_candidates(handles, background, asked, now=0, limit=200)
            led = find_candidates(handles, background, asked, reading.shorts, held, now=0, limit=200)
            kept = as_lists(led) == as_lists(without)
            told.append(kept and led.faint is not None)
            if kept:
                continue
            assert led.faint is None
            assert without.faint is not None
            few = without.faint.placed()
            assert few.numbers.max() < LIVE
            assert reading.shorts is not None
            own = gathered(few.numbers, held, compiled=False)
            agreement, _ = few.lines(*own, reading.shorts, led.repeated, compiled=False)
            assert agreement.max() < ENOUGH
    assert told[0] | told[4]
    assert told[2] & told[6]
    assert not all(told)
