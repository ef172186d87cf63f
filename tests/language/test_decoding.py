"""Bytes become text by their mark or as UTF-8, and what is wrong with them is named."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stanch.language import decode, problems
from tests.language.samples import SENTENCES


@pytest.mark.parametrize("text", SENTENCES.values(), ids=SENTENCES)
@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (b"", "utf-8"),
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
    ],
)
def test_clean_text_comes_back(text: str, mark: bytes, encoding: str) -> None:
    assert decode(mark + text.encode(encoding)) == (text, [])


@pytest.mark.parametrize(
    ("data", "text", "sentence"),
    [
        (b"a\xffb", "a\ufffdb", "1 byte is not UTF-8, at byte 1"),
        ("السوق".encode() + b"\xff\xfe\x80", "السوق\ufffd\ufffd\ufffd", "3 bytes are not UTF-8, first at byte 10"),
        ("中".encode()[:2], "\ufffd\ufffd", "2 bytes are not UTF-8, first at byte 0"),
        (b"\xc0\xaf", "\ufffd\ufffd", "2 bytes are not UTF-8, first at byte 0"),  # an overlong slash
        (b"\xed\xa0\x80.", "\ufffd\ufffd\ufffd.", "3 bytes are not UTF-8, first at byte 0"),  # a surrogate
        (codecs.BOM_UTF8 + b"\xff", "\ufffd", "1 byte is not UTF-8, at byte 3"),
        (codecs.BOM_UTF16_LE + b"a\0b", "a\ufffd", "1 byte is not UTF-16-LE, at byte 4"),
        (codecs.BOM_UTF16_BE + b"\0a\0", "a\ufffd", "1 byte is not UTF-16-BE, at byte 4"),
        (codecs.BOM_UTF32_BE + b"\xff\0\0\0\0\0\0a", "\ufffda", "4 bytes are not UTF-32-BE, first at byte 4"),
        (codecs.BOM_UTF32_LE + b"a\0\0\0bc", "a\ufffd\ufffd", "2 bytes are not UTF-32-LE, first at byte 8"),
    ],
)
def test_wrong_bytes_are_replaced_and_reported(data: bytes, text: str, sentence: str) -> None:
    assert decode(data) == (text, [("undecodable-bytes", sentence)])


@pytest.mark.parametrize(
    "mark", [b"", codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE, codecs.BOM_UTF8]
)
def test_a_mark_alone_is_an_empty_text(mark: bytes) -> None:
    assert decode(mark) == ("", [])


@given(st.binary(max_size=200).filter(lambda data: data[:1] not in {b"\xef", b"\xff", b"\xfe", b"\0"}))
def test_bytes_without_a_mark_come_back_or_are_reported(data: bytes) -> None:
    text, found = decode(data)
    if found:
        assert "\ufffd" in text
    else:
        assert text.encode() == data


@given(st.binary(max_size=200), st.sampled_from([codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE]))
def test_bytes_with_a_mark_never_crash(data: bytes, mark: bytes) -> None:
    text, found = decode(mark + data)
    assert len(found) <= 1
    assert len(text) <= len(data)
    assert len(problems(text)) <= 2


def test_lone_surrogates_of_utf_16_stay_and_are_reported_of_the_text() -> None:
    text, found = decode(codecs.BOM_UTF16_LE + b"a\0\x00\xd8b\0")
    assert (text, found) == ("a\ud800b", [])
    assert problems(text) == [("lone-surrogates", "1 lone surrogate, first at character 1")]


def test_a_megabyte_of_wrong_bytes() -> None:
    text, found = decode(b"\xff" * 1_000_000)
    assert len(text) == 1_000_000
    assert found == [("undecodable-bytes", "1,000,000 bytes are not UTF-8, first at byte 0")]
