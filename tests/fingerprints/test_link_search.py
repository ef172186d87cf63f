"""Links within a text: plain, defanged or without a scheme, in any script, and nothing that only looks so."""

from random import Random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from stanch.errors import NotALinkError
from stanch.fingerprints.link import canonical, find, is_link_list
from tests.fingerprints.link_samples import defanged, links
from tests.language.samples import SENTENCES


def found(text: str) -> list[str]:
    """Return the links in a text as they stand there."""
    return [text[link.start : link.end] for link in find(text)]


IN_PROSE = [
    # text, what stands in it
    ("See http://example.org/a.", ["http://example.org/a"]),
    ("(https://example.org/wiki/A_(B)), and", ["https://example.org/wiki/A_(B)"]),
    ("go to example.org, or www.example.com!", ["example.org", "www.example.com"]),
    ("example.org?x=1 t.me/lantern example.org:8080", ["example.org?x=1", "t.me/lantern", "example.org:8080"]),
    ('<a href="https://example.org/a">x</a>', ["https://example.org/a"]),
    ("[text](https://example.org/a) **example.org** _example.com_", None),
    ("hxxp://bad[.]example[.]org/x and bad(dot)example(dot)com", None),
    ("exa\u200bmple.org/\u2060a", ["exa\u200bmple.org/\u2060a"]),
    ("1.2.3.4/a, 1.2.3.4:80 and https://[2001:db8::1]/a", ["1.2.3.4/a", "1.2.3.4:80", "https://[2001:db8::1]/a"]),
    ("lantern.onion", ["lantern.onion"]),
    ("tg://resolve?domain=lantern!", ["tg://resolve?domain=lantern"]),
    # right to left
    ("انظر https://example.org/a، ثم فانوس.شبكة/صفحة؟", ["https://example.org/a", "فانوس.شبكة/صفحة"]),
    ("الموقع:https://example.org/صفحة؛", ["https://example.org/صفحة"]),
    ("«چراغ.ایران/می‌روم»", ["چراغ.ایران/می‌روم"]),
    ("دیکھیے lantern.example/x۔", ["lantern.example/x"]),
    ("ބައްލަވާ example.org/ޞަފްޙާ.", ["example.org/ޞަފްޙާ"]),
    # others
    ("देखिए लालटेन.भारत/पृष्ठ।", ["लालटेन.भारत/पृष्ठ"]),
    ("ይመልከቱ example.org/ገጽ።", ["example.org/ገጽ"]),
    ("请看http://灯笼.中国/页面，谢谢。", ["http://灯笼.中国/页面"]),
    ("访问example。com。", None),
    ("http：／／example．org／a", ["http：／／example．org／a"]),
]


@pytest.mark.parametrize(("text", "expected"), IN_PROSE)
def test_links_are_found_where_they_stand(text: str, expected: list[str] | None) -> None:
    if expected is not None:
        assert found(text) == expected
    for link in find(text):
        assert canonical(text[link.start : link.end]) == canonical(link.link)


def test_marks_of_markdown_and_of_defanging_are_not_part_of_a_link() -> None:
    text = "[text](https://example.org/a) *example.org* _example.com_ hxxp://bad[.]a[.]org b(dot)a(dot)de"
    assert [link.link for link in find(text)] == [
        "https://example.org/a",
        "example.org",
        "example.com",
        "http://bad.a.org",
        "b.a.de",
    ]


def test_where_a_script_puts_no_space_both_readings_are_found() -> None:
    assert found("请看http://example.org/a这个") == ["http://example.org/a这个", "http://example.org/a"]
    assert found("和example.com。") == ["和example.com", "example.com"]
    assert "example。com" in found("访问example。com。")
    assert "https://example.org/a" in found("https://example.org/aوقال")


def test_a_link_within_a_link_is_found_too() -> None:
    archived = "https://archive.example/2015/https://example.org/a"
    assert found(archived) == [archived, "https://example.org/a"]
    assert found("http://a.example/xhttp://b.example/y")[1:] == ["http://a.example/x", "http://b.example/y"]


