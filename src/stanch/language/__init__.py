"""Reading text as its readers do: decoding, normalised text with offsets, host names, what cannot be read."""

from stanch.language.decoding import decode
from stanch.language.evading import Evasion, evasion
from stanch.language.folding import fold
from stanch.language.hosts import map_host
from stanch.language.identification import UNDETERMINED, identify
from stanch.language.nfc import nfc
from stanch.language.normalised import NormalisedText, normalise
from stanch.language.problems import LONGEST_TEXT, Problem, problems

__all__ = [
    "LONGEST_TEXT",
    "UNDETERMINED",
    "Evasion",
    "NormalisedText",
    "Problem",
    "decode",
    "evasion",
    "fold",
    "identify",
    "map_host",
    "nfc",
    "normalise",
    "problems",
]
