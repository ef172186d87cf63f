"""Banks and the matcher: the front of the library. Archives hold the entries of banks that are large."""

from stanch.matching.archive import Archive, Place
from stanch.matching.archive_merging import merge_archives
from stanch.matching.archive_segment import ArchiveSegment
from stanch.matching.archive_writing import write_archive
from stanch.matching.bank import Bank
from stanch.matching.entries import entry_id, entry_of
from stanch.matching.matcher import Matcher

__all__ = [
    "Archive",
    "ArchiveSegment",
    "Bank",
    "Matcher",
    "Place",
    "entry_id",
    "entry_of",
    "merge_archives",
    "write_archive",
]
