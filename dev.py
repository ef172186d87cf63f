#!/usr/bin/env python3
"""Set up, run, test and measure Stanch from a checkout, with nothing but Python.

  python3 dev.py run                        build the demo, scan it, then serve the console with it
  python3 dev.py test                       formatting, lint, types, import rules and all tests
  python3 dev.py test tests/media -k bomb   the same with only these tests: all that pytest understands
  python3 dev.py check                      the same without any tests, in seconds
  python3 dev.py bench images --quick       measure one thing, beside its peers

The first command installs the locked dependencies into .venv, and again when requirements/ or the Python change:
in seconds with uv, a minute with pip. That needs the network, 1 GB of disk, and Python 3.11 to 3.13.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import os
import re
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from subprocess import DEVNULL, PIPE, STDOUT, Popen
from subprocess import run as call

with contextlib.suppress(ImportError):  # Windows has no such lock: there, two set-ups at once are up to the user
    import fcntl

ROOT = Path(__file__).resolve().parent
PROGRAMS = "Scripts" if os.name == "nt" else "bin"
SUPPORTED = ((3, 13), (3, 12), (3, 11))
LOCKS = {"library": "", "demo": "extra", "server": "extra", "development": "group", "benchmarks": "group"}
CHECKS = {"format": "ruff format --check", "lint": "ruff check", "types": "mypy", "imports": "lint-imports"}
QUIET = {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1", "PIP_PROGRESS_BAR": "off", "NO_COLOR": "1"}
CACHES = [".mypy_cache", ".ruff_cache", ".pytest_cache", ".import_linter_cache", ".hypothesis", "build", "dist"]
GENERATED = "generated.sha256"  # in demo/: a digest, two spaces and a path on each line, as sha256sum writes them

FULL = "The disk is full: free about 1 GB here and in the temporary folder"
OFFLINE = "No package index can be reached: connect to the network, or point pip or uv at a mirror"
UNTRUSTED = "The package index's certificate is not trusted: set SSL_CERT_FILE and PIP_CERT to your network's"
READ_ONLY = f"{ROOT} cannot be written to: make it writable, or copy the checkout to a folder that is"
CHANGED = "A package differs from the one that was locked and was not installed: clear the cache of pip or uv"
LACKING = "The package index lacks a package that is locked: point pip or uv at a complete one"
UNCOMPILED = "A peer has to be compiled: install a C++ compiler and headers (apt-get install g++ python3-dev)"
SIGNS = {
    r"no space left|errno 28|os error 28|disk quota": FULL,
    r"certificate.?verify.?failed|invalid peer certificate": UNTRUSTED,
    r"connection ?(error|refused|reset|broken)|time(d )?out|name resolution|name or service|unreachable": OFFLINE,
    r"dns error|error sending request|proxy ?error|ssl ?error|failed to fetch|network was disabled": OFFLINE,
    r"read-only file system|permission denied|os error (13|30)": READ_ONLY,
    r"do not match the hashes|hash mismatch": CHANGED,
    r"command '?[\w-]*(gcc|g\+\+|cc|c\+\+|clang)'? failed|python\.h: no such": UNCOMPILED,
    r"no matching distribution|no solution found": LACKING,
}


class Trouble(Exception):  # noqa: N818 - it is told to the user as it is, and never raised to a caller
    """What stands in the way and what to do about it; the line ends by asking to run the same again."""


def recognise(output: str) -> str | None:
    """Return what an error message of an installer or of the system comes down to; it names no host."""
    return next((line for sign, line in SIGNS.items() if re.search(sign, output, re.IGNORECASE)), None)


def say(text: str) -> None:
    """Tell the user, on the error stream: the other one belongs to the command."""
    print(text, file=sys.stderr, flush=True)


def listen(*command: object) -> tuple[int, str]:
    """Run a command, showing its last line meanwhile; return its exit code and output, without addresses."""
    words, environment, lines = [str(word) for word in command], {**os.environ, **QUIET}, []
    try:
        process = Popen(words, cwd=ROOT, env=environment, stdin=DEVNULL, stdout=PIPE, stderr=STDOUT)
    except FileNotFoundError as error:
        return 127, str(error)
    with process:
        for line in process.stdout or ():
            lines.append(re.sub(r"\w+://\S+", "(address)", line.decode("utf-8", "replace").strip()))
            if sys.stderr.isatty():
                print(f"  {lines[-1][:70]:<70}", end="\r", file=sys.stderr, flush=True)
    return process.returncode, "\n".join(lines)


def works(*command: object) -> bool:
    """Whether a command is there and ends well."""
    return listen(*command)[0] == 0


def find_uv() -> str | None:
    """Return uv's path, if there is one that runs."""
    uv = shutil.which("uv")
    return uv if uv and works(uv, "--version") else None


