"""The canonical form: one spelling for one place, and words for what is no link."""

from random import Random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from stanch.errors import NotALinkError
from stanch.fingerprints.link import canonical
from tests.fingerprints.link_samples import HOSTS, WORDS, defanged, disguised, hosts, links

# One spelling for one place.

SAME = {
    "example.org/a/b": [
        "http://example.org/a/b",
        "https://EXAMPLE.org:443/a/b/",
        "http://example.org:80/a//b",
        "//www.example.org./a/./x/../b#top",
        "https:example.org/a/b",
        "http:\\\\example.org\\a\\b",
        "https://ada:secret@example.org/a/b?utm_source=mail&fbclid=x",
        "http://ex%61mple.org/%61/%62",
        "http://example.org/x/%2E%2e/a/%2e/b",
        "http://exa\u200bmple.org/\u2060a/b\ufeff",
        "http://exa%E2%80%AEmple.org/a/b%E2%80%8F",
        "ht\ntp://exam\tple.org/a/b",
        "ｈｔｔｐ：／／ｅｘａｍｐｌｅ．ｏｒｇ／a／ｂ",
        "http://example。org/a/b",
        " <https://example.org/a/b>. ",
        "«example.org/a/b»،",
        "(example.org/a/b)؟",
        "hxxps://example[.]org/a/b",
        "h**p[:]//example(dot)org/a/b",
        "hXXp://example{.}org[/]a[/]b",
        "example dot org/a/b",
    ],
    "example.org?a=1&b=2&b=1&c": [
        "http://example.org/?b=2&a=1&&b=1&c=",
        "http://example.org?utm_medium=x&c&b=2&gclid=1&b=1&a=%31",
    ],
    "example.org?q=x%20y": ["http://example.org/?q=x+y", "http://example.org/?q=x%20y"],
    "example.org/%D8%B5%D9%81%D8%AD%D8%A9": ["example.org/صفحة", "http://example.org/%d8%b5فحة"],
    "example.org/%C3%A9": ["example.org/e\u0301", "example.org/\u00e9", "example.org/e%CC%81"],
    "example.org/wiki/A_%28B%29": ["https://example.org/wiki/A_(B)", "(https://example.org/wiki/A_(B))"],
    "127.0.0.1/a": ["http://127.1/a", "http://0x7f.0.0.1/a", "http://2130706433/a", "http://0177.0.0.01/a"],
    "1.2.3.4:8080": ["http://1.2.3.4:8080/", "1[.]2[.]3[.]4:8080", "http://[::ffff:1.2.3.4]:8080"],
    "[2001:db8::1]/a": ["http://[2001:DB8:0:0::1]:80/a", "[2001:db8::0001]/a"],
    "example.org#!/a/b": ["http://example.org/#!a/b", "http://example.org/#/a/b/", "example.org/#!/a/b"],
    "ftp://example.org/a": ["FTP://example.org:21/a", "fxp://www.example[.]org/a"],
    "tg://resolve?domain=Lantern": ["tg://resolve?domain=Lantern"],
    "youtube.com/watch?v=x": ["https://www.youtube.com/watch?v=x&si=1&t=30s", "http://youtube.com/watch?v=x"],
    "example.org/watch?si=1": ["https://example.org/watch?si=1"],
}


@pytest.mark.parametrize("place", SAME)
def test_spellings_of_one_place_meet(place: str) -> None:
    assert {str(canonical(link)) for link in (place, *SAME[place])} == {place}


@pytest.mark.parametrize("name", HOSTS)
def test_a_unicode_host_and_its_ascii_form_meet(name: str) -> None:
    written, encoded = HOSTS[name]
    assert canonical(f"http://{written}/a").host == encoded
    assert canonical(f"http://{encoded.upper()}/a").host == encoded


def test_what_is_not_the_same_place_stays_apart() -> None:
    apart = [
        "example.org/a",
        "example.org/A",
        "example.org/ab",
        "example.org/a?x=1",
        "example.org/a?x=2",
        "example.org/a?X=1",
        "example.org/a?x=1&x=2",
        "example.org/a?x=2&x=1",
        "example.org/a%2Fb",
        "example.org/a/b",
        "example.org:8443/a",
        "ftp://example.org/a",
        "m.example.org/a",
        "example.org/a#/b",
        "example.org/%E3",
        "example.org/%E4",
        "ipfs://QmA/a",
        "ipfs://qma/a",
    ]
    assert len({str(canonical(link)) for link in apart}) == len(apart)


@given(link=links())
def test_the_canonical_form_reads_back_as_itself(link: str) -> None:
    place = canonical(link)
    assert str(place).isascii()
    assert canonical(str(place)) == place


@given(prefix=st.sampled_from(["", "http://", "http://example.org/", "tg://", "example.org?"]), rest=st.text())
@example(prefix="http://", rest="www.www.www.com")
@example(prefix="http://", rest="a.example/b.?utm_source=1")  # a full stop that comes to stand at the end
@example(prefix="http://", rest="a.example/%EF%BB%BF./b")
@example(prefix="http://", rest="xn--a.xn--\u0131")
@example(prefix="", rest="httpſ://example.org")
def test_any_text_is_no_link_or_reads_back_as_itself(prefix: str, rest: str) -> None:
    try:
        place = canonical(prefix + rest)
    except NotALinkError:
        return
    assert str(place).isascii()
    assert canonical(str(place)) == place


@given(link=links(), random=st.randoms(use_true_random=False))
def test_a_defanged_link_is_the_link(link: str, random: Random) -> None:
    assert canonical(defanged(link, random)) == canonical(link)


@given(
    host=hosts, words=st.lists(st.sampled_from(WORDS[:-5]), max_size=3), random=st.randoms(use_true_random=False)
)
def test_a_disguised_link_is_the_link(host: str, words: list[str], random: Random) -> None:
    link = "/".join([f"https://{host}", *words])
    assert canonical(disguised(link, random)) == canonical(link)


# What is no link.


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "http://",
        "https:///?a=1",
        "tg://%E2%80%8B",
        "word",
        "/a/b",
        "e.g.",
        "1.5/2",
        "12.2024",
        "2130706433",
        "ada@lantern.example",
        "mailto:ada@lantern.example",
        "javascript:alert(1)",
        "javascript://example.org/%0aalert(1)",
        "data:text/html,x",
        "magnet:?xt=urn:btih:0",
        "C:\\\\posts\\a.txt",
        "http://localhost/",
        "http://a..example/",
        "http://exa mple.org/",
        "http://exa%20mple.org/",
        "http://a<b.example/",
        "example.org is a site",
        "example.org/a and more",
        "example.org\nexample.com",
        "http://example.org:65536/",
        "http://example.org:8o/",
        "http://256.1.1.1.1/",
        "http://1.2.3.999/",
        "http://x.08/",
        "http://[::1/",
        "http://[fe80::1%25eth0]/",
        f"http://{'a' * 64}.example/",
        f"http://{'م' * 60}.example/",
        "http://" + "a." * 130 + "example/",
        "http://" + "a" * 100_000,
        "رسالة بلا رابط",
    ],
)
def test_what_is_no_link_is_refused_in_words(text: str) -> None:
    with pytest.raises(NotALinkError) as refused:
        canonical(text)
    assert refused.value.fields["problem"]
    assert len(str(refused.value)) < 400


def test_an_ascii_label_that_decodes_badly_stays_as_it_is() -> None:
    for label in ("xn--", "xn--a", "xn--abc-", "xn--999999999", "xn---e4d"):
        assert canonical(f"http://{label.upper()}.example/").host == f"{label.lower()}.example"
