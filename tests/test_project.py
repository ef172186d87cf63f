"""The project as a whole: what is locked, what is public, what is documented, and what must never be written."""

import ast
import importlib
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import dev
from tests.conftest import ROOT

LOCKS = {name: ROOT / "requirements" / f"{name}.txt" for name in dev.LOCKS}
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
SOURCES = sorted((ROOT / "src").rglob("*.py"))
ROOMS = sorted(path.parent.name for path in (ROOT / "src" / "stanch").glob("*/__init__.py"))

# One line of a lock: a package at one version, perhaps for some platforms only; a hash; or a comment.
PINNED = re.compile(r"(?P<name>[a-z0-9-]+)==(?P<version>[\w.]+)( ; [\w '.<>=!()]+)? \\")
LINE = re.compile(
    rf"{PINNED.pattern}|    --hash=sha256:[0-9a-f]{{64}}( \\)?|    #(?!.*(://| /))( {{1,3}}[\w (),.:/-]+)?"
)


TEXT = {".py", ".md", ".toml", ".txt", ".json", ".csv", ".ini", ""}


def text_files() -> Iterator[Path]:
    """Yield every text file of the project that people or machines write."""
    for folder in ("src", "tests", "benchmarks", "docs", "requirements", "scripts", "changelog.d", ".ci"):
        yield from (path for path in (ROOT / folder).rglob("*") if path.is_file() and path.suffix in TEXT)
    yield from (path for path in ROOT.iterdir() if path.suffix in TEXT - {""})


def pins(lock: str) -> dict[str, str]:
    """Return the locked version of each package."""
    text = LOCKS[lock].read_text(encoding="utf-8")
    return {found["name"]: found["version"] for found in PINNED.finditer(text)}


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_pins_and_hashes_and_names_no_place(lock: str) -> None:
    odd = [line for line in LOCKS[lock].read_text(encoding="utf-8").splitlines() if not LINE.fullmatch(line)]
    assert odd == []


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_has_a_hash(lock: str) -> None:
    lines = LOCKS[lock].read_text(encoding="utf-8").splitlines()
    bare = [
        line
        for line, below in zip(lines, [*lines[1:], ""], strict=True)
        if PINNED.match(line) and "--hash" not in below
    ]
    assert bare == []


@pytest.mark.parametrize(
    ("smaller", "larger"),
    [("library", "demo"), ("demo", "server"), ("server", "development"), ("development", "benchmarks")],
)
def test_each_lock_contains_the_one_before_at_the_same_versions(smaller: str, larger: str) -> None:
    assert pins(smaller).items() <= pins(larger).items()


@pytest.mark.parametrize(
    ("lock", "declared"),
    [
        ("library", PYPROJECT["project"]["dependencies"]),
        ("demo", PYPROJECT["project"]["optional-dependencies"]["demo"]),
        ("server", PYPROJECT["project"]["optional-dependencies"]["server"]),
        ("development", PYPROJECT["dependency-groups"]["development"]),
        ("benchmarks", PYPROJECT["dependency-groups"]["benchmarks"]),
    ],
)
def test_everything_declared_is_locked(lock: str, declared: list[str]) -> None:
    locked = pins(lock)
    for requirement in map(Requirement, declared):
        name = canonicalize_name(requirement.name)
        assert name in locked, f"{name} is not locked: python3 dev.py lock"
        assert requirement.specifier.contains(locked[name]), f"{name}: python3 dev.py lock"


def test_peers_are_only_ever_installed_for_benchmarks() -> None:
    assert pins("development").keys().isdisjoint({"threatexchange", "pdqhash", "faiss-cpu"})


@pytest.mark.parametrize("lock", LOCKS)
def test_the_build_tool_that_overwrites_django_ninja_is_never_locked(lock: str) -> None:
    assert "ninja" not in pins(lock)


def test_nothing_names_a_package_index_or_a_place_on_this_machine() -> None:
    never = [
        "pypi" + ".org",
        "python" + "hosted.org",
        "--index" + "-url",
        "--find" + "-links",
        f"{ROOT}/",
        f"{Path.home()}/",
    ]
    found = {
        f"{path.relative_to(ROOT)}: {word}"
        for path in text_files()
        for word in never
        if len(word) > 2 and word in path.read_text(encoding="utf-8")
    }
    assert found == set()


