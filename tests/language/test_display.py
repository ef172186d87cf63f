"""What a reader sees: Unicode's own tests of the bidirectional algorithm, and what is read back."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.perturbations import reordering
from stanch.language import bidi_numba, normalise
from stanch.language.display import _brackets, displayed
from stanch.language.normalised import code_points
from stanch.language.tables import tables
from tests.language.samples import SENTENCES

UNICODE = Path("/usr/share/unicode")
CLASSES = "L R AL EN ES ET AN CS NSM BN B S WS ON LRE LRO RLE RLO PDF LRI RLI FSI PDI".split()  # noqa: SIM905 - as in UAX #9
LRO, RLO, PDF, LRI, RLI, FSI, PDI = "\u202d\u202e\u202c\u2066\u2067\u2068\u2069"
EVERY = 10
"""The suite tries one in so many of Unicode's tests; all 861,948 were tried when this was written."""


def lines(name: str) -> Iterator[str]:
    path = UNICODE / name
    if not path.is_file():
        pytest.skip(f"public test data absent: {path}, of the package unicode-data 15.0.0-1")
    yield from (line for line in path.read_text(encoding="utf-8").splitlines() if line and line[0] != "#")


def shown(levels: list[int]) -> list[int]:
    kept = np.array([i for i, level in enumerate(levels) if level >= 0], dtype=np.int32)
    order = bidi_numba.arranged(kept, np.array(levels, dtype=np.int16)[kept])
    return [int(place) for place in order]


def expected(levels: str) -> list[int]:
    return [-1 if level == "x" else int(level) for level in levels.split()]


def test_levels_and_order_of_characters_are_those_of_unicode() -> None:
    for line in islice(lines("BidiCharacterTest.txt"), 0, None, EVERY):
        text, direction, base, levels, order = line.split(";")
        codes = np.array([int(code, 16) for code in text.split()], dtype=np.uint32)
        classes = tables().bidi[codes]
        if direction == "2":
            partner = bidi_numba.partners(classes)
            assert bidi_numba.first_strong(classes, partner, 0, len(classes)) == int(base), line
        found = bidi_numba.resolve(classes, _brackets(codes), int(base)).tolist()
        assert found == expected(levels), line
        assert shown(found) == [int(place) for place in order.split()], line


def test_levels_of_classes_are_those_of_unicode() -> None:
    levels: list[int] = []
    for number, line in enumerate(lines("BidiTest.txt")):
        if line.startswith("@Levels:"):
            levels = expected(line.removeprefix("@Levels:"))
        if line[0] == "@" or number % EVERY:
            continue
        names, bits = line.split("; ")
        classes = np.array([CLASSES.index(name) for name in names.split()], dtype=np.uint8)
        none = np.zeros(len(classes), dtype=np.int32)
        for bit, base in ((2, 0), (4, 1)):
            if int(bits) & bit:
                assert bidi_numba.resolve(classes, none, base).tolist() == levels, line


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("helX\blo", "hello"),
        ("heXY\b\blo", "helo"),
        ("\b\b\x7fhi", "hi"),
        ("abc\x7f\x7f\x7f\x7fd", "d"),
        (f"{RLO}olleh{PDF} abc", "hello abc"),
        (f"{RLO}dlrow olleh", "hello world"),
        (f"say {RLO}{LRI}b{PDI}{LRI}a{PDI}{PDF}", "say ab"),
        (f"ال{LRO}مالس{PDF} عليكم", "السلام عليكم"),
        (f"سوق {LRI}+12 345 678{PDI} هنا", "سوق +12 345 678 هنا"),
        (f"كتبت {FSI}Alice Smith{PDI} رسالة", "كتبت Alice Smith رسالة"),
        (f"a {RLI}שלום עולם{PDI} b", "a שלום עולם b"),
        (f"{RLO}é\nab{PDF}", "é\nab"),
        (f"{PDF}{PDI}abc{LRI}", "abc"),
    ],
)
def test_what_a_reader_sees_is_read(text: str, seen: str) -> None:
    assert str(normalise(text)) == str(normalise(seen))


@pytest.mark.parametrize("language", sorted(SENTENCES.keys() - {"mixed directions"}))
def test_swaps_of_neighbours_are_undone(language: str) -> None:
    text = SENTENCES[language]
    for seed in range(5):
        assert str(normalise(reordering(text, Random(seed), {}))) == str(normalise(text))


@given(
    st.text(st.sampled_from(f"ab\u05d0\u0627\u06f1 1,.()\u0301\u200d\b\x7f\n{LRO}{RLO}{PDF}{LRI}{RLI}{FSI}{PDI}"))
)
def test_nothing_is_lost_or_invented_and_stretches_stay_in_order(text: str) -> None:
    codes = code_points(text)
    seen = displayed(codes)
    moving = {ord(c) for c in f"{LRO}{RLO}{PDF}{LRI}{RLI}{FSI}{PDI}\u202a\u202b"}
    kept: list[int] = []
    for code in codes.tolist():
        if code not in {8, 127}:
            kept.append(code)
        elif kept:
            kept.pop()
    assert sorted(seen.codes.tolist()) == sorted(code for code in kept if code not in moving)
    for edges in (seen.start, seen.end):
        assert (np.diff(edges) >= 0).all()
    assert ((seen.start >= 0) & (seen.start < seen.end) & (seen.end <= len(codes))).all()
    for code, start, end in zip(seen.codes, seen.start, seen.end, strict=True):
        assert code in codes[start:end]


def test_a_stretch_holds_all_that_changed_places_with_the_formatting() -> None:
    found = normalise(f"ab {RLO}dc{PDF} ef")
    assert str(found) == "abcdef"
    assert found.start.tolist() == [0, 1, 4, 4, 8, 9]
    assert found.end.tolist() == [1, 2, 7, 7, 9, 10]


@pytest.mark.parametrize(
    "text", [RLO + "ab1 " * 250_000, (LRI + "a") * 300_000, "x\b" * 500_000, "(" * 500_000 + RLO]
)
def test_long_texts_take_no_longer_for_each_character(text: str) -> None:
    assert len(displayed(code_points(text)).codes) <= len(text)
