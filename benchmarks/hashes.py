"""Image hashes by the million, as if drawn by lot or in crowds as in real banks, and queries for them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

WORDS, BITS = 4, 256
CHUNK = 16
"""Bits beside each other that errors are concentrated in."""

FARTHEST = 32
"""Plants lie at 0 to so many bits: one more than the radius that is searched, 31."""

UNIQUE, NEAR = 0.6, 0.3
"""Shares of clustered hashes that are unique and near-duplicates; the others have few different rows of bits."""

CROWD = 50
"""Near-duplicates of one original, on average; the sizes of crowds fall as the power -0.9 of their rank (Zipf)."""

NOISE = 12
"""Bits that a near-duplicate differs by from its original, at most."""

POOL = 48
"""Different rows of 16 bits in hashes of low entropy; the first ones are plain or striped."""

Words = NDArray[np.uint64]


@dataclass(frozen=True, kw_only=True, slots=True)
class Queries:
    """Hashes to look for: every other one is planted near a stored one, the others are drawn by lot.

    Parameters
    ----------
    bits : uint64 array, shape (queries, 4).
    planted : int64 array, near which row it was planted; -1 for those that were not.
    distance : int64 array, how many bits from it: 0 to 32, each as often; -1 likewise.
    """

    bits: Words
    planted: NDArray[np.int64]
    distance: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.bits)


def uniform(count: int, seed: int) -> Words:
    """Return hashes drawn by lot: the easy case, in which no two are near each other."""
    return np.random.default_rng(seed).integers(0, 2**64, size=(count, WORDS), dtype=np.uint64)


def clustered(count: int, seed: int) -> Words:
    """Return hashes as banks hold them: 60 % unique, 30 % in crowds of near-duplicates, 10 % of low entropy."""
    random = np.random.default_rng(seed)
    unique, near = int(count * UNIQUE), int(count * NEAR)
    hashes = np.empty((count, WORDS), np.uint64)
    hashes[:unique] = random.integers(0, 2**64, size=(unique, WORDS), dtype=np.uint64)
    hashes[unique : unique + near] = _crowds(near, random)
    hashes[unique + near :] = _low_entropy(count - unique - near, random)
    random.shuffle(hashes, axis=0)
    return hashes


DISTRIBUTIONS = {"uniform": uniform, "clustered": clustered}


def queries(stored: Words, count: int, seed: int) -> Queries:
    """Return queries of which half are planted at every distance, the others are drawn by lot.

    The errors of every other plant are spread over all bits. Those of the others are concentrated in one chunk,
    or, where there are more than it has bits, in as few as can hold them, one behind the other.

    Parameters
    ----------
    stored : uint64 array, shape (rows, 4), the hashes near which to plant.
    """
    random = np.random.default_rng((seed, 1))  # other numbers than those of hashes with the same seed
    bits = random.integers(0, 2**64, size=(count, WORDS), dtype=np.uint64)
    planted, distance = np.full(count, -1), np.full(count, -1)
    plants = len(bits[::2])
    planted[::2] = random.integers(0, len(stored), plants)
    distance[::2] = np.arange(plants) % (FARTHEST + 1)
    concentrated = np.arange(plants) // (FARTHEST + 1) % 2 == 1
    bits[::2] = stored[planted[::2]] ^ _errors(distance[::2], concentrated, random)
    return Queries(bits=bits, planted=planted, distance=distance)


def _errors(count: NDArray[np.int64], concentrated: NDArray[np.bool_], random: np.random.Generator) -> Words:
    """Return masks of so many bits each."""
    chunks = np.maximum(1, -(-count // CHUNK))
    begins = random.integers(0, BITS // CHUNK, len(count)) * CHUNK
    behind = (np.arange(BITS) - begins[:, None]) % BITS
    outside = concentrated[:, None] & (behind >= chunks[:, None] * CHUNK)
    rank = (random.random((len(count), BITS)) + outside).argsort(axis=1).argsort(axis=1)
    return np.packbits(rank < count[:, None], axis=1, bitorder="little").view(np.uint64)


def _crowds(count: int, random: np.random.Generator) -> Words:
    """Return near-duplicates of far fewer originals, some of which have a great many."""
    originals = random.integers(0, 2**64, size=(max(10, count // CROWD), WORDS), dtype=np.uint64)
    share = 1 / np.arange(1, len(originals) + 1) ** 0.9
    hashes = originals[random.choice(len(originals), size=count, p=share / share.sum())]
    wrong = random.integers(0, NOISE + 1, size=count)
    for number in range(NOISE):
        rows = np.flatnonzero(wrong > number)
        bit = random.integers(0, BITS, size=len(rows))
        hashes[rows, bit >> 6] ^= np.uint64(1) << (bit & 63).astype(np.uint64)
    return hashes


def _low_entropy(count: int, random: np.random.Generator) -> Words:
    """Return hashes made of few different rows of 16 bits, the first of which are the most frequent."""
    pool = random.integers(0, 1 << CHUNK, size=POOL).astype(np.uint16)
    pool[:4] = 0x0000, 0xFFFF, 0x5555, 0xAAAA
    share = 1 / np.arange(1, POOL + 1)
    rows = random.choice(POOL, size=(count, BITS // CHUNK), p=share / share.sum())
    return pool[rows].view(np.uint64)
