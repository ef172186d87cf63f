"""Archive files that are not what they should be, and how many bytes those take that are."""

from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import numpy as np
import pytest
from numpy.typing import NDArray

from stanch.errors import DamagedSegmentError, NewerVersionError
from stanch.formats import check_blocks, write_segment
from stanch.index import NEVER
from stanch.matching import ArchiveSegment, write_archive
from stanch.matching.archive_layout import MEDIA, VERSION
from stanch.values import PDQ, Entry, Fingerprint, Medium
from tests.matching.archives import BANKS, KNOWN, NOON, entry, written

Columns = dict[str, NDArray[Any]]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> ArchiveSegment:
    held = [("known" if place % 2 else "good", entry(key, key)) for place, key in enumerate(KNOWN)]
    return written(tmp_path_factory.mktemp("whole") / "whole.segment", held)


def rewritten(path: Path, whole: ArchiveSegment, change: Callable[[Columns, dict[str, Any]], object]) -> Path:
    """Write a segment anew with other columns, or another description of itself; its checksums fit."""
    columns = dict(whole.file.columns)
    about = msgspec.msgpack.decode(whole.file.about)
    change(columns, about)
    write_segment(path, columns, about=msgspec.msgpack.encode(about))
    return path


def test_what_is_rewritten_as_it_was_is_the_same(tmp_path: Path, whole: ArchiveSegment) -> None:
    path = rewritten(tmp_path / "a", whole, lambda _, __: None)
    assert path.read_bytes() == whole.file.path.read_bytes()


def test_a_later_version_is_refused_by_its_number(tmp_path: Path, whole: ArchiveSegment) -> None:
    path = rewritten(
        tmp_path / "a", whole, lambda _, about: about.update(version=VERSION + 1, methods=["sight/7"], more="x")
    )
    with pytest.raises(NewerVersionError) as refused:
        ArchiveSegment.open(path)
    assert refused.value.fields == {"path": path, "version": VERSION + 1, "supported": VERSION}


@pytest.mark.parametrize(
    "about", [b"", b"\xff", b"\x93\x01\x02\x03", b"\x81\xa7version\x00", b"\x81\xa7version\xa1x"]
)
def test_another_segment_file_is_no_archive(tmp_path: Path, about: bytes) -> None:
    write_segment(tmp_path / "a", {"id": np.zeros((1, 2), np.uint64)}, about=about)
    with pytest.raises(DamagedSegmentError, match="description"):
        ArchiveSegment.open(tmp_path / "a")


def test_what_is_no_segment_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"nothing of the sort" * 100)
    with pytest.raises(DamagedSegmentError):
        ArchiveSegment.open(tmp_path / "a")
    with pytest.raises(FileNotFoundError):
        ArchiveSegment.open(tmp_path / "b")


NEEDED = (
    *("id", "bank", "confirmed", "expires", "medium"),
    *(f"text-gram/1/{name}" for name in ("entries", "first", "extent")),
    *(f"text-gram/1/index/{name}" for name in ("bits", "codes")),
    *(f"text-simhash/1/{name}" for name in ("entries", "first", "bits")),
    *(f"pdq/1/{name}" for name in ("entries", "extent", "at", "start", "end")),
    *(f"pdq/1/index/{name}" for name in ("bits", "holder", "at", "bank", "numbers", "expires")),
)


def _shorter(column: NDArray[Any]) -> NDArray[Any]:
    return np.asarray(column)[:-1]


def _other_kind(column: NDArray[Any]) -> NDArray[Any]:
    return np.asarray(column).astype(np.float32)


CHANGES = {"missing": None, "shorter": _shorter, "of another kind": _other_kind}


@pytest.mark.parametrize(("name", "change"), list(product(NEEDED, CHANGES)))
def test_columns_that_do_not_fit_each_other_are_refused(
    tmp_path: Path, whole: ArchiveSegment, name: str, change: str
) -> None:
    def changed(columns: Columns, about: dict[str, Any]) -> None:
        assert about
        column, function = columns.pop(name), CHANGES[change]
        if function is not None:
            columns[name] = function(column)

    path = rewritten(tmp_path / "a", whole, changed)
    with pytest.raises(DamagedSegmentError) as refused:
        ArchiveSegment.open(path)
    assert refused.value.fields["path"] == path


