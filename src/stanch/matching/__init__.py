"""Banks and the matcher: the front of the library. Archives hold the entries of banks that are large."""

from stanch.matching.archive import Archive, Place
from stanch.matching.archive_merging import merge_archives
from stanch.matching.archive_segment import ArchiveSegment
from stanch.matching.archive_writing import write_archive
from stanch.matching.background import Background
from stanch.matching.background_formulae import Formula, formulae, grams_of
from stanch.matching.background_keeping import load_learner, new_learner, save_learner
from stanch.matching.background_learning import (
    BackgroundLearner,
    Learnt,
    Sighting,
    Stated,
    independent,
    publisher_digest,
)
from stanch.matching.background_listing import LearntOfEntry
from stanch.matching.background_sightings import Sightings
from stanch.matching.bank import Bank
from stanch.matching.entries import entry_id, entry_of
from stanch.matching.matcher import Matcher
from stanch.matching.rehearsal import load_kernels

__all__ = [
    "Archive",
    "ArchiveSegment",
    "Background",
    "BackgroundLearner",
    "Bank",
    "Formula",
    "Learnt",
    "LearntOfEntry",
    "Matcher",
    "Place",
    "Sighting",
    "Sightings",
    "Stated",
    "entry_id",
    "entry_of",
    "formulae",
    "grams_of",
    "independent",
    "load_kernels",
    "load_learner",
    "merge_archives",
    "new_learner",
    "publisher_digest",
    "save_learner",
    "write_archive",
]
