"""Partners' lists: read whole, or refused with the line and the reason."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stanch.errors import FormatError, InvalidValueError
from stanch.formats.hash_lists import LONGEST_LINE, HashList, read_hash_list
from stanch.values import FILE_MD5, FILE_SHA256, LINK, PDQ, PDQ_RAW, TEXT_GRAM, Method

MD5_A, MD5_B = (hashlib.md5(name, usedforsecurity=False).hexdigest() for name in (b"a", b"b"))
LONG_A, LONG_B = (hashlib.sha256(name).hexdigest() for name in (b"a", b"b"))

Read = Callable[..., HashList]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Write a list and read it."""

    def write_and_read(content: str | bytes, *, method: Method | None = None, name: str = "list.txt") -> HashList:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_hash_list(path, method=method)

    return write_and_read


def values(found: HashList) -> list[tuple[str, str]]:
    return [(one.method.id, one.value) for one in found]


# Plain lists.


def test_plain_md5_with_all_that_surrounds_it(read: Read) -> None:
    found = read(f"\ufeff# from a partner\r\n\r\n{MD5_A.upper()}\r\n  {MD5_B}\t# شعار\r\n".encode())
    assert values(found) == [(FILE_MD5.id, MD5_A), (FILE_MD5.id, MD5_B)]
    assert [one.line for one in found] == [3, 4]


@pytest.mark.parametrize(
    ("asked", "given_id"), [(PDQ, PDQ_RAW.id), (PDQ_RAW, PDQ_RAW.id), (FILE_SHA256, FILE_SHA256.id)]
)
def test_64_digits_are_what_the_caller_says(read: Read, asked: Method, given_id: str) -> None:
    assert values(read(LONG_A, method=asked)) == [(given_id, LONG_A)]


def test_64_digits_are_never_guessed(read: Read) -> None:
    with pytest.raises(FormatError, match=r"list\.txt, line 2: .*PDQ or a SHA-256: say which") as refused:
        read(f"{MD5_A}\n{LONG_A}\n")
    assert refused.value.fields["line"] == 2


def test_plain_links_keep_their_spelling_and_their_fragments(read: Read) -> None:
    found = read(
        "https://example.org/a#b  # comment\nhxxp://bad[.]example/x\nموقع.مصر/صفحة\nhttp://x.org/?a=1,2;3"
    )
    assert [one.value for one in found] == [
        "https://example.org/a#b",
        "hxxp://bad[.]example/x",
        "موقع.مصر/صفحة",
        "http://x.org/?a=1,2;3",
    ]
    assert {one.method for one in found} == {LINK}


def test_hashes_and_links_may_be_mixed_where_their_shape_tells(read: Read) -> None:
    assert values(read(f"{MD5_A}\nexample.org\n")) == [(FILE_MD5.id, MD5_A), (LINK.id, "example.org")]


def test_duplicates_are_counted_and_their_labels_kept(read: Read) -> None:
    found = read(f"md5,label\n{MD5_A},one\n{MD5_A.upper()},two\n{MD5_A},one\n")
    assert found.duplicates == 2
    assert [(one.labels, one.line) for one in found] == [(("one", "two"), 2)]


# Tables.


def test_each_named_column_is_read_for_what_it_is(read: Read) -> None:
    header = "PDQ Hash;MD5;SHA-256;URL;Quality;Labels;Country"
    row = f"{LONG_A};{MD5_A};{LONG_B};https://example.org/a,b;87;ملصق، بيان|poster;XX"
    found = read(f"{header}\n{row}\n", name="list.csv")
    labels = ("ملصق", "بيان", "poster")
    assert [(one.method.id, one.value, one.quality, one.labels) for one in found] == [
        (PDQ_RAW.id, LONG_A, 87, labels),
        (FILE_MD5.id, MD5_A, None, labels),
        (FILE_SHA256.id, LONG_B, None, labels),
        (LINK.id, "https://example.org/a,b", None, labels),
    ]
    assert found.ignored_columns == ("Country",)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_column_of_types_tells_what_a_hash_is(read: Read, delimiter: str) -> None:
    rows = [("Hash", "Hash_Type"), (LONG_A, "PDQ"), (LONG_B, "sha-256"), (MD5_A, "MD5"), ("example.org/a", "url")]
    found = read("\n".join(delimiter.join(row) for row in rows))
    assert [one.method for one in found] == [PDQ_RAW, FILE_SHA256, FILE_MD5, LINK]


def test_a_hash_column_without_types_is_what_the_caller_says(read: Read) -> None:
    assert values(read(f"name,hash\nx,{LONG_A}\n", method=PDQ)) == [(PDQ_RAW.id, LONG_A)]
    with pytest.raises(FormatError, match=r"line 2: .*say which"):
        read(f"name,hash\nx,{LONG_A}\n")


def test_a_table_of_one_column_may_hold_links_with_any_sign(read: Read) -> None:
    found = read('url\nhttp://x.org/?a=1,2;3\nhttp://x.org/"q"\n')
    assert [one.value for one in found] == ["http://x.org/?a=1,2;3", 'http://x.org/"q"']


def test_empty_cells_beside_a_value_and_quoted_line_breaks(read: Read) -> None:
    found = read(f'pdq,md5,label\n,{MD5_A},"one\ntwo"\n\n,,\n{LONG_A},,"a ""b"""\n')
    assert [(one.value, one.labels, one.line) for one in found] == [
        (MD5_A, ("one", "two"), 2),
        (LONG_A, ('a "b"',), 6),
    ]


