"""Texts: grams that survive, a digest that tells identity, and golden vectors that never change."""

import hashlib
import json
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from stanch.errors import EmptyTextError
from stanch.fingerprints import text as texts
from stanch.fingerprints.reading import Reading
from stanch.language import LONGEST_TEXT, normalise
from stanch.values import AS_IS, GRAM, TEXT_EXACT, TEXT_GRAM, Fingerprint, Medium
from tests.language import attacks
from tests.language.samples import SENTENCES

GOLDEN = json.loads(Path(__file__).with_name("golden_text.json").read_text(encoding="ascii"))
WORD = (1 << 64) - 1


def grams(reading: Reading) -> Fingerprint | None:
    return next((found for found in reading.fingerprints if found.method is TEXT_GRAM), None)


def exact(reading: Reading) -> str:
    return next(found.hex()[0] for found in reading.fingerprints if found.method is TEXT_EXACT)


def slow_mix(value: int) -> int:
    value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9 & WORD
    value = (value ^ value >> 27) * 0x94D049BB133111EB & WORD
    return value ^ value >> 31


def slow_hashes(symbols: list[int]) -> list[int]:
    """Hash each gram on its own."""
    hashes = []
    for i in range(len(symbols) - GRAM + 1):
        total = 0
        for symbol in symbols[i : i + GRAM]:
            total = (total * 0x9E3779B97F4A7C15 + slow_mix(symbol)) & WORD
        hashes.append(slow_mix(total) >> 16)
    return hashes


def slow_winnow(hashes: list[int]) -> list[int]:
    """Look at every window on its own."""
    width = min(texts.WINDOW, len(hashes))
    kept = set()
    for i in range(len(hashes) - width + 1):
        window = hashes[i : i + width]
        kept.add(i + max(j for j in range(width) if window[j] == min(window)))
    return sorted(kept)


@given(st.lists(st.integers(0, 2**32 - 1), max_size=60))
def test_hashes_agree_with_hashing_gram_by_gram(symbols: list[int]) -> None:
    fast: NDArray[np.uint64] = texts.gram_hashes(np.array(symbols, dtype=np.uint32))
    assert fast.tolist() == slow_hashes(symbols)


@given(st.lists(st.integers(0, 9), max_size=80))
def test_winnowing_agrees_with_looking_window_by_window(hashes: list[int]) -> None:
    assert texts.winnow(np.array(hashes, dtype=np.uint64)).tolist() == (slow_winnow(hashes) if hashes else [])


@pytest.mark.parametrize("golden", GOLDEN, ids=[golden["name"] for golden in GOLDEN])
@pytest.mark.parametrize("compiled", [False, True], ids=["plain", "compiled"])
def test_golden_vectors(golden: dict[str, Any], compiled: bool) -> None:  # noqa: FBT001 - a parameter of the test
    text = "".join(map(chr, golden["code_points"]))
    normalised = normalise(text)
    query = texts.as_query(text, compiled=compiled)
    entry = texts.as_entry(text, name="golden", compiled=compiled)
    found = grams(query)
    banked = grams(entry)
    assert found is not None
    symbols = normalised.symbols.astype("<u4").tobytes()
    assert query.symbols == golden["symbols"]
    assert hashlib.sha256(symbols).hexdigest() == golden["symbols_sha256"]
    assert normalised.end[:5].tolist() == golden["first_ends"]
    assert found.hex()[:3] == golden["first_grams"]
    assert hashlib.sha256(found.bits.astype("<u8").tobytes()).hexdigest() == golden["grams_sha256"]
    assert (None if banked is None else banked.at[:8].tolist()) == golden["first_banked"]
    assert (0 if banked is None else len(banked)) == golden["banked"]
    assert exact(query) == exact(entry) == golden["exact"]


def test_golden_vectors_cover_many_scripts_and_every_size() -> None:
    assert len(GOLDEN) >= 20
    assert {golden["banked"] == 0 for golden in GOLDEN} == {True, False}
    assert any(golden["symbols"] >= texts.FLOOR_THINNED for golden in GOLDEN)


@pytest.mark.parametrize("text", SENTENCES.values(), ids=SENTENCES)
def test_grams_cover_the_characters_they_were_made_of(text: str) -> None:
    found = grams(texts.as_query(text))
    assert found is not None
    symbols = normalise(text).symbols
    assert found.extent == len(symbols)
    assert found.at.tolist() == list(range(len(symbols) - GRAM + 1))
    for at, start, end in zip(found.at, found.start, found.end, strict=True):
        wanted = symbols[int(at) : int(at) + GRAM].tolist()
        covered = normalise(text[int(start) : int(end)]).symbols.tolist()
        assert any(covered[i : i + GRAM] == wanted for i in range(len(covered)))
    assert set(found.quality.tolist()) == {100}
    assert found.variant == AS_IS


@pytest.mark.parametrize("text", SENTENCES.values(), ids=SENTENCES)
def test_what_is_banked_is_found_inside_another_text(text: str) -> None:
    around = f"{SENTENCES['Turkish']} {text} {SENTENCES['Persian']}"
    banked, found = grams(texts.as_entry(f"{text} {text}", name="entry")), grams(texts.as_query(around))
    assert banked is not None
    assert found is not None
    inside = banked.at < normalise(text).symbols.size - GRAM
    assert inside.sum() > 5
    assert set(banked.bits[inside, 0].tolist()) <= set(found.bits[:, 0].tolist())


@pytest.mark.parametrize("attack", attacks.ATTACKS, ids=lambda attack: attack.__name__)
def test_attacks_leave_every_fingerprint_as_it_was(attack: attacks.Attack) -> None:
    text = "\n".join(SENTENCES.values())
    clean, attacked = texts.as_query(text), texts.as_query(attack(text, Random(3)))
    assert [found.hex() for found in clean.fingerprints] == [found.hex() for found in attacked.fingerprints]


