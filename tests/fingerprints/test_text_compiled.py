"""Texts read by kernels: the same, to the last bit, as read plainly."""

import subprocess
import sys
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from benchmarks import ordinary
from stanch.errors import EmptyTextError
from stanch.fingerprints import text as texts
from stanch.fingerprints.effort import PATIENCE
from stanch.fingerprints.reading import Reading
from stanch.fingerprints.text_numba import read_codes
from stanch.language import evasion
from stanch.language.evading_tables import telling
from stanch.language.normalised import code_points
from stanch.language.rules import rules
from stanch.values import Fingerprint
from tests.language import attacks
from tests.language.samples import SENTENCES, sentences_by_language
from tests.language.test_normalised import CURIOUS
from tests.language.test_properties import SCRIPTS, SHIFTING

EVASIVE = (
    "h3ll0 0f a11 1t 5ay5 f l a g t.h.e.m 𝕙𝕖𝕝𝕝𝕠 🅷🅴🅻🅻🅾 🇭🇪🇱🇩🇪 h🔥e🔥ｈｅｌ hеlоа 中\u200b\u2060\u200d\u00ad"
    "\U000e0068\U0001f3f4\u0301\u0336\u064e\u0650\u200cسـ$|@!"
)
LETTERS = [*SCRIPTS.values(), CURIOUS, EVASIVE, SCRIPTS["mixed"] + SHIFTING, "ااoiهbз 1ﷺ", "ΗΝΥΓηabв中"]
PIECES = st.sampled_from(LETTERS).flatmap(lambda letters: st.text(letters, max_size=30))
RUNS = st.builds(lambda piece, often: piece * often, st.text("".join(LETTERS), max_size=3), st.integers(1, 12))
TEXTS = st.lists(st.one_of(PIECES, RUNS, st.text(max_size=5)), max_size=5).map("".join)

COLUMNS = ("bits", "at", "start", "end", "quality")


def shape(reading: Reading) -> list[object]:
    """Return all there is to a reading, to be compared to the last bit."""
    said = [reading.medium, reading.not_scanned, reading.remarks, reading.symbols, reading.evasion, reading.undone]
    assert reading.shorts is None or reading.shorts.flags.c_contiguous
    said += [None if reading.shorts is None else reading.shorts.tolist()]
    return [*said, *(part for made in reading.fingerprints for part in columns(made))]


def columns(made: Fingerprint) -> list[object]:
    arrays = [getattr(made, name) for name in COLUMNS]
    plain = [(array.dtype, array.shape, array.flags.c_contiguous, array.tolist()) for array in arrays]
    return [made.method, made.extent, made.variant, *plain]


def agree(text: str) -> None:
    assert shape(texts.as_query(text, compiled=True)) == shape(texts.as_query(text, compiled=False))
    codes = code_points(text)
    fast, plain = texts.read(codes, compiled=True), texts.read(codes, compiled=False)
    assert fast.symbols.dtype == plain.symbols.dtype == np.uint32
    assert fast.symbols.tolist() == plain.symbols.tolist()
    if len(plain.symbols):
        made = [shape(texts.as_entry(text, name="entry", compiled=compiled)) for compiled in (True, False)]
        assert made[0] == made[1]
    else:
        with pytest.raises(EmptyTextError):
            texts.as_entry(text, name="entry", compiled=True)


@given(TEXTS)
@settings(max_examples=200)
@example("")
@example("\u0301a")
@example("iاه" * 20 + "b")
@example("wاهiاn iب1اoب" * 3)
@example("ΗΕΝΥ" * 5 + "abc" + "ΗΕΝΥ" * 5 + "в" * 5 + "ΓΝ")
@example("中中中中a한한한한값값값값ሀሀሀሀ" * 3)
@example("ﷺ" * 5 + "\u0301\u200d" * 3)
@example("\ud800" + "a" * 30 + "\udfff\ue000\u0378")
@example("a\u0301\u0302" * 9 + "eeeee\u0301")
@example("a" + "\u0301" * 1_000 + "b" * 20)
@example("a" + "\u0301" * 1_001 + "b" * 20 + "\u0301")
@example("b" * 20 + "\u200b\ue000" * 501)
@example("abc\bd\x7f\u202edefghijklmnopq\u202c")
def test_kernel_and_plain_form_agree(text: str) -> None:
    agree(text)