def find_python() -> tuple[str, str]:
    """Return path and version of this Python if it will do, else of one on PATH, else what uv is to look for."""
    if sys.version_info[:2] in SUPPORTED:
        # From within an environment that may be replaced, take the one that it was made from.
        return getattr(sys, "_base_executable", sys.executable), "{}.{}".format(*sys.version_info)
    for major, minor in SUPPORTED:
        path = shutil.which(f"python{major}.{minor}")
        if path and works(path, "-c", f"import sys; sys.exit(sys.version_info[:2] != ({major}, {minor}))"):
            return path, f"{major}.{minor}"
    if find_uv():
        return ">=3.11,<3.14", "3.11 to 3.13"
    this = "{}.{}.{}".format(*sys.version_info)
    raise Trouble(f"Stanch needs Python 3.11, 3.12 or 3.13; this is {this}: install one")


class Environment:
    """A virtual environment and the locked requirements that it is made from.

    The stamp is written last: an environment without the right one is unfinished or outdated.
    """

    def __init__(self, folder: str, lock: str) -> None:
        self.folder = ROOT / folder
        self.requirements = ROOT / "requirements" / f"{lock}.txt"
        self.python = self.folder / PROGRAMS / "python"
        self.stamp = self.folder / "set-up-is-complete"

    def prepare(self) -> Environment:
        """Make the environment, unless it is there and up to date; only one process does so at a time."""
        with Path(__file__).open(encoding="utf-8") as lock:
            with contextlib.suppress(NameError, OSError):
                fcntl.flock(lock, fcntl.LOCK_EX)
            path, version = find_python()
            wanted = self.digest(version)
            if not self.python.exists() or not self.stamp.is_file() or self.stamp.read_text() != wanted:
                self.make(path, version, wanted)
        return self

    def digest(self, version: str) -> str:
        """Return a hash of all that the environment depends on: requirements, metadata, Python and place."""
        project = (ROOT / "pyproject.toml").read_text(encoding="utf-8").split("\n[tool.")[0]
        parts = (self.requirements.read_text(encoding="utf-8"), project, version, str(ROOT))
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()

    def make(self, path: str, version: str, stamp: str) -> None:
        """Make the environment anew, stamp it when it is complete, and leave nothing behind if it cannot be."""
        began = time.monotonic()
        say(f"Setting up {self.folder.name} with Python {version} ...")
        try:
            self.fill(self.make_empty(path))
            self.stamp.write_text(stamp)
        except BaseException:
            remove(self.folder)
            raise
        say(f"{self.folder.name} is ready, after {time.monotonic() - began:.0f} s.")

    def fill(self, install: Sequence[object]) -> None:
        """Install the locked requirements, and then the checkout itself."""
        checkout = ("--no-deps", "--no-build-isolation", "-e", ROOT)
        for what in (("--require-hashes", "-r", self.requirements), checkout):
            code, output = listen(*install, *what)
            if code:
                raise Trouble(recognise(output) or f"{output[-2000:]}\nThe set-up failed, see above: mend that")

    def make_empty(self, path: str) -> Sequence[object]:
        """Make the environment by the first way that works here, and return the command that installs into it."""
        for create, install in self.ways(path):
            remove(self.folder)
            self.folder.mkdir()  # so that a folder that cannot be written to says so itself
            code, output = listen(*create)
            if code == 0 and works(*install, "--help"):
                return install
            if code not in {0, 127} and recognise(output):
                raise Trouble(recognise(output))
        raise Trouble("Neither uv, venv nor virtualenv works here: apt-get install python3-venv, or install uv")

    def ways(self, path: str) -> Iterator[tuple[list[object], list[object]]]:
        """Yield commands that make the environment, each with the one that then installs into it."""
        uv = find_uv()
        if uv:
            yield [uv, "venv", "--python", path, self.folder], [uv, "pip", "install", "--python", self.python]
        inside = [self.python, "-m", "pip", "install"]
        outside = [path, "-m", "pip", "--python", self.python, "install"]
        yield [path, "-m", "venv", self.folder], inside
        yield [path, "-m", "venv", "--without-pip", self.folder], outside  # Debian without python3-venv
        yield [path, "-m", "virtualenv", self.folder], inside

    def call(self, program: str, *arguments: str) -> int:
        """Run one of the environment's programs on this terminal, and return its exit code."""
        return call([self.folder / PROGRAMS / program, *arguments], cwd=ROOT, check=False).returncode


