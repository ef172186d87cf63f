"""What users install: the wheel, beside nothing but the library's locked requirements."""

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from email.parser import HeaderParser
from importlib.metadata import distribution
from pathlib import Path, PurePosixPath

import pytest
from packaging.requirements import Requirement

from tests.conftest import ROOT

pytestmark = pytest.mark.xdist_group("wheel")  # one worker builds and installs it, once

TEXT = "The keepers of the grey lantern tell the harbour towns that the long night of the quiet tide is over. " * 3


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


class Installation:
    """An environment with the wheel in it, and a folder far from the checkout to work in."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.programs = folder / "environment" / "bin"

    def run(self, program: str, *arguments: object) -> subprocess.CompletedProcess[str]:
        """Run a program of the environment that knows of nothing outside it."""
        return subprocess.run(
            [self.programs / program, *map(str, arguments)],
            cwd=self.folder,
            env={"HOME": str(self.folder), "PATH": str(self.programs), "LANG": "C.UTF-8", "COLUMNS": "100"},
            capture_output=True,
            encoding="utf-8",
            check=False,
        )


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """Install the wheel as pip would: its files and its requirements, but for the download.

    The requirements are those of the lock, copied from the environment that the tests run in, where they were
    checked against their hashes; so this needs no network and no cache.
    """
    made = Installation(tmp_path_factory.mktemp("installed"))
    environment = made.folder / "environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True)
    (packages,) = environment.glob("lib/python3*/site-packages")
    for requirement in locked():
        copy(requirement, packages)
    install = ["uv", "pip", "install", "--python", str(environment), "--offline", "--no-deps", str(wheel)]
    subprocess.run([sys.executable, "-m", *install], check=True, capture_output=True)
    return made


def locked() -> Iterator[Requirement]:
    """Yield what the lock of the library asks for on this platform."""
    text = (ROOT / "requirements" / "library.txt").read_text(encoding="utf-8")
    for line in re.findall(r"^[a-z].*(?= \\$)", text, re.MULTILINE):
        requirement = Requirement(line)
        if requirement.marker is None or requirement.marker.evaluate():
            yield requirement


def copy(requirement: Requirement, packages: Path) -> None:
    """Copy an installed distribution, by links where the file system allows."""
    found = distribution(requirement.name)
    assert requirement.specifier.contains(found.version), f"{requirement} is locked, {found.version} is installed"
    for file in found.files or ():
        source, target = Path(str(file.locate())), packages / file
        if ".." in PurePosixPath(file).parts or not source.is_file():
            continue  # programs, which nobody needs here, and compiled files that are not there any more
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(source, target)
        except OSError:
            shutil.copy2(source, target)


def test_the_wheel_holds_both_packages_their_data_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {"stanch", "stanch_server"}
    sources = {path.relative_to(ROOT / "src").as_posix() for path in (ROOT / "src").rglob("*") if path.is_file()}
    shipped = {name for name in names if ".dist-info/" not in name}
    assert shipped == {name for name in sources if "__pycache__" not in name}
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_the_wheel_asks_for_the_library_alone_unless_told_otherwise(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        name = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        metadata = HeaderParser().parsestr(archive.read(name).decode())
    assert (metadata["Name"], metadata["License-Expression"]) == ("stanch", "Apache-2.0 AND CC-BY-SA-4.0")
    asked = [Requirement(line) for line in metadata.get_all("Requires-Dist", [])]
    plain = {requirement.name for requirement in asked if requirement.marker is None}
    assert plain <= {requirement.name for requirement in locked()}
    assert plain.isdisjoint({"django", "granian"})
    extras = {
        extra
        for requirement in asked
        if requirement.marker
        for extra in re.findall('"(.*)"', str(requirement.marker))
    }
    assert extras == {"client", "demo", "server"}


def test_what_is_imported_is_the_wheel(installed: Installation) -> None:
    result = installed.run(
        "python", "-c", "import stanch, stanch_server; print(stanch.__file__, stanch_server.__file__)"
    )
    assert result.stdout.count("site-packages") == 2, result.stderr
    assert str(ROOT) not in result.stdout


def test_the_command_line_says_its_version_and_helps(installed: Installation) -> None:
    version = installed.run("stanch", "--version")
    assert (version.returncode, version.stderr) == (0, "")
    assert distribution("stanch").version in version.stdout
    helped = installed.run("stanch", "--help")
    assert helped.returncode == 0
    assert all(command in helped.stdout for command in ("scan", "bank", "fingerprint", "compare", "doctor"))


def test_a_scan_finds_what_was_banked(installed: Installation) -> None:
    (installed.folder / "stanch.toml").touch()
    for name, text in (("known", TEXT), ("copied", TEXT.upper()), ("other", "A ferry leaves at nine.")):
        (installed.folder / f"{name}.txt").write_text(text, encoding="utf-8")
    legal = ("--owner", "Ada", "--legal-basis", "Article 5 of Regulation (EU) 2021/784")
    known = ("--content-type", "incites", "--designation", "behaviour-based")
    for step in (
        ("create", "lantern", *legal, *known),
        ("add", "lantern", "known.txt", "--by", "Ada"),
        ("enable", "lantern"),
    ):
        result = installed.run("stanch", "bank", *step)
        assert result.returncode == 0, result.stderr
    matched = installed.run("stanch", "scan", "copied.txt", "--json")
    assert matched.returncode == 3, matched.stderr
    assert json.loads(matched.stdout)
    assert installed.run("stanch", "scan", "other.txt").returncode == 0
