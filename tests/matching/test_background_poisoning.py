"""A hundred newspapers print a statement, a person clears them all: copies of it are found as before."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from stanch.fingerprints.text import as_entry
from stanch.language import normalise
from stanch.matching import Background, BackgroundLearner, Matcher
from stanch.matching.background import SHARE, STRETCH, STRETCH_SHARE
from stanch.values import TEXT_GRAM, Kind
from tests.matching.test_background_learning import KEY, seen_in
from tests.matching.test_passages import NOON, matcher, scan
from tests.matching.writing import changed, cut, writing
from tests.prints import print_of

NEWSPAPERS = 100
SCRIPTS = ["arabic", "latin", "han", "devanagari"]
MORE = ["persian", "urdu", "ethiopic", "thaana", "cyrillic"]


def statement(alphabet: str) -> str:
    return writing(1, 80 if alphabet in {"han", "ethiopic"} else 150, alphabet)


def tiles(text: str, width: int) -> list[str]:
    """Return stretches of so many symbols that together are the text."""
    extent = len(normalise(text))
    return [cut(text, begin, begin + width) for begin in range(0, extent - width // 2, width)]


def newspapers(quoted: list[str], alphabet: str) -> Iterator[tuple[int, str]]:
    """Yield a hundred articles, each by another publisher and in other words, each quoting one of these."""
    for number in range(NEWSPAPERS):
        before, after = (writing(1000 + number * 2 + side, 30, alphabet) for side in (0, 1))
        yield number, f"{before} {quoted[number % len(quoted)]} {after}"


def cleared(where: Matcher, quoted: list[str], alphabet: str) -> BackgroundLearner:
    """Return what is learnt when all of them are cleared, and let the matcher use it as it goes."""
    learner = BackgroundLearner(key=KEY)
    for publisher, text in newspapers(quoted, alphabet):
        if learner.observe(seen_in(where, text), publisher=publisher, at=NOON + timedelta(minutes=publisher)):
            where.use_background(learner.background())
    return learner


def probes(text: str, alphabet: str) -> Iterator[str]:
    """Yield the statement as it comes back: whole, edited, cut, inside much more, and in passages."""
    extent = len(normalise(text))
    yield text
    yield from (changed(text, share, seed) for seed, share in enumerate((0.1, 0.2)))
    yield cut(text, 0, int(extent * 0.4))
    yield f"{writing(5, 200, alphabet)} {text} {writing(6, 200, alphabet)}"
    for begin in range(0, extent - 200, 100):
        yield f"{writing(7, 80, alphabet)} {cut(text, begin, begin + 200)} {writing(8, 80, alphabet)}"


def found(where: Matcher, text: str, alphabet: str) -> list[object]:
    """Return all that is said of each probe."""
    return [scan(where, probe).matches for probe in probes(text, alphabet)]


def kinds(where: Matcher, text: str, alphabet: str) -> list[list[tuple[str, Kind]]]:
    """Return what each probe is found as."""
    return [
        [(match.entry, match.kind) for match in scan(where, probe).matches] for probe in probes(text, alphabet)
    ]


@pytest.mark.parametrize("width", [None, 200, 50], ids=["whole", "passages", "fragments"])
@pytest.mark.parametrize("alphabet", SCRIPTS)
def test_a_statement_that_newspapers_quote_is_found_as_before(alphabet: str, width: int | None) -> None:
    text = statement(alphabet)
    where = matcher(text, writing(2, 100, alphabet))
    before = found(where, text, alphabet)
    assert all(before)
    learner = cleared(where, tiles(text, width) if width else [text], alphabet)
    assert found(where, text, alphabet) == before  # to the last symbol of every span
    if width == 50:
        (of,) = where.learnt_of_entries(now=NOON)
        assert (of.entry, of.believed) == ("e0", False)  # it was learnt, is listed, and waits for a person
        assert learner.learnt()
    else:
        assert not learner.seen  # what lies in a span is not even noted


@pytest.mark.parametrize("alphabet", MORE)
def test_fragments_too_short_for_a_match_do_no_harm_in_any_script(alphabet: str) -> None:
    text = statement(alphabet)
    where = matcher(text)
    before = found(where, text, alphabet)
    assert cleared(where, tiles(text, 50), alphabet).learnt()
    assert found(where, text, alphabet) == before


@pytest.mark.parametrize("alphabet", [*SCRIPTS, "ethiopic", "thaana"])
def test_the_most_that_can_be_believed_takes_nothing_from_its_copies(alphabet: str) -> None:
    """Whoever knows the bounds and stays below them: as many grams as are believed, wherever that hurts most."""
    text = statement(alphabet)
    where, edited = matcher(text), changed(text, 0.3, seed=2)  # so much that its kind hangs on single words
    before = kinds(where, text, alphabet)
    entry = print_of(as_entry(text, "e0"), TEXT_GRAM)
    most = int(min(SHARE * entry.extent, STRETCH_SHARE * STRETCH)) // 12
    for first in range(0, len(entry) - most, 6):
        where.use_background(Background(learnt=entry.bits[first : first + most, 0]))
        (of,) = where.learnt_of_entries(now=NOON)
        assert of.believed
        assert kinds(where, text, alphabet) == before
        assert scan(where, edited).matches


def test_versions_of_a_statement_are_kept_too() -> None:
    """Fragments of one version are fragments of the others, and of a book that holds it."""
    text = statement("arabic")
    other = changed(text, 0.1, seed=9)
    book = " ".join([writing(20, 400, "arabic"), text, writing(21, 400, "arabic")])
    where = matcher(text, other, book)
    before = found(where, text, "arabic")
    assert cleared(where, tiles(text, 50), "arabic").learnt()
    assert [of.believed for of in where.learnt_of_entries(now=NOON)] == [False] * 3
    assert found(where, text, "arabic") == before
