"""Malformed texts and posts: each ends in a clear error or as not scanned, none as clean.

Malformed pictures have a campaign of their own, in `tests/media`.
"""

import json
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from stanch.cli.inputs import posts_in
from stanch.errors import StanchError
from stanch.matching import Bank, Matcher
from stanch.policies import judge
from stanch.values import FilePart, Level, LinkPart, Post, PostResult, TextPart
from tests.matching.test_passages import entry, info
from tests.matching.writing import ALPHABETS, writing

STATEMENT = writing(1, 120, "arabic")


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return Matcher([Bank(info(), [entry("e", STATEMENT)])])


def text(random: Random) -> str:
    return writing(random.randrange(1000), random.randrange(1, 80), random.choice(list(ALPHABETS)))


def wrong_bytes(random: Random) -> bytes:
    """Put bytes that begin or continue no character into a text, but so few that it is a text still."""
    data = bytearray((text(random) + " padding so that it stays a text " * 3).encode())
    for _ in range(random.randint(1, 3)):
        data.insert(random.randrange(len(data)), random.choice([0x80, 0xC0, 0xC1, 0xF5, 0xFF]))
    return bytes(data)


def cut_short(random: Random) -> bytes:
    """End inside a character."""
    return (text(random) + " and then the end ش").encode()[:-1]


def cut_utf_16(random: Random) -> bytes:
    return (text(random) + "end").encode("utf-16")[:-1]


def lone_surrogates(random: Random) -> str:
    letters = list(text(random) + "xx")
    letters.insert(random.randrange(len(letters)), chr(random.randrange(0xD800, 0xE000)))
    return "".join(letters)


def endless_marks(random: Random) -> str:
    mark = random.choice("\u0301\u064e\u20d0\u0488\u200b\u200d\u2060\ufe0f")
    return text(random)[:20] + mark * random.randint(1_001, 40_000) + text(random)[:20]


def rubbish(random: Random) -> bytes:
    return b"\0" + random.randbytes(random.randrange(1, 2000))


BYTES: list[Callable[[Random], bytes]] = [wrong_bytes, cut_short, cut_utf_16, rubbish]
TEXTS: list[Callable[[Random], str]] = [lone_surrogates, endless_marks]


def scan(matcher: Matcher, part: TextPart | FilePart | LinkPart) -> PostResult:
    return matcher.match(Post(id="p", parts=(part,)))


def assert_not_clean(result: PostResult, what: str) -> None:
    assert result.not_scanned, what
    assert all(why.reason and why.code for why in result.not_scanned)
    assert judge(result).level >= Level.REVIEW, what


def test_malformed_texts_are_never_clean(matcher: Matcher, campaign: Callable[[int], int], seed: int) -> None:
    for number in range(campaign(1_000)):
        random = Random(f"{seed} {number}")
        if number % 2:
            make = random.choice(BYTES)
            assert_not_clean(scan(matcher, FilePart(name="f", data=make(random))), f"{make.__name__} {number}")
        else:
            spoil = random.choice(TEXTS)
            assert_not_clean(scan(matcher, TextPart(name="t", text=spoil(random))), f"{spoil.__name__} {number}")


@pytest.mark.parametrize("spoil", ["\ud800", "\u0301" * 2000])
def test_what_can_be_read_is_matched_all_the_same(matcher: Matcher, spoil: str) -> None:
    """One wrong character hides nothing."""
    middle = len(STATEMENT) // 2
    result = scan(matcher, TextPart(name="t", text=STATEMENT[:middle] + spoil + STATEMENT[middle:]))
    assert_not_clean(result, "spoilt")
    assert [match.entry for match in result.matches] == ["e"]
    data = STATEMENT.encode()[:500] + b"\xff" + STATEMENT.encode()[500:]
    assert [match.entry for match in scan(matcher, FilePart(name="f", data=data)).matches] == ["e"]


@pytest.mark.parametrize(
    "million", ["\u0301", "a", "\u200b", " ", "\u202e", "ﷺ", "🙂", "ab", "http://", "[.]", "ހަ"]
)
def test_a_megabyte_of_anything_is_answered(matcher: Matcher, million: str) -> None:
    result = scan(matcher, TextPart(name="t", text=million * (1_000_000 // len(million.encode()))))
    assert result.matches == ()
    if million in {"\u0301", "\u200b", "\u202e"}:
        assert_not_clean(result, "nothing to read")


def test_malformed_lines_of_posts_cost_only_themselves(
    matcher: Matcher, campaign: Callable[[int], int], seed: int, tmp_path: Path
) -> None:
    good = json.dumps({"id": "good", "text": STATEMENT}, ensure_ascii=False).encode()
    lines = []
    for number in range(campaign(1_000)):
        random = Random(f"{seed} post {number}")
        spoilt = bytearray(good)
        for _ in range(random.randint(1, 4)):
            spoilt[random.randrange(len(spoilt))] = random.choice(b'{}[]":,\\\x00\x01\x80\xff0tn')
        lines += [bytes(spoilt[: random.randint(1, len(spoilt))]).replace(b"\n", b" "), good]
    path = tmp_path / "posts.jsonl"
    path.write_bytes(b"\n".join(lines))
    for number, post in enumerate(posts_in([path])):
        result = matcher.match(post) if isinstance(post, Post) else post
        if number % 2:
            assert [match.entry for match in result.matches] == ["e"]
        elif not isinstance(post, Post):
            assert_not_clean(result, f"line {number}")


def test_no_link_makes_it_fail(matcher: Matcher, campaign: Callable[[int], int], seed: int) -> None:
    pieces = [
        "http",
        "hxxp",
        "://",
        "[.]",
        "(dot)",
        "a.example",
        "%",
        "%zz",
        "@",
        ":99999",
        "/..",
        "?",
        "#!",
        "\u202e",
        "xn--",
        "[::1]",
    ]
    for number in range(campaign(1_000)):
        random = Random(f"{seed} link {number}")
        link = "".join(random.choices(pieces, k=random.randint(1, 12)))
        result = scan(matcher, LinkPart(name="l", link=link))
        assert result.matches == ()


def test_bank_of_malformed_content_is_a_clear_error(matcher: Matcher) -> None:
    del matcher
    for spoilt in ("", "\u200b" * 50, "!!! … 🙂"):
        with pytest.raises(StanchError):
            entry("x", spoilt)
