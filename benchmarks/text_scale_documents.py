"""A million documents of about 930 characters in 80 languages, and texts of the same kind that are in no bank.

The sentences of SIB-200 are cut into words (scripts that write no spaces into groups of three characters) and
strung together anew, language by language: what follows a word is what follows the last two somewhere in the
sentences (a chain of order 2), but after `LEAP` of 1,000 words the next is any word of the language. Without such
leaps the chains of some 15,000 words a language would say the same over and over. Every eighth sentence is held
out, and benign texts are strung together from these alone.
"""

import gzip
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from benchmarks.text_scale_kernels import strung, thinned
from stanch.fingerprints.simhash import STRETCH
from stanch.fingerprints.text import FLOOR_GRAMS, WINDOW, gram_hashes, short_hashes
from stanch.kernels.simhash_numba import write_words
from stanch.language.normalised import NormalisedText, normalise_codes
from stanch.matching.archive_layout import runs
from stanch.matching.indexing import first_occurrences
from stanch.values import GRAM, SHORT_GRAM

SENTENCES = "text/sib200_80langs.tsv.gz"
SEED = 20_181_208
LEAST, MOST = 760, 1090
"""Characters of a document, but for the end of its last word; 930 on average."""

LEAP = 400
HELD_OUT = 8
GROUP = 3
"""So many characters of a script without spaces count as a word."""

LONG = 20
"""Words longer than this on average are none: the script writes no spaces."""

LOT = 250
"""So many documents are normalised at a time."""

BETWEEN = "\n\u9f98\n"
"""Stands between documents that are normalised together: no run of letters goes on across it."""

Places = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Chains:
    """What `strung` draws from: the tokens of all languages, one behind the other; see its parameters."""

    bounds: Places
    group: Places
    members: Places
    last: NDArray[np.bool_]
    token: Places
    begins: Places
    codes: NDArray[np.uint32]

    @classmethod
    def of(cls, languages: list[list[list[str]]]) -> Self:
        """Make chains of the words of the sentences of languages."""
        words: dict[str, int] = {}
        token, last, bounds, pairs = list[int](), list[bool](), [0], list[tuple[int, int, int]]()
        for number, sentences in enumerate(languages):
            for sentence in sentences:
                before = -1
                for word in sentence:
                    token.append(words.setdefault(word, len(words)))
                    pairs.append((number, before, token[-1]))
                    before = token[-1]
                last += [False] * (len(sentence) - 1) + [True]
            bounds.append(len(token))
        _, group = np.unique(np.array(pairs), axis=0, return_inverse=True)
        group = group.reshape(-1)
        inner = np.flatnonzero(~np.array(last))  # what ends a sentence is followed by nothing
        order = inner[np.argsort(group[inner], kind="stable")]
        sizes = np.bincount(group[inner], minlength=int(group.max()) + 1)
        starts = len(sizes) + 1 + np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes)])
        written = [np.frombuffer(word.encode("utf-32-le"), "<u4").astype(np.uint32) for word in words]
        return cls(
            bounds=np.array(bounds),
            group=group,
            members=np.concatenate([starts, order]),
            last=np.array(last),
            token=np.array(token),
            begins=np.concatenate([np.zeros(1, np.int64), np.cumsum([len(each) for each in written])]),
            codes=np.concatenate(written),
        )

    def codes_of(self, numbers: Places, seed: int) -> tuple[NDArray[np.uint32], Places]:
        """Return the code points of documents by their numbers, one behind the other, and where each ends."""
        seeds = np.uint64(seed << 32) + numbers.astype(np.uint64) * np.uint64(0xD1342543DE82EF95)
        language = numbers % (len(self.bounds) - 1)
        out = np.empty(len(numbers) * (MOST + int(np.diff(self.begins).max())), np.uint32)
        ends = np.empty(len(numbers), np.int64)
        chain = (self.bounds, self.group, self.members, self.last, self.token, self.begins, self.codes)
        size = strung(seeds, language, *chain, np.int64(LEAP), LEAST, MOST, out, ends)
        return out[:size], ends

    def texts(self, numbers: Places, seed: int = SEED) -> list[str]:
        """Return documents as texts."""
        codes, ends = self.codes_of(numbers, seed)
        pieces = np.split(codes, ends[:-1])
        return [piece.astype("<u4").tobytes().decode("utf-32-le") for piece in pieces]


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Read:
    """What entries keep of some documents, one behind the other; as `as_entry` reads them one by one.

    Parameters
    ----------
    digests : uint64 array, shape (documents, 4), of `text-exact/1`.
    characters, symbols, counts : int64 arrays, shape (documents,): how many of each, and how many grams are kept.
    bits : uint64 array, shape (grams, 1).
    kept : bool array, shape (grams,), which are indexed.
    at, start, end : uint32 arrays, shape (grams,).
    words : uint64 array, shape (words,), of `text-simhash/1`; `word_counts` says how many each document has.
    """

    digests: NDArray[np.uint64]
    characters: Places
    symbols: Places
    counts: Places
    bits: NDArray[np.uint64]
    kept: NDArray[np.bool_]
    at: NDArray[np.uint32]
    start: NDArray[np.uint32]
    end: NDArray[np.uint32]
    words: NDArray[np.uint64]
    word_counts: Places


