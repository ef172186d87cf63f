"""Bank files: the same bytes everywhere, read without executing anything, damage found and named."""

import json
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stanch.errors import FormatError, NewerVersionError, StanchError
from stanch.formats import read_bank_file, write_bank_file
from stanch.values import (
    BEHAVIOUR_BASED,
    LINK,
    PDQ,
    TEXT_GRAM,
    BankInfo,
    ContentType,
    Designation,
    Entry,
    Fingerprint,
    Purpose,
    State,
)

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
INFO = BankInfo(
    name="lantern",
    owner="Hafenwacht e. V. – حراس الميناء",
    legal_basis="Article 5 of Regulation (EU) 2021/784",
    content_type=ContentType.INCITES,
    designation=Designation(list="Veldmar list", identifier="VL-7", date=date(2025, 3, 1)),
    state=State.ENABLED,
    radius={"pdq/1": 24},
)
GRAMS = Fingerprint.of(TEXT_GRAM, [[7], [2**64 - 1]], at=[0, 5], start=[0, 6.5], end=[12, 20], extent=40)


def entry(name: str, **changes: object) -> Entry:
    values: dict[str, object] = {
        "fingerprints": (Fingerprint.of(PDQ, [1, 2, 3, 4], quality=93), GRAMS),
        "added": NOON,
        "confirmed_by": "Ada",
        "labels": ("دعاية", "poster"),
        "note": "line\nbreak ﷺ \u202e",
        **changes,
    }
    return Entry(id=name, **values)  # type: ignore[arg-type]


def written(folder: Path, *entries: Entry, info: BankInfo = INFO) -> Path:
    path = folder / "a.bank"
    write_bank_file(path, info, entries)
    return path


def test_what_is_read_is_what_was_written(tmp_path: Path) -> None:
    original = entry("ش-1", expires=NOON + timedelta(days=30))
    read = read_bank_file(written(tmp_path, original))
    assert read.info == INFO
    (found,) = read.entries
    assert (found.id, found.added, found.expires, found.labels, found.note, found.confirmed_by) == (
        original.id,
        original.added,
        original.expires,
        original.labels,
        original.note,
        original.confirmed_by,
    )
    for mine, theirs in zip(original.fingerprints, found.fingerprints, strict=True):
        assert mine.method == theirs.method
        assert mine.extent == theirs.extent
        for column in ("bits", "at", "start", "end", "quality"):
            assert np.array_equal(getattr(mine, column), getattr(theirs, column)), column


def test_a_bank_of_known_good_content_keeps_its_reason(tmp_path: Path) -> None:
    info = BankInfo(
        name="scripture",
        owner="us",
        legal_basis="Article 1(3)",
        purpose=Purpose.KNOWN_GOOD,
        reason="read aloud everywhere",
    )
    assert read_bank_file(written(tmp_path, info=info)).info == info


def test_the_same_bank_is_the_same_bytes(tmp_path: Path) -> None:
    """Whatever the order of entries, the time zone, or how often it went through a file."""
    first = written(tmp_path, entry("a"), entry("b")).read_bytes()
    elsewhere = NOON.astimezone(timezone(timedelta(hours=5)))
    assert written(tmp_path, entry("b"), entry("a", added=elsewhere)).read_bytes() == first
    again = read_bank_file(tmp_path / "a.bank")
    assert written(tmp_path, *again.entries, info=again.info).read_bytes() == first


def test_its_bytes_are_pinned(tmp_path: Path) -> None:
    """The format is an exchange format: a change of it is a new version, never an accident."""
    info = BankInfo(
        name="links",
        owner="us",
        legal_basis="terms of service",
        content_type=ContentType.THREATENS,
        designation=BEHAVIOUR_BASED,
    )
    link = Entry(id="l", added=NOON, fingerprints=(Fingerprint.of(LINK, [[255]], extent=2),))
    lines = written(tmp_path, link, info=info).read_text(encoding="utf-8").splitlines()
    header, line, trailer = lines
    assert header == (
        '{"format":"stanch-bank","version":1,"name":"links","owner":"us","legal_basis":"terms of service",'
        '"purpose":"known","state":"shadow","content_type":"threatens","designation":"behaviour-based",'
        '"reason":null,"radius":{}}'
    )
    assert line == (
        '{"entry":"l","added":"2026-06-01T12:00:00Z","fingerprints":[{"method":"link/1",'
        '"bits":"00000000000000ff","extent":2.0}]}'
    )
    assert trailer == '{"entries":1,"sha256":"3184347034e91f13e05a3d01483703bff9a387ef82f699e8825f4206f80d4b92"}'