@pytest.mark.parametrize("name", ["uv.lock", "uv.toml", "pip.conf", "poetry.lock", "Pipfile.lock", ".pypirc"])
def test_no_file_of_a_tool_that_would_name_an_index_is_here(name: str) -> None:
    assert not list(ROOT.glob(name))
    assert "uv" not in PYPROJECT["tool"]


def test_dev_reads_on_an_old_python_and_needs_the_standard_library_only() -> None:
    text = (ROOT / "dev.py").read_text(encoding="utf-8")
    assert len(text.splitlines()) < 300
    tree = ast.parse(text, feature_version=(3, 8))
    imported = {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    imported |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in imported} <= sys.stdlib_module_names


def test_the_supported_pythons_are_the_same_everywhere() -> None:
    project = PYPROJECT["project"]
    versions = sorted(".".join(map(str, version)) for version in dev.SUPPORTED)
    named = [line.rpartition(" ")[2] for line in project["classifiers"] if line.startswith("Programming Language")]
    assert versions == named == ["3.11", "3.12", "3.13"]
    assert project["requires-python"] == ">=3.11,<3.14"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_source_file_is_small_and_its_public_names_are_documented(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) < 400
    assert list(undocumented(ast.parse(text))) == []


Definition = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def undocumented(node: ast.Module | Definition, place: str = "the module") -> Iterator[str]:
    """Yield the public modules, classes, functions and methods that have no docstring."""
    if not (ast.get_docstring(node) or "").strip():
        yield place
    for inner in node.body if isinstance(node, ast.Module | ast.ClassDef) else ():
        if isinstance(inner, Definition) and is_public(inner):
            yield from undocumented(inner, f"{place}: {inner.name}")


def is_public(node: Definition) -> bool:
    """Whether users call it by its name, and it is here that they first meet it."""
    decorators = {ast.unparse(decorator).rpartition(".")[2] for decorator in node.decorator_list}
    return not node.name.startswith("_") and decorators.isdisjoint({"override", "overload", "setter", "deleter"})


def documented() -> dict[str, set[str]]:
    """Return the names that the reference lists, by module.

    A heading that holds a module in backticks begins its list; each bullet begins with names in backticks.
    """
    listed: dict[str, set[str]] = {}
    module = None
    for line in (ROOT / "docs" / "reference" / "library.md").read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            heading = re.fullmatch(r"#+ `(stanch[\w.]*)`.*", line)
            module = heading[1] if heading else None
        bullet = re.match(r"[-*] (`\w+`(?:, `\w+`)*)", line)
        if module and bullet:
            listed.setdefault(module, set()).update(re.findall(r"\w+", bullet[1]))
    return listed


def exported(module: ModuleType) -> set[str]:
    """Return what a module offers: its `__all__`, else every class that it defines."""
    defined = {name for name, value in vars(module).items() if getattr(value, "__module__", "") == module.__name__}
    return set(getattr(module, "__all__", defined))


def test_the_reference_lists_every_room_that_exports_anything() -> None:
    rooms = {
        f"stanch.{name}" for name in ROOMS if getattr(importlib.import_module(f"stanch.{name}"), "__all__", ())
    }
    assert rooms | {"stanch.errors"} <= documented().keys()


def test_exports_are_what_the_reference_says() -> None:
    listed = documented()
    assert listed == {name: exported(importlib.import_module(name)) for name in listed}


def test_every_room_has_its_layer_and_none_can_be_forgotten() -> None:
    contract = next(one for one in PYPROJECT["tool"]["importlinter"]["contracts"] if one["type"] == "layers")
    assert contract["exhaustive"] is True
    assert contract["containers"] == ["stanch"]
    required = {room for layer in contract["layers"] for room in re.findall(r"(?<!\()\b\w+\b(?!\))", layer)}
    assert required == {*ROOMS, "errors"}
