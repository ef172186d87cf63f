"""The demo's texts: in every language a statement, who reports on it, and what has nothing to do with it."""

import unicodedata
from collections.abc import Iterator
from itertools import combinations

import pytest

from stanch.demo.inputs import inputs
from stanch.demo.languages import FURTHER, LANGUAGES
from stanch.demo.text_edits import HIDING_EDITS, TEXT_EDITS
from stanch.demo.writings import Statement, Writing, benign, statements
from stanch.language import evasion, identify, normalise

RUN = 20
"""No text that is to pass shares more letters in a row with a statement, but for what it quotes."""
OWN_RUN = 40
"""Statements of one language share no run of so many letters."""
MARK_VOWELS = {"bn", "dv", "hi", "ml", "my", "pa", "ta", "te", "th"}
"""Vowels that follow their letters go to other letters when a word is stored backwards."""
ALIKE = ({"id", "ms"}, {"bs", "hr", "sr"}, {"fa", "prs"})
"""Languages that are hardly told apart in writing."""
WHOLE = {"prints-whole", "sermon", "verse"}
"""Genres that hold a whole statement or a verse."""

STATEMENTS = {each.id: each for each in statements()}
WRITINGS = {each.id: each for each in benign()}
FURTHER_STATEMENTS = [STATEMENTS[f"{language}-1"] for language in FURTHER]


def letters(text: str) -> str:
    return "".join(char for char in text.lower() if char.isalpha())


def runs(text: str, length: int) -> Iterator[str]:
    kept = letters(text)
    return (kept[place : place + length] for place in range(len(kept) - length + 1))


def symbols(text: str) -> list[int]:
    return list(normalise(text).symbols)


def of_language(text: Statement | Writing) -> set[str]:
    return next((group for group in ALIKE if text.language in group), {text.language})


def test_every_further_language_has_a_statement_a_newspaper_that_quotes_it_and_something_else() -> None:
    assert len(LANGUAGES) + len(FURTHER) == 46
    assert not set(LANGUAGES) & set(FURTHER)
    for language in FURTHER:
        own = [text for text in benign() if text.language == language]
        assert [text.quotes for text in own if text.quotes] == [f"{language}-1"], language
        assert [text for text in own if not text.quotes], language


@pytest.mark.parametrize("statement", FURTHER_STATEMENTS, ids=lambda each: each.id)
def test_a_further_statement_is_long_enough_that_half_of_it_is_evidence(statement: Statement) -> None:
    assert 700 <= len(symbols(statement.body)) <= 1400
    for given in inputs():
        if given.name == f"excerpt-{statement.id}.txt":
            assert len(symbols(given.text)) >= 300
            assert statement.body.startswith(given.text)


@pytest.mark.parametrize("writing", [each for each in benign() if each.quoted], ids=lambda each: each.id)
def test_what_a_newspaper_quotes_stands_word_for_word_in_both_and_is_the_smaller_part(writing: Writing) -> None:
    assert writing.body.count(writing.quoted) == STATEMENTS[writing.quotes].body.count(writing.quoted) == 1
    assert len(symbols(writing.quoted)) < 0.3 * len(symbols(writing.body))
    if writing.language in FURTHER:
        assert len(symbols(writing.quoted)) >= 100  # a match, wherever the grams that an entry keeps begin


def test_apart_from_quotations_no_text_that_passes_shares_a_run_with_a_statement() -> None:
    known = {run for statement in statements() for run in runs(statement.body, RUN + 1)}
    for writing in benign():
        if writing.genre not in WHOLE:
            parts = writing.whole.split(writing.quoted) if writing.quoted else [writing.whole]
            assert not [run for part in parts for run in runs(part, RUN + 1) if run in known], writing.id


def test_statements_of_one_language_share_no_run() -> None:
    for one, other in combinations(statements(), 2):
        if one.language == other.language:
            assert not set(runs(one.body, OWN_RUN)) & set(runs(other.body, OWN_RUN)), (one.id, other.id)


def test_texts_are_normalised_and_nothing_is_hidden_in_them() -> None:
    assert len(STATEMENTS) == len(statements())
    assert len(WRITINGS) == len(benign())
    texts: list[Statement | Writing] = [*statements(), *benign()]
    for text in texts:
        assert text.body == unicodedata.normalize("NFC", text.body), text.id
        assert all(line == line.strip() for line in text.body.split("\n")), text.id
        assert evasion(text.body).score == 0, text.id


def test_the_language_of_every_statement_and_newspaper_is_told() -> None:
    texts: list[Statement | Writing] = [*statements(), *benign()]
    long = [text for text in texts if len(symbols(text.body)) >= 400]
    assert {text.language for text in long} == {*LANGUAGES, *FURTHER}
    assert [text.id for text in long if identify(text.body) not in of_language(text)] == []


@pytest.mark.parametrize("edit", HIDING_EDITS)
def test_whatever_hides_a_statement_is_undone_in_every_language(edit: str) -> None:
    changed = set()
    for statement in statements():
        if edit == "overridden" and statement.language in MARK_VOWELS:
            continue
        hidden = HIDING_EDITS[edit](statement.body)
        assert symbols(hidden) == symbols(statement.body), statement.id
        if hidden != statement.body:
            changed.add(statement.language)
    assert len(changed) >= {"homoglyphs": 30, "overridden": 46 - len(MARK_VOWELS)}.get(edit, 46)


def test_every_hidden_input_is_hidden() -> None:
    assert {hiding for hiding, _ in FURTHER.values()} == set(HIDING_EDITS)
    assert {change for _, change in FURTHER.values()} == {"buried", "excerpt", "words-changed"}
    assert set(TEXT_EDITS) - set(HIDING_EDITS) == {"identical", "words-changed"}
    texts = {given.name: given.text for given in inputs()}
    for language, (hiding, _) in FURTHER.items():
        assert texts[f"copy-{language}-1-{hiding}.txt"] != STATEMENTS[f"{language}-1"].body, language