@pytest.mark.parametrize("text", SENTENCES.values(), ids=SENTENCES)
def test_they_agree_on_attacked_sentences(text: str) -> None:
    for attack in attacks.ATTACKS:
        agree(attack(text, Random(5)))


def test_they_agree_on_what_is_only_unusual() -> None:
    for group in ordinary.texts().values():
        for text in group:
            agree(text)


def test_they_agree_on_all_languages(assets: Path) -> None:
    for sentences in sentences_by_language(assets, at_most=12).values():
        for text in (" ".join(sentences), *sentences[:2]):
            agree(text)


def test_they_agree_on_a_long_text() -> None:
    agree("\n".join([*SENTENCES.values(), "x" * 70, *ordinary.texts()["emoji"]]) * 20)


@given(st.sampled_from(list(SENTENCES.values())), st.randoms(use_true_random=False))
@settings(max_examples=200)
def test_nobody_asks_in_vain_for_an_evasion_score(text: str, random: Random) -> None:
    """Whatever has a score is asked for one, also where one attack is a small part of a text."""
    attack = random.choice(attacks.ATTACKS)
    for written in (text, text + attack(text, random), attack(text, random)):
        if evasion(written).score:
            assert texts.read(code_points(written), compiled=True).asked & texts.EVADING or moves(written)


LEAST = {
    "hidden, a joiner": "he\u200bllo",
    "hidden, of another sort": "سلا\u2061م",
    "hidden, a tag": "hello\U000e0068",
    "hidden, too often": "س\u200bل\u200bا\u200bم\u200bع",
    "marks": "h\u0301\u0302\u0303\u0304i",
    "marks, struck through": "h\u0336e\u0336l\u0336l\u0336",
    "mixed": "hеllo wоrld",
    "mixed, with a mark between": "аpp\u0301lе pе\u0301ar",
    "fancy": "𝕙𝕖𝕝𝕝 yes",
    "split": "p e a c e f u",
    "split, by two spaces": "p  e  a  c  e  f  u",
    "split, by dots and with marks": "p\u0301.e\u0301.a.c.e\u0301.f.u",
    "split in pairs, by emoji": "he🔥ll🔥ow🔥or🔥ld🔥my🔥ab",
    "split, by emoji and blanks": "🔥 ✨ 🔥 ".join("peacefu"),
    "leet": "k1ll n0w",
    "leet, with a mark": "k1\u0301ll n0w",
}


@pytest.mark.parametrize("text", LEAST.values(), ids=LEAST)
def test_the_least_of_each_kind_is_asked_for(text: str) -> None:
    assert evasion(text).score > 0
    assert texts.read(code_points(text), compiled=True).asked == texts.EVADING


def moves(text: str) -> bool:
    laid_out = rules()
    asked, *_ = read_codes(laid_out.table, laid_out.pool, telling(), code_points(text))
    return bool(asked & texts.MOVING)


@pytest.mark.parametrize("text", SENTENCES.values(), ids=SENTENCES)
def test_nothing_is_asked_of_clean_sentences(text: str) -> None:
    assert texts.read(code_points(text), compiled=True).asked == 0


def test_little_is_asked_of_clean_texts(assets: Path) -> None:
    """Of texts of 80 languages, as long as posts are: what asks for nothing takes a third of the time."""
    asked = [
        texts.read(code_points(" ".join(sentences[first : first + 7])), compiled=True).asked
        for sentences in sentences_by_language(assets, at_most=70).values()
        for first in range(0, 70, 7)
    ]
    assert np.mean(np.array(asked) > 0) < 0.03


def test_numba_is_loaded_once_many_texts_were_read_and_no_sooner() -> None:
    program = (
        "import sys; from stanch.fingerprints.text import as_query; from stanch.fingerprints.link import find\n"
        f"for _ in range({PATIENCE}): as_query('Grey'); assert 'numba' not in sys.modules\n"
        "find('Grey'); assert 'numba' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=300)
