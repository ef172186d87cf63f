"""A linear model for each family: multinomial logistic regression on sums of weights of hashed grams.

Stochastic gradient descent, one window at a time, each weight with its own step that shrinks with the squares of
its gradients (Duchi, Hazan, Singer 2011, AdaGrad). Then each weight becomes a byte, and a temperature that depends
on the number of grams makes probabilities of the sums (Guo et al. 2017, On Calibration of Modern Neural Networks).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from stanch.kernels.jit import jit
from stanch.language.identification.grams import Texts, grams
from stanch.language.identification.letters import SCRIPTS
from stanch.language.identification.model import Family
from stanch.language.identification.scoring import laid_out, summed

BITS = {"latin": 15}
FEWER_BITS = 14
EPOCHS, STEP, SMALLEST = 4, 0.02, 1e-3
CLIPPED = 0.9999
"""Weights beyond this share of all that are not zero are cut."""
AT_ONCE = 4_000

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]


def trained(
    script: str, languages: Sequence[str], texts: Sequence[str], labels: Sequence[str], seed: int
) -> Family:
    """Return a family trained on windows, not calibrated yet."""
    columns = {language: i for i, language in enumerate(languages)}
    number, bits = SCRIPTS.index(script) + 1, BITS.get(script, FEWER_BITS)
    rows, bounds = rows_of(texts, number, bits)
    wanted = np.array([columns[label] for label in labels])
    weights = np.zeros((1 << bits, len(languages)), dtype=np.float32)
    squares = np.full_like(weights, SMALLEST)
    chance = np.random.default_rng(seed)
    for epoch in range(EPOCHS):
        loss = descend(rows, bounds, wanted, chance.permutation(len(texts)), weights, squares, STEP / (epoch + 1))
        print(f"{script}: epoch {epoch + 1}, loss {loss / len(texts):.4f}", flush=True)
    size = np.quantile(np.abs(weights[weights != 0]), CLIPPED)
    scale = float(size) / 127
    small = np.clip(np.rint(weights / scale), -127, 127).astype(np.int8)
    padded = np.pad(small, ((0, 0), (0, -len(languages) % 16)))
    return Family(script=number, languages=tuple(languages), weights=padded, scale=scale, calibration=(0.0, 0.0))


def rows_of(texts: Sequence[str], script: int, bits: int) -> tuple[NDArray[np.uint32], Ints]:
    """Return the rows of the grams of each text, end to end, and where each text's begin."""
    parts, counts = [], []
    for first in range(0, len(texts), AT_ONCE):
        batch: Texts = laid_out(texts[first : first + AT_ONCE])
        found = grams(batch, np.full(len(batch), script, dtype=np.uint8))
        order = np.argsort(found.owners, kind="stable")
        parts.append(found.hashes[order] >> np.uint32(32 - bits))
        counts.append(np.bincount(found.owners, minlength=len(batch)))
    return np.concatenate(parts), np.concatenate([[0], np.cumsum(np.concatenate(counts))])


@jit
def descend(
    rows: NDArray[np.uint32],
    bounds: Ints,
    wanted: Ints,
    order: Ints,
    weights: Floats,
    squares: Floats,
    step: float,
) -> float:
    """Go through all windows once, changing `weights` and `squares`; return the sum of the losses."""
    classes = weights.shape[1]
    shares = np.empty(classes, dtype=np.float32)
    small_step, loss = np.float32(step), 0.0
    for text in order:
        first, last = bounds[text], bounds[text + 1]
        if first == last:
            continue
        shares[:] = 0
        for i in range(first, last):
            for k in range(classes):
                shares[k] += weights[rows[i], k]
        shares -= shares.max()
        shares[:] = np.exp(shares)
        shares /= shares.sum()
        loss -= np.log(shares[wanted[text]] + 1e-12)
        shares[wanted[text]] -= np.float32(1)
        for i in range(first, last):
            for k in range(classes):
                squares[rows[i], k] += shares[k] * shares[k]
                weights[rows[i], k] -= small_step * shares[k] / np.sqrt(squares[rows[i], k])
    return loss


def calibrated(family: Family, texts: Sequence[str], labels: Sequence[str]) -> tuple[float, float]:
    """Return the calibration that makes the labels of held-out texts the most probable: a grid, then finer."""
    sums, counts = summed(laid_out(texts), family, compiled=False)
    wanted = np.array([family.languages.index(label) for label in labels])
    best = (1.0, 0.5)
    for reach in (1.0, 0.2, 0.04):
        grid = [(best[0] + reach * i / 5, best[1] + reach / 2 * j / 5) for i in range(-5, 6) for j in range(-5, 6)]
        best = min(grid, key=lambda point: surprise(family, sums, counts, wanted, point))
    return best


def surprise(
    family: Family, sums: NDArray[np.int32], counts: Ints, wanted: Ints, calibration: tuple[float, float]
) -> float:
    """Return the mean negative logarithm of the probability of the right language."""
    told = Family(
        script=family.script,
        languages=family.languages,
        weights=family.weights,
        scale=family.scale,
        calibration=calibration,
    ).log_shares(sums, counts)
    return float(-told[np.arange(len(wanted)), wanted].mean())
