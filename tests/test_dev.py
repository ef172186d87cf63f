"""`dev.py`: what it says where it cannot go on, and what it does about a set-up that was never finished."""

import errno
import hashlib
import os
import sys
from pathlib import Path

import pytest

import dev

PIP_OFFLINE = """WARNING: Retrying (Retry(total=0, connect=None, read=None, redirect=None, status=None)) after
connection broken by 'NewConnectionError('<pip._vendor.urllib3.connection.HTTPSConnection object at 0x7fae>: Failed
to establish a new connection: [Errno 111] Connection refused')': /simple/numpy/
ERROR: No matching distribution found for numpy==2.4.6"""
UV_OFFLINE = """error: Failed to fetch: (address)
  cause: error sending request for url (address)
  cause: dns error
  cause: failed to lookup address information: Name or service not known"""
UV_CERTIFICATE = """error: Failed to fetch: (address)
  cause: client error (Connect)
  cause: invalid peer certificate: UnknownIssuer"""
PIP_CHANGED = "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE."
PIP_FULL = "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device"
UV_FULL = "  cause: failed to copy file from cache to venv/lib: No space left on device (os error 28)"
NO_COMPILER = "error: command 'x86_64-linux-gnu-g++' failed: No such file or directory"
NO_HEADERS = "lib.c:31:10: fatal error: Python.h: No such file or directory"
DEBIAN = """The virtual environment was not created successfully because ensurepip is not available.
On Debian/Ubuntu systems, you need to install the python3-venv package"""


@pytest.mark.parametrize(
    ("output", "line"),
    [
        (PIP_OFFLINE, dev.OFFLINE),
        (UV_OFFLINE, dev.OFFLINE),
        (UV_CERTIFICATE, dev.UNTRUSTED),
        (PIP_CHANGED, dev.CHANGED),
        ("error: Hash mismatch for `numpy==2.4.6`", dev.CHANGED),
        (PIP_FULL, dev.FULL),
        (UV_FULL, dev.FULL),
        (PIP_OFFLINE + PIP_FULL, dev.FULL),
        (str(OSError(errno.ENOSPC, "No space left on device")), dev.FULL),
        (str(OSError(errno.EROFS, "Read-only file system", "/a")), dev.READ_ONLY),
        (str(PermissionError(errno.EACCES, "Permission denied", "/a")), dev.READ_ONLY),
        (NO_COMPILER, dev.UNCOMPILED),
        (NO_HEADERS, dev.UNCOMPILED),
        ("ERROR: No matching distribution found for numpy==2.4.6", dev.LACKING),
        (DEBIAN, None),
    ],
)
def test_what_an_installer_prints_comes_down_to_one_line(output: str, line: str | None) -> None:
    assert dev.recognise(output) == line
    assert line is None or ("\n" not in line and "://" not in line)


def test_what_a_command_prints_is_kept_without_addresses() -> None:
    code, output = dev.listen(
        sys.executable, "-c", "print('see https://user:secret@index.example/simple now'); exit(3)"
    )
    assert (code, output) == (3, "see (address) now")


def test_a_command_that_is_not_there_is_no_accident() -> None:
    assert dev.listen("no-such-program")[0] == 127
    assert not dev.works("no-such-program")


