"""What weighs nothing: the set itself, the shipped formulae, and what is believed of an entry."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from stanch.fingerprints import text as text_fingerprints
from stanch.kernels.background_numba import among, is_believed
from stanch.language import normalise
from stanch.matching import Background, formulae
from stanch.matching.background import (
    BOUNDS,
    LEFT,
    SHARE,
    STRETCH,
    STRETCH_SHARE,
    GramSet,
    _three_bits,
    believes,
)
from stanch.matching.background_formulae import KINDS, grams_of
from stanch.values import GRAM, TEXT_GRAM, Fingerprint, Kind
from tests.matching.test_passages import matcher, scan
from tests.matching.writing import writing
from tests.prints import print_of

hashes = st.integers(0, 2**48 - 1)


class TestSet:
    @given(held=st.lists(hashes), asked=st.lists(hashes))
    @example(held=[1], asked=[1 + 2**42])  # the same place in the filter
    def test_it_holds_what_was_given(self, held: list[int], asked: list[int]) -> None:
        every, known = [*asked, *held], GramSet(held)
        expected = [gram in set(held) for gram in every]
        assert known.holds(np.array(every, dtype=np.uint64)).tolist() == expected
        assert [among(np.uint64(gram), *known.as_arrays) for gram in every] == expected

    def test_few_are_looked_for_in_vain(self) -> None:
        rng = np.random.default_rng(4)
        held, asked = rng.integers(0, 2**48, (2, 20_000), dtype=np.uint64)
        words = GramSet(held).as_arrays[1]
        three = _three_bits(asked)
        assert np.mean(words[asked & np.uint64(len(words) - 1)] & three == three) < 0.02


def spread(extent: int, at: list[int]) -> Fingerprint:
    """Return an entry with a gram at each of these places."""
    return Fingerprint.of(
        TEXT_GRAM,
        np.arange(1, len(at) + 1, dtype=np.uint64).reshape(-1, 1),
        at=at,
        start=at,
        end=np.array(at) + GRAM,
        extent=extent,
    )


def plainly(extent: int, learnt: list[int], stated: list[int]) -> bool:
    """Say what `believes` says, symbol by symbol."""
    covered = {place for at in learnt for place in range(at, at + GRAM)}
    formulae_too = covered | {place for at in stated for place in range(at, at + GRAM)}
    width = min(STRETCH, extent)
    windows = (range(begin, begin + width) for begin in range(extent - width + 1))
    return (
        len(covered) <= SHARE * extent
        and extent - len(formulae_too) >= LEFT
        and all(len(covered.intersection(window)) <= STRETCH_SHARE * width for window in windows)
    )


class TestBelieving:
    @given(
        extent=st.integers(GRAM, 700),
        places=st.dictionaries(st.integers(0, 680), st.sampled_from(["learnt", "stated", "own"]), max_size=25),
    )
    def test_it_agrees_with_counting_symbols_one_by_one(self, extent: int, places: dict[int, str]) -> None:
        inside = {at: what for at, what in sorted(places.items()) if at <= extent - GRAM}
        learnt, stated = (
            np.array([what == name for what in inside.values()], bool) for name in ("learnt", "stated")
        )
        expected = plainly(extent, *([at for at in inside if inside[at] == name] for name in ("learnt", "stated")))
        assert believes(spread(extent, list(inside)), learnt=learnt, stated=stated) == expected
        at = np.array(list(inside), np.float64)
        assert is_believed(at, learnt, stated, extent, GRAM, BOUNDS) == expected

    @pytest.mark.parametrize(
        ("extent", "learnt", "believed"),
        [
            (1000, range(0, 48, 12), True),  # a formula of 48 symbols
            (1000, range(0, 84, 12), False),  # more than two fifths of 200 symbols
            (1000, range(0, 1000 - GRAM, 62), True),  # a fifth, here and there
            (1000, range(0, 1000 - GRAM, 50), False),  # more than a fifth
            (240, range(0, 36, 12), True),
            (220, range(0, 24, 12), False),  # too little is left
        ],
    )
    def test_what_is_believed(self, extent: int, learnt: range, *, believed: bool) -> None:
        at = list(learnt)
        every = np.ones(len(at), bool)
        assert believes(spread(extent, at), learnt=every, stated=~every) == believed

    def test_what_is_not_believed_is_not_common_and_what_is_stated_is(self) -> None:
        entry = spread(1000, list(range(0, 240, 12)))
        some = entry.bits[:8, 0]
        assert not Background(learnt=some).common_in(entry).any()
        assert Background(learnt=some[:4]).common_in(entry).tolist() == [True] * 4 + [False] * 16
        assert Background(stated=some).common_in(entry).tolist() == [True] * 8 + [False] * 12


class TestShipped:
    def test_every_formula_is_long_enough_to_be_found(self) -> None:
        short = [each for each in formulae() if not len(grams_of(each.text))]
        assert not short

    def test_they_are_of_thirty_languages_and_known_kinds(self) -> None:
        assert len({each.language for each in formulae()}) >= 60
        assert {each.kind for each in formulae()} <= set(KINDS)

    @pytest.mark.parametrize("language", ["ar", "fa", "ur", "zh", "hi", "am", "dv", "ru", "en", "he", "th"])
    def test_a_formula_weighs_nothing_however_it_is_written(self, language: str) -> None:
        background = Background.shipped()
        for each in formulae():
            if each.language == language:
                for written in (each.text, each.text.upper(), each.text.replace(" ", "  ")):
                    query = print_of(text_fingerprints.as_query(written), TEXT_GRAM)
                    assert background.states(query.bits[:, 0]).all()

    def test_no_ordinary_text_is_a_formula(self) -> None:
        query = print_of(text_fingerprints.as_query(writing(1, 300)), TEXT_GRAM)
        assert not Background.shipped().states(query.bits[:, 0]).any()

    def test_they_are_read_once(self) -> None:
        assert Background.shipped() is Background.shipped()


def openings(language: str) -> str:
    return ". ".join(each.text for each in formulae() if each.language == language)


class TestMatching:
    @pytest.mark.parametrize(
        ("language", "alphabet"),
        [
            ("ar", "arabic"),
            ("fa", "persian"),
            ("ur", "urdu"),
            ("zh", "han"),
            ("hi", "devanagari"),
            ("am", "ethiopic"),
        ],
    )
    def test_texts_that_share_formulae_alone_do_not_match(self, language: str, alphabet: str) -> None:
        """Joined by full stops, the formulae are far longer than what would be a match."""
        shared = openings(language)
        assert len(normalise(shared)) > 100
        banked = f"{shared} {writing(1, 60, alphabet)}"
        where = matcher(banked)
        came = f"{shared} {writing(2, 60, alphabet)}"
        where.use_background(Background())
        assert scan(where, came).matches
        where.use_background(Background.shipped())
        assert not scan(where, came).matches

    @pytest.mark.parametrize(("language", "alphabet"), [("ar", "arabic"), ("zh", "han"), ("hi", "devanagari")])
    def test_a_text_under_formulae_is_a_copy_all_the_same(self, language: str, alphabet: str) -> None:
        statement = writing(1, 120, alphabet)
        where = matcher(f"{openings(language)} {statement}")
        where.use_background(Background())
        (before,) = scan(where, statement).matches
        where.use_background(Background.shipped())
        (match,) = scan(where, statement).matches
        assert match.kind is Kind.COPY
        assert (match.bank_cover or 0) > (before.bank_cover or 0)  # the formulae of the entry do not count

    def test_one_text_twice_is_identical_although_it_is_nothing_but_formulae(self) -> None:
        (match,) = scan(matcher(openings("ar")), openings("ar")).matches
        assert match.kind is Kind.IDENTICAL