@pytest.mark.parametrize(
    ("name", "place", "value"),
    [
        ("text-gram/1/entries", -1, len(KNOWN)),
        ("text-gram/1/first", -1, 0),
        ("text-gram/1/first", 0, 1),
        ("text-simhash/1/entries", -1, len(KNOWN)),
        ("text-simhash/1/first", -1, 0),
        ("text-simhash/1/first", 0, 1),
        ("pdq/1/index/banks", 0, 2),
        ("pdq/1/index/banks", 0, -1),
        ("link/1/index/numbers", -1, len(KNOWN)),
    ],
)
def test_numbers_that_point_beyond_what_there_is_are_refused_where_one_look_tells(
    tmp_path: Path, whole: ArchiveSegment, name: str, place: int, value: int
) -> None:
    def changed(columns: Columns, _: object) -> None:
        columns[name] = columns[name].copy()
        columns[name][place] = value

    with pytest.raises(DamagedSegmentError, match="columns"):
        ArchiveSegment.open(rewritten(tmp_path / "a", whole, changed))


@pytest.mark.parametrize(
    "wrong",
    [{"methods": ["sight/7"]}, {"texts": [0]}, {"entries": 1}, {"banks": []}, {"banks": ["x"]}, {"more": 1}],
)
def test_a_description_that_does_not_fit_is_refused(
    tmp_path: Path, whole: ArchiveSegment, wrong: dict[str, object]
) -> None:
    path = rewritten(tmp_path / "a", whole, lambda _, about: about.update(wrong))
    with pytest.raises(DamagedSegmentError):
        ArchiveSegment.open(path)


def test_a_damaged_block_is_found(tmp_path: Path, whole: ArchiveSegment) -> None:
    data = bytearray(whole.file.path.read_bytes())
    data[data.rindex(np.asarray(whole.bank).tobytes())] ^= 1
    (tmp_path / "a").write_bytes(data)
    segment = ArchiveSegment.open(tmp_path / "a")
    assert [block.column for block in check_blocks(segment.file)] == ["bank"]
    assert list(check_blocks(whole.file)) == []


def test_media_keep_their_numbers() -> None:
    """They stand in files: another order would change what is read from them."""
    assert [str(medium) for medium in MEDIA] == ["file", "image", "video", "sound", "text", "link"]
    assert set(MEDIA) == set(Medium)


def test_a_bank_of_pictures_takes_no_room_for_what_all_have_in_common(tmp_path: Path, seed: int) -> None:
    """An id, a hash, and what finds it: nothing for banks, expiries, spans and the numbers of entries."""
    bits = np.random.default_rng(seed).integers(0, 1 << 64, (1000, 4), dtype=np.uint64)
    prints = [Fingerprint.of(PDQ, row) for row in bits]
    held = [
        (BANKS["known"], Entry(id=str(UUID(int=number)), fingerprints=(one,), added=NOON))
        for number, one in enumerate(prints)
    ]
    write_archive(tmp_path / "a", held)
    segment = ArchiveSegment.open(tmp_path / "a")
    assert segment.expires[0] == NEVER
    stored = {name: column.size for name, column in segment.file.columns.items() if column.strides[0]}
    rows = {name for name, size in stored.items() if size >= 1000}
    assert rows == {"id", *(f"pdq/1/index/{name}" for name in ("bits", "centres", "members", "spread"))}


def test_texts_take_as_little_room_as_the_scale_of_a_million_needs(tmp_path: Path) -> None:
    """Of each gram 12 bytes and what finds it; bank and expiry of an entry stand there once, not for each gram."""
    held = [("known", entry(key, key, hours=place % 2)) for place, key in enumerate(KNOWN)]
    segment = written(tmp_path / "a.segment", held)
    assert segment.grams is not None
    sizes = {
        name: column.nbytes for name, column in segment.file.columns.items() if name.startswith("text-gram/1/i")
    }
    book = sizes.pop("text-gram/1/index/book")
    assert sum(sizes.values()) <= 14 * segment.grams.features
    assert book <= 6 * 4095
