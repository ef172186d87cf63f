"""What `stanch doctor` says of the service, and what to do where something is not as it should be."""

import json
import shutil
from collections.abc import Iterator
from importlib.metadata import EntryPoint, EntryPoints
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError
from typer.testing import CliRunner

from stanch.cli import doctor
from stanch.cli.app import app
from stanch_server.banks import trouble
from stanch_server.banks.indexer import PATIENCE, Indexer
from stanch_server.project import diagnosis, health
from tests.server.banks.stock import NOON, add, enabled_bank, held
from tests.server.vault.cast import kept

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Iterator[Path]:
    settings.INDEX_FOLDER = tmp_path / "index"
    health.kept.forget()
    yield settings.INDEX_FOLDER
    health.kept.forget()


def found() -> dict[str, tuple[str, str]]:
    return {each.what.removeprefix("service: "): (each.state, each.detail) for each in diagnosis.look(now=NOON)}


def test_all_is_well_with_an_index(folder: Path) -> None:
    add(enabled_bank(), 1, 2)
    Indexer(folder=folder, holder="x").run_once(now=NOON)
    said = found()
    assert {state for state, _ in said.values()} == {"ok"}
    assert set(said) == {"database", "index", "vault", "disk of data", "disk of vault", "disk of index"}
    assert said["index"][1] == "2 entries in 1 segments, all blocks whole, 0 changes behind"


def test_an_index_that_is_not_there_is_missing_and_not_broken() -> None:
    state, detail = found()["index"]
    assert state == "missing"
    assert "`stanch serve`" in detail


@pytest.mark.parametrize("place", [10, -100])
def test_a_damaged_segment_is_named_wherever_it_is(place: int, folder: Path) -> None:
    add(enabled_bank(), 1)
    Indexer(folder=folder, holder="x").run_once(now=NOON)
    (segment,) = (segment.file.path for segment, _ in held(folder).segments)
    data = bytearray(segment.read_bytes())
    data[place] ^= 1
    segment.write_bytes(data)
    state, detail = found()["index"]
    assert (state, segment.name in detail) == ("broken", True)


@pytest.mark.parametrize(("kind", "advice"), [("full", "make room"), ("refused", "owns"), ("damaged", "the disk")])
def test_trouble_of_the_indexer_is_told_with_what_to_do(kind: trouble.Kind, advice: str, folder: Path) -> None:
    folder.mkdir()
    trouble.note(folder, kind, "x.segment cannot be written: No space left on device.", now=NOON)
    state, detail = found()["index"]
    assert state == "broken"
    assert detail.startswith("x.segment cannot be written: No space left on device: ")
    assert advice in detail
    Indexer(folder=folder, holder="x").run_once(now=NOON + PATIENCE)
    assert found()["index"][0] == "ok"


def test_a_database_that_is_away_or_of_another_version_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> bool:
        raise OperationalError("could not connect\nDETAIL: to it")

    for answer, words in ((away, "could not connect. See"), (lambda: True, "another version")):
        monkeypatch.setattr(diagnosis, "unapplied", answer)
        state, detail = found()["database"]
        assert (state, words in detail) == ("broken", True)


def test_a_vault_whose_folder_or_key_is_gone_is_told(settings: Any, tmp_path: Path) -> None:
    settings.VAULT_FOLDER, settings.VAULT_KEYS = tmp_path / "vault", tmp_path / "keys"
    settings.VAULT_ERASURES = tmp_path / "erasures.list"
    assert found()["vault"] == ("ok", "nothing was stored yet")
    kept(b"content")
    assert found()["vault"][0] == "ok"
    shutil.move(settings.VAULT_FOLDER, tmp_path / "elsewhere")
    assert found()["vault"][0] == "broken"
    shutil.move(tmp_path / "elsewhere", settings.VAULT_FOLDER)
    shutil.rmtree(settings.VAULT_KEYS)
    settings.VAULT_KEYS.mkdir()
    (settings.VAULT_KEYS / "current").write_text("0" * 32)
    assert found()["vault"][0] == "broken"


def test_a_disk_with_little_room_is_told(settings: Any) -> None:
    settings.FREE_DISK = shutil.disk_usage(settings.DATA_FOLDER).total + 1
    state, detail = found()["disk of data"]
    assert (state, "make room" in detail) == ("broken", True)


def test_the_command_says_it_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    points = EntryPoints(
        EntryPoint(name=name, value=value, group=doctor.CHECKS)
        for name, value in {
            "service": "stanch_server.project.commands.doctor:checks",
            "bad": "no.such:thing",
        }.items()
    )
    monkeypatch.setattr(doctor, "entry_points", lambda *, group: points.select(group=group))
    result = CliRunner().invoke(app, ["doctor", "--json"])
    said = {line["what"]: line["state"] for line in map(json.loads, result.stdout.splitlines())}
    assert (said["bad"], said["service: database"], result.exit_code) == ("broken", "ok", 1)
    monkeypatch.setenv("STANCH_SERVICE_DATA", str(tmp_path / "nowhere"))
    result = CliRunner().invoke(app, ["doctor", "--json"])
    said = {line["what"]: line["state"] for line in map(json.loads, result.stdout.splitlines())}
    assert (said["service"], "service: database" in said) == ("missing", False)
    assert not (tmp_path / "nowhere").exists()
