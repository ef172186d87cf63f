"""Decoding, in worker processes that may die: what comes out is luma planes, or the reason why not."""

from stanch.media.decoders import Decoders
from stanch.media.limits import Limits
from stanch.media.pictures import BORDERS_REMOVED, ON_BLACK, DecodedImage, Picture
from stanch.media.previews import Preview, Previews
from stanch.media.sniff import Sniffed, sniff

__all__ = [
    "BORDERS_REMOVED",
    "ON_BLACK",
    "DecodedImage",
    "Decoders",
    "Limits",
    "Picture",
    "Preview",
    "Previews",
    "Sniffed",
    "sniff",
]
