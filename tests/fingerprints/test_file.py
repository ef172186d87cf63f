"""Files: equal bytes, equal fingerprints."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stanch.errors import CannotBankError
from stanch.fingerprints.file import as_entry, as_query
from stanch.fingerprints.reading import Reading
from stanch.values import FILE_MD5, FILE_SHA256, Medium

# FIPS 180-4 and RFC 1321 give those of `abc`; the others were computed with coreutils.
GOLDEN = {
    b"abc": (
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        "900150983cd24fb0d6963f7d28e17f72",
    ),
    "فانوس رمادي\n".encode(): (
        "593896e0e81aa801dfa2aedd9714ca103c926ab3464e646130f98ffe401e8ab9",
        "f18e28ef5c8518e44477502240c52dc3",
    ),
    bytes(range(256)): (
        "40aff2e9d2d8922e47afd4648e6967497158785fbd1da870e7110266bf944880",
        "e2c865db4162bed963bfaa9ef6ac18f0",
    ),
}


def hashes(reading: Reading) -> dict[str, str]:
    return {found.method.id: found.hex()[0] for found in reading.fingerprints}


@pytest.mark.parametrize("data", GOLDEN)
def test_golden_vectors(data: bytes) -> None:
    sha256, md5 = GOLDEN[data]
    assert hashes(as_query(data)) == {FILE_SHA256.id: sha256, FILE_MD5.id: md5}


@given(data=st.binary(min_size=1))
def test_an_entry_is_what_is_looked_up(data: bytes) -> None:
    entry, query = as_entry(data), as_query(data)
    assert entry.medium is query.medium is Medium.FILE
    assert hashes(entry) == hashes(query)
    assert [(len(found), found.extent, found.start[0], found.end[0]) for found in query.fingerprints] == [
        (1, 1.0, 0.0, 1.0)
    ] * 2


@given(data=st.binary(min_size=1), place=st.integers(min_value=0), flip=st.integers(1, 255))
def test_one_other_byte_is_another_file(data: bytes, place: int, flip: int) -> None:
    other = bytearray(data)
    other[place % len(data)] ^= flip
    assert not set(hashes(as_query(data)).values()) & set(hashes(as_query(bytes(other))).values())


def test_an_empty_file_is_not_banked_and_matches_nothing() -> None:
    with pytest.raises(CannotBankError, match="empty"):
        as_entry(b"")
    assert as_query(b"").fingerprints == ()
    assert as_query(b"").remarks
