"""Documents whose content hides behind tags, escapes and codes are found, or said not to be read."""

import html
import json

import pytest

from stanch.fingerprints import as_entry, as_query
from stanch.fingerprints.markup import decoded, unread
from stanch.media import Decoders
from stanch.values import TEXT_EXACT, FilePart, Medium, TextPart
from tests.matching.writing import ALPHABETS, writing


def digests(text: str) -> set[str]:
    readings = as_query(TextPart(name="t", text=text), Decoders())
    made = [found for reading in readings for found in reading.fingerprints if found.method == TEXT_EXACT]
    return {digest for found in made for digest in found.hex()}


def references(text: str) -> str:
    return "".join(f"&#{ord(char)};" if char != " " else " " for char in text)


def in_tags(text: str) -> str:
    return "".join(f"<b class='x'>{html.escape(word)}</b> " for word in text.split())


@pytest.mark.parametrize("alphabet", ALPHABETS)
@pytest.mark.parametrize("hide", [references, in_tags, json.dumps])
def test_what_a_browser_shows_is_read(alphabet: str, hide: object) -> None:
    assert callable(hide)
    text = writing(1, 40, alphabet)
    assert digests(text) <= digests(hide(text))


def test_plain_text_is_read_once() -> None:
    assert decoded("a plain text, 3 > 2") is None
    assert len(digests(writing(1, 40))) == 1


def test_letters_beyond_the_first_plane_survive_their_escapes() -> None:
    assert decoded(json.dumps("𝕊 🙂")) == '"𝕊 🙂"'


@pytest.mark.parametrize(
    "document",
    [
        "%PDF-1.4 1 0 obj",
        "{\\rtf1\\ansi hello}",
        '<?xml version="1.0"?>\n<svg xmlns="x"></svg>',
        "<svg><text>hi</text></svg>",
        "From: a@example.org\nMIME-Version: 1.0\nContent-Transfer-Encoding: base64\n\naGk=",
        "<html><img src='data:image/png;base64,AAAA'></html>",
        "%!PS-Adobe-3.0",
    ],
)
def test_what_is_read_in_part_only_says_so(document: str) -> None:
    assert unread(document) is not None
    with Decoders() as decoders:
        readings = as_query(FilePart(name="f", data=document.encode()), decoders)
    assert any(reading.not_scanned for reading in readings)


@pytest.mark.parametrize(
    "text", ["", "a plain text", "<p>hello</p>", '{"a": 1}', "I wrote data: see below; base64 is a code"]
)
def test_what_is_read_whole_says_nothing(text: str) -> None:
    assert unread(text) is None


@pytest.mark.parametrize("hide", [references, in_tags])
def test_a_page_is_banked_as_what_it_shows(hide: object) -> None:
    """So that a copy of its words is found without its tags, and under other ones."""
    assert callable(hide)
    text = writing(1, 40, "arabic")
    with Decoders() as decoders:
        page = f"<html><body>{hide(text)}</body></html>".encode()
        stored = as_entry(FilePart(name="page.html", data=page), decoders)
    (banked,) = [found for reading in stored for found in reading.fingerprints if found.method == TEXT_EXACT]
    assert set(banked.hex()) <= digests(text)


def test_of_what_is_read_in_part_only_the_bytes_are_banked() -> None:
    with Decoders() as decoders:
        (stored,) = as_entry(FilePart(name="a.rtf", data=b"{\\rtf1 hello there}"), decoders)
    assert {found.method.medium for found in stored.fingerprints} == {Medium.FILE}


@pytest.mark.parametrize("number", ["9" * 5_000, "0" * 5_000 + "65", "x" + "f" * 5_000, "1114112"])
def test_references_of_any_length_are_read_as_a_browser_reads_them(number: str) -> None:
    shown = decoded(f"before &#{number}; after")
    assert shown == f"before {'A' if number.endswith('65') else chr(0xFFFD)} after"
