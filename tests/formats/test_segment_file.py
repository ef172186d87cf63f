"""Segment files: what is read is what was written, in the bytes that their page describes."""

import gc
import hashlib
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from stanch.errors import DamagedSegmentError, InvalidValueError
from stanch.formats import check_blocks, open_segment, write_segment
from tests.formats.segments import KINDS, MIB, by_the_page, same, small, written

GOLDEN = "6a2031b310fed9e6a861f0a12dbcdf4411da6d08421a57e38667d9e348b93ca0"
LAYOUTS: dict[str, Callable[[NDArray[Any]], NDArray[Any]]] = {
    "as it is": lambda array: array,
    "columns first": np.asfortranarray,
    "backwards": lambda array: array[::-1],
    "every second": lambda array: array[::2],
    "one row, often": lambda array: np.broadcast_to(array[:1], (5, *array.shape[1:])) if len(array) else array,
    "one element, often": lambda array: np.broadcast_to(array.reshape(-1)[:1], (3, 4)) if array.size else array,
    "each row one element": lambda array: np.broadcast_to(array[..., :1], array.shape),
    "most significant first": lambda array: array.astype(array.dtype.newbyteorder(">")),
}

arrays = st.builds(
    lambda array, layout: LAYOUTS[layout](array),
    st.sampled_from(KINDS).flatmap(
        lambda kind: hnp.arrays(kind, hnp.array_shapes(min_dims=1, max_dims=4, min_side=0, max_side=6))
    ),
    st.sampled_from(sorted(LAYOUTS)),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.segment"


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("segments") / "a.segment"


@given(
    columns=st.dictionaries(st.text(st.characters(codec="utf-8"), min_size=1), arrays, max_size=5),
    about=st.binary(),
)
@example(columns={kind: np.arange(6, dtype=kind).reshape(2, 3) for kind in KINDS}, about=b"")
@example(columns={"none": np.zeros((3, 0, 2), "u8"), "one": np.broadcast_to(np.uint8(1), (1,))}, about=b"")
def test_what_is_opened_is_what_was_written(scratch: Path, columns: dict[str, NDArray[Any]], about: bytes) -> None:
    segment = written(scratch, columns, about)
    read_about, read = by_the_page(scratch.read_bytes())
    assert segment.about == read_about == about
    assert list(segment.columns) == list(read) == list(columns)
    for name, column in columns.items():
        assert same(column, segment.columns[name]), name
        assert same(column, read[name]), name
    assert list(check_blocks(segment)) == []


def test_the_bytes_of_version_1_never_change(path: Path) -> None:
    segment = written(path, small(), b"said")
    assert hashlib.sha256(path.read_bytes()).hexdigest() == GOLDEN
    assert segment.sha256 == path.read_bytes()[96:128]
    assert segment.size == path.stat().st_size


def test_columns_are_views_that_nobody_can_change(path: Path) -> None:
    segment = written(path, small())
    for name, column in segment.columns.items():
        assert not column.flags.writeable, name
        assert not column.flags.owndata, name
        with pytest.raises(ValueError, match="read-only"):
            column[...] = 1
    with pytest.raises(TypeError):
        segment.columns["new"] = np.zeros(1)  # type: ignore[index]


def test_each_column_begins_on_a_line_of_the_cache_and_64_bytes_follow_it(path: Path) -> None:
    """The kernels read beyond the last element; what they find there is zero, and inside the file."""
    columns = {
        f"{size}": np.full(size, 255, np.uint8) for size in (0, 1, 63, 64, 65, 127, 128, 4096, MIB, MIB + 1)
    }
    segment = written(path, columns)
    data = path.read_bytes()
    address = {name: column.__array_interface__["data"][0] for name, column in segment.columns.items()}
    start = address["1"] - data.index(b"\xff")
    for name, column in segment.columns.items():
        begin = address[name] - start
        assert begin % 64 == 0, name
        assert data[begin : begin + column.nbytes] == columns[name].tobytes()
        assert data[begin + column.nbytes :][:64] == bytes(64), name


def test_a_constant_column_takes_no_room(path: Path) -> None:
    row = np.arange(4, dtype=np.uint64)
    segment = written(
        path, {"bank": np.broadcast_to(np.uint32(7), (10**9,)), "row": np.broadcast_to(row, (10**9, 4))}
    )
    assert segment.size < 1_000
    assert segment.columns["bank"].shape == (10**9,)
    assert segment.columns["bank"][-1] == 7
    assert segment.columns["row"].strides == (0, 8)
    assert np.array_equal(segment.columns["row"][123_456_789], row)


@pytest.mark.parametrize(
    ("columns", "problem"),
    [
        ({"c": np.zeros(1, bool)}, "'c': bool is none of u1, u2"),
        ({"c": np.zeros(1, "i1")}, "int8 is none of"),
        ({"c": np.zeros(1, "f2")}, "float16 is none of"),
        ({"c": np.array(["x"])}, "is none of"),
        ({"c": np.array([object()])}, "object is none of"),
        ({"c": np.zeros(1, "M8[s]")}, "is none of"),
        ({"c": np.uint8(1) * np.ones((), np.uint8)}, "1 to 4 dimensions, not 0"),
        ({"c": np.zeros((1,) * 5, np.uint8)}, "1 to 4 dimensions, not 5"),
        ({"": np.zeros(1)}, "needs a name"),
        ({"c": np.broadcast_to(np.uint8(1), (1 << 25, 1 << 25))}, "is larger than"),
        (
            {"x" * (1 << 24): np.zeros(1)},
            "about: with the columns' names 16,777,23[0-9] bytes, at most 16,777,216",
        ),
    ],
    ids=lambda value: value[:20] if isinstance(value, str) else "",
)
def test_what_no_segment_holds_is_refused_before_anything_is_written(
    path: Path, columns: dict[str, NDArray[Any]], problem: str
) -> None:
    with pytest.raises(InvalidValueError, match=problem):
        write_segment(path, columns)
    assert list(path.parent.iterdir()) == []


def test_writing_takes_little_memory(path: Path) -> None:
    """Whatever the rows look like: a segment of gigabytes is written beside the index that serves."""
    wide = np.zeros((2_000_000, 4), np.uint64)
    columns = {"whole": wide, "half": wide[:, ::2], "turned": np.zeros((4, 2_000_000), np.uint64).T}
    tracemalloc.start()
    try:
        write_segment(path, columns)
        assert tracemalloc.get_traced_memory()[1] < 4 * MIB
    finally:
        tracemalloc.stop()
    assert path.stat().st_size > 160 * MIB * 0.9


def test_what_is_mapped_stays_when_the_file_is_replaced_or_removed(path: Path) -> None:
    old = written(path, {"c": np.full(100_000, 1, np.uint8)})
    new = written(path, {"c": np.full(100, 2, np.uint8)})
    path.unlink()
    assert (old.columns["c"] == 1).all()
    assert (new.columns["c"] == 2).all()
    assert list(check_blocks(old)) == list(check_blocks(new)) == []


def open_files() -> int:
    return len(list(Path("/dev/fd").iterdir()))


def test_nothing_is_left_open_and_a_column_outlives_its_segment(path: Path) -> None:
    before = open_files()
    column = written(path, small()).columns["places"]
    path.unlink()
    path.write_bytes(b"damaged")
    for _ in range(3):
        with pytest.raises(DamagedSegmentError):
            open_segment(path)
    write_segment(path, small())
    gc.collect()
    assert open_files() == before + 1
    assert (column == 0x4444444444444444).all()
    del column
    assert open_files() == before
