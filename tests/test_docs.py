"""The documentation says what is there, and its examples run as they are pasted."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import typer

from stanch.cli.app import app
from stanch.cli.exits import Exit
from stanch.cli.installation import _Configuration, _Policy
from stanch.values import METHODS
from stanch_server.accounts.capabilities import KEY_CAPABILITIES, Role
from stanch_server.endpoints.openapi import document
from stanch_server.project.configuration import Configuration

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)#]+)[^)]*\)")


def read(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def blocks(page: Path, language: str) -> list[str]:
    return [body for found, body in BLOCK.findall(page.read_text(encoding="utf-8")) if found == language]


def with_examples() -> list[Path]:
    return [page for page in PAGES if blocks(page, "sh")]


def shell(script: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    """Run a script as somebody would who has just installed Stanch and stands in an empty folder."""
    environment = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(folder),
        "LC_ALL": "C.UTF-8",
        "COLUMNS": "200",
    }
    return subprocess.run(
        ["bash", "-c", script],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.mark.parametrize("page", with_examples(), ids=lambda page: page.stem)
def test_examples_run_as_they_are_pasted(page: Path, tmp_path: Path) -> None:
    """All blocks of a page in one shell, in order; the project's own two commands are tested elsewhere."""
    script = "\n".join(block for block in blocks(page, "sh") if "dev.py" not in block)
    python = "\n".join(blocks(page, "python"))
    if python:
        (tmp_path / "example.py").write_text(python, encoding="utf-8")
        script += f"\n{sys.executable} {tmp_path}/example.py\n"
    done = shell(script, tmp_path)
    for trouble in ("Traceback", "stanch: ", "Error"):
        assert trouble not in done.stderr, done.stderr
    assert done.stdout


def test_the_readme_shows_what_it_promises(tmp_path: Path) -> None:
    """A hidden copy is found, and the newspaper passes: the two sentences on which everything rests."""
    lines = [line for block in blocks(ROOT / "README.md", "sh") for line in block.splitlines()]
    script = "\n".join(line for line in lines if line.startswith(("stanch demo", "stanch scan")))
    hidden, newspaper = shell(script, tmp_path).stdout.split("exit code 3")[:2]
    assert "identical" in hidden
    assert "block" in hidden
    assert "quotes a passage" in newspaper
    assert "1 allow" in newspaper


def test_every_relative_link_leads_somewhere() -> None:
    for page in PAGES:
        for link in LINK.findall(page.read_text(encoding="utf-8")):
            if "://" not in link:
                assert (page.parent / link).exists(), f"{page.name}: {link}"


def test_every_command_and_option_is_documented() -> None:
    page = read("docs/reference/command-line.md")
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    for name, command in commands.items():
        for sub, leaf in getattr(command, "commands", {"": command}).items():
            full = f"stanch {name} {sub}".strip()
            assert f"`{full}" in page, full
            for parameter in leaf.params:
                if parameter.param_type_name == "option" and parameter.name != "help":
                    assert f"`{parameter.opts[0]}`" in page, f"{full} {parameter.opts[0]}"


def test_every_exit_code_setting_and_method_is_documented() -> None:
    codes = read("docs/reference/command-line.md")
    assert all(f"| {code.value} |" in codes for code in Exit)
    settings = read("docs/reference/configuration.md")
    names = {"banks", *(f"policies.BANK.{name}" for name in _Policy.__struct_fields__)}
    assert all(f"`{name}`" in settings for name in names)
    assert set(_Configuration.__struct_fields__) == {"banks", "policies", "service"}
    assert all(f"`service.{name}`" in settings for name in Configuration.__struct_fields__)
    assert all(f"`{method}`" in read("docs/reference/methods.md") for method in METHODS)


def test_every_setting_of_the_service_that_the_pages_name_is_there() -> None:
    named = set(re.findall(r"`service\.(\w+)`", read("docs/reference/configuration.md")))
    assert named == set(Configuration.__struct_fields__)
    for page in PAGES:
        for block in blocks(page, "toml"):
            assert set(tomllib.loads(block).get("service", {})) <= named, page.name


def test_every_address_of_the_api_is_documented() -> None:
    page = read("docs/reference/api.md")
    for path, methods in document()["paths"].items():
        line = next(
            (line for line in page.splitlines() if line.startswith(f"| `{path.removeprefix('/api/v1')}` |")), ""
        )
        assert line, path
        assert {method.upper() for method in methods} == set(line.split("|")[2].strip().split(", ")), path


def test_every_role_and_capability_is_documented() -> None:
    page = read("docs/reference/roles.md")
    for name in (*Role, *KEY_CAPABILITIES):
        assert f"| `{name}` |" in page, name


def test_the_readme_is_one_screen() -> None:
    assert len(read("README.md").splitlines()) <= 70