def test_a_column_of_types_beside_named_columns_is_ignored_and_said(read: Read) -> None:
    assert read(f"md5,type\n{MD5_A},photo\n").ignored_columns == ("type",)


# What is refused, with its place.

REFUSED = {
    "too short": (f"{MD5_A}\n{MD5_A[:-1]}\n", 2, "31 hexadecimal digits"),
    "sha-1": (f"{'a' * 40}\n", 1, "40 hexadecimal digits"),
    "not hexadecimal": (f"{MD5_A}\n{'g' * 32}\n", 2, "neither a hash nor a link"),
    "a table without a header": (f"{MD5_A},poster\n", 1, "needs a header"),
    "empty": ("", 1, "empty"),
    "only comments": ("# nothing\n\n", 1, "empty"),
    "only a header": ("# x\nmd5,label\n", 2, "nothing follows"),
    "NUL": (f"{MD5_A}\n\0\n", 2, "NUL"),
    "invalid UTF-8": (MD5_A.encode() + b"\n\xff\xfe\xfd\n", 2, "not in UTF-8"),
    "UTF-16": (MD5_A.encode("utf-16"), 1, "UTF-16"),
    "old line ends": (f"{MD5_A}\r{MD5_B}\r", 1, "carriage return"),
    "enormous line": (f"{MD5_A}\n{'a' * (LONGEST_LINE + 1)}\n", 2, "longer than"),
    "cells missing": (f"md5,label\n{MD5_A},x\n{MD5_B}\n", 3, "1 cells where the header has 2"),
    "cells too many": (f"md5,label\n{MD5_A},x,y\n", 2, "3 cells"),
    "no value in a row": (f"md5,label\n{MD5_A},x\n,y\n", 3, "no hash and no link"),
    "unknown type": (f"hash,type\n{MD5_A},PhotoDNA\n", 2, "'PhotoDNA' is no kind"),
    "no type": (f"hash,type\n{MD5_A},\n", 2, "no kind of hash"),
    "wrong length in a column": (f"pdq\n{MD5_A}\n", 2, "32 digits instead of 64"),
    "too long in a column": (f"md5,label\n{LONG_A},x\n", 2, "64 digits instead of 32"),
    "quality out of range": (f"pdq,quality\n{LONG_A},101\n", 2, "quality '101'"),
    "quality in other digits": (f"pdq,quality\n{LONG_A},٨٧\n", 2, "quality"),
    "two columns alike": (f"md5,hash_md5\n{MD5_A},{MD5_B}\n", 1, "two columns hold md5"),
    "an open quotation mark": (f'md5,label\n{MD5_A},ok\n{MD5_B},"open\n', 3, "unexpected end"),
    "a link that is prose": ("https://example.org/a\nsee the list\n", 2, "neither a hash nor a link"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_wrong_is_refused_with_its_line(read: Read, case: str) -> None:
    content, line, problem = REFUSED[case]
    with pytest.raises(FormatError, match=problem) as refused:
        read(content)
    assert refused.value.fields["line"] == line
    assert f", line {line}: " in str(refused.value)


def test_a_table_that_says_otherwise_than_the_caller_is_refused(read: Read) -> None:
    with pytest.raises(FormatError, match="line 1: a column holds md5, but pdq was asked for"):
        read(f"md5\n{MD5_A}\n", method=PDQ)
    with pytest.raises(FormatError, match="line 2: this is a md5, but sha256 was asked for"):
        read(f"hash,type\n{MD5_A},md5\n", method=FILE_SHA256)
    with pytest.raises(FormatError, match=r"line 1: .*32 digits instead of 64"):
        read(f"{MD5_A}\n", method=PDQ)


def test_a_method_that_no_list_holds_is_refused(read: Read) -> None:
    with pytest.raises(InvalidValueError, match="text-gram/1"):
        read(MD5_A, method=TEXT_GRAM)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(content=st.one_of(st.binary(max_size=80), st.text(max_size=80).map(str.encode)))
def test_any_bytes_are_read_or_refused(read: Read, content: bytes) -> None:
    try:
        found = read(content)
    except FormatError as refused:
        where = refused.fields["line"]
    else:
        where = found.listed[0].line
    assert isinstance(where, int)
    assert 1 <= where <= content.count(b"\n") + 1


# Real lists.


def test_the_public_haystack_is_read_whole(assets: Path) -> None:
    path = assets / "images" / "hashes" / "haystack.txt"
    found = read_hash_list(path, method=PDQ)
    assert len(found) + found.duplicates == 1350
    assert {one.method for one in found} == {PDQ_RAW}
    assert [one.value for one in found] == path.read_text("ascii").split()


def test_a_list_that_mixes_pdq_and_md5_without_saying_so_is_refused(assets: Path) -> None:
    path = assets / "images" / "hashes" / "PDQMD5TestData.csv"
    with pytest.raises(FormatError, match=r"line 2: .*say which"):
        read_hash_list(path)
    with pytest.raises(FormatError, match=r"line 18: .*32 digits instead of 64"):
        read_hash_list(path, method=PDQ)


def test_a_public_list_of_links_is_read_beside_columns_of_no_use(assets: Path) -> None:
    found = read_hash_list(assets / "exchange" / "tcap" / "fake_tcap_data.csv")
    assert found.listed[0].value == "en.wikipedia.org/wiki/File:Grumpy_Cat_with_glasses.png"
    assert {one.method for one in found} == {LINK}
    assert "Description" in found.ignored_columns
    assert "URL" not in found.ignored_columns
