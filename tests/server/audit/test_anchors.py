"""Heads are signed at most once a minute, survive a torn line, and the key is made once and stays."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from stanch_server.audit.anchors import last_anchor
from stanch_server.audit.errors import KeyFileError
from stanch_server.audit.keys import key_file, signing_key
from tests.server.audit.conftest import MINUTE, NOW, Log

DAY = 24 * 60  # minutes


def lines(folder: Path) -> list[int]:
    return [path.read_text().count("\n") for path in sorted(folder.glob("heads-*.jsonl"))]


@pytest.mark.django_db
def test_a_head_is_signed_once_a_minute_and_only_if_it_moved(log: Log) -> None:
    assert log.sign() is None, "there is nothing to sign"
    log.grow(2)
    assert log.sign(0) is not None
    log.grow(1)
    assert log.sign(0) is None, "the minute is not over"
    assert log.sign(1) is not None
    assert log.sign(5) is None, "it did not move"
    log.grow(1)
    made = log.sign(DAY * 40)
    assert made is not None
    assert lines(log.folder) == [2, 1]


@pytest.mark.django_db
def test_a_clock_that_was_set_back_neither_stops_the_signing_nor_multiplies_it(log: Log) -> None:
    log.grow(1)
    assert log.sign(0) is not None
    log.grow(1)
    assert log.sign(-DAY * 40) is not None
    log.grow(1)
    assert log.sign(-DAY * 40) is None
    assert log.sign(-DAY * 40 + 1) is not None
    assert lines(log.folder) == [3]
    assert log.verify().anchors == 3


@pytest.mark.django_db
def test_a_head_that_was_torn_by_a_power_cut_costs_itself_only(log: Log) -> None:
    for minutes in range(3):
        log.grow(1)
        log.sign(minutes)
    path = log.folder / "heads-2030-01.jsonl"
    path.write_bytes(path.read_bytes()[:-40])
    assert log.verify().torn == 1
    log.grow(1)
    made = log.sign(3)
    assert made is not None
    last = last_anchor(log.folder)
    assert last is not None
    assert (last.number, last.at, last.chain) == (4, NOW + 3 * MINUTE, made.chain)
    report = log.verify()
    assert (report.intact, report.anchors, report.torn, report.anchored) == (True, 3, 1, 4)


@pytest.mark.django_db
def test_a_year_of_heads_is_read_from_its_end(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stanch_server.audit.anchors.END_BYTES", 400)  # one line, and part of another
    for minutes in range(5):
        log.grow(1)
        log.sign(minutes)
    last = last_anchor(log.folder)
    assert last is not None
    assert (last.number, last.at) == (5, NOW + timedelta(minutes=4))


def test_a_key_is_made_once_whoever_comes_first_for_its_owner_only_and_is_never_guessed(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "audit.key"
    with ThreadPoolExecutor(8) as several:
        made = set(several.map(lambda _: key_file(path), range(8)))
    assert len(made) == 1
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(path.parent.iterdir()) == [path]
    assert signing_key(path).private_bytes_raw() in made
    path.write_bytes(b"short")
    with pytest.raises(KeyFileError, match=r"audit\.key"):
        signing_key(path)
