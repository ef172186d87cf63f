"""The weights and what adds them up: the kernels as the reference, the file as it was shipped."""

import json
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from stanch.errors import DamagedFileError, NewerVersionError
from stanch.language.identification import grams, kernels, model, scoring
from stanch.language.identification.letters import APOSTROPHE, BREAK, DROPPED, SCRIPTS, letters
from tests.conftest import ROOT
from tests.language.samples import SENTENCES

FOLDER = ROOT / "src" / "stanch" / "language" / "identification"
FILE = FOLDER / model.FILE
LETTERS = "aA'’é\u0301ß سَـۆyяक्አあ中가ﬁﻻ \u200c.7\0\ud800"
TEXTS = st.lists(
    st.one_of(
        st.text(st.sampled_from(LETTERS), max_size=60),
        st.text(st.characters(exclude_categories=()), max_size=30),
        st.sampled_from(sorted(SENTENCES.values())),
    ),
    max_size=6,
)


@given(texts=TEXTS, number=st.integers(0, 4))
@example(texts=["", "a'a", "aaaa'''b", "a", "'a'", "b\u200d'\u200db", "x" * 1_000, "ab " * 400], number=0)
@example(texts=["ab" * 5 + " " + "abc" * 11, "c" + "de" * 160], number=0)
@settings(max_examples=60)
def test_kernels_count_and_add_up_as_the_reference_does(texts: list[str], number: int) -> None:
    laid = scoring.laid_out(texts)
    family = list(model.families().values())[number]
    assert np.array_equal(scoring.counted(laid, compiled=True), scoring.counted(laid, compiled=False))
    sums, counts = scoring.summed(laid, family, compiled=True)
    plain_sums, plain_counts = scoring.summed(laid, family, compiled=False)
    assert np.array_equal(sums, plain_sums)
    assert np.array_equal(counts, plain_counts)


def test_kernels_know_the_numbers_of_the_reference() -> None:
    assert (kernels._BREAK, kernels._DROPPED, kernels._EDGE, kernels._APOSTROPHE) == (
        BREAK,
        DROPPED,
        grams.EDGE,
        APOSTROPHE,
    )
    assert (kernels._LONGEST_GRAM, kernels._LONGEST_WORD) == (grams.LONGEST_GRAM, grams.LONGEST_WORD)
    assert (kernels._LETTERS, kernels._LONGEST_RUN) == (grams.LETTERS_LOOKED_AT, grams.LONGEST_RUN)
    assert (kernels._FIRST, kernels._WORD, kernels._MULTIPLIER, kernels._SHIFT) == (
        grams.FIRST_HASH,
        grams.WORD_HASH,
        grams.MULTIPLIER,
        grams.SHIFT,
    )


def test_grams_are_hashed_as_described() -> None:
    """Judged by whole numbers of Python: other hashes would mean other weights."""
    found = grams.grams(scoring.laid_out(["Abcd'e"]), np.array([SCRIPTS.index("latin") + 1], dtype=np.uint8))
    word = [grams.EDGE, *map(ord, "abcd'e"), grams.EDGE]
    runs = [word[i : i + n] for n in range(1, 5) for i in range(len(word) - n + 1)]
    expected = [hashed(run, 0x811C9DC5) for run in runs if run != [grams.EDGE]] + [hashed(word, 0x811C9DC5 ^ 77)]
    assert sorted(found.hashes.tolist()) == sorted(expected)


def hashed(symbols: list[int], first: int) -> int:
    value = first
    for symbol in symbols:
        value = (value ^ symbol) * 0x9E3779B1 % 2**32
        value ^= value >> 15
    return value * 0x9E3779B1 % 2**32


def test_every_language_that_was_promised_is_known() -> None:
    promised = (
        "es ar en fr de da tr ru id ps ur fa prs ckb kmr bn hi pa uz tg ky kk tt tk ug zh nl it pt so sw ha am ti "
        "om yo ms tl jv bs hr sr sq ta ml te si ne my th vi dv ja ko he el pl ro bg hu cs sk sl lt lv et fi sv nb "
        "mt ga uk hy ka az sd und"
    )
    shared = {language for family in model.families().values() for language in family.languages}
    assert set(promised.split()) <= shared | set(SCRIPTS) | {"zh", "ja"}


def test_the_file_is_small_and_comes_back_as_it_was_written() -> None:
    data = FILE.read_bytes()
    assert len(data) < 4_000_000
    assert model.written(model.read(data)) == data
    assert "Attribution-ShareAlike 4.0" in (FOLDER / "WEIGHTS-LICENSE.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("place", [0, 20, 44, 60, 100_000, -1])
def test_a_changed_byte_is_noticed(place: int) -> None:
    data = bytearray(FILE.read_bytes())
    data[place] ^= 1
    with pytest.raises(DamagedFileError, match=r"weights\.bin"):
        model.read(bytes(data))


@pytest.mark.parametrize("length", [0, 7, 43, 44, 100_000])
def test_a_cut_file_is_noticed(length: int) -> None:
    with pytest.raises(DamagedFileError):
        model.read(FILE.read_bytes()[:length])


def test_a_newer_file_is_refused() -> None:
    data = bytearray(FILE.read_bytes())
    data[8] = model.VERSION + 1
    with pytest.raises(NewerVersionError):
        model.read(bytes(data))


def test_letters_are_small_and_plain_and_of_one_script() -> None:
    tables = letters()
    for letter, plain, script in [
        ("A", "a", "latin"),
        ("Ａ", "a", "latin"),
        ("𝐀", "a", "latin"),
        ("Ё", "ё", "cyrillic"),
    ]:
        assert chr(tables.symbols[ord(letter)]) == plain
        assert SCRIPTS[tables.scripts[ord(letter)] - 1] == script
    for nothing in "1،؟٣। 🙂×÷_\0":
        assert tables.symbols[ord(nothing)] == BREAK


TRAINING = """
import hashlib, json, sys
from language_model.training import calibrated, trained
from language_model.windows import noise, windows
from language_model.data import Sentence, in_latin
rows = [Sentence("train", one, text) for one, text in json.load(sys.stdin)]
labels, texts = zip(*windows(rows, "latin", 1, 7))
family = trained("latin", ["en", "tr", "vi"], texts, labels, 7)
print(hashlib.sha256(family.weights.tobytes()).hexdigest())
print(calibrated(family, texts, labels), in_latin("Љубав Џеп"), len(list(noise(rows, "latin", 7))))
"""


def test_training_gives_the_same_on_every_run() -> None:
    sentences = [
        (language, SENTENCES[name])
        for language, name in (("en", "English"), ("tr", "Turkish"), ("vi", "Vietnamese"))
    ]
    runs = {
        subprocess.run(
            [sys.executable, "-c", TRAINING],
            cwd=ROOT / "scripts",
            input=json.dumps(sentences * 50),
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for _ in range(2)
    }
    (told,) = runs
    assert "Ljubav Džep 2500" in told
