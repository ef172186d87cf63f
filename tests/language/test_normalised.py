"""Normalised text: what readers cannot tell apart is the same, and each symbol knows where it came from."""

import sys
import unicodedata
from itertools import pairwise
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from stanch.language import NormalisedText, normalise, reference
from stanch.language.normalised import SECOND, normalise_codes
from stanch.language.rules import rules
from stanch.language.tables import CODE, KIND, WIDE, Kind, tables
from tests.language import attacks
from tests.language.samples import SENTENCES, sentences_by_language

CURIOUS = (
    "aaaaeeΗΝΥΓηνυγlL1|0OοſßﷺﻻÅ中中国國人한값가각ㅎᆪᄀアアーガሀሀዐआकखक़ा्ाเกำ่ދިވެחש"
    "\u0301\u0300\u0345\u200d\ufe0f\u00ad \n.ـ🅰🇸①½™\ud800\udfff\ue000\u0378\U0001f469\U00030000\U000e0100"
)
MOVING = [*map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A))]
TEXTS = st.text(st.one_of(st.sampled_from(CURIOUS), st.characters()), max_size=50)
STILL = st.text(st.one_of(st.sampled_from(CURIOUS), st.characters(exclude_characters=MOVING)), max_size=50)


def known_to_every_python(character: str) -> bool:
    return bool(np.searchsorted(tables().stable, ord(character), side="right") % 2)


def symbols(text: str) -> str:
    return str(normalise(text))


def as_listed(normalised: NormalisedText) -> list[reference.Symbol]:
    rows = zip(normalised.symbols.tolist(), normalised.start.tolist(), normalised.end.tolist(), strict=True)
    return [reference.Symbol(code % SECOND, code >= SECOND, start, end) for code, start, end in rows]


@given(STILL)
@example("iاه" * 20 + "b")
@example("wاهiاn iب1اoب")
@example("ΗΕΝΥ" * 5 + "abc" + "ΗΕΝΥ" * 5)
@example("中中中中a한한한한")
def test_agrees_with_the_reference(text: str) -> None:
    assert as_listed(normalise(text)) == reference.normalise(text)


@pytest.mark.parametrize("text", SENTENCES.values(), ids=SENTENCES)
def test_agrees_with_the_reference_on_attacked_sentences(text: str) -> None:
    for attack in attacks.ATTACKS:
        attacked = attack(text, Random(1))
        assert as_listed(normalise(attacked)) == reference.normalise(attacked)


@given(TEXTS)
def test_offsets_are_in_order_and_cut_between_characters(text: str) -> None:
    normalised = normalise(text)
    kinds = [int(rules().table[ord(c)]) >> KIND for c in text]
    stretches = list(zip(normalised.start.tolist(), normalised.end.tolist(), strict=True))
    for (start, end), (next_start, next_end) in pairwise(stretches):
        assert start <= next_start
        assert end <= next_end
    for start, end in stretches:
        assert 0 <= start < end <= len(text)
        assert kinds[start] >= Kind.ONE
        assert end == len(text) or kinds[end] != Kind.ATTACHED


@given(TEXTS)
def test_normalising_twice_equals_once(text: str) -> None:
    assert symbols(symbols(text)) == symbols(text)
    assert normalise(symbols(text)).symbols.tolist() == normalise(text).symbols.tolist()


def test_every_symbol_stands_for_itself() -> None:
    table, pool = rules().table, rules().pool
    single = np.unique(table[table >> KIND == Kind.ONE])
    listed = np.unique(pool[pool > 0])
    for symbols_of in (single, Kind.ONE << KIND | listed):
        one_symbol = 7 << KIND | WIDE | CODE
        assert (table[symbols_of & CODE] & one_symbol == symbols_of & one_symbol).all()


@given(st.text(st.characters().filter(known_to_every_python), max_size=40))
@example("\u09cb\u0b94\u0dde\u1b3b\u0f73\u0fb9\u1025\u102e")  # vowels in several parts
@example("각갂갃값밟닭")
def test_composed_and_decomposed_are_equal(text: str) -> None:
    composed, decomposed = (unicodedata.normalize(form, text) for form in ("NFC", "NFD"))
    assert symbols(composed) == symbols(decomposed)


@pytest.mark.parametrize("attack", attacks.ATTACKS, ids=lambda attack: attack.__name__)
@pytest.mark.parametrize("text", SENTENCES.values(), ids=SENTENCES)
def test_attacks_are_undone(text: str, attack: attacks.Attack) -> None:
    for seed in range(5):
        attacked = attack(text, Random(seed))
        assert symbols(attacked) == symbols(text)


