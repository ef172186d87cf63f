"""Copies with hardly a gram left: the kernel against the plain form, and what is found, and what is not."""

from collections.abc import Callable
from dataclasses import replace
from random import Random

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from stanch.fingerprints import text as texts
from stanch.fingerprints.reading import Reading
from stanch.matching import Bank, Matcher
from stanch.matching.candidates import HOLDERS
from stanch.matching.faint import ENOUGH, Faint
from stanch.matching.passages import LIMIT
from stanch.values import TEXT_SIMHASH, Entry, Fingerprint, Kind, Match, TextPart
from tests.matching.test_kinds import MIXED, written
from tests.matching.test_passages import NOON, entry, info, matcher, scan
from tests.matching.writing import ALPHABETS, writing

SCRIPTS = (*ALPHABETS, MIXED)
WORDS = 130
NOISE = 0.2


def noisy(text: str, seed: int, letters: str) -> str:
    """Return a text with a letter deleted, replaced or put in at a fifth of its places, as typing and OCR do."""
    random = Random(seed)
    parts = list(text)
    for place in random.sample(range(len(parts)), round(NOISE * len(parts))):
        other = random.choice(letters)
        parts[place] = random.choice(["", other, parts[place] + other])
    return "".join(parts)


def edited(text: str, script: str, seed: int) -> str:
    return noisy(text, seed, ALPHABETS.get(script) or text.replace(" ", ""))


def without_short_grams(where: Matcher, text: str) -> tuple[Match, ...]:
    """Return what grams alone find."""
    reading = replace(texts.as_query(text), shorts=None)
    return where.match_readings("p", [reading], now=NOON).matches


def shorts_of(reading: Reading) -> NDArray[np.uint64]:
    assert reading.shorts is not None
    return reading.shorts


def of_noise(script: str, find: Callable[[Matcher, str], tuple[Match, ...]]) -> list[tuple[str, Kind]]:
    """Return what is found by eight texts in which every fifth letter is mistyped, among three others each."""
    told = []
    for seed in range(8):
        text = written(seed, WORDS, script)
        where = matcher(text, *(written(100 + other, WORDS, script) for other in range(3)))
        told += [(match.entry, match.kind) for match in find(where, edited(text, script, seed))]
    return told


@pytest.mark.parametrize("script", SCRIPTS)
class TestInEveryScript:
    def test_a_copy_with_every_fifth_letter_mistyped_is_a_copy(self, script: str) -> None:
        told = of_noise(script, lambda where, text: scan(where, text).matches)
        assert len(told) >= 7
        assert {name for name, _ in told} == {"e0"}
        assert told.count(("e0", Kind.COPY)) >= 6

    def test_inside_something_longer_it_is_a_copy_with_additions(self, script: str) -> None:
        text = written(3, WORDS, script)
        around = written(40, 3 * WORDS, script), written(41, 3 * WORDS, script)
        (match,) = scan(matcher(text), f"{around[0]} {edited(text, script, 3)} {around[1]}").matches
        assert match.kind is Kind.COPY_WITH_ADDITIONS
        assert match.spans[0].query.start > len(around[0]) - 60
        assert match.spans[-1].query.end < len(around[0]) + 1.4 * len(text)

    def test_other_text_with_one_passage_of_it_is_none(self, script: str) -> None:
        text = written(5, WORDS, script)
        for seed in range(4):
            other = f"{written(60 + seed, 60, script)} {text[40:60]} {written(70 + seed, 60, script)}"
            assert scan(matcher(text), other).matches == ()


def test_by_grams_alone_most_of_them_are_no_copies() -> None:
    """So that it is the short grams that find them."""
    told = [each for script in SCRIPTS for each in of_noise(script, without_short_grams)]
    assert told.count(("e0", Kind.COPY)) < 8 * len(SCRIPTS) / 2


def of_few_words(seed: int, script: str, rare: str) -> str:
    """Return a text whose words are few and short, with rare ones inside: any two of these share most threes."""
    few, random = written(0, 9, script).split(), Random(seed)
    said = [random.choice(few)[:3] for _ in range(250)]
    return " ".join([*said[:120], rare, *said[120:]])


