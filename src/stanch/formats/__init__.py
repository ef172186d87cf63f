"""Bytes that leave the process or come in: bank files, partners' lists, segments."""

from stanch.formats.background_file import GramRecord, read_background_file, write_background_file
from stanch.formats.bank_file import BankFile, looks_like_bank_file, read_bank_file, write_bank_file
from stanch.formats.fingerprint_record import FingerprintRecord, fingerprint_from, record_of
from stanch.formats.hash_lists import HashList, Listed, read_hash_list
from stanch.formats.segment_file import DamagedBlock, SegmentFile, check_blocks, open_segment, write_segment

__all__ = [
    "BankFile",
    "DamagedBlock",
    "FingerprintRecord",
    "GramRecord",
    "HashList",
    "Listed",
    "SegmentFile",
    "check_blocks",
    "fingerprint_from",
    "looks_like_bank_file",
    "open_segment",
    "read_background_file",
    "read_bank_file",
    "read_hash_list",
    "record_of",
    "write_background_file",
    "write_bank_file",
    "write_segment",
]