def test_long_entries_are_thinned_and_each_window_keeps_one() -> None:
    text = " ".join(SENTENCES.values())
    found, banked = grams(texts.as_query(text)), grams(texts.as_entry(text, name="entry"))
    assert found is not None
    assert banked is not None
    assert normalise(text).symbols.size >= texts.FLOOR_THINNED
    assert len(banked) < len(found) / 5
    edges = np.concatenate([[-1], banked.at, [len(found)]])
    assert np.diff(edges).max() <= texts.WINDOW
    places = banked.at.astype(int)
    for name in ("bits", "start", "end", "at"):
        assert (getattr(banked, name) == getattr(found, name)[places]).all()


@pytest.mark.parametrize(("symbols", "thinned"), [(399, False), (400, True)])
def test_thinning_begins_at_its_floor(symbols: int, thinned: bool) -> None:  # noqa: FBT001 - a parameter of the test
    random = Random(1)
    text = "".join(random.choice("abcdefghkmnpqruvwxyz") for _ in range(3 * symbols))
    text = text[: int(normalise(text).end[symbols - 1])]
    banked = grams(texts.as_entry(text, name="entry"))
    assert normalise(text).symbols.size == symbols
    assert banked is not None
    assert (len(banked) < symbols - GRAM + 1) is thinned


@pytest.mark.parametrize(
    ("characters", "banked"), [("abcdefghkm" * 4, True), ("abcdefghkm" * 3 + "npqruvwxy", False)]
)
def test_short_entries_have_no_grams(characters: str, banked: bool) -> None:  # noqa: FBT001 - ditto
    assert (grams(texts.as_entry(characters, name="entry")) is not None) is banked
    assert grams(texts.as_query(characters)) is not None


def test_a_query_of_fewer_symbols_than_a_gram_has_only_its_digest() -> None:
    reading = texts.as_query("中国人民大!")
    assert [found.method for found in reading.fingerprints] == [TEXT_EXACT]
    assert reading.symbols == 10


def test_identity_of_long_texts_is_of_symbols_and_of_short_ones_of_characters() -> None:
    long = SENTENCES["Arabic"]
    assert exact(texts.as_query(long)) == exact(texts.as_query(attacks.accents(long, Random(1)) + "!"))
    short = "Café بازار"
    assert exact(texts.as_query(short)) == exact(texts.as_query("Cafe\u0301 بازار"))
    for other in ("café بازار", "Café بازار ", "Cafe بازار", "Café بازار!"):
        assert exact(texts.as_query(short)) != exact(texts.as_query(other))


def test_a_short_text_never_has_the_digest_of_a_long_one() -> None:
    """The bytes of 41 Arabic letters, as hashed, are also those of a text of one letter between signs."""
    long = "ابتثج" * 8 + "ف"
    crafted = normalise(long).symbols.astype("<u4").tobytes().decode("utf-8")
    assert normalise(crafted).symbols.size == 1
    assert exact(texts.as_query(crafted)) != exact(texts.as_query(long))


def test_the_whole_text_is_covered() -> None:
    text = "  " + SENTENCES["Urdu"] + "  "
    whole = next(found for found in texts.as_query(text).fingerprints if found.method is TEXT_EXACT)
    assert (whole.start.tolist(), whole.end.tolist(), whole.at.tolist()) == ([0], [len(text)], [0])
    assert whole.extent == normalise(text).symbols.size


@pytest.mark.parametrize("text", ["", " \n", "…!?", "🔥🔥", "\u200b\u0301", "\ud800", "\ue000"])
def test_what_normalises_to_nothing_is_never_banked(text: str) -> None:
    with pytest.raises(EmptyTextError, match="entry 7"):
        texts.as_entry(text, name="entry 7")
    assert texts.as_query(text).fingerprints == ()


def test_what_cannot_be_read_is_said_and_the_rest_is_still_read() -> None:
    reading = texts.as_query(SENTENCES["Chinese"] + "\ud800" + "\u0301" * 2_000)
    assert [problem.code for problem in reading.not_scanned] == ["lone-surrogates", "nothing-to-read"]
    assert "2,001 characters in a row at character 23" in reading.not_scanned[1].reason
    assert reading.medium is Medium.TEXT
    found, clean = grams(reading), grams(texts.as_query(SENTENCES["Chinese"]))
    assert found is not None
    assert clean is not None
    assert found.hex() == clean.hex()


def test_a_text_that_is_too_long_is_read_to_the_limit_and_has_no_identity() -> None:
    sentence = SENTENCES["Persian"]
    text = sentence * (LONGEST_TEXT // len(sentence) + 1)
    reading = texts.as_query(text)
    assert [problem.code for problem in reading.not_scanned] == ["text-too-long"]
    assert [found.method for found in reading.fingerprints] == [TEXT_GRAM]
    assert reading.fingerprints[0].end.max() <= LONGEST_TEXT


@pytest.mark.parametrize("language", SENTENCES)
def test_a_query_says_how_much_of_a_text_was_undone(language: str) -> None:
    text = SENTENCES[language]
    clean, hidden = texts.as_query(text), texts.as_query(text + "\u202e" + text[::-1] + "\u202c" + "x\b" * 20)
    assert (clean.evasion, clean.undone) == (0, ())
    assert 0 < hidden.evasion <= 1
    assert {"moved", "deleted"} >= set(hidden.undone) > set()
    assert texts.as_entry(text, name="text").evasion == 0  # of what is banked nobody asks
