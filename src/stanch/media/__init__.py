"""Decoding, in worker processes that may die: out come luma planes or their hashes, or the reason why not."""

from stanch.media.decoders import Decoders
from stanch.media.limits import Limits
from stanch.media.pictures import BORDERS_REMOVED, ON_BLACK, DecodedImage, HashedImage, HashedPicture, Picture
from stanch.media.previews import Preview, Previews
from stanch.media.sniff import Sniffed, sniff

__all__ = [
    "BORDERS_REMOVED",
    "ON_BLACK",
    "DecodedImage",
    "Decoders",
    "HashedImage",
    "HashedPicture",
    "Limits",
    "Picture",
    "Preview",
    "Previews",
    "Sniffed",
    "sniff",
]