def languages(assets: Path) -> dict[str, list[tuple[int, str]]]:
    """Return the numbered sentences of each language."""
    found: dict[str, list[tuple[int, str]]] = {}
    with gzip.open(assets / SENTENCES, "rt", encoding="utf-8") as lines:
        next(lines)
        for line in lines:
            code, _, number, _, text = line.rstrip("\n").split("\t")
            found.setdefault(code, []).append((int(number), text))
    return found


@cache
def chains(assets: Path) -> tuple[Chains, Chains]:
    """Return the chains of the bank, and those of sentences that were held out."""
    divided = [words_of(sentences) for sentences in languages(assets).values()]
    bank = [[words for number, words in some if number % HELD_OUT] for some in divided]
    held_out = [[words for number, words in some if number % HELD_OUT == 0] for some in divided]
    return Chains.of(bank), Chains.of(held_out)


def words_of(sentences: list[tuple[int, str]]) -> list[tuple[int, list[str]]]:
    """Return each sentence as words, each with the space behind it, if there are any."""
    pieces = [text.split() for _, text in sentences]
    total = sum(len(word) for some in pieces for word in some)
    if total < LONG * sum(map(len, pieces)):
        return [
            (number, [f"{word} " for word in some]) for (number, _), some in zip(sentences, pieces, strict=True)
        ]
    return [
        (number, [text[place : place + GROUP] for place in range(0, len(text), GROUP)])
        for number, text in sentences
    ]


def read(bank: Chains, begin: int, end: int, seed: int = SEED) -> Iterator[Read]:
    """Read documents `begin` to `end`, some at a time."""
    for first in range(begin, end, LOT):
        yield _read(*bank.codes_of(np.arange(first, min(first + LOT, end)), seed))


def _read(codes: NDArray[np.uint32], ends: Places) -> Read:
    between = np.frombuffer(BETWEEN.encode("utf-32-le"), "<u4").astype(np.uint32)
    begins = np.concatenate([np.zeros(1, np.int64), ends[:-1]])
    joined = np.insert(codes, np.repeat(ends, len(between)), np.tile(between, len(ends)))
    whole = normalise_codes(joined)
    offsets = begins + len(between) * np.arange(len(ends))
    first = np.searchsorted(whole.start, offsets)
    last = np.searchsorted(whole.start, offsets + (ends - begins))
    hashes = gram_hashes(whole.symbols)
    kept, counts = np.empty(len(hashes), np.int64), np.empty(len(ends), np.int64)
    kept = kept[: thinned(hashes, first, np.maximum(first, last - GRAM + 1), WINDOW, kept, counts)]
    owner = np.repeat(np.arange(len(ends)), counts)
    bits = hashes[kept].reshape(-1, 1)
    words, word_counts = _simhashes(whole.symbols, first, last)
    return Read(
        digests=_digests(whole, first, last),
        characters=ends - begins,
        symbols=last - first,
        counts=counts,
        bits=bits,
        kept=first_occurrences(np.column_stack([bits, owner.astype(np.uint64)])),
        at=(kept - first[owner]).astype(np.uint32),
        start=(whole.start[kept] - offsets[owner]).astype(np.uint32),
        end=(whole.end[kept + GRAM - 1] - offsets[owner]).astype(np.uint32),
        words=words,
        word_counts=word_counts,
    )


def _simhashes(symbols: NDArray[np.uint32], first: Places, last: Places) -> tuple[NDArray[np.uint64], Places]:
    """Return the words of documents, which begin and end there among the symbols, and how many each has."""
    grams = np.where(last - first >= FLOOR_GRAMS, last - first - SHORT_GRAM + 1, 0)
    counts = np.where(grams, np.maximum(1, (grams + STRETCH // 2) // STRETCH), 0)
    begins = np.repeat(np.cumsum(grams) - grams, counts) + STRETCH * runs(np.zeros_like(counts), counts)
    words = np.empty(len(begins), np.uint64)
    write_words(short_hashes(symbols)[runs(first, grams)], np.append(begins, grams.sum()), words)
    return words, counts


def _digests(whole: NormalisedText, first: Places, last: Places) -> NDArray[np.uint64]:
    """Return what `exact_digest` does of texts as long as these."""
    symbols = whole.symbols.astype("<u4")
    made = [
        hashlib.sha256(b"stanch text-exact/1 symbols\0" + symbols[begin:end].tobytes()).digest()
        for begin, end in zip(first.tolist(), last.tolist(), strict=True)
    ]
    return np.frombuffer(b"".join(made), ">u8").astype(np.uint64).reshape(-1, 4)
