"""What holds for any text of any script: characters stay whole, twice is once, letters stay, order is kept."""

import re
import unicodedata
from collections import Counter
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from stanch.fingerprints import text as texts
from stanch.language import NormalisedText, evasion, fold, normalise
from stanch.language.display import displayed
from stanch.language.normalised import code_points
from stanch.language.rules import rules
from stanch.language.tables import KIND, Kind
from tests.language.samples import SENTENCES

# Letters and marks of each script, its joiners among them; none that nobody writes.
SCRIPTS = {
    "Arabic": "ابتثجحخدذرزسشصضطظعغفقكلمنهويءآأؤإئةى\u064b\u064c\u064d\u064e\u064f"
    "\u0650\u0651\u0652\u0670ـ٠١٢٣ ،؟ﷺ",
    "Persian": "ابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی\u200cءآئ\u0654۰۱۲ ،",
    "Urdu": "ابپتٹثجچحخدڈذرڑزژسشصضطظعغفقکگلمنںوہھیےءآئۂۃ\u0654 ۔،",
    "Chinese": "这条新闻是关于老城市场的大家都可以去看一看，。國門𠀀々〇",
    "Hindi": "अआइईउऊऋएऐओऔकखगघचछजझटठडढणतथदधनपफबभमयरलवशषसह"
    "\u093e\u093f\u0940\u0941\u0942\u0947\u094b\u094d\u0902\u093c\u200d\u200c ।",
    "Amharic": "ሀሁሂለሉሊመሙሚሰሱሲረሩሪበቡቢተቱቲነኑኒአኡኢከኩኪወዉዊ፩፪፫ ።፣",
    "Thaana": "ހށނރބޅކއވމފދތލގޏސޑޒޓޔޕޖޗ\u07a6\u07a7\u07a8\u07a9\u07aa\u07ab\u07ac\u07ad\u07ae\u07af\u07b0 ،",
    "Thai": "กขคงจชซดตทนบปผพฟมยรลวสหอฮะาำเแโใไ\u0e31\u0e34\u0e35\u0e38\u0e39\u0e48\u0e49\u0e4c ",
    "Korean": "가각간갇갈값나다라마바사아자차카타파하한글이것\u1112\u1161\u11ab ",
    "Latin": "abcdefghijklmnopqrstuvwxyzABCéñøßİıạ̀\u0301\u0323 .,",
    "mixed": "aбאا中가हไሀހ1٣ \u0301\u064e\u093f\u05b8\u200d\u200c(]",
}
SHIFTING = "\b\x7f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\u00ad\U0001f468\ufe0f\ud800\ue000"
PLAIN = st.sampled_from(list(SCRIPTS.values())).flatmap(lambda letters: st.text(letters, max_size=60))
ANY = st.sampled_from(list(SCRIPTS.values())).flatmap(lambda letters: st.text(letters + SHIFTING, max_size=60))
WAYS = (normalise, fold)
LEFT_OUT = "ءـ"
"""Hamza on the line, which writers leave out, and what stretches a line."""


@cache
def opens(code: int) -> bool:
    """Whether a character begins one that a reader sees; marks, joiners and the like belong to the one before."""
    return int(rules().table[code]) >> KIND != Kind.ATTACHED


def stretches(found: NormalisedText) -> list[tuple[int, int]]:
    return list(zip(found.start.tolist(), found.end.tolist(), strict=True))


@given(ANY)
@example("e\u0301\b\u0301")
@example("\u202eبָ\u0301a\u202c\u093f")
def test_stretches_are_cut_between_characters_that_readers_see(text: str) -> None:
    codes = [ord(c) for c in text]
    for way in WAYS:
        found = stretches(way(text))
        assert all(a <= c and b <= d for (a, b), (c, d) in pairwise(found))
        for start, end in found:
            assert 0 <= start < end <= len(text)
        if not set(text) & set(SHIFTING) and way is normalise:
            assert all(opens(codes[start]) for start, _ in found)
            assert all(end == len(text) or opens(codes[end]) for _, end in found)


