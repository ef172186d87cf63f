"""What the benchmark of text at a million writes: of each document the same as an entry keeps of it."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from benchmarks.text_scale import QUICK, bytes_result, write
from benchmarks.text_scale_documents import SEED, Chains, Read, _read, languages, read, words_of
from stanch.errors import EmptyTextError
from stanch.fingerprints.simhash import STRETCH
from stanch.fingerprints.text import FLOOR_EXACT, FLOOR_GRAMS, FLOOR_THINNED, as_entry
from stanch.matching import ArchiveSegment
from stanch.values import SHORT_GRAM, TEXT_EXACT, TEXT_GRAM, TEXT_SIMHASH
from tests.matching.archives import SCRIPTS
from tests.matching.writing import cut, writing
from tests.prints import print_or_none

DOCUMENTS = 320
"""Of twenty languages in turn; two lots."""


@pytest.fixture(scope="module")
def bank(assets: Path) -> Chains:
    """Made of every fourth language."""
    some = list(languages(assets).values())[::4]
    return Chains.of([[words for _, words in words_of(sentences)] for sentences in some])


def codes_of(texts: list[str]) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """Return texts as `Chains.codes_of` returns documents."""
    codes = np.frombuffer("".join(texts).encode("utf-32-le"), "<u4").astype(np.uint32)
    return codes, np.cumsum([len(text) for text in texts])


def stretches(counts: NDArray[np.int64]) -> list[slice]:
    return [slice(*pair) for pair in pairwise([0, *np.cumsum(counts).tolist()])]


def hold_together(lot: Read, texts: list[str]) -> None:
    """Compare a lot with what entries keep of its texts, one by one."""
    assert len(lot.counts) == len(lot.word_counts) == len(texts)
    grams, words = stretches(lot.counts), stretches(lot.word_counts)
    for place, text in enumerate(texts):
        entry = as_entry(text, "t")
        simhash, gram, exact = (print_or_none(entry, method) for method in (TEXT_SIMHASH, TEXT_GRAM, TEXT_EXACT))
        own = [] if simhash is None else simhash.bits[:, 0].tolist()
        assert lot.words[words[place]].tolist() == own, text
        assert exact is not None
        if lot.symbols[place] >= FLOOR_EXACT:
            assert lot.digests[place].tolist() == exact.bits[0].tolist()
        assert (lot.symbols[place], lot.characters[place]) == (exact.extent, len(text))
        if lot.symbols[place] >= FLOOR_THINNED:
            assert gram is not None
            assert lot.bits[grams[place]].tolist() == gram.bits.tolist()
            for name in ("at", "start", "end"):
                assert getattr(lot, name)[grams[place]].tolist() == getattr(gram, name).tolist()
    assert (len(lot.words), len(lot.bits)) == (lot.word_counts.sum(), lot.counts.sum())


def test_a_document_is_read_as_an_entry_is(bank: Chains) -> None:
    texts = bank.texts(np.arange(DOCUMENTS))
    lots = list(read(bank, 0, DOCUMENTS))
    assert len(lots) > 1
    first = 0
    for lot in lots:
        hold_together(lot, texts[first : first + len(lot.counts)])
        first += len(lot.counts)
    assert first == DOCUMENTS
    assert np.concatenate([lot.word_counts for lot in lots]).min() >= 5


@pytest.mark.parametrize("script", [*SCRIPTS, "all"])
def test_so_is_a_shorter_text(script: str) -> None:
    """Of lengths around those at which there is a word more; where it stands alone, and among others."""
    jumps = [STRETCH * half // 2 + SHORT_GRAM - 1 + off for half in range(2, 9) for off in (-1, 0, 1)]
    texts = [
        cut(writing(place, 120, one), 0, symbols)
        for place, symbols in enumerate([FLOOR_GRAMS - 1, FLOOR_GRAMS, FLOOR_GRAMS + 1, *jumps])
        for one in (SCRIPTS if script == "all" else (script,))
    ]
    assert {as_entry(text, "t").symbols for text in texts} & {FLOOR_GRAMS, *jumps[2::3]}
    hold_together(_read(*codes_of(texts)), texts)
    for text in texts[::5]:
        hold_together(_read(*codes_of([text])), [text])


def test_shorter_texts_keep_no_words() -> None:
    texts = [writing(1, 40, "arabic"), "the grey lantern of the harbour", writing(2, 40, "han"), "قصير"]
    lot = _read(*codes_of(texts))
    assert lot.word_counts.tolist() == [
        len(print_or_none(as_entry(text, "t"), TEXT_SIMHASH) or ()) for text in texts
    ]
    assert lot.word_counts.tolist()[1::2] == [0, 0]
    with pytest.raises(EmptyTextError):
        as_entry(" ", "t")


def test_what_is_written_holds_the_words_of_each_document(bank: Chains, tmp_path: Path) -> None:
    lots = list(read(bank, 0, DOCUMENTS))
    counts = np.concatenate([lot.word_counts for lot in lots])
    words = np.concatenate([lot.words for lot in lots])
    write(tmp_path / "a.segment", lots, SEED)
    segment = ArchiveSegment.open(tmp_path / "a.segment")
    assert segment.words is not None
    found, own = segment.words.of(np.arange(DOCUMENTS))
    assert (found.tolist(), own.tolist()) == (words.tolist(), counts.tolist())
    result = bytes_result([segment], 0.0)
    assert f"{TEXT_SIMHASH.id}/bits" in result.note
    assert QUICK.documents > DOCUMENTS