def remove(path: Path) -> None:
    """Remove a file, a link or a whole folder, if it is there."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    elif path.is_symlink() or path.exists():
        path.unlink()


def check(_: Sequence[str] = (), **more: Sequence[str]) -> int:
    """Formatting, lint, types and import rules; every step, whatever comes of the others."""
    environment, failed = Environment(".venv", "development").prepare(), []
    for name, command in {**{name: line.split() for name, line in CHECKS.items()}, **more}.items():
        print(f"\n== {name}", flush=True)
        began = time.monotonic()
        code = environment.call(*command)
        print(f"== {name}: {'FAILED' if code else 'passed'}, {time.monotonic() - began:.1f} s", flush=True)
        failed += [name] if code else []
    print(f"\nFAILED: {', '.join(failed)}" if failed else "\nAll passed.")
    return 1 if failed else 0


def run(rest: Sequence[str]) -> int:
    """Build the demo in demo/, scan it, serve it on http://127.0.0.1:8000 [or --port N]; [--no-serve] does not."""
    environment = Environment(".venv", "development").prepare()
    os.environ["STANCH_SERVICE_DATA"] = str(ROOT / "demo/service")
    for command in ["demo", "run"], ["service", "demo"]:
        if (code := environment.call("stanch", *command, "demo")) or "--no-serve" in rest:
            return code
    os.chdir(ROOT)  # and in place of this process, so that a key pressed here ends the service in order
    return os.execv(environment.folder / PROGRAMS / "stanch", ["stanch", "serve", "--sign-in", "admin", *rest])  # noqa: S606


def test(arguments: Sequence[str]) -> int:
    """Check, then all tests in parallel; [--long] runs whole campaigns, and pytest gets every other argument."""
    return check(tests=["pytest", "-n", "auto", "--dist", "loadgroup", *arguments])


def bench(arguments: Sequence[str]) -> int:
    """NAME [--json] [--quick] measures; peers are installed into .venv-bench, and only there."""
    names = sorted(path.stem for path in ROOT.glob("benchmarks/*.py") if "__main__" in path.read_text("utf-8"))
    if not arguments or arguments[0] not in names:
        raise Trouble(f"bench needs the name of what to measure: give it one of {', '.join(names)}")
    environment = Environment(".venv-bench", "benchmarks").prepare()
    return environment.call("python", "-m", f"benchmarks.{arguments[0]}", *arguments[1:])


def lock(arguments: Sequence[str]) -> int:
    """Write requirements/ from pyproject.toml, keeping what is pinned; [--upgrade] takes the newest of all."""
    uv = find_uv() or ROOT / ".venv" / PROGRAMS / "uv"
    how = ["--universal", "--fork-strategy=fewest", "--python-version=3.11", "--generate-hashes", "--no-header"]
    for name, kind in LOCKS.items():  # each adds to the one before
        how += [f"--{kind}", name] if kind else []
        target = f"--output-file=requirements/{name}.txt"
        code, output = listen(uv, "pip", "compile", "pyproject.toml", *how, *arguments, target)
        if code:
            raise Trouble(recognise(output) or f"{output}\nuv could not lock {name}: mend that (or install uv)")
        how += ["--constraint", f"requirements/{name}.txt"]
    return 0


def clean(_: Sequence[str]) -> int:
    """Remove environments, caches and what is generated in demo/; nothing that you put or changed there."""
    compiled = [*ROOT.glob("[!.]*/**/__pycache__"), ROOT / "demo/service"]
    for path in [*compiled, *(ROOT / name for name in (".venv", ".venv-bench", "__pycache__", *CACHES))]:
        remove(path)
    clean_demo(ROOT / "demo")
    return 0


def clean_demo(demo: Path) -> None:
    """Remove each file that is still as the demo's own list says, and then the folders that are empty."""
    listed = demo / GENERATED
    for line in listed.read_text(encoding="utf-8").splitlines() if listed.is_file() else ():
        digest, _, name = line.partition("  ")
        path = (demo / name).resolve()
        if demo in path.parents and path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == digest:
            path.unlink()
    remove(listed)
    for folder in [*sorted(demo.rglob("*"), reverse=True), demo]:
        with contextlib.suppress(OSError):  # not empty, or no folder at all
            folder.rmdir()
    if demo.exists():
        say(f"Kept in {demo}: what you put or changed there.")


def main(words: Sequence[str]) -> int:
    """Run one command and return its exit code: 1 if something stands in the way, 2 for wrong use."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for act in (run, test, check, bench, lock, clean):
        commands.add_parser(act.__name__, help=act.__doc__, description=act.__doc__).set_defaults(act=act)
    options, rest = parser.parse_known_args(words)
    serve = rest[:2] if rest[:1] == ["--port"] else ["--no-serve"]
    if set(rest) - set({run: serve, lock: {"--upgrade"}, test: rest, bench: rest}.get(options.act, ())):
        parser.error(f"{options.command} does not take {' '.join(rest)}")
    try:
        return int(options.act(rest))
    except Trouble as trouble:
        say(f"{trouble}, then run the same again.")
    except OSError as error:
        say(f"{recognise(str(error)) or error}, then run the same again.")
    return 1


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(main(sys.argv[1:]))
    sys.exit(130)
