"""Sums of weights of many texts at once: compiled for large batches, in plain numpy for small ones, and equal."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from stanch.language.identification.grams import Counts, Texts, grams, script_counts
from stanch.language.identification.kernels import count_scripts, sum_rows
from stanch.language.identification.letters import SCRIPTS, codes_of, letters, prepared, unprepared
from stanch.language.identification.model import Family

COMPILED_FROM: Final = 40_000
"""From so many characters on, compiled code is worth loading."""
Sums = NDArray[np.int32]


def laid_out(texts: Sequence[str]) -> Texts:
    """Lay texts end to end, each prepared."""
    laid = _end_to_end(texts)
    places = np.flatnonzero(unprepared()[laid.codes])
    if not len(places):
        return laid
    ready = list(texts)
    for i in np.unique(np.searchsorted(laid.bounds, places, side="right") - 1).tolist():
        ready[i] = prepared(ready[i])
    return _end_to_end(ready)


def _end_to_end(texts: Sequence[str]) -> Texts:
    bounds = np.zeros(len(texts) + 1, dtype=np.int64)
    np.cumsum([len(text) for text in texts], out=bounds[1:])
    return Texts(codes=codes_of("".join(texts)), bounds=bounds)


def is_large(texts: Texts) -> bool:
    """Whether texts are worth compiled code."""
    return len(texts.codes) >= COMPILED_FROM


def counted(texts: Texts, *, compiled: bool) -> Counts:
    """Count letters by script, shape (texts, 1 + scripts)."""
    if not compiled:
        return script_counts(texts)
    counts = np.zeros((len(texts), len(SCRIPTS) + 1), dtype=np.int64)
    count_scripts(texts.codes, texts.bounds, letters().scripts, counts)
    return counts


def summed(texts: Texts, family: Family, *, compiled: bool) -> tuple[Sums, Counts]:
    """Return the sums of the rows of a family, shape (texts, columns), and the number of grams of each text."""
    wanted = np.full(len(texts), family.script, dtype=np.uint8)
    sums = np.zeros((len(texts), family.weights.shape[1]), dtype=np.int32)
    counts = np.zeros(len(texts), dtype=np.int64)
    if compiled:
        tables = letters()
        sum_rows(texts.codes, texts.bounds, wanted, tables.symbols, tables.scripts, family.weights, sums, counts)
        return sums, counts
    found = grams(texts, wanted)
    rows = found.hashes >> np.uint32(33 - len(family.weights).bit_length())
    order = np.argsort(found.owners, kind="stable")
    owners, firsts = np.unique(found.owners[order], return_index=True)
    if len(owners):
        sums[owners] = np.add.reduceat(family.weights[rows[order]], firsts, axis=0, dtype=np.int32)
    counts += np.bincount(found.owners, minlength=len(texts))
    return sums, counts


def chosen(texts: Texts, numbers: Counts) -> Texts:
    """Return some of the texts."""
    lengths = np.diff(texts.bounds)[numbers]
    bounds = np.zeros(len(numbers) + 1, dtype=np.int64)
    np.cumsum(lengths, out=bounds[1:])
    places = np.arange(bounds[-1]) + np.repeat(texts.bounds[:-1][numbers] - bounds[:-1], lengths)
    return Texts(codes=texts.codes[places], bounds=bounds)
