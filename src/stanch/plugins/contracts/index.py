"""What every index must do, as tests to inherit."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

import numpy as np
from numpy.typing import NDArray

from stanch.errors import InvalidValueError, ShapeMismatchError
from stanch.index import MAX_RADIUS, FeatureIndex, Hits, Rows

HOUR = 3600


@dataclass(frozen=True, kw_only=True, slots=True)
class _Row:
    """A stored feature as the oracle keeps it: its bits as one Python integer."""

    bits: int
    entry: int
    bank: int
    at: int
    expires: int


class IndexContract:
    """Inherit from this in a test module, and say how your index is made.

    Attributes
    ----------
    words : how many 64-bit words a feature takes in these tests.
    equal_only : whether the index finds equal features only.
    seeds : one interleaved history of adds, removes and searches is run for each.
    """

    words = 4
    equal_only = False
    seeds = range(20)

    def make(self) -> FeatureIndex:
        """Return a new, empty index for features of `words` words."""
        raise TypeError(f"{type(self).__name__} must say how its index is made")

    def test_an_empty_index_finds_nothing(self) -> None:
        """No rows, no hits, no error."""
        hits = self.make().search(self.bits([0, 1]), radius={1: 0})
        assert len(hits) == 0

    def test_no_queries_find_nothing(self) -> None:
        """A search for nothing is a search all the same."""
        index = self.make()
        index.add(self.rows([_Row(bits=0, entry=1, bank=1, at=0, expires=HOUR)]))
        assert len(index.search(self.bits([]), radius={1: 0})) == 0

    def test_a_bank_that_is_not_named_is_not_searched(self) -> None:
        """Banks that are switched off cost nothing and hide nothing."""
        index = self.make()
        index.add(self.rows([_Row(bits=5, entry=1, bank=1, at=0, expires=HOUR)]))
        assert len(index.search(self.bits([5]), radius={2: 0})) == 0
        assert len(index.search(self.bits([5]), radius={1: 0, 2: 0})) == 1

    def test_the_limit_holds_for_each_bank_after_expiry(self) -> None:
        """A viral cluster in one bank, or one that expired, never hides an entry of another."""
        index = self.make()
        viral = [_Row(bits=0, entry=number, bank=1, at=0, expires=HOUR) for number in range(50)]
        gone = [_Row(bits=0, entry=100 + number, bank=2, at=0, expires=10) for number in range(50)]
        rare = _Row(bits=0, entry=999, bank=2, at=0, expires=HOUR)
        index.add(self.rows([*viral, *gone, rare]))
        hits = index.search(self.bits([0]), radius={1: 0, 2: 0}, limit=3, now=10)
        assert hits.entry.tolist() == [0, 1, 2, 999]
        assert hits.total.tolist() == [50, 50, 50, 1]

    def test_a_limit_keeps_all_rows_of_an_entry(self) -> None:
        """The limit counts entries, so that a video is found with all its frames."""
        index = self.make()
        frames = [_Row(bits=7, entry=1, bank=1, at=second, expires=HOUR) for second in range(5)]
        index.add(self.rows([*frames, _Row(bits=7, entry=2, bank=1, at=0, expires=HOUR)]))
        hits = index.search(self.bits([7]), radius={1: 0}, limit=1)
        assert hits.at.tolist() == [0, 1, 2, 3, 4]
        assert set(hits.total.tolist()) == {2}

    def test_what_was_removed_is_gone_and_can_come_back(self) -> None:
        """Removal counts rows, takes effect at once, and does not outlast a new addition."""
        index = self.make()
        row = self.rows([_Row(bits=3, entry=1, bank=1, at=0, expires=HOUR)] * 2)
        index.add(row)
        assert (index.remove([1, 77]), index.remove([1]), len(index)) == (2, 0, 0)
        assert len(index.search(self.bits([3]), radius={1: 0})) == 0
        index.add(row)
        assert len(index.search(self.bits([3]), radius={1: 0})) == 2

    def test_wrong_widths_radii_and_limits_are_refused(self) -> None:
        """Each by an error that names it, and without any effect."""
        index = self.make()
        wide = np.zeros((1, self.words + 1), dtype=np.uint64)
        one = self.bits([1])
        refused = [
            (ShapeMismatchError, lambda: index.add(Rows.of_entry(wide, entry=1, bank=1))),
            (ShapeMismatchError, lambda: index.search(wide, radius={1: 0})),
            (InvalidValueError, lambda: index.search(one, radius={1: MAX_RADIUS + 1})),
            (InvalidValueError, lambda: index.search(one, radius={1: -1})),
            (InvalidValueError, lambda: index.search(one, radius={1: 0}, limit=0)),
        ]
        for error, act in refused:
            assert _raises(error, act)
        assert len(index) == 0

    def test_any_history_agrees_with_counting_bits_pair_by_pair(self) -> None:
        """Adds, removes and searches with any radius, limit and time, interleaved."""
        for seed in self.seeds:
            for hits, expected in self._histories(Random(seed)):  # noqa: S311 - a test's reproducible choices
                assert as_tuples(hits) == expected, f"seed {seed}"

    def _histories(self, random: Random) -> Iterator[tuple[Hits, list[tuple[int, ...]]]]:
        index, stored = self.make(), list[_Row]()
        pool = [random.getrandbits(64 * self.words) for _ in range(6)] + [0, 2 ** (64 * self.words) - 1]
        for _ in range(25):
            action = random.choice(["add", "add", "remove", "search", "search"])
            if action == "add":
                new = [self._row(random, pool) for _ in range(random.randrange(8))]
                index.add(self.rows(new))
                stored += new
            elif action == "remove":
                entries = {random.randrange(12) for _ in range(2)}
                kept = [row for row in stored if row.entry not in entries]
                assert index.remove(entries) == len(stored) - len(kept)
                stored = kept
            else:
                yield self._search(index, stored, random, pool)
            assert len(index) == len(stored)

    def _search(
        self, index: FeatureIndex, stored: list[_Row], random: Random, pool: list[int]
    ) -> tuple[Hits, list[tuple[int, ...]]]:
        queries = [self._near(random, pool) for _ in range(random.randrange(4))]
        radii = [0] if self.equal_only else [0, 1, 31, 64]
        radius = {bank: random.choice(radii) for bank in random.sample(range(4), random.randrange(4))}
        limit, now = random.choice([None, 1, 2, 5]), random.randrange(4)
        hits = index.search(self.bits(queries), radius=radius, limit=limit, now=now)
        return hits, expected_hits(stored, queries, radius=radius, limit=limit, now=now)

    def _row(self, random: Random, pool: list[int]) -> _Row:
        entry = random.randrange(12)
        return _Row(
            bits=self._near(random, pool),
            entry=entry,
            bank=entry % 4,
            at=random.randrange(100),
            expires=random.choice([1, 2, HOUR]),
        )

    def _near(self, random: Random, pool: list[int]) -> int:
        bits = random.choice(pool)
        for _ in range(random.choice([0, 0, 1, 15, 31, 32, 40])):
            bits ^= 1 << random.randrange(64 * self.words)
        return random.choice(pool) if self.equal_only else bits

    def bits(self, values: list[int]) -> NDArray[np.uint64]:
        """Return Python integers as features, most significant word first."""
        data = b"".join(value.to_bytes(8 * self.words, "big") for value in values)
        return np.frombuffer(data, dtype=">u8").astype(np.uint64).reshape(len(values), self.words)

    def rows(self, stored: list[_Row]) -> Rows:
        """Return the oracle's rows as an index takes them."""
        return Rows(
            bits=self.bits([row.bits for row in stored]),
            entry=np.array([row.entry for row in stored], dtype=np.int64),
            bank=np.array([row.bank for row in stored], dtype=np.int64),
            at=np.array([row.at for row in stored], dtype=np.float64),
            expires=np.array([row.expires for row in stored], dtype=np.int64),
        )


