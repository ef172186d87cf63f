"""The evasion score: above nothing where something was undone, nothing where writing is only unusual."""

from random import Random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from benchmarks import ordinary
from benchmarks.perturbations import deletion, invisible, reordering
from stanch.language import evading, evading_tables, evasion
from stanch.language.normalised import code_points
from tests.language import attacks
from tests.language.samples import SENTENCES


@pytest.mark.parametrize(
    ("text", "kind", "count"),
    [
        ("\u202eolleh\u202c world", "moved", 4),
        ("heX\bllo", "deleted", 1),
        ("he\u200bll\u2060o wo\u200crld", "hidden", 3),
        ("سـ\u200bـل\u200bا\u200bم\u200b ع\u200bل\u200bي\u200bك", "hidden", 6),
        ("س\u200bل\u200bا\u200bم\u200bع\u200bل\u200bي", "hidden", 6),
        ("hello\U000e0068\U000e0069", "hidden", 2),
        ("h\u0301\u0302\u0303\u0304\u0305i", "marks", 2),
        ("h\u0336e\u0336l\u0336l\u0336o", "marks", 4),
        ("hеllo wоrld", "mixed", 2),
        ("Прuвeт всeм дpузьям", "mixed", 4),
        ("𝕙𝕖𝕝𝕝𝕠 𝕨𝕠𝕣𝕝𝕕", "fancy", 10),
        ("🅷🅴🅻🅻🅾", "fancy", 5),
        ("🇭🇪🇱🇱🇴", "fancy", 5),
        ("ｈｅｌｌｏ", "fancy", 5),
        ("h e l l o  w o r l d", "split", 10),
        ("p-e-a-c-e-f-u-l", "split", 8),
        ("h🔥e🔥l🔥l🔥o🔥m🔥y", "split", 7),
        ("k1ll th3m n0w", "leet", 3),
    ],
)
def test_what_was_undone_is_counted(text: str, kind: str, count: int) -> None:
    found = evasion(text)
    others = {"moved", "deleted", "hidden", "marks", "mixed", "fancy", "split", "leet"} - {kind}
    assert getattr(found, kind) == count
    assert 0 < found.score <= 1
    assert {other: getattr(found, other) for other in others} == dict.fromkeys(others, 0)


@pytest.mark.parametrize("text", [*SENTENCES.values(), "", " ", "🔥", "\u200b", "ا", "a\u00adb", "можно cкатать"])
def test_clean_text_has_none(text: str) -> None:
    assert evasion(text).score == 0


@pytest.mark.parametrize("group", ordinary.texts())
def test_the_ordinary_has_none(group: str) -> None:
    for text in ordinary.texts()[group]:
        assert evasion(text).score == 0, (text, evasion(text))


@pytest.mark.parametrize("text", SENTENCES.values(), ids=SENTENCES)
def test_deletions_and_reorderings_are_seen_in_every_script(text: str) -> None:
    for perturbation in (deletion, reordering):
        assert evasion(perturbation(text, Random(1), {})).score > 0.1


@pytest.mark.parametrize(
    "attack", [attacks.squared, attacks.fancy, attacks.accents], ids=lambda attack: attack.__name__
)
def test_attacks_on_english_are_seen(attack: attacks.Attack) -> None:
    text = f"{SENTENCES['English']} {SENTENCES['English'].lower()}"
    assert evasion(attack(text, Random(2))).score > 0
    assert evasion(invisible(text, Random(2), {})).score > 0.1


def test_the_score_grows_with_what_was_undone_and_stays_a_share() -> None:
    text = SENTENCES["English"]
    one = evasion(text.replace("e", "e\u200b", 1) + "x\u200by").score
    all_of_them = evasion("\u200b".join(text)).score
    assert 0 < one < all_of_them <= 1
    assert evasion("ab\b\b" * 50).score == 1


def test_what_was_undone_is_named_most_first() -> None:
    assert evasion("news").undone == ()
    assert evasion("heX\bll\u200bo\u200b w\u200borld").undone == ("hidden", "deleted")
    assert evasion("hеllo wоrld heX\bXX\b\bllo").undone == ("deleted", "mixed")


ALPHABETS = (
    "ab cd.-_*·éßЖжеоpαΟ𝕙𝕖🅷🇭🇪🔥🏴\U000e0068\U000e007f\u200b\u200c\u2060\u00ad\u0301\u0336\u064e\u05b8سبא"
    "14$|!@75 \u3000Ａ中한\b"
)


@given(
    st.lists(st.sampled_from(ALPHABETS), min_size=1, max_size=6).flatmap(lambda some: st.text(some, max_size=40))
)
@example("a b c d e f g")
@example("a  b  c  d  e  f  g")
@example("sѕaа еeоo")
@example("a\u0301\u0301\u0301\u0301")
def test_what_is_looked_for_only_where_it_may_be_is_never_overlooked(text: str) -> None:
    """The quick ways out of each count agree with counting without them."""
    codes = code_points(text)
    bits = evading_tables.telling()[codes]
    plain = bits[bits & (evading_tables.HIDDEN | evading_tables.MARK) == 0]
    every = (1 << 32) - 1
    if not (bits & evading_tables.CONTROL).any():
        found = evasion(text)
        assert found.split == evading._split(plain, every)
        assert found.marks == evading._marks(bits, every)
        assert found.leet == (evading._leet(plain) if plain.size else 0)