@pytest.mark.parametrize("script", SCRIPTS)
def test_texts_of_one_language_that_says_all_in_few_letters_are_not_taken_for_each_other(script: str) -> None:
    """What they share they share with the rest of the text as well."""
    rare = written(77, 12, script)[:40]
    for seed in range(4):
        banked = texts.as_entry(of_few_words(seed, script, rare), name="t").fingerprints
        hit = next(at for at in banked[1].at if at > 300)
        other = texts.as_query(of_few_words(seed + 10, script, rare))
        for compiled in (False, True):
            (agreement,), _ = laid_at(hit, hit).lines(
                *words_of(banked[2]), shorts_of(other), np.zeros(other.symbols, np.bool_), compiled=compiled
            )
            assert agreement < ENOUGH


def test_a_newspaper_that_quotes_a_passage_goes_on_quoting_it() -> None:
    for script in SCRIPTS:
        text = written(6, WORDS, script)
        article = f"{written(80, 90, script)} {text[100:240]} {written(81, 90, script)}"
        assert {match.kind for match in scan(matcher(text), article).matches} == {Kind.QUOTES}


def test_what_escapes_hide_is_compared_as_though_it_were_plain() -> None:
    methods = []
    for script in SCRIPTS:
        text = written(3, WORDS, script)
        came = edited(text, script, 3)
        escaped = "".join(f"&#{ord(letter)};" for letter in came)
        with matcher(text) as where:
            (match,) = where.match_part(TextPart(name="t", text=f"<p>{escaped}</p>"), now=NOON).matches
            (plain,) = scan(where, came).matches
        assert (match.entry, match.kind, match.method) == (plain.entry, plain.kind, plain.method)
        methods.append(match.method)
    assert methods.count(TEXT_SIMHASH.id) > len(SCRIPTS) / 2


def test_a_gram_that_many_texts_hold_leads_to_none_of_them() -> None:
    text = writing(7, WORDS)
    came = edited(text, "latin", 1)
    assert [match.entry for match in scan(matcher(text), came).matches] == ["e0"]
    copies = [text] * (HOLDERS + 1)
    assert without_short_grams(matcher(text), came) == scan(matcher(*copies), came).matches == ()
    one_in_each = [Bank(info(f"b{number}"), [entry("e", text)]) for number in range(HOLDERS + 1)]
    found = scan(Matcher(one_in_each), came).matches
    assert [match.kind for match in found] == [Kind.COPY] * (HOLDERS + 1)


def test_an_entry_without_words_is_matched_by_its_grams_alone() -> None:
    """As those that were banked before there were any."""
    text = writing(7, WORDS)
    whole = entry("old", text)
    old = Entry(id="old", fingerprints=whole.fingerprints[:2], added=NOON)
    assert [one.method.id for one in whole.fingerprints[2:]] == [TEXT_SIMHASH.id]
    where = Matcher([Bank(info(), [old, entry("other", writing(8, WORDS))])])
    assert scan(where, edited(text, "latin", 1)).matches == ()
    assert [match.entry for match in scan(where, text).matches] == ["old"]


def test_of_banks_that_are_not_searched_nothing_is_said() -> None:
    text = writing(7, WORDS)
    where = Matcher([Bank(info("a"), [entry("x", text)]), Bank(info("b"), [entry("y", text)])])
    reading = texts.as_query(edited(text, "latin", 1))
    found = where.match_readings("p", [reading], now=NOON, banks={"b"}).matches
    assert [(match.bank, match.entry, match.method) for match in found] == [("b", "y", TEXT_SIMHASH.id)]


def test_what_is_removed_or_expired_is_not_found() -> None:
    text = writing(7, WORDS)
    came = texts.as_query(edited(text, "latin", 1))
    where = Matcher([Bank(info(), [entry("a", text), entry("b", text, expires=NOON)])])
    assert [match.entry for match in where.match_readings("p", [came], now=NOON).matches] == ["a"]
    where.remove("bank", "a")
    assert where.match_readings("p", [came], now=NOON).matches == ()


offsets = st.lists(st.tuples(st.integers(0, 400), st.integers(0, 400)), min_size=1, max_size=4)