@given(PLAIN)
def test_passages_of_a_query_never_cut_what_a_reader_sees_as_one(text: str) -> None:
    """No mark stands right behind the edge of a gram: a highlight holds whole letters with all that is on them."""
    reading = texts.as_query(text)
    for found in reading.fingerprints:
        for start, end in zip(found.start.astype(int), found.end.astype(int), strict=True):
            for edge in (start, end):
                assert edge in {0, len(text)} or opens(ord(text[edge])), (text, edge)
            assert end == len(text) or not unicodedata.combining(text[end])


@given(ANY)
def test_twice_is_once(text: str) -> None:
    for way in WAYS:
        once = way(text)
        again = way(str(once))
        assert again.symbols.tolist() == once.symbols.tolist()
    assert evasion(str(normalise(text))).moved == evasion(str(fold(text))).deleted == 0


@given(PLAIN, PLAIN)
@example("a", "\u0301")
def test_what_stands_before_or_after_changes_no_letter_further_away(first: str, second: str) -> None:
    """Texts put together with words between them hold the symbols of both, but for those that touch."""
    between = " \n中文中文 "
    whole = str(normalise(first + between + second))
    assert whole.startswith(str(normalise(first))[: max(0, len(str(normalise(first))) - 3)])
    assert whole.endswith(str(normalise(second))[3:])


@pytest.mark.parametrize("script", SCRIPTS)
def test_every_letter_of_a_script_is_kept(script: str) -> None:
    """Each letter leaves something by itself, and the same letters do among others."""
    letters = [letter for letter in SCRIPTS[script] if unicodedata.category(letter)[0] in "LN"]
    for letter in letters:
        assert len(normalise(letter)) >= (letter not in LEFT_OUT), letter
        assert len(fold(letter)) >= (letter not in LEFT_OUT), letter
    text = " ".join(letters)
    kept = {start for start, _ in stretches(normalise(text))}
    assert kept == {place for place, letter in enumerate(text) if letter not in f" {LEFT_OUT}"}


@given(PLAIN)
@example("ااااا ههههه 中中中中 कककक 값값값값")
def test_clean_text_keeps_its_letters(text: str) -> None:
    """Every letter lies in the stretch of a symbol: only the third and further of a run share theirs."""
    covered = np.zeros(len(text), dtype=np.bool_)
    for start, end in stretches(normalise(text)):
        covered[start:end] = True
    letters = [p for p, c in enumerate(text) if unicodedata.category(c)[0] in "LN" and c not in LEFT_OUT]
    assert covered[letters].all()


@given(PLAIN)
def test_folding_keeps_words_and_their_order(text: str) -> None:
    folded = str(fold(text))
    assert fold(text.replace(" ", "  \n ")).symbols.tolist() == fold(text).symbols.tolist()
    words = [str(fold(word)) for word in re.split(r"[ \n]+", text)]
    together = " ".join(word for word in words if word)
    assert Counter(folded.replace(" ", "")) == Counter(together.replace(" ", ""))
    assert len(folded.split()) <= len(together.split())  # a mark after a space belongs to the word before it


@given(PLAIN)
@example("ab\u200ccd")
def test_what_has_no_formatting_is_displayed_as_it_is(text: str) -> None:
    codes = code_points(text)
    seen = displayed(codes)
    assert seen.codes.tolist() == codes.tolist()
    assert seen.start.tolist() == list(range(len(text)))
    assert seen.end.tolist() == list(range(1, len(text) + 1))
    assert (seen.moved, seen.deleted) == (0, 0)


@pytest.mark.parametrize("language", SENTENCES)
def test_a_sentence_is_displayed_as_it_is(language: str) -> None:
    codes = code_points(SENTENCES[language])
    assert displayed(codes).codes.tolist() == codes.tolist()


@given(ANY)
def test_what_is_displayed_is_displayed_as_it_is(text: str) -> None:
    seen = displayed(code_points(text))
    again = displayed(seen.codes)
    assert again.codes.tolist() == seen.codes.tolist()
    assert (again.moved, again.deleted) == (0, 0)


@given(ANY)
def test_scores_are_shares_and_name_what_was_undone(text: str) -> None:
    found = evasion(text)
    assert 0 <= found.score <= 1
    assert (found.score > 0) == bool(found.undone)
    assert all(getattr(found, name) > 0 for name in found.undone)
    reading = texts.as_query(text)
    assert (reading.evasion, reading.undone) == (found.score, found.undone)
