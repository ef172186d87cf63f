"""The demo: ninety-six works, and what comes of each of its 295 inputs."""

import sys
from collections import Counter
from pathlib import Path

import pytest
from typer.testing import CliRunner

from stanch.cli.app import app
from stanch.cli.demo import found
from stanch.cli.inputs import posts_in
from stanch.cli.installation import Installation
from stanch.cli.scan import scan_posts
from stanch.demo import INPUTS, MARKER, build
from stanch.demo.inputs import inputs
from stanch.demo.languages import FURTHER, LANGUAGES
from stanch.demo.works import BANKS, SCRIPTURE, works
from stanch.demo.writings import statements
from stanch.errors import MissingExtraError
from stanch.matching import Matcher
from stanch.policies import judge
from stanch.values import Kind, Level, Post, Purpose

BY_NAME = {each.name: each for each in inputs()}


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo") / "demo"
    build(folder)
    return folder


@pytest.fixture(scope="session")
def came_out(demo: Path) -> dict[str, tuple[str, str]]:
    installation = Installation.find(demo / "stanch.toml")
    posts = list(posts_in(sorted((demo / INPUTS).iterdir())))
    scanned = list(scan_posts(posts, installation.open_all(), installation.policies))
    return {
        each.result.post.removeprefix(f"{demo / INPUTS}/"): (found(each).kind, found(each).outcome)
        for each in scanned
    }


@pytest.mark.parametrize("name", BY_NAME)
def test_each_input_comes_out_as_it_must(name: str, came_out: dict[str, tuple[str, str]]) -> None:
    kind = BY_NAME[name].kind
    assert came_out[name] == (kind.value if kind else "", str(BY_NAME[name].level))


def test_a_run_tells_the_ways_of_coming_out_and_not_every_post(demo: Path) -> None:
    done = CliRunner().invoke(app, ["demo", "run", str(demo)])
    assert done.exit_code == 0, done.output
    assert "295 posts: 74 block, 34 hold, 59 review, 128 allow; 295 came out as they must." in done.output
    assert len(done.output.splitlines()) < 60


def test_there_are_ninety_six_works_and_295_inputs(came_out: dict[str, tuple[str, str]]) -> None:
    made = works()
    assert len([work for work in made if work.bank != SCRIPTURE]) == 96
    assert len(BY_NAME) == len(came_out) == 295
    counted = Counter(statement.language for statement in statements())
    assert counted == dict.fromkeys(LANGUAGES, 3) | dict.fromkeys(FURTHER, 1)
    assert Counter(statement.idiom for statement in statements()) == {"religious": 33, "secular": 33}


def test_nothing_benign_is_held_or_blocked_and_every_copy_is_found() -> None:
    """What the expectations themselves have to satisfy, whatever they say one by one."""
    for each in BY_NAME.values():
        if each.name.startswith("passes-"):
            assert each.level <= Level.REVIEW, each.name
        elif not each.name.startswith("shadow-"):
            assert each.kind in {Kind.IDENTICAL, Kind.COPY, Kind.COPY_WITH_ADDITIONS}, each.name
            assert each.level >= Level.REVIEW, each.name


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_verse_passes_only_because_it_is_known_to_be_good(demo: Path, language: str) -> None:
    installation = Installation.find(demo / "stanch.toml")
    (post,) = posts_in([demo / INPUTS / f"passes-verse-alone-{language}.txt"])
    assert isinstance(post, Post)
    known = [bank for bank in installation.open_all() if bank.info.purpose is Purpose.KNOWN]
    with Matcher(known) as without:
        assert judge(without.match(post)).level is Level.HOLD
    with Matcher(installation.open_all()) as matcher:
        assert judge(matcher.match(post)).level is Level.ALLOW


def test_banks_hold_no_content_and_say_what_they_rest_on(demo: Path) -> None:
    for info in BANKS:
        written = (demo / "banks" / f"{info.name}.bank").read_text(encoding="utf-8")
        assert info.legal_basis in written
        for statement in statements():
            assert statement.body[:40] not in written


def test_building_again_changes_nothing_and_another_version_is_kept(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    build(folder)
    mine = folder / "mine.txt"
    mine.write_text("notes", encoding="utf-8")
    first = (folder / MARKER).read_bytes()
    build(folder)
    assert mine.read_text(encoding="utf-8") == "notes"
    (folder / MARKER).write_bytes(first.replace(b'"version": 2', b'"version": 1'))
    build(folder)
    assert (folder / MARKER).read_bytes() == first
    assert (tmp_path / "demo-before-1" / "mine.txt").read_text(encoding="utf-8") == "notes"


def test_without_what_draws_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("stanch.demo.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "uharfbuzz", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'stanch\[demo\]'"):
        build(tmp_path / "demo")
    assert list(tmp_path.iterdir()) == []


def test_two_builds_are_the_same_bytes(demo: Path, tmp_path: Path) -> None:
    build(tmp_path / "again")
    for path in sorted(demo.rglob("*")):
        if path.is_file() and path.name != ".lock":
            assert path.read_bytes() == (tmp_path / "again" / path.relative_to(demo)).read_bytes(), path.name
