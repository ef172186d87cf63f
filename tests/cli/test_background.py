"""`stanch background`, as a person calls it."""

from pathlib import Path

import pytest

from tests.cli.test_commands import STATEMENT, answers, here, stanch
from tests.matching.writing import cut, writing

__all__ = ["here"]

LONG = writing(7777, 250, "arabic")
FORMULA = cut(LONG, 400, 440)
OTHER = cut(LONG, 450, 490)


@pytest.fixture
def known(here: Path) -> Path:
    """Return the installation with another entry, long enough that something may be learnt of it."""
    (here / "long.txt").write_text(LONG, encoding="utf-8")
    stanch("bank", "add", "known", "long.txt", "--by", "Ada")
    return here


def newspaper(folder: Path, number: int, *inside: str) -> Path:
    """Write an article that says something in the middle."""
    path = folder / f"article-{number}.txt"
    words = [writing(number, 60, "arabic"), *inside, writing(number + 500, 60, "arabic")]
    path.write_text(" ".join(words), encoding="utf-8")
    return path


def taught(folder: Path, *formulae: str, publishers: int = 5) -> None:
    for number in range(publishers):
        for place, formula in enumerate(formulae):
            path = newspaper(folder, 10 + number * 50 + place, formula)
            stanch("background", "learn", path, "--publisher", f"paper {number}")


def test_what_five_publishers_printed_no_longer_makes_a_match(known: Path) -> None:
    both = newspaper(known, 900, FORMULA, OTHER)
    assert stanch("scan", both).exit_code == 3
    taught(known, FORMULA, OTHER, publishers=4)
    assert stanch("scan", both).exit_code == 3
    taught(known, FORMULA, OTHER)
    assert stanch("scan", both).exit_code == 0
    assert stanch("scan", "long.txt").exit_code == 3
    _, (entry,) = answers("background", "list")
    assert entry["believed"]
    assert {gram["publishers"] for gram in entry["grams"]} == {5}
    stanch("background", "undo", "--publisher", "paper 3")
    assert stanch("scan", both).exit_code == 3


def test_passages_are_shown_only_when_asked_for(known: Path) -> None:
    taught(known, FORMULA)
    assert "long.txt: " not in stanch("background", "list", "long.txt").stdout
    shown = stanch("background", "list", "long.txt", "--show-text").stdout.splitlines()
    passages = [line.removeprefix("long.txt: ") for line in shown if line.startswith("long.txt: ")]
    assert passages
    assert all(passage in FORMULA for passage in passages)


def test_a_person_states_what_waits(known: Path) -> None:
    tiles = [cut(LONG, begin, begin + 50) for begin in range(0, 1000, 50)]
    taught(known, *tiles)
    _, (entry,) = answers("background", "list")
    assert not entry["believed"]
    quoted = newspaper(known, 990, cut(LONG, 200, 400))
    before = answers("scan", quoted)
    assert before[0] == 3
    named = f"known:{entry['entry']}"
    assert "are common" in stanch("background", "state", "--entry", named, "--by", "Ada").stdout
    assert "Ada stated" in stanch("background", "list").stdout
    assert stanch("scan", quoted).exit_code == 0
    stanch("background", "undo", "--all")
    assert answers("scan", quoted) == before


def test_what_was_undone_of_an_entry_stays_undone(known: Path) -> None:
    taught(known, FORMULA)
    _, (entry,) = answers("background", "list")
    assert "no longer common" in stanch("background", "undo", "--entry", f"known:{entry['entry']}").stdout
    taught(known, FORMULA, publishers=9)
    assert answers("background", "list") == (0, [])


def test_a_text_that_matches_is_passed_over_unless_a_person_cleared_it(known: Path) -> None:
    path = newspaper(known, 1, cut(STATEMENT, 100, 300), writing(3, 40, "arabic"), FORMULA)
    assert "1 passed over; 0 grams seen" in stanch("background", "learn", path, "--publisher", "a").stdout
    cleared = stanch("background", "learn", path, "--publisher", "a", "--cleared-by", "Ada").stdout
    assert "0 passed over" in cleared
    assert "; 0 grams seen" not in cleared


def test_a_phrase_is_stated_and_one_that_is_too_short_is_refused(known: Path) -> None:
    assert "are common" in stanch("background", "state", "--by", "Ada", "--formula", FORMULA).stdout
    with pytest.raises(Exception, match="too short"):
        stanch("background", "state", "--by", "Ada", "--formula", "short")
    assert known


@pytest.mark.usefixtures("known")
def test_one_thing_is_undone_at_a_time() -> None:
    assert stanch("background", "undo").exit_code == 2
    assert stanch("background", "undo", "--all", "--publisher", "a").exit_code == 2
    assert stanch("background", "state", "--by", "Ada").exit_code == 2
