"""Bytes that leave the process or come in: bank files and partners' lists."""

from stanch.formats.bank_file import BankFile, looks_like_bank_file, read_bank_file, write_bank_file
from stanch.formats.fingerprint_record import FingerprintRecord, fingerprint_from, record_of
from stanch.formats.hash_lists import HashList, Listed, read_hash_list

__all__ = [
    "BankFile",
    "FingerprintRecord",
    "HashList",
    "Listed",
    "fingerprint_from",
    "looks_like_bank_file",
    "read_bank_file",
    "read_hash_list",
    "record_of",
    "write_bank_file",
]
