"""Nothing acknowledged is lost, whenever a command is killed and however many run at once."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from stanch.formats import read_bank_file
from tests.cli.test_commands import DESCRIBED, outside, stanch
from tests.matching.writing import writing

COMMAND = [sys.executable, "-c", "from stanch.cli import main; main()"]


@pytest.fixture
def bank(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("STANCH_CONFIG", raising=False)
    Path("stanch.toml").write_text("", encoding="utf-8")
    stanch("bank", "create", "known", *DESCRIBED)
    return tmp_path / "banks" / "known.bank"


def ids(bank: Path) -> set[str]:
    return {entry.id for entry in read_bank_file(bank).entries}


def test_a_bank_survives_a_kill_at_any_instant(bank: Path, campaign: Callable[[int], int], seed: int) -> None:
    """The file is whole each time, and holds everything that a command said it added."""
    random = Random(seed)
    acknowledged = set[str]()
    started = time.monotonic()
    assert outside("bank", "list").returncode == 0
    usual = time.monotonic() - started
    for number in range(campaign(100)):
        Path("new.txt").write_text(writing(number, 60), encoding="utf-8")
        words = ["bank", "add", "known", "new.txt", "--by", "Ada"]
        with subprocess.Popen([*COMMAND, *words], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as running:
            time.sleep(random.uniform(0.3, 1.6) * usual)
            os.kill(running.pid, signal.SIGKILL)
            assert running.stdout is not None
            said = running.stdout.read().decode()
            running.wait()
        acknowledged |= {line.partition(":")[0] for line in said.splitlines()}
        assert acknowledged <= ids(bank), f"kill {number}"
    Path("last.txt").write_text(writing(9_999, 60), encoding="utf-8")
    assert outside("bank", "add", "known", "last.txt", "--by", "Ada").returncode == 0
    assert {path.name for path in bank.parent.iterdir()} == {".lock", "known.bank"}


def test_what_several_add_at_once_is_all_there(bank: Path) -> None:
    texts = [bank.parent.parent / f"{number}.txt" for number in range(8)]
    for number, path in enumerate(texts):
        path.write_text(writing(number, 60), encoding="utf-8")
    running = [
        subprocess.Popen([*COMMAND, "bank", "add", "known", str(path), "--by", "Ada"], stdout=subprocess.DEVNULL)
        for path in texts
    ]
    assert [process.wait(timeout=300) for process in running] == [0] * len(texts)
    assert len(ids(bank)) == len(texts)
