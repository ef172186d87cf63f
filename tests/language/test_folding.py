"""The fold: words stay words, marks of meaning stay, and what hides letters goes."""

import unicodedata
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stanch.language import fold
from tests.language.samples import SENTENCES, sentences_by_language

CURIOUS = (
    "aаΑοÉe\u0301\u0335ﬁﷺ١②½ ..\t'Ａ𝐡🅷🇸اإكیة\u0650\u0640गा़값が\u200b\u200d\b\u202e\u2066\u2069\ud800\U00030000"
)
TEXTS = st.text(st.one_of(st.sampled_from(CURIOUS), st.characters()), max_size=40)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hello,  World! 42", "hello world 42"),
        ("Hеllо Wоrld", "hello world"),
        ("Привет, мир", "привет мир"),
        ("сaлaм", "салам"),
        ("Μορφή", unicodedata.normalize("NFD", "μορφή")),
        ("Café — ŻÓŁW", unicodedata.normalize("NFD", "café żółw")),
        ("ｆｕｌｌ 𝐛𝐨𝐥𝐝 🅱🅾🆇 ﬁne", "full bold box fine"),
        ("السّلامُ عليـــكم، أهلا", "السلام عليکم اهلا"),
        ("ﷺ", "صلي الله عليه وسلم"),
        ("هەڵۆ ١٢٣ ४५", "ههڵو 123 45"),
        ("में हिन्दी", "में हिन्दी"),
        ("がか", unicodedata.normalize("NFD", "がか")),
        ("pass\u200bword \u202eolleh\u202c noX\bw", "password hello now"),
        ("  \n", ""),
    ],
)
def test_examples(text: str, expected: str) -> None:
    assert str(fold(text)) == expected


@given(TEXTS)
def test_folding_twice_equals_once(text: str) -> None:
    once = str(fold(text))
    assert str(fold(once)) == once
    assert "  " not in once
    assert once == once.strip(" ")


@given(TEXTS)
def test_stretches_are_in_order_and_within_the_text(text: str) -> None:
    found = fold(text)
    stretches = list(zip(found.start.tolist(), found.end.tolist(), strict=True))
    assert all(0 <= start < end <= len(text) for start, end in stretches)
    assert all(a <= c and b <= d for (a, b), (c, d) in pairwise(stretches))


@pytest.mark.parametrize("text", SENTENCES.values(), ids=SENTENCES)
def test_words_keep_their_number(text: str) -> None:
    if "’" not in text:
        spaced = "".join(c if unicodedata.category(c)[0] not in "PSZ" or c == " " else " " for c in text)
        spaced = "".join(c for c in spaced if unicodedata.category(c) != "Cf")
        assert len(str(fold(text.replace("ﷺ", ""))).split()) == len(spaced.replace("ﷺ", "").split())


def test_clean_text_of_every_language_keeps_its_letters(assets: Path) -> None:
    for language, sentences in sentences_by_language(assets, at_most=40).items():
        text = " ".join(sentences)
        kept = str(fold(text))
        assert sum(map(str.isalnum, kept)) >= 0.99 * sum(map(str.isalnum, text)), language
        assert str(fold(text.upper())) == str(fold(text)) or language in {"tur_Latn", "azj_Latn", "ell_Grek"}, (
            language
        )