def test_attacks_change_what_they_attack() -> None:
    for attack in attacks.ATTACKS:
        changed = [text for text in SENTENCES.values() if attack(text, Random(1)) != text]
        assert changed, attack.__name__


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hello World", "heiioworid"),
        ("H3110 W0r1d", "heiioworid"),
        ("ʜᴇʟʟᴏ 𝕎𝕠𝕣𝕝𝕕", "heiioworid"),
        ("🅷🅔🄻🄛🇴", "heiio"),
        ("ﷺ", "صلياللهعليهوسلم"),
        ("نبیٔ و نبيّ", "نبيونبي"),
        ("كتاب ـ کِتـــاب", "کتابکتاب"),
        ("دربارهٔ / درباره", "دربارهدرباره"),
        ("١٢٣ ۱۲۳ 123 १२३", "i2ei2ei2ei2e"),
        ("सरकार बाज़ार बाजार", "सरकारबाजारबाजार"),
        ("ދިވެހި", "ދިވެހި"),
        ("ไทย กู้ กู", "ไทยกูกู"),
        ("ฃวด ฅน มๅก ฦ", "ขวดคนมากภ"),  # letters that nobody writes any more, for those of today
        ("ดตค ซช ฆม ฑท", "ดตคซชฆมฑท"),  # alike, and all in use
        ("አማርኛ", "አማርኛ"),
        ("Straße STRASSE", "strassestrasse"),
        ("æsir œuvre øl đặng łódź ħ", "aesiroeuvreoidangiodzh"),
        ("ﬁﬂ ½ ™ №", "fifii2tmno"),
        ("heeeeello", "heeiio"),
        ("", ""),
        (" \n\u200b.,!-", ""),
        ("\ud800", ""),
        ("\ue000\u0378", ""),  # private use, not assigned
    ],
)
def test_examples(text: str, expected: str) -> None:
    assert symbols(text) == expected


def test_loose_letters_of_hangul_meet_the_syllable() -> None:
    assert symbols("값") == symbols("ㄱㅏㅄ") == symbols("ㄱㅏㅂㅅ") == symbols("\u1100\u1161\u11b9")


def test_a_wide_character_counts_as_two() -> None:
    normalised = normalise("a中ー\U00030000")
    wide = [ord("中"), ord("ー"), 0x30000]
    assert normalised.symbols.tolist() == [ord("a"), *(code | mark for code in wide for mark in (0, SECOND))]
    assert normalised.start.tolist() == [0, 1, 1, 2, 2, 3, 3]
    assert str(normalised) == "a中ー\U00030000"


def test_a_ligature_is_one_character_of_the_original() -> None:
    normalised = normalise("x ﷺ y")
    assert normalised.start.tolist() == [0, *[2] * 15, 4]
    assert normalised.end.tolist() == [1, *[3] * 15, 5]


def test_stretches_take_in_marks_and_what_was_cut_short() -> None:
    normalised = normalise("e\u0301\u0302 n\u200dooooo\u0301 x")
    assert str(normalised) == "enoox"
    assert normalised.start.tolist() == [0, 4, 6, 7, 13]
    assert normalised.end.tolist() == [3, 6, 7, 12, 14]


def test_capitals_of_greek_take_the_look_of_their_neighbours() -> None:
    assert symbols("ΗELLΟ ΝΕW ΥΕΑR") == symbols("HELLO NEW YEAR")
    assert symbols("Η ΝΕΑ ΥΠΗΡΕΣΙΑ ΓΙΑ ΟΛΟΥΣ") == symbols("η νεα υπηρεσια για ολους")
    assert symbols("Ηа рынке Гоpод") == symbols("На рынке Город")
    assert symbols("Γород") == symbols("Город")


def test_offsets_index_the_code_points_they_were_given() -> None:
    codes = np.array([ord("c"), 0x301, ord("b"), ord("a")], dtype=np.uint32)
    assert normalise_codes(codes).start.tolist() == [0, 2, 3]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\u0301" * 1_000_000, 0),
        ("a" + "\u0301" * 1_000_000, 1),
        ("a" * 1_000_000, 2),
        ("ﷺ" * 300_000, 4_500_000),
        ("\udc80" * 1_000_000, 0),
        ("中" * 1_000_000, 4),
        ("اب" * 2_500_000, 5_000_000),
    ],
    ids=["marks", "a letter and marks", "one letter", "ligatures", "surrogates", "one wide letter", "long"],
)
def test_long_texts(text: str, expected: int) -> None:
    normalised = normalise(text)
    assert len(normalised) == expected
    if expected:
        assert normalised.end[-1] == len(text)


def test_clean_text_of_every_language_keeps_its_letters(assets: Path) -> None:
    for language, sentences in sentences_by_language(assets, at_most=60).items():
        text = "\n".join(sentences)
        letters = sum(unicodedata.category(character)[0] in "LN" for character in text)
        kept = symbols(text)
        assert len(kept) >= 0.97 * letters, language
        assert len(set(kept)) >= 26, language
        assert reference.normalise(sentences[0]) == as_listed(normalise(sentences[0])), language


def test_spellings_of_every_language_that_readers_take_for_one_are_equal(assets: Path) -> None:
    for language, sentences in sentences_by_language(assets, at_most=20).items():
        for sentence in sentences:
            expected = symbols(sentence)
            for form in ("NFC", "NFD", "NFKC", "NFKD"):
                assert symbols(unicodedata.normalize(form, sentence)) == expected, language
            assert symbols(attacks.invisible(sentence, Random(1))) == expected, language
            assert symbols(attacks.spaced(sentence, Random(1))) == expected, language
            assert symbols(attacks.emoji(sentence, Random(1))) == expected, language
            if language != "ell_Grek":  # its capitals look like other letters among Latin words
                assert symbols(sentence.upper()) == expected, language


def test_the_python_in_use_does_not_matter() -> None:
    """Nothing of the normalised text comes from `unicodedata`, which differs between versions."""
    for name in ("normalised", "rules", "tables", "reference"):
        assert not hasattr(sys.modules[f"stanch.language.{name}"], "unicodedata")
