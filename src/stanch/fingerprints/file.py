"""Fingerprints of a file's bytes: equal bytes, equal fingerprints (`file-sha256/1`, `file-md5/1`).

SHA-256 is FIPS 180-4. MD5 (RFC 1321) can be forged; it is here because partners' lists are made of it, and a
match by MD5 alone never leads further than a hold.
"""

import hashlib
from mmap import mmap

from stanch.errors import CannotBankError
from stanch.fingerprints.reading import Reading
from stanch.values import FILE_MD5, FILE_SHA256, Fingerprint, Medium, words_from_bytes


def as_entry(data: bytes | mmap, *, name: str = "file") -> Reading:
    """Return what a bank stores of a file: one feature of 256 and one of 128 bits, each over the whole (1.0).

    Raises
    ------
    CannotBankError
        If the file is empty: every empty file would match.
    """
    if not data:
        raise CannotBankError(name=name, problem="it is empty, so it would match every empty file")
    return as_query(data)


def as_query(data: bytes | mmap) -> Reading:
    """Return what is looked up for a file: the same as an entry; of an empty file nothing, with a remark."""
    if not data:
        return Reading(medium=Medium.FILE, remarks=("the file is empty",))
    sha256 = hashlib.sha256(data)
    md5 = hashlib.md5(data, usedforsecurity=False)
    return Reading(
        medium=Medium.FILE,
        fingerprints=(
            Fingerprint.of(FILE_SHA256, words_from_bytes(sha256.digest())),
            Fingerprint.of(FILE_MD5, words_from_bytes(md5.digest())),
        ),
    )