def expected_hits(
    stored: list[_Row], queries: list[int], *, radius: dict[int, int], limit: int | None, now: int
) -> list[tuple[int, ...]]:
    """Say what a search must find, by the definition: (query, bank, distance, entry, at, total)."""
    result: list[tuple[int, ...]] = []
    for number, query in enumerate(queries):
        for bank in sorted(radius):
            near = [
                ((row.bits ^ query).bit_count(), row.entry, row.at)
                for row in stored
                if row.bank == bank and row.expires > now and (row.bits ^ query).bit_count() <= radius[bank]
            ]
            nearest_first = list(dict.fromkeys(entry for _, entry, _ in sorted(near)))
            kept = set(nearest_first[:limit])
            result += [
                (number, bank, distance, entry, at, len(nearest_first))
                for distance, entry, at in sorted(near)
                if entry in kept
            ]
    return result


def as_tuples(hits: Hits) -> list[tuple[int, ...]]:
    """Return hits as (query, bank, distance, entry, at, total)."""
    columns = (hits.query, hits.bank, hits.distance, hits.entry, hits.at.astype(np.int64), hits.total)
    return [tuple(int(value) for value in row) for row in zip(*columns, strict=True)]


def _raises(error: type[Exception], act: object) -> bool:
    assert callable(act)
    try:
        act()
    except error:
        return True
    return False
