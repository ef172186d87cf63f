"""Texts: kinds and coverages as they are defined, in every script."""

from datetime import UTC, datetime, timedelta

import pytest

from stanch.fingerprints import text as text_fingerprints
from stanch.matching import Bank, Matcher
from stanch.values import (
    BEHAVIOUR_BASED,
    BankInfo,
    ContentType,
    Entry,
    Kind,
    Match,
    PartResult,
    State,
)
from tests.matching.writing import ALPHABETS, changed, writing

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
WORDS = 120  # about 660 symbols; Han and Ethiopic count twice


def info(name: str = "bank") -> BankInfo:
    return BankInfo(
        name=name,
        owner="us",
        legal_basis="terms",
        content_type=ContentType.INCITES,
        designation=BEHAVIOUR_BASED,
        state=State.ENABLED,
    )


def entry(name: str, text: str, **changes: object) -> Entry:
    reading = text_fingerprints.as_entry(text, name=name)
    return Entry(id=name, fingerprints=reading.fingerprints, added=NOON, **changes)  # type: ignore[arg-type]


def matcher(*texts: str) -> Matcher:
    return Matcher([Bank(info(), [entry(f"e{number}", text) for number, text in enumerate(texts)])])


def scan(where: Matcher, text: str) -> PartResult:
    return where.match_readings("p", [text_fingerprints.as_query(text)], now=NOON)


def only(where: Matcher, text: str) -> Match:
    (match,) = scan(where, text).matches
    return match


