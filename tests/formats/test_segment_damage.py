"""Damaged segment files: any changed byte is found and named, and no bytes make a reader fall over."""

import os
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from random import Random

import msgspec
import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from stanch.errors import DamagedSegmentError, FormatError, NewerVersionError
from stanch.formats import SegmentFile, check_blocks, open_segment
from tests.formats.segments import KINDS, MIB, sealed, small, written


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.segment"


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("segments") / "a.segment"


def test_every_changed_byte_is_found_and_its_column_named(
    path: Path, campaign: Callable[[int], int], seed: int
) -> None:
    """Exhaustive: each byte of a file with each sort of column, the head by opening it, the rest by its blocks."""
    written(path, small(), b"said")
    data = path.read_bytes()
    body = dict.fromkeys(small(), 0)
    found = {"words": b"\x11", "constant": b"\x22", "row": b"\x33", "places": b"\x44"}
    body |= {name: data.index(4 * byte) for name, byte in found.items()}
    body["empty"] = body["constant"] - 64
    random = Random(seed)
    for at in range(len(data)):
        for change in random.sample(range(1, 256), campaign(10)):
            path.write_bytes(data[:at] + bytes([data[at] ^ change]) + data[at + 1 :])
            if at < body["words"]:
                with pytest.raises(FormatError, match=r"a\.segment: (damaged in its (header|table|checksums)|)"):
                    open_segment(path)
                continue
            (damage,) = check_blocks(open_segment(path))
            assert damage.begin <= at < damage.end
            assert damage.column == max((name for name in body if body[name] <= at), key=body.__getitem__)
            assert damage.problem == "its checksum does not fit"


def test_a_file_that_was_cut_or_grew_is_refused_at_any_length(path: Path) -> None:
    written(path, small(), b"said")
    data = path.read_bytes()
    for length in range(len(data)):
        path.write_bytes(data[:length])
        with pytest.raises(
            DamagedSegmentError, match=r"the file ends in it, at byte|bytes, where its header says"
        ):
            open_segment(path)
    path.write_bytes(data + b"\0")
    with pytest.raises(DamagedSegmentError, match=rf"size: {len(data) + 1:,} bytes, where its header says"):
        open_segment(path)


