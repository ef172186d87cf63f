"""The background file: what is read is what was written, and damage is named."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from stanch.errors import DamagedFileError, FormatError, NewerVersionError
from stanch.formats import GramRecord, read_background_file, write_background_file
from stanch.matching import BackgroundLearner, Sighting, load_learner, save_learner

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
KEY = bytes(range(16))


def learner() -> BackgroundLearner:
    made = BackgroundLearner(
        key=KEY, seen={7: [Sighting(at=NOON, publisher=2**62, printing=3)], 2**48 - 1: []}, refused=[9]
    )
    made.state([8], by="Ada \u202e ﷺ", at=NOON)
    return made


def written(folder: Path) -> Path:
    save_learner(folder / "b.jsonl", learner())
    return folder / "b.jsonl"


def test_what_is_read_is_what_was_written(tmp_path: Path) -> None:
    read, made = load_learner(written(tmp_path)), learner()
    assert (read.key, read.seen, read.stated, read.refused) == (made.key, made.seen, made.stated, made.refused)


def test_the_same_knowledge_gives_the_same_bytes(tmp_path: Path) -> None:
    first = written(tmp_path).read_bytes()
    save_learner(tmp_path / "again", load_learner(tmp_path / "b.jsonl"))
    assert (tmp_path / "again").read_bytes() == first


def test_every_byte_is_guarded(tmp_path: Path) -> None:
    path = written(tmp_path)
    whole = path.read_bytes()
    for place in range(len(whole)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises((DamagedFileError, FormatError, NewerVersionError)):
            load_learner(path)
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        with pytest.raises((DamagedFileError, FormatError)):
            load_learner(path)


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ({"format": "stanch-bank", "version": 1}, FormatError),
        ({"format": "stanch-background", "version": 2}, NewerVersionError),
        ({"format": "stanch-background", "version": 1, "key": "zz"}, FormatError),
    ],
)
def test_another_file_is_refused(tmp_path: Path, line: dict[str, object], error: type[Exception]) -> None:
    path = tmp_path / "b.jsonl"
    path.write_text(json.dumps(line) + "\n", encoding="utf-8")
    with pytest.raises(error):
        load_learner(path)


def test_a_short_key_is_refused(tmp_path: Path) -> None:
    write_background_file(tmp_path / "b.jsonl", key=b"short", grams=[GramRecord(gram="0" * 12)])
    assert read_background_file(tmp_path / "b.jsonl")[0] == b"short"
    with pytest.raises(FormatError):
        load_learner(tmp_path / "b.jsonl")
