"""Merging archive segments: what is written is what would have been written of the entries themselves."""

import threading
from collections.abc import Sequence
from pathlib import Path
from random import Random
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from stanch.errors import CannotWriteError, InvalidValueError
from stanch.index.hamming import TAIL
from stanch.matching import ArchiveSegment, merge_archives
from stanch.values import PDQ, TEXT_GRAM, Entry, Fingerprint
from tests.matching.archives import BANKS, KNOWN, NONE, NOON, entry, matcher, plain, results, written

Held = tuple[str, Entry]

KEYS = sorted(KNOWN)
banked = st.tuples(
    st.sampled_from(sorted(BANKS)), st.sampled_from(KEYS), st.booleans(), st.sampled_from([None, 1])
)
collections = st.lists(st.tuples(banked, st.integers(0, 4), st.booleans()), max_size=24)


def dead_of(segment: ArchiveSegment, entries: Sequence[Held]) -> NDArray[np.uint32]:
    return segment.find([UUID(each.id) for _, each in entries]).astype(np.uint32)


@settings(max_examples=40)
@given(chosen=collections)
def test_a_merged_segment_has_the_bytes_of_one_that_was_written(
    tmp_path_factory: pytest.TempPathFactory, chosen: list[tuple[tuple[str, str, bool, int | None], int, bool]]
) -> None:
    """Entries of every kind in up to five segments, of which any may be dead, or all."""
    folder = tmp_path_factory.mktemp("merging")
    parts: list[list[Held]] = [[] for _ in range(5)]
    dead: list[list[Held]] = [[] for _ in range(5)]
    alive: list[Held] = []
    for number, ((bank, key, confirmed, hours), part, gone) in enumerate(chosen):
        held = bank, entry(key, number, confirmed=confirmed, hours=hours)
        parts[part].append(held)
        (dead[part] if gone else alive).append(held)
    segments = [written(folder / str(place), some) for place, some in enumerate(parts)]
    merge_archives(
        folder / "merged", [(one, dead_of(one, some)) for one, some in zip(segments, dead, strict=True)]
    )
    written(folder / "written", alive)
    assert (folder / "merged").read_bytes() == (folder / "written").read_bytes()


def test_a_dead_entry_may_be_alive_in_another_segment(tmp_path: Path) -> None:
    old, new = ("known", entry("link", 1)), ("good", entry("picture", 1))
    first, second = written(tmp_path / "a", [old, ("known", entry("arabic", 2))]), written(tmp_path / "b", [new])
    merge_archives(tmp_path / "c", [(first, dead_of(first, [old])), (second, NONE)])
    merged = ArchiveSegment.open(tmp_path / "c")
    above = matcher([(merged, NONE)])
    assert results(above) == results(plain([new, ("known", entry("arabic", 2))]))


def test_an_id_that_is_alive_in_two_segments_is_refused(tmp_path: Path) -> None:
    segments = [written(tmp_path / name, [("known", entry("link", 1))]) for name in "ab"]
    with pytest.raises(InvalidValueError, match=entry("link", 1).id):
        merge_archives(tmp_path / "c", [(segment, NONE) for segment in segments])
    assert not (tmp_path / "c").exists()


def test_merging_nothing_gives_nothing(tmp_path: Path) -> None:
    merge_archives(tmp_path / "merged", [])
    written(tmp_path / "written", [])
    assert (tmp_path / "merged").read_bytes() == (tmp_path / "written").read_bytes()


def test_what_cannot_be_written_leaves_what_stood_there(tmp_path: Path) -> None:
    segment = written(tmp_path / "a", [("known", entry("link", 1))])
    (tmp_path / "folder").mkdir()
    with pytest.raises(CannotWriteError):
        merge_archives(tmp_path / "folder", [(segment, NONE)])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "folder"]


def many(count: int, seed: int) -> list[Held]:
    """Return images, every third of them near the one before, and each tenth with a second feature."""
    random = Random(seed)
    bits = np.array([[random.getrandbits(64) for _ in range(4)] for _ in range(count)], dtype=np.uint64)
    bits[1::3] = bits[: len(bits[1::3]) * 3 : 3] ^ np.array([0, 0, 0, 5], np.uint64)
    prints = [
        Fingerprint.of(PDQ, bits[place : place + 1 + (place % 10 == 0)], at=[0.0, 1.0][: 1 + (place % 10 == 0)])
        for place in range(count - 1)
    ]
    return [
        ("known", Entry(id=str(UUID(int=random.getrandbits(128))), fingerprints=(one,), added=NOON))
        for one in prints
    ]


def test_tables_are_made_of_many_features_and_merged(tmp_path: Path, seed: int) -> None:
    """More than are scanned one by one: what finds them is another way, with other files."""
    held = many(TAIL + 1000, seed)
    first, second = written(tmp_path / "a", held[: TAIL // 2]), written(tmp_path / "b", held[TAIL // 2 :])
    gone = held[5:300:7]
    merge_archives(tmp_path / "c", [(first, dead_of(first, gone)), (second, NONE)])
    merged = ArchiveSegment.open(tmp_path / "c")
    alive = [each for each in held if each not in gone]
    written(tmp_path / "d", alive)
    assert len(merged.file.columns["pdq/1/index/tags"]) > TAIL
    assert (tmp_path / "c").read_bytes() == (tmp_path / "d").read_bytes()
    with_tables, as_they_are = (where._catalogue for where in (matcher([(merged, NONE)]), plain(alive)))
    queries = np.concatenate([one.fingerprints[0].bits for _, one in held[::9]])
    found, expected = (where.search(PDQ, queries, now=0, limit=None) for where in (with_tables, as_they_are))
    names = [
        [
            (query, where.listed(number).id, away, at)
            for query, number, away, at in zip(
                hits.query.tolist(), hits.entry.tolist(), hits.distance.tolist(), hits.at.tolist(), strict=True
            )
        ]
        for where, hits in ((with_tables, found), (as_they_are, expected))
    ]
    assert sorted(names[0]) == sorted(names[1])
    assert len(names[0]) > len(queries) - len(gone)


def test_a_segment_is_searched_while_it_is_merged_and_removed(tmp_path: Path) -> None:
    """What is mapped stays what it was, whoever replaces or removes its file."""
    held = [("known", entry(key, key)) for key in KEYS]
    segment = written(tmp_path / "a", held)
    above, right = matcher([(segment, NONE)]), results(plain(held))
    failed: list[object] = []
    done = threading.Event()

    def ask() -> None:
        while not done.is_set():
            failed.extend([found for found in (results(above),) if found != right])

    asking = threading.Thread(target=ask)
    asking.start()
    merge_archives(tmp_path / "b", [(segment, dead_of(segment, held[:3]))])
    written(tmp_path / "a", held[:1])
    (tmp_path / "a").unlink()
    done.set()
    asking.join()
    assert (failed, results(above)) == ([], right)
    assert ArchiveSegment.open(tmp_path / "b").entries == len(held) - 3


def test_grams_that_are_left_out_stay_left_out(tmp_path: Path) -> None:
    held = [("known", entry(key, key)) for key in ("refrain", "litany", "arabic", "han")]
    segment = written(tmp_path / "a", held)
    merge_archives(tmp_path / "b", [(segment, dead_of(segment, held[:1]))])
    merged = ArchiveSegment.open(tmp_path / "b")
    for _, each in held[1:]:
        (ordinal,) = merged.find([UUID(each.id)]).tolist()
        expected = next(one for one in each.fingerprints if one.method == TEXT_GRAM)
        assert merged.grams is not None
        assert merged.grams.grams(ordinal).hex() == expected.hex()