@given(where=st.integers(0, 10_000), change=st.integers(1, 255))
def test_any_changed_byte_is_noticed(tmp_path_factory: pytest.TempPathFactory, where: int, change: int) -> None:
    path = written(tmp_path_factory.mktemp("bank"), entry("a"), entry("b"))
    data = bytearray(path.read_bytes())
    data[where % len(data)] ^= change
    path.write_bytes(data)
    with pytest.raises(FormatError):
        read_bank_file(path)


@given(length=st.integers(0, 10_000))
def test_a_truncated_file_is_noticed(tmp_path_factory: pytest.TempPathFactory, length: int) -> None:
    path = written(tmp_path_factory.mktemp("bank"), entry("a"), entry("b"))
    data = path.read_bytes()
    path.write_bytes(data[: length % len(data)])
    with pytest.raises(FormatError):
        read_bank_file(path)


def test_a_newer_version_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "new.bank"
    path.write_text('{"format":"stanch-bank","version":2,"shape":"unknown"}\n')
    with pytest.raises(NewerVersionError, match="version 2"):
        read_bank_file(path)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"added": "2026-06-01T12:00:00"}, "time zone"),
        ({"entry": ""}, "printable"),
        ({"fingerprints": []}, "length"),
        ({"fingerprints": [{"method": "pdq/9", "bits": "00", "extent": 1}]}, "pdq/9"),
        ({"fingerprints": [{"method": "pdq/1", "bits": "00", "extent": 1}]}, "line 2"),
        ({"fingerprints": [{"method": "link/1", "bits": "zz" * 8, "extent": 1}]}, "hex"),
        ({"fingerprints": [{"method": "link/1", "bits": "00" * 8, "extent": 1, "quality": [999]}]}, "quality"),
        ({"labels": "poster"}, "labels"),
        ({"confirmed_by": " "}, "must name somebody"),
        ({"fingerprints": [{"method": "text-gram/1", "bits": "00" * 8, "extent": 5}]}, "outside its extent"),
        ({"fingerprints": [{"method": "text-simhash/1", "bits": "00" * 8, "extent": 2}]}, "outside its extent"),
        ({"fingerprints": [{"method": "text-gram/1", "bits": "00" * 8, "extent": 1e15}]}, "extent and places"),
        ({"fingerprints": [{"method": "text-gram/1", "bits": "00" * 8, "extent": -1}]}, "extent and places"),
        ({"fingerprints": [{"method": "text-gram/1", "bits": "00" * 8, "extent": 50, "at": [1e9]}]}, "outside"),
        ({"fingerprints": [{"method": "link/1", "bits": "00" * 16, "extent": 9, "at": [3, 1]}]}, "not in order"),
        ({"fingerprints": [{"method": "link/1", "bits": "", "extent": 9}]}, "there is none"),
        ({"fingerprints": [{"method": "file-md5/1", "bits": "00" * 32, "extent": 1}]}, "one hash"),
        ({"fingerprints": [{"method": "link/1", "bits": "00" * 8, "extent": 1}] * 2}, "two fingerprints"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, change: dict[str, object], problem: str) -> None:
    path = written(tmp_path, entry("a"))
    lines = path.read_text(encoding="utf-8").splitlines()
    lines[1] = json.dumps({**json.loads(lines[1]), **change})
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with pytest.raises(FormatError, match=problem) as refused:
        read_bank_file(path)
    assert "line 2" in str(refused.value)


def test_rubbish_is_a_clear_error(tmp_path: Path) -> None:
    random = Random(20)
    path = tmp_path / "rubbish.bank"
    for _ in range(200):
        path.write_bytes(random.randbytes(random.randrange(300)))
        with pytest.raises(StanchError):
            read_bank_file(path)


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    path = written(tmp_path, entry("a"))
    before = path.read_bytes()

    def failing() -> object:
        yield entry("b")
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        write_bank_file(path, INFO, failing())  # type: ignore[arg-type]
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["a.bank"]
