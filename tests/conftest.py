"""What every test may ask for, and what the suite says of what it left out.

- `--long` runs campaigns whole; without it each runs a tenth, from the same seed.
- `--seed N` starts campaigns elsewhere.
- `--no-skips` fails the run for every skip but those for public test data that is not here.
"""

import fcntl
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parent.parent
ACCEPTED_SKIP = "public test data absent"
NEEDS = "needs "
APT_GET = ("apt-get", "--quiet", "--yes", "-o", "DPkg::Lock::Timeout=60")

settings.register_profile(
    "suite", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("suite")


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("stanch")
    group.addoption("--long", action="store_true", help="run campaigns whole, not a tenth of each")
    group.addoption("--seed", type=int, default=2021784, help="where campaigns start (default: %(default)s)")
    group.addoption("--no-skips", action="store_true", help="fail for what is skipped, but for absent test data")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest: one test runs all of the service's once more, while others run beside it."""
    items.sort(key=lambda item: item.path.name != "test_postgresql.py")


def pytest_report_header(config: pytest.Config) -> str:
    share = "whole" if config.getoption("long") else "a tenth of each (--long runs them whole)"
    return f"campaigns: {share}, from seed {config.getoption('seed')}"


@pytest.fixture(scope="session")
def assets() -> Path:
    """Return the folder of public test data, or skip: it is not part of the project."""
    folder = Path(os.environ.get("STANCH_ASSETS", ROOT.parent / "shared" / "assets"))
    if not folder.is_dir():
        pytest.skip(f"{ACCEPTED_SKIP}: set STANCH_ASSETS to its folder")
    return folder


@pytest.fixture(scope="session")
def seed(pytestconfig: pytest.Config) -> int:
    """Return where campaigns start; the header says it."""
    return int(pytestconfig.getoption("seed"))


@pytest.fixture(scope="session")
def campaign(pytestconfig: pytest.Config) -> Callable[[int], int]:
    """Return a function from the size of a campaign to how much of it to run."""
    whole = pytestconfig.getoption("long")
    return lambda size: size if whole else max(1, size // 10)


@pytest.fixture(scope="session")
def system_program(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str], Path]:
    """Return a function that finds a system program by its name and its Debian package.

    A program that is missing is installed where nobody has to be asked: as root, with apt-get.
    Elsewhere the test is skipped, and the end of the run says how to install it.
    """
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base

    def find(name: str, package: str) -> Path:
        if shutil.which(name) is None and os.geteuid() == 0 and shutil.which("apt-get"):
            _install(name, package, shared)
        path = shutil.which(name)
        if path is None:
            pytest.skip(f"{NEEDS}{name}: apt-get install {package}")
        return Path(path)

    return find


def _install(name: str, package: str, shared: Path) -> None:
    """Install a package, one worker at a time; what failed once is not tried again in this run."""
    refused = shared / f"no-{package}"
    with (shared / "apt-get.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if shutil.which(name) or refused.exists():
            return
        install = ("install", "--no-install-recommends", package)
        if not (_apt_get(*install) or (_apt_get("update") and _apt_get(*install))):
            refused.touch()


def _apt_get(*arguments: str) -> bool:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    command = [*APT_GET, *arguments]
    try:
        subprocess.run(command, env=environment, capture_output=True, timeout=300, check=True)
    except subprocess.SubprocessError:
        return False
    return True


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a run that was told to accept no skips; workers leave that to the one that collects their reports."""
    if session.exitstatus == pytest.ExitCode.OK and list(_unaccepted(session.config)):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    missing = {reason.removeprefix(NEEDS) for reason in _skips(config) if reason.startswith(NEEDS)}
    if missing:
        terminalreporter.section("to run what was skipped")
    for line in sorted(missing):
        terminalreporter.write_line(line)
    unaccepted = set(_unaccepted(config))
    if unaccepted:
        terminalreporter.section("failed by --no-skips", red=True)
    for reason in sorted(unaccepted):
        terminalreporter.write_line(reason)


def _unaccepted(config: pytest.Config) -> Iterator[str]:
    """Yield the reasons that `--no-skips` does not accept."""
    if config.getoption("no_skips"):
        yield from (reason for reason in _skips(config) if not reason.startswith(ACCEPTED_SKIP))


def _skips(config: pytest.Config) -> Iterator[str]:
    """Yield the reason of every skip that has been reported to this process."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    for report in reporter.stats.get("skipped", ()) if reporter else ():
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        yield reason.removeprefix("Skipped: ")