def large(path: Path) -> SegmentFile:
    """Return a segment of nine blocks: three of one column, five of another whose rows do not fill blocks."""
    first = np.arange(MIB // 4 * 5 // 2, dtype=np.uint32)
    return written(
        path, {"first": first, "second": np.ones((MIB * 3 // 4, 7), np.uint8)[:, :6], "last": first[:1]}
    )


def test_a_block_is_named_by_number_bytes_and_column_and_the_others_are_not(path: Path) -> None:
    segment = large(path)
    assert segment.blocks == 9
    assert list(check_blocks(segment)) == []
    with path.open("r+b") as stream:
        for at in (MIB + 500_000, segment.size - 100):
            stream.seek(at)
            stream.write(b"!")
    one, other = check_blocks(segment)
    assert (one.number, one.column, one.end - one.begin) == (1, "first", MIB)
    assert str(one) == f"block 1, bytes {one.begin:,} to {one.end:,}, column 'first': its checksum does not fit"
    assert (other.number, other.column, other.end) == (8, "last", segment.size)
    steps = [list(check_blocks(segment, from_block=first, most=2)) for first in range(0, segment.blocks, 2)]
    assert steps == [[one], [], [], [], [other]]
    assert list(check_blocks(segment, from_block=1)) == [one, other]
    assert list(check_blocks(segment, from_block=2, most=6)) == list(check_blocks(segment, from_block=9)) == []


def test_a_file_that_is_cut_while_it_is_mapped_gives_damaged_blocks_and_no_signal(path: Path) -> None:
    segment = large(path)
    os.truncate(path, 4 * MIB)
    found = list(check_blocks(segment))
    assert [damage.number for damage in found] == [4, 5, 6, 7, 8]
    assert {damage.problem for damage in found} == {"the file was cut to 4,194,304 bytes"}
    os.truncate(path, 0)
    assert len(list(check_blocks(segment))) == 9


def test_a_newer_version_is_refused_by_name(path: Path) -> None:
    path.write_bytes(sealed(b"of another sort", version=3))
    with pytest.raises(
        NewerVersionError, match=r"a\.segment: written in version 3 of the format; .* up to 1\. Upgrade"
    ):
        open_segment(path)


@pytest.mark.parametrize("data", [b"", b"{}", b"STANCHIX" + bytes(200), bytes(4096)])
def test_what_is_no_segment_is_refused(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    with pytest.raises(DamagedSegmentError, match=r"not a Stanch segment file|the file ends in it"):
        open_segment(path)
    with pytest.raises(DamagedSegmentError, match="header: Is a directory"):
        open_segment(path.parent)
    with pytest.raises(FileNotFoundError):
        open_segment(path.parent / "none")


def packed(*columns: object, about: object = b"") -> bytes:
    return msgspec.msgpack.encode([about, list(columns)])


@pytest.mark.parametrize(
    ("table", "problem"),
    [
        (b"\xc1", "MessagePack data is malformed"),
        (packed(about="text"), "Expected `bytes`"),
        (packed(["c", "u3", [1], False]), "Invalid enum value 'u3'"),
        (packed(["c", "O", [1], False]), "Invalid enum value 'O'"),
        (packed(["", "u1", [1], False]), "length >= 1"),
        (packed(["c", "u1", [], False]), "length >= 1"),
        (packed(["c", "u1", [1] * 5, False]), "length <= 4"),
        (packed(["c", "u1", [-1], False]), ">= 0"),
        (packed(["c", "u1", [2**63], False]), "<= 281474976710656|out of range"),
        (packed(["c", "u8", [2**48], False]), "is larger than"),
        (packed(["c", "u8", [0, 2**47], False]), "is larger than"),
        (packed(["c", "u1", [1], True]), r"constant, but of shape \(1,\)"),
        (packed(["c", "u1", [1], False], ["c", "u1", [1], False]), "'c' stands here 2 times"),
        (packed(["c", "u1", [2**40], False]), "do not fill the file"),
        (packed(["c", "u1", [2**40], False, 1]), "at most length 4"),
        (packed(["c", "u1", [1], False]) + b"\0", "trailing"),
    ],
)
def test_a_table_that_fits_its_checksum_and_makes_no_sense_is_refused(
    path: Path, table: bytes, problem: str
) -> None:
    path.write_bytes(sealed(table, rest=bytes(256)))
    with pytest.raises(DamagedSegmentError, match=problem):
        open_segment(path)


def changed(changes: list[tuple[int, int]]) -> bytes:
    """Return the table of a segment with some of its bytes changed."""
    table = bytearray(packed(*(["c", kind, [3, 2], constant] for kind in KINDS for constant in (True, False))))
    for at, value in changes:
        table[at % len(table)] = value
    return bytes(table)


things = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.binary()
    | st.text()
    | st.sampled_from(KINDS),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(), inner, max_size=3),
)
columns = st.tuples(st.text(), st.sampled_from(KINDS), st.lists(st.integers(0, 2**64 - 1)), st.booleans())
numbers = st.integers(0, 2**64 - 1) | st.integers(0, 4096)
tables = st.one_of(
    things.map(msgspec.msgpack.encode),
    st.lists(columns).map(lambda drawn: packed(*drawn)),
    st.lists(st.tuples(st.integers(0, 2**16), st.integers(0, 255)), max_size=5).map(changed),
)
fields = st.fixed_dictionaries({}, optional={"version": numbers, "size": numbers, "length": numbers})
files = st.one_of(
    st.binary(max_size=400),
    st.binary(max_size=400).map(lambda rest: b"STANCHSG" + rest),
    st.builds(lambda table, rest: sealed(table, rest=rest), tables, st.binary(max_size=4096)),
    st.builds(lambda table, rest, other: sealed(table, rest=rest, **other), tables, st.binary(), fields),
)


@given(data=files)
@example(data=sealed(b"", length=2**63))
@example(data=sealed(b"", length=1 << 24))
@example(data=sealed(packed(["c", "u1", [2**47], False])))
@example(data=sealed(b"\xdf\xff\xff\xff\xff"))
@example(data=sealed(b"\x92\xc6\xff\xff\xff\xff"))
@example(data=sealed(b"\x91" * 100_000))
def test_no_bytes_make_opening_fail_otherwise_or_take_much_memory(scratch: Path, data: bytes) -> None:
    scratch.unlink(missing_ok=True)
    scratch.write_bytes(data)
    tracemalloc.start()
    try:
        list(check_blocks(open_segment(scratch)))
    except FormatError as error:
        assert str(error).startswith(f"{scratch}: ")  # noqa: PT017 - it may also open
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < MIB + 10 * len(data)


def test_a_file_of_a_terabyte_that_holds_nothing_is_refused_at_once(path: Path) -> None:
    """Its size fits, and no more of it is read than a table may have."""
    path.write_bytes(sealed(b"", size=1 << 40, length=1 << 24))
    os.truncate(path, 1 << 40)
    with pytest.raises(DamagedSegmentError, match="table: its checksum does not fit"):
        open_segment(path)