@pytest.mark.parametrize("version", [(3, 8, 18), (3, 10, 13), (3, 14, 0)])
@pytest.mark.usefixtures("machine")
def test_a_python_that_will_not_do_is_refused_in_one_line(
    version: tuple[int, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "version_info", version)
    monkeypatch.setenv("PATH", "")
    assert dev.main(["check"]) == 1
    refusal = capsys.readouterr().err
    assert refusal.count("\n") == 1
    assert "Python 3.11, 3.12 or 3.13; this is {}.{}.{}".format(*version) in refusal


def test_a_python_that_will_do_is_taken_from_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    major, minor = sys.version_info[:2]
    for supported in dev.SUPPORTED:
        (tmp_path / "python{}.{}".format(*supported)).symlink_to(
            sys.executable
        )  # all but one are not what they say
    monkeypatch.setattr(sys, "version_info", (3, 9, 0))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert dev.find_python() == (str(tmp_path / f"python{major}.{minor}"), f"{major}.{minor}")


class Machine:
    """A checkout in a temporary folder, and an installer that does what the test says."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.installed: list[str] = []
        self.fails_with: str | None = None
        self.dies = False
        (root / "requirements").mkdir()
        self.write("requirements/development.txt", "numpy==2.4.6\n")
        self.write("pyproject.toml", '[project]\nname = "stanch"\n\n[tool.ruff]\nline-length = 115\n')

    def write(self, name: str, text: str) -> None:
        (self.root / name).write_text(text, encoding="utf-8")

    def environment(self) -> dev.Environment:
        return dev.Environment(".venv", "development")

    def listen(self, *command: object) -> tuple[int, str]:
        words = [str(word) for word in command]
        if words[1:3] == ["-m", "venv"]:
            python = self.environment().python
            python.parent.mkdir(parents=True)
            python.touch()
        if words[-1] != "--help" and "install" in words:
            assert not self.environment().stamp.exists(), "a kill at this instant must not pass for complete"
            self.installed.append(words[-1])
            if self.dies:
                raise SystemExit
            if self.fails_with is not None:
                return 1, self.fails_with
        return 0, ""


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    made = Machine(tmp_path)
    monkeypatch.setattr(dev, "ROOT", tmp_path)
    monkeypatch.setattr(dev, "listen", made.listen)
    monkeypatch.setattr(dev, "find_uv", lambda: None)
    return made


def test_a_set_up_that_is_complete_is_not_done_again(machine: Machine) -> None:
    machine.environment().prepare()
    requirements = str(machine.root / "requirements" / "development.txt")
    assert machine.installed == [requirements, str(machine.root)]
    machine.write("pyproject.toml", '[project]\nname = "stanch"\n\n[tool.ruff]\nline-length = 100\n')
    machine.environment().prepare()
    assert len(machine.installed) == 2


@pytest.mark.parametrize(
    ("name", "text"),
    [("requirements/development.txt", "numpy==2.4.7\n"), ("pyproject.toml", '[project]\nname = "other"\n')],
)
def test_a_set_up_is_done_anew_when_what_it_depends_on_changes(machine: Machine, name: str, text: str) -> None:
    machine.environment().prepare()
    (machine.root / ".venv" / "old").touch()
    machine.write(name, text)
    machine.environment().prepare()
    assert len(machine.installed) == 4
    assert not (machine.root / ".venv" / "old").exists()


@pytest.mark.parametrize("broken", ["bin/python", "set-up-is-complete"])
def test_an_environment_that_is_broken_or_was_never_finished_is_made_anew(machine: Machine, broken: str) -> None:
    machine.environment().prepare()
    (machine.root / ".venv" / broken).unlink()
    machine.environment().prepare()
    assert len(machine.installed) == 4
    assert machine.environment().stamp.is_file()


def test_a_set_up_that_fails_says_why_and_leaves_nothing(
    machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    machine.fails_with = PIP_OFFLINE
    assert dev.main(["check"]) == 1
    assert capsys.readouterr().err.splitlines()[1:] == [f"{dev.OFFLINE}, then run the same again."]
    assert not (machine.root / ".venv").exists()


def test_a_reason_that_nobody_foresaw_is_shown_as_the_installer_gave_it(
    machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    machine.fails_with = "the moon is in the wrong house"
    assert dev.main(["check"]) == 1
    assert "the moon is in the wrong house" in capsys.readouterr().err


def test_an_interruption_leaves_nothing_that_could_pass_for_complete(machine: Machine) -> None:
    machine.dies = True
    with pytest.raises(SystemExit):
        machine.environment().prepare()
    assert not machine.environment().stamp.exists()


def test_where_no_way_works_the_user_is_told_what_to_install(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(dev, "listen", lambda *_: (1, DEBIAN))
    assert dev.main(["check"]) == 1
    assert "apt-get install python3-venv" in capsys.readouterr().err
    assert not (machine.root / ".venv").exists()


def test_without_ensurepip_the_outer_pip_installs(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    def listen(*command: object) -> tuple[int, str]:
        inside = command[0] == machine.environment().python
        return (1, DEBIAN) if (command[1:3] == ("-m", "venv") and len(command) == 4) or inside else (0, "")

    monkeypatch.setattr(dev, "listen", listen)
    install = machine.environment().make_empty("python3")
    assert install == ["python3", "-m", "pip", "--python", machine.environment().python, "install"]


@pytest.mark.usefixtures("machine")
def test_a_folder_that_cannot_be_written_to_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(path: Path) -> None:
        raise OSError(errno.EROFS, "Read-only file system", str(path))

    monkeypatch.setattr(Path, "mkdir", refuse)
    assert dev.main(["check"]) == 1
    assert capsys.readouterr().err.splitlines()[1:] == [f"{dev.READ_ONLY}, then run the same again."]


@pytest.mark.parametrize(
    "words",
    [
        ["run", "--serve"],
        ["run", "--port", "8001", "more"],
        ["clean", "everything"],
        ["check", "--long"],
        ["dance"],
        [],
    ],
)
def test_wrong_use_is_refused_before_anything_is_done(words: list[str], machine: Machine) -> None:
    with pytest.raises(SystemExit) as refusal:
        dev.main(words)
    assert refusal.value.code == 2
    assert machine.installed == []


@pytest.mark.parametrize(
    ("words", "served"),
    [(["run", "--no-serve"], None), (["run"], []), (["run", "--port", "8001"], ["--port", "8001"])],
)
def test_run_serves_where_it_is_told(
    words: list[str], served: list[str] | None, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[list[str]] = []

    def replaced(_path: Path, command: list[str]) -> int:
        seen.append(command)
        return 0

    monkeypatch.setenv("STANCH_SERVICE_DATA", "")
    monkeypatch.setattr(dev.Environment, "call", lambda *_words: 0)
    monkeypatch.setattr(os, "execv", replaced)
    monkeypatch.chdir(machine.root)
    assert dev.main(words) == 0
    assert seen == ([] if served is None else [["stanch", "serve", "--sign-in", "admin", *served]])


def test_bench_lists_what_there_is_to_measure(machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    (machine.root / "benchmarks").mkdir()
    for name in ("report", "edits"):
        machine.write(f"benchmarks/{name}.py", "")
    for name in ("images", "news"):
        machine.write(f"benchmarks/{name}.py", 'if __name__ == "__main__":\n    pass\n')
    assert dev.main(["bench", "elephants"]) == 1
    assert "one of images, news" in capsys.readouterr().err


def test_clean_keeps_what_people_put_or_changed_in_the_demo(machine: Machine) -> None:
    demo, outside = machine.root / "demo", machine.root / "outside.txt"
    (demo / "inputs" / "texts").mkdir(parents=True)
    names = ["inputs/texts/a.txt", "inputs/b.txt", "inputs/changed.txt", "../outside.txt"]
    for name in [*names, "inputs/mine.txt"]:
        (demo / name).write_text(name, encoding="utf-8")
    lines = [f"{hashlib.sha256(name.encode()).hexdigest()}  {name}\n" for name in names]
    (demo / dev.GENERATED).write_text("".join(lines), encoding="utf-8")
    (demo / "inputs" / "changed.txt").write_text("changed by hand", encoding="utf-8")
    (machine.root / ".venv").mkdir()
    assert dev.main(["clean"]) == 0
    assert sorted(path.name for path in demo.rglob("*")) == ["changed.txt", "inputs", "mine.txt"]
    assert outside.exists()
    assert not (machine.root / ".venv").exists()


def test_clean_removes_a_demo_that_nobody_touched(machine: Machine) -> None:
    demo = machine.root / "demo"
    demo.mkdir()
    (demo / "a.txt").write_bytes(b"")
    (demo / dev.GENERATED).write_text(f"{hashlib.sha256().hexdigest()}  a.txt\n", encoding="utf-8")
    assert dev.main(["clean"]) == 0
    assert not demo.exists()
