"""Features for tests of equality, as skewed as they can be, and what a search of them must find."""

from collections.abc import Sequence

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from stanch.index import NEVER, Hits, Rows
from stanch.index.sealed_postings import SealedPostings
from stanch.kernels.keys import keys_of

Feature = tuple[int, ...]
Place = tuple[Feature, int, int, float, int]

ALL = 2**64 - 1


def unmixed(mixed: int) -> int:
    """Return the word that the mixing of a key takes to this one, each of its steps undone."""
    for shift, factor in ((31, 0x94D049BB133111EB), (27, 0xBF58476D1CE4E5B9), (30, 1)):
        mixed ^= mixed >> shift ^ mixed >> 2 * shift
        mixed = mixed * pow(factor, -1, 2**64) & ALL
    return mixed


def with_key(wanted: int, first: Feature) -> Feature:
    """Return a feature that has this key and begins with these words."""
    before = int(keys_of(as_bits([first]))[0]) if first else 0
    return *first, unmixed(wanted) ^ before


def as_bits(features: Sequence[Feature], words: int = 1) -> NDArray[np.uint64]:
    return np.array(features, dtype=np.uint64).reshape(len(features), len(features[0]) if features else words)


def as_rows(places: Sequence[Place], words: int) -> Rows:
    bits, entry, bank, at, expires = zip(*places, strict=True) if places else ((),) * 5
    return Rows(
        bits=as_bits(bits, words),
        entry=np.array(entry, dtype=np.int64),
        bank=np.array(bank, dtype=np.int64),
        at=np.array(at, dtype=np.float64),
        expires=np.array(expires, dtype=np.int64),
    )


def features(words: int) -> st.SearchStrategy[Feature]:
    """Skewed as nothing real is: few words, all equal but one, and keys that begin alike or are the same."""
    word = st.sampled_from([0, 1, 2, ALL, ALL - 1, 1 << 63])
    wanted = st.sampled_from([0, 1, 5, ALL, 5 << 40, (5 << 40) + 1])
    return st.tuples(*[word] * words) | st.builds(with_key, wanted, st.tuples(*[word] * (words - 1)))


def stored(words: int, *, size: int = 60) -> st.SearchStrategy[list[Place]]:
    entry = st.integers(0, 9)
    expires = st.sampled_from([5, NEVER])
    at = st.integers(0, 3).map(float)
    return st.lists(st.tuples(features(words), entry, st.integers(0, 2), at, expires), max_size=size)


def expected(
    places: Sequence[Place],
    queries: Sequence[Feature],
    banks: Sequence[int],
    now: int,
    *,
    dead: frozenset[int] = frozenset(),
) -> list[tuple[int, int, int, float]]:
    """Say what is found, by the definition: (query, bank, entry, at)."""
    return sorted(
        (number, bank, entry, at)
        for number, query in enumerate(queries)
        for feature, entry, bank, at, expires in places
        if feature == query and bank in banks and expires > now and entry not in dead
    )


def found(hits: Hits | None) -> list[tuple[int, int, int, float]]:
    columns = () if hits is None else (hits.query, hits.bank, hits.entry, hits.at)
    return sorted(zip(*(column.tolist() for column in columns), strict=True))


def buried(sealed: SealedPostings, entries: frozenset[int]) -> NDArray[np.uint8]:
    dead = sealed.holders.no_dead()
    for place in sealed.holders.find(entries).tolist():
        dead[place >> 3] |= 1 << (place & 7)
    return dead


def kept(rows: Rows) -> list[Place]:
    columns = (rows.entry, rows.bank, rows.at, rows.expires)
    return sorted(zip(map(tuple, rows.bits.tolist()), *(column.tolist() for column in columns), strict=True))


def grams(count: int, seed: int = 7) -> Rows:
    """Return the grams of texts, 100 each, of which one in ten is the same everywhere."""
    rng = np.random.default_rng(seed)
    bits = rng.integers(0, 2**64, (count, 1), dtype=np.uint64)
    bits[::10] = 7
    at = np.arange(count, dtype=np.float64) % 100 * 7
    return Rows(
        bits=bits,
        entry=np.arange(count) // 100,
        bank=np.arange(count) // 100 % 3,
        at=at,
        expires=np.full(count, NEVER),
    )
