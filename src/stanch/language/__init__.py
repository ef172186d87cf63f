"""Reading text as its readers do: decoding, normalised text with offsets, host names, what cannot be read."""

from stanch.language.decoding import decode
from stanch.language.evading import Evasion, evasion
from stanch.language.folding import fold
from stanch.language.hosts import map_host
from stanch.language.identification import (
    UNDETERMINED,
    Ranked,
    Segment,
    identify,
    identify_many,
    rank,
    segments,
)
from stanch.language.nfc import nfc
from stanch.language.normalised import NormalisedText, normalise
from stanch.language.problems import LONGEST_TEXT, Problem, problems

__all__ = [
    "LONGEST_TEXT",
    "UNDETERMINED",
    "Evasion",
    "NormalisedText",
    "Problem",
    "Ranked",
    "Segment",
    "decode",
    "evasion",
    "fold",
    "identify",
    "identify_many",
    "map_host",
    "nfc",
    "normalise",
    "problems",
    "rank",
    "segments",
]
