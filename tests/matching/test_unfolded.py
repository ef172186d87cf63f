"""Entries that were compared lately are kept unfolded, so many and no more, and none that may have gone."""

import pytest

from stanch.matching import Bank, Matcher, unfolded
from stanch.values import Kind
from tests.matching.test_passages import entry, info, matcher, scan
from tests.matching.writing import changed, writing

TEXTS = [writing(seed, 120) for seed in range(4)]


def kept(where: Matcher) -> int:
    return len(where._unfolded)


def test_an_entry_is_unfolded_when_it_is_first_compared_and_answers_stay_the_same() -> None:
    where = matcher(*TEXTS)
    came = changed(TEXTS[0], 0.1, seed=9)
    first = scan(where, came)
    assert kept(where) == 1
    assert scan(where, came) == first
    assert [match.kind for match in first.matches] == [Kind.COPY]


def test_the_first_go_when_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    where = matcher(*TEXTS)
    for text in TEXTS:
        scan(where, text + " z")
    assert kept(where) == len(TEXTS)
    each = where._unfolded._grams // len(TEXTS)
    monkeypatch.setattr(unfolded, "MOST", int(2.5 * each))
    where._unfolded.clear()
    expected = [scan(matcher(*TEXTS), text + " z").matches for text in TEXTS * 2]
    assert [scan(where, text + " z").matches for text in TEXTS * 2] == expected
    assert kept(where) == 2
    assert where._unfolded._grams <= unfolded.MOST
    monkeypatch.setattr(unfolded, "LARGEST", 1)
    where._unfolded.clear()
    assert scan(where, TEXTS[0] + " z").matches
    assert kept(where) == 0


def test_nothing_that_was_removed_or_replaced_is_kept() -> None:
    where = Matcher([Bank(info(), [entry(f"e{number}", text) for number, text in enumerate(TEXTS)])])
    copy = changed(TEXTS[0], 0.1, seed=9)
    assert not scan(where, copy).matches[0].confirmed
    assert kept(where) == 1
    where.replace("bank", entry("e0", TEXTS[0], confirmed_by="b"))
    assert kept(where) == 0
    assert scan(where, copy).matches[0].confirmed
    assert kept(where) == 1
    where.remove("bank", "e0")
    assert kept(where) == 0
    assert scan(where, copy).matches == ()
