"""Fingerprints of links: entries found at and below their place, and golden vectors that never change."""

import hashlib
import json
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given

from stanch.errors import InvalidValueError, NotALinkError
from stanch.fingerprints.link import CanonicalLink, as_entry, as_query, canonical
from stanch.fingerprints.reading import Reading
from stanch.values import LINK, Medium
from tests.fingerprints.link_samples import links

GOLDEN = json.loads(Path(__file__).with_name("golden_link.json").read_text(encoding="ascii"))


def features(reading: Reading) -> dict[str, int]:
    """Return the features of a reading, and how many steps of the link each covers."""
    (found,) = reading.fingerprints
    return dict(zip(found.hex(), found.end.astype(int).tolist(), strict=True))


def distance(entry: Reading, query: Reading) -> int | None:
    """Return how many steps a link leads below an entry; None if it is not found."""
    (stored,) = features(entry)
    found = features(query)
    return int(query.fingerprints[0].extent) - found[stored] if stored in found else None


# What finds what.

FINDS = [
    # entry, query, steps below; None where it is not found
    ("example.org/a", "https://example.org/a", 0),
    ("example.org/a", "https://www.example.org/a/b?x=1", 2),
    ("example.org/a", "example.org/a?x=1", 1),
    ("example.org/a", "example.org/ab", None),
    ("example.org/a", "example.org", None),
    ("example.org/a", "sub.example.org/a", None),
    ("example.org", "http://example.org/a/b/c", 3),
    ("example.org", "sub.example.org", None),
    ("example.org", "notexample.org", None),
    ("example.org", "ftp://example.org/a", None),
    ("example.org/a?x=1&y=2", "example.org/a?y=2&x=1", 0),
    ("example.org/a?x=1", "example.org/a?x=1&y=2", None),
    ("example.org/a?x=1", "example.org/a", None),
    ("example.org/a?x=1", "example.org/a?x=1#!/r", 1),
    ("example.org/#!/r", "example.org/#/r/s", 1),
    ("example.org/#!/r", "example.org/r", None),
    ("example.org", "example.org:8443/a", 1),
    ("example.org:8443", "example.org:8443/a", 1),
    ("example.org:8443", "example.org/a", None),
    ("1.2.3.4", "http://1.2.3.4/a", 1),
    ("فانوس.شبكة/صفحة", "https://xn--mgby3bvk.xn--ngbc5azd/%D8%B5%D9%81%D8%AD%D8%A9/2", 1),
]


@pytest.mark.parametrize(("entry", "query", "steps"), FINDS)
def test_an_entry_is_found_at_and_below_its_place(entry: str, query: str, steps: int | None) -> None:
    assert distance(as_entry(entry), as_query(query)) == steps


@pytest.mark.parametrize(
    ("query", "steps"),
    [
        ("example.org", 0),
        ("a.b.example.org/x", 1),
        ("https://www.example.org:8443/x/y", 2),
        ("ftp://files.example.org", 0),
        ("example.org.example", None),
        ("notexample.org", None),
        ("org.example", None),
    ],
)
def test_a_host_stands_for_its_subdomains_only_where_the_entry_says_so(query: str, steps: int | None) -> None:
    assert distance(as_entry("http://example.org/", subdomains=True), as_query(query)) == steps


@pytest.mark.parametrize(
    "link", ["example.org/a", "example.org?x=1", "example.org:8080", "1.2.3.4", "[::2]", "tg://resolve"]
)
def test_only_the_bare_name_of_a_host_has_subdomains(link: str) -> None:
    with pytest.raises(InvalidValueError, match="subdomains"):
        as_entry(link, subdomains=True)


@given(link=links())
def test_a_query_holds_the_entry_of_every_place_on_its_way(link: str) -> None:
    place, query = canonical(link), as_query(link)
    for port in (place.port, None):
        for steps in range(len(place.segments) + 1):
            above = CanonicalLink(scheme="http", host=place.host, port=port, segments=place.segments[:steps])
            assert distance(as_entry(str(above)), query) == len(place.steps) - steps
    assert distance(as_entry(link), query) == 0


@given(link=links())
def test_a_reading_says_what_each_feature_covers(link: str) -> None:
    entry, query = as_entry(link), as_query(link)
    (stored,), (looked_up,) = entry.fingerprints, query.fingerprints
    assert entry.medium is query.medium is Medium.LINK
    assert stored.method is looked_up.method is LINK
    assert len(stored) == 1
    assert stored.end[0] == stored.extent == looked_up.extent == len(canonical(link).steps)
    assert not looked_up.at.any()
    assert not looked_up.start.any()
    assert np.all((looked_up.end >= 0) & (looked_up.end <= looked_up.extent))


def test_a_feature_is_the_beginning_of_a_digest() -> None:
    at = hashlib.sha256(b"link/1 at http://example.org:8080/a?x=1#r").hexdigest()[:16]
    below = hashlib.sha256(b"link/1 below example.org").hexdigest()[:16]
    assert features(as_entry("https://example.org:8080/a?x=1#!/r")) == {at: 3}
    assert features(as_entry("https://example.org", subdomains=True)) == {below: 0}


def test_no_entry_lies_deeper_than_a_query_looks() -> None:
    deep = "example.org" + "/a" * 256
    assert distance(as_entry(deep), as_query(deep + "/b" * 1000)) == 1000
    with pytest.raises(NotALinkError, match="257 steps"):
        as_entry(deep + "/b")


@pytest.mark.parametrize("vector", GOLDEN, ids=[str(place) for place in range(len(GOLDEN))])
def test_golden_vectors(vector: dict[str, object]) -> None:
    link = str(vector["link"])
    assert str(canonical(link)) == vector["canonical"]
    assert features(as_entry(link)) == vector["entry"]
    assert features(as_query(link)) == vector["query"]


def test_golden_vectors_cover_the_method() -> None:
    assert len(GOLDEN) >= 30
    assert any(not str(vector["link"]).isascii() for vector in GOLDEN)


# No link takes longer than it is long.

ENDLESS = [
    "a",
    "a.",
    "1.",
    "م.",
    "[",
    "(dot)",
    "/a",
    "../",
    "?",
    "&a=b",
    "a@",
    ":1",
    "%41",
    "\u200b",
    "xn--a.",
    "h**p",
]


@pytest.mark.parametrize("unit", ENDLESS)
def test_a_megabyte_is_read_or_refused(unit: str) -> None:
    for before in ("", "http://", "http://example.org/"):
        with suppress(NotALinkError):
            reading = as_query(before + unit * (1_000_000 // len(unit)))
            assert len(reading.fingerprints[0]) < 600
