"""Bytes that leave the process: bank files and hash lists."""

from stanch.formats.bank_file import BankFile, read_bank_file, write_bank_file

__all__ = ["BankFile", "read_bank_file", "write_bank_file"]
