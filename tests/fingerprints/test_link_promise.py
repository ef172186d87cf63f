"""Whether a text may hold a link: never no where there is one, and seldom yes where there is none."""

import re
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from stanch.fingerprints.link import find
from stanch.fingerprints.links import promise, search
from stanch.fingerprints.links.promise import FOUND, machine, may_hold_links
from stanch.fingerprints.links.promise_numba import last_state
from stanch.fingerprints.links.refang import SCHEME, UNSEEN
from stanch.language.normalised import code_points
from tests.fingerprints.link_samples import defanged, links
from tests.language.samples import SENTENCES, sentences_by_language

WAY = machine(search._DOTS, search._STOPS, search._NO_LABEL)
SIGNS = "..::///\\[](){}。．：／＼　 \t\n\u200b\u200d\u2060-_@1290dotDOTxhps*frgلم中国ገ።कא،\ud800"
TEXTS = st.lists(
    st.one_of(
        st.text(SIGNS, max_size=8),
        st.sampled_from(
            ["http", "hxxp", "://", "[.]", "(dot)", "org", "example", " dot ", "١٢.٣٤", "لم.نا", "中.国", "ab。cd"]
        ),
        st.sampled_from(list(SENTENCES.values())),
        st.text(max_size=3),
    ),
    max_size=10,
).map("".join)


def may(text: str) -> bool:
    return may_hold_links(code_points(text), WAY)


@given(TEXTS)
@settings(max_examples=1000)
@example("a.b\u200bc/")
@example("( : )//x")
@example("a[\u200b.]bc")
@example("hxxp : // a")
@example("1.2.3.4:8")
@example("。ab 访问example。com")
@example("x(DOT)org")
def test_nothing_is_found_where_there_is_nothing_to_find(text: str) -> None:
    codes = code_points(text)
    assert (last_state(WAY.sorts, WAY.moves, codes) == FOUND) == may(text)
    plain = find(text, compiled=False)
    assert find(text, compiled=True) == plain
    assert may(text) or not plain


@given(TEXTS)
@settings(max_examples=500)
@example("x.https://a.example/b。和c.example,d.example")
@example(". /h**ps : // a ftp://b hxxp:/ hhttp://c ：／／http：／／d")
@example("a@b.example 1.2.3.4:8 。1.2.3.4/a x-.y.example。z")
def test_around_what_links_hold_as_much_is_found_as_in_the_whole(text: str) -> None:
    for way in (search._ANY_LETTERS, search._ASCII_ONLY):
        whole = [found.span() for found in way.pattern.finditer(text)]
        windows = list(search._windows(text, way))
        assert [found.span() for window in windows for found in way.pattern.finditer(text, *window)] == whole
    assert [m.span() for m in search._schemes(text)] == [m.span() for m in SCHEME.finditer(text)]


@given(links(), st.sampled_from(list(SENTENCES.values())), st.randoms(use_true_random=False))
def test_every_link_is_promised_also_defanged(link: str, sentence: str, random: Random) -> None:
    for written in (link, defanged(link, random)):
        assert may(f"{sentence} {written} {sentence}") or not find(written, compiled=False)
    assert may(sentence + link)


@pytest.mark.parametrize(
    "text",
    [
        *SENTENCES.values(),
        "",
        "e.g. at 12:30, 3.5 % (or so) … and/or: U.S. troops; i.e. this",
        "v1.2, 2024.12.31 and 10.000",
        "结束。开始。然后",
        "خلاص. ثم بدأ: نعم",
        "می‌خواهیم: آن را. بخوانیم",
        "(das Wort) [die Welt] {a}",
        ":) :-/ :-(",
    ],
)
def test_prose_promises_none(text: str) -> None:
    assert not may(text)


@pytest.mark.parametrize(
    "text",
    [
        "http://a",
        "a.bc",
        "٣.مم",
        "中.国国",
        "a。bc",
        "1.2/",
        "1.2:",
        ":  \\",
        "：／",
        "[ .",
        "((:",
        "{/",
        "( do",
        "a.b\u200dc",
    ],
)
def test_each_sort_of_promise_is_one(text: str) -> None:
    assert may(text)


def test_sorts_are_those_of_the_patterns_that_find_links() -> None:
    labels = f"[^{search._NO_LABEL}\x00-\x7f]"
    for code in [*range(0x3100), 0xD800, 0xFF0E, 0xFF1A, 0xFFFB, 0x1F600, 0x20000, 0xE0001, 0x10FFFF]:
        sort, unseen = promise._SORTS[WAY.sorts[code]], UNSEEN.match(chr(code)) is not None
        assert (sort == "unseen") == unseen, hex(code)
        if not unseen:
            assert (sort == "beyond") == (re.fullmatch(labels, chr(code)) is not None), hex(code)


def test_most_texts_of_80_languages_promise_none(assets: Path) -> None:
    texts = [text for some in sentences_by_language(assets, at_most=100).values() for text in some]
    promised = np.array([may(text) for text in texts])
    assert promised.mean() < 0.01
