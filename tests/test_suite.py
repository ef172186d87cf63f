"""The suite's own promises: what it leaves out is said, and fails where nothing may be left out."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

CONFTEST = Path(__file__).parent / "conftest.py"
WITHOUT_DATA = "def test_data(assets): pass\n"
WITHOUT_PROGRAM = "def test_program(system_program): system_program('no-such-program', 'no-such-package')\n"
WITHOUT_REASON = "import pytest\ndef test_skipped(): pytest.skip('not today')\n"
PLUGINS = ("-p", "no:cacheprovider", "-p", "no:django")  # the service's settings are not there
SKIPPED_MODULE = "import pytest\npytest.skip('not today', allow_module_level=True)\n"
CAMPAIGN = "def test_campaign(campaign, seed): assert (campaign(2000), campaign(3), seed) == {}\n"
NEVER_ASKED = "import os\nos.geteuid = lambda: 0\n"
INSTALLS = """
here = pathlib.Path(__file__).parent
with (here / "log").open("a") as log:
    print(*sys.argv[1:], file=log)
if "update" in sys.argv:
    (here / "updated").touch()
elif not (here / "updated").exists():
    sys.exit(100)
else:
    (here / "wanted").symlink_to(sys.executable)
"""


class Run:
    """A run of pytest on one small test module, with a PATH on which there is only what the test puts there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.programs = folder / "programs"
        self.programs.mkdir()
        (folder / "conftest.py").write_text(CONFTEST.read_text(encoding="utf-8"), encoding="utf-8")

    def put_program(self, name: str, script: str) -> None:
        path = self.programs / name
        path.write_text(f"#!{sys.executable} -I\nimport sys, pathlib\n{script}\n", encoding="utf-8")
        path.chmod(0o755)

    def __call__(self, module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        (self.folder / "test_module.py").write_text(module, encoding="utf-8")
        return subprocess.run(
            [sys.executable, "-m", "pytest", *PLUGINS, "-rs", *arguments, "test_module.py"],
            cwd=self.folder,
            env={**os.environ, "PATH": str(self.programs), "STANCH_ASSETS": "nowhere"},
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return Run(tmp_path)


def closing_line(result: subprocess.CompletedProcess[str]) -> str:
    return result.stdout.splitlines()[-1].strip("= ")


def test_no_skips_fails_the_run_for_every_skip_but_absent_data(run: Run) -> None:
    result = run(WITHOUT_PROGRAM + WITHOUT_REASON + WITHOUT_DATA, "--no-skips", "-n", "2")
    assert result.returncode == 1
    unaccepted = result.stdout.partition("failed by --no-skips")[2].splitlines()[1:3]
    assert unaccepted == ["needs no-such-program: apt-get install no-such-package", "not today"]
    assert closing_line(result).startswith("3 skipped in ")


def test_no_skips_sees_a_whole_module_that_is_skipped(run: Run) -> None:
    assert run(SKIPPED_MODULE, "--no-skips").returncode != 0


def test_no_skips_accepts_absent_data_and_campaigns_run_a_tenth(run: Run) -> None:
    result = run(WITHOUT_DATA + CAMPAIGN.format((200, 1, 2021784)), "--no-skips")
    assert result.returncode == 0
    assert closing_line(result).startswith("1 passed, 1 skipped in ")


def test_skips_are_told_with_what_would_install_the_program_and_campaigns_run_whole(run: Run) -> None:
    result = run(WITHOUT_PROGRAM + CAMPAIGN.format((2000, 3, 7)), "--long", "--seed", "7")
    assert result.returncode == 0
    assert "campaigns: whole, from seed 7" in result.stdout
    assert "\nno-such-program: apt-get install no-such-package\n" in result.stdout


def test_a_program_is_installed_once_for_all_workers_where_nobody_has_to_be_asked(run: Run) -> None:
    run.put_program("apt-get", INSTALLS)
    test = "def test_{}(system_program): assert system_program('wanted', 'package').name == 'wanted'\n"
    result = run(NEVER_ASKED + "".join(test.format(number) for number in range(4)), "--no-skips", "-n", "2")
    assert result.returncode == 0, result.stdout
    log = (run.programs / "log").read_text(encoding="utf-8")
    assert re.findall(" (install|update)", log) == ["install", "update", "install"]
