"""What holds of matches of any two texts, in every script, and the kinds by their coverages."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stanch.matching.kinds import COVER, EVIDENCE, MIN_ALIGNED, Side, kind_of
from stanch.values import Kind
from tests.matching.test_passages import matcher, scan
from tests.matching.writing import ALPHABETS, changed, writing

MIXED = "mixed directions"
scripts = st.sampled_from([*ALPHABETS, MIXED])


def written(seed: int, words: int, script: str) -> str:
    """Return text in a script, vowel signs and joiners among its letters; or in Latin and Arabic by turns."""
    if script == MIXED:
        latin, arabic = (writing(seed, words // 2, alphabet).split() for alphabet in ("latin", "arabic"))
        return " ".join(f"{one} {other}" for one, other in zip(latin, arabic, strict=True))
    mark = {"arabic": "\u064e", "devanagari": "\u093f", "thaana": "\u07a6", "persian": "\u200c"}.get(script, "")
    return " ".join("".join([word[0], mark, *word[1:]]) for word in writing(seed, words, script).split())


@settings(max_examples=25)
@given(
    seed=st.integers(0, 10_000), script=scripts, share=st.sampled_from([0.0, 0.1, 0.3]), words=st.integers(30, 150)
)
def test_spans_lie_inside_both_texts_in_order_and_cut_no_character(
    seed: int, script: str, share: float, words: int
) -> None:
    text = written(seed, words, script)
    came = f"{written(seed + 1, 30, script)} {changed(text, share, seed)} {written(seed + 2, 30, script)}"
    for match in scan(matcher(text), came).matches:
        assert 0 < (match.query_cover or 0) <= 1
        assert 0 < (match.bank_cover or 0) <= 1
        assert [pair.query.start for pair in match.spans] == sorted(pair.query.start for pair in match.spans)
        for pair in match.spans:
            for span, of in ((pair.query, came), (pair.bank, text)):
                assert 0 <= span.start < span.end <= len(of)
                assert not unicodedata.combining((of + " ")[int(span.end)])
                assert not unicodedata.combining(of[int(span.start)])


@settings(max_examples=20)
@given(seed=st.integers(0, 10_000), script=scripts, words=st.integers(20, 200))
def test_a_text_is_all_of_itself(seed: int, script: str, words: int) -> None:
    text = written(seed, words, script)
    (same,) = scan(matcher(text), text).matches
    assert (same.kind, same.query_cover, same.bank_cover) == (Kind.IDENTICAL, 1.0, 1.0)
    (more,) = scan(matcher(text), f"{text} {written(seed + 1, 1, script)}x").matches
    assert more.kind is Kind.COPY
    assert more.bank_cover == 1.0
    assert (more.query_cover or 0) > 0.75


@settings(max_examples=20)
@given(seed=st.integers(0, 10_000), script=scripts, share=st.sampled_from([0.0, 0.2]), more=st.integers(1, 200))
def test_adding_unrelated_text_never_raises_query_cover(seed: int, script: str, share: float, more: int) -> None:
    text = written(seed, 90, script)
    came = changed(text, share, seed) + " z"
    where = matcher(text)
    (before,) = scan(where, came).matches
    after = scan(where, f"{came} {written(seed + 1, more, script)}").matches
    assert all((match.query_cover or 0) <= (before.query_cover or 0) + 1e-9 for match in after)


def test_random_texts_of_one_script_have_nothing_to_do_with_each_other() -> None:
    for script in ALPHABETS:
        where = matcher(*(written(seed, 120, script) for seed in range(8)))
        assert not any(scan(where, written(seed, 120, script)).matches for seed in range(50, 60))


@pytest.mark.parametrize(
    ("query", "bank", "kind"),
    [
        ((MIN_ALIGNED - 1, 60), (MIN_ALIGNED - 1, 60), None),
        ((60, 100), (60, 100), Kind.COPY),
        ((60, 101), (60, 100), Kind.QUOTES),  # covers the entry, but is no evidence
        ((EVIDENCE, 300), (EVIDENCE, 5000), Kind.COPY),
        ((EVIDENCE - 1, 300), (EVIDENCE - 1, 5000), Kind.QUOTES),
        ((EVIDENCE, 5000), (EVIDENCE, 300), Kind.COPY_WITH_ADDITIONS),
        ((EVIDENCE, 5000), (EVIDENCE, 5000), Kind.QUOTES),
        ((90, 5000), (90, 100), Kind.COPY_WITH_ADDITIONS),  # the whole of a short entry
        ((80, 5000), (80, 100), Kind.QUOTES),
    ],
)
def test_kinds_follow_from_coverages_and_evidence(
    query: tuple[int, int], bank: tuple[int, int], kind: Kind | None
) -> None:
    assert kind_of(*(Side(count=count, of=of) for count, of in (query, bank))) is kind


def test_of_nothing_nothing_is_covered() -> None:
    assert Side(count=0, of=0).cover < COVER
