"""Bytes that leave the process or come in: bank files and partners' lists."""

from stanch.formats.bank_file import BankFile, looks_like_bank_file, read_bank_file, write_bank_file
from stanch.formats.hash_lists import HashList, Listed, read_hash_list

__all__ = [
    "BankFile",
    "HashList",
    "Listed",
    "looks_like_bank_file",
    "read_bank_file",
    "read_hash_list",
    "write_bank_file",
]
