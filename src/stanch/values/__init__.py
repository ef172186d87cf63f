"""The types that every room shares: frozen, keyword-only, without behaviour of their own."""

from stanch.values.banks import (
    BEHAVIOUR_BASED,
    BankInfo,
    ContentType,
    Designation,
    Entry,
    Purpose,
    State,
)
from stanch.values.fingerprints import AS_IS, Fingerprint, words_from_bytes, words_from_hex
from stanch.values.matches import AlignedSpans, Kind, Match, NotScanned, PartResult, PostResult, Span
from stanch.values.methods import (
    FILE_MD5,
    FILE_SHA256,
    LINK,
    METHODS,
    PDQ,
    PDQ_RAW,
    TEXT_EXACT,
    TEXT_GRAM,
    Medium,
    Method,
    method,
)
from stanch.values.outcomes import Level, Outcome, Reason
from stanch.values.posts import Audience, FilePart, LinkPart, Part, Post, TextPart

__all__ = [
    "AS_IS",
    "BEHAVIOUR_BASED",
    "FILE_MD5",
    "FILE_SHA256",
    "LINK",
    "METHODS",
    "PDQ",
    "PDQ_RAW",
    "TEXT_EXACT",
    "TEXT_GRAM",
    "AlignedSpans",
    "Audience",
    "BankInfo",
    "ContentType",
    "Designation",
    "Entry",
    "FilePart",
    "Fingerprint",
    "Kind",
    "Level",
    "LinkPart",
    "Match",
    "Medium",
    "Method",
    "NotScanned",
    "Outcome",
    "Part",
    "PartResult",
    "Post",
    "PostResult",
    "Purpose",
    "Reason",
    "Span",
    "State",
    "TextPart",
    "method",
    "words_from_bytes",
    "words_from_hex",
]
