"""Small pictures of an image, for a person to look at, and the files that they are shown as.

A worker answers with plain pixels. What is shown is written here, out of those pixels and nothing else: no byte of
the file that came in, nor any that a worker made up, reaches a browser as anything but a colour.
"""

import struct
import zlib
from dataclasses import dataclass, field

SHARP_SIDE = 480
"""Pixels along the longer side of the sharp picture, at most."""
BLURRED_SIDE = 160
"""Pixels along the longer side of the blurred picture, at most."""
BLUR = 14
"""Standard deviation, in pixels of the blurred picture, of the Gaussian that blurs it: a face is a stain then."""
CHANNELS = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Preview:
    """A small picture.

    Parameters
    ----------
    width, height : in pixels.
    pixels : red, green and blue of each, row by row.
    """

    width: int
    height: int
    pixels: bytes = field(repr=False)

    def png(self) -> bytes:
        """Return the picture as a PNG file (ISO/IEC 15948): true colour, eight bits a sample, no filter."""
        row = self.width * CHANNELS
        lines = b"".join(b"\0" + self.pixels[start : start + row] for start in range(0, len(self.pixels), row))
        header = struct.pack(">IIBBBBB", self.width, self.height, 8, 2, 0, 0, 0)
        chunks = _chunk(b"IHDR", header), _chunk(b"IDAT", zlib.compress(lines)), _chunk(b"IEND", b"")
        return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


@dataclass(frozen=True, kw_only=True, slots=True)
class Previews:
    """An image's first frame, small.

    Parameters
    ----------
    sharp : at most `SHARP_SIDE` pixels along a side.
    blurred : at most `BLURRED_SIDE`, and blurred by `BLUR` of them, so that nothing is recognised.
    """

    sharp: Preview
    blurred: Preview


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
