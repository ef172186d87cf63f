"""Two indexes and one aligner: what is near, what is equal, and what lies along a line."""

from stanch.index.align import Chain, align
from stanch.index.hamming import MAX_RADIUS, HammingIndex
from stanch.index.postings import PostingsIndex
from stanch.index.protocol import FeatureIndex
from stanch.index.rows import NEVER, Hits, Rows

__all__ = [
    "MAX_RADIUS",
    "NEVER",
    "Chain",
    "FeatureIndex",
    "HammingIndex",
    "Hits",
    "PostingsIndex",
    "Rows",
    "align",
]