def test_a_link_that_ends_in_what_was_defanged_ends_behind_it() -> None:
    for end in ("hxxp [:] //", "hxxps : //", "hxxp://"):
        assert found(f"\u200bx https://archive.example/{end}\ny") == [f"https://archive.example/{end}"]
    assert found("a[.]b hxxps : // example [dot] org/a") == ["hxxps : // example [dot] org/a"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "e.g. this, i.e. that, etc. and so on...",
        "report.txt, /usr/lib/x.html and C:\\posts\\a.docx",
        "write to ada.de@lantern.example or @ada@lantern.example",
        "version 1.2.3.4, chapter 1.5/2, in 12.2024/25",
        "and/or, he/she, 24/7",
        "p.sh. dhe m.in. og f.Kr",
        "انتهى.ثم بدأ",
        "结束。开始",
        "समाप्त।फिर",
        "word.word http:// https://. ://x",
        "http://localhost/ http://256.256.256.256/",
    ],
)
def test_what_only_looks_like_a_link_is_none(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize("language", SENTENCES)
def test_prose_holds_no_links_and_a_link_in_it_is_found(language: str) -> None:
    sentence = SENTENCES[language]
    assert find(sentence) == []
    link = "https://lantern.example/a/b?x=1"
    text = f"{sentence} {link} {sentence}"
    assert [(one.start, one.end) for one in find(text)] == [(len(sentence) + 1, len(sentence) + 1 + len(link))]


@given(link=links(), language=st.sampled_from(sorted(SENTENCES)), random=st.randoms(use_true_random=False))
def test_a_defanged_link_is_found_in_any_prose(link: str, language: str, random: Random) -> None:
    written = defanged(link, random)
    # In a name that is not of ASCII the ideographic full stop ends a sentence.
    assume(link.split("/")[2].isascii() or "。" not in written)
    text = f"{SENTENCES[language]} {written} {SENTENCES[language]}"
    assert canonical(link).host in {canonical(one.link).host for one in find(text)}


SIGNS = (
    "http://", "hxxp", "[.]", "a", "\u0645", ".", "/", "example.org", "\u200b", "\u3002", "@", ":",
    "\uff1a\uff0f\uff0f", "(", ")", " ", "?", "#", "\u4e2d", "-", "_", "%", "1", "com",
)  # fmt: skip


@given(text=st.one_of(st.text(), st.lists(st.sampled_from(SIGNS)).map("".join)))
def test_what_is_found_in_any_text_is_a_link(text: str) -> None:
    for link in find(text):
        assert 0 <= link.start < link.end <= len(text)
        assert canonical(text[link.start : link.end]) == canonical(link.link)


# Lists of links.


@pytest.mark.parametrize(
    "text",
    [
        "https://example.org/a",
        "\ufeff# from a partner\r\n\r\nhttps://example.org/a\r\nhxxp://bad[.]example[.]org\r\n",
        "فانوس.شبكة/صفحة\nexample.org\n  t.me/lantern\n",
        "https://archive.example/https://example.org/a\nexample.org/a,",
    ],
)
def test_a_list_of_links_is_one(text: str) -> None:
    assert is_link_list(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# only a comment\n",
        "https://example.org/a is worth reading",
        "example.org\nexample.com and more\n",
        "example.org example.com",
        "see example.org/a",
        "report.txt\nphoto.jpg",
        "ada@lantern.example",
        "https://example.org/a\n\nانظر الرابط",
    ],
)
def test_what_holds_more_than_links_is_no_list_of_them(text: str) -> None:
    assert not is_link_list(text)


# No text takes longer than it is long.

ENDLESS = [
    "a",
    "a.",
    "م.",
    "1.",
    "x_",
    "x_x.",
    "://",
    "[",
    "[.]",
    "h**p",
    "/a",
    "@",
    "a@",
    "。a",
    "\u200b",
    "('",
    "http://[",
]


@pytest.mark.parametrize("unit", ENDLESS)
def test_a_megabyte_without_a_link_is_searched(unit: str) -> None:
    text = unit * (1_000_000 // len(unit))
    assert len(find(text)) <= 1


def test_a_text_of_nothing_but_links_is_searched() -> None:
    assert len(find("example.org/a " * 10_000)) == 10_000
    assert len(find("http://a.example/" * 10_000)) == 10_000  # the first lies on the way of the whole


def test_any_surrogate_in_a_text_is_borne() -> None:
    (link,) = find("x https://example.org/\ud800a y")
    with pytest.raises(NotALinkError):
        canonical("\ud800")
    assert str(canonical(link.link)) == "example.org/%EF%BF%BDa"
