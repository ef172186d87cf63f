"""Texts: kinds and coverages as they are defined, in every script."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from stanch.fingerprints import text as text_fingerprints
from stanch.matching import Bank, Matcher, passages
from stanch.matching.candidates import CANDIDATES, Candidate
from stanch.matching.comparing import Shared, compare
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

    @pytest.mark.parametrize("share", [0.05, 0.1, 0.15])
    @pytest.mark.parametrize("versions", [4, 5, 6, 8, 20])
    @pytest.mark.parametrize("alphabet", ["latin", "arabic", "han"])
    def test_banking_versions_of_a_text_hides_neither_it_nor_its_copies(
        self, share: float, versions: int, alphabet: str
    ) -> None:
        text = writing(1, WORDS, alphabet)
        where = matcher(*(changed(text, share, seed) for seed in range(versions)))
        for copy in (text, *(changed(text, share, seed=777 + number) for number in range(5))):
            assert strongest(scan(where, copy)) is Kind.COPY

    def test_a_long_verse_of_many_texts_weighs_nothing_even_alone(self) -> None:
        verse = writing(50, 50)  # about 280 symbols, three tenths of each text
        where = matcher(*(f"{writing(seed, 60)} {verse} {writing(seed + 20, 60)}" for seed in range(6)))
        assert scan(where, verse).matches == ()

    def test_books_that_hold_a_text_do_not_hide_it(self) -> None:
        text = writing(1, WORDS)
        books = [f"{writing(20 + seed, WORDS)} {text} {writing(40 + seed, WORDS)}" for seed in range(6)]
        where = matcher(text, *books, *(changed(text, 0.1, seed) for seed in range(8)))
        assert strongest(scan(where, changed(text, 0.1, seed=77))) is Kind.COPY

    def test_a_formula_that_somebody_banked_is_found_and_makes_nothing_else_a_match(self) -> None:
        formula = writing(50, 20)
        where = matcher(formula, *(f"{formula} {writing(seed, WORDS)}" for seed in range(6)))
        match = only(where, f"{formula} {writing(99, 100)}")
        assert (match.entry, match.kind) == ("e0", Kind.COPY_WITH_ADDITIONS)

    def test_lists_that_share_a_formula_are_no_copies_of_each_other(self) -> None:
        """Condolences, price lists, line-ups: other names between the same words, again and again."""
        formula = writing(50, 6)

        def listed(seed: int) -> str:
            names = writing(seed, 40).split()
            return " ".join(
                f"{first} {last} {formula}" for first, last in zip(names[::2], names[1::2], strict=True)
            )

        assert strongest(scan(matcher(listed(1)), listed(2))) in {None, Kind.QUOTES}


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


def strongest(result: PartResult) -> Kind | None:
    return max((match.kind for match in result.matches), key=lambda kind: kind.rank, default=None)


def counting(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return a list to which is added, of each entry that a text is compared with, how many hits it has."""
    counts: list[int] = []

    def compared(hits: Candidate, *others: Any, **more: Any) -> Shared | None:
        counts.append(len(hits.rows))
        return compare(hits, *others, **more)

    monkeypatch.setattr(passages, "compare", compared)
    return counts


def test_text_that_repeats_itself_is_found_and_followed_only_so_far(monkeypatch: pytest.MonkeyPatch) -> None:
    """However often the one stands in the other, the work of aligning them stays the same."""
    aligned = counting(monkeypatch)
    sentence = writing(1, 60)
    where = matcher(f"{sentence} " * 40)
    for often in (5, 50, 500):
        assert strongest(scan(where, f"{sentence} " * often + "and more")) is Kind.COPY
    assert aligned[1] == aligned[2]
    assert max(aligned) <= 3 * 3 * len(sentence)


def test_only_so_many_entries_are_aligned_with_one_text(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = counting(monkeypatch)
    text = writing(1, 60)
    where = matcher(*(changed(text, 0.02, seed) for seed in range(80)))
    assert strongest(scan(where, changed(text, 0.1, seed=999))) is Kind.COPY
    assert len(calls) == CANDIDATES
