"""Where the language of a text changes: stretches that are the text, cut where a reader would cut."""

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from stanch.language import segments
from tests.language.samples import SENTENCES
from tests.language.test_identification import KNOWN

MIXED = ("Arabic", "Persian", "Urdu", "Chinese", "Hindi", "Amharic", "Thaana", "English", "mixed directions")
JOINERS = "\u200c\u200d\ufe0f\u0640"
PIECES = st.one_of(
    st.sampled_from([SENTENCES[name] for name in MIXED]),
    st.text(st.characters(exclude_categories=()), max_size=20),
    st.text(st.sampled_from("aб ش中क्षिአށިé\u0301\u093f\u064e\u200d\u200e\u202e'\ud800\0"), max_size=40),
)


@given(pieces=st.lists(PIECES, max_size=6))
@example(pieces=["\u0301\u093f", "abc", "\u064eabc"])
@settings(max_examples=80)
def test_stretches_are_the_text_and_begin_at_letters(pieces: list[str]) -> None:
    text = "".join(pieces)
    found = segments(text)
    assert "".join(text[stretch.start : stretch.end] for stretch in found) == text
    for before, after in pairwise(found):
        assert before.end == after.start
        assert before.language != after.language
        assert unicodedata.category(text[after.start])[0] == "L"
        assert text[after.start] not in JOINERS
    assert all(stretch.start < stretch.end for stretch in found)


@pytest.mark.parametrize(
    "order",
    [
        ("en", "ar", "fr"),
        ("fa", "hi", "ru"),
        ("de", "es", "tr"),
        ("zh", "am", "ur"),
        ("dv", "en", "he"),
        ("ja", "ko", "zh"),
    ],
)
def test_sentences_in_three_languages_are_three_stretches(order: tuple[str, ...]) -> None:
    text = "\n".join(KNOWN[language] for language in order)
    found = segments(text)
    assert [stretch.language for stretch in found] == list(order)
    for stretch, language in zip(found, order, strict=True):
        wanted = text.index(KNOWN[language])
        assert abs(stretch.start - wanted) <= 15
        assert stretch.start == wanted or order[0] != "en"


@pytest.mark.parametrize("language", KNOWN)
def test_one_language_is_one_stretch_whatever_names_it_mentions(language: str) -> None:
    for text in (KNOWN[language], f"«{KNOWN[language]}» (Stanch, Москва, 中文) 2026."):
        (stretch,) = segments(text)
        assert (stretch.start, stretch.end, stretch.language) == (0, len(text), language)


@pytest.mark.parametrize("text", ["12345 🙂", "\ud800", "\u0301", "'", "\0"])
def test_a_text_without_letters_is_one_stretch_of_no_language(text: str) -> None:
    (stretch,) = segments(text)
    assert (stretch.start, stretch.end, stretch.language) == (0, len(text), "und")


def test_an_empty_text_has_no_stretches() -> None:
    assert segments("") == ()


@pytest.mark.parametrize("letter", ["a", "中", "ހ", "a ", "\0"])
def test_long_texts_are_cut_too(letter: str) -> None:
    text = letter * 100_000
    assert segments(text)[-1].end == len(text)