@pytest.mark.parametrize("alphabet", ALPHABETS)
class TestInEveryScript:
    def test_the_same_text_is_identical(self, alphabet: str) -> None:
        text = writing(1, WORDS, alphabet)
        match = only(matcher(text, writing(2, WORDS, alphabet)), text)
        assert (match.entry, match.kind, match.query_cover) == ("e0", Kind.IDENTICAL, 1.0)

    def test_other_text_of_the_same_script_is_no_match(self, alphabet: str) -> None:
        where = matcher(*(writing(seed, WORDS, alphabet) for seed in range(5)))
        assert scan(where, writing(99, 300, alphabet)).matches == ()

    def test_a_tenth_of_the_words_changed_is_a_copy(self, alphabet: str) -> None:
        text = writing(1, WORDS, alphabet)
        match = only(matcher(text, writing(2, WORDS, alphabet)), changed(text, 0.1, seed=3))
        assert match.kind is Kind.COPY
        assert min(match.query_cover or 0, match.bank_cover or 0) > 0.8

    def test_the_first_half_alone_is_a_copy(self, alphabet: str) -> None:
        text = writing(1, WORDS, alphabet)
        match = only(matcher(text), text[: len(text) // 2])
        assert match.kind is Kind.COPY
        assert (match.query_cover or 0) > 0.9
        assert 0.4 < (match.bank_cover or 0) < 0.6

    def test_the_whole_inside_much_more_is_a_copy_with_additions(self, alphabet: str) -> None:
        text = writing(1, WORDS, alphabet)
        more = f"{writing(5, 150, alphabet)} {text} {writing(6, 150, alphabet)}"
        match = only(matcher(text), more)
        assert match.kind is Kind.COPY_WITH_ADDITIONS
        (pair,) = match.spans
        assert text[: int(len(text) * 0.05)].split()[1] in more[int(pair.query.start) - 60 : int(pair.query.end)]

    def test_a_quoted_passage_says_where_it_stands_in_both(self, alphabet: str) -> None:
        text = writing(1, WORDS, alphabet)
        words = text.split()
        quoted = " ".join(words[60:78])
        article = f"{writing(5, 100, alphabet)} {quoted} {writing(6, 100, alphabet)}"
        match = only(matcher(text), article)
        assert match.kind is Kind.QUOTES
        (pair,) = match.spans
        found = article[int(pair.query.start) : int(pair.query.end)]
        assert found[3:-3] in quoted  # a letter beside the passage may be the same by chance
        assert len(found) > 0.75 * len(quoted)
        assert text[int(pair.bank.start) : int(pair.bank.end)] == found


def test_fewer_than_sixty_shared_symbols_are_no_match() -> None:
    text = writing(1, WORDS)
    letters = text.replace(" ", "")
    for length, expected in ((40, 0), (59, 0), (100, 1)):
        article = writing(5, 100) + letters[100 : 100 + length] + writing(6, 100)
        assert len(scan(matcher(text), article).matches) == expected, length


def test_a_short_statement_printed_whole_is_a_copy_with_additions() -> None:
    short = writing(1, 26)
    match = only(matcher(short), f"{writing(5, 120)} {short} {writing(6, 120)}")
    assert match.kind is Kind.COPY_WITH_ADDITIONS


def test_text_below_forty_symbols_is_found_only_when_equal() -> None:
    where = matcher("Seven lamps, one harbour")
    assert only(where, "Seven lamps, one harbour").kind is Kind.IDENTICAL
    assert scan(where, "Seven lamps, one harbour!").matches == ()


class TestCommonGrams:
    def test_a_formula_of_many_texts_weighs_nothing(self) -> None:
        formula = writing(50, 20)
        where = matcher(*(f"{formula} {writing(seed, WORDS)}" for seed in range(6)))
        assert scan(where, f"{formula} {writing(99, 100)}").matches == ()
        assert only(where, f"{formula} {writing(2, WORDS)}").entry == "e2"

    def test_three_texts_do_not_make_a_formula(self) -> None:
        shared = writing(50, 20)
        where = matcher(*(f"{shared} {writing(seed, WORDS)}" for seed in range(3)))
        assert len(scan(where, f"{shared} {writing(99, 100)}").matches) == 3

    def test_versions_of_one_text_count_as_one(self) -> None:
        """A statement that was banked six times is no formula: each copy of it is found."""
        text = writing(1, WORDS)
        where = matcher(*(changed(text, 0.05, seed) for seed in range(6)))
        copy = changed(text, 0.1, seed=77)
        assert len(scan(where, copy).matches) == 6
        assert {match.kind for match in scan(where, copy).matches} == {Kind.COPY}

    def test_a_formula_that_is_banked_by_itself_joins_nothing(self) -> None:
        formula = writing(50, 20)
        where = matcher(formula, *(f"{formula} {writing(seed, WORDS)}" for seed in range(6)))
        assert scan(where, f"{formula} {writing(99, 100)}").matches == ()


class TestLiveChanges:
    def test_added_entries_are_found_and_removed_ones_are_not(self) -> None:
        text = writing(1, WORDS)
        where = Matcher([Bank(info())])
        assert scan(where, text).matches == ()
        where.add("bank", entry("new", text))
        assert only(where, text).entry == "new"
        where.remove("bank", "new")
        assert scan(where, text).matches == ()

    def test_removing_texts_makes_a_formula_rare_again(self) -> None:
        formula = writing(50, 20)
        where = matcher(*(f"{formula} {writing(seed, WORDS)}" for seed in range(6)))
        for number in range(3, 6):
            where.remove("bank", f"e{number}")
        assert len(scan(where, f"{formula} {writing(99, 100)}").matches) == 3

    def test_expired_entries_are_not_found(self) -> None:
        text = writing(1, WORDS)
        where = Matcher([Bank(info(), [entry("old", text, expires=NOON + timedelta(hours=1))])])
        reading = text_fingerprints.as_query(text)
        assert where.match_readings("p", [reading], now=NOON).matches
        assert where.match_readings("p", [reading], now=NOON + timedelta(hours=2)).matches == ()


def test_text_that_repeats_itself_is_answered_in_reasonable_work() -> None:
    """Every gram of the one stands everywhere in the other; only a few places of each are followed."""
    periodic = "abcdefghijklmn " * 400
    assert scan(matcher(periodic), periodic + "x" * 40).matches[0].kind in set(Kind)