@given(
    content=st.tuples(st.integers(0, 9), st.integers(0, 120), st.sampled_from(SCRIPTS)),
    laid=st.lists(st.tuples(offsets, st.integers(0, 9), st.integers(0, 7)), min_size=1, max_size=4),
    repeated=st.lists(st.tuples(st.integers(0, 400), st.integers(0, 200)), max_size=2),
)
@settings(max_examples=150)
@example(content=(0, 0, "latin"), laid=[([(0, 0)], 0, 0)], repeated=[])
@example(content=(1, 90, "latin"), laid=[([(0, 0)], 1, 7), ([(64, 0)], 1, 7), ([(0, 0)], 3, 7)], repeated=[])
@example(content=(1, 90, "latin"), laid=[([(0, 0)], 1, 7)], repeated=[(100, 90)])
@example(content=(0, 1, "han"), laid=[([(0, 0)], 1, 3)], repeated=[(0, 9)])
@example(content=(1, 100, "han"), laid=[([(0, 0)], 1, 7), ([(400, 0), (0, 400)], 2, 3)], repeated=[(0, 900)])
def test_the_kernel_says_what_the_plain_form_says(
    content: tuple[int, int, str],
    laid: list[tuple[list[tuple[int, int]], int, int]],
    repeated: list[tuple[int, int]],
) -> None:
    """To the last bit; for hits that lie anywhere, since a file may say anything."""
    reading = texts.as_query(written(*content))
    common = np.zeros(reading.symbols, np.bool_)
    for begin, length in repeated:
        common[begin : begin + length] = True
    random = np.random.default_rng(content[0])
    words = [_words(seed, most, random) for _, seed, most in laid]
    hits = [sorted(some) for some, _, _ in laid]
    query_at, at = np.array([hit for some in hits for hit in some], np.float64).T.copy()
    few = Faint(
        numbers=np.zeros(len(hits), np.int64), begin=np.cumsum([0, *map(len, hits)]), query_at=query_at, at=at
    )
    own = np.concatenate(words), np.array([len(one) for one in words])
    plain, kernel = (few.lines(*own, shorts_of(reading), common, compiled=compiled) for compiled in (False, True))
    assert [column.tolist() for column in plain] == [column.tolist() for column in kernel]


def _words(seed: int, most: int, random: np.random.Generator) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
    """Return the words of a text, or of none."""
    entry = texts.as_entry(written(seed, 90, "latin"), name="t").fingerprints[2].bits[:most, 0]
    return random.integers(0, 1 << 63, most, np.uint64) if seed % 3 == 0 else np.ascontiguousarray(entry)


def laid_at(query_at: float, at: float) -> Faint:
    """Return one entry that is laid beside a text along one hit."""
    one = np.zeros(1, np.int64)
    return Faint(numbers=one, begin=np.arange(2), query_at=np.array([query_at]), at=np.array([at]))


def words_of(entry: Fingerprint) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    return entry.bits[:, 0], np.array([len(entry)])


def test_a_text_agrees_with_itself_in_all_its_stretches_and_with_no_other() -> None:
    for script in SCRIPTS:
        text = written(1, 150, script)
        own = texts.as_entry(text, name="t").fingerprints[2]
        for name, came in (("own", text), ("other", written(2, 150, script))):
            reading = texts.as_query(came)
            (agreement,), (span,) = laid_at(0, 0).lines(
                *words_of(own), shorts_of(reading), np.zeros(reading.symbols, np.bool_)
            )
            if name == "own":
                assert agreement > 3 * ENOUGH
                assert (span[0], span[2]) == (0, 0)
                assert int(own.extent) - 64 <= span[1] <= int(own.extent)
            else:
                assert agreement < ENOUGH / 2
                assert span.tolist() == [0, 0, 0, 0]
    assert LIMIT > HOLDERS  # or it were not known of a gram that few hold it


def test_what_is_common_says_nothing() -> None:
    text = written(1, 150, MIXED)
    own: Fingerprint = texts.as_entry(text, name="t").fingerprints[2]
    shorts = shorts_of(texts.as_query(text))
    (agreement,), (span,) = laid_at(0, 0).lines(*words_of(own), shorts, np.ones(int(own.extent), np.bool_))
    assert (agreement, span.tolist()) == (0, [0, 0, 0, 0])
